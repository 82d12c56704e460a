package target

import (
	"math/big"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Forecast (预计) is where a figure will be at the end of the year if it goes
// on as it has, with its method in words.
type Forecast struct {
	Value  *big.Rat
	Method i18n.Text
}

// leastSpan is how many days a line needs under it: a week's figures say
// nothing of a year.
const leastSpan = 30

// Forecast draws a straight line through the year's first and last point to its
// last day. A yearly figure (flow, size) begins at nothing on the year's
// eve; a count begins at what stood then; a reported level needs two
// reports of the year. There is none with less than 30 days between the
// two, nor once the year's last day is known. The arithmetic is exact.
func (t *Target) Forecast(r Reading, year int) (Forecast, bool) {
	if !r.Known() {
		return Forecast{}, false
	}
	first, last, end := r.Points[0], r.Points[len(r.Points)-1], yearEnd(year)
	if t.Kind.YearToDate() {
		first = Point{Day: yearEnd(year - 1), Value: new(big.Rat)}
	}
	span := daysBetween(first.Day, last.Day)
	if span < leastSpan || last.Day >= end {
		return Forecast{}, false
	}
	rise := new(big.Rat).Sub(last.Value, first.Value)
	rise.Mul(rise, big.NewRat(daysBetween(last.Day, end), span))
	value := rise.Add(rise, last.Value)
	if value.Sign() < 0 {
		value = new(big.Rat)
	}
	return Forecast{value, i18n.T("从 %[1]s 的 %[2]s 到 %[3]s 的 %[4]s 连直线，延到 %[5]s",
		"A straight line from %[2]s on %[1]s through %[4]s on %[3]s to %[5]s",
		string(first.Day), figure(first.Value, 2), string(last.Day), figure(last.Value, 2), string(end))}, true
}

func daysBetween(from, to clock.Date) int64 {
	return int64(to.Time().Sub(from.Time()) / (24 * time.Hour))
}
