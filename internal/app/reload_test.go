package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/regions"
)

// told passes on what the product logs.
type told struct{ messages chan string }

func (t told) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (t told) WithAttrs([]slog.Attr) slog.Handler               { return t }
func (t told) WithGroup(string) slog.Handler                    { return t }
func (t told) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	if strings.Contains(r.Message, "region pack") {
		t.messages <- text
	}
	return nil
}

// An incentive that the pack did not have: it draws on the same bill as the vouchers.
const incentive = `id: 001-3.2-bill
version: 1
document: "001"
clause: 三/(二)
rule_type: payable
name: {zh: 算力账单补贴, en: Subsidy on compute bills}
reading: {zh: 按算力账单的一成补贴。, en: A tenth of the compute bill.}
facts:
  - kind: compute.purchased
    by: [operator, auditor]
    take: sum
    text: {zh: 购买算力, en: Compute bought}
    where: {zh: 智算中心的账单, en: The centre's bill}
conditions:
  - {id: bought, when: compute.purchased.quantity > 0, text: {zh: 买过算力, en: Compute was bought}}
parameters:
  - {path: rate, kind: rate, value: "0.1", set_by: guide, text: {zh: 比例, en: Rate}}
amount:
  - {op: rate_of, base: compute.purchased, rate: rate, text: {zh: 一成, en: A tenth}}
`

const incentiveCases = `measure: 001-3.2-bill
cases:
  - id: tenth
    name: {zh: 一成, en: A tenth}
    on: 2025-06-30
    facts:
      - {kind: compute.purchased, quantity: "1000.00", occurred: 2025-03-01, attested_by: operator}
    expect:
      - {outcome: eligible, amount: "100.00"}
`

// TestReload changes a pack under a running server: a measure added as data is
// in the library and in the matches after one SIGHUP; a pack with a broken
// case, or a file that is no YAML, is refused by name and changes nothing.
func TestReload(t *testing.T) {
	pack := t.TempDir()
	files, err := regions.Open("guizhou")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(pack, files); err != nil {
		t.Fatal(err)
	}
	log := told{make(chan string, 10)}
	server := apptest.Start(t, app.Config{Sandbox: true, Region: pack, Log: slog.New(log)})
	firm := server.As(t, "firm")
	matched := func() bool {
		results := firm.Do("GET", "/organisations/"+string(sandbox.Organisations()[0].Code)+"/matches", nil, http.StatusOK)["results"].([]any)
		return slices.ContainsFunc(results, func(r any) bool { return r.(map[string]any)["measure"] == "001-3.2-bill" })
	}
	put := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(pack, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reload := func(want string) {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		if got := <-log.messages; !strings.Contains(got, want) {
			t.Fatalf("the reload says %q, want %q", got, want)
		}
	}
	if matched() {
		t.Fatal("the measure is there before it was written")
	}
	put("measures/001-3.2-bill.yaml", incentive)
	reload("measures/001-3.2-bill.yaml") // no worked case yet: refused, and named
	if matched() {
		t.Fatal("a measure without cases was taken")
	}
	put("cases/001-3.2-bill.yaml", strings.Replace(incentiveCases, `"100.00"`, `"100.01"`, 1))
	reload("cases/001-3.2-bill.yaml#tenth")
	put("cases/001-3.2-bill.yaml", incentiveCases)
	put("measures/broken.yaml", "id: [")
	reload("measures/broken.yaml:1")
	if matched() {
		t.Fatal("half of a broken pack was taken")
	}
	if err := os.Remove(filepath.Join(pack, "measures/broken.yaml")); err != nil {
		t.Fatal(err)
	}
	reload("was read again")
	if !matched() {
		t.Fatal("the new measure is in no match")
	}
	if found := firm.Do("GET", "/policy/search?q="+"%E8%B4%A6%E5%8D%95%E8%A1%A5%E8%B4%B4", nil, http.StatusOK)["items"].([]any); len(found) == 0 {
		t.Fatal("the new measure is not found")
	}
	firm.Do("GET", "/policy/measures/001-3.2-bill", nil, http.StatusOK)
}
