package document

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// guizhou is the region pack of the project.
const guizhou = "../../../regions/guizhou"

// TestPackIndex holds the pack's places and hashes of the five documents
// against the originals, where they are. With -update it writes them: start,
// end and sha256 of every clause that the pack lists, and of the whole.
func TestPackIndex(t *testing.T) {
	texts, docs := five(t), parseFive(t)
	if *update {
		for id, doc := range docs {
			writeIndex(t, id, texts[id], doc)
		}
	}
	lib := LoadLibrary(t, os.DirFS(guizhou))
	for id, text := range texts {
		m, err := lib.Match(id, text)
		if err != nil {
			t.Fatal(err)
		}
		if m.Document != id || !m.Whole || states(m) != "" {
			t.Errorf("%s is %s in the pack, whole %v: %s", id, m.Document, m.Whole, states(m))
		}
		e := lib.entries[slices.IndexFunc(lib.entries, func(e Entry) bool { return e.ID == id })]
		if e.Bytes != len(text) {
			t.Errorf("%s has %d bytes, the pack says %d", id, len(text), e.Bytes)
		}
		for _, c := range e.Clauses {
			if got := clauseOrClosing(t, docs[id], c.Path); got.Start != c.Start || got.End != c.End {
				t.Errorf("%s %s stands at %d-%d, the pack says %d-%d", id, c.Path, got.Start, got.End, c.Start, c.End)
			}
		}
	}
}

// TestPackHoldsNoWords keeps the documents' sentences out of the project: no
// line of the region pack shares a run of 28 characters with a text.
func TestPackHoldsNoWords(t *testing.T) {
	const run = 28
	known := map[string]bool{}
	for id, text := range five(t) {
		title := fold(parseFive(t)[id].Title)
		for _, l := range splitLines(string(text)) {
			words := []rune(fold(l.text))
			for i := 0; i+run <= len(words); i++ {
				if s := string(words[i : i+run]); !strings.Contains(title, s) {
					known[s] = true
				}
			}
		}
	}
	err := filepath.WalkDir(guizhou, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, l := range splitLines(string(raw)) {
			if strings.Contains(l.text, "title:") {
				continue // titles of documents are names
			}
			words := []rune(fold(l.text))
			for i := 0; i+run <= len(words); i++ {
				if known[string(words[i:i+run])] {
					t.Errorf("%s copies the words %q", name, string(words[i:i+run]))
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPackReadings wants a rule or a reason for every clause of the pack, and
// a title in both languages.
func TestPackReadings(t *testing.T) {
	type text struct{ ZH, EN string }
	names, _ := filepath.Glob(guizhou + "/documents/*.yaml")
	if len(names) != 5 {
		t.Fatalf("%d documents", len(names))
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Clauses []struct {
				Path           string
				Title, Reading text
				Rule           string
				Why            text `yaml:"why_none"`
			}
		}
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		if len(doc.Clauses) < 19 {
			t.Errorf("%s lists %d clauses", name, len(doc.Clauses))
		}
		for _, c := range doc.Clauses {
			if c.Title.ZH == "" || c.Title.EN == "" {
				t.Errorf("%s %s has no title", name, c.Path)
			}
			if (c.Rule == "") == (c.Why.ZH == "") || (c.Why.ZH == "") != (c.Why.EN == "") {
				t.Errorf("%s %s needs a rule or the reason why it has none, not both", name, c.Path)
			}
			if c.Rule != "" && (c.Reading.ZH == "") != (c.Reading.EN == "") {
				t.Errorf("%s %s is read in one language only", name, c.Path)
			}
		}
	}
}

// TestPackUnits resolves every responsible unit that the documents name (A24).
func TestPackUnits(t *testing.T) {
	units, err := LoadUnits(os.DirFS(guizhou), "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ document, want string }{
		"市大数据局":       {"002", "gy-data"},
		"贵安新区财政金融工作局": {"002", "ga-finance"},
		"贵安管委会":       {"000", "ga-committee"},
		"州大数据局":       {"004", "qdn-data"},
		"各县〔市〕人民政府":   {"004", "qdn-counties"},
	} {
		if got, _ := units.Unit(name, c.document, ""); got != c.want {
			t.Errorf("%s in %s is %q, want %s", name, c.document, got, c.want)
		}
	}
	if id, ok := units.Unit("市大数据局", "004", ""); ok {
		t.Errorf("市大数据局 in 004 is %s; the prefecture has no such unit", id)
	}
	for id, text := range five(t) {
		doc, err := Parse(id, text, Options{Units: units})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range doc.Clauses {
			if i := slices.Index(c.Units, ""); i >= 0 {
				t.Errorf("%s %s names %s, which the alias table does not know", id, c.Path, c.Responsible[i])
			}
		}
		for _, issuer := range doc.Issuers {
			if _, ok := units.Unit(issuer, id, doc.Signed); !ok {
				t.Errorf("%s was issued by %s, which the alias table does not know", id, issuer)
			}
		}
	}
}

func clauseOrClosing(t *testing.T, doc *Document, path string) Clause {
	t.Helper()
	if doc.Closing != nil && doc.Closing.Path == path {
		return *doc.Closing
	}
	return clauseAt(t, doc, path)
}

// writeIndex puts places and hashes into a document's file and leaves every
// other line as it stands.
func writeIndex(t *testing.T, id string, text []byte, doc *Document) {
	t.Helper()
	name := filepath.Join(guizhou, "documents", id+".yaml")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"sha256": doc.SHA256, "bytes": strconv.Itoa(len(text))}
	lines := strings.Split(string(raw), "\n")
	for i, l := range lines {
		if path, ok := strings.CutPrefix(l, "- path: "); ok {
			c := clauseOrClosing(t, doc, strings.Trim(path, `"`))
			values = map[string]string{"  start": strconv.Itoa(c.Start), "  end": strconv.Itoa(c.End), "  sha256": c.SHA256}
		}
		if key, _, ok := strings.Cut(l, ": "); ok && values[key] != "" {
			lines[i] = key + ": " + values[key]
		}
	}
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}
