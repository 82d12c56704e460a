package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/money"
)

const childEnv = "QIANMO_LEDGER_CHILD"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(childEnv); dsn != "" {
		if err := child(dsn, os.Args[len(os.Args)-1], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const crashClients = 16

// request is the n-th request of a client in a run: parent and child make the
// same ones, so that the parent can ask each of them again.
func request(run string, client, n int) []ledger.Transfer {
	id := fmt.Sprintf("%s-%d-%d", run, client, n)
	hold := func(n int) string { return fmt.Sprintf("%s-%d-%d", run, client, n) }
	to := fmt.Sprintf("payable-%d", client)
	switch n % 4 {
	case 0:
		return []ledger.Transfer{{ID: id, Kind: ledger.Hold, From: "budget", To: to, Amount: 7}}
	case 1:
		return []ledger.Transfer{{ID: id, Kind: ledger.Post, Hold: hold(n - 1), Amount: 5}}
	case 2:
		return []ledger.Transfer{{ID: id, Kind: ledger.Move, From: "small", To: to, Amount: money.Fen(n)}}
	}
	return []ledger.Transfer{
		{ID: id, Kind: ledger.Move, From: "budget", To: to, Amount: 3, Linked: true},
		{ID: id + "/paid", Kind: ledger.Move, From: to, To: "paid", Amount: 3},
	}
}

func openCrashBooks(ctx context.Context, l *ledger.Ledger) error {
	accounts := []ledger.Account{{Name: "source", Asset: ledger.CNY, Overdraft: true}, {Name: "budget", Asset: ledger.CNY}, {Name: "small", Asset: ledger.CNY}, {Name: "paid", Asset: ledger.CNY}}
	for c := range crashClients {
		accounts = append(accounts, ledger.Account{Name: fmt.Sprintf("payable-%d", c), Asset: ledger.CNY})
	}
	if err := l.OpenAccounts(ctx, accounts...); err != nil {
		return err
	}
	for account, fen := range map[string]money.Fen{"budget": 1e12, "small": 1000} { // the small one is soon used up
		if _, err := l.One(ctx, ledger.Transfer{ID: "fund-" + account, Kind: ledger.Move, From: "source", To: account, Amount: fen}); err != nil {
			return err
		}
	}
	return nil
}

// child answers requests until it is killed and prints each answer once it has it.
func child(dsn, run string, out io.Writer) error {
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, dsn)
	if err != nil {
		return err
	}
	tuning := ledger.Tuning{}
	if round, err := strconv.Atoi(strings.TrimPrefix(run, "r")); err == nil && round%2 == 1 {
		tuning.Batch = 4 // so small that the next batch is decided while one is written
	}
	l, err := ledger.Open(ctx, store, clock.System{}, slog.New(slog.DiscardHandler), tuning)
	if err != nil {
		return err
	}
	if err := openCrashBooks(ctx, l); err != nil {
		return err
	}
	var printing sync.Mutex
	failed := make(chan error, crashClients)
	for c := range crashClients {
		go func() {
			for n := 0; ; n++ {
				answers, err := l.Apply(ctx, request(run, c, n))
				if err != nil {
					failed <- err
					return
				}
				printing.Lock()
				for _, a := range answers {
					if a.Seq == 0 {
						failed <- a.Err
					}
					fmt.Fprintf(out, "%d %d %d %s\n", c, n, a.Seq, a.Outcome)
				}
				printing.Unlock()
			}
		}()
	}
	return <-failed
}

// process is a child with what it was seen to be answered.
type process struct {
	run  string
	cmd  *exec.Cmd
	out  *bufio.Scanner
	acks []ack
}

type ack struct {
	client, n int
	seq       int64
	outcome   ledger.Outcome
}

func start(t *testing.T, dsn, run string) *process {
	t.Helper()
	p := &process{run: run, cmd: exec.Command(os.Args[0], run)}
	p.cmd.Env = append(os.Environ(), childEnv+"="+dsn)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	must(t, p.cmd.Start())
	p.out = bufio.NewScanner(out)
	return p
}

// read takes answers until there are so many, or, with no bound, to the end.
func (p *process) read(t *testing.T, until int) {
	t.Helper()
	for (until == 0 || len(p.acks) < until) && p.out.Scan() {
		var a ack
		parts := strings.SplitN(p.out.Text(), " ", 4)
		if len(parts) < 4 {
			break // the kill cut the last line
		}
		a.client, _ = strconv.Atoi(parts[0])
		a.n, _ = strconv.Atoi(parts[1])
		a.seq, _ = strconv.ParseInt(parts[2], 10, 64)
		a.outcome = ledger.Outcome(parts[3])
		p.acks = append(p.acks, a)
	}
	if len(p.acks) < until {
		t.Fatalf("the child ended after %d answers", len(p.acks))
	}
}

// kill ends it at once, as a power cut would end the process.
func (p *process) kill(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Kill())
	p.read(t, 0)
	_ = p.cmd.Wait() // "signal: killed"
}

// checkAcks asks every acknowledged request again and expects its answer.
func (p *process) checkAcks(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	var ask []ledger.Transfer
	var want []ack
	for i := 0; i < len(p.acks); {
		group := request(p.run, p.acks[i].client, p.acks[i].n)
		if i+len(group) > len(p.acks) {
			break // the kill cut a group's second line
		}
		ask, want = append(ask, group...), append(want, p.acks[i:i+len(group)]...)
		i += len(group)
	}
	answers, err := l.Apply(context.Background(), ask)
	must(t, err)
	for i, a := range answers {
		if !a.Repeat || a.Seq != want[i].seq || a.Outcome != want[i].outcome {
			t.Fatalf("%s was acknowledged as %+v and is %+v after the kill", ask[i].ID, want[i], a)
		}
	}
}

func TestKill(t *testing.T) {
	rounds := 8
	if s := os.Getenv("QIANMO_KILL_ROUNDS"); s != "" {
		n, err := strconv.Atoi(s)
		must(t, err)
		rounds = n
	}
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		acked := 0
		for round := range rounds {
			p := start(t, dsn, fmt.Sprintf("r%d", round))
			p.read(t, 500+211*round%2000)
			p.kill(t)
			l := ledgertest.Open(t, dsn, clock.System{}, ledger.Tuning{})
			p.checkAcks(t, l)
			acked += len(p.acks)
			if round%16 == rounds%16 || round == rounds-1 {
				verified(t, l)
			}
			must(t, l.Close())
		}
		t.Logf("%d kills, %d acknowledged answers, none lost or changed", rounds, acked)
	})
}

func TestTwoProcessesOnOnePostgreSQL(t *testing.T) {
	dsn := dbtest.PostgresDSN(t)
	a, b := start(t, dsn, "a"), start(t, dsn, "b")
	a.read(t, 400)
	b.read(t, 400)
	a.kill(t)
	before := len(b.acks)
	b.read(t, before+400) // the other goes on alone
	b.kill(t)
	l := ledgertest.Open(t, dsn, clock.System{}, ledger.Tuning{})
	a.checkAcks(t, l)
	b.checkAcks(t, l)
	verified(t, l)
}
