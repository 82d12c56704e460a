package target

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// TaskView is a task as it stands in a year.
type TaskView struct {
	TaskRef
	Document string      `json:"document"`
	Lead     []Unit      `json:"lead"`
	Support  []Unit      `json:"support"`
	Draft    bool        `json:"draft"`
	Targets  []Ref       `json:"targets"`
	Industry *i18n.Text  `json:"industry"`
	State    TaskState   `json:"state" enum:"overdue,unreported,on_way,done"`
	Due      *clock.Date `json:"due" doc:"The next day on which something of it is due in the year, or the day it was due; null for none"`
	Late     int         `json:"late_workdays" doc:"Working days since it was due, when overdue"`
	Percent  *int        `json:"percent" doc:"As last reported in the year; null when nobody said"`
	Reported *clock.Date `json:"reported" doc:"Day of the last report in the year; null for none"`
	Said     string      `json:"said" doc:"The last report's milestone, or how it begins"`
}

// TaskFilter chooses tasks; zero fields do not filter.
type TaskFilter struct {
	Year     int
	Unit     string // leads or supports
	Lead     string // leads
	Document string
	State    TaskState
	Strength Strength
	Query    string // part of a name, in either language
}

// Validate reports every fault of the filter.
func (f TaskFilter) Validate() error {
	var bad fault.Collector
	if f.State != "" && !slices.Contains(TaskStates(), f.State) {
		bad.Add("query.state", "没有“%.40s”这个状态：应为 %v 之一。", "There is no state %.40q: it is one of %v.", f.State, TaskStates())
	}
	if f.Strength != "" && !slices.Contains(Strengths(), f.Strength) {
		bad.Add("query.strength", "没有“%.40s”这种力度：应为 %v 之一。", "There is no strength %.40q: it is one of %v.", f.Strength, Strengths())
	}
	bad.Merge("", checkYear(f.Year))
	return bad.Err()
}

// Tasks lists the tasks of the plan as they stand in a year, in the plan's
// order.
//
// Codes: invalid; unavailable.
func (s *Service) Tasks(ctx context.Context, f TaskFilter) ([]TaskView, error) {
	if f.Year == 0 {
		f.Year = s.Clock.Today().Year()
	}
	if err := f.Validate(); err != nil {
		return nil, err
	}
	y, err := s.year(ctx, f.Year)
	if err != nil {
		return nil, err
	}
	views := []TaskView{}
	for _, t := range s.Plan.Tasks {
		if v := y.view(t); f.keeps(t, v) {
			views = append(views, v)
		}
	}
	return views, nil
}

func (f TaskFilter) keeps(t *Task, v TaskView) bool {
	q := strings.ToLower(strings.TrimSpace(f.Query))
	return (f.Unit == "" || t.Answers(f.Unit)) && (f.Lead == "" || slices.Contains(t.Lead, f.Lead)) &&
		(f.Document == "" || t.Document == f.Document) && (f.State == "" || v.State == f.State) && (f.Strength == "" || t.Strength == f.Strength) &&
		(q == "" || strings.Contains(strings.ToLower(t.Name.ZH+"\n"+t.Name.EN), q))
}

// taskYear is everything about tasks in a year, as of a day.
type taskYear struct {
	plan   *Plan
	on     clock.Date
	year   int
	duties map[string][]Duty   // by task
	latest map[string]*Report  // of the year, by task; those that stand
	all    map[string][]Report // of all years, by task, replaced ones too
}

func (s *Service) year(ctx context.Context, year int) (taskYear, error) {
	rec, err := s.record(ctx, year)
	y := taskYear{plan: s.Plan, on: s.Clock.Today(), year: year, duties: map[string][]Duty{}, latest: map[string]*Report{}, all: map[string][]Report{}}
	if err != nil {
		return y, err
	}
	for _, d := range s.Plan.Duties(rec, year, y.on) {
		y.duties[d.Task.ID] = append(y.duties[d.Task.ID], d)
	}
	for _, r := range rec.Reports {
		y.all[r.Task] = append(y.all[r.Task], r)
	}
	for _, r := range standingReports(rec.Reports) {
		if r.Day.Year() == year && r.Day <= y.on {
			y.latest[r.Task] = &r // the store has the oldest first
		}
	}
	return y, nil
}

