package device

import (
	"regexp"
	"strconv"
	"strings"
)

// Figures are a model's, by what they measure. All quantities are there; a nil
// figure is one that nobody of standing states, or that the device has not.
type Figures map[Quantity]*Figure

// Figure is one number with who says so.
type Figure struct {
	Value  Decimal `yaml:"value"`
	Basis  Basis   `yaml:"basis"`
	Source string  `yaml:"source"` // the id of one
}

// Quantity is what a figure measures.
type Quantity string

// The quantities that are no peaks; each is a whole number.
const (
	Memory Quantity = "memory" // MiB
	Parts  Quantity = "parts"
	Power  Quantity = "power" // watts
)

// Precision (精度) is the kind of number that a peak is stated for.
type Precision string

// The closed set of precisions. A peak is in 10¹² operations a second, an addition
// and a multiplication counting two, on dense numbers and by the fastest unit of
// the device that takes them, matrix units included. Vendors that state twice as
// much for half-empty matrices (sparsity) are halved.
const (
	FP64 Precision = "fp64"
	FP32 Precision = "fp32"
	TF32 Precision = "tf32"
	FP16 Precision = "fp16"
	BF16 Precision = "bf16"
	FP8  Precision = "fp8"
	INT8 Precision = "int8"
)

// Precisions are all precisions, from the widest numbers to the narrowest.
var Precisions = []Precision{FP64, FP32, TF32, FP16, BF16, FP8, INT8}

// Quantities are all quantities in the order in which they are shown.
var Quantities = []Quantity{Memory, Parts, Power, Quantity(FP64), Quantity(FP32), Quantity(TF32), Quantity(FP16), Quantity(BF16), Quantity(FP8), Quantity(INT8)}

// Basis says how a figure came about.
type Basis string

// The closed set of bases.
const (
	Measured Basis = "measured" // by Qianmo's own tests, on a device that was there
	Reported Basis = "reported" // by the source
)

// Decimal is a number as it is written, with up to three places; no float comes
// near it.
type Decimal string

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,9})(\.[0-9]{1,3})?$`)

// thousandths is the exact value times 1,000; false for what is no decimal.
func (d Decimal) thousandths() (int64, bool) {
	if !decimal.MatchString(string(d)) {
		return 0, false
	}
	whole, places, _ := strings.Cut(string(d), ".")
	n, err := strconv.ParseInt(whole+(places + "000")[:3], 10, 64)
	return n, err == nil
}
