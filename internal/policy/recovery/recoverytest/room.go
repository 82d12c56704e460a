// Package recoverytest has the suite that every recovery.Store passes, and a
// room to test the use cases in: with the real store, books, intents and facts;
// what stands around it, a test writes down.
package recoverytest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Start is the instant at which the room's clock stands: a Wednesday.
var Start = time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai)

// The people of the room.
var (
	Office  = recovery.Actor{Person: "per_office", Name: "程向南", Role: string(party.Office)}
	Finance = recovery.Actor{Person: "per_finance", Name: "覃知新", Role: string(party.Finance)}
)

// Firm is a manager of an organisation.
func Firm(org ident.CreditCode) recovery.Actor {
	return recovery.Actor{Person: "per_firm", Name: "企业", Role: string(party.OrgManager), Org: org}
}

// Code is a valid credit code, another for each number.
func Code(n int) ident.CreditCode {
	body := fmt.Sprintf("91520199TEX%06d", n)
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}

// Room is a recovery room on a database of its own.
type Room struct {
	*recovery.Service
	Time     *clock.Manual
	Evidence *evidence.Service
	Books    *ledger.Ledger
	Queue    *intent.Queue
	Desk     *Desk
	Told     *Told
	Acts     *Acts

	db *db.DB
}

// Stores are the databases of a room; the test that opens it says which.
type Stores struct {
	DB       *db.DB // migrated
	Evidence evidence.Store
	Books    ledger.Store
	Cases    func(d *db.DB, c clock.Clock) recovery.Store
}

// Open makes a room on a main database and one for the books; ids are random,
// so that a process that was killed does not make the same ones again.
func Open(ctx context.Context, s Stores, at time.Time) (r *Room, err error) {
	r = &Room{Time: clock.NewManual(at), Desk: &Desk{}, Told: &Told{}, Acts: &Acts{}, db: s.DB}
	if r.Books, err = ledger.Open(ctx, s.Books, r.Time, slog.New(slog.DiscardHandler), ledger.Tuning{}); err != nil {
		return nil, err
	}
	r.Evidence = &evidence.Service{Store: s.Evidence, Clock: r.Time, IDs: ident.Random{}, Random: rand.Reader}
	r.Queue = intent.New(intent.Config{DB: r.db, Books: r.Books, Leases: work.Leases{DB: r.db, Clock: r.Time}, Clock: r.Time, IDs: ident.Random{},
		Log: slog.New(slog.DiscardHandler), Every: time.Hour})
	r.Service = &recovery.Service{Store: s.Cases(r.db, r.Time), Cases: r.Desk, Facts: r.Evidence, Registry: registry{r.Acts}, Treasury: r.Queue,
		Files: &drawer{kept: map[string][]byte{}}, Documents: library{}, Messages: r.Told,
		Signs: rule.Decisions{Office: i18n.T("某市数据局", "A data bureau"), Remedy: i18n.T("可以书面提出。", "Object in writing.")},
		Sets: rule.Repayment{Hearing: rule.Hearing{Days: 5, Source: i18n.T("某法第六十四条", "a law, article 64")},
			Accounts: []rule.ReceivingAccount{{Purse: "city-520100", Holder: "某市财政局", Number: "6222000000000001", Bank: "某银行"}}}, Clock: r.Time, IDs: ident.Random{}}
	r.Queue.Handlers = r.Handlers()
	return r, nil
}

// Told keeps what people were told.
type Told struct {
	mu   sync.Mutex
	said []recovery.Told
}

// Tell implements recovery.Messages.
func (t *Told) Tell(_ context.Context, n recovery.Told) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, n)
	return nil
}

// Said is what was told so far.
func (t *Told) Said() []recovery.Told {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.said)
}

// Close ends the room.
func (r *Room) Close() error { return errors.Join(r.Books.Close(), r.db.Close()) }

