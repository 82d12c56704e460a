package target

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

const guizhou = "../../regions/guizhou"

// anyClause knows every clause but those that a test says are missing, and
// document 000 as a draft. Real clauses are checked by `qianmo region check`.
type anyClause struct{ missing string }

func (c anyClause) Clause(document, path string) (i18n.Text, bool) {
	label := document + " " + path
	return i18n.Text{ZH: label, EN: label}, document+"#"+path != c.missing && path != ""
}

func (anyClause) Draft(document string) bool { return document == "000" }

// shipped is the Guizhou pack in memory, to be broken.
func shipped(t *testing.T) (fstest.MapFS, []Unit) {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{fileTargets, fileTasks, filePlaces, fileIndustries, "units.yaml"} {
		data, err := os.ReadFile(guizhou + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	var units []Unit
	for _, line := range strings.Split(string(files["units.yaml"].Data), "\n") {
		if id, found := strings.CutPrefix(line, "- id: "); found {
			units = append(units, Unit{ID: id, Name: i18n.Text{ZH: id, EN: id}})
		}
	}
	return files, units
}

func load(t *testing.T) *Plan {
	t.Helper()
	files, units := shipped(t)
	p, err := LoadPlan(Region{Files: files, Units: units, Documents: anyClause{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEveryClauseOfTheTextsHasATask holds the shipped tasks against what the
// documents number: 14 tasks, safeguards and the annex of 001, 18 and safeguards of 004.
func TestEveryClauseOfTheTextsHasATask(t *testing.T) {
	p := load(t)
	var want []string
	add := func(document, prefix string, from, to int) {
		for n := from; n <= to; n++ {
			want = append(want, document+"#"+prefix+figure(whole(n), 0))
		}
	}
	add("001", "二/(一)/", 1, 3)
	add("001", "二/(二)/", 4, 6)
	add("001", "二/(三)/", 7, 7)
	add("001", "二/(四)/", 8, 10)
	add("001", "二/(五)/", 11, 14)
	add("001", "附/二/(一)/", 1, 4)
	add("001", "附/二/(二)/", 1, 24)
	add("001", "附/二/(三)/", 1, 5)
	add("004", "三/(一)/", 1, 2)
	add("004", "三/(二)/", 3, 6)
	add("004", "三/(三)/", 7, 18)
	want = append(want, "001#三/(一)", "001#三/(二)", "001#三/(三)", "001#附/三/(一)", "001#附/三/(二)", "001#附/三/(三)", "004#四/(一)", "004#四/(二)", "004#四/(三)")
	var found []string
	for _, task := range p.Tasks {
		found = append(found, task.Document+"#"+task.Clause)
	}
	for _, clause := range want {
		if !slices.Contains(found, clause) {
			t.Errorf("%s has no task", clause)
		}
	}
	var explored []string
	for _, task := range p.Tasks {
		if task.Document == "004" && task.Strength == Explore {
			explored = append(explored, task.ID)
		}
	}
	if !slices.Equal(explored, []string{"004-12", "004-13", "004-18"}) { // measures.md 1c
		t.Errorf("document 004 explores %v", explored)
	}
}

// TestComparatorsOfTheTexts pins the boundary words: 突破 is above, 达 and 以上 at least.
func TestComparatorsOfTheTexts(t *testing.T) {
	p := load(t)
	above := map[string]int{"compute-investment": 2027, "compute-industry": 2025}
	for _, target := range p.Targets {
		for _, g := range target.Goals {
			if target.Kind != Rank && (g.Comparator == Above) != (above[target.ID] == g.Year) {
				t.Errorf("%s of %d compares with %s", target.ID, g.Year, g.Comparator)
			}
		}
	}
}

// TestBrokenPlansAreNamed spoils one thing at a time: what is said names the
// file, the line and the thing.
func TestBrokenPlansAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, new string
		missing        string
		path, words    string
	}{
		"an unknown field":       {file: fileTasks, old: "  strength: advance", new: "  strenght: advance", path: "tasks.yaml:", words: "strenght"},
		"a clause that is gone":  {missing: "001#二/(一)/2", path: "tasks.yaml:", words: "001-2"},
		"an unknown unit":        {file: fileTasks, old: "lead: [kaili]", new: "lead: [kaili-u]", path: "tasks.yaml:", words: "kaili-u"},
		"no lead":                {file: fileTasks, old: "lead: [kaili]", new: "lead: []", path: "tasks.yaml:", words: "004-18"},
		"an unknown strength":    {file: fileTasks, old: "strength: explore", new: "strength: maybe", path: "tasks.yaml:", words: "maybe"},
		"a date left out":        {file: fileTasks, old: "  due: [2029]\n", new: "", path: "tasks.yaml:", words: "000-projects"},
		"a target that is none":  {file: fileTasks, old: "targets: [broadcast-projects]", new: "targets: [broadcast]", path: "tasks.yaml:", words: "broadcast"},
		"an unknown industry":    {file: fileTasks, old: "industry: liquor", new: "industry: wine", path: "tasks.yaml:", words: "wine"},
		"a task that is double":  {file: fileTasks, old: "- id: 001-2\n", new: "- id: 001-1\n", path: "tasks.yaml:", words: "twice"},
		"a word for a number":    {file: fileTargets, old: `value: "150"`, new: `value: "many"`, path: "targets.yaml:", words: "compute-scale"},
		"an unknown comparator":  {file: fileTargets, old: "comparator: gt", new: "comparator: le", path: "targets.yaml:", words: "ge or gt"},
		"an unknown kind":        {file: fileTargets, old: "kind: flow", new: "kind: river", path: "targets.yaml:", words: "river"},
		"an unknown fact":        {file: fileTargets, old: "fact: dataset.published", new: "fact: org.credit", path: "targets.yaml:", words: "org.credit"},
		"an unknown attribute":   {file: fileTargets, old: "with: quality", new: "with: beauty", path: "targets.yaml:", words: "beauty"},
		"a draft as law":         {file: fileTargets, old: "  draft: true\n", new: "", path: "targets.yaml:", words: "broadcast-projects"},
		"a part of nothing":      {file: fileTargets, old: "part_of: scenes", new: "part_of: scene", path: "targets.yaml:", words: "qdn-scenes"},
		"an unknown place":       {file: fileTargets, old: `place: "522600"`, new: `place: "522699"`, path: "targets.yaml:", words: "522699"},
		"a place in nothing":     {file: filePlaces, old: `code: "520300", part_of: "520000"`, new: `code: "520300", part_of: "530000"`, path: "places.yaml:", words: "530000"},
		"a tile off the drawing": {file: filePlaces, old: "tile: [5, 0]", new: "tile: [5, 99]", path: "places.yaml:", words: "520300"},
		"an unknown body":        {file: fileTasks, old: "bodies: [gz-leading", new: "bodies: [gz-nobody", path: "tasks.yaml:", words: "gz-nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			files, units := shipped(t)
			if c.file != "" {
				text := string(files[c.file].Data)
				if !strings.Contains(text, c.old) {
					t.Fatalf("%s has no %q", c.file, c.old)
				}
				files[c.file].Data = []byte(strings.Replace(text, c.old, c.new, 1))
			}
			_, err := LoadPlan(Region{Files: files, Units: units, Documents: anyClause{c.missing}})
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v", err)
			}
			told := slices.ContainsFunc(fault.From(err).Fields, func(f fault.Field) bool {
				return strings.HasPrefix(f.Path, c.path) && f.Path != c.path+"1" && strings.Contains(f.Message.EN, c.words) && f.Message.ZH != ""
			})
			if !told {
				t.Errorf("nothing at %s names %s: %v", c.path, c.words, err)
			}
		})
	}
}

func TestAliasesResolveToUnits(t *testing.T) {
	files, units := shipped(t)
	files[fileTasks].Data = []byte(strings.Replace(string(files[fileTasks].Data), "lead: [kaili]", "lead: [州大数据局]", 1))
	p, err := LoadPlan(Region{Files: files, Units: units, Documents: anyClause{}, Alias: func(name, document string) (string, bool) {
		return "qdn-data", name == "州大数据局" && document == "004"
	}})
	if err != nil {
		t.Fatal(err)
	}
	if task, _ := p.Task("004-18"); !slices.Equal(task.Lead, []string{"qdn-data"}) {
		t.Errorf("led by %v", task.Lead)
	}
}

func TestARegionWithoutPlansHasAnEmptyOne(t *testing.T) {
	var none fs.FS = fstest.MapFS{}
	p, err := LoadPlan(Region{Files: none, Documents: anyClause{}})
	if err != nil || len(p.Targets)+len(p.Tasks) != 0 {
		t.Fatal(p, err)
	}
}

func TestPlacesLieWithinOneAnother(t *testing.T) {
	p := load(t)
	for _, c := range []struct {
		place, in string
		want      bool
	}{{"522601", "522600", true}, {"522601", "520000", true}, {"522600", "522601", false}, {"520102", "522600", false}, {"", "520000", false}, {"999999", "520000", false}} {
		if got := p.Within(c.place, c.in); got != c.want {
			t.Errorf("%s within %s: %v", c.place, c.in, got)
		}
	}
}
