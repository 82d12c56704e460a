package device

import (
	"maps"
	"math/big"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Capacity (算力规模) is what devices come to at one precision.
type Capacity struct {
	Precision  Precision
	Exa        *big.Rat // EFLOPS, exactly; 10¹⁸ whole-number operations a second for int8
	Counted    []Count
	NotCounted []Count // devices whose peak is unknown: they are somewhere, and nobody knows what they add
}

// Count is devices of one model.
type Count struct {
	Model   string
	Devices int64
}

// exa is the 10⁹ operations a second in one EFLOPS.
const exa = 1_000_000_000

// Capacity rolls numbers of devices by model up. Models whose peak at the
// precision is unknown are listed and never counted as zero. Both lists are in
// the order of ids and leave models without devices out.
//
// Codes: invalid for a precision that there is none of or a negative number;
// not_found for a model that the catalogue lacks.
func (c *Catalogue) Capacity(devices map[string]int64, p Precision) (Capacity, error) {
	if !slices.Contains(Precisions, p) {
		return Capacity{}, fault.Newf(fault.Invalid, "没有精度 %q：可用 %v。", "There is no precision %q: use one of %v.", p, Precisions)
	}
	out, giga := Capacity{Precision: p}, new(big.Int)
	for _, id := range slices.Sorted(maps.Keys(devices)) {
		n := devices[id]
		m, err := c.Model(id)
		switch {
		case err != nil:
			return Capacity{}, err
		case n < 0:
			return Capacity{}, fault.Newf(fault.Invalid, "型号 %s 的数量是 %d：不能为负。", "There are %[2]d devices of model %[1]s: a number cannot be negative.", id, n)
		case n == 0:
			continue
		}
		peak, known := m.Peak(p)
		if !known {
			out.NotCounted = append(out.NotCounted, Count{id, n})
			continue
		}
		out.Counted = append(out.Counted, Count{id, n})
		giga.Add(giga, new(big.Int).Mul(big.NewInt(n), big.NewInt(peak)))
	}
	out.Exa = new(big.Rat).SetFrac(giga, big.NewInt(exa))
	return out, nil
}
