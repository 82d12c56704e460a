package policytest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/award"
	"github.com/qianmo/qianmo/internal/policy/letter"
)

// decisions checks that the store keeps what was decided: standing decisions, letters, awards and their sums.
func decisions(t *testing.T, s policy.Store) {
	ctx := context.Background()

	t.Run("standing decisions page with their frozen result", func(t *testing.T) {
		for i, state := range policy.States() {
			a := sample(fmt.Sprintf("dec%d", i), fmt.Sprintf("model-dec%d", i))
			must(t, s.InsertApplication(ctx, a))
			a.State = state
			must(t, s.UpdateApplication(ctx, &a, json.RawMessage(fmt.Sprintf(`{"n":%d}`, i))))
		}
		var found []string
		for after := ""; ; {
			page, err := s.Decided(ctx, after, 3)
			must(t, err)
			for _, d := range page {
				found = append(found, string(d.State)+string(d.Assessment))
				after = d.ID
			}
			if len(page) < 3 {
				break
			}
		}
		if diff := cmp.Diff([]string{`approved{"n":6}`, `held{"n":7}`, `paying{"n":8}`, `paid{"n":9}`}, found); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("letters read back in their order, and a number is given once", func(t *testing.T) {
		first := policy.IssuedLetter{ID: "let_1", Number: "QM-1-决1", Decision: letter.Partial, Round: 2, Decided: "2025-10-21", SHA256: "ab", Size: 1 << 40, Person: "per_1", Name: "程向南", At: time.UnixMicro(1_760_000_000_000_000)}
		second := first
		second.ID, second.Number, second.At = "let_2", "QM-1-决2", first.At.Add(time.Microsecond)
		must(t, s.InsertLetter(ctx, "lettered", first))
		must(t, s.InsertLetter(ctx, "lettered", second))
		taken := first
		taken.ID = "let_3"
		if err := s.InsertLetter(ctx, "other", taken); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a number that is taken gave %v", err)
		}
		got, err := s.Letters(ctx, "lettered")
		must(t, err)
		if diff := cmp.Diff([]policy.IssuedLetter{first, second}, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("sums go by measure and state", func(t *testing.T) {
		a := sample("sum", "model-sum")
		a.Guide, a.Amount = 2031, 7
		must(t, s.InsertApplication(ctx, a))
		sums, err := s.SumByMeasure(ctx, 2031)
		must(t, err)
		if diff := cmp.Diff([]policy.MeasureSum{{Measure: "002-2", State: policy.Draft, Count: 1, Amount: 7}}, sums); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("what is decided is listed and added up, and nothing else", func(t *testing.T) {
		for i, state := range []policy.State{policy.Submitted, policy.Approved, policy.Held, policy.Paying, policy.Paid} {
			a := sample(fmt.Sprintf("award%d", i), fmt.Sprintf("awarded-%d", i))
			a.Measure, a.Years.Budget = "002-3", 2033
			must(t, s.InsertApplication(ctx, a))
			a.State, a.Amount, a.City, a.District = state, 101, 50, 51
			if state == policy.Paying || state == policy.Paid {
				a.CityPaid = "2025-10-20"
			}
			if state == policy.Paid {
				a.DistrictPaid = "2025-10-21"
			}
			must(t, s.UpdateApplication(ctx, &a, nil))
		}
		for _, check := range []struct {
			f    award.CaseFilter
			want []string
		}{
			{award.CaseFilter{Year: 2033}, []string{"award4", "award3", "award2"}},
			{award.CaseFilter{Year: 2033, Before: "QM-2025-award4", Limit: 1}, []string{"award3"}},
			{award.CaseFilter{Part: "2025-AWARD3"}, []string{"award3"}},
			{award.CaseFilter{Number: "QM-2025-award2"}, []string{"award2"}},
			{award.CaseFilter{Number: "QM-2025-award1"}, nil},
			{award.CaseFilter{Year: 2033, Orgs: []ident.CreditCode{orgB}}, nil},
			{award.CaseFilter{Measure: "002-3", Orgs: []ident.CreditCode{orgA, orgB}, Year: 2033, Limit: 2}, []string{"award4", "award3"}},
			{award.CaseFilter{Part: "%"}, nil},
		} {
			found, err := s.Awarded(ctx, check.f)
			must(t, err)
			var ids []string
			for _, a := range found {
				ids = append(ids, a.ID)
			}
			if diff := cmp.Diff(check.want, ids); diff != "" {
				t.Errorf("%+v: %s", check.f, diff)
			}
		}
		sums, err := s.AwardSums(ctx)
		must(t, err)
		if !slices.Contains(sums, policy.AwardSum{Measure: "002-3", Year: 2033, Count: 3, Amount: 303, Settled: 50 + 101}) {
			t.Fatalf("got %+v", sums)
		}
	})
}
