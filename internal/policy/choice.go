package policy

import (
	"math/bits"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Choice is one way to share out a short budget, computed.
type Choice struct {
	ID          shortage.Way `json:"id" enum:"pro_rata,cut_off,carry_over"`
	Name        i18n.Text    `json:"name"`
	Total       money.Fen    `json:"total_fen" doc:"Due before sharing out"`
	Paid        money.Fen    `json:"paid_fen"`
	Carried     money.Fen    `json:"carried_fen" doc:"Taken from next year's money first"`
	Full        int          `json:"full" doc:"Organisations that get all"`
	None        int          `json:"none" doc:"Organisations that get nothing this year"`
	RowsChanged int          `json:"rows_changed" doc:"Organisations that get less than is due this year"`
	Note        i18n.Text    `json:"note"`
}

// choiceOf counts what a way gives.
func choiceOf(way shortage.Way, due, got []money.Fen) Choice {
	c := Choice{ID: way, Name: way.Name()}
	for i := range due {
		c.Total += due[i]
		c.Paid += got[i]
		if got[i] == due[i] {
			c.Full++
		} else {
			c.RowsChanged++
		}
		if got[i] == 0 {
			c.None++
		}
	}
	switch way {
	case shortage.ProRata:
		c.Note = i18n.T("每家约得 %s，合计 %s", "Each gets about %s, %s in all", percentOf(c.Paid, c.Total), c.Paid.Grouped())
	case shortage.CutOff:
		c.Note = i18n.T("前 %d 家足额，末尾 %d 家不得", "The first %d get all, the last %d nothing", c.Full, c.None)
	case shortage.CarryOver:
		c.Carried = c.Total - c.Paid
		c.Note = i18n.T("先付 %s，下年先扣 %s", "%s now, %s out of next year's first", c.Paid.Grouped(), c.Carried.Grouped())
	}
	return c
}

// percentOf is part of whole in percent, floored to two decimals.
func percentOf(part, whole money.Fen) string {
	const hundredths = 10_000
	hi, lo := bits.Mul64(uint64(part), hundredths)
	q, _ := bits.Div64(hi, lo, uint64(whole)) // part ≤ whole and whole > 0: a budget is short
	return money.Rate{Num: int64(q), Den: hundredths}.Percent()
}
