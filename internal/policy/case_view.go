package policy

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/form"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// OrgRef names an organisation.
type OrgRef struct {
	Code ident.CreditCode `json:"code"`
	Name string           `json:"name"`
}

// CaseRow is an application in a list.
type CaseRow struct {
	ID          string        `json:"id"`
	Number      string        `json:"number" doc:"What people quote: QM-2025-0387"`
	Org         OrgRef        `json:"org"`
	Measure     string        `json:"measure"`
	MeasureName i18n.Text     `json:"measure_name"`
	Clause      rule.Citation `json:"clause"`
	Object      string        `json:"object" doc:"The model, project or platform; empty for a yearly total"`
	Year        int           `json:"year"`
	State       State         `json:"state" enum:"offered,draft,submitted,returned,accepted,proposed,approved,held,paying,paid,refused,unchosen,withdrawn"`
	WaitsFor    string        `json:"waits_for" enum:"organisation,office,public,finance,ledger,bank," doc:"Who must act next"`
	Clock       *ClockView    `json:"clock" doc:"Working days of the promise; null before the first submission"`
	Call        string        `json:"call" doc:"Id of the call that it belongs to; empty outside one"`
	Exception   string        `json:"exception" doc:"Id of the exception that gave the amount (一事一议); empty for the formula's"`
	Lane        Lane          `json:"lane" enum:"marked,green," doc:"Green lane: it goes ahead in the lists of who works on it once a second person has confirmed"`
	Late        bool          `json:"late" doc:"Submitted after the call's last day, while late ones were taken"`
	Amount      *money.Fen    `json:"amount_fen" doc:"Null until it was computed"`
	Submitted   clock.Date    `json:"submitted_on,omitempty" doc:"Empty for a draft"`
	Updated     time.Time     `json:"updated_at"`
}

// Case is one application with everything a person decides on.
type Case struct {
	CaseRow
	Statement   string         `json:"statement"`
	Declared    form.Answers   `json:"declared" doc:"What the organisation states of itself, as its form's schema has it"`
	Created     time.Time      `json:"created_at"`
	Assessment  *rule.Result   `json:"assessment" doc:"Frozen at the last submission; a draft shows the present one"`
	Years       call.Years     `json:"years" doc:"The four years that are kept apart (A13)"`
	Entitled    money.Fen      `json:"entitled_fen" doc:"What the rule gives; the amount is lower where an allocation had too little"`
	Carried     money.Fen      `json:"carried_fen" doc:"Promised out of next year's money"`
	Excepted    *ExceptionView `json:"excepted" doc:"The exception that it stands on, and who approved it; null for a case by formula"`
	Terms       *CaseTerms     `json:"terms" doc:"What its call asks for; null outside a call"`
	Guide       int            `json:"guide" doc:"Year of the guide whose rulings hold; 0 for none"`
	Capitals    string         `json:"capitals" doc:"The amount in the capital numerals of payment orders"`
	Digest      string         `json:"digest" doc:"SHA-256 of the assessment; approving names the one that was read"`
	Stale       bool           `json:"stale" doc:"Facts have changed since: recompute before deciding"`
	Payment     []HalfView     `json:"payment" doc:"City and district halves"`
	Payee       *PayeeView     `json:"payee" doc:"Where the money goes; null until an account is countersigned"`
	Attachments []FileView     `json:"attachments"`
	LaneSteps   []LaneView     `json:"lane_steps" doc:"How it came into the green lane and out again; for officers"`
	Letters     []LetterView   `json:"letters" doc:"Decision letters that were issued, the oldest first"`
	Timeline    []TimelineView `json:"timeline"`
	Stays       []StayView     `json:"stays" doc:"How long it was with each, in the order in which it came to them"`
	Alarms      []AlarmView    `json:"alarms"`
	Overlaps    []Overlap      `json:"overlaps" doc:"Other applications of the organisation for the same matter, and what follows"`
	Allowed     []Action       `json:"allowed" doc:"What the signed-in person may do now"`
	Hindrance   i18n.Text      `json:"hindrance" doc:"Why the last step did not go through; empty when nothing stands in the way"`
	Revision    int64          `json:"revision" doc:"Name it in the next write"`
}

// HalfView is one purse's part of the payment.
type HalfView struct {
	Level  string      `json:"level" enum:"city,district"`
	Place  string      `json:"place"`
	Name   i18n.Text   `json:"name"`
	Amount money.Fen   `json:"amount_fen"`
	State  string      `json:"state" enum:"none,held,paid" doc:"Each side has its own: one that is late holds up no record of the other"`
	PaidOn *clock.Date `json:"paid_on" doc:"Null until this side has paid"`
	OddFen bool        `json:"odd_fen" doc:"This half carries the odd fen"`
}

// PayeeView is a payee account, masked.
type PayeeView struct {
	ID     string `json:"id"`
	Holder string `json:"holder"`
	Bank   string `json:"bank"`
	Number string `json:"number" doc:"All but the last four digits are hidden"`
}

