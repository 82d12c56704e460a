package budgettest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/budget"
)

// Run is the conformance suite of a store on an empty database.
func Run(t *testing.T, open func(clock.Clock) budget.Store) {
	ctx := t.Context()
	now := clock.NewManual(Start)
	s := open(now)
	p := ledger.Programme{Purse: City, Measure: "m1", Year: 2025}
	order := func(id string, year int, measure string) budget.Order {
		return budget.Order{ID: id, Number: "YS-" + id, Year: year, Basis: "财预〔2025〕1号 100%_a", Day: "2025-10-22", State: budget.Proposed, Version: 1, Person: "per_a", Name: "甲", At: Start,
			Lines: []budget.Line{{Purse: City, Measure: measure, Amount: 100}, {Purse: District, Measure: "m2", Amount: -1}}}
	}
	a, b := order("a", 2025, "m1"), order("b", 2026, "m3")
	for _, o := range []*budget.Order{&a, &b} {
		must(t, s.Insert(ctx, o))
		now.Advance(1)
	}

	t.Run("numbers", func(t *testing.T) {
		for want := int64(1); want < 4; want++ {
			if n, err := s.NextNumber(ctx, 2025); n != want || err != nil {
				t.Fatalf("%d, %v; want %d", n, err, want)
			}
		}
		if n, err := s.NextNumber(ctx, 2026); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	})
	t.Run("orders", func(t *testing.T) {
		got, err := s.Order(ctx, "a")
		if must(t, err); got.Basis != a.Basis || len(got.Lines) != 2 || got.Lines[1].Amount != -1 || got.Lines[1].Purse != District || got.Updated != a.Updated || !got.At.Equal(a.At) {
			t.Fatalf("got %+v", got)
		}
		if _, err := s.Order(ctx, "none"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		must(t, s.InTx(ctx, func(ctx context.Context) error {
			if locked, err := s.LockOrder(ctx, "a"); err != nil || locked.Version != got.Version || locked.Updated != got.Updated {
				t.Fatalf("locked %+v, %v", locked, err)
			}
			_, err := s.LockOrder(ctx, "none")
			if !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			return nil
		}))
		stale := got
		got.State = budget.Refused
		must(t, s.Update(ctx, &got))
		if got.Version != 2 {
			t.Fatalf("version %d", got.Version)
		}
		if err := s.Update(ctx, &stale); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a stale change: %v", err)
		}
	})
	t.Run("lists", func(t *testing.T) {
		list(t, s, budget.Filter{}, "b", "a")
		list(t, s, budget.Filter{Query: "ys-A"}, "a")
		list(t, s, budget.Filter{Query: "100%_A"}, "b", "a")
		list(t, s, budget.Filter{Query: "100%_b"})
		list(t, s, budget.Filter{Year: 2026}, "b")
		list(t, s, budget.Filter{States: []budget.State{budget.Refused}}, "a")
		list(t, s, budget.Filter{Measure: "m1"}, "a")
		list(t, s, budget.Filter{Measure: "m2", Purse: District.String()}, "b", "a")
		list(t, s, budget.Filter{Measure: "m1", Purse: District.String()})
	})
	t.Run("pages", func(t *testing.T) {
		first, err := s.Orders(ctx, budget.Filter{Limit: 1})
		if must(t, err); len(first) != 1 {
			t.Fatalf("%d orders", len(first))
		}
		rest, err := s.Orders(ctx, budget.Filter{Before: first[0].Cursor()})
		if must(t, err); len(rest) != 1 || rest[0].ID == first[0].ID {
			t.Fatalf("after %s came %+v", first[0].ID, rest)
		}
	})
	t.Run("history", func(t *testing.T) {
		for _, note := range []string{"", "一"} {
			must(t, s.AddEvent(ctx, "a", budget.Event{At: Start, Person: "per_a", Name: "甲", Role: "finance", Action: budget.ActionRefuse, To: budget.Refused, Note: i18n.Text{ZH: note, EN: note}}))
		}
		events, err := s.Events(ctx, "a")
		if must(t, err); len(events) != 2 || !events[0].Note.IsZero() || events[1].Note.ZH != "一" || events[1].To != budget.Refused || !events[1].At.Equal(Start) {
			t.Fatalf("got %+v", events)
		}
	})
	t.Run("backlog", func(t *testing.T) {
		proposed := budget.Event{At: Start.AddDate(0, 0, -5), Person: "per_a", Name: "甲", Role: "finance", Action: budget.ActionPropose, To: budget.Proposed}
		must(t, s.AddEvent(ctx, "b", proposed))
		partytest.Waits(t, s.Backlog, budget.TodoConfirm, party.Actor{Person: "per_b"}, 1, "2025-10-17") // a is refused
		partytest.Waits(t, s.Backlog, budget.TodoConfirm, party.Actor{Person: "per_a"}, 0, "")
		partytest.NoBacklog(t, s.Backlog)
	})
	t.Run("claims", func(t *testing.T) { claims(t, s, p) })
	t.Run("grants", func(t *testing.T) { grants(t, s, p) })
}

