package policy

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type measureInput struct {
	ID string `path:"id" maxLength:"40" example:"002-2"`
}

type measureOutput struct{ Body Measure }

type tryMeasureInput struct {
	ID   string `path:"id" maxLength:"40" example:"002-2"`
	Body struct {
		Inputs map[string]string `json:"inputs" maxProperties:"20" doc:"Input path to its value; money in decimal yuan, such as 12480000.00"`
	}
}

type tryMeasureOutput struct{ Body Trial }

// RegisterMeasures adds the operations on measures, questions and guides.
func (s *Service) RegisterMeasures(api huma.API) {
	httpapi.Register(api, policyOperation("listMeasures", http.MethodGet, "/policy/measures", "List measures"),
		func(context.Context, *struct{}) (*listOutput[MeasureRow], error) { return listed(s.Measures()), nil })
	httpapi.Register(api, policyOperation("getMeasure", http.MethodGet, "/policy/measures/{id}", "A measure as its rule card shows it"),
		func(ctx context.Context, in *measureInput) (*measureOutput, error) {
			p := httpapi.PrincipalOf(ctx)
			m, err := s.MeasureOf(ctx, in.ID, p.SignedIn() && p.Org == "")
			return &measureOutput{m}, err
		})
	httpapi.Register(api, policyOperation("tryMeasure", http.MethodPost, "/policy/measures/{id}/try", "Compute a measure for typed values"),
		func(_ context.Context, in *tryMeasureInput) (*tryMeasureOutput, error) {
			trial, err := s.Try(in.ID, in.Body.Inputs)
			return &tryMeasureOutput{trial}, err
		})
	httpapi.Register(api, policyOperation("listQuestions", http.MethodGet, "/policy/questions", "List what the texts leave open"),
		func(context.Context, *struct{}) (*listOutput[Question], error) { return listed(s.Questions()), nil })
	httpapi.Register(api, policyOperation("listGuides", http.MethodGet, "/policy/guides", "List the years' application guides"),
		func(context.Context, *struct{}) (*listOutput[Guide], error) {
			guides, err := s.Guides()
			return listed(guides), err
		})
}
