package payment_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	ledgersql "github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/payment/paymenttest"
	"github.com/qianmo/qianmo/migrations"
)

// The test binary is also the process that gets killed.
const (
	victimDSN   = "QIANMO_TEST_VICTIM_DSN"
	victimBooks = "QIANMO_TEST_VICTIM_BOOKS"
	victimRound = "QIANMO_TEST_VICTIM_ROUND"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(victimDSN); dsn != "" {
		fmt.Fprintln(os.Stderr, runVictim(dsn, os.Getenv(victimBooks), os.Getenv(victimRound)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// bank is the room with real books behind it: what it is told is wanted of the
// ledger in the same transaction, as the case side does.
type bank struct {
	room
	books *ledger.Ledger
	queue *intent.Queue
	say   func(step string) error
}

func openBank(ctx context.Context, dsn, books string, say func(string) error) (*bank, error) {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, migrations.Files, "main"); err != nil {
		return nil, err
	}
	store, err := ledgersql.Open(ctx, books)
	if err != nil {
		return nil, err
	}
	b := &bank{room: roomOn(d), say: say}
	quiet := slog.New(slog.DiscardHandler)
	if b.books, err = ledger.Open(ctx, store, b.Now, quiet, ledger.Tuning{}); err != nil {
		return nil, err
	}
	b.queue = intent.New(intent.Config{DB: d, Books: b.books, Leases: work.Leases{DB: d, Clock: clock.System{}}, Clock: clock.System{}, IDs: ident.Random{}, Log: quiet, Every: time.Second,
		Handlers: map[string]intent.Handler{"test": func(context.Context, intent.Intent, []ledger.Answer) error { return say("in the ledger's answer") }}})
	b.Cases, b.IDs = b, ident.Random{}
	for _, p := range []ledger.Purse{paymenttest.City, paymenttest.District} {
		pr := programme(p)
		if err := b.books.OpenProgramme(ctx, pr); err != nil {
			return nil, err
		}
		if _, err := b.books.Apply(ctx, []ledger.Transfer{ledger.Appropriate("fund/"+p.String(), p, 2025, 1e12, "test"), ledger.Allot("allot/"+p.String(), pr, 1e12, "test")}); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func programme(p ledger.Purse) ledger.Programme {
	return ledger.Programme{Purse: p, Measure: "002-2", Year: 2025}
}

func (b *bank) close() error { return errors.Join(b.books.Close(), b.DB.Close()) }

// Payable implements payment.Cases: nothing stands in the way.
func (b *bank) Payable(context.Context, payment.Order) error { return nil }

// Award implements payment.Cases; no plan is asked for here.
func (b *bank) Award(context.Context, string) (payment.Award, error) {
	return payment.Award{}, errors.New("unused")
}

// Settled implements payment.Cases.
func (b *bank) Settled(ctx context.Context, s payment.Settlement) error {
	if err := b.say("in the accepting transaction"); err != nil {
		return err
	}
	pr, id := programme(s.Purse), "pay/"+s.ID
	return b.queue.Write(ctx, intent.Intent{ID: id, Kind: "test", Accounts: []ledger.Account{pr.PayableAccount(string(s.Org)), s.Purse.PaidAccount(2025)},
		Transfers: []ledger.Transfer{ledger.Award(id+"/award", ledger.Move, pr, string(s.Org), s.Amount, s.ID), ledger.PayOut(id+"/paid", pr, string(s.Org), s.Amount, s.ID)}})
}

// Failed and Cancelled implement payment.Cases.
func (b *bank) Failed(context.Context, payment.Order) error {
	return b.say("in the accepting transaction")
}
func (b *bank) Cancelled(context.Context, payment.Order) error { return nil }

// runVictim issues, sends, accepts and books until it is killed, and prints
// each step as it takes it; "acknowledged <id>" once an order's payment was.
func runVictim(dsn, books, round string) error {
	ctx := context.Background()
	b, err := openBank(ctx, dsn, books, func(step string) error {
		_, err := fmt.Println(step)
		return err
	})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		a := paymenttest.Award(fmt.Sprintf("r%s-%d", round, n), money.Fen(100+n), money.Fen(1000+n))
		if _, err := b.Issue(ctx, paymenttest.Consenter, a); err != nil {
			return err
		}
		if err := b.say("issued"); err != nil {
			return err
		}
		if err := b.resume(ctx); err != nil {
			return err
		}
	}
}

// resume carries on whatever stands half-way: as people would who come back.
func (b *bank) resume(ctx context.Context) error {
	for _, p := range []ledger.Purse{paymenttest.City, paymenttest.District} {
		waiting, err := b.Store.Orders(ctx, payment.OrderFilter{Purse: p, States: []payment.OrderState{payment.Waiting}, Limit: 1000})
		if err != nil {
			return err
		}
		if len(waiting) > 0 {
			if _, _, err := b.MakeFile(ctx, paymenttest.Consenter, payment.FileInput{Purse: p}); err != nil {
				return err
			}
		}
		if err := b.releaseAll(ctx); err != nil {
			return err
		}
		if err := b.answer(ctx, p); err != nil {
			return err
		}
	}
	if _, err := b.queue.Drain(ctx); err != nil {
		return err
	}
	return b.say("booked")
}

func (b *bank) releaseAll(ctx context.Context) error {
	files, err := b.Store.BankFiles(ctx, "", 1000)
	for _, f := range files {
		if err == nil && f.State == payment.FileMade {
			_, err = b.ReleaseFile(ctx, paymenttest.Releaser, f.ID, "放行")
		}
	}
	return err
}

// answer brings the bank's answer to all that it has of a purse: every seventh fails.
func (b *bank) answer(ctx context.Context, p ledger.Purse) error {
	orders, err := b.Store.Orders(ctx, payment.OrderFilter{Purse: p, States: []payment.OrderState{payment.Exported}, Limit: 1000})
	if err != nil || len(orders) == 0 {
		return err
	}
	var lines [][]string
	for _, o := range orders {
		if o.Amount%7 == 3 {
			lines = append(lines, failed(o))
			continue
		}
		lines = append(lines, paid(o))
	}
	ret, _, err := b.PreviewReturn(ctx, paymenttest.Consenter, p, "回单.csv", strings.NewReader(paymenttest.ReturnCSV(lines...)))
	if err != nil {
		return err
	}
	if err := b.say("previewed"); err != nil {
		return err
	}
	if _, err := b.AcceptReturn(ctx, paymenttest.Consenter, ret.ID); err != nil {
		return err
	}
	for _, o := range orders {
		if o.Amount%7 != 3 {
			if err := b.say("acknowledged " + o.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// A process is killed with SIGKILL around every step from the order to the
// books, again and again on the same data. What it acknowledged is paid and
// booked, nothing is paid or booked twice, and the rest can be carried on.
func TestKillMinusNine(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		folder := t.TempDir()
		killMinusNine(t, filepath.Join(folder, "qianmo.db"), filepath.Join(folder, "ledger.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := dbtest.PostgresDSN(t)
		killMinusNine(t, dsn, dsn)
	})
}

func killMinusNine(t *testing.T, dsn, books string) {
	steps := []string{"issued", "previewed", "in the accepting transaction", "acknowledged", "in the ledger's answer", "booked"}
	var acknowledged []string
	rounds := 0
	for _, step := range steps {
		for occurrence := 1; occurrence <= 3; occurrence++ {
			acknowledged = append(acknowledged, killAt(t, dsn, books, rounds, step, occurrence)...)
			rounds++
		}
	}
	b, err := openBank(t.Context(), dsn, books, func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.close() })
	if err := b.resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.sound(t, acknowledged)
	t.Logf("%d kills, %d payments acknowledged", rounds, len(acknowledged))
}

// sound compares orders, events, returns and the books.
func (b *bank) sound(t *testing.T, acknowledged []string) {
	orders, err := b.Store.Orders(t.Context(), payment.OrderFilter{Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	state, sums := map[string]payment.OrderState{}, map[ledger.Purse]money.Fen{}
	for _, o := range orders {
		state[o.ID] = o.State
		if want := map[bool]payment.OrderState{true: payment.Failed, false: payment.Paid}[o.Amount%7 == 3]; o.State != want {
			t.Errorf("order %s ended %s, want %s", o.ID, o.State, want)
		}
		if o.State == payment.Paid {
			sums[o.Purse] += o.Amount
		}
		events, err := b.Store.Events(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) != 3 { // issue, export, the bank's answer
			t.Errorf("order %s has %d events: %+v", o.ID, len(events), events)
		}
	}
	if len(acknowledged) < 6 {
		t.Fatalf("only %d payments were acknowledged: the test proves little", len(acknowledged))
	}
	for _, id := range acknowledged {
		if state[id] != payment.Paid {
			t.Errorf("%s was acknowledged and is %q", id, state[id])
		}
	}
	budgets, err := b.books.Budgets(t.Context(), 2025)
	if err != nil || len(budgets) != 2 {
		t.Fatal(budgets, err)
	}
	for _, line := range budgets {
		if line.Paid != sums[line.Purse] {
			t.Errorf("the books paid %s from %s, the orders say %s", line.Paid, line.Purse, sums[line.Purse])
		}
	}
	if n, err := b.queue.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("%d intents wait, %v", n, err)
	}
}

// killAt starts a victim, kills it a moment after it has printed a step so
// many times, and returns the orders that it acknowledged.
func killAt(t *testing.T, dsn, books string, round int, step string, occurrence int) (acknowledged []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.Command(self)
	victim.Env = append(os.Environ(), victimDSN+"="+dsn, victimBooks+"="+books, victimRound+"="+strconv.Itoa(round))
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	moment := rand.New(rand.NewPCG(20251022, uint64(round)))
	seen := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
			acknowledged = append(acknowledged, id)
		}
		if strings.HasPrefix(lines.Text(), step) {
			if seen++; seen == occurrence {
				time.AfterFunc(time.Duration(moment.IntN(4000))*time.Microsecond, func() { _ = victim.Process.Kill() })
			}
		}
	}
	var exit *exec.ExitError
	if err := victim.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("round %d, %s: the victim was not killed but ended: %v", round, step, err)
	}
	return acknowledged
}
