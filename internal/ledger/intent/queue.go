package intent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Handler moves a domain's state on with the ledger's answer, in the
// transaction that marks the intent as answered: both happen or neither.
// Refused(answers) says whether the ledger accepted. An error leaves the
// intent waiting, to be tried again; the ledger is not asked for new money.
type Handler func(ctx context.Context, in Intent, answers []ledger.Answer) error

// Books is what the queue needs of the ledger.
type Books interface {
	OpenAccounts(ctx context.Context, accounts ...ledger.Account) error
	Apply(ctx context.Context, transfers []ledger.Transfer) ([]ledger.Answer, error)
	SetLimits(ctx context.Context, changes ...ledger.LimitChange) error
}

// Config is what a queue works with; every field is needed.
type Config struct {
	DB       *db.DB // the main database
	Books    Books
	Leases   work.Leases
	Clock    clock.Clock
	IDs      ident.Source
	Log      *slog.Logger
	Handlers map[string]Handler // by kind
	Every    time.Duration      // longest time that an intent waits unnoticed
}

// Queue takes intents in and applies them.
type Queue struct {
	Config
	holder string
	wake   chan struct{}
}

const (
	leaseName = "ledger.intents"
	leaseFor  = 30 * time.Second
	atOnce    = 256
	backoff   = time.Second
	backoffTo = 5 * time.Minute
)

// New makes a queue. Handlers may be added to the map until Run.
func New(c Config) *Queue {
	return &Queue{Config: c, holder: c.IDs.New("intents"), wake: make(chan struct{}, 1)}
}

// Write stores an intent in the transaction of the context. The same intent
// again changes nothing.
//
// Codes: invalid, conflict (the id has other content), unavailable.
func (q *Queue) Write(ctx context.Context, in Intent) error {
	if err := in.Validate(); err != nil {
		return err
	}
	body, err := in.encode()
	if err != nil {
		return err
	}
	now := clock.Micros(q.Clock.Now())
	done, err := q.DB.Q(ctx).ExecContext(ctx, `insert into ledger_intent (id, kind, body, state, created, due) values ($1, $2, $3, 'waiting', $4, $4)
		on conflict (id) do nothing`, in.ID, in.Kind, body, now)
	if err != nil {
		return db.Fault(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	type content struct{ kind, body string }
	known, _, err := db.One(ctx, q.DB.Q(ctx), func(scan func(...any) error) (c content, err error) { return c, scan(&c.kind, &c.body) },
		`select kind, body from ledger_intent where id = $1`, in.ID)
	if err == nil && known != (content{in.Kind, body}) {
		err = fault.Newf(fault.Conflict, "记账意向 %s 已写过，内容不同。", "Ledger intent %s was written before with other content.", in.ID)
	}
	return err
}

// Wake tells Run that an intent was committed, so that it does not wait.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default: // one is pending already
	}
}

