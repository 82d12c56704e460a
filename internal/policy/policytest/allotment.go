package policytest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
)

// allotments checks that the store keeps what a call is allocated from and to.
func allotments(t *testing.T, s policy.Store) {
	ctx := context.Background()

	t.Run("a call's applications page by id, and count by state", func(t *testing.T) {
		for i, measure := range []string{"002-3", "002-3", "002-5"} {
			a := sample(fmt.Sprintf("call%d", i), fmt.Sprintf("model-call%d", i))
			a.Call, a.Measure, a.State = "call_9", measure, policy.Accepted
			must(t, s.InsertApplication(ctx, a))
		}
		ids := func(measure, after string, limit int) (ids []string) {
			list, err := s.OfCall(ctx, "call_9", measure, after, limit)
			must(t, err)
			for _, a := range list {
				ids = append(ids, a.ID)
			}
			return ids
		}
		for _, check := range []struct{ got, want []string }{
			{ids("", "", 10), []string{"call0", "call1", "call2"}},
			{ids("002-3", "", 10), []string{"call0", "call1"}},
			{ids("", "call0", 1), []string{"call1"}},
			{ids("", "call2", 10), nil},
		} {
			if diff := cmp.Diff(check.want, check.got); diff != "" {
				t.Error(diff)
			}
		}
		counts, err := s.CountByState(ctx, "", "call_9")
		must(t, err)
		if len(counts) != 1 || counts[policy.Accepted] != 3 {
			t.Errorf("counts %v", counts)
		}
	})

	t.Run("the numbers of a call's applications", func(t *testing.T) {
		for i, call := range []string{"call_n", "call_n", "call_m"} {
			a := sample(fmt.Sprint("numbered", i), fmt.Sprint("model-n", i))
			a.Call = call
			must(t, s.InsertApplication(ctx, a))
		}
		first, err := s.Application(ctx, "numbered0")
		must(t, err)
		numbers, err := s.Numbers(ctx, "call_n")
		must(t, err)
		if len(numbers) != 2 || numbers["numbered0"] != first.Number || first.Number == "" {
			t.Fatalf("got %v", numbers)
		}
	})

	t.Run("what was carried over is counted against the year that pays it", func(t *testing.T) {
		for i, change := range []func(*policy.Application){
			func(a *policy.Application) { a.Carried, a.Years.Budget = 100, 2025 },                            // out of 2026's
			func(a *policy.Application) { a.Amount, a.CarriedIn, a.Years.Budget = 1000, true, 2026 },         // the same, taken up
			func(a *policy.Application) { a.Amount, a.Years.Budget = 5, 2026 },                               // 2026's own
			func(a *policy.Application) { a.Carried, a.Years.Budget, a.State = 7, 2025, policy.Refused },     // nothing any more
			func(a *policy.Application) { a.Carried, a.Years.Budget, a.Call = 11, 2025, "call_carry_other" }, // another call's
		} {
			a := sample(fmt.Sprintf("carry%d", i), fmt.Sprintf("model-carry%d", i))
			a.Measure, a.Call, a.State = "002-9", "call_carry", policy.Paid
			change(&a)
			must(t, s.InsertApplication(ctx, a))
		}
		for except, want := range map[string]money.Fen{"": 1111, "call_carry": 11, "call_carry_other": 1100} {
			if got, err := s.CarriedInto(ctx, "002-9", 2026, except); err != nil || got != want {
				t.Errorf("but for %q: %d, %v, want %d", except, got, err, want)
			}
		}
		if got, err := s.CarriedInto(ctx, "002-9", 2025, ""); err != nil || got != 0 {
			t.Errorf("into 2025: %d, %v", got, err)
		}
	})

	t.Run("an exception's case stands beside the formula's, once", func(t *testing.T) {
		must(t, s.InsertApplication(ctx, sample("plain", "model-x")))
		a := sample("excepted", "model-x")
		a.Exception = "x1"
		must(t, s.InsertApplication(ctx, a))
		got, err := s.Application(ctx, "excepted")
		must(t, err)
		if got.Exception != "x1" {
			t.Fatalf("got %q", got.Exception)
		}
		again := sample("excepted-again", "model-y")
		again.Exception = "x1"
		if err := s.InsertApplication(ctx, again); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second case of one exception gave %v", err)
		}
		for _, check := range []struct {
			measure string
			year    int
			want    int
		}{{"002-2", 2026, 1}, {"002-2", 2025, 0}, {"002-3", 2026, 0}} {
			list, err := s.Excepted(ctx, check.measure, check.year)
			must(t, err)
			if len(list) != check.want {
				t.Errorf("%s of %d: %d, want %d", check.measure, check.year, len(list), check.want)
			}
		}
		got.State = policy.Refused
		must(t, s.UpdateApplication(ctx, &got, nil))
		if list, err := s.Excepted(ctx, "002-2", 2026); err != nil || len(list) != 0 {
			t.Errorf("what was refused is still listed: %v, %v", list, err)
		}
		plain, err := s.Application(ctx, "plain")
		must(t, err)
		plain.State = policy.Withdrawn
		must(t, s.UpdateApplication(ctx, &plain, nil))
	})

	t.Run("an allocation is kept as bytes and settled once", func(t *testing.T) {
		run := policy.Allotment{ID: "run1", Number: "FP-2025-001", Call: "call_1", State: policy.Computed, Version: 1, InputHash: "aa", ResultHash: "bb",
			Snapshot: []byte(`{"calls":[]}`), Result: []byte(`{"awards":[]}`), By: "per_1", ByName: "甲", At: time.UnixMicro(1_760_000_000_000_000)}
		must(t, s.InsertAllotment(ctx, run))
		got, err := s.Allotment(ctx, "run1")
		must(t, err)
		if diff := cmp.Diff(run, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		partytest.Waits(t, s.Backlog, policy.TodoSettle, party.Actor{Person: "per_2"}, 1, "2025-10-09")
		partytest.Waits(t, s.Backlog, policy.TodoSettle, party.Actor{Person: "per_1"}, 0, "")
		head, err := s.AllotmentHead(ctx, "run1")
		must(t, err)
		run.Snapshot, run.Result = nil, nil
		if diff := cmp.Diff(run, head, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		run.Snapshot, run.Result = got.Snapshot, got.Result
		must(t, s.ReplaceAllotments(ctx, "call_other"))
		must(t, s.ReplaceAllotments(ctx, "call_1"))
		got.State, got.SettledBy = policy.SettledRun, "per_2"
		if err := s.UpdateAllotment(ctx, &got); !fault.Is(err, fault.Conflict) {
			t.Fatalf("settling what was replaced meanwhile gave %v", err)
		}
		next := run
		next.ID, next.Number = "run2", "FP-2025-002"
		must(t, s.InsertAllotment(ctx, next))
		next.State, next.SettledBy, next.SettledByName, next.Settled = policy.SettledRun, "per_2", "乙", run.At
		must(t, s.UpdateAllotment(ctx, &next))
		must(t, s.ReplaceAllotments(ctx, "call_1")) // what is settled stays
		list, err := s.Allotments(ctx, "call_1")
		must(t, err)
		if len(list) != 2 || list[0].ID != "run2" || list[0].State != policy.SettledRun || list[1].State != policy.Overwritten || len(list[0].Result) != 0 {
			t.Fatalf("got %+v", list)
		}
		if _, err := s.Allotment(ctx, "nobody"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("an unknown id gave %v", err)
		}
		if _, err := s.AllotmentHead(ctx, "nobody"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("the head of an unknown id gave %v", err)
		}
	})
}
