package document

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// style is a way to number clauses; a lower style holds the higher ones.
type style int

// The styles of Chinese official documents, outermost first (GB/T 9704-2012,
// 7.3.3 orders 一、 （一） 1. （1）).
const (
	part        style = iota // 第一编, 第一部分
	chapter                  // 第一章
	section                  // 第一节
	article                  // 第一条
	han                      // 一、
	hanArticle               // 第一条 below 一、
	hanParen                 // （一）
	arabic                   // 1.
	arabicParen              // （1）
	circled                  // ①
	ordinal                  // 一是; read in an explainer only
)

// marker is a clause's number at the head of a line.
type marker struct {
	style  style
	n      int
	number string // the digits alone: "五", "12", "①"
	width  int    // bytes up to the clause's own words
	unit   string // 编, 部分, 章, 节 or 条, where the marker names one
}

const hanDigits = `[一二三四五六七八九十百]{1,5}`

var (
	nthMarker     = regexp.MustCompile(`^第(` + hanDigits + `|[0-9]{1,3})(编|部分|章|节|条)[、.．:：]?`)
	hanMarker     = regexp.MustCompile(`^(` + hanDigits + `)\s?[、.．]`)
	parenMarker   = regexp.MustCompile(`^[（(]\s?(?:(` + hanDigits + `)|([0-9]{1,2}))\s?[)）][、.．]?`)
	halfMarker    = regexp.MustCompile(`^([0-9]{1,2})[)）][、.．]?`)
	arabicMarker  = regexp.MustCompile(`^([0-9]{1,3})\s?[.．、]`)
	ordinalMarker = regexp.MustCompile(`^([一二三四五六七八九十]{1,3})是`)

	// A list such as 一、二、三产业 or 3、4月 opens like a marker and is none.
	moreHan    = regexp.MustCompile(`^` + hanDigits + `[、至到和]`)
	digitFirst = regexp.MustCompile(`^[0-9０-９]`)
	// 1.5G网络 and 1.2025年 are clause 1 with a heading that opens with a figure.
	figureHeading = regexp.MustCompile(`^(?:[2-6]G|(?:19|20)[0-9]{2}年)`)
	fileName      = regexp.MustCompile(`^[0-9A-Za-z_]{1,8}$`)
	address       = regexp.MustCompile(`^(?:https?:|www\.)`)
	contentsLine  = regexp.MustCompile(`[.．…·]{3,}\s*[0-9]{1,4}$`)
)

// markerOf reads the number at the head of a line, if there is one. Its first
// character says which style it can be.
func markerOf(s string) (marker, bool) {
	first, _ := utf8.DecodeRuneInString(s)
	var m marker
	ok := false
	switch {
	case first == '第':
		m, ok = readNth(s)
	case first == '（' || first == '(':
		m, ok = readParen(s)
	case first >= '0' && first <= '9':
		m, ok = readArabic(s)
	case strings.ContainsRune("一二三四五六七八九十百", first):
		m, ok = readHan(s)
	default:
		m, ok = readEnclosed(s)
	}
	return m, ok && !contentsLine.MatchString(tailOf(s, 48))
}

func readNth(s string) (marker, bool) {
	g := nthMarker.FindStringSubmatch(s)
	if g == nil {
		return marker{}, false
	}
	styles := map[string]style{"编": part, "部分": part, "章": chapter, "节": section, "条": article}
	m, ok := newMarker(styles[g[2]], g[1], g[0])
	m.unit = g[2]
	return m, ok
}

func readParen(s string) (marker, bool) {
	g := parenMarker.FindStringSubmatch(s)
	switch {
	case g == nil:
		return marker{}, false
	case g[1] != "":
		return newMarker(hanParen, g[1], g[0])
	}
	return newMarker(arabicParen, g[2], g[0])
}

func readArabic(s string) (marker, bool) {
	if g := halfMarker.FindStringSubmatch(s); g != nil {
		return newMarker(arabicParen, g[1], g[0])
	}
	if g := arabicMarker.FindStringSubmatch(s); g != nil && headingFollows(s[len(g[0]):]) {
		return newMarker(arabic, g[1], g[0])
	}
	return marker{}, false
}

func readHan(s string) (marker, bool) {
	if g := hanMarker.FindStringSubmatch(s); g != nil && !moreHan.MatchString(s[len(g[0]):]) {
		return newMarker(han, g[1], g[0])
	}
	if g := ordinalMarker.FindStringSubmatch(s); g != nil {
		return newMarker(ordinal, g[1], g[0])
	}
	return marker{}, false
}

// headingFollows tells "5.支持…" from "1.5倍", "2024.3", "3.html" and a list
// of addresses.
func headingFollows(rest string) bool {
	if digitFirst.MatchString(rest) {
		return figureHeading.MatchString(rest)
	}
	rest = strings.TrimLeftFunc(rest, invisible)
	return !fileName.MatchString(rest) && !address.MatchString(rest)
}

func newMarker(st style, number, whole string) (marker, bool) {
	n := numeral(number)
	return marker{style: st, n: n, number: number, width: len(whole)}, n > 0
}

// readEnclosed reads the numbers that are one character: ① ⑴ ⒈ ㈠.
func readEnclosed(s string) (marker, bool) {
	r, size := utf8.DecodeRuneInString(s)
	for _, run := range []struct {
		first, last rune
		style       style
	}{
		{'①', '⑳', circled},
		{'⑴', '⒇', arabicParen},
		{'⒈', '⒛', arabic},
		{'㈠', '㈩', hanParen},
	} {
		if r < run.first || r > run.last {
			continue
		}
		n := int(r-run.first) + 1
		number := decimal(n)
		switch run.style {
		case hanParen:
			number = hanNumeral(n)
		case circled:
			number = string(r)
		}
		return marker{style: run.style, n: n, number: number, width: size}, true
	}
	return marker{}, false
}

// segment is the marker as paths and citations write it: 二, (三), 5, 第六条.
// Brackets stay, in half width, since 二 and (二) are different levels; stops
// go. Articles keep their 第…条: they run on across chapters and are cited so.
func (m marker) segment() string {
	switch {
	case m.unit != "":
		return "第" + m.number + m.unit
	case m.style == hanParen || m.style == arabicParen:
		return "(" + m.number + ")"
	}
	return m.number
}

// cited is the segment as a citation has it: 导读四一是.
func (m marker) cited() string {
	if m.style == ordinal {
		return m.number + "是"
	}
	return m.segment()
}
