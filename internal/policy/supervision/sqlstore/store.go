// Package sqlstore keeps alarms in SQLite or PostgreSQL.
package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// Store implements supervision.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{db: d, clock: c} }

// InTx implements supervision.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

const columns = `id, key, rule, rule_version, severity, state, version, reason, facts, trades, follow, proposed_by, raised, updated`

func scanAlarm(row func(...any) error) (a supervision.Alarm, err error) {
	var reason, facts, trades string
	var raised int64
	if err := row(&a.ID, &a.Key, &a.Rule, &a.RuleVersion, &a.Severity, &a.State, &a.Version, &reason, &facts, &trades, &a.Follow, &a.ProposedBy, &raised, &a.Updated); err != nil {
		return a, err
	}
	a.Raised = clock.FromMicros(raised)
	for _, column := range []struct {
		text string
		into any
	}{{reason, &a.Reason}, {facts, &a.Facts}, {trades, &a.Trades}} {
		if err := json.Unmarshal([]byte(column.text), column.into); err != nil {
			return a, fmt.Errorf("alarm %s: %w", a.ID, err)
		}
	}
	return a, nil
}

// Insert implements supervision.Store.
func (s *Store) Insert(ctx context.Context, a supervision.Alarm) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `insert into alarm (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (key) do nothing`,
			a.ID, a.Key, a.Rule, a.RuleVersion, a.Severity, a.State, 1, db.JSON(a.Reason), db.JSON(a.Facts), db.JSON(a.Trades), a.Follow, a.ProposedBy, clock.Micros(a.Raised), s.now())
		if err := db.Changed(res, err, fault.Newf(fault.Conflict, "这条预警已经提出过。", "This alarm was raised before.")); err != nil {
			return err
		}
		return s.putCases(ctx, a)
	})
}

func (s *Store) putCases(ctx context.Context, a supervision.Alarm) error {
	for _, c := range a.Cases {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into alarm_case (alarm, application, number, org, measure) values ($1, $2, $3, $4, $5) on conflict (alarm, application) do nothing`,
			a.ID, c.ID, c.Number, c.Org, c.Measure)
		if err != nil {
			return db.Fault(err)
		}
	}
	return nil
}

// Update implements supervision.Store.
func (s *Store) Update(ctx context.Context, a *supervision.Alarm) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `update alarm set state = $1, follow = $2, proposed_by = $3, version = version + 1, updated = $4 where id = $5 and version = $6`,
			a.State, a.Follow, a.ProposedBy, s.now(), a.ID, a.Version)
		if err := db.Changed(res, err, fault.Newf(fault.Conflict, "预警 %s 刚被别人处理过，本次没有写入：请刷新后重试。", "Alarm %s was handled by somebody else just now and nothing was written: reload and try again.", a.ID)); err != nil {
			return err
		}
		a.Version++
		return s.putCases(ctx, *a)
	})
}

// Alarm implements supervision.Store.
func (s *Store) Alarm(ctx context.Context, id string) (supervision.Alarm, error) {
	list, err := s.withCases(ctx, `select `+columns+` from alarm where id = $1`, id)
	if err != nil {
		return supervision.Alarm{}, err
	}
	if len(list) == 0 {
		return supervision.Alarm{}, fault.Newf(fault.NotFound, "没有这条预警。", "There is no such alarm.")
	}
	return list[0], nil
}

// OfCase implements supervision.Store.
func (s *Store) OfCase(ctx context.Context, application string) ([]supervision.Alarm, error) {
	return s.withCases(ctx, `select `+columns+` from alarm where id in (select alarm from alarm_case where application = $1) order by raised desc, id desc`, application)
}

// Keyed implements supervision.Store.
func (s *Store) Keyed(ctx context.Context) (map[string]supervision.Alarm, error) {
	list, err := s.withCases(ctx, `select `+columns+` from alarm order by id`)
	keyed := make(map[string]supervision.Alarm, len(list))
	for _, a := range list {
		keyed[a.Key] = a
	}
	return keyed, err
}

// List implements supervision.Store.
func (s *Store) List(ctx context.Context, f supervision.Filter) ([]supervision.Alarm, error) {
	var w db.Where
	w.Is("rule", f.Rule)
	db.In(&w, "state", f.States)
	if f.Measure != "" {
		w.And("id in (select alarm from alarm_case where measure = ?)", f.Measure)
	}
	if f.Org != "" {
		w.And("id in (select alarm from alarm_case where org = ?)", f.Org)
	}
	if f.Text != "" {
		part := db.Containing(f.Text)
		w.And(`(id = ? or lower(reason) like ? escape '\' or facts like ? or id in (select alarm from alarm_case where lower(number) like ? escape '\'))`,
			f.Text, part, `%"`+strings.NewReplacer("%", "", "_", "").Replace(f.Text)+`"%`, part)
	}
	if err := w.Before(f.Before); err != nil {
		return nil, err
	}
	return s.withCases(ctx, `select `+columns+` from alarm`+w.String()+` order by updated desc, id desc`+db.Limit(cmp.Or(f.Limit, 50)), w.Args...)
}

