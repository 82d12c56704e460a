package notice

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// View is a notice as everybody reads it.
type View struct {
	ID        string     `json:"id"`
	Number    string     `json:"number" doc:"What people quote: GS-2025-001"`
	State     State      `json:"state" enum:"draft,published"`
	Title     i18n.Text  `json:"title"`
	Call      string     `json:"call" doc:"Id of the call"`
	Days      int        `json:"days" doc:"Working days"`
	Published clock.Date `json:"published_on,omitempty" doc:"Empty for a draft"`
	Ends      clock.Date `json:"ends_on,omitempty" doc:"Last day for objections"`
	Left      int        `json:"workdays_left"`
	Over      bool       `json:"over"`
	Revision  int64      `json:"revision" doc:"Name it in the next write"`
	MayAct    bool       `json:"may_publish" doc:"The signed-in person may publish it: somebody else drafted it"`
}

// RowView is one proposed award as everybody reads it.
type RowView struct {
	Row         int        `json:"row"`
	Application string     `json:"application" doc:"Id, for officers; empty for others"`
	Number      string     `json:"number" doc:"Of the application"`
	Code        string     `json:"code" doc:"Unified social credit code"`
	Name        string     `json:"name"`
	Measure     string     `json:"measure"`
	Object      string     `json:"object"`
	Amount      money.Fen  `json:"amount_fen"`
	Place       int        `json:"rank" doc:"0 where nothing was ranked"`
	Exception   string     `json:"exception" doc:"Number of the exception that gave the amount, outside the formula (一事一议); empty otherwise"`
	Withdrawn   *i18n.Text `json:"withdrawn" doc:"Why it no longer stands; null while it does"`
}

// ObjectionView is one objection, for officers.
type ObjectionView struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"`
	Notice   string    `json:"notice"`
	Row      int       `json:"row"`
	Name     string    `json:"name"`
	Contact  string    `json:"contact"`
	Body     string    `json:"body"`
	At       time.Time `json:"at"`
	Verdict  Verdict   `json:"verdict" enum:"upheld,dismissed," doc:"Empty while it is open"`
	Answer   string    `json:"answer"`
	Answerer string    `json:"answered_by"`
}

// Receipt is what whoever objected keeps.
type Receipt struct {
	Number string     `json:"number" doc:"Quote it when asking: YY-2025-0001"`
	Notice string     `json:"notice"`
	Row    int        `json:"row"`
	Ends   clock.Date `json:"ends_on"`
}

type (
	listInput struct {
		httpapi.PageInput
		Q    string `query:"q" maxLength:"200" doc:"Part of the number or the title"`
		Call string `query:"call" maxLength:"64" doc:"Id of a call: only its notices"`
	}
	listOutput struct{ Body httpapi.Page[View] }
	viewOutput struct{ Body View }
	rowsOutput struct{ Body httpapi.Page[RowView] }
	rowsInput  struct {
		httpapi.IDPath
		httpapi.PageInput
	}
	objectionsOutput struct{ Body httpapi.Page[ObjectionView] }
	objectionOutput  struct{ Body ObjectionView }
	receiptOutput    struct{ Body Receipt }
	draftInput       struct {
		Body struct {
			Title i18n.Text `json:"title"`
			Call  string    `json:"call" maxLength:"64"`
			Days  int       `json:"days" doc:"Working days"`
		}
	}
	publishInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64 `json:"revision"`
		}
	}
	objectInput struct {
		httpapi.IDPath
		Body struct {
			Row     int    `json:"row"`
			Name    string `json:"name" maxLength:"240" doc:"Never published"`
			Contact string `json:"contact" maxLength:"480" doc:"Never published"`
			Body    string `json:"body" maxLength:"8000"`
		}
	}
	answerInput struct {
		httpapi.IDPath
		Body struct {
			Verdict Verdict `json:"verdict" enum:"upheld,dismissed"`
			Answer  string  `json:"answer" maxLength:"8000"`
		}
	}
)

