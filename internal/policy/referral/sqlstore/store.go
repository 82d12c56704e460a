// Package sqlstore keeps project files and sendings in SQLite or PostgreSQL.
package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/referral"
)

// Store implements referral.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{d, c} }

var _ referral.Store = (*Store)(nil)

// InTx implements referral.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements referral.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into referral_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = referral_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, db.Fault(err)
}

const projectColumns = `id, number, org, body, person, created, version, updated`

func scanProject(row func(...any) error) (p referral.Project, err error) {
	var body string
	var created int64
	if err := row(&p.ID, &p.Number, &p.Org, &body, &p.By, &created, &p.Version, &p.Updated); err != nil {
		return p, err
	}
	p.Created = clock.FromMicros(created)
	if err := json.Unmarshal([]byte(body), &p.File); err != nil {
		return p, fmt.Errorf("project %s: %w", p.ID, err)
	}
	return p, nil
}

// InsertProject implements referral.Store.
func (s *Store) InsertProject(ctx context.Context, p referral.Project, org string) error {
	return s.exec(ctx, `insert into referral_project (`+projectColumns+`, folded) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Number, p.Org, db.JSON(p.File), p.By, clock.Micros(p.Created), 1, s.now(), p.Folded(org))
}

// UpdateProject implements referral.Store.
func (s *Store) UpdateProject(ctx context.Context, p *referral.Project, org string) error {
	changed := fault.Newf(fault.Conflict, "项目 %s 刚被别人改过，本次没有写入：请刷新后重试。", "Project %s was changed by somebody else just now and nothing was written: reload and try again.", p.Number)
	res, err := s.db.Q(ctx).ExecContext(ctx, `update referral_project set body = $1, person = $2, folded = $3, version = version + 1, updated = $4 where id = $5 and version = $6`,
		db.JSON(p.File), p.By, p.Folded(org), s.now(), p.ID, p.Version)
	if err := db.Changed(res, err, changed); err != nil {
		return err
	}
	p.Version++
	return nil
}

// AppendEdition implements referral.Store.
func (s *Store) AppendEdition(ctx context.Context, project string, e referral.Edition) error {
	return s.exec(ctx, `insert into referral_edition (project, version, body, person, name, at) values ($1, $2, $3, $4, $5, $6)`,
		project, e.Version, db.JSON(e.File), e.By, e.ByName, clock.Micros(e.At))
}

// Editions implements referral.Store.
func (s *Store) Editions(ctx context.Context, project string, before int64, limit int) ([]referral.Edition, error) {
	var w db.Where
	w.Is("project", project)
	if before > 0 {
		w.And("version < ?", before)
	}
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e referral.Edition, err error) {
		var body string
		var at int64
		if err := row(&e.Version, &body, &e.By, &e.ByName, &at); err != nil {
			return e, err
		}
		e.At = clock.FromMicros(at)
		return e, json.Unmarshal([]byte(body), &e.File)
	}, `select version, body, person, name, at from referral_edition`+w.String()+` order by version desc`+db.Limit(limit), w.Args...)
}

// Project implements referral.Store.
func (s *Store) Project(ctx context.Context, id string) (referral.Project, error) {
	p, found, err := db.One(ctx, s.db.Q(ctx), scanProject, `select `+projectColumns+` from referral_project where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这个项目。", "There is no such project.")
	}
	return p, err
}

// Projects implements referral.Store.
func (s *Store) Projects(ctx context.Context, f referral.Filter) ([]referral.Project, error) {
	var w db.Where
	w.Is("org", string(f.Org))
	if f.Text != "" {
		w.And(`folded like ? escape '\'`, db.Containing(f.Text))
	}
	if f.Sent {
		w.And("exists (select 1 from referral_sending where project = referral_project.id)")
	}
	if f.Judge {
		w.And("id in (select project from referral_sending where state = 'reported')")
	}
	if err := w.Before(f.Before); err != nil {
		return nil, err
	}
	return db.All(ctx, s.db.Q(ctx), scanProject, `select `+projectColumns+` from referral_project`+w.String()+` order by updated desc, id desc`+db.Limit(cmp.Or(f.Limit, 50)), w.Args...)
}

// Borne implements referral.Store.
func (s *Store) Borne(ctx context.Context, invoice string) (referral.Sending, bool, error) {
	id, found, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (id string, err error) { return id, row(&id) },
		`select sending from referral_line where invoice = $1 and live = 1`, invoice)
	if err != nil || !found {
		return referral.Sending{}, false, err
	}
	sending, err := s.Sending(ctx, id)
	return sending, err == nil, err
}

