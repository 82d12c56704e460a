package evidence

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// The canonical form of what is sealed is a JSON object as RFC 8785 (JSON
// Canonicalization Scheme) writes it, restricted to strings and one level of
// objects of strings: no blanks, members sorted, only the escapes that JSON
// demands, UTF-8. Every member is always there, empty when there is nothing
// to say, so that two facts have equal bytes exactly when they are equal.
// "format" keeps facts and digests apart.
const (
	factFormat   = "qianmo.fact/1"
	digestFormat = "qianmo.digest/1"
)

// SaltSize is the length of a fact's salt in bytes. Without the salt nobody
// can guess a fact from its public leaf.
const SaltSize = 32

// Leaf is what the public log holds of a fact: SHA-256(salt ‖ canonical fact).
type Leaf [sha256.Size]byte

// LeafOf hashes canonical bytes under a salt.
func LeafOf(salt, canonical []byte) Leaf {
	return sha256.Sum256(append(append(make([]byte, 0, len(salt)+len(canonical)), salt...), canonical...))
}

// Canonical returns the deterministic bytes of a normalised fact. Instants are
// RFC 3339 in UTC with six decimals.
func (f Fact) Canonical() []byte {
	b := make([]byte, 0, 512)
	b = append(b, `{"attested_by":`...)
	b = appendString(b, string(f.Attestor))
	b = append(b, `,"attributes":{`...)
	for i, name := range sortedKeys(f.Attributes) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, name)
		b = append(b, ':')
		b = appendString(b, f.Attributes[name])
	}
	b = append(b, '}')
	for _, member := range [...]struct{ name, value string }{
		{"corrects", f.Corrects},
		{"format", factFormat},
		{"id", f.ID},
		{"kind", f.Kind},
		{"kind_version", strconv.Itoa(f.KindVersion)},
		{"object", f.Object},
		{"occurred", string(f.Occurred)},
		{"proof", f.Proof},
		{"quantity", f.Quantity},
		{"recorded", instant(f.Recorded)},
		{"subject", string(f.Subject)},
		{"unit", f.Unit},
	} {
		b = append(b, ',', '"')
		b = append(b, member.name...)
		b = append(b, '"', ':')
		b = appendString(b, member.value)
	}
	return append(b, '}')
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// appendString writes a JSON string as RFC 8785 section 3.2.2.2 demands. The
// names of attributes are plain lower-case ASCII, so sorting their bytes is
// the UTF-16 order that RFC 8785 asks for.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c < 0x20:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return append(b, '"')
}
