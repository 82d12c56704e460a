package supervision

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// samePaperDetector finds one invoice or contract that two organisations claim,
// or that is entered twice.
var samePaperDetector = paperDetector(func(f, g *item) bool { return f.Subject != g.Subject || sameThing(f, g) })

// ownPaperDetector finds one invoice or contract under two objects of one
// organisation. What follows is open question A6, which the case settles
// (overlaps); officers are told all the same.
var ownPaperDetector = paperDetector(func(f, g *item) bool { return f.Subject == g.Subject && !sameThing(f, g) })

// sameThing reports whether two facts are expenses of one kind for one object.
func sameThing(f, g *item) bool { return f.Kind == g.Kind && f.Object == g.Object }

// paperDetector looks for papers under two expenses of which one concerns.
func paperDetector(concerns func(f, g *item) bool) detector {
	return detector{
		reads: []Role{AsPaper, AsIssuer}, required: []Role{AsPaper},
		thresholds: map[string]Unit{"least": Count, "alone": Count, "common": Count, "near": Share},
		figures:    []string{"paper", "number", "count", "uses"},
		look:       func(ix *Index, r *Rule, c *Case) []Finding { return ix.papersTwice(r, c, concerns) },
	}
}

func (ix *Index) papersTwice(r *Rule, c *Case, concerns func(f, g *item) bool) (found []Finding) {
	for _, f := range ix.restsOn(c) {
		attribute, read := r.readAs(f.Kind, AsPaper)
		number := f.Attributes[attribute]
		if !read || number == "" {
			continue
		}
		p := paper{attribute, foldNumber(number), false, false}
		length := int64(utf8.RuneCountInString(p.number))
		if length < r.n("least") {
			continue
		}
		p.alone = length >= r.n("alone")
		p.common = !p.alone && ix.common(r, p)
		claims := ix.claims(r, p, f, concerns)
		if len(claims) < 2 {
			continue
		}
		name, _ := f.kind.Attribute(attribute)
		var uses []i18n.Text
		for _, g := range claims {
			uses = append(uses, ix.use(g))
		}
		found = append(found, ix.finding(r, c, claims, map[string]i18n.Text{
			"paper": name.Text, "number": plain(f.Attributes[attribute]), "count": i18n.T("%d", "%d", len(claims)), "uses": list(uses)}))
	}
	return found
}

// paper is a number with what it is worth.
type paper struct {
	attribute, number string
	alone             bool // unique in the country
	common            bool // many count in this form, so that numbers meet by chance
}

// paperKey finds facts on one number: all of them, or those of one amount, one
// other party, one organisation. Where thousands count HT-2025-001 the narrow
// ones keep the search short.
type paperKey struct{ attribute, number, beside string }

// paperKeys are the places of a fact.
func paperKeys(it *item) (keys []paperKey) {
	for _, p := range it.kind.Papers(&it.Fact) {
		number := foldNumber(p.Number)
		for _, beside := range append([]string{"", besideAmount(it), string(it.Subject)}, it.others...) {
			keys = append(keys, paperKey{p.Attribute, number, beside})
		}
	}
	return keys
}

func besideAmount(it *item) string { return "=" + strconv.FormatInt(it.value, 10) }

// common reports whether more organisations use a number than the rule's form
// of counting explains.
func (ix *Index) common(r *Rule, p paper) bool {
	users := map[ident.CreditCode]bool{}
	for _, it := range ix.papers[paperKey{p.attribute, p.number, ""}] {
		if users[it.Subject] = true; int64(len(users)) > r.n("common") {
			return true
		}
	}
	return false
}

// claims are the facts that claim the expense of one over again, itself among
// them, and again over those: the same list from each of them.
func (ix *Index) claims(r *Rule, p paper, f *item, concerns func(f, g *item) bool) []*item {
	group := []*item{f}
	for next := 0; next < len(group); next++ {
		for _, beside := range p.near(group[next]) {
			for _, g := range ix.papers[paperKey{p.attribute, p.number, beside}] {
				attribute, read := r.readAs(g.Kind, AsPaper)
				if read && attribute == p.attribute && ix.counts(g) && !slices.Contains(group, g) && concerns(group[next], g) && ix.oneExpense(r, p, group[next], g) {
					group = append(group, g)
				}
			}
		}
	}
	slices.SortFunc(group, byDay)
	return group
}

// near says where the facts are that may claim what a fact claims.
func (p paper) near(f *item) []string {
	if p.alone {
		return []string{""}
	}
	return append([]string{besideAmount(f), string(f.Subject)}, f.others...)
}

// oneExpense reports whether two facts on one number claim one expense twice.
func (ix *Index) oneExpense(r *Rule, p paper, f, g *item) bool {
	sameAmount := f.value == g.value
	sameOther := slices.ContainsFunc(f.others, func(key string) bool { return slices.Contains(g.others, key) })
	switch {
	case f == g:
		return false
	case !p.alone && !sameOther && len(f.others) > 0 && len(g.others) > 0:
		return false // contracts with different sellers are different contracts
	case f.Subject != g.Subject && p.common:
		return sameAmount && sameOther
	case f.Subject != g.Subject:
		return p.alone || sameAmount || sameOther && about(f.value, g.value, r.rate("near"))
	case len(ix.standing[f.ID]) == 0 || len(ix.standing[g.ID]) == 0:
		return false // money is asked for one of them only
	case sameThing(f, g): // lines of one invoice, instalments of one contract
		return sameAmount && (p.alone || f.day == g.day) && !otherPaper(f, g)
	}
	return p.alone || sameAmount
}

// about reports whether two amounts differ by no more than a share of the larger.
func about(a, b int64, share money.Rate) bool {
	return !exceeds(max(a, b), share.Den-share.Num, min(a, b), share.Den)
}

// otherPaper reports whether two facts carry different papers of one kind,
// which tells instalments from a double.
func otherPaper(f, g *item) bool {
	for _, p := range f.kind.Papers(&f.Fact) {
		if other := g.Attributes[p.Attribute]; other != "" && foldNumber(other) != foldNumber(p.Number) {
			return true
		}
	}
	return false
}

// use says who claims a fact for what.
func (ix *Index) use(it *item) i18n.Text {
	what := it.kind.Text
	if it.Object != "" {
		what = i18n.T("%[1]s“%[2]s”", "%[3]s %[2]q", it.kind.Text.ZH, it.Object, it.kind.Text.EN)
	}
	day := onDay(it.Occurred)
	return i18n.T("%[1]s（%[2]s，%[4]s，%[6]s 元）", "%[1]s (%[3]s, %[5]s, %[6]s yuan)",
		ix.parties.name(string(it.Subject)), what.ZH, what.EN, day.ZH, day.EN, money.Fen(it.value).Grouped())
}
