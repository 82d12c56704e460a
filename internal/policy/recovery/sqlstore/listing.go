package sqlstore

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

const entryColumns = `id, org, org_name, case_id, number, lifts, from_day, until_day, reason, person, name, at`

func scanEntry(row func(...any) error) (e recovery.Entry, err error) {
	var at int64
	err = row(&e.ID, &e.Org, &e.Name, &e.Case, &e.Number, &e.Lifts, &e.From, &e.Until, &e.Reason, &e.Person, &e.By, &at)
	e.At = clock.FromMicros(at)
	return e, err
}

// AddEntry implements recovery.Store.
func (s *Store) AddEntry(ctx context.Context, e recovery.Entry) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_listing (`+entryColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.ID, e.Org, e.Name, e.Case, e.Number, e.Lifts, e.From, e.Until, e.Reason, e.Person, e.By, clock.Micros(e.At))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "这一条刚被移出：请刷新。", "The entry was lifted just now: reload.")
	}
	return db.Fault(err)
}

// Listings implements recovery.Store.
func (s *Store) Listings(ctx context.Context, f recovery.ListingFilter) ([]recovery.Listing, error) {
	var w db.Where
	w.And("lifts = ''")
	w.Is("id", f.ID)
	w.Is("org", string(f.Org))
	w.Is("case_id", f.Case)
	if f.Query != "" {
		w.And(`(lower(org_name) like ? escape '\' or lower(number) like ? escape '\' or org = ?)`, db.Containing(f.Query), db.Containing(f.Query), strings.ToUpper(f.Query))
	}
	if f.InForce != "" {
		w.And("from_day <= ? and until_day >= ?", f.InForce, f.InForce)
		w.And("not exists (select 1 from recovery_listing l where l.lifts = recovery_listing.id and l.from_day <= ?)", f.InForce)
	}
	before(&w, "at", f.Before)
	listed := `(select ` + entryColumns + ` from recovery_listing` + w.String() + ` order by at desc, id desc` + db.Limit(f.Limit) + `)`
	entries, err := db.All(ctx, s.db.Q(ctx), scanEntry, `with listed as `+listed+` select `+entryColumns+` from listed
		union all select `+entryColumns+` from recovery_listing where lifts in (select id from listed) order by at desc, id desc`, w.Args...)
	if err != nil {
		return nil, err
	}
	lifts := map[string]*recovery.Entry{}
	var out []recovery.Listing
	for i, e := range entries {
		if e.Lifts != "" {
			lifts[e.Lifts] = &entries[i]
			continue
		}
		out = append(out, recovery.Listing{Entry: e})
	}
	for i := range out {
		out[i].Lifted = lifts[out[i].ID]
	}
	return out, nil
}
