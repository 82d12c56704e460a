package app

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type dateInput struct {
	Body struct {
		Day clock.Date `json:"day" doc:"A later business date, 2025-11-03"`
	}
}

type dateOutput struct {
	Body struct {
		Day clock.Date `json:"day"`
	}
}

// lastSandboxDay bounds how far the sandbox's date goes: holidays are named up to that year.
const lastSandboxDay = clock.Date("2026-12-31")

// registerDate adds the sandbox's own operation: to move its business date on,
// so that periods pass.
func (p *product) registerDate(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "moveSandboxDate", Method: http.MethodPost, Path: "/sandbox/date", Summary: "Move the sandbox's business date on", Tags: []string{"sandbox"}},
		func(ctx context.Context, in *dateInput) (*dateOutput, error) {
			if p.date == nil {
				return nil, fault.Newf(fault.NotFound, "只有演示环境可以移动日期。", "Only a sandbox has a date that moves.")
			}
			var bad fault.Collector
			day, err := clock.ParseDate(string(in.Body.Day))
			bad.Merge("day", err)
			if err == nil && (day < p.date.Day() || day > lastSandboxDay) {
				bad.Add("day", "演示日期只能往后移，至 %s 为止；现在是 %s。", "The date moves forward only, to %s at most; it is %s.", string(lastSandboxDay), string(p.date.Day()))
			}
			if err := bad.Err(); err != nil {
				return nil, err
			}
			if err := p.party.Record(ctx, party.Act{Action: "sandbox.date.move", Kind: "sandbox", Subject: string(day)}); err != nil {
				return nil, err
			}
			if err := p.folder.setToday(day); err != nil {
				return nil, err
			}
			p.date.Move(day)
			out := &dateOutput{}
			out.Body.Day = p.date.Day()
			return out, nil
		})
}
