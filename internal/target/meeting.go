package target

import (
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Meeting is one sitting of a body that leads (000 五 12; 001 三(一), annex
// 三(一); 004 四(一)): its agenda, and the decisions that it took.
type Meeting struct {
	ID     string
	Body   string // unit
	Day    clock.Date
	Title  string
	Agenda []string
	By     Person
	At     time.Time
}

// Decision is what a meeting has somebody do. It always has a task of the plan,
// a unit and a day; until it is closed it comes up at every later meeting.
type Decision struct {
	ID      string
	Meeting string
	Body    string     // of the meeting
	Day     clock.Date // of the meeting
	Item    int        // place in the agenda, from 1; 0 for none of it
	Text    string
	Task    string
	Unit    string
	Due     clock.Date
	By      Person
	At      time.Time
	Closed  *Ending
}

// MeetingInput is a meeting as a person writes it.
type MeetingInput struct {
	Body   string
	Day    clock.Date
	Title  string
	Agenda []string
}

// maxAgenda bounds an agenda.
const maxAgenda = 50

// Validate reports every fault of the input that shows without the plan.
func (in MeetingInput) Validate() error {
	var bad fault.Collector
	checkLine(&bad, "title", in.Title, false)
	_, err := clock.ParseDate(string(in.Day))
	bad.Merge("day", err)
	if len(in.Agenda) == 0 || len(in.Agenda) > maxAgenda {
		bad.Add("agenda", "议题应有 1 到 %d 项。", "An agenda has 1 to %d items.", maxAgenda)
	}
	for _, item := range in.Agenda {
		checkLine(&bad, "agenda", item, false)
	}
	return bad.Err()
}

// DecisionInput is a decision as a person writes it.
type DecisionInput struct {
	Meeting    string
	Item       int
	Text       string
	Task, Unit string
	Due        clock.Date
}

// Validate reports every fault of the input that shows without the plan.
func (in DecisionInput) Validate() error {
	var bad fault.Collector
	checkText(&bad, "text", in.Text)
	_, err := clock.ParseDate(string(in.Due))
	bad.Merge("due", err)
	if in.Task == "" {
		bad.Add("task", "每项决定要落到一项任务上。", "Every decision belongs to a task.")
	}
	return bad.Err()
}

// OpenBefore leaves the decisions of a body's earlier meetings that are still
// open on a day: they come up again.
func OpenBefore(all []Decision, body string, day clock.Date) (open []Decision) {
	for _, d := range all {
		if d.Body == body && d.Day < day && (d.Closed == nil || clock.DateOf(d.Closed.At) >= day) {
			open = append(open, d)
		}
	}
	return open
}
