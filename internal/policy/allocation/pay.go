package allocation

import (
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// payment is what one that is in gets.
type payment struct {
	claim   money.Fen // what the formula or the place gives
	due     money.Fen // less what was paid before
	amount  money.Fen // of this year's money
	carried money.Fen // of next year's
	place   int       // among those that are in; the tied share the first of theirs
}

// paid is one pool's outcome.
type paid struct {
	in       classes // who is in, best first
	payments []payment
	short    bool // the dues exceed the money
	unruled  bool // short, and nobody ruled how to live with it (A3)
	tied     bool // nobody ruled on ties, and one matters (A2)
}

// pay settles the money of one pool after the places are given.
func (d *seating) pay(k int) paid {
	p := &d.pools[k]
	out := paid{in: p.order.keep(func(i int32) bool { return d.chosen[i] })}
	out.payments = make([]payment, len(out.in.list))
	unruledTies := p.call.Rank != nil && p.call.Rank.Ties == ""
	out.tied = unruledTies && len(d.lines[k].tied) > 0
	if p.call.Share != nil {
		gets, _ := d.slots(p, &out.in)
		for n := range gets {
			out.payments[n].claim = gets[n]
		}
		out.tied = out.tied || (unruledTies && d.tieMatters(p, &out.in))
	}
	for c := range out.in.len() {
		for n := out.in.starts[c]; n < out.in.starts[c+1]; n++ {
			i, pay := out.in.list[n], &out.payments[n]
			if p.call.Share == nil {
				pay.claim = d.claim[i]
			}
			pay.place = int(out.in.starts[c]) + 1
			pay.due = max(0, pay.claim-d.before[i])
			pay.amount = pay.due
		}
	}
	if p.call.Budget != nil {
		d.live(p, &out, unruledTies)
	}
	return out
}

// tieMatters reports whether equals would get unlike amounts if one of them
// went before the other.
func (d *seating) tieMatters(p *pool, in *classes) bool {
	slots := d.slotAmounts(p, in.list)
	for c := range in.len() {
		start, end := int(in.starts[c]), int(in.starts[c+1])
		if end > len(slots) && end-start > 1 && start < len(slots) {
			return true
		}
		if p.call.Share.How == ByTable && end <= len(slots) && slots[start] != slots[end-1] {
			return true
		}
	}
	return false
}

// live cuts what is due to the money that there is.
func (d *seating) live(p *pool, out *paid, unruledTies bool) {
	dues, sums := make([]money.Fen, len(out.payments)), make([]money.Fen, out.in.len())
	total := money.Fen(0)
	for c := range sums {
		for n := out.in.starts[c]; n < out.in.starts[c+1]; n++ {
			dues[n] = out.payments[n].due
			sums[c] += dues[n]
			total += dues[n]
		}
	}
	if out.short = total > p.available(); !out.short {
		return
	}
	way := d.way(p)
	switch way {
	case "":
		out.unruled = true
	case shortage.ProRata:
		for n, part := range way.Share(dues, p.available()) {
			out.payments[n].amount = part
		}
	default:
		out.tied = out.inOrder(way, dues, sums, p.available()) && unruledTies || out.tied
	}
}

// inOrder pays class by class until the money ends. The class where it ends
// shares what is left of it. It reports whether that class has several members.
func (p *paid) inOrder(way shortage.Way, dues, sums []money.Fen, available money.Fen) (parted bool) {
	for c, got := range way.Share(sums, available) {
		start, end := p.in.starts[c], p.in.starts[c+1]
		if got == sums[c] {
			continue
		}
		parts := []money.Fen{got}
		if end-start > 1 {
			parts = shortage.ProRata.Share(dues[start:end], got)
		}
		parted = parted || (got > 0 && end-start > 1)
		for n, part := range parts {
			pay := &p.payments[int(start)+n]
			pay.amount = part
			if way == shortage.CarryOver {
				pay.carried = pay.due - part
			}
		}
	}
	return parted
}
