package target

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
)

const day = clock.Date("2025-10-22")

func scene(id, project, place, industry string, on clock.Date) evidence.Fact {
	return evidence.Fact{ID: id, Kind: kindScene, Object: project, Occurred: on, Attestor: evidence.Department, Attributes: map[string]string{"project": project, "place": place, "industry": industry}}
}

func claim(id, project, target string, on clock.Date) evidence.Fact {
	return evidence.Fact{ID: id, Kind: kindClaim, Object: project, Occurred: on, Attestor: evidence.Department, Attributes: map[string]string{"project": project, "target": target}}
}

func reportOf(id, target, value, unit string, on clock.Date) evidence.Fact {
	return evidence.Fact{ID: id, Kind: kindReported, Object: target, Quantity: value, Unit: unit, Occurred: on, Attestor: evidence.Department,
		Attributes: map[string]string{"indicator": target, "year": strconv.Itoa(on.Year()), "source": "统计月报"}}
}

func read(t interface{ Fatal(...any) }, p *Plan, id string, facts []evidence.Fact, year int, on clock.Date) []Reading {
	target, err := p.Target(id)
	if err != nil {
		t.Fatal(err)
	}
	return p.Read(target, facts, year, on)
}

func value(r Reading) string { return figure(r.last(), 3) }

