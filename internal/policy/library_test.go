package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/document"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

func TestDocumentsAreListedWithTheirStanding(t *testing.T) {
	h := openGuizhou(t)
	rows := get[httpapi.Page[policy.DocumentRow]](h, public, "/policy/documents").Items
	if len(rows) != 5 {
		t.Fatalf("%d documents, want 5", len(rows))
	}
	byID := map[string]policy.DocumentRow{}
	for _, r := range rows {
		byID[r.ID] = r
		if r.TextAvailable || r.Title.ZH == "" || r.Title.EN == "" || r.Short.ZH == "" || r.Clauses == 0 {
			t.Errorf("%+v", r)
		}
	}
	city := byID["002"]
	if city.Status != policy.LawInForce || *city.From != "2024-03-25" || *city.To != "2027-03-24" || len(city.Ends) != 2 || !slices.Contains(city.Questions, "A1") {
		t.Errorf("document 002: %+v", city)
	}
	if slices.Contains(city.Questions, "A4") {
		t.Error("A4 is ruled by the guide of 2025 and not open")
	}
	if draft := byID["000"]; draft.Status != policy.LawDraft || draft.Issued != nil || draft.From != nil {
		t.Errorf("document 000: %+v", draft)
	}
}

func TestDocumentShowsRulesBesideClauses(t *testing.T) {
	h := openGuizhou(t)
	d := get[policy.Document](h, public, "/policy/documents/002")
	if d.TextState != policy.TextAbsent || len(d.List) == 0 {
		t.Fatalf("text %s, %d clauses", d.TextState, len(d.List))
	}
	two := clauseOf(t, d, "二")
	if two.Standing != policy.StandsPayable || !slices.Equal(two.Rules, []string{"002-2"}) || two.Text != nil || two.Reading == nil || two.Depth != 0 {
		t.Errorf("clause 二: %+v", two)
	}
	if label := clauseOf(t, d, "八/(二)").Clause.Label; !strings.HasSuffix(label.ZH, "八(二)") || !strings.HasSuffix(label.EN, "8(2)") {
		t.Errorf("label %v", label)
	}
	if c := clauseOf(t, d, "八/(二)"); c.Depth != 1 || c.Standing != policy.StandsNone || c.WhyNoRule == nil {
		t.Errorf("clause 八(二): %+v", c)
	}
	if clauseOf(t, d, "一").Standing != policy.StandsUndecided {
		t.Error("the voucher's rule is missing: undecided")
	}
	if c := clauseOf(t, d, "导读/一"); c.Normative || c.WhyNoRule == nil {
		t.Errorf("explainer: %+v", c)
	}
	if c := clauseOf(t, get[policy.Document](h, public, "/policy/documents/000"), "二/5"); c.Standing != policy.StandsSimulation {
		t.Errorf("a draft's clause is %s", c.Standing)
	}
	refused(t, h.do(public, http.MethodGet, "/policy/documents/777", "", nil), fault.NotFound)
}

func clauseOf(t *testing.T, d policy.Document, path string) policy.ClauseView {
	t.Helper()
	i := slices.IndexFunc(d.List, func(c policy.ClauseView) bool { return c.Path == path })
	if i < 0 {
		t.Fatalf("document %s has no clause %q", d.ID, path)
	}
	return d.List[i]
}

// invented is a made-up document: the pack's own are not in the repository.
const invented = `关于支持示例产业的若干措施

一、支持算力。对购买算力的企业，按30%给予补助。
二、支持数据。对购买数据的企业，给予奖励。
`

// inventedPack is a region whose only document is the invented one.
func inventedPack(t *testing.T) *rule.Pack {
	t.Helper()
	doc, err := document.Parse("900", []byte(invented), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var y strings.Builder
	sum := sha256.Sum256([]byte(invented))
	fmt.Fprintf(&y, "id: \"900\"\ntitle: {zh: 关于支持示例产业的若干措施, en: Invented measures}\nshort: {zh: 示例措施, en: Example}\nlevel: {zh: 市级, en: City}\nissuer: {zh: 无, en: none}\nstatus: in_force\nsha256: %s\nbytes: %d\nclauses:\n", hex.EncodeToString(sum[:]), len(invented))
	for _, c := range doc.Clauses {
		fmt.Fprintf(&y, "- path: %q\n  number: %q\n  title: {zh: 条, en: Clause}\n  start: %d\n  end: %d\n  sha256: %s\n  why_none: {zh: 示例, en: example}\n", c.Path, c.Number, c.Start, c.End, c.SHA256)
	}
	pack, err := rule.LoadPack(fstest.MapFS{
		"region.yaml":        {Data: []byte("id: test\nname: {zh: 测试, en: Test}\n")},
		"documents/900.yaml": {Data: []byte(y.String())},
	})
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestImportedWordsStandOnlyWhereBytesAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d, inventedPack(t))
		refused(t, h.upload(public, "a.txt", []byte(invented)), fault.Unauthorized)
		refused(t, h.upload(who{role: party.Finance}, "a.txt", []byte(invented)), fault.Forbidden)
		if clauseOf(t, get[policy.Document](h, public, "/policy/documents/900"), "一").Text != nil {
			t.Fatal("words that nobody brought")
		}

		changed := strings.Replace(invented, "30%", "40%", 1)
		got := read[policy.Imported](t, h.upload(office, "a.txt", []byte(changed)))
		if got.Whole || !got.Kept || got.Document != "900" || len(got.Unlike) != 1 || got.Unlike[0].Path != "一" || got.Same != 1 {
			t.Fatalf("a changed copy: %+v", got)
		}
		doc := get[policy.Document](h, public, "/policy/documents/900")
		if one, two := clauseOf(t, doc, "一"), clauseOf(t, doc, "二"); doc.TextState != policy.TextDiffers || one.Text != nil || two.Text == nil {
			t.Fatalf("a changed copy shows %v and %v in state %s", one.Text, two.Text, doc.TextState)
		}

		if got := read[policy.Imported](t, h.upload(office, "a.txt", []byte(invented))); !got.Whole || !got.Kept || len(got.Unlike) != 0 {
			t.Fatalf("the very copy: %+v", got)
		}
		doc = get[policy.Document](h, public, "/policy/documents/900")
		if one := clauseOf(t, doc, "一"); doc.TextState != policy.TextAvailable || one.Text == nil || !strings.Contains(*one.Text, "按30%给予补助") {
			t.Fatalf("clause 一: %+v", one)
		}
		if found := get[httpapi.Page[policy.Found]](h, public, "/policy/search?q=算力").Items; len(found) != 1 || found[0].Path != "一" {
			t.Fatalf("the imported words were found at %+v", found)
		}

		if got := read[policy.Imported](t, h.upload(office, "a.txt", []byte(changed))); got.Kept {
			t.Fatal("a changed copy took the place of the very one")
		}
		if get[policy.Document](h, public, "/policy/documents/900").TextState != policy.TextAvailable {
			t.Fatal("the very copy is gone")
		}
		tampered := policy.DocumentText{Document: "900", Text: changed, SHA256: get[policy.Document](h, public, "/policy/documents/900").SHA256}
		if err := h.Store.PutText(t.Context(), tampered); err != nil {
			t.Fatal(err)
		}
		if doc = get[policy.Document](h, public, "/policy/documents/900"); doc.TextState != policy.TextDiffers || doc.TextAvailable || clauseOf(t, doc, "一").Text != nil {
			t.Fatalf("words that do not have the hash that is noted beside them: %+v", doc.DocumentRow)
		}
		if len(h.registry.acts) != 2 || h.registry.acts[0].Subject != "900" {
			t.Fatalf("audit: %+v", h.registry.acts)
		}
	})
}

