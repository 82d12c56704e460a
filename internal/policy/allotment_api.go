package policy

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// AllotmentView is an allocation as a page shows it.
type AllotmentView struct {
	ID        string             `json:"id"`
	Number    string             `json:"number" doc:"What people quote: FP-2025-001"`
	Call      string             `json:"call"`
	State     AllotmentState     `json:"state" enum:"computed,settled,replaced"`
	InputHash string             `json:"input_hash" doc:"SHA-256 of the frozen snapshot"`
	Hash      string             `json:"result_hash" doc:"SHA-256 of the result's bytes"`
	By        string             `json:"by" doc:"Who computed it; somebody else settles it"`
	At        time.Time          `json:"at"`
	SettledBy string             `json:"settled_by"`
	Settled   *time.Time         `json:"settled_at"`
	MaySettle bool               `json:"may_settle" doc:"The signed-in person may: somebody else computed it"`
	Result    *allocation.Result `json:"result" doc:"Null in lists"`
	Revision  int64              `json:"revision" doc:"Name it in the next write"`
}

// Rerun is what running a kept snapshot again came to.
type Rerun struct {
	Identical  bool                  `json:"identical"`
	Difference allocation.Difference `json:"difference" doc:"The first one; empty when identical"`
	InputHash  string                `json:"input_hash"`
}

// Batch is what a decision on all ready cases of a call came to.
type Batch struct {
	Done int        `json:"done"`
	Left []BatchRow `json:"left" doc:"Cases that are not ready, the first 100, each with the reason"`
	More int        `json:"more" doc:"How many beside those"`
}

type (
	allotmentsOutput struct {
		Body struct {
			Items []AllotmentView `json:"items"`
		}
	}
	allotmentOutput struct{ Body AllotmentView }
	rerunOutput     struct{ Body Rerun }
	batchOutput     struct{ Body Batch }
	batchInput      struct {
		httpapi.IDPath
		Body struct {
			Opinion string `json:"opinion" maxLength:"4000" doc:"The reason, shown on every timeline"`
		}
	}
	settleInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64 `json:"revision" doc:"The revision that was read"`
		}
	}
)

// RegisterAllotments adds the operations on a call's common allocation.
func (s *Service) RegisterAllotments(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"allocations"}}
	}
	compute := op("computeAllocation", http.MethodPost, "/calls/{id}/allocations", "Freeze a call and compute who gets what; nothing follows yet")
	compute.DefaultStatus = http.StatusCreated
	httpapi.Register(api, compute, func(ctx context.Context, in *httpapi.IDPath) (*allotmentOutput, error) {
		run, err := s.ComputeAllotment(ctx, party.ActorOf(ctx), in.ID)
		return allotmentShown(ctx, run, err)
	})
	httpapi.Register(api, op("listAllocations", http.MethodGet, "/calls/{id}/allocations", "A call's allocations, newest first"),
		func(ctx context.Context, in *httpapi.IDPath) (*allotmentsOutput, error) {
			if _, err := s.Calls.Call(ctx, in.ID); err != nil {
				return nil, err
			}
			runs, err := s.Store.Allotments(ctx, in.ID)
			var out allotmentsOutput
			out.Body.Items = make([]AllotmentView, 0, len(runs))
			for i := range runs {
				out.Body.Items = append(out.Body.Items, runs[i].view(ctx))
			}
			return &out, err
		})
	httpapi.Register(api, op("getAllocation", http.MethodGet, "/allocations/{id}", "One allocation with ranks, amounts and reasons"),
		func(ctx context.Context, in *httpapi.IDPath) (*allotmentOutput, error) {
			run, err := s.Store.Allotment(ctx, in.ID)
			return allotmentShown(ctx, run, err)
		})
	snapshot := op("getAllocationSnapshot", http.MethodGet, "/allocations/{id}/snapshot", "The frozen snapshot, to be run again anywhere")
	snapshot.Responses = httpapi.FileResponse("application/json")
	httpapi.Register(api, snapshot, func(ctx context.Context, in *httpapi.IDPath) (*huma.StreamResponse, error) {
		run, err := s.Store.Allotment(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return httpapi.File(run.Number+".json", "application/json", io.NopCloser(bytes.NewReader(run.Snapshot))), nil
	})
	httpapi.Register(api, op("settleAllocation", http.MethodPost, "/allocations/{id}/settle", "Propose its awards; by another person than computed it"),
		func(ctx context.Context, in *settleInput) (*allotmentOutput, error) {
			run, err := s.SettleAllotment(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return allotmentShown(ctx, run, err)
		})
	httpapi.Register(api, op("rerunAllocation", http.MethodPost, "/allocations/{id}/rerun", "Run the kept snapshot again and compare byte by byte"),
		func(ctx context.Context, in *httpapi.IDPath) (*rerunOutput, error) {
			diff, hash, err := s.RerunAllotment(ctx, in.ID)
			return &rerunOutput{Rerun{diff.Identical() && err == nil, diff, hash}}, err
		})
	httpapi.Register(api, op("acceptCall", http.MethodPost, "/calls/{id}/acceptances", "Accept every submitted case of a call"),
		func(ctx context.Context, in *batchInput) (*batchOutput, error) {
			b, err := s.AcceptAll(ctx, party.ActorOf(ctx), in.ID, in.Body.Opinion)
			return &batchOutput{b}, err
		})
	httpapi.Register(api, op("approveCall", http.MethodPost, "/calls/{id}/approvals", "Approve every case of a call that is ready"),
		func(ctx context.Context, in *batchInput) (*batchOutput, error) {
			b, err := s.ApproveAll(ctx, party.ActorOf(ctx), in.ID, in.Body.Opinion)
			return &batchOutput{b}, err
		})
	httpapi.Register(api, op("countersignCall", http.MethodPost, "/calls/{id}/countersignatures", "Countersign every held case of a call"),
		func(ctx context.Context, in *batchInput) (*batchOutput, error) {
			b, err := s.CountersignAll(ctx, party.ActorOf(ctx), in.ID, in.Body.Opinion)
			return &batchOutput{b}, err
		})
}

func allotmentShown(ctx context.Context, run Allotment, err error) (*allotmentOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &allotmentOutput{run.view(ctx)}
	return out, json.Unmarshal(run.Result, &out.Body.Result)
}

func (run *Allotment) view(ctx context.Context) AllotmentView {
	v := AllotmentView{ID: run.ID, Number: run.Number, Call: run.Call, State: run.State, InputHash: run.InputHash, Hash: run.ResultHash, By: run.ByName, At: run.At,
		SettledBy: run.SettledByName, MaySettle: run.State == Computed && run.By != httpapi.PrincipalOf(ctx).PersonID, Revision: run.Version}
	if run.State == SettledRun {
		v.Settled = &run.Settled
	}
	return v
}
