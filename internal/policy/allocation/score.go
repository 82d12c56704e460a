package allocation

import (
	"math/big"
	"math/bits"
	"strconv"
)

// form is the composite score of a call's applications as one linear form in
// whole numbers: points = Σ per(factor) × value, score = points / out of. All
// applications of a call share `out of`, so scores compare as points do,
// exactly. Points of 128 bits are the fast way; what does not fit is big.
type form struct {
	columns []column
	outOf   *big.Int
	points  []wide     // an application; nil when the form is large
	large   []*big.Int // an application; nil when the form fits
}

// column is one factor of a form.
type column struct {
	factor      string
	weight      Number
	least, most Number   // over all applications, as given
	per         *big.Int // points for one unit of value
	span        *big.Int // the value that scores 1 (min_max, max); decimal units (none)
	scale       int
	small       []int64 // values, an application
	large       []*big.Int
}

// weighted is a factor with the weight to use.
type weighted struct {
	factor string
	weight Number
}

// newForm scores applications by the factors.
func newForm(apps []*Application, factors []weighted, by Normalise) *form {
	f := &form{outOf: big.NewInt(1)}
	weightScale := 0
	for _, w := range factors {
		weightScale = max(weightScale, w.weight.scale)
	}
	for k, w := range factors {
		f.columns = append(f.columns, newColumn(apps, w, k, by))
	}
	lcm := big.NewInt(1)
	for i := range f.columns {
		lcm = leastMultiple(lcm, f.columns[i].span)
	}
	for i := range f.columns {
		c := &f.columns[i]
		c.per = new(big.Int).Mul(c.weight.times(weightScale), new(big.Int).Quo(lcm, c.span))
	}
	f.outOf = new(big.Int).Mul(lcm, pow10(weightScale))
	f.reduce()
	f.add(len(apps))
	return f
}

func leastMultiple(a, b *big.Int) *big.Int {
	g := new(big.Int).GCD(nil, nil, a, b)
	return new(big.Int).Mul(a, new(big.Int).Quo(b, g))
}

// newColumn takes the values of one factor and scales them.
func newColumn(apps []*Application, w weighted, hint int, by Normalise) column {
	c := column{factor: w.factor, weight: w.weight}
	values := make([]Number, len(apps))
	for i, a := range apps {
		v := a.score(w.factor, hint)
		values[i] = v
		c.scale = max(c.scale, v.scale)
		if i == 0 || v.Cmp(c.least) < 0 {
			c.least = v
		}
		if i == 0 || v.Cmp(c.most) > 0 {
			c.most = v
		}
	}
	base := new(big.Int)
	switch by {
	case MinMax:
		base = c.least.times(c.scale)
		c.span = new(big.Int).Sub(c.most.times(c.scale), base)
	case OfMax:
		c.span = c.most.times(c.scale)
	default:
		c.span = pow10(c.scale)
	}
	if c.span.Sign() == 0 { // all alike: each is the best there is
		c.span = big.NewInt(1)
		base.Sub(base, c.span)
	}
	c.take(values, base)
	return c
}

// take keeps value − base of each application, small where they all are.
func (c *column) take(values []Number, base *big.Int) {
	if base.IsInt64() {
		from := base.Int64()
		c.small = make([]int64, len(values))
		fits := true
		for i, v := range values {
			n, ok := v.smallTimes(c.scale)
			if fits = ok; !fits {
				break
			}
			c.small[i] = n - from
		}
		if fits {
			return
		}
	}
	c.small, c.large = nil, make([]*big.Int, len(values))
	for i, v := range values {
		n := v.times(c.scale)
		c.large[i] = n.Sub(n, base)
	}
}

func (c *column) value(i int) *big.Int {
	if c.large != nil {
		return c.large[i]
	}
	return big.NewInt(c.small[i])
}

// reduce takes the common divisor out of the coefficients.
func (f *form) reduce() {
	g := new(big.Int).Set(f.outOf)
	for i := range f.columns {
		g.GCD(nil, nil, g, f.columns[i].per)
	}
	f.outOf.Quo(f.outOf, g)
	for i := range f.columns {
		f.columns[i].per.Quo(f.columns[i].per, g)
	}
}

// add sums the points up.
func (f *form) add(n int) {
	if f.fits(n) {
		f.points = make([]wide, n)
		for i := range f.columns {
			c := &f.columns[i]
			per := c.per.Uint64()
			for k, v := range c.small {
				f.points[k].addProduct(per, uint64(v))
			}
		}
		return
	}
	f.large = make([]*big.Int, n)
	for k := range f.large {
		sum := new(big.Int)
		for i := range f.columns {
			c := &f.columns[i]
			sum.Add(sum, new(big.Int).Mul(c.per, c.value(k)))
		}
		f.large[k] = sum
	}
}

