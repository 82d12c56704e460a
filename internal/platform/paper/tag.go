package paper

import (
	"bytes"
	"fmt"
)

// element is a part of what the document says, apart from how it looks:
// readers for the blind, and who takes text out, follow it (ISO 32000-1, 14.7).
type element struct {
	tag    string // H1, P, Table, TR, TH, TD, …
	parent *element
	kids   []any // *element or mark
	ref    ref
}

// mark is a piece of a page's content: its page and its number on it.
type mark struct{ page, id int }

// child opens an element inside another.
func (e *element) child(tag string) *element {
	kid := &element{tag: tag, parent: e}
	e.kids = append(e.kids, kid)
	return kid
}

// reserve numbers an element and all inside it.
func (e *element) reserve(f *file) {
	e.ref = f.reserve()
	for _, kid := range e.kids {
		if inner, ok := kid.(*element); ok {
			inner.reserve(f)
		}
	}
}

// put writes an element and all inside it.
func (e *element) put(f *file, parent ref, pages []ref) {
	var kids bytes.Buffer
	for _, kid := range e.kids {
		switch kid := kid.(type) {
		case *element:
			kid.put(f, e.ref, pages)
			fmt.Fprintf(&kids, "%d 0 R ", kid.ref)
		case mark:
			fmt.Fprintf(&kids, "<< /Type /MCR /Pg %d 0 R /MCID %d >> ", pages[kid.page], kid.id)
		}
	}
	attributes := ""
	if e.tag == "TH" {
		attributes = " /A << /O /Table /Scope /Column >>"
	}
	f.put(e.ref, "<< /Type /StructElem /S /%s /P %d 0 R /K [%s]%s >>", e.tag, parent, kids.Bytes(), attributes)
}
