package document

import "strings"

// maxDepth bounds nesting, so that a hostile file cannot make paths that grow
// with its square.
const maxDepth = 12

// outlined is the clause tree of a file before its words are read.
type outlined struct {
	clauses []Clause
	closing *Clause
	notes   []Note
	body    span // the lines from the body's first heading to its first clause
}

// span is a run of lines [from, to).
type span struct{ from, to int }

// open is a clause whose end is not known yet.
type open struct {
	marker marker
	index  int           // in outlined.clauses
	line   int           // where it begins
	last   map[style]int // the last number of each style among its children
	inner  map[style]int // a list inside the clause's words that is passed over
}

// outliner walks the lines once and keeps the clauses that are open.
type outliner struct {
	outlined
	lines []line

	kind    division
	annexes int           // how many annexes have begun
	stack   []*open       // stack[0] is the division itself
	running map[style]int // the last number of each style in the division
	found   int           // clauses in this division
	ended   bool          // a closing, a signature or furniture came: plain lines belong to nobody
	over    bool          // furniture came: no second text begins unannounced
	listing bool          // inside a list of attachments
	sawBody bool
	paths   map[string]int
	heading string // first title-like line of the page, to find the text again below an explainer
}

// outline finds the clauses of all divisions.
func outline(text string, lines []line) outlined {
	o := &outliner{lines: lines, paths: make(map[string]int)}
	o.begin(body, 0)
	signed, listed := signatureLines(lines), contentsLines(lines)
	for i, l := range lines {
		switch {
		case listed[i]:
		case signed[i]:
			o.ended = o.found > 0
		case furniture.MatchString(l.text):
			o.ended, o.over = o.found > 0, o.found > 0
		case o.clause(i):
		case o.division(i):
		default:
			o.plain(l)
		}
	}
	o.numberAnnexes()
	return o.outlined
}

// begin starts a division at line i.
func (o *outliner) begin(kind division, i int) {
	o.kind, o.found = kind, 0
	o.ended, o.over, o.listing = false, false, false
	o.stack = []*open{{index: -1, last: map[style]int{}, inner: map[style]int{}}}
	o.running = map[style]int{}
	switch kind {
	case annex:
		o.annexes++
	case body:
		o.body = span{i, len(o.lines)}
	}
}

// division begins a new division when line i heads one.
func (o *outliner) division(i int) bool {
	s := o.lines[i].text
	if o.heading == "" && i < 8 && isTitleLike(s) && runes(s) >= 8 {
		o.heading = squeeze(s)
	}
	switch {
	case o.kind == explainer && o.textBegins(i):
		if o.sawBody {
			o.begin(annex, i)
		} else {
			o.begin(body, i)
		}
	case o.kind != explainer && explainerHead.MatchString(s) && (o.found > 0 || i < 12):
		o.begin(explainer, i)
	case o.kind != explainer && o.sawBody && annexAlone.MatchString(s):
		o.beginAnnex(i)
	case o.kind != explainer && o.sawBody && annexList.MatchString(s) && !strings.ContainsAny(s, "。"):
		o.beginAnnex(i)
		m, numbered := markerOf(annexList.FindStringSubmatch(s)[1])
		o.listing = numbered && m.style == arabic
	default:
		return false
	}
	return true
}

// beginAnnex starts an annex. The list of attachments below a text and the
// heading of the attachment itself are one beginning.
func (o *outliner) beginAnnex(i int) {
	if o.kind == annex && o.found == 0 {
		o.listing = false
		return
	}
	o.begin(annex, i)
}

// textBegins reports whether line i heads the issued text below an explainer.
func (o *outliner) textBegins(i int) bool {
	s := o.lines[i].text
	if runes(s) > 140 || strings.ContainsAny(s, "。") {
		return false
	}
	return noticeHead.MatchString(s) || fullTextHead.MatchString(s) || (o.found > 0 && squeeze(s) == o.heading)
}

// clause opens the clause that line i begins, if its number fits.
func (o *outliner) clause(i int) bool {
	m, ok := markerOf(o.lines[i].text)
	if !ok || (m.style == ordinal && o.kind != explainer) {
		return false
	}
	if o.listing && m.style == arabic {
		return true // an entry of the list of attachments
	}
	m = o.place(m)
	if o.restarts(m) {
		o.restart(i)
	}
	depth := o.depth(m)
	if o.ended && !o.continues(m, depth) {
		return false
	}
	parent := o.stack[depth-1]
	if !o.fits(m, parent, i) {
		return false
	}
	o.stack = o.stack[:depth]
	o.open(m, parent, i)
	return true
}

// place ranks an article below 一、 in a text whose articles stand there.
func (o *outliner) place(m marker) marker {
	if m.style == article && len(o.stack) > 1 && o.stack[1].marker.style == han {
		m.style = hanArticle
	}
	return m
}

// depth is where in the stack the marker would stand.
func (o *outliner) depth(m marker) int {
	depth := len(o.stack)
	for depth > 1 && o.stack[depth-1].marker.style >= m.style {
		depth--
	}
	return min(depth, maxDepth)
}

// restarts reports whether a first 一、 at the top begins a second text that
// no heading announced.
func (o *outliner) restarts(m marker) bool {
	return !o.over && m.style == han && m.n == 1 && o.stack[0].last[han] >= 2 && o.depth(m) == 1
}

// restart begins the second text at line i. The title right above it is no
// part of the clause before.
func (o *outliner) restart(i int) {
	last := o.stack[len(o.stack)-1]
	first := i
	for first > last.line+1 && i-first < 6 && isTitleLike(o.lines[first-1].text) {
		first--
	}
	if !o.ended {
		o.clauses[last.index].ownEnd = o.lines[first-1].end
		o.stretch(o.lines[first-1].end)
	}
	if o.kind == explainer && !o.sawBody {
		o.begin(body, first)
		return
	}
	o.begin(annex, first)
}

