package sqlstore

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// InsertCase implements recovery.Store.
func (s *Store) InsertCase(ctx context.Context, c recovery.Case) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_case (id, number, org, folded, ground, state, notified, version, body, updated)
			values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)`,
			c.ID, c.Number, c.Org, folded(&c), c.Ground, c.State, db.Bool(c.Known), db.JSON(c), s.now())
		if err != nil {
			return db.Fault(err)
		}
		return s.claim(ctx, &c)
	})
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }

func folded(c *recovery.Case) string { return strings.ToLower(c.Number + " " + c.OrgName) }

// claim writes which applications a case claims, while it is live.
func (s *Store) claim(ctx context.Context, c *recovery.Case) error {
	for _, p := range c.Parts {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_claim (case_id, application, live) values ($1, $2, $3)
			on conflict (case_id, application) do update set live = excluded.live`, c.ID, p.Application, db.Bool(c.State.Live()))
		if db.IsUnique(err) {
			return fault.Newf(fault.Conflict, "申报 %s 已在另一追缴案中，未结之前不能再立一案。", "Application %s is in another recovery, which must end first.", p.Number)
		}
		if err != nil {
			return db.Fault(err)
		}
	}
	return nil
}

// UpdateCase implements recovery.Store.
func (s *Store) UpdateCase(ctx context.Context, c *recovery.Case) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `update recovery_case set state = $1, notified = $2, version = version + 1, body = $3, updated = $4
			where id = $5 and version = $6`, c.State, db.Bool(c.Known), db.JSON(c), s.now(), c.ID, c.Version)
		err = db.Changed(res, err, fault.Newf(fault.Conflict, "追缴案 %s 刚被别人改过，本次没有写入：请刷新后重试。", "Recovery %s was changed by somebody else just now and nothing was written: reload and try again.", c.Number))
		if err != nil {
			return err
		}
		c.Version++
		return s.claim(ctx, c)
	})
}

const caseColumns = `body, version, updated`

func scanCase(row func(...any) error) (c recovery.Case, err error) {
	var body string
	var version, updated int64
	if err = row(&body, &version, &updated); err != nil {
		return c, err
	}
	err = json.Unmarshal([]byte(body), &c)
	c.Version, c.Updated = version, updated
	return c, err
}

// Case implements recovery.Store.
func (s *Store) Case(ctx context.Context, id string) (recovery.Case, error) {
	c, found, err := db.One(ctx, s.db.Q(ctx), scanCase, `select `+caseColumns+` from recovery_case where id = $1`, id)
	if err == nil && !found {
		return c, fault.Newf(fault.NotFound, "没有这个追缴案。", "There is no such recovery.")
	}
	return c, err
}

// Cases implements recovery.Store.
func (s *Store) Cases(ctx context.Context, f recovery.CaseFilter) ([]recovery.Case, error) {
	var w db.Where
	w.Is("org", string(f.Org))
	w.Is("ground", string(f.Ground))
	if f.Notified {
		w.And("notified = 1")
	}
	if len(f.States) > 0 {
		values := make([]any, len(f.States))
		for i, state := range f.States {
			values[i] = state
		}
		w.And("state in (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
	if q := strings.ToLower(strings.TrimSpace(f.Query)); q != "" {
		w.And(`(folded like ? escape '\' or org = ?)`, "%"+escape(q)+"%", strings.ToUpper(q))
	}
	before(&w, "updated", f.Before)
	return db.All(ctx, s.db.Q(ctx), scanCase, `select `+caseColumns+` from recovery_case`+w.String()+` order by updated desc, id desc`+db.Limit(f.Limit), w.Args...)
}

// escape keeps a text from being read as a pattern.
func escape(s string) string { return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) }

// CountByState implements recovery.Store.
func (s *Store) CountByState(ctx context.Context) (map[recovery.State]int64, error) {
	out := map[recovery.State]int64{}
	_, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (state recovery.State, err error) {
		var n int64
		err = row(&state, &n)
		out[state] = n
		return state, err
	}, `select state, count(*) from recovery_case group by state`)
	return out, err
}

// AddEvent implements recovery.Store.
func (s *Store) AddEvent(ctx context.Context, id string, e recovery.Event) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_event (case_id, seq, at, person, name, role, action, state, note, detail)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from recovery_event where case_id = $1`,
		id, clock.Micros(e.At), e.Person, e.Name, e.Role, e.Action, e.To, db.JSON(e.Note), string(e.Detail))
	return db.Fault(err)
}

// Events implements recovery.Store.
func (s *Store) Events(ctx context.Context, id string) ([]recovery.Event, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e recovery.Event, err error) {
		var at int64
		var note, detail string
		if err = row(&e.Seq, &at, &e.Person, &e.Name, &e.Role, &e.Action, &e.To, &note, &detail); err != nil {
			return e, err
		}
		e.At, e.Detail = clock.FromMicros(at), json.RawMessage(detail)
		return e, json.Unmarshal([]byte(note), &e.Note)
	}, `select seq, at, person, name, role, action, state, note, detail from recovery_event where case_id = $1 order by seq`, id)
}