// Run applies intents until the context ends. Any replica may run it; a lease
// lets one work at a time, which saves effort and is not needed for safety.
func (q *Queue) Run(ctx context.Context) error {
	tick := time.NewTicker(q.Every)
	defer tick.Stop()
	var lease work.Lease
	defer func() {
		if lease.Name != "" {
			_ = q.Leases.Release(context.WithoutCancel(ctx), lease) // it expires by itself too
		}
	}()
	for {
		held, err := q.hold(ctx, &lease)
		if err == nil && held {
			_, err = q.Drain(ctx)
		}
		if err != nil && ctx.Err() == nil {
			q.Log.Warn("ledger intents: a pass failed and will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-q.wake:
		case <-tick.C:
		}
	}
}

func (q *Queue) hold(ctx context.Context, lease *work.Lease) (bool, error) {
	if lease.Name != "" {
		renewed, err := q.Leases.Renew(ctx, *lease, leaseFor)
		if err == nil {
			*lease = renewed
			return true, nil
		}
		*lease = work.Lease{}
		if !fault.Is(err, fault.Conflict) {
			return false, err
		}
	}
	taken, ok, err := q.Leases.Acquire(ctx, leaseName, q.holder, leaseFor)
	if ok {
		*lease = taken
	}
	return ok, err
}

// Drain applies the intents that are due until none is, and returns how many
// were answered. Tests and one-off commands call it instead of Run.
//
// Codes: unavailable, check_failed.
func (q *Queue) Drain(ctx context.Context) (answered int, err error) {
	for {
		due, err := q.due(ctx)
		if err != nil || len(due) == 0 {
			return answered, err
		}
		n, err := q.apply(ctx, due)
		answered += n
		if err != nil {
			return answered, err
		}
	}
}

// Now applies one intent that was committed, if it still waits, so that whoever
// wrote it can answer with what came of it. Run would apply it too; either may.
//
// Codes: unavailable, check_failed.
func (q *Queue) Now(ctx context.Context, id string) error {
	waiting, err := db.All(ctx, q.DB.Q(ctx), scanIntent, `select id, kind, body from ledger_intent where state = 'waiting' and id = $1`, id)
	if err != nil || len(waiting) == 0 {
		return err
	}
	_, err = q.apply(ctx, waiting)
	return err
}

// due are the intents to be applied now. One that is due later than any pause
// lasts was written before the clock was set back, and does not wait for it.
func (q *Queue) due(ctx context.Context) ([]Intent, error) {
	now := q.Clock.Now()
	return db.All(ctx, q.DB.Q(ctx), scanIntent, `select id, kind, body from ledger_intent where state = 'waiting' and (due <= $1 or due > $2) order by due, id limit $3`,
		clock.Micros(now), clock.Micros(now.Add(2*backoffTo)), atOnce)
}

func scanIntent(scan func(...any) error) (Intent, error) {
	var id, kind, body string
	if err := scan(&id, &kind, &body); err != nil {
		return Intent{}, err
	}
	return decode(id, kind, body)
}

// apply asks the ledger for all at once, then settles each on its own, so that
// one failing handler holds up nobody else.
func (q *Queue) apply(ctx context.Context, due []Intent) (answered int, err error) {
	answers := make([][]ledger.Answer, len(due))
	var ask []ledger.Transfer
	for i, in := range due {
		group := in.group()
		if err := q.Books.OpenAccounts(ctx, in.Accounts...); err != nil {
			if fault.Is(err, fault.Unavailable) || fault.Is(err, fault.CheckFailed) {
				return 0, err
			}
			answers[i] = allRefused(group, err)
			continue
		}
		ask = append(ask, group...)
	}
	given, err := q.Books.Apply(ctx, ask)
	if err != nil {
		return 0, err
	}
	for i, in := range due {
		if answers[i] == nil {
			answers[i], given = given[:len(in.Transfers)], given[len(in.Transfers):]
		}
		ok, err := q.settle(ctx, in, answers[i])
		if err != nil {
			return answered, err
		}
		if ok {
			answered++
		}
	}
	return answered, nil
}

func allRefused(group []ledger.Transfer, err error) []ledger.Answer {
	answers := make([]ledger.Answer, len(group))
	for i, t := range group {
		answers[i] = ledger.Answer{ID: t.ID, Err: err}
	}
	return answers
}

var errAnswered = errors.New("another replica settled it")

// settle changes the limits of an accepted intent, then runs the handler and
// marks the intent in one transaction. A failure is noted and all of it tried
// again later; only a failure to note it is returned.
func (q *Queue) settle(ctx context.Context, in Intent, answers []ledger.Answer) (bool, error) {
	answer, err := encodeAnswers(answers)
	if err != nil {
		return false, err
	}
	if Refused(answers) == nil {
		if err := q.Books.SetLimits(ctx, in.Limits...); err != nil {
			return false, q.postpone(ctx, in, err)
		}
	}
	err = q.DB.InTx(ctx, func(ctx context.Context) error {
		done, err := q.DB.Q(ctx).ExecContext(ctx, `update ledger_intent set state = 'answered', answer = $2, answered = $3, failure = '' where id = $1 and state = 'waiting'`,
			in.ID, answer, clock.Micros(q.Clock.Now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errAnswered, err)
		}
		handler := q.Handlers[in.Kind]
		if handler == nil {
			return fmt.Errorf("no handler for ledger intents of kind %q", in.Kind)
		}
		return handler(ctx, in, answers)
	})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errAnswered):
		return false, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	return false, q.postpone(ctx, in, err)
}

func (q *Queue) postpone(ctx context.Context, in Intent, cause error) error {
	q.Log.Error("ledger intents: an answer was not taken and will be given again", "intent", in.ID, "kind", in.Kind, "error", cause)
	return q.DB.InTx(ctx, func(ctx context.Context) error {
		attempt, found, err := db.One(ctx, q.DB.Q(ctx), func(scan func(...any) error) (n int64, err error) { return n, scan(&n) },
			`update ledger_intent set attempt = attempt + 1, failure = $2 where id = $1 and state = 'waiting' returning attempt`, in.ID, cause.Error())
		if err != nil || !found {
			return err
		}
		pause := min(backoff<<min(attempt-1, 20), backoffTo)
		_, err = q.DB.Q(ctx).ExecContext(ctx, `update ledger_intent set due = $2 where id = $1`, in.ID, clock.Micros(q.Clock.Now().Add(pause)))
		return err
	})
}

// Status is how far an intent is.
type Status struct {
	Answered bool
	Answers  []Told // when answered
	Attempts int64  // failed tries of the handler
	Failure  string // of the last one
}

// Told is an answer as it was kept.
type Told struct {
	ID      string         `json:"id"`
	Seq     int64          `json:"seq"`
	Outcome ledger.Outcome `json:"outcome"`
	Code    fault.Code     `json:"code,omitempty"`
}

func encodeAnswers(answers []ledger.Answer) (string, error) {
	told := make([]Told, len(answers))
	for i, a := range answers {
		told[i] = Told{ID: a.ID, Seq: a.Seq, Outcome: a.Outcome}
		if a.Err != nil {
			told[i].Code = fault.From(a.Err).Code
		}
	}
	b, err := json.Marshal(told)
	return string(b), err
}

// Status returns how far an intent is.
//
// Codes: not_found, unavailable.
func (q *Queue) Status(ctx context.Context, id string) (Status, error) {
	s, found, err := db.One(ctx, q.DB.Q(ctx), func(scan func(...any) error) (s Status, err error) {
		var state, answer string
		if err := scan(&state, &answer, &s.Attempts, &s.Failure); err != nil {
			return s, err
		}
		s.Answered = state == "answered"
		if s.Answered {
			err = json.Unmarshal([]byte(answer), &s.Answers)
		}
		return s, err
	}, `select state, answer, attempt, failure from ledger_intent where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有记账意向 %.180s。", "There is no ledger intent %.180s.", id)
	}
	return s, err
}

// Waiting counts the intents without an answer.
//
// Codes: unavailable.
func (q *Queue) Waiting(ctx context.Context) (int64, error) {
	n, _, err := db.One(ctx, q.DB.Q(ctx), func(scan func(...any) error) (n int64, err error) { return n, scan(&n) },
		`select count(*) from ledger_intent where state = 'waiting'`)
	return n, err
}
