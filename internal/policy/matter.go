package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Matter is what counts as one when supports stack (同一事项): the model,
// project or platform under whatever measure; without one, the measure's year
// of deals and costs.
func (a Application) Matter() string {
	if a.Object != "" {
		return a.Object
	}
	return fmt.Sprintf("%s/%d", a.Measure, a.Years.Transaction)
}

// Overlap is another application of the same organisation for the same
// matter, and what follows from it: of several supports the best one is paid,
// on promotion the difference (从优不重复, 晋级补差: document 002 clause 8(3)).
type Overlap struct {
	Application string           `json:"application"`
	Number      string           `json:"number"`
	Measure     string           `json:"measure"`
	MeasureName i18n.Text        `json:"measure_name"`
	Object      string           `json:"object"`
	Year        int              `json:"year"`
	State       State            `json:"state" enum:"submitted,returned,approved,held,paying,paid"`
	Amount      money.Fen        `json:"amount_fen" doc:"What it came to when it was last computed"`
	Ground      Ground           `json:"ground" enum:"object,paper"`
	Papers      []evidence.Paper `json:"papers" doc:"Invoices, contracts and filings that both stand on"`
	Effect      Effect           `json:"effect" enum:"blocks,deducted,noted"`
	Rule        rule.Citation    `json:"rule" doc:"The clause that says how supports stack"`
	Questions   []string         `json:"questions" doc:"The open questions that the clause leaves"`
	Text        i18n.Text        `json:"text"`
}

// Ground is why two applications are held to be for one matter.
type Ground string

// The grounds: the same model, project or platform; the same invoice,
// contract or filing number (open question A6).
const (
	SameObject Ground = "object"
	SamePaper  Ground = "paper"
)

// Effect is what an overlap does to the application at hand.
type Effect string

// The effects. Money that is promised and not yet paid may still be sent
// back, so it is neither deducted nor ignored: the later application waits.
const (
	Blocks   Effect = "blocks"   // it cannot be approved now
	Deducted Effect = "deducted" // what was paid is taken off in the trace
	Noted    Effect = "noted"    // shown, and nothing follows yet
)

// byObject is the ruling on A6 under which shared papers alone do not make two
// objects one matter. Until a guide says so they do: overlapping evidence is a
// conflict.
const byObject = "same_object"

// beside are the states of other applications that matter for stacking.
var beside = []State{Submitted, Returned, Approved, Held, Paying, Paid}

// overlaps finds what else the organisation asked or got for the matter of an
// application; result is the application's own, frozen or present.
func (s *Service) overlaps(ctx context.Context, a Application, result *rule.Result) ([]Overlap, error) {
	out := []Overlap{}
	law := s.stackingOf(a.Measure)
	if law == nil || result == nil {
		return out, nil
	}
	const most = 1000
	others, err := s.Store.Applications(ctx, ApplicationFilter{Org: a.Org, States: beside, Limit: most})
	if err != nil {
		return nil, err
	}
	papers := papersOf(result)
	for _, o := range others {
		if o.ID == a.ID || s.stackingOf(o.Measure) == nil {
			continue
		}
		shared, err := s.sharedPapers(ctx, papers, o)
		if err != nil {
			return nil, err
		}
		ground := SamePaper
		if o.Matter() == a.Matter() {
			ground = SameObject
		} else if len(shared) == 0 {
			continue
		}
		found := Overlap{Application: o.ID, Number: o.Number, Measure: o.Measure, Object: o.Object, Year: o.Guide, State: o.State, Amount: o.Amount,
			Ground: ground, Papers: shared, Rule: s.cite(law.Ref("")), Questions: law.Questions}
		if m, err := s.Pack.Measure(o.Measure); err == nil {
			found.MeasureName = m.Name
		}
		if found.Effect, err = s.effect(ctx, a, result, o, ground); err != nil {
			return nil, err
		}
		found.Text = found.sentence()
		out = append(out, found)
	}
	return out, nil
}

// stackingOf is the rule by which a measure stacks, nil when it stands alone.
func (s *Service) stackingOf(measure string) *rule.Measure {
	m, err := s.Pack.Measure(measure)
	if err != nil || m.Stacking == nil || !slices.Contains(m.Stacking.How, "best_of") {
		return nil
	}
	law, err := s.Pack.Measure(m.Stacking.Rule)
	if err != nil {
		return nil
	}
	return law
}

// effect settles what another application means for one that is not decided.
func (s *Service) effect(ctx context.Context, a Application, result *rule.Result, o Application, ground Ground) (Effect, error) {
	waits := a.State == Draft || a.State == Returned || a.State == Submitted
	switch {
	case ground == SamePaper && s.ruledByObject(a):
		return Noted, nil
	case o.State == Paid:
		paid, err := s.paidFor(ctx, o)
		if err != nil || len(paid) == 0 { // withdrawn since: nothing stands
			return Noted, err
		}
		if deducts(result, paid) {
			return Deducted, nil
		}
	case o.State == Submitted, o.State == Returned:
		return Noted, nil
	}
	if !waits {
		return Noted, nil
	}
	return Blocks, nil
}

// ruledByObject reports whether the application's guide says that only the
// object makes a matter (A6).
func (s *Service) ruledByObject(a Application) bool {
	guide, err := s.Pack.Guide(a.Guide)
	return err == nil && guide != nil && slices.ContainsFunc(guide.Rulings, func(r rule.Ruling) bool { return r.Choice == byObject })
}

// paidFor lists the payments of an application that still stand.
func (s *Service) paidFor(ctx context.Context, o Application) ([]string, error) {
	facts, err := s.Facts.Known(ctx, o.Org, s.Clock.Today())
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range facts {
		if f.Kind == kindPaid && f.Attributes["matter"] == o.Matter() && f.Attributes["measure"] == o.Measure {
			ids = append(ids, f.ID)
		}
	}
	return ids, nil
}

// deducts reports whether a trace takes every one of the payments off.
func deducts(result *rule.Result, paid []string) bool {
	off := map[string]bool{}
	for _, step := range result.Trace {
		if step.Operator != "minus" || step.Role != "line" {
			continue
		}
		for _, f := range step.Facts {
			off[f.ID] = true
		}
	}
	return !slices.ContainsFunc(paid, func(id string) bool { return !off[id] })
}

// papersOf lists the papers under the facts of a trace, each once.
func papersOf(result *rule.Result) []evidence.Paper {
	var papers []evidence.Paper
	for _, step := range result.Trace {
		for _, f := range step.Facts {
			for _, p := range f.Papers {
				if !slices.Contains(papers, p) {
					papers = append(papers, p)
				}
			}
		}
	}
	return papers
}

// sharedPapers are those of papers that another application stands on too.
func (s *Service) sharedPapers(ctx context.Context, papers []evidence.Paper, o Application) ([]evidence.Paper, error) {
	shared := []evidence.Paper{}
	if len(papers) == 0 {
		return shared, nil
	}
	frozen, err := s.Store.Assessment(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	var theirs *rule.Result
	if err := json.Unmarshal(frozen, &theirs); err != nil || theirs == nil {
		return shared, err
	}
	for _, p := range papersOf(theirs) {
		if slices.Contains(papers, p) {
			shared = append(shared, p)
		}
	}
	return shared, nil
}

// sentence says to a person what the overlap means and what to do.
func (o *Overlap) sentence() i18n.Text {
	papers := evidence.ListPapers(o.Papers)
	same := i18n.Text{ZH: "同一事项（" + o.Object + "）", EN: "the same matter (" + o.Object + ")"}
	switch {
	case o.Ground == SamePaper:
		same = i18n.Text{ZH: "同一凭证（" + papers.ZH + "）", EN: "the same papers (" + papers.EN + ")"}
	case o.Object == "":
		same = i18n.Text{ZH: "同一事项", EN: "the same matter"}
	}
	amount, law := o.Amount.Grouped(), o.Rule.Label
	switch {
	case o.Effect == Blocks && o.State == Paid:
		return i18n.T("申报 %[1]s（%[2]s）已就%[3]s付过 %[5]s 元，而本次试算没有扣减。按%[6]s，一个事项只付最优的一项（待裁定 A6、A7），不能同意。",
			"Application %[1]s (%[2]s) was paid %[5]s yuan for %[4]s, which this result does not take off. Under %[7]s one matter gets the best support only (open: A6, A7); it cannot be approved.",
			o.Number, o.Measure, same.ZH, same.EN, amount, law.ZH, law.EN)
	case o.Effect == Blocks:
		return i18n.T("申报 %[1]s（%[2]s）已就%[3]s决定支持 %[5]s 元，尚未付讫。按%[6]s，一个事项只付最优的一项：待它付讫后“重新试算”，只付差额；或先由复核人退回它。",
			"Application %[1]s (%[2]s) has been promised %[5]s yuan for %[4]s and is not paid yet. Under %[7]s one matter gets the best support only: once it is paid, recompute and the difference is due; or have the countersigner send it back first.",
			o.Number, o.Measure, same.ZH, same.EN, amount, law.ZH, law.EN)
	case o.Effect == Deducted:
		return i18n.T("申报 %[1]s（%[2]s）已就%[3]s付 %[5]s 元，试算已按%[6]s扣减，只付差额。",
			"Application %[1]s (%[2]s) was paid %[5]s yuan for %[4]s; under %[7]s the result takes it off and pays the difference.",
			o.Number, o.Measure, same.ZH, same.EN, amount, law.ZH, law.EN)
	case o.Ground == SamePaper:
		return i18n.T("申报 %[1]s（%[2]s，%[8]s）用了%[3]s。按%[6]s，请核对是否一份费用申报两次。",
			"Application %[1]s (%[2]s, %[8]s) stands on %[4]s. See whether one cost is claimed twice: %[7]s.",
			o.Number, o.Measure, same.ZH, same.EN, amount, law.ZH, law.EN, o.Object)
	}
	return i18n.T("申报 %[1]s（%[2]s）也就%[3]s申报。按%[6]s，合计只付最优的一项：先付的一笔会从后一笔里扣减。",
		"Application %[1]s (%[2]s) is for %[4]s too. Under %[7]s the best support is paid in all: what is paid first is taken off the later one.",
		o.Number, o.Measure, same.ZH, same.EN, amount, law.ZH, law.EN)
}

// onePaymentAMatter refuses to promise money for a matter while other money
// for it is promised, or was paid without being taken off. The caller holds
// the organisation's lock, so of two officers one decides first.
//
// Codes: conflict, saying which application and rule stand in the way.
func (s *Service) onePaymentAMatter(ctx context.Context, a Application, result *rule.Result) error {
	a.State = Submitted // the decision that it asks about is not taken yet
	found, err := s.overlaps(ctx, a, result)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(found, func(o Overlap) bool { return o.Effect == Blocks }); i >= 0 {
		return fault.New(fault.Conflict, found[i].Text)
	}
	return nil
}
