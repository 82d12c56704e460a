package sqlstore

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/review"
)

const expertColumns = `id, person, name, body, active, version, updated, author`

// expertBody is what is not searched by column.
type expertBody struct {
	Employer review.Employer     `json:"employer"`
	Past     []review.Employment `json:"past"`
	Fields   []string            `json:"fields"`
}

func scanExpert(row func(...any) error) (e review.Expert, err error) {
	var body string
	var active, updated int64
	if err = row(&e.ID, &e.Person, &e.Name, &body, &active, &e.Version, &updated, &e.By); err != nil {
		return e, err
	}
	var b expertBody
	err = json.Unmarshal([]byte(body), &b)
	e.Employer, e.Past, e.Fields, e.Active, e.Updated = b.Employer, b.Past, b.Fields, active != 0, clock.FromMicros(updated)
	return e, err
}

func bodyOf(e review.Expert) string { return db.JSON(expertBody{e.Employer, e.Past, e.Fields}) }

func folded(e review.Expert) string { return strings.ToLower(e.Name + "\n" + e.Employer.Name) }

// InsertExpert implements review.Store.
func (s *Store) InsertExpert(ctx context.Context, e review.Expert) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into review_expert (id, person, name, employer, body, folded, active, version, updated, author)
		values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)`, e.ID, e.Person, e.Name, string(e.Employer.Code), bodyOf(e), folded(e), db.Bool(e.Active), clock.Micros(e.Updated), e.By)
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "“%s”已在专家库里：请改已有的一条。", "%q is in the pool already: change the entry that is there.", e.Name)
	}
	return db.Fault(err)
}

// UpdateExpert implements review.Store.
func (s *Store) UpdateExpert(ctx context.Context, e *review.Expert) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `update review_expert set name = $1, employer = $2, body = $3, folded = $4, active = $5, version = version + 1, updated = $6, author = $7
		where id = $8 and version = $9`, e.Name, string(e.Employer.Code), bodyOf(*e), folded(*e), db.Bool(e.Active), clock.Micros(e.Updated), e.By, e.ID, e.Version)
	err = db.Changed(res, err, fault.Newf(fault.Conflict, "专家“%s”刚被别人改过，本次没有写入：请刷新。", "Expert %q was changed by somebody else just now and nothing was written: reload.", e.Name))
	if err == nil {
		e.Version++
	}
	return err
}

// Expert implements review.Store.
func (s *Store) Expert(ctx context.Context, id string) (review.Expert, error) {
	e, found, err := db.One(ctx, s.db.Q(ctx), scanExpert, `select `+expertColumns+` from review_expert where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "专家库里没有这个人。", "There is no such expert in the pool.")
	}
	return e, err
}

// ExpertOf implements review.Store.
func (s *Store) ExpertOf(ctx context.Context, person string) (review.Expert, bool, error) {
	return db.One(ctx, s.db.Q(ctx), scanExpert, `select `+expertColumns+` from review_expert where person = $1`, person)
}

// Experts implements review.Store.
func (s *Store) Experts(ctx context.Context, f review.ExpertFilter) ([]review.Expert, error) {
	var w db.Where
	if f.Query != "" {
		w.And(`folded like ? escape '\'`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Query))+"%")
	}
	if f.Field != "" { // ids of fields hold no quotes or wildcards but _, which meets itself
		w.And(`body like ? escape '\'`, `%"`+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, `"`, ``).Replace(f.Field)+`"%`)
	}
	if f.Active {
		w.And("active = 1")
	}
	if f.After[1] != "" {
		w.And("(name, id) > (?, ?)", f.After[0], f.After[1])
	}
	return db.All(ctx, s.db.Q(ctx), scanExpert, `select `+expertColumns+` from review_expert`+w.String()+` order by name, id`+db.Limit(f.Limit), w.Args...)
}
