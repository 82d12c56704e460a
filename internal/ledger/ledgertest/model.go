package ledgertest

import (
	"slices"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Model says what the ledger must answer. It keeps the accepted requests and
// adds them all up for every question, so there is no state to get wrong.
type Model struct {
	Today    clock.Date
	Accounts map[string]ledger.Account
	Limits   map[string]ledger.Limit
	Entries  []Recorded
}

// Recorded is a request with the answer it got.
type Recorded struct {
	ledger.Transfer
	Outcome ledger.Outcome
	group   int // 0 alone, else equal within a group
}

// Verdict is what a transfer is answered: a recorded outcome, or the code of
// a request that is not recorded.
type Verdict struct {
	Outcome ledger.Outcome
	Code    fault.Code
}

// Apply answers one group (or a single transfer).
func (m *Model) Apply(group []ledger.Transfer) []Verdict {
	known := 0
	for _, t := range group {
		if m.find(t.ID) != nil {
			known++
		}
	}
	switch known {
	case 0:
		return m.fresh(group)
	case len(group):
		return m.repeated(group)
	}
	return all(len(group), Verdict{Code: fault.Conflict})
}

func (m *Model) repeated(group []ledger.Transfer) []Verdict {
	verdicts := make([]Verdict, len(group))
	for i, t := range group {
		e, first := m.find(t.ID), m.find(group[0].ID)
		t.Linked = e.Linked
		if t != e.Transfer || (len(group) > 1 && (e.group == 0 || e.group != first.group)) {
			verdicts[i] = Verdict{Code: fault.Conflict}
		} else {
			verdicts[i] = Verdict{Outcome: e.Outcome}
		}
	}
	return verdicts
}

func (m *Model) fresh(group []ledger.Transfer) []Verdict {
	mark, number := len(m.Entries), 0
	if len(group) > 1 {
		number = mark + 1
	}
	refused := -1
	for i, t := range group {
		v := m.decide(t)
		if i > 0 && slices.ContainsFunc(group[:i], func(o ledger.Transfer) bool { return o.ID == t.ID }) {
			v = Verdict{Code: fault.Invalid}
		}
		if v.Code != "" {
			m.Entries = m.Entries[:mark]
			verdicts := all(len(group), Verdict{Code: fault.Conflict})
			verdicts[i] = v
			return verdicts
		}
		if v.Outcome != ledger.Accepted && refused < 0 {
			refused = i
		}
		m.Entries = append(m.Entries, Recorded{t, v.Outcome, number})
	}
	verdicts := make([]Verdict, len(group))
	for i := range group {
		e := &m.Entries[mark+i]
		if refused >= 0 && i != refused {
			e.Outcome = ledger.LinkRefused
		}
		verdicts[i] = Verdict{Outcome: e.Outcome}
	}
	return verdicts
}

func all(n int, v Verdict) []Verdict {
	verdicts := make([]Verdict, n)
	for i := range verdicts {
		verdicts[i] = v
	}
	return verdicts
}

func (m *Model) decide(t ledger.Transfer) Verdict {
	switch t.Kind {
	case ledger.Move, ledger.Hold:
		return m.decideMove(t)
	case ledger.Correction:
		return m.decideCorrection(t)
	}
	h := m.find(t.Hold)
	switch {
	case h == nil:
		return Verdict{Code: fault.NotFound}
	case h.Kind != ledger.Hold:
		return Verdict{Code: fault.Invalid}
	case h.Outcome != ledger.Accepted || m.Closed(t.Hold):
		return Verdict{Outcome: ledger.HoldClosed}
	case t.Kind == ledger.Expire && (h.Until == "" || h.Until >= m.Today):
		return Verdict{Outcome: ledger.NotDue}
	case t.Kind == ledger.Post && t.Amount > h.Amount:
		return Verdict{Outcome: ledger.ExceedsHold}
	}
	return Verdict{}
}

func (m *Model) decideMove(t ledger.Transfer) Verdict {
	from, ok := m.Accounts[t.From]
	to, ok2 := m.Accounts[t.To]
	if !ok || !ok2 || from.Asset != to.Asset || t.From == t.To || (t.Until != "" && t.Until < m.Today) {
		return Verdict{Code: fault.Invalid}
	}
	if !from.Overdraft && t.Amount > m.Free(t.From) {
		return Verdict{Outcome: ledger.Insufficient}
	}
	for _, name := range from.Limits {
		if m.Limits[name].PerParty && t.Party == "" {
			return Verdict{Code: fault.Invalid}
		}
	}
	for _, name := range from.Limits {
		if m.Used(name, t.Party)+t.Amount > m.Limits[name].Max {
			return Verdict{Outcome: ledger.OverLimit}
		}
	}
	return Verdict{}
}

func (m *Model) decideCorrection(t ledger.Transfer) Verdict {
	e := m.find(t.Corrects)
	if e == nil {
		return Verdict{Code: fault.NotFound}
	}
	if e.Outcome != ledger.Accepted || (e.Kind != ledger.Move && e.Kind != ledger.Post) {
		return Verdict{Outcome: ledger.NotSettled}
	}
	rest := e.Amount
	for _, c := range m.Entries {
		if c.Corrects == t.Corrects && c.Outcome == ledger.Accepted {
			rest -= c.Amount
		}
	}
	if t.Amount > rest {
		return Verdict{Outcome: ledger.Excess}
	}
	_, to := m.way(*e)
	if !m.Accounts[to].Overdraft && t.Amount > m.Free(to) {
		return Verdict{Outcome: ledger.Insufficient}
	}
	return Verdict{}
}

func (m *Model) find(id string) *Recorded {
	for i := range m.Entries {
		if m.Entries[i].ID == id {
			return &m.Entries[i]
		}
	}
	return nil
}

// Closed reports whether a hold was resolved.
func (m *Model) Closed(hold string) bool {
	return slices.ContainsFunc(m.Entries, func(e Recorded) bool { return e.Hold == hold && e.Outcome == ledger.Accepted })
}

// way is where an entry's money goes, whatever it takes that from.
func (m *Model) way(e Recorded) (from, to string) {
	switch e.Kind {
	case ledger.Post, ledger.Void, ledger.Expire:
		h := m.find(e.Hold)
		return h.From, h.To
	case ledger.Correction:
		from, to = m.way(*m.find(e.Corrects))
		return to, from
	}
	return e.From, e.To
}

// Balance adds an account up.
func (m *Model) Balance(account string) (b ledger.Balance) {
	b.Account = m.Accounts[account]
	for _, e := range m.Entries {
		if e.Outcome != ledger.Accepted || e.Kind == ledger.Void || e.Kind == ledger.Expire {
			continue
		}
		if e.Kind == ledger.Hold && m.Closed(e.ID) {
			continue
		}
		in, out := &b.In, &b.Out
		if e.Kind == ledger.Hold {
			in, out = &b.Incoming, &b.Held
		}
		from, to := m.way(e)
		if from == account {
			*out += e.Amount
		}
		if to == account {
			*in += e.Amount
		}
	}
	return b
}

// Free is what may still leave an account.
func (m *Model) Free(account string) money.Fen { return m.Balance(account).Free() }

// Used is how much of a limit is taken.
func (m *Model) Used(limit, party string) (sum money.Fen) {
	for _, e := range m.Entries {
		if e.Outcome != ledger.Accepted || e.Kind == ledger.Void || e.Kind == ledger.Expire || (e.Kind == ledger.Hold && m.Closed(e.ID)) {
			continue
		}
		amount := e.Amount
		from, to := m.way(e)
		if e.Kind == ledger.Correction {
			amount, from = -amount, to
		}
		if slices.Contains(m.Accounts[from].Limits, limit) && (!m.Limits[limit].PerParty || m.party(e) == party) {
			sum += amount
		}
	}
	return sum
}

func (m *Model) party(e Recorded) string {
	switch {
	case e.Hold != "":
		return m.find(e.Hold).Party
	case e.Corrects != "":
		return m.party(*m.find(e.Corrects))
	}
	return e.Party
}
