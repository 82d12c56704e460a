package supervision

import (
	"math"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// valueOf is a figure of a fact in hundredths (fen for yuan): the quantity, or
// a decimal attribute. What is finer is cut off, what is larger than 64 bits is
// the largest: such figures are compared, never paid.
func valueOf(f *evidence.Fact, attribute string) int64 {
	text := f.Quantity
	if attribute != "" {
		text = f.Attributes[attribute]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil && text != "" {
		return math.MaxInt64
	}
	return n
}

// added adds a fact's figure to a sum, which stops at the largest.
func added(sum money.Fen, it *item, attribute ...string) money.Fen {
	v := it.value
	if len(attribute) > 0 && attribute[0] != "" {
		v = valueOf(&it.Fact, attribute[0])
	}
	if total, err := sum.Add(money.Fen(v)); err == nil {
		return total
	}
	return money.Max
}
