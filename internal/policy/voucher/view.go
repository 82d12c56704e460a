package voucher

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// ProgrammeView is a programme's year as a page shows it.
type ProgrammeView struct {
	Measure  string             `json:"measure"`
	Name     i18n.Text          `json:"name"`
	Reading  i18n.Text          `json:"reading" doc:"What the clause says, in plain words"`
	Document string             `json:"document"`
	Clause   string             `json:"clause"`
	Year     int                `json:"year"`
	Closed   *i18n.Text         `json:"closed,omitempty" doc:"Why nothing can be issued; absent when it can"`
	Terms    *rule.VoucherTerms `json:"terms,omitempty" doc:"As the year's guide rules; absent without a ruling"`
	Figures  *FiguresView       `json:"figures,omitempty" doc:"Of the pool; an organisation sees what may be issued"`
	Issuable money.Fen          `json:"issuable_fen" doc:"What may still be issued this year"`
	Waiting  int64              `json:"waiting" doc:"Requests that wait for the office or the allocation; an office's only"`
	Widened  []Widening         `json:"widened" doc:"Measures that apply this one by analogy, such as document 003 clause 11"`
	Mine     *Entitlement       `json:"mine,omitempty" doc:"How the asking organisation stands; absent for an office"`
}

// Widening is a measure that makes the voucher good for others or elsewhere.
type Widening struct {
	Measure string    `json:"measure"`
	Name    i18n.Text `json:"name"`
	Draft   bool      `json:"draft" doc:"Its document is a draft: it widens nothing yet"`
}

// FiguresView is how a pool stands. issued = held + spent + returned + expired + available.
type FiguresView struct {
	Ceiling   *money.Fen `json:"ceiling_fen,omitempty" doc:"Most that the text lets out in a year; absent for none"`
	Funded    money.Fen  `json:"funded_fen" doc:"What the purses gave the pool"`
	Issued    money.Fen  `json:"issued_fen" doc:"All that was ever issued in the year"`
	Held      money.Fen  `json:"held_fen" doc:"Reserved for bills that run"`
	Spent     money.Fen  `json:"spent_fen" doc:"Deducted by meter readings"`
	Returned  money.Fen  `json:"returned_fen" doc:"Given back or recalled"`
	Expired   money.Fen  `json:"expired_fen"`
	Available money.Fen  `json:"available_fen" doc:"On vouchers, may still be used"`
	Unused    money.Fen  `json:"unused_fen" doc:"In the pool"`
}

// Entitlement is what an organisation can have of a programme now.
type Entitlement struct {
	Qualifies bool        `json:"qualifies"`
	Why       []i18n.Text `json:"why" doc:"What stands in the way"`
	CapLeft   *money.Fen  `json:"cap_left_fen,omitempty" doc:"What it may still be issued this year; absent without a cap"`
}

// Row is a voucher in a list.
type Row struct {
	ID        string           `json:"id"`
	Number    string           `json:"number" doc:"What people quote: SQ-2025-00001"`
	Programme string           `json:"programme" doc:"The measure"`
	Name      i18n.Text        `json:"name"`
	Year      int              `json:"year"`
	Org       ident.CreditCode `json:"org"`
	OrgName   string           `json:"org_name"`
	State     State            `json:"state" enum:"requested,issuing,live,ending,spent,returned,expired,declined,withdrawn,refused"`
	Over      bool             `json:"over" doc:"Its last day has passed; a part may still be held"`
	Asked     money.Fen        `json:"asked_fen"`
	Face      money.Fen        `json:"face_fen" doc:"What was issued; 0 before"`
	Free      money.Fen        `json:"free_fen" doc:"May still be used"`
	Held      money.Fen        `json:"held_fen" doc:"Reserved for bills that run"`
	Spent     money.Fen        `json:"spent_fen"`
	Returned  money.Fen        `json:"returned_fen"`
	Expired   money.Fen        `json:"expired_fen"`
	From      clock.Date       `json:"from,omitempty"`
	Until     clock.Date       `json:"until,omitempty" doc:"Last day"`
	At        time.Time        `json:"at" doc:"Of the claim"`
	Revision  int64            `json:"revision" doc:"Name it in the next write"`
	Allowed   []Action         `json:"allowed" doc:"What the signed-in person may do now"`
}

