// Package ask finds what a library of texts says to a question put in people's
// own words, and refuses what the texts do not speak of. It composes nothing:
// a reply is places of the library, best first, and the words of the question
// that no text has. Equal libraries and questions give equal replies.
package ask

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
)

// Page is one place of the library.
type Page struct {
	Titles []string // in every language
	Bodies []string
	// Same: places with an equal, non-empty mark say the same, and the best of
	// them stands for all.
	Same string
	// Favour puts a place before others that fit alike, in tenths of its score.
	Favour int
}

// Reply is what the library has for a question.
type Reply struct {
	// Places are pages by their number, best first; none when the texts do not
	// speak of it.
	Places []int
	// Unknown are the words of the question that stand in no text.
	Unknown []string
}

// Index is a library ready to be asked.
type Index struct {
	pages []Page
	title []map[string]bool
	body  []map[string]bool
	count map[string]int // of pages with a unit
}

// most bounds the places of a reply.
const most = 3

// New reads a library.
func New(pages []Page) *Index {
	x := &Index{pages: pages, count: map[string]int{}}
	for _, p := range pages {
		title, body := all(p.Titles), all(p.Bodies)
		x.title, x.body = append(x.title, title), append(x.body, body)
		both := maps.Clone(title)
		maps.Copy(both, body)
		for u := range both {
			x.count[u]++
		}
	}
	return x
}

func all(texts []string) map[string]bool {
	out := map[string]bool{}
	for _, t := range texts {
		maps.Copy(out, units(t))
	}
	return out
}

// Ask finds the places that speak of what a question is about. A place must have
// a third of the question's weight, and more than the words that no text has,
// each of which weighs the most: what the library has only general words for is
// refused.
func (x *Index) Ask(question string) Reply {
	var reply Reply
	known, total := map[string]int{}, 0
	for _, r := range content(question, func(pair string) bool { return x.count[pair] > 0 }) {
		for _, u := range x.read(r, &reply.Unknown) {
			if _, twice := known[u]; !twice {
				known[u] = x.weight(u)
				total += known[u]
			}
		}
	}
	unknown := x.heaviest() * len(reply.Unknown)
	total += unknown
	type scored struct{ page, covers, score int }
	var found []scored
	for i := range x.pages {
		s := scored{page: i}
		for u, w := range known {
			if x.title[i][u] {
				s.covers, s.score = s.covers+w, s.score+2*w
			} else if x.body[i][u] {
				s.covers, s.score = s.covers+w, s.score+w
			}
		}
		s.score *= 10 + x.pages[i].Favour
		if s.covers > unknown && 3*s.covers >= total {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, s := range found {
		if len(reply.Places) == most || 3*s.score < 2*found[0].score {
			break
		}
		same := func(i int) bool { return x.pages[i].Same != "" && x.pages[i].Same == x.pages[s.page].Same }
		if !slices.ContainsFunc(reply.Places, same) {
			reply.Places = append(reply.Places, s.page)
		}
	}
	return reply
}

// read gives the units of a run that the library has, and adds the parts that
// it has not to unknown.
func (x *Index) read(r run, unknown *[]string) (known []string) {
	add := func(word string) {
		if !slices.Contains(*unknown, word) {
			*unknown = append(*unknown, word)
		}
	}
	if !r.han {
		if u := stem(r.text); x.count[u] > 0 {
			return []string{u}
		}
		add(r.text)
		return nil
	}
	chars := []rune(r.text)
	covered := make([]bool, len(chars))
	for i, p := range pairs(r.text) {
		if x.count[p] > 0 {
			covered[i], covered[i+1] = true, true
			known = append(known, p)
		}
	}
	if 2*missing(covered) >= len(chars) { // a pair that happens to stand inside another word
		add(r.text)
		return nil
	}
	for start := 0; start < len(chars); {
		end := start
		for end < len(chars) && !covered[end] {
			end++
		}
		if end-start > 1 { // one character between two words joins them
			add(string(chars[start:end]))
		}
		start = max(end, start+1)
	}
	return known
}

func missing(covered []bool) (n int) {
	for _, is := range covered {
		if !is {
			n++
		}
	}
	return n
}

// weight is how much a unit tells: the fewer pages have it, the more.
func (x *Index) weight(unit string) int {
	if general[unit] {
		return 1
	}
	return bits.Len(uint(len(x.pages) / x.count[unit]))
}

func (x *Index) heaviest() int { return bits.Len(uint(len(x.pages))) }
