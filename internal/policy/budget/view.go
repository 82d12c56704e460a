package budget

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Row is an order in a list.
type Row struct {
	ID        string     `json:"id"`
	Number    string     `json:"number" doc:"What people quote: YS-2025-0001"`
	Year      int        `json:"year" doc:"Budget year"`
	Basis     string     `json:"basis" doc:"Number and words of the document that decides it"`
	Day       clock.Date `json:"day" doc:"On which it was written"`
	State     State      `json:"state" enum:"proposed,booking,confirmed,refused,withdrawn"`
	Revision  int64      `json:"revision" doc:"Counts changes; a writer names the one it read"`
	Count     int        `json:"line_count"`
	Given     money.Fen  `json:"given_fen" doc:"Sum of the positive lines"`
	Taken     money.Fen  `json:"taken_fen" doc:"Sum of the negative lines, as a positive amount"`
	By        string     `json:"proposed_by"`
	Second    string     `json:"confirmed_by" doc:"Who confirmed it; empty before"`
	Confirmed clock.Date `json:"confirmed_on,omitempty" doc:"On which; absent before"`
}

// View is an order with its lines, what the ledger booked and its history.
type View struct {
	Row
	Lines   []LineView  `json:"lines"`
	Refusal i18n.Text   `json:"refusal" doc:"Why the ledger did not book it, the last time that it did not; empty otherwise"`
	History []EventView `json:"history"`
	Allowed []Action    `json:"allowed" enum:"confirm,refuse,withdraw" doc:"What the reader may do now"`
}

// LineView is one line.
type LineView struct {
	Purse       string       `json:"purse" doc:"Whose money: level and GB/T 2260 code, such as city-520100"`
	PurseName   i18n.Text    `json:"purse_name"`
	Measure     string       `json:"measure"`
	MeasureName i18n.Text    `json:"measure_name"`
	Amount      money.Fen    `json:"amount_fen" doc:"Negative when it is taken back"`
	Cap         *money.Fen   `json:"cap_fen,omitempty" doc:"Most one party may get in the year from now on; absent when it stays as it is"`
	Takes       []TakingView `json:"takes" doc:"The earlier orders that a negative line took from"`
	Transfers   []string     `json:"transfers" doc:"Its entries in the books, by id; none before it is booked"`
}

// TakingView is what a line took of an earlier order.
type TakingView struct {
	Order  string    `json:"order"`
	Number string    `json:"number"`
	Amount money.Fen `json:"amount_fen"`
}

// EventView is one entry of the history.
type EventView struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name" doc:"Empty for the ledger"`
	Action Action    `json:"action" enum:"propose,confirm,refuse,withdraw,booked,not_booked"`
	To     State     `json:"to" enum:"proposed,booking,confirmed,refused,withdrawn"`
	Note   i18n.Text `json:"note"`
}

func row(o *Order) Row {
	given, taken := o.Totals()
	return Row{ID: o.ID, Number: o.Number, Year: o.Year, Basis: o.Basis, Day: o.Day, State: o.State, Revision: o.Version, Count: len(o.Lines),
		Given: given, Taken: taken, By: o.Name, Second: o.SecondName, Confirmed: o.Confirmed}
}

// See shows an order to whoever may read the books.
//
// Codes: not_found, unavailable.
func (s *Service) See(ctx context.Context, by Actor, id string) (View, error) {
	o, err := s.Store.Order(ctx, id)
	if err != nil {
		return View{}, err
	}
	events, err := s.Store.Events(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{Row: row(&o), Refusal: o.Refusal, Allowed: o.allowed(by), Lines: make([]LineView, len(o.Lines)), History: make([]EventView, len(events))}
	for i := range o.Lines {
		v.Lines[i] = s.line(&o, i)
	}
	for i, e := range events {
		v.History[i] = EventView{e.At, e.Name, e.Action, e.To, e.Note}
	}
	return v, nil
}

func (s *Service) line(o *Order, i int) LineView {
	l := o.Lines[i]
	v := LineView{Purse: l.Purse.String(), Measure: l.Measure, Amount: l.Amount, Cap: l.Cap, Takes: []TakingView{}, Transfers: []string{}}
	v.PurseName, _ = s.purse(l.Purse)
	v.MeasureName = s.measureName(l.Measure)
	for _, t := range l.Takes {
		v.Takes = append(v.Takes, TakingView{t.Order, t.Number, t.Amount})
	}
	if o.State == Confirmed {
		v.Transfers = o.transfers(i)
	}
	return v
}

// measureName is a measure in words; one that left the region's pack since goes by its id.
func (s *Service) measureName(id string) i18n.Text {
	if name, known := s.Region.Measure(id); known {
		return name
	}
	return i18n.Text{ZH: id, EN: id}
}

// allowed lists what the actor may do now, so that a page shows no button that
// would be refused.
func (o *Order) allowed(by Actor) []Action {
	switch {
	case by.Role != string(party.Finance) || o.State != Proposed:
		return []Action{}
	case by.Person == o.Person:
		return []Action{ActionWithdraw}
	}
	return []Action{ActionConfirm, ActionRefuse}
}
