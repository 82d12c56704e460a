package document

import "strings"

// Pair sets an explainer's statement beside the clause that it explains (A18).
// Only the clause binds; the pair shows where the two part.
type Pair struct {
	Explainer   string     `json:"explainer"`    // path of the statement
	Clause      string     `json:"clause"`       // path of the normative clause
	SameWords   bool       `json:"same_words"`   // equal but for spaces and punctuation width
	SameNumbers bool       `json:"same_numbers"` // the same figures with the same comparators
	Difference  *Deviation `json:"difference,omitempty"`
}

// Deviation is the stretch in which two statements differ.
type Deviation struct {
	Explainer string `json:"explainer"`
	Clause    string `json:"clause"`
}

// drift pairs the statements of an explainer with the normative clauses of the
// same number and the same heading.
func drift(text string, clauses []Clause) []Pair {
	top := map[string]Clause{}
	for _, c := range clauses {
		if c.Normative && !strings.Contains(c.Path, "/") {
			top[c.Number] = c
		}
	}
	var pairs []Pair
	for _, c := range clauses {
		bound, known := top[c.Number]
		if c.Normative || !known || !sameSubject(c.Title, bound.Title) {
			continue
		}
		pairs = append(pairs, compare(text, c, bound))
	}
	return pairs
}

// sameSubject compares headings loosely: an explainer may shorten one.
func sameSubject(a, b string) bool {
	a, b = fold(a), fold(b)
	return a != "" && b != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

func compare(text string, said, bound Clause) Pair {
	a, b := fold(text[said.ownStart:said.ownEnd]), fold(text[bound.ownStart:bound.ownEnd])
	pair := Pair{Explainer: said.Path, Clause: bound.Path, SameWords: a == b, SameNumbers: sameNumbers(said.Numbers, bound.Numbers)}
	if !pair.SameWords {
		pair.Difference = between([]rune(a), []rune(b))
	}
	return pair
}

// between cuts what two statements share at both ends, but for a little
// context that lets a person find the place.
func between(a, b []rune) *Deviation {
	const context = 6
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	cut := func(s []rune) string {
		return string(s[max(0, head-context):min(len(s), len(s)-tail+context)])
	}
	return &Deviation{Explainer: cut(a), Clause: cut(b)}
}

func sameNumbers(a, b []Number) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Value != b[i].Value || a[i].Unit != b[i].Unit || a[i].Comparator != b[i].Comparator {
			return false
		}
	}
	return true
}

// fold makes half- and full-width punctuation and spaces equal.
func fold(s string) string {
	return foldMarks.Replace(narrow(squeeze(s)))
}

// unitMarks makes the brackets of names alike.
var unitMarks = strings.NewReplacer("（", "(", "）", ")", "〔", "(", "〕", ")", "[", "(", "]", ")")

var foldMarks = strings.NewReplacer("，", ",", "；", ";", "：", ":", "（", "(", "）", ")", "“", `"`, "”", `"`)
