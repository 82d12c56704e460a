package policy

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Offer proposes support that needs no application (免申即享): every fact is
// vouched for already, so the organisation only confirms. Nothing is promised
// before it does.
//
// Codes: invalid; not_found for an unknown organisation, measure or object;
// conflict when the result is not eligible, the call takes none, or the matter
// has an application already.
func (s *Service) Offer(ctx context.Context, by Actor, in OpenInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	a, found, err := s.draft(ctx, by, in, Offered)
	if err != nil {
		return Application{}, err
	}
	if found.Outcome != rule.Eligible {
		why := found.why()
		return Application{}, fault.Newf(fault.Conflict, "现有事实还不足以免申即享（%[1]s）：请等事实齐全，或由企业自行申报。",
			"The facts do not carry an award without application (%[2]s): wait until they are complete, or let the organisation apply.", why.ZH, why.EN)
	}
	return a, s.insert(ctx, by, &a, ActionOffer)
}

// OfferAll proposes a measure to every organisation whose facts are complete
// and which has no application for the matter, and tells how many there were.
// A run that was cut short goes on where it stopped.
//
// Codes: not_found; conflict when the measure's call takes none.
func (s *Service) OfferAll(ctx context.Context, by Actor, measure string) (offered int, err error) {
	_, answers, err := s.everyonesAnswer(ctx, measure, rule.Eligible)
	if err != nil {
		return 0, err
	}
	for i := range answers {
		if r := &answers[i]; r.Amount != nil && *r.Amount == 0 {
			continue
		}
		_, err := s.Offer(ctx, by, OpenInput{Org: answers[i].Org.Code, Measure: measure, Object: answers[i].Object})
		switch {
		case err == nil:
			offered++
		case !fault.Is(err, fault.Conflict):
			return offered, err
		}
	}
	return offered, s.Registry.Record(ctx, party.Act{Action: "policy.measure.offer", Kind: "measure", Subject: measure, Details: map[string]int{"offered": offered}})
}

// Confirm takes an offer: one click, and the case is submitted as computed
// from the facts of today.
//
// Codes: invalid without a payee account; not_found; conflict when the facts no
// longer carry it.
func (s *Service) Confirm(ctx context.Context, by Actor, id string, version int64) (Application, error) {
	return s.change(ctx, by, id, version, ActionConfirm, i18n.Text{}, func(ctx context.Context, a *Application) error {
		payee, found, err := s.Registry.Payee(ctx, a.Org)
		if err != nil || !found {
			return orInvalid(err, "payee", "请先登记收款账户，并由另一人复核。", "Register a payee account first and have a second person countersign it.")
		}
		if err := s.checkStanding(ctx, a.Org); err != nil {
			return err
		}
		a.Payee, a.Submitted = payee.ID, s.Clock.Today()
		return s.freeze(ctx, a)
	})
}

// draft prepares a new application in a state, with what it comes to today.
func (s *Service) draft(ctx context.Context, by Actor, in OpenInput, state State) (Application, Assessment, error) {
	a := Application{ID: s.IDs.New("app"), Org: in.Org, Measure: in.Measure, Object: in.Object, State: state, Version: 1, CreatedBy: by.Person, Created: s.Clock.Now()}
	if _, err := s.Pack.Measure(in.Measure); err != nil {
		return a, Assessment{}, err
	}
	if err := s.checkStanding(ctx, in.Org); err != nil {
		return a, Assessment{}, err
	}
	if err := s.enter(ctx, &a); err != nil {
		return a, Assessment{}, err
	}
	found, err := s.assessCase(ctx, &a, s.Clock.Today())
	if err != nil {
		return a, found, err
	}
	if reason := s.closedTo(&found.Result); !reason.IsZero() {
		return a, found, fault.New(fault.Conflict, reason)
	}
	return a, found, nil
}

// insert numbers a new application and writes it with its first event.
func (s *Service) insert(ctx context.Context, by Actor, a *Application, act Action) error {
	year := s.Clock.Today().Year()
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextNumber(ctx, year)
		if err != nil {
			return err
		}
		a.Number = fmt.Sprintf("QM-%d-%04d", year, n)
		if err := s.Store.InsertApplication(ctx, *a); err != nil {
			return err
		}
		return s.record(ctx, by, a, act, i18n.Text{})
	})
}
