package policy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// treasury keeps what was wanted until a test lets the ledger answer.
type treasury struct {
	mu     sync.Mutex
	wanted []intent.Intent
}

func (t *treasury) Write(_ context.Context, in intent.Intent) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wanted = append(t.wanted, in)
	return nil
}

func (t *treasury) Wake() {}

// openCounter is a hall where applications are decided and paid.
func openCounter(t *testing.T, d *db.DB, pack *rule.Pack) (*hall, *treasury) {
	h, books := openHall(t, d, pack), &treasury{}
	h.Treasury, h.registry.payee = books, party.PayeeAccount{ID: "pay_1"}
	return h, books
}

// answer lets the ledger grant or refuse all that was wanted.
func (h *hall) answer(t fatal, books *treasury, grant bool) {
	t.Helper()
	h.answerSome(t, books, len(books.wanted), grant)
}

// answerSome answers the first so many.
func (h *hall) answerSome(t fatal, books *treasury, n int, grant bool) {
	t.Helper()
	wanted := books.wanted[:n]
	books.wanted = books.wanted[n:]
	for _, in := range wanted {
		given := ledger.Answer{}
		if !grant {
			given = ledger.Answer{Outcome: ledger.Insufficient, Err: fault.Newf(fault.Limit, "额度不足。", "Too little is left.")}
		}
		if err := h.Store.InTx(h.t.Context(), func(ctx context.Context) error {
			return h.Handlers()[in.Kind](ctx, in, []ledger.Answer{given})
		}); err != nil {
			t.Fatalf("the ledger's answer: %v", err)
		}
	}
}

const day = 24 * time.Hour

// fatal is what *testing.T and *rapid.T share.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

var (
	officer = policy.Actor{Person: "per_office", Name: "经办", Role: "office"}
	second  = policy.Actor{Person: "per_finance", Name: "复核", Role: "finance"}
)

