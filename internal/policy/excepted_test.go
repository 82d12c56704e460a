package policy_test

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper/papertest"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/exception"
	exceptionsql "github.com/qianmo/qianmo/internal/policy/exception/sqlstore"
)

// head is the second person of the office.
var head = policy.Actor{Person: "per_head", Name: "负责人", Role: "office"}

// papers keeps one paper and tells nobody of an exception.
type papers struct{}

func (papers) Keep(context.Context, string, io.Reader) (exception.Paper, error) {
	return exception.Paper{}, nil
}
func (papers) Open(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("")), nil
}
func (papers) Tell(context.Context, exception.Told) error { return nil }

// openExceptions puts the real room of exceptions beside a hall's cases.
func (h *hall) openExceptions() *exception.Service {
	s := &exception.Service{Store: exceptionsql.New(h.db, h.now), Registry: h.registry, Facts: h.evidence, Cases: h.Service, Files: papers{}, Messages: papers{},
		Pack: h.Pack, Clock: h.now, IDs: new(ident.Sequence)}
	h.Exceptions = s
	return s
}

// excepts has an officer propose, and both seats approve.
func (h *hall) excepts(t *testing.T, room *exception.Service, in exception.ProposeInput) exception.Exception {
	t.Helper()
	in.Kind, in.Reason, in.Papers = exception.MajorProject, "省级重大项目。", []exception.Paper{{Name: "纪要.pdf", SHA256: "aa"}}
	x, err := room.Propose(t.Context(), officer, in)
	for _, by := range []policy.Actor{head, second} {
		if err == nil {
			x, err = room.Judge(t.Context(), by, exception.JudgeInput{ID: x.ID, Version: x.Version, Verdict: exception.Approve, Reason: "同意。"})
		}
	}
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
	return x
}

