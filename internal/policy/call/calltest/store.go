// Package calltest is the conformance suite of the call room's store, and
// terms that a test may start from.
package calltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Terms open measure 002-6 in the autumn of 2025, under the example guide.
func Terms() call.Terms {
	return call.Terms{
		Name: i18n.Text{ZH: "2025 年第三批（示例）", EN: "Third call of 2025 (example)"}, Guide: 2025, Opens: "2025-09-01", Closes: "2025-10-31",
		LateBy: 3, Promise: 60, Notice: 5, Channel: call.BankFile,
		Offers: []call.Offer{{Measure: "002-6", Years: call.Years{Transaction: 2025, Application: 2025, Award: 2025, Budget: 2025}, Together: true,
			Budget: 300_000_000, WhenShort: shortage.ProRata,
			Evidence: []call.Evidence{{ID: "contract", Name: i18n.Text{ZH: "交易合同", EN: "Contract"}, Required: true}}}},
	}
}

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s call.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sample := func(id string) call.Call {
		return call.Call{ID: id, Number: "ZJ-2025-" + id, State: call.Draft, Version: 1, Terms: Terms(), CreatedBy: "person_1", Created: time.UnixMicro(1_760_000_000_000_000)}
	}

	t.Run("a call reads back as written", func(t *testing.T) {
		c := sample("001")
		must(t, s.Insert(ctx, c))
		got, err := s.Call(ctx, "001")
		must(t, err)
		if diff := cmp.Diff(c, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		if _, err := s.Call(ctx, "nobody"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("an unknown id gave %v", err)
		}
	})

	t.Run("of two writers one wins", func(t *testing.T) {
		first, err := s.Call(ctx, "001")
		must(t, err)
		second := first
		first.State, first.GuideVersion, first.GuideDigest = call.Published, 2, "abc"
		first.Name.EN = "Third call, ÉTÉ"
		first.Offers = append(first.Offers, call.Offer{Measure: "002-3"})
		must(t, s.Update(ctx, &first))
		if first.Version != 2 {
			t.Fatalf("version %d after one change", first.Version)
		}
		if err := s.Update(ctx, &second); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the second writer got %v", err)
		}
		got, err := s.Call(ctx, "001")
		must(t, err)
		if diff := cmp.Diff(first, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("lists find by measure, state and day", func(t *testing.T) {
		must(t, s.Insert(ctx, sample("002")))
		for name, check := range map[string]struct {
			f    call.Filter
			want []string
		}{
			"all, newest first": {call.Filter{}, []string{"002", "001"}},
			"by year":           {call.Filter{Year: 2025}, []string{"002", "001"}},
			"of another year":   {call.Filter{Year: 2024}, nil},
			"a page":            {call.Filter{Before: "ZJ-2025-002"}, []string{"001"}},
			"by name":           {call.Filter{Text: "thiRD Call"}, []string{"002", "001"}},
			"by its new name":   {call.Filter{Text: "Été"}, []string{"001"}},
			"by number":         {call.Filter{Text: "zj-2025-002"}, []string{"002"}},
			"no wildcard":       {call.Filter{Text: "%"}, nil},
			"text, a page on":   {call.Filter{Text: "第三批", Before: "ZJ-2025-002"}, []string{"001"}},
			"by measure":        {call.Filter{Measure: "002-3"}, []string{"001"}},
			"by state":          {call.Filter{States: []call.State{call.Draft, call.Closed}}, []string{"002"}},
			"the first day":     {call.Filter{On: "2025-09-01"}, []string{"001"}},
			"before it":         {call.Filter{On: "2025-08-31"}, nil},
			"the last late day": {call.Filter{On: "2025-11-05", Measure: "002-6"}, []string{"001"}},
			"after it":          {call.Filter{On: "2025-11-06"}, nil},
		} {
			check.f.Limit = 10
			calls, err := s.Calls(ctx, check.f)
			must(t, err)
			var ids []string
			for _, c := range calls {
				ids = append(ids, c.ID)
			}
			if diff := cmp.Diff(check.want, ids); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})

	t.Run("history keeps every set of terms in order", func(t *testing.T) {
		for _, action := range []string{"open", "publish"} {
			must(t, s.AppendEvent(ctx, "001", call.Event{At: time.UnixMicro(1), Person: "person_1", Name: "甲", Action: action, Terms: Terms()}))
		}
		events, err := s.Events(ctx, "001")
		must(t, err)
		if len(events) != 2 || events[0].Action != "open" || events[1].Seq != 2 || cmp.Diff(events[1].Terms, Terms()) != "" {
			t.Fatalf("got %+v", events)
		}
	})

	t.Run("numbers roll back with their transaction", func(t *testing.T) {
		boom := errors.New("boom")
		if err := s.InTx(ctx, func(ctx context.Context) error {
			_, err := s.NextNumber(ctx, 2025)
			return errors.Join(err, boom)
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if n, err := s.NextNumber(ctx, 2025); err != nil || n != 1 {
			t.Fatalf("got %d, %v", n, err)
		}
	})
}
