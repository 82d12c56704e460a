package voucher

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

type (
	viewOutput      struct{ Body View }
	listOutput      struct{ Body httpapi.Page[Row] }
	programmesInput struct {
		Year int `query:"year" minimum:"0" maximum:"9999" doc:"This year's when absent"`
	}
	programmesOutput struct {
		Body struct {
			Items []ProgrammeView `json:"items"`
		}
	}
	claimInput struct {
		Measure string `path:"measure" maxLength:"40"`
		Body    struct {
			Face money.Fen `json:"face_fen" doc:"One of the ruled face values"`
		}
	}
	allocateInput struct {
		Measure string `path:"measure" maxLength:"40"`
		Body    struct {
			Reason string `json:"reason" maxLength:"4000"`
		}
	}
	stepInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64  `json:"revision" doc:"The revision that was read"`
			Reason   string `json:"reason" maxLength:"4000" doc:"Stands in the history; the holder is told it"`
		}
	}
	listInput struct {
		httpapi.PageInput
		State     []State `query:"state,explode" maxItems:"10" doc:"Only these states"`
		Programme string  `query:"programme" maxLength:"40"`
		Year      int     `query:"year" minimum:"0" maximum:"9999"`
		Org       string  `query:"org" maxLength:"18" doc:"Credit code; an organisation always sees only its own"`
		Q         string  `query:"q" maxLength:"60" doc:"Part of a number or of the organisation's name, or its whole code"`
	}
	expiryInput struct {
		By string `query:"by" required:"true" maxLength:"10" doc:"A day: what has its last day on or before it"`
	}
	expiryOutput struct{ Body ExpiryView }
)

// ExpiryView is what ends by a day, as it stands now.
type ExpiryView struct {
	By    clock.Date `json:"by"`
	Free  money.Fen  `json:"free_fen" doc:"What comes back if it is not used"`
	Held  money.Fen  `json:"held_fen" doc:"What waits for its holds first"`
	Items []Row      `json:"items" doc:"At most 1,000"`
}

// Register adds this room's operations to the API. Who may call them stands in
// the product's access table.
func (s *Service) Register(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"vouchers"}}
	}
	httpapi.Register(api, op("listVoucherProgrammes", http.MethodGet, "/voucher-programmes", "Measures that are given as vouchers, with their pools"), s.programmes)
	claim := op("claimVoucher", http.MethodPost, "/voucher-programmes/{measure}/claims", "Claim a voucher for the own organisation")
	claim.DefaultStatus = http.StatusCreated
	httpapi.Register(api, claim, func(ctx context.Context, in *claimInput) (*viewOutput, error) {
		by := party.ActorOf(ctx)
		v, err := s.Claim(ctx, by, ClaimInput{Programme: in.Measure, Org: by.Org, Face: in.Body.Face})
		return s.shown(ctx, v.ID, err)
	})
	httpapi.Register(api, op("allocateVouchers", http.MethodPost, "/voucher-programmes/{measure}/allocations", "Issue to all requests together, in proportion when the pool is short"),
		func(ctx context.Context, in *allocateInput) (*listOutput, error) {
			by := party.ActorOf(ctx)
			all, err := s.Allocate(ctx, by, in.Measure, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			rows, err := s.rows(ctx, by, all)
			return &listOutput{httpapi.Page[Row]{Items: rows}}, err
		})
	httpapi.Register(api, op("listVouchers", http.MethodGet, "/vouchers", "List vouchers, the newest first"), s.list)
	httpapi.Register(api, op("getVoucher", http.MethodGet, "/vouchers/{id}", "One voucher with each entry of the ledger"),
		func(ctx context.Context, in *httpapi.IDPath) (*viewOutput, error) { return s.shown(ctx, in.ID, nil) })
	for _, step := range []struct {
		id, path, summary string
		act               func(context.Context, Actor, Step) (Voucher, error)
	}{
		{"approveVoucher", "approve", "Issue a voucher that was asked for", s.Approve},
		{"declineVoucher", "decline", "Refuse a request with a reason", s.Decline},
		{"withdrawVoucher", "withdraw", "Take a request back", s.Withdraw},
		{"returnVoucher", "return", "Give back what is free on a voucher", s.Return},
		{"recallVoucher", "recall", "Take back what is free on a voucher, with a reason", s.Recall},
	} {
		httpapi.Register(api, op(step.id, http.MethodPost, "/vouchers/{id}/"+step.path, step.summary), func(ctx context.Context, in *stepInput) (*viewOutput, error) {
			v, err := step.act(ctx, party.ActorOf(ctx), Step{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason})
			return s.shown(ctx, v.ID, err)
		})
	}
	httpapi.Register(api, op("previewVoucherExpiry", http.MethodGet, "/voucher-expiry", "What expires by a day, as it stands now"), s.expiry)
}

// shown answers a write with the voucher as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*viewOutput, error) {
	if err != nil {
		return nil, err
	}
	v, err := s.See(ctx, party.ActorOf(ctx), id)
	if err != nil {
		return nil, err
	}
	return &viewOutput{v}, nil
}

func (s *Service) programmes(ctx context.Context, in *programmesInput) (*programmesOutput, error) {
	day, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	year := in.Year
	if year == 0 {
		year = day.Year()
	}
	all, err := s.Programmes(year)
	if err != nil {
		return nil, err
	}
	var out programmesOutput
	out.Body.Items = make([]ProgrammeView, 0, len(all))
	for i := range all {
		v, err := s.show(ctx, party.ActorOf(ctx), &all[i])
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return &out, nil
}

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	var bad fault.Collector
	for _, state := range in.State {
		if !slices.Contains(States(), state) {
			bad.Add("query.state", "没有“%.40[1]s”这个状态：应为 %[2]v 之一。", "There is no state %.40[1]q: it is one of %[2]v.", state, States())
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	f := Filter{Org: ident.CreditCode(in.Org), Programme: in.Programme, Year: in.Year, States: in.State, Query: in.Q, Before: key[0], Limit: in.Limit + 1}
	by := party.ActorOf(ctx)
	if by.Org != "" {
		f.Org = by.Org
	}
	all, err := s.Store.Vouchers(ctx, f)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(all, in.Limit, func(v Voucher) []string { return []string{v.Number} })
	rows, err := s.rows(ctx, by, page.Items)
	return &listOutput{httpapi.Page[Row]{Items: rows, Next: page.Next}}, err
}

func (s *Service) expiry(ctx context.Context, in *expiryInput) (*expiryOutput, error) {
	day, err := clock.ParseDate(in.By)
	if err != nil {
		var bad fault.Collector
		bad.Merge("query.by", err)
		return nil, bad.Err()
	}
	falling, err := s.Falling(ctx, day)
	if err != nil {
		return nil, err
	}
	out := ExpiryView{By: day}
	all := make([]Voucher, 0, len(falling))
	for _, f := range falling {
		out.Free, out.Held = out.Free+f.Wallet.Free(), out.Held+f.Wallet.Held
		all = append(all, f.Voucher)
	}
	out.Items, err = s.rows(ctx, party.ActorOf(ctx), all)
	return &expiryOutput{out}, err
}
