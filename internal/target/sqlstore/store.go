// Package sqlstore keeps the target domain's records in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/target"
)

// Store implements target.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{d} }

// InTx implements target.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// Lock implements target.Store. Whoever comes second waits on the row until
// the first has committed, and then reads what it wrote.
func (s *Store) Lock(ctx context.Context, name string) error {
	return s.exec(ctx, `insert into target_lock (name) values ($1) on conflict (name) do update set name = excluded.name`, name)
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	return db.Fault(err)
}

// InsertFile implements target.Store.
func (s *Store) InsertFile(ctx context.Context, f target.File) error {
	return s.exec(ctx, `insert into target_file (id, name, media_type, size, sha256, person, at) values ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Name, f.Type, f.Size, f.SHA256, f.By, clock.Micros(f.At))
}

// Files implements target.Store.
func (s *Store) Files(ctx context.Context, ids []string) ([]target.File, error) {
	if len(ids) == 0 {
		return []target.File{}, nil
	}
	args := make([]any, len(ids))
	marks := make([]string, len(ids))
	for i, id := range ids {
		args[i], marks[i] = id, "$"+strconv.Itoa(i+1)
	}
	found, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (f target.File, err error) {
		var at int64
		err = row(&f.ID, &f.Name, &f.Type, &f.Size, &f.SHA256, &f.By, &at)
		f.At = clock.FromMicros(at)
		return f, err
	}, `select id, name, media_type, size, sha256, person, at from target_file where id in (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, err
	}
	byID := map[string]target.File{}
	for _, f := range found {
		byID[f.ID] = f
	}
	inOrder := make([]target.File, 0, len(found))
	for _, id := range ids {
		if f, known := byID[id]; known {
			inOrder = append(inOrder, f)
			delete(byID, id)
		}
	}
	return inOrder, nil
}

// InsertReport implements target.Store.
func (s *Store) InsertReport(ctx context.Context, r target.Report) error {
	ids := make([]string, len(r.Files))
	for i, f := range r.Files {
		ids[i] = f.ID
	}
	err := s.exec(ctx, `insert into target_report (id, task, unit, day, percent, milestone, text, files, facts, corrects, person, name, role, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		r.ID, r.Task, r.Unit, r.Day, r.Percent, r.Milestone, r.Text, pack(ids), pack(r.Facts), r.Corrects, r.By.ID, r.By.Name, r.By.Role, clock.Micros(r.At))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "报告 %.64s 已被更正：请更正最新的一份。", "Report %.64s was corrected already: correct the latest one.", r.Corrects)
	}
	return err
}

// Reports implements target.Store.
func (s *Store) Reports(ctx context.Context, task string) ([]target.Report, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (r target.Report, err error) {
		var at int64
		var files, facts string
		if err := row(&r.ID, &r.Task, &r.Unit, &r.Day, &r.Percent, &r.Milestone, &r.Text, &files, &facts, &r.Corrects, &r.By.ID, &r.By.Name, &r.By.Role, &at); err != nil {
			return r, err
		}
		r.At = clock.FromMicros(at)
		for _, id := range unpack(files) {
			r.Files = append(r.Files, target.File{ID: id})
		}
		r.Facts = unpack(facts)
		return r, nil
	}, `select id, task, unit, day, percent, milestone, text, files, facts, corrects, person, name, role, at from target_report
		where $1 = '' or task = $1 order by day, at, id`, task)
}

const assignmentColumns = `id, year, task, unit, goal, due, person, name, role, at, end_person, end_name, end_role, end_at, end_note`

// InsertAssignment implements target.Store.
func (s *Store) InsertAssignment(ctx context.Context, a target.Assignment) error {
	return s.exec(ctx, `insert into target_assignment (`+assignmentColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', 0, '')`,
		a.ID, a.Year, a.Task, a.Unit, a.Goal, a.Due, a.By.ID, a.By.Name, a.By.Role, clock.Micros(a.At))
}

// Assignments implements target.Store.
func (s *Store) Assignments(ctx context.Context, year int) ([]target.Assignment, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (a target.Assignment, err error) {
		var at int64
		var end ending
		err = row(append([]any{&a.ID, &a.Year, &a.Task, &a.Unit, &a.Goal, &a.Due, &a.By.ID, &a.By.Name, &a.By.Role, &at}, end.columns()...)...)
		a.At, a.Ended = clock.FromMicros(at), end.read()
		return a, err
	}, `select `+assignmentColumns+` from target_assignment where year = $1 order by due, id`, year)
}

// EndAssignment implements target.Store.
func (s *Store) EndAssignment(ctx context.Context, id string, e target.Ending) error {
	return s.end(ctx, "target_assignment", id, e)
}

// ending is the columns of an ending while they are scanned.
type ending struct {
	target.Ending
	at int64
}

func (e *ending) columns() []any { return []any{&e.By.ID, &e.By.Name, &e.By.Role, &e.at, &e.Note} }

func (e *ending) read() *target.Ending {
	if e.at == 0 {
		return nil
	}
	e.At = clock.FromMicros(e.at)
	return &e.Ending
}

// end writes an ending where there is none.
func (s *Store) end(ctx context.Context, table, id string, e target.Ending) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, fmt.Sprintf(`update %s set end_person = $1, end_name = $2, end_role = $3, end_at = $4, end_note = $5 where id = $6 and end_at = 0`, table),
		e.By.ID, e.By.Name, e.By.Role, clock.Micros(e.At), e.Note, id)
	if err != nil {
		return db.Fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return db.Fault(err)
	}
	_, found, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (n int64, err error) { return n, row(&n) }, fmt.Sprintf(`select 1 from %s where id = $1`, table), id)
	switch {
	case err != nil:
		return err
	case !found:
		return fault.Newf(fault.NotFound, "没有这一条。", "There is no such line.")
	}
	return fault.Newf(fault.Conflict, "这一条已经办结：可能已有人处理，请刷新。", "This was ended already: somebody may have acted; reload.")
}

// pack keeps a list of texts in one column; unpack reads it back.
func pack(list []string) string {
	if list == nil {
		list = []string{}
	}
	b, _ := json.Marshal(list) // texts always marshal
	return string(b)
}

func unpack(s string) []string {
	list := []string{}
	_ = json.Unmarshal([]byte(s), &list) // what pack wrote
	return list
}
