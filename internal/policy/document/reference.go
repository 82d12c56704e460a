package document

import (
	"cmp"
	"regexp"
	"slices"
	"unicode/utf8"
)

var (
	// issue is a document number (发文字号): 黔科通〔2024〕25号, in any brackets
	// and with stray spaces.
	issue = regexp.MustCompile(`(\p{Han}{1,14})\s?[〔\[［（(【]\s?((?:19|20)[0-9]{2})\s?[〕\]］）)】]\s?第?\s?([0-9]{1,5})\s?号`)
	// leading words that are not part of the number's own prefix
	leadsIssue = regexp.MustCompile(`^.*?(?:依据|根据|按照|参照|执行|印发|落实|依照|以及|详见|参见|文件|和|与|及|见|按|的)`)

	// clauseRef is a clause of this or another document.
	clauseRef = regexp.MustCompile(`(?:本(?:办法|措施|政策|方案|规定|细则|意见|通知))?第(?:` + hanDigits + `|[0-9]{1,3})条(?:第(?:` + hanDigits + `|[0-9]{1,2})款)?(?:第[（(]?(?:` + hanDigits + `|[0-9]{1,2})[）)]?项)?`)
)

// mention is one reference and where it stands.
type mention struct {
	at   int
	text string
}

// referencesIn lists what a clause leans on, in order and once each: titles
// (《…》, also those inside a title), document numbers and clauses.
func referencesIn(own string) []string {
	mentions := titlesIn(own)
	for _, m := range issue.FindAllStringSubmatchIndex(own, -1) {
		prefix := own[m[2]:m[3]]
		if lead := leadsIssue.FindString(prefix); len(lead) < len(prefix) {
			prefix = prefix[len(lead):]
		}
		mentions = append(mentions, mention{m[0], prefix + "〔" + own[m[4]:m[5]] + "〕" + own[m[6]:m[7]] + "号"})
	}
	for _, m := range clauseRef.FindAllStringIndex(own, -1) {
		mentions = append(mentions, mention{m[0], own[m[0]:m[1]]})
	}
	slices.SortStableFunc(mentions, func(a, b mention) int { return cmp.Compare(a.at, b.at) })

	list, seen := []string{}, map[string]bool{}
	for _, m := range mentions {
		if s := squeeze(m.text); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}

// titlesIn finds 《…》. A title inside another is listed too, since it is the
// document that a notice carries; it may be written 《》, 〈〉 or <>.
func titlesIn(own string) []mention {
	const maxTitle = 400 // bytes; a mark without its partner is not a title
	var titles []mention
	var starts []int
	for at, r := range own {
		switch r {
		case '《', '〈', '<':
			if len(starts) < 4 && (r == '《' || len(starts) > 0) {
				starts = append(starts, at)
			}
		case '》', '〉', '>':
			if len(starts) == 0 {
				continue
			}
			start := starts[len(starts)-1]
			starts = starts[:len(starts)-1]
			_, open := utf8.DecodeRuneInString(own[start:])
			if name := own[start+open : at]; name != "" && len(name) <= maxTitle {
				titles = append(titles, mention{start, "《" + name + "》"})
			}
		case '\n':
			starts = starts[:0]
		}
	}
	return titles
}
