package document

import (
	"os"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// bridge is a pack that holds the places and hashes of one document.
func bridge(t *testing.T) (*Library, []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/mini/running.txt")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Parse("running", text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return NewLibrary([]Entry{{ID: "x"}, entryOf("007", doc)}), text
}

func entryOf(id string, doc *Document) Entry {
	e := Entry{ID: id, Title: i18n.Text{ZH: doc.Title, EN: "Bridge"}, SHA256: doc.SHA256}
	for _, c := range doc.Clauses {
		e.Clauses = append(e.Clauses, EntryClause{Path: c.Path, Start: c.Start, End: c.End, SHA256: c.SHA256})
	}
	return e
}

func states(m *Match) string {
	var all []string
	for _, c := range m.Clauses {
		if c.State != Same {
			all = append(all, c.Path+" "+string(c.State))
		}
		if c.Message.ZH == "" || c.Message.EN == "" {
			all = append(all, c.Path+" says nothing")
		}
	}
	return strings.Join(all, ", ")
}

// TestMatchEqual recognises the very bytes.
func TestMatchEqual(t *testing.T) {
	lib, text := bridge(t)
	m, err := lib.Match("upload.txt", text)
	if err != nil {
		t.Fatal(err)
	}
	if m.Document != "007" || !m.Whole || states(m) != "" {
		t.Errorf("document %s whole %v: %s", m.Document, m.Whole, states(m))
	}
}

// TestMatchChanged names the clauses that a changed text alters, with their
// parents, and keeps the rest readable at their new places.
func TestMatchChanged(t *testing.T) {
	lib, text := bridge(t)
	for name, c := range map[string]struct{ from, to, want string }{
		"a figure":         {"30%分担", "40%分担", "一 differs, 一/2 differs"},
		"a clause removed": {"\n7.政策期内有调整的，按新规定执行。", "", "三 differs, 三/7 missing"},
		"a clause added":   {"\n7.政策期内", "\n6.新的一条。\n7.政策期内", "三 differs, 三/6 added"},
		"words before":     {"为修好月桥", "为了修好月桥", ""},
	} {
		changed := strings.Replace(string(text), c.from, c.to, 1)
		if changed == string(text) {
			t.Fatalf("%s: nothing changed", name)
		}
		m, err := lib.Match("upload.txt", []byte(changed))
		if err != nil {
			t.Fatal(err)
		}
		if m.Whole || states(m) != c.want {
			t.Errorf("%s: whole %v, %s, want %s", name, m.Whole, states(m), c.want)
		}
	}
}

func TestMatchUnknown(t *testing.T) {
	lib, _ := bridge(t)
	if _, err := lib.Match("other.txt", []byte("一、别的文件\n")); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	if _, err := lib.Match("bad.txt", []byte{0xff, 0xff, 0xff}); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
