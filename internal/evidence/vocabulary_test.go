package evidence_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
)

// The kinds, their attributes and units are a contract with rules and with
// the command line's files: this list may grow, nothing on it may go.
func TestVocabularyKeepsItsWord(t *testing.T) {
	for kind, want := range map[string]struct {
		unit       string
		attributes []string
	}{
		"org.registration":             {"count", []string{"place", "legal_person"}},
		"org.credit":                   {"count", []string{"good"}},
		"org.finance_system":           {"count", []string{"sound"}},
		"org.contact":                  {"count", []string{"means", "fingerprint", "masked"}},
		"org.related":                  {"count", []string{"party", "relation"}},
		"compute.used":                 {"device-seconds", []string{"centre", "device", "job"}},
		"compute.purchased":            {"CNY", []string{"centre", "contract"}},
		"cost.model_construction":      {"CNY", []string{"model", "place"}},
		"cost.scenario_investment":     {"CNY", []string{"project", "field"}},
		"cost.platform_investment":     {"CNY", []string{"platform", "place"}},
		"cost.equipment_present_value": {"CNY", []string{"platform"}},
		"model.filed":                  {"count", []string{"kind", "status", "number", "model", "until"}},
		"scenario.accepted":            {"count", []string{"industry", "field", "project"}},
		"scenario.selected":            {"count", []string{"measure", "year", "project"}},
		"platform.certified":           {"count", []string{"level", "platform", "until"}},
		"platform.selected":            {"count", []string{"measure", "year", "platform"}},
		"dataset.published":            {"count", []string{"industry", "quality"}},
		"data.supplied":                {"count", []string{"exchange", "usage", "quality", "dataset"}},
		"data.purchased":               {"CNY", []string{"exchange", "use", "seller", "related"}},
		"listing.completed":            {"count", []string{"board"}},
		"guarantee.compensated":        {"CNY", []string{"rate", "kind"}},
		"support.paid":                 {"CNY", []string{"measure", "matter", "level"}},
		"support.decided":              {"CNY", []string{"measure", "matter", "application", "digest"}},
		"support.output":               {"any", []string{"measure", "matter", "indicator", "application", "year"}},
		"indicator.reported":           {"any", []string{"indicator", "year"}},
	} {
		k, err := evidence.CurrentVocabulary().Kind(kind)
		if err != nil || k.Unit != want.unit {
			t.Errorf("%s: unit %q, %v", kind, k.Unit, err)
			continue
		}
		for _, name := range want.attributes {
			if _, err := k.Attribute(name); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
}

func TestClosedValuesKeepTheirWord(t *testing.T) {
	for _, c := range []struct {
		kind, attribute string
		want            []string
	}{
		{"model.filed", "kind", []string{"deep_synthesis_algorithm", "generative_ai_service", "registration"}},
		{"platform.certified", "level", []string{"city", "province", "nation"}},
		{"listing.completed", "board", []string{"neeq", "bse", "chinext", "star", "main"}},
	} {
		k, err := evidence.CurrentVocabulary().Kind(c.kind)
		if err != nil {
			t.Fatal(err)
		}
		a, err := k.Attribute(c.attribute)
		if diff := cmp.Diff(c.want, a.Values); diff != "" || err != nil {
			t.Errorf("%s.%s: %s %v", c.kind, c.attribute, diff, err)
		}
	}
}

// A fact says which papers it stands on; an attribute that is no paper is none.
func TestPapersOfAFact(t *testing.T) {
	kind, err := evidence.CurrentVocabulary().Kind("cost.model_construction")
	if err != nil {
		t.Fatal(err)
	}
	f := evidence.Fact{Kind: kind.Name, Attributes: map[string]string{"invoice": "25522000000012345678", "model": "m", "place": "520115"}}
	want := []evidence.Paper{{Attribute: "invoice", Number: "25522000000012345678"}}
	if diff := cmp.Diff(want, kind.Papers(&f)); diff != "" {
		t.Error(diff)
	}
}
