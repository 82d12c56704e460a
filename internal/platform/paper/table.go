package paper

import "math"

func (t Table) set(p *pages) {
	shares := 0
	for _, c := range t.Columns {
		shares += max(c.Width, 1)
	}
	g := &grid{pages: p, element: p.root.child("Table"), rowTag: "TR", cellTag: "TD", ruled: true, pad: 3, style: tableStyle}
	head := *g
	head.cellTag, head.style.bold = "TH", true
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		width := textWidth * float64(max(c.Width, 1)) / float64(shares)
		g.columns = append(g.columns, gridColumn{width, c.Align})
		head.columns = append(head.columns, gridColumn{width, Center})
		titles[i] = c.Title
	}
	_, lines := head.cells(titles)
	p.caption(g.element, t.Caption, head.height(lines)+g.height(1))
	g.begin(titles, &head)

	for _, row := range t.Rows {
		g.row(row, nil)
	}
	if t.Total != nil {
		g.style.bold = true
		g.row(t.Total, nil)
	}
	if t.Note != "" {
		p.flow(p.root.child("P"), t.Note, noteStyle, Left, 0)
	}
	p.skip(bodyLead / 2)
}

func (b Bars) set(p *pages) {
	longest := int64(1)
	for _, bar := range b.Rows {
		longest = max(longest, bar.Size, bar.Goal)
	}
	label, value := textWidth*0.3, textWidth*0.22
	scale := (textWidth - label - value - 12) / float64(longest)
	g := &grid{pages: p, element: p.root.child("Table"), rowTag: "TR", cellTag: "TD", pad: 3,
		style:   tableStyle,
		columns: []gridColumn{{width: label}, {width: textWidth - label - value}, {width: value, align: Right}}}
	height := 0.0
	for _, bar := range b.Rows {
		_, lines := g.cells([]string{bar.Label, "", bar.Value})
		height += g.height(lines)
	}
	p.caption(g.element, b.Caption, height) // a chart is seen at once or not at all, where it fits a page
	for _, bar := range b.Rows {
		g.row([]string{bar.Label, "", bar.Value}, func(y float64) {
			if bar.Size > 0 {
				p.fill(label+6, y+5, math.Max(float64(bar.Size)*scale, 0.5), 11, blue)
			}
			if bar.Goal > 0 {
				p.fill(label+6+float64(bar.Goal)*scale-0.5, y+2, 1, 17, black)
			}
		})
	}
	p.skip(bodyLead / 2)
}

// caption sets a table's or a chart's name over it, on the page where at least
// so much of it follows.
func (p *pages) caption(e *element, text string, follows float64) {
	p.skip(bodyLead / 2)
	height := 0.0
	if text != "" {
		height = captionStyle.lead
	}
	p.need(min(height+follows, textHeight))
	if text != "" {
		p.flow(e.child("Caption"), text, captionStyle, Center, 0)
	}
}
