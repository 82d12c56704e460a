package rule

import (
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
)

// BenchmarkAssess assesses the worked case of 002-2 against every measure.
func BenchmarkAssess(b *testing.B) {
	p := guizhou(b)
	var in Input
	for i := range p.Cases {
		if p.Cases[i].Measure == "002-2" && p.Cases[i].ID == "topped-up" {
			in, _ = p.Cases[i].Input()
		}
	}
	in.Measures = nil
	in.Subject.Kind = evidence.Enterprise
	plan, err := p.Plan(2025, 2025)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := plan.Assess(in); err != nil {
			b.Fatal(err)
		}
	}
}
