package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// Preferences implements message.Store.
func (s *Store) Preferences(ctx context.Context, people []string, topic string) ([]message.Preference, error) {
	return inChunks(people, []any{topic}, func(list string, args []any) ([]message.Preference, error) {
		return db.All(ctx, s.db.Q(ctx), func(scan scanner) (p message.Preference, err error) {
			return p, scan(&p.Person, &p.Topic, &p.Channel, &p.Mode)
		}, `select person, topic, channel, mode from message_preference where ($1 = '' or topic = $1) and person in (`+list+`) order by person, topic, channel`, args...)
	})
}

// SetPreference implements message.Store.
func (s *Store) SetPreference(ctx context.Context, p message.Preference) error {
	return s.exec(ctx, `insert into message_preference (person, topic, channel, mode) values ($1, $2, $3, $4)
		on conflict (person, topic, channel) do update set mode = excluded.mode`, p.Person, p.Topic, string(p.Channel), string(p.Mode))
}

// Contacts implements message.Store.
func (s *Store) Contacts(ctx context.Context, people []string) ([]message.Contact, error) {
	return inChunks(people, nil, func(list string, args []any) ([]message.Contact, error) {
		return db.All(ctx, s.db.Q(ctx), func(scan scanner) (c message.Contact, err error) {
			var confirmed, asked int64
			err = scan(&c.Person, &c.Address, &c.Language, &confirmed, &asked, &c.Asks)
			c.Confirmed, c.Asked = clock.FromMicros(confirmed), clock.FromMicros(asked)
			return c, err
		}, `select person, address, language, confirmed, asked, asks from message_contact where person in (`+list+`) order by person`, args...)
	})
}

// PutContact implements message.Store.
func (s *Store) PutContact(ctx context.Context, c message.Contact) error {
	return s.exec(ctx, `insert into message_contact (person, address, language, confirmed, asked, asks) values ($1, $2, $3, $4, $5, $6)
		on conflict (person) do update set address = excluded.address, language = excluded.language, confirmed = excluded.confirmed, asked = excluded.asked, asks = excluded.asks`,
		c.Person, c.Address, string(c.Language), clock.Micros(c.Confirmed), clock.Micros(c.Asked), c.Asks)
}
