package document

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is one paragraph of the text, trimmed, with its place in the bytes.
// Blank lines leave none.
type line struct {
	start, end int
	text       string
}

// bookmark is what word processors leave behind when they print a text.
var bookmark = regexp.MustCompile(`^\[bookmark:[^\]]{0,80}\]`)

func splitLines(text string) []line {
	var lines []line
	for at := 0; at < len(text); {
		end := strings.IndexAny(text[at:], "\n\r")
		if end < 0 {
			end = len(text) - at
		}
		if l, ok := trimLine(text, at, at+end); ok {
			lines = append(lines, l)
		}
		at += end + 1
	}
	return lines
}

func trimLine(text string, start, end int) (line, bool) {
	s := strings.TrimLeftFunc(text[start:end], invisible)
	if mark := bookmark.FindString(s); mark != "" {
		s = strings.TrimLeftFunc(s[len(mark):], invisible)
	}
	start = end - len(s)
	s = strings.TrimRightFunc(s, invisible)
	return line{start: start, end: start + len(s), text: s}, s != ""
}

// invisible covers the spaces of web pages: no-break, en, ideographic, and
// the marks of zero width.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || r == '\ufeff' || (r >= '\u200b' && r <= '\u200f') || r == '\u2060'
}

// squeeze drops every invisible mark, for comparing and for names that a hard
// wrap broke.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, s)
}

func runes(s string) int { return utf8.RuneCountInString(s) }
