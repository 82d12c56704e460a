package recovery

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

const tag = "recoveries"

// Register adds this room's operations to the API. Who may call them stands in
// the product's access table.
func (s *Service) Register(api huma.API) {
	s.registerReading(api)
	s.registerInquiry(api)
	s.registerDeciding(api)
	s.registerMoney(api)
	s.registerLists(api)
	s.registerLetter(api)
}

func op(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
}

type viewOutput struct{ Body View }

// shown answers a write with the case as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*viewOutput, error) {
	if err != nil {
		return nil, err
	}
	v, err := s.See(ctx, party.ActorOf(ctx), id)
	if err != nil {
		return nil, err
	}
	return &viewOutput{v}, nil
}

type listInput struct {
	httpapi.PageInput
	State  []State `query:"state,explode" maxItems:"9" doc:"Only these states"`
	Ground Ground  `query:"ground" enum:"fraud,overpaid,not_performed,voluntary,"`
	Org    string  `query:"org" maxLength:"18" doc:"Credit code; an organisation always sees only its own"`
	Q      string  `query:"q" maxLength:"60" doc:"Part of a number or of the organisation's name"`
}

type paymentsInput struct {
	Org string `query:"org" required:"true" maxLength:"18"`
}

// PaymentView is a payment that a case may be opened on.
type PaymentView struct {
	Application string     `json:"application"`
	Number      string     `json:"number"`
	Measure     string     `json:"measure"`
	Object      string     `json:"object"`
	Purse       string     `json:"purse"`
	Level       string     `json:"level" enum:"province,city,district"`
	Year        int        `json:"year"`
	On          clock.Date `json:"on"`
	Amount      money.Fen  `json:"amount_fen" doc:"As it was paid"`
	Stands      money.Fen  `json:"stands_fen" doc:"What of it has not come back"`
}

type paymentsOutput struct {
	Body struct {
		Items []PaymentView `json:"items"`
	}
}

type paperInput struct {
	ID    string `path:"id" maxLength:"64"`
	Paper string `path:"paper" maxLength:"64"`
}

func (s *Service) registerReading(api huma.API) {
	httpapi.Register(api, op("listRecoveries", http.MethodGet, "/recoveries", "List recoveries"), s.list)
	httpapi.Register(api, op("getRecovery", http.MethodGet, "/recoveries/{id}", "One recovery with what is owed and received"),
		func(ctx context.Context, in *httpapi.IDPath) (*viewOutput, error) { return s.shown(ctx, in.ID, nil) })
	httpapi.Register(api, op("listRecoverablePayments", http.MethodGet, "/recovery-payments", "What an organisation was paid, and what of it stands"), s.payments)
	download := op("getRecoveryPaper", http.MethodGet, "/recoveries/{id}/papers/{paper}", "Download a paper")
	download.Responses = httpapi.FileResponse()
	httpapi.Register(api, download, func(ctx context.Context, in *paperInput) (*huma.StreamResponse, error) {
		p, r, err := s.Paper(ctx, party.ActorOf(ctx), in.ID, in.Paper)
		if err != nil {
			return nil, err
		}
		return httpapi.File(p.Name, p.Type, r), nil
	})
}

type listOutput struct{ Body httpapi.Page[Row] }

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
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
	f := CaseFilter{Org: ident.CreditCode(in.Org), States: in.State, Ground: in.Ground, Query: in.Q, Before: key[0], Limit: in.Limit + 1}
	by := party.ActorOf(ctx)
	if by.Org != "" {
		f.Org, f.Notified = by.Org, true
	}
	cases, err := s.Store.Cases(ctx, f)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(cases, in.Limit, func(c Case) []string { return []string{c.Cursor()} })
	return &listOutput{httpapi.Map(page, func(c Case) Row {
		row := s.row(&c)
		if by.Org != "" && (c.Decision == nil || c.Decision.Second == "") {
			row.Money = Money{Paid: row.Money.Paid}
		}
		return row
	})}, nil
}

func (s *Service) payments(ctx context.Context, in *paymentsInput) (*paymentsOutput, error) {
	list, err := s.Cases.Payments(ctx, ident.CreditCode(in.Org))
	if err != nil {
		return nil, err
	}
	out := &paymentsOutput{}
	for _, p := range list {
		stands, err := s.standing(ctx, p.Fact)
		if err != nil {
			return nil, err
		}
		left, err := stands.Fen()
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, PaymentView{p.Application, p.Number, p.Measure, p.Object, p.Purse.String(), string(p.Purse.Level), p.Year, p.On, p.Amount, left})
	}
	return out, nil
}

