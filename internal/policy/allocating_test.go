package policy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/notice"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// panel is the room of review as a test fills it: marks by application.
type panel map[string]string

func (p panel) Score(_ context.Context, application string) (string, error) {
	if mark := p[application]; mark != "" {
		return mark, nil
	}
	return "", fault.Newf(fault.Conflict, "没有评分。", "No marks.")
}

func (p panel) Blocks(_ context.Context, application string, _ call.Review) ([]i18n.Text, error) {
	if p[application] == "disputed" {
		return []i18n.Text{{ZH: "一项事实有争议", EN: "a fact is disputed"}}, nil
	}
	return nil, nil
}

// accepted submits for a call and has the office accept.
func (h *hall) accepted(t *testing.T, org ident.CreditCode, measure, object string) policy.Application {
	t.Helper()
	a := h.submitted(t, org, measure, object)
	a, err := h.Accept(t.Context(), officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "受理"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// allotted computes and settles a call's allocation.
func (h *hall) allotted(t *testing.T, id string) policy.Allotment {
	t.Helper()
	run, err := h.ComputeAllotment(t.Context(), officer, id)
	if err == nil {
		run, err = h.SettleAllotment(t.Context(), second, run.ID, run.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// The seven firms of measures.md at their cap of half a million, with three
// million to share: each way adds up to the fen.
func TestSevenFirmsAtTheirCap(t *testing.T) {
	for way, want := range map[shortage.Way][]money.Fen{
		shortage.ProRata:   {42_857_143, 42_857_143, 42_857_143, 42_857_143, 42_857_143, 42_857_143, 42_857_142},
		shortage.CutOff:    {50_000_000, 50_000_000, 50_000_000, 50_000_000, 50_000_000, 50_000_000},
		shortage.CarryOver: {50_000_000, 50_000_000, 50_000_000, 50_000_000, 50_000_000, 50_000_000}, // and the seventh out of next year's
	} {
		pack := guizhou(t)
		for i := range pack.Guides {
			for j := range pack.Guides[i].Rulings {
				if r := &pack.Guides[i].Rulings[j]; r.Question == "A3" {
					r.Choice = string(way)
				}
			}
		}
		h, _ := openCounter(t, dbtest.SQLite(t), pack)
		c := h.published(func(t *call.Terms) { t.Offers[0].WhenShort, t.Offers[0].Evidence = way, nil })
		var ids []string
		for n := range 7 {
			org := h.firm(n + 1)
			h.buys(org, "60000000.00")
			ids = append(ids, h.accepted(t, org, "002-6", "").ID)
		}
		h.on("2025-11-10")
		h.allotted(t, c.ID)
		var got []money.Fen
		total, carried := money.Fen(0), money.Fen(0)
		for i, id := range ids {
			a, err := h.Store.Application(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case a.State == policy.Proposed && a.CarriedIn && a.Years.Budget == 2026:
				carried += a.Amount
			case a.State == policy.Proposed:
				got = append(got, a.Amount)
				total += a.Amount
				if a.City+a.District != a.Amount || a.City != a.Amount/2 || a.Entitled != 50_000_000 {
					t.Errorf("%s: firm %d gets %d = %d + %d of %d", way, i, a.Amount, a.City, a.District, a.Entitled)
				}
			case a.State == policy.Unchosen:
			default:
				t.Errorf("%s: firm %d is %s", way, i, a.State)
			}
		}
		if promised, err := h.Store.CarriedInto(t.Context(), "002-6", 2026, ""); err != nil || promised != carried || (carried == 50_000_000) != (way == shortage.CarryOver) {
			t.Errorf("%s: %d carried, %d promised, %v", way, carried, promised, err)
		}
		if total != 300_000_000 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, %d in all, want %v", way, got, total, want)
		}
	}
}

// Of three scenes two are selected by the panel's marks; the selection is a
// fact from then on, the amount is the rule's, the notice shows them, and after
// it they are approved and held.
func TestAScenesWayThroughACall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, books := openCounter(t, d, guizhou(t))
		ctx := t.Context()
		c := h.published(func(t *call.Terms) {
			t.Offers[0] = call.Offer{Measure: "002-3", Years: t.Offers[0].Years, Together: true, Budget: 1_000_000_000, Quota: 2, WhenShort: shortage.CutOff,
				Review: call.Review{Scores: 3}, Rank: &call.Rank{By: []call.Weight{{Factor: call.Reviewed, Weight: "1"}}, Normalise: "none", Ties: "earlier"}}
		})
		var cases []policy.Application
		for n, mark := range []string{"71.5", "88", "79.25"} {
			org := h.firm(n + 1)
			h.append(evidence.Fact{Kind: "cost.scenario_investment", Subject: org, Object: "场景", Quantity: "2000000.00", Occurred: "2025-04-30", Attestor: evidence.Auditor,
				Attributes: map[string]string{"place": "520115", "field": "finance"}})
			a := h.accepted(t, org, "002-3", "场景")
			if a.Amount != 0 {
				t.Fatalf("before the selection it comes to %d", a.Amount)
			}
			h.panel[a.ID] = mark
			cases = append(cases, a)
		}
		if _, err := h.ComputeAllotment(ctx, officer, c.ID); !fault.Is(err, fault.Conflict) {
			t.Fatalf("allocating while the call is open gave %v", err)
		}
		h.on("2025-11-10")
		h.panel[cases[0].ID] = "disputed"
		if _, err := h.ComputeAllotment(ctx, officer, c.ID); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), cases[0].Number) {
			t.Fatalf("allocating with a disputed fact gave %v", err)
		}
		h.panel[cases[2].ID] = "" // what is not ready is told at once
		if _, err := h.ComputeAllotment(ctx, officer, c.ID); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), cases[0].Number) || !strings.Contains(err.Error(), "2 applications") {
			t.Fatalf("allocating with two that are not ready gave %v", err)
		}
		h.panel[cases[2].ID] = "79.25"
		h.panel[cases[0].ID] = "71.5"
		run, err := h.ComputeAllotment(ctx, officer, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.SettleAllotment(ctx, officer, run.ID, run.Version); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("settling one's own gave %v", err)
		}
		h.panel[cases[0].ID] = "99"
		if _, err := h.SettleAllotment(ctx, second, run.ID, run.Version); !fault.Is(err, fault.Conflict) {
			t.Fatalf("settling after a mark has changed gave %v", err)
		}
		h.panel[cases[0].ID] = "71.5"
		if run, err = h.SettleAllotment(ctx, second, run.ID, run.Version); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SettleAllotment(ctx, second, run.ID, run.Version); !fault.Is(err, fault.Conflict) {
			t.Fatalf("settling twice gave %v", err)
		}
		if diff, hash, err := h.RerunAllotment(ctx, run.ID); err != nil || !diff.Identical() || hash != run.InputHash {
			t.Fatalf("run again: %+v, %v", diff, err)
		}
		for i, want := range []struct {
			state  policy.State
			amount money.Fen
		}{{policy.Unchosen, 0}, {policy.Proposed, 40_000_000}, {policy.Proposed, 40_000_000}} {
			a, err := h.Store.Application(ctx, cases[i].ID)
			if err != nil || a.State != want.state || a.Amount != want.amount {
				t.Fatalf("case %d is %s with %d, %v", i, a.State, a.Amount, err)
			}
			cases[i] = a
		}
		if err := h.act(t, cases[1].ID, "approve"); !fault.Is(err, fault.Conflict) {
			t.Fatalf("approving before the notice gave %v", err)
		}

		n := h.noticed(t, c.ID)
		objection, err := h.notices.Object(ctx, notice.ObjectInput{Notice: n.ID, Seq: 2, Name: "张三", Contact: "x", Body: "场景没有上线。"})
		if err != nil {
			t.Fatal(err)
		}
		h.on("2025-11-24")
		if b, err := h.ApproveAll(ctx, officer, c.ID, "同意"); err != nil || b.Done != 1 || len(b.Left) != 1 {
			t.Fatalf("approving all gave %+v, %v", b, err)
		}
		h.answer(t, books, true)
		if a, err := h.Store.Application(ctx, cases[1].ID); err != nil || a.State != policy.Held {
			t.Fatalf("approved and %s, %v", a.State, err)
		}
		if _, err := h.notices.Answer(as(ctx, "one"), notice.AnswerInput{ID: objection.ID, Verdict: notice.Upheld, Answer: "属实。"}); err != nil {
			t.Fatal(err)
		}
		back, err := h.Store.Application(ctx, cases[2].ID)
		if err != nil || back.State != policy.Accepted {
			t.Fatalf("an upheld objection leaves it %s, %v", back.State, err)
		}
		// What is left is allocated again: one place of two, and the money but for what stands.
		run, err = h.ComputeAllotment(ctx, officer, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var again allocation.Result
		if err := json.Unmarshal(run.Result, &again); err != nil || len(again.Awards) != 1 || *again.Measures[0].Left != 1_000_000_000-80_000_000 {
			t.Fatalf("allocated again: %s, %v", run.Result, err)
		}
	})
}

