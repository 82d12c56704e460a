package recoverytest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
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
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// Run runs the suite against stores on one empty database.
func Run(t *testing.T, open func(clock.Clock) recovery.Store) {
	now := clock.NewManual(Start)
	s := &suite{t, open(now), now}
	t.Run("a case reads back as written, and of two writers one wins", s.cases)
	t.Run("one live case claims a payment", s.claims)
	t.Run("lists find by state, party and words", s.lists)
	t.Run("history keeps every entry", s.history)
	t.Run("a bank reference stands once", s.receipts)
	t.Run("an exclusion is lifted once", s.listings)
	t.Run("a suggestion is added once and superseded", s.proposals)
	t.Run("numbers roll back with their transaction", s.numbers)
	t.Run("what waits is found by the history", s.backlog)
}

type suite struct {
	t     *testing.T
	store recovery.Store
	now   *clock.Manual
}

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

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0), cmpopts.IgnoreFields(recovery.Case{}, "Updated")); diff != "" {
		t.Error(diff)
	}
}

func sample(id, application string) recovery.Case {
	return recovery.Case{ID: id, Number: "ZC-2025-" + id, Org: Code(1), OrgName: "某科技公司", Ground: recovery.Fraud, State: recovery.Opened, Version: 1, Reason: "抽查",
		Authority: recovery.Authority{Words: "某法第一条"}, Facts: []string{"fact_1"}, Opened: Start,
		Parts: []recovery.Part{{Application: application, Number: "QM-" + application, Measure: "002-2", Fact: "paid-1", Purse: ledger.Purse{Level: ledger.City, Code: "520100"}, Year: 2025, Paid: 100,
			Claimed: recovery.Sum{Principal: 90, Interest: 9}, Received: recovery.Sum{Principal: 1, Interest: 2}}},
		Plan: recovery.Plan{Items: []recovery.Instalment{{Due: "2026-01-01", Amount: 99}}}, OpenedBy: "per_office"}
}

func (s *suite) cases(t *testing.T) {
	ctx, c := t.Context(), sample("001", "app_1")
	must(t, s.store.InsertCase(ctx, c))
	got, err := s.store.Case(ctx, "001")
	must(t, err)
	same(t, c, got)
	_, err = s.store.Case(ctx, "nobody")
	wantCode(t, err, fault.NotFound)
	second := got
	got.State, got.Known, got.Finding = recovery.Notified, true, "不实"
	got.Notice, got.Decision = &recovery.Notice{On: "2025-10-22", Deadline: "2025-10-29", Days: 5, Text: "拟追缴", Listing: true}, &recovery.Decision{Amount: 90, At: Start}
	must(t, s.store.UpdateCase(ctx, &got))
	if got.Version != 2 {
		t.Errorf("version %d after one change", got.Version)
	}
	wantCode(t, s.store.UpdateCase(ctx, &second), fault.Conflict)
	read, err := s.store.Case(ctx, "001")
	must(t, err)
	same(t, got, read)
}

func (s *suite) claims(t *testing.T) {
	ctx := t.Context()
	wantCode(t, s.store.InsertCase(ctx, sample("002", "app_1")), fault.Conflict)
	if _, err := s.store.Case(ctx, "002"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a refused case left something: %v", err)
	}
	first, err := s.store.Case(ctx, "001")
	must(t, err)
	first.State = recovery.Dropped
	must(t, s.store.UpdateCase(ctx, &first))
	must(t, s.store.InsertCase(ctx, sample("002", "app_1")))
	first.State = recovery.Opened // reopened, while another case has its payment
	wantCode(t, s.store.UpdateCase(ctx, &first), fault.Conflict)
}

