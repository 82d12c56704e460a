package supervision

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Index (索引) is what detectors look into, kept in memory and brought up to
// date as facts are written and cases change. It is a function of the set of
// facts, organisations and cases that it was given, whatever their order. It
// is not safe for concurrent use.
type Index struct {
	rules *Rules

	facts     map[string]*item
	corrected map[string]string             // fact -> the fact that corrects it
	of        map[ident.CreditCode][]*item  // by organisation, in order
	papers    map[paperKey][]*item          // by number and what speaks beside it (same_paper.go)
	contacts  map[string][]*item            // by fingerprint
	relations map[string][]*item            // by the party that they name
	series    map[series]*figures           // what sudden figures are compared with
	cases     map[string]*Case              // by id
	standing  map[string][]string           // fact -> cases that rest on it, sorted
	caseOf    map[ident.CreditCode][]string // sorted
	files     map[string][]string           // SHA-256 -> cases, sorted
	parties   parties
	guesses   int  // facts that name a party of whom we are not sure
	renamed   bool // a name came after such facts: they are read again
}

// item is a fact with what is compared often.
type item struct {
	evidence.Fact
	day    int64 // since 1970
	kind   evidence.Kind
	value  int64    // fen for CNY, else hundredths of the quantity
	others []string // whom it names as the other party, by key; more than one in doubt
	sure   bool     // it is in no doubt
}

// NewIndex returns an empty index for rules.
func NewIndex(rules *Rules) *Index {
	ix := &Index{rules: rules, facts: map[string]*item{}, corrected: map[string]string{}, of: map[ident.CreditCode][]*item{}, papers: map[paperKey][]*item{},
		contacts: map[string][]*item{}, relations: map[string][]*item{}, series: map[series]*figures{}, cases: map[string]*Case{}, standing: map[string][]string{},
		caseOf: map[ident.CreditCode][]string{}, files: map[string][]string{}, parties: newParties()}
	for _, r := range rules.Rules {
		for _, read := range r.Reads {
			if read.As == AsFigure {
				ix.series[series{read.Kind, read.Attribute}] = &figures{}
			}
		}
	}
	return ix
}

