package money

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestParseYuan(t *testing.T) {
	for in, want := range map[string]Fen{
		"0": 0, "0.0": 0, "0.01": 1, "00.10": 10, "1": 100, "1.5": 150, "-1.50": -150, "-0": 0,
		"16666667.03": 1666666703, "92233720368547758.07": Max, "-92233720368547758.07": -Max,
		"0000000000000000000000001.00": 100,
	} {
		if got, err := ParseYuan(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "-", ".", "1.", ".5", "+1", "--1", "1.234", "1,000", "1e3", "１", "1 ", " 1", "1.-1", "0x1", "NaN", "92233720368547758.08", "99999999999999999999", "1.2.3", "一", "1\x00", strings.Repeat("9", 1000)} {
		if got, err := ParseYuan(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %d, %v", bad, got, err)
		}
	}
}

func TestParseFen(t *testing.T) {
	for in, want := range map[string]Fen{"0": 0, "-5": -5, "9223372036854775807": Max, "-9223372036854775808": math.MinInt64} {
		if got, err := ParseFen(in); err != nil || got != want {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
	for _, bad := range []string{"", "1.0", "1e3", "9223372036854775808", " 1", "0x1", "1_000"} {
		if got, err := ParseFen(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %d, %v", bad, got, err)
		}
	}
}

func TestStringsOfTheSmallestAmount(t *testing.T) {
	f := Fen(math.MinInt64)
	if f.String() != "-92233720368547758.08" || f.Grouped() != "\u221292,233,720,368,547,758.08" || !strings.HasPrefix(f.Capitals(), "人民币负玖亿") {
		t.Fatal(f.String(), f.Grouped(), f.Capitals())
	}
}

func TestYuanAndJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fen(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "fen"))
		if back, err := ParseYuan(f.String()); err != nil || back != f {
			t.Fatalf("%d became %q became %d, %v", int64(f), f.String(), back, err)
		}
		plain := strings.ReplaceAll(strings.Replace(f.Grouped(), "\u2212", "-", 1), ",", "")
		if plain != f.String() {
			t.Fatalf("%q and %q", f.Grouped(), f.String())
		}
		b, err := json.Marshal(map[string]Fen{"a": f})
		if err != nil || b[5] != '"' {
			t.Fatalf("%s, %v", b, err)
		}
		var back map[string]Fen
		if err := json.Unmarshal(b, &back); err != nil || back["a"] != f {
			t.Fatalf("%s, %v", b, err)
		}
	})
}

func TestGrouped(t *testing.T) {
	for in, want := range map[Fen]string{0: "0.00", 99999: "999.99", 100000: "1,000.00", 1666666703: "16,666,667.03", -100000: "\u22121,000.00"} {
		if got := in.Grouped(); got != want {
			t.Errorf("%d: %s, want %s", int64(in), got, want)
		}
	}
}

func TestAddAgreesWithBigIntegers(t *testing.T) {
	edge := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := edge.Draw(t, "a"), edge.Draw(t, "b")
		exact := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := Fen(a).Add(Fen(b))
		if exact.IsInt64() != (err == nil) || (err == nil && int64(got) != exact.Int64()) || (err != nil && !fault.Is(err, fault.TooLarge)) {
			t.Fatalf("%d + %d = %d, %v; want %s", a, b, got, err, exact)
		}
	})
}

func TestMulFloorAgreesWithBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(0, 1_000_000)).Draw(t, "fen")
		r := drawRate(t)
		exact := new(big.Int).Mul(big.NewInt(f), big.NewInt(r.Num))
		exact.Quo(exact, big.NewInt(r.Den))
		got, err := Fen(f).MulFloor(r)
		if exact.IsInt64() != (err == nil) || (err == nil && int64(got) != exact.Int64()) || (err != nil && !fault.Is(err, fault.TooLarge)) {
			t.Fatalf("%d × %s = %d, %v; want %s", f, r, got, err, exact)
		}
	})
	if _, err := Fen(-1).MulFloor(Rate{1, 2}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a negative base gave %v", err)
	}
}

