package paper

// grid sets rows of cells that stand in columns: tables, charts, and labels
// beside their values.
type grid struct {
	pages           *pages
	element         *element // that rows belong to
	rowTag, cellTag string
	style           style
	columns         []gridColumn
	pad             float64  // inside each cell, on all sides
	ruled           bool     // lines around cells
	head            *grid    // how the head is set that each new page begins with; nil for none
	titles          []string // of the head
}

type gridColumn struct {
	width float64
	align Align
}

// together turns the page when rows do not fit on what is left and would on a
// new one.
func (g *grid) together(rows ...[]string) {
	height := 0.0
	for _, texts := range rows {
		_, count := g.cells(texts)
		height += g.height(count)
	}
	if g.pages.room() < height && height <= textHeight-g.headHeight()+0.01 {
		g.turn()
	}
}

// row sets one row. It turns the page when the row does not fit on what is
// left and would on a new one; a row longer than a page is broken between lines.
// draw, when given, paints under the row's first piece.
func (g *grid) row(texts []string, draw func(y, height float64)) {
	if g.pages.full {
		return
	}
	cells, count := g.cells(texts)
	row := g.element.child(g.rowTag)
	elements := make([]*element, len(cells))
	for i := range elements {
		elements[i] = row.child(g.cellTag)
	}
	g.together(texts)
	for from := 0; from < count || from == 0; {
		fit := int((g.pages.room() - 2*g.pad) / g.style.lead)
		if fit < 1 && g.pages.y > 0 {
			g.turn()
			continue
		}
		to := min(from+max(fit, 1), max(count, 1))
		g.piece(elements, cells, from, to, draw)
		draw, from = nil, to
	}
}

// piece draws the lines from … to of a row's cells, and the lines around them.
func (g *grid) piece(elements []*element, cells [][]line, from, to int, draw func(y, height float64)) {
	p, x, height := g.pages, 0.0, g.height(to-from)
	if draw != nil {
		draw(p.y, height)
	}
	for i, column := range g.columns {
		if g.ruled {
			p.frame(x, p.y, column.width, height)
		}
		for n := from; n < min(to, len(cells[i])); n++ {
			l := cells[i][n]
			at := x + g.pad + aligned(l, g.style, column.align, column.width-2*g.pad)
			var e *element
			if elements != nil {
				e = elements[i]
			}
			p.write(e, at, p.y+g.pad+float64(n-from)*g.style.lead, g.style, l, 0)
		}
		x += column.width
	}
	p.y += height
}

// cells breaks texts into the lines of their columns.
func (g *grid) cells(texts []string) (cells [][]line, count int) {
	for i, text := range texts {
		lines := g.pages.lines(text, g.style, g.columns[i].width-2*g.pad, 0)
		cells, count = append(cells, lines), max(count, len(lines))
	}
	return cells, count
}

func (g *grid) height(lines int) float64 { return float64(lines)*g.style.lead + 2*g.pad }

// begin sets the head, and keeps it for each new page unless it would fill it.
func (g *grid) begin(titles []string, head *grid) {
	_, lines := head.cells(titles)
	head.row(titles, g.pages.shade)
	if head.height(lines) < textHeight/2 {
		g.head, g.titles = head, titles
	}
}

// headHeight is the height of the head that a new page begins with.
func (g *grid) headHeight() float64 {
	if g.head == nil {
		return 0
	}
	_, count := g.head.cells(g.titles)
	return g.head.height(count)
}

// turn begins a new page with the head. It is there to be seen: who has the
// text read out has met it once already.
func (g *grid) turn() {
	g.pages.turn()
	if g.head != nil {
		cells, count := g.head.cells(g.titles)
		g.head.piece(nil, cells, 0, count, g.pages.shade)
	}
}

// shade paints the ground of a head.
func (p *pages) shade(y, height float64) { p.fill(0, y, textWidth, height, pale) }
