package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes any string printable and hides nothing: a line separator becomes
// a newline, a tab or a space of another width a space; what has no shape of its own (control characters,
// the marks that turn the direction of writing, bytes that are no UTF-8) becomes
// U+FFFD, which is printed as a crossed box. Only the selectors of a character's
// variant are dropped, since a face without the variant shows the character.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\t' || unicode.Is(unicode.Zs, r) && r != '\u3000' && r != '\u00A0':
			return ' '
		case unicode.Is(unicode.Variation_Selector, r):
			return -1
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
			return utf8.RuneError
		}
		return r
	}, s)
}

// oneLine is a text for where there are no lines.
func oneLine(s string) string { return strings.ReplaceAll(clean(s), "\n", " ") }

// The characters that may not begin a line, and those that may not end one
// (避头尾). Source: GB/T 15834-2011, clause 5.1, for the Chinese marks.
const (
	neverFirst = "，。、；：？！）〕】》〉」』〗”’·・～－％‰°℃々…—" + ",.;:?!)]}%»›"
	neverLast  = "（〔【《〈「『〖“‘￥＄№" + "([{¥$«‹"
)

// mayBreak reports whether a line may end after a and the next begin with b.
func mayBreak(a, b rune) bool {
	switch {
	case isSpace(b): // a space hangs behind the line's end
		return false
	case strings.ContainsRune(neverFirst, b) || strings.ContainsRune(neverLast, a):
		return false
	case unicode.Is(unicode.M, b): // an accent stays on its letter
		return false
	case isSpace(a):
		return true
	}
	return isHan(a) || isHan(b) || a > 0xFF && a != '’' && strings.ContainsRune(neverFirst, a) || b > 0xFF && strings.ContainsRune(neverLast, b)
}

// isHan reports whether a character stands by itself, as Han characters and
// their marks do, rather than being part of a word or a number.
func isHan(r rune) bool {
	return r >= 0x2E80 && r < 0xFB00 || r >= 0xFE30 && r < 0xFFE8 || r >= 0x1F000 || r >= 0x2460 && r < 0x2800
}

func isSpace(r rune) bool { return r == ' ' || r == '\u3000' }

// line is what stands beside each other: characters as the document's codes.
type line struct {
	codes []uint16
	gaps  []int // the places that may be stretched: before codes[i]
	width int   // of the characters without closing spaces, in 1/1000 em
	last  bool  // of its paragraph: never stretched
}

// lines breaks a text at a width of so many 1/1000 em, the first line of each
// paragraph being shorter by indent. A text without characters is one line.
func (t *fount) lines(s string, width, indent int) (all []line) {
	for paragraph := range strings.SplitSeq(clean(s), "\n") {
		all = append(all, t.paragraph([]rune(paragraph), width, indent)...)
	}
	return all
}

func (t *fount) paragraph(runes []rune, width, indent int) (all []line) {
	start, mark := 0, 0 // of the line, and the last place where it may end
	room, filled, marked := width-indent, 0, 0
	joint, joined := 0, 0 // the last place where a word may be torn that no line holds
	end := func(at, filledThere int) {
		all = append(all, t.line(runes[start:at]))
		start, mark, room, filled = at, at, width, filled-filledThere
	}
	for i, r := range runes {
		if i > start && mayBreak(runes[i-1], r) {
			mark, marked = i, filled
		}
		if i > start && strings.ContainsRune("/-_?&=.", runes[i-1]) {
			joint, joined = i, filled
		}
		w := t.width(r)
		for filled+w > room && i > start && !isSpace(r) {
			switch {
			case mark > start:
				joined -= marked
				end(mark, marked)
			case joint > start:
				end(joint, joined)
			default:
				end(i, filled)
			}
		}
		filled += w
	}
	end(len(runes), filled)
	all[len(all)-1].last = true
	return all
}

// line takes characters into the document's type.
func (t *fount) line(runes []rune) (l line) {
	for i, r := range runes {
		if i > 0 && (isSpace(runes[i-1]) || isHan(runes[i-1]) || isHan(r)) && !isSpace(r) {
			l.gaps = append(l.gaps, i)
		}
		l.codes = append(l.codes, t.code(r))
	}
	end := len(runes)
	for end > 0 && isSpace(runes[end-1]) {
		end--
	}
	for _, r := range runes[:end] {
		l.width += t.width(r)
	}
	return l
}
