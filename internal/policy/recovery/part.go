package recovery

import (
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Sum is an amount by what it is for.
type Sum struct {
	Principal money.Fen `json:"principal_fen"`
	Interest  money.Fen `json:"interest_fen"`
}

// Total is both together.
func (s Sum) Total() money.Fen { return s.Principal + s.Interest }

func (s Sum) plus(t Sum) Sum  { return Sum{s.Principal + t.Principal, s.Interest + t.Interest} }
func (s Sum) minus(t Sum) Sum { return Sum{s.Principal - t.Principal, s.Interest - t.Interest} }

// Part is what one purse paid of one application, and what became of it.
// Claimed = Received + Remitted + Owed, for principal and for interest.
type Part struct {
	Application string // id
	Number      string
	Measure     string
	Fact        string // the support.paid fact of the payment
	Purse       ledger.Purse
	Year        int       // budget year out of which it was paid
	Paid        money.Fen // what of the payment stood when the case was opened
	Claimed     Sum       // the decision's share; zero before
	Pending     Sum       // recorded by finance, not yet answered by the ledger
	Received    Sum       // booked
	Remitted    Sum       // written off by a decision
}

// Owed is what is still to come, money on its way not counted as come.
func (p Part) Owed() Sum { return p.Claimed.minus(p.Received).minus(p.Remitted) }

// Open is what nobody has paid or recorded yet.
func (p Part) Open() Sum { return p.Owed().minus(p.Pending) }

// Share is a receipt's part that belongs to one Part of the case.
type Share struct {
	Part int `json:"part"` // index into Case.Parts
	Sum
}

// total adds up one figure over parts.
func total(parts []Part, figure func(Part) Sum) (sum Sum) {
	for _, p := range parts {
		sum = sum.plus(figure(p))
	}
	return sum
}

// claim spreads a decision over the parts: the principal in the proportion in
// which the purses paid, the interest as the principal.
func claim(parts []Part, principal, interest money.Fen) {
	weights := make([]money.Fen, len(parts))
	for i, p := range parts {
		weights[i] = p.Paid
	}
	shares := money.Apportion(principal, weights)
	charges := money.Apportion(interest, shares)
	for i := range parts {
		parts[i].Claimed = Sum{shares[i], charges[i]}
	}
}

// openTo is what is open for one purse, or for all with the zero purse.
func openTo(purse ledger.Purse) func(Part) Sum {
	return func(p Part) Sum {
		if purse != (ledger.Purse{}) && p.Purse != purse {
			return Sum{}
		}
		return p.Open()
	}
}

// divide says whose an amount is that comes in: principal before interest, each
// in the proportion in which it is open. So no purse gets more than it is owed,
// and with the last fen all are settled. What came into one purse's account is
// its own. amount is at most what is open.
func divide(parts []Part, purse ledger.Purse, amount money.Fen) []Share {
	open := openTo(purse)
	principal := min(amount, total(parts, open).Principal)
	return shared(parts, open, Sum{principal, amount - principal})
}

// waive says whose an amount is that is written off: interest first, which no
// purse ever paid.
func waive(parts []Part, amount money.Fen) []Share {
	open := total(parts, Part.Open)
	interest := min(amount, open.Interest)
	return shared(parts, Part.Open, Sum{amount - interest, interest})
}

func shared(parts []Part, open func(Part) Sum, sum Sum) (out []Share) {
	principals, charges := make([]money.Fen, len(parts)), make([]money.Fen, len(parts))
	for i, p := range parts {
		principals[i], charges[i] = open(p).Principal, open(p).Interest
	}
	principals, charges = money.Apportion(sum.Principal, principals), money.Apportion(sum.Interest, charges)
	for i := range parts {
		if s := (Sum{principals[i], charges[i]}); s.Total() > 0 {
			out = append(out, Share{i, s})
		}
	}
	return out
}

// Returned is principal that came back to one purse.
type Returned struct {
	Application string // id
	Measure     string
	Year        int // budget year out of which it had been paid
	Amount      money.Fen
}
