package budget_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/budget/budgettest"
)

// Whatever is proposed, confirmed twice, refused, withdrawn, held meanwhile or
// answered late: a programme has what its confirmed lines add up to, in the
// orders, in the books and as its ceiling, and the books verify clean.
func TestAProgrammeHasWhatItsConfirmedLinesAddUpTo(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			m := &walk{Room: r, t: t, run: run, sum: map[ledger.Programme]money.Fen{}, held: map[ledger.Programme]money.Fen{}}
			for range 3 {
				m.programmes = append(m.programmes, ledger.Programme{Purse: []ledger.Purse{budgettest.City, budgettest.District}[len(m.programmes)%2], Measure: fmt.Sprintf("m%d-%d", run, len(m.programmes)), Year: 2025})
			}
			rt.Repeat(map[string]func(*rapid.T){
				"propose": m.propose, "confirm": m.confirm, "confirm late": m.late, "refuse": m.refuse, "withdraw": m.withdraw, "hold": m.hold, "": m.check,
			})
		})
		r.Verified(t)
	})
}

// walk is a plain model beside the room.
type walk struct {
	*budgettest.Room
	t          *testing.T
	run, holds int
	programmes []ledger.Programme
	orders     []string
	sum, held  map[ledger.Programme]money.Fen
}

func (m *walk) propose(t *rapid.T) {
	in := order()
	for i, p := range m.programmes {
		if amount := money.Fen(rapid.IntRange(-60, 100).Draw(t, "amount")); amount != 0 && rapid.Bool().Draw(t, "named") {
			in.Lines = append(in.Lines, budget.LineInput{Purse: p.Purse.String(), Measure: m.programmes[i].Measure, Amount: amount})
		}
	}
	possible := len(in.Lines) > 0
	for _, l := range in.Lines {
		for _, p := range m.programmes {
			possible = possible && (p.Measure != l.Measure || m.sum[p]-m.held[p] >= -l.Amount)
		}
	}
	o, err := m.Propose(m.t.Context(), writer, in)
	if (err == nil) != possible {
		t.Fatalf("%+v: %v, with %v given and %v held", in.Lines, err, m.sum, m.held)
	}
	if err == nil {
		m.orders = append(m.orders, o.ID)
	}
}

// any picks an order as it stands now.
func (m *walk) any(t *rapid.T) budget.Order {
	if len(m.orders) == 0 {
		t.Skip("no order yet")
	}
	o, err := m.Store.Order(m.t.Context(), rapid.SampledFrom(m.orders).Draw(t, "order"))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// confirm confirms an order twice. The first time it is booked exactly when it
// waits and all that it takes is free; the second time never.
func (m *walk) confirm(t *rapid.T) {
	o := m.any(t)
	possible := o.State == budget.Proposed && m.fits(o)
	got, err := m.Confirm(m.t.Context(), second, step(o))
	if (err == nil) != possible || possible && got.State != budget.Confirmed {
		t.Fatalf("%+v is %s: %v", o, got.State, err)
	}
	if possible {
		m.add(o)
		if _, err := m.Confirm(m.t.Context(), second, step(got)); !fault.Is(err, fault.Conflict) {
			t.Fatalf("confirmed twice: %v", err)
		}
	}
}

// late confirms while the ledger is away; what it takes may be held before the
// ledger comes to it.
func (m *walk) late(t *rapid.T) {
	o := m.any(t)
	if o.State != budget.Proposed || !m.fits(o) {
		t.Skip("it cannot be confirmed")
	}
	m.Ledger.Cut(true)
	got, err := m.Confirm(m.t.Context(), second, step(o))
	m.Ledger.Cut(false)
	if err != nil || got.State != budget.Booking {
		t.Fatalf("%s, %v", got.State, err)
	}
	m.hold(t)
	possible := m.fits(o)
	if _, err := m.Queue.Drain(m.t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err = m.Store.Order(m.t.Context(), o.ID); err != nil || (got.State == budget.Confirmed) != possible || !possible && got.State != budget.Proposed {
		t.Fatalf("%s, %v; possible is %v", got.State, err, possible)
	}
	if possible {
		m.add(o)
	}
}

func (m *walk) refuse(t *rapid.T) {
	o := m.any(t)
	_, err := m.Refuse(m.t.Context(), second, step(o))
	if (err == nil) != (o.State == budget.Proposed) {
		t.Fatalf("%s: %v", o.State, err)
	}
}

func (m *walk) withdraw(t *rapid.T) {
	o := m.any(t)
	_, err := m.Withdraw(m.t.Context(), writer, step(o))
	if (err == nil) != (o.State == budget.Proposed) {
		t.Fatalf("%s: %v", o.State, err)
	}
}

// hold reserves money for somebody, as an approval does.
func (m *walk) hold(t *rapid.T) {
	p := rapid.SampledFrom(m.programmes).Draw(t, "programme")
	if m.sum[p] == 0 {
		return
	}
	amount := money.Fen(rapid.IntRange(1, 80).Draw(t, "amount"))
	m.holds++
	if err := m.Books.OpenAccounts(m.t.Context(), p.PayableAccount("x")); err != nil {
		t.Fatal(err)
	}
	_, err := m.Books.One(m.t.Context(), ledger.Award(fmt.Sprintf("hold/%d/%d", m.run, m.holds), ledger.Hold, p, "x", amount, ""))
	if (err == nil) != (m.sum[p]-m.held[p] >= amount) {
		t.Fatalf("holding %d of %d, %d held: %v", amount, m.sum[p], m.held[p], err)
	}
	if err == nil {
		m.held[p] += amount
	}
}

func (m *walk) fits(o budget.Order) bool {
	for _, l := range o.Lines {
		if p := l.Programme(o.Year); m.sum[p]-m.held[p] < -l.Amount {
			return false
		}
	}
	return true
}

func (m *walk) add(o budget.Order) {
	for _, l := range o.Lines {
		m.sum[l.Programme(o.Year)] += l.Amount
	}
}

func (m *walk) check(t *rapid.T) {
	granted, err := m.Store.Granted(m.t.Context(), 2025)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.programmes {
		b := m.Standing(m.t, p)
		if granted[p] != m.sum[p] || b.Granted != m.sum[p] || b.Held != m.held[p] || b.Free != m.sum[p]-m.held[p] || (b.Ceiling != m.sum[p] && b.Ceiling != money.Max) {
			t.Fatalf("%s: orders gave %d and the books have %+v; want %d with %d held", p.Account(), granted[p], b, m.sum[p], m.held[p])
		}
		if m.sum[p] > 0 && b.Ceiling == money.Max {
			t.Fatalf("%s has no ceiling", p.Account())
		}
	}
}
