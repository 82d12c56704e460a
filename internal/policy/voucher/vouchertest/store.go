package vouchertest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, store voucher.Store) {
	s := &suite{store}
	t.Run("a voucher reads back as written, and of two writers one wins", s.vouchers)
	t.Run("lists find by holder, state, day and words, in pages", s.lists)
	t.Run("history keeps every step", s.history)
	t.Run("a hold is noted once and forgotten when dropped", s.uses)
	t.Run("the day only moves on", s.day)
	t.Run("numbers roll back with their transaction", s.numbers)
	t.Run("requests wait from their first step on", s.backlog)
}

type suite struct{ store voucher.Store }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func sample(n int) voucher.Voucher {
	most := money.Fen(900)
	return voucher.Voucher{ID: fmt.Sprintf("vch_%d", n), Number: fmt.Sprintf("SQ-2025-%05d", n), Programme: City, Year: 2025, Org: Code(n), OrgName: "甲100%公司", State: voucher.Live, Version: 1,
		Asked: 500, Face: 400, From: "2025-06-02", Until: "2025-07-01", Outcome: rule.Undecided, Assessment: []byte(`{"a":1}`), Hash: "h", At: Start,
		Terms:   rule.VoucherTerms{Year: 2025, Guide: 1, Issue: rule.IssueOnClaim, Faces: []money.Fen{500}, Cap: &most, Discount: money.Rate{Num: 3, Den: 10}, ValidDays: 30, Services: []string{"training"}, Places: []string{"520100"}},
		Pending: &voucher.Pending{Intent: "voucher/x/1/return", Action: voucher.ActionReturn, Amount: 3}, Back: voucher.Back{Returned: 1, Expired: 2}, Why: i18n.T("因", "why")}
}

func (s *suite) vouchers(t *testing.T) {
	ctx, v := t.Context(), sample(1)
	must(t, s.store.Insert(ctx, v))
	got, err := s.store.Voucher(ctx, v.ID)
	must(t, err)
	if diff := cmp.Diff(v, got, cmpopts.EquateApproxTime(0)); diff != "" {
		t.Error(diff)
	}
	second := got
	got.State, got.Pending, got.Until = voucher.Returned, nil, "2025-07-02"
	must(t, s.store.Update(ctx, &got))
	if got.Version != 2 {
		t.Errorf("version %d after one change", got.Version)
	}
	wantCode(t, s.store.Update(ctx, &second), fault.Conflict)
	_, err = s.store.Voucher(ctx, "nobody")
	wantCode(t, err, fault.NotFound)
}

