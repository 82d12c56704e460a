package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func TestTheKindsOfTodosAreOneList(t *testing.T) {
	field, _ := reflect.TypeFor[todoView]().FieldByName("Kind")
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(todoActs)) {
		kinds = append(kinds, string(kind))
	}
	if got := field.Tag.Get("enum"); got != strings.Join(kinds, ",") {
		t.Errorf("the API lists %s", got)
	}
	for kind, act := range todoActs {
		if _, listed := access()[act]; !listed {
			t.Errorf("%s is done by %s, which does not exist", kind, act)
		}
	}
}

type fixed []party.Todo

func (f fixed) Todos(context.Context, party.Actor) ([]party.Todo, error) { return f, nil }

type broken struct{ error }

func (b broken) Todos(context.Context, party.Actor) ([]party.Todo, error) { return nil, b.error }

func TestTodosAreGatheredOldestFirst(t *testing.T) {
	a, b, c := party.Todo{Kind: "a", Count: 1, Since: "2025-10-03"}, party.Todo{Kind: "b", Count: 2, Since: "2025-10-01"}, party.Todo{Kind: "c", Count: 3, Since: "2025-10-03"}
	got, err := todosOf(t.Context(), []todoRoom{fixed{c}, fixed{}, fixed{b, a}}, party.Actor{})
	if diff := cmp.Diff([]party.Todo{b, a, c}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	away := errors.New("away")
	if _, err := todosOf(t.Context(), []todoRoom{fixed{a}, broken{away}}, party.Actor{}); !errors.Is(err, away) {
		t.Errorf("a broken room gave %v", err)
	}
}

// TestTheSandboxHasWorkForEachRole: whoever is told of something may do it by
// the access table, and what one person of an office began waits for another.
func TestTheSandboxHasWorkForEachRole(t *testing.T) {
	ctx := t.Context()
	p, err := openProduct(ctx, Config{Data: t.TempDir(), Sandbox: true, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	if err := p.fillSandbox(ctx, func() {}); err != nil {
		t.Fatal(err)
	}
	waiting := func(who httpapi.Principal) map[party.TodoKind]int64 {
		t.Helper()
		all, err := todosOf(ctx, p.todoRooms(p.ruled.Load()), party.AsActor(who))
		if err != nil {
			t.Fatal(err)
		}
		counts := map[party.TodoKind]int64{}
		for _, todo := range all {
			if err := access()[todoActs[todo.Kind]].Permits(who, who.Org, party.RegionWide()); err != nil {
				t.Errorf("%s is shown %s, and may not: %v", who.Role, todo.Kind, err)
			}
			if todo.Count < 1 || todo.Since == "" || todo.Since > sandboxToday {
				t.Errorf("%s: %+v", who.Role, todo)
			}
			counts[todo.Kind] = todo.Count
		}
		return counts
	}
	firm := sandbox.Organisations()[0].Code
	for _, role := range party.Roles() {
		org := firm
		if slices.Contains(party.RegionWide(), role) {
			org = ""
		}
		t.Log(role, waiting(sandbox.Principal(role, org)))
	}
	t.Log(waiting(sandbox.Cashier()), waiting(sandbox.Deputy()))
}
