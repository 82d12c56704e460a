// Package clock injects time. Business dates are Asia/Shanghai civil days;
// instants are stored as microseconds since 1970 UTC.
package clock

import (
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Clock tells the time. Sessions and security use Now; rules use Today.
type Clock interface {
	Now() time.Time
	Today() Date
}

// Shanghai is UTC+8 without daylight saving. It is fixed here so that the
// product does not depend on the host's zone files.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// System is the wall clock.
type System struct{}

// Now returns the current instant.
func (System) Now() time.Time { return time.Now() }

// Today returns the current day in Shanghai.
func (System) Today() Date { return DateOf(time.Now()) }

// Forward is a business day that is moved by hand, and never back: the
// sandbox's, so that a programme year can be walked through in an hour.
type Forward struct {
	mu  sync.Mutex
	day Date
}

// NewForward starts on a day.
func NewForward(day Date) *Forward { return &Forward{day: day} }

// Day returns the day.
func (f *Forward) Day() Date { f.mu.Lock(); defer f.mu.Unlock(); return f.day }

// Move goes to a day. It reports false, and stays, when that is before the present one.
func (f *Forward) Move(to Date) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if to < f.day {
		return false
	}
	f.day = to
	return true
}

// BusinessDate is the wall clock with a business day of its own, as the sandbox uses.
type BusinessDate struct{ *Forward }

// Now returns the current instant.
func (BusinessDate) Now() time.Time { return time.Now() }

// Today returns the business day.
func (b BusinessDate) Today() Date { return b.Day() }

// Following is a clock that stands on the business day: the wall's time of day,
// put on that day.
type Following struct{ *Forward }

// Now returns the time of day, on the business day.
func (f Following) Now() time.Time { return OnDay{f.Day()}.Now() }

// Today returns the business day.
func (f Following) Today() Date { return f.Day() }

// OnDay is a clock that stands on one day: the wall's time of day, put on that
// day. The sandbox's books and cases use it, so that none is dated after its
// business date.
type OnDay struct{ Day Date }

// Now returns the time of day, on the day.
func (o OnDay) Now() time.Time {
	now := time.Now().In(Shanghai)
	h, m, s := now.Clock()
	return o.Day.Time().Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(now.Nanosecond()))
}

// Today returns the day.
func (o OnDay) Today() Date { return o.Day }

// Manual is a clock for tests; it moves only when told to.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual starts a test clock at an instant.
func NewManual(at time.Time) *Manual { return &Manual{now: at} }

// Now returns the set instant.
func (m *Manual) Now() time.Time { m.mu.Lock(); defer m.mu.Unlock(); return m.now }

// Today returns the set day in Shanghai.
func (m *Manual) Today() Date { return DateOf(m.Now()) }

// Advance moves the clock.
func (m *Manual) Advance(d time.Duration) { m.mu.Lock(); defer m.mu.Unlock(); m.now = m.now.Add(d) }

// Date is a civil day in Shanghai, written 2025-10-22. Dates compare as text.
type Date string

// DateOf returns the day of an instant in Shanghai.
func DateOf(t time.Time) Date { return Date(t.In(Shanghai).Format(time.DateOnly)) }

// ParseDate reads a day of the calendar, year 1900 to 9999.
//
// Codes: invalid.
func ParseDate(s string) (Date, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, Shanghai)
	if err != nil || t.Year() < 1900 || len(s) != 10 {
		return "", fault.Newf(fault.Invalid, "“%.40s”不是日历上的日期：请写成 2025-10-22 的形式。", "%.40q is not a calendar date: write it as 2025-10-22.", s)
	}
	return Date(s), nil
}

// Time returns the first instant of the day; the zero time for an invalid day.
func (d Date) Time() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), Shanghai)
	return t
}

// Year returns the calendar year, 0 for an invalid day.
func (d Date) Year() int {
	if d == "" {
		return 0
	}
	return d.Time().Year()
}

// Words writes the day as people do: 2025年10月22日, 22 Oct 2025.
func (d Date) Words() i18n.Text {
	if d == "" {
		return i18n.Text{}
	}
	return i18n.Text{ZH: d.Time().Format("2006年1月2日"), EN: d.Time().Format("2 Jan 2006")}
}

// AddDays moves by whole days.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Micros is how instants are stored: microseconds since 1970 UTC, and 0 for
// the zero time, which says "not yet" or "never".
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros reads a stored instant.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).In(Shanghai)
}
