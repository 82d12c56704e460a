package paymenttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// instant is a stored instant of these tests.
var instant = time.UnixMicro(1_760_000_000_000_000)

// order is a waiting order of a case.
func order(id string, level ledger.Level, attempt int) payment.Order {
	purse := City
	if level == ledger.District {
		purse = District
	}
	return payment.Order{ID: fmt.Sprintf("po-%s-%s-%d", id, level, attempt), Number: fmt.Sprintf("ZF-2025-%s-%s-%d", id, level, attempt), Case: id, CaseNumber: "QM-" + id,
		Round: 1, Instalment: 1, Of: 1, Attempt: attempt, Org: Org, OrgName: "示例", Measure: "002-2", Year: 2025, Purse: purse, PurseName: i18n.T("财政局", "treasury"),
		Payee: payment.PayeeOf(Account), Amount: 100, Purpose: "用途", Due: "2025-10-22", Consenter: "per_a", Created: instant, State: payment.Waiting, Version: 1}
}

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s payment.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	same := func(t *testing.T, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	}
	wants := func(t *testing.T, err error, code fault.Code) {
		t.Helper()
		if !fault.Is(err, code) {
			t.Fatalf("got %v, want %s", err, code)
		}
	}

	t.Run("numbers count up by kind and year and roll back with their transaction", func(t *testing.T) {
		boom := errors.New("boom")
		for _, want := range []int64{1, 2} {
			n, err := s.NextNumber(ctx, "ZF", 2025)
			must(t, err)
			if n != want {
				t.Fatalf("got %d, want %d", n, want)
			}
			if err := s.InTx(ctx, func(ctx context.Context) error {
				_, err := s.NextNumber(ctx, "ZF", 2025)
				return errors.Join(err, boom)
			}); !errors.Is(err, boom) {
				t.Fatal(err)
			}
		}
		for _, other := range []struct {
			kind string
			year int
		}{{"FK", 2025}, {"ZF", 2026}} {
			if n, err := s.NextNumber(ctx, other.kind, other.year); err != nil || n != 1 {
				t.Fatal(n, err)
			}
		}
	})

	t.Run("one transaction at a time past a key", func(t *testing.T) {
		inside, most := 0, 0 // guarded by the lock that is tested
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := s.InTx(ctx, func(ctx context.Context) error {
					if err := s.Lock(ctx, "purse/city-520100"); err != nil {
						return err
					}
					inside++
					most = max(most, inside)
					_, err := s.NextNumber(ctx, "lock", 2025)
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

	t.Run("awards keep the last word of the latest round", func(t *testing.T) {
		if _, found, err := s.Award(ctx, "aw"); err != nil || found {
			t.Fatal(found, err)
		}
		a := Award("aw", 1, 2)
		must(t, s.PutAward(ctx, a))
		a.Round, a.Consenter = 2, "per_c"
		a.Report = payment.Term{Days: 3, Indicators: []payment.Indicator{{ID: "users", Name: i18n.T("用户", "users"), Unit: i18n.T("家", "firms")}}}
		must(t, s.PutAward(ctx, a))
		got, found, err := s.Award(ctx, "aw")
		must(t, err)
		if !found {
			t.Fatal("lost")
		}
		same(t, a, got)
	})

	t.Run("an order reads back as written, and one half of a part has one that stands", func(t *testing.T) {
		o := order("one", ledger.City, 1)
		must(t, s.InsertOrder(ctx, o))
		got, err := s.Order(ctx, o.ID)
		must(t, err)
		same(t, o, got)
		wants(t, s.InsertOrder(ctx, order("one", ledger.City, 2)), fault.Conflict)
		o.State, o.File, o.Reference, o.Settled, o.Why, o.Before, o.AskedBy = payment.Replaced, "bf", "ref", "2025-10-23", "户名不符", 7, "per_b"
		must(t, s.UpdateOrder(ctx, &o))
		if o.Version != 2 {
			t.Fatal(o.Version)
		}
		got, err = s.Order(ctx, o.ID)
		must(t, err)
		same(t, o, got)
		second := order("one", ledger.City, 2)
		second.Replaces = o.ID
		must(t, s.InsertOrder(ctx, second))
		must(t, s.InsertOrder(ctx, order("one", ledger.District, 1)))
		all, err := s.CaseOrders(ctx, "one")
		must(t, err)
		if len(all) != 3 || all[0].Attempt != 1 || all[1].Attempt != 2 || all[2].Purse != District {
			t.Fatalf("%+v", all)
		}
		_, err = s.Order(ctx, "nobody")
		wants(t, err, fault.NotFound)
	})

	t.Run("of two writers with one version, one wins", func(t *testing.T) {
		must(t, s.InsertOrder(ctx, order("race", ledger.City, 1)))
		var wins, conflicts int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				o := order("race", ledger.City, 1)
				o.State = payment.Exported
				err := s.UpdateOrder(ctx, &o)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					wins++
				case fault.Is(err, fault.Conflict):
					conflicts++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wins != 1 || conflicts != 7 {
			t.Fatalf("%d wins and %d conflicts", wins, conflicts)
		}
	})

	t.Run("orders filter and page, and are found by number with their file's day", func(t *testing.T) {
		for i := range 7 {
			o := order(fmt.Sprintf("list%d", i), ledger.District, 1)
			o.Purse.Code = "guian"
			if i == 6 {
				o.State = payment.Cancelled
			}
			must(t, s.InsertOrder(ctx, o))
		}
		f := payment.OrderFilter{Org: Org, Purse: ledger.Purse{Level: ledger.District, Code: "guian"}, States: []payment.OrderState{payment.Waiting, payment.Failed}, Limit: 4}
		var seen []string
		for {
			page, err := s.Orders(ctx, f)
			must(t, err)
			for _, o := range page {
				seen = append(seen, o.Case)
				f.Before = o.Number
			}
			if len(page) < f.Limit {
				break
			}
		}
		same(t, []string{"list5", "list4", "list3", "list2", "list1", "list0"}, seen)
		byText, err := s.Orders(ctx, payment.OrderFilter{Text: "list3' or 1=1"})
		must(t, err)
		if len(byText) != 0 {
			t.Fatal("a number was read as SQL")
		}
		must(t, s.InsertFile(ctx, payment.BankFile{ID: "bf1", Number: "FK-2025-0001", Purse: City, State: payment.FileReleased, Version: 1, Released: "2025-10-23"}))
		o, err := s.Order(ctx, "po-list0-district-1")
		must(t, err)
		o.File = "bf1"
		must(t, s.UpdateOrder(ctx, &o))
		found, days, err := s.OrdersByNumber(ctx, []string{o.Number, "ZF-2025-list1-district-1", "ZF-0", o.Number})
		must(t, err)
		if len(found) != 2 || days[o.Number] != "2025-10-23" || days["ZF-2025-list1-district-1"] != "" {
			t.Fatalf("%+v %v", found, days)
		}
		if none, _, err := s.OrdersByNumber(ctx, nil); err != nil || len(none) != 0 {
			t.Fatal(none, err)
		}
	})

	t.Run("cases whose halves differ come first, page and filter", func(t *testing.T) {
		put := func(id string, city, district payment.OrderState) {
			a, b := order(id, ledger.City, 1), order(id, ledger.District, 1)
			a.Org, b.Org, a.State, b.State = "91520100MA6E00002X", "91520100MA6E00002X", city, district
			must(t, s.InsertOrder(ctx, a))
			must(t, s.InsertOrder(ctx, b))
		}
		put("side1", payment.Paid, payment.Failed)
		put("side2", payment.Paid, payment.Paid)
		put("side3", payment.Waiting, payment.Waiting)
		put("side4", payment.Exported, payment.Paid)
		f := payment.SidesFilter{Org: "91520100MA6E00002X", Limit: 3}
		first, err := s.Sides(ctx, f)
		must(t, err)
		f.After = []string{"0", first[2].CaseNumber}
		rest, err := s.Sides(ctx, f)
		must(t, err)
		var cases []string
		for _, v := range append(first, rest...) {
			cases = append(cases, fmt.Sprintf("%s %v %d/%d/%d %d/%d/%d", v.Case, v.Differs(), v.City.Issued, v.City.Paid, v.City.Failed, v.District.Issued, v.District.Paid, v.District.Failed))
		}
		same(t, []string{"side4 true 100/0/0 100/100/0", "side1 true 100/100/0 100/0/100", "side3 false 100/0/0 100/0/0", "side2 false 100/100/0 100/100/0"}, cases)
		only, err := s.Sides(ctx, payment.SidesFilter{Org: "91520100MA6E00002X", Differs: true, Limit: 9})
		must(t, err)
		if len(only) != 2 {
			t.Fatal(only)
		}
		_, err = s.Sides(ctx, payment.SidesFilter{After: []string{"x", "y"}})
		wants(t, err, fault.Invalid)
	})

	t.Run("totals go by purse and state", func(t *testing.T) {
		totals, err := s.PurseTotals(ctx)
		must(t, err)
		i := slices.IndexFunc(totals, func(p payment.PurseTotal) bool { return p.Purse.Code == "guian" && p.State == payment.Waiting })
		if i < 0 || totals[i].Count != 6 || totals[i].Amount != 600 || totals[i].Name.IsZero() {
			t.Fatalf("%+v", totals)
		}
	})

	t.Run("events keep their order", func(t *testing.T) {
		for _, act := range []payment.Action{payment.ActionIssue, payment.ActionExport} {
			must(t, s.AppendEvent(ctx, "po-race-city-1", payment.OrderEvent{At: instant, Person: "p", Name: "甲", Role: "finance", Action: act, To: payment.Waiting, Note: "注"}))
		}
		events, err := s.Events(ctx, "po-race-city-1")
		must(t, err)
		if len(events) != 2 || events[0].Seq != 1 || events[1].Action != payment.ActionExport || !events[1].At.Equal(instant) {
			t.Fatalf("%+v", events)
		}
	})

	t.Run("bank files read back, move under their version and page", func(t *testing.T) {
		f := payment.BankFile{ID: "bf2", Number: "FK-2025-0002", Purse: District, PurseName: i18n.T("区", "district"), Count: 2, Total: 3, SHA256: "s", Digest: "d", State: payment.FileMade,
			Version: 1, Day: "2025-10-22", MadeBy: "per_a", MadeName: "甲", Made: instant}
		must(t, s.InsertFile(ctx, f))
		stale := f
		f.State, f.ClosedBy, f.ClosedName, f.Closed, f.Released, f.Note = payment.FileReleased, "per_b", "乙", instant, "2025-10-23", "放行"
		must(t, s.UpdateFile(ctx, &f))
		wants(t, s.UpdateFile(ctx, &stale), fault.Conflict)
		got, err := s.File(ctx, "bf2")
		must(t, err)
		same(t, f, got)
		page, err := s.BankFiles(ctx, "FK-2025-0002", 5)
		must(t, err)
		if len(page) != 1 || page[0].ID != "bf1" {
			t.Fatalf("%+v", page)
		}
		_, err = s.File(ctx, "none")
		wants(t, err, fault.NotFound)
	})

	t.Run("returns stand once by their bytes, with lines, verdicts and resolutions", func(t *testing.T) {
		r := payment.ReturnFile{ID: "rf1", Number: "HD-2025-0001", Purse: City, Name: "a.csv", SHA256: "sum", Size: 9, State: payment.ReturnPreviewed, Version: 1, Lines: 3, Person: "p", PersonName: "甲", At: instant,
			Paid: payment.Tally{Count: 1, Amount: 5}, Failed: payment.Tally{Count: 1, Amount: 6}, Bad: 1}
		lines := []payment.ReturnLine{
			{Line: 2, Order: "ZF-1", Amount: 5, Result: payment.ResultPaid, Reference: "r", Day: "2025-10-22", Verdict: payment.VerdictPaid, OrderID: "po-1"},
			{Line: 3, Order: "ZF-2", Amount: 6, Result: payment.ResultFailed, Reason: "户名", Verdict: payment.VerdictFailed},
			{Line: 5, Order: "ZF-3", Verdict: payment.VerdictUnknown, Problem: i18n.T("没有", "none")},
			{Line: 6, Order: "ZF-4", Day: "2025-10-23", Verdict: payment.VerdictAhead, Problem: i18n.T("明天", "tomorrow")},
		}
		r.Lines, r.Bad, r.Ahead = 4, 2, 1
		must(t, s.InsertReturn(ctx, r, lines))
		again := r
		again.ID, again.Number = "rf2", "HD-2025-0002"
		wants(t, s.InsertReturn(ctx, again, nil), fault.Conflict)
		got, found, err := s.ReturnBySum(ctx, City, "sum")
		must(t, err)
		if !found {
			t.Fatal("not found by its bytes")
		}
		same(t, r, got)
		if _, found, err = s.ReturnBySum(ctx, District, "sum"); err != nil || found {
			t.Fatal("found for another purse", err)
		}
		if n, err := s.CountUnmatched(ctx); err != nil || n != 0 {
			t.Fatal("a preview's lines wait for nobody", n, err)
		}
		lines[1].Verdict, lines[1].Problem = payment.VerdictDoubled, i18n.T("两次", "twice")
		must(t, s.SetVerdicts(ctx, "rf1", lines))
		r.State, r.AcceptedBy, r.AcceptedName, r.Accepted, r.Bad, r.Failed = payment.ReturnAccepted, "q", "乙", instant, 2, payment.Tally{}
		must(t, s.UpdateReturn(ctx, &r))
		kept, err := s.ReturnLines(ctx, "rf1", payment.EveryLine, 2, 10)
		must(t, err)
		same(t, lines[1:], kept)
		for which, want := range map[payment.Lines][]payment.ReturnLine{payment.BadLines: lines[1:], payment.GoodLines: lines[:1]} {
			kept, err := s.ReturnLines(ctx, "rf1", which, 0, 10)
			must(t, err)
			same(t, want, kept)
		}
		waiting, err := s.Waiting(ctx, City, "sum")
		must(t, err)
		if len(waiting) != 1 || waiting[0].Line != 6 || waiting[0].Return != "rf1" {
			t.Fatalf("%+v", waiting)
		}
		open, err := s.Unmatched(ctx, nil, 1)
		must(t, err)
		if len(open) != 1 || open[0].Line != 3 || open[0].Number != "HD-2025-0001" {
			t.Fatalf("%+v", open)
		}
		open, err = s.Unmatched(ctx, []string{"HD-2025-0001", "3"}, 10)
		must(t, err)
		if len(open) != 2 || open[0].Line != 5 {
			t.Fatalf("%+v", open)
		}
		_, err = s.Unmatched(ctx, []string{"HD-2025-0001", "x"}, 10)
		wants(t, err, fault.Invalid)
		done := lines[2]
		done.Resolution, done.ResolvedBy, done.ResolvedName, done.Resolved = "银行确认为他行款", "q", "乙", instant
		must(t, s.ResolveLine(ctx, "rf1", done))
		wants(t, s.ResolveLine(ctx, "rf1", done), fault.Conflict)
		if n, err := s.CountUnmatched(ctx); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		again.Ahead, again.At = 0, instant.Add(time.Hour) // an accepted return lets the same bytes come again
		must(t, s.InsertReturn(ctx, again, nil))
		if got, found, err = s.ReturnBySum(ctx, City, "sum"); err != nil || !found || got.ID != "rf2" {
			t.Fatal(got, found, err)
		}
		again.State = payment.ReturnDiscarded
		must(t, s.UpdateReturn(ctx, &again))
		ahead := lines[3]
		ahead.Resolution, ahead.ResolvedBy, ahead.ResolvedName, ahead.Resolved = "另件", "q", "乙", instant
		must(t, s.ResolveLine(ctx, "rf1", ahead))
		r.Ahead = 0
		all, err := s.Returns(ctx, "", 5)
		must(t, err)
		same(t, []payment.ReturnFile{again, r}, all)
	})

	t.Run("plans keep their versions, milestones their one confirmation and their evidence", func(t *testing.T) {
		p := payment.Plan{Case: "pl", Round: 1, Version: 1, Parts: []payment.Part{{N: 1, Amount: 3, City: 1, District: 2, Milestone: "上线", Confirms: "office"}}, Author: "p", Name: "甲", Reason: "理由", At: instant}
		must(t, s.InsertPlan(ctx, p))
		wants(t, s.InsertPlan(ctx, p), fault.Conflict)
		p2 := p
		p2.Version = 2
		must(t, s.InsertPlan(ctx, p2))
		got, err := s.Plans(ctx, "pl", 1)
		must(t, err)
		same(t, []payment.Plan{p, p2}, got)
		c := payment.Confirmation{N: 1, Person: "p", Name: "甲", Role: "office", Note: "属实", At: instant, On: "2025-10-22"}
		must(t, s.InsertConfirmation(ctx, "pl", 1, c))
		wants(t, s.InsertConfirmation(ctx, "pl", 1, c), fault.Conflict)
		done, err := s.Confirmations(ctx, "pl", 1)
		must(t, err)
		same(t, []payment.Confirmation{c}, done)
		e := payment.Evidence{N: 1, File: payment.File{ID: "ev1", Name: "验收.pdf", Type: "application/pdf", Size: 3, SHA256: "ab", Uploader: "p", At: instant}}
		must(t, s.InsertEvidence(ctx, "pl", 1, e))
		shown, err := s.Evidence(ctx, "pl", 1)
		must(t, err)
		same(t, []payment.Evidence{e}, shown)
	})

	t.Run("reports are asked once, filter, page and keep their files", func(t *testing.T) {
		for i, due := range []clock.Date{"2025-12-01", "2025-10-01", "2025-11-01"} {
			r := payment.Report{ID: fmt.Sprintf("pr%d", i), Number: fmt.Sprintf("JX-2025-000%d", i), Case: "rc", CaseNumber: "QM-rc", Round: 1, Org: Org, OrgName: "示例", Measure: "002-2", Matter: "模型", Year: 2025,
				Paid: "2025-09-01", Due: due, Indicators: []payment.Indicator{{ID: "users", Name: i18n.T("用户", "users"), Unit: i18n.T("家", "firms"), Expected: "2"}}, State: payment.ReportDue, Version: 1, Created: instant}
			added, err := s.InsertReport(ctx, r)
			must(t, err)
			if again, err := s.InsertReport(ctx, r); err != nil || !added || again {
				t.Fatal(added, again, err)
			}
			got, err := s.Report(ctx, r.ID)
			must(t, err)
			same(t, r, got)
		}
		r, err := s.Report(ctx, "pr2")
		must(t, err)
		r.State, r.Outputs, r.Text, r.Submitted, r.Submitter, r.Answer, r.Answered = payment.ReportAccepted, []payment.Output{{Indicator: "users", Reached: "3"}}, "做成了", "2025-10-22", "per_f", "属实", "2025-10-23"
		must(t, s.UpdateReport(ctx, &r))
		got, err := s.Report(ctx, "pr2")
		must(t, err)
		same(t, r, got)
		late, err := s.Reports(ctx, payment.ReportFilter{Org: Org, Overdue: "2025-10-22"})
		must(t, err)
		if len(late) != 1 || late[0].ID != "pr1" {
			t.Fatalf("%+v", late)
		}
		behind, err := s.Reports(ctx, payment.ReportFilter{Case: "rc", States: []payment.ReportState{payment.ReportDue, payment.ReportAccepted}, After: []string{"2025-10-01", "pr1"}, Limit: 5})
		must(t, err)
		if len(behind) != 2 || behind[0].ID != "pr2" || behind[1].ID != "pr0" {
			t.Fatalf("%+v", behind)
		}
		for q, want := range map[string]int{"jx-2025-0001": 1, "qm-RC": 3, "示": 3, "_": 0} {
			if found, err := s.Reports(ctx, payment.ReportFilter{Case: "rc", Query: q}); err != nil || len(found) != want {
				t.Errorf("%q finds %d reports, %v; want %d", q, len(found), err, want)
			}
		}
		f := payment.File{ID: "prf1", Name: "产出.csv", Type: "text/csv", Size: 3, SHA256: "ab", Uploader: "per_f", At: instant}
		must(t, s.InsertReportFile(ctx, "pr2", f))
		files, err := s.ReportFiles(ctx, "pr2")
		must(t, err)
		same(t, []payment.File{f}, files)
		_, err = s.Report(ctx, "none")
		wants(t, err, fault.NotFound)
	})

	t.Run("what waits is counted, since the oldest, and not for whoever took the first step", func(t *testing.T) { backlog(t, s) })
}

// backlog adds one thing of each kind, older than what the suite left, and looks
// who is told of it.
func backlog(t *testing.T, s payment.Store) {
	ctx, old := t.Context(), instant.AddDate(0, 0, -20)
	const since = clock.Date("2025-09-19")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	kinds := []party.TodoKind{payment.TodoFile, payment.TodoRelease, payment.TodoReturn, payment.TodoAccept, payment.TodoResolve, payment.TodoReissue, payment.TodoCancel, payment.TodoAnswer, payment.TodoReport, payment.TodoMend}
	anybody := party.Actor{Person: "per_z", Org: Org}
	count := func(kind party.TodoKind, by party.Actor) int64 {
		t.Helper()
		n, _, err := s.Backlog(ctx, kind, by)
		must(err)
		return n
	}
	before := map[party.TodoKind]int64{}
	for _, kind := range kinds {
		before[kind] = count(kind, anybody)
	}

	file := func(id string, state payment.FileState) payment.BankFile {
		return payment.BankFile{ID: id, Number: "FK-" + id, Purse: City, PurseName: i18n.T("市", "city"), State: state, Version: 1, Day: since, MadeBy: "per_m", Made: old, Closed: old}
	}
	must(s.InsertFile(ctx, file("w-made", payment.FileMade)))
	must(s.InsertFile(ctx, file("w-sent", payment.FileReleased)))
	must(s.InsertFile(ctx, file("w-answered", payment.FileReleased)))
	for i, o := range []struct {
		state payment.OrderState
		file  string
	}{{payment.Waiting, ""}, {payment.Exported, "w-made"}, {payment.Exported, "w-sent"}, {payment.Exported, "w-sent"}, {payment.Paid, "w-answered"}, {payment.Failed, "w-answered"}, {payment.Cancelling, ""}} {
		made := order(fmt.Sprintf("w%d", i), ledger.City, 1)
		made.Created, made.Consenter = old, "per_c"
		must(s.InsertOrder(ctx, made))
		made.State, made.File, made.AskedBy = o.state, o.file, "per_m"
		must(s.UpdateOrder(ctx, &made))
		must(s.AppendEvent(ctx, made.ID, payment.OrderEvent{At: old, Person: "per_m", Action: payment.ActionAskCancel, To: o.state}))
	}
	ret := func(id string, state payment.ReturnState, lines ...payment.ReturnLine) {
		must(s.InsertReturn(ctx, payment.ReturnFile{ID: id, Number: "HD-" + id, Purse: City, SHA256: id, State: state, Version: 1, At: old, Accepted: old}, lines))
	}
	bad := payment.ReturnLine{Line: 2, Order: "ZF-9", Verdict: payment.VerdictUnknown}
	ret("w-read", payment.ReturnPreviewed, bad)
	ret("w-in", payment.ReturnAccepted, bad, payment.ReturnLine{Line: 3, Order: "ZF-8", Verdict: payment.VerdictPaid})
	for _, state := range []payment.ReportState{payment.ReportDue, payment.ReportSubmitted, payment.ReportReturned} {
		_, err := s.InsertReport(ctx, payment.Report{ID: "w-" + string(state), Number: "JX-w-" + string(state), Case: "w", Round: 1, Org: Org, Paid: since, Due: "2026-01-01",
			State: state, Version: 1, Submitted: since, Submitter: "per_m", Answered: since, Created: old})
		must(err)
	}

	for _, kind := range kinds {
		partytest.Waits(t, s.Backlog, kind, anybody, before[kind]+1, since)
	}
	for _, own := range []struct {
		kind party.TodoKind
		by   party.Actor
	}{
		{payment.TodoRelease, party.Actor{Person: "per_m"}}, // who made it
		{payment.TodoRelease, party.Actor{Person: "per_c"}}, // who countersigned one of its orders
		{payment.TodoCancel, party.Actor{Person: "per_m"}},
		{payment.TodoAnswer, party.Actor{Person: "per_m"}},
		{payment.TodoReport, party.Actor{Person: "per_z", Org: "91520100MA6E00009X"}},
		{payment.TodoMend, party.Actor{Person: "per_z", Org: "91520100MA6E00009X"}},
	} {
		if n := count(own.kind, own.by); n > before[own.kind] {
			t.Errorf("%s waits for %+v", own.kind, own.by)
		}
	}
	partytest.NoBacklog(t, s.Backlog)
}
