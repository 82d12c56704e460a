package rule

import (
	"slices"
)

// Reading is one kind of fact that a measure reads, and what of it: enough to
// ask an applicant for it.
type Reading struct {
	Use        *FactUse
	Attributes []string // that a condition, the amount or the purse reads, in the vocabulary's order
	Counts     bool     // the amount or the rank is worked out from it: without one there is nothing to decide on
}

// Readings lists what a measure and its gates read of an organisation's facts,
// in the order in which they are judged. A reference reads what each measure
// that it imports does.
//
// Codes: not_found.
func (p *Plan) Readings(measure string) ([]Reading, error) {
	chosen, err := p.choose([]string{measure}, nil)
	if err != nil {
		return nil, err
	}
	var out []Reading
	for _, i := range chosen {
		pl := &p.planned[i]
		for _, s := range pl.sources {
			src := &p.sources[s]
			if src.use == nil || slices.ContainsFunc(out, func(r Reading) bool { return r.Use.Kind == src.kind }) {
				continue
			}
			out = append(out, Reading{Use: src.use, Attributes: p.attributesRead(pl, src.kind), Counts: p.counts(pl, src)})
		}
	}
	return out, nil
}

// counts reports whether an amount is worked out from a source or, where a
// rank over all applicants sets it, whether the measure itself reads it.
func (p *Plan) counts(pl *planned, src *source) bool {
	if src.use.Absent == "zero" {
		return false
	}
	if len(pl.base) == 0 {
		return slices.ContainsFunc(pl.rules.Facts, func(u FactUse) bool { return u.Kind == src.kind })
	}
	return slices.ContainsFunc(pl.base, func(col int32) bool { return slices.Contains(src.columns, col) })
}

func (p *Plan) attributesRead(pl *planned, kind string) (names []string) {
	k, err := p.Pack.Vocabulary.Kind(kind)
	if err != nil { // the pack would not have loaded
		return nil
	}
	for _, a := range k.Attributes {
		name := kind + "." + a.Name
		if slices.Contains(pl.rules.Purse, name) || slices.ContainsFunc(slices.Concat(pl.reads, pl.base), func(col int32) bool { return p.columns[col].name == name }) {
			names = append(names, a.Name)
		}
	}
	return names
}
