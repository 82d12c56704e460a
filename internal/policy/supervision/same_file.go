package supervision

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// sameFileDetector finds an attachment that applications of different
// organisations carry, the same to the byte. What many carry is a form.
var sameFileDetector = detector{
	reads: nil, thresholds: map[string]Unit{"crowd": Count}, figures: []string{"uses"}, look: sameFile,
}

func sameFile(ix *Index, r *Rule, c *Case) (found []Finding) {
	for _, file := range c.Files {
		if int64(len(ix.files[file])) > r.n("crowd") {
			continue
		}
		var uses []i18n.Text
		f := Finding{Rule: r}
		orgs := map[ident.CreditCode]bool{}
		for _, id := range ix.files[file] {
			other := ix.cases[id]
			orgs[other.Org] = true
			f.Cases = append(f.Cases, id)
			uses = append(uses, i18n.T("%[1]s 的申报 %[2]s", "application %[2]s of %[1]s", ix.parties.name(string(other.Org)), other.Number))
		}
		if len(orgs) < 2 {
			continue
		}
		f.Reason = r.say(map[string]i18n.Text{"uses": list(uses)})
		found = append(found, f.sealed(append(slices.Clone(f.Cases), file)...))
	}
	return found
}
