package message

import (
	"context"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Settings are how one person is told things.
type Settings struct {
	Contact Contact
	Topics  []TopicSetting
}

// TopicSetting is a topic with the modes that hold for a person.
type TopicSetting struct {
	Topic
	Console Mode
	Mail    Mode
}

// Settings returns how a person is told things, of those that their role has.
//
// Codes: unavailable.
func (s *Service) Settings(ctx context.Context, person string, role httpapi.Role) (Settings, error) {
	contact, err := s.contact(ctx, person)
	if err != nil {
		return Settings{}, err
	}
	chosen, err := s.Store.Preferences(ctx, []string{person}, "")
	out := Settings{Contact: contact}
	for _, t := range s.Topics.forRole(role) {
		out.Topics = append(out.Topics, TopicSetting{Topic: t, Console: t.mode(Console, chosen), Mail: t.mode(Email, chosen)})
	}
	return out, err
}

// contact is where a person can be reached; one who said nothing reads Chinese.
func (s *Service) contact(ctx context.Context, person string) (Contact, error) {
	found, err := s.Store.Contacts(ctx, []string{person})
	if err != nil || len(found) == 0 {
		return Contact{Person: person, Language: i18n.Chinese}, err
	}
	return found[0], nil
}

// Choose sets how a person is told about a topic.
//
// Codes: not_found for the topic; invalid for a mode that it does not have.
func (s *Service) Choose(ctx context.Context, person, topic string, console, email Mode) error {
	t, known := s.Topics.find(topic)
	if !known {
		return fault.Newf(fault.NotFound, "没有这个主题。", "There is no such topic.")
	}
	var c fault.Collector
	c.Merge("", t.mayBe(Console, console))
	c.Merge("", t.mayBe(Email, email))
	if err := c.Err(); err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		for channel, mode := range map[Channel]Mode{Console: console, Email: email} {
			if err := s.Store.SetPreference(ctx, Preference{Person: person, Topic: topic, Channel: channel, Mode: mode}); err != nil {
				return err
			}
		}
		return s.Trail(ctx, Act{Action: "message.preference.set", Kind: "topic", Subject: topic, Details: map[string]Mode{"console": console, "email": email}})
	})
}

// confirmLife is how long the link that confirms an address is good.
const confirmLife = 3 * 24 * time.Hour

// SetContact sets a person's address and the language of their e-mails. To a
// new address, or one that is not confirmed yet, a link goes that its owner
// must follow; until then nothing else is sent there. An empty address takes it away.
//
// Codes: invalid; conflict when no mail server is configured; rate_limited
// when the last link has just gone out.
func (s *Service) SetContact(ctx context.Context, person, address string, language i18n.Lang) (Contact, error) {
	if address != "" {
		var err error
		if address, err = parseAddress(address); err != nil {
			return Contact{}, err
		}
	}
	var c Contact
	return c, s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if c, err = s.contact(ctx, person); err != nil {
			return err
		}
		changed := address != c.Address
		c.Language, c.Address = language, address
		if changed {
			c.Confirmed = time.Time{}
		}
		if address != "" && c.Confirmed.IsZero() {
			if err := s.askToConfirm(ctx, &c); err != nil {
				return err
			}
		}
		if err := s.Store.PutContact(ctx, c); err != nil {
			return err
		}
		return s.Trail(ctx, Act{Action: "message.contact.set", Kind: "person", Subject: person, Details: map[string]any{"changed": changed, "address": address != ""}})
	})
}

func (s *Service) askToConfirm(ctx context.Context, c *Contact) error {
	if s.Mailer == nil {
		return fault.Newf(fault.Conflict, "本系统没有配置邮件服务器，发不出确认邮件：请联系系统管理员。", "No mail server is configured here, so nothing can be sent: ask the administrator.")
	}
	now := s.Clock.Now()
	if again := c.mayAskAt(); now.Before(again) {
		return fault.Newf(fault.RateLimited, "确认邮件刚刚发过：请先查收（也看看垃圾邮件），%[1]s 之后可以再发。",
			"A confirmation has just been sent: look into your mail, also the junk; after %[1]s another can go out.", again.In(clock.Shanghai).Format("01-02 15:04"))
	}
	c.Asked, c.Asks = now, c.Asks+1
	_, err := s.Queue.Insert(ctx, sendConfirmation{Person: c.Person, Address: c.Address, Language: c.Language}, work.Options{MaxAttempts: attempts})
	return err
}

// Confirm is what the link in a confirmation does.
//
// Codes: invalid for a link that was changed or is too old, or when the person
// has another address by now.
func (s *Service) Confirm(ctx context.Context, token string) error {
	said, err := s.Keys.open(token, confirmAddress, s.Clock.Now())
	if err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		c, err := s.contact(ctx, said.Person)
		if err != nil {
			return err
		}
		if c.Address == "" || c.Address != said.Address {
			return fault.Newf(fault.Invalid, "这个链接确认的是以前填的邮箱：请用最近一封确认邮件里的链接。", "This link confirms an address that was given before: use the one in the latest mail.")
		}
		if !c.Confirmed.IsZero() {
			return nil
		}
		c.Confirmed, c.Asks = s.Clock.Now(), 0
		if err := s.Store.PutContact(ctx, c); err != nil {
			return err
		}
		return s.Trail(ctx, Act{Action: "message.contact.confirm", Kind: "person", Subject: c.Person})
	})
}

// Stoppable says what a link to opt out is about.
//
// Codes: invalid.
func (s *Service) Stoppable(token string) ([]Topic, error) {
	_, topics, err := s.stoppable(token)
	return topics, err
}

func (s *Service) stoppable(token string) (said claim, topics []Topic, err error) {
	if said, err = s.Keys.open(token, stopTopic, s.Clock.Now()); err != nil {
		return said, nil, err
	}
	for _, t := range s.Topics {
		if !t.Duty && slices.Contains(said.Topics, t.ID) {
			topics = append(topics, t)
		}
	}
	return said, topics, nil
}

// Stop is what the link to opt out does: no more e-mails about its topics to
// its person. The console goes on showing them.
//
// Codes: invalid for a link that was changed.
func (s *Service) Stop(ctx context.Context, token string) ([]Topic, error) {
	said, topics, err := s.stoppable(token)
	if err != nil {
		return nil, err
	}
	return topics, s.Tx.InTx(ctx, func(ctx context.Context) error {
		for _, t := range topics {
			if err := s.Store.SetPreference(ctx, Preference{Person: said.Person, Topic: t.ID, Channel: Email, Mode: Off}); err != nil {
				return err
			}
		}
		return s.Trail(ctx, Act{Action: "message.preference.stop", Kind: "person", Subject: said.Person, Details: map[string][]string{"topics": said.Topics}})
	})
}
