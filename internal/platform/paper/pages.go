package paper

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The sheet is A4 after GB/T 9704-2012, clauses 5.1 and 5.2: 37 mm of margin
// above, 28 mm on the binding side, and a text of 156 × 225 mm, filled by 22
// lines of 28 characters. Lengths are in points, 1/72 inch.
const (
	mm = 72 / 25.4

	sheetWidth, sheetHeight = 210 * mm, 297 * mm
	marginTop, marginLeft   = 37 * mm, 28 * mm
	textWidth, textHeight   = 156 * mm, 225 * mm

	bodySize = textWidth / 28 // 3号, which is 16 points and set a hair smaller to fill the line
	bodyLead = textHeight / 22
)

// style is how a line looks. The bold of the one face is its outline, drawn
// thicker: a Song face so thickened is near to the 小标宋 of official titles.
type style struct {
	size, lead float64
	bold       bool
	color      color
}

// width is how wide a line stands, in points.
func (s style) width(l line) float64 { return float64(l.width) * s.size / 1000 }

type color [3]float64

var (
	black = color{}
	red   = color{0.85, 0.05, 0.05}
	grey  = color{0.55, 0.55, 0.55}
	pale  = color{0.93, 0.94, 0.96}
	blue  = color{0.27, 0.45, 0.68}
)

var (
	issuerStyle  = style{size: 36, lead: 50, bold: true, color: red}
	titleStyle   = style{size: 22, lead: 34, bold: true} // 2号
	bodyStyle    = style{size: bodySize, lead: bodyLead}
	folioStyle   = style{size: 14, lead: 14}             // 4号
	captionStyle = style{size: 12, lead: 20, bold: true} // 小4号
	tableStyle   = style{size: 10.5, lead: 15}           // 5号
	noteStyle    = style{size: 9, lead: 14}              // 小5号
)

// pages is a document while it is set: all its pages, and how far down the
// text of the last one has come.
type pages struct {
	fount *fount
	root  *element
	all   []*page
	y     float64
	full  bool // more than maxPages: nothing is drawn any more

	headings []heading
}

// page is what is drawn on one sheet, and which element each marked piece of
// it belongs to.
type page struct {
	content bytes.Buffer
	marks   []*element
}

func (p *pages) turn() {
	p.y = 0
	if len(p.all) == maxPages {
		p.full = true
		return
	}
	p.all = append(p.all, &page{})
}

func (p *pages) page() *page { return p.all[len(p.all)-1] }

// room is what is left of the page, with a hair for rounding.
func (p *pages) room() float64 { return textHeight - p.y + 0.01 }

// need turns the page unless so much is left of it.
func (p *pages) need(height float64) {
	if p.room() < height && p.y > 0 {
		p.turn()
	}
}

// skip leaves space, but none at the top of a page.
func (p *pages) skip(height float64) {
	if p.y > 0 {
		p.y = min(p.y+height, textHeight)
	}
}

// lines breaks a text at a width in points.
func (p *pages) lines(text string, s style, width, indent float64) []line {
	return p.fount.lines(text, int(width/s.size*1000+0.5), int(indent/s.size*1000+0.5))
}

// widest is the width of a text's longest line, in em.
func (p *pages) widest(text string) (em float64) {
	for _, l := range p.fount.lines(text, math.MaxInt, 0) {
		em = max(em, float64(l.width)/1000)
	}
	return em
}

// flow sets lines one under the other over the whole width, turning pages.
func (p *pages) flow(e *element, text string, s style, align Align, indent float64) {
	p.flowBefore(e, text, s, align, indent, 0)
}

// flowBefore is flow, whose last two lines go with a height that follows them.
func (p *pages) flowBefore(e *element, text string, s style, align Align, indent, follows float64) {
	first, lines := true, p.lines(text, s, textWidth, indent)
	for i, l := range lines {
		if left := len(lines) - i; left <= 2 && follows > 0 {
			p.need(float64(left)*s.lead + follows)
		}
		p.need(s.lead)
		x, width := 0.0, textWidth
		if first {
			x, width = indent, textWidth-indent
		}
		if align == Left && !l.last {
			p.write(e, x, p.y, s, l, width)
		} else {
			p.write(e, x+aligned(l, s, align, width), p.y, s, l, 0)
		}
		p.y += s.lead
		first = l.last // the next paragraph of the text is indented again
	}
}

