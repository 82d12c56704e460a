// Package noticetest is the conformance suite of the notice room's store.
package noticetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/notice"
)

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s notice.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := time.UnixMicro(1_760_000_000_000_000)
	first := notice.Notice{ID: "n1", Number: "GS-2025-001", State: notice.Draft, Version: 1, Title: i18n.Text{ZH: "公示", EN: "Notice"}, Call: "call_1", Days: 5, CreatedBy: "person_1", Created: at}
	rows := []notice.Row{
		{Seq: 1, Application: "a1", Number: "QM-2025-0001", Org: "91520100MA6E00001X", Name: "甲公司", Measure: "002-6", Amount: 42_857_143, Place: 1},
		{Seq: 2, Application: "a2", Number: "QM-2025-0002", Org: "91520100MA6E00002X", Name: "乙公司", Measure: "002-3", Object: "场景", Amount: 1},
		{Seq: 3, Application: "a3", Number: "QM-2025-0003", Org: "91520100MA6E00003X", Name: "丙公司", Measure: "002-3", Object: "别的", Amount: 2, Exception: "TY-2025-001"},
	}
	must(t, s.Insert(ctx, first, rows))

	t.Run("a notice and its rows read back as written", func(t *testing.T) {
		got, err := s.Notice(ctx, "n1")
		must(t, err)
		if diff := cmp.Diff(first, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		all, err := s.Rows(ctx, "n1", 0, 2)
		must(t, err)
		rest, err := s.Rows(ctx, "n1", 2, 2)
		must(t, err)
		if diff := cmp.Diff(rows, append(all, rest...)); diff != "" {
			t.Fatal(diff)
		}
		one, err := s.Row(ctx, "n1", 2)
		must(t, err)
		if one != rows[1] {
			t.Fatalf("got %+v", one)
		}
		for _, err := range []error{second(s.Notice(ctx, "nobody")), second(s.Row(ctx, "n1", 9)), second(s.Objection(ctx, "nobody"))} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("what is not there gave %v", err)
			}
		}
	})

	t.Run("of two writers one wins, and drafts are shown on request", func(t *testing.T) {
		mine, err := s.Notice(ctx, "n1")
		must(t, err)
		theirs := mine
		if list, err := s.Notices(ctx, notice.Filter{Limit: 10}); err != nil || len(list) != 0 {
			t.Fatalf("the public sees %+v, %v", list, err)
		}
		mine.State, mine.Published, mine.Ends = notice.Published, "2025-10-10", "2025-10-17"
		must(t, s.Update(ctx, &mine))
		if err := s.Update(ctx, &theirs); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the second writer got %v", err)
		}
		again := first
		again.ID, again.Number, again.Title.EN, again.Call = "n2", "GS-2025-002", "Notice, ÉTÉ", "call_2"
		must(t, s.Insert(ctx, again, []notice.Row{{Seq: 1, Application: "a2", Number: "QM-2025-0002"}}))
		for _, check := range []struct {
			f    notice.Filter
			want []string
		}{
			{notice.Filter{Drafts: true}, []string{"n2", "n1"}}, {notice.Filter{}, []string{"n1"}}, {notice.Filter{Drafts: true, Before: "GS-2025-002"}, []string{"n1"}},
			{notice.Filter{Drafts: true, Text: "gs-2025-002"}, []string{"n2"}}, {notice.Filter{Text: "gs-2025-002"}, nil}, {notice.Filter{Drafts: true, Text: "été"}, []string{"n2"}},
			{notice.Filter{Drafts: true, Text: "公示", Before: "GS-2025-002"}, []string{"n1"}}, {notice.Filter{Drafts: true, Text: "_"}, nil},
			{notice.Filter{Drafts: true, Call: "call_2"}, []string{"n2"}}, {notice.Filter{Call: "call_2"}, nil}, {notice.Filter{Call: "call_1", Text: "gs-2025-002"}, nil},
		} {
			check.f.Limit = 10
			list, err := s.Notices(ctx, check.f)
			must(t, err)
			var ids []string
			for _, n := range list {
				ids = append(ids, n.ID)
			}
			if diff := cmp.Diff(check.want, ids); diff != "" {
				t.Errorf("%+v: %s", check.f, diff)
			}
		}
	})

	t.Run("an application is found on its newest notice", func(t *testing.T) {
		n, row, found, err := s.Of(ctx, "a2")
		if err != nil || !found || n.ID != "n2" || row.Seq != 1 {
			t.Fatalf("got %s row %d, %t, %v", n.ID, row.Seq, found, err)
		}
		if _, _, found, err := s.Of(ctx, "nobody"); found || err != nil {
			t.Fatalf("found %t, %v", found, err)
		}
		must(t, s.TakeOff(ctx, "n1", 3, i18n.Text{ZH: "异议成立", EN: "upheld"}))
		must(t, s.TakeOff(ctx, "n1", 3, i18n.Text{ZH: "又一次", EN: "again"})) // the first reason stays
		if _, row, _, err := s.Of(ctx, "a3"); err != nil || row.Withdrawn.ZH != "异议成立" {
			t.Fatalf("got %+v, %v", row, err)
		}
	})

	t.Run("published notices are found by application", func(t *testing.T) {
		shown, err := s.ShownOn(ctx, []string{"a1", "a2", "a3", "nobody"})
		must(t, err)
		if len(shown) != 2 || shown["a1"].Number != "GS-2025-001" || shown["a1"].Ends != "2025-10-17" || shown["a2"].ID != "n1" {
			t.Fatalf("drafts and rows that were taken off do not count: %+v", shown)
		}
		if none, err := s.ShownOn(ctx, nil); err != nil || len(none) != 0 {
			t.Fatalf("got %+v, %v", none, err)
		}
	})

	t.Run("an objection is answered once", func(t *testing.T) {
		o := notice.Objection{ID: "o1", Number: "YY-2025-0001", Notice: "n1", Seq: 1, Person: "person_2", Name: "张三", Contact: "mail", Body: "不实", At: at}
		must(t, s.AddObjection(ctx, o))
		other := o
		other.ID, other.Number, other.Seq = "o2", "YY-2025-0002", 2
		must(t, s.AddObjection(ctx, other))
		got, err := s.Objection(ctx, "o1")
		must(t, err)
		if diff := cmp.Diff(o, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		if n, err := s.OpenObjections(ctx, "n1", 1); err != nil || n != 1 {
			t.Fatalf("%d open, %v", n, err)
		}
		again := o
		again.ID, again.Number = "o9", "YY-2025-0009"
		if same, found, err := s.Repeated(ctx, again); err != nil || !found || same.ID != "o1" {
			t.Fatalf("the same again: %+v %v %v", same, found, err)
		}
		again.Body = "另一件事"
		if _, found, err := s.Repeated(ctx, again); err != nil || found {
			t.Fatalf("another word: %v %v", found, err)
		}
		o.Verdict, o.Answer, o.AnsweredBy, o.AnsweredName, o.Answered = notice.Dismissed, "已核实", "person_1", "经办", at
		must(t, s.Settle(ctx, o))
		if err := s.Settle(ctx, o); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a second answer gave %v", err)
		}
		if _, found, err := s.Repeated(ctx, o); err != nil || found {
			t.Fatalf("what was answered may be brought anew: %v %v", found, err)
		}
		open, err := s.Objections(ctx, "", "", 10)
		must(t, err)
		all, err := s.Objections(ctx, "n1", "", 10)
		must(t, err)
		page, err := s.Objections(ctx, "n1", "YY-2025-0001", 10)
		must(t, err)
		answered, err := s.Answered(ctx, "n1", "", "", 10)
		must(t, err)
		none, err := s.Answered(ctx, "n1", "", "YY-2025-0001", 10)
		must(t, err)
		one, err := s.Answered(ctx, "n1", "YY-2025-0001", "", 10)
		must(t, err)
		waiting, err := s.Answered(ctx, "n1", "YY-2025-0002", "", 10)
		must(t, err)
		if len(one) != 1 || one[0].ID != "o1" || len(waiting) != 0 {
			t.Fatalf("by number %+v, and without an answer %+v", one, waiting)
		}
		if len(answered) != 1 || answered[0].ID != "o1" || len(none) != 0 {
			t.Fatalf("answered %+v, then %+v", answered, none)
		}
		if len(open) != 1 || open[0].ID != "o2" || len(all) != 2 || all[0].Answer != "已核实" || len(page) != 1 {
			t.Fatalf("open %+v, all %+v, page %+v", open, all, page)
		}
	})

	t.Run("open objections and others' drafts wait", func(t *testing.T) {
		partytest.Waits(t, s.Backlog, notice.TodoAnswer, party.Actor{Person: "person_1"}, 1, "2025-10-09")
		drafts := func(person string) (n int64) {
			n, _, err := s.Backlog(ctx, notice.TodoPublish, party.Actor{Person: person})
			must(t, err)
			return n
		}
		mine, others := drafts("person_9"), drafts("person_8")
		draft := first
		draft.ID, draft.Number, draft.CreatedBy, draft.Created = "n9", "GS-2025-009", "person_9", at.AddDate(0, 0, -2)
		must(t, s.Insert(ctx, draft, rows[:1]))
		if drafts("person_9") != mine {
			t.Error("one's own draft waits for oneself")
		}
		partytest.Waits(t, s.Backlog, notice.TodoPublish, party.Actor{Person: "person_8"}, others+1, "2025-10-07")
		partytest.NoBacklog(t, s.Backlog)
	})

	t.Run("numbers count by kind and year", func(t *testing.T) {
		for _, check := range []struct {
			kind string
			year int
			want int64
		}{{"notice", 2025, 1}, {"notice", 2025, 2}, {"objection", 2025, 1}, {"notice", 2026, 1}} {
			if n, err := s.NextNumber(ctx, check.kind, check.year); err != nil || n != check.want {
				t.Errorf("%s %d: got %d, %v", check.kind, check.year, n, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