// offer records the facts under which an object fits a measure with a base.
func (h *hall) offer(org ident.CreditCode, measure, object string, base money.Fen, more map[string]string) {
	h.t.Helper()
	cost := func(kind string, a map[string]string) {
		for k, v := range more {
			a[k] = v
		}
		a["place"] = "520115"
		h.append(evidence.Fact{Kind: kind, Subject: org, Object: object, Quantity: base.String(), Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: a})
	}
	said := func(kind string, a map[string]string) {
		h.append(evidence.Fact{Kind: kind, Subject: org, Object: object, Occurred: "2025-03-18", Attestor: evidence.Department, Attributes: a})
	}
	switch measure {
	case "002-2":
		said("model.filed", map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed"})
		cost("cost.model_construction", map[string]string{})
	case "002-3":
		said("scenario.selected", map[string]string{"measure": "002-3", "year": "2025"})
		cost("cost.scenario_investment", map[string]string{"field": "finance"})
	case "002-4":
		said("platform.certified", map[string]string{"level": "city"})
		said("platform.selected", map[string]string{"measure": "002-4", "year": "2025"})
		cost("cost.platform_investment", map[string]string{})
	}
}

// terms are rate (in hundredths) and cap of a measure, as the text has them.
var terms = map[string]struct{ percent, cap money.Fen }{
	"002-2": {30, 500_000_000}, "002-3": {20, 100_000_000}, "002-4": {10, 100_000_000},
}

func entitled(measure string, base money.Fen) money.Fen {
	return min(base*terms[measure].percent/100, terms[measure].cap)
}

// submitted opens and submits an application.
func (h *hall) submitted(t fatal, org ident.CreditCode, measure, object string) policy.Application {
	t.Helper()
	manager := policy.Actor{Person: "per_firm", Role: "org_manager", Org: org}
	a, err := h.Open(h.t.Context(), manager, policy.OpenInput{Org: org, Measure: measure, Object: object})
	if err != nil {
		t.Fatalf("opening %s: %v", measure, err)
	}
	if a, err = h.Submit(h.t.Context(), manager, a.ID, a.Version); err != nil {
		t.Fatalf("submitting %s: %v", measure, err)
	}
	return a
}

// act takes one step on an application as it stands; what the state machine or
// the stacking rule refuses is no failure, anything else is.
func (h *hall) act(t fatal, id, action string) error {
	t.Helper()
	ctx := h.t.Context()
	a, err := h.Store.Application(ctx, id)
	if err != nil {
		t.Fatalf("%v", err)
	}
	in := policy.DecisionInput{ID: id, Version: a.Version, Opinion: "同意", Hash: a.Hash}
	switch action {
	case "approve":
		_, err = h.Approve(ctx, officer, in)
	case "recompute":
		_, err = h.Recompute(ctx, officer, id, a.Version)
	case "countersign":
		_, err = h.Countersign(ctx, second, in)
	case "send back":
		_, err = h.SendBack(ctx, second, in)
	case "refuse":
		_, err = h.Refuse(ctx, officer, in)
	}
	if err != nil && !fault.Is(err, fault.Conflict) {
		t.Fatalf("%s %s: %v", action, a.Measure, err)
	}
	return err
}

// paid adds up what the sealed facts say was paid for a matter.
func (h *hall) paid(t fatal, org ident.CreditCode, matter string) money.Fen {
	t.Helper()
	facts, err := h.evidence.Known(h.t.Context(), org, h.now.Today())
	if err != nil {
		t.Fatalf("%v", err)
	}
	var sum money.Fen
	for _, f := range facts {
		if f.Kind == "support.paid" && f.Attributes["matter"] == matter {
			fen, err := f.Fen()
			if err != nil {
				t.Fatalf("%v", err)
			}
			sum += fen
		}
	}
	return sum
}

// TestWhateverTheOrderTheBestIsPaid: applications for one matter under three
// measures, approved, refused money, sent back, recomputed and paid in any
// order, on any days, come to the best single entitlement of those that were
// not refused, and never past it on the way (P013, document 002 clause 8(3)).
func TestWhateverTheOrderTheBestIsPaid(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	firms := 0
	rapid.Check(t, func(rt *rapid.T) {
		firms++
		h.now.Advance(noon.Sub(h.now.Now()))
		books.wanted = nil
		org := h.firm(firms)
		best := money.Fen(0)
		cases := map[string]money.Fen{} // application -> entitlement
		for _, measure := range []string{"002-2", "002-3", "002-4"} {
			if base := money.Fen(rapid.Int64Range(0, 2_000_000_000).Draw(rt, measure)); base >= 100 {
				h.offer(org, measure, "x", base, nil)
				a := h.submitted(rt, org, measure, "x")
				cases[a.ID] = entitled(measure, base)
				best = max(best, cases[a.ID])
			}
		}
		if len(cases) == 0 {
			return
		}
		ids := make([]string, 0, len(cases))
		for id := range cases {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		within := func() {
			promised := h.paid(rt, org, "x")
			for _, id := range ids {
				if a, _ := h.Store.Application(t.Context(), id); slices.Contains([]policy.State{policy.Approved, policy.Held, policy.Paying}, a.State) {
					promised += a.Amount
					if a.CityPaid != "" { // one half is among the payments already
						promised -= a.City
					}
					if a.DistrictPaid != "" {
						promised -= a.District
					}
				}
			}
			if promised > best {
				rt.Fatalf("%d fen are paid and promised where the best is %d", promised, best)
			}
		}
		actions := []string{"approve", "approve", "recompute", "countersign", "grant", "grant", "grant one", "deny", "deny one", "send back", "a day", "refuse"}
		for range rapid.IntRange(0, 20).Draw(rt, "steps") {
			switch action := rapid.SampledFrom(actions).Draw(rt, "action"); action {
			case "grant", "deny":
				h.answer(rt, books, action == "grant")
			case "grant one", "deny one":
				h.answerSome(rt, books, min(1, len(books.wanted)), action == "grant one")
			case "a day":
				h.now.Advance(day)
			default:
				_ = h.act(rt, rapid.SampledFrom(ids).Draw(rt, "which"), action)
			}
			within()
		}
		// Then everybody does the rest, one after the other.
		for range 2 {
			for _, id := range ids {
				h.answer(rt, books, true)
				for _, action := range []string{"countersign", "grant", "recompute", "approve", "grant", "countersign", "grant"} {
					if action == "grant" {
						h.answer(rt, books, true)
					} else {
						_ = h.act(rt, id, action)
					}
					within()
				}
			}
		}
		best = 0
		for _, id := range ids {
			a, err := h.Store.Application(t.Context(), id)
			if err != nil {
				rt.Fatalf("%v", err)
			}
			if a.State != policy.Refused {
				best = max(best, cases[id])
			}
		}
		if got := h.paid(rt, org, "x"); got != best {
			rt.Fatalf("%d fen were paid, the best single entitlement is %d", got, best)
		}
	})
}

// TestLadderPaysTheDifferences: 500,000, then 3,500,000, then 4,000,000 for one
// matter pay 500,000, 3,000,000 and 500,000, each submitted before any was paid.
func TestLadderPaysTheDifferences(t *testing.T) {
	pack := guizhou(t)
	platform, err := pack.Measure("002-4")
	if err != nil {
		t.Fatal(err)
	}
	for i := range platform.Parameters {
		if platform.Parameters[i].Path == "cap" {
			platform.Parameters[i].Value = "5000000.00" // the text's million is too low a rung
		}
	}
	h, books := openCounter(t, dbtest.SQLite(t), pack)
	org := h.firm(1)
	h.offer(org, "002-3", "x", 250_000_000, nil)   // 20% of 2,500,000.00
	h.offer(org, "002-4", "x", 3_500_000_000, nil) // 10% of 35,000,000.00
	h.offer(org, "002-2", "x", 1_333_333_334, nil) // 30% of 13,333,333.34 is 4,000,000.00 and a bit
	var ladder []policy.Application
	for _, measure := range []string{"002-3", "002-4", "002-2"} {
		ladder = append(ladder, h.submitted(t, org, measure, "x"))
	}
	for i, want := range []money.Fen{50_000_000, 300_000_000, 50_000_000} {
		h.now.Advance(day) // payments come after every submission
		id := ladder[i].ID
		if i > 0 {
			if err := h.act(t, id, "approve"); err == nil {
				t.Fatal("approved on a result from before the payment")
			}
			if err := h.act(t, id, "recompute"); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.act(t, id, "approve"); err != nil {
			t.Fatal(err)
		}
		if i < 2 { // the next one up sees why it must wait
			if err := h.act(t, ladder[i+1].ID, "recompute"); err != nil {
				t.Fatal(err)
			}
			err := h.act(t, ladder[i+1].ID, "approve")
			if err == nil || !strings.Contains(err.Error(), ladder[i].Number) {
				t.Fatalf("two supports of one matter at once: %v", err)
			}
		}
		h.answer(t, books, true)
		if err := h.act(t, id, "countersign"); err != nil {
			t.Fatal(err)
		}
		h.answer(t, books, true)
		c, err := h.Case(t.Context(), officer, id)
		if err != nil {
			t.Fatal(err)
		}
		if c.State != policy.Paid || *c.Amount != want {
			t.Fatalf("rung %d is %s with %d fen, want %d", i, c.State, *c.Amount, want)
		}
		if i == 0 {
			continue
		}
		off := money.Fen(0) // the trace says what was taken off, by which clause and facts
		for _, step := range c.Assessment.Trace {
			if step.Operator == "minus" && step.Role == "line" {
				off += *step.Line
				if step.Clause.Path != "八/(三)" || len(step.Facts) != 2*i {
					t.Errorf("the deduction rests on %s and %d facts", step.Clause.Path, len(step.Facts))
				}
			}
		}
		if got := h.paid(t, org, "x"); off != got-want || got != []money.Fen{0, 350_000_000, 400_000_000}[i] {
			t.Errorf("%d taken off, %d paid in all", off, got)
		}
		for _, o := range c.Overlaps {
			if o.Rule.Path != "八/(三)" || !slices.Contains(o.Questions, "A6") || !slices.Contains(o.Questions, "A11") || o.Text.EN == "" {
				t.Errorf("the overlap does not name its rule: %+v", o)
			}
		}
		if first := c.Overlaps[slices.IndexFunc(c.Overlaps, func(o policy.Overlap) bool { return o.Application == ladder[0].ID })]; first.Effect != policy.Deducted {
			t.Errorf("what was paid first is %s", first.Effect)
		}
	}
}

// TestOneSideLate: each purse's half has its own record. One that is refused
// leaves the other's standing, keeps the case from being sent back, and is
// asked for again alone; the total is exact (P016, document 002 clause 8(1)).
func TestOneSideLate(t *testing.T) {
	for _, late := range []string{"city", "district"} {
		t.Run(late, func(t *testing.T) {
			h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
			org := h.firm(1)
			h.offer(org, "002-2", "x", 333_333_337, nil) // 30% is 1,000,000.01: an odd fen
			a := h.submitted(t, org, "002-2", "x")
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(h.act(t, a.ID, "approve"))
			h.answer(t, books, true)
			must(h.act(t, a.ID, "countersign"))
			if len(books.wanted) != 2 {
				t.Fatalf("%d intents for two halves", len(books.wanted))
			}
			first := strings.Contains(books.wanted[0].ID, "/city/") == (late == "city")
			h.answerSome(t, books, 1, !first)
			halves := func() (states []string, sum money.Fen) {
				c, err := h.Case(t.Context(), officer, a.ID)
				must(err)
				for _, p := range c.Payment {
					states = append(states, string(p.Level)+" "+p.State)
					sum += p.Amount
				}
				return states, sum
			}
			if !first {
				if got, _ := halves(); !slices.Contains(got, late+" held") || h.paid(t, org, "x") == 0 {
					t.Fatalf("while one side is late: %v, %d paid", got, h.paid(t, org, "x"))
				}
			}
			h.answerSome(t, books, 1, first)
			got, sum := halves()
			paid := h.paid(t, org, "x")
			want := map[string]money.Fen{"district": 50_000_000, "city": 50_000_001}[late] // the other side's: the odd fen is the district's
			if !slices.Contains(got, late+" held") || sum != 100_000_001 || paid != want {
				t.Fatalf("%v, %d in all, %d paid, want %d", got, sum, paid, want)
			}
			if err := h.act(t, a.ID, "send back"); err == nil {
				t.Fatal("a case with one half paid was sent back")
			}
			must(h.act(t, a.ID, "countersign"))
			if len(books.wanted) != 1 || !strings.Contains(books.wanted[0].ID, "/"+late+"/") {
				t.Fatalf("asked again for %v", books.wanted)
			}
			h.answer(t, books, true)
			if got, _ := halves(); h.paid(t, org, "x") != 100_000_001 || slices.Contains(got, late+" held") {
				t.Fatalf("in the end %v, %d paid", got, h.paid(t, org, "x"))
			}
		})
	}
}

// TestTwoApprovalsAtOnce: of two officers who approve two supports of one
// matter at the same moment, one wins and the other reads why.
func TestTwoApprovalsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := openCounter(t, d, guizhou(t))
		for n := range 10 {
			org := h.firm(n)
			var both []policy.Application
			for _, measure := range []string{"002-2", "002-4"} {
				h.offer(org, measure, "x", 500_000_000, nil)
				both = append(both, h.submitted(t, org, measure, "x"))
			}
			var errs [2]error
			var start, done sync.WaitGroup
			start.Add(1)
			for i, a := range both {
				done.Go(func() {
					start.Wait()
					_, errs[i] = h.Approve(t.Context(), officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "同意", Hash: a.Hash})
				})
			}
			start.Done()
			done.Wait()
			won := slices.Index(errs[:], nil)
			if won < 0 {
				t.Fatalf("nobody won: %v", errs)
			}
			lost := errs[1-won]
			if !fault.Is(lost, fault.Conflict) || !strings.Contains(fault.From(lost).Message.EN, both[won].Number) || !strings.Contains(fault.From(lost).Message.ZH, "八(三)") {
				t.Fatalf("the second officer reads: %v", lost)
			}
		}
	})
}

