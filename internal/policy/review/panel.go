package review

import (
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// leastScores is how many independent scores a case needs.
const leastScores = 3

// Bounds of one panel.
const (
	maxMembers = 20
	maxCases   = 60
)

// Panel (评审组) is a group of experts for some cases of one measure and year.
// It is drawn once; whoever leaves a case is replaced out of the same draw.
type Panel struct {
	ID      string
	Name    string
	Measure string
	Year    int
	Call    string // the call whose cases these are; "" without one
	Cases   []Case // in the order in which they were put in
	Wants   []Want
	Blind   bool // members do not see who applies
	State   PanelState
	Version int64 // counts changes; a writer names the one it read

	Sheet   Sheet   // as it was when the panel was opened
	Outlier Outlier // likewise

	Nonce      string // hex; shown to nobody before the draw
	Commitment string // of the nonce, published when the panel was opened
	Draw       *Drawn // nil until drawn

	Created time.Time
	Updated int64 // microseconds; set by the store
}

// Case is one of a panel's cases, as it was put in.
type Case struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// Drawn is all that re-running a draw needs, and what came out.
type Drawn struct {
	Seed       string      `json:"seed" doc:"SHA-256, hex"`
	Checkpoint Checkpoint  `json:"checkpoint"`
	Pool       []Candidate `json:"pool" doc:"The pool as it was: the eligible and, with reasons, the excluded"`
	PoolHash   string      `json:"pool_hash"`
	Members    []Member    `json:"members"`
	At         time.Time   `json:"at"`
	By         string      `json:"by" doc:"Name of who asked for the draw"`
}

// PanelState is where a panel stands.
type PanelState string

// The states, in the order of a smooth run.
const (
	PanelOpen      PanelState = "open"      // the nonce is fixed; nobody is drawn
	PanelScoring   PanelState = "scoring"   // members judge
	PanelComplete  PanelState = "complete"  // every score is final: the office sees marks
	PanelClosed    PanelState = "closed"    // the office has ended it: nothing reopens
	PanelCancelled PanelState = "cancelled" // ended without a result, with a reason
)

// PanelAction moves a panel on.
type PanelAction string

// What people do, and what the last score does.
const (
	PanelDraw    PanelAction = "draw"
	PanelFinish  PanelAction = "complete"
	PanelReopen  PanelAction = "reopen"  // a score is to be given again, or by somebody else
	PanelRelease PanelAction = "release" // a case goes away
	PanelClose   PanelAction = "close"
	PanelCancel  PanelAction = "cancel"
)

// panelSteps is the whole state machine.
var panelSteps = map[PanelAction]struct {
	from []PanelState
	to   PanelState // "" keeps the state
}{
	PanelDraw:    {[]PanelState{PanelOpen}, PanelScoring},
	PanelFinish:  {[]PanelState{PanelScoring}, PanelComplete},
	PanelReopen:  {[]PanelState{PanelScoring, PanelComplete}, PanelScoring},
	PanelRelease: {[]PanelState{PanelOpen, PanelScoring, PanelComplete}, ""},
	PanelClose:   {[]PanelState{PanelComplete}, PanelClosed},
	PanelCancel:  {[]PanelState{PanelOpen, PanelScoring, PanelComplete}, PanelCancelled},
}

// Can reports whether the action is possible now.
func (p *Panel) Can(act PanelAction) bool { return slices.Contains(panelSteps[act].from, p.State) }

// Move takes the action.
//
// Codes: conflict when the state does not allow it.
func (p *Panel) Move(act PanelAction) error {
	if !p.Can(act) {
		return fault.Newf(fault.Conflict, "评审组“%s”现在是“%s”，不能“%s”：请刷新后再看。", "Panel %q is %s and cannot take %s: reload.", p.Name, string(p.State), string(act))
	}
	if to := panelSteps[act].to; to != "" {
		p.State = to
	}
	return nil
}

// Shows reports whether marks may be seen by others than who gave them.
func (s PanelState) Shows() bool { return s == PanelComplete || s == PanelClosed }

func (p *Panel) has(caseID string) bool {
	return slices.ContainsFunc(p.Cases, func(c Case) bool { return c.ID == caseID })
}

func (p *Panel) number(caseID string) string {
	for _, c := range p.Cases {
		if c.ID == caseID {
			return c.Number
		}
	}
	return ""
}

// Seat is one expert's place before one case. It ends when the expert leaves
// the case, and another seat replaces it.
type Seat struct {
	ID       string
	Panel    string
	Case     string
	Expert   string
	Field    string // for which the expert was drawn
	Replaces string // the seat that ended; "" for a first one
	Since    time.Time
	Ended    time.Time // zero while it stands
	Why      Conflict  // why it ended
}

// Live reports whether the expert still judges the case.
func (s Seat) Live() bool { return s.Ended.IsZero() }

// OpenPanelInput asks for a new panel.
type OpenPanelInput struct {
	Name    string
	Measure string
	Year    int
	Cases   []string
	Wants   []Want
	Blind   bool
}

// Validate reports every fault of the input.
func (in OpenPanelInput) Validate(r *Rules) error {
	var c fault.Collector
	checkLine(&c, "name", in.Name, 100)
	if in.Measure == "" {
		c.Add("measure", "请选择措施。", "Choose a measure.")
	}
	if in.Year < 2000 || in.Year > 2200 {
		c.Add("year", "请写申报指南的年度。", "Give the guide's year.")
	}
	if len(in.Cases) == 0 || len(in.Cases) > maxCases {
		c.Add("cases", "请选 1 到 %d 个案件。", "Choose 1 to %d cases.", maxCases)
	}
	if once := slices.Compact(slices.Sorted(slices.Values(in.Cases))); len(once) != len(in.Cases) {
		c.Add("cases", "案件重复。", "A case stands twice.")
	}
	members, fields := 0, map[string]bool{}
	for i, w := range in.Wants {
		at := "wants[" + decimal(i) + "]"
		if !r.hasField(w.Field) || fields[w.Field] {
			c.Add(at+".field", "“%.40s”不在专业领域清单里，或重复。", "%.40q is not on the list of fields, or stands twice.", w.Field)
		}
		fields[w.Field] = true
		if w.Count < 1 || w.Count > maxMembers {
			c.Add(at+".count", "应为 1 到 %d 人。", "Give 1 to %d members.", maxMembers)
		}
		members += w.Count
	}
	if members < leastScores || members > maxMembers {
		c.Add("wants", "评审组应有 %d 到 %d 人。", "A panel has %d to %d members.", leastScores, maxMembers)
	}
	return c.Err()
}
