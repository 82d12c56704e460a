package rule

import (
	"os"
	"testing"
)

// guizhou loads the shipped pack.
func guizhou(t testing.TB) *Pack {
	t.Helper()
	p, err := LoadPack(os.DirFS("../../../regions/guizhou"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGuizhouLoads(t *testing.T) {
	p := guizhou(t)
	if _, err := p.Plan(2025, 2025); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Plan(0, 2025); err != nil {
		t.Fatal(err)
	}
}

// TestGuizhouChecks runs `region check` on the shipped pack.
func TestGuizhouChecks(t *testing.T) {
	report := guizhou(t).Check()
	for _, p := range report.Problems {
		t.Errorf("%s %s: %s", p.Level, p.Where, p.Message.EN)
	}
	if report.Cases < 100 {
		t.Errorf("%d cases: too few to prove anything", report.Cases)
	}
}
