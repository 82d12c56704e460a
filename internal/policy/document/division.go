package document

import (
	"regexp"
	"strings"
)

// division is a stretch of the file with a numbering of its own.
type division int

const (
	body      division = iota
	annex              // 附件
	explainer          // 导读, 政策解读
)

var (
	explainerHead = regexp.MustCompile(`^(?:[【\[]?(?:导读|解读|政策解读|起草说明|编制说明)[】\]]?[:：]?|.{2,60}(?:解读(?:材料|稿|方案)?|起草说明|编制说明|一图读懂|政策问答))$`)
	noticeHead    = regexp.MustCompile(`(?:印发|发布|公布|下达|转发|关于).{2,120}的通知[)）]?$`)
	fullTextHead  = regexp.MustCompile(`^(?:附|附件|正文|原文|全文|政策原文|政策全文|文件全文)\s*[:：]?\s*$|^附(?:件)?\s*[:：].{0,100}$|全文如下[:：]?$`)
	annexAlone    = regexp.MustCompile(`^附\s*(?:件|录)\s*(?:[0-9一二三四五六七八九十]{0,3})\s*[:：]?$`)
	annexList     = regexp.MustCompile(`^附\s*(?:件|录)?\s*(?:[0-9一二三四五六七八九十]{0,3})\s*[:：]\s*(.{2,120})$`)
	contentsHead  = regexp.MustCompile(`^目\s*录$`)

	furniture = regexp.MustCompile(`^(?:(?:信息)?来源\s*[:：]|本文来源|本文(?:系|为)|原标题|版权|免责|责任编辑|(?:编辑|编审|审核|校对|记者)\s*[:：]|相关(?:阅读|链接|文件|附件|稿件|解读)|分享(?:到|至)|打印|关闭窗口|【(?:打印|关闭|本文|字体|来源)|` +
		`附件下载|扫一扫|上一篇|下一篇|网站地图|主办(?:单位)?\s*[:：]|抄送\s*[:：]|返回(?:顶部|首页)|展开全部|热门评论|网友评论|声明\s*[:：]|[（(]?此件(?:公开|主动|依申请)|联系(?:人|电话|方式)\s*[:：]|[（(]联系人)`)

	dateOnly = regexp.MustCompile(`^(?:[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[二〇○零一二三四五六七八九十]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)$`)

	// closing is the last, unnumbered paragraph of a measure: when it takes
	// force, for how long, who interprets it.
	closingHead = regexp.MustCompile(`^(?:本|自|以上|此前|原|各|上述)`)
	closingSays = regexp.MustCompile(`自.{1,24}起.{0,6}(?:施行|执行|实施|生效)|有效期|负责解释|以本.{1,6}为准`)
)

// organ ends the name of a body that signs or answers for something.
var organ = regexp.MustCompile(`(?:人民政府|政府|办公室|办公厅|委员会|管委会|管理局|监管局|工作局|创新局|[局厅委部院办署]|银行|分行|集团|公司|中心|学院|大学|法院|检察院|联席会议|领导小组)$`)

const sentenceMarks = "。；;！？!?"

// signatureLines finds dates that stand alone and the names of organs right
// above them: a signature, no clause's words.
func signatureLines(lines []line) map[int]bool {
	signed := make(map[int]bool)
	for i, l := range lines {
		if !dateOnly.MatchString(squeeze(l.text)) {
			continue
		}
		signed[i] = true
		for j := i - 1; j >= 0 && j >= i-8 && isOrgans(lines[j].text); j-- {
			signed[j] = true
		}
	}
	return signed
}

// isOrgans reports whether a line is only the names of organs.
func isOrgans(s string) bool {
	if runes(s) > 80 || strings.ContainsAny(s, sentenceMarks+"，,:：") {
		return false
	}
	if _, numbered := markerOf(s); numbered {
		return false
	}
	for name := range strings.FieldsFuncSeq(s, invisible) {
		if !organ.MatchString(name) || runes(name) < 3 {
			return false
		}
	}
	return true
}

// contentsLines finds the entries of a table of contents (目录), which repeat
// the headings that follow. Without a repetition there is no table.
func contentsLines(lines []line) map[int]bool {
	listed := make(map[int]bool)
	for i, l := range lines {
		if !contentsHead.MatchString(l.text) || i+1 >= len(lines) {
			continue
		}
		first := lines[i+1].text
		for j := i + 2; j < len(lines); j++ {
			if lines[j].text == first {
				for k := i + 1; k < j; k++ {
					listed[k] = true
				}
				break
			}
		}
		break // one table a file
	}
	return listed
}

// isTitleLike reports whether a line could be part of a title: short, and not
// a sentence.
func isTitleLike(s string) bool {
	return runes(s) <= 60 && !strings.ContainsAny(s, sentenceMarks+"，,:：") && !dateOnly.MatchString(squeeze(s)) && !furniture.MatchString(s)
}
