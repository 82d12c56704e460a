package evidence_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Made-up organisations: one code's check character is right, the other's wrong.
const (
	subject      = "91520115MA6DTE8T0T"
	wrongSubject = "91520115MA6DTE8T00"
)

func cost() evidence.Fact {
	return evidence.Fact{
		ID: "f1", Kind: "cost.model_construction", Subject: subject, Object: "model-a", Quantity: "16666667.03", Unit: "CNY",
		Occurred: "2025-03-01", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"},
	}
}

func TestNormaliseGivesOneForm(t *testing.T) {
	want, err := cost().Normalise()
	if err != nil {
		t.Fatal(err)
	}
	if want.Attributes["model"] != "model-a" || want.KindVersion != 1 {
		t.Fatalf("the object did not name the model: %+v", want)
	}
	for name, change := range map[string]func(*evidence.Fact){
		"unit by default":        func(f *evidence.Fact) { f.Unit = "" },
		"leading zero":           func(f *evidence.Fact) { f.Quantity = "0016666667.03" },
		"blanks":                 func(f *evidence.Fact) { f.Object = " model-a\t" },
		"object from attribute":  func(f *evidence.Fact) { f.Object = ""; f.Attributes["model"] = "model-a" },
		"written in full":        func(f *evidence.Fact) { f.Attributes["model"] = "model-a"; f.KindVersion = 1 },
		"zero instant elsewhere": func(f *evidence.Fact) { f.Recorded = time.Time{}.Local() },
	} {
		f := cost()
		change(&f)
		got, err := f.Normalise()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(string(want.Canonical()), string(got.Canonical())); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestNormaliseLeavesTheCallersMapAlone(t *testing.T) {
	f := cost()
	if _, err := f.Normalise(); err != nil {
		t.Fatal(err)
	}
	if len(f.Attributes) != 1 {
		t.Fatalf("the caller's attributes changed: %v", f.Attributes)
	}
}

func TestValidateNamesEachFault(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*evidence.Fact)
		path   string
		says   string
	}{
		"check digit":        {func(f *evidence.Fact) { f.Subject = wrongSubject }, "subject", "check character"},
		"no such day":        {func(f *evidence.Fact) { f.Occurred = "2025-02-30" }, "occurred", "calendar"},
		"unknown kind":       {func(f *evidence.Fact) { f.Kind = "cost.model_constructon" }, "kind", `did you mean "cost.model_construction"`},
		"unknown attribute":  {func(f *evidence.Fact) { f.Attributes["plaice"] = "520100" }, "attributes.plaice", `did you mean "place"`},
		"unknown unit":       {func(f *evidence.Fact) { f.Unit = "USD" }, "unit", "CNY"},
		"unknown attestor":   {func(f *evidence.Fact) { f.Attestor = "friend" }, "attested_by", "auditor"},
		"no attestor":        {func(f *evidence.Fact) { f.Attestor = "" }, "attested_by", "auditor"},
		"negative":           {func(f *evidence.Fact) { f.Quantity = "-1.00" }, "quantity", "negative"},
		"negative zero":      {func(f *evidence.Fact) { f.Quantity = "-0" }, "quantity", "negative"},
		"three decimals":     {func(f *evidence.Fact) { f.Quantity = "1.001" }, "quantity", "two decimals"},
		"past 64-bit fen":    {func(f *evidence.Fact) { f.Quantity = "92233720368547758.08" }, "quantity", "out of range"},
		"exponent":           {func(f *evidence.Fact) { f.Quantity = "1e3" }, "quantity", "not an amount"},
		"no quantity":        {func(f *evidence.Fact) { f.Quantity = "" }, "quantity", "missing"},
		"place of no form":   {func(f *evidence.Fact) { f.Attributes["place"] = "Guiyang" }, "attributes.place", "520100"},
		"proof":              {func(f *evidence.Fact) { f.Proof = "abc" }, "proof", "64 hexadecimal"},
		"corrects itself":    {func(f *evidence.Fact) { f.Corrects = "f1" }, "corrects", "itself"},
		"id with a blank":    {func(f *evidence.Fact) { f.ID = "a b" }, "id", "visible ASCII"},
		"invisible override": {func(f *evidence.Fact) { f.Object = "a\u202eb" }, "object", "U+202E"},
		"not UTF-8":          {func(f *evidence.Fact) { f.Object = "\xff" }, "object", "UTF-8"},
		"long text":          {func(f *evidence.Fact) { f.Object = strings.Repeat("模", 201) }, "object", "200"},
		"future version":     {func(f *evidence.Fact) { f.KindVersion = 2 }, "kind_version", "no version 2"},
		"empty attribute":    {func(f *evidence.Fact) { f.Attributes["model"] = " " }, "attributes.model", "empty"},
	} {
		f := cost()
		c.change(&f)
		fields := fieldsOf(t, f.Validate())
		if len(fields) != 1 || fields[0].Path != c.path || !strings.Contains(fields[0].Message.EN, c.says) || fields[0].Message.ZH == "" {
			t.Errorf("%s: %+v", name, fields)
		}
	}
}

