package policy

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Books is what the overview asks of the ledger; *ledger.Ledger fits.
type Books interface {
	Budgets(ctx context.Context, year int) ([]ledger.Budget, error)
}

// Today is the first page of a day: what waits for the reader, and, for an
// office, how the year's money stands.
type Today struct {
	On      clock.Date      `json:"on"`
	Waiting []Waiting       `json:"waiting" doc:"What is in the green lane first, then the oldest; at most 50"`
	Counts  map[State]int64 `json:"counts" doc:"Applications by state: the organisation's own, or all"`
	Budgets []BudgetRow     `json:"budgets" doc:"Empty for an organisation"`
}

// Waiting is an application that the reader must act on.
type Waiting struct {
	CaseRow
	Verb   string     `json:"verb" enum:"decide,review,countersign,confirm,submit,supplement"`
	Note   i18n.Text  `json:"note" doc:"Why the last step did not go through"`
	Since  clock.Date `json:"since" doc:"The day on which it came to whoever it waits for"`
	Waited int        `json:"waited_workdays" doc:"Working days since then, by the State Council's calendar"`
}

// BudgetRow is one measure's money of the year, city and districts together.
type BudgetRow struct {
	Year     int           `json:"year"`
	Measure  string        `json:"measure"`
	Name     i18n.Text     `json:"name"`
	Clause   rule.Citation `json:"clause"`
	Ceiling  money.Fen     `json:"ceiling_fen"`
	Source   i18n.Text     `json:"source" doc:"Where the ceiling comes from"`
	Paid     money.Fen     `json:"paid_fen"`
	Held     money.Fen     `json:"held_fen"`
	Free     money.Fen     `json:"free_fen"`
	Question string        `json:"question" doc:"The open question that blocks payment; empty when none does"`
}

// verbs is what each role is waited for to do, by state.
var verbs = map[string]map[State]string{
	"office":      {Submitted: "decide", Accepted: "review"},
	"finance":     {Held: "countersign"},
	"org_manager": {Offered: "confirm", Draft: "submit", Returned: "supplement"},
	"org_member":  {Draft: "submit", Returned: "supplement"},
}

// Today gathers the overview of whoever asks.
func (s *Service) Today(ctx context.Context, by Actor) (Today, error) {
	out := Today{On: s.Clock.Today(), Waiting: []Waiting{}, Budgets: []BudgetRow{}}
	var err error
	if out.Counts, err = s.Store.CountByState(ctx, by.Org, ""); err != nil {
		return out, err
	}
	if by.Org == "" {
		delete(out.Counts, Draft) // an organisation's draft is its own business
		if out.Budgets, err = s.budgets(ctx, out.On.Year()); err != nil {
			return out, err
		}
	}
	todo := verbs[by.Role]
	if len(todo) == 0 {
		return out, nil
	}
	f := ApplicationFilter{Org: by.Org, Drafts: true, Alone: true, Limit: 50, Oldest: true}
	for state := range todo {
		f.States = append(f.States, state)
	}
	list, err := s.Store.Applications(ctx, f)
	if err != nil {
		return out, err
	}
	green := f
	green.Lane = GreenLane
	first, err := s.Store.Applications(ctx, green)
	if err != nil {
		return out, err
	}
	list = slices.DeleteFunc(ahead(first, list, f.Limit), func(a Application) bool { return a.State == Held && a.DecidedBy == by.Person })
	rows, err := s.rows(ctx, list)
	for i, row := range rows {
		since := list[i].since()
		out.Waiting = append(out.Waiting, Waiting{CaseRow: row, Verb: todo[row.State], Note: list[i].Hindrance,
			Since: since, Waited: clock.China().Between(since, out.On)})
	}
	return out, err
}

// since is the day on which an application came to whoever it waits for; one
// that the ledger sent back has waited for the office all the time.
func (a *Application) since() clock.Date {
	if a.State == Submitted {
		return a.Submitted
	}
	return a.Promise.Since
}

// budgets adds up each measure's purses.
func (s *Service) budgets(ctx context.Context, year int) ([]BudgetRow, error) {
	all, err := s.Books.Budgets(ctx, year)
	if err != nil {
		return nil, err
	}
	byMeasure := map[string]*BudgetRow{}
	rows := []BudgetRow{}
	for _, m := range s.Pack.Measures {
		byMeasure[m.ID] = &BudgetRow{Year: year, Measure: m.ID, Name: m.Name, Clause: s.cite(m.Ref("")), Source: s.budgetSource(m, year), Question: s.blockedBy(m, year)}
	}
	for _, b := range all {
		row := byMeasure[b.Measure]
		if row == nil {
			continue // money of a measure that the pack does not have any more
		}
		if b.Ceiling != money.Max {
			row.Ceiling += b.Ceiling
		} else {
			row.Ceiling += b.Granted
		}
		row.Paid += b.Paid
		row.Held += b.Held
		row.Free += b.Free
	}
	for _, m := range s.Pack.Measures {
		if row := byMeasure[m.ID]; row.Ceiling > 0 {
			rows = append(rows, *row)
		}
	}
	return rows, nil
}

// budgetSource says whether the text or the year's guide sets the ceiling
// (open question A25).
func (s *Service) budgetSource(m *rule.Measure, year int) i18n.Text {
	if m.Budget != nil && m.Budget.Parameter != "" {
		return m.Budget.Text
	}
	return i18n.T("%d 年申报指南", "Guide %d", year)
}

// blockedBy is the first open question that keeps a measure from paying.
func (s *Service) blockedBy(m *rule.Measure, year int) string {
	guide, _ := s.Pack.Guide(year) // a year without a guide has no rulings
	for _, q := range m.Questions {
		if _, ruled := guide.Ruling(q); !ruled {
			return q
		}
	}
	return ""
}

// RegisterToday adds the overview.
func (s *Service) RegisterToday(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "getToday", Method: http.MethodGet, Path: "/today", Summary: "What waits for me, and how the year's money stands", Tags: []string{"today"}},
		func(ctx context.Context, _ *struct{}) (*struct{ Body Today }, error) {
			today, err := s.Today(ctx, party.ActorOf(ctx))
			return &struct{ Body Today }{today}, err
		})
}
