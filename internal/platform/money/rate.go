package money

import (
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Rate is an exact non-negative fraction in lowest terms; Den is at least 1.
type Rate struct{ Num, Den int64 }

// ParseRate reads a decimal fraction such as "0.3" or "1.5", with at most nine
// decimals and a whole part below one billion.
//
// Codes: invalid.
func ParseRate(s string) (Rate, error) {
	whole, frac, dotted := strings.Cut(s, ".")
	if whole == "" || len(whole) > 9 || len(frac) > 9 || !allDigits(whole) || !allDigits(frac) || (dotted && frac == "") {
		return Rate{}, fault.Newf(fault.Invalid, "“%s”不是比例：请写成小数，例如 0.3 表示 30%%。", "%q is not a rate: write a decimal fraction, 0.3 for 30%%.", clip(s))
	}
	num, _ := strconv.ParseInt(whole+frac, 10, 64)
	den := int64(1)
	for range frac {
		den *= 10
	}
	g := gcd(num, den)
	return Rate{num / g, den / g}, nil
}

// String prints the rate as a decimal fraction: "0.3".
func (r Rate) String() string {
	if r.Den == 0 {
		return "0"
	}
	whole, rest := r.Num/r.Den, r.Num%r.Den
	out := strconv.FormatInt(whole, 10)
	if rest == 0 {
		return out
	}
	digits := make([]byte, 0, 9)
	for rest != 0 && len(digits) < 18 {
		rest *= 10
		digits = append(digits, '0'+byte(rest/r.Den))
		rest %= r.Den
	}
	return out + "." + string(digits)
}

// Percent prints the rate as people write it: "30%".
func (r Rate) Percent() string {
	g := gcd(100, r.Den)
	return Rate{r.Num * (100 / g), r.Den / g}.String() + "%"
}

// MarshalText writes the decimal fraction.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a decimal fraction.
func (r *Rate) UnmarshalText(b []byte) error {
	v, err := ParseRate(string(b))
	if err != nil {
		return err
	}
	*r = v
	return nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return 1
	}
	return a
}
