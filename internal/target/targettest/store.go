// Package targettest is the conformance suite of the target domain's store.
package targettest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/target"
)

var (
	at     = time.UnixMicro(1_760_000_000_000_000)
	anna   = target.Person{ID: "per_1", Name: "甲", Role: "office"}
	closed = target.Ending{By: anna, At: at.Add(time.Hour), Note: "办完"}
)

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s target.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	wants := func(t *testing.T, err error, code fault.Code) {
		t.Helper()
		if !fault.Is(err, code) {
			t.Fatalf("got %v, want %s", err, code)
		}
	}
	same := func(t *testing.T, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	}

	t.Run("files come in the order asked, unknown ones left out", func(t *testing.T) {
		a := target.File{ID: "f1", Name: "月报.pdf", Type: "application/pdf", Size: 3, SHA256: "ab", By: "per_1", At: at}
		b := target.File{ID: "f2", Name: "表.xlsx", Type: "x", Size: 4, SHA256: "cd", By: "per_1", At: at}
		must(t, s.InsertFile(ctx, a))
		must(t, s.InsertFile(ctx, b))
		got, err := s.Files(ctx, []string{"f2", "nobody", "f1"})
		must(t, err)
		same(t, []target.File{b, a}, got)
		none, err := s.Files(ctx, nil)
		must(t, err)
		same(t, []target.File{}, none)
	})

	t.Run("reports read back oldest first and are corrected once", func(t *testing.T) {
		half := 50
		first := target.Report{ID: "r1", Task: "t1", Unit: "u1", Day: "2025-03-01", Percent: &half, Text: "过半", Files: []target.File{{ID: "f1"}}, Facts: []string{"x"}, By: anna, At: at}
		second := target.Report{ID: "r2", Task: "t1", Unit: "u1", Day: "2025-03-02", Milestone: "开工", Text: "开工", Corrects: "r1", By: anna, At: at}
		must(t, s.InsertReport(ctx, second))
		must(t, s.InsertReport(ctx, first))
		got, err := s.Reports(ctx, "t1")
		must(t, err)
		same(t, []target.Report{first, second}, got)
		third := second
		third.ID = "r3"
		wants(t, s.InsertReport(ctx, third), fault.Conflict)
		third.ID, third.Corrects, third.Task = "r4", "", "t2"
		must(t, s.InsertReport(ctx, third))
		all, err := s.Reports(ctx, "")
		must(t, err)
		if len(all) != 3 {
			t.Fatalf("%d reports", len(all))
		}
	})

	t.Run("a line of the year's list ends once and stays", func(t *testing.T) {
		a := target.Assignment{ID: "a1", Year: 2025, Task: "t1", Unit: "u1", Goal: "做完", Due: "2025-09-30", By: anna, At: at}
		b := target.Assignment{ID: "a2", Year: 2025, Task: "t1", Unit: "u2", Goal: "做完", Due: "2025-06-30", By: anna, At: at}
		must(t, s.InsertAssignment(ctx, a))
		must(t, s.InsertAssignment(ctx, b))
		must(t, s.EndAssignment(ctx, "a1", closed))
		wants(t, s.EndAssignment(ctx, "a1", closed), fault.Conflict)
		wants(t, s.EndAssignment(ctx, "nobody", closed), fault.NotFound)
		a.Ended = &closed
		got, err := s.Assignments(ctx, 2025)
		must(t, err)
		same(t, []target.Assignment{b, a}, got)
		other, err := s.Assignments(ctx, 2026)
		must(t, err)
		same(t, []target.Assignment{}, other)
	})

	t.Run("a project stands on a year's list once, and its removal keeps the line", func(t *testing.T) {
		l := target.Listing{ID: "l1", List: "k", Year: 2025, Project: "p", Org: "91520100MA6E00001X", Reason: "重点", Fact: "fa", By: anna, At: at}
		must(t, s.InsertListing(ctx, l))
		again := l
		again.ID, again.Fact = "l2", "fb"
		wants(t, s.InsertListing(ctx, again), fault.Conflict)
		removed, err := s.RemoveListing(ctx, "l1", closed)
		must(t, err)
		l.Removed = &closed
		same(t, l, removed)
		_, err = s.RemoveListing(ctx, "l1", closed)
		wants(t, err, fault.Conflict)
		_, err = s.RemoveListing(ctx, "nobody", closed)
		wants(t, err, fault.NotFound)
		again.At = at.Add(time.Minute)
		must(t, s.InsertListing(ctx, again))
		got, err := s.Listings(ctx, "k", 2025)
		must(t, err)
		same(t, []target.Listing{l, again}, got)
	})

	t.Run("meetings page newest first", func(t *testing.T) {
		for i := range 5 {
			must(t, s.InsertMeeting(ctx, target.Meeting{ID: fmt.Sprintf("m%d", i), Body: "b", Day: clock.Date(fmt.Sprintf("2025-0%d-01", 1+i/2)), Title: "会", Agenda: []string{"一", "二"}, By: anna, At: at}))
		}
		must(t, s.InsertMeeting(ctx, target.Meeting{ID: "other", Body: "c", Day: "2025-05-01", Title: "会", Agenda: []string{"一"}, By: anna, At: at}))
		var seen []string
		for f := (target.MeetingFilter{Body: "b", Limit: 2}); ; {
			page, err := s.Meetings(ctx, f)
			must(t, err)
			for _, m := range page {
				seen = append(seen, m.ID)
			}
			if len(page) < 2 {
				break
			}
			f.BeforeDay, f.BeforeID = page[1].Day, page[1].ID
		}
		same(t, []string{"m4", "m3", "m2", "m1", "m0"}, seen)
		m, err := s.Meeting(ctx, "m1")
		must(t, err)
		same(t, target.Meeting{ID: "m1", Body: "b", Day: "2025-01-01", Title: "会", Agenda: []string{"一", "二"}, By: anna, At: at}, m)
		_, err = s.Meeting(ctx, "nobody")
		wants(t, err, fault.NotFound)
	})

	t.Run("decisions carry their meeting's body and day, and close once", func(t *testing.T) {
		late := target.Decision{ID: "d1", Meeting: "m4", Body: "b", Day: "2025-03-01", Item: 1, Text: "办", Task: "t1", Unit: "u1", Due: "2025-06-01", By: anna, At: at}
		early := target.Decision{ID: "d2", Meeting: "m0", Body: "b", Day: "2025-01-01", Text: "办", Task: "t1", Unit: "u1", Due: "2025-06-01", By: anna, At: at}
		must(t, s.InsertDecision(ctx, late))
		must(t, s.InsertDecision(ctx, early))
		must(t, s.CloseDecision(ctx, "d2", closed))
		wants(t, s.CloseDecision(ctx, "d2", closed), fault.Conflict)
		early.Closed = &closed
		all, err := s.Decisions(ctx, "")
		must(t, err)
		same(t, []target.Decision{early, late}, all)
		one, err := s.Decisions(ctx, "m4")
		must(t, err)
		same(t, []target.Decision{late}, one)
	})

	t.Run("a reminder is fresh once, and rolls back with its transaction", func(t *testing.T) {
		r := target.Reminder{Task: "t1", Unit: "u1", Due: "2025-06-01", Kind: "soon"}
		boom := errors.New("boom")
		if err := s.InTx(ctx, func(ctx context.Context) error {
			_, err := s.Remind(ctx, r)
			return errors.Join(err, boom)
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		for i, want := range []bool{true, false} {
			fresh, err := s.Remind(ctx, r)
			must(t, err)
			if fresh != want {
				t.Fatalf("time %d: fresh %v", i, fresh)
			}
		}
	})

	t.Run("one transaction at a time acts under a name", func(t *testing.T) {
		inside, most := 0, 0 // guarded by the lock that is tested
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := s.InTx(ctx, func(ctx context.Context) error {
					if err := s.Lock(ctx, "scenes"); err != nil {
						return err
					}
					inside++
					most = max(most, inside)
					_, err := s.Reports(ctx, "t1")
					inside--
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if inside != 0 || most != 1 {
			t.Fatalf("%d were inside at once", most)
		}
	})
}
