package sandbox_test

import (
	"slices"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func TestOrganisationsAreValidUniqueAndTheSameEachTime(t *testing.T) {
	first := sandbox.Organisations()
	if len(first) != sandbox.Size || !slices.Equal(first, sandbox.Organisations()) {
		t.Fatal("the sandbox differs from run to run")
	}
	names, codes := map[string]bool{}, map[ident.CreditCode]bool{}
	for _, o := range first {
		if _, err := ident.ParseCreditCode(string(o.Code)); err != nil {
			t.Fatal(err)
		}
		if names[o.Name] || codes[o.Code] {
			t.Fatalf("%s %s stands twice", o.Code, o.Name)
		}
		if o.Code[2:8] != "520199" {
			t.Fatalf("%s could be a real organisation's code", o.Code)
		}
		names[o.Name], codes[o.Code] = true, true
	}
}

func TestScenesAreValidAndTheSameEachTime(t *testing.T) {
	all := sandbox.Organisations()
	first, again := sandbox.Scenes(all), sandbox.Scenes(all)
	scenes := map[string]bool{}
	for i, f := range first {
		normal, err := f.Normalise()
		if err != nil {
			t.Fatalf("%s: %v", f.ID, err)
		}
		if f.Occurred > sandbox.Today || f.ID != again[i].ID || f.Object != again[i].Object || f.Occurred != again[i].Occurred {
			t.Fatalf("%+v differs from run to run, or is still to come", f)
		}
		if f.Kind == "scenario.accepted" {
			if scenes[normal.Object] {
				t.Fatalf("the scene %s stands twice", normal.Object)
			}
			scenes[normal.Object] = true
		}
	}
	if len(scenes) < 100 {
		t.Fatalf("only %d scenes", len(scenes))
	}
}

func TestFactsAreValid(t *testing.T) {
	all := sandbox.Organisations()
	total := 0
	kinds := map[string]int{}
	for i, o := range all {
		for _, f := range sandbox.Facts(i, o, all) {
			if _, err := f.Normalise(); err != nil {
				t.Fatalf("%s: %v", f.ID, err)
			}
			if f.Occurred > sandbox.Today {
				t.Fatalf("%s happened after the business date", f.ID)
			}
			kinds[f.Kind]++
			total++
		}
	}
	if total < 7000 || len(kinds) < 12 {
		t.Fatalf("only %d facts of %d kinds", total, len(kinds))
	}
}
