package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/email"
	messagesql "github.com/qianmo/qianmo/internal/message/sqlstore"
	"github.com/qianmo/qianmo/internal/message/webhook"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
)

// MessageConfig says how people are told things outside the console.
type MessageConfig struct {
	Mail       *email.Config  // nil for no e-mail
	DigestHour int            // of Shanghai
	KeepDays   int            // how long what was read is kept; a year when zero
	Open       []netip.Prefix // networks that webhooks may reach although they are private
}

const keepDays = 365

func (p *product) openMessages(context.Context) error {
	c := p.config.Messages
	var mailer message.Mailer
	if c.Mail != nil {
		sender, err := email.New(*c.Mail)
		if err != nil {
			return err
		}
		mailer = sender
	}
	key, err := p.folder.messageKey()
	if err != nil {
		return err
	}
	days := c.KeepDays
	if days == 0 {
		days = keepDays
	}
	poster := webhook.Config{Clock: p.wall, Open: c.Open}
	if p.config.Sandbox { // so that a webhook can be tried without an address on the internet
		poster.Plain, poster.Open = true, append(poster.Open, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
	}
	p.messages = &message.Service{
		Store: messagesql.New(p.db), Tx: p.db, Queue: p.queue(), Clock: p.wall, IDs: p.ids, Topics: topics(), Directory: directory{p.party},
		Mailer: mailer, Poster: webhook.New(poster), Keys: message.NewKeys(key), Trail: p.messageTrail,
		Product: i18n.T("黔模", "Qianmo"), PublicURL: p.config.PublicURL, Hour: c.DigestHour, Keep: time.Duration(days) * 24 * time.Hour,
	}
	return nil
}

// messageTrail is party's audit trail as messages need it.
func (p *product) messageTrail(ctx context.Context, act message.Act) error {
	return p.party.Record(ctx, party.Act{Action: act.Action, Kind: act.Kind, Subject: act.Subject, Org: act.Org, Details: act.Details})
}

// messageKey is the key that signs links in e-mails and derives the secrets of
// webhooks; it is made at the first start.
//
// Codes: unavailable.
func (f *folder) messageKey() ([]byte, error) {
	raw, err := os.ReadFile(f.message())
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.makeMessageKey(); err != nil {
			return nil, f.unwritable(err)
		}
		raw, err = os.ReadFile(f.message())
	}
	if err != nil {
		return nil, f.unwritable(err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(key) < 32 {
		return nil, fault.Newf(fault.Unavailable, "密钥文件 %[1]s 已损坏：请从密钥备份恢复。", "The key file %[1]s is damaged: bring it back from the backup of the keys.", f.message()).Because(err)
	}
	return key, nil
}

// makeMessageKey writes a whole key or none. Of two processes at once, the
// first one's stays.
func (f *folder) makeMessageKey() error {
	if err := os.MkdirAll(f.keys(), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(f.keys(), ".key-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	key := make([]byte, 32)
	_, _ = rand.Read(key) // crypto/rand never fails on supported systems
	_, err = part.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return err
	}
	if err := os.Link(part.Name(), filepath.Clean(f.message())); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// directory is party as messages need it.
type directory struct{ party *party.Service }

// Expand implements message.Directory.
func (d directory) Expand(ctx context.Context, to message.Recipient) ([]message.Person, error) {
	switch {
	case to.Person != "":
		p, found, err := d.Person(ctx, to.Person)
		if err != nil || !found {
			return nil, err
		}
		return []message.Person{p}, nil
	case to.Org != "":
		return d.members(ctx, to.Org, to.Roles)
	}
	var out []message.Person
	for _, role := range to.Roles {
		some, err := d.holders(ctx, role)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// Person implements message.Directory.
func (d directory) Person(ctx context.Context, id string) (message.Person, bool, error) {
	p, err := d.party.Person(ctx, id)
	if fault.Is(err, fault.NotFound) || (err == nil && p.Disabled) {
		return message.Person{}, false, nil
	}
	return message.Person{ID: p.ID, Name: p.Name}, err == nil, err
}

func (d directory) members(ctx context.Context, org ident.CreditCode, roles []httpapi.Role) ([]message.Person, error) {
	all, err := d.party.Members(ctx, org)
	if err != nil {
		return nil, err
	}
	var out []message.Person
	for _, m := range all {
		if len(roles) > 0 && !slices.Contains(roles, m.Role) {
			continue
		}
		p, found, err := d.Person(ctx, m.Person)
		if err != nil {
			return nil, err
		}
		if found && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// holders lists who holds a role of the region.
func (d directory) holders(ctx context.Context, role httpapi.Role) (out []message.Person, err error) {
	const together = 200
	for after := ""; ; {
		some, err := d.party.People(ctx, party.PersonFilter{Role: role, After: after, Limit: together})
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if after = p.Login; !p.Disabled {
				out = append(out, message.Person{ID: p.ID, Name: p.Name})
			}
		}
		if len(some) < together {
			return out, nil
		}
	}
}

// messages is the message room as policy needs it.
type messages struct{ *message.Service }

// Tell implements policy.Messages.
func (m messages) Tell(ctx context.Context, told policy.Told) error {
	to := message.ToRole(httpapi.Role(told.Role))
	if told.Org != "" {
		to = message.ToOrganisation(told.Org, party.OrgManager, party.OrgMember)
	}
	_, err := m.Post(ctx, message.Message{Key: told.Key, Topic: told.Topic, Title: told.Title, Body: told.Body, At: told.At,
		Link: "/applications/" + told.Application, About: message.About{Kind: "application", ID: told.Application}}, to)
	return err
}
