package policy

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// WhenShort is a way to live with a budget that does not reach for all. The
// text of document 002 clause 6 leaves the choice open (A3).
type WhenShort string

// The ways.
const (
	ProRata   WhenShort = "pro_rata"   // 按比例: everybody gets the same part of what is due
	CutOff    WhenShort = "cut_off"    // 按名次截断: in rank order while the full amount fits
	CarryOver WhenShort = "carry_over" // 结转: in rank order until the money is gone, the rest from next year's
)

// WaysWhenShort lists the closed set.
func WaysWhenShort() []WhenShort { return []WhenShort{ProRata, CutOff, CarryOver} }

// shareOut says what each of the amounts, in rank order, gets out of a budget
// that does not reach for all.
func (w WhenShort) shareOut(due []money.Fen, budget money.Fen) []money.Fen {
	switch w {
	case ProRata:
		return proRata(due, budget)
	case CutOff:
		return inOrder(due, budget, false)
	}
	return inOrder(due, budget, true)
}

// proRata gives each ⌊due·budget/total⌋ and the fen that are left to the
// largest remainders, earlier ranks first, so that the parts add up to the
// budget exactly.
func proRata(due []money.Fen, budget money.Fen) []money.Fen {
	var total money.Fen
	for _, d := range due {
		total += d
	}
	got := make([]money.Fen, len(due))
	if total == 0 {
		return got
	}
	type remainder struct {
		at   int
		rest uint64
	}
	rests := make([]remainder, len(due))
	left := budget
	for i, d := range due {
		hi, lo := bits.Mul64(uint64(d), uint64(budget))
		whole, rest := bits.Div64(hi, lo, uint64(total)) // budget < total, so the quotient is below due
		got[i], rests[i] = money.Fen(whole), remainder{i, rest}
		left -= got[i]
	}
	slices.SortStableFunc(rests, func(a, b remainder) int { return cmp.Compare(b.rest, a.rest) })
	for _, r := range rests[:left] {
		got[r.at]++
	}
	return got
}

// inOrder pays in rank order; the first that the rest does not cover gets that
// rest, or nothing, and everybody behind it nothing.
func inOrder(due []money.Fen, budget money.Fen, part bool) []money.Fen {
	got := make([]money.Fen, len(due))
	for i, d := range due {
		if d > budget {
			if part {
				got[i] = budget
			}
			break
		}
		got[i] = d
		budget -= d
	}
	return got
}

// Choice is one way to share out a short budget, computed.
type Choice struct {
	ID          WhenShort `json:"id" enum:"pro_rata,cut_off,carry_over"`
	Name        i18n.Text `json:"name"`
	Total       money.Fen `json:"total_fen" doc:"Due before sharing out"`
	Paid        money.Fen `json:"paid_fen"`
	Carried     money.Fen `json:"carried_fen" doc:"Taken from next year's money first"`
	Full        int       `json:"full" doc:"Organisations that get all"`
	None        int       `json:"none" doc:"Organisations that get nothing this year"`
	RowsChanged int       `json:"rows_changed" doc:"Organisations that get less than is due this year"`
	Note        i18n.Text `json:"note"`
}

var wayNames = map[WhenShort]i18n.Text{
	ProRata:   {ZH: "按比例", EN: "Pro rata"},
	CutOff:    {ZH: "按名次截断", EN: "Cut off by rank"},
	CarryOver: {ZH: "结转下年", EN: "Carry over"},
}

func (w WhenShort) choice(due, got []money.Fen) Choice {
	c := Choice{ID: w, Name: wayNames[w]}
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
	switch w {
	case ProRata:
		part := money.Rate{Num: percentHundredths(c.Paid, c.Total), Den: 10_000}.Percent()
		c.Note = i18n.T("每家约得 %s，合计 %s", "Each gets about %s, %s in all", part, c.Paid.Grouped())
	case CutOff:
		c.Note = i18n.T("前 %d 家足额，末尾 %d 家不得", "The first %d get all, the last %d nothing", c.Full, c.None)
	case CarryOver:
		c.Carried = c.Total - c.Paid
		c.Note = i18n.T("先付 %s，下年先扣 %s", "%s now, %s out of next year's first", c.Paid.Grouped(), c.Carried.Grouped())
	}
	return c
}

// percentHundredths is part of whole in hundredths of a percent, floored.
func percentHundredths(part, whole money.Fen) int64 {
	if whole <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(part), 10_000)
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(q)
}
