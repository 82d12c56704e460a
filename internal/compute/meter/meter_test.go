package meter

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// TestAnyOrderGivesTheExactFigure cuts true use into samples, doubles some, lets
// them overlap and come in any order: the figure is that of the use, to the
// millisecond.
func TestAnyOrderGivesTheExactFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := Run{Devices: map[string]int64{"d0": Whole, "d1": Whole, "d2": 250}, Elapsed: 100_000}
		var samples []Sample
		var want int64
		id := 0
		for _, device := range []string{"d0", "d1", "d2"} {
			used := [100]bool{} // by the second
			for range rapid.IntRange(0, 12).Draw(t, "samples") {
				from := rapid.Int64Range(0, 98).Draw(t, "from")
				to := rapid.Int64Range(from+1, 99).Draw(t, "to")
				for s := from; s < to; s++ {
					used[s] = true
				}
				id++
				samples = append(samples, Sample{Source: rapid.SampledFrom([]string{"agent", "accounting"}).Draw(t, "source"), ID: string(rune('a' + id)), Device: device, From: 1000 * from, To: 1000 * to})
			}
			for _, u := range used {
				if u {
					want += 1000 * run.Devices[device]
				}
			}
		}
		twice := append(samples, rapid.SliceOfN(rapid.SampledFrom(append(samples, Sample{Source: "agent", ID: "never", Device: "d0", To: 1})), 0, 10).Draw(t, "again")...)
		var u Usage
		fresh := 0
		for _, s := range rapid.Permutation(twice).Draw(t, "order") {
			if s.ID == "never" {
				continue
			}
			added, err := u.Add(run, s)
			if err != nil {
				t.Fatal(err)
			}
			if added {
				fresh++
			}
		}
		if got := u.DeviceTime(run); got != want || fresh != len(samples) {
			t.Fatalf("%d thousandths of device-milliseconds by %d samples, want %d by %d", got, fresh, want, len(samples))
		}
	})
}

func TestAddRefuses(t *testing.T) {
	run := Run{Devices: map[string]int64{"d": Whole}, Elapsed: 10_000}
	good := Sample{Source: "agent", ID: "1", Device: "d", From: 0, To: 10_000}
	for name, c := range map[string]struct {
		change func(*Sample)
		code   fault.Code
	}{
		"no source":                    {func(s *Sample) { s.Source = "" }, fault.Invalid},
		"no id":                        {func(s *Sample) { s.ID = "" }, fault.Invalid},
		"ends before it begins":        {func(s *Sample) { s.To = 0 }, fault.Invalid},
		"begins before the run":        {func(s *Sample) { s.From = -1 }, fault.Invalid},
		"a device of somebody else":    {func(s *Sample) { s.Device = "e" }, fault.TooLarge},
		"more than the wall clock had": {func(s *Sample) { s.To = 12_001 }, fault.TooLarge},
		"known, with other content":    {func(s *Sample) { s.To = 9000 }, fault.Conflict},
	} {
		var u Usage
		if _, err := u.Add(run, good); err != nil {
			t.Fatal(err)
		}
		s := good
		if c.code != fault.Conflict {
			s.ID = "2"
		}
		c.change(&s)
		if added, err := u.Add(run, s); added || !fault.Is(err, c.code) {
			t.Errorf("%s: added %v, %v", name, added, err)
		}
		if got := u.DeviceTime(run); got != 10_000*Whole {
			t.Errorf("%s: it counts all the same: %d", name, got)
		}
	}
}

