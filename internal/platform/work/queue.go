package work

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// State is where an item stands.
type State string

// The states: waiting -> running -> done, back to waiting after an error, and
// failed after the last attempt.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Row is an item as it is kept. Times are zero where they do not apply.
type Row struct {
	ID          string          `json:"id"`
	Kind        string          `json:"kind"`
	Args        json.RawMessage `json:"args"`
	Key         string          `json:"key,omitempty"`
	State       State           `json:"state"`
	RunAt       time.Time       `json:"run_at"`
	Attempt     int             `json:"attempt"`
	MaxAttempts int             `json:"max_attempts"`
	Holder      string          `json:"holder,omitempty"`
	LeaseUntil  time.Time       `json:"lease_until,omitzero"`
	LastError   string          `json:"last_error,omitempty"` // English, for operators
	Created     time.Time       `json:"created"`
	Finished    time.Time       `json:"finished,omitzero"`
}

// Queue writes and reads items. It runs nothing: that is a Runner's.
type Queue struct {
	DB    *db.DB
	Clock clock.Clock
	IDs   ident.Source
}

// Options of one item; the zero value means now, without a key, 12 attempts
// (about an hour and a half of growing delays).
type Options struct {
	RunAt time.Time
	// Key allows one waiting item of its kind and key: another Insert returns
	// the one that waits. One that runs already does not count, since it may
	// have read what has changed since; the new item runs after it.
	Key         string
	MaxAttempts int
}

const defaultAttempts = 12

// Insert adds an item in the transaction of ctx and returns its id, or that of
// the waiting item with the same key.
//
// Codes: invalid when the arguments have no kind or no JSON; unavailable.
func (q Queue) Insert(ctx context.Context, args Args, o Options) (string, error) {
	text, err := json.Marshal(args)
	if err != nil || args.Kind() == "" {
		return "", fault.Newf(fault.Invalid, "工作项没有种类，或参数不能写成 JSON。", "The work item has no kind or its arguments are no JSON.").Because(err)
	}
	now := q.Clock.Now()
	if o.RunAt.IsZero() {
		o.RunAt = now
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = defaultAttempts
	}
	key := any(nil)
	if o.Key != "" {
		key = o.Key
	}
	id := q.IDs.New("work")
	err = q.DB.InTx(ctx, func(ctx context.Context) error {
		// A key that waits answers with its own id; the update changes nothing.
		id, _, err = db.One(ctx, q.DB.Q(ctx), scanText, `
			insert into work_item (id, kind, args, unique_key, state, run_at, max_attempts, created)
			values ($1, $2, $3, $4, 'waiting', $5, $6, $7)
			on conflict (kind, unique_key) where unique_key is not null and state = 'waiting'
			do update set unique_key = excluded.unique_key
			returning id`,
			id, args.Kind(), string(text), key, clock.Micros(o.RunAt), o.MaxAttempts, clock.Micros(now))
		return err
	})
	return id, err
}

// Filter picks items; empty fields match all.
type Filter struct {
	State State
	Kind  string
	Limit int // 100 when zero, at most 1000
}

// List returns items, the newest first.
//
// Codes: unavailable.
func (q Queue) List(ctx context.Context, f Filter) ([]Row, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	return db.All(ctx, q.DB.Q(ctx), scanRow, `
		select `+rowColumns+` from work_item
		where ($1 = '' or state = $1) and ($2 = '' or kind = $2)
		order by created desc, id desc limit $3`, string(f.State), f.Kind, min(f.Limit, 1000))
}

// Count tells how many items are in each state.
//
// Codes: unavailable.
func (q Queue) Count(ctx context.Context) (map[State]int64, error) {
	type line struct {
		state State
		n     int64
	}
	lines, err := db.All(ctx, q.DB.Q(ctx), func(scan func(...any) error) (l line, err error) { return l, scan(&l.state, &l.n) },
		`select state, count(*) from work_item group by state`)
	out := map[State]int64{}
	for _, l := range lines {
		out[l.state] = l.n
	}
	return out, err
}

const rowColumns = `id, kind, args, coalesce(unique_key, ''), state, run_at, attempt, max_attempts, holder, lease_until, last_error, created, finished`

func scanRow(scan func(...any) error) (r Row, err error) {
	var args string
	var runAt, lease, created, finished int64
	err = scan(&r.ID, &r.Kind, &args, &r.Key, &r.State, &runAt, &r.Attempt, &r.MaxAttempts, &r.Holder, &lease, &r.LastError, &created, &finished)
	r.Args = json.RawMessage(args)
	r.RunAt, r.LeaseUntil, r.Created, r.Finished = clock.FromMicros(runAt), clock.FromMicros(lease), clock.FromMicros(created), clock.FromMicros(finished)
	return r, err
}

func scanText(scan func(...any) error) (s string, err error) { return s, scan(&s) }
