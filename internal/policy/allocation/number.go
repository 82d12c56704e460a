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
	if n, ok := parseShort(s); ok {
		return n, nil
	}
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

// parseShort reads what nearly every number is: up to 18 digits with a point
// among them, and no exponent.
func parseShort(s string) (n Number, ok bool) {
	if len(s) == 0 || len(s) > 19 {
		return n, false
	}
	point := -1
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n.small = 10*n.small + int64(c-'0')
		case c == '.' && point < 0 && i > 0 && i < len(s)-1:
			point = i
		default:
			return Number{}, false
		}
	}
	if point < 0 {
		return n, len(s) <= 18
	}
	n.scale = len(s) - 1 - point
	for n.scale > 0 && n.small%10 == 0 {
		n.small, n.scale = n.small/10, n.scale-1
	}
	return n, true
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
func (n Number) String() string { return string(n.append(nil)) }

// MarshalText prints the plain decimal.
func (n Number) MarshalText() ([]byte, error) { return n.append(nil), nil }

// append writes the plain decimal.
func (n Number) append(b []byte) []byte {
	var room [64]byte
	digits := room[:0]
	if n.large != nil {
		digits = n.large.Append(digits, 10)
	} else {
		digits = strconv.AppendInt(digits, n.small, 10)
	}
	whole := len(digits) - n.scale
	switch {
	case n.scale == 0:
		return append(b, digits...)
	case whole > 0:
		return append(append(append(b, digits[:whole]...), '.'), digits[whole:]...)
	}
	b = append(b, "0."...)
	for range -whole {
		b = append(b, '0')
	}
	return append(b, digits...)
}

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
