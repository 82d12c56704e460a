package httpapi

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// translator turns huma's own English answers (validation, unreadable bodies)
// into the product's problem body.
type translator struct{ phrases []phrase }

type phrase struct {
	pattern *regexp.Regexp
	zh      string // ${1} is the first argument of the English sentence
}

// humaPhrases pairs huma's sentences (as formats) with Chinese ones.
var humaPhrases = [][2]string{
	{validation.MsgUnexpectedProperty, "不认识这一项，请删去"},
	{validation.MsgExpectedRFC3339DateTime, "应为时刻，例如 2025-10-22T09:00:00+08:00"},
	{validation.MsgExpectedRFC3339Date, "应为日期，例如 2025-10-22"},
	{validation.MsgExpectedRFC5322Email, "应为电子邮箱地址"},
	{validation.MsgExpectedRFC3986URI, "应为网址"},
	{validation.MsgExpectedMatchAtLeastOneSchema, "不符合任何一种允许的写法"},
	{validation.MsgExpectedMatchExactlyOneSchema, "应恰好符合一种允许的写法"},
	{validation.MsgExpectedBoolean, "应为 true 或 false"},
	{validation.MsgExpectedNumber, "应为数字"},
	{validation.MsgExpectedInteger, "应为整数"},
	{validation.MsgExpectedString, "应为文字"},
	{validation.MsgExpectedBase64String, "应为 Base64 编码"},
	{validation.MsgExpectedArray, "应为列表"},
	{validation.MsgExpectedObject, "应为对象"},
	{validation.MsgExpectedArrayItemsUnique, "列表中不能有重复项"},
	{validation.MsgExpectedOneOf, "只能是以下之一：${1}"},
	{validation.MsgExpectedMinimumNumber, "不能小于 ${1}"},
	{validation.MsgExpectedExclusiveMinimumNumber, "应大于 ${1}"},
	{validation.MsgExpectedMaximumNumber, "不能大于 ${1}"},
	{validation.MsgExpectedExclusiveMaximumNumber, "应小于 ${1}"},
	{validation.MsgExpectedNumberBeMultipleOf, "应为 ${1} 的整数倍"},
	{validation.MsgExpectedMinLength, "至少 ${1} 个字符"},
	{validation.MsgExpectedMaxLength, "最多 ${1} 个字符"},
	{validation.MsgExpectedBePattern, "格式不对，应为：${1}"},
	{validation.MsgExpectedMatchPattern, "格式不对，应符合 ${1}"},
	{validation.MsgExpectedMinItems, "至少 ${1} 项"},
	{validation.MsgExpectedMaxItems, "最多 ${1} 项"},
	{validation.MsgExpectedMinProperties, "至少 ${1} 项"},
	{validation.MsgExpectedMaxProperties, "最多 ${1} 项"},
	{validation.MsgExpectedRequiredProperty, "缺少 ${1}"},
	{validation.MsgExpectedDependentRequiredProperty, "填了 ${2} 就必须填 ${1}"},
	{"required %s parameter is missing", "缺少这个参数"},
	{"unknown query parameter", "不认识这个查询参数，请删去"},
	{"expected at most one value, but received multiple values", "只能有一个值"},
	{"invalid integer", "应为整数"},
	{"invalid float", "应为数字"},
	{"invalid boolean", "应为 true 或 false"},
	{"invalid date/time for format %s", "应为时刻"},
	{"request body is required", "请求缺少正文"},
	{"request body is too large limit=%d bytes", "请求正文超过 ${1} 字节的上限"},
	{"request body read timeout", "读取请求正文超时，请重试"},
	{"validation failed", "内容不正确，请按提示修改后重试。"},
	{"unknown content type: %s", "不支持的内容类型 ${1}，请用 application/json"},
	{"cannot read multipart form: %s", "无法读取上传的表单，请用 multipart/form-data 重新上传"},
	{"File required", "缺少文件，请选择一个文件"},
	{"Multiple files received but only one was expected", "一次只能传一个文件"},
	{jsonBroken, "第 ${1} 行第 ${2} 列起不是有效的 JSON：请检查括号、引号和逗号"},
	{jsonCutOff, "JSON 在第 ${1} 行第 ${2} 列中断：请发送完整内容"},
	{jsonTrailing, "第 ${1} 行第 ${2} 列起，JSON 之后还有多余内容：只发送一个值"},
	{jsonDoubled, "第 ${2} 行第 ${3} 列的键 ${1} 写了两次：请只留一个"},
	{jsonDeep, "第 ${2} 行第 ${3} 列嵌套超过 ${1} 层"},
	{jsonNumber, "第 ${2} 行第 ${3} 列的数 ${1} 超出范围"},
	{jsonEncoding, "第 ${1} 行第 ${2} 列不是 UTF-8：请用 UTF-8 编码"},
	{jsonNUL, "不能含有空字符（U+0000）"},
	{"invalid: %s is not a whole number of fen.", "${1} 不是以分为单位的整数，或超出 64 位"},
}

// plainer says in better English what huma says in its own.
var plainer = map[string]string{
	"validation failed":   "Some values are wrong: correct them as told and try again.",
	"File required":       "a file is missing: choose one",
	"unexpected property": "there is no such property: remove it",
}

var formatVerb = regexp.MustCompile(`%[vds]`)

func newTranslator() *translator {
	t := &translator{}
	for _, p := range humaPhrases {
		pattern := formatVerb.ReplaceAllString(regexp.QuoteMeta(p[0]), "(.*?)")
		t.phrases = append(t.phrases, phrase{regexp.MustCompile("(?s)^" + pattern + "$"), p[1]})
	}
	return t
}

func (t *translator) text(english string) i18n.Text {
	for _, p := range t.phrases {
		if p.pattern.MatchString(english) {
			return i18n.Text{ZH: p.pattern.ReplaceAllString(english, p.zh), EN: cmp.Or(plainer[english], english)}
		}
	}
	return i18n.Text{ZH: "内容不符合要求（" + english + "）", EN: english}
}

// transform is the huma.Transformer that every body passes: huma's error
// model becomes a Problem, anything else stays as it is.
func (t *translator) transform(ctx huma.Context, _ string, body any) (any, error) {
	model, isHumas := body.(*huma.ErrorModel)
	if !isHumas {
		return body, nil
	}
	f := &fault.Error{Code: codeOf(model.Status), Message: t.text(model.Detail)}
	for _, d := range model.Errors {
		if d != nil {
			path := cmp.Or(strings.TrimPrefix(d.Location, "body."), "body")
			f.Fields = append(f.Fields, fault.Field{Path: path, Message: t.text(d.Message)})
		}
	}
	p := problemOf(ctx.Context(), f)
	p.Status = model.Status
	return p, nil
}

func codeOf(status int) fault.Code {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return fault.TooLarge
	case http.StatusRequestTimeout:
		return fault.Unavailable
	}
	if status >= http.StatusInternalServerError {
		return fault.Internal
	}
	return fault.Invalid
}