// FileView is one attachment.
type FileView struct {
	ID       string    `json:"id"`
	Evidence string    `json:"evidence" doc:"Which of the call's papers it is; empty for any other"`
	Name     string    `json:"name"`
	Type     string    `json:"media_type"`
	Size     int64     `json:"size" doc:"Bytes"`
	SHA256   string    `json:"sha256"`
	At       time.Time `json:"at"`
}

// CaseTerms is what a case's call asks for.
type CaseTerms struct {
	Number   string          `json:"number"`
	Name     i18n.Text       `json:"name"`
	Closes   clock.Date      `json:"closes"`
	Together bool            `json:"together" doc:"Decided in one allocation with the others"`
	Notice   int             `json:"notice" doc:"Working days of public notice before the decision; 0 for none"`
	Review   call.Review     `json:"review"`
	Evidence []call.Evidence `json:"evidence"`
}

// TimelineView is one step that was taken.
type TimelineView struct {
	At     time.Time `json:"at"`
	Action Action    `json:"action"`
	State  State     `json:"state"`
	Name   string    `json:"name" doc:"Who; empty for the ledger"`
	Role   string    `json:"role"`
	Note   i18n.Text `json:"note"`
}

// AlarmView is an alarm about the case: something an officer looks at, or must
// dispose of, before deciding.
type AlarmView struct {
	ID     string            `json:"id"`
	Rule   string            `json:"rule"`
	Text   i18n.Text         `json:"text" doc:"The reason with the figures"`
	State  supervision.State `json:"state" enum:"open,proposed,dismissed,confirmed,lapsed"`
	Blocks bool              `json:"blocks" doc:"Approving and countersigning are refused until it is disposed of"`
	Others []AlarmCase       `json:"others" doc:"Other applications that it is about"`
}

// AlarmCase names another application of an alarm.
type AlarmCase struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

func (s *Service) row(a Application, names map[ident.CreditCode]string) CaseRow {
	r := CaseRow{ID: a.ID, Number: a.Number, Org: OrgRef{a.Org, names[a.Org]}, Measure: a.Measure, Object: a.Object, Year: a.Guide, State: a.State,
		WaitsFor: a.WaitsFor(), Clock: a.clock(s.Clock.Today()), Call: a.Call, Exception: a.Exception, Lane: a.Lane, Late: a.Late, Submitted: a.Submitted, Updated: clock.FromMicros(a.Updated)}
	if m, err := s.Pack.Measure(a.Measure); err == nil {
		ref := m.Ref("")
		r.MeasureName, r.Clause = m.Name, rule.Citation{Document: ref.Document, Path: ref.Path, Label: s.Pack.Label(ref)}
	}
	if a.Submitted != "" {
		r.Amount = &a.Amount
	}
	return r
}

func (s *Service) rows(ctx context.Context, list []Application) ([]CaseRow, error) {
	codes := make([]ident.CreditCode, 0, len(list))
	for _, a := range list {
		codes = append(codes, a.Org)
	}
	names, err := s.Registry.Names(ctx, codes)
	if err != nil {
		return nil, err
	}
	out := make([]CaseRow, 0, len(list))
	for _, a := range list {
		out = append(out, s.row(a, names))
	}
	return out, nil
}

// Case returns an application as the actor may see it.
//
// Codes: not_found, also for somebody else's.
func (s *Service) Case(ctx context.Context, by Actor, id string) (Case, error) {
	a, err := s.mine(ctx, by, id)
	if err != nil {
		return Case{}, err
	}
	rows, err := s.rows(ctx, []Application{a})
	if err != nil {
		return Case{}, err
	}
	c := Case{CaseRow: rows[0], Statement: a.Statement, Declared: form.Answers{}.Merge(a.Declared), Created: a.Created, Years: a.Years, Entitled: a.Entitled, Carried: a.Carried, Guide: a.Guide, Digest: a.Hash, Hindrance: a.Hindrance, Revision: a.Version,
		Payment: s.halfViews(a)}
	if c.Terms, err = s.caseTerms(ctx, &a); err != nil {
		return c, err
	}
	if c.Excepted, err = s.exceptionView(ctx, &a); err != nil {
		return c, err
	}
	c.Allowed = c.Excepted.without(by, s.allowed(by, a, c.Terms))
	if err := s.showAssessment(ctx, &c, a); err != nil {
		return c, err
	}
	if c.Overlaps, err = s.overlaps(ctx, a, c.Assessment); err != nil {
		return c, err
	}
	if c.Amount != nil && *c.Amount > 0 {
		c.Capitals = c.Amount.Capitals()
	}
	if payee, found, err := s.Registry.Payee(ctx, a.Org); err != nil {
		return c, err
	} else if found {
		c.Payee = &PayeeView{payee.ID, payee.Holder, payee.Bank, payee.Masked()}
	}
	return c, s.showRecords(ctx, &c, by, a)
}

// caseTerms is what the case's call asks for, nil outside a call.
func (s *Service) caseTerms(ctx context.Context, a *Application) (*CaseTerms, error) {
	if a.Call == "" {
		return nil, nil
	}
	c, err := s.Calls.Call(ctx, a.Call)
	if err != nil {
		return nil, err
	}
	offer, _ := c.Offer(a.Measure)
	t := &CaseTerms{Number: c.Number, Name: c.Name, Closes: c.Closes, Together: offer.Together, Notice: c.Notice, Review: offer.Review, Evidence: offer.Evidence}
	if t.Evidence == nil {
		t.Evidence = []call.Evidence{}
	}
	return t, nil
}

