package recovery

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Cases is what this room asks of whoever keeps the applications.
type Cases interface {
	// Payments lists what purses paid an organisation.
	Payments(ctx context.Context, org ident.CreditCode) ([]Payment, error)
	// Stop ends every open application of an organisation in the transaction of
	// the context, and names those whose payment is on its way.
	Stop(ctx context.Context, by Actor, org ident.CreditCode, reason string) (stopped, paying []string, err error)
	// Changed finds paid applications of which a fact was corrected after a mark,
	// and tells the mark up to which it looked.
	Changed(ctx context.Context, since int64) (changes []Change, upTo int64, err error)
	// PurseName names a public purse.
	PurseName(p ledger.Purse) i18n.Text
	// MeasureName names a measure; by its id when it has left the pack.
	MeasureName(id string) i18n.Text
}

// Payment is one purse's part of an application that was paid.
type Payment struct {
	Application string // id
	Number      string
	Measure     string
	MeasureName i18n.Text
	Object      string
	Fact        string // the support.paid fact that recorded it
	Purse       ledger.Purse
	Year        int // budget year out of which it was paid
	On          clock.Date
	Amount      money.Fen
}

// Facts is what this room asks of evidence; *evidence.Service fits.
type Facts interface {
	// Get finds a record. Codes: not_found.
	Get(ctx context.Context, id string) (evidence.Record, error)
	// Append records facts in the transaction of the context.
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
	// SealDigest puts the digest of a paper into the public log, in the
	// transaction of the context.
	SealDigest(ctx context.Context, name, value string) error
}

// Registry is what this room asks of party; *party.Service fits.
type Registry interface {
	// Organisation finds one. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Treasury is what this room asks of the ledger; *intent.Queue fits. Money
// moves after the transaction in which it was wanted has committed, and the
// answer comes back through Handlers.
type Treasury interface {
	// Write stores an intent in the transaction of the context, once.
	Write(ctx context.Context, in intent.Intent) error
	// Wake says that a transaction with an intent has committed.
	Wake()
}

// Files keeps uploaded bytes under their digest.
type Files interface {
	// Keep stores an upload. Codes: too_large; invalid for a type that is not
	// allowed; unavailable when the disk is full.
	Keep(ctx context.Context, name string, r io.Reader) (Paper, error)
	// Open returns the bytes of a digest. Codes: not_found.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Service is this room's use cases. All fields must be set.
type Service struct {
	Store     Store
	Cases     Cases
	Facts     Facts
	Registry  Registry
	Treasury  Treasury
	Files     Files
	Documents Documents
	Messages  Messages
	Signs     rule.Decisions // who signs a letter, and what it says of objecting
	Sets      rule.Repayment // how long a party is heard, and where it pays back to
	Clock     clock.Clock
	IDs       ident.Source
}

// Step names the case that somebody acts on, as they read it, and why.
type Step struct {
	ID      string
	Version int64
	Reason  string
}

// check reports every fault of a step whose reason stands in the history.
func (in Step) check(bad *fault.Collector) {
	checkWords(bad, "reason", in.Reason, textLimit)
	if in.Version <= 0 {
		bad.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
}

// Validate reports every fault of the step.
func (in Step) Validate() error {
	var bad fault.Collector
	in.check(&bad)
	return bad.Err()
}

// change loads a case, takes a step in its state, runs fn and writes the new
// state with its history and audit entry in one transaction. What fn returns
// stands in the history as it was then. version 0 does not compare versions.
func (s *Service) change(ctx context.Context, by Actor, in Step, act Action, fn func(context.Context, *Case) (any, error)) (c Case, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if c, err = s.mine(ctx, by, in.ID); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != c.Version {
			return s.overtaken(ctx, &c)
		}
		if err := c.Move(act); err != nil {
			return err
		}
		var detail any
		if fn != nil {
			if detail, err = fn(ctx, &c); err != nil {
				return err
			}
		}
		return s.write(ctx, by, &c, act, said(in.Reason), detail)
	})
	if in.Version != 0 && fault.Is(err, fault.Conflict) { // of two at once, the later one is told who was first
		if now, errNow := s.mine(ctx, by, in.ID); errNow == nil && now.Version != in.Version {
			err = s.overtaken(ctx, &now)
		}
	}
	return c, err
}

// write keeps a changed case with its history and audit entry.
func (s *Service) write(ctx context.Context, by Actor, c *Case, act Action, note i18n.Text, detail any) error {
	if err := s.Store.UpdateCase(ctx, c); err != nil {
		return err
	}
	return s.note(ctx, by, c, act, note, detail)
}

func (s *Service) note(ctx context.Context, by Actor, c *Case, act Action, note i18n.Text, detail any) error {
	body, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	e := Event{At: s.Clock.Now(), Person: by.Person, Name: by.Name, Role: by.Role, Action: act, To: c.State, Note: note, Detail: body}
	if err := s.Store.AddEvent(ctx, c.ID, e); err != nil {
		return err
	}
	if err := s.tell(ctx, c, act); err != nil {
		return err
	}
	return s.Registry.Record(ctx, party.Act{Action: "policy.recovery." + string(act), Kind: "recovery", Subject: c.ID, Org: c.Org,
		Details: map[string]any{"number": c.Number, "state": c.State}})
}

// mine finds a case that the actor may see: an office every one, an
// organisation its own from the notice on.
//
// Codes: not_found, also for somebody else's.
func (s *Service) mine(ctx context.Context, by Actor, id string) (Case, error) {
	c, err := s.Store.Case(ctx, id)
	if err == nil && by.Org != "" && (by.Org != c.Org || !c.Known) {
		err = noCase()
	}
	if err != nil {
		return Case{}, err
	}
	return c, nil
}

func noCase() error {
	return fault.Newf(fault.NotFound, "没有这个追缴案。", "There is no such recovery.")
}

// overtaken says who acted since the caller read the case.
func (s *Service) overtaken(ctx context.Context, c *Case) error {
	events, err := s.Store.Events(ctx, c.ID)
	if err != nil || len(events) == 0 {
		return fault.Newf(fault.Conflict, "追缴案 %s 已有变化：请刷新。您填写的内容没有丢。", "Recovery %s has changed: reload. What you typed is kept.", c.Number).Because(err)
	}
	last := events[len(events)-1]
	for _, e := range slices.Backward(events) { // the ledger answers what a person did
		if e.Name != "" {
			last.Name = e.Name
			break
		}
	}
	return fault.Newf(fault.Conflict, "%[2]s 于 %[3]s 已处理追缴案 %[1]s，本次没有写入：请刷新。您填写的内容没有丢。",
		"%[2]s acted on recovery %[1]s at %[3]s and nothing was written: reload. What you typed is kept.", c.Number, last.Name, last.At.In(clock.Shanghai).Format("2006-01-02 15:04"))
}

// said is what a person typed: the same in both languages.
func said(text string) i18n.Text {
	text = strings.TrimSpace(text)
	return i18n.Text{ZH: text, EN: text}
}
