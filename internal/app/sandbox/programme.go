package sandbox

import (
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
)

// weights are how much of the districts' half each place carries, in percent.
var weights = map[string]int64{
	"520115": 24, "guian": 18, "520103": 12, "520102": 10, "520111": 8, "520112": 6, "520113": 6, "520181": 5, "520121": 4, "520123": 4, "520122": 3,
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

// Wish says how far the application of an organisation shall have come; most
// have none. The first organisation has none either: its manager opens it.
func Wish(index int) policy.State {
	if index == 0 || index%9 != 0 && index%5 != 1 && index%21 != 0 {
		return ""
	}
	switch index % 37 {
	case 1, 9, 21:
		return policy.Paid
	case 5, 16:
		return policy.Held
	case 2, 11, 26, 30, 18:
		return policy.Submitted
	case 7, 14:
		return policy.Returned
	case 3:
		return policy.Refused
	case 12:
		return policy.Draft
	case 33:
		return policy.Withdrawn
	}
	return ""
}
