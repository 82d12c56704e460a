package recovery

import (
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Instalment (分期) is what is due by a day.
type Instalment struct {
	Due    clock.Date `json:"due"`
	Amount money.Fen  `json:"amount_fen"`
}

// Plan says when what is owed is due. Its instalments add up exactly to what
// was owed when it was made.
type Plan struct {
	Base  money.Fen    `json:"base_fen"` // received before the plan was made
	Items []Instalment `json:"items"`
}

// mostInstalments is five years of monthly ones.
const mostInstalments = 60

// checkPlan reports every fault of a plan for an amount, made on a day.
func checkPlan(items []Instalment, owed money.Fen, today clock.Date) error {
	var bad fault.Collector
	if n := len(items); n == 0 || n > mostInstalments {
		bad.Add("instalments", "须有 1 至 %d 期。", "There are 1 to %d instalments.", mostInstalments)
		return bad.Err()
	}
	sum, last := money.Fen(0), today
	for i, item := range items {
		path := fmt.Sprintf("instalments[%d].", i)
		if item.Amount <= 0 || item.Amount > owed {
			bad.Add(path+"amount_fen", "每期金额须大于 0，不超过应缴总额。", "An instalment is above zero and at most what is owed.")
			continue
		}
		sum += item.Amount // at most 60 × owed, which was paid and so is far below 2^63/60
		if !parseDay(&bad, path+"due", item.Due) {
			continue
		}
		if item.Due < last || i > 0 && item.Due == last {
			bad.Add(path+"due", "到期日须不早于今天，且一期晚于一期。", "Days are not in the past and each comes after the one before.")
		}
		last = item.Due
	}
	if bad.Len() == 0 && sum != owed {
		bad.Add("instalments", "各期合计 %s 元，须恰为应缴的 %s 元。", "The instalments add up to %s yuan and must be exactly the %s yuan owed.", sum.Grouped(), owed.Grouped())
	}
	return bad.Err()
}

// trim takes an amount that was written off from the last instalments.
func (p *Plan) trim(amount money.Fen) {
	items := append([]Instalment(nil), p.Items...)
	for i := len(items) - 1; i >= 0 && amount > 0; i-- {
		off := min(amount, items[i].Amount)
		items[i].Amount -= off
		amount -= off
		if items[i].Amount == 0 {
			items = items[:i]
		}
	}
	p.Items = items
}

// Due is an instalment as it stands on a day.
type Due struct {
	Instalment
	Paid    money.Fen `json:"paid_fen"`
	Overdue bool      `json:"overdue"`
	Late    int       `json:"late_workdays" doc:"Working days since its last day"`
}

// On says how the instalments stand on a day, with what was received in all:
// the first ones are settled first.
func (p Plan) On(today clock.Date, received money.Fen) []Due {
	left := received - p.Base
	out := make([]Due, len(p.Items))
	for i, item := range p.Items {
		d := Due{Instalment: item, Paid: max(0, min(left, item.Amount))}
		left -= item.Amount
		if d.Overdue = d.Paid < item.Amount && item.Due < today; d.Overdue {
			d.Late = clock.China().Between(item.Due, today)
		}
		out[i] = d
	}
	return out
}
