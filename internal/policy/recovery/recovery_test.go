package recovery_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/recovery/recoverytest"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const day = 24 * time.Hour

var (
	office, finance = recoverytest.Office, recoverytest.Finance
	firm            = recoverytest.Code(1)
)

func open(t *testing.T) *recoverytest.Room {
	t.Helper()
	r, err := openRoom(t.Context(), dbtest.SQLitePath(t), filepath.Join(t.TempDir(), "books.db"), recoverytest.Start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	must(t, r.Pay(t.Context(), firm, "app_1", 15_000_000, 15_000_001))
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s gave %v, not %s", what, err, code)
	}
}

func step(c recovery.Case, reason string) recovery.Step {
	return recovery.Step{ID: c.ID, Version: c.Version, Reason: reason}
}

// figures are what a case shows: per purse and together, as the books have it.
func balanced(t *testing.T, r *recoverytest.Room, c recovery.Case) {
	t.Helper()
	for _, p := range c.Parts {
		if p.Claimed.Total() != p.Received.Total()+p.Remitted.Total()+p.Owed().Total() {
			t.Errorf("%s: claimed %+v, received %+v, written off %+v, owed %+v", p.Purse, p.Claimed, p.Received, p.Remitted, p.Owed())
		}
		b, err := r.Books.Balance(t.Context(), p.Purse.Paid(p.Year))
		must(t, err)
		if b.Total() != p.Paid-p.Received.Principal {
			t.Errorf("%s has %s paid out; %s were paid and %s came back", p.Purse, b.Total(), p.Paid, p.Received.Principal)
		}
		back, err := r.Books.Balances(t.Context(), p.Purse.Recovered(2025))
		if err == nil && len(back) == 1 && back[0].Total() != p.Received.Total() {
			t.Errorf("%s has %s recovered, the case %s", p.Purse, back[0].Total(), p.Received.Total())
		}
		fact, err := r.Evidence.Known(t.Context(), c.Org, r.Time.Today())
		must(t, err)
		stands := money.Fen(0)
		for _, f := range fact {
			if f.Kind == "support.paid" && f.Attributes["level"] == string(p.Purse.Level) {
				stands, err = f.Fen()
				must(t, err)
			}
		}
		if stands != p.Paid-p.Received.Principal {
			t.Errorf("%s: the facts say that %s stand, not %s", p.Purse, stands, p.Paid-p.Received.Principal)
		}
	}
	report, err := r.Books.Verify(t.Context())
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the books: %+v, %v", report, err)
	}
}