// FactKinds lists the kinds that any rule reads.
func (rs *Rules) FactKinds() []string {
	var kinds []string
	for _, r := range rs.Rules {
		for _, read := range r.Reads {
			kinds = append(kinds, read.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// AddFact takes a fact in, once. A correction takes its original out, in
// whichever order the two come.
func (ix *Index) AddFact(f evidence.Fact) {
	if ix.facts[f.ID] != nil {
		return
	}
	kind, err := evidence.CurrentVocabulary().Kind(f.Kind)
	if err != nil {
		return // of a vocabulary to come
	}
	it := &item{Fact: f, day: dayNumber(f.Occurred), kind: kind, value: valueOf(&f, ""), sure: true}
	if text := f.Attributes[ix.rules.party(f.Kind)]; text != "" {
		if it.others, it.sure = ix.parties.whom(text); !it.sure {
			ix.guesses++
		}
	}
	ix.facts[f.ID] = it
	ix.of[f.Subject] = inserted(ix.of[f.Subject], it)
	for _, key := range paperKeys(it) {
		ix.papers[key] = inserted(ix.papers[key], it)
	}
	switch f.Kind {
	case kindContact:
		ix.contacts[f.Attributes["fingerprint"]] = inserted(ix.contacts[f.Attributes["fingerprint"]], it)
	case kindRelated:
		for _, party := range it.others {
			ix.relations[party] = inserted(ix.relations[party], it)
		}
	}
	ix.addFigure(it)
	if f.Corrects != "" {
		ix.corrected[f.Corrects] = f.ID
		if original := ix.facts[f.Corrects]; original != nil {
			ix.forget(original)
		}
	}
}

// inserted keeps a list by day, then id.
func inserted(list []*item, it *item) []*item {
	at, _ := slices.BinarySearchFunc(list, it, byDay)
	return slices.Insert(list, at, it)
}

func byDay(a, b *item) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.ID, b.ID)) }

// stands reports whether a fact is neither corrected nor a withdrawal.
func (ix *Index) stands(it *item) bool {
	return ix.corrected[it.ID] == "" && !it.Withdraws()
}

// counts reports whether money may rest on a fact: it stands, and not on the
// applicant's own word.
func (ix *Index) counts(it *item) bool { return ix.stands(it) && it.kind.Counts(it.Attestor) }

// AddOrganisation makes a name known, so that a seller given by name is found.
func (ix *Index) AddOrganisation(code ident.CreditCode, name string) {
	if ix.parties.add(code, name) && ix.guesses > 0 {
		ix.renamed = true
	}
}

// settle reads the facts again when names became known after facts that may
// mean them.
func (ix *Index) settle() {
	if !ix.renamed {
		return
	}
	facts := ix.facts
	fresh := NewIndex(ix.rules)
	fresh.parties, fresh.cases, fresh.standing, fresh.caseOf, fresh.files = ix.parties, ix.cases, ix.standing, ix.caseOf, ix.files
	for _, it := range facts {
		fresh.AddFact(it.Fact)
	}
	*ix = *fresh
}

// PutCase takes a case in, or its new state in place of an earlier one, and
// reports whether anything is new.
func (ix *Index) PutCase(c Case) bool {
	c.Facts, c.Files = unique(c.Facts), unique(c.Files)
	if known := ix.cases[c.ID]; known != nil {
		was := *known
		known.Version, was.Version = c.Version, c.Version
		if reflect.DeepEqual(was, c) {
			return false
		}
	}
	ix.DropCase(c.ID)
	ix.cases[c.ID] = &c
	ix.caseOf[c.Org] = withID(ix.caseOf[c.Org], c.ID)
	for _, f := range c.Facts {
		ix.standing[f] = withID(ix.standing[f], c.ID)
	}
	for _, f := range c.Files {
		ix.files[f] = withID(ix.files[f], c.ID)
	}
	return true
}

// versionOf is the version of a case that was read last, 0 for an unknown one.
func (ix *Index) versionOf(id string) int64 {
	if c := ix.cases[id]; c != nil {
		return c.Version
	}
	return 0
}

// DropCase forgets a case, which was refused or withdrawn, and reports whether
// it was known.
func (ix *Index) DropCase(id string) bool {
	c := ix.cases[id]
	if c == nil {
		return false
	}
	delete(ix.cases, id)
	ix.caseOf[c.Org] = withoutID(ix.caseOf[c.Org], id)
	for _, f := range c.Facts {
		ix.standing[f] = withoutID(ix.standing[f], id)
	}
	for _, f := range c.Files {
		ix.files[f] = withoutID(ix.files[f], id)
	}
	return true
}

func withID(ids []string, id string) []string {
	at, there := slices.BinarySearch(ids, id)
	if there {
		return ids
	}
	return slices.Insert(ids, at, id)
}

func withoutID(ids []string, id string) []string {
	at, there := slices.BinarySearch(ids, id)
	if !there {
		return ids
	}
	return slices.Delete(ids, at, at+1)
}

// restsOn returns the counting facts under a case, by day.
func (ix *Index) restsOn(c *Case) []*item {
	out := make([]*item, 0, len(c.Facts))
	for _, id := range c.Facts {
		if it := ix.facts[id]; it != nil && ix.counts(it) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, byDay)
	return out
}

// sellers are the other side of a purchase as a rule reads it, more than one
// in doubt, none when the fact is no purchase.
func (ix *Index) sellers(r *Rule, it *item) []string {
	if _, read := r.readAs(it.Kind, AsSeller); !read {
		return nil
	}
	return it.others
}

// sellersOf lists the sellers of purchases, those in no doubt alone where there
// are any.
func (ix *Index) sellersOf(r *Rule, bought []*item) (sure []string) {
	var guessed []string
	for _, it := range bought {
		to := &guessed
		if it.sure {
			to = &sure
		}
		for _, seller := range ix.sellers(r, it) {
			*to = withID(*to, seller)
		}
	}
	for _, seller := range guessed {
		if !slices.ContainsFunc(bought, func(it *item) bool { return it.sure && slices.Contains(it.others, seller) }) {
			sure = withID(sure, seller)
		}
	}
	return sure
}

// from are the purchases from one seller.
func (ix *Index) from(r *Rule, seller string, bought []*item) (out []*item) {
	for _, it := range bought {
		if slices.Contains(ix.sellers(r, it), seller) {
			out = append(out, it)
		}
	}
	return out
}

func dayNumber(d clock.Date) int64 {
	const secondsADay = 24 * 60 * 60
	t := d.Time()
	_, offset := t.Zone()
	return (t.Unix() + int64(offset)) / secondsADay
}

// casesOf lists an organisation's cases.
func (ix *Index) casesOf(org string) []string { return ix.caseOf[ident.CreditCode(org)] }