// TestOneSceneCountsOnceARollUp is A23: one scene, many claims, one count a roll-up.
func TestOneSceneCountsOnceARollUp(t *testing.T) {
	p := load(t)
	facts := []evidence.Fact{
		scene("s1", "甲场景", "522601", "tourism", "2025-03-01"),
		scene("s1b", "甲场景", "522601", "tourism", "2025-05-01"), // its second builder
		scene("s2", "乙场景", "520115", "broadcast", "2025-04-01"),
		scene("s3", "丙场景", "", "health", "2025-04-02"),
		claim("c1", "甲场景", "qdn-scenes", "2025-03-02"),
		claim("c2", "甲场景", "broadcast-projects", "2025-03-02"),
		claim("c3", "乙场景", "broadcast-projects", "2025-04-02"),
		claim("c4", "丙场景", "qdn-scenes", "2025-04-03"),
		claim("c5", "丁场景", "qdn-scenes", "2025-04-03"), // claimed before its acceptance
	}
	for id, want := range map[string]string{"scenes": "3", "qdn-scenes": "2", "broadcast-projects": "2"} {
		if got := value(read(t, p, id, facts, 2025, day)[0]); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	qdn := read(t, p, "qdn-scenes", facts, 2025, day)[0]
	if !slices.Equal(qdn.Facts, []string{"c1", "c4", "s1", "s1b", "s3"}) {
		t.Errorf("under it stand %v", qdn.Facts)
	}
	if len(qdn.Beside) != 1 || !slices.Equal(qdn.Beside[0].Facts, []string{"c5"}) {
		t.Errorf("beside it stands %+v", qdn.Beside)
	}
}

// TestChildrenAreNeverAddedIn holds for any facts: the province counts distinct
// accepted scenes, whatever is claimed; a part is never more than the whole; and
// the order of facts changes nothing.
func TestChildrenAreNeverAddedIn(t *testing.T) {
	p := load(t)
	rapid.Check(t, func(t *rapid.T) {
		projects := []string{"一", "二", "三", "四", "五"}
		places := []string{"", "522601", "522636", "520115", "520300", "guian"}
		accepted := map[string]bool{}
		var facts []evidence.Fact
		for i := range rapid.IntRange(0, 12).Draw(t, "scenes") {
			project := rapid.SampledFrom(projects).Draw(t, "project")
			accepted[project] = true
			facts = append(facts, scene(fmt.Sprintf("s%d", i), project, rapid.SampledFrom(places).Draw(t, "place"), "health", clock.Date("2025-01-10").AddDays(i)))
		}
		for i := range rapid.IntRange(0, 12).Draw(t, "claims") {
			facts = append(facts, claim(fmt.Sprintf("c%d", i), rapid.SampledFrom(projects).Draw(t, "claimed"),
				rapid.SampledFrom([]string{"qdn-scenes", "broadcast-projects", "scenes"}).Draw(t, "for"), "2025-02-01"))
		}
		count := func(id string, facts []evidence.Fact) int64 {
			r := read(t, p, id, facts, 2025, day)[0]
			if !r.Known() {
				return 0
			}
			return r.last().Num().Int64()
		}
		whole := count("scenes", facts)
		if whole != int64(len(accepted)) {
			t.Fatalf("%d scenes, %d accepted", whole, len(accepted))
		}
		shuffled := rapid.Permutation(facts).Draw(t, "order")
		for _, id := range []string{"scenes", "qdn-scenes", "broadcast-projects"} {
			if count(id, facts) > whole || count(id, facts) != count(id, shuffled) {
				t.Fatalf("%s: %d of %d, shuffled %d", id, count(id, facts), whole, count(id, shuffled))
			}
		}
		areas := map[string]int{}
		for _, a := range p.areas(facts, day) {
			if a.Scenes != nil {
				areas[a.Code] = *a.Scenes
			}
		}
		for _, place := range p.Places {
			if areas[place.Code] > areas[place.PartOf] && place.PartOf != "" {
				t.Fatalf("%s has more scenes than %s around it", place.Code, place.PartOf)
			}
		}
	})
}

func TestMissingIsUnknownAndNeverZero(t *testing.T) {
	p := load(t)
	for _, target := range p.Targets {
		for _, r := range p.Read(target, nil, 2025, day) {
			if r.Known() || value(r) != "" {
				t.Errorf("%s is %q without a fact", target.ID, value(r))
			}
			if v := readingView(target, r, target.Goals[0], target.Goals[0].Year == 2025, true, 2025); v.Light == Behind || v.Light == Reached {
				t.Errorf("%s is %s without a fact", target.ID, v.Light)
			}
		}
	}
}

// TestAYearToComeIsNotMissed: before its year begins a goal is still to come
// and nobody owes a figure; what counts up shows how far it is today.
func TestAYearToComeIsNotMissed(t *testing.T) {
	p := load(t)
	facts := []evidence.Fact{scene("s1", "甲场景", "520115", "tourism", "2024-11-01"), scene("s2", "乙场景", "520115", "tourism", "2025-03-01")}
	for _, target := range p.Targets {
		v := p.view(target, facts, 2026, day)
		if target.Kind != Rank && v.Light != Later {
			t.Errorf("%s is %s for 2026 in October 2025", target.ID, v.Light)
		}
		for _, r := range v.Readings {
			if target.ID == "scenes" && (r.Value != "2" || *r.AsOf != day || r.Forecast != nil) {
				t.Errorf("scenes so far: %+v", r)
			}
		}
	}
	sets := []evidence.Fact{{ID: "d0", Kind: kindDataSet, Object: "甲集", Occurred: "2025-03-01", Attributes: map[string]string{"quality": "90"}}}
	for _, r := range read(t, p, "data-sets", sets, 2025, "2024-06-01") {
		if r.Known() {
			t.Errorf("%s: %s before anything came", r.ID, value(r))
		}
	}
}

// TestReadingsOfA22 shows both ways where the text leaves it open, and judges
// only where they agree.
func TestReadingsOfA22(t *testing.T) {
	p := load(t)
	facts := []evidence.Fact{
		{ID: "d0", Kind: kindDataSet, Object: "甲集", Occurred: "2024-06-01", Attributes: map[string]string{"quality": "90"}},
		{ID: "d1", Kind: kindDataSet, Object: "乙集", Occurred: "2025-06-01", Attributes: map[string]string{"quality": "80"}},
		{ID: "d2", Kind: kindDataSet, Object: "丙集", Occurred: "2025-07-01", Attributes: map[string]string{}},
		{ID: "d3", Kind: kindDataSet, Object: "丁集", Occurred: "2025-11-01", Attributes: map[string]string{"quality": "80"}}, // still to come
	}
	sets := read(t, p, "data-sets", facts, 2025, day)
	if len(sets) != 2 || sets[0].ID != "in_year" || value(sets[0]) != "1" || value(sets[1]) != "2" {
		t.Fatalf("%+v", sets)
	}
	if !slices.Equal(sets[0].Beside[0].Facts, []string{"d2"}) {
		t.Errorf("without a score: %+v", sets[0].Beside)
	}
	if next := read(t, p, "data-sets", facts, 2026, "2026-03-01"); len(next) != 1 || value(next[0]) != "3" { // marked cumulative
		t.Errorf("2026: %+v", next)
	}

	var scenes []evidence.Fact
	for i, industry := range []string{"煤矿", "coal", "health", "Finance", "旅游", "白酒收藏", "航空"} {
		scenes = append(scenes, scene(fmt.Sprint("s", i), fmt.Sprint("场景", i), "", industry, "2025-02-01"))
	}
	scenes = append(scenes, scene("sx", "没写行业", "", "", "2025-02-01"))
	industries := read(t, p, "industries", scenes, 2025, day)
	if value(industries[0]) != "4" || value(industries[1]) != "6" {
		t.Fatalf("listed %s, any %s", value(industries[0]), value(industries[1]))
	}
	target, _ := p.Target("industries") // at least 5: one reading falls short, the other does not
	if v := p.view(target, scenes, 2025, day); v.Light != Undecided {
		t.Errorf("the light is %s", v.Light)
	}
}

func TestReportedFigures(t *testing.T) {
	p := load(t)
	facts := []evidence.Fact{
		reportOf("b", "compute-scale", "138.6", "Eflops", "2025-09-30"),
		reportOf("a", "compute-scale", "120", "Eflops", "2025-03-31"),
		reportOf("c", "compute-scale", "999", "Eflops", "2025-12-01"), // after the day
		reportOf("d", "compute-scale", "7", "Pflops", "2025-10-01"),   // another unit
		reportOf("e", "compute-industry", "80", "亿元", "2025-09-30"),
	}
	r := read(t, p, "compute-scale", facts, 2025, day)[0]
	if value(r) != "138.6" || r.asOf() != "2025-09-30" || !slices.Equal(r.Facts, []string{"b"}) || r.Source.ZH != "统计月报" || len(r.Points) != 2 {
		t.Errorf("%+v", r)
	}
	if r.Points[0].Fact != "a" || r.Points[1].Fact != "b" {
		t.Errorf("each point names the report to correct: %+v", r.Points)
	}
	if len(r.Beside) != 1 || r.Beside[0].Facts[0] != "d" {
		t.Errorf("beside: %+v", r.Beside)
	}
}