func TestAFraudFromOpeningToTheLastFen(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	interest := recovery.Interest{Rate: "0.0345", From: "2025-09-01", To: "2025-10-22", Source: "参照贷款市场报价利率（决定书写明）"}
	charge, err := interest.On(30_000_001)
	must(t, err)
	c, err := r.Decide(ctx, firm, recoverytest.Wish{Ground: recovery.Fraud, Amount: 30_000_001, Interest: interest, Exclude: "2027-10-21"}, "app_1")
	must(t, err)
	if c.State != recovery.Recovering || c.Number != "ZC-2025-001" || charge != 144_616 || len(r.Desk.Stopped) != 1 || r.Desk.Stopped[0] != firm {
		t.Fatalf("%s %s, charge %d, stopped %v", c.Number, c.State, charge, r.Desk.Stopped)
	}
	if until, reason, err := r.Excluded(ctx, firm); err != nil || until != "2027-10-21" || reason != c.Number {
		t.Errorf("excluded until %q by %q, %v", until, reason, err)
	}
	if until, _, err := r.Excluded(ctx, recoverytest.Code(2)); err != nil || until != "" {
		t.Errorf("somebody else is excluded until %q, %v", until, err)
	}
	pay := func(amount money.Fen, bank string) error {
		_, err := r.Receive(ctx, finance, recovery.ReceiptInput{ID: c.ID, Amount: amount, On: "2025-10-22", Bank: bank, Payer: "某公司"})
		return err
	}
	must(t, pay(10_000_000, "abc 123"))
	wantCode(t, "the same bank reference", pay(10_000_000, "ABC123"), fault.Conflict)
	wantCode(t, "more than is owed", pay(30_000_001+charge, "X2"), fault.Conflict)
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.Parts[0].Received.Principal != 5_000_000 || c.Parts[1].Received.Principal != 5_000_000 {
		t.Errorf("shared %+v", c.Parts)
	}

	// The bank takes it back; the same reference may then be recorded again.
	receipts, err := r.Store.Receipts(ctx, c.ID)
	must(t, err)
	_, err = r.Reverse(ctx, finance, step(c, "银行退票。"), receipts[0].ID)
	must(t, err)
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.Parts[0].Received != (recovery.Sum{}) {
		t.Errorf("after the reversal %+v is received", c.Parts[0].Received)
	}
	must(t, pay(10_000_000, "ABC 123"))
	must(t, pay(20_000_001+charge, "ABC 124"))
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.State != recovery.Closed {
		t.Errorf("all of it came back and the case is %s", c.State)
	}
	_, err = r.Service.Open(ctx, office, recovery.OpenInput{Org: firm, Ground: recovery.Fraud, Applications: []string{"app_1"}, Reason: "再立"})
	wantCode(t, "a second case over what came back", err, fault.Conflict)

	var told []string
	for _, n := range r.Told.Said() {
		told = append(told, strings.TrimPrefix(n.Topic, "recovery.")+" "+n.Role+string(n.Org))
	}
	if got, want := strings.Join(told, ", "), fmt.Sprintf("notified %[1]s, confirm finance, outcome %[1]s, outcome %[1]s", firm); got != want {
		t.Errorf("told %s; want %s", got, want)
	}

	// Listed, restored, and not twice.
	listings, err := r.Store.Listings(ctx, recovery.ListingFilter{})
	must(t, err)
	must(t, r.Lift(ctx, office, recovery.LiftInput{ID: listings[0].ID, Reason: "已全部退回并整改。"}))
	if until, _, err := r.Excluded(ctx, firm); err != nil || until != "" {
		t.Errorf("restored, and excluded until %q, %v", until, err)
	}
	wantCode(t, "lifting twice", r.Lift(ctx, office, recovery.LiftInput{ID: listings[0].ID, Reason: "再移出"}), fault.Conflict)
}

