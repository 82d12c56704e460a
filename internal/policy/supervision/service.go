package supervision

import (
	"context"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Facts is what supervision asks of evidence; *evidence.Service fits.
type Facts interface {
	// Written visits the facts behind a place in the outbox up to another, in
	// the order in which they were written.
	Written(ctx context.Context, after, upTo int64, visit func(evidence.Record) error) error
	Get(ctx context.Context, id string) (evidence.Record, error)
	Extent(ctx context.Context) (evidence.Extent, error)
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
}

// Cases is what supervision asks of the case above it, plugged in by app.
type Cases interface {
	// Changed visits the cases that changed at or after an instant in
	// microseconds, in any order: watched ones, on which money may be or was
	// paid, and others, which are no longer looked at. It passes over those whose
	// version is known, and returns the instant of the last change.
	Changed(ctx context.Context, since int64, known func(id string) (version int64), visit func(c Case, watched bool) error) (last int64, err error)
}

// Organisations is what supervision asks of party.
type Organisations interface {
	// Organisations lists by code.
	Organisations(ctx context.Context, f party.OrganisationFilter) ([]party.Organisation, error)
	// Organisation finds one. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error)
	// Names returns the names of organisations; unknown codes are left out.
	Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Service is the room's use cases. All exported fields must be set.
type Service struct {
	Store         Store
	Rules         *Rules
	Pack          *rule.Pack
	Facts         Facts
	Cases         Cases
	Organisations Organisations
	Clock         clock.Clock
	IDs           ident.Source
	Key           []byte // of contacts' fingerprints; the installation's own

	mu    sync.Mutex // guards what follows
	watch watch
}

// Blocking looks at a case once more and lists the alarms that bar paying it.
// Call it outside of a transaction, since what it finds is raised even though
// the payment is then refused.
//
// Codes: unavailable.
func (s *Service) Blocking(ctx context.Context, application string) ([]Alarm, error) {
	if err := s.LookAt(ctx, application); err != nil {
		return nil, err
	}
	alarms, err := s.Store.OfCase(ctx, application)
	if err != nil {
		return nil, err
	}
	blocking := alarms[:0]
	for _, a := range alarms {
		if a.Blocks() {
			blocking = append(blocking, a)
		}
	}
	return blocking, nil
}

// Of lists a case's alarms, newest first.
func (s *Service) Of(ctx context.Context, application string) ([]Alarm, error) {
	return s.Store.OfCase(ctx, application)
}

// Dismiss says that an alarm is none. A stop is only proposed for dismissal: it
// bars payment until a second person consents.
//
// Codes: invalid, not_found, conflict.
func (s *Service) Dismiss(ctx context.Context, by Actor, in DisposeInput) (Alarm, error) {
	if err := in.validate(false); err != nil {
		return Alarm{}, err
	}
	return s.change(ctx, by, in, func(a *Alarm) (Action, error) {
		if a.Severity == Stop {
			a.ProposedBy = by.Person
			return ActionPropose, nil
		}
		return ActionDismiss, nil
	})
}

// Answer is the second person's: consent to a proposed dismissal, or objection.
//
// Codes: invalid; forbidden for whoever proposed it; not_found, conflict.
func (s *Service) Answer(ctx context.Context, by Actor, in DisposeInput) (Alarm, error) {
	if err := in.validate(false); err != nil {
		return Alarm{}, err
	}
	return s.change(ctx, by, in, func(a *Alarm) (Action, error) {
		if in.Agree {
			return ActionConsent, a.CheckSecondPerson(by.Person)
		}
		return ActionObject, nil
	})
}

// Confirm says that an alarm is right, and what follows. It moves no case and
// no money: refusing and recovering are acts of their own.
//
// Codes: invalid, not_found, conflict.
func (s *Service) Confirm(ctx context.Context, by Actor, in DisposeInput) (Alarm, error) {
	if err := in.validate(true); err != nil {
		return Alarm{}, err
	}
	return s.change(ctx, by, in, func(a *Alarm) (Action, error) {
		a.Follow = in.Follow
		return ActionConfirm, nil
	})
}

// change loads an alarm, lets decide say what is done, and writes the new state
// with its event and audit entry in one transaction.
func (s *Service) change(ctx context.Context, by Actor, in DisposeInput, decide func(*Alarm) (Action, error)) (a Alarm, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if a, err = s.Store.Alarm(ctx, in.ID); err != nil {
			return err
		}
		if in.Version != a.Version {
			return s.overtaken(ctx, &a)
		}
		act, err := decide(&a)
		if err != nil {
			return err
		}
		return s.step(ctx, by, &a, act, i18n.Text{ZH: in.Reason, EN: in.Reason})
	})
	if fault.Is(err, fault.Conflict) { // a transaction that another one overtook knows only that
		if now, errNow := s.Store.Alarm(ctx, in.ID); errNow == nil && now.Version != in.Version {
			err = s.overtaken(ctx, &now)
		}
	}
	return a, err
}

