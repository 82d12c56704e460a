package target

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// ReportView is a report as it is shown.
type ReportView struct {
	ID          string     `json:"id"`
	Unit        Unit       `json:"unit"`
	Day         clock.Date `json:"day"`
	Percent     *int       `json:"percent"`
	Milestone   string     `json:"milestone"`
	Text        string     `json:"text"`
	Files       []File     `json:"files"`
	Facts       []string   `json:"facts"`
	Corrects    string     `json:"corrects" doc:"The report that this one replaces; empty for none"`
	CorrectedBy string     `json:"corrected_by" doc:"The report that replaced this one; empty for none"`
	By          string     `json:"by"`
	At          time.Time  `json:"at"`
}

// DutyView is one thing that a unit owes by a day.
type DutyView struct {
	TaskRef
	Unit     Unit        `json:"unit"`
	Due      clock.Date  `json:"due"`
	From     DutySource  `json:"from" enum:"clause,year_list,decision"`
	Ref      string      `json:"ref" doc:"Id of the line or decision; empty for the clause's own day"`
	Goal     string      `json:"goal"`
	Done     *clock.Date `json:"done" doc:"Day on which it was reported done; null while it is not"`
	Overdue  bool        `json:"overdue"`
	DaysLate int         `json:"late_workdays"`
	DaysLeft int         `json:"left_workdays"`
}

func (p *Plan) dutyView(d Duty) DutyView {
	return DutyView{p.taskRef(d.Task), p.Unit(d.Unit), d.Due, d.From, d.Ref, d.Goal, dayOrNone(d.Done), d.Overdue, d.DaysLate, d.DaysLeft}
}

// TaskDetail is one task in a year with everything said of it.
type TaskDetail struct {
	TaskView
	Year    int          `json:"year"`
	Duties  []DutyView   `json:"duties" doc:"What is owed of it in the year"`
	Reports []ReportView `json:"reports" doc:"Newest first, of all years"`
}

// Task gathers one task in a year; year 0 is the present one.
//
// Codes: not_found; invalid; unavailable.
func (s *Service) Task(ctx context.Context, id string, year int) (TaskDetail, error) {
	if year == 0 {
		year = s.Clock.Today().Year()
	}
	if err := checkYear(year); err != nil {
		return TaskDetail{}, err
	}
	task, err := s.Plan.Task(id)
	if err != nil {
		return TaskDetail{}, err
	}
	y, err := s.year(ctx, year)
	if err != nil {
		return TaskDetail{}, err
	}
	d := TaskDetail{TaskView: y.view(task), Year: year, Duties: []DutyView{}, Reports: []ReportView{}}
	for _, duty := range y.duties[id] {
		d.Duties = append(d.Duties, s.Plan.dutyView(duty))
	}
	correctedBy := map[string]string{}
	for _, r := range y.all[id] {
		if r.Corrects != "" {
			correctedBy[r.Corrects] = r.ID
		}
	}
	for i := len(y.all[id]) - 1; i >= 0; i-- {
		r := y.all[id][i]
		shown, err := s.reportView(ctx, r)
		if err != nil {
			return TaskDetail{}, err
		}
		shown.CorrectedBy = correctedBy[r.ID]
		d.Reports = append(d.Reports, shown)
	}
	return d, nil
}

func (s *Service) reportView(ctx context.Context, r Report) (ReportView, error) {
	ids := make([]string, len(r.Files))
	for i, f := range r.Files {
		ids[i] = f.ID
	}
	files, err := s.Store.Files(ctx, ids)
	return ReportView{ID: r.ID, Unit: s.Plan.Unit(r.Unit), Day: r.Day, Percent: r.Percent, Milestone: r.Milestone, Text: r.Text, Files: files, Facts: r.Facts,
		Corrects: r.Corrects, By: r.By.Name, At: r.At}, err
}

type listTasksInput struct {
	YearInput
	Unit     string    `query:"unit" maxLength:"60" doc:"Leads or supports"`
	Lead     string    `query:"lead" maxLength:"60"`
	Document string    `query:"document" maxLength:"40"`
	State    TaskState `query:"state" maxLength:"20"`
	Strength Strength  `query:"strength" maxLength:"20"`
	Q        string    `query:"q" maxLength:"80" doc:"Part of a name"`
}

type reportProgressInput struct {
	httpapi.IDPath
	Body struct {
		Unit      string   `json:"unit" maxLength:"60" doc:"On whose behalf"`
		Percent   *int     `json:"percent" minimum:"0" maximum:"100" required:"false"`
		Milestone string   `json:"milestone,omitempty" maxLength:"800"`
		Text      string   `json:"text" maxLength:"16000"`
		Files     []string `json:"files,omitempty" maxItems:"20" doc:"Ids of uploaded files"`
		Facts     []string `json:"facts,omitempty" maxItems:"200" doc:"Ids of facts that show it"`
		Corrects  string   `json:"corrects,omitempty" maxLength:"64" doc:"The report that this one replaces"`
	}
}

type assignInput struct {
	Year int `path:"year" minimum:"2000" maximum:"2100"`
	Body struct {
		Task string     `json:"task" maxLength:"60"`
		Unit string     `json:"unit" maxLength:"60"`
		Goal string     `json:"goal" maxLength:"16000" doc:"What is to be reached in the year"`
		Due  clock.Date `json:"due"`
	}
}

