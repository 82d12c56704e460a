package payment

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/money"
)

const (
	tagPayment     = "payment"
	tagPerformance = "performance"
)

// Register adds the room's operations.
func (s *Service) Register(api huma.API) {
	s.registerOrders(api)
	s.registerFiles(api)
	s.registerReturns(api)
	s.registerPlans(api)
	s.registerReports(api)
}

type body[T any] struct{ Body T }

func op(id, method, path, summary, tag string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
}

// acting is an operation that changes something that exists: 200, not 201.
func acting(id, path, summary, tag string) huma.Operation {
	o := op(id, http.MethodPost, path, summary, tag)
	o.DefaultStatus = http.StatusOK
	return o
}

type listOrdersInput struct {
	httpapi.PageInput
	Purse string       `query:"purse" maxLength:"40" doc:"city-520100, district-520115"`
	State []OrderState `query:"state,explode" maxItems:"7" doc:"Only these states"`
	Case  string       `query:"case" maxLength:"64" doc:"Id of an application"`
	File  string       `query:"file" maxLength:"64" doc:"Id of a bank file"`
	Q     string       `query:"q" maxLength:"40" doc:"Part of an order's or an application's number"`
}

type casesInput struct {
	httpapi.PageInput
	Differs bool `query:"differs" doc:"Only those of which one half is paid and the other is not"`
}

type caseInput struct {
	Case string `path:"case" maxLength:"64"`
}

// Overview is what finance looks at first.
type Overview struct {
	On        clock.Date   `json:"on"`
	Purses    []PurseState `json:"purses"`
	Differing int          `json:"differing" doc:"Cases of which one half is paid and the other is not, at most 201"`
	Unmatched int64        `json:"unmatched" doc:"Bad lines of bank returns that nobody resolved"`
	Releases  int          `json:"releases" doc:"Bank files that wait to be released, of the latest 200"`
}

// PurseState is a purse with its orders by state.
type PurseState struct {
	Purse  PurseView    `json:"purse"`
	States []StateTotal `json:"states"`
}

// StateTotal is what orders of one state add up to.
type StateTotal struct {
	State  OrderState `json:"state" enum:"waiting,exported,paid,failed,replaced,cancelling,cancelled"`
	Count  int64      `json:"count"`
	Amount money.Fen  `json:"amount_fen"`
}

func (s *Service) registerOrders(api huma.API) {
	httpapi.Register(api, op("listPaymentOrders", http.MethodGet, "/payment/orders", "List payment orders", tagPayment),
		func(ctx context.Context, in *listOrdersInput) (*body[httpapi.Page[OrderView]], error) {
			f, err := in.filter(party.ActorOf(ctx))
			if err != nil {
				return nil, err
			}
			list, err := s.Store.Orders(ctx, f)
			page := httpapi.NewPage(list, in.Limit, func(o Order) []string { return []string{o.Number} })
			return &body[httpapi.Page[OrderView]]{httpapi.Map(page, func(o Order) OrderView { return orderView(party.ActorOf(ctx), o) })}, err
		})
	httpapi.Register(api, op("getPaymentOrder", http.MethodGet, "/payment/orders/{id}", "One payment order with its steps", tagPayment),
		func(ctx context.Context, in *httpapi.IDPath) (*body[OneOrder], error) {
			return s.shownOrder(ctx, in.ID, nil)
		})
	httpapi.Register(api, op("getPaymentOverview", http.MethodGet, "/payment/overview", "Orders by purse and state, and what waits for finance", tagPayment),
		func(ctx context.Context, _ *struct{}) (*body[Overview], error) {
			out, err := s.Overview(ctx)
			return &body[Overview]{out}, err
		})
	httpapi.Register(api, op("listPaymentCases", http.MethodGet, "/payment/cases", "Applications with both halves side by side, those that differ first", tagPayment),
		func(ctx context.Context, in *casesInput) (*body[httpapi.Page[CaseSides]], error) {
			after, err := httpapi.After(in.Cursor, 2)
			if err != nil {
				return nil, err
			}
			list, err := s.Store.Sides(ctx, SidesFilter{Org: party.ActorOf(ctx).Org, Differs: in.Differs, After: after, Limit: in.Limit + 1})
			page := httpapi.NewPage(list, in.Limit, func(v Sides) []string {
				return []string{map[bool]string{true: "1", false: "0"}[v.Differs()], v.CaseNumber}
			})
			return &body[httpapi.Page[CaseSides]]{httpapi.Map(page, sidesView)}, err
		})
	httpapi.Register(api, op("getPaymentCase", http.MethodGet, "/payment/cases/{case}", "One application's payment: halves, instalments, orders, reports", tagPayment),
		func(ctx context.Context, in *caseInput) (*body[CasePayment], error) {
			return s.shownCase(ctx, in.Case, nil)
		})
	s.registerOrderActs(api)
}

