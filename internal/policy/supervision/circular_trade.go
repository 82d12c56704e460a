package supervision

import (
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// circularTradeDetector finds a purchase whose money comes back: a ring of
// purchases of about one amount within a while, from the case's organisation
// to itself. A hand may pay in parts.
var circularTradeDetector = detector{
	reads: []Role{AsSeller}, required: []Role{AsSeller},
	thresholds: map[string]Unit{"length": Count, "window": Days, "tolerance": Share, "floor": Yuan},
	figures:    []string{"count", "loop", "from", "to", "low", "high"},
	look:       circularTrade,
}

func circularTrade(ix *Index, r *Rule, c *Case) (found []Finding) {
	inRing := map[string]bool{}
	for _, f := range ix.restsOn(c) {
		if inRing[f.ID] {
			continue
		}
		for _, first := range ix.hands(r, string(c.Org), ring{}) {
			if !slices.Contains(first.facts, f) {
				continue
			}
			closed := ix.shortestRing(r, string(c.Org), first)
			if closed == nil {
				continue
			}
			for _, h := range closed {
				for _, it := range h.facts {
					inRing[it.ID] = true
				}
			}
			found = append(found, ix.ringFinding(r, c, closed))
			break
		}
	}
	return found
}

// hand is one step of a ring: purchases of one buyer from one seller.
type hand struct {
	buyer, seller string
	facts         []*item
	amount        int64
	from, to      int64
}

// ring is the hands so far.
type ring []hand

// fits reports whether a hand goes with the ring: about one amount, within the
// window.
func (g ring) fits(r *Rule, h hand) bool {
	low, high, from, to := h.amount, h.amount, h.from, h.to
	for _, one := range g {
		low, high, from, to = min(low, one.amount), max(high, one.amount), min(from, one.from), max(to, one.to)
	}
	if low < r.n("floor") || to-from > r.n("window") {
		return false
	}
	return about(low, high, r.rate("tolerance"))
}

// hands lists what a buyer passes on that goes with the ring: each purchase,
// and all purchases from one seller together, in order.
func (ix *Index) hands(r *Rule, buyer string, g ring) (out []hand) {
	bySeller := map[string]*hand{}
	for _, it := range ix.ofParty(buyer) {
		if !ix.counts(it) {
			continue
		}
		for _, seller := range ix.sellers(r, it) {
			if seller == buyer {
				continue
			}
			if one := (hand{buyer, seller, []*item{it}, it.value, it.day, it.day}); g.fits(r, one) {
				out = append(out, one)
			}
			all := bySeller[seller]
			if all == nil {
				all = &hand{buyer: buyer, seller: seller, from: it.day}
				bySeller[seller] = all
			}
			if it.day-all.from > partsWithin { // earlier ones are another story
				*all = hand{buyer: buyer, seller: seller, from: it.day}
			}
			all.facts, all.to = append(all.facts, it), it.day
			all.amount = int64(added(money.Fen(all.amount), it))
			if len(all.facts) > 1 && g.fits(r, *all) {
				whole := *all
				whole.facts = slices.Clone(all.facts)
				out = append(out, whole)
			}
		}
	}
	return out
}

// partsWithin is how many days lie between the parts of one payment at most.
const partsWithin = 15

// mostSteps bounds the search from one purchase; a real ring is found early,
// since few purchases fit its amount and its days.
const mostSteps = 20_000

// shortestRing closes a ring from its first hand, nil when none closes.
func (ix *Index) shortestRing(r *Rule, home string, first hand) ring {
	steps := 0
	var walk func(g ring, left int64) ring
	walk = func(g ring, left int64) ring {
		if steps++; steps > mostSteps {
			return nil
		}
		for _, h := range ix.hands(r, g[len(g)-1].seller, g) {
			if h.seller == home {
				return append(slices.Clone(g), h)
			}
			passed := slices.ContainsFunc(g, func(one hand) bool { return one.buyer == h.seller })
			if passed || left == 0 {
				continue
			}
			if closed := walk(append(slices.Clone(g), h), left-1); closed != nil {
				return closed
			}
		}
		return nil
	}
	for length := int64(2); length <= r.n("length"); length++ {
		if closed := walk(ring{first}, length-2); closed != nil {
			return closed
		}
	}
	return nil
}

func (ix *Index) ringFinding(r *Rule, c *Case, g ring) Finding {
	var facts []*item
	var trades []Trade
	var names []string
	low, high := g[0].amount, g[0].amount
	for _, h := range g {
		facts = append(facts, h.facts...)
		trades = append(trades, ix.trade(h.buyer, h.seller, h.facts))
		names = append(names, ix.parties.name(h.buyer))
		low, high = min(low, h.amount), max(high, h.amount)
	}
	names = append(names, names[0])
	first, last := slices.MinFunc(facts, byDay), slices.MaxFunc(facts, byDay)
	f := ix.finding(r, c, facts, map[string]i18n.Text{
		"count": i18n.T("%d", "%d", len(g)), "loop": plain(strings.Join(names, " → ")), "from": onDay(first.Occurred), "to": onDay(last.Occurred),
		"low": plain(money.Fen(low).Grouped()), "high": plain(money.Fen(high).Grouped())})
	f.Trades = trades
	return f
}

// ofParty lists the facts of a party; one without a credit code has none.
func (ix *Index) ofParty(party string) []*item { return ix.of[ident.CreditCode(party)] }

// trade is an arrow of the picture.
func (ix *Index) trade(buyer, seller string, facts []*item) Trade {
	t := Trade{Buyer: buyer, BuyerName: ix.parties.name(buyer), Seller: seller, SellerName: ix.parties.name(seller)}
	for _, it := range facts {
		t.Facts = append(t.Facts, it.ID)
		t.Amount = added(t.Amount, it)
	}
	t.From, t.To = slices.MinFunc(facts, byDay).Occurred, slices.MaxFunc(facts, byDay).Occurred
	return t
}
