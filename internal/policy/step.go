package policy

import (
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Step is what an organisation can do in the product about a fact that lacks.
type Step struct {
	Action StepAction `json:"action" enum:"enter,confirm,correct,measure"`
	Text   i18n.Text  `json:"text"`
	Link   string     `json:"link" doc:"Path of the console where it is done; empty when nothing needs doing there"`
}

// StepAction is the sort of a step.
type StepAction string

// The steps.
const (
	StepEnter   StepAction = "enter"   // enter it, for whoever attests it to see
	StepConfirm StepAction = "confirm" // it is entered, and nobody whose word counts has confirmed it
	StepCorrect StepAction = "correct" // it stands, and does not say what the rule asks
	StepMeasure StepAction = "measure" // a meter records it by itself
)

// stepTo is the step to a fact that lacks; known are the organisation's facts.
func stepTo(need rule.Need, known map[string]FactRef) Step {
	who := attestorsOf(need.By)
	if len(need.Shown) > 0 {
		return Step{StepConfirm, i18n.T("本单位已登记：请%[1]s核实后自行登记，以它的为准。", "You have entered it: ask %[2]s to check it and record it, since theirs counts.", who.ZH, who.EN), factLink(need.Shown[0])}
	}
	if need.Attribute != "" {
		if f := newestOf(need, known); f != nil {
			return Step{StepCorrect, i18n.T("记录已有，没有写明这一点：请%[1]s补正。", "The record is there and does not say this: ask %[2]s to correct it.", who.ZH, who.EN), factLink(f.ID)}
		}
	}
	if slices.Equal(need.By, []string{string(evidence.Meter)}) {
		return Step{Action: StepMeasure, Text: i18n.T("由计量设备自动记录，不用填报。", "A meter records it by itself; there is nothing to enter.")}
	}
	return Step{StepEnter, i18n.T("可先自行登记，供%[1]s核实；%[1]s登记后生效。", "You may enter it first for %[2]s to check; it counts once they record it.", who.ZH, who.EN), "/import"}
}

// newestOf is the newest of the facts that say something of what lacks.
func newestOf(need rule.Need, known map[string]FactRef) (newest *FactRef) {
	for _, f := range known {
		counts := f.Kind == need.Fact && slices.Contains(need.By, string(f.AttestedBy))
		if counts && (newest == nil || f.Occurred > newest.Occurred || (f.Occurred == newest.Occurred && f.ID > newest.ID)) {
			newest = &f
		}
	}
	return newest
}

func factLink(id string) string { return "/evidence/facts/" + id }
