package document_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/policy/document"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const authorPage = "../../../docs/rule-author.md"

var fileBlock = regexp.MustCompile("(?s)```(?:yaml|text) file=(\\S+)\n(.*?)```")

// authorPack takes the files of the example out of the rule author's page.
func authorPack(t *testing.T) fstest.MapFS {
	t.Helper()
	page, err := os.ReadFile(authorPage)
	if err != nil {
		t.Fatal(err)
	}
	pack := fstest.MapFS{}
	for _, m := range fileBlock.FindAllSubmatch(page, -1) {
		pack[string(m[1])] = &fstest.MapFile{Data: m[2]}
	}
	for _, name := range []string{"policy.txt", "region.yaml", "questions.yaml", "documents/900.yaml", "measures/900-2.yaml", "cases/900-2.yaml", "guides/2031.yaml"} {
		if pack[name] == nil {
			t.Fatalf("%s shows no %s", authorPage, name)
		}
	}
	return pack
}

// TestAuthorPageHolds runs the example of docs/rule-author.md: its places and
// hashes are those of its text, and its cases come out.
func TestAuthorPageHolds(t *testing.T) {
	pack := authorPack(t)
	lib := document.LoadLibrary(t, pack)
	match, err := lib.Match("policy.txt", pack["policy.txt"].Data)
	if err != nil {
		t.Fatal(err)
	}
	if !match.Whole {
		t.Errorf("the document's hash is not the text's: %s", match.Message.EN)
	}
	page, err := os.ReadFile(authorPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range match.Clauses {
		if c.State != document.Same {
			t.Error(c.Message.EN)
		}
		if shown := fmt.Sprintf(`"start": %d, "end": %d`, c.Start, c.End); c.Path == "二" && !strings.Contains(string(page), shown) {
			t.Errorf("the page's answer of policy parse is not %s", shown)
		}
	}
	loaded, err := rule.LoadPack(pack)
	if err != nil {
		t.Fatal(err)
	}
	report := loaded.Check()
	for _, p := range report.Problems {
		t.Errorf("%s: %s", p.Where, p.Message.EN)
	}
	if report.Cases < 5 {
		t.Errorf("%d cases", report.Cases)
	}
}

// TestAuthorPageCanFail changes one figure of the example: its cases must notice.
func TestAuthorPageCanFail(t *testing.T) {
	pack := authorPack(t)
	measure := string(pack["measures/900-2.yaml"].Data)
	changed := strings.Replace(measure, `"800000.00"`, `"700000.00"`, 1)
	if changed == measure {
		t.Fatal("nothing changed")
	}
	pack["measures/900-2.yaml"] = &fstest.MapFile{Data: []byte(changed)}
	loaded, err := rule.LoadPack(pack)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Check().OK {
		t.Error("a wrong cap passed the check")
	}
}
