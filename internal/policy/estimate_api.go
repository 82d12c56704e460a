package policy

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type (
	estimateFormInput struct {
		Measure []string `query:"measure,explode" maxItems:"12" doc:"Ids of the measures to ask about"`
	}
	estimateFormOutput struct{ Body EstimateForm }
	estimateInput      struct {
		Body struct {
			Kind     evidence.SubjectKind `json:"kind" enum:"enterprise,university,institute,public"`
			Local    bool                 `json:"local" doc:"Registered, and working, in the region"`
			Measures []string             `json:"measures" minItems:"1" maxItems:"12"`
			Answers  map[string]string    `json:"answers" maxProperties:"60" doc:"Question path to value; what is missing is not there yet"`
		}
	}
	estimateOutput struct{ Body Estimate }
)

// RegisterEstimates adds the operations with which anybody finds out what they
// could get. Neither keeps anything of what is asked.
func (s *Service) RegisterEstimates(api huma.API) {
	httpapi.Register(api, policyOperation("getEstimateForm", http.MethodGet, "/policy/estimate", "What an estimate asks"),
		func(_ context.Context, in *estimateFormInput) (*estimateFormOutput, error) {
			form, err := s.EstimateForm(in.Measure)
			return &estimateFormOutput{form}, err
		})
	httpapi.Register(api, policyOperation("estimate", http.MethodPost, "/policy/estimate", "What somebody could get, by their own answers; nothing is kept"),
		func(_ context.Context, in *estimateInput) (*estimateOutput, error) {
			e, err := s.Estimate(EstimateInput{Kind: in.Body.Kind, Local: in.Body.Local, Measures: in.Body.Measures, Answers: in.Body.Answers})
			return &estimateOutput{e}, err
		})
}