func TestSplitHalfGivesTheOddFenToTheSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fen(rapid.Int64Range(0, math.MaxInt64).Draw(t, "fen"))
		a, b := f.SplitHalf()
		if a+b != f || b-a < 0 || b-a > 1 {
			t.Fatalf("%d: %d and %d", f, a, b)
		}
	})
}

func drawRate(t *rapid.T) Rate {
	r, err := ParseRate(rapid.StringMatching(`[0-9]{1,9}(\.[0-9]{1,9})?`).Draw(t, "rate"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRatesAreExact(t *testing.T) {
	for in, want := range map[string]Rate{"0": {0, 1}, "0.30": {3, 10}, "1": {1, 1}, "1.5": {3, 2}, "0.000000001": {1, 1_000_000_000}, "0.125": {1, 8}} {
		if got, err := ParseRate(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, bad := range []string{"", ".5", "1.", "-1", "+1", "30%", "1e-1", "0.0000000001", "1000000000", "1/2", " 1", "1.2.3"} {
		if got, err := ParseRate(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %v, %v", bad, got, err)
		}
	}
	for in, want := range map[string]string{"0.3": "30%", "0.125": "12.5%", "1": "100%", "0": "0%", "2.5": "250%", "0.000000001": "0.0000001%"} {
		r, err := ParseRate(in)
		if err != nil || r.Percent() != want {
			t.Errorf("%s is %s, %v; want %s", in, r.Percent(), err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := drawRate(t)
		if back, err := ParseRate(r.String()); err != nil || back != r {
			t.Fatalf("%v became %s became %v, %v", r, r, back, err)
		}
		percent, _, err := apd.NewFromString(strings.TrimSuffix(r.Percent(), "%"))
		whole, _, err2 := apd.NewFromString(r.String())
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		whole.Exponent += 2
		if percent.Cmp(whole) != 0 {
			t.Fatalf("%s and %s differ", r.Percent(), r)
		}
		b, err := r.MarshalText()
		var back Rate
		if err != nil || back.UnmarshalText(b) != nil || back != r {
			t.Fatalf("%v became %s became %v", r, b, back)
		}
	})
}

func FuzzParseYuan(f *testing.F) {
	for _, seed := range []string{"0", "1.23", "-1.23", "92233720368547758.07", "92233720368547758.08", "1.234", "００", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseYuan(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		exact, _, err := apd.NewFromString(s)
		if err != nil {
			t.Fatalf("%q was taken and is no decimal: %v", s, err)
		}
		if exact.Cmp(apd.New(int64(got), -2)) != 0 {
			t.Fatalf("%q became %s", s, got)
		}
		if !strings.HasPrefix(got.Capitals(), "人民币") {
			t.Fatal(got.Capitals())
		}
	})
}

// FuzzParseFen: whole fen come back as they were written, but for leading zeros and a plus.
func FuzzParseFen(f *testing.F) {
	for _, seed := range []string{"0", "-5", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1_000", "0x1", "１", "+1", "007"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseFen(s)
		exact, ok := new(big.Int).SetString(s, 10)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if !ok || !exact.IsInt64() || exact.Int64() != int64(got) {
			t.Fatalf("%q became %d", s, got)
		}
	})
}

// FuzzParseRate: a rate is exact and its text is read as the same rate.
func FuzzParseRate(f *testing.F) {
	for _, seed := range []string{"0", "0.3", "1.5", "30%", "1/2", "0.000000001", "999999999.999999999", "1e-1", "-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseRate(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok || exact.Cmp(big.NewRat(got.Num, got.Den)) != 0 || got.Num < 0 || got.Den < 1 {
			t.Fatalf("%q became %d/%d", s, got.Num, got.Den)
		}
		if back, err := ParseRate(got.String()); err != nil || back != got {
			t.Fatalf("%q became %s became %v, %v", s, got, back, err)
		}
	})
}
