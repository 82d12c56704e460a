package intent_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// office is a domain with one table-less state: what its handler was told.
type office struct {
	queue  *intent.Queue
	ledger *ledger.Ledger
	clock  *clock.Manual
	told   []string
	fail   error
}

func open(t *testing.T, d *db.DB, ledgerDSN string) *office {
	t.Helper()
	o := &office{clock: ledgertest.Clock()}
	o.ledger = ledgertest.Open(t, ledgerDSN, o.clock, ledger.Tuning{})
	o.queue = intent.New(intent.Config{
		DB: d, Books: o.ledger, Leases: work.Leases{DB: d, Clock: o.clock}, Clock: o.clock, IDs: ident.Random{},
		Log: slog.New(slog.DiscardHandler), Every: time.Hour,
		Handlers: map[string]intent.Handler{"award.pay": func(_ context.Context, in intent.Intent, answers []ledger.Answer) error {
			if o.fail != nil {
				return o.fail
			}
			verdict := "paid"
			if intent.Refused(answers) != nil {
				verdict = "refused"
			}
			o.told = append(o.told, in.ID+" "+verdict)
			return nil
		}},
	})
	err := o.ledger.OpenAccounts(context.Background(), ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func pay(id, party string, amount money.Fen) intent.Intent {
	return intent.Intent{ID: id, Kind: "award.pay", Accounts: []ledger.Account{{Name: "payable/" + party, Asset: ledger.CNY}, {Name: "paid", Asset: ledger.CNY}},
		Transfers: []ledger.Transfer{
			{Kind: ledger.Move, From: "budget", To: "payable/" + party, Amount: amount, Ref: "award/" + id},
			{Kind: ledger.Move, From: "payable/" + party, To: "paid", Amount: amount, Ref: "award/" + id},
		}}
}

func each(t *testing.T, run func(t *testing.T, o *office, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { d := dbtest.SQLite(t); run(t, open(t, d, dbtest.SQLitePath(t)), d) })
	t.Run("postgres", func(t *testing.T) {
		d := dbtest.Postgres(t)
		run(t, open(t, d, d.DSN()), d)
	})
}

func TestAnIntentIsAppliedOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office, d *db.DB) {
		ctx := context.Background()
		fund := ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: 1000}
		if _, err := o.ledger.One(ctx, fund); err != nil {
			t.Fatal(err)
		}
		boom := errors.New("the domain's transaction fails")
		err := d.InTx(ctx, func(ctx context.Context) error { return errors.Join(o.queue.Write(ctx, pay("never", "x", 1)), boom) })
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		for _, in := range []intent.Intent{pay("a", "x", 600), pay("b", "y", 600), pay("a", "x", 600)} {
			if err := o.queue.Write(ctx, in); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.queue.Write(ctx, pay("a", "x", 601)); !fault.Is(err, fault.Conflict) {
			t.Fatalf("other content under one id: %v", err)
		}

		// A crash after the ledger answered and before the domain knows: the
		// handler fails once and is called again with the same answer.
		o.fail = errors.New("crash")
		if n, err := o.queue.Drain(ctx); n != 0 || err != nil {
			t.Fatalf("%d answered, %v", n, err)
		}
		paid, err := o.ledger.Balance(ctx, "paid")
		if err != nil || paid.Total() != 600 {
			t.Fatalf("paid %s, %v", paid.Total(), err)
		}
		status, err := o.queue.Status(ctx, "a")
		if err != nil || status.Answered || status.Attempts != 1 || status.Failure != "crash" {
			t.Fatalf("%+v, %v", status, err)
		}
		o.fail = nil
		if n, err := o.queue.Drain(ctx); n != 0 || err != nil {
			t.Fatalf("it is not due yet, but %d were answered, %v", n, err)
		}
		o.clock.Advance(time.Second)
		if n, err := o.queue.Drain(ctx); n != 2 || err != nil {
			t.Fatalf("%d answered, %v", n, err)
		}
		if len(o.told) != 2 || o.told[0] != "a paid" || o.told[1] != "b refused" {
			t.Fatalf("told %v", o.told)
		}
		paid, err = o.ledger.Balance(ctx, "paid")
		if err != nil || paid.Total() != 600 {
			t.Fatalf("paid twice: %s, %v", paid.Total(), err)
		}
		if n, err := o.queue.Waiting(ctx); n != 0 || err != nil {
			t.Fatalf("%d wait, %v", n, err)
		}
	})
}

// A limit changes with transfers that were accepted, and not with others.
func TestLimitsChangeWithWhatWasAccepted(t *testing.T) {
	each(t, func(t *testing.T, o *office, _ *db.DB) {
		ctx := context.Background()
		limit := func(id string, most money.Fen) ledger.LimitChange {
			return ledger.LimitChange{ID: id, Limit: ledger.Limit{Name: "ceiling", Max: most}}
		}
		if err := o.ledger.SetLimits(ctx, limit("first", 5)); err != nil {
			t.Fatal(err)
		}
		if _, err := o.ledger.One(ctx, ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: 600}); err != nil {
			t.Fatal(err)
		}
		for id, most := range map[string]money.Fen{"b": 900, "a": 600} {
			in := pay(id, "x", most)
			in.Limits = []ledger.LimitChange{limit(id+"/limit", most)}
			if err := o.queue.Write(ctx, in); err != nil {
				t.Fatal(err)
			}
		}
		o.fail = errors.New("crash") // after the limit changed
		for _, id := range []string{"b", "a", "a", "none"} {
			if err := o.queue.Now(ctx, id); err != nil {
				t.Fatal(err)
			}
			u, err := o.ledger.Usage(ctx, "ceiling", "")
			if want := map[string]money.Fen{"b": 5, "a": 600, "none": 600}[id]; err != nil || u.Max != want {
				t.Fatalf("after %s the ceiling is %d, %v", id, u.Max, err)
			}
			if id == "a" {
				o.fail = nil
			}
		}
		if len(o.told) != 1 || o.told[0] != "a paid" {
			t.Fatalf("told %v", o.told)
		}
	})
}