// list compares regardless of the order, which the last change decides.
func list(t *testing.T, s budget.Store, f budget.Filter, want ...string) {
	t.Helper()
	found, err := s.Orders(t.Context(), f)
	must(t, err)
	var ids []string
	for _, o := range found {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Errorf("%+v: got %v, want %v", f, ids, want)
	}
}

func claims(t *testing.T, s budget.Store, p ledger.Programme) {
	ctx := t.Context()
	for range 2 { // one's own claim may be made again
		if granted, err := s.Claim(ctx, p, "a"); granted != 0 || err != nil {
			t.Fatalf("%d, %v", granted, err)
		}
	}
	if _, err := s.Claim(ctx, p, "b"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a second claim: %v", err)
	}
	must(t, s.Release(ctx, "b"))
	if _, err := s.Claim(ctx, p, "b"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("another's release freed it: %v", err)
	}
	must(t, s.Release(ctx, "a"))
	boom := fault.Newf(fault.Conflict, "x", "x")
	if err := s.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Claim(ctx, p, "a")
		must(t, err)
		return boom
	}); err != boom {
		t.Fatal(err)
	}
	if _, err := s.Claim(ctx, p, "b"); err != nil {
		t.Fatalf("what was rolled back still claims: %v", err)
	}
	must(t, s.Release(ctx, "b"))
}

func grants(t *testing.T, s budget.Store, p ledger.Programme) {
	ctx := t.Context()
	if _, err := s.Claim(ctx, p, "a"); err != nil {
		t.Fatal(err)
	}
	for i, rest := range []money.Fen{100, 50} {
		must(t, s.AddGrant(ctx, p, budget.Grant{Entry: fmt.Sprint("e", i), Order: "a", Number: "YS-a", Rest: rest}))
	}
	if err := s.TakeGrant(ctx, p, "e1", 51); !fault.Is(err, fault.Conflict) {
		t.Fatalf("more than the rest was taken: %v", err)
	}
	must(t, s.TakeGrant(ctx, p, "e1", 20))
	left, err := s.Grants(ctx, p)
	if must(t, err); len(left) != 2 || left[0] != (budget.Grant{Entry: "e1", Order: "a", Number: "YS-a", Rest: 30}) || left[1].Rest != 100 {
		t.Fatalf("left %+v", left)
	}
	must(t, s.TakeGrant(ctx, p, "e1", 30))
	if left, err = s.Grants(ctx, p); err != nil || len(left) != 1 {
		t.Fatalf("left %+v, %v", left, err)
	}
	granted, err := s.Granted(ctx, 2025)
	if err != nil || len(granted) != 1 || granted[p] != 100 {
		t.Fatalf("granted %v, %v", granted, err)
	}
	if granted, err := s.Claim(ctx, p, "a"); granted != 100 || err != nil {
		t.Fatalf("%d, %v", granted, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
