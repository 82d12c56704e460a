package referral

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

type body[T any] struct{ Body T }

type listInput struct {
	httpapi.PageInput
	Org   string `query:"org" maxLength:"18" doc:"Credit code; an organisation always sees only its own"`
	Q     string `query:"q" maxLength:"100" doc:"Part of a number, a name or an organisation's name"`
	Sent  bool   `query:"sent" doc:"Only those that were sent to some source"`
	Judge bool   `query:"judge" doc:"Only those of which reported money waits to be checked"`
}

// FileBody is a project's file as somebody writes it.
type FileBody struct {
	Name        string       `json:"name" maxLength:"480"`
	Summary     string       `json:"summary,omitempty" maxLength:"16000"`
	Industry    string       `json:"industry,omitempty" maxLength:"40" doc:"One of the region's list; empty for none of them"`
	Stage       Stage        `json:"stage" enum:"seed,start_up,growth,mature"`
	Place       string       `json:"place" maxLength:"20" doc:"GB/T 2260 code, or a place of the region pack such as guian"`
	Instruments []Instrument `json:"instruments" maxItems:"3" doc:"equity, grant, debt"`
	Sought      money.Fen    `json:"sought_fen"`
	Costs       []CostBody   `json:"costs" maxItems:"200"`
	Papers      []Paper      `json:"papers,omitempty" maxItems:"50" doc:"As uploaded"`
}

// CostBody is one cost line as somebody writes it.
type CostBody struct {
	ID      string    `json:"id" maxLength:"20"`
	Name    string    `json:"name" maxLength:"480"`
	Use     Use       `json:"use" enum:"model,data,compute,scene,platform,equipment,construction,working"`
	Amount  money.Fen `json:"amount_fen"`
	Invoice string    `json:"invoice,omitempty" maxLength:"64" doc:"SHA-256 of the invoice's file, as uploaded"`
}

func (b *FileBody) file() File {
	f := File{Name: b.Name, Summary: b.Summary, Industry: b.Industry, Stage: b.Stage, Place: b.Place, Instruments: b.Instruments, Sought: b.Sought, Papers: b.Papers}
	for _, c := range b.Costs {
		f.Costs = append(f.Costs, Cost(c))
	}
	return f
}

type (
	describeInput struct {
		httpapi.OrgPath
		Body FileBody
	}
	editInput struct {
		httpapi.IDPath
		Body struct {
			FileBody
			Revision int64 `json:"revision" doc:"The revision that was read"`
		}
	}
	sendInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64     `json:"revision" doc:"The project's, that was read"`
			Source   string    `json:"source" maxLength:"40"`
			Amount   money.Fen `json:"amount_fen"`
			Lines    []string  `json:"lines" maxItems:"200" doc:"Cost lines that the money is for"`
		}
	}
	answerInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64      `json:"revision" doc:"The sending's, that was read"`
			State    State      `json:"state" enum:"asked_back,meeting,declined,reported" doc:"reported: it invested; finance checks it"`
			On       clock.Date `json:"on"`
			Amount   money.Fen  `json:"amount_fen,omitempty" doc:"Reported: how much"`
			Note     string     `json:"note" maxLength:"8000"`
		}
	}
	judgeInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64  `json:"revision" doc:"The sending's, that was read"`
			Agrees   bool   `json:"agrees" doc:"False: the office reports it again"`
			Note     string `json:"note" maxLength:"8000" doc:"What it was checked against, or what is wrong"`
		}
	}
	withdrawInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64  `json:"revision" doc:"The sending's, that was read"`
			Reason   string `json:"reason" maxLength:"8000"`
		}
	}
	uploadInput struct {
		RawBody huma.MultipartFormFiles[struct {
			File huma.FormFile `form:"file" required:"true"`
		}]
	}
	paperInput struct {
		httpapi.IDPath
		SHA256  string `path:"sha256" maxLength:"64"`
		Edition int64  `query:"edition" minimum:"0" doc:"Of an earlier version of the project; 0 for the present one"`
	}
	editionsInput struct {
		httpapi.IDPath
		httpapi.PageInput
	}
	editionInput struct {
		httpapi.IDPath
		Version int64 `path:"version" minimum:"1"`
	}
)

