package recovery_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/recovery/recoverytest"
)

// The test binary is also the process that gets killed.
const (
	victimDSN   = "QIANMO_TEST_VICTIM_DSN"
	victimBooks = "QIANMO_TEST_VICTIM_BOOKS"
	victimCase  = "QIANMO_TEST_VICTIM_CASE"
)

func TestMain(m *testing.M) {
	if id := os.Getenv(victimCase); id != "" {
		fmt.Fprintln(os.Stderr, runVictim(os.Getenv(victimDSN), os.Getenv(victimBooks), id))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// runVictim records receipts and reverses every third until it is killed, and
// prints each step as it takes it.
func runVictim(dsn, books, id string) error {
	ctx := context.Background()
	r, err := openRoom(ctx, dsn, books, recoverytest.Start)
	if err != nil {
		return err
	}
	say := func(step string) { fmt.Println(step) }
	r.Queue.Books = watched{r.Books, say}
	for kind, handle := range r.Handlers() {
		r.Queue.Handlers[kind] = func(ctx context.Context, in intent.Intent, given []ledger.Answer) error {
			say("before the handler")
			err := handle(ctx, in, given)
			say("in the transaction of the answer")
			return err
		}
	}
	for n := 0; ; n++ {
		bank := fmt.Sprintf("%d-%d", os.Getpid(), n)
		_, err := r.Receive(ctx, finance, recovery.ReceiptInput{ID: id, Amount: money.Fen(1001 + n), On: "2025-10-22", Bank: bank, Payer: "某公司"})
		if err != nil {
			return err
		}
		say("acknowledged " + bank)
		c, err := r.Settled(ctx, id)
		if err != nil {
			return err
		}
		say("settled")
		if n%3 != 2 {
			continue
		}
		receipts, err := r.Store.Receipts(ctx, id)
		if err != nil {
			return err
		}
		if _, err := r.Reverse(ctx, finance, step(c, "误记。"), receipts[len(receipts)-1].ID); err != nil {
			return err
		}
		say("reversing")
	}
}

type watched struct {
	*ledger.Ledger
	say func(string)
}

func (w watched) Apply(ctx context.Context, transfers []ledger.Transfer) ([]ledger.Answer, error) {
	w.say("before the books")
	answers, err := w.Ledger.Apply(ctx, transfers)
	w.say("after the books")
	return answers, err
}

// A process is killed with SIGKILL around every step of a receipt. Afterwards
// each one that was acknowledged is in the books once, or was reversed, and
// case, facts and books say the same.
func TestKillMinusNine(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killMinusNine(t, dbtest.SQLitePath(t), filepath.Join(t.TempDir(), "books.db")) })
	t.Run("postgres", func(t *testing.T) {
		dsn := dbtest.PostgresDSN(t)
		killMinusNine(t, dsn, dsn)
	})
}

func killMinusNine(t *testing.T, dsn, books string) {
	ctx := t.Context()
	r, err := openRoom(ctx, dsn, books, recoverytest.Start)
	must(t, err)
	must(t, r.Pay(ctx, firm, "app_1", 500_000_000, 500_000_001))
	c, err := r.Decide(ctx, firm, recoverytest.Wish{Ground: recovery.Voluntary, Amount: 900_000_001}, "app_1")
	must(t, err)
	must(t, r.Close())
	var acknowledged []string
	for _, at := range []string{"acknowledged", "before the books", "after the books", "before the handler", "in the transaction of the answer", "settled", "reversing"} {
		for occurrence := 1; occurrence <= 2; occurrence++ {
			acknowledged = append(acknowledged, killAt(t, dsn, books, c.ID, at, occurrence)...)
		}
	}
	if r, err = openRoom(ctx, dsn, books, recoverytest.Start); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	receipts, err := r.Store.Receipts(ctx, c.ID)
	must(t, err)
	stand, sum := map[string]recovery.ReceiptState{}, money.Fen(0)
	for _, x := range receipts {
		stand[x.Bank] = x.State
		switch x.State {
		case recovery.Booked:
			sum += x.Amount
		case recovery.Reversed:
		default:
			t.Errorf("%s is still %s", x.Bank, x.State)
		}
	}
	for _, bank := range acknowledged {
		if stand[bank] == "" {
			t.Errorf("%s was acknowledged and is lost", bank)
		}
	}
	if received := c.Parts[0].Received.Total() + c.Parts[1].Received.Total(); received != sum || len(acknowledged) < 10 {
		t.Errorf("the case has %d received, its receipts %d; %d were acknowledged", received, sum, len(acknowledged))
	}
	balanced(t, r, c)
	t.Logf("14 kills, %d receipts acknowledged, %d kept", len(acknowledged), len(receipts))
}

func killAt(t *testing.T, dsn, books, id, at string, occurrence int) (acknowledged []string) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	victim := exec.Command(self)
	victim.Env = append(os.Environ(), victimDSN+"="+dsn, victimBooks+"="+books, victimCase+"="+id)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	must(t, err)
	must(t, victim.Start())
	seen := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if bank, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
			acknowledged = append(acknowledged, bank)
		}
		if strings.HasPrefix(lines.Text(), at) {
			if seen++; seen == occurrence {
				must(t, victim.Process.Kill())
			}
		}
	}
	var exit *exec.ExitError
	if err := victim.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("%s, %d: the victim was not killed but ended: %v", at, occurrence, err)
	}
	return acknowledged
}
