// Package ledger is the books: accounts, transfers, holds and limits in an
// append-only, hash-chained journal. It decides each transfer where it is
// written, under a compare-and-set of the journal's head, and lets many
// transfers share one durable commit. README.md states the invariants.
package ledger

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Ledger answers transfers. One goroutine decides and writes; any number may ask.
type Ledger struct {
	store           Store
	clock           clock.Clock
	log             *slog.Logger
	tuning          Tuning
	queue           queue
	writing         chan *batch // from the decider to the appender
	open            *batch      // owned by run: more calls may come into it
	scratch         []byte      // owned by run: what is hashed
	flying          []*batch    // owned by run: decided, not known to be written
	grounded        bool        // owned by the appender, by run while nothing flies: a batch failed
	books           *books      // owned by run
	stale           bool        // owned by run: an append ended without an answer
	crowd           bool        // owned by run: another process wrote lately
	changed         atomic.Bool // there is something to fold
	foldMu          sync.Mutex  // one fold at a time
	stop            chan struct{}
	writer, folding sync.WaitGroup
}

// Tuning holds what a test or a benchmark may want otherwise; the zero value
// is what production uses.
type Tuning struct {
	Batch     int           // most transfers a commit; 1024
	Gather    time.Duration // longest wait for company before a commit; 200 µs
	Window    int           // newest entries kept in memory by id, at the least; 65536
	FoldEvery time.Duration // pause between folds; 2 s
}

func (t Tuning) filled() Tuning {
	if t.Batch == 0 {
		t.Batch = 1024
	}
	if t.Gather == 0 {
		t.Gather = 200 * time.Microsecond
	}
	if t.Window == 0 {
		t.Window = 1 << 16
	}
	if t.FoldEvery == 0 {
		t.FoldEvery = 2 * time.Second
	}
	return t
}

// Open reads the books from the store and starts to answer. Close ends it and
// closes the store.
//
// Codes: unavailable; check_failed when the journal does not add up.
func Open(ctx context.Context, store Store, c clock.Clock, log *slog.Logger, tuning Tuning) (*Ledger, error) {
	l := &Ledger{store: store, clock: c, log: log, tuning: tuning.filled(), stop: make(chan struct{}), writing: make(chan *batch, inFlight)}
	l.queue.init(l.tuning.Batch, l.tuning.Gather)
	if err := l.load(ctx); err != nil {
		return nil, err
	}
	l.writer.Go(l.run)
	l.writer.Go(l.appendAll)
	l.folding.Go(l.foldRegularly)
	return l, nil
}

// Close answers what was asked before it, folds, and closes the store.
// Later calls get unavailable.
func (l *Ledger) Close() error {
	if !l.queue.close() {
		return nil
	}
	l.writer.Wait()
	close(l.stop)
	l.folding.Wait()
	if !l.stale && l.changed.Load() { // the writer has ended, so the books are free
		if err := l.store.SaveFold(context.Background(), l.books.changes()); err != nil {
			l.log.Warn("ledger: the last fold was not saved; the next start reads more of the journal", "error", err)
		}
	}
	return l.store.Close()
}

// Apply decides transfers in order and returns when the answers are durable.
// Transfers stand alone unless Linked. The error is for the call as a whole,
// when no answer can be given; each answer has its own.
//
// Codes: unavailable (nothing, or all, of it may have been written: ask again
// with the same ids), check_failed when the journal was altered.
func (l *Ledger) Apply(ctx context.Context, transfers []Transfer) ([]Answer, error) {
	for i := range transfers {
		if k := transfers[i].Kind; k == kindOpen || k == kindLimit {
			return nil, fault.Newf(fault.Invalid, "开户和设限请用 OpenAccounts 与 SetLimit。", "Open accounts and set limits with OpenAccounts and SetLimit.")
		}
	}
	return l.ask(ctx, transfers)
}

// One is Apply for a single transfer, with its refusal as the error.
//
// Codes: those of Apply and of Answer.Err.
func (l *Ledger) One(ctx context.Context, t Transfer) (Answer, error) {
	answers, err := l.Apply(ctx, []Transfer{t})
	if err != nil {
		return Answer{ID: t.ID}, err
	}
	return answers[0], answers[0].Err
}

// OpenAccounts opens those that are not open yet, in order, all or none.
//
// Codes: invalid, not_found (a limit), conflict (open with other terms), unavailable.
func (l *Ledger) OpenAccounts(ctx context.Context, accounts ...Account) error {
	commands := make([]Transfer, len(accounts))
	for i := range accounts {
		commands[i] = Transfer{ID: "open/" + accounts[i].Name, Kind: kindOpen, account: &accounts[i]}
	}
	return l.command(ctx, commands)
}

