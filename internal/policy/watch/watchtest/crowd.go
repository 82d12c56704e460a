package watchtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// objects is how many objects of a class an organisation may have facts of: one,
// a few, or very many.
func objects(org int) int {
	switch {
	case org%100 == 0:
		return 12
	case org%10 == 0:
		return 4
	}
	return 1
}

// Crowd is as many invented organisations as one likes. Nothing of them is kept
// but what changed: an organisation's facts are drawn again from the seed each
// time that they are asked for. An eighth of what measures ask for is missing;
// one organisation in ten has a few objects of a class, one in a hundred many.
// Change must not be called beside Input.
type Crowd struct {
	seed     uint64
	versions map[slot]uint32
}

// slot is where an organisation has one fact, or none.
type slot struct{ org, kind, object int32 }

// NewCrowd draws organisations.
func NewCrowd(seed uint64) *Crowd { return &Crowd{seed: seed, versions: map[slot]uint32{}} }

// Code is the credit code of an organisation.
func Code(org int) ident.CreditCode {
	first := fmt.Sprintf("91520115MA%07d", org)
	return ident.CreditCode(first + string(ident.CreditCheck(first)))
}

// Input is an organisation with all its facts, as rules read it.
func (c *Crowd) Input(org int) rule.Input {
	in := rule.Input{Subject: evidence.Subject{Code: Code(org), Kind: evidence.Enterprise}, On: Day, Guide: Year, Facts: make([]evidence.Fact, 0, 2*len(kinds))}
	for k := range kinds {
		n := 1
		if kinds[k].class != "" {
			n = objects(org)
		}
		for object := range n {
			if f, there := c.fact(slot{int32(org), int32(k), int32(object)}, in.Subject.Code); there {
				in.Facts = append(in.Facts, f)
			}
		}
	}
	return in
}

// Change draws one fact of an organisation again, and names its kind.
func (c *Crowd) Change(org, pick int) (kind string) {
	k := pick % len(kinds)
	s := slot{int32(org), int32(k), 0}
	if kinds[k].class != "" {
		s.object = int32(pick / len(kinds) % objects(org))
	}
	c.versions[s]++
	return kinds[k].name
}

// fact draws what stands in a slot; often nothing, where it is not the first object.
func (c *Crowd) fact(s slot, code ident.CreditCode) (f evidence.Fact, there bool) {
	k := &kinds[s.kind]
	rng := rand.New(rand.NewPCG(c.seed<<32^uint64(s.org), uint64(s.kind)<<40|uint64(s.object)<<32|uint64(c.versions[s])))
	missing := 7
	if s.object > 0 {
		missing = 60
	}
	if rng.IntN(100) < missing {
		return f, false
	}
	f = evidence.Fact{ID: fmt.Sprintf("f%d-%d-%d-%d", s.org, s.kind, s.object, c.versions[s]), Kind: k.name, KindVersion: 1, Subject: code, Quantity: "1", Unit: evidence.UnitCount,
		Occurred: clock.Date([]string{"2024-11-05", "2025-03-01", "2025-06-30"}[rng.IntN(3)]), Attestor: k.attestor, Attributes: make(map[string]string, len(k.attributes)+1)}
	if rng.IntN(50) == 0 {
		f.Attestor = evidence.Applicant
	}
	if k.money {
		f.Quantity, f.Unit = money.Fen(rng.Int64N(50_000_000_00)).String(), evidence.UnitCNY
	}
	if k.class != "" {
		f.Object = fmt.Sprintf("%s-%d", k.class, s.object)
		f.Attributes[k.class] = f.Object
	}
	for _, a := range k.attributes {
		if rng.IntN(100) >= 6 {
			f.Attributes[a.name] = a.values[rng.IntN(len(a.values))]
		}
	}
	return f, true
}
