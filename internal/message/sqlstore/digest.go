package sqlstore

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// waitsForDigest is what a digest gathers.
const waitsForDigest = `digest = 'due' and email = 'waiting'`

// DueForDigest implements message.Store.
func (s *Store) DueForDigest(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	return db.All(ctx, s.db.Q(ctx), func(scan scanner) (p string, err error) { return p, scan(&p) },
		`select distinct person from message_delivery where `+waitsForDigest+` and posted < $1 and person > $2 order by person limit $3`, clock.Micros(before), after, limit)
}

// Gather implements message.Store.
func (s *Store) Gather(ctx context.Context, d message.Digest, before time.Time) (gathered int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		n, err := s.changed(ctx, `insert into message_digest (id, person, day, state, reason, at)
			select $1, $2, $3, $4, $5, $6 where exists (select 1 from message_delivery where person = $2 and `+waitsForDigest+` and posted < $7)
			on conflict (person, day) do nothing`,
			d.ID, d.Person, string(d.Day), string(d.State), d.Reason, clock.Micros(d.At), clock.Micros(before))
		if err != nil || n == 0 {
			return err
		}
		gathered, err = s.changed(ctx, `update message_delivery set digest = $1 where person = $2 and `+waitsForDigest+` and posted < $3`, d.ID, d.Person, clock.Micros(before))
		return err
	})
	return gathered, err
}

// Digest implements message.Store.
func (s *Store) Digest(ctx context.Context, id string) (message.Digest, []message.Delivery, error) {
	d, found, err := db.One(ctx, s.db.Q(ctx), func(scan scanner) (d message.Digest, err error) {
		var at int64
		err = scan(&d.ID, &d.Person, &d.Day, &d.State, &d.Reason, &at)
		d.At = clock.FromMicros(at)
		return d, err
	}, `select id, person, day, state, reason, at from message_digest where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这份摘要。", "There is no such digest.")
	}
	if err != nil {
		return d, nil, err
	}
	all, err := db.All(ctx, s.db.Q(ctx), scanDelivery, selectDelivery+`where d.digest = $1 order by d.at, d.id`, id)
	return d, all, err
}

// SettleDigest implements message.Store.
func (s *Store) SettleDigest(ctx context.Context, id string, e message.Sending) (done bool, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		n, err := s.changed(ctx, `update message_digest set state = $2, reason = $3, at = $4 where id = $1 and state = 'waiting'`, id, string(e.State), e.Reason, clock.Micros(e.At))
		if err != nil || n == 0 {
			return err
		}
		done = true
		return s.exec(ctx, `update message_delivery set email = $2, email_reason = $3, email_at = $4 where digest = $1 and email = 'waiting'`, id, string(e.State), e.Reason, clock.Micros(e.At))
	})
	return done, err
}
