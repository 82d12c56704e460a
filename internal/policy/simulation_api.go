package policy

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type simulateInput struct{ Body SimulationInput }

type simulateOutput struct{ Body Simulation }

// RegisterSimulations adds what would change if a measure's figures did.
func (s *Service) RegisterSimulations(api huma.API) {
	op := policyOperation("simulate", http.MethodPost, "/policy/simulations", "Compute a measure with other figures over every organisation")
	op.Description = "A what-if on the facts of a year. Nothing is written and nobody is told. Figures are written as in the parameters of the measure: money in decimal yuan."
	httpapi.Register(api, op, func(ctx context.Context, in *simulateInput) (*simulateOutput, error) {
		answer, err := s.Simulate(ctx, in.Body)
		return &simulateOutput{answer}, err
	})
}
