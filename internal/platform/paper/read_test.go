package paper

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
)

// solid is a text without white space, for comparing what lines were made of.
func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func printDocument(t testing.TB, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := NewPress().PDF(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
