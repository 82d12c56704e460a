package policy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// AllotmentView is an allocation as a page shows it.
type AllotmentView struct {
	ID        string         `json:"id"`
	Number    string         `json:"number" doc:"What people quote: FP-2025-001"`
	Call      string         `json:"call"`
	State     AllotmentState `json:"state" enum:"computed,settled,replaced"`
	InputHash string         `json:"input_hash" doc:"SHA-256 of the frozen snapshot"`
	Hash      string         `json:"result_hash" doc:"SHA-256 of the result's bytes"`
	By        string         `json:"by" doc:"Who computed it; somebody else settles it"`
	At        time.Time      `json:"at"`
	SettledBy string         `json:"settled_by"`
	Settled   *time.Time     `json:"settled_at"`
	MaySettle bool           `json:"may_settle" doc:"The signed-in person may: somebody else computed it"`
	Result    *AllotmentSums `json:"result" doc:"What it came to, over all cases; null in lists"`
	Revision  int64          `json:"revision" doc:"Name it in the next write"`
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
	rankedInput struct {
		httpapi.PageInput
		httpapi.IDPath
		Measure string `query:"measure" maxLength:"40"`
		Fate    string `query:"fate" enum:"awarded,excluded,below_bar,factor_below_bar,nothing_due,same_matter,quota,budget,tied,nothing_left," doc:"Only those that are in, that are not, or that are not for this reason"`
		Q       string `query:"q" maxLength:"100" doc:"Part of a number, or of an organisation's name or code"`
	}
	prospectInput struct {
		httpapi.PageInput
		httpapi.IDPath
		Measure string `query:"measure" maxLength:"40"`
		Q       string `query:"q" maxLength:"100" doc:"Part of a number, or of an organisation's name or code"`
	}
	rankedOutput   struct{ Body httpapi.Page[AllotmentCase] }
	prospectOutput struct {
		Body httpapi.Page[AllotmentProspect]
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
		return s.allotmentShown(ctx, run, err)
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
	httpapi.Register(api, op("getAllocation", http.MethodGet, "/allocations/{id}", "One allocation: sums, counts and ranges over all its cases"),
		func(ctx context.Context, in *httpapi.IDPath) (*allotmentOutput, error) {
			run, err := s.Store.AllotmentHead(ctx, in.ID)
			return s.allotmentShown(ctx, run, err)
		})
	httpapi.Register(api, op("listAllocationCases", http.MethodGet, "/allocations/{id}/cases", "Its cases with rank, amount and reason, by measure and rank"), s.rankedPage)
	httpapi.Register(api, op("listAllocationProspects", http.MethodGet, "/allocations/{id}/prospects", "While weights are not ruled: what its cases may come to, the best first"), s.prospectPage)
	s.allotmentFile(api, op("getAllocationSnapshot", http.MethodGet, "/allocations/{id}/snapshot", "The frozen snapshot, to be run again anywhere"), "",
		func(run *Allotment) []byte { return run.Snapshot })
	s.allotmentFile(api, op("getAllocationResult", http.MethodGet, "/allocations/{id}/result", "The result's own bytes, with every case; their digest is result_hash"), "-result",
		func(run *Allotment) []byte { return run.Result })
	httpapi.Register(api, op("settleAllocation", http.MethodPost, "/allocations/{id}/settle", "Propose its awards; by another person than computed it"),
		func(ctx context.Context, in *settleInput) (*allotmentOutput, error) {
			run, err := s.SettleAllotment(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.allotmentShown(ctx, run, err)
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

// allotmentFile is an operation that gives out one of an allocation's frozen texts.
func (s *Service) allotmentFile(api huma.API, o huma.Operation, suffix string, of func(*Allotment) []byte) {
	const media = "application/json"
	o.Responses = httpapi.FileResponse(media)
	httpapi.Register(api, o, func(ctx context.Context, in *httpapi.IDPath) (*huma.StreamResponse, error) {
		run, err := s.Store.Allotment(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return httpapi.File(run.Number+suffix+".json", media, io.NopCloser(bytes.NewReader(of(&run)))), nil
	})
}

func (s *Service) allotmentShown(ctx context.Context, run Allotment, err error) (*allotmentOutput, error) {
	if err != nil {
		return nil, err
	}
	sums, err := s.Sums(ctx, &run)
	if err != nil {
		return nil, err
	}
	out := &allotmentOutput{run.view(ctx)}
	out.Body.Result = &sums
	return out, nil
}

func (s *Service) rankedPage(ctx context.Context, in *rankedInput) (*rankedOutput, error) {
	run, f, err := s.rankingAsked(ctx, in.ID, &in.PageInput, RankingFilter{Measure: in.Measure, Fate: in.Fate, Query: in.Q})
	if err != nil {
		return nil, err
	}
	list, err := s.Ranked(ctx, run, f)
	if err != nil {
		return nil, err
	}
	return &rankedOutput{httpapi.NewPage(list, in.Limit, func(c AllotmentCase) []string { return []string{strconv.Itoa(c.place)} })}, nil
}

func (s *Service) prospectPage(ctx context.Context, in *prospectInput) (*prospectOutput, error) {
	run, f, err := s.rankingAsked(ctx, in.ID, &in.PageInput, RankingFilter{Measure: in.Measure, Query: in.Q})
	if err != nil {
		return nil, err
	}
	list, err := s.Prospects(ctx, run, f)
	if err != nil {
		return nil, err
	}
	return &prospectOutput{httpapi.NewPage(list, in.Limit, func(p AllotmentProspect) []string { return []string{strconv.Itoa(p.place)} })}, nil
}

// rankingAsked finds the allocation of a list, and where the list goes on: the
// order of the cases is frozen with the result, so a place in it is enough.
//
// Codes: not_found, invalid.
func (s *Service) rankingAsked(ctx context.Context, id string, page *httpapi.PageInput, f RankingFilter) (*Allotment, RankingFilter, error) {
	key, err := httpapi.After(page.Cursor, 1)
	if err != nil {
		return nil, f, err
	}
	if f.Limit = page.Limit + 1; key[0] != "" {
		if f.After, err = strconv.Atoi(key[0]); err != nil || f.After < 1 {
			return nil, f, fault.Newf(fault.Invalid, "翻页标记不对：请从第一页重新开始。", "The cursor is wrong: start from the first page.")
		}
	}
	run, err := s.Store.AllotmentHead(ctx, id)
	return &run, f, err
}

func (run *Allotment) view(ctx context.Context) AllotmentView {
	v := AllotmentView{ID: run.ID, Number: run.Number, Call: run.Call, State: run.State, InputHash: run.InputHash, Hash: run.ResultHash, By: run.ByName, At: run.At,
		SettledBy: run.SettledByName, MaySettle: run.State == Computed && run.By != httpapi.PrincipalOf(ctx).PersonID, Revision: run.Version}
	if run.State == SettledRun {
		v.Settled = &run.Settled
	}
	return v
}