func TestValidateTellsAllAtOnce(t *testing.T) {
	f := cost()
	f.Subject, f.Occurred, f.Quantity, f.Attestor = "x", "yesterday", "-1", "me"
	f.Attributes["nonsense"] = "1"
	if fields := fieldsOf(t, f.Validate()); len(fields) != 5 {
		t.Fatalf("%d faults: %+v", len(fields), fields)
	}
}

func TestClosedValues(t *testing.T) {
	for _, c := range []struct{ kind, attribute, good, bad, says string }{
		{"model.filed", "kind", "deep_synthesis_algorithm", "deep_synthesis_algoritm", "did you mean"},
		{"listing.completed", "board", "star", "nasdaq", "known are: neeq, bse, chinext, star, main"},
		{"platform.certified", "level", "city", "citty", `did you mean "city"`},
		{"org.credit", "good", "true", "yes", "true or false"},
		{"scenario.selected", "year", "2025", "25", "four digits"},
		{"data.supplied", "quality", "0.90", "1e2", "plain decimal"},
		{"data.purchased", "seller", subject, wrongSubject, "check character"},
	} {
		f := evidence.Fact{Kind: c.kind, Subject: subject, Occurred: "2025-03-01", Attestor: evidence.Department, Attributes: map[string]string{c.attribute: c.good}}
		if c.kind == "data.purchased" {
			f.Quantity = "1"
		}
		if err := f.Validate(); err != nil {
			t.Errorf("%s: %v", c.kind, err)
		}
		f.Attributes[c.attribute] = c.bad
		fields := fieldsOf(t, f.Validate())
		if len(fields) != 1 || !strings.Contains(fields[0].Message.EN, c.says) {
			t.Errorf("%s: %+v", c.kind, fields)
		}
	}
}

func TestOpenValues(t *testing.T) {
	f := evidence.Fact{Kind: "data.purchased", Subject: subject, Quantity: "5000000.01", Occurred: "2025-03-01", Attestor: evidence.Operator,
		Attributes: map[string]string{"exchange": "elsewhere", "use": "resale", "seller": "Foreign Data Ltd", "related": "false"}}
	if err := f.Validate(); err != nil {
		t.Fatal(err)
	}
	fen, err := f.Fen()
	if err != nil || fen != 0 {
		if err == nil {
			t.Fatalf("a fact that is not normalised has no unit yet: %d", fen)
		}
	}
	if f, err = f.Normalise(); err != nil {
		t.Fatal(err)
	}
	if fen, err = f.Fen(); err != nil || fen != 500000001 {
		t.Fatal(fen, err)
	}
}

// The expected bytes are written by hand from RFC 8785.
func TestCanonicalBytes(t *testing.T) {
	f := cost()
	f.Object = `a"b\c模`
	f.Recorded = time.Date(2025, 3, 2, 8, 30, 0, 1500, time.FixedZone("", 8*3600))
	f, err := f.Normalise()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"attested_by":"auditor","attributes":{"model":"a\"b\\c模","place":"520115"},"corrects":"","format":"qianmo.fact/1","id":"f1",` +
		`"kind":"cost.model_construction","kind_version":"1","object":"a\"b\\c模","occurred":"2025-03-01","proof":"","quantity":"16666667.03",` +
		`"recorded":"2025-03-02T00:30:00.000001Z","subject":"` + subject + `","unit":"CNY"}`
	if diff := cmp.Diff(want, string(f.Canonical())); diff != "" {
		t.Fatal(diff)
	}
}

func fieldsOf(t *testing.T, err error) []fault.Field {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("want invalid, got %v", err)
	}
	return fault.From(err).Fields
}