// StepBody is a person's step: what they read, and why.
type StepBody struct {
	Revision int64  `json:"revision" doc:"The revision that was read"`
	Reason   string `json:"reason" maxLength:"16000" doc:"Stands in the history"`
}

func (b StepBody) step(id string) Step { return Step{ID: id, Version: b.Revision, Reason: b.Reason} }

type stepInput struct {
	httpapi.IDPath
	Body StepBody
}

type openInput struct {
	Body struct {
		Org          string    `json:"org" maxLength:"18"`
		Ground       Ground    `json:"ground" enum:"fraud,overpaid,not_performed,voluntary"`
		Applications []string  `json:"applications" maxItems:"50"`
		Authority    Authority `json:"authority,omitempty"`
		Reason       string    `json:"reason" maxLength:"16000"`
	}
}

type citeInput struct {
	httpapi.IDPath
	Body struct {
		StepBody
		Authority Authority `json:"authority"`
	}
}

type factsInput struct {
	httpapi.IDPath
	Body struct {
		StepBody
		Facts []string `json:"facts" maxItems:"200"`
	}
}

type uploadInput struct {
	httpapi.IDPath
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

// maxUpload bounds an upload with its multipart frame; the blob store bounds
// the file.
const maxUpload = 52 << 20

func (s *Service) registerInquiry(api huma.API) {
	open := op("openRecovery", http.MethodPost, "/recoveries", "Open a case over paid applications")
	open.DefaultStatus = http.StatusCreated
	httpapi.Register(api, open, func(ctx context.Context, in *openInput) (*viewOutput, error) {
		c, err := s.Open(ctx, party.ActorOf(ctx), OpenInput{Org: ident.CreditCode(in.Body.Org), Ground: in.Body.Ground, Applications: in.Body.Applications, Authority: in.Body.Authority, Reason: in.Body.Reason})
		return s.shown(ctx, c.ID, err)
	})
	httpapi.Register(api, op("citeRecovery", http.MethodPost, "/recoveries/{id}/authority", "Name the authority"),
		func(ctx context.Context, in *citeInput) (*viewOutput, error) {
			_, err := s.Cite(ctx, party.ActorOf(ctx), in.Body.step(in.ID), in.Body.Authority)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("addRecoveryFacts", http.MethodPost, "/recoveries/{id}/facts", "Put facts under the finding"),
		func(ctx context.Context, in *factsInput) (*viewOutput, error) {
			_, err := s.AddFacts(ctx, party.ActorOf(ctx), in.Body.step(in.ID), in.Body.Facts)
			return s.shown(ctx, in.ID, err)
		})
	upload := op("addRecoveryPaper", http.MethodPost, "/recoveries/{id}/papers", "Put a file with the case")
	upload.MaxBodyBytes = maxUpload
	httpapi.Register(api, upload, func(ctx context.Context, in *uploadInput) (*viewOutput, error) {
		file := in.RawBody.Data().File
		var bad fault.Collector
		if !file.IsSet {
			bad.Add("file", "请选择文件。", "Choose a file.")
			return nil, bad.Err()
		}
		defer file.Close()
		_, err := s.AddPaper(ctx, party.ActorOf(ctx), in.ID, file.Filename, file)
		return s.shown(ctx, in.ID, err)
	})
	s.plain(api, "proveRecovery", "prove", "Say what is proven", s.Prove)
	s.plain(api, "dropRecovery", "drop", "End a case that is not proven", s.Drop)
	s.plain(api, "reopenRecovery", "reopen", "Take it back to the inquiry", s.Reopen)
}

// plain is a step with nothing but a reason.
func (s *Service) plain(api huma.API, id, verb, summary string, act func(context.Context, Actor, Step) (Case, error)) {
	httpapi.Register(api, op(id, http.MethodPost, "/recoveries/{id}/"+verb, summary), func(ctx context.Context, in *stepInput) (*viewOutput, error) {
		_, err := act(ctx, party.ActorOf(ctx), in.Body.step(in.ID))
		return s.shown(ctx, in.ID, err)
	})
}
