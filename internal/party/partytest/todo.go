package partytest

import (
	"testing"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Waits checks what a store says waits of a kind for an actor.
func Waits(t *testing.T, backlog party.Backlog, kind party.TodoKind, by party.Actor, count int64, since clock.Date) {
	t.Helper()
	n, day, err := backlog(t.Context(), kind, by)
	if err != nil || n != count || day != since {
		t.Errorf("%s for %s %s: %d since %q, %v; want %d since %q", kind, by.Role, by.Person, n, day, err, count, since)
	}
}

// NoBacklog checks that a store refuses a kind that is not its own.
func NoBacklog(t *testing.T, backlog party.Backlog) {
	t.Helper()
	if _, _, err := backlog(t.Context(), "another.room's", party.Actor{}); err == nil {
		t.Error("a kind of another room has a backlog")
	}
}