// Nothing is decided without authority, proof and a heard party, nor by one person.
func TestNoStepIsSkipped(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	in := recovery.OpenInput{Org: firm, Ground: recovery.Fraud, Applications: []string{"app_1"}, Reason: "举报"}
	for what, bad := range map[string]func(*recovery.OpenInput){
		"an unknown application": func(in *recovery.OpenInput) { in.Applications = []string{"app_9"} },
		"one named twice":        func(in *recovery.OpenInput) { in.Applications = []string{"app_1", "app_1"} },
		"another party's":        func(in *recovery.OpenInput) { in.Org = recoverytest.Code(2) },
		"no reason":              func(in *recovery.OpenInput) { in.Reason = " " },
		"a ground of its own":    func(in *recovery.OpenInput) { in.Ground = "spite" },
		"a draft alone":          func(in *recovery.OpenInput) { in.Authority = recovery.Authority{Document: "draft", Clause: "1"} },
		"a draft in words": func(in *recovery.OpenInput) {
			in.Authority = recovery.Authority{Words: "依《某省若干政策（征求意见稿）》"}
		},
		"a clause that is none": func(in *recovery.OpenInput) { in.Authority = recovery.Authority{Document: "law", Clause: "99"} },
	} {
		wrong := in
		bad(&wrong)
		_, err := r.Service.Open(ctx, office, wrong)
		wantCode(t, what, err, fault.Invalid)
	}
	c, err := r.Service.Open(ctx, office, in)
	must(t, err)
	if _, err := r.Service.Open(ctx, office, in); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second case over the same payment gave %v", err)
	}
	_, err = r.Prove(ctx, office, step(c, "不实"))
	wantCode(t, "proving with nothing", err, fault.Conflict)
	_, err = r.AddFacts(ctx, office, step(c, "列入"), []string{"nothing"})
	wantCode(t, "a fact that is none", err, fault.Invalid)
	c, err = r.AddFacts(ctx, office, step(c, "列入"), []string{"paid-app_1-city"})
	must(t, err)
	c, err = r.Prove(ctx, office, step(c, "不实"))
	must(t, err)
	notice := recovery.NoticeInput{Step: step(c, "拟追缴"), Days: 5}
	_, err = r.Notify(ctx, office, notice)
	wantCode(t, "a notice without authority", err, fault.Conflict)
	if _, err := r.State(ctx, recoverytest.Firm(firm), recovery.StatementInput{ID: c.ID, Text: "不同意"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a party that was not told gave %v", err)
	}
	c, err = r.Cite(ctx, office, step(c, "补依据"), recovery.Authority{Words: "某法第一条", Document: "draft", Clause: "1"})
	must(t, err)
	notice.Step = step(c, "拟追缴")
	notice.Days = 4
	_, err = r.Notify(ctx, office, notice)
	wantCode(t, "too little time", err, fault.Invalid)
	notice.Days = 5
	set := r.Sets
	r.Sets.Hearing = rule.Hearing{}
	_, err = r.Notify(ctx, office, notice)
	wantCode(t, "a region that sets no time", err, fault.Conflict)
	r.Sets = set
	c, err = r.Notify(ctx, office, notice)
	must(t, err)
	if c.Notice.Deadline != "2025-10-29" {
		t.Errorf("five working days from 22 October end on %s", c.Notice.Deadline)
	}
	decide := func() error {
		_, err := r.Service.Decide(ctx, office, recovery.DecisionInput{Step: step(c, "决定"), Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 100}}})
		return err
	}
	wantCode(t, "deciding before the hearing is over", decide(), fault.Conflict)
	r.Time.Advance(7 * day) // the last day
	_, err = r.Hear(ctx, office, step(c, "无陈述"))
	wantCode(t, "ending the hearing on its last day", err, fault.Conflict)
	r.Time.Advance(day)
	c, err = r.Hear(ctx, office, step(c, "逾期未陈述"))
	must(t, err)
	for what, in := range map[string]recovery.DecisionInput{
		"nothing":             {Amount: 0},
		"more than was paid":  {Amount: 30_000_002, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 30_000_002}}},
		"a plan short a fen":  {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 99}}},
		"a plan in the past":  {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-10-01", Amount: 100}}},
		"days out of order":   {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 50}, {Due: "2025-12-31", Amount: 50}}},
		"an unheard listing":  {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 100}}, Exclude: "2026-12-31"},
		"a rate in per cent":  {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 100}}, Interest: recovery.Interest{Rate: "3.45", From: "2025-01-01", To: "2025-10-01", Source: "x"}},
		"interest to come":    {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 100}}, Interest: recovery.Interest{Rate: "0.03", From: "2025-01-01", To: "2025-12-01", Source: "x"}},
		"a rule of no source": {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: 100}}, Interest: recovery.Interest{Rate: "0.03", From: "2025-01-01", To: "2025-10-01"}},
		"no such day":         {Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-02-30", Amount: 100}}},
	} {
		in.Step = step(c, "决定")
		_, err := r.Service.Decide(ctx, office, in)
		wantCode(t, what, err, fault.Invalid)
	}
	must(t, decide())
	c, err = r.Store.Case(ctx, c.ID)
	must(t, err)
	_, err = r.Confirm(ctx, recovery.Actor{Person: office.Person, Role: "finance"}, step(c, "同意"))
	wantCode(t, "confirming one's own decision", err, fault.Forbidden)
	c, err = r.SendBack(ctx, finance, step(c, "金额请再核。"))
	must(t, err)
	if c.State != recovery.Heard || c.Decision != nil || c.Parts[0].Claimed != (recovery.Sum{}) {
		t.Errorf("sent back to %s with %+v", c.State, c.Decision)
	}
	must(t, decide())
	wantCode(t, "acting on what was overtaken", decide(), fault.Conflict)
}