type endInput struct {
	httpapi.IDPath
	Body struct {
		Note string `json:"note" maxLength:"16000" doc:"Why"`
	}
}

func (s *Service) registerTasks(api huma.API) {
	httpapi.Register(api, op("listTasks", http.MethodGet, "/tasks", "Tasks by unit, document, state and strength"),
		func(ctx context.Context, in *listTasksInput) (*body[httpapi.Page[TaskView]], error) {
			return listed(s.Tasks(ctx, TaskFilter{Year: in.Year, Unit: in.Unit, Lead: in.Lead, Document: in.Document, State: in.State, Strength: in.Strength, Query: in.Q}))
		})
	httpapi.Register(api, op("getTask", http.MethodGet, "/tasks/{id}", "One task with what is owed and what was reported"),
		func(ctx context.Context, in *targetInput) (*body[TaskDetail], error) {
			return answered(s.Task(ctx, in.ID, in.Year))
		})
	httpapi.Register(api, op("reportProgress", http.MethodPost, "/tasks/{id}/reports", "Report on a task; a report is never changed, only corrected by a new one"),
		func(ctx context.Context, in *reportProgressInput) (*body[ReportView], error) {
			r, err := s.Report(ctx, party.ActorOf(ctx), ReportInput{Task: in.ID, Unit: in.Body.Unit, Percent: in.Body.Percent, Milestone: in.Body.Milestone, Text: in.Body.Text,
				Files: in.Body.Files, Facts: in.Body.Facts, Corrects: in.Body.Corrects})
			if err != nil {
				return nil, err
			}
			return answered(s.reportView(ctx, r))
		})
	httpapi.Register(api, op("listDuties", http.MethodGet, "/duties", "What is owed in a year, the most late first"),
		func(ctx context.Context, in *dutiesInput) (*body[httpapi.Page[DutyView]], error) {
			return listed(s.dutyViews(ctx, in))
		})
	httpapi.Register(api, op("assignTask", http.MethodPost, "/task-lists/{year}", "Add a line to a year's task list"),
		func(ctx context.Context, in *assignInput) (*body[DutyView], error) {
			a, err := s.Assign(ctx, party.ActorOf(ctx), AssignInput{Year: in.Year, Task: in.Body.Task, Unit: in.Body.Unit, Goal: in.Body.Goal, Due: in.Body.Due})
			if err != nil {
				return nil, err
			}
			return answered(s.Plan.dutyView(Duty{Task: s.Plan.tasks[a.Task], Unit: a.Unit, Due: a.Due, From: FromYearList, Ref: a.ID, Goal: a.Goal}), nil)
		})
	end := op("endAssignment", http.MethodPost, "/assignments/{id}/end", "Take a line off a year's task list; it stays readable")
	end.DefaultStatus = http.StatusNoContent
	httpapi.Register(api, end,
		func(ctx context.Context, in *endInput) (*struct{}, error) {
			return nil, s.EndAssignment(ctx, party.ActorOf(ctx), in.ID, in.Body.Note)
		})
	httpapi.Register(api, op("listAssignments", http.MethodGet, "/task-lists/{year}", "A year's task list, what was taken off it too"),
		func(ctx context.Context, in *yearPath) (*body[httpapi.Page[AssignmentView]], error) {
			return listed(s.assignmentViews(ctx, in.Year))
		})
	s.registerFiles(api)
}

type yearPath struct {
	Year int `path:"year" minimum:"2000" maximum:"2100"`
}

type dutiesInput struct {
	YearInput
	Unit    string `query:"unit" maxLength:"60"`
	Overdue bool   `query:"overdue" doc:"Only what is overdue"`
}

func (s *Service) dutyViews(ctx context.Context, in *dutiesInput) ([]DutyView, error) {
	year := in.Year
	if year == 0 {
		year = s.Clock.Today().Year()
	}
	if err := checkYear(year); err != nil {
		return nil, err
	}
	duties, err := s.Duties(ctx, year)
	views := []DutyView{}
	for _, d := range duties {
		if (in.Unit == "" || in.Unit == d.Unit) && (!in.Overdue || d.Overdue) {
			views = append(views, s.Plan.dutyView(d))
		}
	}
	return views, err
}

// AssignmentView is a line of a year's task list with its history.
type AssignmentView struct {
	ID    string      `json:"id"`
	Task  TaskRef     `json:"task"`
	Unit  Unit        `json:"unit"`
	Goal  string      `json:"goal"`
	Due   clock.Date  `json:"due"`
	By    string      `json:"by"`
	At    time.Time   `json:"at"`
	Ended *EndingView `json:"ended" doc:"Who took it off the list, when and why"`
}

// EndingView is who ended something, when and why.
type EndingView struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

func endingView(e *Ending) *EndingView {
	if e == nil {
		return nil
	}
	return &EndingView{e.By.Name, e.At, e.Note}
}

func (s *Service) assignmentViews(ctx context.Context, year int) ([]AssignmentView, error) {
	all, err := s.Store.Assignments(ctx, year)
	views := []AssignmentView{}
	for _, a := range all {
		if task := s.Plan.tasks[a.Task]; task != nil {
			views = append(views, AssignmentView{a.ID, s.Plan.taskRef(task), s.Plan.Unit(a.Unit), a.Goal, a.Due, a.By.Name, a.At, endingView(a.Ended)})
		}
	}
	return views, err
}
