package supervision

import (
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// staleCertificateDetector finds a case that rests on a filing, certification
// or finding which had expired on the day of the application, was withdrawn or
// ended, or was corrected since into something else. A renewal heals it.
var staleCertificateDetector = detector{
	reads: []Role{AsUntil, AsStatus, AsCertificate}, required: nil,
	thresholds: map[string]Unit{},
	figures:    []string{"certificate", "object", "used", "what"},
	look:       staleCertificate,
}

func staleCertificate(ix *Index, r *Rule, c *Case) (found []Finding) {
	for _, id := range c.Facts {
		it := ix.facts[id]
		if it == nil || !r.reads(it.Kind) || ix.renewed(r, it, c.Submitted) {
			continue
		}
		because, what, stale := ix.staleness(r, it, c.Submitted)
		if !stale {
			continue
		}
		object := it.Object
		if object == "" {
			object = ix.parties.name(string(it.Subject))
		}
		f := ix.finding(r, c, append([]*item{it}, because...), map[string]i18n.Text{
			"certificate": it.kind.Text, "object": plain(object), "used": plain(c.Number), "what": what})
		found = append(found, f.sealed(c.ID)) // another case may rest on it on a better day
	}
	return found
}

func (r *Rule) reads(kind string) bool {
	return slices.ContainsFunc(r.Reads, func(read Read) bool { return read.Kind == kind })
}

// staleness says why a certificate no longer carries a case that was submitted
// on a day, and which facts say so.
func (ix *Index) staleness(r *Rule, it *item, used clock.Date) (because []*item, what i18n.Text, stale bool) {
	if by := ix.facts[ix.corrected[it.ID]]; by != nil {
		for ix.corrected[by.ID] != "" && ix.facts[ix.corrected[by.ID]] != nil {
			by = ix.facts[ix.corrected[by.ID]]
		}
		switch {
		case by.Withdraws():
			return []*item{by}, spoken("已于 %[1]s撤回", "was withdrawn on %[2]s", by.Occurred), true
		case !sameFinding(it, by):
			return []*item{by}, spoken("已于 %[1]s更正为另一内容", "was corrected into something else on %[2]s", by.Occurred), true
		}
		it = by // a correction of a mere number stands for the original
	}
	if attribute, read := r.readAs(it.Kind, AsUntil); read {
		if until := clock.Date(it.Attributes[attribute]); until != "" && until < used {
			return nil, spoken("有效期到 %[1]s为止", "was valid until %[2]s only", until), true
		}
	}
	if ended := ix.ended(r, it); ended != nil {
		return []*item{ended}, spoken("已于 %[1]s终止", "ended on %[2]s", ended.Occurred), true
	}
	return nil, i18n.Text{}, false
}

// sameFinding reports whether a correction leaves what was found as it was:
// only papers' numbers or the last day differ.
func sameFinding(a, b *item) bool {
	strip := func(it *item) map[string]string {
		out := maps.Clone(it.Attributes)
		for _, p := range it.kind.Papers(&it.Fact) {
			delete(out, p.Attribute)
		}
		delete(out, "until")
		return out
	}
	return a.Object == b.Object && maps.Equal(strip(a), strip(b))
}

// ended finds a later fact that ends the certificate, unless a still later one
// opens it again.
func (ix *Index) ended(r *Rule, it *item) (by *item) {
	for _, read := range r.Reads {
		if read.Kind != it.Kind || read.As != AsStatus {
			continue
		}
		for _, later := range ix.of[it.Subject] {
			if later.day < it.day || later == it || !sameCertificate(it, later, read.Attribute) || !ix.counts(later) {
				continue
			}
			if slices.Contains(read.Values, later.Attributes[read.Attribute]) {
				by = later
			} else if later.day > it.day {
				by = nil
			}
		}
	}
	return by
}

// renewed reports whether another standing certificate of the same thing was
// valid on the day.
func (ix *Index) renewed(r *Rule, it *item, used clock.Date) bool {
	status := ""
	for _, read := range r.Reads {
		if read.Kind == it.Kind && read.As == AsStatus {
			status = read.Attribute
		}
	}
	return slices.ContainsFunc(ix.of[it.Subject], func(other *item) bool {
		if other == it || other.ID == ix.corrected[it.ID] || other.Occurred > used || !sameCertificate(it, other, "") || !ix.counts(other) {
			return false
		}
		if other.Attributes[status] != it.Attributes[status] {
			return false
		}
		_, _, stale := ix.staleness(r, other, used)
		return !stale
	})
}

// sameCertificate reports whether two facts are certificates of one thing: of
// one kind and object, alike in every attribute but the paper's number, the
// last day, and one that may differ.
func sameCertificate(a, b *item, but string) bool {
	if a.Kind != b.Kind || a.Object != b.Object {
		return false
	}
	for _, attribute := range a.kind.Attributes {
		if attribute.Paper || attribute.Name == "until" || attribute.Name == but {
			continue
		}
		if a.Attributes[attribute.Name] != b.Attributes[attribute.Name] {
			return false
		}
	}
	return true
}

// spoken is a sentence with a day in it: %[1]s in Chinese, %[2]s in English.
func spoken(zh, en string, d clock.Date) i18n.Text {
	day := onDay(d)
	return i18n.T(zh, en, day.ZH, day.EN)
}