// View is one voucher with its terms, its entries and its history.
type View struct {
	Row
	Terms      rule.VoucherTerms `json:"terms"`
	Outcome    rule.Outcome      `json:"outcome" enum:"not_in_force,expired,not_payable,not_eligible,lacking,simulation_only,undecided,eligible" doc:"Of the assessment that is frozen with it"`
	Hash       string            `json:"assessment_hash"`
	Assessment json.RawMessage   `json:"assessment" doc:"The frozen result with its trace"`
	Why        *i18n.Text        `json:"why,omitempty" doc:"Why it was declined or refused"`
	Entries    []EntryView       `json:"entries" doc:"What the ledger has of it, newest first"`
	History    []EventView       `json:"history"`
}

// EntryView is one entry of the ledger on a voucher, in its terms.
type EntryView struct {
	Seq    int64      `json:"seq" doc:"Of the journal"`
	ID     string     `json:"id"`
	What   EntryKind  `json:"what" enum:"issued,held,deducted,released,returned,expired,recovered"`
	Amount money.Fen  `json:"amount_fen"`
	Bill   string     `json:"bill" doc:"Empty for what is not about a bill"`
	Meter  string     `json:"meter" doc:"The reading that a deduction stands on"`
	Until  clock.Date `json:"until,omitempty" doc:"A hold's last day"`
	At     time.Time  `json:"at"`
}

// EntryKind is what an entry does to a voucher.
type EntryKind string

// The kinds of entries.
const (
	EntryIssued    EntryKind = "issued"
	EntryHeld      EntryKind = "held"
	EntryDeducted  EntryKind = "deducted"
	EntryReleased  EntryKind = "released"
	EntryReturned  EntryKind = "returned"
	EntryExpired   EntryKind = "expired"
	EntryRecovered EntryKind = "recovered"
)

// EventView is one step of a voucher's history.
type EventView struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name" doc:"Who; empty for the ledger and the clock, and for an organisation where an officer acted"`
	Role   string    `json:"role"`
	Action Action    `json:"action"`
	State  State     `json:"state"`
	Amount money.Fen `json:"amount_fen"`
	Note   i18n.Text `json:"note"`
}

// See shows one voucher to somebody who may see it.
//
// Codes: not_found, also for another's.
func (s *Service) See(ctx context.Context, by Actor, id string) (View, error) {
	v, err := s.mine(ctx, by, id)
	if err != nil {
		return View{}, err
	}
	rows, err := s.rows(ctx, by, []Voucher{v})
	if err != nil {
		return View{}, err
	}
	view := View{Row: rows[0], Terms: v.Terms, Outcome: v.Outcome, Hash: v.Hash, Assessment: v.Assessment, Entries: []EntryView{}}
	if !v.Why.IsZero() {
		view.Why = &v.Why
	}
	if view.Entries, err = s.entries(ctx, &v); err != nil {
		return view, err
	}
	events, err := s.Store.Events(ctx, id)
	for _, e := range events {
		name := e.Name
		if by.Org != "" && !strings.HasPrefix(e.Role, "org_") {
			name = "" // which officer did what is the office's affair
		}
		view.History = append(view.History, EventView{e.At, name, e.Role, e.Action, e.To, e.Amount, e.Note})
	}
	return view, err
}

// rows shows vouchers with what the ledger has on them, as of one moment.
func (s *Service) rows(ctx context.Context, by Actor, all []Voucher) ([]Row, error) {
	wallets, err := s.wallets(ctx, all)
	if err != nil {
		return nil, err
	}
	day, err := s.today(ctx)
	out := make([]Row, 0, len(all))
	for _, v := range all {
		w := wallets[v.ID]
		r := Row{ID: v.ID, Number: v.Number, Programme: v.Programme, Name: s.nameOf(v.Programme), Year: v.Year, Org: v.Org, OrgName: v.OrgName, State: v.State, Over: v.Until != "" && v.Until < day,
			Asked: v.Asked, Face: v.Face, Free: w.Free(), Held: w.Held, Returned: v.Back.Returned, Expired: v.Back.Expired, From: v.From, Until: v.Until, At: v.At, Revision: v.Version, Allowed: []Action{}}
		if v.Face > 0 {
			r.Spent = max(0, v.Face-w.Total()-v.Back.Returned-v.Back.Expired)
		}
		for _, act := range actionsOf(by) {
			if v.Can(act) && (v.State != Live || r.Free > 0) && (act != ActionApprove || v.Terms.Issue == rule.IssueOnApproval) {
				r.Allowed = append(r.Allowed, act)
			}
		}
		out = append(out, r)
	}
	return out, err
}

// actionsOf are the acts that a role has; the access table says the same.
func actionsOf(by Actor) []Action {
	switch by.Role {
	case string(party.Office):
		return []Action{ActionApprove, ActionDecline, ActionRecall}
	case string(party.OrgManager):
		return []Action{ActionWithdraw, ActionReturn}
	}
	return nil
}