// Register adds the operations on notices and objections.
func (s *Service) Register(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"notices"}}
	}
	httpapi.Register(api, op("listNotices", http.MethodGet, "/notices", "List public notices, newest first"), s.list)
	httpapi.Register(api, op("getNotice", http.MethodGet, "/notices/{id}", "One public notice"),
		func(ctx context.Context, in *httpapi.IDPath) (*viewOutput, error) {
			n, err := s.seen(ctx, in.ID)
			return s.shown(ctx, n, err)
		})
	httpapi.Register(api, op("listNoticeRows", http.MethodGet, "/notices/{id}/rows", "The proposed awards of a notice"), s.rows)
	create := op("draftNotice", http.MethodPost, "/notices", "Draft a notice over a call's proposed awards")
	create.DefaultStatus = http.StatusCreated
	httpapi.Register(api, create, func(ctx context.Context, in *draftInput) (*viewOutput, error) {
		n, err := s.DraftCall(ctx, in.Body.Title, in.Body.Call, in.Body.Days)
		return s.shown(ctx, n, err)
	})
	httpapi.Register(api, op("publishNotice", http.MethodPost, "/notices/{id}/publish", "Show it to everybody; by another person than drafted it"),
		func(ctx context.Context, in *publishInput) (*viewOutput, error) {
			n, err := s.Publish(ctx, in.ID, in.Body.Revision)
			return s.shown(ctx, n, err)
		})
	object := op("objectToNotice", http.MethodPost, "/notices/{id}/objections", "Object to a row; who objects is never published")
	object.DefaultStatus = http.StatusCreated
	httpapi.Register(api, object, func(ctx context.Context, in *objectInput) (*receiptOutput, error) {
		o, err := s.Object(ctx, ObjectInput{Notice: in.ID, Seq: in.Body.Row, Name: in.Body.Name, Contact: in.Body.Contact, Body: in.Body.Body})
		if err != nil {
			return nil, err
		}
		n, err := s.Store.Notice(ctx, in.ID)
		return &receiptOutput{Receipt{o.Number, n.Number, o.Seq, n.Ends}}, err
	})
	httpapi.Register(api, op("listNoticeObjections", http.MethodGet, "/notices/{id}/objections", "Objections against a notice"),
		func(ctx context.Context, in *rowsInput) (*objectionsOutput, error) {
			if _, err := s.Store.Notice(ctx, in.ID); err != nil {
				return nil, err
			}
			return s.objections(ctx, in.ID, in.PageInput)
		})
	httpapi.Register(api, op("listObjections", http.MethodGet, "/objections", "Objections that wait for an answer, oldest first"),
		func(ctx context.Context, in *httpapi.PageInput) (*objectionsOutput, error) {
			return s.objections(ctx, "", *in)
		})
	httpapi.Register(api, op("answerObjection", http.MethodPost, "/objections/{id}/answer", "Uphold or dismiss; upholding sends the case back to review"),
		func(ctx context.Context, in *answerInput) (*objectionOutput, error) {
			o, err := s.Answer(ctx, AnswerInput{ID: in.ID, Verdict: in.Body.Verdict, Answer: in.Body.Answer})
			if err != nil {
				return nil, err
			}
			return &objectionOutput{objectionView(o)}, nil
		})
	s.registerAnswers(api)
}

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Notices(ctx, Filter{Call: in.Call, Text: strings.TrimSpace(in.Q), Drafts: party.ServesRegion(ctx), Before: key[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(all, in.Limit, func(n Notice) []string { return []string{n.Number} })
	return &listOutput{httpapi.Map(page, func(n Notice) View { return s.view(ctx, &n) })}, nil
}

func (s *Service) rows(ctx context.Context, in *rowsInput) (*rowsOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	if _, err := s.seen(ctx, in.ID); err != nil {
		return nil, err
	}
	after, _ := strconv.Atoi(key[0]) // a cursor of ours, or the first page
	rows, err := s.Store.Rows(ctx, in.ID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	officer := party.ServesRegion(ctx)
	page := httpapi.NewPage(rows, in.Limit, func(r Row) []string { return []string{strconv.Itoa(r.Seq)} })
	return &rowsOutput{httpapi.Map(page, func(r Row) RowView {
		v := RowView{Row: r.Seq, Number: r.Number, Code: string(r.Org), Name: r.Name, Measure: r.Measure, Object: r.Object, Amount: r.Amount, Place: r.Place, Exception: r.Exception}
		if officer {
			v.Application = r.Application
		}
		if !r.Withdrawn.IsZero() {
			v.Withdrawn = &r.Withdrawn
		}
		return v
	})}, nil
}

func (s *Service) objections(ctx context.Context, notice string, in httpapi.PageInput) (*objectionsOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Objections(ctx, notice, key[0], in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(all, in.Limit, func(o Objection) []string { return []string{o.Number} })
	return &objectionsOutput{httpapi.Map(page, objectionView)}, nil
}

func objectionView(o Objection) ObjectionView {
	return ObjectionView{ID: o.ID, Number: o.Number, Notice: o.Notice, Row: o.Seq, Name: o.Name, Contact: o.Contact, Body: o.Body, At: o.At, Verdict: o.Verdict, Answer: o.Answer, Answerer: o.AnsweredName}
}

// seen finds a notice that the reader may know of: a draft is for officers.
func (s *Service) seen(ctx context.Context, id string) (Notice, error) {
	n, err := s.Store.Notice(ctx, id)
	if err == nil && n.State == Draft && !party.ServesRegion(ctx) {
		return Notice{}, orNotFound(nil)
	}
	return n, err
}

func (s *Service) shown(ctx context.Context, n Notice, err error) (*viewOutput, error) {
	if err != nil {
		return nil, err
	}
	return &viewOutput{s.view(ctx, &n)}, nil
}

func (s *Service) view(ctx context.Context, n *Notice) View {
	by, today := httpapi.PrincipalOf(ctx), s.Clock.Today()
	v := View{ID: n.ID, Number: n.Number, State: n.State, Title: n.Title, Call: n.Call, Days: n.Days, Published: n.Published, Ends: n.Ends,
		Over: n.Over(today), Revision: n.Version, MayAct: by.Role == party.Office && n.State == Draft && n.CreatedBy != by.PersonID}
	if n.State == Published && !v.Over {
		v.Left = clock.China().Between(today, n.Ends)
	}
	return v
}
