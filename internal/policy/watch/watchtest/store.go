package watchtest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
)

// Store runs the suite against a store on an empty database.
func Store(t *testing.T, s watch.Store) {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if m, begun, err := s.Mark(ctx); begun || err != nil {
		t.Fatalf("at first: %v %v %v", m, begun, err)
	}
	for _, m := range []watch.Mark{{Facts: 1 << 40, Last: 1<<40 + 1, Rules: "abc"}, {Facts: 7, Last: 9, Rules: ""}} {
		must(s.SetMark(ctx, m))
		if got, begun, err := s.Mark(ctx); got != m || !begun || err != nil {
			t.Fatalf("got %v %v %v, want %v", got, begun, err, m)
		}
	}

	if _, found, err := s.Told(ctx, Code(1)); found || err != nil {
		t.Fatalf("nobody was told: %v %v", found, err)
	}
	first := watch.Told{Org: Code(1), Stands: watch.Stands{"002-2": {Outcome: rule.Lacking, Count: 2, Lacking: []string{"model.filed", "org.registration.place"}}}}
	second := watch.Told{Org: Code(2), Stands: watch.Stands{}, Day: "2025-10-22", Due: true}
	third := watch.Told{Org: Code(3), Stands: watch.Stands{"002-6": {Outcome: rule.Eligible, Count: 1}}, Day: "2025-10-23", Due: true}
	for _, told := range []watch.Told{second, first, third} {
		must(s.Put(ctx, told))
	}
	first.Stands["002-3"], first.Day = watch.Stand{Outcome: rule.Undecided, Count: 1}, "2025-10-21"
	must(s.Put(ctx, first))
	for _, want := range []watch.Told{first, second, third} {
		got, found, err := s.Told(ctx, want.Org)
		if diff := cmp.Diff(want, got); diff != "" || !found || err != nil {
			t.Errorf("%s: %v %v %s", want.Org, found, err, diff)
		}
	}
	boom := errors.New("boom")
	if err := s.InTx(ctx, func(ctx context.Context) error {
		must(s.Put(ctx, watch.Told{Org: Code(4), Stands: watch.Stands{}}))
		must(s.SetMark(ctx, watch.Mark{Last: 1 << 50}))
		return boom
	}); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	list := func(orgs []ident.CreditCode, err error) []ident.CreditCode {
		t.Helper()
		must(err)
		return orgs
	}
	if diff := cmp.Diff([]ident.CreditCode{Code(1), Code(2)}, list(s.Organisations(ctx, "", 2))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]ident.CreditCode{Code(3)}, list(s.Organisations(ctx, Code(2), 2))); diff != "" {
		t.Error("behind the second; one that was rolled back would be fourth: ", diff)
	}
	if diff := cmp.Diff([]ident.CreditCode{Code(2)}, list(s.Due(ctx, "2025-10-23", 10))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]ident.CreditCode{Code(2)}, list(s.Due(ctx, "2025-10-24", 1))); diff != "" {
		t.Error(diff)
	}
	// The clock was set back: by a day its message still counts, by more it does not.
	if diff := cmp.Diff([]ident.CreditCode{Code(3)}, list(s.Due(ctx, "2025-10-21", 10))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]ident.CreditCode{Code(2), Code(3)}, list(s.Due(ctx, "2024-10-22", 10))); diff != "" {
		t.Error(diff)
	}
	if m, _, err := s.Mark(ctx); m.Last != 9 || err != nil {
		t.Errorf("the mark of a rolled-back transaction stands: %v %v", m, err)
	}
}
