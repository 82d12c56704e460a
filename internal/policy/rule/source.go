package rule

import (
	"fmt"
	"slices"
	"strings"
)

// source is one kind of fact as one measure reads it: whose word it takes and
// how several facts become one. Measures that read it alike share it.
type source struct {
	use     *FactUse // nil for the subject itself
	kind    string
	filter  int32   // node over raw's columns: facts that are about the measure; -1 none
	raw     int32   // the source without the filter, -1 none
	each    []int32 // nodes that judge facts one by one
	columns []int32
}

// column is one attribute, or the quantity, of a source.
type column struct {
	source int32
	name   string // kind.attribute
	attr   string
	typ    valueType
	zero   bool // a missing quantity is zero: our own books record the event
}

// find resolves kind.attribute as a measure reads it: by its own facts, else
// by the body's that it gates or imports.
func (c *compiler) find(owner, body *Measure, name string) (int32, bool) {
	if name == "subject.kind" {
		return c.column(0, name, "kind", textValue), true
	}
	typ, known := c.Pack.env.provider.columns[name]
	cut := strings.LastIndexByte(name, '.')
	if !known || cut < 0 {
		return 0, false
	}
	kind, attr := name[:cut], name[cut+1:]
	for _, m := range []*Measure{owner, body} {
		if s, err := c.source(m, kind); err == nil && s >= 0 {
			return c.column(s, name, attr, typ), true
		}
	}
	return 0, false
}

// source is how a measure reads a kind; -1 when it does not.
func (c *compiler) source(m *Measure, kind string) (int32, error) {
	i := slices.IndexFunc(m.Facts, func(u FactUse) bool { return u.Kind == kind })
	if i < 0 {
		return -1, nil
	}
	u := &m.Facts[i]
	var judged []string
	own := ""
	for _, condition := range m.Conditions {
		if condition.Each == kind {
			judged = append(judged, condition.When)
			if strings.Contains(condition.When, "param.") {
				own = m.ID
			}
		}
	}
	if strings.Contains(u.Only, "param.") {
		own = m.ID
	}
	key := fmt.Sprintf("%s|%v|%s|%s|%v|%s|%s|%q|%s", u.Kind, u.By, u.Per, u.Take, u.Yearly, u.Absent, u.Only, judged, own)
	if s, ok := c.sourceKey[key]; ok {
		return s, nil
	}
	raw := int32(-1)
	if u.Only != "" {
		raw = c.addSource(source{use: u, kind: kind, filter: -1, raw: -1})
	}
	s := c.addSource(source{use: u, kind: kind, filter: -1, raw: raw})
	c.sourceKey[key] = s
	if u.Only != "" {
		n, err := c.perFact(m, raw, u.Only, true)
		if err != nil {
			return -1, err
		}
		c.sources[s].filter = n
	}
	for _, when := range judged {
		n, err := c.perFact(m, s, when, false)
		if err != nil {
			return -1, err
		}
		c.sources[s].each = append(c.sources[s].each, n)
	}
	return s, nil
}

func (c *compiler) addSource(s source) int32 {
	c.sources = append(c.sources, s)
	return int32(len(c.sources) - 1)
}

// perFact lowers an expression over one fact: it may read that source, the
// subject, parameters and rulings, and no other fact.
func (c *compiler) perFact(m *Measure, s int32, when string, filter bool) (int32, error) {
	l, err := c.lowering(m, m)
	if err != nil {
		return 0, err
	}
	l.settled = filter
	kind := c.sources[s].kind
	l.column = func(name string) (int32, bool) {
		if name == "subject.kind" {
			return c.column(0, name, "kind", textValue), true
		}
		attr, mine := strings.CutPrefix(name, kind+".")
		typ, known := c.Pack.env.provider.columns[name]
		if !mine || !known {
			return 0, false
		}
		return c.column(s, name, attr, typ), true
	}
	n, err := l.lower(when)
	if err == nil && len(l.unlowered) > 0 {
		c.unlowered[m.file] = append(c.unlowered[m.file], l.unlowered...)
	}
	return n, err
}

func (c *compiler) column(s int32, name, attr string, typ valueType) int32 {
	key := fmt.Sprintf("%d|%s", s, attr)
	if col, ok := c.columnKey[key]; ok {
		return col
	}
	col := int32(len(c.columns))
	zero := s > 0 && attr == quantity && c.sources[s].use.Absent == "zero"
	c.columns = append(c.columns, column{source: s, name: name, attr: attr, typ: typ, zero: zero})
	c.sources[s].columns = append(c.sources[s].columns, col)
	c.columnKey[key] = col
	return col
}
