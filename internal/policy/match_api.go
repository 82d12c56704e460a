package policy

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

type matchesInput struct {
	Org ident.CreditCode `path:"org"`
}

type matchesOutput struct{ Body Matches }

type measureMatchesInput struct {
	ID string `path:"id" maxLength:"40" example:"002-2"`
	httpapi.PageInput
	Outcome rule.Outcome `query:"outcome" maxLength:"40" doc:"Absent: eligible, or simulation_only for a draft's measure"`
	Q       string       `query:"q" maxLength:"100" doc:"Part of an organisation's name or code"`
}

type measureMatchesOutput struct{ Body MeasureMatches }

// RegisterMatches adds what an organisation may get, and whom a measure fits.
func (s *Service) RegisterMatches(api huma.API) {
	httpapi.Register(api, policyOperation("getMatches", http.MethodGet, "/organisations/{org}/matches", "What an organisation may get"),
		func(ctx context.Context, in *matchesInput) (*matchesOutput, error) {
			matches, err := s.Matches(ctx, in.Org)
			return &matchesOutput{matches}, err
		})
	httpapi.Register(api, policyOperation("listMeasureMatches", http.MethodGet, "/policy/measures/{id}/matches", "Which organisations a measure fits"),
		func(ctx context.Context, in *measureMatchesInput) (*measureMatchesOutput, error) {
			after, err := matchPosition(in.Cursor)
			if err != nil {
				return nil, err
			}
			page, err := s.MeasureMatches(ctx, MatchQuery{Measure: in.ID, Outcome: in.Outcome, Name: in.Q, After: after, Limit: in.Limit})
			return &measureMatchesOutput{page}, err
		})
}
