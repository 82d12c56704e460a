// Package papertest reads a printed PDF back, by no code of the press.
package papertest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// Printed is a PDF read back: the objects where the
// table says they are, and each page's text through the font's own ToUnicode.
type Printed struct {
	Objects []string
	Pages   []string
}

var (
	startOfTable = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	tableEntry   = regexp.MustCompile(`(\d{10}) 00000 n \n`)
	streamBody   = regexp.MustCompile(`(?s)/Length (\d+) >>\nstream\n`)
	bfChar       = regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]+)>`)
	contentsOf   = regexp.MustCompile(`/Type /Page .*/Contents (\d+) 0 R`)
	toUnicodeOf  = regexp.MustCompile(`/ToUnicode (\d+) 0 R`)
	shownText    = regexp.MustCompile(`\[([^\]]*)\] TJ`)
	shownCodes   = regexp.MustCompile(`<([0-9A-F]*)>`)
)

// Read reads a file of the press; a code that is no character fails the test.
func Read(t testing.TB, file []byte) (p Printed) {
	t.Helper()
	start := startOfTable.FindSubmatch(file)
	if start == nil {
		t.Fatal("the file has no end")
	}
	at, _ := strconv.Atoi(string(start[1]))
	for i, entry := range tableEntry.FindAllSubmatch(file[at:], -1) {
		offset, _ := strconv.Atoi(string(entry[1]))
		head := fmt.Sprintf("%d 0 obj\n", i+1)
		if !bytes.HasPrefix(file[offset:], []byte(head)) {
			t.Fatalf("object %d is not where the table says", i+1)
		}
		body := file[offset+len(head):]
		p.Objects = append(p.Objects, string(body[:bytes.Index(body, []byte("endobj\n"))]))
	}
	runes := map[string]string{}
	var contents []string
	for _, object := range p.Objects {
		if m := toUnicodeOf.FindStringSubmatch(object); m != nil {
			for _, pair := range bfChar.FindAllStringSubmatch(p.Stream(t, m[1]), -1) {
				runes[pair[1]] = fromHex(pair[2])
			}
		}
		if m := contentsOf.FindStringSubmatch(object); m != nil {
			contents = append(contents, m[1])
		}
	}
	for _, number := range contents {
		var text strings.Builder
		for _, shown := range shownText.FindAllStringSubmatch(p.Stream(t, number), -1) {
			for _, codes := range shownCodes.FindAllStringSubmatch(shown[1], -1) {
				for i := 0; i < len(codes[1]); i += 4 {
					r, known := runes[codes[1][i:i+4]]
					if !known {
						t.Fatalf("code %s is no character", codes[1][i:i+4])
					}
					text.WriteString(r)
				}
			}
			text.WriteByte('\n')
		}
		p.Pages = append(p.Pages, text.String())
	}
	return p
}

// Stream is the text of an object's compressed stream, by its number.
func (p Printed) Stream(t testing.TB, number string) string {
	n, _ := strconv.Atoi(number)
	object := p.Objects[n-1]
	at := streamBody.FindStringSubmatchIndex(object)
	length, _ := strconv.Atoi(object[at[2]:at[3]])
	z, err := zlib.NewReader(strings.NewReader(object[at[1] : at[1]+length]))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func fromHex(s string) string {
	var units []uint16
	for i := 0; i+4 <= len(s); i += 4 {
		u, _ := strconv.ParseUint(s[i:i+4], 16, 16)
		units = append(units, uint16(u))
	}
	return string(utf16.Decode(units))
}
