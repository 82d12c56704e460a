// Package policytest is the conformance suite of the policy domain's store.
package policytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/award"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/form"
	"github.com/qianmo/qianmo/internal/policy/letter"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const (
	orgA = ident.CreditCode("91520100MA6E00001X")
	orgB = ident.CreditCode("91520100MA6E00002X")
)

func sample(id, object string) policy.Application {
	return policy.Application{ID: id, Number: "QM-2025-" + id, Org: orgA, Measure: "002-2", Object: object, Guide: 2025,
		State: policy.Draft, Version: 1, CreatedBy: "per_1", Created: time.UnixMicro(1_760_000_000_000_000),
		Call: "call_1", Years: call.Years{Transaction: 2024, Application: 2025, Award: 2025, Budget: 2026}, Channel: call.BankFile, ByProposal: true,
		Promise: policy.Promise{Days: 45, Used: 3, Since: "2025-10-09"}, Late: true,
		Declared: form.Answers{"cost.model_construction": {{"quantity": "1820450000", "place": "520115"}, {"related": true}}}}
}

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s policy.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	t.Run("numbers count up and roll back with their transaction", func(t *testing.T) {
		boom := errors.New("boom")
		first, err := s.NextNumber(ctx, 2025)
		must(t, err)
		if err := s.InTx(ctx, func(ctx context.Context) error {
			if _, err := s.NextNumber(ctx, 2025); err != nil {
				return err
			}
			return boom
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		second, err := s.NextNumber(ctx, 2025)
		must(t, err)
		other, err := s.NextNumber(ctx, 2024)
		must(t, err)
		if first != 1 || second != 2 || other != 1 {
			t.Fatalf("got %d, %d and %d, want 1, 2 and 1", first, second, other)
		}
	})

	t.Run("an application reads back as written and once a matter", func(t *testing.T) {
		a := sample("a1", "model-a")
		must(t, s.InsertApplication(ctx, a))
		got, err := s.Application(ctx, "a1")
		must(t, err)
		if diff := cmp.Diff(a, got, cmpopts.IgnoreFields(a, "Updated"), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		again := sample("a1b", "model-a")
		if err := s.InsertApplication(ctx, again); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a second application for the same matter gave %v", err)
		}
		a.State, a.Declared = policy.Withdrawn, form.Answers{"org.credit": {{"good": false}}}
		must(t, s.UpdateApplication(ctx, &a, nil))
		got, err = s.Application(ctx, "a1")
		must(t, err)
		if diff := cmp.Diff(a.Declared, got.Declared); diff != "" {
			t.Fatal(diff)
		}
		again.Declared = nil
		must(t, s.InsertApplication(ctx, again))
		if got, err = s.Application(ctx, "a1b"); err != nil || got.Declared != nil {
			t.Fatalf("what was never stated reads back as %v, %v", got.Declared, err)
		}
		if _, err := s.Application(ctx, "nobody"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("an unknown id gave %v", err)
		}
	})

	t.Run("of two writers with one version, one wins", func(t *testing.T) {
		must(t, s.InsertApplication(ctx, sample("race", "model-race")))
		var wins, conflicts int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				a := sample("race", "model-race")
				a.Statement = fmt.Sprint(i)
				err := s.UpdateApplication(ctx, &a, nil)
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

	t.Run("the frozen assessment stays until replaced", func(t *testing.T) {
		a := sample("frozen", "model-frozen")
		must(t, s.InsertApplication(ctx, a))
		must(t, s.UpdateApplication(ctx, &a, json.RawMessage(`{"amount_fen":"1"}`)))
		must(t, s.UpdateApplication(ctx, &a, nil))
		got, err := s.Assessment(ctx, "frozen")
		must(t, err)
		if string(got) != `{"amount_fen":"1"}` {
			t.Fatalf("got %s", got)
		}
		must(t, s.InsertApplication(ctx, sample("unfrozen", "model-unfrozen")))
		for i, sum := range []string{"aa", "bb"} {
			must(t, s.InsertAttachment(ctx, "unfrozen", policy.Attachment{ID: "at-" + sum, Name: "f", SHA256: sum, At: time.UnixMicro(1_760_000_000_000_000 - int64(i))}))
		}
		bases, err := s.Bases(ctx, []string{"unfrozen", "frozen", "nobody"})
		must(t, err)
		want := map[string]policy.Basis{"frozen": {Assessment: json.RawMessage(`{"amount_fen":"1"}`)}, "unfrozen": {Assessment: json.RawMessage("null"), Files: []string{"bb", "aa"}}}
		if diff := cmp.Diff(want, bases); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("steps of the green lane page backwards, and a lane is found among cases", func(t *testing.T) {
		var all []policy.LaneEntry
		for i := range 5 {
			e := policy.LaneEntry{Application: fmt.Sprintf("lane%d", i%2), Seq: int64(i/2 + 1), Action: policy.LaneMark, Ground: rule.ClauseRef{Document: "003", Path: "十六"}, Reason: "招商项目", Person: "per_1", Name: "程向南", At: time.UnixMicro(1_760_000_000_000_000 + int64(i/2))}
			must(t, s.AppendLane(ctx, e))
			all = append([]policy.LaneEntry{e}, all...)
		}
		if err := s.AppendLane(ctx, all[0]); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a step taken twice gave %v", err)
		}
		var paged []policy.LaneEntry
		for before := ""; ; {
			page, err := s.Lanes(ctx, before, 2)
			must(t, err)
			if paged = append(paged, page...); len(page) < 2 {
				break
			}
			before = page[1].Cursor()
		}
		if diff := cmp.Diff(all, paged, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		if _, err := s.Lanes(ctx, "1/2", 2); !fault.Is(err, fault.Invalid) {
			t.Fatalf("a broken cursor gave %v", err)
		}
		of, err := s.LaneOf(ctx, "lane1")
		must(t, err)
		if len(of) != 2 || of[0].Seq != 1 || of[1].Seq != 2 {
			t.Fatalf("the steps of one case: %+v", of)
		}
		a := sample("green", "model-green")
		a.State = policy.Submitted
		must(t, s.InsertApplication(ctx, a))
		a.Lane = policy.GreenLane
		must(t, s.UpdateApplication(ctx, &a, nil))
		found, err := s.Applications(ctx, policy.ApplicationFilter{Lane: policy.GreenLane})
		must(t, err)
		if len(found) != 1 || found[0].ID != "green" {
			t.Fatalf("in the green lane: %+v", found)
		}
		b := sample("marked", "model-marked")
		b.State = policy.Submitted
		must(t, s.InsertApplication(ctx, b))
		b.Lane = policy.MarkedLane
		must(t, s.UpdateApplication(ctx, &b, nil))
		for i, person := range []string{"per_2", "per_1"} { // asked for, declined by per_2 and asked for again: the last step counts
			must(t, s.AppendLane(ctx, policy.LaneEntry{Application: "marked", Seq: int64(i + 1), Action: policy.LaneMark, Person: person, At: time.UnixMicro(1_760_000_000_000_000).AddDate(0, 0, i)}))
		}
		partytest.Waits(t, s.Backlog, policy.TodoLane, party.Actor{Person: "per_2"}, 1, "2025-10-10")
		partytest.Waits(t, s.Backlog, policy.TodoLane, party.Actor{Person: "per_1"}, 0, "")
		b.State = policy.Withdrawn // nobody works on it any more
		must(t, s.UpdateApplication(ctx, &b, nil))
		partytest.Waits(t, s.Backlog, policy.TodoLane, party.Actor{Person: "per_2"}, 0, "")
		partytest.NoBacklog(t, s.Backlog)
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

	t.Run("one transaction at a time decides on an organisation", func(t *testing.T) {
		inside, most := 0, 0 // guarded by the lock that is tested
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := s.InTx(ctx, func(ctx context.Context) error {
					if err := s.LockOrganisation(ctx, orgA); err != nil {
						return err
					}
					inside++
					most = max(most, inside)
					_, err := s.CountByState(ctx, orgA, "")
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

	t.Run("who holds an application changes it, and the next one reads what they wrote", func(t *testing.T) {
		must(t, s.InsertApplication(ctx, sample("held", "model-held")))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := s.InTx(ctx, func(ctx context.Context) error {
					a, err := s.LockApplication(ctx, "held")
					if err != nil {
						return err
					}
					a.Outstanding++
					return s.UpdateApplication(ctx, &a, nil)
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if a, err := s.Application(ctx, "held"); err != nil || a.Outstanding != sample("held", "model-held").Outstanding+8 {
			t.Fatalf("%d %v", a.Outstanding, err)
		}
		if _, err := s.LockApplication(ctx, "nobody's"); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})

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

	t.Run("lists filter, page and hide drafts", func(t *testing.T) {
		for i := range 7 {
			a := sample(fmt.Sprintf("list%d", i), fmt.Sprintf("model-list%d", i))
			a.Org, a.Measure, a.State = orgB, "002-3", policy.Submitted
			if i == 6 {
				a.State = policy.Draft
			}
			must(t, s.InsertApplication(ctx, a))
		}
		filter := policy.ApplicationFilter{Org: orgB, Measure: "002-3", Guide: 2025, States: []policy.State{policy.Submitted, policy.Draft}, Limit: 4}
		seen := map[string]bool{}
		for pages := 0; ; pages++ {
			page, err := s.Applications(ctx, filter)
			must(t, err)
			for _, a := range page {
				if seen[a.ID] {
					t.Fatalf("%s came twice", a.ID)
				}
				seen[a.ID] = true
			}
			if len(page) < filter.Limit {
				break
			}
			last := page[len(page)-1]
			filter.Before = last.Cursor()
		}
		if len(seen) != 6 || seen["list6"] {
			t.Fatalf("saw %v", seen)
		}
		if _, err := s.Applications(ctx, policy.ApplicationFilter{Before: "x/y"}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("a wrong cursor gave %v", err)
		}
		counts, err := s.CountByState(ctx, orgB, "")
		must(t, err)
		if counts[policy.Submitted] != 6 || counts[policy.Draft] != 1 {
			t.Fatalf("counts %v", counts)
		}
		all, err := s.CountByState(ctx, "", "")
		must(t, err)
		one := sample("counted", "model-counted")
		must(t, s.InsertApplication(ctx, one))
		one.State = policy.Withdrawn
		must(t, s.UpdateApplication(ctx, &one, nil))
		more, err := s.CountByState(ctx, "", "") // at once, whatever is kept of the last count
		must(t, err)
		all[policy.Withdrawn]++
		if diff := cmp.Diff(all, more); diff != "" {
			t.Fatal(diff)
		}
		byNumber, err := s.Applications(ctx, policy.ApplicationFilter{Number: "list3' or 1=1"})
		must(t, err)
		if len(byNumber) != 0 {
			t.Fatal("a number was read as SQL")
		}
	})

	t.Run("events keep their order and attachments their digests", func(t *testing.T) {
		must(t, s.InsertApplication(ctx, sample("ev", "model-ev")))
		other := sample("ev2", "model-ev2")
		other.State = policy.Submitted
		must(t, s.InsertApplication(ctx, other))
		at := time.UnixMicro(1_760_000_000_000_000)
		for _, act := range []policy.Action{policy.ActionOpen, policy.ActionSubmit} {
			must(t, s.AppendEvent(ctx, "ev", policy.Event{At: at, Person: "per_1", Name: "甲", Role: "org_manager", Action: act, To: policy.Submitted, Note: i18n.T("理由", "reason")}))
		}
		events, err := s.Events(ctx, "ev")
		must(t, err)
		if len(events) != 2 || events[0].Seq != 1 || events[1].Action != policy.ActionSubmit || !events[0].At.Equal(at) || events[1].Note != i18n.T("理由", "reason") {
			t.Fatalf("%+v", events)
		}
		file := policy.Attachment{ID: "f1", Name: "合同.pdf", Type: "application/pdf", Size: 3, SHA256: "ab", Uploader: "per_1", At: at}
		must(t, s.InsertAttachment(ctx, "ev", file))
		file.ID = "f2"
		must(t, s.InsertAttachment(ctx, "ev2", file))
		files, err := s.Attachments(ctx, "ev")
		must(t, err)
		if len(files) != 1 || files[0].ID != "f1" || files[0].SHA256 != "ab" {
			t.Fatalf("%+v", files)
		}
		must(t, s.DeleteAttachment(ctx, "ev", "f1"))
		if err := s.DeleteAttachment(ctx, "ev", "f1"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("deleting twice gave %v", err)
		}
	})

	t.Run("an imported text replaces the earlier one", func(t *testing.T) {
		if _, found, err := s.Text(ctx, "002"); err != nil || found {
			t.Fatal(found, err)
		}
		for _, text := range []string{"旧", "新"} {
			must(t, s.PutText(ctx, policy.DocumentText{Document: "002", SHA256: "d", Text: text, Person: "p", At: 1}))
		}
		got, found, err := s.Text(ctx, "002")
		must(t, err)
		if !found || got.Text != "新" {
			t.Fatalf("%v %+v", found, got)
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
