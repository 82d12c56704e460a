package target

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Light (红绿灯) says in one word how a target or a unit stands.
type Light string

// The closed set of lights, the worst first.
const (
	Behind     Light = "behind"      // the forecast or the year's last figure misses the goal, or a task is overdue
	NoData     Light = "no_data"     // 待报数: nobody has told a figure
	Undecided  Light = "undecided"   // the readings that the text allows disagree (A22)
	NoForecast Light = "no_forecast" // a figure, and too little to foretell from
	OnPace     Light = "on_pace"     // the forecast meets the goal
	Reached    Light = "reached"     // the figure meets the goal
	Later      Light = "later"       // the goal's year is still to come
	InWords    Light = "in_words"    // a rank: reported in words, computed by nobody
)

// Lights lists the closed set, the worst first.
func Lights() []Light {
	return []Light{Behind, NoData, Undecided, NoForecast, OnPace, Reached, Later, InWords}
}

// LightRule states the rule for readers.
func LightRule() i18n.Text {
	return i18n.T("已达到：最近的数已满足目标。按进度：还没达到，直线延到年底能满足。落后：延到年底仍不满足，或年终数仍不满足。待报数：还没有数，不当作零。待裁定：条文容许的几种口径结论不一。责任单位取其牵头目标里最差的一盏；有任务逾期即为落后。",
		"Reached: the latest figure meets the goal. On pace: not yet, and a straight line to the year's end does. Behind: that line misses it, or so does the year's last figure. No data: no figure yet, which is not zero. Undecided: the readings that the text allows disagree. A unit has the worst light of the targets that it leads, and is behind with any overdue task.")
}

// lightOf judges one reading against the goal of its year. A
// year that is over and whose last figure is older is still foretold: its final
// figure is not in.
func lightOf(g Goal, r Reading, f Forecast, foretold bool) Light {
	switch {
	case !r.Known():
		return NoData
	case g.Met(r.last()):
		return Reached
	case r.asOf() >= g.End():
		return Behind
	case !foretold:
		return NoForecast
	case g.Met(f.Value):
		return OnPace
	}
	return Behind
}

// agreed is the light that all readings share, Undecided when they differ.
func agreed(lights []Light) Light {
	if len(lights) == 0 {
		return NoData
	}
	for _, l := range lights[1:] {
		if l != lights[0] {
			return Undecided
		}
	}
	return lights[0]
}

// worst is the worst of lights, "" for none.
func worst(lights ...Light) Light {
	for _, l := range Lights() {
		if slices.Contains(lights, l) {
			return l
		}
	}
	return ""
}