func TestWrittenOffReversedAndRevoked(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	c, err := r.Decide(ctx, firm, recoverytest.Wish{Ground: recovery.NotPerformed, Amount: 20_000_000}, "app_1")
	must(t, err)
	if len(r.Desk.Stopped) != 0 {
		t.Error("only fraud stops what is open")
	}
	law := recovery.Authority{Words: "某法第二条"}
	c, err = r.Remit(ctx, office, recovery.RemissionInput{Step: step(c, "破产清算分配后无可执行财产。"), Amount: 5_000_000, Authority: law})
	must(t, err)
	if owed := owing(c); owed != 20_000_000 {
		t.Errorf("an unconfirmed remission left %d owed", owed)
	}
	_, err = r.Confirm(ctx, office, step(c, "同意"))
	wantCode(t, "confirming one's own remission", err, fault.Forbidden)
	c, err = r.Confirm(ctx, finance, step(c, "同意核销。"))
	must(t, err)
	if owing(c) != 15_000_000 || c.State != recovery.Recovering || c.Plan.Items[0].Amount != 15_000_000 {
		t.Errorf("owed %d, %s, plan %+v", owing(c), c.State, c.Plan)
	}
	_, err = r.Remit(ctx, office, recovery.RemissionInput{Step: step(c, "再核销"), Amount: 15_000_001, Authority: law})
	wantCode(t, "writing off more than is owed", err, fault.Invalid)
	c, err = r.Remit(ctx, office, recovery.RemissionInput{Step: step(c, "再核销"), Amount: 1, Authority: law})
	must(t, err)
	c, err = r.SendBack(ctx, finance, step(c, "不同意"))
	must(t, err)
	if c.Remission != nil || c.State != recovery.Recovering {
		t.Errorf("a refused remission left %+v, %s", c.Remission, c.State)
	}

	c, err = r.Reschedule(ctx, office, recovery.PlanInput{Step: step(c, "企业申请分期。"), Instalments: []recovery.Instalment{{Due: "2025-11-30", Amount: 7_500_000}, {Due: "2025-12-31", Amount: 7_500_000}}})
	must(t, err)
	_, err = r.Receive(ctx, finance, recovery.ReceiptInput{ID: c.ID, Amount: 15_000_000, On: "2025-10-22", Bank: "B1", Payer: "某公司"})
	must(t, err)
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.State != recovery.Closed {
		t.Fatalf("received and written off: %s", c.State)
	}

	// Money goes back: the case lives again until it is owed no more.
	receipts, err := r.Store.Receipts(ctx, c.ID)
	must(t, err)
	c, err = r.Reverse(ctx, finance, step(c, "误记他案款项。"), receipts[0].ID)
	must(t, err)
	_, err = r.Reverse(ctx, finance, step(c, "再冲"), receipts[0].ID)
	wantCode(t, "reversing twice", err, fault.Conflict)
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.State != recovery.Recovering || owing(c) != 15_000_000 {
		t.Fatalf("after the reversal: %s, %d owed", c.State, owing(c))
	}
	c, err = r.Revoke(ctx, finance, step(c, "复议决定撤销。"))
	must(t, err)
	if c.State != recovery.Revoked || owing(c) != 0 {
		t.Errorf("revoked: %s, %d owed", c.State, owing(c))
	}
	if _, err := r.Service.Open(ctx, office, recovery.OpenInput{Org: firm, Ground: recovery.Overpaid, Applications: []string{"app_1"}, Reason: "重新立案"}); err != nil {
		t.Errorf("a new case after the revocation: %v", err)
	}
	events, err := r.Store.Events(ctx, c.ID)
	must(t, err)
	var acts []string
	for _, e := range events {
		acts = append(acts, string(e.Action))
		if !json.Valid(e.Detail) {
			t.Errorf("%s says %q", e.Action, e.Detail)
		}
	}
	for i, act := range r.Acts.Of(c.ID) { // each step has its audit entry
		if i >= len(acts) || act != "policy.recovery."+acts[i] {
			t.Errorf("audit entry %d is %s beside the steps %s", i, act, acts)
		}
	}
	if n := len(r.Acts.Of(c.ID)); n != len(acts) {
		t.Errorf("%d audit entries for %d steps", n, len(acts))
	}
	if got := strings.Join(acts, " "); got != "open add prove notify state hear decide confirm remit confirm remit send_back reschedule receive booked close reverse reversed revoke" {
		t.Errorf("the history is %s", got)
	}
}

func owing(c recovery.Case) (sum money.Fen) {
	for _, p := range c.Parts {
		sum += p.Owed().Total()
	}
	return sum
}

// A revoked decision takes its listing with it.
func TestARevokedDecisionListsNobody(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	c, err := r.Decide(ctx, firm, recoverytest.Wish{Ground: recovery.Fraud, Amount: 100, Exclude: "2026-10-21"}, "app_1")
	must(t, err)
	_, err = r.Revoke(ctx, office, step(c, "撤销"))
	wantCode(t, "revoking one's own decision", err, fault.Forbidden)
	_, err = r.Revoke(ctx, finance, step(c, "复议撤销"))
	must(t, err)
	if until, _, err := r.Excluded(ctx, firm); err != nil || until != "" {
		t.Errorf("still excluded until %q, %v", until, err)
	}
}

