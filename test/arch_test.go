// Package test holds the tests of the whole: the boundaries between the rooms,
// the command line's stories and the browser's.
package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/qianmo/qianmo/"

// domains may import the ground floor and the platform, never each other:
// a domain declares the interface that it needs and app plugs the other in.
var domains = []string{"policy"}

// groundFloor may be imported by any domain.
var groundFloor = []string{"party", "evidence", "ledger"}

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// TestImportsGoDownOnly checks the floors of docs/architecture.md:
// cmd -> app -> {sqlstore, driver, web} -> domain -> ground floor -> platform.
func TestImportsGoDownOnly(t *testing.T) {
	packages := list(t)
	if len(packages) < 5 {
		t.Fatalf("only %d packages listed: the test would prove nothing", len(packages))
	}
	for _, p := range packages {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			if reason := forbidden(from, to, path, ours); reason != "" {
				t.Errorf("%s imports %s: %s", from, path, reason)
			}
		}
	}
}

func forbidden(from, to, path string, ours bool) string {
	if !ours {
		return vendorReason(from, path)
	}
	switch {
	case strings.HasPrefix(to, "cmd/"):
		return "nothing imports a command"
	case to == "internal/app" && !strings.HasPrefix(from, "cmd/") && from != "test" && !strings.HasPrefix(from, "internal/app/"):
		return "app sees everything, so only commands may see app"
	case strings.HasPrefix(from, "internal/platform/") && !strings.HasPrefix(to, "internal/platform/") && to != "migrations":
		return "the platform has no business words"
	case strings.HasPrefix(from, "migrations") || strings.HasPrefix(from, "regions"):
		return "data imports nothing"
	}
	fromRoom, fromIn := room(from)
	toRoom, toIn := room(to)
	if !fromIn || !toIn || fromRoom == toRoom {
		return ""
	}
	if isGround(fromRoom) && !isGround(toRoom) {
		return "the ground floor does not know the domains"
	}
	if !isGround(toRoom) {
		return "a domain never imports another: declare the interface you need and let app plug it in"
	}
	if strings.Contains(to, "/sqlstore") {
		return "a store is plugged in by app, nobody else names it"
	}
	return ""
}

// vendorReason keeps storage drivers and vendor SDKs in the few rooms that own them.
func vendorReason(from, path string) string {
	owners := map[string][]string{
		"modernc.org/sqlite":          {"internal/platform/db", "internal/ledger", "bench"},
		"github.com/jackc/pgx":        {"internal/platform/db", "internal/ledger", "bench"},
		"cel.dev/cel-go":              {"internal/policy/rule"},
		"github.com/parquet-go":       {"internal/policy/population", "internal/policy/rule", "internal/evidence", "internal/app", "bench"},
		"github.com/transparency-dev": {"internal/evidence"},
		"gocloud.dev":                 {"internal/platform/blob"},
		"github.com/go-webauthn":      {"internal/platform/auth"},
		"github.com/coreos/go-oidc":   {"internal/platform/auth"},
		"github.com/prometheus":       {"internal/platform/obs"},
	}
	for vendor, rooms := range owners {
		if !strings.HasPrefix(path, vendor) {
			continue
		}
		for _, r := range rooms {
			if strings.HasPrefix(from, r) {
				return ""
			}
		}
		return "only " + strings.Join(rooms, ", ") + " may know this library"
	}
	return ""
}

// room is the domain or ground-floor folder a package belongs to.
func room(path string) (string, bool) {
	rest, inside := strings.CutPrefix(path, "internal/")
	if !inside {
		return "", false
	}
	name, _, _ := strings.Cut(rest, "/")
	for _, r := range append(append([]string{}, domains...), groundFloor...) {
		if r == name {
			return name, true
		}
	}
	return "", false
}

func isGround(name string) bool {
	for _, g := range groundFloor {
		if g == name {
			return true
		}
	}
	return false
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestForbiddenKnowsTheFloors(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/policy", "internal/ledger", true},
		{"internal/ledger", "internal/policy", false},
		{"internal/platform/db", "internal/party", false},
		{"internal/evidence", "internal/app", false},
		{"cmd/qianmo", "internal/app", true},
		{"internal/app", "internal/policy/sqlstore", true},
		{"internal/policy", "internal/ledger/sqlstore", false},
	} {
		if got := forbidden(c.from, c.to, module+c.to, true); (got == "") != c.ok {
			t.Errorf("%s -> %s: %q", c.from, c.to, got)
		}
	}
	if vendorReason("internal/policy", "modernc.org/sqlite") == "" {
		t.Error("a domain may not open a database driver")
	}
}
