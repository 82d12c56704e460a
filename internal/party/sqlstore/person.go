package sqlstore

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

const personColumns = `id, login, name, created, disabled`

func scanPerson(scan scanner) (p party.Person, err error) {
	var created, disabled int64
	err = scan(&p.ID, &p.Login, &p.Name, &created, &disabled)
	p.Created, p.Disabled = clock.FromMicros(created), disabled != 0
	return p, err
}

// AddPerson implements party.Store.
func (s *Store) AddPerson(ctx context.Context, p party.Person) error {
	return s.insert(ctx, conflict("这个登录名已被使用，请换一个。", "This login is taken; choose another."),
		`insert into person (id, login, name, created) values ($1, $2, $3, $4)`, p.ID, p.Login, p.Name, clock.Micros(p.Created))
}

// Person implements party.Store.
func (s *Store) Person(ctx context.Context, id string) (party.Person, error) {
	p, found, err := db.One(ctx, s.db.Q(ctx), scanPerson, `select `+personColumns+` from person where id = $1`, id)
	if err == nil && !found {
		err = notFound("没有这个人。", "There is no such person.")
	}
	return p, err
}

// PersonByLogin implements party.Store.
func (s *Store) PersonByLogin(ctx context.Context, login string) (party.Person, bool, error) {
	return db.One(ctx, s.db.Q(ctx), scanPerson, `select `+personColumns+` from person where login = $1`, login)
}

// People implements party.Store.
func (s *Store) People(ctx context.Context, f party.PersonFilter) ([]party.Person, error) {
	return db.All(ctx, s.db.Q(ctx), scanPerson, `select `+personColumns+` from person
		where login > $1 and (login like $2 escape '\' or lower(name) like $2 escape '\')
		and ($3 = '' or exists (select 1 from membership where membership.person = person.id and role = $3 and ended = 0)) order by login limit $4`,
		f.After, containing(f.Query), string(f.Role), f.Limit)
}

// SetDisabled implements party.Store.
func (s *Store) SetDisabled(ctx context.Context, person string, at time.Time, disabled bool) error {
	when := int64(0)
	if disabled {
		when = clock.Micros(at)
	}
	return s.update(ctx, notFound("没有这个人。", "There is no such person."), `update person set disabled = $2 where id = $1`, person, when)
}
