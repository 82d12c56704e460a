package population

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Shortage is one way to live with a budget that does not suffice (A3).
type Shortage struct {
	ID      string    `json:"id"` // pro_rata, cut_off, carry_over
	Name    i18n.Text `json:"name"`
	Paid    money.Fen `json:"paid_fen"`    // this year
	Carried money.Fen `json:"carried_fen"` // to the next
	Full    int64     `json:"full"`        // get all of their amount this year
	Part    int64     `json:"part"`
	None    int64     `json:"none"`
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
	for _, c := range ranked {
		total += c.amount
	}
	share := Shortage{ID: "pro_rata", Name: i18n.Text{ZH: "按比例减少", EN: "Pro rata"}}
	for i, paid := range proRata(budget, ranked) {
		share.count(ranked[i].amount, paid)
	}
	cut := Shortage{ID: "cut_off", Name: i18n.Text{ZH: "按名次截止，排在后面的不付", EN: "Cut off by rank; the rest get nothing"}}
	carry := Shortage{ID: "carry_over", Name: i18n.Text{ZH: "付满预算，其余结转下年", EN: "Pay up to the budget and carry the rest over"}}
	left, open := budget, true
	for _, c := range ranked {
		open = open && c.amount <= left // until the first that no longer fits
		carry.count(c.amount, min(c.amount, left))
		left -= min(c.amount, left)
		if open {
			cut.count(c.amount, c.amount)
		} else {
			cut.count(c.amount, 0)
		}
	}
	carry.Carried = total - carry.Paid
	return []Shortage{share, cut, carry}
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

// proRata shares a budget in proportion to claims that exceed it, by largest
// remainder (Hamilton's method), so that the parts add up to the budget to the
// fen. Equal remainders go to the earlier claim.
func proRata(budget money.Fen, claims []claim) []money.Fen {
	total := uint64(0)
	for _, c := range claims {
		total += uint64(c.amount)
	}
	out := make([]money.Fen, len(claims))
	if total == 0 {
		return out
	}
	type rest struct {
		i int
		r uint64
	}
	rests := make([]rest, len(claims))
	left := budget
	for i, c := range claims {
		hi, lo := bits.Mul64(uint64(c.amount), uint64(budget))
		q, r := bits.Div64(hi, lo, total) // amount ≤ total, so the quotient fits
		out[i], rests[i] = money.Fen(q), rest{i, r}
		left -= money.Fen(q)
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Compare(b.r, a.r) })
	for _, r := range rests[:left] {
		out[r.i]++
	}
	return out
}
