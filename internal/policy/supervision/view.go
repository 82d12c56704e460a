package supervision

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// AlarmRow is an alarm in a list.
type AlarmRow struct {
	ID       string     `json:"id"`
	Rule     string     `json:"rule"`
	Name     i18n.Text  `json:"rule_name"`
	Severity Severity   `json:"severity" enum:"stop,look" doc:"stop bars approving and countersigning until the alarm is disposed of"`
	State    State      `json:"state" enum:"open,proposed,dismissed,confirmed,lapsed"`
	WaitsFor string     `json:"waits_for" enum:"office,second," doc:"Who must act next; second is a second person of finance or audit"`
	Reason   i18n.Text  `json:"reason" doc:"One sentence with the figures"`
	Cases    []CaseView `json:"cases"`
	Raised   time.Time  `json:"raised_at"`
	Updated  time.Time  `json:"updated_at"`
}

// CaseView is an application that an alarm is about.
type CaseView struct {
	ID      string `json:"id"`
	Number  string `json:"number"`
	Org     Party  `json:"org"`
	Measure string `json:"measure"`
}

// Party names an organisation.
type Party struct {
	Code ident.CreditCode `json:"code"`
	Name string           `json:"name"`
}

// AlarmDetail is one alarm with everything a person decides on.
type AlarmDetail struct {
	AlarmRow
	RuleVersion int         `json:"rule_version" doc:"As it was when the alarm was raised"`
	Rules       *RuleView   `json:"rule_now" doc:"The rule as it is now; null when the region has it no more"`
	Facts       []FactView  `json:"facts" doc:"What it stands on, side by side"`
	Trades      []Trade     `json:"trades" doc:"Who bought from whom; for a picture"`
	Trail       []TrailView `json:"trail"`
	Follow      Follow      `json:"follow" enum:"refuse,recover,correct," doc:"What follows from a confirmed one"`
	Allowed     []Action    `json:"allowed" enum:"dismiss,propose,consent,object,confirm" doc:"What the signed-in person may do now"`
	Revision    int64       `json:"revision" doc:"Name it in the next write"`
}

// FactView is a fact beside others.
type FactView struct {
	ID          string            `json:"id"`
	Kind        string            `json:"kind"`
	KindName    i18n.Text         `json:"kind_name"`
	Org         Party             `json:"org"`
	Object      string            `json:"object"`
	Quantity    string            `json:"quantity" doc:"Exact decimal in the unit"`
	Unit        string            `json:"unit"`
	Occurred    clock.Date        `json:"occurred"`
	Attestor    evidence.Attestor `json:"attested_by" enum:"meter,operator,department,auditor,applicant"`
	CorrectedBy string            `json:"corrected_by" doc:"Id of the correction; empty when it stands"`
	Attributes  []AttributeView   `json:"attributes"`
}

// AttributeView is one attribute of a fact in words; an organisation by its name.
type AttributeView struct {
	Name  i18n.Text              `json:"name"`
	Type  evidence.AttributeType `json:"type" enum:"text,bool,integer,decimal,enum,place,year,date,organisation"`
	Value string                 `json:"value"`
	Words *i18n.Text             `json:"words,omitempty" doc:"What the value means; left out where the vocabulary has no words for it"`
}

// TrailView is one step that was taken.
type TrailView struct {
	At     time.Time `json:"at"`
	Action Action    `json:"action"`
	State  State     `json:"state"`
	Name   string    `json:"name" doc:"Who; empty when the facts did it"`
	Role   string    `json:"role"`
	Note   i18n.Text `json:"note"`
}

// RuleView is a rule with how it has fared.
type RuleView struct {
	ID         string          `json:"id"`
	Version    int             `json:"version"`
	Kind       Kind            `json:"kind"`
	Name       i18n.Text       `json:"name"`
	Severity   Severity        `json:"severity" enum:"stop,look"`
	Clause     rule.Citation   `json:"clause"`
	Source     i18n.Text       `json:"source" doc:"What the clause or the finance rules ask, in general words"`
	Thresholds []ThresholdView `json:"thresholds"`
	Open       int64           `json:"open"`
	Dismissed  int64           `json:"dismissed"`
	Confirmed  int64           `json:"confirmed"`
	Lapsed     int64           `json:"lapsed"`
}

// ThresholdView is one figure of a rule and why it has its value.
type ThresholdView struct {
	Name  string    `json:"name"`
	Value string    `json:"value"`
	Unit  Unit      `json:"unit"`
	Why   i18n.Text `json:"why"`
}

// rows shows alarms with the names of the organisations.
func (s *Service) rows(ctx context.Context, list []Alarm) ([]AlarmRow, error) {
	var codes []ident.CreditCode
	for _, a := range list {
		for _, c := range a.Cases {
			codes = append(codes, c.Org)
		}
	}
	names, err := s.Organisations.Names(ctx, codes)
	if err != nil {
		return nil, err
	}
	out := make([]AlarmRow, 0, len(list))
	for _, a := range list {
		row := AlarmRow{ID: a.ID, Rule: a.Rule, Name: i18n.Text{ZH: a.Rule, EN: a.Rule}, Severity: a.Severity, State: a.State, WaitsFor: a.WaitsFor(),
			Reason: a.Reason, Cases: make([]CaseView, 0, len(a.Cases)), Raised: a.Raised, Updated: clock.FromMicros(a.Updated)}
		if r := s.Rules.Rule(a.Rule); r != nil {
			row.Name = r.Name
		}
		for _, c := range a.Cases {
			row.Cases = append(row.Cases, CaseView{c.ID, c.Number, Party{c.Org, names[c.Org]}, c.Measure})
		}
		out = append(out, row)
	}
	return out, nil
}

