package sqlstore

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/review"
)

const recordColumns = `id, at, kind, panel, case_id, expert, person, name, role, body`

func scanRecord(row func(...any) error) (r review.Record, err error) {
	var at int64
	var body string
	err = row(&r.ID, &at, &r.Kind, &r.Panel, &r.Case, &r.Expert, &r.Person, &r.Name, &r.Role, &body)
	r.At, r.Body = clock.FromMicros(at), []byte(body)
	return r, err
}

// AddRecord implements review.Store.
func (s *Store) AddRecord(ctx context.Context, r review.Record) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into review_record (`+recordColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.ID, clock.Micros(r.At), r.Kind, r.Panel, r.Case, r.Expert, r.Person, r.Name, r.Role, string(r.Body))
	return db.Fault(err)
}

// Records implements review.Store.
func (s *Store) Records(ctx context.Context, f review.RecordFilter) ([]review.Record, error) {
	var w db.Where
	w.Is("panel", f.Panel)
	w.Is("case_id", f.Case)
	w.Is("expert", f.Expert)
	w.Is("id", f.ID)
	if len(f.Kinds) > 0 {
		kinds := make([]any, 0, len(f.Kinds))
		for _, k := range f.Kinds {
			kinds = append(kinds, k)
		}
		w.And("kind in (?"+strings.Repeat(", ?", len(kinds)-1)+")", kinds...)
	}
	order := " order by at, id"
	if f.Limit > 0 {
		order = " order by at desc, id desc" + db.Limit(f.Limit)
		if f.Before != "" {
			w.And("(at < (select at from review_record b where b.id = ?) or (at = (select at from review_record b where b.id = ?) and id < ?))", f.Before, f.Before, f.Before)
		}
	}
	return db.All(ctx, s.db.Q(ctx), scanRecord, `select `+recordColumns+` from review_record`+w.String()+order, w.Args...)
}
