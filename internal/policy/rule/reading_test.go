package rule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A form asks for what the rule reads and nothing else of a kind.
func TestReadings(t *testing.T) {
	plan, err := guizhou(t).Plan(2025, 2025)
	if err != nil {
		t.Fatal(err)
	}
	type reads struct {
		Attributes []string
		Counts     bool
	}
	for measure, want := range map[string]map[string]reads{
		"002-2": {
			"org.registration":        {[]string{"place", "legal_person"}, false},
			"org.finance_system":      {[]string{"sound"}, false},
			"org.credit":              {[]string{"good"}, false},
			"model.filed":             {[]string{"kind", "status"}, false},
			"cost.model_construction": {[]string{"place"}, true},
			"support.paid":            {nil, false},
		},
		"002-5": {
			"org.registration":   {[]string{"place", "legal_person"}, false},
			"org.finance_system": {[]string{"sound"}, false},
			"org.credit":         {[]string{"good"}, false},
			"data.supplied":      {[]string{"exchange", "usage", "quality"}, true},
		},
	} {
		readings, err := plan.Readings(measure)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]reads{}
		for _, r := range readings {
			got[r.Use.Kind] = reads{r.Attributes, r.Counts}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", measure, diff)
		}
	}
	if _, err := plan.Readings("777-1"); err == nil {
		t.Error("an unknown measure is read")
	}
}
