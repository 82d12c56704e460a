package target

import (
	"math/big"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
)

// parseNumber reads a plain non-negative decimal exactly.
//
// Codes: invalid.
func parseNumber(s string) (*big.Rat, error) {
	normal, err := evidence.ParseDecimal(s)
	if err != nil {
		return nil, err
	}
	n, _ := new(big.Rat).SetString(normal) // a plain decimal always parses
	return n, nil
}

// figure prints a number for people: exact up to six decimals, else rounded
// half away from zero to the decimals given; empty for nil. Decisions compare
// the numbers themselves, never what is printed.
func figure(n *big.Rat, decimals int) string {
	if n == nil {
		return ""
	}
	exact := strings.TrimSuffix(strings.TrimRight(n.FloatString(6), "0"), ".")
	if back, _ := new(big.Rat).SetString(exact); back.Cmp(n) == 0 {
		return exact
	}
	return n.FloatString(decimals)
}

func whole(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

// roundTo rounds half away from zero, so that a printed forecast has as many
// decimals as its figure; nil stays nil.
func roundTo(n *big.Rat, decimals int) *big.Rat {
	if n == nil {
		return nil
	}
	rounded, _ := new(big.Rat).SetString(n.FloatString(decimals)) // its own output always parses
	return rounded
}