func (h *hall) the(t *testing.T, id string) policy.Application {
	t.Helper()
	a, err := h.Store.Application(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pays confirms, approves, countersigns and pays an exception's case.
func (h *hall) pays(t *testing.T, books *treasury, id string) policy.Application {
	t.Helper()
	ctx, a := t.Context(), h.the(t, id)
	a, err := h.Confirm(ctx, manager(a.Org), id, a.Version)
	if err == nil {
		a, err = h.Approve(ctx, head, policy.DecisionInput{ID: id, Version: a.Version, Opinion: "照议定。", Hash: a.Hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	h.answer(t, books, true)
	a = h.the(t, id)
	if _, err := h.Countersign(ctx, second, policy.DecisionInput{ID: id, Version: a.Version, Opinion: "复核无误。"}); err != nil {
		t.Fatal(err)
	}
	h.answer(t, books, true)
	return h.the(t, id)
}

// TestAnExceptionIsPaidLikeAnyOther: past the cap of 002-2, through hold,
// countersignature and both halves, and the matter is never paid again.
func TestAnExceptionIsPaidLikeAnyOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, books := openCounter(t, d, guizhou(t))
		room, ctx, org := h.openExceptions(), t.Context(), h.firm(1)
		h.trains(org, "m", "100000000.00") // the formula caps at five million
		x := h.excepts(t, room, exception.ProposeInput{Org: org, Measure: "002-2", Departure: exception.OtherAmount, Matter: "m", Amount: 800_000_001})
		a := h.the(t, x.Application)
		if a.State != policy.Offered || a.Exception != x.ID || a.Measure != "002-2" || a.WaitsFor() != "organisation" {
			t.Fatalf("opened %+v", a)
		}
		confirmed, err := h.Confirm(ctx, manager(org), a.ID, a.Version)
		if err != nil || confirmed.Amount != 800_000_001 || confirmed.City != 400_000_000 || confirmed.District != 400_000_001 || confirmed.Purse != "520115" {
			t.Fatalf("confirmed %+v, %v", confirmed, err)
		}
		in := policy.DecisionInput{ID: a.ID, Version: confirmed.Version, Opinion: "同意。", Hash: confirmed.Hash}
		if _, err := h.Approve(ctx, officer, in); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("its proposer decided: %v", err)
		}
		shown, err := h.Case(ctx, officer, a.ID)
		if err != nil || shown.Stale || shown.Excepted == nil || shown.Excepted.Number != x.Number || len(shown.Excepted.Approvers) != 2 || slices.Contains(shown.Allowed, policy.ActionApprove) {
			t.Fatalf("the case page shows %+v, %v", shown, err)
		}
		if approved, err := h.Approve(ctx, head, in); err != nil || approved.State != policy.Approved {
			t.Fatalf("decided: %v", err)
		}
		h.answer(t, books, true)
		held := h.the(t, a.ID)
		consent := policy.DecisionInput{ID: a.ID, Version: held.Version, Opinion: "复核。"}
		for _, by := range []policy.Actor{head, {Person: officer.Person, Role: "finance"}} {
			if _, err := h.Countersign(ctx, by, consent); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s countersigned: %v", by.Person, err)
			}
		}
		if _, err := h.Countersign(ctx, second, consent); err != nil {
			t.Fatal(err)
		}
		h.answer(t, books, true)
		if paid := h.the(t, a.ID); paid.State != policy.Paid || paid.CityPaid == "" || paid.DistrictPaid == "" {
			t.Fatalf("it ends %s", paid.State)
		}
		if facts := h.amounts(t, org); facts["support.paid"] != 800_000_001 || facts["support.decided"] != 800_000_001 || facts["support.excepted"] != 800_000_001 {
			t.Errorf("the facts say %v", facts)
		}
		if stands, err := h.Standings(ctx, []string{a.ID}); err != nil || stands[a.ID].Paid != 800_000_001 {
			t.Errorf("it stands at %+v, %v", stands, err)
		}

		// Its letter says who approved it besides the formula, and why.
		h.Files = shelf{}
		paid := h.the(t, a.ID)
		if paid, err = h.IssueLetter(ctx, head, a.ID, paid.Version); err != nil {
			t.Fatal(err)
		}
		issued, err := h.Store.Letters(ctx, a.ID)
		if err != nil || len(issued) != 1 {
			t.Fatal(issued, err)
		}
		_, file, err := h.OpenLetter(ctx, manager(org), paid.ID, issued[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		printed, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(strings.Join(papertest.Read(t, printed).Pages, ""), "\n", "")
		for _, part := range []string{"一事一议支持决定书", x.Number, "重大项目；不按措施的公式，另定金额", "省级重大项目。", head.Name + "，2025年10月22日同意", second.Name + "，2025年10月22日同意", "8,000,000.01"} {
			if !strings.Contains(text, part) {
				t.Errorf("the letter does not say %q:\n%s", part, text)
			}
		}

		later := h.submitted(t, org, "002-2", "m")
		if later.Amount != 0 {
			t.Errorf("the formula pays the matter again: %d", later.Amount)
		}
		if _, err := h.Approve(ctx, head, policy.DecisionInput{ID: later.ID, Version: later.Version, Opinion: "同意。"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a matter that was paid by exception is approved again: %v", err)
		}
		if changes, _, err := h.Corrected(ctx, 0); err != nil || len(changes) != 0 {
			t.Errorf("corrections reach what no fact settled: %v, %v", changes, err)
		}
	})
}

// TestAnExceptionToppedUp: what the matter was paid by formula comes off.
func TestAnExceptionToppedUp(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	room, ctx, org := h.openExceptions(), t.Context(), h.firm(1)
	h.trains(org, "m", "100000000.00")
	a := h.submitted(t, org, "002-2", "m")
	if _, err := h.Approve(ctx, officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "同意。"}); err != nil {
		t.Fatal(err)
	}
	h.answer(t, books, true)
	x := h.excepts(t, room, exception.ProposeInput{Org: org, Measure: "002-2", Departure: exception.OtherAmount, Matter: "m", Amount: 800_000_000})
	offered := h.the(t, x.Application)
	confirmed, err := h.Confirm(ctx, manager(org), offered.ID, offered.Version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Approve(ctx, head, policy.DecisionInput{ID: confirmed.ID, Version: confirmed.Version, Opinion: "同意。"}); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), a.Number) {
		t.Fatalf("approved while other money for the matter is promised: %v", err)
	}
	held := h.the(t, a.ID)
	if _, err := h.Countersign(ctx, second, policy.DecisionInput{ID: a.ID, Version: held.Version, Opinion: "复核。"}); err != nil {
		t.Fatal(err)
	}
	h.answer(t, books, true)
	if _, err := h.Approve(ctx, head, policy.DecisionInput{ID: confirmed.ID, Version: confirmed.Version, Opinion: "同意。"}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("approved on a result from before the payment: %v", err)
	}
	fresh, err := h.Recompute(ctx, head, confirmed.ID, confirmed.Version)
	if err != nil || fresh.Amount != 300_000_000 {
		t.Fatalf("comes to %d, %v", fresh.Amount, err)
	}
	if _, err := h.Approve(ctx, head, policy.DecisionInput{ID: fresh.ID, Version: fresh.Version, Opinion: "同意。"}); err != nil {
		t.Fatal(err)
	}
}

// TestWhatNoMeasureCovers is paid out of the exceptions' own budget.
func TestWhatNoMeasureCovers(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	room, org := h.openExceptions(), h.firm(1)
	x := h.excepts(t, room, exception.ProposeInput{Org: org, Departure: exception.NoMeasure, Matter: "总部落户", Amount: 500_000_000})
	a := h.the(t, x.Application)
	if a.Measure != "002-8.4" {
		t.Fatalf("it is under %s", a.Measure)
	}
	if a = h.pays(t, books, a.ID); a.State != policy.Paid || a.City != 250_000_000 {
		t.Fatalf("it ends %s with %d of the city", a.State, a.City)
	}
}

// TestNothingIsPaidOnAnythingLess: a case that names an exception which was not
// approved, or another one's, goes nowhere, however it came to be.
func TestNothingIsPaidOnAnythingLess(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	room, ctx, org := h.openExceptions(), t.Context(), h.firm(1)
	open, err := room.Propose(ctx, officer, exception.ProposeInput{Org: org, Kind: exception.KeyEnterprise, Measure: "002-2", Departure: exception.WaivedCondition, Matter: "m", Amount: 1_000_000,
		Reason: "重点企业。", Papers: []exception.Paper{{Name: "x", SHA256: "aa"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.OpenExcepted(ctx, officer, open); !fault.Is(err, fault.Conflict) {
		t.Errorf("the case of a proposal was opened: %v", err)
	}
	granted := h.excepts(t, room, exception.ProposeInput{Org: org, Measure: "002-2", Departure: exception.OtherAmount, Matter: "n", Amount: 1_000_000})
	h.excepts(t, room, exception.ProposeInput{Org: org, Measure: "002-2", Departure: exception.OtherAmount, Matter: "o", Amount: 1_000_000})
	for name, forged := range map[string]string{"a proposal": open.ID, "somebody else's": granted.ID, "nothing": "exception_nobody"} {
		a := policy.Application{ID: "forged-" + forged, Number: "QM-F-" + forged, Org: org, Measure: "002-2", Object: "p", Guide: 2025, State: policy.Submitted, Version: 1, Exception: forged,
			Amount: 1_000_000, City: 500_000, District: 500_000, Purse: "520115", Submitted: "2025-10-22", Years: call.Years{Budget: 2025}, Channel: call.Direct}
		if forged == granted.ID {
			a = h.the(t, granted.Application) // the right case, on another matter's exception
			a.Object = "other"
			a.State = policy.Submitted
			if err := h.Store.UpdateApplication(ctx, &a, nil); err != nil {
				t.Fatal(err)
			}
		} else if err := h.Store.InsertApplication(ctx, a); err != nil {
			t.Fatal(err)
		}
		_, err := h.Approve(ctx, head, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "同意。"})
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.CheckFailed) && !fault.Is(err, fault.NotFound) {
			t.Errorf("approved on %s: %v", name, err)
		}
	}
}

// TestAnExceptionTakesFromTheBudgetAndStandsOnTheNotice: seven firms at their cap
// share what an exception leaves, and the notice marks it.
func TestAnExceptionTakesFromTheBudgetAndStandsOnTheNotice(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	room, ctx := h.openExceptions(), t.Context()
	c := h.published(func(t *call.Terms) { t.Offers[0].Evidence, t.Notice = nil, 5 })
	for n := range 7 {
		org := h.firm(n + 1)
		h.buys(org, "60000000.00")
		h.accepted(t, org, "002-6", "")
	}
	special := h.firm(8)
	x := h.excepts(t, room, exception.ProposeInput{Org: special, Measure: "002-6", Departure: exception.WaivedCondition, Matter: "行业语料", Call: c.ID, Amount: 60_000_000})
	h.on("2025-11-10")
	run := h.allotted(t, c.ID)
	var result allocation.Result
	if err := json.Unmarshal(run.Result, &result); err != nil {
		t.Fatal(err)
	}
	if result.Total != 240_000_000 || len(result.Exceptions) != 1 || result.Exceptions[0].ID != x.Number || result.Exceptions[0].Amount != 60_000_000 || len(result.Exceptions[0].Approvers) != 2 {
		t.Fatalf("%d for the ranked, exceptions %+v", result.Total, result.Exceptions)
	}
	a := h.the(t, x.Application)
	if a.Call != c.ID || !a.ByProposal {
		t.Fatalf("its terms are %+v", a)
	}
	a, err := h.Confirm(ctx, manager(special), a.ID, a.Version)
	if err == nil {
		a, err = h.Accept(ctx, officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "受理。"})
	}
	if err != nil {
		t.Fatal(err)
	}
	propose := policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "拟支持。"}
	if _, err := h.Propose(ctx, officer, propose); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who proposed the exception proposes its award: %v", err)
	}
	if a, err = h.Propose(ctx, head, propose); err != nil || a.Amount != 60_000_000 {
		t.Fatal(err)
	}
	decide := policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "同意。"}
	if _, err := h.Approve(ctx, head, decide); !fault.Is(err, fault.Conflict) {
		t.Errorf("decided before its notice: %v", err)
	}
	n, err := h.notices.DraftCall(httpapi.WithPrincipal(ctx, httpapi.Principal{PersonID: "per_office"}), i18n.Text{ZH: "公示", EN: "Notice"}, c.ID, 5)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := h.notices.Store.Rows(ctx, n.ID, 0, 20)
	if err != nil || len(rows) != 8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, r := range rows {
		if marked := r.Exception == x.Number; marked != (r.Org == special) {
			t.Errorf("row of %s says %q", r.Org, r.Exception)
		}
	}
	if n, err = h.notices.Publish(httpapi.WithPrincipal(ctx, httpapi.Principal{PersonID: "per_head"}), n.ID, n.Version); err != nil {
		t.Fatal(err)
	}
	h.on(n.Ends.AddDays(1))
	if _, err := h.Approve(ctx, head, decide); err != nil {
		t.Errorf("after the notice: %v", err)
	}
}

// amounts adds up an organisation's facts by kind.
func (h *hall) amounts(t *testing.T, org ident.CreditCode) map[string]money.Fen {
	t.Helper()
	facts, err := h.evidence.Known(t.Context(), org, h.now.Today())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]money.Fen{}
	for _, f := range facts {
		if f.Unit == evidence.UnitCNY {
			fen, err := f.Fen()
			if err != nil {
				t.Fatal(err)
			}
			out[f.Kind] += fen
		}
	}
	return out
}
