package budget

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Register adds this room's operations to the API. Who may call them stands in
// the product's access table.
func (s *Service) Register(api huma.API) {
	s.registerReading(api)
	propose := op("proposeBudgetOrder", http.MethodPost, "/budget-orders", "Write a budget order; another person confirms it")
	propose.DefaultStatus = http.StatusCreated
	httpapi.Register(api, propose, s.propose)
	httpapi.Register(api, op("confirmBudgetOrder", http.MethodPost, "/budget-orders/{id}/confirm", "Second person's consent; the ledger books all lines or none"),
		func(ctx context.Context, in *confirmInput) (*viewOutput, error) {
			_, err := s.Confirm(ctx, party.ActorOf(ctx), Step{ID: in.ID, Version: in.Body.Revision})
			return s.shown(ctx, in.ID, err)
		})
	s.plain(api, "refuseBudgetOrder", "refuse", "Second person's refusal", s.Refuse)
	s.plain(api, "withdrawBudgetOrder", "withdraw", "Take back an order that nobody confirmed", s.Withdraw)
	preview := op("previewBudgetOrder", http.MethodPost, "/budget-orders/preview", "Read the lines of an order out of a table; nothing is written")
	preview.MaxBodyBytes = sheetLimits.Bytes + multipartFrame
	httpapi.Register(api, preview, s.preview)
}

// multipartFrame is room for the frame around an uploaded file.
const multipartFrame = 64 << 10

func op(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"budgets"}}
}

// plain is a step with nothing but a reason.
func (s *Service) plain(api huma.API, id, verb, summary string, act func(context.Context, Actor, Step) (Order, error)) {
	httpapi.Register(api, op(id, http.MethodPost, "/budget-orders/{id}/"+verb, summary), func(ctx context.Context, in *stepInput) (*viewOutput, error) {
		_, err := act(ctx, party.ActorOf(ctx), Step{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason})
		return s.shown(ctx, in.ID, err)
	})
}

type viewOutput struct{ Body View }

// shown answers with the order as it now stands.
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

type proposeInput struct {
	Body struct {
		Year  int        `json:"year" doc:"Budget year"`
		Basis string     `json:"basis" maxLength:"2000" doc:"Number and words of the document that decides it"`
		Lines []lineBody `json:"lines" maxItems:"500" doc:"Each programme once"`
	}
}

type lineBody struct {
	Purse   string     `json:"purse" maxLength:"40" doc:"Whose money, such as city-520100"`
	Measure string     `json:"measure" maxLength:"40" doc:"Such as 002-2"`
	Amount  money.Fen  `json:"amount_fen" doc:"Given to the programme; negative to take back what is free"`
	Cap     *money.Fen `json:"cap_fen,omitempty" doc:"Most one party may get in the year from now on; absent to leave it as it is"`
}

func (s *Service) propose(ctx context.Context, in *proposeInput) (*viewOutput, error) {
	order := ProposeInput{Year: in.Body.Year, Basis: in.Body.Basis}
	for _, l := range in.Body.Lines {
		order.Lines = append(order.Lines, LineInput(l))
	}
	o, err := s.Propose(ctx, party.ActorOf(ctx), order)
	return s.shown(ctx, o.ID, err)
}

type confirmInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64 `json:"revision" doc:"The revision that was read"`
	}
}

type stepInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Reason   string `json:"reason" maxLength:"4000" doc:"Stands in the history"`
	}
}

type previewInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

// PreviewLine is one row of an uploaded table.
type PreviewLine struct {
	Row     int64         `json:"row" doc:"In the file; the header is 1"`
	Purse   string        `json:"purse"`
	Measure string        `json:"measure"`
	Amount  money.Fen     `json:"amount_fen" doc:"0 when it cannot be read"`
	Cap     *money.Fen    `json:"cap_fen,omitempty" doc:"Absent when the table leaves it as it is"`
	Faults  []fault.Field `json:"faults" doc:"What is wrong, by cell; none for a good row"`
}

type previewOutput struct {
	Body struct {
		Lines []PreviewLine `json:"lines"`
		Bad   int           `json:"bad" doc:"Rows with a fault"`
	}
}

func (s *Service) preview(_ context.Context, in *previewInput) (*previewOutput, error) {
	file := in.RawBody.Data().File
	if !file.IsSet {
		var bad fault.Collector
		bad.Add("file", "请选择文件。", "Choose a file.")
		return nil, bad.Err()
	}
	defer file.Close()
	lines, err := s.ReadSheet(file, file.Size)
	if err != nil {
		return nil, err
	}
	out := &previewOutput{}
	out.Body.Lines = make([]PreviewLine, len(lines))
	for i, l := range lines {
		out.Body.Lines[i] = PreviewLine{l.Row, l.Purse, l.Measure, l.Amount, l.Cap, append([]fault.Field{}, l.Faults...)}
		if len(l.Faults) > 0 {
			out.Body.Bad++
		}
	}
	return out, nil
}