// TestSharedPapers: two models on one invoice are one matter while nobody has
// ruled otherwise (A6), and only a note for the officer where the guide says
// that the object decides.
func TestSharedPapers(t *testing.T) {
	for _, c := range []struct {
		ruled string
		want  policy.Effect
	}{{"same_object", policy.Noted}, {"same_evidence", policy.Blocks}, {"", policy.Blocks}} {
		t.Run("ruled "+c.ruled, func(t *testing.T) {
			pack := guizhou(t)
			for i := range pack.Guides {
				g := &pack.Guides[i]
				g.Rulings = slices.DeleteFunc(g.Rulings, func(r rule.Ruling) bool { return r.Question == "A6" })
				if c.ruled != "" {
					g.Rulings = append(g.Rulings, rule.Ruling{Question: "A6", Choice: c.ruled})
				}
			}
			h, _ := openCounter(t, dbtest.SQLite(t), pack)
			org := h.firm(1)
			invoice := map[string]string{"invoice": "25522000000012345678"}
			h.offer(org, "002-2", "model-7b", 500_000_000, invoice)
			h.offer(org, "002-2", "model-13b", 700_000_000, invoice)
			h.offer(org, "002-2", "model-32b", 700_000_000, map[string]string{"invoice": "25522000000099999999"})
			first, other, apart := h.submitted(t, org, "002-2", "model-7b"), h.submitted(t, org, "002-2", "model-13b"), h.submitted(t, org, "002-2", "model-32b")
			if err := h.act(t, first.ID, "approve"); err != nil {
				t.Fatal(err)
			}
			shown, err := h.Case(t.Context(), officer, other.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(shown.Overlaps) != 1 || shown.Overlaps[0].Ground != policy.SamePaper || shown.Overlaps[0].Effect != c.want || len(shown.Overlaps[0].Papers) != 1 ||
				!strings.Contains(shown.Overlaps[0].Text.ZH, "25522000000012345678") {
				t.Fatalf("overlaps %+v", shown.Overlaps)
			}
			if err := h.act(t, other.ID, "approve"); (err == nil) != (c.want == policy.Noted) {
				t.Errorf("approving gave %v", err)
			}
			if err := h.act(t, apart.ID, "approve"); err != nil {
				t.Errorf("papers of its own: %v", err)
			}
		})
	}
}

// TestPaidAfterSubmittingIsTakenOff: a payment of another office, recorded
// after the submission, counts at the decision; a cost recorded for a later
// day does not.
func TestPaidAfterSubmittingIsTakenOff(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org := h.firm(1)
	h.offer(org, "002-2", "x", 1_000_000_000, nil)
	a := h.submitted(t, org, "002-2", "x")
	if a.Amount != 300_000_000 {
		t.Fatalf("%d fen", a.Amount)
	}
	h.now.Advance(2 * day)
	h.append(evidence.Fact{Kind: "support.paid", Subject: org, Object: "x", Quantity: "1000000.00", Occurred: clock.Date("2025-10-24"), Attestor: evidence.Department,
		Attributes: map[string]string{"measure": "gz-other", "matter": "x", "level": "province"}})
	h.append(evidence.Fact{Kind: "cost.model_construction", Subject: org, Object: "x", Quantity: "5000000.00", Occurred: clock.Date("2025-10-24"), Attestor: evidence.Auditor,
		Attributes: map[string]string{"place": "520115"}})
	if err := h.act(t, a.ID, "approve"); err == nil {
		t.Fatal("the payment was not seen")
	}
	if err := h.act(t, a.ID, "recompute"); err != nil {
		t.Fatal(err)
	}
	got, err := h.Store.Application(t.Context(), a.ID)
	if err != nil || got.Amount != 200_000_000 {
		t.Fatalf("%d fen, %v: the payment counts, the later cost does not", got.Amount, err)
	}
}

// TestMatterOfAYear: without an object the matter is the measure's year.
func TestMatterOfAYear(t *testing.T) {
	for _, c := range []struct {
		a    policy.Application
		want string
	}{{policy.Application{Measure: "002-6", Guide: 2026, Years: call.Years{Transaction: 2025}}, "002-6/2025"}, {policy.Application{Measure: "002-2", Object: "m", Guide: 2025}, "m"}} {
		if got := c.a.Matter(); got != c.want {
			t.Error(fmt.Sprint(got, " want ", c.want))
		}
	}
}
