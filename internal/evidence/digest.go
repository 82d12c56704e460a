package evidence

import (
	"regexp"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Digest is a named value of another book, such as the hash that heads the
// ledger's journal. Sealed in the log beside the facts, it makes a consistent
// edit of that book show.
type Digest struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`  // "ledger.head"
	Value    string    `json:"value"` // opaque to evidence
	Recorded time.Time `json:"recorded"`
}

// SealedDigest is a digest with its place in the log.
type SealedDigest struct {
	Digest
	Index *uint64 `json:"index"` // nil until sealed
}

var digestName = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,63}$`)

// Validate reports every fault of the digest.
//
// Codes: invalid.
func (d Digest) Validate() error {
	var bad fault.Collector
	if !digestName.MatchString(d.Name) {
		bad.Add("name", "“%s”不是摘要名称：用小写字母、数字、点和下划线。", "%q is no name of a digest: lower-case letters, digits, dots and underscores.", clip(d.Name))
	}
	bad.Merge("value", checkFilled(d.Value))
	return bad.Err()
}

// Canonical returns the deterministic bytes of a digest; see the format's
// description in canonical.go.
func (d Digest) Canonical() []byte {
	b := []byte(`{"format":"` + digestFormat + `"`)
	for _, member := range [...]struct{ name, value string }{
		{"id", d.ID}, {"name", d.Name}, {"recorded", instant(d.Recorded)}, {"value", d.Value},
	} {
		b = append(b, `,"`+member.name+`":`...)
		b = appendString(b, member.value)
	}
	return append(b, '}')
}