// continues reports whether the marker is the next sibling of a clause that is
// still on the stack. After furniture nothing else opens a clause.
func (o *outliner) continues(m marker, depth int) bool {
	return depth < len(o.stack) && o.stack[depth].marker.style == m.style && m.n == o.stack[depth].marker.n+1
}

// fits decides whether the number follows from the ones before. Numbers may
// start at one below a new parent, run on across headings, or jump over at
// most two (repealed or mistyped ones, which are noted).
func (o *outliner) fits(m marker, parent *open, i int) bool {
	last, running := parent.last[m.style], o.running[m.style]
	if inner := parent.inner[m.style]; inner > 0 && m.n == inner+1 && m.n <= last {
		parent.inner[m.style]++
		return false
	}
	switch {
	case last > 0 && m.n == 1:
		parent.inner[m.style] = 1
		return false
	case last > 0:
		return o.jump(m, last)
	case m.n == 1 || m.n == running+1:
		return true
	case o.found == 0 && (m.style == han || m.style == article):
		return true // an excerpt
	}
	return o.jump(m, running)
}

func (o *outliner) jump(m marker, last int) bool { return m.n > last && m.n <= last+3 }

// open adds the clause that begins at line i.
func (o *outliner) open(m marker, parent *open, i int) {
	l := o.lines[i]
	if o.kind == body {
		if o.found == 0 {
			o.body.to = i
		}
		o.sawBody = true
	}
	path, citation := m.segment(), m.cited()
	if parent.index >= 0 {
		above := o.clauses[parent.index]
		path, citation = above.Path+"/"+path, above.Citation+citation
	} else {
		prefix, cite := o.prefix()
		path, citation = prefix+path, cite+citation
	}
	if expected := o.expected(m, parent); m.n != expected && m.n != 1 {
		o.notes = append(o.notes, Note{Start: l.start, Kind: "gap", Path: path})
	}
	if path = o.unique(path); strings.Contains(path, "~") {
		o.notes = append(o.notes, Note{Start: l.start, Kind: "repeated", Path: path})
	}
	o.clauses = append(o.clauses, Clause{
		Path: path, Citation: citation, Number: m.segment(), Start: l.start, End: l.end,
		Normative: o.kind != explainer, ownStart: l.start + m.width, ownEnd: l.end,
	})
	parent.last[m.style], o.running[m.style] = m.n, m.n
	o.stack = append(o.stack, &open{marker: m, index: len(o.clauses) - 1, line: i, last: map[style]int{}, inner: map[style]int{}})
	o.found++
	o.ended, o.over = false, false
	o.stretch(l.end)
}

func (o *outliner) expected(m marker, parent *open) int {
	if last := parent.last[m.style]; last > 0 {
		return last + 1
	}
	return o.running[m.style] + 1
}

func (o *outliner) prefix() (path, citation string) {
	switch o.kind {
	case annex:
		return "附/" + decimal(o.annexes) + "/", "附"
	case explainer:
		return "导读/", "导读"
	}
	return "", ""
}

// unique keeps a path apart from one that stands already: "3~2".
func (o *outliner) unique(path string) string {
	o.paths[path]++
	if n := o.paths[path]; n > 1 {
		return path + "~" + decimal(n)
	}
	return path
}

// plain gives a line without a marker to the clause that is open.
func (o *outliner) plain(l line) {
	if o.found == 0 || o.ended {
		return
	}
	if o.kind != explainer && runes(l.text) <= 400 && closingHead.MatchString(l.text) && closingSays.MatchString(l.text) {
		if o.closing == nil || o.kind == body {
			o.closing = &Clause{Path: "附则", Citation: "附则", Start: l.start, End: l.end, Normative: true, ownStart: l.start, ownEnd: l.end}
		}
		o.ended = true
		return
	}
	o.clauses[o.stack[len(o.stack)-1].index].ownEnd = l.end
	o.stretch(l.end)
}

// stretch moves the end of every open clause.
func (o *outliner) stretch(end int) {
	for _, c := range o.stack[1:] {
		o.clauses[c.index].End = end
	}
}

// numberAnnexes leaves the annex's number out of the paths when there is one
// annex with clauses, and numbers them from one when there are several.
func (o *outliner) numberAnnexes() {
	names := map[string]string{}
	for _, c := range o.clauses {
		if rest, in := strings.CutPrefix(c.Path, "附/"); in {
			ordinal, _, _ := strings.Cut(rest, "/")
			if names[ordinal] == "" {
				names[ordinal] = decimal(len(names) + 1)
			}
		}
	}
	if len(names) == 1 {
		for ordinal := range names {
			names[ordinal] = ""
		}
	}
	for i, c := range o.clauses {
		if path, n := renumber(c.Path, names); strings.HasPrefix(path, "附/") {
			o.clauses[i].Path = path
			o.clauses[i].Citation = "附" + n + strings.TrimPrefix(c.Citation, "附")
		}
	}
	for i := range o.notes {
		o.notes[i].Path, _ = renumber(o.notes[i].Path, names)
	}
}

// renumber puts an annex's public number in the place of its running one.
func renumber(path string, names map[string]string) (renumbered, n string) {
	rest, in := strings.CutPrefix(path, "附/")
	if !in {
		return path, ""
	}
	ordinal, tail, _ := strings.Cut(rest, "/")
	if n = names[ordinal]; n == "" {
		return "附/" + tail, ""
	}
	return "附/" + n + "/" + tail, n
}