func (s *suite) lists(t *testing.T) {
	ctx := t.Context()
	for i, id := range []string{"003", "004"} {
		c := sample(id, "app_"+id)
		c.Org, c.OrgName, c.Ground, c.Known = Code(2+i), []string{"甲公司", "乙100%公司"}[i], recovery.Overpaid, i == 1
		s.now.Advance(time.Minute)
		must(t, s.store.InsertCase(ctx, c))
	}
	for name, look := range map[string]struct {
		f    recovery.CaseFilter
		want []string
	}{
		"by party":         {recovery.CaseFilter{Org: Code(2)}, []string{"003"}},
		"by ground":        {recovery.CaseFilter{Ground: recovery.Overpaid}, []string{"004", "003"}},
		"by state":         {recovery.CaseFilter{States: []recovery.State{recovery.Dropped, recovery.Closed}}, []string{"001"}},
		"told":             {recovery.CaseFilter{Notified: true, Ground: recovery.Overpaid}, []string{"004"}},
		"by part of name":  {recovery.CaseFilter{Query: "甲"}, []string{"003"}},
		"by number":        {recovery.CaseFilter{Query: "zc-2025-003"}, []string{"003"}},
		"by code":          {recovery.CaseFilter{Query: string(Code(3))}, []string{"004"}},
		"a pattern is not": {recovery.CaseFilter{Query: "0%公"}, []string{"004"}},
		"no wildcard":      {recovery.CaseFilter{Query: "甲%"}, nil},
		"of nobody":        {recovery.CaseFilter{Org: Code(99)}, nil},
	} {
		list, err := s.store.Cases(ctx, look.f)
		must(t, err)
		var ids []string
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		if diff := cmp.Diff(look.want, ids); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	var paged []string
	for f := (recovery.CaseFilter{Limit: 1}); ; {
		page, err := s.store.Cases(ctx, f)
		must(t, err)
		if len(page) == 0 {
			break
		}
		paged, f.Before = append(paged, page[0].ID), page[0].Cursor()
	}
	if len(paged) != 4 || paged[0] != "004" {
		t.Errorf("pages gave %v", paged)
	}
	counts, err := s.store.CountByState(ctx)
	must(t, err)
	if counts[recovery.Opened] != 3 || counts[recovery.Dropped] != 1 {
		t.Errorf("counted %v", counts)
	}
}

func (s *suite) history(t *testing.T) {
	ctx := t.Context()
	for _, act := range []recovery.Action{recovery.ActionOpen, recovery.ActionCite} {
		must(t, s.store.AddEvent(ctx, "001", recovery.Event{At: Start, Person: "per_office", Name: "程向南", Role: "office", Action: act, To: recovery.Opened, Note: i18n.T("甲", "a"), Detail: json.RawMessage(`{"words":"某法"}`)}))
	}
	events, err := s.store.Events(ctx, "001")
	must(t, err)
	if len(events) != 2 || events[1].Seq != 2 || events[1].Action != recovery.ActionCite || events[0].Note.EN != "a" || string(events[0].Detail) != `{"words":"某法"}` || !events[0].At.Equal(Start) {
		t.Errorf("got %+v", events)
	}
}

func (s *suite) receipts(t *testing.T) {
	ctx := t.Context()
	r := recovery.Receipt{ID: "rcv_1", Case: "002", Amount: 60, On: "2025-10-22", Bank: "B1", Payer: "某公司", State: recovery.Asked, Person: "per_finance", Name: "覃知新", At: Start,
		Shares: []recovery.Share{{Part: 0, Sum: recovery.Sum{Principal: 50, Interest: 10}}}}
	must(t, s.store.InsertReceipt(ctx, r))
	got, err := s.store.Receipt(ctx, "rcv_1")
	must(t, err)
	same(t, r, got)
	again := r
	again.ID, again.Case = "rcv_2", "003"
	wantCode(t, s.store.InsertReceipt(ctx, again), fault.Conflict)
	must(t, s.store.SetReceipt(ctx, "rcv_1", recovery.Asked, recovery.Unbooked))
	wantCode(t, s.store.SetReceipt(ctx, "rcv_1", recovery.Asked, recovery.Booked), fault.Conflict)
	must(t, s.store.InsertReceipt(ctx, again)) // the first one does not stand any more
	again.ID, again.Case, again.Bank = "rcv_3", "002", "B3"
	must(t, s.store.InsertReceipt(ctx, again))
	list, err := s.store.Receipts(ctx, "002")
	must(t, err)
	if len(list) != 2 || list[0].ID != "rcv_1" || list[0].State != recovery.Unbooked || list[1].ID != "rcv_3" {
		t.Errorf("listed %+v", list)
	}
	_, err = s.store.Receipt(ctx, "nobody")
	wantCode(t, err, fault.NotFound)
}

func (s *suite) listings(t *testing.T) {
	ctx := t.Context()
	for i, id := range []string{"lst_1", "lst_2"} {
		must(t, s.store.AddEntry(ctx, recovery.Entry{ID: id, Org: Code(1 + i), Name: "某公司", Case: "002", Number: "ZC-2025-002", From: "2025-10-22", Until: "2026-10-21", Reason: "骗取", Person: "p", By: "程向南", At: Start.Add(time.Duration(i) * time.Minute)}))
	}
	lift := recovery.Entry{ID: "lst_3", Org: Code(1), Case: "002", Lifts: "lst_1", From: "2025-12-01", Reason: "已整改", At: Start}
	must(t, s.store.AddEntry(ctx, lift))
	lift.ID = "lst_4"
	wantCode(t, s.store.AddEntry(ctx, lift), fault.Conflict)
	for name, look := range map[string]struct {
		f    recovery.ListingFilter
		want []string
	}{
		"all, newest first":      {recovery.ListingFilter{}, []string{"lst_2", "lst_1"}},
		"of a party":             {recovery.ListingFilter{Org: Code(1)}, []string{"lst_1"}},
		"before it":              {recovery.ListingFilter{InForce: "2025-10-21"}, nil},
		"the first day":          {recovery.ListingFilter{InForce: "2025-10-22"}, []string{"lst_2", "lst_1"}},
		"lifted":                 {recovery.ListingFilter{InForce: "2025-12-01"}, []string{"lst_2"}},
		"the last day":           {recovery.ListingFilter{InForce: "2026-10-21"}, []string{"lst_2"}},
		"the day after":          {recovery.ListingFilter{InForce: "2026-10-22"}, nil},
		"one":                    {recovery.ListingFilter{ID: "lst_1"}, []string{"lst_1"}},
		"none":                   {recovery.ListingFilter{ID: "lst_3"}, nil},
		"by a name":              {recovery.ListingFilter{Query: "某公"}, []string{"lst_2", "lst_1"}},
		"by a number":            {recovery.ListingFilter{Query: "zc-2025-002", Limit: 1}, []string{"lst_2"}},
		"by a code":              {recovery.ListingFilter{Query: strings.ToLower(string(Code(1)))}, []string{"lst_1"}},
		"by nothing that is":     {recovery.ListingFilter{Query: "%"}, nil},
		"of a case that has one": {recovery.ListingFilter{Case: "002", Limit: 1}, []string{"lst_2"}},
	} {
		list, err := s.store.Listings(ctx, look.f)
		must(t, err)
		var ids []string
		for _, l := range list {
			ids = append(ids, l.ID)
			if (l.ID == "lst_1") != (l.Lifted != nil) {
				t.Errorf("%s: %s is lifted by %v", name, l.ID, l.Lifted)
			}
		}
		if diff := cmp.Diff(look.want, ids); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func (s *suite) proposals(t *testing.T) {
	ctx := t.Context()
	p := recovery.Proposal{ID: "sug_1", Change: recovery.Change{Application: "app_1", Number: "QM-1", Org: Code(1), Facts: []string{"f1"}, Paid: 10, Now: 4, Clear: true}, Kind: recovery.Recover, Amount: 6, State: recovery.Waiting, At: Start}
	must(t, s.store.AddProposal(ctx, p))
	must(t, s.store.AddProposal(ctx, p))
	got, err := s.store.Proposal(ctx, "sug_1")
	must(t, err)
	same(t, p, got)
	next := p
	next.ID, next.Facts, next.At = "sug_2", []string{"f1", "f2"}, Start.Add(time.Hour)
	must(t, s.store.AddProposal(ctx, next))
	p.State = recovery.Taken
	wantCode(t, s.store.Settle(ctx, p), fault.Conflict) // superseded
	next.State, next.Reason, next.Ended = recovery.Dismissed, "差额已核", Start
	must(t, s.store.Settle(ctx, next))
	wantCode(t, s.store.Settle(ctx, next), fault.Conflict)
	list, err := s.store.Proposals(ctx, recovery.ProposalFilter{Application: "app_1"})
	must(t, err)
	if len(list) != 2 || list[0].ID != "sug_2" || list[0].State != recovery.Dismissed || list[1].State != recovery.Superseded {
		t.Errorf("listed %+v", list)
	}
	if open, err := s.store.Proposals(ctx, recovery.ProposalFilter{State: recovery.Waiting}); err != nil || len(open) != 0 {
		t.Errorf("open ones: %+v, %v", open, err)
	}
	for _, upTo := range []int64{7, 5} {
		must(t, s.store.SetMark(ctx, upTo))
	}
	if mark, err := s.store.Mark(ctx); err != nil || mark != 7 {
		t.Errorf("the mark went back to %d, %v", mark, err)
	}
}

func (s *suite) numbers(t *testing.T) {
	ctx, boom := t.Context(), errors.New("boom")
	err := s.store.InTx(ctx, func(ctx context.Context) error {
		_, err := s.store.NextNumber(ctx, 2025)
		must(t, err)
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if n, err := s.store.NextNumber(ctx, 2025); err != nil || n != 1 {
		t.Errorf("the first committed number is %d, %v", n, err)
	}
}

// backlog walks a case to where it waits for each in turn.
func (s *suite) backlog(t *testing.T) {
	ctx := t.Context()
	c := sample("901", "app_901")
	must(t, s.store.InsertCase(ctx, c))
	step := func(act recovery.Action, person string, day int, to recovery.State) {
		t.Helper()
		read, err := s.store.Case(ctx, "901")
		must(t, err)
		read.State = to
		must(t, s.store.UpdateCase(ctx, &read))
		must(t, s.store.AddEvent(ctx, "901", recovery.Event{At: Start.AddDate(0, 0, day), Person: person, Action: act, To: to}))
	}
	pursued := func(count int64, since clock.Date) {
		t.Helper()
		partytest.Waits(t, s.store.Backlog, recovery.TodoPursue, party.Actor{Person: "per_office"}, count, since)
	}
	confirmed := func(person string, count int64, since clock.Date) {
		t.Helper()
		partytest.Waits(t, s.store.Backlog, recovery.TodoConfirm, party.Actor{Person: person}, count, since)
	}
	before, _, err := s.store.Backlog(ctx, recovery.TodoPursue, party.Actor{})
	must(t, err)
	step(recovery.ActionOpen, "per_office", -40, recovery.Opened)
	step(recovery.ActionCite, "per_office", -39, recovery.Opened) // moves nothing
	pursued(before+1, "2025-09-12")
	step(recovery.ActionFind, "per_office", -38, recovery.Proven)
	pursued(before+1, "2025-09-14")
	step(recovery.ActionNotify, "per_office", -37, recovery.Notified)
	if n, _, err := s.store.Backlog(ctx, recovery.TodoPursue, party.Actor{}); err != nil || n != before {
		t.Errorf("%d wait while the party may speak, %v", n, err)
	}
	step(recovery.ActionHear, "per_office", -30, recovery.Heard)
	pursued(before+1, "2025-09-22")
	step(recovery.ActionDecide, "per_1", -29, recovery.Decided)
	confirmed("per_2", 1, "2025-09-23")
	confirmed("per_1", 0, "")
	step(recovery.ActionReturn, "per_2", -28, recovery.Heard)
	confirmed("per_3", 0, "")
	pursued(before+1, "2025-09-24")
	step(recovery.ActionDecide, "per_1", -27, recovery.Decided)
	step(recovery.ActionConfirm, "per_2", -26, recovery.Recovering)
	confirmed("per_3", 0, "")
	step(recovery.ActionRemit, "per_1", -25, recovery.Recovering)
	step(recovery.ActionReceive, "per_2", -24, recovery.Recovering) // the remission still waits
	confirmed("per_2", 1, "2025-09-27")
	step(recovery.ActionReturn, "per_2", -23, recovery.Recovering)
	confirmed("per_3", 0, "")

	open, _, err := s.store.Backlog(ctx, recovery.TodoPropose, party.Actor{})
	must(t, err)
	must(t, s.store.AddProposal(ctx, recovery.Proposal{ID: "sug_901", Change: recovery.Change{Application: "app_901"}, Kind: recovery.Unclear, State: recovery.Waiting, At: Start.AddDate(0, 0, -50)}))
	partytest.Waits(t, s.store.Backlog, recovery.TodoPropose, party.Actor{}, open+1, "2025-09-02")
	partytest.NoBacklog(t, s.store.Backlog)
}
