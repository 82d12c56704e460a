package population

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// textNumber converts a dictionary's text.
func (r *pageReader) textNumber(s []byte) (int64, error) {
	if r.cell != boolCell {
		return parseNumber(r.cell, s)
	}
	one := newColumnBuilder(r.want, 1, nil)
	err := one.text(0, s)
	return int64(one.out.Bits[0]), err
}

// scale is how many digits the column's unit needs beyond the decimal's own.
func (r *pageReader) scale() int {
	want := map[cellKind]int{moneyCell: 2, integerCell: 0, decimalCell: decimalScale}[r.cell]
	if r.decimal == nil {
		return 0
	}
	return want - int(r.decimal.Scale)
}

func (r *pageReader) scaled(v int64) (int64, error) {
	return r.bounded(big.NewInt(v))
}

func (r *pageReader) bigScaled(b []byte) (int64, error) {
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return r.bounded(v)
}

// bounded brings an unscaled decimal to the column's unit, exactly.
func (r *pageReader) bounded(v *big.Int) (int64, error) {
	if v.Sign() < 0 {
		return 0, fault.Newf(fault.Invalid, "数量不能为负。", "A quantity is never negative.")
	}
	power := func(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
	if s := r.scale(); s >= 0 {
		v = new(big.Int).Mul(v, power(s))
	} else {
		q, rest := new(big.Int).QuoRem(v, power(-s), new(big.Int))
		if rest.Sign() != 0 {
			return 0, fault.Newf(fault.Invalid, "小数超过两位：金额最小单位是分。", "More decimals than the unit has: the smallest unit of money is the fen.")
		}
		v = q
	}
	if v.Cmp(big.NewInt(maxMoney)) >= 0 {
		if r.cell == decimalCell {
			return maxMoney, nil
		}
		return 0, fault.Newf(fault.Invalid, "数值超出范围：金额须小于一亿亿元。", "Out of range: money stays below ten quadrillion yuan.")
	}
	return v.Int64(), nil
}

// numbers are the first n values in the column's unit. A DECIMAL of the same scale on INT64
// is used as it lies in the page.
func (r *pageReader) numbers(values encoding.Values, n int) ([]int64, error) {
	switch r.leaf.Type().Kind() {
	case parquet.Int64:
		raw := values.Int64()[:n]
		if r.scale() == 0 {
			if i := outside(raw); i >= 0 {
				_, err := r.scaled(raw[i])
				return nil, r.fault(r.at+i, err)
			}
			return raw, nil
		}
		return r.convertEach(n, func(i int) (int64, error) { return r.scaled(raw[i]) })
	case parquet.Int32:
		raw := values.Int32()[:n]
		return r.convertEach(n, func(i int) (int64, error) { return r.scaled(int64(raw[i])) })
	case parquet.FixedLenByteArray:
		raw, size := values.FixedLenByteArray()
		if size == 0 {
			return nil, corrupt(fmt.Errorf("column %s has empty values", r.name))
		}
		return r.convertEach(n, func(i int) (int64, error) { return r.bigScaled(raw[i*size : (i+1)*size]) })
	case parquet.ByteArray:
		raw, offsets := values.ByteArray()
		return r.convertEach(n, func(i int) (int64, error) { return r.bigScaled(raw[offsets[i]:offsets[i+1]]) })
	}
	return nil, corrupt(fmt.Errorf("column %s is of another type", r.name))
}

func (r *pageReader) convertEach(n int, value func(int) (int64, error)) ([]int64, error) {
	ints := room(r.pages.ints, n)
	r.pages.ints = ints
	for i := range n {
		v, err := value(i)
		if err != nil {
			return nil, r.fault(r.at+i, err)
		}
		ints[i] = v
	}
	return ints, nil
}

// outside finds the first value below 0 or past the bound, -1 none. Either sets
// the sign of v or of what is left to the bound, so one look at the end is enough.
func outside(values []int64) int {
	signs, rest := int64(0), values
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b, c, d := rest[0], rest[1], rest[2], rest[3]
		signs |= a | b | c | d | (maxMoney - 1 - a) | (maxMoney - 1 - b) | (maxMoney - 1 - c) | (maxMoney - 1 - d)
	}
	for _, v := range rest {
		signs |= v | (maxMoney - 1 - v)
	}
	if signs >= 0 {
		return -1
	}
	return slices.IndexFunc(values, func(v int64) bool { return uint64(v) >= maxMoney })
}