// withCases reads alarms and, in one more query, what they are about.
func (s *Store) withCases(ctx context.Context, query string, args ...any) ([]supervision.Alarm, error) {
	list, err := db.All(ctx, s.db.Q(ctx), scanAlarm, query, args...)
	if err != nil || len(list) == 0 {
		return list, err
	}
	type row struct {
		alarm string
		ref   supervision.CaseRef
	}
	at := make(map[string]int, len(list))
	for i, a := range list {
		at[a.ID] = i
	}
	where, ids := "", []any{}
	if len(list) <= mostMarks {
		where = " where alarm in (" + marks(len(list)) + ")"
		for _, a := range list {
			ids = append(ids, a.ID)
		}
	}
	rows, err := db.All(ctx, s.db.Q(ctx), func(scan func(...any) error) (r row, err error) {
		return r, scan(&r.alarm, &r.ref.ID, &r.ref.Number, &r.ref.Org, &r.ref.Measure)
	}, `select alarm, application, number, org, measure from alarm_case`+where+` order by alarm, application`, ids...)
	for _, r := range rows {
		if i, known := at[r.alarm]; known {
			list[i].Cases = append(list[i].Cases, r.ref)
		}
	}
	return list, err
}

// mostMarks is how many alarms are asked for by id; past it all are read.
const mostMarks = 200

// marks are n bind marks, from $1.
func marks(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(out, ", ")
}

// Precisions implements supervision.Store.
func (s *Store) Precisions(ctx context.Context) ([]supervision.Precision, error) {
	type row struct {
		rule  string
		state supervision.State
		n     int64
	}
	rows, err := db.All(ctx, s.db.Q(ctx), func(scan func(...any) error) (r row, err error) { return r, scan(&r.rule, &r.state, &r.n) },
		`select rule, state, count(*) from alarm group by rule, state order by rule`)
	var out []supervision.Precision
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Rule != r.rule {
			out = append(out, supervision.Precision{Rule: r.rule})
		}
		p := &out[len(out)-1]
		switch r.state {
		case supervision.Dismissed:
			p.Dismissed += r.n
		case supervision.Confirmed:
			p.Confirmed += r.n
		case supervision.Lapsed:
			p.Lapsed += r.n
		default:
			p.Open += r.n
		}
	}
	return out, err
}

// AppendEvent implements supervision.Store.
func (s *Store) AppendEvent(ctx context.Context, alarm string, e supervision.Event) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into alarm_event (alarm, seq, at, person, name, role, action, to_state, note)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from alarm_event where alarm = $1`,
		alarm, clock.Micros(e.At), e.Person, e.Name, e.Role, e.Action, e.To, db.JSON(e.Note))
	return db.Fault(err)
}

// Events implements supervision.Store.
func (s *Store) Events(ctx context.Context, alarm string) ([]supervision.Event, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e supervision.Event, err error) {
		var at int64
		var note string
		if err := row(&e.Seq, &at, &e.Person, &e.Name, &e.Role, &e.Action, &e.To, &note); err != nil {
			return e, err
		}
		e.At = clock.FromMicros(at)
		var text i18n.Text
		err = json.Unmarshal([]byte(note), &text)
		e.Note = text
		return e, err
	}, `select seq, at, person, name, role, action, to_state, note from alarm_event where alarm = $1 order by seq`, alarm)
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }
