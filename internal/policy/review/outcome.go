package review

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Outcome is all that the case side needs from this room.
type Outcome struct {
	Completeness Completeness
	Lacks        []CheckItem // what the newest check found missing
	Check        *Check      // the newest; nil before one
	Facts        []FactCheck // of each fact that was checked, the newest word
	Panel        Progress
	Result       *Settled    // of this case; nil until the whole panel is complete
	Decision     *Decision   // what the panel's meeting said last
	Blocks       []i18n.Text // why the case must not be approved as yet
}

// Completeness is what the completeness check came to.
type Completeness string

// The answers.
const (
	Unchecked Completeness = "unchecked"
	Complete  Completeness = "complete"
	Lacking   Completeness = "lacking"
)

// Progress is how far a case's panel has come.
type Progress struct {
	ID    string
	State PanelState // "" without a panel
	Final int        // scores that are final
	Seats int        // experts who judge the case
	Short bool       // fewer judge it than it needs, and nobody is left to draw
}

// Outcome gathers what was said of a case.
//
// Codes: those of the store.
func (s *Service) Outcome(ctx context.Context, caseID string) (Outcome, error) {
	out := Outcome{Completeness: Unchecked}
	records, err := s.Store.Records(ctx, RecordFilter{Kinds: []Kind{KindCheck, KindFactCheck}, Case: caseID})
	if err != nil {
		return out, err
	}
	if err := out.readChecks(records); err != nil {
		return out, err
	}
	panels, err := s.Store.Panels(ctx, PanelFilter{Case: caseID})
	if err != nil {
		return out, err
	}
	if i := slices.IndexFunc(panels, func(p Panel) bool { return p.State != PanelCancelled && p.has(caseID) }); i >= 0 {
		if err := s.readPanel(ctx, &out, panels[i], caseID); err != nil {
			return out, err
		}
	}
	out.block()
	return out, nil
}

func (o *Outcome) readChecks(records []Record) error {
	split := func(kind Kind) []Record {
		return slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Kind != kind })
	}
	checks, err := bodies[Check](split(KindCheck), nil)
	if err != nil {
		return err
	}
	facts, err := bodies[FactCheck](split(KindFactCheck), nil)
	if err != nil {
		return err
	}
	o.Facts = newestOf(facts)
	if len(checks) == 0 {
		return nil
	}
	o.Check, o.Completeness = &checks[len(checks)-1], Complete
	for _, item := range o.Check.Items {
		if !item.Complete {
			o.Completeness = Lacking
			o.Lacks = append(o.Lacks, item)
		}
	}
	return nil
}

func (s *Service) readPanel(ctx context.Context, out *Outcome, p Panel, caseID string) error {
	out.Panel = Progress{ID: p.ID, State: p.State}
	if p.Draw == nil {
		return nil
	}
	seats, err := s.Store.Seats(ctx, SeatFilter{Panel: p.ID, Case: caseID})
	if err != nil {
		return err
	}
	scores, err := s.Store.Scores(ctx, SeatFilter{Panel: p.ID, Case: caseID})
	if err != nil {
		return err
	}
	final, waits := standing(seats, scores, caseID)
	out.Panel.Final, out.Panel.Seats = len(final), len(final)+waits
	out.Panel.Short = out.Panel.Seats < leastScores
	if !p.State.Shows() {
		return nil
	}
	settled := p.Outlier.Settle(totals(final))
	out.Result = &settled
	meetings, err := s.Meetings(ctx, p.ID)
	for _, m := range meetings {
		for _, d := range m.Decisions {
			if d.Case == caseID {
				out.Decision = &d
			}
		}
	}
	return err
}

func totals(scores []Score) []Points {
	out := make([]Points, 0, len(scores))
	for _, s := range scores {
		out = append(out, s.Total)
	}
	return out
}

// block says what keeps the case from being approved. What has not begun does
// not: whether a case needs a check or a panel at all is the call's to say.
func (o *Outcome) block() {
	add := func(zh, en string, args ...any) { o.Blocks = append(o.Blocks, i18n.T(zh, en, args...)) }
	if o.Completeness == Lacking {
		add("形式审查缺 %d 项。", "The completeness check found %d item(s) missing.", len(o.Lacks))
	}
	for _, f := range o.Facts {
		switch f.Verdict {
		case Disputed:
			o.Blocks = append(o.Blocks, i18n.Text{ZH: f.Name.ZH + "对一条事实有异议：" + f.Reason, EN: f.Name.EN + " disputes a fact: " + f.Reason})
		case Asked:
			o.Blocks = append(o.Blocks, i18n.Text{ZH: "等" + f.Name.ZH + "核验一条事实。", EN: f.Name.EN + " has yet to answer about a fact."})
		}
	}
	switch o.Panel.State {
	case PanelOpen:
		add("评审组还没有抽取专家。", "The panel is not drawn yet.")
	case PanelScoring:
		if o.Panel.Short {
			add("评审专家不足 %d 人，且无人可补。", "Fewer than %d experts judge it and nobody is left to draw.", leastScores)
		} else {
			add("评分 %d/%d 份已提交。", "%d of %d scores are final.", o.Panel.Final, o.Panel.Seats)
		}
	case PanelComplete:
		if o.Result.Discuss && o.Decision == nil {
			add("有离群评分，等评审会议讨论。", "A score stands apart: the panel's meeting must discuss it.")
		}
	}
}
