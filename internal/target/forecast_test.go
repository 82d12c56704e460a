package target

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

func points(pairs ...string) (out []Point) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, Point{Day: clock.Date(pairs[i]), Value: number(pairs[i+1])})
	}
	return out
}

func number(s string) *big.Rat {
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return n
}

// TestForecastIsTheStatedLine has the lines drawn by hand, as exact fractions.
func TestForecastIsTheStatedLine(t *testing.T) {
	for name, c := range map[string]struct {
		kind   Kind
		points []Point
		want   string // "" for none
	}{
		"a level through two reports":  {Stock, points("2025-03-31", "120", "2025-09-30", "138.6"), "9025/61"},                       // 138.6 + 18.6 × 92/183
		"a yearly figure at its pace":  {Flow, points("2025-09-30", "96.2"), "2701/21"},                                              // 96.2 × 365/273
		"a size at its pace":           {Size, points("2025-03-31", "31", "2025-06-30", "60"), "21900/181"},                          // 60 × 365/181
		"a count since the year's eve": {Cumulative, points("2024-12-31", "12", "2025-03-01", "20", "2025-10-22", "117"), "8373/59"}, // 117 + 105 × 70/295
		"a falling level stops at nil": {Stock, points("2025-01-31", "100", "2025-06-30", "1"), "0"},
		"a level with one report":      {Stock, points("2025-09-30", "138.6"), ""},
		"a week says nothing":          {Flow, points("2025-01-08", "5"), ""},
		"nor do 29 days":               {Stock, points("2025-09-01", "1", "2025-09-30", "2"), ""},
		"thirty days do":               {Stock, points("2025-09-01", "1", "2025-10-01", "2"), "151/30"}, // 2 + 91/30
		"the last day is known":        {Flow, points("2025-12-31", "150"), ""},
		"nothing is known":             {Stock, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, found := (&Target{Kind: c.kind}).Forecast(Reading{Points: c.points}, 2025)
			if found != (c.want != "") {
				t.Fatalf("found %v: %v", found, f.Value)
			}
			if found && (f.Value.Cmp(number(c.want)) != 0 || f.Method.ZH == "" || f.Method.EN == "") {
				t.Errorf("%s, want %s (%s)", f.Value, c.want, f.Method.EN)
			}
		})
	}
}

// TestMetOnTheBoundary is where at least and above differ, by the least there is.
func TestMetOnTheBoundary(t *testing.T) {
	for _, c := range []struct {
		comparator Comparator
		value      string
		met        bool
		gap        string
	}{
		{AtLeast, "120", true, ""}, {AtLeast, "119.999999", false, "0.000001"}, {AtLeast, "120.000001", true, ""},
		{Above, "120", false, "0"}, {Above, "120.000001", true, ""}, {Above, "119.999999", false, "0.000001"},
	} {
		g := Goal{Year: 2025, Comparator: c.comparator, exact: number("120")}
		if got := g.Met(number(c.value)); got != c.met {
			t.Errorf("%s %s 120: %v", c.value, c.comparator, got)
		}
		if got := figure(g.Gap(number(c.value)), 6); got != c.gap {
			t.Errorf("gap of %s %s 120 is %q, want %q", c.value, c.comparator, got, c.gap)
		}
	}
}

func TestLights(t *testing.T) {
	goal := Goal{Year: 2025, Comparator: AtLeast, exact: number("130")}
	for name, c := range map[string]struct {
		points []Point
		want   Light
	}{
		"nothing is known":             {nil, NoData},
		"reached in June":              {points("2025-06-30", "130"), Reached},
		"on pace to the hair":          {points("2025-06-30", "64.466"), OnPace},  // × 365/181 = 130.000…
		"behind by a hair":             {points("2025-06-30", "64.4657"), Behind}, // × 365/181 = 129.9998…
		"too early to tell":            {points("2025-01-08", "2"), NoForecast},
		"the year's last figure short": {points("2025-12-31", "129.99"), Behind},
		"the year's last figure there": {points("2025-12-31", "130"), Reached},
	} {
		r := Reading{Points: c.points}
		f, foretold := (&Target{Kind: Flow}).Forecast(r, 2025)
		if got := lightOf(goal, r, f, foretold); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if worst(Reached, OnPace) != OnPace || worst(Reached, NoData, OnPace) != NoData || worst(Later, Reached) != Reached || worst() != "" || worst(NoData, Behind) != Behind {
		t.Error("the worst light is not the worst")
	}
	if agreed([]Light{Reached, Reached}) != Reached || agreed([]Light{Reached, OnPace}) != Undecided || agreed(nil) != NoData {
		t.Error("readings that disagree are undecided")
	}
}

// TestForecastContinuesWhatWas holds for any line: halfway through a year of
// even pace the forecast is the whole year's, whatever the numbers.
func TestForecastContinuesWhatWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		daily := big.NewRat(rapid.Int64Range(0, 1e9).Draw(t, "num"), rapid.Int64Range(1, 1e6).Draw(t, "den"))
		start := clock.Date("2024-12-31")
		on := start.AddDays(rapid.IntRange(leastSpan, 364).Draw(t, "days"))
		at := func(d clock.Date) *big.Rat { return new(big.Rat).Mul(daily, big.NewRat(daysBetween(start, d), 1)) }
		f, found := (&Target{Kind: Flow}).Forecast(Reading{Points: []Point{{Day: on, Value: at(on)}}}, 2025)
		if !found || f.Value.Cmp(at("2025-12-31")) != 0 {
			t.Fatalf("%v %v, want %v", found, f.Value, at("2025-12-31"))
		}
	})
}

func TestFiguresPrintExactlyOrRounded(t *testing.T) {
	for _, c := range []struct {
		n        string
		decimals int
		want     string
	}{{"138.6", 1, "138.6"}, {"130", 1, "130"}, {"1/3", 1, "0.3"}, {"2/3", 0, "1"}, {"0", 2, "0"}, {"1000", 0, "1000"}, {"0.000001", 1, "0.000001"}} {
		if got := figure(number(c.n), c.decimals); got != c.want {
			t.Errorf("%s prints as %s, want %s", c.n, got, c.want)
		}
	}
	if figure(nil, 2) != "" || roundTo(nil, 1) != nil {
		t.Error("nothing prints as something")
	}
}
