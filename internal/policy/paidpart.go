package policy

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// PaidPart is what one purse paid of an application at one time: a half, or an
// instalment of it.
type PaidPart struct {
	Application Application
	Fact        string // the support.paid fact that recorded it
	Purse       ledger.Purse
	Year        int // budget year out of which it was paid
	Amount      money.Fen
	On          clock.Date
}

// PaidParts lists what purses paid an organisation, by application in the order
// of the last change, as it was paid: whatever came back since.
//
// Codes: unavailable.
func (s *Service) PaidParts(ctx context.Context, org ident.CreditCode) ([]PaidPart, error) {
	paid, err := s.paidFacts(ctx, org)
	if err != nil || len(paid) == 0 {
		return nil, err
	}
	var out []PaidPart
	for f := (ApplicationFilter{Org: org, Limit: 200}); ; {
		page, err := s.Store.Applications(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			for _, h := range s.halves(a) {
				for _, fact := range paid {
					if !a.recordedBy(fact.ID, h) {
						continue
					}
					amount, err := fact.Fen()
					if err != nil {
						return nil, err
					}
					out = append(out, PaidPart{a, fact.ID, h.programme.Purse, h.programme.Year, amount, fact.Occurred})
				}
			}
		}
		if len(page) < f.Limit {
			return out, nil
		}
		f.Before = page[len(page)-1].Cursor()
	}
}

// paidFacts are an organisation's support.paid facts as they were recorded;
// a correction says what stands of one and is not among them.
func (s *Service) paidFacts(ctx context.Context, org ident.CreditCode) (out []evidence.Fact, err error) {
	for q := (evidence.Query{Subject: org, Kinds: []string{kindPaid}, Limit: evidence.MaxList}); ; {
		records, next, err := s.Facts.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if r.Corrects == "" {
				out = append(out, r.Fact)
			}
		}
		if next == nil {
			return out, nil
		}
		q.After = next
	}
}

// paymentFact is the id of the fact that records a half's payment; those of its
// instalments go on from there.
func (a Application) paymentFact(level string) string {
	return fmt.Sprintf("paid-%s-%d-%s", a.ID, a.Round, level)
}

// recordedBy reports whether a fact is of a half's payment.
func (a Application) recordedBy(fact string, h half) bool {
	whole := a.paymentFact(h.level())
	return fact == whole || strings.HasPrefix(fact, whole+"-")
}
