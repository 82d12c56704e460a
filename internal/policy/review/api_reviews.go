package review

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func (s *Service) registerReviews(api huma.API) {
	httpapi.Register(api, op("listReviews", http.MethodGet, "/reviews", "The cases that were drawn for the reviewer who asks", tagReviews), s.listReviews)
	httpapi.Register(api, op("getReview", http.MethodGet, "/reviews/{id}", "One of the reviewer's cases with its sheet and evidence, and their own marks only", tagReviews),
		func(ctx context.Context, in *reviewInput) (*body[reviewBody], error) {
			a, err := s.Assignment(ctx, party.ActorOf(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return answer(s.reviewOf(ctx, a))
		})
	httpapi.Register(api, streamed(op("getReviewFile", http.MethodGet, "/reviews/{id}/files/{file}", "Download a file of one of the reviewer's cases", tagReviews)),
		func(ctx context.Context, in *reviewFileInput) (*huma.StreamResponse, error) {
			return stream(s.OpenFile(ctx, party.ActorOf(ctx), in.ID, in.File))
		})
	httpapi.Register(api, op("saveScore", http.MethodPut, "/reviews/{id}/score", "Keep a draft of the reviewer's score", tagReviews),
		func(ctx context.Context, in *scoreInput) (*body[scoreBody], error) {
			score, err := s.SaveScore(ctx, party.ActorOf(ctx), in.score())
			return answer(scoreOf(score), err)
		})
	httpapi.Register(api, op("submitScore", http.MethodPost, "/reviews/{id}/score", "Submit the reviewer's score; it never changes again", tagReviews),
		func(ctx context.Context, in *scoreInput) (*body[scoreBody], error) {
			score, err := s.SubmitScore(ctx, party.ActorOf(ctx), in.score())
			return answer(scoreOf(score), err)
		})
}

type reviewInput struct {
	ID string `path:"id" maxLength:"64"`
}

type reviewFileInput struct {
	ID   string `path:"id" maxLength:"64"`
	File string `path:"file" maxLength:"64"`
}

type scoreInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The draft that was read; 0 for none"`
		Marks    []Mark `json:"marks" maxItems:"100"`
		Comment  string `json:"comment" maxLength:"4000"`
	}
}

func (in *scoreInput) score() ScoreInput {
	return ScoreInput{Case: in.ID, Version: in.Body.Revision, Marks: in.Body.Marks, Comment: in.Body.Comment}
}

// ReviewRow is one of a reviewer's cases in their list.
type ReviewRow struct {
	ID          string     `json:"id" doc:"Of the case"`
	Number      string     `json:"number"`
	Panel       string     `json:"panel" doc:"Name of the panel"`
	PanelState  PanelState `json:"panel_state" enum:"open,scoring,complete,closed,cancelled"`
	Measure     string     `json:"measure"`
	MeasureName i18n.Text  `json:"measure_name"`
	Object      string     `json:"object"`
	Year        int        `json:"year"`
	Blind       bool       `json:"blind"`
	OrgName     string     `json:"org_name" doc:"Empty where the panel is blind"`
	State       string     `json:"state" enum:"waiting,begun,final" doc:"Of the reviewer's own score"`
	Total       Points     `json:"total" doc:"Of the marks given so far"`
	Most        Points     `json:"most" doc:"Of the sheet"`
}

// reviewBody is a case as its reviewer sees it.
type reviewBody struct {
	ReviewRow
	Statement string        `json:"statement"`
	Facts     []SubjectFact `json:"facts"`
	Files     []File        `json:"files"`
	Sheet     Sheet         `json:"sheet"`
	Own       scoreBody     `json:"own"`
	Earlier   []scoreBody   `json:"earlier" doc:"The reviewer's own scores that were reopened"`
	Result    *Settled      `json:"result" doc:"Null until the panel is closed"`
}

func rowOf(a Assigned) ReviewRow {
	state := "waiting"
	switch {
	case a.Own.Final:
		state = "final"
	case a.Own.ID != "":
		state = "begun"
	}
	c := a.Subject
	return ReviewRow{ID: c.ID, Number: c.Number, Panel: a.Panel.Name, PanelState: a.Panel.State, Measure: c.Measure, MeasureName: c.MeasureName, Object: c.Object, Year: c.Year,
		Blind: a.Panel.Blind, OrgName: c.OrgName, State: state, Total: a.Own.Total, Most: a.Panel.Sheet.Most()}
}

type reviewList struct {
	Items  []ReviewRow `json:"items"`
	InPool bool        `json:"in_pool" doc:"False for a reviewer whom the office has not taken into the pool: nothing can be drawn for them"`
}

func (s *Service) listReviews(ctx context.Context, _ *struct{}) (*body[reviewList], error) {
	list, err := s.Assignments(ctx, party.ActorOf(ctx))
	if fault.Is(err, fault.NotFound) {
		return &body[reviewList]{reviewList{Items: []ReviewRow{}}}, nil
	}
	out := reviewList{Items: make([]ReviewRow, 0, len(list)), InPool: true}
	for _, a := range list {
		out.Items = append(out.Items, rowOf(a))
	}
	return answer(out, err)
}

func (s *Service) reviewOf(ctx context.Context, a Assigned) (reviewBody, error) {
	out := reviewBody{ReviewRow: rowOf(a), Statement: a.Subject.Statement, Facts: a.Subject.Facts, Files: a.Subject.Files, Sheet: a.Panel.Sheet, Own: scoreOf(a.Own)}
	for _, e := range a.Earlier {
		out.Earlier = append(out.Earlier, scoreOf(e))
	}
	if a.Panel.State != PanelClosed {
		return out, nil
	}
	o, err := s.Outcome(ctx, a.Subject.ID)
	out.Result = o.Result
	return out, err
}
