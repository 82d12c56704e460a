package document_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/document"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const (
	regionPack = "../../../regions/guizhou"
	originals  = "../../../../shared/policies"
)

func load[T any](t *testing.T, name string) T {
	t.Helper()
	var out T
	raw, err := os.ReadFile(filepath.Join(regionPack, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMeasuresNameKnownUnits wants every responsible unit of a measure in the
// alias table.
func TestMeasuresNameKnownUnits(t *testing.T) {
	known := unitIDs(t)
	pack, err := rule.LoadPack(os.DirFS(regionPack))
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, m := range pack.Measures {
		for _, u := range m.Units {
			if named++; !slices.Contains(known, u) {
				t.Errorf("measure %s names the unit %s, which units.yaml does not list", m.ID, u)
			}
		}
	}
	if named == 0 {
		t.Error("no measure names a unit")
	}
}

func unitIDs(t *testing.T) []string {
	t.Helper()
	units, err := document.LoadUnits(os.DirFS(regionPack), "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, u := range units.All() {
		ids = append(ids, u.ID)
	}
	return ids
}

// TestIndustriesAreTheTaxonomy holds industries.yaml and measure 001-7 to one list of 24.
func TestIndustriesAreTheTaxonomy(t *testing.T) {
	list := load[struct {
		Industries []struct {
			ID, Clause string
			Name       i18n.Text
			Units      []string
			Scenes     []i18n.Text
		}
	}](t, "industries.yaml")
	pack, err := rule.LoadPack(os.DirFS(regionPack))
	if err != nil {
		t.Fatal(err)
	}
	taxonomy, err := pack.Measure("001-7")
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Industries) != 24 || len(taxonomy.Taxonomy) != 24 {
		t.Fatalf("%d industries, %d terms", len(list.Industries), len(taxonomy.Taxonomy))
	}
	known := unitIDs(t)
	for i, one := range list.Industries {
		if term := taxonomy.Taxonomy[i]; term.ID != one.ID || term.Name != one.Name {
			t.Errorf("industry %d is %s %v, the measure has %s %v", i+1, one.ID, one.Name, term.ID, term.Name)
		}
		if !slices.ContainsFunc(pack.Document("001").Clauses, func(c rule.Clause) bool { return c.Path == one.Clause }) || len(one.Scenes) == 0 {
			t.Errorf("industry %s lacks its clause %s or its scenes", one.ID, one.Clause)
		}
		for _, u := range one.Units {
			if !slices.Contains(known, u) {
				t.Errorf("industry %s names the unit %s, which units.yaml does not list", one.ID, u)
			}
		}
	}
}

// TestTasksNameTheTextsUnits finds every unit of a task among those that its
// clause makes responsible, where the clause names any and the task is all of it.
func TestTasksNameTheTextsUnits(t *testing.T) {
	list := load[struct {
		Tasks []struct {
			ID, Document, Clause string
			Lead, Support        []string
		}
	}](t, "tasks.yaml")
	units, err := document.LoadUnits(os.DirFS(regionPack), "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := responsible(t, units)
	first := map[string]bool{}
	compared := 0
	for _, task := range list.Tasks {
		clause := task.Document + "#" + task.Clause
		want := named[clause]
		if len(want) == 0 || first[clause] {
			continue // the text names none, or the task is a part of its clause
		}
		first[clause] = true
		if task.ID == "001-S1" || task.ID == "001-AS1" { // the sentences themselves say who leads
			continue
		}
		got := append(slices.Clone(task.Lead), task.Support...)
		if compared++; !slices.Equal(got, want) {
			t.Errorf("task %s has the units %v, its clause names %v", task.ID, got, want)
		}
	}
	if compared < 60 {
		t.Errorf("only %d tasks compared", compared)
	}
}

// responsible reads who each clause of the originals makes responsible.
func responsible(t *testing.T, units *document.Units) map[string][]string {
	names, _ := filepath.Glob(filepath.Join(originals, "00?_*.txt"))
	if len(names) == 0 {
		t.Skipf("%s holds no policy texts: this check needs the originals", originals)
	}
	named := map[string][]string{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		id := filepath.Base(name)[:3]
		doc, err := document.Parse(id, raw, document.Options{Units: units})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range doc.Clauses {
			named[id+"#"+c.Path] = c.Units
		}
	}
	return named
}

// TestTargetsAreTheTexts finds every target's figure, unit and comparator in
// the clause that it cites.
func TestTargetsAreTheTexts(t *testing.T) {
	list := load[struct {
		Targets []struct {
			ID, Document, Clause, Unit, Kind string
			Also                             []string
			Years                            []struct{ Comparator, Value string }
		}
	}](t, "targets.yaml")
	if len(list.Targets) != 10 {
		t.Fatalf("%d targets", len(list.Targets))
	}
	names, _ := filepath.Glob(filepath.Join(originals, "00?_*.txt"))
	if len(names) == 0 {
		t.Skipf("%s holds no policy texts: this check needs the originals", originals)
	}
	stated := map[string][]document.Number{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		id := filepath.Base(name)[:3]
		doc, err := document.Parse(id, raw, document.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range doc.Clauses {
			stated[id+"#"+c.Path] = c.Numbers
		}
	}
	for _, target := range list.Targets {
		if target.Kind == "rank" { // in words
			continue
		}
		for _, clause := range append(target.Also, target.Clause) {
			for _, y := range target.Years {
				if !slices.ContainsFunc(stated[target.Document+"#"+clause], func(n document.Number) bool {
					return n.Value == y.Value && n.Unit == target.Unit && string(n.Comparator) == y.Comparator
				}) {
					t.Errorf("%s: %s#%s does not state %s %s %s", target.ID, target.Document, clause, y.Comparator, y.Value, target.Unit)
				}
			}
		}
	}
}
