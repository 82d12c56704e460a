package rule

import (
	"regexp"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// celComplaints pairs what CEL says of a condition with words of ours; %s is
// the first thing that CEL names.
var celComplaints = []struct {
	pattern *regexp.Regexp
	zh, en  string
}{
	{regexp.MustCompile(`^undefined field '(.*)'`), "没有字段“%s”：见词汇表", "there is no field %q: see the vocabulary"},
	{regexp.MustCompile(`^undeclared reference to '(.*)'`), "没有“%s”这个名字或函数：条件只用事实、ruling、param、比较和 matches", "there is no name or function %q: conditions have facts, ruling, param, comparisons and matches"},
	{regexp.MustCompile(`^found no matching overload for '(.*)' applied to`), "两边的类型不合，不能用 %s：金额是以分计的整数，文字加引号", "the types do not fit %s: money is a whole number of fen, a text stands in quotes"},
	{regexp.MustCompile(`^invalid int literal()`), "整数%s超出 64 位", "the whole number%s is out of 64 bits"},
	{regexp.MustCompile(`^Syntax error: (.*)`), "写法不对：请检查括号、引号和运算符（%s）", "it cannot be read: check brackets, quotes and operators (%s)"},
	{regexp.MustCompile(`(?s)^expression code point size exceeds limit: size: (\d+)`), "条件有 %s 个字符，上限 2000：请拆成几条", "the condition has %s characters, at most 2000: make several of it"},
	{regexp.MustCompile(`(?i)recursion limit exceeded()`), "条件嵌套太深%s：请拆成几条", "the condition is nested too deep%s: make several of it"},
	{regexp.MustCompile(`^invalid matches argument()`), "matches 的正则表达式不对%s：请用 RE2 写法", "the pattern of matches is wrong%s: write it as RE2 has it"},
	{regexp.MustCompile(`(?i)regex.*program size()`), "matches 的正则表达式太大%s：请写得更简单", "the pattern of matches is too large%s: write a simpler one"},
}

// complaint is what is wrong with a condition, and where in it when CEL knows.
func complaint(message string, line, column int) error {
	zh, en := "条件不对", "The condition is wrong"
	place := []any{}
	if line > 0 {
		zh, en = "条件在第 %d 行第 %d 列不对", "The condition is wrong at line %d, column %d"
		place = append(place, line, column)
	}
	for _, c := range celComplaints {
		if m := c.pattern.FindStringSubmatch(message); m != nil {
			return fault.Newf(fault.Invalid, zh+"："+c.zh+"。", en+": "+c.en+".", append(place, m[1])...)
		}
	}
	return fault.Newf(fault.Invalid, zh+"：%s。", en+": %s.", append(place, strings.TrimSuffix(message, "."))...)
}
