package review

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestPoints(t *testing.T) {
	for text, want := range map[string]Points{"0": 0, "87.5": 8750, "87.50": 8750, "100": 10000, "0.01": 1, "1000": 100000} {
		got, err := ParsePoints(text)
		if err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", ".5", "5.", "1.234", "-1", "+1", "1000.01", "99999", "1e3", "１", "1 ", "1_0", "0x1", "1.-5"} {
		if got, err := ParsePoints(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %d, %v", bad, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Points(rapid.Int64Range(0, maxPoints).Draw(t, "points"))
		if back, err := ParsePoints(p.String()); err != nil || back != p {
			t.Fatalf("%d reads back as %d, %v", p, back, err)
		}
	})
}

func FuzzParsePoints(f *testing.F) {
	for _, s := range []string{"87.5", "", "1000.01", "-1", "0.001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePoints(s)
		if err != nil && !fault.Is(err, fault.Invalid) || err == nil && (p < 0 || p > maxPoints) {
			t.Fatal(p, err)
		}
	})
}

func TestSettle(t *testing.T) {
	rule := Outlier{DropFrom: 5, Apart: 2000}
	for name, c := range map[string]struct {
		totals  []Points
		mean    string
		counted int
		apart   []int
	}{
		"three count":                  {[]Points{8000, 8100, 8250}, "487/6", 3, nil},
		"five lose two":                {[]Points{9900, 8000, 8100, 8200, 5000}, "81", 3, []int{4}},
		"all alike still lose two":     {[]Points{8000, 8000, 8000, 8000, 8000}, "80", 3, nil},
		"exactly as far is not apart":  {[]Points{6000, 8000, 10000}, "80", 3, nil},
		"a hair farther is":            {[]Points{5999, 8000, 10000}, "23999/300", 3, []int{0}},
		"the median of four is a half": {[]Points{8001, 8000, 6000, 10001}, "16001/200", 4, []int{2, 3}},
	} {
		got := rule.Settle(c.totals)
		if got.Mean.Exact != c.mean || got.Counted != c.counted || !slices.Equal(got.Apart, c.apart) || got.Discuss != (len(c.apart) > 0) || got.Did.ZH == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if m := rule.Settle([]Points{8000, 8100, 8200, 8233, 8244}).Mean; m.Rounded != "81.78" { // 8177.66…
		t.Errorf("rounded %s", m.Rounded)
	}
}

// TestMeanIsExact compares with rational arithmetic: the mean lies between the
// least and the most that count, and the order of scores is nothing to it.
func TestMeanIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		totals := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, 10000), func(n int64) Points { return Points(n) }), 1, 20).Draw(t, "totals")
		rule := Outlier{DropFrom: rapid.SampledFrom([]int{0, 5, 7}).Draw(t, "drop from")}
		got := rule.Settle(totals)
		kept := slices.Sorted(slices.Values(totals))
		if rule.DropFrom > 0 && len(kept) >= rule.DropFrom {
			kept = kept[1 : len(kept)-1]
		}
		sum := new(big.Rat)
		for _, p := range kept {
			sum.Add(sum, big.NewRat(int64(p), point))
		}
		sum.Quo(sum, big.NewRat(int64(len(kept)), 1))
		if got.Mean.Rat().Cmp(sum) != 0 || got.Counted != len(kept) {
			t.Fatalf("%v: %s, want %s", totals, got.Mean.Exact, sum.RatString())
		}
		slices.Reverse(totals)
		if back := rule.Settle(totals); back.Mean != got.Mean {
			t.Fatalf("the order of scores changed the mean: %v", totals)
		}
	})
}

func TestOutlierRuleMustLeaveThree(t *testing.T) {
	for from, ok := range map[int]bool{0: true, 5: true, 4: false, 3: false, -1: false, 51: false} {
		if err := (Outlier{DropFrom: from}).Validate(); (err == nil) != ok {
			t.Errorf("drop_from %d: %v", from, err)
		}
	}
}
