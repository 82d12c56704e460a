package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/form"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// A firm of which nothing but its registration is known states its model's cost
// and filing: its word becomes facts that are shown and do not count, is
// corrected after a return, and gives way once an auditor speaks.
func TestAnOrganisationStatesWhatNobodyVouchesFor(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	h.Files = drawer{}
	ctx, org := t.Context(), h.firm(1)
	firm := manager(org)
	c := h.published(models)

	if _, err := h.Open(ctx, firm, policy.OpenInput{Org: org, Measure: "002-2"}); !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != "object" {
		t.Fatalf("opened for no model: %v", err)
	}
	blank, err := h.CallForm(ctx, firm, c.ID, "002-2", "青砚")
	if err != nil || blank.Schema.Properties["declared"].Properties["cost.model_construction"] == nil || blank.Schema.Properties["declared"].Properties["org.credit"] != nil || len(blank.Known) != 3 {
		t.Fatalf("before it is opened: %+v, %v", blank, err)
	}
	if all, err := h.CallForm(ctx, officer, c.ID, "002-2", ""); err != nil || all.Schema.Properties["declared"].Properties["org.credit"] == nil || len(all.Known) != 0 {
		t.Fatalf("an office sees %+v, %v", all, err)
	}
	if _, err := h.CallForm(ctx, firm, c.ID, "002-6", ""); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a measure that the call does not take gave %v", err)
	}

	a, err := h.Open(ctx, firm, policy.OpenInput{Org: org, Measure: "002-2", Object: "青砚"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Attach(ctx, firm, a.ID, "contract", "c.pdf", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	edit := func(version int64, answers form.Answers) error {
		b, err := h.Edit(ctx, firm, policy.EditInput{ID: a.ID, Version: version, Declared: answers})
		if err == nil {
			a = b
		}
		return err
	}
	cost := func(fen string) form.Answers {
		return form.Answers{"cost.model_construction": {{"quantity": fen, "occurred": "2025-04-30", "place": "520115"}}}
	}
	if a, err = h.Store.Application(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	read := a.Version
	if err := edit(read, form.Answers{"cost.model_construction": {{"quantity": "many"}}}); err != nil {
		t.Fatalf("an unfinished draft is refused: %v", err)
	}
	if err := edit(read, cost("1000000")); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a second window that was overtaken gave %v", err)
	}
	if err := edit(a.Version, form.Answers{"data.purchased": {{}}}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("what the measure does not read gave %v", err)
	}
	if _, err := h.Submit(ctx, firm, a.ID, a.Version); !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != "declared.cost.model_construction[0].occurred" {
		t.Fatalf("an unfinished one was handed in: %v", err)
	}
	if mine, err := h.Declared(ctx, a); err != nil || len(mine) != 0 {
		t.Fatalf("a refused submission recorded %v, %v", mine, err)
	}
	drawn, err := h.Form(ctx, firm, a.ID)
	if err != nil || len(drawn.Faults) != 3 || drawn.Declared["cost.model_construction"][0]["quantity"] != "many" {
		t.Fatalf("the draft shows %+v, %v", drawn, err)
	}
	if i := slices.IndexFunc(drawn.Lacking, func(l policy.Lack) bool { return l.FactKind == "cost.model_construction" }); i < 0 || drawn.Lacking[i].Step.Link != "#cost.model_construction" {
		t.Fatalf("what lacks: %+v", drawn.Lacking)
	}

	submit := func(answers form.Answers) {
		t.Helper()
		if err := edit(a.Version, answers); err != nil {
			t.Fatal(err)
		}
		if a, err = h.Submit(ctx, firm, a.ID, a.Version); err != nil {
			t.Fatal(err)
		}
	}
	submit(cost("100000000"))
	said, err := h.Declared(ctx, a)
	if err != nil || len(said) != 1 || said[0].Quantity != "1000000.00" || said[0].Attestor != evidence.Applicant || said[0].Object != "青砚" {
		t.Fatalf("recorded %+v, %v", said, err)
	}
	seen, err := h.Form(ctx, officer, a.ID)
	if err != nil || len(seen.Stated) != 1 || seen.Stated[0].Fact.ID != said[0].ID {
		t.Fatalf("the office sees %+v, %v", seen.Stated, err)
	}
	found, err := h.Case(ctx, officer, a.ID)
	if err != nil || found.Assessment.Outcome != rule.Lacking || *found.Amount != 0 {
		t.Fatalf("its own word counts: %+v, %v", found.Assessment, err)
	}

	// Returned, it states another sum: the new fact names the old one, which stays.
	if a, err = h.Return(ctx, officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "请按审计口径填报。"}); err != nil {
		t.Fatal(err)
	}
	submit(cost("90000000"))
	again, err := h.Declared(ctx, a)
	if err != nil || len(again) != 1 || again[0].Corrects != said[0].ID {
		t.Fatalf("corrected to %+v, %v", again, err)
	}
	if old, err := h.evidence.Get(ctx, said[0].ID); err != nil || old.CorrectedBy != again[0].ID {
		t.Fatalf("the first word reads back as %+v, %v", old, err)
	}

	// An auditor speaks: theirs holds, the difference is shown, nothing is asked again.
	h.trains(org, "青砚", "800000.00")
	seen, err = h.Form(ctx, officer, a.ID)
	if err != nil || len(seen.Conflicts) != 1 || seen.Conflicts[0].Declared[0].Value != "90000000" || seen.Conflicts[0].Vouched[0].Value != "80000000" || len(seen.Schema.Properties["declared"].Properties) != 0 {
		t.Fatalf("conflicts %+v, %v", seen.Conflicts, err)
	}
	if a, err = h.Recompute(ctx, officer, a.ID, a.Version); err != nil || a.Amount != 24_000_000 {
		t.Fatalf("30%% of what the auditor says is %s, %v", a.Amount, err)
	}
	if _, err := h.Form(ctx, manager(h.firm(2)), a.ID); !fault.Is(err, fault.NotFound) {
		t.Fatalf("another firm's form gave %v", err)
	}
}
