// Package vouchertest has the suite that every voucher.Store passes, and a room
// to test the use cases in: with the real store, books, intents and facts; who
// qualifies, a test writes down.
package vouchertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// Start is the instant at which the room's clock stands.
var Start = time.Date(2025, 6, 2, 9, 0, 0, 0, clock.Shanghai)

// Office is an officer of the room.
var Office = voucher.Actor{Person: "per_office", Name: "程向南", Role: string(party.Office)}

// Firm is a manager of an organisation.
func Firm(org ident.CreditCode) voucher.Actor {
	return voucher.Actor{Person: "per_firm", Name: "企业", Role: string(party.OrgManager), Org: org}
}

// Code is a valid credit code, another for each number.
func Code(n int) ident.CreditCode {
	body := fmt.Sprintf("91520199TEX%06d", n)
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}

// Room is a voucher room on databases of its own.
type Room struct {
	*voucher.Service
	Time  *clock.Manual
	Books *ledger.Ledger
	Queue *intent.Queue
	Facts *evidence.Service
	Desk  *Desk

	db *db.DB
}

// Stores are the databases of a room; the test that opens it says which.
type Stores struct {
	DB       *db.DB // migrated
	Evidence evidence.Store
	Books    ledger.Store
	Vouchers func(d *db.DB) voucher.Store
}

// Open makes a room, with granted for each programme in the city's purse.
func Open(ctx context.Context, s Stores, terms Terms, granted money.Fen) (*Room, error) {
	pack, err := Pack(terms)
	if err != nil {
		return nil, err
	}
	r := &Room{Time: clock.NewManual(Start), Desk: &Desk{refusing: map[ident.CreditCode]voucher.Finding{}}, db: s.DB}
	if r.Books, err = ledger.Open(ctx, s.Books, r.Time, slog.New(slog.DiscardHandler), ledger.Tuning{}); err != nil {
		return nil, err
	}
	r.Facts = &evidence.Service{Store: s.Evidence, Clock: r.Time, IDs: ident.Random{}, Random: rand.Reader}
	r.Queue = intent.New(intent.Config{DB: r.db, Books: r.Books, Leases: work.Leases{DB: r.db, Clock: clock.System{}}, Clock: clock.System{}, IDs: ident.Random{},
		Log: slog.New(slog.DiscardHandler), Every: time.Hour})
	r.Service = &voucher.Service{Store: s.Vouchers(r.db), Rules: r.Desk, Registry: r.Desk, Facts: r.Facts, Treasury: r.Queue, Books: r.Books, Messages: r.Desk,
		Pack: pack, Clock: r.Time, IDs: ident.Random{}}
	r.Queue.Handlers = r.Handlers()
	for _, measure := range []string{City, Province} {
		if err := r.Grant(ctx, measure, 2025, granted); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Grant gives a programme money in the city's purse.
func (r *Room) Grant(ctx context.Context, measure string, year int, amount money.Fen) error {
	if amount == 0 {
		return nil
	}
	p := ledger.Programme{Purse: ledger.Purse{Level: ledger.City, Code: "520100"}, Measure: measure, Year: year}
	if err := r.Books.OpenProgramme(ctx, p); err != nil {
		return err
	}
	id := ident.Random{}.New("grant")
	answers, err := r.Books.Apply(ctx, []ledger.Transfer{ledger.Appropriate(id+"/in", p.Purse, year, amount, ""), ledger.Allot(id+"/allot", p, amount, "")})
	if err != nil {
		return err
	}
	return intent.Refused(answers)
}

// Issued claims a voucher and lets the ledger answer.
func (r *Room) Issued(ctx context.Context, org ident.CreditCode, programme string, face money.Fen) (voucher.Voucher, error) {
	v, err := r.Claim(ctx, Firm(org), voucher.ClaimInput{Programme: programme, Org: org, Face: face})
	if err != nil {
		return v, err
	}
	return r.Settled(ctx, v.ID)
}

// Settled lets the ledger answer all that was asked, and reads the voucher.
func (r *Room) Settled(ctx context.Context, id string) (voucher.Voucher, error) {
	if _, err := r.Queue.Drain(ctx); err != nil {
		return voucher.Voucher{}, err
	}
	return r.Store.Voucher(ctx, id)
}

// Close ends the room.
func (r *Room) Close() error { return errors.Join(r.Books.Close(), r.db.Close()) }

// Desk says who qualifies, and keeps what was told and recorded.
type Desk struct {
	mu       sync.Mutex
	refusing map[ident.CreditCode]voucher.Finding
	told     []voucher.Told
	acts     []party.Act
}

// Refuse lets an organisation be found like this from now on.
func (d *Desk) Refuse(org ident.CreditCode, f voucher.Finding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refusing[org] = f
}

// Assess implements voucher.Rules: everybody qualifies whom no test refuses.
func (d *Desk) Assess(_ context.Context, org ident.CreditCode, _ string) (voucher.Finding, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f, refused := d.refusing[org]; refused {
		return f, nil
	}
	return voucher.Finding{Outcome: rule.Undecided, Questions: []string{"A10"}, JSON: []byte(`{"outcome":"undecided"}`), Hash: "h"}, nil
}

// Organisation implements voucher.Registry.
func (d *Desk) Organisation(_ context.Context, code ident.CreditCode) (party.Organisation, error) {
	if len(code) != 18 {
		return party.Organisation{}, fault.Newf(fault.NotFound, "没有这家机构。", "There is no such organisation.")
	}
	return party.Organisation{Code: code, Name: "某公司" + string(code[11:17]), Kind: "enterprise"}, nil
}

// Record implements voucher.Registry.
func (d *Desk) Record(_ context.Context, act party.Act) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.acts = append(d.acts, act)
	return nil
}

// Acts are the audited actions on a voucher, in their order.
func (d *Desk) Acts(id string) (actions []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.acts {
		if a.Subject == id {
			actions = append(actions, a.Action)
		}
	}
	return actions
}

// Tell implements voucher.Messages: a key is told once.
func (d *Desk) Tell(_ context.Context, n voucher.Told) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.ContainsFunc(d.told, func(t voucher.Told) bool { return t.Key == n.Key }) {
		d.told = append(d.told, n)
	}
	return nil
}

// Told lists the topics told of a voucher, in their order.
func (d *Desk) Told(id string) (topics []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.told {
		if t.Voucher == id {
			topics = append(topics, t.Topic)
		}
	}
	return topics
}

// Why is a reason.
func Why(zh, en string) []i18n.Text { return []i18n.Text{{ZH: zh, EN: en}} }