// crashing is a ledger in a process that dies once, before or after it answers.
type crashing struct {
	*ledger.Ledger
	before, after bool
}

var errCrash = errors.New("crash")

func (c *crashing) Apply(ctx context.Context, transfers []ledger.Transfer) ([]ledger.Answer, error) {
	if c.before {
		c.before = false
		return nil, errCrash
	}
	answers, err := c.Ledger.Apply(ctx, transfers)
	if c.after {
		c.after = false
		return nil, errCrash
	}
	return answers, err
}

func TestACrashAnywhereAppliesOnce(t *testing.T) {
	for _, point := range []string{"before the ledger is asked", "after the ledger wrote", "in the handler", "when the answer is committed"} {
		t.Run(point, func(t *testing.T) {
			each(t, func(t *testing.T, o *office, d *db.DB) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if _, err := o.ledger.One(ctx, ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: 1000}); err != nil {
					t.Fatal(err)
				}
				if err := o.queue.Write(ctx, pay("a", "x", 600)); err != nil {
					t.Fatal(err)
				}
				o.queue.Books = &crashing{Ledger: o.ledger, before: point == "before the ledger is asked", after: point == "after the ledger wrote"}
				pays := o.queue.Handlers["award.pay"]
				o.queue.Handlers["award.pay"] = func(hctx context.Context, in intent.Intent, answers []ledger.Answer) error {
					switch point {
					case "in the handler":
						return errors.Join(pays(hctx, in, answers), errCrash)
					case "when the answer is committed":
						cancel() // the transaction dies with the process's context
					}
					return pays(hctx, in, answers)
				}
				_, _ = o.queue.Drain(ctx) // the process dies here

				status, err := o.queue.Status(context.Background(), "a")
				if err != nil || status.Answered {
					t.Fatalf("%+v, %v", status, err)
				}
				o.told, o.queue.Handlers["award.pay"] = nil, pays
				o.clock.Advance(time.Minute)
				if n, err := o.queue.Drain(context.Background()); n != 1 || err != nil || len(o.told) != 1 || o.told[0] != "a paid" {
					t.Fatalf("%d answered, told %v, %v", n, o.told, err)
				}
				paid, err := o.ledger.Balance(context.Background(), "paid")
				if err != nil || paid.Total() != 600 {
					t.Fatalf("paid %s, %v", paid.Total(), err)
				}
			})
		})
	}
}

func TestTwoReplicasSettleAnIntentOnce(t *testing.T) {
	d := dbtest.Postgres(t)
	ctx := context.Background()
	a, b := open(t, d, d.DSN()), open(t, d, d.DSN())
	if _, err := a.ledger.One(ctx, ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: 1e6}); err != nil {
		t.Fatal(err)
	}
	const intents = 100
	for i := range intents {
		if err := a.queue.Write(ctx, pay("i"+string(rune('a'+i%26))+string(rune('a'+i/26)), "x", 10)); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 2)
	for _, o := range []*office{a, b} {
		go func() { _, err := o.queue.Drain(ctx); done <- err }()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if n := len(a.told) + len(b.told); n != intents {
		t.Fatalf("%d intents were settled %d times", intents, n)
	}
	paid, err := b.ledger.Balance(ctx, "paid")
	if err != nil || paid.Total() != 10*intents {
		t.Fatalf("paid %s, %v", paid.Total(), err)
	}
}

func TestRunAppliesWhatItIsWokenFor(t *testing.T) {
	d := dbtest.SQLite(t)
	o := open(t, d, dbtest.SQLitePath(t))
	ctx, stop := context.WithCancel(context.Background())
	settled := make(chan error, 1)
	o.queue.Handlers["award.pay"] = func(_ context.Context, _ intent.Intent, answers []ledger.Answer) error {
		settled <- intent.Refused(answers)
		return nil
	}
	ended := make(chan error)
	go func() { ended <- o.queue.Run(ctx) }()
	if err := o.queue.Write(ctx, pay("a", "x", 1)); err != nil {
		t.Fatal(err)
	}
	o.queue.Wake()
	if err := <-settled; !fault.Is(err, fault.Limit) {
		t.Fatalf("an empty budget: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// An intent that was written, or put off, while the clock was ahead does not
// wait until that time comes.
func TestAnIntentGoesOnAfterTheClockWasSetBack(t *testing.T) {
	each(t, func(t *testing.T, o *office, _ *db.DB) {
		ctx := context.Background()
		if _, err := o.ledger.One(ctx, ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: 1000}); err != nil {
			t.Fatal(err)
		}
		for _, back := range []time.Duration{24 * time.Hour, 365 * 24 * time.Hour} {
			id := back.String()
			if err := o.queue.Write(ctx, pay(id, "x", 100)); err != nil {
				t.Fatal(err)
			}
			o.fail = errors.New("away") // it is put off once
			if n, err := o.queue.Drain(ctx); n != 0 || err != nil {
				t.Fatal(n, err)
			}
			o.fail = nil
			o.clock.Advance(-back)
			for range 2 {
				if _, err := o.queue.Drain(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(o.told); n == 0 || o.told[n-1] != id+" paid" {
				t.Fatalf("%s back, told %v", back, o.told)
			}
		}
		if len(o.told) != 2 {
			t.Fatalf("told %v", o.told)
		}
	})
}
