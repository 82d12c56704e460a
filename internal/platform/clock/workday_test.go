package clock_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// The numbers of working days a year follow from the notices: 2024 had 251,
// 2025 has 248 and 2026 has 248.
func TestWorkingDaysOfAYear(t *testing.T) {
	for year, want := range map[string]int{"2024": 251, "2025": 248, "2026": 248} {
		n := 0
		for d := clock.Date(year + "-01-01"); d <= clock.Date(year+"-12-31"); d = d.AddDays(1) {
			if clock.China().Works(d) {
				n++
			}
		}
		if n != want {
			t.Errorf("%s has %d working days, want %d", year, n, want)
		}
	}
}

func TestAPeriodOfWorkingDays(t *testing.T) {
	for _, tt := range []struct {
		from clock.Date
		days int
		want clock.Date
	}{
		{"2025-09-26", 1, "2025-09-28"}, // a Sunday worked for the National Day
		{"2025-09-30", 1, "2025-10-09"}, // Mid-Autumn and National Day, eight days
		{"2025-10-10", 1, "2025-10-11"}, // a Saturday worked
		{"2025-10-22", 60, "2026-01-15"},
		{"2025-10-25", 0, "2025-10-25"},
		{"2024-02-08", 2, "2024-02-18"}, // Spring Festival, then a Sunday worked
	} {
		if got := clock.China().After(tt.from, tt.days); got != tt.want {
			t.Errorf("%d working days after %s end on %s, want %s", tt.days, tt.from, got, tt.want)
		}
	}
}

func TestBetweenTurnsAfterRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := clock.Date("2023-12-25").AddDays(rapid.IntRange(0, 1200).Draw(t, "from"))
		n := rapid.IntRange(1, 120).Draw(t, "days")
		to := clock.China().After(from, n)
		if !clock.China().Works(to) {
			t.Fatalf("%s ends a period and is free", to)
		}
		if got := clock.China().Between(from, to); got != n {
			t.Fatalf("%d working days between %s and %s, want %d", got, from, to, n)
		}
	})
}

func TestYearsWithoutANotice(t *testing.T) {
	if w := clock.China(); !w.Known("2026-12-31") || w.Known("2027-01-01") || !w.Works("2027-01-01") {
		t.Error("2027 is named, or its weekdays are free")
	}
}