func (in listOrdersInput) filter(by Actor) (OrderFilter, error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return OrderFilter{}, err
	}
	f := OrderFilter{Org: by.Org, States: in.State, Case: in.Case, File: in.File, Text: in.Q, Before: after[0], Limit: in.Limit + 1}
	var bad fault.Collector
	for _, state := range in.State {
		if !slices.Contains(OrderStates(), state) {
			bad.Add("query.state", "没有“%.40[1]s”这个状态：应为 %[2]v 之一。", "There is no state %.40[1]q: it is one of %[2]v.", state, OrderStates())
		}
	}
	if in.Purse != "" {
		f.Purse, err = ledger.ParsePurse(in.Purse)
		bad.Merge("query.purse", err)
	}
	return f, bad.Err()
}

type orderActInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

func (in *orderActInput) input() OrderInput {
	return OrderInput{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason}
}

type answerCancelInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Consent  bool   `json:"consent" doc:"Whether the order is cancelled"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

func (s *Service) registerOrderActs(api huma.API) {
	httpapi.Register(api, acting("reissuePaymentOrder", "/payment/orders/{id}/reissue", "Replace a failed order by a new one to the account of now", tagPayment),
		func(ctx context.Context, in *orderActInput) (*body[OneOrder], error) {
			o, err := s.Reissue(ctx, party.ActorOf(ctx), in.input())
			return s.shownOrder(ctx, o.ID, err)
		})
	httpapi.Register(api, acting("cancelPaymentOrder", "/payment/orders/{id}/cancel", "Ask a second person to cancel an order", tagPayment),
		func(ctx context.Context, in *orderActInput) (*body[OneOrder], error) {
			_, err := s.AskCancel(ctx, party.ActorOf(ctx), in.input())
			return s.shownOrder(ctx, in.ID, err)
		})
	httpapi.Register(api, acting("answerOrderCancel", "/payment/orders/{id}/cancel/answer", "The second person's answer", tagPayment),
		func(ctx context.Context, in *answerCancelInput) (*body[OneOrder], error) {
			_, err := s.AnswerCancel(ctx, party.ActorOf(ctx), OrderInput{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason}, in.Body.Consent)
			return s.shownOrder(ctx, in.ID, err)
		})
}

func (s *Service) shownOrder(ctx context.Context, id string, err error) (*body[OneOrder], error) {
	if err != nil {
		return nil, err
	}
	o, err := s.OneOrder(ctx, party.ActorOf(ctx), id)
	return &body[OneOrder]{o}, err
}

func (s *Service) shownCase(ctx context.Context, id string, err error) (*body[CasePayment], error) {
	if err != nil {
		return nil, err
	}
	c, err := s.OneCase(ctx, party.ActorOf(ctx), id)
	return &body[CasePayment]{c}, err
}

// Overview gathers what finance looks at first.
//
// Codes: unavailable.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	out := Overview{On: s.Clock.Today(), Purses: []PurseState{}}
	totals, err := s.Store.PurseTotals(ctx)
	if err != nil {
		return out, err
	}
	for _, t := range totals {
		if n := len(out.Purses); n == 0 || out.Purses[n-1].Purse.Level != t.Purse.Level || out.Purses[n-1].Purse.Place != t.Purse.Code {
			out.Purses = append(out.Purses, PurseState{Purse: purseView(t.Purse, t.Name), States: []StateTotal{}})
		}
		last := &out.Purses[len(out.Purses)-1]
		last.States = append(last.States, StateTotal{t.State, t.Count, t.Amount})
	}
	differing, err := s.Store.Sides(ctx, SidesFilter{Differs: true, Limit: 201})
	if err != nil {
		return out, err
	}
	out.Differing = len(differing)
	files, err := s.Store.BankFiles(ctx, "", 200)
	if err != nil {
		return out, err
	}
	for _, f := range files {
		if f.State == FileMade {
			out.Releases++
		}
	}
	out.Unmatched, err = s.Store.CountUnmatched(ctx)
	return out, err
}