func shanghai(text string) time.Time {
	at, err := time.ParseInLocation(time.DateTime, text, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return at
}

// dayAndNight is 9.60 yuan an hour, at night 7.87, and from the change on 10.00.
func dayAndNight(change string) Tariff {
	return Tariff{
		{From: shanghai("2026-01-01 00:00:00"), Bands: []Band{{"night", 0, 787}, {"day", 8 * 60, 960}, {"evening", 22 * 60, 787}}},
		{From: shanghai(change), Bands: []Band{{"all day", 0, 1000}}},
	}
}

func TestChargeSplits(t *testing.T) {
	run := Run{Devices: map[string]int64{"d0": Whole, "d1": Whole}, Elapsed: 1 << 40}
	var u Usage
	hours := func(n int64) int64 { return n * 3_600_000 }
	for _, s := range []Sample{
		{Source: "a", ID: "1", Device: "d0", From: 0, To: hours(5)},        // 20:00 to 01:00 over the end of the month
		{Source: "a", ID: "2", Device: "d1", From: hours(1), To: hours(2)}, // 21:00 to 22:00
	} {
		if _, err := u.Add(run, s); err != nil {
			t.Fatal(err)
		}
	}
	tariff := dayAndNight("2026-12-01 00:30:00")
	lines, err := tariff.Charge(&u, run, shanghai("2026-11-30 20:00:00"))
	if err != nil {
		t.Fatal(err)
	}
	hour := int64(perHour)
	first, second := tariff[0].From, tariff[1].From
	want := []Line{
		{Month: "2026-11", Since: first, Band: "day", Hour: 960, Time: 3 * hour, Amount: 2880},
		{Month: "2026-11", Since: first, Band: "evening", Hour: 787, Time: 2 * hour, Amount: 1574},
		{Month: "2026-12", Since: first, Band: "night", Hour: 787, Time: hour / 2, Amount: 393}, // of 893.5 in all the lines take 893
		{Month: "2026-12", Since: second, Band: "all day", Hour: 1000, Time: hour / 2, Amount: 500},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestChargeNeedsAPrice(t *testing.T) {
	run := Run{Devices: map[string]int64{"d": Whole}, Elapsed: 1000}
	var u Usage
	if _, err := u.Add(run, Sample{Source: "a", ID: "1", Device: "d", To: 1000}); err != nil {
		t.Fatal(err)
	}
	if _, err := dayAndNight("2027-01-01 00:00:00").Charge(&u, run, shanghai("2025-12-31 23:59:59")); !fault.Is(err, fault.NotFound) {
		t.Errorf("use before the first price: %v", err)
	}
}

// TestLinesAddUp: whatever was used, each line is within a fen of its exact
// amount, and together they are the exact sum rounded down.
func TestLinesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := Run{Devices: map[string]int64{"d0": Whole, "d1": rapid.Int64Range(1, Whole).Draw(t, "share")}, Elapsed: 1 << 50}
		began := shanghai("2026-06-01 00:00:00").Add(time.Duration(rapid.Int64Range(0, 90*86_400_000).Draw(t, "began")) * time.Millisecond)
		tariff := dayAndNight("2026-07-15 13:37:11")
		for i := range tariff {
			for j := range tariff[i].Bands {
				tariff[i].Bands[j].Hour = money.Fen(rapid.Int64Range(0, 1_000_000).Draw(t, "price"))
			}
		}
		if err := tariff.Validate(); err != nil {
			t.Fatal(err)
		}
		var u Usage
		for i := range rapid.IntRange(1, 6).Draw(t, "samples") {
			from := rapid.Int64Range(0, 40*86_400_000).Draw(t, "from")
			s := Sample{Source: "a", ID: string(rune('a' + i)), Device: rapid.SampledFrom([]string{"d0", "d1"}).Draw(t, "device"), From: from, To: from + rapid.Int64Range(1, 20*86_400_000).Draw(t, "for")}
			if _, err := u.Add(run, s); err != nil {
				t.Fatal(err)
			}
		}
		lines, err := tariff.Charge(&u, run, began)
		if err != nil {
			t.Fatal(err)
		}
		exact, sum, used := new(big.Rat), money.Fen(0), int64(0)
		for _, l := range lines {
			one := new(big.Rat).Mul(big.NewRat(l.Time, perHour), big.NewRat(int64(l.Hour), 1))
			if off := new(big.Rat).Sub(one, big.NewRat(int64(l.Amount), 1)); off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("line %+v is %s fen", l, one.FloatString(3))
			}
			exact.Add(exact, one)
			sum += l.Amount
			used += l.Time
		}
		if floor := new(big.Int).Div(exact.Num(), exact.Denom()); floor.Int64() != int64(sum) {
			t.Fatalf("the lines add up to %d, the bill is %s", sum, exact.FloatString(3))
		}
		if used != u.DeviceTime(run) {
			t.Fatalf("the lines have %d of %d", used, u.DeviceTime(run))
		}
	})
}

func TestTariffValidate(t *testing.T) {
	from := shanghai("2026-01-01 00:00:00")
	for name, tariff := range map[string]Tariff{
		"no bands":         {{From: from}},
		"begins at eight":  {{From: from, Bands: []Band{{"day", 8 * 60, 1}}}},
		"beyond the day":   {{From: from, Bands: []Band{{"day", 0, 1}, {"late", day, 1}}}},
		"bands run back":   {{From: from, Bands: []Band{{"a", 0, 1}, {"b", 600, 1}, {"c", 500, 1}}}},
		"a negative price": {{From: from, Bands: []Band{{"day", 0, -1}}}},
		"prices run back":  {{From: from, Bands: []Band{{"day", 0, 1}}}, {From: from, Bands: []Band{{"day", 0, 1}}}},
	} {
		if err := tariff.Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := dayAndNight("2026-12-01 00:00:00").Validate(); err != nil {
		t.Error(err)
	}
}
