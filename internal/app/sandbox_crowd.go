package app

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
)

type crowdInput struct {
	httpapi.IDPath
	Body struct {
		Count int `json:"count" minimum:"1" maximum:"1000" doc:"How many applications, at most"`
	}
}

type crowdOutput struct {
	Body struct {
		Applied int `json:"applied"`
	}
}

// registerCrowd adds the sandbox's own operation: its organisations apply in a
// call that somebody has published there.
func (p *product) registerCrowd(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "letSandboxApply", Method: http.MethodPost, Path: "/sandbox/calls/{id}/applications", Summary: "Let the sandbox's organisations apply in a call", Tags: []string{"sandbox"}},
		func(ctx context.Context, in *crowdInput) (*crowdOutput, error) {
			if p.date == nil {
				return nil, fault.Newf(fault.NotFound, "只有演示环境才有会自己申报的企业。", "Only a sandbox has organisations that apply by themselves.")
			}
			applied, err := p.apply(ctx, in.ID, in.Body.Count)
			out := &crowdOutput{}
			out.Body.Applied = applied
			return out, err
		})
}

// apply opens and submits up to count applications in a call, for organisations
// that its measures fit, the largest amounts first. Whoever has an application
// already is passed over.
func (p *product) apply(ctx context.Context, id string, count int) (applied int, err error) {
	c, err := p.policy().Calls.Call(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := p.party.Record(ctx, party.Act{Action: "sandbox.crowd.apply", Kind: "call", Subject: c.ID}); err != nil {
		return 0, err
	}
	today := p.business.Today()
	for _, offer := range c.Offers {
		fits, err := p.policy().MeasureMatches(ctx, policy.MatchQuery{Measure: offer.Measure, Limit: len(sandbox.Organisations())})
		if err != nil {
			return applied, err
		}
		for _, fit := range fits.Items {
			if applied == count {
				return applied, nil
			}
			firm := p.actingAs(ctx, party.OrgManager, fit.Org.Code, today)
			a, err := firm.Open(firm.ctx, firm.actor, policy.OpenInput{Org: fit.Org.Code, Measure: offer.Measure, Object: fit.Object})
			if err == nil {
				_, err = firm.Submit(firm.ctx, firm.actor, a.ID, a.Version)
			}
			switch {
			case fault.Is(err, fault.Conflict), fault.Is(err, fault.Forbidden):
			case err != nil:
				return applied, err
			default:
				applied++
			}
		}
	}
	return applied, nil
}