// perWeight makes scores those of weights that add up to 1, so that they can be
// compared between weightings.
func (f *form) perWeight() {
	sum := new(big.Int)
	for i := range f.columns {
		c := &f.columns[i]
		sum.Add(sum, new(big.Int).Mul(c.per, c.span))
	}
	f.outOf = sum
}

// fits reports whether every application's points are sure to fit 128 bits.
func (f *form) fits(n int) bool {
	bound := new(big.Int)
	for i := range f.columns {
		c := &f.columns[i]
		if c.small == nil || !c.per.IsUint64() {
			return false
		}
		most := int64(0)
		for _, v := range c.small {
			most = max(most, v)
		}
		bound.Add(bound, new(big.Int).Mul(c.per, big.NewInt(most)))
	}
	return n > 0 && bound.BitLen() <= 128
}

// compare orders two applications by score.
func (f *form) compare(i, k int) int {
	if f.large != nil {
		return f.large[i].Cmp(f.large[k])
	}
	return f.points[i].compare(f.points[k])
}

// total is an application's points.
func (f *form) total(i int) *big.Int {
	if f.large != nil {
		return f.large[i]
	}
	return f.points[i].big()
}

// pointsText prints an application's points.
func (f *form) pointsText(i int) string {
	if f.large == nil && f.points[i].hi == 0 {
		return strconv.FormatUint(f.points[i].lo, 10)
	}
	return f.total(i).String()
}

// pointsText prints what the column adds to an application's points.
func (c *column) pointsText(i int) string {
	if c.large == nil && c.per.IsUint64() {
		if hi, lo := bits.Mul64(c.per.Uint64(), uint64(c.small[i])); hi == 0 {
			return strconv.FormatUint(lo, 10)
		}
	}
	return new(big.Int).Mul(c.per, c.value(i)).String()
}

// atLeast tells which applications reach a bar: their points are at least the
// bar × out of, rounded up to a whole.
func (f *form) atLeast(bar Number) func(i int) bool {
	need := new(big.Int).Mul(bar.times(bar.scale), f.outOf)
	unit := pow10(bar.scale)
	need.Add(need, new(big.Int).Sub(unit, big.NewInt(1))).Quo(need, unit)
	if f.large != nil {
		return func(i int) bool { return f.large[i].Cmp(need) >= 0 }
	}
	if need.BitLen() > 128 {
		return func(int) bool { return false }
	}
	least := wide{new(big.Int).Rsh(need, 64).Uint64(), new(big.Int).And(need, new(big.Int).SetUint64(1<<64-1)).Uint64()}
	return func(i int) bool { return f.points[i].compare(least) >= 0 }
}

// shownDecimals is how exact a score is shown; points are exact.
const shownDecimals = 9

// score is points / out of as a decimal for people, rounded half up.
func (f *form) score(i int) string {
	if f.large == nil && f.points[i].hi == 0 && f.outOf.IsUint64() {
		out := f.outOf.Uint64()
		hi, lo := bits.Mul64(f.points[i].lo, 1e9)
		lo, carry := bits.Add64(lo, out/2, 0)
		if hi += carry; hi < out {
			q, _ := bits.Div64(hi, lo, out)
			if q < 1<<63 {
				return fromDecimals(int64(q))
			}
		}
	}
	n := new(big.Int).Mul(f.total(i), pow10(shownDecimals))
	n.Add(n, new(big.Int).Quo(f.outOf, big.NewInt(2)))
	n.Quo(n, f.outOf)
	if n.IsInt64() {
		return fromDecimals(n.Int64())
	}
	return trimmed(Number{large: n, scale: shownDecimals}.String())
}

func fromDecimals(n int64) string {
	scale := shownDecimals
	for scale > 0 && n%10 == 0 {
		n, scale = n/10, scale-1
	}
	return Number{small: n, scale: scale}.String()
}

func trimmed(decimal string) string {
	for decimal[len(decimal)-1] == '0' {
		decimal = decimal[:len(decimal)-1]
	}
	if decimal[len(decimal)-1] == '.' {
		decimal = decimal[:len(decimal)-1]
	}
	return decimal
}

// wide is a whole number of 128 bits.
type wide struct{ hi, lo uint64 }

func (w *wide) addProduct(a, b uint64) {
	hi, lo := bits.Mul64(a, b)
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi, _ = bits.Add64(w.hi, hi, carry)
}

func (w wide) compare(v wide) int {
	switch {
	case w == v:
		return 0
	case w.hi < v.hi || (w.hi == v.hi && w.lo < v.lo):
		return -1
	}
	return 1
}

func (w wide) big() *big.Int {
	n := new(big.Int).SetUint64(w.hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w.lo))
}
