package paper

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// fount is the type of one document: each character that it uses has a code,
// which is also its glyph in the font that goes into the file. A character
// that the face lacks gets a code too. It is drawn as a crossed box and is
// still itself to who searches or copies the text.
type fount struct {
	face   *face
	codes  map[rune]uint16
	runes  []rune   // by code; 0 is the face's own "no glyph" and never used
	glyphs []uint16 // by code
}

func newFount(f *face) *fount {
	return &fount{face: f, codes: map[rune]uint16{}, runes: []rune{0}, glyphs: []uint16{0}}
}

// code returns the code of a character. A document of more different
// characters than codes, which no language has, prints the others as U+FFFD.
func (t *fount) code(r rune) uint16 {
	if code, known := t.codes[r]; known {
		return code
	}
	if len(t.runes) >= 0xFFF0 && r != utf8.RuneError {
		return t.code(utf8.RuneError)
	}
	code := uint16(len(t.runes))
	t.codes[r] = code
	t.runes = append(t.runes, r)
	t.glyphs = append(t.glyphs, t.face.glyph(r))
	return code
}

func (t *fount) width(r rune) int { return t.face.advance(t.face.glyph(r)) }

// text returns the characters of a line.
func (t *fount) text(l line) string {
	runes := make([]rune, len(l.codes))
	for i, code := range l.codes {
		runes[i] = t.runes[code]
	}
	return string(runes)
}

// put writes the font into a file and returns its place.
func (t *fount) put(f *file) ref {
	cut := t.face.cut(t.glyphs)
	name := subsetTag(cut) + "+" + t.face.name
	program := f.stream(fmt.Sprintf("/Length1 %d", len(cut)), cut)

	box := t.face.box
	descriptor := f.object("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0"+
		" /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>",
		name, box[0], box[1], box[2], box[3], t.face.ascent, t.face.descent, t.face.capHeight, program)

	var widths bytes.Buffer
	for _, g := range t.glyphs {
		fmt.Fprintf(&widths, "%d ", t.face.advance(g))
	}
	descendant := f.object("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"+
		" /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W [0 [%s]] >>", name, descriptor, widths.Bytes())
	return f.object("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, descendant, f.stream("", t.toUnicode()))
}

// toUnicode says which character each code is, so that text can be searched
// and copied. A section holds at most 100 of them (Adobe's technical note 5411).
func (t *fount) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for from := 1; from < len(t.runes); from += 100 {
		part := t.runes[from:min(from+100, len(t.runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for i, r := range part {
			fmt.Fprintf(&b, "<%04X> <", from+i)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subsetTag is six capital letters that tell this cut of a font from others.
func subsetTag(cut []byte) string {
	sum := sha256.Sum256(cut)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}
