package supervision

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldNumber makes alike what people write differently for one paper: full and
// half width, case, blanks, hyphens, brackets. Letters and digits stay, and so
// do Han characters.
func foldNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToUpper(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// companyEndings say what form a company has and not which one it is. The
// longest stand first.
var companyEndings = []string{"股份有限公司", "有限责任公司", "有限公司", "公司"}

// foldName makes alike what people write differently for one organisation.
func foldName(s string) string {
	name := foldNumber(s)
	for _, ending := range companyEndings {
		if short, had := strings.CutSuffix(name, ending); had && short != "" {
			return short
		}
	}
	return name
}

// shortestGuess is the shortest name, in characters, of which one mistyped
// character still leaves no doubt.
const shortestGuess = 5

// withoutOne lists what a name and one that differs from it by a character
// share: the name with each character replaced by a gap, and with each left out.
func withoutOne(name string) (gapped, shorter []string) {
	runes := []rune(name)
	if len(runes) < shortestGuess {
		return nil, nil
	}
	for i := range runes {
		gapped = append(gapped, string(runes[:i])+"\x00"+string(runes[i+1:]))
		shorter = append(shorter, string(runes[:i])+string(runes[i+1:]))
	}
	return gapped, shorter
}