type listInput struct {
	httpapi.PageInput
	Year    int     `query:"year" minimum:"0" maximum:"9999" doc:"Budget year; all when absent"`
	State   []State `query:"state,explode" maxItems:"5" doc:"Only these states"`
	Purse   string  `query:"purse" maxLength:"40" doc:"Only orders with a line of this purse"`
	Measure string  `query:"measure" maxLength:"40" doc:"Only orders with a line of this measure"`
	Q       string  `query:"q" maxLength:"60" doc:"Part of a number or of a basis"`
}

type listOutput struct{ Body httpapi.Page[Row] }

func (s *Service) registerReading(api huma.API) {
	httpapi.Register(api, op("listBudgetOrders", http.MethodGet, "/budget-orders", "List budget orders"), s.list)
	httpapi.Register(api, op("getBudgetOrder", http.MethodGet, "/budget-orders/{id}", "One order with its lines, what the ledger booked, and its history"),
		func(ctx context.Context, in *httpapi.IDPath) (*viewOutput, error) { return s.shown(ctx, in.ID, nil) })
	httpapi.Register(api, op("listBudgetPurses", http.MethodGet, "/budget-purses", "The region's purses"), s.purses)
	httpapi.Register(api, op("listUnusedBudgets", http.MethodGet, "/budget-unused", "What each programme of a year has free, as an order may take it back"), s.unused)
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
	orders, err := s.Store.Orders(ctx, Filter{Year: in.Year, States: in.State, Purse: in.Purse, Measure: in.Measure, Query: in.Q, Before: key[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(orders, in.Limit, func(o Order) []string { return []string{o.Cursor()} })
	return &listOutput{httpapi.Map(page, func(o Order) Row { return row(&o) })}, nil
}

// PurseView is a purse in people's words.
type PurseView struct {
	Purse string    `json:"purse" doc:"city-520100"`
	Level string    `json:"level" enum:"province,city,district"`
	Name  i18n.Text `json:"name"`
}

type pursesOutput struct {
	Body struct {
		Items []PurseView `json:"items"`
	}
}

func (s *Service) purses(context.Context, *struct{}) (*pursesOutput, error) {
	out := &pursesOutput{}
	out.Body.Items = []PurseView{}
	for _, p := range s.Region.Purses() {
		out.Body.Items = append(out.Body.Items, PurseView{p.Purse.String(), string(p.Purse.Level), p.Name})
	}
	return out, nil
}

// UnusedView is what a programme has free.
type UnusedView struct {
	Purse       string    `json:"purse"`
	PurseName   i18n.Text `json:"purse_name"`
	Measure     string    `json:"measure"`
	MeasureName i18n.Text `json:"measure_name"`
	Granted     money.Fen `json:"granted_fen"`
	Held        money.Fen `json:"held_fen" doc:"Reserved: it stays"`
	Awarded     money.Fen `json:"awarded_fen" doc:"Owed or paid: it stays"`
	Free        money.Fen `json:"free_fen"`
	Takeable    money.Fen `json:"takeable_fen" doc:"Of it, what an order may take back"`
}

type unusedOutput struct {
	Body struct {
		Year  int          `json:"year"`
		Items []UnusedView `json:"items"`
		Total money.Fen    `json:"takeable_fen" doc:"Sum of what may be taken back"`
	}
}

func (s *Service) unused(ctx context.Context, in *struct {
	Year int `query:"year" required:"true" minimum:"2000" maximum:"2100" doc:"Budget year"`
}) (*unusedOutput, error) {
	list, err := s.Unused(ctx, in.Year)
	if err != nil {
		return nil, err
	}
	out := &unusedOutput{}
	out.Body.Year, out.Body.Items = in.Year, make([]UnusedView, len(list))
	for i, u := range list {
		name, _ := s.purse(u.Purse)
		out.Body.Items[i] = UnusedView{Purse: u.Purse.String(), PurseName: name, Measure: u.Measure, MeasureName: s.measureName(u.Measure),
			Granted: u.Granted, Held: u.Held, Awarded: u.Awarded, Free: u.Free, Takeable: u.Orders}
		if out.Body.Total, err = out.Body.Total.Add(u.Orders); err != nil {
			return nil, err
		}
	}
	return out, nil
}