// balanced breaks a text that is longer than a line into lines of about one
// length, as titles are (GB/T 9704-2012, clause 7.3.1).
func (p *pages) balanced(text string, s style) string {
	var lines []string
	for part := range strings.SplitSeq(clean(text), "\n") {
		width := textWidth
		count := len(p.lines(part, s, width, 0))
		for count > 1 && len(p.lines(part, s, width-s.size, 0)) == count {
			width -= s.size
		}
		for _, l := range p.lines(part, s, width, 0) {
			lines = append(lines, p.fount.text(l))
		}
	}
	return strings.Join(lines, "\n")
}

// aligned is how far a line is moved to the right inside a width.
func aligned(l line, s style, align Align, width float64) float64 {
	spare := max(width-s.width(l), 0)
	switch align {
	case Center:
		return spare / 2
	case Right:
		return spare
	}
	return 0
}

// write draws a line with its top left corner at x, y of the text, stretched to
// a width unless that is 0 or would tear the line apart.
func (p *pages) write(e *element, x, y float64, s style, l line, width float64) {
	page := p.page()
	if p.full {
		return
	}
	if e == nil {
		page.content.WriteString("/Artifact BMC ")
	} else {
		fmt.Fprintf(&page.content, "/%s << /MCID %d >> BDC ", e.tag, len(page.marks))
		e.kids = append(e.kids, mark{page: len(p.all) - 1, id: len(page.marks)})
		page.marks = append(page.marks, e)
	}
	baseline := y + (s.lead-s.size)/2 + 0.88*s.size
	b := &page.content
	fmt.Fprintf(b, "q %s ", s.color.both())
	if s.bold {
		fmt.Fprintf(b, "2 Tr 1 j %s w ", num(s.size*0.028))
	}
	fmt.Fprintf(b, "BT /F %s Tf %s %s Td [<", num(s.size), num(marginLeft+x), num(sheetHeight-marginTop-baseline))
	stretch := 0
	if spare := width/s.size*1000 - float64(l.width); len(l.gaps) > 0 && spare > 0 && spare/float64(len(l.gaps)) < 250 {
		stretch = int(spare / float64(len(l.gaps)))
	}
	gaps := l.gaps
	for i, code := range l.codes {
		if len(gaps) > 0 && gaps[0] == i {
			if gaps = gaps[1:]; stretch > 0 {
				fmt.Fprintf(b, "> %d <", -stretch)
			}
		}
		fmt.Fprintf(b, "%04X", code)
	}
	b.WriteString(">] TJ ET Q EMC\n")
}

// fill paints a rectangle whose top left corner is at x, y of the text.
func (p *pages) fill(x, y, width, height float64, c color) {
	if p.full {
		return
	}
	fmt.Fprintf(&p.page().content, "/Artifact BMC q %s %s %s %s %s re f Q EMC\n", c.both(),
		num(marginLeft+x), num(sheetHeight-marginTop-y-height), num(width), num(height))
}

// frame draws the outline of a rectangle.
func (p *pages) frame(x, y, width, height float64) {
	if p.full {
		return
	}
	fmt.Fprintf(&p.page().content, "/Artifact BMC q %s 0.5 w %s %s %s %s re S Q EMC\n", black.both(),
		num(marginLeft+x), num(sheetHeight-marginTop-y-height), num(width), num(height))
}

// both sets a colour for outlines and for areas.
func (c color) both() string {
	rgb := num(c[0]) + " " + num(c[1]) + " " + num(c[2])
	return "/C CS " + rgb + " SC /C cs " + rgb + " sc"
}

// num prints a length to 1/1000 point.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return s
}
