package document

import (
	"regexp"
	"strings"
)

// Number is one figure that a clause states. Nothing is multiplied out: 500
// and 万元 stay apart, as the document has them.
type Number struct {
	Text       string     `json:"text"`  // raw: "1000 万元"
	Value      string     `json:"value"` // a decimal in ASCII digits: "1000"; a ratio: "1:1"
	Unit       string     `json:"unit"`  // as written: "万元"; "" for ratios and ranks
	Comparator Comparator `json:"comparator"`
	Kind       NumberKind `json:"kind"`
}

// Comparator says how the figure bounds what it measures.
type Comparator string

// The comparators, with the words that mean them. 以上, 以下 and 以内 include
// the figure, 超过 and 不满 do not (Civil Code of China, article 1259).
const (
	Equal   Comparator = "eq"
	AtLeast Comparator = "ge" // 达 达到 不低于 不少于 至少 以上
	Above   Comparator = "gt" // 突破 超过 高于
	AtMost  Comparator = "le" // 不超过 最高 以内 以下; a rank (前20)
	Below   Comparator = "lt" // 不足 低于 不满
)

// NumberKind tells quantities from figures that have no unit.
type NumberKind string

// The kinds of figures.
const (
	Quantity NumberKind = "quantity"
	Ratio    NumberKind = "ratio" // 1∶1
	Rank     NumberKind = "rank"  // 前20
)

const (
	digits = `[0-9０-９]+(?:[,，][0-9]{3})*(?:[.．][0-9０-９]+)?`
	units  = `个百分点|百分点|万亿元|亿元|千万元|百万元|万元|千元|元|万千瓦时|千瓦时|亿千瓦时|万千瓦|千瓦|兆瓦|` +
		`[EPTG]flops|[EPTG]FLOPS|[EPT]Flops|[EPTGM]B|[GM]bps|MW|GW|kW|` +
		`平方公里|平方米|万平方米|公里|公斤|吨|亩|公顷|标准机架|机架|机柜|` +
		`个月|个工作日|工作日|小时|分钟|年度|年|月|日|天|周|季度|` +
		`万个|万家|万人|万人次|人次|个|家|项|名|位|户|人|件|条|款|处|次|批|倍|套|台|张|卡|所|支|座|场|类|种|成|级|分|万|亿|[%％‰]`
	space     = `[\s\x{a0}\x{2002}\x{3000}]?`
	hanNumber = `[一二两三四五六七八九十百]{1,4}`
)

var (
	// figure reads a range, a ratio, a rank or a quantity, first match first.
	figure = regexp.MustCompile(`(` + digits + `)` + space + `(` + units + `)?` + space + `[—–~～至-]{1,2}` + space + `(` + digits + `)` + space + `(` + units + `)` +
		`|(` + digits + `)` + space + `[∶:：]` + space + `(` + digits + `)` +
		`|(前)` + space + `(` + digits + `)` +
		`|(` + digits + `)` + space + `(` + units + `)?` +
		`|百分之(` + hanNumber + `)` +
		`|(` + hanNumber + `)(年|个月|个工作日|天|倍|周年)`)

	// notFigures are digits that name something: dates, document numbers,
	// articles, titles, addresses.
	notFigures = regexp.MustCompile(`(?:19|20)[0-9]{2}\s?(?:年|[—–~～-]{1,2}\s?(?:19|20)[0-9]{2}\s?年?)(?:\s?[0-9]{1,2}月(?:\s?[0-9]{1,2}日)?)?(?:底|末|初)?` +
		`|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|(?:19|20)[0-9]{2}[.．][0-9]{1,2}月|[0-9]{1,2}月[0-9]{1,2}日` +
		`|[〔\[［（(【][0-9]{4}[〕\]］）)】]\s?第?\s?[0-9]+\s?号|第\s?[0-9]+\s?(?:条|款|项|章|节|号|期|届|批|次|年|季度)` +
		`|https?://[^\s，。]+|《[^《》]{0,200}》|[0-9]+[、.．]\s`)

	ratioCue = regexp.MustCompile(`(?:比例|配比|按|比)[^，。；,;]{0,12}$`)
	rankCue  = regexp.MustCompile(`(?:排|名|位|居|列|列入|综合)[^，。；,;]{0,8}$`)

	longTerm = regexp.MustCompile(`(?:有效期|期限|为期|不超过|不少于|不低于|至少|满|最长|最高)(?:限)?(?:为)?$`)
)

// The words before a figure, most negative first: 不超过 holds 超过.
var before = []struct {
	words *regexp.Regexp
	means Comparator
}{
	{cue(`不超过|不高于|不多于|不大于|不突破|不得超过|至多|最多|最高|最长|上限`), AtMost},
	{cue(`不低于|不少于|不小于|不得低于|不得少于|至少|最低|不短于`), AtLeast},
	{cue(`不足|不满|不到|未达到?|低于|少于|小于|未满`), Below},
	{cue(`超过|突破|高于|大于|多于|逾|超`), Above},
	{cue(`达到|达|满`), AtLeast},
}

// cue matches the words right before a figure; verbs of giving may stand
// between, as in 最高给予500万元.
func cue(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?:` + words + `)可?(?:给予|奖励|补助|补贴|资助|支持|达到?|为|至)?(?:人民币)?约?` + space + `$`)
}

// limits reach over what they limit: 不超过实际投入的20%.
var limits = []struct {
	words *regexp.Regexp
	means Comparator
}{
	{limit(`不超过|不高于|不多于|不得超过|至多|最多|最高`), AtMost},
	{limit(`不低于|不少于|不得低于|不得少于|至少`), AtLeast},
}

func limit(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?:` + words + `)[^，。；、：,;:0-9按部]{1,16}$`)
}

