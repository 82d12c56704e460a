package sqlstore

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// AddMessage implements message.Store.
func (s *Store) AddMessage(ctx context.Context, m message.Message) (id string, added bool, err error) {
	n, err := s.changed(ctx, `insert into message_key (key, message) values ($1, $2) on conflict (key) do nothing`, m.Key, m.ID)
	if err != nil {
		return "", false, err
	}
	if n == 0 {
		id, _, err = db.One(ctx, s.db.Q(ctx), func(scan scanner) (id string, err error) { return id, scan(&id) }, `select message from message_key where key = $1`, m.Key)
		return id, false, err
	}
	return m.ID, true, s.exec(ctx, `
		insert into message (id, topic, title, body, link, about_kind, about_id, at, folded) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.Topic, text(m.Title), text(m.Body), m.Link, m.About.Kind, m.About.ID, clock.Micros(m.At),
		strings.ToLower(strings.Join([]string{m.Title.ZH, m.Title.EN, m.Body.ZH, m.Body.EN}, "\n")))
}

// text is how both languages are kept.
func text(t i18n.Text) string {
	b, _ := json.Marshal(t) // strings always marshal
	return string(b)
}

const messageColumns = `m.id, m.topic, m.title, m.body, m.link, m.about_kind, m.about_id, m.at`

// messageScan reads messageColumns into a message.
type messageScan struct {
	message.Message
	title, body string
	at          int64
}

func (m *messageScan) into() []any {
	return []any{&m.ID, &m.Topic, &m.title, &m.body, &m.Link, &m.About.Kind, &m.About.ID, &m.at}
}

func (m *messageScan) read() (message.Message, error) {
	m.At = clock.FromMicros(m.at)
	err := json.Unmarshal([]byte(m.title), &m.Title)
	if err == nil {
		err = json.Unmarshal([]byte(m.body), &m.Body)
	}
	return m.Message, err
}

// Message implements message.Store.
func (s *Store) Message(ctx context.Context, id string) (message.Message, error) {
	m, found, err := db.One(ctx, s.db.Q(ctx), func(scan scanner) (message.Message, error) {
		var m messageScan
		if err := scan(m.into()...); err != nil {
			return message.Message{}, err
		}
		return m.read()
	}, `select `+messageColumns+` from message m where m.id = $1`, id)
	if err == nil && !found {
		err = noMessage()
	}
	return m, err
}

// Prune implements message.Store.
func (s *Store) Prune(ctx context.Context, before time.Time) (removed int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		old := clock.Micros(before)
		removed, err = s.changed(ctx, `delete from message_delivery where at < $1 and email <> 'waiting' and (unread = 0 or console = 'skipped')`, old)
		if err != nil {
			return err
		}
		if err := s.exec(ctx, `delete from message_push where posted < $1 and state <> 'waiting'`, old); err != nil {
			return err
		}
		if err := s.exec(ctx, `delete from message_digest where at < $1 and state <> 'waiting' and not exists (select 1 from message_delivery d where d.digest = message_digest.id)`, old); err != nil {
			return err
		}
		return s.exec(ctx, `delete from message where at < $1
			and not exists (select 1 from message_delivery d where d.message = message.id) and not exists (select 1 from message_push p where p.message = message.id)`, old)
	})
	return removed, err
}
