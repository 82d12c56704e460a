package population

import (
	"encoding/binary"
	"math/bits"
)

// A page holds the values that are there, one after another; a column holds a
// value a row. These loops spread the first over the second, by a bitmap of the
// rows that have one. None of them branches on a cell.

// lowBits is a word whose lowest n bits are set; n of 64 or more is all.
func lowBits(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	return 1<<max(n, 0) - 1
}

// bitsAt are 64 bits of a bitmap from bit i on, zero past its end.
func bitsAt(words []uint64, i int) uint64 {
	w, shift := i>>6, uint(i&63)
	v := words[w] >> shift
	if shift != 0 && w+1 < len(words) {
		v |= words[w+1] << (64 - shift)
	}
	return v
}

// orAt sets up to 64 bits from bit i on; none may lie past the bitmap's end.
func orAt(words []uint64, i int, v uint64) {
	w, shift := i>>6, uint(i&63)
	words[w] |= v << shift
	if high := v >> (64 - shift); high != 0 {
		words[w+1] |= high
	}
}

// setBits sets n bits from bit at on.
func setBits(words []uint64, at, n int) {
	for i := 0; i < n; i += 64 {
		orAt(words, at+i, lowBits(n-i))
	}
}

// putBits copies the first n bits of src to bit at on, where all are clear.
func putBits(words []uint64, at int, src []byte, n int) {
	for i := 0; i < n; i += 64 {
		orAt(words, at+i, load64(src, i>>3)&lowBits(n-i))
	}
}

// load64 reads eight bytes from place i on, zero past the end.
func load64(src []byte, i int) uint64 {
	if i+8 <= len(src) {
		return binary.LittleEndian.Uint64(src[i : i+8])
	}
	var last [8]byte
	if i < len(src) {
		copy(last[:], src[i:])
	}
	return binary.LittleEndian.Uint64(last[:])
}

// unpack reads numbers of width bits, at most 8, to a byte each, eight at a time:
// they are halved into 32, then 16, then 8 bits. It may write on to the next
// multiple of eight.
func unpack(out []uint8, width int, src []byte) {
	w := uint(width)
	all := lowBits(8 * width)
	four, two, one := lowBits(4*width), lowBits(2*width)*0x0000000100000001, lowBits(width)*0x0001000100010001
	for i, from := 0, 0; i < len(out); i, from = i+8, from+width {
		x := load64(src, from) & all
		x = x&four | (x&^four)<<(32-4*w)
		x = x&two | (x&^two)<<(16-2*w)
		x = x&one | (x&^one)<<(8-w)
		binary.LittleEndian.PutUint64(out[i:i+8:i+8], x)
	}
}

// above reports whether a code is count or more, 1 ≤ count ≤ 256, eight at a time.
func above(codes []uint8, count int) bool {
	const low, high, ones = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080, 0x0101010101010101
	bad := uint64(0)
	if count > 128 {
		for i := 0; i < len(codes); i += 8 {
			x := load64(codes, i)
			bad |= x & (x&low + uint64(256-count)*ones)
		}
		return bad&high != 0
	}
	for i := 0; i < len(codes); i += 8 {
		x := load64(codes, i)
		bad |= x | (x&low + uint64(128-count)*ones)
	}
	return bad&high != 0
}

// byteSpread moves the low bytes of a word to the places of a mask's bits, in
// three steps: bytes that have 4 or more places to go, then 2 of the rest, then
// 1 (Hacker's Delight, 7-5).
type byteSpread struct{ there, four, two, one uint64 }

var byteSpreads = func() (table [256]byteSpread) {
	for mask := range table {
		s := &table[mask]
		from := 0
		for to := range 8 {
			if mask>>to&1 == 0 {
				continue
			}
			at, distance := from, to-from
			s.there |= 0xff << (8 * at)
			if distance&4 != 0 {
				s.four |= 0xff << (8 * at)
				at += 4
			}
			if distance&2 != 0 {
				s.two |= 0xff << (8 * at)
				at += 2
			}
			if distance&1 != 0 {
				s.one |= 0xff << (8 * at)
			}
			from++
		}
	}
	return table
}()

func (s *byteSpread) of(x uint64) uint64 {
	x &= s.there
	x = x&^s.four | x&s.four<<32
	x = x&^s.two | x&s.two<<16
	return x&^s.one | x&s.one<<8
}

// spreadBytes spreads codes over rows from row at on: len(out) rows. Behind the
// codes lie 8 bytes of any content.
func spreadBytes(out []uint8, known []uint64, at int, codes []uint8) {
	j := 0
	for i := 0; i < len(out); i += 64 {
		word := bitsAt(known, at+i) & lowBits(len(out)-i)
		for k := i; k < min(i+64, len(out)); k += 8 {
			mask := uint8(word >> (k - i))
			x := byteSpreads[mask].of(binary.LittleEndian.Uint64(codes[j : j+8]))
			if k+8 <= len(out) {
				binary.LittleEndian.PutUint64(out[k:k+8], x)
			} else {
				var last [8]byte
				binary.LittleEndian.PutUint64(last[:], x)
				copy(out[k:], last[:])
			}
			j += bits.OnesCount8(mask)
		}
	}
}

// spreadInts spreads numbers over rows from row at on; rows without get 0.
func spreadInts(out []int64, known []uint64, at int, values []int64) {
	var last [64]int64
	for i := 0; i < len(out); i += 64 {
		to := out[i:min(i+64, len(out))]
		word := bitsAt(known, at+i) & lowBits(len(to))
		if word == lowBits(len(to)) {
			values = values[copy(to, values):]
			continue
		}
		if len(values) < 64 { // the last ones: not to read past them
			copy(last[:], values)
			values = last[:]
		}
		from, j := (*[64]int64)(values), 0
		for k := range to {
			bit := word >> (k & 63) & 1
			to[k] = from[j&63] & -int64(bit)
			j += int(bit)
		}
		values = values[j:]
	}
}

// gatherInts looks the codes of rows from row at on up in a table; rows without
// get 0.
func gatherInts(out []int64, known []uint64, at int, codes []uint8, table *[256]int64) {
	for i := 0; i < len(out); i += 64 {
		to := out[i:min(i+64, len(out))]
		from := codes[i:][:len(to)]
		word := bitsAt(known, at+i)
		for k, code := range from {
			to[k] = table[code] & -int64(word>>(k&63)&1)
		}
	}
}

// bitSpreads spreads four bits by a mask of four: [mask<<4|bits].
var bitSpreads = func() (table [256]uint8) {
	for i := range table {
		mask, j := i>>4, 0
		for to := range 4 {
			if mask>>to&1 == 1 {
				table[i] |= uint8(i >> j & 1 << to)
				j++
			}
		}
	}
	return table
}()

// spreadBits spreads packed bits over n rows from row at on.
func spreadBits(out, known []uint64, at, n int, packed []byte) {
	j := 0
	for i := 0; i < n; i += 64 {
		word := bitsAt(known, at+i) & lowBits(n-i)
		spread := uint64(0)
		for half := 0; half < 64; half += 32 { // 32 bits at most between two loads, which hold 57
			dense := load64(packed, j>>3) >> (j & 7)
			before := bits.OnesCount64(word & lowBits(half))
			for k := half; k < half+32; k += 4 {
				mask := word >> k & 15
				spread |= uint64(bitSpreads[mask<<4|dense&15]) << k
				dense >>= bits.OnesCount64(mask)
			}
			j += bits.OnesCount64(word&lowBits(half+32)) - before
		}
		orAt(out, at+i, spread)
	}
}