// Pay has the city and the district purse pay an application, as the cases
// would, and puts the payments on the desk. An amount of 0 was never paid.
func (r *Room) Pay(ctx context.Context, org ident.CreditCode, application string, city, district money.Fen) error {
	for _, half := range []struct {
		purse  ledger.Purse
		amount money.Fen
	}{{ledger.Purse{Level: ledger.City, Code: "520100"}, city}, {ledger.Purse{Level: ledger.District, Code: "520115"}, district}} {
		if half.amount == 0 {
			continue
		}
		p := ledger.Programme{Purse: half.purse, Measure: "002-2", Year: 2025}
		if err := r.Books.OpenProgramme(ctx, p); err != nil {
			return err
		}
		if err := r.Books.OpenAccounts(ctx, p.PayableAccount(string(org))); err != nil {
			return err
		}
		id := application + "/" + string(half.purse.Level) + "/"
		answers, err := r.Books.Apply(ctx, []ledger.Transfer{ledger.Appropriate(id+"in", half.purse, 2025, half.amount, ""), ledger.Allot(id+"allot", p, half.amount, ""),
			ledger.Award(id+"award", ledger.Move, p, string(org), half.amount, ""), ledger.PayOut(id+"paid", p, string(org), half.amount, "")})
		if err != nil {
			return err
		}
		if err := intent.Refused(answers); err != nil {
			return err
		}
		pay := recovery.Payment{Application: application, Number: "QM-" + application, Measure: "002-2", Object: "model", Fact: "paid-" + application + "-" + string(half.purse.Level),
			Purse: half.purse, Year: 2025, On: "2025-09-01", Amount: half.amount}
		_, err = r.Evidence.Append(ctx, []evidence.Fact{{ID: pay.Fact, Kind: "support.paid", Subject: org, Object: "model", Quantity: half.amount.String(), Unit: evidence.UnitCNY,
			Occurred: "2025-09-01", Attestor: evidence.Department, Attributes: map[string]string{"measure": "002-2", "matter": "model", "level": string(half.purse.Level)}}})
		if err != nil {
			return err
		}
		r.Desk.Put(org, pay)
	}
	return nil
}

// Desk holds the payments and changes that a test puts on it, and notes whose
// applications were stopped.
type Desk struct {
	mu       sync.Mutex
	payments map[ident.CreditCode][]recovery.Payment
	Stopped  []ident.CreditCode
	Changes  []recovery.Change
	UpTo     int64
}

// Put adds a payment.
func (d *Desk) Put(org ident.CreditCode, p recovery.Payment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.payments == nil {
		d.payments = map[ident.CreditCode][]recovery.Payment{}
	}
	d.payments[org] = append(d.payments[org], p)
}

// Payments implements recovery.Cases.
func (d *Desk) Payments(_ context.Context, org ident.CreditCode) ([]recovery.Payment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.payments[org], nil
}

// Stop implements recovery.Cases.
func (d *Desk) Stop(_ context.Context, _ recovery.Actor, org ident.CreditCode, _ string) (stopped, paying []string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Stopped = append(d.Stopped, org)
	return []string{"QM-2025-0001"}, nil, nil
}

// PurseName implements recovery.Cases.
func (d *Desk) PurseName(p ledger.Purse) i18n.Text {
	return i18n.T("财政 %s", "Purse %s", p.Code)
}

// MeasureName implements recovery.Cases.
func (d *Desk) MeasureName(id string) i18n.Text { return i18n.T("措施 %s", "Measure %s", id) }

// Changed implements recovery.Cases.
func (d *Desk) Changed(_ context.Context, since int64) ([]recovery.Change, int64, error) {
	if d.UpTo <= since {
		return nil, since, nil
	}
	return d.Changes, d.UpTo, nil
}

// Acts are the audit entries that were written, by action.
type Acts struct {
	mu  sync.Mutex
	all []party.Act
}

// Of are the actions on a subject, in their order.
func (a *Acts) Of(subject string) (actions []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, act := range a.all {
		if act.Subject == subject {
			actions = append(actions, act.Action)
		}
	}
	return actions
}

type registry struct{ acts *Acts }

func (registry) Organisation(_ context.Context, code ident.CreditCode) (party.Organisation, error) {
	return party.Organisation{Code: code, Name: "某公司" + string(code[11:17]), Kind: "enterprise"}, nil
}

func (r registry) Record(_ context.Context, act party.Act) error {
	r.acts.mu.Lock()
	defer r.acts.mu.Unlock()
	r.acts.all = append(r.acts.all, act)
	return nil
}

// library knows a document in force, law, and a draft.
type library struct{}

func (library) Clause(document, path string) (i18n.Text, bool) {
	known := path == "1" && (document == "law" || document == "draft")
	return i18n.T("第一条", "clause 1"), known
}
func (library) Draft(document string) bool { return document == "draft" }
func (library) Drafts() []string           { return []string{"某省若干政策（征求意见稿）"} }

// drawer keeps files in memory.
type drawer struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (d *drawer) Keep(_ context.Context, name string, r io.Reader) (recovery.Paper, error) {
	b, err := io.ReadAll(r)
	sum := sha256.Sum256(b)
	digest := hex.EncodeToString(sum[:])
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept[digest] = b
	return recovery.Paper{Name: name, Type: "text/plain", Size: int64(len(b)), SHA256: digest}, err
}

func (d *drawer) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, found := d.kept[digest]
	if !found {
		return nil, fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}
