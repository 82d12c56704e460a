package sqlstore

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const selectMembership = `select m.id, m.person, m.role, coalesce(m.org, ''), coalesce(o.name, ''), m.created
	from membership m left join organisation o on o.code = m.org where m.ended = 0 `

func scanMembership(scan scanner) (m party.Membership, err error) {
	var created int64
	err = scan(&m.ID, &m.Person, &m.Role, &m.Org, &m.OrgName, &created)
	m.Created = clock.FromMicros(created)
	return m, err
}

// AddMembership implements party.Store.
func (s *Store) AddMembership(ctx context.Context, m party.Membership) error {
	return s.insert(ctx, conflict("这个人已有这个角色。", "The person holds this role already."),
		`insert into membership (id, person, role, org, created) values ($1, $2, $3, $4, $5)`, m.ID, m.Person, string(m.Role), orNull(string(m.Org)), clock.Micros(m.Created))
}

// EndMembership implements party.Store.
func (s *Store) EndMembership(ctx context.Context, id string, at time.Time) error {
	return s.update(ctx, notFound("没有这项任职，或已经结束。", "There is no such membership, or it is over."),
		`update membership set ended = $2 where id = $1 and ended = 0`, id, clock.Micros(at))
}

// LiveMembership implements party.Store.
func (s *Store) LiveMembership(ctx context.Context, id string) (party.Membership, bool, error) {
	return db.One(ctx, s.db.Q(ctx), scanMembership, selectMembership+`and m.id = $1`, id)
}

// Memberships implements party.Store.
func (s *Store) Memberships(ctx context.Context, person string) ([]party.Membership, error) {
	return db.All(ctx, s.db.Q(ctx), scanMembership, selectMembership+`and m.person = $1 order by m.created, m.id`, person)
}

// Members implements party.Store.
func (s *Store) Members(ctx context.Context, org ident.CreditCode) ([]party.Member, error) {
	return db.All(ctx, s.db.Q(ctx), func(scan func(...any) error) (m party.Member, err error) {
		var since int64
		err = scan(&m.Membership, &m.Person, &m.Login, &m.Name, &m.Role, &since)
		m.Since = clock.FromMicros(since)
		return m, err
	}, `select m.id, p.id, p.login, p.name, m.role, m.created from membership m join person p on p.id = m.person
		where m.org = $1 and m.ended = 0 order by m.created, m.id`, string(org))
}

// Holders implements party.Store.
func (s *Store) Holders(ctx context.Context, role httpapi.Role, org ident.CreditCode) (int, error) {
	n, _, err := db.One(ctx, s.db.Q(ctx), func(scan func(...any) error) (n int, err error) { return n, scan(&n) },
		`select count(*) from membership m join person p on p.id = m.person where m.role = $1 and coalesce(m.org, '') = $2 and m.ended = 0 and p.disabled = 0`, string(role), string(org))
	return n, err
}
