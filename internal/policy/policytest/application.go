package policytest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/form"
)

// applications checks that the store keeps cases with what they rest on: frozen results, files, events.
func applications(t *testing.T, s policy.Store) {
	ctx := context.Background()

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
}
