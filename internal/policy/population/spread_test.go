package population

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/rle"
	"pgregory.net/rapid"
)

// rowsWithValues draws which rows have a value: none, all, runs of both, or any.
func rowsWithValues(t *rapid.T, rows int) []bool {
	style := rapid.IntRange(0, 3).Draw(t, "style")
	known := make([]bool, rows)
	for i := 0; i < rows; {
		run := 1
		if style == 2 {
			run = rapid.IntRange(1, 40).Draw(t, "run")
		}
		there := style == 1 || (style >= 2 && rapid.Bool().Draw(t, "there"))
		for ; run > 0 && i < rows; run, i = run-1, i+1 {
			known[i] = there
		}
	}
	return known
}

// bitmap lays bits from bit at on, and says how many are set.
func bitmap(known []bool, at int) (words []uint64, set int) {
	words = make([]uint64, (at+len(known)+63)/64+1)
	for i, k := range known {
		if k {
			words[(at+i)>>6] |= 1 << ((at + i) & 63)
			set++
		}
	}
	return words, set
}

// TestSpreadIsPlain: each loop without branches does what a plain one does, from
// any row on.
func TestSpreadIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, at := rapid.SampledFrom([]int{1, 7, 8, 63, 64, 65, 130, 200}).Draw(t, "rows"), rapid.IntRange(0, 70).Draw(t, "at")
		there := rowsWithValues(t, rows)
		known, set := bitmap(there, at)
		codes := rapid.SliceOfN(rapid.Uint8(), set, set).Draw(t, "codes")
		ints, packed := make([]int64, set), make([]byte, (set+7)/8)
		var table [256]int64
		for i := range table {
			table[i] = int64(i)*1e15 + 7
		}
		for i, c := range codes {
			ints[i] = table[c]
			packed[i>>3] |= c & 1 << (i & 7)
		}
		wantCodes, wantInts := make([]uint8, rows), make([]int64, rows)
		wantBits, next := make([]uint64, len(known)), 0
		for i, k := range there {
			if k {
				wantCodes[i], wantInts[i] = codes[next], ints[next]
				wantBits[(at+i)>>6] |= uint64(codes[next]&1) << ((at + i) & 63)
				next++
			}
		}
		stale := func() []int64 { return slices.Repeat([]int64{-1}, rows) }
		gotCodes := slices.Repeat([]uint8{9}, rows)
		spreadBytes(gotCodes, known, at, append(slices.Clone(codes), make([]uint8, 8)...)[:set])
		if !slices.Equal(gotCodes, wantCodes) {
			t.Fatalf("codes %v, want %v", gotCodes, wantCodes)
		}
		gotInts := stale()
		spreadInts(gotInts, known, at, ints)
		if !slices.Equal(gotInts, wantInts) {
			t.Fatalf("numbers %v, want %v", gotInts, wantInts)
		}
		gotInts = stale()
		if gatherInts(gotInts, known, at, gotCodes, &table); !slices.Equal(gotInts, wantInts) {
			t.Fatalf("numbers of a dictionary %v, want %v", gotInts, wantInts)
		}
		gotBits := make([]uint64, len(known))
		if spreadBits(gotBits, known, at, rows, packed); !slices.Equal(gotBits, wantBits) {
			t.Fatalf("bits %x, want %x", gotBits, wantBits)
		}
	})
}

// TestLevels: what a page says of missing values is read as parquet-go writes
// it, from any row on; in runs as long as may be; and in the old packing.
func TestLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, at := rapid.SampledFrom([]int{1, 8, 63, 64, 65, 1000}).Draw(t, "rows"), rapid.IntRange(0, 70).Draw(t, "at")
		there := rowsWithValues(t, rows)
		want, set := bitmap(there, at)
		levels, old := make([]uint8, rows), make([]byte, (rows+7)/8)
		for i, k := range there {
			if k {
				levels[i] = 1
				old[i>>3] |= 0x80 >> (i & 7)
			}
		}
		written, err := (&rle.Encoding{BitWidth: 1}).EncodeLevels(nil, levels)
		if err != nil {
			t.Fatal(err)
		}
		packed := []byte{byte(len(old)<<1|1) | 0x80, byte(len(old) >> 6)}
		for _, b := range old {
			packed = append(packed, bits.Reverse8(b))
		}
		for name, p := range map[string]page{
			"hybrid": {values: rows, levels: written}, "one packed run": {values: rows, levels: packed}, "old": {values: rows, levels: old, reversed: true},
		} {
			got := make([]uint64, len(want))
			n, err := p.known(got, at)
			if err != nil || n != set || !slices.Equal(got, want) {
				t.Fatalf("%s: %d of %d, %v:\n%x\n%x", name, n, set, err, got, want)
			}
			p.levels = p.levels[:len(p.levels)-1]
			if _, err := p.known(make([]uint64, len(want)), at); err == nil && name == "one packed run" {
				t.Fatalf("%s: cut short and read", name)
			}
		}
	})
}

// TestIndexes: indexes of every width up to a byte are read as parquet-go writes them.
func TestIndexes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 8).Draw(t, "width")
		n := rapid.SampledFrom([]int{1, 7, 8, 9, 64, 333}).Draw(t, "n")
		want := make([]uint8, n)
		for i := 0; i < n; {
			v := rapid.IntRange(0, 1<<width-1).Draw(t, "v")
			for run := rapid.SampledFrom([]int{1, 1, 20}).Draw(t, "run"); run > 0 && i < n; run, i = run-1, i+1 {
				want[i] = uint8(v)
			}
		}
		wide := make([]int32, n)
		for i, v := range want {
			wide[i] = int32(v)
		}
		src, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, wide)
		if err != nil {
			t.Fatal(err)
		}
		if width == 0 {
			src = []byte{byte(n<<1) | 0x80, byte(n >> 6)}
		}
		got := make([]uint8, n, n+8)
		if err := hybridCodes(got, width, src); err != nil || !slices.Equal(got, want) {
			t.Fatalf("width %d: %v\n%v\n%v", width, err, got, want)
		}
		count := rapid.IntRange(1, 256).Draw(t, "count")
		if is := int(slices.Max(want)) >= count; above(got, count) != is {
			t.Fatalf("above %d: %v", count, got)
		}
		clear(got)
		if hybridCodes(got, width, src[:len(src)-1]) == nil && !slices.Equal(got, want) {
			t.Fatal("cut short, and something else read")
		}
	})
}
