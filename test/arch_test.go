// Package test holds the tests of the whole: the boundaries between the rooms,
// the command line's stories and the browser's.
package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/qianmo/qianmo/"

// domains may import the ground floor and the platform, never each other.
var domains = []string{"policy", "target", "compute"}

// groundFloor may be imported by any domain.
var groundFloor = []string{"party", "evidence", "ledger", "message"}

// ban is one rule about imports between our own packages. Every ban is asked
// about every import, so that none stands behind another.
type ban struct {
	reason  string
	forbids func(from, to string) bool
	// broken is an import that the ban must refuse, kept one that it must not.
	broken, kept [2]string
}

// bans are the floors of docs/architecture.md:
// cmd -> app -> {sqlstore, driver, web} -> domain -> ground floor -> platform.
var bans = []ban{
	{"nothing imports a command or a benchmark",
		func(_, to string) bool { return in(to, "cmd", "bench") },
		[2]string{"internal/app", "cmd/qianmo"}, [2]string{"cmd/qianmo", "internal/app"}},
	{"app sees everything, so only commands may see app",
		func(from, to string) bool { return in(to, "internal/app") && !in(from, "cmd", "bench", "internal/app") },
		[2]string{"internal/evidence", "internal/app"}, [2]string{"internal/app/apptest", "internal/app"}},
	{"a command only starts app",
		func(from, to string) bool { return in(from, "cmd") && !in(to, "internal/app") },
		[2]string{"cmd/qianmo", "internal/policy"}, [2]string{"cmd/qianmo", "internal/app"}},
	{"the platform has no business words",
		func(from, to string) bool {
			return in(from, "internal/platform") && !in(to, "internal/platform") && to != "migrations"
		},
		[2]string{"internal/platform/db", "internal/party"}, [2]string{"internal/platform/db/dbtest", "migrations"}},
	{"data and the embedded console import nothing",
		func(from, _ string) bool { return in(from, "migrations", "regions", "web") },
		[2]string{"regions", "internal/platform/fault"}, [2]string{"internal/app", "regions"}},
	{"the console and the region packs are plugged in by app, so that a domain works with any",
		func(from, to string) bool { return in(to, "web", "regions") && !in(from, "internal/app", "bench") },
		[2]string{"internal/policy/rule", "regions"}, [2]string{"internal/app", "web"}},
	{"a store is plugged in by app; beside it only the room's own suite opens it",
		func(from, to string) bool {
			return path.Base(to) == "sqlstore" && !in(from, "internal/app", "bench") && !(room(from) == room(to) && isSuite(from))
		},
		[2]string{"internal/policy", "internal/policy/sqlstore"}, [2]string{"internal/ledger/ledgertest", "internal/ledger/sqlstore"}},
	{"a suite and its fakes are no part of the product",
		func(from, to string) bool { return isSuite(to) && !isSuite(from) && !in(from, "bench") },
		[2]string{"internal/app", "internal/platform/db/dbtest"}, [2]string{"internal/ledger/ledgertest", "internal/platform/db/dbtest"}},
	{"the ground floor knows neither the domains nor its own neighbours",
		func(from, to string) bool {
			return slices.Contains(groundFloor, room(from)) && room(to) != "" && room(to) != room(from)
		},
		[2]string{"internal/ledger", "internal/party"}, [2]string{"internal/policy", "internal/ledger"}},
	{"a domain never imports another: declare the interface you need and let app plug it in",
		func(from, to string) bool {
			return slices.Contains(domains, room(from)) && slices.Contains(domains, room(to)) && room(to) != room(from)
		},
		[2]string{"internal/policy", "internal/target"}, [2]string{"internal/policy", "internal/policy/rule"}},
	{"the portal shows what a stranger may ask of the API, so it knows no room and reads no store (docs/decisions/0026)",
		func(from, to string) bool { return in(from, "internal/portal") && !in(to, "internal/platform") },
		[2]string{"internal/portal", "internal/party"}, [2]string{"internal/portal", "internal/platform/httpapi"}},
	{"the rooms of policy do not know the case that is above them, nor their neighbours (docs/decisions/0016)",
		func(from, to string) bool {
			room := policyRoom(from)
			return room != "" && in(to, "internal/policy") && policyRoom(to) != room && !slices.Contains(pureRooms, policyRoom(to))
		},
		[2]string{"internal/policy/review", "internal/policy"}, [2]string{"internal/policy/call", "internal/policy/rule"}},
}

// pureRooms are calculations of policy that any of its rooms may use.
var pureRooms = []string{"document", "rule", "shortage", "allocation"}

// library is a part that could be exchanged, and the only rooms that name it.
type library struct{ path, reason, rooms string }

