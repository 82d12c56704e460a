package paper

import (
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

func (h Heading) set(p *pages, rest []Block) {
	s := bodyStyle
	s.bold = h.Level == 1
	p.need(min(h.least(p, rest), textHeight))
	level := p.enter(h)
	p.flow(p.root.child(fmt.Sprintf("H%d", level+1)), h.Text, s, Left, 2*bodySize)
}

// least takes along what it heads: a heading is never the last line of a page.
func (h Heading) least(p *pages, rest []Block) float64 {
	height := float64(len(p.lines(h.Text, bodyStyle, textWidth, 2*bodySize))) * bodyLead
	for len(rest) > 0 && height < textHeight {
		next, ok := rest[0].(Heading)
		if !ok {
			return height + rest[0].least(p, rest[1:])
		}
		height += float64(len(p.lines(next.Text, bodyStyle, textWidth, 2*bodySize))) * bodyLead
		rest = rest[1:]
	}
	return height
}

func (g Paragraph) set(p *pages, rest []Block) {
	p.flowBefore(p.root.child("P"), g.Text, bodyStyle, Left, g.indent(), signed(p, rest))
}

func (g Paragraph) indent() float64 {
	if g.Flush {
		return 0
	}
	return 2 * bodySize
}

func (g Paragraph) least(p *pages, rest []Block) float64 {
	if follows := signed(p, rest); follows > 0 {
		if n := len(p.lines(g.Text, bodyStyle, textWidth, g.indent())); n <= 2 {
			return float64(n)*bodyLead + follows
		}
	}
	return bodyLead
}

// signed is the height of a signature that follows, which takes the last two
// lines before it along to its page: none holds a signature alone (GB/T
// 9704-2012, clause 7.3.5.5). One of half a page may.
func signed(p *pages, rest []Block) float64 {
	if len(rest) > 0 {
		if s, ok := rest[0].(Signature); ok && s.least(p, nil) < textHeight/2 {
			return s.least(p, nil)
		}
	}
	return 0
}

func (PageBreak) set(p *pages, _ []Block) {
	if p.y > 0 {
		p.turn()
	}
}

func (PageBreak) least(*pages, []Block) float64 { return 0 }

func (s Pairs) set(p *pages, _ []Block) {
	label := 0.0
	for _, pair := range s {
		for _, l := range p.lines(pair.Label+"：", bodyStyle, textWidth, 0) {
			label = max(label, bodyStyle.width(l))
		}
	}
	label = min(label+1, textWidth*0.4)
	g := &grid{pages: p, element: p.root, rowTag: "P", cellTag: "Span", style: bodyStyle,
		columns: []gridColumn{{width: label}, {width: textWidth - label}}}
	for _, pair := range s {
		g.row([]string{pair.Label + "：", pair.Value}, nil)
	}
}

func (Pairs) least(*pages, []Block) float64 { return bodyLead }

// Day writes a civil day as official papers do: 2025年10月22日.
func Day(d clock.Date) string {
	day := d.Time()
	return fmt.Sprintf("%d年%d月%d日", day.Year(), day.Month(), day.Day())
}

// sealSize is the room that a seal takes: 42 mm across, as offices' are.
const sealSize = 42 * mm

// set puts the date four characters in from the right and the unit over its
// middle, with room for the seal around both (GB/T 9704-2012, clause 7.3.5.1).
func (s Signature) set(p *pages, _ []Block) {
	date := p.lines(Day(s.Date), bodyStyle, textWidth, 0)[0]
	unit, over := s.unit(p)
	p.need(min(s.least(p, nil), textHeight))

	middle := textWidth - 4*bodySize - bodyStyle.width(date)/2
	put := func(e *element, s style, l line) {
		p.need(s.lead)
		p.write(e, min(middle-s.width(l)/2, textWidth-s.width(l)), p.y, s, l, 0)
		p.y += s.lead
	}
	hint := noteStyle
	hint.color = grey
	p.y += over - hint.lead
	put(nil, hint, p.lines("（盖章处）", hint, textWidth, 0)[0])
	e := p.root.child("P")
	for _, l := range unit {
		put(e, bodyStyle, l)
	}
	put(p.root.child("P"), bodyStyle, date)
	p.skip(over)
}

// unit is the unit's lines, and the room that the seal takes over them and
// under the date.
func (s Signature) unit(p *pages) (lines []line, over float64) {
	lines = p.lines(s.Unit, bodyStyle, textWidth/2, 0)
	return lines, max((sealSize-float64(len(lines)+1)*bodyLead)/2, bodyLead)
}

func (s Signature) least(p *pages, _ []Block) float64 {
	unit, over := s.unit(p)
	return float64(len(unit)+1)*bodyLead + 2*over
}
