package supervision_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/supervision"
	"github.com/qianmo/qianmo/internal/policy/supervision/supervisiontest"
)

var sameFindings = []cmp.Option{cmpopts.IgnoreFields(supervision.Finding{}, "Rule"), cmpopts.EquateEmpty()}

// TestFindingsDoNotDependOnTheOrder feeds one year in any order, a part of it
// before a first look, names last or first, and finds the same.
func TestFindingsDoNotDependOnTheOrder(t *testing.T) {
	rules := shipped(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := supervisiontest.Invent(rapid.Uint64Range(0, 1<<20).Draw(rt, "year"), 50)
		whole := supervision.NewIndex(rules)
		p.Load(whole)
		want := whole.DetectAll()

		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 1))
		ix := supervision.NewIndex(rules)
		var acts []func()
		for code, name := range p.Names {
			acts = append(acts, func() { ix.AddOrganisation(code, name) })
		}
		for _, f := range p.Facts {
			acts = append(acts, func() { ix.AddFact(f) })
		}
		for _, c := range p.Cases {
			acts = append(acts, func() { ix.PutCase(c) })
		}
		r.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
		looks := rapid.IntRange(0, 3).Draw(rt, "looks between")
		for i, act := range acts {
			if looks > 0 && i%(len(acts)/looks+1) == 0 {
				ix.DetectAll()
			}
			act()
		}
		if diff := cmp.Diff(want, ix.DetectAll(), sameFindings...); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestOneCaseAtATimeFindsWhatAllDo looks at each case by itself.
func TestOneCaseAtATimeFindsWhatAllDo(t *testing.T) {
	p := supervisiontest.Invent(7, 400)
	ix := supervision.NewIndex(shipped(t))
	p.Load(ix)
	byKey := map[string]map[string]bool{}
	for _, c := range p.Cases {
		for _, f := range ix.Detect(c.ID) {
			for _, id := range f.Cases {
				if byKey[f.Key] == nil {
					byKey[f.Key] = map[string]bool{}
				}
				byKey[f.Key][id] = true
			}
		}
	}
	for _, f := range ix.DetectAll() {
		for _, id := range f.Cases {
			if !byKey[f.Key][id] {
				t.Errorf("%s is not found from %s", f.Reason.EN, id)
			}
		}
		delete(byKey, f.Key)
	}
	if len(byKey) > 0 {
		t.Errorf("found one at a time only: %v", byKey)
	}
}

// TestAStrangerChangesNothing adds a clean case of somebody who has nothing to
// do with anybody, and finds nothing new.
func TestAStrangerChangesNothing(t *testing.T) {
	rules := shipped(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := supervisiontest.Invent(rapid.Uint64Range(0, 1<<20).Draw(rt, "year"), 30)
		ix := supervision.NewIndex(rules)
		p.Load(ix)
		want := ix.DetectAll()
		body := "91520199W9999X999"
		code := ident.CreditCode(body + string(ident.CreditCheck(body)))
		f, err := evidence.Fact{ID: "stranger", Kind: "cost.model_construction", Subject: code, Object: "m", Attestor: evidence.Auditor, Occurred: "2025-05-05",
			Quantity: rapid.StringMatching(`[1-9][0-9]{3,7}\.[0-9]{2}`).Draw(rt, "cost"), Attributes: map[string]string{"model": "m", "invoice": "99" + rapid.StringMatching(`[0-9]{18}`).Draw(rt, "invoice")}}.Normalise()
		if err != nil {
			rt.Fatal(err)
		}
		ix.AddOrganisation(code, "从未见过的一家机构")
		ix.AddFact(f)
		ix.PutCase(supervision.Case{ID: "stranger", Number: "QM-0", Org: code, Measure: "002-2", Year: 2025, Submitted: "2025-10-20", Facts: []string{"stranger"}, Files: []string{"stranger"}})
		if diff := cmp.Diff(want, ix.DetectAll(), sameFindings...); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestDroppingACaseUndoesIt leaves the index as if the case had never been.
func TestDroppingACaseUndoesIt(t *testing.T) {
	p := supervisiontest.Invent(3, 200)
	ix := supervision.NewIndex(shipped(t))
	p.Load(ix)
	want := ix.DetectAll()
	extra := supervision.Case{ID: "extra", Number: "QM-x", Org: p.Cases[0].Org, Measure: "002-6", Year: 2025, Submitted: "2025-10-20", Facts: p.Cases[1].Facts, Files: p.Cases[2].Files}
	if !ix.PutCase(extra) || ix.PutCase(extra) {
		t.Fatal("a case is new once")
	}
	ix.DetectAll()
	if !ix.DropCase("extra") || ix.DropCase("extra") {
		t.Fatal("a case goes once")
	}
	if diff := cmp.Diff(want, ix.DetectAll(), sameFindings...); diff != "" {
		t.Fatal(diff)
	}
}

// BenchmarkOneMore is a new fact and a submitted application against a full
// year: well under a millisecond.
func BenchmarkOneMore(b *testing.B) {
	p := supervisiontest.Invent(1, 10_000)
	ix := supervision.NewIndex(shipped(b))
	p.Load(ix)
	ix.DetectAll()
	began := time.Now()
	for i := 0; b.Loop(); i++ {
		c := p.Cases[i%len(p.Cases)]
		f := p.Facts[i%len(p.Facts)]
		f.ID, f.Corrects, f.Occurred = "more-"+f.ID+string(rune('a'+i/len(p.Facts))), "", "2025-10-21"
		ix.AddFact(f)
		ix.Detect(c.ID)
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/float64(b.N), "µs/check")
}
