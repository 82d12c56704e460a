package document

import (
	"regexp"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

const (
	maxHeading = 44 // runes of a heading that runs into its paragraph
	maxLead    = 30 // runes of the opening words that stand in for a heading
)

// title is a clause's heading: its first line when that is no sentence, else
// the first sentence when it is short. A clause without a heading is named by
// its opening words.
func title(own string) string {
	first := own
	if l, ok := firstLine(own); ok {
		first = l.text
	}
	sentence, rest := first, ""
	if at := strings.IndexAny(first, "。；;：:"); at >= 0 {
		sentence, rest = first[:at], first[at:]
	}
	if at := dutyHead.FindStringIndex(sentence + headOf(rest, 64)); at != nil {
		sentence = first[:min(at[0], len(sentence))]
	}
	sentence = strings.TrimFunc(sentence, invisible)
	if runes(sentence) <= maxHeading {
		return sentence
	}
	if at := strings.IndexAny(sentence, "，,"); at > 0 && runes(sentence[:at]) <= maxHeading {
		return sentence[:at]
	}
	return string([]rune(sentence)[:maxLead]) + "…"
}

func firstLine(s string) (line, bool) {
	for at := 0; at < len(s); {
		end := strings.IndexAny(s[at:], "\n\r")
		if end < 0 {
			end = len(s) - at
		}
		if l, ok := trimLine(s, at, at+end); ok {
			return l, true
		}
		at += end + 1
	}
	return line{}, false
}

var (
	titleWord   = regexp.MustCompile(`关于|办法|措施|方案|规定|意见|通知|细则|规划|行动计划|条例|政策|指南|决定|公告|通告|制度|纲要`)
	draftMark   = regexp.MustCompile(`征求意见稿|送审稿|讨论稿|草案|草稿|公开征求意见`)
	trialMark   = regexp.MustCompile(`[（(](?:试行|暂行)[）)]|暂行(?:办法|规定|条例)`)
	onlyBracket = regexp.MustCompile(`^[（(][^（）()]{2,30}[）)]$`)
	annexHeader = regexp.MustCompile(`^附\s*(?:件|录|表)?\s*[0-9一二三四五六七八九十]{0,3}\s*[:：]?`)
	numericDate = regexp.MustCompile(`((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?`)
	pageDate    = regexp.MustCompile(`来源|发布|时间|日期|[0-9]{1,2}:[0-9]{2}|^\D{0,12}(?:19|20)[0-9]{2}[-/.年]`)
)

// readHeading reads what stands around the clauses: the title, the document's
// number, who signed it and when, and the date of the page that carries it.
func (d *Document) readHeading(lines []line, front span) {
	head := lines[front.from:min(front.to, len(lines))]
	d.Title = titleOf(head)
	d.Number = issueAlone(head)
	d.readSignature(lines)
	d.Published = publishedOn(lines)
	d.Trial = trialMark.MatchString(d.Title)
	switch {
	case draftMark.MatchString(d.Title):
		d.Status = Draft
	case d.Number != "" || d.Signed != "":
		d.Status = Issued
	default:
		d.Status = Unknown
	}
}

// titleOf takes the last run of title-like lines above the first paragraph and
// joins them: a title may take several lines, with a bracket such as
// （征求意见稿） on one of its own.
func titleOf(head []line) string {
	end := len(head)
	for i, l := range head {
		if !isTitleLike(l.text) && titled(head[:i]) {
			end = i
			break
		}
	}
	start := end
	for start > 0 && end-start < 6 && isTitleLike(head[start-1].text) && !endsTitle(head[start-1].text, start < end && titled(head[start:end])) {
		start--
	}
	var b strings.Builder
	for _, l := range head[start:end] {
		b.WriteString(l.text)
	}
	if !titleWord.MatchString(b.String()) {
		return ""
	}
	return b.String()
}

// titled reports whether the last lines could be a title.
func titled(lines []line) bool {
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-4; i-- {
		if !isTitleLike(lines[i].text) {
			return false
		}
		if titleWord.MatchString(lines[i].text) && !annexHeader.MatchString(lines[i].text) && !noticeHead.MatchString(lines[i].text) {
			return true
		}
	}
	return false
}

// endsTitle reports whether going up the page, a title cannot go on with this line.
func endsTitle(s string, complete bool) bool {
	return annexHeader.MatchString(s) || noticeHead.MatchString(s) || explainerHead.MatchString(s) || isOrgans(s) ||
		issue.MatchString(s) || (complete && onlyBracket.MatchString(s))
}

// issueAlone finds a document number that stands on a line of its own; those
// in sentences are other documents'.
func issueAlone(head []line) string {
	for _, l := range head {
		if m := issue.FindStringSubmatchIndex(l.text); m != nil && m[0] == 0 && m[1] == len(l.text) {
			return referencesIn(l.text)[0]
		}
	}
	return ""
}

// readSignature takes the first signature with organs above its date.
func (d *Document) readSignature(lines []line) {
	for i, l := range lines {
		if !dateOnly.MatchString(squeeze(l.text)) {
			continue
		}
		first := i
		for first > 0 && i-first < 8 && isOrgans(lines[first-1].text) {
			first--
		}
		if d.Signed == "" {
			d.Signed = isoDate(squeeze(l.text))
		}
		for _, o := range lines[first:i] {
			d.Issuers = append(d.Issuers, strings.FieldsFunc(o.text, invisible)...)
		}
		if len(d.Issuers) > 0 {
			d.Signed = isoDate(squeeze(l.text))
			return
		}
	}
}

// publishedOn reads the date of the carrying page, which stands near its top
// beside a source or a time of day.
func publishedOn(lines []line) clock.Date {
	for _, l := range lines[:min(len(lines), 8)] {
		if runes(l.text) > 80 || dateOnly.MatchString(l.text) || !pageDate.MatchString(l.text) {
			continue
		}
		if m := numericDate.FindString(l.text); m != "" && !issue.MatchString(l.text) {
			return isoDate(m)
		}
	}
	return ""
}

// isoDate writes 2024年3月25日, 2024/4/8 or 二〇二四年三月二十五日 as 2024-03-25;
// "" when it is no date.
func isoDate(s string) clock.Date {
	var year, month, day int
	if m := numericDate.FindStringSubmatch(s); m != nil {
		for i, c := range m[1] {
			year += int(c-'0') * []int{1000, 100, 10, 1}[i]
		}
		month, day = numeral(m[2]), numeral(m[3])
	} else if y, rest, ok := strings.Cut(s, "年"); ok {
		m, d, _ := strings.Cut(rest, "月")
		month, day = numeral(m), numeral(strings.TrimSuffix(d, "日"))
		for _, r := range y {
			value := 0
			if r != '○' {
				value = hanValues[r]
			}
			year = year*10 + value
		}
	}
	pad := func(n int) string { return strings.Repeat("0", max(0, 2-len(decimal(n)))) + decimal(n) }
	date, err := clock.ParseDate(decimal(year) + "-" + pad(month) + "-" + pad(day))
	if err != nil {
		return ""
	}
	return date
}
