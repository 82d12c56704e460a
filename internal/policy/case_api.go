package policy

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/form"
)

const tagApplications = "applications"

type caseInput struct {
	ID string `path:"id" maxLength:"64"`
}

type caseOutput struct{ Body Case }

type decisionBody struct {
	Revision int64  `json:"revision" doc:"The revision that was read"`
	Opinion  string `json:"opinion" maxLength:"4000" doc:"The reason, shown on the timeline"`
	Digest   string `json:"digest,omitempty" maxLength:"64" doc:"The assessment that was read; for approving"`
}

type decideInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body decisionBody
}

type offersOutput struct {
	Body struct {
		Offered int `json:"offered" doc:"How many organisations may now confirm with one click"`
	}
}

type revisionInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64 `json:"revision" doc:"The revision that was read"`
	}
}

// RegisterApplications adds the operations on applications.
func (s *Service) RegisterApplications(api huma.API) {
	s.registerReading(api)
	s.registerForms(api)
	s.registerLetters(api)
	s.registerLanes(api)
	s.registerApplying(api)
	s.registerDeciding(api)
}

type listCasesInput struct {
	httpapi.PageInput
	State   []State `query:"state,explode" maxItems:"13" doc:"Only these states"`
	Measure string  `query:"measure" maxLength:"40"`
	Call    string  `query:"call" maxLength:"64"`
	Org     string  `query:"org" maxLength:"18" doc:"Credit code; an organisation always sees only its own"`
	Lane    Lane    `query:"lane" enum:"marked,green," doc:"Only those in the green lane, or marked for it"`
	Q       string  `query:"q" maxLength:"40" doc:"Part of a number"`
}

type listCasesOutput struct{ Body httpapi.Page[CaseRow] }

// knownStates refuses a mistyped state, which would answer with nothing.
func knownStates(given []State) error {
	var bad fault.Collector
	for _, state := range given {
		if !slices.Contains(States(), state) {
			bad.Add("query.state", "没有“%.40[1]s”这个状态：应为 %[2]v 之一。", "There is no state %.40[1]q: it is one of %[2]v.", state, States())
		}
	}
	return bad.Err()
}

func (s *Service) registerReading(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "listApplications", Method: http.MethodGet, Path: "/applications", Summary: "List applications", Tags: []string{tagApplications}},
		func(ctx context.Context, in *listCasesInput) (*listCasesOutput, error) {
			by := party.ActorOf(ctx)
			key, err := httpapi.After(in.Cursor, 1)
			if err != nil {
				return nil, err
			}
			if err := knownStates(in.State); err != nil {
				return nil, err
			}
			f := ApplicationFilter{Org: ident.CreditCode(in.Org), Measure: in.Measure, Call: in.Call, States: in.State, Number: in.Q, Lane: in.Lane, Before: key[0], Limit: in.Limit + 1}
			if by.Org != "" {
				f.Org, f.Drafts = by.Org, true
			}
			list, err := s.Store.Applications(ctx, f)
			if err != nil {
				return nil, err
			}
			page := httpapi.NewPage(list, in.Limit, func(a Application) []string { return []string{a.Cursor()} })
			rows, err := s.rows(ctx, page.Items)
			return &listCasesOutput{httpapi.Page[CaseRow]{Items: rows, Next: page.Next}}, err
		})
	httpapi.Register(api, huma.Operation{OperationID: "getApplication", Method: http.MethodGet, Path: "/applications/{id}", Summary: "One application with its calculation", Tags: []string{tagApplications}},
		func(ctx context.Context, in *caseInput) (*caseOutput, error) { return s.shown(ctx, in.ID, nil) })
	httpapi.Register(api, huma.Operation{OperationID: "getAttachment", Method: http.MethodGet, Path: "/applications/{id}/attachments/{attachment}", Summary: "Download an attachment", Tags: []string{tagApplications},
		Responses: httpapi.FileResponse()},
		func(ctx context.Context, in *attachmentInput) (*huma.StreamResponse, error) {
			return s.download(ctx, in.ID, in.Attachment)
		})
}

type openInput struct {
	Org  string `path:"org" maxLength:"18"`
	Body struct {
		Measure string `json:"measure" maxLength:"40"`
		Object  string `json:"object" maxLength:"400" doc:"As in the matches; empty for a yearly total"`
	}
}

type editInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision  int64        `json:"revision" doc:"The revision that was read; a window that was overtaken is refused"`
		Statement *string      `json:"statement,omitempty" maxLength:"8000"`
		Declared  form.Answers `json:"declared,omitempty" doc:"What the organisation states of itself, by kind of fact, as the form's schema has it. Kinds that are not named stay; an empty list takes one out. A draft may be unfinished"`
	}
}

type attachInput struct {
	ID      string `path:"id" maxLength:"64"`
	RawBody huma.MultipartFormFiles[struct {
		File     huma.FormFile `form:"file" required:"true"`
		Evidence string        `form:"evidence" required:"false" maxLength:"40" doc:"Which of the call's papers it is; empty for any other"`
	}]
}

type attachmentInput struct {
	ID         string `path:"id" maxLength:"64"`
	Attachment string `path:"attachment" maxLength:"64"`
}

// maxUpload bounds an upload with its multipart frame; the blob store bounds
// the file itself.
const maxUpload = 52 << 20

