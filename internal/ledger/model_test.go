package ledger_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// TestLedgerAnswersAsTheModel drives the ledger and the model with the same
// random requests: every answer, every balance, every limit must agree, across
// restarts and a window so small that most ids are looked up in the store.
func TestLedgerAnswersAsTheModel(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		clk := ledgertest.Clock()
		w := &world{t: t, dsn: dsn, clock: clk}
		w.open()
		rapid.Check(t, func(rt *rapid.T) {
			w.round++
			m := &machine{world: w, prefix: fmt.Sprintf("m%d/", w.round), model: &ledgertest.Model{Today: clk.Today(), Accounts: map[string]ledger.Account{}, Limits: map[string]ledger.Limit{}}}
			m.setUp(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"apply": m.apply, "again": m.again, "restart": m.restart, "days pass": m.days, "expire": m.expire, "limit": m.limit, "": m.check,
			})
		})
		verified(t, w.ledger)
	})
}

// world is the one ledger that all rounds use, each with accounts of its own.
type world struct {
	t      *testing.T
	dsn    string
	clock  *clock.Manual
	ledger *ledger.Ledger
	round  int
}

func (w *world) open() {
	w.ledger = ledgertest.Open(w.t, w.dsn, w.clock, ledger.Tuning{Window: 4, FoldEvery: 10 * time.Millisecond})
}

type machine struct {
	*world
	prefix string
	n      int
	model  *ledgertest.Model
	asked  [][]ledger.Transfer
}

func (m *machine) setUp(rt *rapid.T) {
	ctx := context.Background()
	for _, l := range []ledger.Limit{{Name: m.prefix + "ceiling", Max: 150}, {Name: m.prefix + "cap", PerParty: true, Max: 60}} {
		must(rt, m.ledger.SetLimit(ctx, "limit/"+l.Name, l))
		m.model.Limits[l.Name] = l
	}
	for _, a := range []ledger.Account{
		{Name: m.prefix + "source", Asset: ledger.CNY, Overdraft: true},
		{Name: m.prefix + "budget", Asset: ledger.CNY, Limits: []string{m.prefix + "ceiling", m.prefix + "cap"}},
		{Name: m.prefix + "x", Asset: ledger.CNY},
		{Name: m.prefix + "y", Asset: ledger.CNY},
		{Name: m.prefix + "other", Asset: ledger.Voucher("p", 2025)},
	} {
		must(rt, m.ledger.OpenAccounts(ctx, a))
		m.model.Accounts[a.Name] = a
	}
}

func (m *machine) transfer(rt *rapid.T) ledger.Transfer {
	m.n++
	t := ledger.Transfer{ID: fmt.Sprintf("%st%d", m.prefix, m.n), Amount: money.Fen(rapid.IntRange(1, 80).Draw(rt, "amount"))}
	t.Kind = rapid.SampledFrom([]ledger.Kind{ledger.Move, ledger.Move, ledger.Hold, ledger.Hold, ledger.Post, ledger.Void, ledger.Expire, ledger.Correction}).Draw(rt, "kind")
	switch t.Kind {
	case ledger.Move, ledger.Hold:
		names := append(slices.Sorted(maps.Keys(m.model.Accounts)), m.prefix+"source", m.prefix+"budget", m.prefix+"budget", m.prefix+"nowhere")
		t.From = rapid.SampledFrom(names).Draw(rt, "from")
		t.To = rapid.SampledFrom(names).Draw(rt, "to")
		t.Party = rapid.SampledFrom([]string{"", "p", "q", "p"}).Draw(rt, "party")
		if t.Kind == ledger.Hold {
			t.Until = rapid.SampledFrom([]clock.Date{"", m.model.Today.AddDays(1), m.model.Today.AddDays(-1)}).Draw(rt, "until")
		}
	case ledger.Correction:
		t.Corrects = m.someID(rt)
	default:
		t.Hold = m.someID(rt)
		if t.Kind != ledger.Post {
			t.Amount = 0
		}
	}
	return t
}

// someID is mostly an id that exists.
func (m *machine) someID(rt *rapid.T) string {
	ids := []string{m.prefix + "never"}
	for _, e := range m.model.Entries {
		ids = append(ids, e.ID)
		if e.Kind == ledger.Hold {
			ids = append(ids, e.ID, e.ID)
		}
	}
	return rapid.SampledFrom(ids).Draw(rt, "id")
}

