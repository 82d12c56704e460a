package watch_test

import (
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
)

func TestWhatIsWorthTelling(t *testing.T) {
	eligible := func(n int) watch.Stand { return watch.Stand{Outcome: rule.Eligible, Count: n} }
	lacking := func(what ...string) watch.Stand {
		return watch.Stand{Outcome: rule.Lacking, Count: 1, Lacking: what}
	}
	undecided := watch.Stand{Outcome: rule.Undecided, Count: 1}
	for name, c := range map[string]struct {
		was, now watch.Stand
		says     string
	}{
		"from nothing to eligible":        {watch.Stand{}, eligible(1), "fits"},
		"from lacking to eligible":        {lacking("a"), eligible(1), "fits"},
		"a second model":                  {eligible(1), eligible(2), "fits"},
		"nothing moved":                   {eligible(1), eligible(1), ""},
		"one of two":                      {eligible(2), eligible(1), "lost"},
		"no longer":                       {eligible(1), watch.Stand{}, "lost"},
		"a fact was withdrawn":            {eligible(1), lacking("a"), "lost"},
		"from nothing to lacking":         {watch.Stand{}, lacking("a"), ""},
		"one of two facts came":           {lacking("a", "b"), lacking("b"), "found a"},
		"another fact is lacking instead": {lacking("a"), lacking("b"), "found a"},
		"more is lacking":                 {lacking("a"), lacking("a", "b"), ""},
		"all came, and a ruling is open":  {lacking("a", "b"), undecided, "found a b"},
		"what came rules it out":          {lacking("a"), watch.Stand{}, ""},
		"a ruling is waited for":          {watch.Stand{}, undecided, ""},
	} {
		t.Run(name, func(t *testing.T) {
			notices := watch.Stands{"x": c.now}.Since(watch.Stands{"x": c.was})
			says := ""
			for _, n := range notices {
				switch {
				case n.Fits():
					says = "fits"
				case n.Lost():
					says = "lost"
				default:
					says = strings.Join(append([]string{"found"}, n.Found()...), " ")
				}
			}
			if says != c.says {
				t.Errorf("says %q, want %q", says, c.says)
			}
		})
	}
}

// TestNothingIsToldOfNoChange: whatever the stands, they are no news since
// themselves, and news one way is as many measures as the other way at most.
func TestNothingIsToldOfNoChange(t *testing.T) {
	stands := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.Custom(func(t *rapid.T) watch.Stand {
		return watch.Stand{Outcome: rapid.SampledFrom(rule.Outcomes()).Draw(t, "outcome"), Count: rapid.IntRange(1, 3).Draw(t, "count"),
			Lacking: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), rapid.ID).Draw(t, "lacking")}
	}))
	rapid.Check(t, func(t *rapid.T) {
		was, now := watch.Stands(stands.Draw(t, "was")), watch.Stands(stands.Draw(t, "now"))
		if n := now.Since(now); len(n) != 0 || !now.Equal(now) {
			t.Fatalf("news of nothing: %v", n)
		}
		for _, n := range now.Since(was) {
			if n.Fits() && n.Lost() {
				t.Fatalf("%v both fits and is lost", n)
			}
		}
	})
}

func TestNoticesInWords(t *testing.T) {
	pack, err := rule.LoadPack(os.DirFS("../../../regions/guizhou"))
	if err != nil {
		t.Fatal(err)
	}
	title, body := watch.Words(pack, []watch.Notice{
		{Measure: "002-4", Was: watch.Stand{Outcome: rule.Eligible, Count: 1}},
		{Measure: "002-2", Was: watch.Stand{Outcome: rule.Lacking, Lacking: []string{"model.filed", "org.registration.place"}}, Now: watch.Stand{Outcome: rule.Lacking, Lacking: []string{"org.registration.place"}}},
		{Measure: "002-6", Now: watch.Stand{Outcome: rule.Eligible, Count: 1}},
	})
	if title.ZH != "新有 1 项政策可以申领" || title.EN != "Measures that you can apply for now: 1" {
		t.Errorf("title %q, %q", title.ZH, title.EN)
	}
	lines := strings.Split(body.ZH, "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "现在可以申领") || !strings.Contains(lines[1], "有条件不符合") || !strings.Contains(lines[2], "不再缺“模型备案”，还缺“注册登记的注册地”") {
		t.Errorf("body:\n%s", body.ZH)
	}
	if !strings.Contains(body.EN, "no longer lacking Model filing; still lacking Registration: place of registration.") {
		t.Errorf("body:\n%s", body.EN)
	}
}
