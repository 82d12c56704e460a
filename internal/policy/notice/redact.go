package notice

import (
	"regexp"
	"strings"
)

// What is personal never leaves in a text that people typed: a citizen's
// number, a mobile number, a mail address, a bank card. The rules are plain on
// purpose: a false alarm costs a project its digits, a miss a person's privacy
// (Personal Information Protection Law, articles 5 and 6; Regulation on
// Disclosure of Government Information, article 15).
var personal = []*regexp.Regexp{
	regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`),
	regexp.MustCompile(`[1-9]\d{5}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx]`), // citizen's number, GB 11643
	regexp.MustCompile(`(?:\d[ -]?){15,18}\d`),                                    // bank card
	regexp.MustCompile(`(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d){8}`),                   // mobile number
	regexp.MustCompile(`0\d{2,3}[ -]?\d{7,8}`),                                    // fixed line
}

const struckOut = "●●●"

// Redact strikes out what is personal in a text.
func Redact(text string) string {
	text = narrow(text)
	for _, p := range personal {
		text = p.ReplaceAllString(text, struckOut)
	}
	return text
}

// narrow writes full-width digits, letters and signs as plain ones, so that no
// number hides behind its width.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' && (r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' || r == '＠' || r == '．' || r == '－' || r == '＋') {
			return r - '！' + '!'
		}
		return r
	}, text)
}
