package meter

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Tariff (价目) is what an hour of one device model costs at one centre: prices
// from moments on, of which each holds until the next.
type Tariff []Price

// Price is the bands of a day from a moment on.
type Price struct {
	From  time.Time
	Bands []Band // cover the day
}

// Band (时段) is a part of each day in Asia/Shanghai, such as the night.
type Band struct {
	Name  string
	Start int       // minutes after midnight; the band ends where the next begins
	Hour  money.Fen // of a whole device
}

// minutes of a day.
const day = 24 * 60

// Validate names every field that is wrong.
//
// Codes: invalid.
func (t Tariff) Validate() error {
	var c fault.Collector
	for i, p := range t {
		at := fmt.Sprintf("prices[%d]", i)
		if i > 0 && !p.From.After(t[i-1].From) {
			c.Add(at+".from", "须晚于上一个价格的起始时间。", "Must be later than the price before it.")
		}
		if len(p.Bands) == 0 || p.Bands[0].Start != 0 {
			c.Add(at+".bands", "时段须从 00:00 开始，排满一天。", "The bands must cover the day from 00:00.")
		}
		for j, b := range p.Bands {
			at := fmt.Sprintf("%s.bands[%d]", at, j)
			if b.Start < 0 || b.Start >= day || j > 0 && b.Start <= p.Bands[j-1].Start {
				c.Add(at+".start", "须在一天之内，并晚于上一个时段。", "Must be within the day and later than the band before it.")
			}
			if b.Hour < 0 {
				c.Add(at+".hour", "价格不能为负。", "A price cannot be negative.")
			}
		}
	}
	return c.Err()
}

// Line (明细) is the use of a run in one month under one band of one price.
type Line struct {
	Month  string // 2026-11, in Asia/Shanghai
	Since  time.Time
	Band   string
	Hour   money.Fen
	Time   int64 // thousandths of device-milliseconds
	Amount money.Fen
}

// perHour is the thousandths of device-milliseconds in an hour of a whole device.
const perHour = Whole * 60 * 60 * 1000

// Charge prices the use of a run that began at a moment. A price that changes
// while the run goes on splits it, and so do bands and months. The bill is the
// exact sum rounded down to the fen, once; its lines take what is left over by
// the largest remainder, so that they add up to it.
//
// Codes: not_found when no price holds at a moment of use; too_large for a sum
// beyond int64.
func (t Tariff) Charge(u *Usage, run Run, began time.Time) ([]Line, error) {
	times := map[Line]int64{} // by line without its figures
	for _, device := range u.names() {
		for _, s := range u.devices[device] {
			from, to := began.Add(time.Duration(s.from)*time.Millisecond), began.Add(time.Duration(s.to)*time.Millisecond)
			for from.Before(to) {
				line, until, err := t.at(from)
				if err != nil {
					return nil, err
				}
				end := until
				if to.Before(end) {
					end = to
				}
				times[line] += end.Sub(from).Milliseconds() * run.Devices[device]
				from = end
			}
		}
	}
	lines := make([]Line, 0, len(times))
	for line, used := range times {
		line.Time = used
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), a.Since.Compare(b.Since), cmp.Compare(a.Band, b.Band))
	})
	return lines, share(lines)
}

// at is the line that use at a moment belongs to, and until when it does.
func (t Tariff) at(moment time.Time) (line Line, until time.Time, err error) {
	next, _ := slices.BinarySearchFunc(t, moment, func(p Price, m time.Time) int {
		if p.From.After(m) {
			return 1
		}
		return -1
	})
	if next == 0 {
		return line, until, fault.Newf(fault.NotFound, "%s 没有生效的价格。", "No price holds at %s.", moment.In(clock.Shanghai).Format(time.DateTime))
	}
	price, local := t[next-1], moment.In(clock.Shanghai)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.Shanghai)
	band := len(price.Bands) - 1
	for ; band > 0 && local.Before(midnight.Add(time.Duration(price.Bands[band].Start)*time.Minute)); band-- {
	}
	until = midnight.AddDate(0, 0, 1) // bands and months end with a day at the latest
	if band+1 < len(price.Bands) {
		until = midnight.Add(time.Duration(price.Bands[band+1].Start) * time.Minute)
	}
	if next < len(t) && t[next].From.Before(until) {
		until = t[next].From
	}
	b := price.Bands[band]
	return Line{Month: local.Format("2006-01"), Since: price.From, Band: b.Name, Hour: b.Hour}, until, nil
}

// share gives each line its amount.
func share(lines []Line) error {
	per := big.NewInt(perHour)
	total := new(big.Int)
	floors, rests := make([]*big.Int, len(lines)), make([]*big.Int, len(lines))
	left := new(big.Int)
	for i, l := range lines {
		exact := new(big.Int).Mul(big.NewInt(l.Time), big.NewInt(int64(l.Hour)))
		total.Add(total, exact)
		floors[i], rests[i] = new(big.Int).DivMod(exact, per, new(big.Int))
		left.Sub(left, floors[i])
	}
	total.Div(total, per)
	if !total.IsInt64() {
		return fault.Newf(fault.TooLarge, "金额超出可以表示的范围。", "The amount is beyond what can be expressed.")
	}
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
		lines[i].Amount = money.Fen(floors[i].Int64())
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left.Add(left, total).Int64()] {
		lines[i].Amount++
	}
	return nil
}
