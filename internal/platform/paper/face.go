package paper

import (
	_ "embed"
	"encoding/binary"
	"sort"
	"sync"
)

// face is the one font of every page: a TrueType file that is read where it
// lies in the program, so that it costs no memory until a page is set and
// nothing has to be loaded or let go. All lengths are in units of 1/1000 em.
type face struct {
	name    string
	tables  map[string][]byte
	metrics int    // how many glyphs have an advance of their own
	cmap    []byte // groups of (first rune, last rune, glyph of the first)

	ascent, descent, capHeight int
	box                        [4]int
}

//go:embed fonts/NotoSerifSC-Regular.ttf
var notoSerif []byte

// song is the embedded face. Its tables were checked when it was cut, and
// TestFace asks again: unhinted, no composite glyphs, long offsets, 1000 units.
var song = sync.OnceValue(func() *face {
	be := binary.BigEndian
	f := &face{name: "NotoSerifSC-Regular", tables: map[string][]byte{}}
	for i := range int(be.Uint16(notoSerif[4:])) {
		entry := notoSerif[12+16*i:]
		offset, length := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		f.tables[string(entry[:4])] = notoSerif[offset : offset+length]
	}
	signed := func(table string, at int) int { return int(int16(be.Uint16(f.tables[table][at:]))) }
	f.metrics = int(be.Uint16(f.tables["hhea"][34:]))
	f.ascent, f.descent, f.capHeight = signed("OS/2", 68), signed("OS/2", 70), signed("OS/2", 88)
	f.box = [4]int{signed("head", 36), signed("head", 38), signed("head", 40), signed("head", 42)}
	cmap := f.tables["cmap"]
	for i := range int(be.Uint16(cmap[2:])) {
		sub := cmap[be.Uint32(cmap[4+8*i+4:]):]
		if be.Uint16(sub) == 12 {
			f.cmap = sub[16 : 16+12*be.Uint32(sub[12:])]
		}
	}
	return f
})

// glyph returns the glyph of a character, 0 when the face has none.
func (f *face) glyph(r rune) uint16 {
	be, n := binary.BigEndian, len(f.cmap)/12
	i := sort.Search(n, func(i int) bool { return be.Uint32(f.cmap[12*i+4:]) >= uint32(r) })
	if i == n || be.Uint32(f.cmap[12*i:]) > uint32(r) {
		return 0
	}
	return uint16(be.Uint32(f.cmap[12*i+8:]) + uint32(r) - be.Uint32(f.cmap[12*i:]))
}

// advance returns how far a glyph moves the pen.
func (f *face) advance(glyph uint16) int {
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*min(int(glyph), f.metrics-1):]))
}

// outline returns the drawing of a glyph; it is empty for a space.
func (f *face) outline(glyph uint16) []byte {
	loca := f.tables["loca"][4*int(glyph):]
	return f.tables["glyf"][binary.BigEndian.Uint32(loca):binary.BigEndian.Uint32(loca[4:])]
}

// bearing returns a glyph's left side bearing.
func (f *face) bearing(glyph uint16) uint16 {
	hmtx := f.tables["hmtx"]
	if int(glyph) < f.metrics {
		return binary.BigEndian.Uint16(hmtx[4*int(glyph)+2:])
	}
	return binary.BigEndian.Uint16(hmtx[4*f.metrics+2*(int(glyph)-f.metrics):])
}

// cut returns a font file whose glyph i is glyphs[i] of the face; glyphs[0]
// must be 0. It has the tables that a font inside a PDF needs, and no more.
func (f *face) cut(glyphs []uint16) []byte {
	be := binary.BigEndian
	var glyf, loca, hmtx []byte
	for _, g := range glyphs {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, f.outline(g)...)
		glyf = append(glyf, make([]byte, -len(glyf)&3)...)
		hmtx = be.AppendUint16(hmtx, uint16(f.advance(g)))
		hmtx = be.AppendUint16(hmtx, f.bearing(g))
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))

	patched := func(name string, at int, value uint16) []byte {
		table := append([]byte(nil), f.tables[name]...)
		be.PutUint16(table[at:], value)
		return table
	}
	head := patched("head", 50, 1) // long offsets
	be.PutUint32(head[8:], 0)
	file := sfnt([]table{
		{"glyf", glyf},
		{"head", head},
		{"hhea", patched("hhea", 34, uint16(len(glyphs)))},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", patched("maxp", 4, uint16(len(glyphs)))},
	})
	be.PutUint32(file[headOffset(file)+8:], 0xB1B0AFBA-checksum(file))
	return file
}

type table struct {
	name string
	data []byte
}

// sfnt joins tables, which must be in order of their names, into a font file.
func sfnt(tables []table) []byte {
	be := binary.BigEndian
	power, log := 1, 0
	for power*2 <= len(tables) {
		power, log = power*2, log+1
	}
	file := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tables), power * 16, log, (len(tables) - power) * 16} {
		file = be.AppendUint16(file, uint16(v))
	}
	offset := 12 + 16*len(tables)
	for _, t := range tables {
		file = append(file, t.name...)
		file = be.AppendUint32(file, checksum(t.data))
		file = be.AppendUint32(file, uint32(offset))
		file = be.AppendUint32(file, uint32(len(t.data)))
		offset += len(t.data) + -len(t.data)&3
	}
	for _, t := range tables {
		file = append(file, t.data...)
		file = append(file, make([]byte, -len(t.data)&3)...)
	}
	return file
}

func headOffset(file []byte) uint32 { return binary.BigEndian.Uint32(file[12+16+8:]) } // the second table

// checksum adds up a table's big-endian words.
func checksum(data []byte) (sum uint32) {
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	var rest [4]byte
	copy(rest[:], data)
	return sum + binary.BigEndian.Uint32(rest[:])
}