func (s *Service) registerApplying(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tagApplications}}
	}
	open := op("openApplication", http.MethodPost, "/organisations/{org}/applications", "Start an application")
	open.DefaultStatus = http.StatusCreated
	httpapi.Register(api, open,
		func(ctx context.Context, in *openInput) (*caseOutput, error) {
			a, err := s.Open(ctx, party.ActorOf(ctx), OpenInput{Org: ident.CreditCode(in.Org), Measure: in.Body.Measure, Object: in.Body.Object})
			return s.shown(ctx, a.ID, err)
		})
	httpapi.Register(api, op("editApplication", http.MethodPatch, "/applications/{id}", "Save the applicant's part"),
		func(ctx context.Context, in *editInput) (*caseOutput, error) {
			_, err := s.Edit(ctx, party.ActorOf(ctx), EditInput{ID: in.ID, Version: in.Body.Revision, Statement: in.Body.Statement, Declared: in.Body.Declared})
			return s.shown(ctx, in.ID, err)
		})
	attach := op("attachFile", http.MethodPost, "/applications/{id}/attachments", "Attach a file")
	attach.MaxBodyBytes = maxUpload
	httpapi.Register(api, attach, func(ctx context.Context, in *attachInput) (*caseOutput, error) {
		form := in.RawBody.Data()
		file := form.File
		if err := chosen(file); err != nil {
			return nil, err
		}
		defer file.Close()
		_, err := s.Attach(ctx, party.ActorOf(ctx), in.ID, form.Evidence, file.Filename, file)
		return s.shown(ctx, in.ID, err)
	})
	httpapi.Register(api, op("detachFile", http.MethodDelete, "/applications/{id}/attachments/{attachment}", "Remove an attachment"),
		func(ctx context.Context, in *attachmentInput) (*caseOutput, error) {
			return s.shown(ctx, in.ID, s.Detach(ctx, party.ActorOf(ctx), in.ID, in.Attachment))
		})
	httpapi.Register(api, op("submitApplication", http.MethodPost, "/applications/{id}/submit", "Hand it to the office"),
		func(ctx context.Context, in *revisionInput) (*caseOutput, error) {
			_, err := s.Submit(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("recallApplication", http.MethodPost, "/applications/{id}/recall", "Take it back to correct it, while the call is open"),
		func(ctx context.Context, in *revisionInput) (*caseOutput, error) {
			_, err := s.Recall(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("confirmApplication", http.MethodPost, "/applications/{id}/confirm", "Take an offer that needs no application"),
		func(ctx context.Context, in *revisionInput) (*caseOutput, error) {
			_, err := s.Confirm(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("withdrawApplication", http.MethodPost, "/applications/{id}/withdraw", "Take it back"),
		func(ctx context.Context, in *revisionInput) (*caseOutput, error) {
			_, err := s.Withdraw(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
}

func (s *Service) registerDeciding(api huma.API) {
	decide := func(id, verb, summary string, act func(context.Context, Actor, DecisionInput) (Application, error)) {
		httpapi.Register(api, huma.Operation{OperationID: id, Method: http.MethodPost, Path: "/applications/{id}/" + verb, Summary: summary, Tags: []string{tagApplications}},
			func(ctx context.Context, in *decideInput) (*caseOutput, error) {
				_, err := act(ctx, party.ActorOf(ctx), DecisionInput{ID: in.ID, Version: in.Body.Revision, Opinion: in.Body.Opinion, Hash: in.Body.Digest})
				return s.shown(ctx, in.ID, err)
			})
	}
	decide("proposeApplication", "propose", "Put up for support what is decided alone and noticed first", s.Propose)
	decide("carryApplication", "carry", "Take up what was promised out of next year's money", s.Carry)
	decide("acceptApplication", "accept", "Take it as complete; it is reviewed next", s.Accept)
	decide("approveApplication", "approve", "Decide to pay; the ledger holds both halves", s.Approve)
	decide("returnApplication", "return", "Ask for supplements", s.Return)
	decide("refuseApplication", "refuse", "Refuse support", s.Refuse)
	decide("countersignApplication", "countersign", "Second person's consent; both halves are paid", s.Countersign)
	decide("sendBackApplication", "send-back", "Second person's refusal; both holds are released", s.SendBack)
	offer := huma.Operation{OperationID: "offerMeasure", Method: http.MethodPost, Path: "/policy/measures/{id}/offers", Summary: "Propose a measure to everybody whose facts are complete (免申即享)", Tags: []string{tagApplications}}
	httpapi.Register(api, offer, func(ctx context.Context, in *measureInput) (*offersOutput, error) {
		n, err := s.OfferAll(ctx, party.ActorOf(ctx), in.ID)
		out := &offersOutput{}
		out.Body.Offered = n
		return out, err
	})
	httpapi.Register(api, huma.Operation{OperationID: "recomputeApplication", Method: http.MethodPost, Path: "/applications/{id}/recompute", Summary: "Compute again from the facts as they are now", Tags: []string{tagApplications}},
		func(ctx context.Context, in *revisionInput) (*caseOutput, error) {
			_, err := s.Recompute(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
}

// chosen refuses a form without its file.
func chosen(file huma.FormFile) error {
	var c fault.Collector
	if !file.IsSet {
		c.Add("file", "请选择文件。", "Choose a file.")
	}
	return c.Err()
}

// shown answers a write with the case as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*caseOutput, error) {
	if err != nil {
		return nil, err
	}
	c, err := s.Case(ctx, party.ActorOf(ctx), id)
	if err != nil {
		return nil, err
	}
	return &caseOutput{c}, nil
}

func (s *Service) download(ctx context.Context, id, attachment string) (*huma.StreamResponse, error) {
	if _, err := s.mine(ctx, party.ActorOf(ctx), id); err != nil {
		return nil, err
	}
	files, err := s.Store.Attachments(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.ID != attachment {
			continue
		}
		r, err := s.Files.Open(ctx, f.SHA256)
		if err != nil {
			return nil, err
		}
		return httpapi.File(f.Name, f.Type, r), nil
	}
	return nil, fault.Newf(fault.NotFound, "没有这个附件。", "There is no such attachment.")
}
