package exception

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

type body[T any] struct{ Body T }

type listInput struct {
	httpapi.PageInput
	State []State `query:"state,explode" maxItems:"4" doc:"Only these states"`
	Org   string  `query:"org" maxLength:"18" doc:"Credit code"`
	Q     string  `query:"q" maxLength:"100" doc:"Part of a number, a matter or an organisation's name"`
}

type reportInput struct {
	Year int `query:"year" doc:"When they were proposed; 0 for this year" maximum:"2100" minimum:"0"`
}

type proposeInput struct {
	Body struct {
		Org       string    `json:"org" maxLength:"18" doc:"Credit code"`
		Kind      Kind      `json:"kind" enum:"key_enterprise,major_project"`
		Measure   string    `json:"measure,omitempty" maxLength:"40" doc:"Whose formula it departs from; empty where no measure covers the matter"`
		Departure Departure `json:"departure" enum:"amount,condition,no_measure"`
		Matter    string    `json:"matter,omitempty" maxLength:"800"`
		Call      string    `json:"call,omitempty" maxLength:"64" doc:"Id of the call whose notice shall show it"`
		Amount    money.Fen `json:"amount_fen"`
		Reason    string    `json:"reason" maxLength:"8000"`
		Papers    []Paper   `json:"papers" maxItems:"20" doc:"As uploaded"`
	}
}

type judgeInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64   `json:"revision" doc:"The revision that was read"`
		Verdict  Verdict `json:"verdict" enum:"approve,refuse"`
		Reason   string  `json:"reason" maxLength:"8000"`
	}
}

type withdrawInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Reason   string `json:"reason" maxLength:"8000"`
	}
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type paperInput struct {
	httpapi.IDPath
	SHA256 string `path:"sha256" maxLength:"64"`
}

// Register adds the room's operations.
func (s *Service) Register(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"exceptions"}}
	}
	httpapi.Register(api, op("listExceptions", http.MethodGet, "/exceptions", "Exceptions case by case, most recently changed first"), s.list)
	httpapi.Register(api, op("getException", http.MethodGet, "/exceptions/{id}", "One exception with its chain"),
		func(ctx context.Context, in *httpapi.IDPath) (*body[View], error) { return s.shown(ctx, in.ID, nil) })
	propose := op("proposeException", http.MethodPost, "/exceptions", "Propose an exception; two other people decide on it")
	propose.DefaultStatus = http.StatusCreated
	httpapi.Register(api, propose, func(ctx context.Context, in *proposeInput) (*body[View], error) {
		b := &in.Body
		x, err := s.Propose(ctx, party.ActorOf(ctx), ProposeInput{Org: ident.CreditCode(b.Org), Kind: b.Kind, Measure: b.Measure, Departure: b.Departure, Matter: b.Matter, Call: b.Call,
			Amount: b.Amount, Reason: b.Reason, Papers: b.Papers})
		return s.shown(ctx, x.ID, err)
	})
	httpapi.Register(api, op("judgeException", http.MethodPost, "/exceptions/{id}/opinions", "Give the opinion of one's seat; the second approval opens the case"),
		func(ctx context.Context, in *judgeInput) (*body[View], error) {
			_, err := s.Judge(ctx, party.ActorOf(ctx), JudgeInput{ID: in.ID, Version: in.Body.Revision, Verdict: in.Body.Verdict, Reason: in.Body.Reason})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("withdrawException", http.MethodPost, "/exceptions/{id}/withdraw", "Take back what nobody has settled; by whoever proposed it"),
		func(ctx context.Context, in *withdrawInput) (*body[View], error) {
			_, err := s.Withdraw(ctx, party.ActorOf(ctx), WithdrawInput{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason})
			return s.shown(ctx, in.ID, err)
		})
	s.registerPapers(api, op)
	s.registerReport(api, op)
}

func (s *Service) registerPapers(api huma.API, op func(id, method, path, summary string) huma.Operation) {
	up := op("uploadExceptionPaper", http.MethodPost, "/exception-papers", "Keep a paper that a proposal will name")
	up.DefaultStatus = http.StatusCreated
	httpapi.Register(api, up, func(ctx context.Context, in *uploadInput) (*body[Paper], error) {
		file := in.RawBody.Data().File
		defer file.Close()
		p, err := s.Upload(ctx, file.Filename, file)
		if err != nil {
			return nil, err
		}
		return &body[Paper]{p}, nil
	})
	down := op("getExceptionPaper", http.MethodGet, "/exceptions/{id}/papers/{sha256}", "Download a paper of an exception")
	down.Responses = httpapi.FileResponse()
	httpapi.Register(api, down, func(ctx context.Context, in *paperInput) (*huma.StreamResponse, error) {
		x, err := s.Store.Exception(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(x.Papers, func(p Paper) bool { return p.SHA256 == in.SHA256 })
		if i < 0 {
			return nil, fault.Newf(fault.NotFound, "这件一事一议没有这份材料。", "The exception has no such paper.")
		}
		r, err := s.Files.Open(ctx, in.SHA256)
		if err != nil {
			return nil, err
		}
		return httpapi.File(x.Papers[i].Name, x.Papers[i].Type, r), nil
	})
}

func (s *Service) registerReport(api huma.API, op func(id, method, path, summary string) huma.Operation) {
	httpapi.Register(api, op("getExceptionReport", http.MethodGet, "/exception-report", "All exceptions of a year: reasons, approvers, amounts"),
		func(ctx context.Context, in *reportInput) (*body[Report], error) {
			r, err := s.Year(ctx, party.ActorOf(ctx), cmp.Or(in.Year, s.Clock.Today().Year()))
			if err != nil {
				return nil, err
			}
			return &body[Report]{r}, nil
		})
	book := op("downloadExceptionReport", http.MethodGet, "/exception-report.xlsx", "The same as a workbook")
	book.Responses = httpapi.FileResponse(xlsxType)
	httpapi.Register(api, book, func(ctx context.Context, in *reportInput) (*huma.StreamResponse, error) {
		r, err := s.Year(ctx, party.ActorOf(ctx), cmp.Or(in.Year, s.Clock.Today().Year()))
		if err != nil {
			return nil, err
		}
		file, err := r.Workbook()
		if err != nil {
			return nil, err
		}
		return httpapi.File(r.Name()+".xlsx", xlsxType, io.NopCloser(bytes.NewReader(file))), nil
	})
}

func (s *Service) list(ctx context.Context, in *listInput) (*body[httpapi.Page[View]], error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	var bad fault.Collector
	for _, state := range in.State {
		if !slices.Contains(States(), state) {
			bad.Add("query.state", "没有“%.40[1]s”这个状态：应为 %[2]v 之一。", "There is no state %.40[1]q: it is one of %[2]v.", state, States())
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	list, err := s.Store.List(ctx, Filter{States: in.State, Org: ident.CreditCode(in.Org), Text: in.Q, Before: key[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(list, in.Limit, func(x Exception) []string { return []string{x.Cursor()} })
	views, err := s.views(ctx, party.ActorOf(ctx), page.Items)
	if err != nil {
		return nil, err
	}
	return &body[httpapi.Page[View]]{httpapi.Page[View]{Items: views, Next: page.Next}}, nil
}

// shown answers a read or a write with the exception as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*body[View], error) {
	if err != nil {
		return nil, err
	}
	x, err := s.Store.Exception(ctx, id)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, party.ActorOf(ctx), []Exception{x})
	if err != nil {
		return nil, err
	}
	return &body[View]{views[0]}, nil
}
