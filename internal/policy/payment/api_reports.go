package payment

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type reportsInput struct {
	httpapi.PageInput
	State   []ReportState `query:"state,explode" maxItems:"4" doc:"Only these states"`
	Overdue bool          `query:"overdue" doc:"Only those that the organisation owes since before today"`
	Q       string        `query:"q" maxLength:"100" doc:"Part of its number, its application's, or the organisation's name"`
}

type submitInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64    `json:"revision" doc:"The revision that was read"`
		Outputs  []Output `json:"outputs" maxItems:"20" doc:"One for each indicator"`
		Text     string   `json:"text" maxLength:"8000"`
	}
}

type answerInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Accept   bool   `json:"accept" doc:"Accepted, its outputs become facts; else it is returned"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type attachInput struct {
	httpapi.IDPath
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type reportFileInput struct {
	httpapi.IDPath
	File string `path:"file" maxLength:"64"`
}

type yearInput struct {
	Year int `query:"year" minimum:"2000" maximum:"2100" default:"2025" doc:"Budget year"`
}

// PerformanceList is a year's measures.
type PerformanceList struct {
	Items []Performance `json:"items"`
}

func (s *Service) registerReports(api huma.API) {
	httpapi.Register(api, op("listPerformanceReports", http.MethodGet, "/performance/reports", "List performance reports, the one due first first", tagPerformance), s.listReports)
	httpapi.Register(api, op("getPerformanceReport", http.MethodGet, "/performance/reports/{id}", "One performance report", tagPerformance),
		func(ctx context.Context, in *httpapi.IDPath) (*body[ReportView], error) {
			return s.shownReport(ctx, in.ID, nil)
		})
	httpapi.Register(api, acting("submitPerformanceReport", "/performance/reports/{id}/submit", "Hand in a report", tagPerformance),
		func(ctx context.Context, in *submitInput) (*body[ReportView], error) {
			_, err := s.SubmitReport(ctx, party.ActorOf(ctx), SubmitInput{ID: in.ID, Version: in.Body.Revision, Outputs: in.Body.Outputs, Text: in.Body.Text})
			return s.shownReport(ctx, in.ID, err)
		})
	httpapi.Register(api, acting("answerPerformanceReport", "/performance/reports/{id}/answer", "Accept a report or return it", tagPerformance),
		func(ctx context.Context, in *answerInput) (*body[ReportView], error) {
			_, err := s.AnswerReport(ctx, party.ActorOf(ctx), AnswerInput{ID: in.ID, Version: in.Body.Revision, Accept: in.Body.Accept, Reason: in.Body.Reason})
			return s.shownReport(ctx, in.ID, err)
		})
	attach := acting("attachPerformanceFile", "/performance/reports/{id}/files", "Upload a file that shows what was reached", tagPerformance)
	attach.MaxBodyBytes = maxUpload
	httpapi.Register(api, attach, func(ctx context.Context, in *attachInput) (*body[ReportView], error) {
		file := in.RawBody.Data().File
		if err := given(file); err != nil {
			return nil, err
		}
		defer file.Close()
		return s.shownReport(ctx, in.ID, s.AttachReport(ctx, party.ActorOf(ctx), in.ID, file.Filename, file))
	})
	get := op("getPerformanceFile", http.MethodGet, "/performance/reports/{id}/files/{file}", "Download a file of a report", tagPerformance)
	get.Responses = httpapi.FileResponse()
	httpapi.Register(api, get, func(ctx context.Context, in *reportFileInput) (*huma.StreamResponse, error) {
		if _, err := s.OneReport(ctx, party.ActorOf(ctx), in.ID); err != nil {
			return nil, err
		}
		files, err := s.Store.ReportFiles(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return s.download(ctx, files, in.File)
	})
	httpapi.Register(api, op("listMeasurePerformance", http.MethodGet, "/performance/measures", "Budget, paid, output and cost per output of each measure, from facts", tagPerformance),
		func(ctx context.Context, in *yearInput) (*body[PerformanceList], error) {
			rows, err := s.Performance(ctx, in.Year)
			return &body[PerformanceList]{PerformanceList{rows}}, err
		})
}

func (s *Service) listReports(ctx context.Context, in *reportsInput) (*body[httpapi.Page[ReportView]], error) {
	after, err := httpapi.After(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	by := party.ActorOf(ctx)
	f := ReportFilter{Org: by.Org, States: in.State, Query: strings.TrimSpace(in.Q), After: after, Limit: in.Limit + 1}
	if in.Overdue {
		f.Overdue = s.Clock.Today()
	}
	list, err := s.Store.Reports(ctx, f)
	page := httpapi.NewPage(list, in.Limit, Report.cursor)
	return &body[httpapi.Page[ReportView]]{httpapi.Map(page, func(r Report) ReportView { return s.reportView(by, r, nil) })}, err
}

func (s *Service) shownReport(ctx context.Context, id string, err error) (*body[ReportView], error) {
	if err != nil {
		return nil, err
	}
	r, err := s.OneReport(ctx, party.ActorOf(ctx), id)
	if err != nil {
		return nil, err
	}
	files, err := s.Store.ReportFiles(ctx, id)
	return &body[ReportView]{s.reportView(party.ActorOf(ctx), r, files)}, err
}