// Register adds the room's operations.
func (s *Service) Register(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"projects"}}
	}
	httpapi.Register(api, op("listFundingSources", http.MethodGet, "/funding-sources", "Funds and other sources of money that the documents name"),
		func(context.Context, *struct{}) (*body[httpapi.Page[SourceView]], error) {
			page := httpapi.Page[SourceView]{Items: []SourceView{}}
			for _, src := range s.Sources.Sources {
				page.Items = append(page.Items, s.sourceView(src))
			}
			return &body[httpapi.Page[SourceView]]{page}, nil
		})
	httpapi.Register(api, op("listProjects", http.MethodGet, "/projects", "Project files, most recently changed first"), s.list)
	httpapi.Register(api, op("getProject", http.MethodGet, "/projects/{id}", "One project with its way to sources"),
		func(ctx context.Context, in *httpapi.IDPath) (*body[ProjectView], error) {
			return s.shown(ctx, in.ID, nil)
		})
	describe := op("describeProject", http.MethodPost, "/organisations/{org}/projects", "Describe a project once")
	describe.DefaultStatus = http.StatusCreated
	httpapi.Register(api, describe, func(ctx context.Context, in *describeInput) (*body[ProjectView], error) {
		by := party.ActorOf(ctx)
		by.Org = ident.CreditCode(in.Org)
		p, err := s.Describe(ctx, by, in.Body.file())
		return s.shown(ctx, p.ID, err)
	})
	httpapi.Register(api, op("editProject", http.MethodPut, "/projects/{id}", "Replace a project's file"),
		func(ctx context.Context, in *editInput) (*body[ProjectView], error) {
			_, err := s.Edit(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision, in.Body.file())
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("matchProject", http.MethodGet, "/projects/{id}/matches", "Which sources may fit, and why"),
		func(ctx context.Context, in *httpapi.IDPath) (*body[httpapi.Page[FitView]], error) {
			fits, err := s.Matches(ctx, party.ActorOf(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			page := httpapi.Page[FitView]{Items: []FitView{}}
			for _, f := range fits {
				page.Items = append(page.Items, FitView{f, s.name(f.Source), s.Sources.Source(f.Source).Draft()})
			}
			return &body[httpapi.Page[FitView]]{page}, nil
		})
	s.registerEditions(api, op)
	s.registerSendings(api, op)
	s.registerPapers(api, op)
}

func (s *Service) registerEditions(api huma.API, op func(id, method, path, summary string) huma.Operation) {
	httpapi.Register(api, op("listProjectEditions", http.MethodGet, "/projects/{id}/editions", "Who wrote what of a project when, newest first"), s.editions)
	httpapi.Register(api, op("getProjectEdition", http.MethodGet, "/projects/{id}/editions/{version}", "What a project said at a version, and before it"),
		func(ctx context.Context, in *editionInput) (*body[EditionView], error) {
			e, was, err := s.Edition(ctx, party.ActorOf(ctx), in.ID, in.Version)
			if err != nil {
				return nil, err
			}
			v, err := editionView(&e, was)
			return &body[EditionView]{v}, err
		})
}

func (s *Service) editions(ctx context.Context, in *editionsInput) (*body[httpapi.Page[EditionRow]], error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	before, err := strconv.ParseInt(cmp.Or(key[0], "0"), 10, 64)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "翻页位置不对：请从头再看。", "The cursor is broken: begin again.")
	}
	if _, err := s.mine(ctx, party.ActorOf(ctx), in.ID); err != nil {
		return nil, err
	}
	list, err := s.Store.Editions(ctx, in.ID, before, in.Limit+2) // each is compared with the one before it
	if err != nil {
		return nil, err
	}
	rows := make([]EditionRow, 0, in.Limit+1)
	for i := range list[:min(len(list), in.Limit+1)] {
		var was *Edition
		if i+1 < len(list) {
			was = &list[i+1]
		}
		rows = append(rows, editionRow(&list[i], was))
	}
	return &body[httpapi.Page[EditionRow]]{httpapi.NewPage(rows, in.Limit, func(r EditionRow) []string { return []string{strconv.FormatInt(r.Version, 10)} })}, nil
}

