package evidence

import (
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Bounds of a decimal: far above any count of device-seconds, small enough
// that a hostile file cannot make sums expensive.
const (
	maxWholeDigits    = 24
	maxFractionDigits = 12
)

// ParseDecimal reads a plain non-negative decimal such as "0.6" and returns it
// without needless zeros. Signs, exponents and separators are refused.
//
// Codes: invalid.
func ParseDecimal(s string) (string, error) {
	if strings.HasPrefix(s, "-") {
		return "", negative(s)
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if !allDigits(whole) || (dotted && !allDigits(fraction)) {
		return "", fault.Newf(fault.Invalid, "“%s”不是数：请写成普通十进制数，例如 12.5，不带单位、逗号和指数。", "%q is not a number: write a plain decimal such as 12.5, without unit, commas or exponent.", clip(s))
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(whole) > maxWholeDigits || len(fraction) > maxFractionDigits {
		return "", fault.Newf(fault.Invalid, "“%s”超出范围：整数部分至多 %d 位，小数部分至多 %d 位。", "%q is out of range: at most %d whole digits and %d decimals.", clip(s), maxWholeDigits, maxFractionDigits)
	}
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole, nil
	}
	return whole + "." + fraction, nil
}

// parseWhole reads a non-negative whole number.
func parseWhole(s string) (string, error) {
	n, err := ParseDecimal(s)
	if err == nil && strings.Contains(n, ".") {
		return "", fault.Newf(fault.Invalid, "“%s”不是整数。", "%q is not a whole number.", clip(s))
	}
	return n, err
}

func negative(s string) error {
	return fault.Newf(fault.Invalid, "“%s”为负：事实的数量不能为负，减少请写一条更正。", "%q is negative: a fact counts what happened; write a correction to lower it.", clip(s))
}

// accumulator adds exact decimals. The zero value is 0.
type accumulator struct{ total apd.Decimal }

func (a *accumulator) add(decimal string) error {
	addend, _, err := apd.NewFromString(decimal)
	if err == nil {
		_, err = apd.BaseContext.Add(&a.total, &a.total, addend) // precision 0: exact
	}
	return err
}

// String prints the sum with the decimals of its most exact addend.
func (a *accumulator) String() string { return a.total.Text('f') }

func isZero(decimal string) bool { return strings.Trim(decimal, "0.") == "" && decimal != "" }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
