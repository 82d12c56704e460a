package payment

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// PurseView names a purse.
type PurseView struct {
	Level ledger.Level `json:"level" enum:"city,district"`
	Place string       `json:"place" doc:"GB/T 2260 code, or guian"`
	Name  i18n.Text    `json:"name"`
}

func purseView(p ledger.Purse, name i18n.Text) PurseView {
	if name.IsZero() {
		name = i18n.Text{ZH: p.String(), EN: p.String()}
	}
	return PurseView{p.Level, p.Code, name}
}

// OrderView is an order as a reader may see it.
type OrderView struct {
	ID         string           `json:"id"`
	Number     string           `json:"number" doc:"What people and the bank quote: ZF-2025-0001"`
	Case       string           `json:"case" doc:"Id of the application"`
	CaseNumber string           `json:"case_number"`
	Instalment int              `json:"instalment"`
	Of         int              `json:"of"`
	Attempt    int              `json:"attempt" doc:"From 1; a later one replaces the one before"`
	Replaces   string           `json:"replaces" doc:"Id of the order that this one stands for; empty for the first"`
	Org        ident.CreditCode `json:"org"`
	OrgName    string           `json:"org_name"`
	Measure    string           `json:"measure"`
	Purse      PurseView        `json:"purse"`
	Holder     string           `json:"holder"`
	Bank       string           `json:"bank"`
	Account    string           `json:"account" doc:"All digits for finance on one order's own page, else the last four"`
	Amount     money.Fen        `json:"amount_fen"`
	Purpose    string           `json:"purpose"`
	Due        clock.Date       `json:"due_on,omitempty" doc:"From when the bank may pay"`
	State      OrderState       `json:"state" enum:"waiting,exported,paid,failed,replaced,cancelling,cancelled"`
	File       string           `json:"file" doc:"Id of the bank file that it is in; empty for none"`
	Reference  string           `json:"reference" doc:"The bank's, once it answered"`
	Settled    *clock.Date      `json:"settled_on" doc:"The bank's day; null until it answered"`
	Why        string           `json:"why" doc:"Why the bank did not pay"`
	Allowed    []Action         `json:"allowed" doc:"What the signed-in person may do now"`
	Revision   int64            `json:"revision" doc:"Name it in the next write"`
}

func orderView(by Actor, o Order) OrderView {
	v := OrderView{ID: o.ID, Number: o.Number, Case: o.Case, CaseNumber: o.CaseNumber, Instalment: o.Instalment, Of: o.Of, Attempt: o.Attempt, Replaces: o.Replaces, Org: o.Org,
		OrgName: o.OrgName, Measure: o.Measure, Purse: purseView(o.Purse, o.PurseName), Holder: o.Payee.Holder, Bank: o.Payee.Bank, Account: o.Payee.Masked(), Amount: o.Amount,
		Purpose: o.Purpose, Due: o.Due, State: o.State, File: o.File, Reference: o.Reference, Settled: dayOrNull(o.Settled), Why: o.Why, Allowed: []Action{}, Revision: o.Version}
	if by.Role != "finance" {
		return v
	}
	for _, act := range []Action{ActionReissue, ActionAskCancel, ActionCancel, ActionRefuseCancel} {
		answers := act == ActionCancel || act == ActionRefuseCancel
		if o.Can(act) && !(answers && o.AskedBy == by.Person) {
			v.Allowed = append(v.Allowed, act)
		}
	}
	return v
}

func orderViews(by Actor, all []Order) []OrderView {
	out := make([]OrderView, 0, len(all))
	for _, o := range all {
		out = append(out, orderView(by, o))
	}
	return out
}

// StepView is one step of an order.
type StepView struct {
	At     time.Time  `json:"at"`
	Name   string     `json:"name" doc:"Who"`
	Role   string     `json:"role"`
	Action Action     `json:"action"`
	State  OrderState `json:"state"`
	Note   string     `json:"note"`
}

// OneOrder is an order with its steps.
type OneOrder struct {
	OrderView
	Steps []StepView `json:"steps"`
}

// OneOrder finds an order that the actor may see. Finance reads the whole
// account number.
//
// Codes: not_found, also for another organisation's.
func (s *Service) OneOrder(ctx context.Context, by Actor, id string) (OneOrder, error) {
	o, err := s.Store.Order(ctx, id)
	if err == nil {
		err = notTheirs(by, o.Org, "没有这条支付指令。", "There is no such payment order.")
	}
	if err != nil {
		return OneOrder{}, err
	}
	out := OneOrder{OrderView: orderView(by, o), Steps: []StepView{}}
	events, err := s.Store.Events(ctx, id)
	for _, e := range events {
		out.Steps = append(out.Steps, StepView{e.At, e.Name, e.Role, e.Action, e.To, e.Note})
	}
	if err == nil && by.Role == "finance" {
		account, errAccount := s.Payees.Account(ctx, o.Org, o.Payee.Account)
		out.Account, err = account.Number, errAccount
	}
	return out, err
}

