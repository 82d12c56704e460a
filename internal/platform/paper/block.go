package paper

import "fmt"

func (h Heading) set(p *pages) {
	s := bodyStyle
	s.bold = h.Level == 1
	p.need(2 * bodyLead)              // never the last line of a page
	p.level = min(h.Level, p.level+1) // an outline leaves no level out
	p.flow(p.root.child(fmt.Sprintf("H%d", p.level+1)), h.Text, s, Left, 2*bodySize)
}

func (g Paragraph) set(p *pages) {
	indent := 2 * bodySize
	if g.Flush {
		indent = 0
	}
	p.flow(p.root.child("P"), g.Text, bodyStyle, Left, indent)
}

func (PageBreak) set(p *pages) {
	if p.y > 0 {
		p.turn()
	}
}

func (s Pairs) set(p *pages) {
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

// sealSize is the room that a seal takes: 42 mm across, as offices' are.
const sealSize = 42 * mm

// set puts the date four characters in from the right and the unit over its
// middle, with room for the seal around both (GB/T 9704-2012, clause 7.3.5.1).
func (s Signature) set(p *pages) {
	day := s.Date.Time()
	date := p.lines(fmt.Sprintf("%d年%d月%d日", day.Year(), day.Month(), day.Day()), bodyStyle, textWidth, 0)[0]
	unit := p.lines(s.Unit, bodyStyle, textWidth/2, 0)
	signed := float64(len(unit)+1) * bodyLead
	over := max((sealSize-signed)/2, bodyLead)
	p.need(min(over+signed+over, textHeight))

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
