package paper

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// broken is a text as it stands on lines of so many Han characters.
func broken(text string, characters int) (lines []string) {
	f := newFount(song())
	for _, l := range f.lines(text, characters*1000, 0) {
		lines = append(lines, f.text(l))
	}
	return lines
}

func TestLines(t *testing.T) {
	for _, c := range []struct{ name, text, lines string }{
		{"a line is filled", "给予你单位一次性奖励", "给予你单|位一次性|奖励"},
		{"a full stop begins no line", "给予你单。位", "给予你|单。位"},
		{"nor do two closing marks", "给予你”。位", "给予|你”。位"},
		{"nor a comma, a colon, a per cent sign", "给予你单，位百分之二十％", "给予你|单，位百|分之二|十％"},
		{"an opening mark ends no line", "给予你（单位）", "给予你|（单位）"},
		{"nor a quotation mark or a currency sign", "给予你￥元位“位", "给予你|￥元位|“位"},
		{"a document number's bracket stays with its year", "筑数据〔二〕8号", "筑数据|〔二〕8|号"},
		{"a dash is not torn", "给予你——单位", "给予|你——单|位"},
		{"nor an ellipsis", "给予你……单位", "给予|你……单|位"},
		{"a middle dot begins no line", "阿卜杜拉·买", "阿卜杜|拉·买"},
		{"a word is not torn", "给予Qianmo模型", "给予|Qianmo|模型"},
		{"nor a number", "共计2,345.67元", "共计|2,345.67|元"},
		{"a sign stays with its number", "共计￥1,234元", "共计|￥1,234|元"},
		{"a word longer than a line is", "Llanfairpwllgwyngyll", "Llanfair|pwllgw|yngyll"},
		{"a space hangs behind the line", "给予你单 位", "给予你单 |位"},
		{"an apostrophe is part of its word", "it’s the Bob’s", "it’s |the |Bob’s"},
		{"more closing marks than a line holds", "。。。。。。", "。。。。|。。"},
		{"a new line is one", "给\n\n予", "给||予"},
		{"characters beyond the first plane", "𬭩𬭩𬭩𬭩𬭩", "𬭩𬭩𬭩𬭩|𬭩"},
		{"nothing is one line", "", ""},
	} {
		if got := strings.Join(broken(c.text, 4), "|"); got != c.lines {
			t.Errorf("%s: got %s, want %s", c.name, got, c.lines)
		}
	}
}

// Whatever the text and the width: nothing is lost, no line is too long, and
// no line breaks the rules unless one mark more would not have fitted at all.
func TestLinesOfAnything(t *testing.T) {
	alphabet := []rune("给予你单位，。；：！？”“（）《》〔〕—…·￥%abc19 .,-𬭩é")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 200).Draw(t, "text"))
		width := rapid.IntRange(1, 30).Draw(t, "width")
		f := newFount(song())
		lines := f.lines(text, width*1000, 0)
		var joined strings.Builder
		previous := ""
		for i, l := range lines {
			s := f.text(l)
			joined.WriteString(s)
			if runes := []rune(s); l.width > width*1000 && len(runes) > 1 {
				t.Fatalf("%q is wider than %d characters", s, width)
			}
			if i > 0 {
				before, after := []rune(previous), []rune(s)
				if a, b := before[len(before)-1], after[0]; !mayBreak(a, b) && anyBreak(before) {
					t.Fatalf("%q | %q: a line ends where none may, though it could have ended before", previous, s)
				}
			}
			previous = s
		}
		if joined.String() != text {
			t.Fatalf("%q became %q", text, joined.String())
		}
	})
}

func anyBreak(runes []rune) bool {
	for i := 1; i < len(runes); i++ {
		if mayBreak(runes[i-1], runes[i]) {
			return true
		}
	}
	return false
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"决定书", "决定书"},
		{"a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"a\tb\u2003c\u3000d", "a b c\u3000d"},
		{"\x00\x07\x1b[31m", "\uFFFD\uFFFD\uFFFD[31m"},
		{"付\u202E元001", "付\uFFFD元001"}, // what turns the order of digits is seen
		{"零\u200B宽", "零\uFFFD宽"},
		{"\xff\xfe", "\uFFFD\uFFFD"},
		{"\uE000", "\uFFFD"},
		{"葛\U000E0100", "葛"},
		{"😀", "😀"},
	} {
		if got := clean(c.in); got != c.out {
			t.Errorf("%q: got %q, want %q", c.in, got, c.out)
		}
		if got := clean(c.out); got != c.out {
			t.Errorf("%q is not clean once it is", c.out)
		}
	}
}

// Every mark of the two lists is one that the face can print, and stands once.
func TestMarks(t *testing.T) {
	for _, marks := range []string{neverFirst, neverLast} {
		runes := []rune(marks)
		slices.Sort(runes)
		if len(slices.Compact(slices.Clone(runes))) != len(runes) {
			t.Errorf("%q has a mark twice", marks)
		}
		for _, r := range runes {
			if song().glyph(r) == 0 {
				t.Errorf("the face lacks %q", r)
			}
		}
	}
}
