package paper

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestFace asks of the file what the reader relies on.
func TestFace(t *testing.T) {
	f, be := song(), binary.BigEndian
	for _, name := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp", "cmap", "OS/2"} {
		if len(f.tables[name]) == 0 {
			t.Fatalf("no table %s", name)
		}
	}
	if units, long := be.Uint16(f.tables["head"][18:]), be.Uint16(f.tables["head"][50:]); units != 1000 || long != 1 {
		t.Errorf("%d units an em, offsets of kind %d", units, long)
	}
	glyphs := int(be.Uint16(f.tables["maxp"][4:]))
	if len(f.tables["loca"]) != 4*(glyphs+1) {
		t.Errorf("%d glyphs and %d bytes of offsets", glyphs, len(f.tables["loca"]))
	}
	for g := range glyphs {
		if o := f.outline(uint16(g)); len(o) > 0 && int16(be.Uint16(o)) < 0 {
			t.Fatalf("glyph %d is made of others", g)
		}
	}
	if f.advance(f.glyph('决')) != 1000 || f.advance(f.glyph('i')) >= 500 {
		t.Error("the advances are not those of the face")
	}
	readme, err := os.ReadFile("fonts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(notoSerif)); !strings.Contains(string(readme), sum) {
		t.Errorf("fonts/README.md does not say that the file is %s", sum)
	}
}

// Whatever a register of China's writes has a glyph: GBK, and of the Table of
// General Standard Chinese Characters those beyond it (a sample of each kind).
func TestFaceCovers(t *testing.T) {
	f, known := song(), 0
	for a := byte(0x81); a < 0xFF; a++ {
		for b := byte(0x40); b < 0xFF; b++ {
			s, err := simplifiedchinese.GBK.NewDecoder().String(string([]byte{a, b}))
			r := []rune(s)
			if err != nil || len(r) != 1 || r[0] < 0x4E00 || r[0] > 0x9FA5 {
				continue
			}
			known++
			if f.glyph(r[0]) == 0 {
				t.Errorf("no glyph for %c", r[0])
			}
		}
	}
	if known < 20902 {
		t.Errorf("GBK has 20,902 Han characters, %d were asked for", known)
	}
	for _, r := range "㑇䶮鿍鿎鿏𬣙𠙶𫭟𬭩𪾢𨱇𩽾𫚭𬺓" + "〔〕《》“”‘’—…·％％‰¥￥№∶①⑩㈠℃㎡±×÷≥≤−□■ⅠⅫαΩé" {
		if f.glyph(r) == 0 {
			t.Errorf("no glyph for %c (U+%04X)", r, r)
		}
	}
	for _, r := range []rune{'😀', 'ש', 'ع', 0x10FFFF, -1, 0} {
		if f.glyph(r) != 0 {
			t.Errorf("a glyph for %q", r)
		}
	}
}

// A cut font keeps its glyphs as they are, and its checksums add up.
func TestCut(t *testing.T) {
	f, be := song(), binary.BigEndian
	glyphs := []uint16{0, f.glyph('决'), f.glyph(' '), f.glyph('定'), f.glyph('😀')}
	file := f.cut(glyphs)
	if sum := checksum(file); sum != 0xB1B0AFBA {
		t.Errorf("the whole adds up to %08X", sum)
	}
	again := &face{tables: map[string][]byte{}, metrics: len(glyphs)}
	for i := range int(be.Uint16(file[4:])) {
		e := file[12+16*i:]
		again.tables[string(e[:4])] = file[be.Uint32(e[8:]) : be.Uint32(e[8:])+be.Uint32(e[12:])]
	}
	for i, g := range glyphs {
		want, got := f.outline(g), again.outline(uint16(i))
		if string(got[:len(want)]) != string(want) || len(got) > len(want)+3 {
			t.Errorf("glyph %d is drawn otherwise", i)
		}
		if again.advance(uint16(i)) != f.advance(g) || again.bearing(uint16(i)) != f.bearing(g) {
			t.Errorf("glyph %d stands otherwise", i)
		}
	}
}
