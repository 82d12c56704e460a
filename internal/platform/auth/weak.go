package auth

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

//go:embed common_passwords.txt
var commonText string

// common reads the embedded list once.
var common = sync.OnceValue(func() (lists struct{ whole, words map[string]bool }) {
	lists.whole, lists.words = map[string]bool{}, map[string]bool{}
	into := lists.whole
	for line := range strings.Lines(commonText) {
		switch line = strings.TrimSpace(line); {
		case line == "words" && len(lists.words) == 0:
			into = lists.words
		case line != "" && !strings.HasPrefix(line, "#"):
			into[line] = true
		}
	}
	return lists
})

// Acceptable checks a new password by NIST SP 800-63B section 5.1.1.2: long
// enough, any characters, and none that guessers try first: common ones,
// repetitions and runs, and context words (login, names) with little added.
// The fields of its fault are at path.
//
// Codes: invalid.
func Acceptable(path string, password Secret, context ...string) error {
	var c fault.Collector
	text := strings.ToLower(norm.NFKC.String(string(password)))
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		c.Add(path, "含有无法存储的字符", "contains characters that cannot be stored")
	case n < MinPassword:
		c.Add(path, "至少 %d 个字符，可以用一句话", "at least %d characters; a sentence is fine", MinPassword)
	case n > MaxPassword:
		c.Add(path, "最多 %d 个字符", "at most %d characters", MaxPassword)
	case isCommon(text):
		c.Add(path, "太常见，容易被猜到：请换一个，例如几个不相干的词", "too common and easily guessed: take another, such as a few unrelated words")
	case isPattern(text):
		c.Add(path, "只是重复或连续的字符，容易被猜到", "only a repetition or a run of characters, easily guessed")
	case isContext(text, append(context, "qianmo", "黔模")):
		c.Add(path, "基本上是登录名、姓名、机构名或系统名，容易被猜到", "little more than the login, a name, the organisation or the product, easily guessed")
	}
	return c.Err()
}

// isCommon also sees through digits and signs around one or two common words,
// and through 0 for o and the like.
func isCommon(text string) bool {
	lists := common()
	if lists.whole[text] {
		return true
	}
	core := letters(unleet.Replace(strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })))
	if lists.words[core] {
		return true
	}
	for i := 4; i+4 <= len(core); i++ {
		if lists.words[core[:i]] && lists.words[core[i:]] {
			return true
		}
	}
	return core == "" && utf8.RuneCountInString(text) < 12 // digits and signs alone: dates, telephone numbers
}

var unleet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// keyboard has the runs that fingers make.
const keyboard = "1234567890 0987654321 qwertyuiopasdfghjklzxcvbnm mnbvcxzlkjhgfdsapoiuytrewq 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p 1q2w3e4r5t6y7u8i9o0p"

func isPattern(text string) bool {
	runes := []rune(text)
	for period := 1; period <= 4 && period < len(runes); period++ {
		if repeats(runes, period) {
			return true
		}
	}
	return steps(runes, 1) || steps(runes, -1) || strings.Contains(keyboard, text)
}

func repeats(runes []rune, period int) bool {
	for i := period; i < len(runes); i++ {
		if runes[i] != runes[i-period] {
			return false
		}
	}
	return true
}

func steps(runes []rune, by rune) bool {
	for i := 1; i < len(runes); i++ {
		if runes[i]-runes[i-1] != by {
			return false
		}
	}
	return true
}

// isContext reports whether taking a context word out leaves under six characters.
func isContext(text string, words []string) bool {
	for _, word := range words {
		word = strings.ToLower(norm.NFKC.String(word))
		if utf8.RuneCountInString(word) < 2 || len(word) < 4 || !strings.Contains(text, word) {
			continue
		}
		if utf8.RuneCountInString(strings.ReplaceAll(text, word, "")) < 6 {
			return true
		}
	}
	return false
}