// InsertSending implements referral.Store.
func (s *Store) InsertSending(ctx context.Context, x referral.Sending) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.exec(ctx, `insert into referral_sending (`+sendingColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			x.ID, x.Project, x.Source, int64(x.Amount), x.Digest, x.Edition, x.State, x.By, x.ByName, clock.Micros(x.At), 1); err != nil {
			return err
		}
		for i, b := range x.Lines {
			_, err := s.db.Q(ctx).ExecContext(ctx, `insert into referral_line (sending, seq, project, line, invoice, live) values ($1, $2, $3, $4, $5, $6)`,
				x.ID, i, x.Project, b.Line, b.Invoice, db.Bool(x.State.Live()))
			if db.IsUnique(err) {
				return fault.Newf(fault.Conflict, "成本项 %s 或它的发票刚由另一处承担，本次没有写入：请刷新。", "Cost line %s or its invoice was taken by another source just now and nothing was written: reload.", b.Line)
			}
			if err != nil {
				return db.Fault(err)
			}
		}
		return nil
	})
}

// UpdateSending implements referral.Store.
func (s *Store) UpdateSending(ctx context.Context, x *referral.Sending) error {
	changed := fault.Newf(fault.Conflict, "这次推送刚被别人改过，本次没有写入：请刷新后重试。", "This sending was changed by somebody else just now and nothing was written: reload and try again.")
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `update referral_sending set state = $1, version = version + 1 where id = $2 and version = $3`, x.State, x.ID, x.Version)
		if err := db.Changed(res, err, changed); err != nil {
			return err
		}
		a := x.Answers[len(x.Answers)-1]
		if err := s.exec(ctx, `insert into referral_answer (sending, seq, state, given, amount, note, person, name, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			x.ID, len(x.Answers), a.State, a.On, int64(a.Amount), a.Note, a.Person, a.Name, clock.Micros(a.At)); err != nil {
			return err
		}
		x.Version++
		return s.exec(ctx, `update referral_line set live = $1 where sending = $2`, db.Bool(x.State.Live()), x.ID)
	})
}

const sendingColumns = `id, project, source, amount, digest, edition, state, person, name, at, version`

func scanSending(row func(...any) error) (x referral.Sending, err error) {
	var at int64
	err = row(&x.ID, &x.Project, &x.Source, &x.Amount, &x.Digest, &x.Edition, &x.State, &x.By, &x.ByName, &at, &x.Version)
	x.At, x.Lines, x.Answers = clock.FromMicros(at), []referral.Bound{}, []referral.Answer{}
	return x, err
}

// Sending implements referral.Store.
func (s *Store) Sending(ctx context.Context, id string) (referral.Sending, error) {
	list, err := s.sendings(ctx, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = fault.Newf(fault.NotFound, "没有这次推送。", "There is no such sending.")
	}
	if err != nil {
		return referral.Sending{}, err
	}
	return list[0], nil
}

// Sendings implements referral.Store.
func (s *Store) Sendings(ctx context.Context, project string) ([]referral.Sending, error) {
	return s.sendings(ctx, `project = $1`, project)
}

func (s *Store) sendings(ctx context.Context, which, value string) ([]referral.Sending, error) {
	list, err := db.All(ctx, s.db.Q(ctx), scanSending, `select `+sendingColumns+` from referral_sending where `+which+` order by at, id`, value)
	if err != nil {
		return nil, err
	}
	for i := range list {
		x := &list[i]
		bound, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (b referral.Bound, err error) { return b, row(&b.Line, &b.Invoice) },
			`select line, invoice from referral_line where sending = $1 order by seq`, x.ID)
		if err != nil {
			return nil, err
		}
		answers, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (a referral.Answer, err error) {
			var at int64
			err = row(&a.State, &a.On, &a.Amount, &a.Note, &a.Person, &a.Name, &at)
			a.At = clock.FromMicros(at)
			return a, err
		}, `select state, given, amount, note, person, name, at from referral_answer where sending = $1 order by seq`, x.ID)
		if err != nil {
			return nil, err
		}
		x.Lines, x.Answers = append(x.Lines, bound...), append(x.Answers, answers...)
	}
	return list, nil
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	return db.Fault(err)
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }
