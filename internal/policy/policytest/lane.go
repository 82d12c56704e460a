package policytest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// lanes checks that the store keeps the steps of the green lane.
func lanes(t *testing.T, s policy.Store) {
	ctx := context.Background()

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
}
