package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const endpointColumns = `e.id, e.org, e.url, e.version, e.active, e.reason, e.created`

func endpointInto(e *message.Endpoint, active, created *int64) []any {
	return []any{&e.ID, &e.Org, &e.URL, &e.Version, active, &e.Reason, created}
}

func scanEndpoint(scan scanner) (e message.Endpoint, err error) {
	var active, created int64
	err = scan(endpointInto(&e, &active, &created)...)
	e.Active, e.Created = active == 1, clock.FromMicros(created)
	return e, err
}

// AddEndpoint implements message.Store.
func (s *Store) AddEndpoint(ctx context.Context, e message.Endpoint) error {
	return s.exec(ctx, `insert into message_endpoint (id, org, url, version, active, reason, created) values ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, string(e.Org), e.URL, e.Version, db.Bool(e.Active), e.Reason, clock.Micros(e.Created))
}

// Endpoint implements message.Store.
func (s *Store) Endpoint(ctx context.Context, org ident.CreditCode, id string) (message.Endpoint, error) {
	e, found, err := db.One(ctx, s.db.Q(ctx), scanEndpoint, `select `+endpointColumns+` from message_endpoint e where e.id = $1 and e.org = $2`, id, string(org))
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这个推送地址。", "There is no such webhook.")
	}
	return e, err
}

// Endpoints implements message.Store.
func (s *Store) Endpoints(ctx context.Context, orgs []ident.CreditCode) ([]message.Endpoint, error) {
	return inChunks(orgs, nil, func(list string, args []any) ([]message.Endpoint, error) {
		return db.All(ctx, s.db.Q(ctx), scanEndpoint, `select `+endpointColumns+` from message_endpoint e where e.org in (`+list+`) order by e.created, e.id`, args...)
	})
}

// UpdateEndpoint implements message.Store.
func (s *Store) UpdateEndpoint(ctx context.Context, e message.Endpoint) error {
	return s.exec(ctx, `update message_endpoint set url = $2, version = $3, active = $4, reason = $5 where id = $1`, e.ID, e.URL, e.Version, db.Bool(e.Active), e.Reason)
}

// RemoveEndpoint implements message.Store.
func (s *Store) RemoveEndpoint(ctx context.Context, id string) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.exec(ctx, `delete from message_push where endpoint = $1`, id); err != nil {
			return err
		}
		return s.exec(ctx, `delete from message_endpoint where id = $1`, id)
	})
}

// LockEndpoints implements message.Store. SQLite has one writer anyway.
func (s *Store) LockEndpoints(ctx context.Context, org ident.CreditCode) error {
	if s.db.Dialect != db.Postgres {
		return nil
	}
	return s.exec(ctx, `select pg_advisory_xact_lock(hashtextextended('message_endpoint ' || $1, 0))`, string(org))
}

const pushColumns = `p.id, p.endpoint, p.message, p.state, p.reason, p.status, p.answer, p.attempts, p.at, p.posted`

func pushInto(p *message.Push, at, posted *int64) []any {
	return []any{&p.ID, &p.Endpoint, &p.Message, &p.State, &p.Reason, &p.Answer.Status, &p.Answer.Body, &p.Attempts, at, posted}
}

func scanPush(scan scanner) (p message.Push, err error) {
	var at, posted int64
	err = scan(pushInto(&p, &at, &posted)...)
	p.At, p.Posted = clock.FromMicros(at), clock.FromMicros(posted)
	return p, err
}

// AddPush implements message.Store.
func (s *Store) AddPush(ctx context.Context, p message.Push) error {
	return s.exec(ctx, `insert into message_push (id, endpoint, message, state, reason, status, answer, attempts, at, posted) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		p.ID, p.Endpoint, p.Message, string(p.State), p.Reason, p.Answer.Status, p.Answer.Body, p.Attempts, clock.Micros(p.At), clock.Micros(p.Posted))
}

// Push implements message.Store.
func (s *Store) Push(ctx context.Context, id string) (p message.Push, e message.Endpoint, found bool, err error) {
	type pair struct {
		p message.Push
		e message.Endpoint
	}
	both, found, err := db.One(ctx, s.db.Q(ctx), func(scan scanner) (b pair, err error) {
		var at, posted, active, created int64
		err = scan(append(pushInto(&b.p, &at, &posted), endpointInto(&b.e, &active, &created)...)...)
		b.p.At, b.p.Posted = clock.FromMicros(at), clock.FromMicros(posted)
		b.e.Active, b.e.Created = active == 1, clock.FromMicros(created)
		return b, err
	}, `select `+pushColumns+`, `+endpointColumns+` from message_push p join message_endpoint e on e.id = p.endpoint where p.id = $1`, id)
	return both.p, both.e, found, err
}

// Pushes implements message.Store.
func (s *Store) Pushes(ctx context.Context, endpoint string, limit int) ([]message.Push, error) {
	return db.All(ctx, s.db.Q(ctx), scanPush, `select `+pushColumns+` from message_push p where p.endpoint = $1 order by p.posted desc, p.id desc limit $2`, endpoint, limit)
}

// UpdatePush implements message.Store.
func (s *Store) UpdatePush(ctx context.Context, p message.Push) error {
	return s.exec(ctx, `update message_push set state = $2, reason = $3, status = $4, answer = $5, attempts = $6, at = $7 where id = $1`,
		p.ID, string(p.State), p.Reason, p.Answer.Status, p.Answer.Body, p.Attempts, clock.Micros(p.At))
}
