package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// TestACaseKeepsItsYear: a case of 2024, recomputed and approved when the
// guide of 2025 with another rate is in force, comes to what it came to and is
// paid from 2024's money; under the guide of 2025 it is assessed only when
// somebody asks for that guide by name (P015, document 002 clause 8(6)).
func TestACaseKeepsItsYear(t *testing.T) {
	pack := guizhou(t)
	for i := range pack.Guides {
		if g := &pack.Guides[i]; g.Year == 2025 {
			g.Set = append(g.Set, rule.Override{Measure: "002-2", Path: "rate", Value: "0.2"})
		}
	}
	h, books := openCounter(t, dbtest.SQLite(t), pack)
	org := h.firm(1)
	said := func(kind string, by evidence.Attestor, object, quantity string, a map[string]string) evidence.Fact {
		return evidence.Fact{Kind: kind, Subject: org, Object: object, Quantity: quantity, Occurred: "2024-06-10", Attestor: by, Attributes: a}
	}
	h.append(
		said("org.registration", evidence.Department, "", "", map[string]string{"place": "520115", "legal_person": "true"}),
		said("org.finance_system", evidence.Auditor, "", "", map[string]string{"sound": "true"}),
		said("org.credit", evidence.Department, "", "", map[string]string{"good": "true"}),
		said("model.filed", evidence.Department, "m", "", map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed"}),
		said("cost.model_construction", evidence.Auditor, "m", "1000000.00", map[string]string{"place": "520115"}),
	)
	h.now.Advance(time.Date(2024, 12, 20, 9, 0, 0, 0, clock.Shanghai).Sub(h.now.Now()))
	a := h.submitted(t, org, "002-2", "m")
	if a.Guide != 2024 || a.Amount != 30_000_000 {
		t.Fatalf("submitted under guide %d with %d fen", a.Guide, a.Amount)
	}
	h.now.Advance(time.Date(2025, 3, 1, 9, 0, 0, 0, clock.Shanghai).Sub(h.now.Now()))
	if err := h.act(t, a.ID, "recompute"); err != nil {
		t.Fatal(err)
	}
	c, err := h.Case(t.Context(), officer, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.Stale || c.Guide != 2024 || *c.Amount != a.Amount || c.Digest != a.Hash {
		t.Fatalf("a year later: stale %t, guide %d, %d fen", c.Stale, c.Guide, *c.Amount)
	}
	if err := h.act(t, a.ID, "approve"); err != nil {
		t.Fatal(err)
	}
	for _, transfer := range books.wanted[0].Transfers {
		if !strings.Contains(transfer.From+transfer.To, "/2024") {
			t.Errorf("the money is not 2024's: %+v", transfer)
		}
	}
	known, err := h.evidence.Known(t.Context(), org, "2024-12-20")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := pack.Assess(rule.Input{Subject: evidence.Subject{Code: org, Kind: evidence.Enterprise}, Facts: known, On: "2024-12-20", Guide: 2025, Measures: []string{"002-2"}})
	if err != nil || *asked[0].Amount != 20_000_000 {
		t.Fatalf("asked for the guide of 2025: %+v, %v", asked, err)
	}
	guides, err := h.Guides()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range guides {
		if g.Issuer.ZH == "" || g.Issued == "" {
			t.Errorf("nobody issued guide %d", g.Year)
		}
		for _, r := range g.Rulings {
			if r.By.ZH == "" || r.By.EN == "" || r.On == "" {
				t.Errorf("guide %d: %s has no author", g.Year, r.Question)
			}
		}
	}
}

// TestAnotherFilingOpensNoApplication: a filing of another kind does not stand
// for that of a deep-synthesis algorithm (P004, A15).
func TestAnotherFilingOpensNoApplication(t *testing.T) {
	for kind, opens := range map[string]bool{"deep_synthesis_algorithm": true, "generative_ai_service": false, "registration": false} {
		t.Run(kind, func(t *testing.T) {
			h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
			org := h.firm(1)
			h.append(
				evidence.Fact{Kind: "model.filed", Subject: org, Object: "m", Occurred: "2025-03-18", Attestor: evidence.Department, Attributes: map[string]string{"kind": kind, "status": "passed", "number": "N-1"}},
				evidence.Fact{Kind: "cost.model_construction", Subject: org, Object: "m", Quantity: "16666667.03", Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"}},
			)
			_, err := h.Open(t.Context(), policy.Actor{Person: "per_firm", Role: "org_manager", Org: org}, policy.OpenInput{Org: org, Measure: "002-2", Object: "m"})
			if opens != (err == nil) {
				t.Fatalf("opening gave %v", err)
			}
			if err != nil && (!fault.Is(err, fault.Conflict) || !strings.Contains(fault.From(err).Message.ZH, "备案类别")) {
				t.Errorf("it does not say that the filing is of another kind: %v", err)
			}
		})
	}
}
