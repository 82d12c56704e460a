package sandbox

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
)

// weights are how much of the districts' half each place carries, in percent.
var weights = map[string]int64{
	"520115": 44, "guian": 22, "520103": 12, "520102": 10, "520111": 2, "520112": 2, "520113": 2, "520181": 2, "520121": 2, "520123": 1, "520122": 1,
}

// DistrictShares spreads an amount over the districts; what division leaves
// goes to the new area, so that the shares add up.
func DistrictShares(total money.Fen) map[string]money.Fen {
	shares := make(map[string]money.Fen, len(weights))
	rest := total
	for place, w := range weights {
		shares[place] = money.Fen(int64(total) / 100 * w)
		rest -= shares[place]
	}
	shares["guian"] += rest
	return shares
}

// Plan is how far one organisation's application shall have come, and when.
type Plan struct {
	Index                           int // of the organisation
	Wish                            policy.State
	Applied, Decided, Countersigned clock.Date
	ByFile                          bool // paid through the purses' banks instead of at once
}

// Plans lists the applications of the year so far, in the order of their days.
// The first organisation has none: its manager opens it by hand.
func Plans(all []Organisation) []Plan {
	var plans []Plan
	for i, o := range all {
		wish := wishOf(i, o)
		if wish == "" {
			continue
		}
		applied := firstDay.AddDays(i * 7 % 20)
		plans = append(plans, Plan{Index: i, Wish: wish, Applied: applied, Decided: min(applied.AddDays(3), Today), Countersigned: min(applied.AddDays(5), Today),
			ByFile: wish == policy.Paid && i%37 > 20})
	}
	slices.SortStableFunc(plans, func(a, b Plan) int { return cmp.Compare(a.Applied, b.Applied) })
	return plans
}

// firstDay is after the last fact of the year so far.
const firstDay = clock.Date("2025-09-29")

func wishOf(index int, o Organisation) policy.State {
	if index == 0 || index%9 != 0 && index%5 != 1 && index%21 != 0 {
		return ""
	}
	rich := weights[o.Place] >= 10 // where the district's purse carries several awards
	switch n := index % 37; {
	case rich && (n == 1 || n == 9 || n == 21 || n == 28):
		return policy.Paid
	case rich && (n == 5 || n == 16):
		return policy.Held
	case n == 2 || n == 11 || n == 30:
		return policy.Submitted
	case n == 7:
		return policy.Returned
	case n == 3:
		return policy.Refused
	case n == 12:
		return policy.Draft
	case n == 33:
		return policy.Withdrawn
	}
	return ""
}
