package review

import (
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Recommendation is what a panel's meeting says of a case.
type Recommendation string

// The recommendations.
const (
	Recommend    Recommendation = "recommend"
	NotRecommend Recommendation = "not_recommend"
	Postpone     Recommendation = "postpone"
)

// Meeting (评审会议记录) is what a panel decided together, and who was there.
// A later record replaces what it says anew of a case.
type Meeting struct {
	ID        string     `json:"id"`
	Held      clock.Date `json:"held_on"`
	Place     string     `json:"place"`
	Chair     string     `json:"chair" doc:"Expert id"`
	Present   []string   `json:"present" doc:"Expert ids"`
	Decisions []Decision `json:"decisions"`
	Minutes   string     `json:"minutes"`
	At        time.Time  `json:"at"`
	By        string     `json:"by" doc:"Name of who wrote it down"`
}

// Decision is what the meeting says of one case. Members who left the room are
// recused; whoever has no seat before the case is so by itself.
type Decision struct {
	Case           string         `json:"case" maxLength:"64"`
	Recommendation Recommendation `json:"recommendation" enum:"recommend,not_recommend,postpone"`
	Text           string         `json:"text" maxLength:"4000"`
	Recused        []string       `json:"recused" maxItems:"20" doc:"Expert ids who took no part"`
}

// MeetingInput is the record that an officer writes.
type MeetingInput struct {
	Panel     string
	Held      clock.Date
	Place     string
	Chair     string
	Present   []string
	Decisions []Decision
	Minutes   string
}

// Validate reports every fault of the input against the panel and its seats.
// At least three members who judge a case take part in its decision.
func (in MeetingInput) Validate(p Panel, seats []Seat, today clock.Date) error {
	var c fault.Collector
	if _, err := clock.ParseDate(string(in.Held)); err != nil {
		c.Merge("held_on", err)
	} else if in.Held > today {
		c.Add("held_on", "会议日期不能晚于今天。", "The day of a meeting is not after today.")
	}
	checkLine(&c, "place", in.Place, 200)
	checkLine(&c, "minutes", in.Minutes, 10_000)
	judges := func(expert, caseID string) bool {
		return slices.ContainsFunc(seats, func(s Seat) bool { return s.Expert == expert && s.Live() && (caseID == "" || s.Case == caseID) })
	}
	for i, e := range in.Present {
		if !judges(e, "") || slices.Index(in.Present, e) != i {
			c.Add("present["+decimal(i)+"]", "不是本评审组的成员，或重复。", "No member of this panel, or stands twice.")
		}
	}
	if !slices.Contains(in.Present, in.Chair) {
		c.Add("chair", "主持人应是到会成员。", "The chair is one of those present.")
	}
	if len(in.Decisions) == 0 {
		c.Add("decisions", "至少对一个案件作出意见。", "Say something of at least one case.")
	}
	seen := map[string]bool{}
	for i, d := range in.Decisions {
		at := "decisions[" + decimal(i) + "]"
		if !p.has(d.Case) || seen[d.Case] {
			c.Add(at+".case", "不是本评审组的案件，或重复。", "No case of this panel, or stands twice.")
		}
		seen[d.Case] = true
		if !slices.Contains([]Recommendation{Recommend, NotRecommend, Postpone}, d.Recommendation) {
			c.Add(at+".recommendation", "请选建议支持、不建议或缓议。", "Choose to recommend, not to, or to postpone.")
		}
		checkLine(&c, at+".text", d.Text, reasonLimit)
		part := 0
		for _, e := range in.Present {
			if judges(e, d.Case) && !slices.Contains(d.Recused, e) {
				part++
			}
		}
		if part < leastScores {
			c.Add(at, "参与这一案件的成员不足 %d 人（回避者不计）。", "Fewer than %d members took part in this case, not counting the recused.", leastScores)
		}
	}
	return c.Err()
}
