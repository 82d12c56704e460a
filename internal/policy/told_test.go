package policy_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
)

// told keeps what people were told.
type told struct {
	mu  sync.Mutex
	all []policy.Told
}

func (t *told) Tell(_ context.Context, n policy.Told) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, n)
	return nil
}

// since lists topics and addressees of what was told after the first n.
func (t *told) since(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for _, n := range t.all[n:] {
		to := n.Role
		if n.Org != "" {
			to = "firm"
		}
		out = append(out, strings.TrimPrefix(n.Topic, "application.")+" to "+to)
	}
	return strings.Join(out, ", ")
}

func TestPeopleAreToldOfEachStepThatConcernsThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, books := openCounter(t, d, guizhou(t))
		firm := h.firm(0)
		h.offer(firm, "002-2", "model-a", money.Fen(100_000_000), map[string]string{})
		a := h.submitted(t, firm, "002-2", "model-a")
		step := func(name, want string, do func()) {
			t.Helper()
			n := len(h.told.all)
			do()
			if got := h.told.since(n); got != want {
				t.Errorf("%s told %q, want %q", name, got, want)
			}
		}
		act := func(name string) func() {
			return func() {
				t.Helper()
				if err := h.act(t, a.ID, name); err != nil {
					t.Fatal(err)
				}
			}
		}
		step("approving", "", act("approve")) // the ledger has not promised anything yet
		step("the promise", "decided to firm, countersign to finance", func() { h.answer(t, books, true) })
		step("sending back", "decided to firm", act("send back"))
		step("the release", "", func() { h.answer(t, books, true) })
		act("approve")()
		step("a refused promise", "", func() { h.answer(t, books, false) })
		act("approve")()
		h.answer(t, books, true)
		act("countersign")()
		step("the first half", "", func() { h.answerSome(t, books, 1, true) })
		step("the second half", "paid to firm", func() { h.answer(t, books, true) })

		keys := map[string]bool{}
		for _, n := range h.told.all {
			if keys[n.Key] || n.Application != a.ID || n.Title.ZH == "" || n.Title.EN == "" || !n.At.Equal(noon) || strings.Contains(fmt.Sprint(n.Title, n.Body), "%!") {
				t.Errorf("got %+v", n)
			}
			keys[n.Key] = true
		}
		if last := h.told.all[len(h.told.all)-1]; !strings.Contains(last.Body.ZH, "300,000.00") || !strings.Contains(last.Title.ZH, a.Number) {
			t.Errorf("paid: %+v", last)
		}

		h.offer(firm, "002-3", "scene-b", money.Fen(100_000_000), map[string]string{})
		a = h.submitted(t, firm, "002-3", "scene-b")
		step("returning", "returned to firm", func() {
			var err error
			if a, err = h.Return(t.Context(), officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "缺合同"}); err != nil {
				t.Fatal(err)
			}
		})
		if last := h.told.all[len(h.told.all)-1]; !strings.Contains(last.Body.ZH, "缺合同") {
			t.Errorf("returned: %+v", last)
		}
		manager := policy.Actor{Person: "per_firm", Role: "org_manager", Org: firm}
		if _, err := h.Submit(t.Context(), manager, a.ID, a.Version); err != nil {
			t.Fatal(err)
		}
		step("refusing", "decided to firm", act("refuse"))
	})
}
