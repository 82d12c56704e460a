package recovery

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Row is a case in a list.
type Row struct {
	ID        string           `json:"id"`
	Number    string           `json:"number" doc:"What people quote: ZC-2025-001"`
	Org       ident.CreditCode `json:"org"`
	OrgName   string           `json:"org_name"`
	Ground    Ground           `json:"ground" enum:"fraud,overpaid,not_performed,voluntary"`
	State     State            `json:"state" enum:"opened,proven,notified,heard,decided,recovering,closed,dropped,revoked"`
	WaitsFor  string           `json:"waits_for" enum:"office,party,finance," doc:"Who must act next; empty for nobody"`
	Authority bool             `json:"authority" doc:"An authority is named; without one nothing is decided"`
	Proven    bool             `json:"proven"`
	Heard     bool             `json:"heard" doc:"The hearing is over"`
	Money     Money            `json:"money"`
	Overdue   int              `json:"overdue" doc:"Instalments whose day is over"`
	NextDue   clock.Date       `json:"next_due,omitempty" doc:"Day of the next instalment that is not paid; empty for none"`
	Opened    time.Time        `json:"opened_at"`
	Updated   time.Time        `json:"updated_at"`
}

// Money is how a case stands: claimed + charge = received + written off + owed.
type Money struct {
	Paid     money.Fen `json:"paid_fen" doc:"What stood of the payments when the case was opened or decided"`
	Claimed  money.Fen `json:"claimed_fen" doc:"Principal that is asked back"`
	Charge   money.Fen `json:"interest_fen" doc:"Interest on it"`
	Received money.Fen `json:"received_fen" doc:"Booked in the purses"`
	Pending  money.Fen `json:"pending_fen" doc:"Recorded, and not yet answered by the ledger"`
	Remitted money.Fen `json:"written_off_fen"`
	Owed     money.Fen `json:"owed_fen" doc:"Still to come; what is pending is not come yet"`
}

// PartView is one purse's part.
type PartView struct {
	Application string    `json:"application"`
	Number      string    `json:"number"`
	Measure     string    `json:"measure"`
	MeasureName i18n.Text `json:"measure_name"`
	Purse       string    `json:"purse" doc:"city-520100"`
	PurseName   i18n.Text `json:"purse_name"`
	Level       string    `json:"level" enum:"province,city,district"`
	Year        int       `json:"year" doc:"Budget year out of which it was paid"`
	Fact        string    `json:"fact" doc:"The support.paid fact of the payment"`
	Paid        money.Fen `json:"paid_fen"`
	Claimed     Sum       `json:"claimed"`
	Received    Sum       `json:"received"`
	Remitted    Sum       `json:"written_off"`
	Owed        Sum       `json:"owed"`
}

// AuthorityView is an authority with its clause in words.
type AuthorityView struct {
	Authority
	Label i18n.Text `json:"label" doc:"The clause in words; empty without one"`
	Draft bool      `json:"draft" doc:"The clause is a draft's: a reference, no law"`
}

