package paper

// grid makes the table's grid and that of its head.
func (t Table) grid(p *pages) (g, head *grid, titles []string) {
	shares := 0
	for _, c := range t.Columns {
		shares += max(c.Width, 1)
	}
	g = &grid{pages: p, rowTag: "TR", cellTag: "TD", ruled: true, pad: 3, style: tableStyle}
	bold := *g
	head = &bold
	head.cellTag, head.style.bold = "TH", true
	titles = make([]string, len(t.Columns))
	for i, c := range t.Columns {
		width := textWidth * float64(max(c.Width, 1)) / float64(shares)
		g.columns = append(g.columns, gridColumn{width, c.Align})
		head.columns = append(head.columns, gridColumn{width, Center})
		titles[i] = c.Title
	}
	return g, head, titles
}

func (t Table) set(p *pages, _ []Block) {
	g, head, titles := t.grid(p)
	g.element = p.root.child("Table")
	head.element = g.element
	p.caption(g.element, t.Caption, t.least(p, nil))
	g.begin(titles, head)
	for i, row := range t.Rows {
		if i == len(t.Rows)-1 && t.Total != nil {
			g.together(row, t.Total)
		}
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

// least is the caption, the head and one line of the first row.
func (t Table) least(p *pages, _ []Block) float64 {
	g, head, titles := t.grid(p)
	_, lines := head.cells(titles)
	return captionHeight(t.Caption) + head.height(lines) + g.height(1)
}

// The columns of a chart: labels, bars, values.
const (
	labelWidth = textWidth * 0.3
	valueWidth = textWidth * 0.22
	barWidth   = textWidth - labelWidth - valueWidth
)

func (b Bars) grid(p *pages) *grid {
	return &grid{pages: p, rowTag: "TR", cellTag: "TD", pad: 3, style: tableStyle,
		columns: []gridColumn{{width: labelWidth}, {width: barWidth}, {width: valueWidth, align: Right}}}
}

func (b Bars) set(p *pages, _ []Block) {
	longest := int64(1)
	for _, bar := range b.Rows {
		longest = max(longest, bar.Size, bar.Goal)
	}
	const zero = labelWidth + 6
	scale := (barWidth - 12) / float64(longest)
	g := b.grid(p)
	g.element = p.root.child("Table")
	p.caption(g.element, b.Caption, b.least(p, nil))
	for _, bar := range b.Rows {
		g.row([]string{bar.Label, "", bar.Value}, func(y, height float64) {
			p.fill(zero-0.5, y, 0.5, height, grey)
			if bar.Size > 0 {
				p.fill(zero, y+5, max(float64(bar.Size)*scale, 0.5), 11, blue)
			}
			if bar.Goal > 0 {
				p.fill(zero+float64(bar.Goal)*scale-0.5, y+2, 1, 17, black)
			}
		})
	}
	p.skip(bodyLead / 2)
}

// least is the whole chart, since its bars are there to be compared.
func (b Bars) least(p *pages, _ []Block) float64 {
	height := captionHeight(b.Caption)
	for _, bar := range b.Rows {
		g := b.grid(p)
		_, lines := g.cells([]string{bar.Label, "", bar.Value})
		height += g.height(lines)
	}
	return height
}

// caption sets a table's or a chart's name over it, on the page that has room
// for so much of both.
func (p *pages) caption(e *element, text string, least float64) {
	p.need(min(least, textHeight))
	p.skip(bodyLead / 2)
	if text != "" {
		p.flow(e.child("Caption"), text, captionStyle, Center, 0)
	}
}

// captionHeight is the height of a caption of one line with the space over it.
func captionHeight(text string) float64 {
	if text == "" {
		return bodyLead / 2
	}
	return bodyLead/2 + captionStyle.lead
}
