package payment

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// ReturnView is a return with what its lines come to.
type ReturnView struct {
	ID       string      `json:"id"`
	Number   string      `json:"number" doc:"HD-2025-0001"`
	Purse    PurseView   `json:"purse"`
	Name     string      `json:"name"`
	SHA256   string      `json:"sha256"`
	Size     int64       `json:"size" doc:"Bytes"`
	State    ReturnState `json:"state" enum:"previewed,accepted,discarded"`
	Lines    int64       `json:"lines"`
	Paid     TallyView   `json:"paid"`
	Failed   TallyView   `json:"failed"`
	Bad      int64       `json:"bad" doc:"Lines for which nothing is posted and that somebody must look into"`
	Ahead    int64       `json:"ahead" doc:"Bad lines dated after the system's date that nobody resolved: the bank's mistake, or the clock is behind. The same file brought again on a later day is judged anew"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
	Accepted *time.Time  `json:"accepted_at"`
	AcceptBy string      `json:"accepted_by"`
	Repeated bool        `json:"repeated" doc:"The same bytes were brought before: nothing happened again"`
}

// TallyView counts lines and adds up their amounts.
type TallyView struct {
	Count  int64     `json:"count"`
	Amount money.Fen `json:"amount_fen"`
}

func returnView(r ReturnFile) ReturnView {
	v := ReturnView{ID: r.ID, Number: r.Number, Purse: purseView(r.Purse, i18n.Text{}), Name: r.Name, SHA256: r.SHA256, Size: r.Size, State: r.State, Lines: r.Lines,
		Paid: TallyView(r.Paid), Failed: TallyView(r.Failed), Bad: r.Bad, Ahead: r.Ahead, By: r.PersonName, At: r.At, AcceptBy: r.AcceptedName}
	if !r.Accepted.IsZero() {
		v.Accepted = &r.Accepted
	}
	return v
}

// LineView is one line of a return.
type LineView struct {
	Return     string     `json:"return" doc:"Id of the return"`
	Number     string     `json:"number" doc:"The return's"`
	Line       int64      `json:"line" doc:"In the file; 1 is the header"`
	Order      string     `json:"order" doc:"As the line gives it"`
	OrderID    string     `json:"order_id" doc:"The order that is meant; empty for none"`
	Amount     money.Fen  `json:"amount_fen"`
	Result     Result     `json:"result" enum:"paid,failed,"`
	Reference  string     `json:"reference"`
	Day        clock.Date `json:"day"`
	Reason     string     `json:"reason"`
	Verdict    Verdict    `json:"verdict" enum:"paid,failed,already,malformed,unknown,wrong_purse,doubled,not_exported,wrong_amount,bad_day,ahead"`
	Bad        bool       `json:"bad" doc:"Nothing is posted for it"`
	Problem    i18n.Text  `json:"problem"`
	Resolution string     `json:"resolution" doc:"How a person dealt with it; empty until then"`
	ResolvedBy string     `json:"resolved_by"`
}

func lineView(id, number string, l ReturnLine) LineView {
	return LineView{id, number, l.Line, l.Order, l.OrderID, l.Amount, l.Result, l.Reference, l.Day, l.Reason, l.Verdict, l.Verdict.Bad(), l.Problem, l.Resolution, l.ResolvedName}
}

type uploadReturnInput struct {
	Purse   string `path:"purse" maxLength:"40" doc:"city-520100, district-520115"`
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type linesInput struct {
	httpapi.PageInput
	httpapi.IDPath
	Which Lines `query:"which" enum:"bad,good," doc:"Only the lines for which nothing is posted, or only the others; empty for all"`
}

type resolveInput struct {
	httpapi.IDPath
	Line int64 `path:"line" minimum:"1" maximum:"1000000"`
	Body struct {
		Resolution string `json:"resolution" maxLength:"4000"`
	}
}

// multipartFrame is room for the frame around an uploaded file.
const multipartFrame = 64 << 10

func (s *Service) registerReturns(api huma.API) {
	upload := acting("uploadReturnFile", "/payment/purses/{purse}/returns", "Preview what a purse's bank answered; nothing is posted", tagPayment)
	upload.MaxBodyBytes = maxReturnBytes + multipartFrame
	httpapi.Register(api, upload, func(ctx context.Context, in *uploadReturnInput) (*body[ReturnView], error) {
		file := in.RawBody.Data().File
		if err := given(file); err != nil {
			return nil, err
		}
		defer file.Close()
		purse, err := ledger.ParsePurse(in.Purse)
		if err != nil {
			return nil, err
		}
		r, repeated, err := s.PreviewReturn(ctx, party.ActorOf(ctx), purse, file.Filename, file)
		v := returnView(r)
		v.Repeated = repeated
		return &body[ReturnView]{v}, err
	})
	httpapi.Register(api, op("listReturnFiles", http.MethodGet, "/payment/returns", "List bank returns", tagPayment),
		func(ctx context.Context, in *httpapi.PageInput) (*body[httpapi.Page[ReturnView]], error) {
			after, err := httpapi.After(in.Cursor, 1)
			if err != nil {
				return nil, err
			}
			list, err := s.Store.Returns(ctx, after[0], in.Limit+1)
			page := httpapi.NewPage(list, in.Limit, func(r ReturnFile) []string { return []string{r.Number} })
			return &body[httpapi.Page[ReturnView]]{httpapi.Map(page, returnView)}, err
		})
	httpapi.Register(api, op("getReturnFile", http.MethodGet, "/payment/returns/{id}", "One bank return", tagPayment),
		func(ctx context.Context, in *httpapi.IDPath) (*body[ReturnView], error) {
			r, err := s.Store.Return(ctx, in.ID)
			return &body[ReturnView]{returnView(r)}, err
		})
	httpapi.Register(api, op("listReturnLines", http.MethodGet, "/payment/returns/{id}/lines", "The lines of a return with their verdicts", tagPayment), s.listReturnLines)
	httpapi.Register(api, acting("acceptReturnFile", "/payment/returns/{id}/accept", "Apply the good lines; accepting again changes nothing", tagPayment),
		func(ctx context.Context, in *httpapi.IDPath) (*body[ReturnView], error) {
			r, err := s.AcceptReturn(ctx, party.ActorOf(ctx), in.ID)
			return &body[ReturnView]{returnView(r)}, err
		})
	httpapi.Register(api, op("discardReturnFile", http.MethodDelete, "/payment/returns/{id}", "Drop a preview", tagPayment),
		func(ctx context.Context, in *httpapi.IDPath) (*struct{}, error) {
			return nil, s.DiscardReturn(ctx, in.ID)
		})
	httpapi.Register(api, op("listUnmatchedLines", http.MethodGet, "/payment/unmatched", "Bad lines of accepted returns that nobody resolved", tagPayment),
		func(ctx context.Context, in *httpapi.PageInput) (*body[httpapi.Page[LineView]], error) {
			after, err := httpapi.After(in.Cursor, 2)
			if err != nil {
				return nil, err
			}
			list, err := s.Store.Unmatched(ctx, after, in.Limit+1)
			page := httpapi.NewPage(list, in.Limit, func(u Unmatched) []string { return []string{u.Number, strconv.FormatInt(u.Line, 10)} })
			return &body[httpapi.Page[LineView]]{httpapi.Map(page, func(u Unmatched) LineView { return lineView(u.Return, u.Number, u.ReturnLine) })}, err
		})
	httpapi.Register(api, acting("resolveUnmatchedLine", "/payment/returns/{id}/lines/{line}/resolve", "Write how a bad line was dealt with; no money moves", tagPayment),
		func(ctx context.Context, in *resolveInput) (*body[LineView], error) {
			l, err := s.Resolve(ctx, party.ActorOf(ctx), in.ID, in.Line, in.Body.Resolution)
			return &body[LineView]{lineView(in.ID, "", l)}, err
		})
}

func (s *Service) listReturnLines(ctx context.Context, in *linesInput) (*body[httpapi.Page[LineView]], error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	from := int64(0)
	if after[0] != "" {
		if from, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			var c fault.Collector
			c.Add("query.cursor", "不是本列表给出的游标，请从第一页重新开始", "not a cursor of this list: begin at its first page")
			return nil, c.Err()
		}
	}
	r, err := s.Store.Return(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.ReturnLines(ctx, in.ID, in.Which, from, in.Limit+1)
	page := httpapi.NewPage(list, in.Limit, func(l ReturnLine) []string { return []string{strconv.FormatInt(l.Line, 10)} })
	return &body[httpapi.Page[LineView]]{httpapi.Map(page, func(l ReturnLine) LineView { return lineView(r.ID, r.Number, l) })}, err
}

// given refuses a form without its file.
func given(file huma.FormFile) error {
	var c fault.Collector
	if !file.IsSet {
		c.Add("file", "请选择文件。", "Choose a file.")
	}
	return c.Err()
}
