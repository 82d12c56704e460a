package form_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/form"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

const (
	firm  = ident.CreditCode("91520100MA6E000012")
	cost  = "cost.model_construction"
	filed = "model.filed"
)

func plan(t testing.TB) *rule.Plan {
	t.Helper()
	files, err := regions.Open("guizhou")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := rule.LoadPack(files)
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack.Plan(2025, 2025)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func made(t testing.TB, measure, object string, facts ...evidence.Fact) *form.Form {
	t.Helper()
	for i := range facts {
		normal, err := facts[i].Normalise()
		if err != nil {
			t.Fatal(err)
		}
		facts[i] = normal
	}
	f, err := form.Make(form.Input{Plan: plan(t), Measure: measure, Object: object, Facts: facts, Today: "2025-10-22",
		Papers: []form.Paper{{ID: "audit_report", Name: i18n.Text{ZH: "审计报告", EN: "Audit report"}, Required: true}},
		Ours:   func(kind string) bool { return strings.HasSuffix(kind, ".selected") },
		Answer: func(f evidence.Fact) bool { return strings.HasPrefix(f.ID, "declared-") }})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// asked is kind -> fields, a trailing ! for what is required.
func asked(f *form.Form) map[string][]string {
	out := map[string][]string{}
	for _, q := range f.Asked() {
		name := q.Kind.Name
		if q.Must {
			name += "!"
		}
		out[name] = []string{}
		for _, field := range q.Fields {
			mark := ""
			if field.Required {
				mark = "!"
			}
			out[name] = append(out[name], field.Name+mark)
		}
	}
	return out
}

func audited(yuan string) evidence.Fact {
	return evidence.Fact{ID: "audited", Kind: cost, Subject: firm, Object: "青砚", Quantity: yuan, Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"}}
}

func TestAFormAsksWhatTheRuleReadsAndNobodyVouchesFor(t *testing.T) {
	org := map[string][]string{
		"org.registration": {"occurred!", "place!", "legal_person!"}, "org.finance_system": {"occurred!", "sound!"}, "org.credit": {"occurred!", "good!"},
	}
	with := func(more map[string][]string) map[string][]string {
		for k, v := range org {
			more[k] = v
		}
		return more
	}
	paper := []string{"quantity!", "occurred!", "place!", "contract", "invoice"}
	filing := []string{"occurred!", "kind!", "status!", "number"}
	for name, c := range map[string]struct {
		measure, object string
		facts           []evidence.Fact
		want            map[string][]string
	}{
		"nothing known":       {"002-2", "青砚", nil, with(map[string][]string{cost + "!": paper, filed: filing})},
		"an audited cost":     {"002-2", "青砚", []evidence.Fact{audited("100")}, with(map[string][]string{filed: filing})},
		"of another model":    {"002-2", "白鹭", []evidence.Fact{audited("100")}, with(map[string][]string{cost + "!": paper, filed: filing})},
		"a year's total":      {"002-6", "", nil, with(map[string][]string{"data.purchased!": {"quantity!", "occurred!", "exchange!", "use!", "related!", "contract", "invoice"}})},
		"the programme's own": {"002-3", "灯塔", nil, with(map[string][]string{"cost.scenario_investment!": {"quantity!", "occurred!", "field", "place", "contract", "invoice"}})},
	} {
		t.Run(name, func(t *testing.T) {
			got := asked(made(t, c.measure, c.object, c.facts...))
			if name == "the programme's own" { // which attributes 002-3 reads is its own affair
				got["cost.scenario_investment!"] = c.want["cost.scenario_investment!"]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	elsewhere := audited("100")
	elsewhere.ID, elsewhere.Attestor = "imported", evidence.Applicant
	if got := asked(made(t, "002-2", "青砚", elsewhere)); got[cost] == nil {
		t.Errorf("stated elsewhere, it is asked as a must again: %v", got)
	}
	elsewhere.ID = "declared-app_1-1-1"
	if got := asked(made(t, "002-2", "青砚", elsewhere)); got[cost+"!"] == nil {
		t.Errorf("its own earlier answer makes it optional: %v", got)
	}
	if _, err := form.Make(form.Input{Plan: plan(t), Measure: "777-1"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown measure gave %v", err)
	}
}

func entry(pairs ...any) form.Entry {
	e := form.Entry{}
	for i := 0; i < len(pairs); i += 2 {
		e[pairs[i].(string)] = pairs[i+1]
	}
	return e
}

func TestCheckNamesTheFieldInBothLanguages(t *testing.T) {
	f := made(t, "002-2", "青砚")
	whole := func() form.Entry { return entry("quantity", "1820450000", "occurred", "2025-04-30", "place", "520115") }
	with := func(field string, value any) form.Answers {
		e := whole()
		e[field] = value
		return form.Answers{cost: {e}}
	}
	papers := map[string][]string{"audit_report": {"att_1"}}
	for name, c := range map[string]struct {
		answers form.Answers
		papers  map[string][]string
		want    map[string]string // path -> part of the Chinese sentence
	}{
		"complete":            {form.Answers{cost: {whole()}}, papers, nil},
		"two contracts":       {form.Answers{cost: {whole(), whole()}}, papers, nil},
		"nothing":             {nil, nil, map[string]string{"declared." + cost: "请填写", "evidence.audit_report": "请上传“审计报告”"}},
		"no amount":           {form.Answers{cost: {entry("occurred", "2025-04-30", "place", "520115")}}, papers, map[string]string{"declared." + cost + "[0].quantity": "请填写“金额”"}},
		"an empty entry":      {form.Answers{cost: {whole(), {}}}, papers, map[string]string{"declared." + cost + "[1].quantity": "金额", "declared." + cost + "[1].occurred": "发生日期", "declared." + cost + "[1].place": "训练所在地"}},
		"yuan instead of fen": {with("quantity", "18204500.00"), papers, map[string]string{"declared." + cost + "[0].quantity": "大于 0 的金额"}},
		"zero":                {with("quantity", "0"), papers, map[string]string{"declared." + cost + "[0].quantity": "大于 0"}},
		"past the range":      {with("quantity", strings.Repeat("9", 18)), papers, map[string]string{"declared." + cost + "[0].quantity": "金额"}},
		"no such day":         {with("occurred", "2025-02-30"), papers, map[string]string{"declared." + cost + "[0].occurred": "应为日期"}},
		"a day to come":       {with("occurred", "2025-10-23"), papers, map[string]string{"declared." + cost + "[0].occurred": "还没有到"}},
		"no place":            {with("place", "贵阳"), papers, map[string]string{"declared." + cost + "[0].place": "GB/T 2260"}},
		"an invisible mark":   {with("invoice", "12\u200b3"), papers, map[string]string{"declared." + cost + "[0].invoice": "看不见"}},
		"a yes for a text":    {with("place", true), papers, map[string]string{"declared." + cost + "[0].place": "GB/T 2260"}},
		"a field of no kind":  {with("colour", "red"), papers, map[string]string{"declared." + cost + "[0].colour": "没有这一项"}},
		"no kind of filing":   {form.Answers{cost: {whole()}, filed: {entry("occurred", "2025-01-01", "kind", "patent", "status", "passed")}}, papers, map[string]string{"declared." + filed + "[0].kind": "选项"}},
		"two of what is one":  {form.Answers{cost: {whole()}, "org.credit": {entry("occurred", "2025-01-01", "good", true), entry("occurred", "2025-01-01", "good", true)}}, papers, map[string]string{"declared.org.credit": "只填一条"}},
		"neither yes nor no":  {form.Answers{cost: {whole()}, "org.credit": {entry("occurred", "2025-01-01", "good", "maybe")}}, papers, map[string]string{"declared.org.credit[0].good": "是"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			if err := f.Check(c.answers, c.papers); err != nil {
				for _, field := range fault.From(err).Fields {
					got[field.Path] = field.Message.ZH
					if field.Message.EN == "" {
						t.Errorf("%s has no English", field.Path)
					}
				}
			}
			for path, part := range c.want {
				if !strings.Contains(got[path], part) {
					t.Errorf("%s: %q, want %q", path, got[path], part)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	// A year's purchases are of that year.
	year := made(t, "002-6", "")
	bought := entry("quantity", "100", "occurred", "2024-12-31", "exchange", "guiyang", "use", "training", "related", false)
	if err := year.Check(form.Answers{"data.purchased": {bought}}, papers); err == nil || !strings.Contains(err.Error(), "a day of 2025") {
		t.Errorf("a purchase of another year gave %v", err)
	}
	// What somebody has vouched for meanwhile is passed over, not refused.
	if err := made(t, "002-2", "青砚", audited("100")).Check(form.Answers{cost: {entry("quantity", "no")}}, papers); err != nil {
		t.Errorf("an answer that is not asked for any more gave %v", err)
	}
}

// The schema is one of draft 2020-12 that any validator takes, for every measure that pays.
func TestSchemasCompile(t *testing.T) {
	p := plan(t)
	for _, m := range p.Pack.Measures {
		if !m.Type.Pays() {
			continue
		}
		text, err := json.Marshal(made(t, m.ID, "甲").Schema())
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft4) // so that $schema alone names the dialect
		if err := c.AddResource("urn:form", doc); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile("urn:form")
		if err != nil {
			t.Fatalf("%s: %v\n%s", m.ID, err, text)
		}
		if s.DraftVersion != 2020 {
			t.Errorf("%s: draft %d", m.ID, s.DraftVersion)
		}
	}
}

func TestDraftsMayBeUnfinishedButNotWild(t *testing.T) {
	for name, c := range map[string]struct {
		answers form.Answers
		path    string
	}{
		"half an entry":    {form.Answers{cost: {entry("quantity", "many")}}, ""},
		"an unknown kind":  {form.Answers{"cost.everything": {}}, "declared.cost.everything"},
		"a number":         {form.Answers{cost: {entry("quantity", 1.5)}}, "declared." + cost + "[0].quantity"},
		"a list":           {form.Answers{cost: {entry("quantity", []any{"1"})}}, "declared." + cost + "[0].quantity"},
		"nothing at all":   {form.Answers{cost: {entry("quantity", nil)}}, "declared." + cost + "[0].quantity"},
		"a book":           {form.Answers{cost: {entry("invoice", strings.Repeat("长", 401))}}, "declared." + cost + "[0].invoice"},
		"too many entries": {form.Answers{cost: slices.Repeat([]form.Entry{{}}, 51)}, "declared." + cost},
	} {
		var got string
		if err := c.answers.Validate(); err != nil {
			got = fault.From(err).Fields[0].Path
		}
		if got != c.path {
			t.Errorf("%s: fault at %q, want %q", name, got, c.path)
		}
	}
	f := made(t, "002-2", "青砚")
	if err := f.Foreign(form.Answers{"data.purchased": nil}); err == nil {
		t.Error("an answer to another measure's question is taken")
	}
	merged := form.Answers{cost: {entry("quantity", "1")}, filed: {entry("status", "passed")}}.Merge(form.Answers{cost: {}, "org.credit": {entry("good", true, "occurred", "  ")}})
	if diff := cmp.Diff(form.Answers{filed: {entry("status", "passed")}, "org.credit": {entry("good", true)}}, merged); diff != "" {
		t.Error(diff)
	}
}

func TestTheVouchedValueHoldsAndTheDifferenceIsShown(t *testing.T) {
	mine := audited("90")
	mine.ID, mine.Attestor = "declared-app_1-1-1", evidence.Applicant
	f := made(t, "002-2", "青砚", audited("100"), mine)
	got := f.Conflicts(nil)
	if len(got) != 1 || got[0].Field.Name != form.Quantity || got[0].Declared[0] != "9000" || got[0].Vouched[0] != "10000" || got[0].By[0] != evidence.Auditor {
		t.Errorf("conflicts %+v", got)
	}
	unrecorded := made(t, "002-2", "青砚", audited("100")).Conflicts(form.Answers{cost: {entry("quantity", "9000")}})
	if len(unrecorded) != 1 || unrecorded[0].Declared[0] != "9000" {
		t.Errorf("an answer that was overtaken: %+v", unrecorded)
	}
	same := audited("100")
	same.ID, same.Attestor = "declared-app_1-1-1", evidence.Applicant
	if got := made(t, "002-2", "青砚", audited("100"), same).Conflicts(nil); len(got) != 0 {
		t.Errorf("equal words conflict: %+v", got)
	}
}

// Whatever is stated, stated otherwise and stated again: the facts that count
// are those of the last answer, and none of the earlier ones is lost.
func TestWhatIsStatedLastCounts(t *testing.T) {
	f := made(t, "002-2", "青砚")
	rapid.Check(t, func(t *rapid.T) {
		var book []evidence.Fact
		for round := range rapid.IntRange(1, 5).Draw(t, "rounds") {
			answers := form.Answers{}
			for range rapid.IntRange(0, 4).Draw(t, "entries") {
				answers[cost] = append(answers[cost], entry("quantity", fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "fen")), "occurred", "2025-04-30", "place", "520115"))
			}
			if rapid.Bool().Draw(t, "filing") {
				answers[filed] = []form.Entry{entry("occurred", "2025-01-01", "kind", "registration", "status", rapid.SampledFrom([]string{"passed", "pending"}).Draw(t, "status"))}
			}
			next := f.Pending(firm, answers, evidence.Effective(book))
			for i := range next {
				next[i].ID = fmt.Sprintf("declared-app_1-%d-%d", round, i)
				normal, err := next[i].Normalise()
				if err != nil {
					t.Fatalf("a fact that cannot be recorded: %v", err)
				}
				book = append(book, normal)
			}
			if diff := cmp.Diff(stated(t, f.Facts(firm, answers)), stated(t, evidence.Effective(book))); diff != "" {
				t.Fatalf("round %d:\n%s", round, diff)
			}
			if again := f.Pending(firm, answers, evidence.Effective(book)); len(again) != 0 {
				t.Fatalf("stated again, it is recorded again: %+v", again)
			}
		}
	})
}

// stated is what facts say, whatever their ids, in one order.
func stated(t *rapid.T, facts []evidence.Fact) []string {
	out := []string{}
	for _, f := range facts {
		normal, err := f.Normalise()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(normal.Kind, normal.Object, normal.Quantity, normal.Occurred, normal.Attributes))
	}
	slices.Sort(out)
	return out
}

// Whatever is sent, Check and Facts answer without panic, and what Check lets
// through can be recorded.
func TestWhatPassesCanBeRecorded(t *testing.T) {
	f := made(t, "002-2", "青砚")
	value := rapid.OneOf(rapid.Bool().AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom([]string{"1820450000", "520115", "2025-04-30", "passed", "deep_synthesis_algorithm", "guian"}).AsAny())
	field := rapid.SampledFrom([]string{"quantity", "occurred", "place", "invoice", "contract", "kind", "status", "good", "sound", "legal_person", "other"})
	rapid.Check(t, func(t *rapid.T) {
		answers := form.Answers{}
		for _, kind := range []string{cost, filed, "org.credit"} {
			for range rapid.IntRange(0, 2).Draw(t, "n") {
				e := entry("quantity", "100", "occurred", "2025-04-30", "place", "520115")
				if kind != cost {
					e = entry("occurred", "2025-01-01", "kind", "registration", "status", "passed")
				}
				if kind == "org.credit" {
					e = entry("occurred", "2025-01-01", "good", true)
				}
				for range rapid.IntRange(0, 2).Draw(t, "changes") {
					e[field.Draw(t, "field")] = value.Draw(t, "value")
				}
				answers[kind] = append(answers[kind], e)
			}
		}
		answers = form.Answers{}.Merge(answers)
		if f.Check(answers, map[string][]string{"audit_report": {"att"}}) != nil {
			return
		}
		for _, fact := range f.Facts(firm, answers) {
			if _, err := fact.Normalise(); err != nil || fact.Attestor != evidence.Applicant {
				t.Fatalf("%v passes and gives %+v: %v", answers, fact, err)
			}
		}
	})
}