// overtaken says who acted on an alarm since the caller read it.
func (s *Service) overtaken(ctx context.Context, a *Alarm) error {
	events, err := s.Store.Events(ctx, a.ID)
	if n := len(events); err == nil && n > 0 && events[n-1].Name != "" {
		last := events[n-1]
		return fault.Newf(fault.Conflict, "%[1]s 于 %[2]s 已先处理这条预警，本次没有写入：请刷新，您写的理由仍在。", "%[1]s acted on this alarm at %[2]s and nothing was written: reload; what you typed is kept.",
			last.Name, last.At.In(clock.Shanghai).Format("2006-01-02 15:04"))
	}
	return fault.Newf(fault.Conflict, "这条预警所依据的事实已有变化，本次没有写入：请刷新，您写的理由仍在。", "The facts under this alarm changed and nothing was written: reload; what you typed is kept.").Because(err)
}

// step moves an alarm and writes it with its event and audit entry.
func (s *Service) step(ctx context.Context, by Actor, a *Alarm, act Action, note i18n.Text) error {
	if err := a.Move(act); err != nil {
		return err
	}
	if err := s.Store.Update(ctx, a); err != nil {
		return err
	}
	return s.record(ctx, by, a, act, note)
}

func (s *Service) record(ctx context.Context, by Actor, a *Alarm, act Action, note i18n.Text) error {
	e := Event{At: s.Clock.Now(), Person: by.Person, Name: by.Name, Role: by.Role, Action: act, To: a.State, Note: note}
	if err := s.Store.AppendEvent(ctx, a.ID, e); err != nil {
		return err
	}
	return s.Organisations.Record(ctx, party.Act{Action: "policy.alarm." + string(act), Kind: "alarm", Subject: a.ID,
		Details: map[string]string{"rule": a.Rule, "state": string(a.State), "follow": string(a.Follow)}})
}

// RecordContact keeps a contact of an organisation as a fact: its fingerprint
// and its masked form, never the contact itself.
//
// Codes: invalid, not_found.
func (s *Service) RecordContact(ctx context.Context, by evidence.Attestor, org ident.CreditCode, c Contact) (evidence.Fact, error) {
	if _, err := s.Organisations.Organisation(ctx, org); err != nil {
		return evidence.Fact{}, err
	}
	normal, err := c.Normalise()
	if err != nil {
		var bad fault.Collector
		bad.Merge("value", err)
		return evidence.Fact{}, bad.Err()
	}
	var f evidence.Fact
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		facts, err := s.Facts.Append(ctx, []evidence.Fact{{Kind: kindContact, Subject: org, Occurred: s.Clock.Today(), Attestor: by,
			Attributes: map[string]string{"means": string(normal.Means), "fingerprint": normal.Fingerprint(s.Key), "masked": normal.Masked()}}})
		if err != nil {
			return err
		}
		f = facts[0]
		return s.Organisations.Record(ctx, party.Act{Action: "policy.contact.record", Kind: "contact", Subject: f.ID, Org: org, Details: f.Attributes})
	})
	return f, err
}