func (s *suite) lists(t *testing.T) {
	ctx := t.Context()
	for n := 2; n <= 4; n++ {
		v := sample(n)
		switch n {
		case 3:
			v.Programme, v.OrgName = Province, "乙公司"
		case 4:
			v.State, v.Until, v.Year = voucher.Requested, "", 2024
		}
		must(t, s.store.Insert(ctx, v))
	}
	for name, look := range map[string]struct {
		f    voucher.Filter
		want []string
	}{
		"all, newest first": {voucher.Filter{}, []string{"vch_4", "vch_3", "vch_2", "vch_1"}},
		"by holder":         {voucher.Filter{Org: Code(3)}, []string{"vch_3"}},
		"by programme":      {voucher.Filter{Programme: City, Year: 2025}, []string{"vch_2", "vch_1"}},
		"by states":         {voucher.Filter{States: []voucher.State{voucher.Returned, voucher.Requested}}, []string{"vch_4", "vch_1"}},
		"by last day":       {voucher.Filter{Until: "2025-07-01"}, []string{"vch_3", "vch_2"}},
		"by name":           {voucher.Filter{Query: "乙"}, []string{"vch_3"}},
		"by number":         {voucher.Filter{Query: "sq-2025-00002"}, []string{"vch_2"}},
		"by code":           {voucher.Filter{Query: string(Code(2))}, []string{"vch_2"}},
		"no wildcard":       {voucher.Filter{Query: "乙%"}, nil},
		"a pattern is not":  {voucher.Filter{Query: "0%公"}, []string{"vch_4", "vch_2", "vch_1"}},
		"a page":            {voucher.Filter{Before: "SQ-2025-00003", Limit: 1}, []string{"vch_2"}},
	} {
		all, err := s.store.Vouchers(ctx, look.f)
		must(t, err)
		var ids []string
		for _, v := range all {
			ids = append(ids, v.ID)
		}
		if diff := cmp.Diff(look.want, ids); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func (s *suite) history(t *testing.T) {
	ctx := t.Context()
	events := []voucher.Event{
		{Seq: 1, At: Start, Person: "p", Name: "名", Role: "office", Action: voucher.ActionRecall, To: voucher.Ending, Amount: 7, Note: i18n.T("因", "why")},
		{Seq: 2, At: Start, Action: voucher.ActionEnded, To: voucher.Returned},
	}
	for _, e := range events {
		must(t, s.store.AddEvent(ctx, "vch_1", e))
	}
	got, err := s.store.Events(ctx, "vch_1")
	must(t, err)
	if diff := cmp.Diff(events, got, cmpopts.EquateApproxTime(0)); diff != "" {
		t.Error(diff)
	}
}

func (s *suite) uses(t *testing.T) {
	ctx := t.Context()
	u := voucher.Use{Bill: "bill", Hold: "h1", Voucher: "vch_1", Programme: City, Held: 5}
	must(t, s.store.AddUse(ctx, u))
	wantCode(t, s.store.AddUse(ctx, u), fault.Conflict)
	u.Settled, u.Post, u.Released = 4, "p1", true
	must(t, s.store.SetUse(ctx, u))
	got, err := s.store.Use(ctx, "h1")
	must(t, err)
	if got != u {
		t.Errorf("got %+v", got)
	}
	other := voucher.Use{Bill: "bill", Hold: "h0", Voucher: "vch_2", Programme: City, Held: 9}
	must(t, s.store.AddUse(ctx, other))
	all, err := s.store.Uses(ctx, "bill")
	must(t, err)
	if diff := cmp.Diff([]voucher.Use{other, u}, all); diff != "" {
		t.Error(diff)
	}
	must(t, s.store.DropUse(ctx, "h0"))
	_, err = s.store.Use(ctx, "h0")
	wantCode(t, err, fault.NotFound)
}

func (s *suite) day(t *testing.T) {
	ctx := t.Context()
	for _, step := range []struct{ set, want clock.Date }{{"2025-06-02", "2025-06-02"}, {"2025-06-01", "2025-06-02"}, {"2025-06-03", "2025-06-03"}} {
		must(t, s.store.SetDay(ctx, step.set))
		if day, err := s.store.Day(ctx); err != nil || day != step.want {
			t.Errorf("after %s the day is %s, %v", step.set, day, err)
		}
	}
}

func (s *suite) numbers(t *testing.T) {
	ctx, undone := t.Context(), errors.New("undone")
	first, err := s.store.NextNumber(ctx, 2025)
	must(t, err)
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		must(t, s.store.Lock(ctx, "bill/b"))
		if n, err := s.store.NextNumber(ctx, 2025); err != nil || n != first+1 {
			t.Errorf("second number %d, %v", n, err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if n, err := s.store.NextNumber(ctx, 2025); err != nil || n != first+1 {
		t.Errorf("number %d after a rollback, %v", n, err)
	}
}

func (s *suite) backlog(t *testing.T) {
	must(t, s.store.AddEvent(t.Context(), "vch_4", voucher.Event{At: Start, Person: "p", Action: voucher.ActionRequest, To: voucher.Requested}))
	partytest.Waits(t, s.store.Backlog, voucher.TodoIssue, party.Actor{}, 1, clock.DateOf(Start))
	partytest.NoBacklog(t, s.store.Backlog)
}
