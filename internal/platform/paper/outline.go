package paper

import "fmt"

// heading is a line of the list of contents that a reader shows beside the
// pages (ISO 32000-1, clause 12.3.3).
type heading struct {
	title string
	level int // 1 or 2
	page  int
	y     float64
}

// enter notes a heading where it is about to be set, and returns its level: no
// second one without a first over it.
func (p *pages) enter(h Heading) (level int) {
	level = 1
	if len(p.headings) > 0 {
		level = h.Level
	}
	p.headings = append(p.headings, heading{h.Text, level, len(p.all) - 1, p.y})
	return level
}

// outline writes the list of contents. Item 0 is the list itself.
func (p *pages) outline(f *file, pages []ref) ref {
	type item struct{ parent, previous, next, first, last, count int }
	items := make([]item, len(p.headings)+1)
	items[0].parent = -1
	section := 0 // the last heading of the first level
	for i, h := range p.headings {
		n, parent := i+1, 0
		if h.level == 1 {
			section = n
		} else {
			parent = section
		}
		items[n] = item{parent: parent, previous: items[parent].last}
		if items[parent].first == 0 {
			items[parent].first = n
		} else {
			items[items[parent].last].next = n
		}
		items[parent].last = n
		items[parent].count++
	}

	refs := make([]ref, len(items))
	for i := range refs {
		refs[i] = f.reserve()
	}
	for i, it := range items {
		links := ""
		for _, l := range []struct {
			name string
			to   int
		}{{"Prev", it.previous}, {"Next", it.next}, {"First", it.first}, {"Last", it.last}} {
			if l.to > 0 {
				links += fmt.Sprintf(" /%s %d 0 R", l.name, refs[l.to])
			}
		}
		if i == 0 {
			f.put(refs[0], "<< /Type /Outlines%s /Count %d >>", links, it.count)
			continue
		}
		if it.count > 0 {
			links += fmt.Sprintf(" /Count -%d", it.count) // folded
		}
		h := p.headings[i-1]
		f.put(refs[i], "<< /Title %s /Parent %d 0 R%s /Dest [%d 0 R /XYZ null %s null] >>",
			textString(oneLine(h.title)), refs[it.parent], links, pages[h.page], num(sheetHeight-marginTop-h.y))
	}
	return refs[0]
}
