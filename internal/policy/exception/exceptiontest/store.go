// Package exceptiontest is the conformance suite of the exception room's store.
package exceptiontest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/exception"
)

var at = time.UnixMicro(1_760_000_000_000_000)

// Sample is an exception as an officer may propose it.
func Sample(id, number string) exception.Exception {
	return exception.Exception{ID: id, Number: number, Org: ident.CreditCode("91520100MA6E00001X"), Kind: exception.MajorProject, State: exception.Proposed, Version: 1,
		ProposedBy: "per_1", ProposedName: "程向南", Proposed: at, Opinions: []exception.Opinion{},
		Proposal: exception.Proposal{Rule: "002-8.4", Measure: "002-2", Departure: exception.OtherAmount, Matter: "Model-A", Amount: 9_007_199_254_740_993, Reason: "省级重大项目。",
			Papers: []exception.Paper{{Name: "纪要.pdf", Type: "application/pdf", Size: 9, SHA256: "aa"}}}}
}

// Opinion is what a seat says.
func Opinion(seat exception.Seat, person string) exception.Opinion {
	return exception.Opinion{Seat: seat, Person: person, Name: person, Verdict: exception.Approve, Reason: "同意。", At: at.Add(time.Hour)}
}

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s exception.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	same := func(t *testing.T, want, got exception.Exception) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(want, "Updated"), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
	}

	t.Run("an exception reads back as written, to the fen", func(t *testing.T) {
		x := Sample("x1", "TY-2025-001")
		must(t, s.Insert(ctx, x, "青砚公司"))
		got, err := s.Exception(ctx, "x1")
		must(t, err)
		same(t, x, got)
		if got.Digest() != x.Digest() {
			t.Error("what was read digests to something else than what was written")
		}
		if _, err := s.Exception(ctx, "nobody"); !fault.Is(err, fault.NotFound) {
			t.Errorf("what is not there gave %v", err)
		}
	})

	t.Run("one opinion a seat and one a person, for ever", func(t *testing.T) {
		must(t, s.AddOpinion(ctx, "x1", Opinion(exception.OfficeSeat, "per_2")))
		for _, again := range []exception.Opinion{Opinion(exception.OfficeSeat, "per_3"), Opinion(exception.FinanceSeat, "per_2")} {
			if err := s.AddOpinion(ctx, "x1", again); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s by %s gave %v", again.Seat, again.Person, err)
			}
		}
		must(t, s.AddOpinion(ctx, "x1", Opinion(exception.FinanceSeat, "per_3")))
		got, err := s.Exception(ctx, "x1")
		must(t, err)
		if len(got.Opinions) != 2 || !got.Opinions[0].At.Equal(at.Add(time.Hour)) {
			t.Fatalf("got %+v", got.Opinions)
		}
	})

	t.Run("of two writers one wins", func(t *testing.T) {
		mine, err := s.Exception(ctx, "x1")
		must(t, err)
		theirs := mine
		mine.State, mine.Application = exception.Approved, "app_1"
		must(t, s.Update(ctx, &mine))
		if err := s.Update(ctx, &theirs); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the second writer got %v", err)
		}
		got, err := s.Exception(ctx, "x1")
		must(t, err)
		same(t, mine, got)
	})

	t.Run("of two opinions at once for one seat one stands", func(t *testing.T) {
		must(t, s.Insert(ctx, Sample("x2", "TY-2025-002"), "甲"))
		var both sync.WaitGroup
		failed := make([]error, 2)
		for i, person := range []string{"per_8", "per_9"} {
			both.Go(func() {
				failed[i] = s.InTx(ctx, func(ctx context.Context) error {
					return s.AddOpinion(ctx, "x2", Opinion(exception.OfficeSeat, person))
				})
			})
		}
		both.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("got %v and %v", failed[0], failed[1])
		}
		if err := errors.Join(failed...); !fault.Is(err, fault.Conflict) && !fault.Is(failed[0], fault.Conflict) && !fault.Is(failed[1], fault.Conflict) {
			t.Errorf("the loser got %v", err)
		}
	})

	t.Run("a list filters, searches and pages", func(t *testing.T) {
		closed := Sample("x3", "TY-2026-001")
		closed.Org, closed.State = "91520100MA6E00002X", exception.Withdrawn
		closed.Closing = &exception.Closing{Person: "per_1", Name: "程向南", At: at, Reason: "不再需要。"}
		must(t, s.Insert(ctx, closed, "100%_纯公司"))
		for _, check := range []struct {
			name string
			f    exception.Filter
			want int
		}{
			{"all", exception.Filter{}, 3}, {"a state", exception.Filter{States: []exception.State{exception.Proposed, exception.Withdrawn}}, 2},
			{"an organisation", exception.Filter{Org: closed.Org}, 1}, {"a name", exception.Filter{Text: "青砚"}, 1}, {"a matter, whatever the case", exception.Filter{Text: "model-a"}, 3},
			{"letters that are no pattern", exception.Filter{Text: "0%_纯"}, 1}, {"a pattern that matches nothing", exception.Filter{Text: "%"}, 1}, {"a year", exception.Filter{Year: 2025}, 2},
			{"a first page", exception.Filter{Limit: 2}, 2},
		} {
			list, err := s.List(ctx, check.f)
			must(t, err)
			if len(list) != check.want {
				t.Errorf("%s: %d, want %d", check.name, len(list), check.want)
			}
		}
		first, err := s.List(ctx, exception.Filter{Limit: 2})
		must(t, err)
		rest, err := s.List(ctx, exception.Filter{Before: first[1].Cursor()})
		must(t, err)
		if len(rest) != 1 || rest[0].ID == first[0].ID || rest[0].ID == first[1].ID {
			t.Fatalf("the second page has %+v", rest)
		}
		if _, err := s.List(ctx, exception.Filter{Before: "x/y"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a broken cursor gave %v", err)
		}
		got, err := s.Exception(ctx, "x3")
		must(t, err)
		same(t, closed, got)
	})

	t.Run("an exception waits for each seat that has not spoken, and never for its proposer", func(t *testing.T) {
		open := Sample("x4", "TY-2027-001")
		open.ProposedBy, open.Proposed = "per_9", at.AddDate(0, 0, -3)
		must(t, s.Insert(ctx, open, "青砚公司"))
		must(t, s.AddOpinion(ctx, "x4", Opinion(exception.FinanceSeat, "per_3")))
		waiting := func(role, person string) int64 {
			n, _, err := s.Backlog(ctx, exception.TodoJudge, party.Actor{Role: role, Person: person})
			must(t, err)
			return n
		}
		if a, b := waiting("office", "per_4"), waiting("office", "per_9"); a != b+1 {
			t.Errorf("%d wait for an officer and %d for its proposer", a, b)
		}
		if a, b := waiting("office", "per_4"), waiting("office", "per_3"); a != b+1 {
			t.Errorf("%d wait for an officer and %d for whoever spoke in finance", a, b)
		}
		if _, since, err := s.Backlog(ctx, exception.TodoJudge, party.Actor{Role: "office", Person: "per_4"}); err != nil || since != "2025-10-06" {
			t.Errorf("since %s, %v", since, err)
		}
		if _, since, err := s.Backlog(ctx, exception.TodoJudge, party.Actor{Role: "finance", Person: "per_4"}); err != nil || since == "2025-10-06" {
			t.Errorf("finance has spoken, and it waits since %s, %v", since, err)
		}
		partytest.NoBacklog(t, s.Backlog)
	})

	t.Run("numbers count by year", func(t *testing.T) {
		for _, check := range []struct {
			year int
			want int64
		}{{2025, 1}, {2025, 2}, {2026, 1}} {
			if n, err := s.NextNumber(ctx, check.year); err != nil || n != check.want {
				t.Errorf("%d: got %d, %v", check.year, n, err)
			}
		}
	})
}
