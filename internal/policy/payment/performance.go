package payment

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Performance (资金绩效) is what a measure's money of a year came to. Paid and
// Reached are sums of facts, read anew each time; the budget is the ledger's.
type Performance struct {
	Measure string          `json:"measure"`
	Year    int             `json:"year"`
	Budget  money.Fen       `json:"budget_fen" doc:"What the year's purses were given for it"`
	Paid    money.Fen       `json:"paid_fen" doc:"Sum of the support.paid facts of the year"`
	Facts   int             `json:"paid_facts" doc:"How many facts that is"`
	PaidIDs []string        `json:"paid_fact_ids" doc:"The first 100 of them"`
	Outputs []OutputReached `json:"outputs"`
}

// mostPaid bounds the facts of a payment that are named; the sum is over all.
const mostPaid = 100

// OutputReached is one indicator of a measure.
type OutputReached struct {
	Indicator Indicator `json:"indicator"`
	Reached   string    `json:"reached" doc:"Exact sum of the support.output facts"`
	Facts     []string  `json:"facts" doc:"Their ids"`
	Paid      money.Fen `json:"paid_fen" doc:"What the matters were paid that reported it"`
	Cost      *Cost     `json:"cost" doc:"Paid by reached; null while nothing is reached"`
}

// Cost is money by output, exactly.
type Cost struct {
	Fen   money.Fen `json:"fen" doc:"Whole fen, rounded down"`
	Exact string    `json:"exact" doc:"The exact fraction in fen: 1234500/7"`
}

// costOf divides exactly; nil when nothing was reached or the answer has no
// place in 64-bit fen.
func costOf(paid money.Fen, reached *big.Rat) *Cost {
	if reached.Sign() <= 0 {
		return nil
	}
	exact := new(big.Rat).Quo(new(big.Rat).SetInt64(int64(paid)), reached)
	whole := new(big.Int).Quo(exact.Num(), exact.Denom())
	if !whole.IsInt64() {
		return nil
	}
	return &Cost{Fen: money.Fen(whole.Int64()), Exact: exact.RatString()}
}

// matter is whose and what support was for.
type matter struct{ measure, org, object string }

// Performance adds up a budget year by measure.
//
// Codes: unavailable.
func (s *Service) Performance(ctx context.Context, year int) ([]Performance, error) {
	rows := map[string]*Performance{}
	row := func(measure string) *Performance {
		if rows[measure] == nil {
			rows[measure] = &Performance{Measure: measure, Year: year, PaidIDs: []string{}, Outputs: []OutputReached{}}
		}
		return rows[measure]
	}
	budgets, err := s.Books.Budgets(ctx, year)
	if err != nil {
		return nil, err
	}
	for _, b := range budgets {
		row(b.Measure).Budget += budgetOf(b)
	}
	paid := map[matter]money.Fen{}
	from, to := clock.Date(strconv.Itoa(year)+"-01-01"), clock.Date(strconv.Itoa(year)+"-12-31")
	if err := s.facts(ctx, evidence.Query{Kinds: []string{"support.paid"}, From: from, To: to, Effective: true}, func(f evidence.Fact) error {
		amount, err := f.Fen()
		if err != nil {
			return err
		}
		r := row(f.Attributes["measure"])
		r.Paid, r.Facts = r.Paid+amount, r.Facts+1
		if len(r.PaidIDs) < mostPaid {
			r.PaidIDs = append(r.PaidIDs, f.ID)
		}
		paid[matter{r.Measure, string(f.Subject), f.Object}] += amount
		return nil
	}); err != nil {
		return nil, err
	}
	if err := s.outputs(ctx, year, from, row, paid); err != nil {
		return nil, err
	}
	out := make([]Performance, 0, len(rows))
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Performance) int { return cmp.Compare(a.Measure, b.Measure) })
	return out, nil
}

// outputs adds what was reached, indicator by indicator.
func (s *Service) outputs(ctx context.Context, year int, from clock.Date, row func(string) *Performance, paid map[matter]money.Fen) error {
	names, err := s.indicators(ctx)
	if err != nil {
		return err
	}
	sums := map[[2]string]*big.Rat{}
	err = s.facts(ctx, evidence.Query{Kinds: []string{"support.output"}, From: from, Effective: true}, func(f evidence.Fact) error {
		if f.Attributes["year"] != strconv.Itoa(year) {
			return nil
		}
		r, id := row(f.Attributes["measure"]), f.Attributes["indicator"]
		i := slices.IndexFunc(r.Outputs, func(o OutputReached) bool { return o.Indicator.ID == id })
		if i < 0 {
			i = len(r.Outputs)
			known, found := names[[2]string{r.Measure, id}]
			if !found {
				known = Indicator{ID: id}
			}
			r.Outputs = append(r.Outputs, OutputReached{Indicator: known})
			sums[[2]string{r.Measure, id}] = new(big.Rat)
		}
		o, sum := &r.Outputs[i], sums[[2]string{r.Measure, id}]
		if quantity, ok := new(big.Rat).SetString(f.Quantity); ok {
			sum.Add(sum, quantity)
		}
		o.Facts = append(o.Facts, f.ID)
		o.Paid += paid[matter{r.Measure, string(f.Subject), f.Object}]
		o.Reached, o.Cost = decimal(sum), costOf(o.Paid, sum)
		return nil
	})
	return err
}

// indicators are the names of those that reports state, by measure and id.
func (s *Service) indicators(ctx context.Context) (map[[2]string]Indicator, error) {
	names := map[[2]string]Indicator{}
	for after := []string(nil); ; {
		page, err := s.Store.Reports(ctx, ReportFilter{States: []ReportState{ReportAccepted}, After: after, Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			for _, ind := range r.Indicators {
				names[[2]string{r.Measure, ind.ID}] = ind
			}
			after = r.cursor()
		}
		if len(page) < 200 {
			return names, nil
		}
	}
}

// facts visits every fact of a query.
func (s *Service) facts(ctx context.Context, q evidence.Query, visit func(evidence.Fact) error) error {
	for q.Limit = evidence.MaxList; ; {
		page, next, err := s.Facts.List(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := visit(r.Fact); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		q.After = next
	}
}

// budgetOf is what a programme may spend: its ceiling, or what it was given.
func budgetOf(b ledger.Budget) money.Fen {
	if b.Ceiling != money.Max {
		return b.Ceiling
	}
	return b.Granted
}

// decimal prints an exact decimal; quantities have at most twelve decimals.
func decimal(r *big.Rat) string {
	text := r.FloatString(12)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