// DecisionView is a decision as a page shows it.
type DecisionView struct {
	Amount    money.Fen  `json:"amount_fen"`
	Interest  Interest   `json:"interest"`
	Days      int        `json:"days" doc:"Days that bear interest"`
	Charge    money.Fen  `json:"charge_fen"`
	Exclude   clock.Date `json:"exclude_until,omitempty" doc:"Last day of the exclusion; empty for none"`
	Reason    string     `json:"reason"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	InForce   bool       `json:"in_force" doc:"A second person confirmed it"`
	Confirmed string     `json:"confirmed_by"`
	Since     clock.Date `json:"since"`
}

// RemissionView is a remission that waits for a second person.
type RemissionView struct {
	Amount    money.Fen     `json:"amount_fen"`
	Authority AuthorityView `json:"authority"`
	Reason    string        `json:"reason"`
	By        string        `json:"by"`
	At        time.Time     `json:"at"`
}

// ReceiptView is a receipt as a page shows it.
type ReceiptView struct {
	ID     string       `json:"id"`
	Amount money.Fen    `json:"amount_fen"`
	On     clock.Date   `json:"on" doc:"Value date"`
	Bank   string       `json:"bank_reference"`
	Payer  string       `json:"payer"`
	State  ReceiptState `json:"state" enum:"asked,booked,reversing,refused,reversed"`
	Shares []ShareView  `json:"shares"`
	By     string       `json:"by"`
	At     time.Time    `json:"at"`
}

// ShareView is whose a part of a receipt is.
type ShareView struct {
	Number string `json:"number" doc:"Of the application"`
	Purse  string `json:"purse"`
	Sum
}

// EventView is one entry of the history.
type EventView struct {
	At     time.Time       `json:"at"`
	Name   string          `json:"name" doc:"Empty for the ledger, and for officers when the party reads"`
	Role   string          `json:"role"`
	Action Action          `json:"action"`
	To     State           `json:"to"`
	Note   i18n.Text       `json:"note"`
	Detail json.RawMessage `json:"detail" doc:"What the entry said; null when the party reads"`
}

// View is one case with all that belongs to it.
type View struct {
	Row
	Reason     string         `json:"reason" doc:"Why it was opened"`
	Law        AuthorityView  `json:"law"`
	Facts      []string       `json:"facts" doc:"Facts that prove it"`
	Papers     []Paper        `json:"papers"`
	Finding    string         `json:"finding"`
	Notice     *Notice        `json:"notice"`
	Statement  *Statement     `json:"statement"`
	Reply      string         `json:"reply"`
	Decision   *DecisionView  `json:"decision"`
	Remission  *RemissionView `json:"remission"`
	Parts      []PartView     `json:"parts"`
	Plan       []Due          `json:"instalments"`
	Receipts   []ReceiptView  `json:"receipts"`
	Letter     *LetterView    `json:"letter" doc:"Of the confirmed decision; null before it was issued"`
	Events     []EventView    `json:"events"`
	Can        []Action       `json:"can" doc:"What its state allows, whoever may do it"`
	Proposal   string         `json:"proposal" doc:"The suggestion that it came of; empty for none"`
	Revision   int64          `json:"revision" doc:"Name it in the next write"`
	Hearing    HearingView    `json:"hearing" doc:"The least time that the region gives a party to answer"`
	WorkdaysTo int            `json:"workdays_to_deadline" doc:"Working days until the party's last day; 0 without one"`
}

// HearingView is the least time to answer, and the law that it is taken from.
type HearingView struct {
	Days      int       `json:"least_days" doc:"Working days; 0 where the region sets none, and nobody can be notified"`
	Source    i18n.Text `json:"source"`
	Confirmed bool      `json:"confirmed" doc:"The region's legal office has confirmed it"`
}

func (s *Service) row(c *Case) Row {
	today := s.Clock.Today()
	r := Row{ID: c.ID, Number: c.Number, Org: c.Org, OrgName: c.OrgName, Ground: c.Ground, State: c.State, WaitsFor: c.State.WaitsFor(), Authority: c.Authority.Named(),
		Proven: c.Finding != "", Heard: c.Reply != "", Money: c.money(), Opened: c.Opened, Updated: clock.FromMicros(c.Updated)}
	if c.Remission != nil {
		r.WaitsFor = "finance"
	}
	if c.State != Recovering {
		return r
	}
	for _, d := range c.Plan.On(today, c.received().Total()) {
		if d.Overdue {
			r.Overdue++
		}
		if r.NextDue == "" && d.Paid < d.Amount {
			r.NextDue = d.Due
		}
	}
	return r
}

func (c *Case) money() (m Money) {
	for _, p := range c.Parts {
		m.Paid += p.Paid
		m.Claimed += p.Claimed.Principal
		m.Charge += p.Claimed.Interest
		m.Received += p.Received.Total()
		m.Pending += p.Pending.Total()
		m.Remitted += p.Remitted.Total()
		m.Owed += p.Owed().Total()
	}
	return m
}

// See shows a case to whoever may see it.
//
// Codes: not_found.
func (s *Service) See(ctx context.Context, by Actor, id string) (View, error) {
	c, err := s.mine(ctx, by, id)
	if err != nil {
		return View{}, err
	}
	v := View{Row: s.row(&c), Reason: c.Reason, Law: s.authority(c.Authority), Facts: c.Facts, Papers: c.Papers, Finding: c.Finding, Notice: c.Notice,
		Statement: c.Statement, Reply: c.Reply, Plan: c.Plan.On(s.Clock.Today(), c.received().Total()), Proposal: c.Proposal, Revision: c.Version, Hearing: HearingView(s.Sets.Hearing), Letter: c.letterView()}
	if c.Notice != nil {
		v.WorkdaysTo = clock.China().Between(s.Clock.Today(), c.Notice.Deadline)
	}
	if d := c.Decision; d != nil {
		v.Decision = &DecisionView{d.Amount, d.Interest, d.Interest.Days(), d.Charge, d.Exclude, d.Reason, d.Name, d.At, d.Second != "", d.Confirmed, d.Since}
	}
	if r := c.Remission; r != nil {
		v.Remission = &RemissionView{r.Amount, s.authority(r.Authority), r.Reason, r.Name, r.At}
	}
	for _, p := range c.Parts {
		v.Parts = append(v.Parts, PartView{p.Application, p.Number, p.Measure, s.Cases.MeasureName(p.Measure), p.Purse.String(), s.Cases.PurseName(p.Purse), string(p.Purse.Level), p.Year, p.Fact, p.Paid, p.Claimed, p.Received, p.Remitted, p.Owed()})
	}
	for act := range steps {
		if c.Can(act) {
			v.Can = append(v.Can, act)
		}
	}
	slices.Sort(v.Can)
	if v.Receipts, err = s.receiptsOf(ctx, &c); err != nil {
		return v, err
	}
	v.Events, err = s.eventsOf(ctx, by, c.ID)
	if by.Org != "" {
		c.forParty(&v)
	}
	return v, err
}

// forParty takes out what is not the party's business: what is being decided
// and not confirmed, and which officer did what.
func (c *Case) forParty(v *View) {
	if v.Decision != nil {
		if !v.Decision.InForce {
			v.Decision, v.Plan, v.Money = nil, nil, Money{Paid: v.Money.Paid}
		} else {
			v.Decision.By, v.Decision.Confirmed = "", ""
		}
	}
	v.Remission, v.Reason, v.Proposal, v.Can = nil, "", "", nil
	if c.Can(ActionState) {
		v.Can = []Action{ActionState}
	}
	if v.Decision == nil {
		for i := range v.Parts {
			v.Parts[i].Claimed, v.Parts[i].Owed = Sum{}, Sum{}
		}
	}
	for i := range v.Receipts {
		v.Receipts[i].By = ""
	}
	if v.Notice != nil {
		told := *v.Notice
		told.By = ""
		v.Notice = &told
	}
	for i := range v.Papers {
		if !v.Papers[i].Party {
			v.Papers[i].By = ""
		}
	}
}

func (s *Service) authority(a Authority) AuthorityView {
	v := AuthorityView{Authority: a}
	if a.Document != "" {
		v.Label, _ = s.Documents.Clause(a.Document, a.Clause)
		v.Draft = s.Documents.Draft(a.Document)
	}
	return v
}

func (s *Service) receiptsOf(ctx context.Context, c *Case) ([]ReceiptView, error) {
	receipts, err := s.Store.Receipts(ctx, c.ID)
	out := make([]ReceiptView, 0, len(receipts))
	for _, r := range receipts {
		v := ReceiptView{ID: r.ID, Amount: r.Amount, On: r.On, Bank: r.Bank, Payer: r.Payer, State: r.State, By: r.Name, At: r.At}
		for _, share := range r.Shares {
			v.Shares = append(v.Shares, ShareView{c.Parts[share.Part].Number, c.Parts[share.Part].Purse.String(), share.Sum})
		}
		out = append(out, v)
	}
	return out, err
}

// officeOnly are entries that the party does not see: the inquiry, and what is
// decided before it is confirmed.
var officeOnly = []Action{ActionOpen, ActionCite, ActionProve, ActionFind, ActionDecide, ActionReturn, ActionRemit}

func (s *Service) eventsOf(ctx context.Context, by Actor, id string) ([]EventView, error) {
	events, err := s.Store.Events(ctx, id)
	out := make([]EventView, 0, len(events))
	for _, e := range events {
		v := EventView{e.At, e.Name, e.Role, e.Action, e.To, e.Note, e.Detail}
		if by.Org != "" {
			if slices.Contains(officeOnly, e.Action) {
				continue
			}
			v.Detail = nil
			if e.Action != ActionState {
				v.Name = ""
			}
		}
		out = append(out, v)
	}
	return out, err
}
