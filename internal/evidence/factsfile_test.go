package evidence_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func file(facts string) string {
	return `{"subject": {"code": "` + subject + `", "kind": "enterprise"}, "facts": [` + facts + `]}`
}

const costJSON = `{"kind": "cost.model_construction", "object": "model-a", "quantity": "16666667.03", "unit": "CNY", "occurred": "2025-03-01", "attested_by": "auditor", "attributes": {"place": 520115}}`

func TestParseFactsFile(t *testing.T) {
	got, err := evidence.ParseFactsFile([]byte("\xef\xbb\xbf" + file(costJSON+`,
		{"kind": "org.credit", "occurred": "2025-01-01", "attested_by": "department", "attributes": {"good": true}}`)))
	if err != nil {
		t.Fatal(err)
	}
	want := []evidence.Fact{
		{ID: "facts[0]", Kind: "cost.model_construction", KindVersion: 1, Subject: subject, Object: "model-a", Quantity: "16666667.03", Unit: "CNY",
			Occurred: "2025-03-01", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115", "model": "model-a"}},
		{ID: "facts[1]", Kind: "org.credit", KindVersion: 1, Subject: subject, Quantity: "1", Unit: "count",
			Occurred: "2025-01-01", Attestor: evidence.Department, Attributes: map[string]string{"good": "true"}},
	}
	if diff := cmp.Diff(want, got.Facts); diff != "" || got.Subject.Kind != evidence.Enterprise {
		t.Fatal(diff)
	}
}

func TestParseFactsFileNamesTheFaultsPath(t *testing.T) {
	for name, c := range map[string]struct{ in, path, says string }{
		"not JSON":              {`{"subject": }`, "line 1, column", "malformed"},
		"half of it":            {`{"subject": {"code": "9152`, "line 1, column", "cut short"},
		"a place below":         {"{\n \"subject\": nobody}", "line 2, column 14", "malformed"},
		"nothing":               {" \n", "line 1, column 1", "empty"},
		"GBK":                   {"{\"subject\": \"\xb9\xf3\"}", "line 1, column 14", "GBK"},
		"two documents":         {file("") + "{}", "line 1, column", "more text follows"},
		"an array":              {`[]`, "$", "object"},
		"unknown field":         {strings.Replace(file(""), `"facts"`, `"fakts": 1, "facts"`, 1), "fakts", `did you mean "facts"`},
		"doubled key":           {file(strings.Replace(costJSON, `"unit"`, `"quantity": "1", "unit"`, 1)), "facts[0].quantity", "twice"},
		"doubled attribute":     {file(strings.Replace(costJSON, `"place": 520115`, `"place": 520115, "place": 520100`, 1)), "facts[0].attributes.place", "twice"},
		"wrong check digit":     {strings.Replace(file(""), subject, wrongSubject, 1), "subject.code", "check character"},
		"unknown subject kind":  {strings.Replace(file(""), "enterprise", "bank", 1), "subject.kind", "enterprise, university"},
		"no subject":            {`{"facts": []}`, "subject", "missing"},
		"no facts":              {strings.Replace(file(""), `[]`, `null`, 1), "facts", "array"},
		"bad date":              {file(strings.Replace(costJSON, "2025-03-01", "2025-02-29", 1)), "facts[0].occurred", "calendar"},
		"money out of range":    {file(strings.Replace(costJSON, "16666667.03", "92233720368547758.08", 1)), "facts[0].quantity", "out of range"},
		"money as a number":     {file(strings.Replace(costJSON, `"16666667.03"`, `16666667.03`, 1)), "facts[0].quantity", "quotes"},
		"unknown kind":          {file(strings.Replace(costJSON, "cost.model_construction", "cost.model", 1)), "facts[0].kind", "cost.model_construction"},
		"unknown member":        {file(strings.Replace(costJSON, "attested_by", "attestor", 1)), "facts[0].attestor", `attested_by`},
		"attribute of no form":  {file(strings.Replace(costJSON, `520115`, `[520115]`, 1)), "facts[0].attributes.place", "boolean"},
		"exponent":              {file(strings.Replace(costJSON, `520115`, `5.2e5`, 1)), "facts[0].attributes.place", "place"},
		"corrects nothing":      {file(strings.Replace(costJSON, `{"kind"`, `{"corrects": "x", "kind"`, 1)), "facts[0].corrects", "no fact x"},
		"an id twice":           {file(strings.Replace(costJSON, `{"kind"`, `{"id": "x", "kind"`, 1) + "," + strings.Replace(costJSON, `{"kind"`, `{"id": "x", "kind"`, 1)), "facts[1].id", "facts[0]"},
		"version of the future": {file(strings.Replace(costJSON, `{"kind"`, `{"kind_version": 9, "kind"`, 1)), "facts[0].kind_version", "no version 9"},
		"lone surrogate":        {file(strings.Replace(costJSON, `model-a`, `\ud800`, 1)), "facts[0].object", "UTF-8"},
		"deep":                  {strings.Repeat("[", 100_000), "line 1, column 10", "Nested deeper than 8"},
	} {
		fields := fieldsOf(t, errOf(evidence.ParseFactsFile([]byte(c.in))))
		found := false
		for _, f := range fields {
			found = found || strings.HasPrefix(f.Path, c.path) && strings.Contains(f.Message.EN, c.says)
		}
		if !found {
			t.Errorf("%s: %+v", name, fields)
		}
	}
}

func TestParseFactsFileTellsAllAtOnce(t *testing.T) {
	in := `{"subject": {"code": "x", "kind": "y"}, "facts": [{"kind": "nope"}, {"quantity": 1, "occurred": "2025-13-01", "kind": "org.credit", "attested_by": "me", "attributes": {"good": "yes", "bad": 1}}]}`
	var paths []string
	for _, f := range fieldsOf(t, errOf(evidence.ParseFactsFile([]byte(in)))) {
		paths = append(paths, f.Path)
	}
	want := []string{"subject.code", "subject.kind", "facts[0].occurred", "facts[0].attested_by", "facts[0].kind",
		"facts[1].quantity", "facts[1].occurred", "facts[1].attested_by", "facts[1].attributes.bad", "facts[1].attributes.good"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Fatal(diff)
	}
}

func TestParseFactsFileRefusesHugeFiles(t *testing.T) {
	if _, err := evidence.ParseFactsFile(make([]byte, evidence.MaxFactsFile+1)); !fault.Is(err, fault.TooLarge) {
		t.Fatal(err)
	}
}

func TestEffective(t *testing.T) {
	at := func(id, corrects, quantity string) evidence.Fact {
		f := cost()
		f.ID, f.Corrects, f.Quantity = id, corrects, quantity
		return f
	}
	for name, c := range map[string]struct {
		facts []evidence.Fact
		want  []string
	}{
		"none corrected":     {[]evidence.Fact{at("a", "", "1.00"), at("b", "", "2.00")}, []string{"a", "b"}},
		"chain":              {[]evidence.Fact{at("a", "", "1.00"), at("b", "a", "2.00"), at("c", "b", "3.00")}, []string{"c"}},
		"withdrawn":          {[]evidence.Fact{at("a", "", "1.00"), at("b", "a", "0.00")}, []string{}},
		"withdrawn, undone":  {[]evidence.Fact{at("a", "", "1.00"), at("b", "a", "0.00"), at("c", "b", "5.00")}, []string{"c"}},
		"two of one":         {[]evidence.Fact{at("a", "", "1.00"), at("c", "a", "3.00"), at("b", "a", "2.00")}, []string{"c"}},
		"zero by itself":     {[]evidence.Fact{at("a", "", "0.00")}, []string{"a"}},
		"original elsewhere": {[]evidence.Fact{at("b", "a", "2.00")}, []string{"b"}},
	} {
		got := []string{}
		for _, f := range evidence.Effective(c.facts) {
			got = append(got, f.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func errOf(_ evidence.FactsFile, err error) error { return err }

func FuzzParseFactsFile(f *testing.F) {
	f.Add([]byte(file(costJSON)))
	f.Add([]byte(file(`{"kind": "org.credit", "occurred": "2025-01-01", "attested_by": "department", "attributes": {"good": true}}`)))
	f.Add([]byte(`{"subject": {"code": 1}, "facts": {}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := evidence.ParseFactsFile(data)
		if err != nil {
			if len(fault.From(err).Fields) == 0 || !fault.Is(err, fault.Invalid) {
				t.Fatalf("a refusal that names no place: %v", err)
			}
			return
		}
		for _, fact := range got.Facts {
			again, err := fact.Normalise()
			if err != nil {
				t.Fatalf("an accepted fact is not valid: %v", err)
			}
			if diff := cmp.Diff(string(fact.Canonical()), string(again.Canonical())); diff != "" {
				t.Fatalf("normalising twice differs: %s", diff)
			}
		}
	})
}
