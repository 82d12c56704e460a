package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/award"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// awardStates are the states in which a decision stands and its money is
// reserved: what came before is nobody else's business yet.
var awardStates = map[State]award.State{Held: award.Committed, Paying: award.Paying, Paid: award.Paid}

// AwardedStates lists them.
func AwardedStates() []State { return []State{Held, Paying, Paid} }

// AwardSum adds up decided applications of one measure and budget year.
type AwardSum struct {
	Measure string
	Year    int
	Count   int64
	Amount  money.Fen
	Settled money.Fen // halves that were paid whole
}

// Awarded implements award.Cases.
func (s *Service) Awarded(ctx context.Context, f award.CaseFilter) ([]award.Case, error) {
	list, err := s.Store.Awarded(ctx, f)
	if err != nil {
		return nil, err
	}
	out := make([]award.Case, len(list))
	for i, a := range list {
		c := award.Case{ID: a.ID, Number: a.Number, Org: a.Org, Measure: a.Measure, Object: a.Object, Year: a.Years.Budget, Call: a.Call, State: awardStates[a.State],
			Amount: a.Amount, City: a.City, District: a.District, Decision: a.DecisionFact()}
		for _, h := range s.halves(a) {
			if h.paid != "" {
				c.Settled, c.SettledOn = c.Settled+h.amount, max(c.SettledOn, h.paid)
			} else if a.Channel == call.BankFile {
				c.Instalments = append(c.Instalments, a.instalmentFacts(h)...)
			}
		}
		out[i] = c
	}
	return out, nil
}

// instalmentFacts are the ids under which parts of a half may be recorded.
func (a Application) instalmentFacts(h half) []string {
	ids := make([]string, payment.MaxParts)
	for n := range ids {
		ids[n] = fmt.Sprintf("%s-%d", a.paymentFact(h.level()), n+1)
	}
	return ids
}

// AwardRecords implements award.Cases.
func (s *Service) AwardRecords(ctx context.Context, id string) ([]string, error) {
	a, err := s.Store.Application(ctx, id)
	if err != nil {
		return nil, err
	}
	ids := []string{a.DecisionFact()}
	for _, h := range s.halves(a) {
		ids = append(ids, a.paymentFact(h.level()))
		if a.Channel == call.BankFile {
			ids = append(ids, a.instalmentFacts(h)...)
		}
	}
	return ids, nil
}

// AwardedTotals implements award.Cases. Whole halves are added up by the
// database; of those that a bank pays in parts, the parts come from the facts.
func (s *Service) AwardedTotals(ctx context.Context) ([]award.Total, error) {
	sums, err := s.Store.AwardSums(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]award.Total, len(sums))
	for i, sum := range sums {
		out[i] = award.Total{Measure: sum.Measure, Year: sum.Year, Awards: sum.Count, Committed: sum.Amount, Paid: sum.Settled}
	}
	parts, err := s.partsPaid(ctx)
	if err != nil {
		return nil, err
	}
	for of, paid := range parts {
		i := slices.IndexFunc(out, func(t award.Total) bool { return t.Measure == of.Measure && t.Year == of.Year })
		if i >= 0 {
			out[i].Paid += paid
		}
	}
	return out, nil
}

// partsPaid adds up instalments of halves that are not paid whole, by measure
// and budget year.
func (s *Service) partsPaid(ctx context.Context) (map[ledger.Programme]money.Fen, error) {
	const page = 200
	sums := map[ledger.Programme]money.Fen{}
	for f := (ApplicationFilter{States: []State{Paying, Held}, Limit: page}); ; {
		list, err := s.Store.Applications(ctx, f)
		if err != nil {
			return nil, err
		}
		owner, ids := map[string]ledger.Programme{}, []string{}
		for _, a := range list {
			if a.Channel != call.BankFile {
				continue
			}
			for _, h := range s.halves(a) {
				if h.paid != "" {
					continue
				}
				for _, id := range a.instalmentFacts(h) {
					owner[id] = ledger.Programme{Measure: a.Measure, Year: a.Years.Budget}
					ids = append(ids, id)
				}
			}
		}
		if err := s.addFen(ctx, sums, owner, ids); err != nil || len(list) < page {
			return sums, err
		}
		f.Before = list[len(list)-1].Cursor()
	}
}

func (s *Service) addFen(ctx context.Context, sums map[ledger.Programme]money.Fen, owner map[string]ledger.Programme, ids []string) error {
	records, err := s.Facts.Find(ctx, ids)
	if err != nil {
		return err
	}
	for id, r := range records {
		amount, err := r.Fen()
		if err != nil {
			return err
		}
		sums[owner[id]] += amount
	}
	return nil
}

var _ award.Cases = (*Service)(nil)
var _ award.Facts = (*evidence.Service)(nil)
