package document

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fiveTexts is where the five documents lie when the project is built beside
// them; the repository itself holds none of their words.
const fiveTexts = "../../../../shared/policies"

// five reads the documents by id, or skips the test when they are not there.
func five(t *testing.T) map[string][]byte {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(fiveTexts, "00?_*.txt"))
	if len(names) == 0 {
		t.Skipf("%s holds no policy texts: this check needs the originals", fiveTexts)
	}
	texts := map[string][]byte{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(name)[:3]] = raw
	}
	if len(texts) != 5 {
		t.Fatalf("%d texts in %s, want 5", len(texts), fiveTexts)
	}
	return texts
}

func parseFive(t *testing.T) map[string]*Document {
	t.Helper()
	docs := map[string]*Document{}
	for id, text := range five(t) {
		doc, err := Parse(id, text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		docs[id] = doc
	}
	return docs
}

// TestFiveClauses finds every numbered clause of the five documents, no more
// and no fewer, with ranges that nest.
func TestFiveClauses(t *testing.T) {
	for id, doc := range parseFive(t) {
		want := readLines(t, "testdata/five/"+id+".paths")
		var got []string
		for _, c := range doc.Clauses {
			got = append(got, c.Path)
			if c.Normative == strings.HasPrefix(c.Path, "导读/") {
				t.Errorf("%s %s: normative is %v", id, c.Path, c.Normative)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: paths\n got %v\nwant %v", id, got, want)
		}
		if len(doc.Notes) > 0 {
			t.Errorf("%s: notes %v", id, doc.Notes)
		}
		checkNesting(t, doc)
	}
}

// TestFiveFurniture holds the page's own words out of the last clauses.
func TestFiveFurniture(t *testing.T) {
	texts := five(t)
	for id, doc := range parseFive(t) {
		for _, c := range doc.Clauses {
			words := string(texts[id][c.Start:c.End])
			for _, furniture := range []string{"版权与免责", "来源:", "本文来源", "热门评论", "pedaily", "的通知\n", "此件公开发布"} {
				if strings.Contains(words, furniture) {
					t.Errorf("%s %s holds page furniture %q", id, c.Path, furniture)
				}
			}
		}
	}
}

// TestFiveNumbers reads every figure of the five documents and none beside.
func TestFiveNumbers(t *testing.T) {
	want := map[string]string{}
	for _, l := range readLines(t, "testdata/five/numbers.txt") {
		if place, figures, ok := strings.Cut(l, ": "); ok && !strings.HasPrefix(l, "#") {
			want[place] = figures
		}
	}
	for id, doc := range parseFive(t) {
		clauses := doc.Clauses
		if doc.Closing != nil {
			clauses = append(slices.Clip(clauses), *doc.Closing)
		}
		for _, c := range clauses {
			place := id + " " + c.Path
			if got := figures(c.Numbers); got != want[place] {
				t.Errorf("%s: %q, want %q", place, got, want[place])
			}
			delete(want, place)
		}
	}
	for place := range want {
		t.Errorf("%s: no such clause", place)
	}
}

func TestFiveFacts(t *testing.T) {
	docs := parseFive(t)
	for _, c := range []struct {
		id, number, signed, published string
		status                        Status
		trial                         bool
		issuers                       int
	}{
		{"000", "", "", "", Draft, false, 0},
		{"001", "", "", "2025-01-08", Unknown, false, 0},
		{"002", "", "2024-03-25", "2024-04-08", Issued, true, 4},
		{"003", "", "", "", Draft, false, 0},
		{"004", "黔东南府办函〔2025〕8号", "2025-03-11", "", Issued, false, 1},
	} {
		d := docs[c.id]
		if d.Number != c.number || string(d.Signed) != c.signed || string(d.Published) != c.published || d.Status != c.status || d.Trial != c.trial || len(d.Issuers) != c.issuers {
			t.Errorf("%s: number %q signed %q published %q status %s trial %v issuers %v", c.id, d.Number, d.Signed, d.Published, d.Status, d.Trial, d.Issuers)
		}
		if d.Title == "" {
			t.Errorf("%s has no title", c.id)
		}
	}
}

// TestFiveExplainer sets the explainer's seven measures beside the text's: all
// figures agree, the words part in two (A18).
func TestFiveExplainer(t *testing.T) {
	var parted []string
	seven := 0
	for _, p := range parseFive(t)["002"].Drift {
		if p.Clause == "八" {
			continue // the explainer only sums it up
		}
		seven++
		if !p.SameNumbers {
			t.Errorf("%s and %s state other figures", p.Explainer, p.Clause)
		}
		if !p.SameWords {
			parted = append(parted, p.Clause)
		}
	}
	if seven != 7 || !slices.Equal(parted, []string{"三", "四"}) {
		t.Errorf("%d pairs, words part in %v", seven, parted)
	}
}

func TestFiveResponsible(t *testing.T) {
	docs := parseFive(t)
	for place, want := range map[string]string{
		"000 二/5":        "省科技厅 省工业和信息化厅 省发展改革委 省广电局",
		"001 二/(五)/14":   "省委网信办 省大数据局 省公安厅 省国家保密局",
		"001 附/二/(二)/11": "各市〔州〕人民政府 省大数据局",
		"004 三/(二)/6":    "州大数据局 州直相关部门 州工投集团 各县〔市〕人民政府",
		"004 四/(三)":      "州大数据局 州直相关部门 各县〔市〕人民政府",
	} {
		id, path, _ := strings.Cut(place, " ")
		if got := strings.Join(clauseAt(t, docs[id], path).Responsible, " "); got != want {
			t.Errorf("%s: %s, want %s", place, got, want)
		}
	}
	refs := clauseAt(t, docs["000"], "二/5").References
	for _, want := range []string{"黔科通〔2024〕25号", "《贵州省促进科技成果转化创新改革措施》"} {
		if !slices.Contains(refs, want) {
			t.Errorf("000 二/5 references %v, without %s", refs, want)
		}
	}
}

func clauseAt(t *testing.T, doc *Document, path string) Clause {
	t.Helper()
	i := slices.IndexFunc(doc.Clauses, func(c Clause) bool { return c.Path == path })
	if i < 0 {
		t.Fatalf("%s has no clause %s", doc.Name, path)
	}
	return doc.Clauses[i]
}

func checkNesting(t *testing.T, doc *Document) {
	t.Helper()
	byPath := map[string]Clause{}
	for _, c := range doc.Clauses {
		if c.Start >= c.End {
			t.Errorf("%s %s: empty range %d-%d", doc.Name, c.Path, c.Start, c.End)
		}
		if _, twice := byPath[c.Path]; twice {
			t.Errorf("%s %s stands twice", doc.Name, c.Path)
		}
		byPath[c.Path] = c
		above := c.Path[:max(0, strings.LastIndex(c.Path, "/"))]
		if parent, ok := byPath[above]; ok && (c.Start < parent.Start || c.End > parent.End) {
			t.Errorf("%s %s leaves its parent's range", doc.Name, c.Path)
		}
	}
}

func figures(numbers []Number) string {
	var all []string
	for _, n := range numbers {
		all = append(all, n.Value+" "+n.Unit+" "+string(n.Comparator))
	}
	return strings.Join(all, "; ")
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		lines = append(lines, sc.Text())
	}
	return lines
}