// showAssessment shows the frozen result, and whether it still is the present
// one while somebody may act on it.
func (s *Service) showAssessment(ctx context.Context, c *Case, a Application) error {
	kept, err := s.Store.Assessment(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(kept, &c.Assessment); err != nil {
		return err
	}
	if !slices.Contains([]State{Offered, Draft, Returned, Submitted, Accepted, Proposed}, a.State) {
		return nil
	}
	on, frozen := a.Submitted, a.State != Draft && a.State != Returned && a.State != Offered
	if !frozen {
		on = s.Clock.Today()
	}
	fresh, err := s.assessCase(ctx, &a, on)
	if err != nil {
		return err
	}
	if frozen {
		c.Stale = fresh.Hash != a.Hash
		return nil
	}
	c.Assessment, c.Digest = &fresh.Result, fresh.Hash
	c.Amount = fresh.Result.Amount
	return nil
}

func (s *Service) showRecords(ctx context.Context, c *Case, by Actor, a Application) error {
	files, err := s.Store.Attachments(ctx, a.ID)
	if err != nil {
		return err
	}
	c.Attachments = make([]FileView, 0, len(files))
	for _, f := range files {
		c.Attachments = append(c.Attachments, FileView{f.ID, f.Evidence, f.Name, f.Type, f.Size, f.SHA256, f.At})
	}
	letters, err := s.Store.Letters(ctx, a.ID)
	if err != nil {
		return err
	}
	c.Letters = letterViews(letters)
	events, err := s.Store.Events(ctx, a.ID)
	if err != nil {
		return err
	}
	c.Timeline = make([]TimelineView, 0, len(events))
	for _, e := range events {
		c.Timeline = append(c.Timeline, TimelineView{e.At, e.Action, e.To, e.Name, e.Role, e.Note})
	}
	c.Stays = a.stays(events, s.Clock.Today())
	c.Alarms, c.LaneSteps = []AlarmView{}, []LaneView{}
	if by.Org != "" {
		return nil // what other organisations filed is for officers
	}
	if c.Alarms, err = s.alarmViews(ctx, a); err != nil || a.Lane == NoLane && !slices.ContainsFunc(events, func(e Event) bool { return e.Action == ActionLane }) {
		return err
	}
	steps, err := s.Store.LaneOf(ctx, a.ID)
	if err == nil {
		c.LaneSteps, err = s.laneViews(ctx, by, steps)
	}
	return err
}

func (s *Service) halfViews(a Application) []HalfView {
	out := []HalfView{}
	if a.Submitted == "" || a.Amount == 0 {
		return out
	}
	for _, h := range s.halves(a) {
		state, on := "none", (*clock.Date)(nil)
		switch {
		case h.paid != "":
			state, on = "paid", &h.paid
		case a.State == Held, a.State == Paying:
			state = "held"
		}
		place := h.programme.Purse.Code
		out = append(out, HalfView{Level: string(h.programme.Purse.Level), Place: place, Name: s.PurseName(h.programme.Purse), Amount: h.amount, State: state, PaidOn: on,
			OddFen: h.programme.Purse.Level == "district" && a.District != a.City})
	}
	return out
}

// PurseName is whose treasury pays: the city's own, or the one that the pack
// names for a district.
func (s *Service) PurseName(p ledger.Purse) i18n.Text {
	for _, place := range s.Pack.Region.Places {
		if place.Code != p.Code {
			continue
		}
		if p.Level == ledger.City {
			return i18n.Text{ZH: place.Name.ZH + "财政局", EN: place.Name.EN + " finance bureau"}
		}
		return place.Purse
	}
	return i18n.Text{ZH: p.Code, EN: p.Code}
}

// allowed lists what the actor may do now, so that a page shows no button that
// would be refused.
func (s *Service) allowed(by Actor, a Application, terms *CaseTerms) []Action {
	mayTake := map[string][]Action{
		"org_manager": {ActionConfirm, ActionEdit, ActionAttach, ActionDetach, ActionSubmit, ActionRecall, ActionWithdraw},
		"org_member":  {ActionEdit, ActionAttach, ActionDetach},
		"office":      {ActionAccept, ActionPropose, ActionCarry, ActionApprove, ActionReturn, ActionRefuse, ActionRecompute, ActionLetter, ActionLane},
		"finance":     {ActionCountersign, ActionSendBack, ActionLane},
	}
	out := []Action{}
	for _, act := range mayTake[by.Role] {
		if act == ActionPropose && (terms == nil || terms.Together && a.Exception == "" || !a.ByProposal) {
			continue // an allocation proposes, or nobody has to
		}
		if !a.Can(act) || (slices.Contains([]Action{ActionCountersign, ActionSendBack}, act) && by.Person == a.DecidedBy) {
			continue
		}
		out = append(out, act)
	}
	return out
}