var after = []struct {
	words *regexp.Regexp
	means Comparator
}{
	{regexp.MustCompile(`^\s?及?以上\s?[（(]不含`), Above},
	{regexp.MustCompile(`^\s?及?以[下内]\s?[（(]不含`), Below},
	{regexp.MustCompile(`^\s?(?:[（(]含[^（）()]{0,8}[）)])?\s?及?(?:以上|或以上|起)`), AtLeast},
	{regexp.MustCompile(`^\s?(?:[（(]含[^（）()]{0,8}[）)])?\s?及?(?:以下|以内|之内|或以下)`), AtMost},
}

// numbersIn reads the figures of a clause's own words in their order.
func numbersIn(own string) []Number {
	found := []Number{}
	text := mask(own)
	for _, m := range figure.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, readFigure(own, text, m)...)
	}
	return found
}

// mask blanks what only looks like a figure, keeping every offset.
func mask(own string) string {
	return notFigures.ReplaceAllStringFunc(own, func(s string) string { return strings.Repeat("\x01", len(s)) })
}

// The groups of figure.
const (
	rangeFrom, rangeFromUnit, rangeTo, rangeToUnit = 1, 2, 3, 4
	ratioLeft, ratioRight                          = 5, 6
	rankWord, rankDigits                           = 7, 8
	plainDigits, plainUnit                         = 9, 10
	hundredths                                     = 11
	hanDigitsGroup, hanUnit                        = 12, 13
)

func readFigure(own, text string, m []int) []Number {
	group := func(g int) string {
		if m[2*g] < 0 {
			return ""
		}
		return own[m[2*g]:m[2*g+1]]
	}
	head, tail := tailOf(text[:m[0]], window), headOf(text[m[1]:], window)
	whole := Number{Text: own[m[0]:m[1]], Kind: Quantity}
	switch {
	case group(rangeFrom) != "":
		if glued(text, m[0], m[1]) {
			return nil
		}
		unit := group(rangeFromUnit)
		if unit == "" {
			unit = group(rangeToUnit)
		}
		low, high := whole, whole
		low.Value, low.Unit, low.Comparator = plain(group(rangeFrom)), unit, AtLeast
		high.Value, high.Unit, high.Comparator = plain(group(rangeTo)), group(rangeToUnit), AtMost
		return []Number{low, high}
	case group(ratioLeft) != "":
		if !strings.Contains(whole.Text, "∶") && !ratioCue.MatchString(head) && !strings.HasPrefix(tail, "的比例") {
			return nil
		}
		whole.Value, whole.Kind, whole.Comparator = plain(group(ratioLeft))+":"+plain(group(ratioRight)), Ratio, Equal
		return []Number{whole}
	case group(rankWord) != "":
		if !rankCue.MatchString(head) && !strings.HasPrefix(tail, "名") && !strings.HasPrefix(tail, "位") {
			return nil
		}
		whole.Value, whole.Kind, whole.Comparator = plain(group(rankDigits)), Rank, AtMost
		return []Number{whole}
	case group(hundredths) != "":
		whole.Value, whole.Unit = decimal(numeral(group(hundredths))), "%"
	case group(hanDigitsGroup) != "":
		if !longTerm.MatchString(head) {
			return nil // 五年行动 is a name
		}
		whole.Value, whole.Unit = decimal(numeral(group(hanDigitsGroup))), group(hanUnit)
	default:
		if glued(text, m[0], m[1]) {
			return nil
		}
		whole.Value, whole.Unit = plain(group(plainDigits)), group(plainUnit)
	}
	comparator, said := comparatorOf(head, tail)
	if whole.Unit == "" && !said {
		return nil // a bare figure names something: 12345热线
	}
	whole.Comparator = comparator
	return []Number{whole}
}

// glued reports whether Latin letters touch the figure: IPv6, 5G, 4K.
func glued(text string, from, to int) bool {
	return (from > 0 && (latin(text[from-1]) || text[from-1] == '.')) ||
		(to < len(text) && latin(text[to]) && !strings.HasSuffix(text[from:to], "%"))
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// window is how many bytes around a figure are looked at for words that bound
// it; a fixed number keeps reading linear.
const window = 72

// comparatorOf reads the words around a figure; those after it are nearer to
// it in sense (达到10个以上 is ≥, 不超过5年以内 is ≤).
func comparatorOf(head, tail string) (Comparator, bool) {
	if !strings.ContainsAny(head, "不至达突超满逾高低长大多少小最未上") && !strings.ContainsAny(headOf(tail, 12), "以起之或（(") {
		return Equal, false // most figures: no need to try the patterns
	}
	for _, a := range after {
		if a.words.MatchString(tail) {
			return a.means, true
		}
	}
	for _, b := range before {
		if b.words.MatchString(head) {
			return b.means, true
		}
	}
	for _, b := range limits {
		if b.words.MatchString(head) {
			return b.means, true
		}
	}
	return Equal, false
}

// plain turns written digits into a decimal.
func plain(s string) string { return strings.NewReplacer(",", "", "，", "").Replace(narrow(s)) }

// tailOf and headOf cut to n bytes. A cut character does no harm: patterns
// match whole ones.
func tailOf(s string, n int) string { return s[max(0, len(s)-n):] }
func headOf(s string, n int) string { return s[:min(len(s), n)] }