func TestImportRefusesWhatIsNoDocumentOfThePack(t *testing.T) {
	h := openHall(t, dbtest.SQLite(t), inventedPack(t))
	refused(t, h.upload(office, "a.txt", []byte("一、别的文件。\n")), fault.NotFound)
	refused(t, h.upload(office, "a.pdf", []byte("%PDF-1.7")), fault.Invalid)
	refused(t, h.upload(office, "a.txt", []byte{}), fault.Invalid)
	refused(t, h.upload(office, "a.txt", []byte("\xb9\xe3\xb5\xe7")), fault.Invalid)
	refused(t, h.upload(office, "a.txt", []byte(strings.Repeat("一", document.MaxBytes/3+1))), fault.TooLarge)
}

func TestRealDocumentsAgreeWithThePack(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/policies/*.txt")
	if len(files) == 0 {
		t.Skip("the five documents are not beside the repository")
	}
	h := openGuizhou(t)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := read[policy.Imported](t, h.upload(office, filepath.Base(file), text))
		if !got.Whole || len(got.Unlike) != 0 {
			t.Errorf("%s: %+v", file, got)
		}
		for _, c := range get[policy.Document](h, public, "/policy/documents/"+got.Document).List {
			if c.Text == nil {
				t.Errorf("%s clause %s has no words", got.Document, c.Path)
			}
		}
	}
	m := get[policy.Measure](h, public, "/policy/measures/002-2")
	if p := m.Figures[0]; p.Phrase == nil || *p.Phrase != "30%" || p.Mark != 1 {
		t.Errorf("the rate's phrase: %+v", p)
	}
}

func TestSearchFindsTwoCharacterWordsInBothLanguages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d, guizhou(t))
		if err := h.IndexLibrary(t.Context()); err != nil { // again: it may run at every start
			t.Fatal(err)
		}
		for q, want := range map[string]string{"算力": "clause", "备案": "measure", "封顶": "", "voucher": "clause", "cap": "question"} {
			found := get[httpapi.Page[policy.Found]](h, public, "/policy/search?q="+q).Items
			seen := map[string]bool{}
			for _, f := range found {
				if seen[f.Key] || f.Title.ZH == "" || f.Title.EN == "" || f.Clause.Document == "" {
					t.Errorf("%s: %+v", q, f)
				}
				seen[f.Key] = true
				if text := f.Title.ZH + f.Title.EN + f.Snippet.ZH + f.Snippet.EN + f.Clause.Label.ZH + f.Clause.Label.EN; !strings.Contains(strings.ToLower(text), q) {
					t.Errorf("%s is not shown in %+v", q, f)
				}
			}
			if want != "" && !slices.ContainsFunc(found, func(f policy.Found) bool { return f.Kind == want }) {
				t.Errorf("%s found no %s among %d", q, want, len(found))
			}
		}
		for id, key := range map[string]string{"002-6": "measure/002-6", "A4": "question/A4"} {
			if found := get[httpapi.Page[policy.Found]](h, public, "/policy/search?q="+id).Items; len(found) == 0 || found[0].Key != key {
				t.Errorf("%s is not found first: %+v", id, found)
			}
		}
		if found := get[httpapi.Page[policy.Found]](h, public, "/policy/search?q=火星").Items; len(found) != 0 {
			t.Errorf("火星 was found: %+v", found)
		}
		refused(t, h.do(public, http.MethodGet, "/policy/search?q=", "", nil), fault.Invalid)
		refused(t, h.do(public, http.MethodGet, "/policy/search?q="+strings.Repeat("a", 201), "", nil), fault.Invalid)
	})
}
