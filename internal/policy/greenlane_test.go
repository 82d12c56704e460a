package policy_test

import (
	"context"
	"slices"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// A case in the green lane goes ahead in the lists, and every step that the law
// asks for is asked of it as of any other.
func TestTheGreenLaneChangesAnOrderAndNothingElse(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	ctx, org := t.Context(), h.firm(1)
	firm := manager(org)
	h.Books = noBooks{}
	var cases []policy.Application
	for _, model := range []string{"first", "second", "third"} {
		h.trains(org, model, "1000000.00")
		a, err := h.Open(ctx, firm, policy.OpenInput{Org: org, Measure: "002-2", Object: model})
		if err == nil {
			a, err = h.Submit(ctx, firm, a.ID, a.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, a)
		h.now.Advance(day / 24)
	}
	colleague := policy.Actor{Person: "per_two", Name: "同事", Role: "office"}
	a := &cases[2]
	lane := func(by policy.Actor, act policy.LaneAction, change ...func(*policy.LaneInput)) error {
		t.Helper()
		in := policy.LaneInput{ID: a.ID, Version: a.Version, Action: act, Ground: rule.ClauseRef{Document: "003", Path: "四/16"}, Reason: "招商引资重点项目。"}
		for _, c := range change {
			c(&in)
		}
		next, err := h.TakeLane(ctx, by, in)
		if err == nil {
			*a = next
		}
		return err
	}
	waiting := func(by policy.Actor) []string {
		t.Helper()
		today, err := h.Today(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		var objects []string
		for _, w := range today.Waiting {
			objects = append(objects, w.Object)
		}
		return objects
	}
	before := *a
	for name, c := range map[string]struct {
		by     policy.Actor
		act    policy.LaneAction
		change func(*policy.LaneInput)
		code   fault.Code
	}{
		"no reason":               {officer, policy.LaneMark, func(in *policy.LaneInput) { in.Reason = " " }, fault.Invalid},
		"no clause":               {officer, policy.LaneMark, func(in *policy.LaneInput) { in.Ground.Path = "四/99" }, fault.Invalid},
		"no document":             {officer, policy.LaneMark, func(in *policy.LaneInput) { in.Ground.Document = "999" }, fault.Invalid},
		"an unknown step":         {officer, "wave", func(*policy.LaneInput) {}, fault.Invalid},
		"confirmed before marked": {colleague, policy.LaneConfirm, func(*policy.LaneInput) {}, fault.Conflict},
		"marked by finance":       {second, policy.LaneMark, func(*policy.LaneInput) {}, fault.Forbidden},
		"an old revision":         {officer, policy.LaneMark, func(in *policy.LaneInput) { in.Version-- }, fault.Conflict},
	} {
		if err := lane(c.by, c.act, c.change); !fault.Is(err, c.code) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if err := lane(officer, policy.LaneMark); err != nil {
		t.Fatal(err)
	}
	if got := waiting(officer); !slices.Equal(got, []string{"first", "second", "third"}) {
		t.Fatalf("one person alone moved it: %v", got)
	}
	if err := lane(officer, policy.LaneConfirm); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("confirming one's own mark gave %v", err)
	}
	if err := lane(second, policy.LaneConfirm); err != nil {
		t.Fatal(err)
	}
	if got := waiting(officer); !slices.Equal(got, []string{"third", "first", "second"}) {
		t.Fatalf("the order is %v", got)
	}
	// Its state, amount, promise and what may be done are as before.
	after := *a
	after.Lane, after.Version, after.Updated = before.Lane, before.Version, before.Updated
	if after.State != before.State || after.Amount != before.Amount || after.Hash != before.Hash || after.Promise != before.Promise || after.Submitted != before.Submitted {
		t.Fatalf("the lane changed the case: %+v, was %+v", after, before)
	}
	if _, err := h.Countersign(ctx, second, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "快办"}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a green case was countersigned before its decision: %v", err)
	}
	shown, err := h.Case(ctx, officer, a.ID)
	if err != nil || shown.Lane != policy.GreenLane || len(shown.LaneSteps) != 2 || shown.LaneSteps[0].Ground.Label.ZH == "" || shown.LaneSteps[1].Reason == "" {
		t.Fatalf("the case shows %+v, %v", shown.LaneSteps, err)
	}
	if err := lane(officer, policy.LaneLift, func(in *policy.LaneInput) { in.Reason = "项目已撤。" }); err != nil {
		t.Fatal(err)
	}
	if got := waiting(officer); !slices.Equal(got, []string{"first", "second", "third"}) {
		t.Fatalf("lifted, the order is %v", got)
	}
	uses, err := h.Store.Lanes(ctx, "", 10)
	if err != nil || len(uses) != 3 || uses[0].Action != policy.LaneLift || uses[2].Action != policy.LaneMark {
		t.Fatalf("the uses are %+v, %v", uses, err)
	}
}

// noBooks is a ledger without budgets.
type noBooks struct{}

func (noBooks) Budgets(context.Context, int) ([]ledger.Budget, error) { return nil, nil }
