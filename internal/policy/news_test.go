package policy_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
	watchsql "github.com/qianmo/qianmo/internal/policy/watch/sqlstore"
)

// heard is one message: to whom, and what it says.
type heard struct {
	org  ident.CreditCode
	day  clock.Date
	says []string // fits 002-6, lost 002-6, found model.filed
}

// audience keeps what it hears; deaf makes it fail.
type audience struct {
	mu   sync.Mutex
	all  []heard
	deaf error
}

func (a *audience) Hear(_ context.Context, org ident.CreditCode, day clock.Date, notices []watch.Notice) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.deaf != nil {
		return a.deaf
	}
	h := heard{org: org, day: day}
	for _, n := range notices {
		switch {
		case n.Fits():
			h.says = append(h.says, "fits "+n.Measure)
		case n.Lost():
			h.says = append(h.says, "lost "+n.Measure)
		}
		for _, f := range n.Found() {
			h.says = append(h.says, "found "+f+" of "+n.Measure)
		}
	}
	a.all = append(a.all, h)
	return nil
}

// took is what was heard since it was last asked.
func (a *audience) took() []heard {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.all
	a.all = nil
	return all
}

// teller is a process that tells: its own policy domain on the hall's database.
func (h *hall) teller(a *audience, pack *rule.Pack, holder string) *watch.Teller {
	s := &policy.Service{Store: h.Store, Facts: h.evidence, Registry: h.registry, Pack: pack, Clock: h.now, IDs: h.IDs, City: h.City, Search: h.Search}
	return &watch.Teller{Store: watchsql.New(h.db), Crowd: func() watch.Crowd { return s }, Audience: a,
		Leases: work.Leases{DB: h.db, Clock: clock.System{}}, Clock: h.now, Holder: holder, Log: slog.New(slog.DiscardHandler)}
}

// TestWhatChangedIsToldOnce follows one firm through the days: what is told,
// what is not, and what a restart does.
func TestWhatChangedIsToldOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d, guizhou(t))
		ears := &audience{}
		now := h.teller(ears, h.Pack, "first")
		expect := func(when string, want ...heard) {
			t.Helper()
			if _, err := now.Tell(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, ears.took(), cmp.AllowUnexported(heard{})); diff != "" {
				t.Errorf("%s: %s", when, diff)
			}
		}
		tomorrow := func() clock.Date {
			h.now.Advance(24 * time.Hour)
			return h.now.Today()
		}
		firm, other := h.firm(1), h.firm(2)
		h.buys(other, "6000000.00")
		expect("the first pass notes how everybody stands")
		expect("and so does the second")

		h.buys(firm, "6000000.00")
		expect("a purchase over the threshold", heard{firm, "2025-10-22", []string{"fits 002-6"}})
		expect("once")
		now = h.teller(ears, h.Pack, "second")
		expect("and a restart repeats nothing")

		h.offer(firm, "002-4", "hub", 1_000_000_00, nil)
		expect("one message a day")
		day := tomorrow()
		expect("the rest comes on the next", heard{firm, day, []string{"fits 002-4"}})

		purchase := h.purchase(firm)
		h.withdraw(purchase)
		expect("again not on the same day")
		h.buys(firm, "7000000.00")
		day = tomorrow()
		expect("what changed back in between is never told")

		h.withdraw(h.purchase(firm))
		expect("what was there is no more", heard{firm, day, []string{"lost 002-6"}})

		day = tomorrow()
		h.append(evidence.Fact{Kind: "model.filed", Subject: other, Object: "m", Occurred: "2025-03-18", Attestor: evidence.Department, Attributes: map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed"}})
		now = h.teller(ears, h.Pack, "third")
		expect("a fact that came while nobody was there, and only something else lacks", heard{other, day, []string{"found model.filed of 002-2"}})

		ears.deaf = errors.New("deaf")
		h.buys(firm, "8000000.00")
		day = tomorrow()
		if _, err := now.Tell(t.Context()); !errors.Is(err, ears.deaf) {
			t.Errorf("the audience's fault is lost: %v", err)
		}
		ears.deaf = nil
		expect("what was not heard is told again", heard{firm, day, []string{"fits 002-6"}})

		tomorrow()
		const most = "9999999999999999.99" // two of them pass what money can be
		h.buys(firm, most)
		h.buys(firm, most)
		expect("of amounts past the range nothing is told")
		for range 2 {
			h.withdraw(h.purchase(firm))
		}
		expect("and nothing when they are taken back")

		stricter := guizhou(t)
		for i := range stricter.Guides {
			if g := &stricter.Guides[i]; g.Year == 2025 {
				g.Set = append(g.Set, rule.Override{Measure: "002-6", Path: "threshold", Value: "9000000.00"})
			}
		}
		day = tomorrow()
		now = h.teller(ears, stricter, "fourth")
		if _, err := now.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := ears.took()
		slices.SortFunc(got, func(a, b heard) int { return slices.Compare([]rune(a.org), []rune(b.org)) })
		if diff := cmp.Diff([]heard{{firm, day, []string{"lost 002-6"}}, {other, day, []string{"lost 002-6"}}}, got, cmp.AllowUnexported(heard{})); diff != "" {
			t.Errorf("a guide with another threshold: %s", diff)
		}
	})
}

// purchase is the firm's standing purchase.
func (h *hall) purchase(firm ident.CreditCode) evidence.Fact {
	h.t.Helper()
	known, err := h.evidence.Known(h.t.Context(), firm, h.now.Today())
	if err != nil {
		h.t.Fatal(err)
	}
	purchases := slices.DeleteFunc(known, func(f evidence.Fact) bool { return f.Kind != "data.purchased" })
	slices.SortFunc(purchases, func(a, b evidence.Fact) int { return len(b.Quantity) - len(a.Quantity) }) // the largest first
	i := slices.IndexFunc(purchases, func(f evidence.Fact) bool { return f.Quantity != "0.00" })
	if i < 0 {
		h.t.Fatal("no purchase stands")
	}
	return purchases[i]
}

func (h *hall) withdraw(f evidence.Fact) {
	h.t.Helper()
	f.ID, f.Corrects, f.Quantity = "", f.ID, "0"
	h.append(f)
}

// TestTwoTellersTellOnce: of two processes on one database one tells at a time,
// and nobody hears anything twice.
func TestTwoTellersTellOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d, guizhou(t))
		ears := &audience{}
		tellers := []*watch.Teller{h.teller(ears, h.Pack, "a"), h.teller(ears, h.Pack, "b")}
		if _, err := tellers[0].Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		const firms = 30
		for n := range firms {
			h.buys(h.firm(n), "6000000.00")
		}
		var both sync.WaitGroup
		for _, teller := range tellers {
			both.Go(func() {
				for range 5 {
					if _, err := teller.Tell(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		both.Wait()
		times := map[ident.CreditCode]int{}
		for _, h := range ears.took() {
			times[h.org]++
		}
		if len(times) != firms {
			t.Errorf("%d firms heard, want %d", len(times), firms)
		}
		for org, n := range times {
			if n != 1 {
				t.Errorf("%s heard %d times", org, n)
			}
		}
	})
}
