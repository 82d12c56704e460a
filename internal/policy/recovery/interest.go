package recovery

import (
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Interest is the rule by which interest is asked: none, or simple interest by
// the day on what is claimed. No document of the region sets one, so a rule
// stands with its source in words; it is reckoned once, with the decision.
type Interest struct {
	Rate   string     `json:"rate" doc:"A year, as a decimal fraction: 0.0345 for 3.45%; empty for none"`
	From   clock.Date `json:"from,omitempty" doc:"The first day is the one after it"`
	To     clock.Date `json:"to,omitempty" doc:"The last day that counts"`
	Source string     `json:"source" doc:"Where the rule stands, in words"`
}

// yearDays is the basis of a yearly rate: 365 days, in leap years too.
const yearDays = 365

// earliest is the first day that an interest rule may count from.
const earliest clock.Date = "2000-01-01"

// None reports that no interest is asked.
func (i Interest) None() bool { return i.Rate == "" }

// check reports every fault of the rule, for a decision of a day.
func (i Interest) check(today clock.Date) error {
	var bad fault.Collector
	if i.None() {
		if i.From != "" || i.To != "" || i.Source != "" {
			bad.Add("rate", "写了计息日期或依据，却没有利率：请补利率，或都留空。", "Days or a source are given without a rate: give the rate, or leave all empty.")
		}
		return bad.Err()
	}
	rate, err := money.ParseRate(i.Rate)
	bad.Merge("rate", err)
	if err == nil && (rate.Num <= 0 || rate.Num > rate.Den) {
		bad.Add("rate", "年利率须大于 0、不超过 1：3.45%% 请写 0.0345。", "A yearly rate is above 0 and at most 1: write 0.0345 for 3.45%%.")
	}
	from, to := parseDay(&bad, "from", i.From), parseDay(&bad, "to", i.To)
	if from && i.From < earliest {
		bad.Add("from", "起息日不能早于 %s。", "The first day is not before %s.", string(earliest))
	}
	if from && to && i.To <= i.From {
		bad.Add("to", "止息日须晚于起息日。", "The last day comes after the first.")
	}
	if to && i.To > today {
		bad.Add("to", "止息日不能晚于今天：利息随决定一次算定。", "The last day is not after today: interest is reckoned once, with the decision.")
	}
	checkWords(&bad, "source", i.Source, wordsLimit)
	return bad.Err()
}

// yearly is the rate as people write it: 3.45%.
func (i Interest) yearly() string {
	rate, err := money.ParseRate(i.Rate)
	if err != nil {
		return i.Rate
	}
	return rate.Percent()
}

// Days is how many days count.
func (i Interest) Days() int {
	if i.None() {
		return 0
	}
	return int(i.To.Time().Sub(i.From.Time()) / (24 * time.Hour))
}

// On is floor(principal × rate × days / 365), exactly.
//
// Codes: invalid for a broken rule; too_large.
func (i Interest) On(principal money.Fen) (money.Fen, error) {
	if i.None() {
		return 0, nil
	}
	rate, err := money.ParseRate(i.Rate)
	if err != nil {
		return 0, err
	}
	// At most 10^9 × 40,000 days and 10^9 × 365: both fit.
	return principal.MulFloor(money.Rate{Num: rate.Num * int64(i.Days()), Den: rate.Den * yearDays})
}

// parseDay notes a day that is none.
func parseDay(bad *fault.Collector, path string, d clock.Date) bool {
	_, err := clock.ParseDate(string(d))
	bad.Merge(path, err)
	return err == nil
}
