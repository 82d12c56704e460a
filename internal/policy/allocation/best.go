package allocation

import (
	"math/bits"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// maxSteps bounds the search for one applicant's best set.
const maxSteps = 1 << 20

// best chooses, of the open members of a knot, a set without two of one matter
// whose dues add up to most (从优不重复). Of equal sets it takes the one that
// has the first application, by id, in which they differ.
//
// Codes: too_large (the knot takes more steps than anybody would wait for).
func (f *field) best(k *knot, open []bool) (set uint64, err error) {
	s := search{edges: k.edges, due: make([]money.Fen, len(k.members)), best: -1}
	var candidates uint64
	for m, i := range k.members {
		if s.due[m] = f.due[i]; open[i] {
			candidates |= 1 << m
		}
	}
	s.run(candidates, 0, 0)
	if s.steps > maxSteps {
		return 0, f.tooTangled(k)
	}
	return s.set, nil
}

// search is branch and bound over sets of at most 64 members.
type search struct {
	edges []uint64
	due   []money.Fen
	best  money.Fen // −1: nothing found yet
	set   uint64
	steps int
}

// run goes through what can be added to a set: each member in order is taken
// first and left out second, so that the first set of a sum is the one wanted
// and an equal one never replaces it.
func (s *search) run(candidates, set uint64, sum money.Fen) {
	if s.steps++; s.steps > maxSteps {
		return
	}
	if candidates == 0 {
		if sum > s.best {
			s.best, s.set = sum, set
		}
		return
	}
	if s.best >= 0 && sum+s.bound(candidates) <= s.best {
		return
	}
	m := bits.TrailingZeros64(candidates)
	rest := candidates &^ (1 << m)
	s.run(rest&^s.edges[m], set|1<<m, sum+s.due[m])
	if rest&s.edges[m] != 0 { // a member that binds no other candidate is in every best set
		s.run(rest, set, sum)
	}
}

// bound is the most that candidates can add: they are covered with groups in
// which every two are one matter, and of each group one at most is taken.
func (s *search) bound(candidates uint64) (most money.Fen) {
	for candidates != 0 {
		m := bits.TrailingZeros64(candidates)
		group, common := uint64(1)<<m, s.edges[m]&candidates
		top := s.due[m]
		for common != 0 {
			n := bits.TrailingZeros64(common)
			group |= 1 << n
			top = max(top, s.due[n])
			common &= s.edges[n]
		}
		most += top
		candidates &^= group
	}
	return most
}

func (f *field) tooTangled(k *knot) error {
	a := &f.in.Applications[k.members[0]]
	return fault.Newf(fault.TooLarge, "申报单位 %[1]s 有 %[2]d 件申报（%[3]s 等）由同一事项或凭证连在一起，算不出最优组合：请核对凭证编号，或由人先判定哪些是同一事项。",
		"%[2]d applications of %[1]s (%[3]s and others) hang together by matters or papers, too many to find the best set: check the numbers of the papers, or have a person judge which are one matter.", clip(a.Code), len(k.members), clip(a.ID))
}