// noticed drafts and publishes a notice over a call's proposed awards.
func (h *hall) noticed(t *testing.T, id string) notice.Notice {
	t.Helper()
	n, err := h.notices.DraftCall(as(t.Context(), "one"), i18n.Text{ZH: "公示", EN: "Notice"}, id, 5)
	if err == nil {
		n, err = h.notices.Publish(as(t.Context(), "two"), n.ID, n.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func as(ctx context.Context, person string) context.Context {
	return httpapi.WithPrincipal(ctx, httpapi.Principal{PersonID: person, Name: person, Role: "office"})
}

// Twenty of two dozen data suppliers share the year's award by their composite
// score; without weights nobody gets anything and ranges are shown.
func TestDataSuppliersShareByRank(t *testing.T) {
	for _, ruled := range []bool{true, false} {
		h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
		c := h.published(func(t *call.Terms) {
			supply(t)
			if !ruled {
				t.Offers[0].Rank = nil
			}
		})
		for n := range 24 {
			org := h.firm(n + 1)
			h.append(evidence.Fact{Kind: "data.supplied", Subject: org, Quantity: "1", Occurred: "2025-04-30", Attestor: evidence.Operator,
				Attributes: map[string]string{"exchange": "guizhou", "usage": fmt.Sprint(100 + n), "quality": "80", "dataset": fmt.Sprint("d", n)}})
			h.accepted(t, org, "002-5", "")
		}
		h.on("2025-11-10")
		run, err := h.ComputeAllotment(t.Context(), officer, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var result allocation.Result
		if err := json.Unmarshal(run.Result, &result); err != nil {
			t.Fatal(err)
		}
		if !ruled {
			if result.Outcome != allocation.Undecided || len(result.Awards) != 0 || len(result.Prospects) != 24 {
				t.Fatalf("without weights: %s", run.Result)
			}
			if _, err := h.SettleAllotment(t.Context(), second, run.ID, run.Version); !fault.Is(err, fault.Conflict) {
				t.Fatalf("settling what is undecided gave %v", err)
			}
			best, err := h.Prospects(t.Context(), &run, policy.RankingFilter{Limit: 30})
			if err != nil || len(best) != 24 || best[0].Ranks[0] != 1 || best[0].Number == "" || best[0].Name == "" {
				t.Fatalf("what they may come to: %+v, %v", best, err)
			}
			if one, err := h.Prospects(t.Context(), &run, policy.RankingFilter{Query: best[7].Number, Limit: 2}); err != nil || len(one) != 1 || one[0].ID != best[7].ID {
				t.Fatalf("looking for %s gave %+v, %v", best[7].Number, one, err)
			}
			continue
		}
		h.readsRanked(t, &run)
		if len(result.Awards) != 20 || result.Total != 500_000_000 {
			t.Fatalf("%d awards, %d fen", len(result.Awards), result.Total)
		}
		if _, err := h.SettleAllotment(t.Context(), second, run.ID, run.Version); err != nil {
			t.Fatal(err)
		}
		counts, err := h.Store.CountByState(t.Context(), "", c.ID)
		if err != nil || counts[policy.Proposed] != 20 || counts[policy.Unchosen] != 4 {
			t.Fatalf("counts %v, %v", counts, err)
		}
	}
}

// readsRanked reads the cases of twenty awards and four that miss by the quota.
func (h *hall) readsRanked(t *testing.T, run *policy.Allotment) {
	t.Helper()
	all, err := h.Ranked(t.Context(), run, policy.RankingFilter{Measure: "002-5", Limit: 30})
	if err != nil || len(all) != 24 || all[0].Rank != 1 || all[19].Below || !all[20].Below || all[20].Amount != nil || all[0].Name == "" {
		t.Fatalf("%d cases, %+v, %v", len(all), all, err)
	}
	org, err := h.Registry.Organisation(t.Context(), ident.CreditCode(all[22].Code))
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]int{all[22].Number: 1, strings.ToLower(all[22].Number): 1, org.Name: 1, all[22].Code: 1, "nobody": 0} {
		found, err := h.Ranked(t.Context(), run, policy.RankingFilter{Query: q, Limit: 30})
		if err != nil || len(found) != want || want == 1 && found[0].ID != all[22].ID {
			t.Errorf("%q finds %d cases, %v", q, len(found), err)
		}
	}
	for fate, want := range map[string]int{policy.FateAwarded: 20, policy.FateExcluded: 4, string(allocation.WhyQuota): 4, string(allocation.WhyTied): 0} {
		if found, err := h.Ranked(t.Context(), run, policy.RankingFilter{Fate: fate, Limit: 30}); err != nil || len(found) != want {
			t.Errorf("%d cases are %s, %v", len(found), fate, err)
		}
	}
}

func supply(t *call.Terms) {
	t.Offers[0] = call.Offer{Measure: "002-5", Years: t.Offers[0].Years, Together: true, Budget: 500_000_000, Quota: 20, Share: call.ByScore,
		Rank: &call.Rank{By: []call.Weight{{Factor: "usage", Weight: "0.6"}, {Factor: "quality", Weight: "0.4"}}, Normalise: "min_max", Ties: "share"}}
}