var libraries = []library{
	{"modernc.org", "SQLite's driver stays behind platform/db; the ledger's store steps it by hand (docs/decisions/0014)", "internal/platform/db internal/ledger/sqlstore"},
	{"github.com/jackc/pgx", "PostgreSQL's driver stays behind platform/db; the ledger's store sends arrays", "internal/platform/db internal/ledger/sqlstore"},
	{"cel.dev", "CEL compares in rules and computes nowhere (docs/decisions/0005)", "internal/policy/rule"},
	{"github.com/parquet-go", "files of columns are read at the edge, rules see values", "internal/policy/population internal/evidence/sheet bench/assess"},
	{"github.com/transparency-dev", "how facts are sealed is evidence's own affair", "internal/evidence"},
	{"gocloud.dev", "where blobs are is platform/blob's own affair", "internal/platform/blob"},
	{"github.com/go-webauthn", "how people prove who they are is platform/auth's own affair", "internal/platform/auth"},
	{"github.com/coreos/go-oidc", "how people prove who they are is platform/auth's own affair", "internal/platform/auth"},
	{"golang.org/x/crypto", "passwords are hashed in one place", "internal/platform/auth"},
	{"github.com/prometheus", "what is measured has a name of ours, so that the system behind it can change", "internal/platform/obs"},
	{"github.com/danielgtaylor/huma/v2/adapters", "operations are registered with httpapi, whatever the mux", "internal/platform/httpapi"},
	{"github.com/wneessen/go-mail", "how a letter reaches its mail server is one room's affair (docs/decisions/0021)", "internal/message/email"},
	{"github.com/emersion", "the mail server that letters are tested against is no part of the product", "internal/message/messagetest"},
	{"github.com/alecthomas/kong", "only the command line parses flags", "internal/app"},
	{"github.com/xuri/excelize", "rooms say what stands in a workbook, platform/paper how it is written", "internal/platform/paper"},
	{"testing", "tests and their suites only, never the product", "bench"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

// TestImportsGoDownOnly asks every ban about every import of the product.
func TestImportsGoDownOnly(t *testing.T) {
	packages := list(t)
	if len(packages) < 30 {
		t.Fatalf("only %d packages listed: the test would prove nothing", len(packages))
	}
	unused := map[string]bool{} // permissions that nobody needs (any more)
	for _, l := range libraries {
		for _, r := range strings.Fields(l.rooms) {
			unused[r+" may name "+l.path] = true
		}
	}
	for _, p := range packages {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			reasons := foreign(from, imported)
			if ours {
				reasons = forbidden(from, to)
			}
			for _, reason := range reasons {
				t.Errorf("%s imports %s: %s", from, imported, reason)
			}
			for _, l := range libraries {
				for _, r := range strings.Fields(l.rooms) {
					if in(imported, l.path) && in(from, r) {
						delete(unused, r+" may name "+l.path)
					}
				}
			}
		}
	}
	for permission := range unused {
		t.Errorf("%s, and does not: take the permission back", permission)
	}
}

// TestEveryBanRefuses breaks each rule once.
func TestEveryBanRefuses(t *testing.T) {
	for _, b := range bans {
		if reasons := forbidden(b.broken[0], b.broken[1]); !slices.Contains(reasons, b.reason) {
			t.Errorf("%s -> %s passes the ban %q", b.broken[0], b.broken[1], b.reason)
		}
		if reasons := forbidden(b.kept[0], b.kept[1]); len(reasons) > 0 {
			t.Errorf("%s -> %s is refused: %q", b.kept[0], b.kept[1], reasons)
		}
	}
	for _, l := range libraries {
		for _, from := range []string{"internal/policy", "internal/policy/rules", "internal/app/sandbox", "cmd/qianmo"} {
			if from == "internal/app/sandbox" && l.rooms == "internal/app" {
				continue
			}
			if reasons := foreign(from, l.path+"/x"); !slices.Contains(reasons, l.reason) {
				t.Errorf("%s may name %s", from, l.path)
			}
		}
	}
}

func forbidden(from, to string) (reasons []string) {
	for _, b := range bans {
		if b.forbids(from, to) {
			reasons = append(reasons, b.reason)
		}
	}
	return reasons
}

func foreign(from, imported string) (reasons []string) {
	for _, l := range libraries {
		if in(imported, l.path) && !in(from, strings.Fields(l.rooms)...) && !(l.path == "testing" && isSuite(from)) {
			reasons = append(reasons, l.reason)
		}
	}
	return reasons
}

// in reports whether a package is one of the folders or inside one.
func in(pkg string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return pkg == f || strings.HasPrefix(pkg, f+"/") })
}

// isSuite reports whether a package holds fakes and suites, such as dbtest.
func isSuite(pkg string) bool { return strings.HasSuffix(pkg, "test") }

// room is the domain or ground-floor folder a package belongs to, or "".
func room(pkg string) string {
	rest, inside := strings.CutPrefix(pkg, "internal/")
	name, _, _ := strings.Cut(rest, "/")
	if !inside || !slices.Contains(domains, name) && !slices.Contains(groundFloor, name) {
		return ""
	}
	return name
}

// policyRoom is the room of the policy domain that a package belongs to, or
// "" for the domain itself with its store and its suite.
func policyRoom(pkg string) string {
	rest, inside := strings.CutPrefix(pkg, "internal/policy/")
	name, _, _ := strings.Cut(rest, "/")
	if !inside || name == "sqlstore" || name == "policytest" {
		return ""
	}
	return name
}

func list(t *testing.T) (all []listed) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
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
