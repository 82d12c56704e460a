package supervisiontest

import (
	"context"
	"errors"
	"fmt"
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
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

const orgA = ident.CreditCode("91520100MA6E00001X")

// sampleAlarm is a whole alarm of a key, for the store's suite.
func sampleAlarm(id string) supervision.Alarm {
	return supervision.Alarm{ID: "alarm_" + id, Key: "key-" + id, Rule: "same-invoice", RuleVersion: 2, Severity: supervision.Stop, State: supervision.Open, Version: 1,
		Reason: i18n.T("发票 %s 被用了两次", "Invoice %s is used twice", id), Facts: []string{"f1-" + id, "f2-" + id},
		Trades: []supervision.Trade{{Buyer: string(orgA), BuyerName: "甲", Seller: "乙", SellerName: "乙", Amount: 7, From: "2025-01-02", To: "2025-01-03", Facts: []string{"f1-" + id}}},
		Cases:  []supervision.CaseRef{{ID: "app_" + id, Number: "QM-2025-" + id, Org: orgA, Measure: "002-6"}}, Raised: time.UnixMicro(1_760_000_000_000_000)}
}

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s supervision.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	t.Run("an alarm reads back as written, and its key is raised once", func(t *testing.T) {
		a := sampleAlarm("one")
		must(t, s.Insert(ctx, a))
		got, err := s.Alarm(ctx, a.ID)
		must(t, err)
		if diff := cmp.Diff(a, got, cmpopts.IgnoreFields(a, "Updated"), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		again := sampleAlarm("one")
		again.ID = "alarm_other"
		if err := s.Insert(ctx, again); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the same key was raised twice: %v", err)
		}
		if _, err := s.Alarm(ctx, "nobody"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("an unknown id gave %v", err)
		}
	})

	t.Run("of two raisers of one key, one wins", func(t *testing.T) {
		var wins, conflicts int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				a := sampleAlarm("race")
				a.ID = fmt.Sprint("alarm_race", i)
				err := s.InTx(ctx, func(ctx context.Context) error { return s.Insert(ctx, a) })
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

	t.Run("a change names the version that was read, and takes cases in", func(t *testing.T) {
		a := sampleAlarm("change")
		must(t, s.Insert(ctx, a))
		stale := a
		a.State, a.Follow, a.ProposedBy = supervision.Confirmed, supervision.Refuse, "per_1"
		a.Cases = append(a.Cases, supervision.CaseRef{ID: "app_second", Number: "QM-2025-2", Org: orgA, Measure: "002-2"})
		must(t, s.Update(ctx, &a))
		got, err := s.Alarm(ctx, a.ID)
		must(t, err)
		if got.Version != 2 || a.Version != 2 || got.State != supervision.Confirmed || len(got.Cases) != 2 {
			t.Fatalf("%+v", got)
		}
		if err := s.Update(ctx, &stale); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a stale writer gave %v", err)
		}
		of, err := s.OfCase(ctx, "app_second")
		must(t, err)
		if len(of) != 1 || of[0].ID != a.ID || len(of[0].Cases) != 2 {
			t.Fatalf("%+v", of)
		}
		keyed, err := s.Keyed(ctx)
		must(t, err)
		if keyed["key-change"].ID != a.ID {
			t.Fatalf("%+v", keyed)
		}
	})

	t.Run("lists filter and page", func(t *testing.T) {
		for i := range 7 {
			a := sampleAlarm(fmt.Sprint("list", i))
			a.Rule = "shared-contact"
			if i == 6 {
				a.State = supervision.Dismissed
			}
			must(t, s.Insert(ctx, a))
		}
		filter := supervision.Filter{Rule: "shared-contact", States: []supervision.State{supervision.Open, supervision.Proposed}, Measure: "002-6", Org: orgA, Limit: 4}
		seen := map[string]bool{}
		for {
			page, err := s.List(ctx, filter)
			must(t, err)
			for _, a := range page {
				if seen[a.ID] || len(a.Cases) != 1 {
					t.Fatalf("%s came twice or without its case", a.ID)
				}
				seen[a.ID] = true
			}
			if len(page) < filter.Limit {
				break
			}
			filter.Before = page[len(page)-1].Cursor()
		}
		if len(seen) != 6 || seen["alarm_list6"] {
			t.Fatalf("saw %v", seen)
		}
		for text, want := range map[string]int{"qm-2025-list3": 1, "发票 list4": 1, "f2-list5": 1, "alarm_list2": 1, "list%": 0, "' or 1=1 --": 0, `list\`: 0} {
			found, err := s.List(ctx, supervision.Filter{Text: text})
			must(t, err)
			if len(found) != want {
				t.Errorf("%q finds %d, want %d", text, len(found), want)
			}
		}
		if _, err := s.List(ctx, supervision.Filter{Before: "x/y"}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("a wrong cursor gave %v", err)
		}
	})

	t.Run("precision counts by rule", func(t *testing.T) {
		for i, state := range []supervision.State{supervision.Open, supervision.Proposed, supervision.Dismissed, supervision.Confirmed, supervision.Confirmed, supervision.Lapsed} {
			a := sampleAlarm(fmt.Sprint("precision", i))
			a.Rule, a.State = "split-bill", state
			must(t, s.Insert(ctx, a))
		}
		all, err := s.Precisions(ctx)
		must(t, err)
		for _, p := range all {
			if p.Rule == "split-bill" && p != (supervision.Precision{Rule: "split-bill", Open: 2, Dismissed: 1, Confirmed: 2, Lapsed: 1}) {
				t.Fatalf("%+v", p)
			}
		}
		if len(all) != 3 {
			t.Fatalf("%+v", all)
		}
	})

	t.Run("events keep their order and roll back with their transaction", func(t *testing.T) {
		must(t, s.Insert(ctx, sampleAlarm("trail")))
		boom := errors.New("boom")
		at := time.UnixMicro(1_760_000_000_000_000)
		for _, act := range []supervision.Action{supervision.ActionRaise, supervision.ActionPropose} {
			must(t, s.AppendEvent(ctx, "alarm_trail", supervision.Event{At: at, Person: "per_1", Name: "甲", Role: "office", Action: act, To: supervision.Proposed, Note: i18n.T("理由", "reason")}))
		}
		if err := s.InTx(ctx, func(ctx context.Context) error {
			if err := s.AppendEvent(ctx, "alarm_trail", supervision.Event{At: at, Action: supervision.ActionConsent}); err != nil {
				return err
			}
			return boom
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		events, err := s.Events(ctx, "alarm_trail")
		must(t, err)
		if len(events) != 2 || events[0].Seq != 1 || events[1].Action != supervision.ActionPropose || !events[0].At.Equal(at) || events[1].Note != i18n.T("理由", "reason") {
			t.Fatalf("%+v", events)
		}
	})

	t.Run("open alarms wait, and a proposed dismissal for anybody but its proposer", func(t *testing.T) {
		open, _, err := s.Backlog(ctx, supervision.TodoDispose, party.Actor{})
		must(t, err)
		a := sampleAlarm("waits")
		a.Raised = a.Raised.AddDate(0, 0, -4)
		must(t, s.Insert(ctx, a))
		partytest.Waits(t, s.Backlog, supervision.TodoDispose, party.Actor{}, open+1, "2025-10-05")
		count := func(person string) (n int64) {
			n, _, err := s.Backlog(ctx, supervision.TodoAnswer, party.Actor{Person: person})
			must(t, err)
			return n
		}
		own, others := count("per_9"), count("per_8")
		a.State, a.ProposedBy = supervision.Proposed, "per_9"
		must(t, s.Update(ctx, &a))
		if count("per_9") != own || count("per_8") != others+1 {
			t.Errorf("it waits for its proposer (%d) or for nobody else (%d)", count("per_9"), count("per_8"))
		}
		partytest.NoBacklog(t, s.Backlog)
	})
}
