package payment

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Plan (分期计划) says in which parts an award is paid, and what must be reached
// before each. It is fixed before the first payment; afterwards a new version
// may divide again what is not issued yet. Versions are never changed.
type Plan struct {
	Case    string
	Round   int
	Version int // from 1
	Parts   []Part
	Author  string
	Name    string
	Reason  string
	At      time.Time
}

// Part (一期) is one instalment. Its two sides add up to its amount, all parts to
// the award, and each side's parts to that half.
type Part struct {
	N         int        `json:"n"` // from 1
	Amount    money.Fen  `json:"amount_fen"`
	City      money.Fen  `json:"city_fen"`
	District  money.Fen  `json:"district_fen"`
	Milestone string     `json:"milestone" doc:"What must be reached first; empty for nothing"`
	Due       clock.Date `json:"due_on,omitempty" doc:"By when; empty when no day is set"`
	Evidence  string     `json:"evidence" doc:"What must be shown; empty for nothing"`
	Confirms  string     `json:"confirms" enum:"office,finance," doc:"Which role confirms the milestone; empty without one"`
}

// free reports whether the part waits for nothing.
func (p Part) free() bool { return p.Milestone == "" }

func (p Part) half(level ledger.Level) money.Fen {
	if level == ledger.City {
		return p.City
	}
	return p.District
}

// Confirmation says that a milestone was reached. There is one a part.
type Confirmation struct {
	N      int
	Person string
	Name   string
	Role   string
	Note   string
	At     time.Time
	On     clock.Date
}

// Evidence is a file that was shown for a milestone.
type Evidence struct {
	N int
	File
}

// PartInput is a part as a person plans it: a share of what is to be divided,
// or an amount.
type PartInput struct {
	Share     string // decimal fraction, "0.3"
	Amount    money.Fen
	Milestone string
	Due       clock.Date
	Evidence  string
	Confirms  string
}

// MaxParts bounds a plan.
const MaxParts = 24

// whole is the plan of an award without one: a single part that waits for nothing.
func whole(a Award) Plan {
	return Plan{Case: a.Case, Round: a.Round, Parts: []Part{{N: 1, Amount: a.Total(), City: a.City.Amount, District: a.District.Amount}}}
}

// divide makes the parts that follow the kept ones: together with them they
// pay the award exactly. After each part both sides have paid in the award's
// proportion, to the fen.
//
// Codes: invalid, naming the part.
func divide(a Award, kept []Part, in []PartInput) ([]Part, error) {
	var done Part // sums so far
	for _, p := range kept {
		done.Amount, done.City = done.Amount+p.Amount, done.City+p.City
	}
	sums, err := cumulative(a.Total()-done.Amount, in)
	if err != nil {
		return nil, err
	}
	parts, before := slices.Clone(kept), done
	for i, sum := range sums {
		sum += done.Amount
		city := share(sum, a.City.Amount, a.Total())
		p := Part{N: len(parts) + 1, Amount: sum - before.Amount, City: city - before.City, Milestone: oneLine(in[i].Milestone), Due: in[i].Due,
			Evidence: oneLine(in[i].Evidence), Confirms: in[i].Confirms}
		p.District = p.Amount - p.City
		parts, before = append(parts, p), Part{Amount: sum, City: city}
	}
	return parts, nil
}

// cumulative is how much is paid once each part is; the last is the whole.
func cumulative(rest money.Fen, in []PartInput) ([]money.Fen, error) {
	var c fault.Collector
	switch {
	case rest <= 0:
		c.Add("parts", "没有可再分期的余额：各期都已签发。", "Nothing is left to divide: every part is issued.")
	case len(in) == 0 || len(in) > MaxParts:
		c.Add("parts", "应分为 1 至 %d 期。", "There must be 1 to %d parts.", MaxParts)
	}
	sums, by, total := make([]money.Fen, 0, len(in)), new(big.Rat), money.Fen(0)
	for i, p := range in {
		path := fmt.Sprintf("parts[%d]", i)
		p.check(&c, path, in[0].Share != "")
		if p.Share != "" {
			if rate, err := money.ParseRate(p.Share); err == nil {
				by.Add(by, big.NewRat(rate.Num, rate.Den))
			}
			total = floor(by, rest)
		} else if sum, err := total.Add(p.Amount); err == nil {
			total = sum
		}
		if n := len(sums); c.Len() == 0 && total <= at(sums, n-1) {
			c.Add(path, "这一期不足一分。", "This part is less than one fen.")
		}
		sums = append(sums, total)
	}
	if c.Len() == 0 && (total != rest || (in[0].Share != "" && by.Cmp(big.NewRat(1, 1)) != 0)) {
		c.Add("parts", "各期之和须等于 %s 元（比例之和须为 1），现在是 %s 元。", "The parts must add up to %s yuan (shares to 1); they come to %s.", rest.Grouped(), total.Grouped())
	}
	return sums, c.Err()
}

func (p PartInput) check(c *fault.Collector, path string, byShare bool) {
	if (p.Share != "") != byShare || (p.Share != "" && p.Amount != 0) {
		c.Add(path, "各期要么都写比例，要么都写金额。", "Either every part has a share or every part an amount.")
	}
	if p.Share != "" {
		if rate, err := money.ParseRate(p.Share); err != nil || rate.Num == 0 || rate.Num > rate.Den {
			c.Add(path+".share", "比例须大于 0、不大于 1，写成小数，例如 0.3。", "A share is above 0 and at most 1, as a decimal fraction: 0.3.")
		}
	} else if p.Amount <= 0 {
		c.Add(path+".amount_fen", "金额须大于零。", "The amount must be more than zero.")
	}
	if len([]rune(p.Milestone)) > 300 || len([]rune(p.Evidence)) > 300 {
		c.Add(path+".milestone", "文字不超过 300 字。", "At most 300 characters.")
	}
	if p.Due != "" {
		if _, err := clock.ParseDate(string(p.Due)); err != nil {
			c.Merge(path+".due_on", err)
		}
	}
	switch known := p.Confirms == "office" || p.Confirms == "finance"; {
	case p.Milestone != "" && !known:
		c.Add(path+".confirms", "里程碑须写明由谁确认：office 或 finance。", "A milestone names who confirms it: office or finance.")
	case p.Milestone == "" && (p.Confirms != "" || p.Evidence != "" || p.Due != ""):
		c.Add(path+".milestone", "没有里程碑，就不必写期限、凭据和确认人。", "Without a milestone there is no day, evidence or confirmer.")
	}
}

func floor(rate *big.Rat, of money.Fen) money.Fen {
	product := new(big.Int).Mul(rate.Num(), big.NewInt(int64(of)))
	product.Quo(product, rate.Denom())
	if !product.IsInt64() {
		return money.Max
	}
	return money.Fen(product.Int64())
}

func at(sums []money.Fen, i int) money.Fen {
	if i < 0 {
		return 0
	}
	return sums[i]
}
