// Package money is exact money: int64 fen and rational rates. No float ever
// enters it.
package money

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Fen is an amount in fen (分), 1/100 yuan. In JSON it is a string of digits,
// since JavaScript numbers lose integers above 2^53.
type Fen int64

// Max is the largest amount, about 92 quadrillion yuan.
const Max = Fen(math.MaxInt64)

// ParseYuan reads plain decimal yuan such as "16666667.03": an optional minus,
// digits, and at most two decimals. Separators, exponents and units are
// refused, since guessing at money is worse than asking.
//
// Codes: invalid.
func ParseYuan(s string) (Fen, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, frac, dotted := strings.Cut(digits, ".")
	if whole == "" || !allDigits(whole) || (dotted && (frac == "" || !allDigits(frac))) {
		return 0, fault.Newf(fault.Invalid, "“%s”不是金额：请写成以元为单位的十进制数，例如 1234.56。", "%q is not an amount: write decimal yuan such as 1234.56.", clip(s))
	}
	if len(frac) > 2 {
		return 0, fault.Newf(fault.Invalid, "“%s”的小数超过两位：金额最小单位是分。", "%q has more than two decimals: the smallest unit is the fen.", clip(s))
	}
	frac += "00"[len(frac):]
	n, err := strconv.ParseUint(strings.TrimLeft(whole, "0")+frac, 10, 64)
	if err != nil || n > math.MaxInt64 {
		return 0, fault.Newf(fault.Invalid, "“%s”超出范围：金额不能超过 92233720368547758.07 元。", "%q is out of range: at most 92233720368547758.07 yuan.", clip(s))
	}
	if negative {
		return -Fen(n), nil
	}
	return Fen(n), nil
}

// ParseFen reads a whole number of fen, the form used in JSON.
//
// Codes: invalid.
func ParseFen(s string) (Fen, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fault.Newf(fault.Invalid, "“%s”不是以分为单位的整数。", "%q is not a whole number of fen.", clip(s))
	}
	return Fen(n), nil
}

// String prints plain decimal yuan with two decimals: "16666667.03".
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	cents := n % 100
	return sign + strconv.FormatUint(n/100, 10) + "." + string([]byte{'0' + byte(cents/10), '0' + byte(cents%10)})
}

// Grouped prints yuan with thousands separators and the true minus sign
// U+2212: "16,666,667.03".
func (f Fen) Grouped() string {
	s := f.String()
	sign := ""
	if s[0] == '-' {
		sign, s = "\u2212", s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return sign + b.String() + "." + frac
}

// MarshalText writes whole fen, so that JSON carries a string.
func (f Fen) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(f), 10), nil }

// UnmarshalText reads whole fen.
func (f *Fen) UnmarshalText(b []byte) error {
	v, err := ParseFen(string(b))
	if err != nil {
		return err
	}
	*f = v
	return nil
}

// Add returns f+g.
//
// Codes: too_large when the sum does not fit.
func (f Fen) Add(g Fen) (Fen, error) {
	sum := f + g
	if (f > 0 && g > 0 && sum < 0) || (f < 0 && g < 0 && sum >= 0) {
		return 0, overflow()
	}
	return sum, nil
}

// SplitHalf splits an amount one to one; the first half takes the floor and
// the second the odd fen. The amount must not be negative.
func (f Fen) SplitHalf() (first, second Fen) { return f / 2, f - f/2 }

// MulFloor returns floor(f × rate), exactly, for f ≥ 0.
//
// Codes: too_large when the product does not fit 64-bit fen.
func (f Fen) MulFloor(r Rate) (Fen, error) {
	if f < 0 {
		return 0, fault.Newf(fault.Invalid, "计算基数不能为负。", "A base must not be negative.")
	}
	hi, lo := bits.Mul64(uint64(f), uint64(r.Num))
	if hi >= uint64(r.Den) {
		return 0, overflow()
	}
	q, _ := bits.Div64(hi, lo, uint64(r.Den))
	if q > math.MaxInt64 {
		return 0, overflow()
	}
	return Fen(q), nil
}

func overflow() error {
	return fault.Newf(fault.TooLarge, "金额超出 64 位分的范围。", "The amount exceeds 64-bit fen.")
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
