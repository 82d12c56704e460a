package award

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type (
	listInput struct {
		httpapi.PageInput
		Q       string `query:"q" maxLength:"200" doc:"Part of an organisation's name, its whole code, or part of the number"`
		Measure string `query:"measure" maxLength:"40"`
		Year    int    `query:"year" minimum:"0" maximum:"9999" doc:"Budget year; 0 for all"`
	}
	numberInput struct {
		Number string `path:"number" maxLength:"40" example:"QM-2025-0387"`
	}
	listOutput   struct{ Body httpapi.Page[Award] }
	awardOutput  struct{ Body Award }
	proofOutput  struct{ Body Proof }
	totalsOutput struct {
		Body struct {
			Items []Total `json:"items" doc:"By budget year, the newest first, and measure"`
		}
	}
)

// Register adds the operations, all of them open to everybody.
func (s *Service) Register(api huma.API) {
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"awards"}}
	}
	httpapi.Register(api, op("listAwards", "/awards", "Decided support, the newest number first"), s.list)
	httpapi.Register(api, op("getAward", "/awards/{number}", "One decided support"), func(ctx context.Context, in *numberInput) (*awardOutput, error) {
		a, err := s.Get(ctx, in.Number)
		return &awardOutput{a}, err
	})
	httpapi.Register(api, op("getAwardProof", "/awards/{number}/proof", "Everything with which an outsider verifies an award"), func(ctx context.Context, in *numberInput) (*proofOutput, error) {
		p, err := s.Prove(ctx, in.Number)
		return &proofOutput{p}, err
	})
	httpapi.Register(api, op("getAwardTotals", "/award-totals", "Where the money is: granted, committed, paid and recovered apart"), func(ctx context.Context, _ *struct{}) (*totalsOutput, error) {
		var out totalsOutput
		totals, err := s.Totals(ctx)
		out.Body.Items = append([]Total{}, totals...)
		return &out, err
	})
}

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	found, err := s.List(ctx, Filter{Query: in.Q, Measure: in.Measure, Year: in.Year, Before: key[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(found, in.Limit, func(a Award) []string { return []string{a.Number} })
	return &listOutput{httpapi.Map(page, func(a Award) Award { return a })}, nil
}