// SideView is one half of a case's payment.
type SideView struct {
	Purse  PurseView `json:"purse"`
	Issued money.Fen `json:"issued_fen" doc:"Orders that stand"`
	Paid   money.Fen `json:"paid_fen"`
	Failed money.Fen `json:"failed_fen"`
}

// CaseSides is a case with both halves side by side.
type CaseSides struct {
	Case       string           `json:"case"`
	CaseNumber string           `json:"case_number"`
	Org        ident.CreditCode `json:"org"`
	OrgName    string           `json:"org_name"`
	Measure    string           `json:"measure"`
	City       SideView         `json:"city"`
	District   SideView         `json:"district"`
	Differs    bool             `json:"differs" doc:"One half is paid and the other is not"`
}

func sidesView(v Sides) CaseSides {
	side := func(s Side) SideView { return SideView{purseView(s.Purse, s.Name), s.Issued, s.Paid, s.Failed} }
	return CaseSides{Case: v.Case, CaseNumber: v.CaseNumber, Org: v.Org, OrgName: v.OrgName, Measure: v.Measure, City: side(v.City), District: side(v.District), Differs: v.Differs()}
}

// PartView is a part of a plan with what came of it.
type PartView struct {
	Part
	State     string      `json:"state" enum:"waiting,confirmed,issued,paid" doc:"For its milestone, for the countersignature, for the bank, or done"`
	Confirmed *clock.Date `json:"confirmed_on"`
	By        string      `json:"confirmed_by"`
	Note      string      `json:"note"`
	Shown     []File      `json:"shown" doc:"Evidence for the milestone"`
	Allowed   []string    `json:"allowed" enum:"confirm,show" doc:"What the signed-in person may do now"`
}