func (s *Service) registerSendings(api huma.API, op func(id, method, path, summary string) huma.Operation) {
	send := op("sendProject", http.MethodPost, "/projects/{id}/sendings", "Send a project's file to a source, which bears the named cost lines")
	send.DefaultStatus = http.StatusCreated
	httpapi.Register(api, send, func(ctx context.Context, in *sendInput) (*body[ProjectView], error) {
		_, err := s.Send(ctx, party.ActorOf(ctx), SendInput{Project: in.ID, Version: in.Body.Revision, Source: in.Body.Source, Amount: in.Body.Amount, Lines: in.Body.Lines})
		return s.shown(ctx, in.ID, err)
	})
	httpapi.Register(api, op("answerSending", http.MethodPost, "/sendings/{id}/answers", "Record what a source answered; no grant changes by it"),
		func(ctx context.Context, in *answerInput) (*body[ProjectView], error) {
			x, err := s.Answer(ctx, party.ActorOf(ctx), AnswerInput{ID: in.ID, Version: in.Body.Revision, State: in.Body.State, On: in.Body.On, Amount: in.Body.Amount, Note: in.Body.Note})
			return s.shown(ctx, x.Project, err)
		})
	httpapi.Register(api, op("judgeSending", http.MethodPost, "/sendings/{id}/judge", "Check money of a source that somebody else reported"),
		func(ctx context.Context, in *judgeInput) (*body[ProjectView], error) {
			x, err := s.Judge(ctx, party.ActorOf(ctx), JudgeInput{ID: in.ID, Version: in.Body.Revision, Agrees: in.Body.Agrees, Note: in.Body.Note})
			return s.shown(ctx, x.Project, err)
		})
	httpapi.Register(api, op("withdrawSending", http.MethodPost, "/sendings/{id}/withdraw", "Take a sending back and free its cost lines"),
		func(ctx context.Context, in *withdrawInput) (*body[ProjectView], error) {
			x, err := s.Withdraw(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision, in.Body.Reason)
			return s.shown(ctx, x.Project, err)
		})
}

func (s *Service) registerPapers(api huma.API, op func(id, method, path, summary string) huma.Operation) {
	up := op("uploadProjectPaper", http.MethodPost, "/project-papers", "Keep a paper or an invoice that a project names by its hash")
	up.DefaultStatus = http.StatusCreated
	httpapi.Register(api, up, func(ctx context.Context, in *uploadInput) (*body[Paper], error) {
		file := in.RawBody.Data().File
		defer file.Close()
		p, err := s.Upload(ctx, party.ActorOf(ctx), file.Filename, file)
		if err != nil {
			return nil, err
		}
		return &body[Paper]{p}, nil
	})
	down := op("getProjectPaper", http.MethodGet, "/projects/{id}/papers/{sha256}", "Download a paper or an invoice of a project")
	down.Responses = httpapi.FileResponse()
	httpapi.Register(api, down, func(ctx context.Context, in *paperInput) (*huma.StreamResponse, error) {
		p, err := s.mine(ctx, party.ActorOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		if in.Edition > 0 {
			e, _, err := s.Edition(ctx, party.ActorOf(ctx), in.ID, in.Edition)
			if err != nil {
				return nil, err
			}
			p.File = e.File
		}
		name, media := "invoice-"+in.SHA256, "application/octet-stream"
		i := slices.IndexFunc(p.File.Papers, func(x Paper) bool { return x.SHA256 == in.SHA256 })
		switch {
		case i >= 0:
			name, media = p.File.Papers[i].Name, p.File.Papers[i].Type
		case !slices.ContainsFunc(p.File.Costs, func(c Cost) bool { return c.Invoice == in.SHA256 }):
			return nil, fault.Newf(fault.NotFound, "这个项目没有这份文件。", "The project has no such file.")
		}
		r, err := s.Files.Open(ctx, in.SHA256)
		if err != nil {
			return nil, err
		}
		return httpapi.File(name, media, r), nil
	})
}

func (s *Service) list(ctx context.Context, in *listInput) (*body[httpapi.Page[ProjectView]], error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	by := party.ActorOf(ctx)
	f := Filter{Org: ident.CreditCode(in.Org), Text: in.Q, Sent: in.Sent, Judge: in.Judge, Before: key[0], Limit: in.Limit + 1}
	if by.Org != "" {
		f.Org = by.Org
	}
	list, err := s.Store.Projects(ctx, f)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(list, in.Limit, func(p Project) []string { return []string{p.Cursor()} })
	views, err := s.projectViews(ctx, by, page.Items, false)
	if err != nil {
		return nil, err
	}
	return &body[httpapi.Page[ProjectView]]{httpapi.Page[ProjectView]{Items: views, Next: page.Next}}, nil
}

// shown answers a read or a write with the project as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*body[ProjectView], error) {
	if err != nil {
		return nil, err
	}
	by := party.ActorOf(ctx)
	p, err := s.mine(ctx, by, id)
	if err != nil {
		return nil, err
	}
	views, err := s.projectViews(ctx, by, []Project{p}, true)
	if err != nil {
		return nil, err
	}
	return &body[ProjectView]{views[0]}, nil
}
