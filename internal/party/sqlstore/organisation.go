package sqlstore

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const organisationColumns = `code, kind, name, place, created`

func scanOrganisation(scan scanner) (o party.Organisation, err error) {
	var created int64
	err = scan(&o.Code, &o.Kind, &o.Name, &o.Place, &created)
	o.Created = clock.FromMicros(created)
	return o, err
}

// AddOrganisation implements party.Store.
func (s *Store) AddOrganisation(ctx context.Context, o party.Organisation) error {
	return s.insert(ctx, conflict("这家机构已经入驻。", "This organisation is enrolled already."),
		`insert into organisation (code, kind, name, place, folded, created) values ($1, $2, $3, $4, $5, $6)`,
		string(o.Code), string(o.Kind), o.Name, o.Place, o.Folded(), clock.Micros(o.Created))
}

// Organisation implements party.Store.
func (s *Store) Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error) {
	o, found, err := db.One(ctx, s.db.Q(ctx), scanOrganisation, `select `+organisationColumns+` from organisation where code = $1`, string(code))
	if err == nil && !found {
		err = notFound("没有这个机构，或您无权查看它。", "There is no such organisation, or it is not yours to see.")
	}
	return o, err
}

// Names implements party.Store.
func (s *Store) Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error) {
	const most = 500 // values a statement binds
	codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	names := make(map[ident.CreditCode]string, len(codes))
	for part := range slices.Chunk(codes, most) {
		var w db.Where
		db.In(&w, "code", part)
		found, err := db.All(ctx, s.db.Q(ctx), func(scan func(...any) error) (n [2]string, err error) { return n, scan(&n[0], &n[1]) },
			`select code, name from organisation`+w.String(), w.Args...)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			names[ident.CreditCode(n[0])] = n[1]
		}
	}
	return names, nil
}

// Organisations implements party.Store.
func (s *Store) Organisations(ctx context.Context, f party.OrganisationFilter) ([]party.Organisation, error) {
	return db.All(ctx, s.db.Q(ctx), scanOrganisation, `select `+organisationColumns+` from organisation
		where code > $1 and folded like $2 escape '\' and ($3 = '' or kind = $3) and ($4 = '' or place = $4) order by code limit $5`,
		string(f.After), containing(f.Query), string(f.Kind), f.Place, f.Limit)
}