// An exclusion ends with its last day.
func TestAnExclusionEndsByItself(t *testing.T) {
	r := open(t)
	_, err := r.Decide(t.Context(), firm, recoverytest.Wish{Ground: recovery.Fraud, Amount: 100, Exclude: "2025-10-24"}, "app_1")
	must(t, err)
	for _, want := range []clock.Date{"2025-10-24", "2025-10-24", "2025-10-24", ""} {
		if until, _, err := r.Excluded(t.Context(), firm); err != nil || until != want {
			t.Errorf("on %s excluded until %q, %v", r.Time.Today(), until, err)
		}
		r.Time.Advance(day)
	}
}

// Of several applications one purse may have paid, the other not.
func TestAHalfThatWasNeverPaidIsNotAskedBack(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	other := recoverytest.Code(2)
	must(t, r.Pay(ctx, other, "app_2", 100, 0))
	c, err := r.Decide(ctx, other, recoverytest.Wish{Ground: recovery.Voluntary, Amount: 100}, "app_2")
	must(t, err)
	if len(c.Parts) != 1 {
		t.Errorf("parts %+v", c.Parts)
	}
}

func TestDroppedAndReopened(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	c, err := r.Heard(ctx, firm, recoverytest.Wish{Ground: recovery.Fraud}, "app_1")
	must(t, err)
	c, err = r.Drop(ctx, office, step(c, "证据不足，撤案。"))
	must(t, err)
	if _, err := r.Receive(ctx, finance, recovery.ReceiptInput{ID: c.ID, Amount: 1, On: "2025-10-22", Bank: "B", Payer: "x"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("money for a dropped case gave %v", err)
	}
	c, err = r.Reopen(ctx, office, step(c, "新证据。"))
	must(t, err)
	if c.State != recovery.Opened || c.Notice != nil || c.Finding != "" || len(c.Papers) != 1 {
		t.Errorf("reopened as %+v", c)
	}
}

// What was corrected is suggested once, taken up or dismissed, never acted on
// by itself.
func TestACorrectedFactIsSuggestedOnce(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	change := recovery.Change{Application: "app_1", Number: "QM-app_1", Org: firm, Facts: []string{"f1"}, Paid: 30_000_001, Now: 18_000_000, Clear: true}
	r.Desk.Changes, r.Desk.UpTo = []recovery.Change{change,
		{Application: "app_2", Org: firm, Facts: []string{"f2"}, Paid: 10, Now: 25, Clear: true},
		{Application: "app_3", Org: firm, Facts: []string{"f3"}, Paid: 10, Now: 10, Clear: true},
		{Application: "app_4", Org: firm, Facts: []string{"f4"}, Paid: 10}}, 40
	for want := range []int{0, 1} {
		if n, err := r.Propose(ctx); err != nil || n != []int{3, 0}[want] {
			t.Fatalf("run %d added %d, %v", want, n, err)
		}
	}
	list, err := r.Store.Proposals(ctx, recovery.ProposalFilter{State: recovery.Waiting})
	must(t, err)
	found := map[string]recovery.Proposal{}
	for _, p := range list {
		found[p.Application] = p
	}
	for app, want := range map[string]struct {
		kind   recovery.ProposalKind
		amount money.Fen
	}{"app_1": {recovery.Recover, 12_000_001}, "app_2": {recovery.TopUp, 15}, "app_4": {recovery.Unclear, 0}} {
		if p := found[app]; p.Kind != want.kind || p.Amount != want.amount {
			t.Errorf("%s: %s of %d, not %s of %d", app, p.Kind, p.Amount, want.kind, want.amount)
		}
	}
	if cases, err := r.Store.Cases(ctx, recovery.CaseFilter{}); err != nil || len(cases) != 0 {
		t.Errorf("a suggestion opened %d cases, %v", len(cases), err)
	}
	_, err = r.TakeUp(ctx, office, found["app_1"].ID, " ")
	wantCode(t, "without a reason", err, fault.Invalid)
	p, err := r.TakeUp(ctx, office, found["app_1"].ID, "核减审计，多付部分追缴。")
	must(t, err)
	c, err := r.Store.Case(ctx, p.Case)
	must(t, err)
	if c.Ground != recovery.Overpaid || c.Proposal != p.ID || c.State != recovery.Opened {
		t.Errorf("the case is %+v", c)
	}
	_, err = r.Dismiss(ctx, office, p.ID, "不办")
	wantCode(t, "settling twice", err, fault.Conflict)
	_, err = r.Dismiss(ctx, office, found["app_4"].ID, "口径未定，暂不办。")
	must(t, err)

	// Corrected again, back to what it was: nothing is left to suggest.
	r.Desk.Changes, r.Desk.UpTo = []recovery.Change{{Application: "app_2", Org: firm, Facts: []string{"f2", "f5"}, Paid: 10, Now: 10, Clear: true}}, 50
	if n, err := r.Propose(ctx); err != nil || n != 0 {
		t.Fatalf("added %d, %v", n, err)
	}
	if p, err := r.Store.Proposal(ctx, found["app_2"].ID); err != nil || p.State != recovery.Superseded {
		t.Errorf("the old suggestion is %s, %v", p.State, err)
	}
}

// Concurrent receipts never come to more than is owed.
// TestWhoIsWaitedFor walks a case past everybody who has to do something.
func TestWhoIsWaitedFor(t *testing.T) {
	r := open(t)
	ctx, party := t.Context(), recoverytest.Firm(firm)
	waits := func(want string) {
		t.Helper()
		var got []string
		for _, by := range []recovery.Actor{office, finance, party, recoverytest.Firm(recoverytest.Code(9))} {
			todos, err := r.Todos(ctx, by)
			must(t, err)
			for _, todo := range todos {
				got = append(got, fmt.Sprintf("%s %s %d %s", by.Role, todo.Kind, todo.Count, todo.Since))
			}
		}
		if now := strings.Join(got, "; "); now != want {
			t.Errorf("waits: %s; want %s", now, want)
		}
	}
	c, err := r.Service.Open(ctx, office, recovery.OpenInput{Org: firm, Ground: recovery.Overpaid, Applications: []string{"app_1"}, Reason: "抽查", Authority: recovery.Authority{Words: "某法第一条"}})
	must(t, err)
	waits("office recovery.pursue 1 2025-10-22")
	c, err = r.AddPaper(ctx, office, c.ID, "核查报告.txt", strings.NewReader("核查报告"))
	must(t, err)
	c, err = r.Prove(ctx, office, step(c, "多付。"))
	must(t, err)
	c, err = r.Notify(ctx, office, recovery.NoticeInput{Step: step(c, "拟追缴。"), Days: 5})
	must(t, err)
	waits("org_manager recovery.state 1 2025-10-22")
	r.Time.Advance(8 * day) // its last day was 29 October
	waits("office recovery.hear 1 2025-10-30; org_manager recovery.state 1 2025-10-22")
	c, err = r.State(ctx, party, recovery.StatementInput{ID: c.ID, Waived: true})
	must(t, err)
	waits("office recovery.hear 1 2025-10-30")
	c, err = r.Hear(ctx, office, step(c, "无异议。"))
	must(t, err)
	waits("office recovery.pursue 1 2025-10-30")
	c, err = r.Service.Decide(ctx, office, recovery.DecisionInput{Step: step(c, "决定。"), Amount: 100, Instalments: []recovery.Instalment{{Due: "2025-12-01", Amount: 100}}})
	must(t, err)
	waits("finance recovery.confirm 1 2025-10-30")
	r.Time.Advance(day)
	c, err = r.Confirm(ctx, finance, step(c, "无误。"))
	must(t, err)
	waits("org_manager recovery.pay 1 2025-10-31")
	_, err = r.Remit(ctx, office, recovery.RemissionInput{Step: step(c, "无力偿还。"), Amount: 100, Authority: recovery.Authority{Words: "某法第二条"}})
	must(t, err)
	waits("finance recovery.confirm 1 2025-10-31; org_manager recovery.pay 1 2025-10-31")
}

func TestTwoReceiptsAtOnce(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	c, err := r.Decide(ctx, firm, recoverytest.Wish{Ground: recovery.Voluntary, Amount: 100}, "app_1")
	must(t, err)
	done := make(chan error, 8)
	for n := range cap(done) {
		go func() {
			_, err := r.Receive(context.WithoutCancel(ctx), finance, recovery.ReceiptInput{ID: c.ID, Amount: 40, On: "2025-10-22", Bank: fmt.Sprintf("B%d", n), Payer: "x"})
			done <- err
		}()
	}
	won := 0
	for range cap(done) {
		switch err := <-done; {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if won < 1 || won > 2 || owing(c) != money.Fen(100-40*won) {
		t.Errorf("%d receipts of 40 left %d of 100 owed", won, owing(c))
	}
}
