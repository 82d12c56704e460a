package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"unicode/utf16"
)

// file gathers the numbered objects of a PDF file (ISO 32000-1, clause 7.5).
type file struct {
	buf     bytes.Buffer
	offsets []int // by object, from 1
}

// ref is an object's number.
type ref int

func newFile() *file {
	f := &file{offsets: []int{0}}
	f.buf.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	return f
}

// reserve numbers an object that others name before it is written.
func (f *file) reserve() ref {
	f.offsets = append(f.offsets, 0)
	return ref(len(f.offsets) - 1)
}

// put writes a reserved object.
func (f *file) put(r ref, format string, args ...any) {
	f.offsets[r] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n", r)
	fmt.Fprintf(&f.buf, format, args...)
	f.buf.WriteString("\nendobj\n")
}

// object writes a new object.
func (f *file) object(format string, args ...any) ref {
	r := f.reserve()
	f.put(r, format, args...)
	return r
}

// stream writes data, compressed, with entries of its own beside the length.
func (f *file) stream(entries string, data []byte) ref {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(data) // a buffer takes everything
	_ = z.Close()
	return f.raw("/Filter /FlateDecode "+entries, packed.Bytes())
}

func (f *file) raw(entries string, data []byte) ref {
	r := f.reserve()
	f.offsets[r] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n<< %s /Length %d >>\nstream\n", r, entries, len(data))
	f.buf.Write(data)
	f.buf.WriteString("\nendstream\nendobj\n")
	return r
}

// finish adds the table of objects and returns the file. Its identifier is the
// hash of its content, so that the same content has the same one.
func (f *file) finish(catalog, info ref) []byte {
	id := sha256.Sum256(f.buf.Bytes())
	table := f.buf.Len()
	fmt.Fprintf(&f.buf, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets))
	for _, offset := range f.offsets[1:] {
		fmt.Fprintf(&f.buf, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&f.buf, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%X> <%X>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets), catalog, info, id[:16], id[:16], table)
	return f.buf.Bytes()
}

// textString writes a text as UTF-16 in hexadecimal, which needs no escapes.
func textString(s string) string {
	var b bytes.Buffer
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}
