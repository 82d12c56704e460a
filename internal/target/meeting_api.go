package target

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// MeetingView is a meeting in a list.
type MeetingView struct {
	ID     string     `json:"id"`
	Body   Unit       `json:"body"`
	Day    clock.Date `json:"day"`
	Title  string     `json:"title"`
	Agenda []string   `json:"agenda"`
	By     string     `json:"by"`
}

// SittingView is one meeting with what it decided and what came up again.
type SittingView struct {
	MeetingView
	Decisions []DecisionView `json:"decisions"`
	Carried   []DecisionView `json:"carried" doc:"Open decisions of the body's earlier meetings, on the day of this one"`
}

// DecisionView is a decision with its task.
type DecisionView struct {
	ID      string      `json:"id"`
	Meeting string      `json:"meeting"`
	Day     clock.Date  `json:"day" doc:"Of the meeting"`
	Item    int         `json:"item" doc:"Place in the agenda; 0 for none of it"`
	Text    string      `json:"text"`
	Task    TaskRef     `json:"task"`
	Unit    Unit        `json:"unit"`
	Due     clock.Date  `json:"due"`
	Overdue bool        `json:"overdue"`
	Closed  *EndingView `json:"closed"`
}

type listMeetingsInput struct {
	httpapi.PageInput
	Unit string `query:"unit" maxLength:"60" doc:"Only meetings of this body"`
}

type meetInput struct {
	Body struct {
		Body   string     `json:"body" maxLength:"60" doc:"The unit that meets"`
		Day    clock.Date `json:"day"`
		Title  string     `json:"title" maxLength:"800"`
		Agenda []string   `json:"agenda" maxItems:"50"`
	}
}

type decideInput struct {
	httpapi.IDPath
	Body struct {
		Item int        `json:"item,omitempty" doc:"Place in the agenda, from 1; 0 for none of it"`
		Text string     `json:"text" maxLength:"16000"`
		Task string     `json:"task" maxLength:"60" doc:"Every decision belongs to a task"`
		Unit string     `json:"unit" maxLength:"60"`
		Due  clock.Date `json:"due"`
	}
}

func (s *Service) registerMeetings(api huma.API) {
	httpapi.Register(api, op("listMeetings", http.MethodGet, "/meetings", "Meetings of the bodies that lead, newest first"), s.listMeetings)
	httpapi.Register(api, op("listBodies", http.MethodGet, "/meeting-bodies", "The bodies that meet and decide"),
		func(context.Context, *struct{}) (*body[httpapi.Page[Unit]], error) {
			return listed(s.Plan.unitsOf(s.Plan.Bodies), nil)
		})
	httpapi.Register(api, op("addMeeting", http.MethodPost, "/meetings", "Record a meeting with its agenda"),
		func(ctx context.Context, in *meetInput) (*body[MeetingView], error) {
			m, err := s.Meet(ctx, party.ActorOf(ctx), MeetingInput{Body: in.Body.Body, Day: in.Body.Day, Title: in.Body.Title, Agenda: in.Body.Agenda})
			return answered(s.meetingView(m), err)
		})
	httpapi.Register(api, op("getMeeting", http.MethodGet, "/meetings/{id}", "One meeting with its decisions and what it carries over"),
		func(ctx context.Context, in *httpapi.IDPath) (*body[SittingView], error) {
			m, err := s.Sitting(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answered(SittingView{s.meetingView(m.Meeting), s.decisionViews(m.Decisions), s.decisionViews(m.Carried)}, nil)
		})
	httpapi.Register(api, op("addDecision", http.MethodPost, "/meetings/{id}/decisions", "Record a decision; it gets a task, a unit and a day"),
		func(ctx context.Context, in *decideInput) (*body[DecisionView], error) {
			d, err := s.Decide(ctx, party.ActorOf(ctx), DecisionInput{Meeting: in.ID, Item: in.Body.Item, Text: in.Body.Text, Task: in.Body.Task, Unit: in.Body.Unit, Due: in.Body.Due})
			if err != nil {
				return nil, err
			}
			return answered(s.decisionViews([]Decision{d})[0], nil)
		})
	end := op("closeDecision", http.MethodPost, "/decisions/{id}/close", "Say that a decision was carried out, or why it no longer stands")
	end.DefaultStatus = http.StatusNoContent
	httpapi.Register(api, end,
		func(ctx context.Context, in *endInput) (*struct{}, error) {
			return nil, s.CloseDecision(ctx, party.ActorOf(ctx), in.ID, in.Body.Note)
		})
}

func (s *Service) listMeetings(ctx context.Context, in *listMeetingsInput) (*body[httpapi.Page[MeetingView]], error) {
	key, err := httpapi.After(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Meetings(ctx, MeetingFilter{Body: in.Unit, BeforeDay: clock.Date(key[0]), BeforeID: key[1], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(all, in.Limit, func(m Meeting) []string { return []string{string(m.Day), m.ID} })
	return &body[httpapi.Page[MeetingView]]{httpapi.Map(page, s.meetingView)}, nil
}

func (s *Service) meetingView(m Meeting) MeetingView {
	return MeetingView{m.ID, s.Plan.Unit(m.Body), m.Day, m.Title, m.Agenda, m.By.Name}
}

func (s *Service) decisionViews(all []Decision) []DecisionView {
	views := []DecisionView{}
	for _, d := range all {
		task := TaskRef{ID: d.Task, Name: i18n.Text{ZH: d.Task, EN: d.Task}}
		if t := s.Plan.tasks[d.Task]; t != nil {
			task = s.Plan.taskRef(t)
		}
		views = append(views, DecisionView{d.ID, d.Meeting, d.Day, d.Item, d.Text, task, s.Plan.Unit(d.Unit), d.Due,
			d.Closed == nil && d.Due < s.Clock.Today(), endingView(d.Closed)})
	}
	return views
}
