package target

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Register adds the domain's operations. Who may call them stands in the
// product's access table.
func (s *Service) Register(api huma.API) {
	s.registerTargets(api)
	s.registerTasks(api)
	s.registerLists(api)
	s.registerMeetings(api)
	s.registerYearly(api)
	s.registerRegion(api)
}

// op describes one operation of the domain.
func op(id, method, path, summary string) huma.Operation {
	o := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"targets"}}
	if method == http.MethodPost {
		o.DefaultStatus = http.StatusCreated
	}
	return o
}

type body[T any] struct{ Body T }

// listed is a whole list as a page: the plan's lists are short.
func listed[T any](items []T, err error) (*body[httpapi.Page[T]], error) {
	if err != nil {
		return nil, err
	}
	return &body[httpapi.Page[T]]{httpapi.Page[T]{Items: items}}, nil
}

func answered[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// YearInput is embedded in the input of what is read for a year.
type YearInput struct {
	Year int `query:"year" minimum:"0" maximum:"9999" doc:"The present year when not given"`
}

type targetInput struct {
	httpapi.IDPath
	YearInput
}

type figureInput struct {
	httpapi.IDPath
	Body struct {
		Year     int        `json:"year"`
		AsOf     clock.Date `json:"as_of" doc:"The day up to which it counts"`
		Value    string     `json:"value" maxLength:"40" doc:"Plain decimal in the target's unit; year to date for a yearly figure"`
		Source   string     `json:"source" maxLength:"800" doc:"Who counted it, and where it stands"`
		File     string     `json:"file,omitempty" maxLength:"64" doc:"Id of an uploaded file that shows it"`
		Corrects string     `json:"corrects,omitempty" maxLength:"64" doc:"Id of the fact that it replaces"`
	}
}

type claimInput struct {
	httpapi.IDPath
	Body struct {
		Object string           `json:"object" maxLength:"800" doc:"The scene, as its acceptance names it"`
		Org    ident.CreditCode `json:"org" doc:"Whose scene it is"`
	}
}

// Recorded says which fact a write recorded.
type Recorded struct {
	Fact     string     `json:"fact"`
	Occurred clock.Date `json:"occurred"`
}

func recorded(f evidence.Fact, err error) (*body[Recorded], error) {
	return answered(Recorded{f.ID, f.Occurred}, err)
}

func (s *Service) registerTargets(api huma.API) {
	httpapi.Register(api, op("getTargets", http.MethodGet, "/targets", "Every target of a year with its figure, forecast and light"),
		func(ctx context.Context, in *YearInput) (*body[Board], error) { return answered(s.Board(ctx, in.Year)) })
	httpapi.Register(api, op("getTarget", http.MethodGet, "/targets/{id}", "One target with its points and the facts under them"),
		func(ctx context.Context, in *targetInput) (*body[TargetDetail], error) {
			return answered(s.Detail(ctx, in.ID, in.Year))
		})
	httpapi.Register(api, op("reportFigure", http.MethodPost, "/targets/{id}/figures", "Report a figure on a department's word, its source named"),
		func(ctx context.Context, in *figureInput) (*body[Recorded], error) {
			return recorded(s.ReportFigure(ctx, party.ActorOf(ctx), FigureInput{Target: in.ID, Year: in.Body.Year, AsOf: in.Body.AsOf, Value: in.Body.Value, Source: in.Body.Source, File: in.Body.File, Corrects: in.Body.Corrects}))
		})
	httpapi.Register(api, op("claimScene", http.MethodPost, "/targets/{id}/claims", "Count a scene towards a target; it counts once a roll-up whoever claims it"),
		func(ctx context.Context, in *claimInput) (*body[Recorded], error) {
			return recorded(s.Claim(ctx, party.ActorOf(ctx), ClaimInput{Target: in.ID, Object: in.Body.Object, Org: in.Body.Org}))
		})
	httpapi.Register(api, op("listUnits", http.MethodGet, "/target-units", "Responsible units with the worst of their lights, the worst first"),
		func(ctx context.Context, in *YearInput) (*body[httpapi.Page[UnitView]], error) {
			return listed(s.Units(ctx, in.Year))
		})
}

type yearlyInput struct {
	YearInput
	Format Format `query:"format" enum:"pdf,xlsx" default:"pdf"`
}

func (s *Service) registerYearly(api huma.API) {
	down := op("getTargetReport", http.MethodGet, "/target-report", "The yearly report as PDF or XLSX, in Chinese")
	down.Responses = httpapi.FileResponse("application/pdf", xlsxType)
	httpapi.Register(api, down, func(ctx context.Context, in *yearlyInput) (*huma.StreamResponse, error) {
		y, err := s.Yearly(ctx, in.Year)
		if err != nil {
			return nil, err
		}
		var file bytes.Buffer // whole before its first byte goes out, so that a fault is still one
		if err := y.Write(&file, in.Format); err != nil {
			return nil, err
		}
		return httpapi.File(y.Name()+"."+string(in.Format), map[Format]string{PDF: "application/pdf", XLSX: xlsxType}[in.Format], io.NopCloser(&file)), nil
	})
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

// maxUpload bounds an upload with its multipart frame; the blob store bounds
// the file itself.
const maxUpload = 52 << 20

func (s *Service) registerFiles(api huma.API) {
	up := op("uploadTargetFile", http.MethodPost, "/target-files", "Keep a file that a report or a figure will name")
	up.MaxBodyBytes = maxUpload
	httpapi.Register(api, up, func(ctx context.Context, in *uploadInput) (*body[File], error) {
		file := in.RawBody.Data().File
		if !file.IsSet {
			var bad fault.Collector
			bad.Add("file", "请选择文件。", "Choose a file.")
			return nil, bad.Err()
		}
		defer file.Close()
		return answered(s.Upload(ctx, party.ActorOf(ctx), file.Filename, file))
	})
	down := op("getTargetFile", http.MethodGet, "/target-files/{id}", "Download a file")
	down.Responses = httpapi.FileResponse()
	httpapi.Register(api, down, func(ctx context.Context, in *httpapi.IDPath) (*huma.StreamResponse, error) {
		f, r, err := s.Open(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return httpapi.File(f.Name, f.Type, r), nil
	})
}
