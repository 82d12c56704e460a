package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A text is cut into runs: Han characters, or a word (letters, digits and
// marks of other scripts). 算力券 becomes 算力, 力券 and 券: the pairs find any
// text of two characters and more, and together with the last character alone
// they let one character be found as a prefix. A word becomes itself.

// Bounds. Tokens beyond maxTokenCost are not indexed: a tsvector holds 1 MiB.
const (
	maxTokenCost = 900 << 10
	maxWord      = 64 // characters
	maxTerms     = 16
	maxQuery     = 200 // characters
)

// term is one run of a query.
type term struct {
	runes []rune
	han   bool
}

// folded is a text with each character in its compatible, lower-case form
// (full-width ＡＩ becomes ai) and where in the text each came from.
type folded struct {
	runes  []rune
	origin []int // index of the original rune
}

func fold(text []rune) folded {
	f := folded{make([]rune, 0, len(text)), make([]int, 0, len(text))}
	for i, r := range text {
		if r < unicode.MaxASCII {
			f.runes, f.origin = append(f.runes, unicode.ToLower(r)), append(f.origin, i)
			continue
		}
		for _, c := range norm.NFKC.String(string(r)) {
			f.runes, f.origin = append(f.runes, unicode.ToLower(c)), append(f.origin, i)
		}
	}
	return f
}

func isHan(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Han, r) }

func isWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !isHan(r)
}

// runs cuts a folded text.
func runs(text []rune) (out []term) {
	for start := 0; start < len(text); {
		kind := isHan
		if !isHan(text[start]) {
			kind = isWord
		}
		end := start
		for end < len(text) && kind(text[end]) {
			end++
		}
		if end > start {
			out = append(out, term{text[start:end], isHan(text[start])})
		}
		start = max(end, start+1)
	}
	return out
}

// parse reads a query.
func parse(query string) []term {
	text := []rune(clean(query))
	terms := runs(fold(text[:min(len(text), maxQuery)]).runes)
	for i := range terms {
		if !terms[i].han {
			terms[i].runes = terms[i].runes[:min(len(terms[i].runes), maxWord)]
		}
	}
	return terms[:min(len(terms), maxTerms)]
}

// tokens returns the different tokens of a title and a body.
func tokens(title, body string) (inTitle, inBody []string) {
	cost := 0
	take := func(text string) (out []string) {
		seen := map[string]bool{}
		add := func(runes []rune) {
			token := string(runes)
			if c := len(token) + 10; !seen[token] && cost+c <= maxTokenCost {
				seen[token] = true
				cost += c
				out = append(out, token)
			}
		}
		for _, run := range runs(fold([]rune(text)).runes) {
			if !run.han {
				add(run.runes[:min(len(run.runes), maxWord)])
				continue
			}
			for i := range run.runes {
				add(run.runes[i:min(i+2, len(run.runes))])
			}
		}
		return out
	}
	return take(title), take(body)
}

// tsvector writes PostgreSQL's literal; the title's tokens have weight A. A
// token holds letters, digits and marks only, so nothing in it needs escaping.
func tsvector(inTitle, inBody []string) string {
	weight := map[string]string{}
	for _, t := range inTitle {
		weight[t] = "1A"
	}
	for _, t := range inBody {
		if weight[t] == "" {
			weight[t] = "1"
		}
	}
	var b strings.Builder
	for t, w := range weight {
		b.WriteString("'" + t + "':" + w + " ")
	}
	return b.String()
}

func tsquery(terms []term, inTitle bool) string {
	label := ""
	if inTitle {
		label = "A"
	}
	return express(terms, " & ", func(token string, prefix bool) string {
		switch {
		case prefix:
			return "'" + token + "':*" + label
		case inTitle:
			return "'" + token + "':A"
		}
		return "'" + token + "'"
	})
}

func fts5(terms []term, inTitle bool) string {
	expression := express(terms, " AND ", func(token string, prefix bool) string {
		if prefix {
			return `"` + token + `"*`
		}
		return `"` + token + `"`
	})
	if inTitle {
		return "title : (" + expression + ")"
	}
	return expression
}

// express joins the tokens that every entry with these terms must have.
func express(terms []term, and string, write func(token string, prefix bool) string) string {
	var parts []string
	for _, t := range terms {
		if !t.han || len(t.runes) == 1 {
			parts = append(parts, write(string(t.runes), true))
			continue
		}
		for i := range len(t.runes) - 1 {
			parts = append(parts, write(string(t.runes[i:i+2]), false))
		}
	}
	return strings.Join(parts, and)
}
