package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

func TestWhatIf(t *testing.T) {
	h := openGuizhou(t)
	// Five at or above the cap of 500,000, two below it, one newcomer below the threshold of 5 million.
	for n, yuan := range []string{"60000000.00", "55000000.00", "52000000.00", "51000000.00", "50000000.00", "30000000.00", "6000000.00", "4500000.00"} {
		h.buys(h.firm(n), yuan)
	}
	count, err := h.evidence.Extent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same := post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6"})
	if same.Gainers+same.Losers != 0 || same.NeedsAmendment || len(same.Changed) != 0 || same.Before != same.After && *same.Before.Budget != *same.After.Budget || same.Before.Total != 286_000_000 || len(same.Choices) != 0 {
		t.Errorf("nothing changed: %+v", same)
	}

	s := post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6", "year": 2025, "set": map[string]string{"rate": "0.015", "threshold": "4000000.00", "cap": "480000.00"}, "when_short": "pro_rata"})
	// 7 at the new cap of 480,000 but the last two: 30m × 1.5% = 450,000; 6m: 90,000; 4.5m: 67,500.
	if s.After.Total != 5*48_000_000+45_000_000+9_000_000+6_750_000 || s.After.Organisations != 8 || s.Before.Organisations != 7 {
		t.Errorf("after: %+v", s.After)
	}
	if s.Gainers != 3 || s.Newcomers != 1 || s.Losers != 5 || s.Lost != 5*2_000_000 || s.Gained != 15_000_000+3_000_000+6_750_000 {
		t.Errorf("%d gain (%d new, %d fen), %d lose %d fen", s.Gainers, s.Newcomers, s.Gained, s.Losers, s.Lost)
	}
	if !s.NeedsAmendment || len(s.Changed) != 3 || s.Written || s.Population.Organisations != 8 || s.Population.Sampled {
		t.Errorf("%+v", s)
	}
	if s.After.TopTwo != 96_000_000 || *s.After.Budget != 300_000_000 || s.After.Over != 750_000 || s.Before.Over != 0 {
		t.Errorf("after: %+v", s.After)
	}
	if !slices.IsSortedFunc(s.Rows, func(a, b policy.SimulationRow) int { return int(*b.Base - *a.Base) }) {
		t.Error("the rows are not in the order of their base")
	}
	var paid money.Fen
	for _, r := range s.Rows {
		paid += *r.Paid
		if *r.Paid > r.After {
			t.Errorf("%s is paid %d of %d", r.Org.Name, *r.Paid, r.After)
		}
	}
	if paid != 300_000_000 {
		t.Errorf("shared out %d", paid)
	}
	ways := map[shortage.Way]policy.Choice{}
	for _, c := range s.Choices {
		ways[c.ID] = c
	}
	if c := ways[shortage.ProRata]; c.Paid != 300_000_000 || c.RowsChanged != 8 || c.None != 0 {
		t.Errorf("pro rata: %+v", c)
	}
	if c := ways[shortage.CutOff]; c.Paid != 294_000_000 || c.Full != 7 || c.None != 1 || c.Note.ZH != "前 7 家足额，末尾 1 家不得" {
		t.Errorf("cut off: %+v", c)
	}
	if c := ways[shortage.CarryOver]; c.Paid != 300_000_000 || c.Carried != 750_000 || c.Full != 7 {
		t.Errorf("carry over: %+v", c)
	}

	richer := post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6", "set": map[string]string{"rate": "0.02", "cap": "700000.00", "budget": "9000000.00"}})
	if *richer.Before.Budget != 300_000_000 || *richer.After.Budget != 900_000_000 || richer.After.Over != 0 {
		t.Errorf("with more money: %+v", richer.After)
	}
	if past := post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6", "year": 2024}); past.On != "2024-12-31" || past.Before.Total != 0 || len(past.Rows) != 0 {
		t.Errorf("the year before: %+v", past)
	}
	if now, err := h.evidence.Extent(t.Context()); err != nil || now != count {
		t.Errorf("a what-if wrote: %d facts became %d (%v)", count, now, err)
	}
}

func TestWhatIfCountsWhatTheYearPaidAlready(t *testing.T) {
	h := openGuizhou(t)
	paid, other := h.firm(1), h.firm(2)
	h.buys(paid, "10000000.00")
	h.buys(other, "20000000.00")
	pay := func(measure, matter, yuan string) {
		h.append(evidence.Fact{Kind: "support.paid", Subject: paid, Object: matter, Quantity: yuan, Occurred: "2025-07-01", Attestor: evidence.Department,
			Attributes: map[string]string{"measure": measure, "matter": matter, "level": "city"}})
	}
	pay("002-6", "002-6/2025", "100000.00")
	pay("002-3", "p1", "70000.00") // another measure's payment is none of its business
	s := post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6", "set": map[string]string{"rate": "0.02"}})
	if s.Before.Total != 30_000_000 || s.After.Total != 60_000_000 || s.Newcomers != 0 || s.Gainers != 2 {
		t.Errorf("before %d, after %d, %d new of %d", s.Before.Total, s.After.Total, s.Newcomers, s.Gainers)
	}
	if m := get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches"); m.Total != 20_000_000 {
		t.Errorf("what is still due is %d: paid amounts are subtracted there", m.Total)
	}
}

func TestWhatIfRefusesWhatItCannotCompute(t *testing.T) {
	h := openGuizhou(t)
	for name, body := range map[string]map[string]any{
		"a figure that it has not": {"measure": "002-6", "set": map[string]string{"speed": "1"}},
		"a rate that is none":      {"measure": "002-6", "set": map[string]string{"rate": "1%"}},
		"money below nothing":      {"measure": "002-6", "set": map[string]string{"cap": "-1.00"}},
		"a year to come":           {"measure": "002-6", "year": 2026},
		"another way":              {"measure": "002-6", "when_short": "lottery"},
		"what pays nobody":         {"measure": "002-8.2"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, h.send(office, "/policy/simulations", body), fault.Invalid) })
	}
	refused(t, h.send(office, "/policy/simulations", map[string]any{"measure": "777"}), fault.NotFound)
}

func TestSameQuestionSameAnswer(t *testing.T) {
	h := openGuizhou(t)
	for n := range 12 {
		h.buys(h.firm(n), fmt.Sprintf("%d00000.00", 50+n))
	}
	ask := func() policy.Simulation {
		return post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6", "set": map[string]string{"cap": "10000.00", "rate": "0.9"}})
	}
	if diff := cmp.Diff(ask(), ask()); diff != "" {
		t.Error(diff)
	}
}
