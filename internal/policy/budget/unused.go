package budget

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Unused is what a programme of a year has free, to be taken back when the year
// is over, and given again by an order of the next year where it is carried over.
type Unused struct {
	ledger.Budget
	Orders money.Fen // of Free, what orders gave and may take back
}

// Unused lists the programmes of a year of which something is free.
//
// Codes: unavailable.
func (s *Service) Unused(ctx context.Context, year int) ([]Unused, error) {
	budgets, err := s.Books.Budgets(ctx, year)
	if err != nil {
		return nil, err
	}
	granted, err := s.Store.Granted(ctx, year)
	if err != nil {
		return nil, err
	}
	var out []Unused
	for _, b := range budgets {
		if b.Free > 0 {
			out = append(out, Unused{Budget: b, Orders: min(b.Free, granted[b.Programme])})
		}
	}
	return out, nil
}
