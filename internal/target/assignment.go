package target

import (
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Assignment (年度任务) is a line of a year's task list (001 三(一), annex 三(一)):
// who does what of a task by when. It is never changed; ending one keeps it.
type Assignment struct {
	ID    string
	Year  int
	Task  string
	Unit  string
	Goal  string // what is to be reached in the year, in the office's words
	Due   clock.Date
	By    Person
	At    time.Time
	Ended *Ending
}

// Ending is who took something off a list, when and why.
type Ending struct {
	By   Person
	At   time.Time
	Note string
}

// AssignInput is a line of a year's task list as a person writes it.
type AssignInput struct {
	Year       int
	Task, Unit string
	Goal       string
	Due        clock.Date
}

// Validate reports every fault of the input that shows without the plan.
func (in AssignInput) Validate() error {
	var bad fault.Collector
	checkText(&bad, "goal", in.Goal)
	if _, err := clock.ParseDate(string(in.Due)); err != nil {
		bad.Merge("due", err)
	} else if in.Due.Year() != in.Year {
		bad.Add("due", "期限应在 %d 年内。", "The day lies in %d.", in.Year)
	}
	return bad.Err()
}
