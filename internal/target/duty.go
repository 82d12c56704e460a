package target

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Duty is one thing that one unit owes by one day, whoever set the day: the
// clause itself, a line of the year's task list, or a decision of a meeting.
// Duties are never stored: they are counted again from their sources and from
// the reports at every reading.
type Duty struct {
	Task     *Task
	Unit     string
	Due      clock.Date
	From     DutySource
	Ref      string // id of the assignment or decision
	Goal     string
	Done     clock.Date // day on which it was reported done, or ""
	Overdue  bool
	DaysLate int // working days since the day it was due, when overdue
	DaysLeft int // working days left, when not done and not overdue
}

// DutySource is who set a duty's day.
type DutySource string

// The closed set of sources.
const (
	FromClause   DutySource = "clause"
	FromYearList DutySource = "year_list"
	FromDecision DutySource = "decision"
)

// Record is what the duties of a year are counted from.
type Record struct {
	Reports     []Report     // of all years
	Assignments []Assignment // of the year, ended ones too
	Decisions   []Decision
}

// Duties lists what is owed in a year, as of a day, the most late first. A
// duty is overdue from the first working day after it was due until a report of its unit,
// said in that year or later, says that all is done. What is only to be
// explored, and what a draft says, is never overdue.
func (p *Plan) Duties(rec Record, year int, on clock.Date) []Duty {
	var out []Duty
	for _, t := range p.Tasks {
		due := t.Due.In(year)
		if due == "" {
			continue
		}
		for _, unit := range t.Lead {
			out = append(out, Duty{Task: t, Unit: unit, Due: due, From: FromClause})
		}
	}
	for _, a := range rec.Assignments {
		if t := p.tasks[a.Task]; t != nil && a.Year == year && a.Ended == nil {
			out = append(out, Duty{Task: t, Unit: a.Unit, Due: a.Due, From: FromYearList, Ref: a.ID, Goal: a.Goal})
		}
	}
	for _, d := range rec.Decisions {
		if t := p.tasks[d.Task]; t != nil && d.Due.Year() == year {
			duty := Duty{Task: t, Unit: d.Unit, Due: d.Due, From: FromDecision, Ref: d.ID, Goal: d.Text}
			if d.Closed != nil && clock.DateOf(d.Closed.At) <= on {
				duty.Done = clock.DateOf(d.Closed.At)
			}
			out = append(out, duty)
		}
	}
	done := doneBy(rec.Reports, year, on)
	for i := range out {
		out[i].settle(done, on)
	}
	slices.SortStableFunc(out, func(a, b Duty) int {
		return cmp.Or(-cmp.Compare(a.DaysLate, b.DaysLate), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Task.ID, b.Task.ID), cmp.Compare(a.Unit, b.Unit))
	})
	return out
}

type taskUnit struct{ task, unit string }

// doneBy is the first day of a year on which a unit said that all of a task is
// done, and has not said otherwise since.
func doneBy(all []Report, year int, on clock.Date) map[taskUnit]clock.Date {
	done := map[taskUnit]clock.Date{}
	inOrder := standingReports(all)
	slices.SortStableFunc(inOrder, func(a, b Report) int { return cmp.Or(cmp.Compare(a.Day, b.Day), a.At.Compare(b.At)) })
	for _, r := range inOrder {
		key := taskUnit{r.Task, r.Unit}
		switch {
		case r.Day > on || r.Day.Year() < year || r.Percent == nil:
		case !r.Done():
			delete(done, key)
		case done[key] == "":
			done[key] = r.Day
		}
	}
	return done
}

// settle says how a duty stands on a day. A decision is done when the office
// closes it, the others when their unit reports all of the task done.
func (d *Duty) settle(done map[taskUnit]clock.Date, on clock.Date) {
	if d.From != FromDecision {
		d.Done = done[taskUnit{d.Task.ID, d.Unit}]
	}
	switch {
	case d.Done != "":
	case d.Due < on:
		if late := clock.China().Between(d.Due, on); late > 0 && d.Task.Binding() {
			d.Overdue, d.DaysLate = true, late
		}
	default:
		d.DaysLeft = clock.China().Between(on, d.Due)
	}
}

// TaskState is where a task stands in a year.
type TaskState string

// The closed set of states, the worst first.
const (
	TaskOverdue    TaskState = "overdue"
	TaskUnreported TaskState = "unreported" // nobody has said anything in the year
	TaskOnWay      TaskState = "on_way"
	TaskDone       TaskState = "done"
)

// TaskStates lists the closed set, the worst first.
func TaskStates() []TaskState {
	return []TaskState{TaskOverdue, TaskUnreported, TaskOnWay, TaskDone}
}

// stateOf is a task's state from its duties and the latest report of the year
// that stands; latest is nil without one.
func stateOf(duties []Duty, latest *Report) TaskState {
	open := false
	for _, d := range duties {
		if d.Overdue {
			return TaskOverdue
		}
		open = open || d.Done == ""
	}
	switch {
	case len(duties) > 0 && !open:
		return TaskDone
	case latest == nil:
		return TaskUnreported
	case len(duties) == 0 && latest.Done():
		return TaskDone
	}
	return TaskOnWay
}
