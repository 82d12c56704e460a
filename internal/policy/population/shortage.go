package population

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Shortage is one way to live with a budget that does not suffice (A3).
type Shortage struct {
	ID      shortage.Way `json:"id"`
	Name    i18n.Text    `json:"name"`
	Paid    money.Fen    `json:"paid_fen"`    // this year
	Carried money.Fen    `json:"carried_fen"` // to the next
	Full    int64        `json:"full"`        // get all of their amount this year
	Part    int64        `json:"part"`
	None    int64        `json:"none"`
}

// claim is an amount that somebody would get.
type claim struct {
	row    int64
	code   string
	amount money.Fen
}

// shortages computes the three ways for claims that exceed a budget.
func shortages(budget money.Fen, claims []claim) []Shortage {
	ranked := slices.Clone(claims)
	slices.SortStableFunc(ranked, func(a, b claim) int {
		return cmp.Or(cmp.Compare(b.amount, a.amount), cmp.Compare(a.code, b.code), cmp.Compare(a.row, b.row))
	})
	total := money.Fen(0)
	amounts := make([]money.Fen, len(ranked))
	for i, c := range ranked {
		amounts[i] = c.amount
		total += c.amount
	}
	out := make([]Shortage, 0, len(shortage.Ways()))
	for _, way := range shortage.Ways() {
		s := Shortage{ID: way, Name: way.Name()}
		for i, paid := range way.Share(amounts, budget) {
			s.count(amounts[i], paid)
		}
		if way == shortage.CarryOver {
			s.Carried = total - s.Paid
		}
		out = append(out, s)
	}
	return out
}

func (s *Shortage) count(claimed, paid money.Fen) {
	s.Paid += paid
	switch {
	case paid == claimed:
		s.Full++
	case paid > 0:
		s.Part++
	default:
		s.None++
	}
}