func (y taskYear) view(t *Task) TaskView {
	v := TaskView{TaskRef: y.plan.taskRef(t), Document: t.Document, Lead: y.plan.unitsOf(t.Lead), Support: y.plan.unitsOf(t.Support), Draft: t.draft, Targets: []Ref{}}
	for _, id := range t.Targets {
		v.Targets = append(v.Targets, Ref{id, y.plan.targets[id].Name})
	}
	for _, one := range y.plan.Industries {
		if one.ID == t.Industry {
			v.Industry = &one.Name
		}
	}
	latest := y.latest[t.ID]
	duties := y.duties[t.ID]
	v.State = stateOf(duties, latest)
	due, late := nextDue(duties)
	v.Due, v.Late = dayOrNone(due), late
	if latest != nil {
		v.Percent, v.Reported, v.Said = latest.Percent, &latest.Day, cmp.Or(latest.Milestone, opening(latest.Text))
	}
	return v
}

// nextDue is the day of the most late duty, else of the next open one, else of
// the last one that was done.
func nextDue(duties []Duty) (due clock.Date, late int) {
	for _, d := range duties { // the most late first, then by day
		if d.Overdue {
			return d.Due, d.DaysLate
		}
	}
	for _, d := range duties {
		if d.Done == "" {
			return d.Due, 0
		}
		due = max(due, d.Due)
	}
	return due, 0
}

func opening(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// UnitView is how a unit stands in a year: the worst light of the targets that
// it answers for, and its tasks.
type UnitView struct {
	Unit
	Light   Light      `json:"light" enum:"behind,no_data,undecided,no_forecast,on_pace,reached,later,in_words," doc:"Empty when it leads nothing that has a light"`
	Targets []UnitGoal `json:"targets"`
	Leads   int        `json:"leads" doc:"Tasks that it leads"`
	Helps   int        `json:"helps" doc:"Tasks that it supports"`
	Overdue int        `json:"overdue" doc:"Things that it owes and that are overdue"`
	Silent  int        `json:"silent" doc:"Tasks that it leads and of which nobody said anything in the year"`
	Done    int        `json:"done" doc:"Tasks that it leads and that are done"`
}

// UnitGoal is one target of a unit with its light.
type UnitGoal struct {
	ID    string    `json:"id"`
	Name  i18n.Text `json:"name"`
	Light Light     `json:"light"`
}

// Units lists the units that have a part in the plan, the worst first.
//
// Codes: invalid; unavailable.
func (s *Service) Units(ctx context.Context, year int) ([]UnitView, error) {
	board, err := s.Board(ctx, year)
	if err != nil {
		return nil, err
	}
	y, err := s.year(ctx, board.Year)
	if err != nil {
		return nil, err
	}
	found := map[string]*UnitView{}
	at := func(id string) *UnitView {
		if found[id] == nil {
			found[id] = &UnitView{Unit: s.Plan.Unit(id), Targets: []UnitGoal{}}
		}
		return found[id]
	}
	for _, t := range board.Targets {
		for _, u := range t.Units {
			at(u.ID).Targets = append(at(u.ID).Targets, UnitGoal{t.ID, t.Name, t.Light})
		}
	}
	for _, t := range s.Plan.Tasks {
		state := stateOf(y.duties[t.ID], y.latest[t.ID])
		for _, id := range t.Lead {
			u := at(id)
			u.Leads++
			if state == TaskUnreported {
				u.Silent++
			} else if state == TaskDone {
				u.Done++
			}
		}
		for _, id := range t.Support {
			at(id).Helps++
		}
		for _, d := range y.duties[t.ID] {
			if d.Overdue {
				at(d.Unit).Overdue++
			}
		}
	}
	return settled(found), nil
}

// settled sets each unit's light and puts the worst first.
func settled(found map[string]*UnitView) []UnitView {
	views := make([]UnitView, 0, len(found))
	for _, u := range found {
		var lights []Light
		for _, t := range u.Targets {
			lights = append(lights, t.Light)
		}
		if u.Overdue > 0 {
			lights = append(lights, Behind)
		}
		u.Light = worst(lights...)
		views = append(views, *u)
	}
	order := func(u UnitView) int {
		if at := slices.Index(Lights(), u.Light); at >= 0 {
			return at
		}
		return len(Lights())
	}
	slices.SortFunc(views, func(a, b UnitView) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), -cmp.Compare(a.Overdue, b.Overdue), -cmp.Compare(a.Leads, b.Leads), cmp.Compare(a.ID, b.ID))
	})
	return views
}
