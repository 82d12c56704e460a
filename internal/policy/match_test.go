package policy_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

func matchOf(t *testing.T, m policy.Matches, measure, object string) policy.Match {
	t.Helper()
	i := slices.IndexFunc(m.Results, func(r policy.Match) bool { return r.Measure == measure && r.Object == object })
	if i < 0 {
		t.Fatalf("no answer to %s for %q", measure, object)
	}
	return m.Results[i]
}

func TestWhatAnOrganisationMayGet(t *testing.T) {
	h := openGuizhou(t)
	firm := h.firm(1)
	h.trains(firm, "qingyan-7b", "18204500.00")
	h.trains(firm, "qingyan-13b", "1000000.03")
	h.buys(firm, "8742000.00")
	h.append(evidence.Fact{Kind: "support.paid", Subject: firm, Object: "qingyan-7b", Quantity: "312406.37", Occurred: "2025-06-01", Attestor: evidence.Department,
		Attributes: map[string]string{"measure": "002-2", "matter": "qingyan-7b", "level": "city"}})
	h.append(evidence.Fact{Kind: "cost.scenario_investment", Subject: firm, Object: "p1", Quantity: "3180000.00", Occurred: "2025-06-01", Attestor: evidence.Applicant, Attributes: map[string]string{"field": "finance"}})
	h.append(evidence.Fact{Kind: "cost.equipment_present_value", Subject: firm, Object: "lab", Quantity: "2060000.00", Occurred: "2025-06-01", Attestor: evidence.Auditor, Attributes: map[string]string{"platform": "lab"}})

	mine := who{party.OrgManager, firm}
	m := get[policy.Matches](h, mine, "/organisations/"+string(firm)+"/matches")
	if m.On != "2025-10-22" || *m.Guide != 2025 || m.Facts != 11 {
		t.Errorf("on %s under %v from %d facts", m.On, m.Guide, m.Facts)
	}
	big := matchOf(t, m, "002-2", "qingyan-7b")
	if big.Outcome != rule.Eligible || *big.Amount != 468_759_363 || big.Split.City+big.Split.District != *big.Amount || !big.CanApply || big.Application != nil {
		t.Errorf("the capped model: %+v", big)
	}
	if want := "审计确认的模型建设成本 18,204,500.00 × 30%，封顶 5,000,000.00，减已得 312,406.37"; big.How.ZH != want {
		t.Errorf("how: %s", big.How.ZH)
	}
	for _, r := range big.Reasons {
		if r.OK == nil || !*r.OK || r.Text.EN == "" || r.Clause.Label.ZH == "" {
			t.Errorf("reason %+v", r)
		}
		for _, f := range r.Facts {
			if f.Label.ZH == "" || f.Attestor.EN == "" || f.Occurred == "" {
				t.Errorf("fact %+v", f)
			}
		}
	}
	small := matchOf(t, m, "002-2", "qingyan-13b")
	data := matchOf(t, m, "002-6", "")
	if *small.Amount != 30_000_000 || *data.Amount != 8_742_000 {
		t.Errorf("%d and %d", *small.Amount, *data.Amount)
	}
	if want := *big.Amount + *small.Amount + *data.Amount; m.SumEligible != want {
		t.Errorf("the sum is %d, want %d: only what is eligible", m.SumEligible, want)
	}
	scene := matchOf(t, m, "002-3", "p1")
	if scene.Outcome != rule.Lacking || scene.Amount != nil || len(scene.Lacking) == 0 || scene.Lacking[0].Text.ZH == "" {
		t.Errorf("the scene whose cost nobody audited: %+v", scene)
	}
	if i := slices.IndexFunc(scene.Lacking, func(l policy.Lack) bool { return l.FactKind == "cost.scenario_investment" }); i < 0 || len(scene.Lacking[i].Shown) != 1 || scene.Lacking[i].Attestor.ZH == "" {
		t.Errorf("lacking %+v", scene.Lacking)
	}
	draft := matchOf(t, m, "000-5", "lab")
	if draft.Outcome != rule.SimulationOnly || *draft.Amount != 41_200_000 || draft.CanApply || draft.WhyNot == nil {
		t.Errorf("the draft: %+v", draft)
	}
	for _, r := range m.Results {
		if d := r.Clause.Document; (d == "000" || d == "003") && r.CanApply {
			t.Errorf("%s of draft %s takes applications while it is %s", r.Measure, d, r.Outcome)
		}
	}
	if first := m.Results[0]; first.Key != big.Key {
		t.Errorf("the largest eligible amount comes first, not %s", first.Key)
	}

	h.append(evidence.Fact{Kind: "support.paid", Subject: firm, Object: "qingyan-13b", Quantity: "300000.00", Occurred: "2025-07-01", Attestor: evidence.Department,
		Attributes: map[string]string{"measure": "002-2", "matter": "qingyan-13b", "level": "city"}})
	if paid := matchOf(t, get[policy.Matches](h, mine, "/organisations/"+string(firm)+"/matches"), "002-2", "qingyan-13b"); *paid.Amount != 0 || paid.CanApply || paid.WhyNot == nil {
		t.Errorf("what was paid in full: %+v", paid)
	}

	a := policy.Application{ID: "app_1", Number: "QM-2025-0001", Org: firm, Measure: "002-2", Object: "qingyan-7b", Guide: 2025, State: policy.Draft, Created: noon}
	if err := h.Store.InsertApplication(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	m = get[policy.Matches](h, mine, "/organisations/"+string(firm)+"/matches")
	if big := matchOf(t, m, "002-2", "qingyan-7b"); big.CanApply || big.Application == nil || *big.Application != "app_1" {
		t.Errorf("with an application: %+v", big)
	}
}

func TestProvisionalAmountsAreNeverDue(t *testing.T) {
	pack := guizhou(t)
	pack.Guides = nil // nobody ruled anything
	h := openHall(t, openGuizhou(t).db, pack)
	firm := h.firm(1)
	h.trains(firm, "m", "1000000.00")
	m := get[policy.Matches](h, office, "/organisations/"+string(firm)+"/matches")
	got := matchOf(t, m, "002-2", "m")
	if got.Outcome != rule.Undecided || got.Amount != nil || got.Split != nil || got.Provisional == nil || m.SumEligible != 0 || m.Guide != nil || len(got.Questions) == 0 {
		t.Errorf("%+v, sum %d", got, m.SumEligible)
	}
	if r := got.Range; r == nil || r.Least != 30_000_000 || r.Most != 30_000_000 || !slices.Equal(r.Apart, []string{"A12"}) || got.Questions[0].Who.ZH == "" {
		t.Errorf("an open amount shows its range and who rules: %+v, %+v", r, got.Questions)
	}
	fits := get[policy.MeasureMatches](h, office, "/policy/measures/002-2/matches?outcome=undecided")
	if fits.Organisations != 1 || fits.Total != 0 {
		t.Errorf("%d organisations, %d fen due", fits.Organisations, fits.Total)
	}
	s := post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-2"})
	if !s.Provisional || len(s.Questions) == 0 || s.After.Total != 30_000_000 {
		t.Errorf("a what-if on open questions must say so: %+v", s)
	}
}

func TestNobodySeesAnothersMatches(t *testing.T) {
	h := openGuizhou(t)
	a, b := h.firm(1), h.firm(2)
	path := "/organisations/" + string(b) + "/matches"
	refused(t, h.do(public, http.MethodGet, path, "", nil), fault.Unauthorized)
	refused(t, h.do(who{party.OrgManager, a}, http.MethodGet, path, "", nil), fault.NotFound)
	refused(t, h.do(who{party.OrgManager, a}, http.MethodGet, "/policy/measures/002-2/matches", "", nil), fault.Forbidden)
	refused(t, h.send(who{party.OrgManager, a}, "/policy/simulations", map[string]any{"measure": "002-6"}), fault.Forbidden)
	refused(t, h.do(office, http.MethodGet, "/organisations/91520115MADEM9999X/matches", "", nil), fault.NotFound)
	get[policy.Matches](h, who{party.Auditor, ""}, path)
}

func TestMeasureFindsEveryoneItFits(t *testing.T) {
	h := openGuizhou(t)
	for n := range 23 {
		h.buys(h.firm(n), fmt.Sprintf("%d.00", 5_000_000+100_000*(n%7)))
	}
	h.firm(50) // buys nothing
	whole := get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches?limit=200")
	if whole.Outcome != rule.Eligible || whole.Organisations != len(whole.Items) || whole.Organisations != 19 || whole.Next != "" {
		t.Fatalf("%d of %d, next %q", len(whole.Items), whole.Organisations, whole.Next)
	}
	results := 0
	for _, c := range whole.Counts {
		results += c.Results
	}
	if results != 24 {
		t.Errorf("the counts %+v do not add up to 24", whole.Counts)
	}
	var total money.Fen
	for i, r := range whole.Items {
		total += *r.Amount
		if *r.Base*1/100 != *r.Amount || r.Org.Name == "" || (i > 0 && *r.Amount > *whole.Items[i-1].Amount) {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	if total != whole.Total {
		t.Errorf("the rows add up to %d, the page says %d", total, whole.Total)
	}

	var paged []policy.MeasureResult
	for cursor := ""; ; {
		page := get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches?limit=4&cursor="+url.QueryEscape(cursor))
		paged = append(paged, page.Items...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(paged) != len(whole.Items) {
		t.Fatalf("pages hold %d rows, the whole %d", len(paged), len(whole.Items))
	}
	for i := range paged {
		if paged[i].Org != whole.Items[i].Org {
			t.Errorf("row %d: %s and %s", i, paged[i].Org.Code, whole.Items[i].Org.Code)
		}
	}
	if one := get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches?q="+url.QueryEscape("示例0003")); one.Organisations != 1 {
		t.Errorf("a name found %d", one.Organisations)
	}
	if use := get[policy.Measure](h, office, "/policy/measures/002-6").Usage; use == nil || use.EligibleN != 19 {
		t.Errorf("usage %+v", use)
	}
	refused(t, h.do(office, http.MethodGet, "/policy/measures/002-6/matches?outcome=rich", "", nil), fault.Invalid)
	refused(t, h.do(office, http.MethodGet, "/policy/measures/002-6/matches?cursor=zzz", "", nil), fault.Invalid)
	refused(t, h.do(office, http.MethodGet, "/policy/measures/002-8.2/matches", "", nil), fault.Invalid)
	refused(t, h.do(office, http.MethodGet, "/policy/measures/777/matches", "", nil), fault.NotFound)
}

func TestNewFactsAndCorrectionsAreSeenAtOnce(t *testing.T) {
	h := openGuizhou(t)
	firm := h.firm(1)
	count := func() int {
		return get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches").Organisations
	}
	if n := count(); n != 0 {
		t.Fatalf("%d before anything was bought", n)
	}
	h.buys(firm, "6000000.00")
	if n := count(); n != 1 {
		t.Fatalf("%d after a purchase", n)
	}
	facts, err := h.evidence.Known(t.Context(), firm, "2025-10-22")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(facts, func(f evidence.Fact) bool { return f.Kind == "data.purchased" })
	withdrawn := facts[i]
	withdrawn.ID, withdrawn.Corrects, withdrawn.Quantity = "", facts[i].ID, "0"
	h.append(withdrawn)
	if n := count(); n != 0 {
		t.Fatalf("%d after the purchase was withdrawn", n)
	}
}

// counted counts how often facts are asked for.
type counted struct {
	policy.Facts
	pages, organisations int
}

func (c *counted) List(ctx context.Context, q evidence.Query) ([]evidence.Record, *evidence.Position, error) {
	c.pages++
	return c.Facts.List(ctx, q)
}

func (c *counted) Written(ctx context.Context, after, upTo int64, visit func(evidence.Record) error) error {
	c.pages++
	return c.Facts.Written(ctx, after, upTo, visit)
}

func (c *counted) Known(ctx context.Context, org ident.CreditCode, on clock.Date) ([]evidence.Fact, error) {
	c.organisations++
	return c.Facts.Known(ctx, org, on)
}

// TestTwoThousandOrganisationsTakeNoQueryEach holds what makes the answers fast:
// facts are read in pages, once, and not an organisation at a time. Times are
// logged; a bound on them would only measure how busy the machine is.
func TestTwoThousandOrganisationsTakeNoQueryEach(t *testing.T) {
	h := openGuizhou(t)
	asked := &counted{Facts: h.evidence}
	h.Facts = asked
	const size = 2000
	var facts []evidence.Fact
	for n := range size {
		body := fmt.Sprintf("91520115MADEM%04d", n)
		code := ident.CreditCode(body + string(ident.CreditCheck(body)))
		h.registry.organisations[code] = party.Organisation{Code: code, Kind: "enterprise", Name: fmt.Sprint("示例", n)}
		facts = append(facts,
			evidence.Fact{Kind: "org.registration", Subject: code, Occurred: "2025-01-10", Attestor: evidence.Department, Attributes: map[string]string{"place": "520115", "legal_person": "true"}},
			evidence.Fact{Kind: "org.finance_system", Subject: code, Occurred: "2025-01-10", Attestor: evidence.Auditor, Attributes: map[string]string{"sound": "true"}},
			evidence.Fact{Kind: "org.credit", Subject: code, Occurred: "2025-01-10", Attestor: evidence.Department, Attributes: map[string]string{"good": "true"}},
			evidence.Fact{Kind: "data.purchased", Subject: code, Quantity: fmt.Sprintf("%d.00", 4_900_000+100*n), Occurred: "2025-04-01", Attestor: evidence.Operator,
				Attributes: map[string]string{"exchange": "guiyang", "use": "training", "seller": "贵阳示例数据公司", "related": "false"}})
	}
	for part := range slices.Chunk(facts, 1000) {
		h.append(part...)
	}
	first := time.Now()
	if m := get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches"); m.Organisations != 999 {
		t.Fatalf("%d organisations fit, want 999", m.Organisations)
	}
	loaded := time.Since(first)
	again := time.Now()
	get[policy.MeasureMatches](h, office, "/policy/measures/002-6/matches")
	answered := time.Since(again)
	changed := time.Now()
	post[policy.Simulation](h, office, "/policy/simulations", map[string]any{"measure": "002-6", "set": map[string]string{"rate": "0.015"}})
	simulated := time.Since(changed)
	t.Logf("load and answer %v, answer %v, what-if %v", loaded, answered, simulated)
	if want := 4*size/evidence.MaxList + 1; asked.pages > want || asked.organisations != 0 {
		t.Errorf("%d pages (want at most %d) and %d organisations were asked for", asked.pages, want, asked.organisations)
	}
}

// TestWhatLacksHasAStep: whatever lacks says whose word it is, where to get it
// and what to do here about it, by what stands already.
func TestWhatLacksHasAStep(t *testing.T) {
	h := openGuizhou(t)
	firm := h.firm(1)
	h.append(
		evidence.Fact{Kind: "model.filed", Subject: firm, Object: "m", Occurred: "2025-03-18", Attestor: evidence.Department, Attributes: map[string]string{"kind": "deep_synthesis_algorithm"}},
		evidence.Fact{ID: "own-word", Kind: "cost.model_construction", Subject: firm, Object: "m", Quantity: "1000000.00", Occurred: "2025-04-30", Attestor: evidence.Applicant, Attributes: map[string]string{"place": "520115"}},
	)
	known, err := h.evidence.Known(t.Context(), firm, "2025-10-22")
	if err != nil {
		t.Fatal(err)
	}
	filing := known[slices.IndexFunc(known, func(f evidence.Fact) bool { return f.Kind == "model.filed" })].ID
	found := get[policy.Matches](h, office, "/organisations/"+string(firm)+"/matches")
	if found.Payee {
		t.Error("a payee account stands, and nobody registered one")
	}
	steps := map[string]string{}
	for _, m := range found.Results {
		for _, l := range m.Lacking {
			if l.Text.ZH == "" || l.Where.EN == "" || l.Attestor.ZH == "" || l.Step.Text.ZH == "" || l.Step.Text.EN == "" {
				t.Errorf("%s: %s %s says too little: %+v", m.Key, l.FactKind, l.Attribute, l)
			}
			steps[m.Key+" "+l.FactKind+" "+l.Attribute] = string(l.Step.Action) + " " + l.Step.Link
		}
	}
	for lack, want := range map[string]string{
		"002-2/m model.filed status":       "correct /evidence/facts/" + filing,
		"002-2/m cost.model_construction ": "confirm /evidence/facts/own-word",
		"002-6/ data.purchased ":           "enter /import",
	} {
		if steps[lack] != want {
			t.Errorf("%s: %q, want %q of %v", lack, steps[lack], want, steps)
		}
	}
}
