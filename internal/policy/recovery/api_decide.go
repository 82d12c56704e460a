package recovery

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/money"
)

type noticeInput struct {
	httpapi.IDPath
	Body struct {
		StepBody
		Days    int  `json:"days" doc:"Working days to answer"`
		Listing bool `json:"listing" doc:"It may be excluded from applying"`
	}
}

type statementInput struct {
	httpapi.IDPath
	Body struct {
		Text   string `json:"text" maxLength:"16000"`
		Waived bool   `json:"waived" doc:"Nothing to object"`
	}
}

type decisionInput struct {
	httpapi.IDPath
	Body struct {
		StepBody
		Amount      money.Fen    `json:"amount_fen"`
		Interest    Interest     `json:"interest"`
		Instalments []Instalment `json:"instalments" maxItems:"60" doc:"Add up to the amount with its interest"`
		Exclude     clock.Date   `json:"exclude_until,omitempty" doc:"Last day of an exclusion that the party was heard on"`
	}
}

type remissionInput struct {
	httpapi.IDPath
	Body struct {
		StepBody
		Amount    money.Fen `json:"amount_fen"`
		Authority Authority `json:"authority"`
	}
}

type planInput struct {
	httpapi.IDPath
	Body struct {
		StepBody
		Instalments []Instalment `json:"instalments" maxItems:"60" doc:"Add up to what is still owed"`
	}
}

func (s *Service) registerDeciding(api huma.API) {
	httpapi.Register(api, op("notifyRecovery", http.MethodPost, "/recoveries/{id}/notify", "Tell the party; it may speak"),
		func(ctx context.Context, in *noticeInput) (*viewOutput, error) {
			_, err := s.Notify(ctx, party.ActorOf(ctx), NoticeInput{Step: in.Body.step(in.ID), Days: in.Body.Days, Listing: in.Body.Listing})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("stateRecovery", http.MethodPost, "/recoveries/{id}/statement", "The party's statement"),
		func(ctx context.Context, in *statementInput) (*viewOutput, error) {
			_, err := s.State(ctx, party.ActorOf(ctx), StatementInput{ID: in.ID, Text: in.Body.Text, Waived: in.Body.Waived})
			return s.shown(ctx, in.ID, err)
		})
	s.plain(api, "hearRecovery", "hear", "End the hearing, with how the statement was weighed", s.Hear)
	httpapi.Register(api, op("decideRecovery", http.MethodPost, "/recoveries/{id}/decide", "Decide how much is asked back"),
		func(ctx context.Context, in *decisionInput) (*viewOutput, error) {
			_, err := s.Decide(ctx, party.ActorOf(ctx), DecisionInput{Step: in.Body.step(in.ID), Amount: in.Body.Amount, Interest: in.Body.Interest, Instalments: in.Body.Instalments, Exclude: in.Body.Exclude})
			return s.shown(ctx, in.ID, err)
		})
	s.plain(api, "confirmRecovery", "confirm", "Second person's consent to a decision or a write-off", s.Confirm)
	s.plain(api, "sendBackRecovery", "send-back", "Second person's refusal", s.SendBack)
	s.plain(api, "revokeRecovery", "revoke", "Take a confirmed decision back", s.Revoke)
	httpapi.Register(api, op("remitRecovery", http.MethodPost, "/recoveries/{id}/write-off", "Propose to write part of what is owed off"),
		func(ctx context.Context, in *remissionInput) (*viewOutput, error) {
			_, err := s.Remit(ctx, party.ActorOf(ctx), RemissionInput{Step: in.Body.step(in.ID), Amount: in.Body.Amount, Authority: in.Body.Authority})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("rescheduleRecovery", http.MethodPost, "/recoveries/{id}/instalments", "Replace the instalments of what is owed"),
		func(ctx context.Context, in *planInput) (*viewOutput, error) {
			_, err := s.Reschedule(ctx, party.ActorOf(ctx), PlanInput{Step: in.Body.step(in.ID), Instalments: in.Body.Instalments})
			return s.shown(ctx, in.ID, err)
		})
}

type receiptInput struct {
	httpapi.IDPath
	Body struct {
		Amount money.Fen  `json:"amount_fen"`
		On     clock.Date `json:"on" doc:"Value date of the bank"`
		Bank   string     `json:"bank_reference" maxLength:"200"`
		Payer  string     `json:"payer" maxLength:"800"`
		Purse  string     `json:"purse,omitempty" maxLength:"40" doc:"Whose account it came into, such as city-520100; empty for one that all purses share"`
	}
}

type reverseInput struct {
	httpapi.IDPath
	Receipt string `path:"receipt" maxLength:"64"`
	Body    StepBody
}

func (s *Service) registerMoney(api huma.API) {
	httpapi.Register(api, op("recordReceipt", http.MethodPost, "/recoveries/{id}/receipts", "Record money that came in"),
		func(ctx context.Context, in *receiptInput) (*viewOutput, error) {
			receipt := ReceiptInput{ID: in.ID, Amount: in.Body.Amount, On: in.Body.On, Bank: in.Body.Bank, Payer: in.Body.Payer}
			if in.Body.Purse != "" {
				purse, err := ledger.ParsePurse(in.Body.Purse)
				if err != nil {
					return nil, err
				}
				receipt.Purse = purse
			}
			_, err := s.Receive(ctx, party.ActorOf(ctx), receipt)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("reverseReceipt", http.MethodPost, "/recoveries/{id}/receipts/{receipt}/reverse", "Take a receipt back by a new entry"),
		func(ctx context.Context, in *reverseInput) (*viewOutput, error) {
			_, err := s.Reverse(ctx, party.ActorOf(ctx), in.Body.step(in.ID), in.Receipt)
			return s.shown(ctx, in.ID, err)
		})
}
