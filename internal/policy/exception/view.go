package exception

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// View is an exception as officers read it: all of its chain.
type View struct {
	ID          string        `json:"id"`
	Number      string        `json:"number" doc:"What people quote: TY-2025-001"`
	Org         OrgRef        `json:"org"`
	Kind        Kind          `json:"kind" enum:"key_enterprise,major_project"`
	Clause      rule.Citation `json:"clause" doc:"The clause that allows it"`
	Measure     string        `json:"measure" doc:"Whose formula it departs from; empty where no measure covers the matter"`
	MeasureName i18n.Text     `json:"measure_name"`
	Departure   Departure     `json:"departure" enum:"amount,condition,no_measure"`
	Matter      string        `json:"matter"`
	Call        string        `json:"call" doc:"Id of the call whose notice shows it; empty outside one"`
	Amount      money.Fen     `json:"amount_fen" doc:"In all, what the matter was paid before included"`
	Reason      string        `json:"reason"`
	Papers      []Paper       `json:"papers"`
	ProposedBy  string        `json:"proposed_by"`
	Proposed    time.Time     `json:"proposed_at"`
	State       State         `json:"state" enum:"proposed,approved,refused,withdrawn"`
	Opinions    []OpinionView `json:"opinions" doc:"In the order in which they were given"`
	Waits       []Seat        `json:"waits_for" doc:"Seats whose opinion is missing"`
	Closing     *ClosingView  `json:"withdrawn"`
	Case        *CaseView     `json:"case" doc:"The case that it opened; null before"`
	Fact        string        `json:"fact" doc:"Id of the fact that seals the approval; empty before"`
	MayJudge    bool          `json:"may_judge" doc:"The signed-in person may give an opinion"`
	MayWithdraw bool          `json:"may_withdraw"`
	Revision    int64         `json:"revision" doc:"Name it in the next write"`
}

// OrgRef names an organisation.
type OrgRef struct {
	Code ident.CreditCode `json:"code"`
	Name string           `json:"name"`
}

// OpinionView is one opinion of the chain.
type OpinionView struct {
	Seat    Seat      `json:"seat" enum:"office,finance"`
	Name    string    `json:"name"`
	Verdict Verdict   `json:"verdict" enum:"approve,refuse"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// ClosingView is who withdrew an exception, when and why.
type ClosingView struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// CaseView is how far the case of an exception has come.
type CaseView struct {
	ID     string    `json:"id"`
	Number string    `json:"number"`
	State  string    `json:"state"`
	Due    money.Fen `json:"due_fen" doc:"What its case pays: the amount less what the matter was paid before"`
	Paid   money.Fen `json:"paid_fen"`
}

// views shows exceptions to a person.
func (s *Service) views(ctx context.Context, by Actor, list []Exception) ([]View, error) {
	var codes []ident.CreditCode
	var ids []string
	for i := range list {
		codes = append(codes, list[i].Org)
		if list[i].Application != "" {
			ids = append(ids, list[i].Application)
		}
	}
	names, err := s.Registry.Names(ctx, codes)
	if err != nil {
		return nil, err
	}
	standings, err := s.Cases.Standings(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(list))
	for i := range list {
		out = append(out, s.view(by, &list[i], names, standings))
	}
	return out, nil
}

func (s *Service) view(by Actor, x *Exception, names map[ident.CreditCode]string, standings map[string]Standing) View {
	v := View{ID: x.ID, Number: x.Number, Org: OrgRef{x.Org, names[x.Org]}, Kind: x.Kind, Measure: x.Measure, Departure: x.Departure, Matter: x.Matter, Call: x.Call, Amount: x.Amount,
		Reason: x.Reason, Papers: x.Papers, ProposedBy: x.ProposedName, Proposed: x.Proposed, State: x.State, Opinions: []OpinionView{}, Waits: x.Waits(),
		MayJudge: x.mayJudge(by) == nil, MayWithdraw: x.State == Proposed && by.Person == x.ProposedBy, Revision: x.Version}
	if m, err := s.Pack.Measure(x.Rule); err == nil {
		ref := m.Ref("")
		v.Clause = rule.Citation{Document: ref.Document, Path: ref.Path, Label: s.Pack.Label(ref)}
	}
	if m, err := s.Pack.Measure(x.Measure); err == nil {
		v.MeasureName = m.Name
	}
	for _, o := range x.Opinions {
		v.Opinions = append(v.Opinions, OpinionView{o.Seat, o.Name, o.Verdict, o.Reason, o.At})
	}
	if c := x.Closing; c != nil {
		v.Closing = &ClosingView{c.Name, c.At, c.Reason}
	}
	if stands, known := standings[x.Application]; known && x.Application != "" {
		v.Case = &CaseView{ID: x.Application, Number: stands.Number, State: stands.State, Due: stands.Due, Paid: stands.Paid}
		v.Fact = x.Fact()
	}
	return v
}

// day is the civil day of an instant.
func day(at time.Time) clock.Date {
	if at.IsZero() {
		return ""
	}
	return clock.Date(at.In(clock.Shanghai).Format(time.DateOnly))
}