// VersionView is one version of a plan.
type VersionView struct {
	Version int       `json:"version"`
	Name    string    `json:"name" doc:"Who wrote it"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
}

// CasePayment is everything about one case's money on its way out.
type CasePayment struct {
	Case     string        `json:"case"`
	Total    money.Fen     `json:"total_fen"`
	Paid     money.Fen     `json:"paid_fen"`
	Differs  bool          `json:"differs" doc:"One half is paid and the other is not"`
	Version  int           `json:"plan_version" doc:"0 for a payment in one part; name it in the next plan"`
	Parts    []PartView    `json:"parts"`
	Versions []VersionView `json:"versions"`
	Orders   []OrderView   `json:"orders" doc:"All of them, with those that were replaced or cancelled"`
	Reports  []ReportView  `json:"reports"`
	MayPlan  bool          `json:"may_plan" doc:"Whether the signed-in person may write a version"`
}

// OneCase gathers a case's payment for whoever may see the case.
//
// Codes: not_found, also for another organisation's; conflict while no money is held.
func (s *Service) OneCase(ctx context.Context, by Actor, id string) (CasePayment, error) {
	a, issued, err := s.award(ctx, id)
	if err == nil {
		err = notTheirs(by, a.Org, "没有这份申报。", "There is no such application.")
	}
	if err != nil {
		return CasePayment{}, err
	}
	out := CasePayment{Case: a.Case, Total: a.Total(), Versions: []VersionView{}, Reports: []ReportView{}}
	all, err := s.Store.CaseOrders(ctx, id)
	if err != nil {
		return out, err
	}
	out.Orders = orderViews(by, all)
	city, district := Side{}, Side{}
	for _, o := range all {
		side := &district
		if o.Purse.Level == ledger.City {
			side = &city
		}
		if o.Round == a.Round && o.State.Live() {
			side.Issued += o.Amount
			if o.State == Paid {
				side.Paid += o.Amount
				out.Paid += o.Amount
			}
		}
	}
	out.Differs = city.settled() != district.settled()
	if err := s.showPlan(ctx, by, &out, a, issued, all); err != nil {
		return out, err
	}
	reports, err := s.Store.Reports(ctx, ReportFilter{Case: id, Limit: 20})
	for _, r := range reports {
		out.Reports = append(out.Reports, s.reportView(by, r, nil))
	}
	return out, err
}

func (s *Service) showPlan(ctx context.Context, by Actor, out *CasePayment, a Award, issued bool, orders []Order) error {
	versions, err := s.Store.Plans(ctx, a.Case, a.Round)
	if err != nil {
		return err
	}
	plan := whole(a)
	for _, v := range versions {
		plan = v
		out.Versions = append(out.Versions, VersionView{v.Version, v.Name, v.At, v.Reason})
	}
	out.Version = len(versions)
	out.MayPlan = by.Role == "office" && (out.Version > 0 || a.Divisible && !issued)
	done, err := s.Store.Confirmations(ctx, a.Case, a.Round)
	if err != nil {
		return err
	}
	shown, err := s.Store.Evidence(ctx, a.Case, a.Round)
	if err != nil {
		return err
	}
	open := true // the first milestone that is not confirmed is the one that waits
	for _, p := range plan.Parts {
		v := PartView{Part: p, State: "waiting", Shown: []File{}, Allowed: []string{}}
		if p.free() {
			v.State = "confirmed"
		}
		for _, c := range done {
			if c.N == p.N {
				v.State, v.Confirmed, v.By, v.Note = "confirmed", dayOrNull(c.On), c.Name, c.Note
			}
		}
		for _, e := range shown {
			if e.N == p.N {
				v.Shown = append(v.Shown, e.File)
			}
		}
		v.progress(a, orders)
		if v.State == "waiting" && open {
			open = false
			if by.Role == p.Confirms {
				v.Allowed = append(v.Allowed, "confirm")
			}
			if by.Role == "office" || by.Role == "org_manager" || by.Role == "org_member" {
				v.Allowed = append(v.Allowed, "show")
			}
		}
		out.Parts = append(out.Parts, v)
	}
	return nil
}

// progress says how far a part's orders are.
func (v *PartView) progress(a Award, orders []Order) {
	standing, paid := 0, 0
	for _, o := range orders {
		if o.Round == a.Round && o.Instalment == v.N && o.State.Live() {
			standing++
			if o.State == Paid {
				paid++
			}
		}
	}
	switch {
	case standing > 0 && standing == paid:
		v.State = "paid"
	case standing > 0:
		v.State = "issued"
	}
}

// ReportView is a performance report.
type ReportView struct {
	ID         string           `json:"id"`
	Number     string           `json:"number" doc:"JX-2025-0001"`
	Case       string           `json:"case"`
	CaseNumber string           `json:"case_number"`
	Org        ident.CreditCode `json:"org"`
	OrgName    string           `json:"org_name"`
	Measure    string           `json:"measure"`
	Matter     string           `json:"matter"`
	Year       int              `json:"year"`
	Paid       clock.Date       `json:"paid_on"`
	Due        clock.Date       `json:"due_on,omitempty"`
	DaysLeft   int              `json:"workdays_left" doc:"Working days until it is due; negative once it is late"`
	Overdue    bool             `json:"overdue"`
	Indicators []Indicator      `json:"indicators"`
	State      ReportState      `json:"state" enum:"due,submitted,returned,accepted"`
	Outputs    []OutputView     `json:"outputs"`
	Text       string           `json:"text"`
	Submitted  *clock.Date      `json:"submitted_on"`
	Answer     string           `json:"answer" doc:"What the office said"`
	Answered   *clock.Date      `json:"answered_on"`
	Files      []File           `json:"files" doc:"Empty in lists"`
	Allowed    []string         `json:"allowed" enum:"submit,answer" doc:"What the signed-in person may do now"`
	Revision   int64            `json:"revision" doc:"Name it in the next write"`
}

// OutputView is one figure and, once it was accepted, its fact.
type OutputView struct {
	Output
	Fact string `json:"fact" doc:"Id of the fact that records it; empty until accepted"`
}

func (s *Service) reportView(by Actor, r Report, files []File) ReportView {
	today := s.Clock.Today()
	v := ReportView{ID: r.ID, Number: r.Number, Case: r.Case, CaseNumber: r.CaseNumber, Org: r.Org, OrgName: r.OrgName, Measure: r.Measure, Matter: r.Matter, Year: r.Year,
		Paid: r.Paid, Due: r.Due, Overdue: r.Overdue(today), Indicators: r.Indicators, State: r.State, Outputs: []OutputView{}, Text: r.Text,
		Submitted: dayOrNull(r.Submitted), Answer: r.Answer, Answered: dayOrNull(r.Answered), Files: files, Allowed: []string{}, Revision: r.Version}
	if v.DaysLeft = clock.China().Between(today, r.Due); today > r.Due {
		v.DaysLeft = -clock.China().Between(r.Due, today)
	}
	if v.Files == nil {
		v.Files = []File{}
	}
	for _, out := range r.Outputs {
		fact := ""
		if r.State == ReportAccepted {
			fact = r.FactID(out.Indicator)
		}
		v.Outputs = append(v.Outputs, OutputView{out, fact})
	}
	switch {
	case by.Role == "org_manager" && r.Open():
		v.Allowed = append(v.Allowed, "submit")
	case by.Role == "office" && r.State == ReportSubmitted:
		v.Allowed = append(v.Allowed, "answer")
	}
	return v
}

func dayOrNull(d clock.Date) *clock.Date {
	if d == "" {
		return nil
	}
	return &d
}