func (s *Service) nameOf(measure string) i18n.Text {
	m, err := s.Pack.Measure(measure)
	if err != nil { // it left the pack since
		return i18n.Text{ZH: measure, EN: measure}
	}
	return m.Name
}

// entriesShown is how many entries of one voucher a page shows at most.
const entriesShown = 500

// entries reads the ledger's entries of a voucher in its own terms.
func (s *Service) entries(ctx context.Context, v *Voucher) ([]EntryView, error) {
	out := []EntryView{}
	records, err := s.Books.Transfers(ctx, v.wallet(), 0, entriesShown)
	if fault.Is(err, fault.NotFound) { // never issued
		return out, nil
	}
	holds := map[string]ledger.Record{}
	for _, r := range records {
		if r.Kind == ledger.Hold {
			holds[r.ID] = r
		}
	}
	for _, r := range records {
		e := EntryView{Seq: r.Seq, ID: r.ID, What: whatOf(v, r), Amount: r.Amount, Until: r.Until, At: r.At}
		if r.Outcome != ledger.Accepted || e.What == "" {
			continue
		}
		e.Bill, _ = strings.CutPrefix(holds[r.Hold].Ref, "bill/")
		if r.Kind == ledger.Hold {
			e.Bill, _ = strings.CutPrefix(r.Ref, "bill/")
		}
		if meter, deducted := strings.CutPrefix(r.Ref, "meter/"); deducted {
			e.Meter = meter
		}
		out = append(out, e)
	}
	return out, err
}

func whatOf(v *Voucher, r ledger.Record) EntryKind {
	b := v.books()
	switch {
	case r.Kind == ledger.Hold:
		return EntryHeld
	case r.Kind == ledger.Post:
		return EntryDeducted
	case r.Kind == ledger.Void, r.Kind == ledger.Expire:
		return EntryReleased
	case r.Kind == ledger.Correction:
		return EntryRecovered
	case r.Kind == ledger.Move && r.From == b.Pool():
		return EntryIssued
	case r.Kind == ledger.Move && r.To == b.Returned():
		return EntryReturned
	case r.Kind == ledger.Move && r.To == b.Expired():
		return EntryExpired
	}
	return ""
}

// show is a programme as somebody may see it.
func (s *Service) show(ctx context.Context, by Actor, p *Programme) (ProgrammeView, error) {
	m := p.Measure
	v := ProgrammeView{Measure: m.ID, Name: m.Name, Reading: m.Reading, Document: m.Document, Clause: m.Clause, Year: p.Year, Widened: []Widening{}}
	for _, other := range s.Pack.Measures {
		for _, imported := range other.Imports {
			if d := s.Pack.Document(other.Document); imported == m.ID {
				v.Widened = append(v.Widened, Widening{other.ID, other.Name, d == nil || d.Status == rule.Draft})
			}
		}
	}
	if p.Terms.Issue != "" {
		v.Terms = &p.Terms
	}
	if !p.Closed.IsZero() {
		v.Closed = &p.Closed
		return v, nil
	}
	f, err := s.Figures(ctx, p)
	if err != nil {
		return v, err
	}
	v.Issuable = f.Issuable
	if by.Org != "" {
		v.Mine, err = s.standing(ctx, p, by.Org)
		return v, err
	}
	v.Figures = &FiguresView{Funded: f.Funded, Issued: f.Issued, Held: f.Held, Spent: f.Spent, Returned: f.Returned, Expired: f.Expired, Available: f.Available, Unused: f.Unused}
	if f.Ceiling != math.MaxInt64 {
		v.Figures.Ceiling = &f.Ceiling
	}
	waiting, err := s.Store.Vouchers(ctx, Filter{Programme: m.ID, Year: p.Year, States: []State{Requested}, Limit: 1000})
	v.Waiting = int64(len(waiting))
	return v, err
}

// standing is what an organisation can have of a programme today.
func (s *Service) standing(ctx context.Context, p *Programme, org ident.CreditCode) (*Entitlement, error) {
	out := &Entitlement{Why: []i18n.Text{}}
	finding, err := s.Rules.Assess(ctx, org, p.Measure.ID)
	switch {
	case fault.Is(err, fault.Conflict):
		out.Why = append(out.Why, fault.From(err).Message)
	case err != nil:
		return nil, err
	default:
		out.Why = append(out.Why, p.qualifies(finding)...)
	}
	out.Qualifies = len(out.Why) == 0
	left, err := s.capLeft(ctx, p, org)
	if left != money.Max {
		out.CapLeft = &left
	}
	return out, err
}
