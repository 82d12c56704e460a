package search

import "slices"

// Scores. The title weighs more than the body, the whole query more than its
// terms, a whole word more than the beginning of one.
const (
	titleIsQuery   = 1000
	titleHasQuery  = 300
	bodyHasQuery   = 30
	termInTitle    = 100
	wholeWord      = 20
	termInBody     = 5
	maxBodyCounted = 10
)

const (
	snippetBefore = 20 // characters
	snippetLength = 120
)

// match checks that every term really stands in the entry (the pairs of 大模型
// also stand apart in 大模特的模型), scores it and marks where.
func match(e entry, terms []term) (Hit, bool) {
	title, body := []rune(e.title), []rune(e.body)
	foldedTitle, foldedBody := fold(title), fold(body)
	titleMarks, bodyMarks := make([]bool, len(title)), make([]bool, len(body))
	h := Hit{Kind: e.kind, ID: e.id}
	for _, t := range terms {
		inTitle, whole := mark(foldedTitle, t, titleMarks)
		inBody, wholeToo := mark(foldedBody, t, bodyMarks)
		if inTitle+inBody == 0 {
			return Hit{}, false
		}
		if inTitle > 0 {
			h.score += termInTitle
		}
		if whole || wholeToo {
			h.score += wholeWord
		}
		h.score += min(inBody, maxBodyCounted) * termInBody
	}
	query, titleTerms := flat(terms), flat(runs(foldedTitle.runes))
	switch {
	case slices.Equal(query, titleTerms):
		h.score += titleIsQuery
	case contains(titleTerms, query):
		h.score += titleHasQuery
	}
	if contains(flat(runs(foldedBody.runes)), query) {
		h.score += bodyHasQuery
	}
	from, to := window(bodyMarks)
	h.Title = spans(title, titleMarks)
	h.Snippet = spans(body[from:to], bodyMarks[from:to])
	return h, true
}

// mark notes each place of a term and tells how many there are, and whether
// one of them is a whole run.
func mark(text folded, t term, marks []bool) (n int, whole bool) {
	for i := 0; i+len(t.runes) <= len(text.runes); i++ {
		if !slices.Equal(text.runes[i:i+len(t.runes)], t.runes) || (!t.han && i > 0 && isWord(text.runes[i-1])) {
			continue
		}
		n++
		end := i + len(t.runes)
		whole = whole || t.han || end == len(text.runes) || !isWord(text.runes[end])
		for j := i; j < end; j++ {
			marks[text.origin[j]] = true
		}
		i = end - 1
	}
	return n, whole
}

// flat joins runs by a mark that no run holds.
func flat(terms []term) (out []rune) {
	for _, t := range terms {
		out = append(append(out, t.runes...), ' ')
	}
	return out
}

func contains(text, part []rune) bool {
	part = part[:len(part)-1] // the query's last run may be the beginning of one
	for i := 0; i+len(part) <= len(text); i++ {
		if slices.Equal(text[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// window picks the part of a body to show: from a little before the first mark.
func window(marks []bool) (from, to int) {
	from = max(slices.Index(marks, true)-snippetBefore, 0)
	return from, min(from+snippetLength, len(marks))
}

func spans(text []rune, marks []bool) []Span {
	var out []Span
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && marks[end] == marks[start] {
			end++
		}
		out = append(out, Span{string(text[start:end]), marks[start]})
		start = end
	}
	return out
}
