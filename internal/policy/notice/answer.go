package notice

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// AnswerView is how an objection was answered, as everybody reads it: nothing
// of who brought it, and nothing of their words.
type AnswerView struct {
	Number   string     `json:"number" doc:"Of the objection"`
	Row      int        `json:"row"`
	Verdict  Verdict    `json:"verdict" enum:"upheld,dismissed"`
	Answer   string     `json:"answer" doc:"Without what is personal"`
	Answered clock.Date `json:"answered_on"`
}

type answersOutput struct{ Body httpapi.Page[AnswerView] }

func (s *Service) registerAnswers(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "listNoticeAnswers", Method: http.MethodGet, Path: "/notices/{id}/answers", Summary: "How objections against a notice were answered; who objected is never told", Tags: []string{"notices"}}, s.answers)
}

type answersInput struct {
	httpapi.IDPath
	httpapi.PageInput
	Number string `query:"number" maxLength:"40" doc:"Only the answer to this objection; none while it has none"`
}

func (s *Service) answers(ctx context.Context, in *answersInput) (*answersOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	if _, err := s.seen(ctx, in.ID); err != nil {
		return nil, err
	}
	all, err := s.Store.Answered(ctx, in.ID, in.Number, key[0], in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(all, in.Limit, func(o Objection) []string { return []string{o.Number} })
	return &answersOutput{httpapi.Map(page, func(o Objection) AnswerView {
		return AnswerView{Number: o.Number, Row: o.Seq, Verdict: o.Verdict, Answer: o.PublicAnswer(), Answered: clock.DateOf(o.Answered)}
	})}, nil
}

// PublicAnswer is the answer without what is personal: who objected, how to
// reach them and their own words may stand in what an officer wrote back.
func (o *Objection) PublicAnswer() string {
	text := o.Answer
	for _, said := range []string{o.Body, o.Contact, o.Name} {
		if len([]rune(said)) > 1 { // a single character is in every text
			text = strings.ReplaceAll(text, said, struckOut)
		}
	}
	return Redact(text)
}
