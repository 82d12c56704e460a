package recovery

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/money"
)

var purses = []ledger.Purse{{Level: ledger.City, Code: "520100"}, {Level: ledger.District, Code: "520115"}}

// Whatever comes in and is written off in whatever order, each purse keeps
// claimed = received + pending + written off + open, nothing goes below zero,
// and the last fen settles all of them at once.
func TestEveryPurseComesOutExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := make([]Part, rapid.IntRange(1, 6).Draw(t, "parts"))
		paid := money.Fen(0)
		for i := range parts {
			parts[i].Purse = purses[rapid.IntRange(0, len(purses)-1).Draw(t, "purse")]
			parts[i].Paid = money.Fen(rapid.Int64Range(0, 1_000_000_00).Draw(t, "paid"))
			paid += parts[i].Paid
		}
		principal := money.Fen(rapid.Int64Range(0, int64(paid)).Draw(t, "principal"))
		interest := money.Fen(0)
		if principal > 0 {
			interest = money.Fen(rapid.Int64Range(0, int64(principal)).Draw(t, "interest"))
		}
		claim(parts, principal, interest)
		if got := total(parts, func(p Part) Sum { return p.Claimed }); got != (Sum{principal, interest}) {
			t.Fatalf("claimed %+v of %d and %d", got, principal, interest)
		}
		for n := 0; n < 40; n++ {
			open := total(parts, Part.Open).Total()
			if open == 0 {
				break
			}
			off, purse := rapid.Bool().Draw(t, "off"), ledger.Purse{}
			if !off && rapid.Bool().Draw(t, "into one purse") {
				purse = purses[rapid.IntRange(0, len(purses)-1).Draw(t, "which")]
			}
			most := total(parts, openTo(purse)).Total()
			if most == 0 {
				continue
			}
			amount := money.Fen(rapid.Int64Range(1, int64(most)).Draw(t, "amount"))
			shares := divide(parts, purse, amount)
			if off {
				shares = waive(parts, amount)
			}
			came := money.Fen(0)
			for _, s := range shares {
				p := &parts[s.Part]
				if purse != (ledger.Purse{}) && p.Purse != purse {
					t.Fatalf("what came to %s went to %s", purse, p.Purse)
				}
				if off {
					p.Remitted = p.Remitted.plus(s.Sum)
				} else {
					p.Received = p.Received.plus(s.Sum)
				}
				came += s.Total()
			}
			if came != amount || total(parts, Part.Open).Total() != open-amount {
				t.Fatalf("%d came as %d", amount, came)
			}
			for _, p := range parts {
				if o := p.Owed(); o.Principal < 0 || o.Interest < 0 || p.Received.Principal > p.Paid {
					t.Fatalf("a purse is owed %+v of %+v", o, p)
				}
			}
		}
	})
}

// One to one halves that were paid come back one to one, to the fen.
func TestAReceiptIsSharedAsItWasPaid(t *testing.T) {
	parts := []Part{{Paid: 15_000_000}, {Paid: 15_000_001}}
	claim(parts, 30_000_001, 1_001)
	for _, c := range []struct {
		amount money.Fen
		want   []Sum
	}{
		{10_000_000, []Sum{{5_000_000, 0}, {5_000_000, 0}}},
		{20_000_002, []Sum{{10_000_000, 0}, {10_000_001, 1}}},
		{1_000, []Sum{{0, 500}, {0, 500}}},
	} {
		got := make([]Sum, len(parts))
		for _, s := range divide(parts, ledger.Purse{}, c.amount) {
			parts[s.Part].Received, got[s.Part] = parts[s.Part].Received.plus(s.Sum), s.Sum
		}
		if got[0] != c.want[0] || got[1] != c.want[1] {
			t.Errorf("%d came as %+v, not %+v", c.amount, got, c.want)
		}
	}
	if left := total(parts, Part.Owed); left != (Sum{}) {
		t.Errorf("left %+v", left)
	}
}
