package sqlstore

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// AddDeliveries implements message.Store.
func (s *Store) AddDeliveries(ctx context.Context, all []message.Delivery) error {
	for _, d := range all {
		err := s.exec(ctx, `
			insert into message_delivery (id, message, person, org, at, posted, unread, read_at, console, email, email_reason, email_at, digest)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			d.ID, d.Message.ID, d.Person, string(d.Org), clock.Micros(d.Message.At), clock.Micros(d.Posted), db.Bool(d.Read.IsZero()), clock.Micros(d.Read),
			string(d.Console), string(d.Email.State), d.Email.Reason, clock.Micros(d.Email.At), d.Digest)
		if err != nil {
			return err
		}
	}
	return nil
}

const selectDelivery = `select d.id, d.person, d.org, d.posted, d.read_at, d.console, d.email, d.email_reason, d.email_at, d.digest, ` + messageColumns + `
	from message_delivery d join message m on m.id = d.message `

func scanDelivery(scan scanner) (d message.Delivery, err error) {
	var m messageScan
	var posted, read, emailed int64
	err = scan(append([]any{&d.ID, &d.Person, &d.Org, &posted, &read, &d.Console, &d.Email.State, &d.Email.Reason, &emailed, &d.Digest}, m.into()...)...)
	if err != nil {
		return d, err
	}
	d.Posted, d.Read, d.Email.At = clock.FromMicros(posted), clock.FromMicros(read), clock.FromMicros(emailed)
	d.Message, err = m.read()
	return d, err
}

// Delivery implements message.Store.
func (s *Store) Delivery(ctx context.Context, id string) (message.Delivery, error) {
	d, found, err := db.One(ctx, s.db.Q(ctx), scanDelivery, selectDelivery+`where d.id = $1`, id)
	if err == nil && !found {
		err = noMessage()
	}
	return d, err
}

// SettleEmail implements message.Store.
func (s *Store) SettleEmail(ctx context.Context, delivery string, e message.Sending) (bool, error) {
	n, err := s.changed(ctx, `update message_delivery set email = $2, email_reason = $3, email_at = $4 where id = $1 and email = 'waiting'`,
		delivery, string(e.State), e.Reason, clock.Micros(e.At))
	return n == 1, err
}

// Inbox implements message.Store.
func (s *Store) Inbox(ctx context.Context, f message.InboxFilter) ([]message.Delivery, error) {
	query, args := selectDelivery+`where d.person = $1 and d.console = 'sent' and ($2 = 0 or d.unread = 1) and ($3 = '' or m.topic = $3)`,
		[]any{f.Person, db.Bool(f.Unread), f.Topic, f.Limit}
	if f.Query != "" {
		args = append(args, containing(f.Query))
		query += ` and m.folded like $5 escape '\'`
	}
	if f.Before.ID != "" {
		args = append(args, db.Bool(f.Before.Unread), f.Before.At, f.Before.ID)
		query += ` and (d.unread, d.at, d.id) < (` + binds(len(args)-2, 3) + `)`
	}
	return db.All(ctx, s.db.Q(ctx), scanDelivery, query+` order by d.unread desc, d.at desc, d.id desc limit $4`, args...)
}

// Counts implements message.Store.
func (s *Store) Counts(ctx context.Context, person string) ([]message.TopicCount, error) {
	return db.All(ctx, s.db.Q(ctx), func(scan scanner) (c message.TopicCount, err error) {
		return c, scan(&c.Topic, &c.All, &c.Unread)
	}, `select m.topic, count(*), sum(d.unread) from message_delivery d join message m on m.id = d.message
		where d.person = $1 and d.console = 'sent' group by m.topic order by m.topic`, person)
}

// SetRead implements message.Store.
func (s *Store) SetRead(ctx context.Context, person, delivery string, at time.Time) error {
	n, err := s.changed(ctx, `update message_delivery set unread = $3, read_at = $4 where id = $1 and person = $2 and console = 'sent'`,
		delivery, person, db.Bool(at.IsZero()), clock.Micros(at))
	if err == nil && n == 0 {
		err = noMessage()
	}
	return err
}

// ReadAll implements message.Store.
func (s *Store) ReadAll(ctx context.Context, person, topic string, through, at time.Time) (int64, error) {
	return s.changed(ctx, `update message_delivery set unread = 0, read_at = $4
		where person = $1 and unread = 1 and console = 'sent' and posted <= $3 and ($2 = '' or message in (select id from message where topic = $2))`,
		person, topic, clock.Micros(through), clock.Micros(at))
}
