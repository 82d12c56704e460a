package review

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Points (分值) are what a criterion or a whole sheet is given, exact to the
// hundredth; the value counts hundredths. Floats never touch them.
type Points int64

const (
	point     = 100
	maxPoints = 1000 * point
)

// ParsePoints reads a plain decimal with at most two decimals, 0 to 1000.
//
// Codes: invalid.
func ParsePoints(s string) (Points, error) {
	whole, frac, dotted := strings.Cut(s, ".")
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 32)
	if err != nil || whole == "" || len(whole) > 4 || len(frac) > 2 || dotted && frac == "" || strings.ContainsAny(whole+frac, "+-_") || n > maxPoints {
		return 0, fault.Newf(fault.Invalid, "“%.20s”不是分数：请写 0 到 1000 之间、至多两位小数的数。", "%.20q is no mark: write a number from 0 to 1000 with at most two decimals.", s)
	}
	return Points(n), nil
}

// String writes the points without needless zeros: 87.5.
func (p Points) String() string {
	s := strconv.FormatInt(int64(p)/point, 10)
	if rest := int64(p) % point; rest != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(point+rest, 10)[1:], "0")
	}
	return s
}

// MarshalText writes the plain decimal.
func (p Points) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the plain decimal.
func (p *Points) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePoints(string(b))
	return err
}

// Schema implements huma.SchemaProvider.
func (Points) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^[0-9]{1,4}(\.[0-9]{1,2})?$`, PatternDescription: "points such as 87.5", Description: "Points, a plain decimal with at most two decimals", Examples: []any{"8.5"}}
}

// Mean is an exact average of points.
type Mean struct {
	Exact   string `json:"exact" doc:"The fraction itself, in points: 263/3"`
	Rounded string `json:"rounded" doc:"For reading, to two decimals, half up: 87.67"`
}

func meanOf(sum Points, n int) Mean {
	r := big.NewRat(int64(sum), point*int64(n))
	return Mean{Exact: r.RatString(), Rounded: r.FloatString(2)}
}

// Rat is the exact value.
func (m Mean) Rat() *big.Rat {
	r, ok := new(big.Rat).SetString(m.Exact)
	if !ok {
		return new(big.Rat)
	}
	return r
}