// SetLimit sets a limit, or changes its value from now on. The id makes the
// change idempotent; a lower value than what is used refuses further use only.
//
// Codes: invalid, conflict (per_party differs, or the id was used), unavailable.
func (l *Ledger) SetLimit(ctx context.Context, id string, limit Limit) error {
	return l.SetLimits(ctx, LimitChange{ID: id, Limit: limit})
}

// LimitChange is a limit's value from now on, with the id of the change.
type LimitChange struct {
	ID    string `json:"id"`
	Limit Limit  `json:"limit"`
}

// SetLimits is SetLimit for several, in order. A change that cannot be made is
// returned and keeps none of the others.
//
// Codes: those of SetLimit.
func (l *Ledger) SetLimits(ctx context.Context, changes ...LimitChange) error {
	commands := make([]Transfer, len(changes))
	for i := range changes {
		commands[i] = Transfer{ID: changes[i].ID, Kind: kindLimit, limit: &changes[i].Limit}
	}
	return l.command(ctx, commands)
}

func (l *Ledger) command(ctx context.Context, commands []Transfer) error {
	if len(commands) == 0 {
		return nil
	}
	answers, err := l.ask(ctx, commands)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.Err != nil {
			return a.Err
		}
	}
	return nil
}

func (l *Ledger) ask(ctx context.Context, transfers []Transfer) ([]Answer, error) {
	if len(transfers) == 0 {
		return nil, nil
	}
	c := idleCalls.Get().(*call)
	c.transfers = transfers
	if err := l.queue.put(c); err != nil {
		return nil, err
	}
	select {
	case <-c.done:
		return c.finish()
	case <-ctx.Done():
		return nil, ctx.Err() // it may still be written; the ids tell
	}
}

// view runs fn on the books as of a head that was the journal's last when it ran.
func (l *Ledger) view(ctx context.Context, fn func(*books)) error {
	c := idleCalls.Get().(*call)
	c.view = fn
	if err := l.queue.put(c); err != nil {
		return err
	}
	<-c.done // fn writes to the caller's variables, so wait for it even when ctx ends
	_, err := c.finish()
	return err
}

// Head returns the end of the journal, to be sealed elsewhere.
//
// Codes: unavailable.
func (l *Ledger) Head(ctx context.Context) (head Head, err error) {
	err = l.view(ctx, func(b *books) { head = b.head })
	return head, err
}

// Balance returns an account with what it holds.
//
// Codes: not_found, unavailable.
func (l *Ledger) Balance(ctx context.Context, name string) (Balance, error) {
	all, err := l.Balances(ctx, name)
	if err != nil {
		return Balance{}, err
	}
	return all[0], nil
}

// Balances returns several accounts as of one moment.
//
// Codes: not_found, unavailable.
func (l *Ledger) Balances(ctx context.Context, names ...string) (all []Balance, err error) {
	var missing string
	err = l.view(ctx, func(b *books) {
		for _, name := range names {
			a := b.accounts[name]
			if a == nil {
				missing = name
				return
			}
			all = append(all, a.balance())
		}
	})
	if err == nil && missing != "" {
		err = noAccount(missing)
	}
	return all, err
}

func (a *account) balance() Balance {
	return Balance{Account: a.Account, In: a.in, Out: a.out, Held: a.held, Incoming: a.incoming}
}

func noAccount(name string) error {
	return fault.Newf(fault.NotFound, "没有账户 %.160s。", "There is no account %.160s.", name)
}

// Usage returns how much of a limit is used, by a party where it counts by party.
//
// Codes: not_found, unavailable.
func (l *Ledger) Usage(ctx context.Context, name, party string) (u Usage, err error) {
	found := false
	err = l.view(ctx, func(b *books) {
		if limit := b.limits[name]; limit != nil {
			found = true
			counted := limit.usage(party)
			u = Usage{Limit: limit.Limit, Party: counted.party, Used: counted.used}
		}
	})
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有限额 %.160s。", "There is no limit %.160s.", name)
	}
	return u, err
}

// ExpireDue releases the holds whose last day has passed. The releases have
// ids derived from the holds, so any replica may call it at any time.
//
// Codes: unavailable, check_failed.
func (l *Ledger) ExpireDue(ctx context.Context) (released int, err error) {
	var due []Transfer
	today := l.clock.Today()
	err = l.view(ctx, func(b *books) {
		for id, h := range b.holds {
			if h.entry.Until != "" && h.entry.Until < today {
				due = append(due, Transfer{ID: "expire/" + id, Kind: Expire, Hold: id})
			}
		}
	})
	if err != nil || len(due) == 0 {
		return 0, err
	}
	answers, err := l.Apply(ctx, due)
	for _, a := range answers {
		if a.Err == nil && !a.Repeat {
			released++
		}
	}
	return released, err
}
