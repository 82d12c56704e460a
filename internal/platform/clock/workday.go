package clock

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Workdays (工作日) knows on which days offices in China work. Weekends and the
// days off that the State Council names for a year are free, but for the
// weekends on which it has them worked instead (调休). A year that it has not
// named yet has its weekends only, so counts that reach into one may change:
// Known tells.
type Workdays struct {
	off, work map[Date]bool
	last      int // the last year that was named
}

// holidays.json has a year's notice, days off ("from..to" or one day) and
// weekends worked. A new year is added when its notice comes, each November.
//
//go:embed holidays.json
var holidays []byte

// China is the calendar of the State Council's notices, 2024 to 2026.
var China = sync.OnceValue(func() *Workdays {
	w, err := readWorkdays(holidays)
	if err != nil {
		panic(err) // it is part of the program, and a test reads it
	}
	return w
})

func readWorkdays(data []byte) (*Workdays, error) {
	var file struct {
		Years map[int]struct{ Off, Work []string }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("holidays: %w", err)
	}
	w := &Workdays{off: map[Date]bool{}, work: map[Date]bool{}}
	for year, days := range file.Years {
		w.last = max(w.last, year)
		for _, span := range days.Off {
			from, to, several := strings.Cut(span, "..")
			if !several {
				to = from
			}
			if err := w.take(w.off, from, to); err != nil {
				return nil, err
			}
		}
		for _, day := range days.Work {
			if err := w.take(w.work, day, day); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

func (w *Workdays) take(into map[Date]bool, from, to string) error {
	first, err := ParseDate(from)
	if err != nil {
		return err
	}
	last, err := ParseDate(to)
	if err != nil || last < first || first.AddDays(31) < last {
		return fmt.Errorf("holidays: %s..%s is no span of days", from, to)
	}
	for d := first; d <= last; d = d.AddDays(1) {
		into[d] = true
	}
	return nil
}

// Works reports whether offices work on a day.
func (w *Workdays) Works(d Date) bool {
	if w.work[d] {
		return true
	}
	weekday := d.Time().Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !w.off[d]
}

// Known reports whether the days off of a day's year are named.
func (w *Workdays) Known(d Date) bool { return d.Year() <= w.last }

// Between counts the working days after from up to and with to: the day on
// which a period begins is not counted (Civil Code, article 201). It is 0 when
// to is not after from.
func (w *Workdays) Between(from, to Date) (n int) {
	for d := from.AddDays(1); d <= to; d = d.AddDays(1) {
		if w.Works(d) {
			n++
		}
	}
	return n
}

// After is the n-th working day after a day: the last day of a period of n
// working days that begins on it. The day itself for n below 1.
func (w *Workdays) After(from Date, n int) Date {
	d := from
	for n > 0 {
		d = d.AddDays(1)
		if w.Works(d) {
			n--
		}
	}
	return d
}
