package recovery_test

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

func TestInterestOfAYear(t *testing.T) {
	for _, c := range []struct {
		rate     string
		from, to clock.Date
		days     int
		want     money.Fen
	}{
		{"0.0345", "2024-10-22", "2025-10-22", 365, 345_000},
		{"0.0345", "2023-10-22", "2024-10-22", 366, 345_945}, // a leap year has a day more
		{"0.0345", "2025-10-21", "2025-10-22", 1, 945},
		{"1", "2025-01-01", "2026-01-01", 365, 10_000_000},
		{"", "", "", 0, 0},
	} {
		i := recovery.Interest{Rate: c.rate, From: c.from, To: c.to}
		got, err := i.On(10_000_000)
		if err != nil || got != c.want || i.Days() != c.days {
			t.Errorf("%+v gave %d over %d days, %v; want %d over %d", i, got, i.Days(), err, c.want, c.days)
		}
	}
}

// Interest agrees with big integers and is floored once.
func TestInterestAgreesWithBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nine := rapid.Int64Range(1, 1_000_000_000).Draw(t, "rate in billionths")
		days := rapid.IntRange(1, 36_000).Draw(t, "days")
		from := clock.Date("2000-01-01").AddDays(rapid.IntRange(0, 9_000).Draw(t, "from"))
		principal := money.Fen(rapid.Int64Range(0, 1<<50).Draw(t, "principal"))
		i := recovery.Interest{Rate: fmt.Sprintf("%d.%09d", nine/1_000_000_000, nine%1_000_000_000), From: from, To: from.AddDays(days)}
		got, err := i.On(principal)
		want := new(big.Int).Mul(big.NewInt(int64(principal)), big.NewInt(nine))
		want.Mul(want, big.NewInt(int64(days))).Quo(want, big.NewInt(365_000_000_000))
		switch {
		case !want.IsInt64():
			if err == nil {
				t.Fatalf("%s does not fit, and gave %d", want, got)
			}
		case err != nil || int64(got) != want.Int64():
			t.Fatalf("%s at %s for %d days gave %d, %v; want %s", principal, i.Rate, days, got, err, want)
		}
	})
}

func TestInstalmentsOnADay(t *testing.T) {
	p := recovery.Plan{Base: 50, Items: []recovery.Instalment{{Due: "2025-10-31", Amount: 100}, {Due: "2025-11-30", Amount: 100}, {Due: "2025-12-31", Amount: 70}}}
	got := p.On("2025-12-03", 50+130)
	want := []recovery.Due{{Instalment: p.Items[0], Paid: 100}, {Instalment: p.Items[1], Paid: 30, Overdue: true, Late: 3}, {Instalment: p.Items[2]}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("instalment %d is %+v, not %+v", i, got[i], want[i])
		}
	}
	if on := p.On("2025-10-31", 0); on[0].Overdue || on[0].Paid != 0 {
		t.Errorf("on its last day it is %+v", on[0]) // a receipt was taken back: less than the base
	}
}