// Detail returns one alarm as the actor may see it.
//
// Codes: not_found.
func (s *Service) Detail(ctx context.Context, by Actor, id string) (AlarmDetail, error) {
	a, err := s.Store.Alarm(ctx, id)
	if err != nil {
		return AlarmDetail{}, err
	}
	rows, err := s.rows(ctx, []Alarm{a})
	if err != nil {
		return AlarmDetail{}, err
	}
	out := AlarmDetail{AlarmRow: rows[0], RuleVersion: a.RuleVersion, Trades: a.Trades, Follow: a.Follow, Allowed: a.allowed(by), Revision: a.Version, Trail: []TrailView{}}
	if out.Trades == nil {
		out.Trades = []Trade{}
	}
	if out.Facts, err = s.factViews(ctx, a.Facts); err != nil {
		return out, err
	}
	rules, err := s.RuleViews(ctx)
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(rules, func(r RuleView) bool { return r.ID == a.Rule }); i >= 0 {
		out.Rules = &rules[i]
	}
	events, err := s.Store.Events(ctx, id)
	for _, e := range events {
		out.Trail = append(out.Trail, TrailView{e.At, e.Action, e.To, e.Name, e.Role, e.Note})
	}
	return out, err
}

// factViews shows facts in the alarm's order; one that an evidence log of
// another installation does not have is left out.
func (s *Service) factViews(ctx context.Context, ids []string) ([]FactView, error) {
	out := make([]FactView, 0, len(ids))
	var codes []ident.CreditCode
	for _, id := range ids {
		f, err := s.Facts.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		codes = append(codes, f.Subject)
		view := FactView{ID: f.ID, Kind: f.Kind, Org: Party{Code: f.Subject}, Object: f.Object, Quantity: f.Quantity, Unit: f.Unit, Occurred: f.Occurred,
			Attestor: f.Attestor, CorrectedBy: f.CorrectedBy, Attributes: []AttributeView{}}
		if kind, err := evidence.CurrentVocabulary().Kind(f.Kind); err == nil {
			view.KindName = kind.Text
			for _, a := range kind.Attributes {
				if value := f.Attributes[a.Name]; value != "" && a.Name != "fingerprint" {
					view.Attributes = append(view.Attributes, AttributeView{a.Text, a.Type, value, a.Say(value)})
					if a.Type == evidence.TypeOrganisation {
						codes = append(codes, ident.CreditCode(value))
					}
				}
			}
		}
		out = append(out, view)
	}
	names, err := s.Organisations.Names(ctx, codes)
	for i := range out {
		out[i].Org.Name = names[out[i].Org.Code]
		for j, a := range out[i].Attributes {
			if name := names[ident.CreditCode(a.Value)]; a.Type == evidence.TypeOrganisation && name != "" {
				out[i].Attributes[j].Value = name
			}
		}
	}
	return out, err
}

// allowed lists what the actor may do now.
func (a *Alarm) allowed(by Actor) []Action {
	mayTake := map[string][]Action{
		"office":  {ActionDismiss, ActionPropose, ActionConfirm},
		"finance": {ActionConsent, ActionObject},
		"auditor": {ActionConsent, ActionObject},
	}
	out := []Action{}
	for _, act := range mayTake[by.Role] {
		if a.Can(act) && (act != ActionConsent || by.Person != a.ProposedBy) {
			out = append(out, act)
		}
	}
	return out
}

// RuleViews lists the rules with how each has fared.
func (s *Service) RuleViews(ctx context.Context) ([]RuleView, error) {
	fared, err := s.Store.Precisions(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]RuleView, 0, len(s.Rules.Rules))
	for _, r := range s.Rules.Rules {
		ref := r.Source.Ref()
		view := RuleView{ID: r.ID, Version: r.Version, Kind: r.Kind, Name: r.Name, Severity: r.Severity, Source: r.Source.Note,
			Clause: rule.Citation{Document: ref.Document, Path: ref.Path, Label: s.Pack.Label(ref)}, Thresholds: []ThresholdView{}}
		for name, t := range r.Thresholds {
			view.Thresholds = append(view.Thresholds, ThresholdView{name, t.Value, t.Unit, t.Why})
		}
		slices.SortFunc(view.Thresholds, func(a, b ThresholdView) int { return cmp.Compare(a.Name, b.Name) })
		for _, p := range fared {
			if p.Rule == r.ID {
				view.Open, view.Dismissed, view.Confirmed, view.Lapsed = p.Open, p.Dismissed, p.Confirmed, p.Lapsed
			}
		}
		out = append(out, view)
	}
	return out, nil
}
