package clock

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func TestParseDate(t *testing.T) {
	for _, good := range []string{"1900-01-01", "2024-02-29", "2025-10-22", "9999-12-31"} {
		if d, err := ParseDate(good); err != nil || string(d) != good {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "2025", "2025-1-2", "2025-02-29", "2025-13-01", "2025-00-10", "1899-12-31", "0000-01-01", "10000-01-01", "2025-10-22T00:00:00Z", " 2025-10-22", "2025/10/22", "二〇二五年", "2025-10-22\x00", strings.Repeat("2", 100)} {
		if d, err := ParseDate(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %q, %v", bad, d, err)
		}
	}
}

// The business day turns at midnight in Shanghai, 16:00 UTC.
func TestTheDayTurnsInShanghai(t *testing.T) {
	m := NewManual(time.Date(2025, 12, 31, 15, 59, 59, 999_999_999, time.UTC))
	if m.Today() != "2025-12-31" {
		t.Fatal(m.Today())
	}
	m.Advance(time.Nanosecond)
	if m.Today() != "2026-01-01" || m.Today().Year() != 2026 {
		t.Fatal(m.Today())
	}
}

func TestDateArithmetic(t *testing.T) {
	for _, c := range []struct {
		from Date
		days int
		want Date
	}{{"2024-02-28", 1, "2024-02-29"}, {"2024-02-29", 1, "2024-03-01"}, {"2025-02-28", 1, "2025-03-01"}, {"2026-01-01", -1, "2025-12-31"}, {"2024-03-25", 1109, "2027-04-08"}} {
		if got := c.from.AddDays(c.days); got != c.want {
			t.Errorf("%s %+d: %s, want %s", c.from, c.days, got, c.want)
		}
	}
	if got := i18n.T("到 %s 止", "until %s", Date("2025-10-02")); got != (i18n.Text{ZH: "到 2025年10月2日 止", EN: "until 2 Oct 2025"}) || !Date("").Words().IsZero() {
		t.Errorf("a day in words: %+v", got)
	}
	if Date("").Year() != 0 {
		t.Error("no day has a year")
	}
	rapid.Check(t, func(t *rapid.T) {
		d := Date("2000-01-01").AddDays(rapid.IntRange(-30000, 100000).Draw(t, "day"))
		n := rapid.IntRange(-5000, 5000).Draw(t, "n")
		moved := d.AddDays(n)
		if moved.AddDays(-n) != d || int(moved.Time().Sub(d.Time())/(24*time.Hour)) != n || (n > 0) != (moved > d) && n != 0 {
			t.Fatalf("%s %+d = %s", d, n, moved)
		}
		if parsed, err := ParseDate(string(moved)); err != nil || parsed != moved || moved.Year() != moved.Time().Year() {
			t.Fatal(moved, err)
		}
	})
}

func TestMicrosRoundTrip(t *testing.T) {
	if Micros(time.Time{}) != 0 || !FromMicros(0).IsZero() {
		t.Error("the zero time is not stored as 0")
	}
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.Int64Range(0, 1<<52).Draw(t, "us")
		if back := Micros(FromMicros(us)); back != us {
			t.Fatalf("%d became %d", us, back)
		}
	})
}

func TestBusinessDateFixesTheDayOnly(t *testing.T) {
	b := BusinessDate{NewForward("2025-06-30")}
	before := time.Now()
	if now := b.Now(); b.Today() != "2025-06-30" || now.Before(before) || now.After(time.Now()) {
		t.Fatal(b.Today(), now)
	}
	s := System{}
	if first := DateOf(s.Now()); s.Today() != first && s.Today() != DateOf(s.Now()) {
		t.Fatal(s.Today())
	}
}

// FuzzParseDate: what is taken is a day that the calendar has, written one way.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2025-10-22", "2025-02-30", "2024-02-29", "0000-01-01", "1900-01-01", "9999-12-31", "10000-01-01", "2025-2-3", "２０２５-01-01", "2025-03-01T00:00:00Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if string(d) != s || DateOf(d.Time()) != d || d.Year() < 1900 || d.Year() > 9999 {
			t.Fatalf("%q became %q, year %d", s, d, d.Year())
		}
	})
}

func TestForwardNeverGoesBack(t *testing.T) {
	f := NewForward("2025-10-22")
	follows := Following{f}
	for _, move := range []struct {
		to   Date
		done bool
		is   Date
	}{{"2025-10-22", true, "2025-10-22"}, {"2025-11-03", true, "2025-11-03"}, {"2025-11-02", false, "2025-11-03"}} {
		if done := f.Move(move.to); done != move.done || f.Day() != move.is || follows.Today() != move.is || DateOf(follows.Now()) != move.is {
			t.Errorf("moved to %s: %t, now %s", move.to, done, f.Day())
		}
	}
}
