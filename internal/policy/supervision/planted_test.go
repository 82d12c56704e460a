package supervision_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/policy/supervision"
	"github.com/qianmo/qianmo/internal/policy/supervision/supervisiontest"
)

// shipped are the rules of the region pack that the product ships.
func shipped(t testing.TB) *supervision.Rules {
	t.Helper()
	rules, err := supervision.LoadRules(os.DirFS("../../../regions/guizhou"))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// TestPlantedFraudsAreFound is the promise of the issue: forty frauds among ten
// thousand clean cases, at least 38 found in the way that they were done, fewer
// than one clean case in a hundred alarmed, whatever the year.
func TestPlantedFraudsAreFound(t *testing.T) {
	rules := shipped(t)
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			const clean = 10_000
			p := supervisiontest.Invent(seed, clean)
			if len(p.Frauds) != 40 || len(p.Clean) != clean {
				t.Fatalf("%d frauds among %d clean cases", len(p.Frauds), len(p.Clean))
			}
			ix := supervision.NewIndex(rules)
			loaded := time.Now()
			p.Load(ix)
			began := time.Now()
			found := ix.DetectAll()
			t.Logf("%d facts loaded in %v, %d cases looked at in %v", len(p.Facts), began.Sub(loaded), len(p.Cases), time.Since(began))
			judge(t, p, found)
		})
	}
}

// judge counts, strictly: an alarm on a clean case is false even where a fraud
// stands on the other side of it.
func judge(t *testing.T, p *supervisiontest.Population, found []supervision.Finding) {
	t.Helper()
	alarmed := map[string][]supervision.Kind{}
	falseBy := map[supervision.Kind]map[string]bool{}
	for _, f := range found {
		for _, id := range f.Cases {
			alarmed[id] = append(alarmed[id], f.Rule.Kind)
			if p.Clean[id] {
				if falseBy[f.Rule.Kind] == nil {
					falseBy[f.Rule.Kind] = map[string]bool{}
				}
				falseBy[f.Rule.Kind][id] = true
			}
		}
	}
	hits, falls := 0, 0
	for _, fraud := range p.Frauds {
		if slices.ContainsFunc(fraud.Cases, func(id string) bool { return slices.Contains(alarmed[id], fraud.Kind) }) {
			hits++
			continue
		}
		t.Logf("missed: %s (%s) %v", fraud.Story, fraud.Kind, fraud.Cases)
	}
	for id := range p.Clean {
		if len(alarmed[id]) > 0 {
			falls++
		}
	}
	for kind, ids := range falseBy {
		t.Logf("false by %s: %d", kind, len(ids))
	}
	t.Logf("%d of %d frauds found, %d of %d clean cases alarmed (%.2f%%)", hits, len(p.Frauds), falls, len(p.Clean), float64(falls)*100/float64(len(p.Clean)))
	if hits < 38 {
		t.Errorf("only %d of %d frauds found", hits, len(p.Frauds))
	}
	if falls*100 >= len(p.Clean) {
		t.Errorf("%d of %d clean cases alarmed", falls, len(p.Clean))
	}
}
