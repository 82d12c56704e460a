package allocation

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Number is an exact decimal of zero or more: a score, a weight, a bar. It is
// never a float. The zero value is 0; equal values are kept alike.
type Number struct {
	small int64    // the value × 10^scale, when large is nil
	large *big.Int // the same, when it has more than 18 digits
	scale int      // decimals, none of them a needless zero
}

// Digits of a number: what any meter or panel writes, and what a float printed
// by another program has, with room; small enough that a hostile file cannot
// make sums expensive.
const (
	maxWhole    = 24
	maxDecimals = 24
)

// ParseNumber reads a plain decimal such as "0.6", or one with an exponent as
// JSON allows ("1.5e3").
//
// Codes: invalid.
func ParseNumber(s string) (Number, error) {
	mantissa, exponent, hasExponent := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, hasExponent = s[:i], s[i+1:], true
	}
	whole, decimals, dotted := strings.Cut(mantissa, ".")
	if !digits(whole) || (dotted && !digits(decimals)) {
		return Number{}, noNumber(s)
	}
	shift := 0
	if hasExponent {
		n, err := strconv.Atoi(exponent)
		if err != nil {
			return Number{}, noNumber(s)
		}
		shift = max(-1000, min(n, 1000)) // beyond these it is 0 or out of range anyway
	}
	all := strings.TrimLeft(whole+decimals, "0")
	scale := len(decimals) - shift
	for scale > 0 && strings.HasSuffix(all, "0") {
		all, scale = all[:len(all)-1], scale-1
	}
	if all == "" {
		return Number{}, nil
	}
	if len(all)-scale > maxWhole || scale > maxDecimals {
		return Number{}, fault.Newf(fault.Invalid, "“%.40s”超出范围：整数部分至多 %d 位，小数至多 %d 位。", "%.40q is out of range: at most %d whole digits and %d decimals.", s, maxWhole, maxDecimals)
	}
	if scale < 0 {
		all, scale = all+strings.Repeat("0", -scale), 0
	}
	if len(all) <= 18 {
		n, _ := strconv.ParseInt(all, 10, 64)
		return Number{small: n, scale: scale}, nil
	}
	n, _ := new(big.Int).SetString(all, 10)
	return Number{large: n, scale: scale}, nil
}

func noNumber(s string) error {
	return fault.Newf(fault.Invalid, "“%.40s”不是数：请写成不小于 0 的十进制数，例如 0.6。", "%.40q is no number: write a decimal of zero or more, such as 0.6.", s)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// String prints the plain decimal.
func (n Number) String() string {
	s := ""
	if n.large != nil {
		s = n.large.String()
	} else {
		s = strconv.FormatInt(n.small, 10)
	}
	if n.scale == 0 {
		return s
	}
	if len(s) <= n.scale {
		s = strings.Repeat("0", n.scale-len(s)+1) + s
	}
	return s[:len(s)-n.scale] + "." + s[len(s)-n.scale:]
}

// MarshalText prints the plain decimal.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads a decimal.
//
// Codes: invalid.
func (n *Number) UnmarshalText(b []byte) (err error) {
	*n, err = ParseNumber(string(b))
	return err
}

// IsZero reports whether the number is 0.
func (n Number) IsZero() bool { return n.small == 0 && n.large == nil }

// Cmp compares two values: -1, 0 or 1.
func (n Number) Cmp(m Number) int {
	if n.scale == m.scale && n.large == nil && m.large == nil {
		switch {
		case n.small < m.small:
			return -1
		case n.small > m.small:
			return 1
		}
		return 0
	}
	scale := max(n.scale, m.scale)
	return n.times(scale).Cmp(m.times(scale))
}

// times is the whole number value × 10^scale; scale is at least the number's own.
func (n Number) times(scale int) *big.Int {
	whole := n.large
	if whole == nil {
		whole = big.NewInt(n.small)
	}
	return new(big.Int).Mul(whole, pow10(scale-n.scale))
}

// smallTimes is times where it fits 63 bits.
func (n Number) smallTimes(scale int) (int64, bool) {
	if n.large != nil {
		return 0, false
	}
	v := n.small
	for range scale - n.scale {
		if v > (1<<63-1)/10 {
			return 0, false
		}
		v *= 10
	}
	return v, true
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
