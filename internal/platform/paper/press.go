// Package paper prints: official documents in Chinese as PDF, workbooks as XLSX.
// It knows paper and type and no business: what a decision says is its room's.
package paper

import (
	"bytes"
	"fmt"
	"io"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Press prints documents with one face. It keeps nothing between them and may
// be used by many at once.
type Press struct{ face *face }

// NewPress returns a press with the embedded Song face.
func NewPress() *Press { return &Press{face: song()} }

// Printed is a document as PDF prints it with the embedded face.
//
// Codes: invalid, too_large.
func Printed(d Document) ([]byte, error) {
	var b bytes.Buffer
	err := NewPress().PDF(&b, d)
	return b.Bytes(), err
}

// PDF prints a document: A4, Chinese, searchable, tagged, the type embedded.
// The same document gives the same bytes. Nothing is written unless all can be.
//
// Codes: invalid, too_large.
func (p *Press) PDF(w io.Writer, d Document) error {
	if err := d.Validate(); err != nil {
		return err
	}
	set := &pages{fount: newFount(p.face), root: &element{tag: "Document"}}
	set.turn()
	set.head(d)
	for i, b := range d.Blocks {
		b.set(set, d.Blocks[i+1:])
	}
	if set.full {
		return fault.Newf(fault.TooLarge, "这份文件超过 %d 页，请分成几份。", "This document has more than %d pages; split it.", maxPages)
	}
	set.folios()
	_, err := w.Write(set.bind(d))
	return err
}

// head sets what stands over the text (GB/T 9704-2012, clauses 7.2 and 7.3.1):
// the issuer 35 mm down, the number two lines under it, a red line 4 mm further
// down, the title two lines under that. A plain paper begins with its title.
func (p *pages) head(d Document) {
	if d.Issuer != "" {
		p.y = 35 * mm
		s := issuerStyle // made smaller for a long name to stand on one line
		s.size = min(s.size, max(textWidth/p.widest(d.Issuer), titleStyle.size))
		p.flow(p.root.child("P"), d.Issuer, s, Center, 0)
		p.y += bodyLead
		if d.Number != "" {
			p.flow(p.root.child("P"), d.Number, bodyStyle, Center, 0)
		}
		p.need(4*mm + 2)
		p.fill(0, p.y+4*mm, textWidth, 1.5, red)
		p.y += 4*mm + 1.5 + bodyLead
	}
	p.flow(p.root.child("H1"), p.balanced(d.Title, titleStyle), titleStyle, Center, 0)
	if d.Subtitle != "" {
		p.flow(p.root.child("P"), d.Subtitle, bodyStyle, Center, 0)
	}
	if d.Issuer == "" && d.Number != "" {
		p.flow(p.root.child("P"), d.Number, bodyStyle, Center, 0)
	}
	p.skip(bodyLead)
}

// folios numbers the pages: — 1 —, 7 mm under the text, one character in from
// the outer edge (GB/T 9704-2012, clause 7.5).
func (p *pages) folios() {
	all := p.all
	for i := range all {
		p.all = all[:i+1]
		l := p.fount.line([]rune(fmt.Sprintf("— %d —", i+1)))
		x := folioStyle.size
		if i%2 == 0 {
			x = textWidth - folioStyle.size - folioStyle.width(l)
		}
		p.write(nil, x, textHeight+7*mm, folioStyle, l, 0)
	}
}

// bind makes the file.
func (p *pages) bind(d Document) []byte {
	f := newFile()
	font := p.fount.put(f) // after all text is set, the numbers of pages too
	tree, catalog := f.reserve(), f.reserve()
	refs := make([]ref, len(p.all))
	for i := range refs {
		refs[i] = f.reserve()
	}
	structure := f.reserve()
	p.root.reserve(f)

	// The colours are of their own, so that no screen or printer has to guess.
	resources := f.object("<< /Font << /F %d 0 R >> /ColorSpace << /C [/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2]"+
		" /Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>] >> >>", font)
	var kids, parents bytes.Buffer
	for i, page := range p.all {
		content := f.stream("", page.content.Bytes())
		f.put(refs[i], "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources %d 0 R /Contents %d 0 R /StructParents %d /Tabs /S >>",
			tree, num(sheetWidth), num(sheetHeight), resources, content, i)
		fmt.Fprintf(&kids, "%d 0 R ", refs[i])
		fmt.Fprintf(&parents, "%d [", i)
		for _, e := range page.marks {
			fmt.Fprintf(&parents, "%d 0 R ", e.ref)
		}
		parents.WriteString("] ")
	}
	f.put(tree, "<< /Type /Pages /Kids [%s] /Count %d >>", kids.Bytes(), len(refs))
	p.root.put(f, structure, refs)
	f.put(structure, "<< /Type /StructTreeRoot /K [%d 0 R] /ParentTree << /Nums [%s] >> >>", p.root.ref, parents.Bytes())

	outlines := ""
	if len(p.headings) > 0 {
		outlines = fmt.Sprintf("/Outlines %d 0 R ", p.outline(f, refs))
	}
	title := oneLine(d.Title)
	day := d.Date.Time()
	f.put(catalog, "<< /Type /Catalog /Pages %d 0 R /Lang (zh-CN) /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R /Metadata %d 0 R"+
		" %s/ViewerPreferences << /DisplayDocTitle true >> >>", tree, structure, f.raw("/Type /Metadata /Subtype /XML", metadata(title, d.Date)), outlines)
	stamp := day.Format("(D:20060102150405+08'00')")
	info := f.object("<< /Title %s /Producer (Qianmo) /CreationDate %s /ModDate %s >>", textString(title), stamp, stamp)
	return f.finish(catalog, info)
}
