package recovery

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// ListingView is an exclusion as a page shows it.
type ListingView struct {
	ID      string           `json:"id"`
	Org     ident.CreditCode `json:"org"`
	OrgName string           `json:"org_name"`
	Case    string           `json:"case"`
	Number  string           `json:"number"`
	From    clock.Date       `json:"from"`
	Until   clock.Date       `json:"until"`
	Reason  string           `json:"reason"`
	By      string           `json:"by"`
	InForce bool             `json:"in_force"`
	Lifted  clock.Date       `json:"lifted,omitempty" doc:"From this day the organisation may apply again; empty while nobody lifted it"`
	Why     string           `json:"lifted_reason"`
	LiftBy  string           `json:"lifted_by"`
}

type listingsInput struct {
	httpapi.PageInput
	InForce bool   `query:"in_force" doc:"Only those that hold today"`
	Q       string `query:"q" maxLength:"200" doc:"Part of the organisation's name or of the case's number, or the whole code"`
}

type listingsOutput struct {
	Body httpapi.Page[ListingView]
}

type reasonInput struct {
	httpapi.IDPath
	Body struct {
		Reason string `json:"reason" maxLength:"16000"`
	}
}

// ProposalView is a suggestion as a page shows it.
type ProposalView struct {
	ID          string           `json:"id"`
	Application string           `json:"application"`
	Number      string           `json:"number"`
	Org         ident.CreditCode `json:"org"`
	OrgName     string           `json:"org_name"`
	Measure     string           `json:"measure"`
	MeasureName i18n.Text        `json:"measure_name"`
	Object      string           `json:"object"`
	Facts       []string         `json:"facts" doc:"The corrections"`
	Kind        ProposalKind     `json:"kind" enum:"top_up,recovery,unclear"`
	Paid        money.Fen        `json:"paid_fen" doc:"What stands of the payments"`
	Now         money.Fen        `json:"now_fen" doc:"What the rule gives from the facts as they are now"`
	Amount      money.Fen        `json:"amount_fen" doc:"The difference"`
	State       ProposalState    `json:"state" enum:"open,taken,dismissed,superseded"`
	Reason      string           `json:"reason"`
	By          string           `json:"by"`
	Case        string           `json:"case" doc:"The recovery that came of it; empty for none"`
	At          time.Time        `json:"at"`
}

type proposalsInput struct {
	httpapi.PageInput
	State ProposalState `query:"state" enum:"open,taken,dismissed,superseded,"`
}

type (
	proposalsOutput struct {
		Body httpapi.Page[ProposalView]
	}
	proposalOutput struct{ Body ProposalView }
)

func (s *Service) registerLists(api huma.API) {
	httpapi.Register(api, op("listExclusions", http.MethodGet, "/exclusions", "Organisations that may not apply for a term"), s.exclusions)
	lift := op("liftExclusion", http.MethodPost, "/exclusions/{id}/lift", "Restore an organisation before its term ends")
	lift.DefaultStatus = http.StatusNoContent
	httpapi.Register(api, lift, func(ctx context.Context, in *reasonInput) (*struct{}, error) {
		return nil, s.Lift(ctx, party.ActorOf(ctx), LiftInput{ID: in.ID, Reason: in.Body.Reason})
	})
	export := op("exportExclusions", http.MethodGet, "/exclusions/export", "The list as a file for the credit system; nothing is sent")
	export.Responses = map[string]*huma.Response{"200": {Description: "CSV in UTF-8", Content: map[string]*huma.MediaType{"text/csv": {}}}}
	httpapi.Register(api, export, s.export)
	httpapi.Register(api, op("listRecoveryProposals", http.MethodGet, "/recovery-proposals", "What corrected facts suggest: top-ups and recoveries"), s.proposals)
	httpapi.Register(api, op("takeUpProposal", http.MethodPost, "/recovery-proposals/{id}/take-up", "Follow a suggestion"), s.settling(s.TakeUp))
	httpapi.Register(api, op("dismissProposal", http.MethodPost, "/recovery-proposals/{id}/dismiss", "Let a suggestion lie"), s.settling(s.Dismiss))
}

func (s *Service) exclusions(ctx context.Context, in *listingsInput) (*listingsOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	by, today := party.ActorOf(ctx), s.Clock.Today()
	f := ListingFilter{Org: by.Org, Query: strings.TrimSpace(in.Q), Before: key[0], Limit: in.Limit + 1}
	if in.InForce {
		f.InForce = string(today)
	}
	list, err := s.Store.Listings(ctx, f)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(list, in.Limit, func(l Listing) []string { return []string{l.Cursor()} })
	return &listingsOutput{httpapi.Map(page, func(l Listing) ListingView {
		v := ListingView{ID: l.ID, Org: l.Org, OrgName: l.Name, Case: l.Case, Number: l.Number, From: l.From, Until: l.Until, Reason: l.Reason, By: l.By, InForce: l.InForce(today)}
		if l.Lifted != nil {
			v.Lifted, v.Why, v.LiftBy = l.Lifted.From, l.Lifted.Reason, l.Lifted.By
		}
		if by.Org != "" {
			v.By, v.LiftBy = "", ""
		}
		return v
	})}, nil
}

// export writes the list for whoever hands it to the credit system (信用系统).
func (s *Service) export(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	list, err := s.Store.Listings(ctx, ListingFilter{})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"统一社会信用代码", "名称", "案号", "起始日", "截止日", "事由", "移出日", "移出理由"}}
	for _, l := range list {
		row := []string{string(l.Org), l.Name, l.Number, string(l.From), string(l.Until), l.Reason, "", ""}
		if l.Lifted != nil {
			row[6], row[7] = string(l.Lifted.From), l.Lifted.Reason
		}
		for i := range row {
			row[i] = plainCell(row[i])
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return httpapi.File("暂停申报名单-"+string(s.Clock.Today())+".csv", "text/csv; charset=utf-8", io.NopCloser(&b)), nil
}

// plainCell keeps a table programme from reading what people typed as a formula.
func plainCell(s string) string {
	if strings.HasPrefix(s, "=") || strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "@") {
		return "'" + s
	}
	return s
}

func (s *Service) proposals(ctx context.Context, in *proposalsInput) (*proposalsOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Proposals(ctx, ProposalFilter{State: in.State, Before: key[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(list, in.Limit, func(p Proposal) []string { return []string{p.Cursor()} })
	return &proposalsOutput{httpapi.Map(page, proposalView)}, nil
}

func proposalView(p Proposal) ProposalView {
	return ProposalView{p.ID, p.Application, p.Number, p.Org, p.OrgName, p.Measure, p.MeasureName, p.Object, p.Facts, p.Kind, p.Paid, p.Now, p.Amount, p.State, p.Reason, p.Name, p.Case, p.At}
}

func (s *Service) settling(act func(context.Context, Actor, string, string) (Proposal, error)) func(context.Context, *reasonInput) (*proposalOutput, error) {
	return func(ctx context.Context, in *reasonInput) (*proposalOutput, error) {
		p, err := act(ctx, party.ActorOf(ctx), in.ID, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &proposalOutput{proposalView(p)}, nil
	}
}
