package payment

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/money"
)

type partBody struct {
	Share     string     `json:"share,omitempty" maxLength:"20" doc:"Decimal fraction of what is divided: 0.3; or else amount_fen"`
	Amount    money.Fen  `json:"amount_fen,omitempty"`
	Milestone string     `json:"milestone,omitempty" maxLength:"1000" doc:"What must be reached first; empty for nothing"`
	Due       clock.Date `json:"due_on,omitempty" maxLength:"10"`
	Evidence  string     `json:"evidence,omitempty" maxLength:"1000" doc:"What must be shown; empty for nothing"`
	Confirms  string     `json:"confirms,omitempty" enum:"office,finance," doc:"Which role confirms the milestone"`
}

type planInput struct {
	Case string `path:"case" maxLength:"64"`
	Body struct {
		Version int        `json:"plan_version" doc:"The version that was read; 0 for none"`
		Parts   []partBody `json:"parts" maxItems:"24"`
		Reason  string     `json:"reason" maxLength:"4000"`
	}
}

type milestoneInput struct {
	Case string `path:"case" maxLength:"64"`
	N    int    `path:"n" minimum:"1" maximum:"24"`
	Body struct {
		Note string `json:"note" maxLength:"4000" doc:"What was found"`
	}
}

type showInput struct {
	Case    string `path:"case" maxLength:"64"`
	N       int    `path:"n" minimum:"1" maximum:"24"`
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

// maxUpload bounds an upload with its multipart frame; the blob store bounds
// the file itself.
const maxUpload = 52 << 20

func (s *Service) registerPlans(api huma.API) {
	plan := op("setPaymentPlan", http.MethodPut, "/payment/cases/{case}/plan", "Divide an award, or what is left of it, into instalments", tagPayment)
	httpapi.Register(api, plan, func(ctx context.Context, in *planInput) (*body[CasePayment], error) {
		parts := make([]PartInput, 0, len(in.Body.Parts))
		for _, p := range in.Body.Parts {
			parts = append(parts, PartInput(p))
		}
		_, err := s.SetPlan(ctx, party.ActorOf(ctx), PlanInput{Case: in.Case, Version: in.Body.Version, Parts: parts, Reason: in.Body.Reason})
		return s.shownCase(ctx, in.Case, err)
	})
	httpapi.Register(api, acting("confirmMilestone", "/payment/cases/{case}/milestones/{n}/confirm", "Confirm that a milestone was reached; its orders are issued", tagPayment),
		func(ctx context.Context, in *milestoneInput) (*body[CasePayment], error) {
			return s.shownCase(ctx, in.Case, s.ConfirmMilestone(ctx, party.ActorOf(ctx), MilestoneInput{Case: in.Case, N: in.N, Note: in.Body.Note}))
		})
	show := acting("showMilestoneEvidence", "/payment/cases/{case}/milestones/{n}/evidence", "Upload evidence for a milestone", tagPayment)
	show.MaxBodyBytes = maxUpload
	httpapi.Register(api, show, func(ctx context.Context, in *showInput) (*body[CasePayment], error) {
		file := in.RawBody.Data().File
		if err := given(file); err != nil {
			return nil, err
		}
		defer file.Close()
		return s.shownCase(ctx, in.Case, s.ShowEvidence(ctx, party.ActorOf(ctx), in.Case, in.N, file.Filename, file))
	})
	evidence := op("getMilestoneEvidence", http.MethodGet, "/payment/cases/{case}/evidence/{file}", "Download evidence of a milestone", tagPayment)
	evidence.Responses = httpapi.FileResponse()
	httpapi.Register(api, evidence, func(ctx context.Context, in *caseFileInput) (*huma.StreamResponse, error) {
		c, err := s.OneCase(ctx, party.ActorOf(ctx), in.Case)
		if err != nil {
			return nil, err
		}
		var all []File
		for _, p := range c.Parts {
			all = append(all, p.Shown...)
		}
		return s.download(ctx, all, in.File)
	})
}

type caseFileInput struct {
	Case string `path:"case" maxLength:"64"`
	File string `path:"file" maxLength:"64"`
}

// download streams one of some files.
func (s *Service) download(ctx context.Context, files []File, id string) (*huma.StreamResponse, error) {
	for _, f := range files {
		if f.ID == id {
			r, err := s.Files.Open(ctx, f.SHA256)
			if err != nil {
				return nil, err
			}
			return httpapi.File(f.Name, f.Type, r), nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.")
}
