package document

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layouts are ways in which the same text reaches us.
var layouts = map[string]func(string) string{
	"CR LF":           func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"byte order mark": func(s string) string { return "\ufeff" + s },
	"indented":        func(s string) string { return "　　" + strings.ReplaceAll(s, "\n", "\n　　") },
	"no-break spaces": func(s string) string { return strings.ReplaceAll(s, "\n", "\u00a0\n\u00a0\u2002") },
	"no blank lines": func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), "\n")
	},
	"more blank lines":  func(s string) string { return strings.ReplaceAll(s, "\n", "\n \n") },
	"full-width marks":  strings.NewReplacer("(", "（", ")", "）", ",", "，", ":", "：", ";", "；").Replace,
	"half-width marks":  strings.NewReplacer("（", "(", "）", ")", "，", ",", "：", ":", "；", ";").Replace,
	"full-width points": func(s string) string { return arabicPoints(s) },
}

// arabicPoints turns the point of 1. at the head of a line into that of 1．
func arabicPoints(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		head := strings.TrimLeftFunc(l, invisible)
		if m, ok := markerOf(head); ok && m.style == arabic {
			lines[i] = l[:len(l)-len(head)] + m.number + "．" + strings.TrimLeft(head[m.width:], " ")
		}
	}
	return strings.Join(lines, "\n")
}

// TestLayoutDoesNotMatter reads each document in every layout: the clauses,
// their figures and their units stay.
func TestLayoutDoesNotMatter(t *testing.T) {
	names, _ := filepath.Glob("testdata/mini/*.txt")
	originals, _ := filepath.Glob(filepath.Join(fiveTexts, "00?_*.txt")) // as well, where they are
	for _, name := range append(names, originals...) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := essence(t, string(raw))
		if len(want) < 5 {
			t.Fatalf("%s: only %d clauses", name, len(want))
		}
		for layout, change := range layouts {
			if got := essence(t, change(string(raw))); !slices.Equal(got, want) {
				t.Errorf("%s with %s:\n got %q\nwant %q", filepath.Base(name), layout, got, want)
			}
		}
	}
}

// essence is what a reading says of each clause, apart from its place.
func essence(t *testing.T, text string) []string {
	t.Helper()
	doc, err := Parse("layout", []byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkNesting(t, doc)
	var all []string
	for _, c := range doc.Clauses {
		var units []string
		for _, u := range c.Responsible {
			units = append(units, unitKey(u))
		}
		all = append(all, c.Path+" "+figures(c.Numbers)+" "+strings.Join(units, ","))
	}
	return append(all, string(doc.Signed), string(doc.Status))
}
