package rule

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
)

// copied is the Guizhou pack in memory, to be broken.
func copied(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	files := os.DirFS("../../../regions/guizhou")
	if err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		out[path] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBrokenPacksAreRefused breaks the pack in one place at a time: each is
// refused, at load or by the check, with one message at that place, and none
// runs long.
func TestBrokenPacksAreRefused(t *testing.T) {
	edit := func(file, old, now string) func(fstest.MapFS) {
		return func(pack fstest.MapFS) {
			text := string(pack[file].Data)
			if !strings.Contains(text, old) {
				t.Fatalf("%s does not hold %q", file, old)
			}
			pack[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, now, 1))}
		}
	}
	write := func(file, text string) func(fstest.MapFS) {
		return func(pack fstest.MapFS) { pack[file] = &fstest.MapFile{Data: []byte(text)} }
	}
	nested := "true"
	for _, variable := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		nested = "[1,2,3,4,5,6,7,8,9].all(" + variable + ", " + nested + ")"
	}
	const selected = `when: scenario.selected.measure == "002-3" && scenario.selected.year == year`
	for _, c := range []struct {
		name     string
		broken   func(fstest.MapFS)
		where    string // of the first problem
		problems int    // in all; 0 does not count
	}{
		{"no cases", func(pack fstest.MapFS) { delete(pack, "cases/002-3.yaml") }, "measures/002-3.yaml", 1},
		{"a clause that is not there", edit("measures/002-7.yaml", "clause: 七", "clause: 九十"), "measures/002-7.yaml", 1},
		{"a figure outside its clause", edit("measures/002-3.yaml", "at: [7048, 7051]", "at: [48, 51]"), "measures/002-3.yaml#parameters.rate", 1},
		{"a case that fails", edit("cases/002-3.yaml", `amount: "999999.99"`, `amount: "999999.98"`), "cases/002-3.yaml#", 1},
		{"a gate of a gate", edit("measures/002-8.2.yaml", "rule_type: gate", "rule_type: gate\ngates: [002-8.2]"), "measures/002-8.2.yaml", 1},
		{"a reference to itself", edit("measures/003-10.yaml", "imports: [002-2", "imports: [003-10, 002-2"), "measures/003-10.yaml", 1},
		{"references in a circle", edit("measures/003-10.yaml", "imports: [002-2", "imports: [003-11, 002-2"), "measures/003-10.yaml", 1},
		{"a stacking rule that is none", edit("measures/002-3.yaml", "rule: 002-8.3", "rule: 002-8.2"), "measures/002-3.yaml", 1},
		{"an effect that is none", edit("questions.yaml", "effect: payer", "effect: some"), "questions.yaml", 1},
		{"an alias bomb", write("measures/x.yaml", "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]\n"), "measures/x.yaml:1", 1},
		{"a merge of itself", write("measures/x.yaml", "a: &a\n  <<: *a\n"), "measures/x.yaml:", 1},
		{"two documents in one file", write("measures/x.yaml", "id: x\n---\nid: y\n"), "measures/x.yaml:", 1},
		{"a field that is misspelt", edit("measures/002-3.yaml", "schedule:", "shedule:"), "measures/002-3.yaml:", 1},
		{"a file past the limit", write("measures/x.yaml", "# "+strings.Repeat("x", yamlfile.MaxBytes)), "", 0},
		{"loops in a condition", edit("measures/002-3.yaml", selected, "when: '"+nested+"'"), "measures/002-3.yaml#selected", 1},
		{"an endless condition", edit("measures/002-3.yaml", selected, "when: '"+strings.Repeat("true && ", 1000)+"true'"), "measures/002-3.yaml#selected", 1},
		{"a name that is not there", edit("measures/002-3.yaml", selected, "when: scenario.selected.mesure == '002-3'"), "measures/002-3.yaml#selected", 1},
		{"a ruling with no author", edit("guides/2025.yaml", "by: {zh: 示例裁定, en: Example ruling}", `by: {zh: "", en: ""}`), "guides/2025.yaml", 1},
		{"a guide that nobody issued", edit("guides/2025.yaml", "issuer: {zh: 示例：市大数据局等四部门", `issuer: {zh: ""`), "guides/2025.yaml", 1},
		{"a voucher of a measure that gives none", edit("guides/2025.yaml", "- measure: 002-1\n    by", "- measure: 002-2\n    by"), "guides/2025.yaml#vouchers[0]", 1},
		{"a discount above the bill", edit("guides/2025.yaml", `discount: "0.5"`, `discount: "1.5"`), "guides/2025.yaml#vouchers[0].discount", 1},
		{"a face value that is no money", edit("guides/2025.yaml", `"20000.00", `, `"two", `), "guides/2025.yaml#vouchers[0].faces[0]", 1},
		{"a way to issue that is none", edit("guides/2025.yaml", "issue: claim", "issue: lottery"), "guides/2025.yaml#vouchers[0].issue", 1},
		{"a ruling with no choice of its question", edit("guides/2025.yaml", "choice: by_call", "choice: by_lot"), "guides/2025.yaml", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			pack := copied(t)
			c.broken(pack)
			loaded, err := LoadPack(pack)
			if err == nil {
				err = loaded.Check().Err()
			}
			if err == nil {
				t.Fatal("it passes")
			}
			f := fault.From(err)
			if c.problems == 0 {
				if f.Code != fault.TooLarge && f.Code != fault.Invalid {
					t.Errorf("%v", err)
				}
				return
			}
			if len(f.Fields) != c.problems || !strings.HasPrefix(f.Fields[0].Path, c.where) || f.Fields[0].Message.ZH == "" || f.Fields[0].Message.EN == "" {
				t.Errorf("%d problems, the first at %q: %v", len(f.Fields), f.Fields[0].Path, err)
			}
		})
	}
}