// apply asks several groups in one call.
func (m *machine) apply(rt *rapid.T) {
	var groups [][]ledger.Transfer
	for range rapid.IntRange(1, 3).Draw(rt, "groups") {
		group := make([]ledger.Transfer, rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(rt, "size"))
		for i := range group {
			group[i] = m.transfer(rt)
			group[i].Linked = i < len(group)-1
		}
		groups = append(groups, group)
	}
	m.ask(rt, groups)
	m.asked = append(m.asked, groups...)
}

// again asks what was asked before, as it was or changed.
func (m *machine) again(rt *rapid.T) {
	if len(m.asked) == 0 {
		rt.Skip("nothing was asked yet")
	}
	group := slices.Clone(rapid.SampledFrom(m.asked).Draw(rt, "group"))
	i := rapid.IntRange(0, len(group)-1).Draw(rt, "which")
	switch rapid.SampledFrom([]string{"same", "same", "same", "amount", "ref", "alone", "partly new"}).Draw(rt, "how") {
	case "amount":
		group[i].Amount++
		if group[i].Kind == ledger.Void || group[i].Kind == ledger.Expire {
			group[i].Amount = 0
		}
	case "ref":
		group[i].Ref = "changed"
	case "alone":
		group = group[i : i+1]
		group[0].Linked = false
	case "partly new":
		m.n++
		group[i].ID = fmt.Sprintf("%st%d", m.prefix, m.n)
	}
	m.ask(rt, [][]ledger.Transfer{group})
}

func (m *machine) ask(rt *rapid.T, groups [][]ledger.Transfer) {
	var want []ledgertest.Verdict
	for _, g := range groups {
		want = append(want, m.model.Apply(g)...)
	}
	asked := slices.Concat(groups...)
	answers, err := m.ledger.Apply(context.Background(), asked)
	must(rt, err)
	for i, a := range answers {
		got := ledgertest.Verdict{Outcome: a.Outcome}
		if a.Err != nil && a.Seq == 0 {
			got.Code = fault.From(a.Err).Code
		}
		if got != want[i] || (a.Outcome != ledger.Accepted) != (a.Err != nil && a.Seq != 0) {
			rt.Fatalf("%+v: got %+v (%v), want %+v", asked[i], got, a.Err, want[i])
		}
	}
}

func (m *machine) restart(rt *rapid.T) {
	must(rt, m.ledger.Close())
	m.open()
}

func (m *machine) days(rt *rapid.T) {
	m.clock.Advance(time.Duration(rapid.IntRange(1, 3).Draw(rt, "days")) * 24 * time.Hour)
	m.model.Today = m.clock.Today()
}

func (m *machine) expire(rt *rapid.T) {
	_, err := m.ledger.ExpireDue(context.Background())
	must(rt, err)
	for _, e := range slices.Clone(m.model.Entries) {
		expire := ledger.Transfer{ID: "expire/" + e.ID, Kind: ledger.Expire, Hold: e.ID}
		if e.Kind == ledger.Hold && e.Outcome == ledger.Accepted && e.Until != "" && e.Until < m.model.Today && !m.model.Closed(e.ID) {
			m.model.Apply([]ledger.Transfer{expire})
		}
	}
}

func (m *machine) limit(rt *rapid.T) {
	m.n++
	l := m.model.Limits[m.prefix+rapid.SampledFrom([]string{"ceiling", "cap"}).Draw(rt, "limit")]
	l.Max = money.Fen(rapid.IntRange(0, 300).Draw(rt, "max"))
	must(rt, m.ledger.SetLimit(context.Background(), fmt.Sprintf("%sl%d", m.prefix, m.n), l))
	m.model.Limits[l.Name] = l
}

// check compares every balance and limit.
func (m *machine) check(rt *rapid.T) {
	ctx := context.Background()
	names := slices.Collect(maps.Keys(m.model.Accounts))
	all, err := m.ledger.Balances(ctx, names...)
	must(rt, err)
	for i, got := range all {
		if want := m.model.Balance(names[i]); got.In != want.In || got.Out != want.Out || got.Held != want.Held || got.Incoming != want.Incoming {
			rt.Fatalf("%s: got %+v, want %+v", names[i], got, want)
		}
	}
	for name := range m.model.Limits {
		for _, party := range []string{"p", "q"} {
			got, err := m.ledger.Usage(ctx, name, party)
			must(rt, err)
			if want := m.model.Used(name, party); got.Used != want {
				rt.Fatalf("%s (%s): got %d, want %d", name, party, got.Used, want)
			}
		}
	}
}
