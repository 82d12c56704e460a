package allocation

import (
	"math"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// seating gives out the places: a line through every pool's order, and for every
// applicant the best set of what lies above the lines. README states what holds
// of the lines when it is done; nothing depends on the order of anything that
// the snapshot lists.
type seating struct {
	*field
	when   shortage.Way // holds where a call rules nothing for a short budget
	knots  []knot
	knot   []int32 // of an application, -1 for none
	picks  []pick  // of each knot that is one matter
	at     []int32 // an application's place in such a knot
	open   []bool  // it stands above its pool's line
	chosen []bool  // its applicant takes it
	lines  []line
	edits  []edit // since the last trial began
}

// pick is what is taken of a knot that is one matter: the first member that is
// open, and before `from` none is. A firm may file a hundred thousand papers for
// one matter; each is looked at once.
type pick struct {
	taken int32 // −1: none yet
	from  int
}

// line is how far down a pool's order places go, and what is taken of them.
type line struct {
	classes int // so many classes stand above it
	count   int
	sum     money.Fen
	tied    []int32 // members of the next class, of whom some but not all would fit
}

// edit is a choice that changed, to take it back.
type edit struct {
	i   int32
	was bool
}

// newSeating lets everybody choose freely: all lines are at the bottom.
//
// Codes: too_large (see best).
func (f *field) newSeating(when shortage.Way) (*seating, error) {
	n := len(f.in.Applications)
	d := &seating{field: f, when: when, open: make([]bool, n), chosen: make([]bool, n), lines: make([]line, len(f.pools))}
	var err error
	if d.knots, d.knot, err = f.knots(); err != nil {
		return nil, err
	}
	for k := range f.pools {
		order := &f.pools[k].order
		d.lines[k].classes = order.len()
		for _, i := range order.list {
			d.open[i] = true
			if d.knot[i] < 0 {
				d.choose(i, true)
			}
		}
	}
	d.picks, d.at = make([]pick, len(d.knots)), make([]int32, n)
	for k := range d.knots {
		d.picks[k].taken = -1
		if d.knots[k].oneMatter() {
			for at, i := range d.knots[k].members {
				d.at[i] = int32(at)
			}
		}
		if err := d.solve(int32(k)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// settle moves the lines until every pool fits, then as far down as they go.
//
// Codes: too_large (see best).
func (d *seating) settle() error {
	if err := d.raiseAll(); err != nil {
		return err
	}
	return d.lowerAll()
}

// raiseAll moves every line that is too low up, all at once, and lets those who
// lost something choose again, until every pool fits.
func (d *seating) raiseAll() error {
	for over := true; over; {
		over = false
		lost := map[int32]bool{} // knots that lost a choice
		for k := range d.lines {
			for d.over(k) {
				over = true
				d.raise(k, lost)
			}
		}
		for _, k := range sorted(lost) {
			if err := d.solve(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// lowerAll moves one line after another down, class by class, until none can.
// What raiseAll leaves can be lowered only where somebody gave a place up again
// because another part of its best set was lost.
func (d *seating) lowerAll() error {
	for moved := true; moved; {
		moved = false
		for k := range d.lines {
			for d.lines[k].classes < d.pools[k].order.len() {
				fits, err := d.lower(k)
				if err != nil {
					return err
				}
				if !fits {
					break
				}
				moved = true
			}
		}
	}
	return nil
}

func sorted(set map[int32]bool) []int32 {
	out := make([]int32, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// over reports whether more is chosen of a pool than it has. A class stays out
// whole when it does not fit whole, since no rule puts one of its members
// before another; of a call that shares money by place it is in as long as it
// begins within the places, for money can be parted and a place cannot.
func (d *seating) over(k int) bool {
	p, l := &d.pools[k], &d.lines[k]
	if l.count == 0 {
		return false
	}
	if p.call.Share != nil {
		places := p.call.places(math.MaxInt)
		return l.count > places && l.count-d.lastTaken(k) >= places
	}
	if p.call.Quota != nil && l.count > *p.call.Quota {
		return true
	}
	return d.cutsOff(p) && l.sum > p.available()
}

// lastTaken is how many are chosen of the last class of which any is.
func (d *seating) lastTaken(k int) (n int) {
	for c := d.lines[k].classes - 1; n == 0; c-- {
		for _, i := range d.pools[k].order.class(c) {
			if d.chosen[i] {
				n++
			}
		}
	}
	return n
}

// cutsOff reports whether places end where the money does.
func (d *seating) cutsOff(p *pool) bool {
	return p.call.Share == nil && p.call.Budget != nil && d.way(p) == shortage.CutOff
}

// way is how a pool lives with a short budget; empty when nobody ruled.
func (d *seating) way(p *pool) shortage.Way {
	if p.call.WhenShort == "" {
		return d.when
	}
	return p.call.WhenShort
}

// raise moves a line up past the last class of which any is chosen.
func (d *seating) raise(k int, lost map[int32]bool) {
	l := &d.lines[k]
	for taken := l.count; l.count == taken; {
		l.classes--
		for _, i := range d.pools[k].order.class(l.classes) {
			d.open[i] = false
			if d.chosen[i] {
				d.choose(i, false)
				if d.knot[i] >= 0 {
					lost[d.knot[i]] = true
				}
			}
		}
	}
}

// lower tries a line one class further down, and takes it back when some pool
// has not enough for what applicants choose then.
func (d *seating) lower(k int) (fits bool, err error) {
	l := &d.lines[k]
	class := d.pools[k].order.class(l.classes)
	d.edits, l.tied = d.edits[:0], nil
	asked := map[int32]bool{}
	for _, i := range class {
		d.open[i] = true
		if d.knot[i] < 0 {
			d.choose(i, true)
		} else {
			asked[d.knot[i]] = true
			p := &d.picks[d.knot[i]]
			p.from = min(p.from, int(d.at[i]))
		}
	}
	l.classes++
	for _, knot := range sorted(asked) {
		if err := d.solve(knot); err != nil {
			return false, err
		}
	}
	if !slices.ContainsFunc(d.edits, func(e edit) bool { return !e.was && d.over(int(d.pool[e.i])) }) {
		return true, nil
	}
	full := d.over(k)
	var would []int32
	for _, i := range class {
		if d.chosen[i] {
			would = append(would, i)
		}
	}
	for n := len(d.edits) - 1; n >= 0; n-- {
		d.choose(d.edits[n].i, d.edits[n].was)
	}
	l.classes--
	for _, i := range class {
		d.open[i] = false
	}
	if full && d.oneWouldFit(k, would) {
		l.tied = would
	}
	return false, nil
}

// oneWouldFit reports whether, of several equals that do not fit together, one
// alone would.
func (d *seating) oneWouldFit(k int, would []int32) bool {
	p, l := &d.pools[k], &d.lines[k]
	if len(would) < 2 || (p.call.Quota != nil && l.count+1 > *p.call.Quota) {
		return false
	}
	return !d.cutsOff(p) || slices.ContainsFunc(would, func(i int32) bool { return l.sum+d.due[i] <= p.available() })
}

// solve lets the applicant of a knot choose again.
func (d *seating) solve(k int32) error {
	knot := &d.knots[k]
	if knot.oneMatter() {
		d.pick(k)
		return nil
	}
	set, err := d.best(knot, d.open)
	for m, i := range knot.members {
		d.choose(i, set>>m&1 == 1)
	}
	return err
}

// pick takes the first open member of a knot that is one matter.
func (d *seating) pick(k int32) {
	p, members := &d.picks[k], d.knots[k].members
	for p.from < len(members) && !d.open[members[p.from]] {
		p.from++
	}
	if p.taken >= 0 && (p.from == len(members) || p.taken != members[p.from]) {
		d.choose(p.taken, false)
	}
	if p.from < len(members) {
		d.choose(members[p.from], true)
	}
}

// choose notes that an applicant takes an application, or no longer does.
func (d *seating) choose(i int32, take bool) {
	if d.chosen[i] == take {
		return
	}
	d.edits = append(d.edits, edit{i, d.chosen[i]})
	d.chosen[i] = take
	l := &d.lines[d.pool[i]]
	if take && d.knot[i] >= 0 {
		d.picks[d.knot[i]].taken = i
	}
	if take {
		l.count++
		l.sum += d.due[i]
	} else {
		l.count--
		l.sum -= d.due[i]
	}
}
