package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/call"
)

// On a full disk a batch stops at a case and says how many were done; an
// allocation writes all or nothing; with room again both go on.
func TestAFullDisk(t *testing.T) {
	const firms, plenty = 48, 1 << 20
	d := dbtest.SQLite(t)
	h, _ := openCounter(t, d, guizhou(t))
	c := h.published(func(t *call.Terms) { t.Offers[0].Evidence = nil })
	for n := range firms {
		h.buys(h.firm(n+1), "60000000.00")
		h.submitted(t, h.firm(n+1), "002-6", "")
	}
	in := func(state policy.State) int64 {
		t.Helper()
		counts, err := h.Store.CountByState(t.Context(), "", c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return int64(counts[state])
	}
	full := func(err error) {
		t.Helper()
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(fault.From(err).Message.EN, "The disk is full") {
			t.Fatalf("a full disk gave %v", err)
		}
	}

	done, cut := 0, 0
	for pages := 1; done < firms; pages++ {
		dbtest.Room(t, d, pages)
		b, err := h.AcceptAll(t.Context(), officer, c.ID, "受理")
		done += b.Done
		if err != nil {
			full(err)
		}
		if err != nil && b.Done > 0 {
			cut++
			if !strings.Contains(fault.From(err).Message.EN, fmt.Sprintf("%d cases were done", b.Done)) {
				t.Errorf("it is not said that %d were done: %v", b.Done, err)
			}
		}
		if in(policy.Accepted) != int64(done) || in(policy.Submitted) != int64(firms-done) {
			t.Fatalf("%d were done, and %d are accepted", done, in(policy.Accepted))
		}
	}

	h.on("2025-11-10")
	dbtest.Room(t, d, 0)
	_, err := h.ComputeAllotment(t.Context(), officer, c.ID)
	full(err)
	dbtest.Room(t, d, plenty)
	run, err := h.ComputeAllotment(t.Context(), officer, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Room(t, d, 1)
	_, err = h.SettleAllotment(t.Context(), second, run.ID, run.Version)
	full(err)
	if in(policy.Accepted) != firms {
		t.Fatalf("an allocation was settled by half: %d are accepted", in(policy.Accepted))
	}
	dbtest.Room(t, d, plenty)
	if _, err := h.SettleAllotment(t.Context(), second, run.ID, run.Version); err != nil || in(policy.Accepted) != 0 {
		t.Fatalf("with room again: %v", err)
	}
	if cut == 0 {
		t.Error("no batch was cut short between two cases: the test proves little")
	}
}
