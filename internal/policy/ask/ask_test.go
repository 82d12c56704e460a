package ask_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/policy/ask"
)

var library = []ask.Page{
	{Titles: []string{"灯塔维修补助", "Repair of lighthouses"}, Bodies: []string{"灯塔维修费用的一半。", "Half of what the repair of a lighthouse costs."}, Same: "1"},
	{Titles: []string{"一、灯塔", "1. Lighthouses"}, Bodies: []string{"补助灯塔维修。", "Lighthouse repairs are supported."}, Same: "1"},
	{Titles: []string{"渔船更新补助", "Renewal of boats"}, Bodies: []string{"更新渔船的补助。", "Support for a new boat."}, Same: "2"},
	{Titles: []string{"潮汐电站", "Tidal power"}, Bodies: []string{"只作引导。", "Guidance only."}},
}

func TestAsk(t *testing.T) {
	x := ask.New(library)
	for _, c := range []struct {
		question string
		places   []int
		unknown  []string
	}{
		{"灯塔维修能补多少钱？", []int{0}, nil}, // its clause says the same and is not shown again
		{"What do you pay for repairing a lighthouse", []int{0}, []string{"pay"}},
		{"渔船怎么更新", []int{2}, nil},
		{"火箭更新渔船", []int{2}, []string{"火箭"}},
		{"火箭有补助吗", nil, []string{"火箭"}}, // every measure is a support: that says nothing of rockets
		{"rockets", nil, []string{"rockets"}},
		{"请问可以吗", nil, nil},
		{"", nil, nil},
	} {
		got := x.Ask(c.question)
		if !slices.Equal(got.Places, c.places) || !slices.Equal(got.Unknown, c.unknown) {
			t.Errorf("%s: %+v, want %v %v", c.question, got, c.places, c.unknown)
		}
	}
	if got := ask.New(nil).Ask("灯塔"); len(got.Places) != 0 {
		t.Errorf("an empty library answers %+v", got)
	}
}

// TestAnyQuestion: whatever is asked, places are few, each once, and equal
// questions have equal replies.
func TestAnyQuestion(t *testing.T) {
	x := ask.New(library)
	rapid.Check(t, func(t *rapid.T) {
		question := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("灯塔维修渔船更新补助吗？火箭 lighthouse")))).Draw(t, "question")
		got, again := x.Ask(question), ask.New(library).Ask(question)
		if !slices.Equal(got.Places, again.Places) || !slices.Equal(got.Unknown, again.Unknown) {
			t.Fatalf("%+v, then %+v", got, again)
		}
		sorted := slices.Sorted(slices.Values(got.Places))
		if len(sorted) > 3 || len(slices.Compact(sorted)) != len(got.Places) {
			t.Fatalf("%v", got.Places)
		}
	})
}
