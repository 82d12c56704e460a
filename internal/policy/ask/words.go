package ask

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A text is cut into units: overlapping pairs of Han characters, and Latin
// words without their endings. Pairs need no dictionary of Chinese words.

// run is a stretch of Han characters, or one Latin word.
type run struct {
	text string
	han  bool
}

// alike has one word for what the documents and people say in several: 002 calls
// 智算券 what others call 算力券.
var alike = strings.NewReplacer("算力券", "智算券", "采购", "购买", "购置", "购买", "公司", "企业")

func runs(text string) (out []run) {
	var b strings.Builder
	han := false
	flush := func() {
		if b.Len() > 0 {
			out = append(out, run{b.String(), han})
			b.Reset()
		}
	}
	for _, r := range alike.Replace(strings.ToLower(norm.NFKC.String(text))) {
		switch is := unicode.Is(unicode.Han, r); {
		case !is && !unicode.IsLetter(r):
			flush()
		case is != han:
			flush()
			han = is
			fallthrough
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

// units are the units of a text, each once.
func units(text string) map[string]bool {
	out := map[string]bool{}
	for _, r := range runs(text) {
		if !r.han {
			out[stem(r.text)] = true
			continue
		}
		for _, p := range pairs(r.text) {
			out[p] = true
		}
	}
	return out
}

func pairs(text string) (out []string) {
	chars := []rune(text)
	for i := range len(chars) - 1 {
		out = append(out, string(chars[i:i+2]))
	}
	return out
}

// stem takes common endings off, so that training finds train.
func stem(word string) string {
	for _, ending := range []string{"ies", "ing", "es", "ed", "s", "e", "y"} {
		if cut, ok := strings.CutSuffix(word, ending); ok && len(cut) >= 3 {
			return cut
		}
	}
	return word
}

// content cuts a question into what it is about: the words that only ask are
// taken out. known reports whether the library has a pair of characters: 给 asks,
// and belongs to 供给 where the library has that.
func content(question string, known func(pair string) bool) (out []run) {
	for _, r := range runs(question) {
		if !r.han {
			if len(r.text) > 1 && !asking[r.text] {
				out = append(out, r)
			}
			continue
		}
		text := r.text
		for _, w := range particles {
			text = strings.ReplaceAll(text, w, " ")
		}
		for _, w := range common {
			text = strings.ReplaceAll(text, w, " "+w+" ")
		}
		for _, part := range strings.Fields(withoutSingle(text, known)) {
			if len([]rune(part)) > 1 {
				out = append(out, run{part, true})
			}
		}
	}
	return out
}

// withoutSingle takes out the particles of one character that stand in no word
// of the library.
func withoutSingle(text string, known func(pair string) bool) string {
	chars := []rune(text)
	for i, r := range chars {
		inside := i > 0 && known(string(chars[i-1:i+1])) || i+1 < len(chars) && known(string(chars[i:i+2]))
		if strings.ContainsRune(single, r) && !inside {
			chars[i] = ' '
		}
	}
	return string(chars)
}

// particles ask, join or point, and name no subject: longer ones first.
var particles = strings.Fields(`
	什么时候 什么时间 能不能 可不可以 有没有 是不是 要不要 多少钱 多长时间 怎么样 怎么办 什么样 为什么 想知道 请问一下 多少天 有什么 是什么 在哪里
	请问 怎么 怎样 如何 多少 什么 哪些 哪里 哪个 多久 何时 几天 几个 可以 可否 能否 是否 需要 应该 我们 你们 他们 咱们 本公司 贵司 公司 我的 有关 关于 一下 如果 还是 以及 或者 因为 所以 但是 没有 最高 最多 最低 最少`)

// single are particles of one character, which also stand inside words.
const single = "吗呢吧啊的了我你他它有是在和与及或能会要想让把被给对从到拿领谁哪几这那么就都也还请才可各每里谈做去"

// asking are the English words of the same kind.
var asking = setOf(`a an and any are as at be been but by can could do does did for from get give given has have how i if in into is it its
	long many may me might much must my no not of on or our shall should so some than that the their them then there these they this those to
	was we were what when where which who whom whose why will with would you your about please tell company firm most least`)

// common words stand in nearly every measure and tell none apart.
var common = strings.Fields(`
	政策 措施 支持 补助 补贴 奖励 资金 申报 申请 项目 企业 单位 条件 标准 金额 年度 规定 办法 文件 贵阳 贵安 贵州
	measure polic support award subsid grant mone fund appl application project enterpris condition amount year rule guiyang guian gui guizhou`)

var general = setOf(strings.Join(common, " "))

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
