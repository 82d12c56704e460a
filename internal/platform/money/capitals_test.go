package money

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCapitals(t *testing.T) {
	for yuan, want := range map[string]string{
		// The People's Bank's own examples.
		"1409.50":   "壹仟肆佰零玖元伍角整",
		"6007.14":   "陆仟零柒元壹角肆分",
		"1680.32":   "壹仟陆佰捌拾元零叁角贰分",
		"107000.53": "壹拾万柒仟元零伍角叁分",
		"16409.02":  "壹万陆仟肆佰零玖元零贰分",
		"325.04":    "叁佰贰拾伍元零肆分",
		// Edges.
		"0.00":                 "零元整",
		"0.01":                 "壹分",
		"0.10":                 "壹角整",
		"0.19":                 "壹角玖分",
		"1.00":                 "壹元整",
		"1.05":                 "壹元零伍分",
		"10.00":                "壹拾元整",
		"10.50":                "壹拾元零伍角整",
		"16.80":                "壹拾陆元捌角整",
		"101.00":               "壹佰零壹元整",
		"110.00":               "壹佰壹拾元整",
		"1001.00":              "壹仟零壹元整",
		"1010.00":              "壹仟零壹拾元整",
		"10000.00":             "壹万元整",
		"10001.00":             "壹万零壹元整",
		"10010.00":             "壹万零壹拾元整",
		"11000.00":             "壹万壹仟元整",
		"100100.00":            "壹拾万零壹佰元整",
		"110000.00":            "壹拾壹万元整",
		"1000000.00":           "壹佰万元整",
		"5000000.00":           "伍佰万元整",
		"20030000.00":          "贰仟零叁万元整",
		"100000000.00":         "壹亿元整",
		"100000001.00":         "壹亿零壹元整",
		"100001000.00":         "壹亿零壹仟元整",
		"110001000.00":         "壹亿壹仟万壹仟元整",
		"1000010000.00":        "壹拾亿零壹万元整",
		"10010001001.00":       "壹佰亿壹仟万壹仟零壹元整",
		"1000000000000.00":     "壹万亿元整",
		"1000100000000.00":     "壹万零壹亿元整",
		"1000010000000.00":     "壹万亿零壹仟万元整",
		"4687593.63":           "肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分",
		"-1.20":                "负壹元贰角整",
		"92233720368547758.07": "玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分",
	} {
		if got := amount(t, yuan).Capitals(); got != "人民币"+want {
			t.Errorf("%s is %s, want 人民币%s", yuan, got, want)
		}
	}
}

func amount(t testing.TB, s string) Fen {
	t.Helper()
	f, err := ParseYuan(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readCapitals reads capitals back to fen by the way people do: digits take
// their unit, 万 and 亿 multiply what stands before them. It shares nothing
// with the writer.
func readCapitals(s string) (total uint64, err error) {
	units := map[rune]uint64{'拾': 10, '佰': 100, '仟': 1000}
	var section, digit uint64 // below 万, and the digit that awaits its unit
	var below uint64          // below 亿
	for _, r := range s {
		if i := strings.IndexRune("零壹贰叁肆伍陆柒捌玖", r); i >= 0 {
			digit = uint64(i / len("零"))
			continue
		}
		switch r {
		case '拾', '佰', '仟':
			section += digit * units[r]
		case '万':
			below += (section + digit) * 1e4
			section = 0
		case '亿':
			total = (total + below + section + digit) * 1e8
			below, section = 0, 0
		case '元':
			total = (total + below + section + digit) * 100
			below, section = 0, 0
		case '角':
			total += digit * 10
		case '分':
			total += digit
		case '整':
		default:
			return 0, fmt.Errorf("unknown %q", r)
		}
		digit = 0
	}
	return total, nil
}

// zerosWanted counts the 零 that the rules ask for: one for each run of zeros
// inside the integer, but none where the next digit fills the 仟 of the very
// next group of four (107000), and one behind 元 where that digit or 角 is zero.
func zerosWanted(f Fen) (n int) {
	yuan := fmt.Sprint(uint64(f) / 100)
	last := -1 // place of the digit before, none zero
	for i, d := range yuan {
		place := len(yuan) - 1 - i
		if d == '0' {
			continue
		}
		gap := last > place+1
		if nextGroup := place%4 == 3 && last/4 == place/4+1; gap && !nextGroup {
			n++
		}
		last = place
	}
	jiao, fen := uint64(f)/10%10, uint64(f)%10
	if f >= 100 && ((jiao == 0 && fen > 0) || (jiao > 0 && yuan[len(yuan)-1] == '0')) {
		n++
	}
	return n
}

func TestCapitalsReadBackAndHaveTheirZeros(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Digits with many zeros, since zeros are where the rules are.
		f, err := ParseFen(rapid.StringMatching(`[1-9]0{0,5}[0-9]{0,3}0{0,5}[0-9]{0,4}`).Draw(t, "digits"))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimPrefix(f.Capitals(), "人民币")
		if back, err := readCapitals(got); err != nil || back != uint64(f) {
			t.Fatalf("%s was written %s, which is %d fen (%v)", f, got, back, err)
		}
		if n := strings.Count(got, "零"); n != zerosWanted(f) || strings.Contains(got, "零零") {
			t.Fatalf("%s was written %s, with %d 零 instead of %d", f, got, n, zerosWanted(f))
		}
	})
}
