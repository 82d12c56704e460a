package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// answer is one cell of the table organisation × measure × object.
type answer struct {
	org             ident.CreditCode
	measure, object string
	outcome         rule.Outcome
	amount          money.Fen
}

func cell(org ident.CreditCode, measure, object string, outcome rule.Outcome, amount *money.Fen) answer {
	a := answer{org, measure, object, outcome, -1}
	if amount != nil {
		a.amount = *amount
	}
	return a
}

// TestBothDirectionsGiveTheSame: what firms find for themselves, what an
// office finds for a measure, and every firm against every measure by brute
// force are one set, after every fact that is written or withdrawn (P011).
func TestBothDirectionsGiveTheSame(t *testing.T) {
	h := openGuizhou(t)
	var firms []ident.CreditCode
	for n := range 4 {
		firms = append(firms, h.firm(n))
	}
	objects := []string{"a", "b"}
	var purchases []evidence.Fact
	order := func(a, b answer) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	rapid.Check(t, func(rt *rapid.T) {
		firm := rapid.SampledFrom(firms).Draw(rt, "firm")
		base := money.Fen(rapid.Int64Range(100, 900_000_000).Draw(rt, "base"))
		switch change := rapid.SampledFrom([]string{"002-2", "002-3", "002-4", "buys", "withdraws", "listed"}).Draw(rt, "change"); change {
		case "buys":
			h.buys(firm, base.String())
			known, err := h.evidence.Known(t.Context(), firm, "2025-10-22")
			if err != nil {
				rt.Fatal(err)
			}
			purchases = append(purchases, known[slices.IndexFunc(known, func(f evidence.Fact) bool { return f.Kind == "data.purchased" && f.Quantity == base.String() })])
		case "withdraws":
			if len(purchases) > 0 {
				f := purchases[0]
				purchases = purchases[1:]
				f.ID, f.Corrects, f.Quantity = "", f.ID, "0"
				h.append(f)
			}
		case "listed":
			h.append(evidence.Fact{Kind: "listing.completed", Subject: firm, Occurred: "2025-05-01", Attestor: evidence.Department,
				Attributes: map[string]string{"board": rapid.SampledFrom([]string{"neeq", "star", "main"}).Draw(rt, "board")}})
		default:
			h.offer(firm, change, rapid.SampledFrom(objects).Draw(rt, "object"), base, nil)
		}
		var byFirm, byMeasure, brute []answer
		for _, code := range firms {
			m, err := h.Matches(t.Context(), code)
			if err != nil {
				rt.Fatal(err)
			}
			for _, r := range m.Results {
				byFirm = append(byFirm, cell(code, r.Measure, r.Object, r.Outcome, r.Amount))
			}
			known, err := h.evidence.Known(t.Context(), code, "2025-10-22")
			if err != nil {
				rt.Fatal(err)
			}
			for _, measure := range h.Pack.Measures {
				if !measure.Type.Pays() {
					continue
				}
				results, err := h.Pack.Assess(rule.Input{Subject: evidence.Subject{Code: code, Kind: evidence.Enterprise}, Facts: known, On: "2025-10-22", Guide: 2025, Measures: []string{measure.ID}})
				if err != nil {
					rt.Fatal(err)
				}
				for _, r := range results {
					brute = append(brute, cell(code, r.Measure, r.Object, r.Outcome, r.Amount))
				}
			}
		}
		for _, measure := range h.Pack.Measures {
			if !measure.Type.Pays() {
				continue
			}
			for _, outcome := range rule.Outcomes() {
				m, err := h.MeasureMatches(t.Context(), policy.MatchQuery{Measure: measure.ID, Outcome: outcome, Limit: 1000})
				if err != nil {
					rt.Fatal(err)
				}
				for _, r := range m.Items {
					byMeasure = append(byMeasure, cell(r.Org.Code, measure.ID, r.Object, r.Outcome, r.Amount))
				}
			}
		}
		for _, set := range [][]answer{byFirm, byMeasure, brute} {
			slices.SortFunc(set, order)
		}
		same := cmp.AllowUnexported(answer{})
		if diff := cmp.Diff(brute, byFirm, same); diff != "" {
			rt.Fatalf("firms find another set: %s", diff)
		}
		if diff := cmp.Diff(brute, byMeasure, same); diff != "" {
			rt.Fatalf("an office finds another set: %s", diff)
		}
	})
}

// TestOneChangeReadsOneFirm holds what makes a change fresh at once: the firm
// that it speaks of is read again, nobody else.
func TestOneChangeReadsOneFirm(t *testing.T) {
	h := openGuizhou(t)
	for n := range 30 {
		h.buys(h.firm(n), "6000000.00")
	}
	asked := &counted{Facts: h.evidence}
	h.Facts = asked
	fits := func() int {
		m, err := h.MeasureMatches(t.Context(), policy.MatchQuery{Measure: "002-6", Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return m.Organisations
	}
	if n := fits(); n != 30 {
		t.Fatalf("%d fit", n)
	}
	loaded := asked.pages
	newcomer := h.firm(77)
	h.buys(newcomer, "7000000.00")
	if n := fits(); n != 31 || asked.pages != loaded+1 || asked.organisations != 1 {
		t.Errorf("%d fit after %d more pages and %d organisations", n, asked.pages-loaded, asked.organisations)
	}
}

// BenchmarkFreshAnswer is a fact written and the measure's next answer over
// 2,000 firms, from the office's side and from the firm's.
func BenchmarkFreshAnswer(b *testing.B) {
	for _, side := range []string{"office", "firm"} {
		b.Run(side, func(b *testing.B) {
			h := openHall(b, dbtest.SQLite(b), guizhou(b))
			var firm ident.CreditCode
			for n := range 2000 {
				firm = h.firm(n)
				h.buys(firm, "6000000.00")
			}
			ask := func() {
				var err error
				if side == "office" {
					_, err = h.MeasureMatches(b.Context(), policy.MatchQuery{Measure: "002-6", Limit: 50})
				} else {
					_, err = h.Matches(b.Context(), firm)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			ask()
			for b.Loop() {
				b.StopTimer()
				h.buys(firm, "1.00")
				b.StartTimer()
				ask()
			}
		})
	}
}
