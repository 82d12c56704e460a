// Package yamlfile reads the YAML files of a region pack strictly: one document,
// known fields only, no anchors, within bounds, and every fault told at its file
// and line in both languages.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Bounds of one pack file. The longest real one is a tenth of each; a file
// past them is a mistake or an attack.
const (
	MaxBytes = 1 << 20
	maxNodes = 100_000
	maxDepth = 40
)

// Decoder is Strict or Open.
type Decoder func(file string, data []byte, out any) error

// Strict reads one YAML document into out. Unknown fields, doubled keys,
// anchors and aliases (which could unfold without end), a second document and
// anything past the bounds are refused with the line.
//
// Codes: invalid.
func Strict(file string, data []byte, out any) error {
	return decode(file, data, out, true)
}

// Open is Strict for files whose full schema another package owns:
// fields that the caller does not read may be there.
func Open(file string, data []byte, out any) error {
	return decode(file, data, out, false)
}

func decode(file string, data []byte, out any, strict bool) error {
	if err := plainText(file, data); err != nil {
		return err
	}
	root, err := parseNode(file, data)
	if err != nil {
		return err
	}
	nodes := 0
	if err := bound(file, root, 0, &nodes); err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(strict)
	if err := dec.Decode(out); err != nil {
		return yamlFault(file, err)
	}
	return nil
}

// plainText refuses what the library would refuse without a line.
func plainText(file string, data []byte) error {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			return At(file, i+1, "不是 UTF-8（旧版软件多写成 GBK 或 UTF-16）：请另存为 UTF-8。", "Not UTF-8 (older software writes GBK or UTF-16): save it as UTF-8.")
		}
		if c := bytes.IndexFunc(line, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' || r == 0x7f }); c >= 0 {
			return At(file, i+1, "有控制字符 U+%04X：请删去。", "There is the control character U+%04X: remove it.", line[c])
		}
	}
	return nil
}

func parseNode(file string, data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	if err := dec.Decode(&root); errors.Is(err, io.EOF) {
		return nil, At(file, 1, "文件是空的。", "The file is empty.")
	} else if err != nil {
		return nil, yamlFault(file, err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, At(file, second.Line, "一个文件只能有一份 YAML 文档。", "A file holds one YAML document.")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlFault(file, err)
	}
	return &root, nil
}

func bound(file string, n *yaml.Node, depth int, nodes *int) error {
	*nodes++
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return At(file, n.Line, "不能用锚点和别名：请把内容写全。", "Anchors and aliases are not allowed: write the content out.")
	case depth > maxDepth:
		return At(file, n.Line, "嵌套超过 %d 层。", "Nested deeper than %d levels.", maxDepth)
	case *nodes > maxNodes:
		return At(file, n.Line, "内容超过 %d 项。", "More than %d values.", maxNodes)
	}
	for _, c := range n.Content {
		if err := bound(file, c, depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

// Read decodes one file of a folder. What is no regular file is never opened,
// since a pipe or a device would be read without end, and what a link outside
// the folder points to is none of ours (os.Root).
//
// Codes: invalid; the error is fs.ErrNotExist when there is no such file.
func Read(fsys fs.FS, file string, out any, decode Decoder) error {
	info, err := fs.Stat(fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil, !info.Mode().IsRegular():
		return In(file, "不是包内可读的普通文件：请换成文件本身，不用链接、管道和文件夹。", "This is no readable regular file inside the pack: put the file itself here, no link, pipe or folder.")
	case info.Size() > MaxBytes:
		return In(file, "超过 %d 字节：请拆分，或删去不属于这里的内容。", "More than %d bytes: split it, or remove what does not belong here.", MaxBytes)
	}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return In(file, "读不到这个文件：请检查权限。", "The file cannot be read: check its permissions.")
	}
	return decode(file, data, out)
}

// In is a fault of a whole file.
func In(file, zh, en string, args ...any) error {
	var bad fault.Collector
	bad.Add(file, zh, en, args...)
	return bad.Err()
}

// At is a fault at a line of a file.
func At(file string, line int, zh, en string, args ...any) error {
	return In(fmt.Sprintf("%s:%d", file, line), zh, en, args...)
}

// Lines tells on which line each entry of a top-level list begins, for faults
// that only the whole shows. Every entry is line 1 where there is no such list.
func Lines(fsys fs.FS, file, list string) func(entry int) int {
	var items []*yaml.Node
	if data, err := fs.ReadFile(fsys, file); err == nil {
		if root, err := parseNode(file, data); err == nil && len(root.Content) == 1 {
			for i := 0; i+1 < len(root.Content[0].Content); i += 2 {
				if root.Content[0].Content[i].Value == list {
					items = root.Content[0].Content[i+1].Content
				}
			}
		}
	}
	return func(entry int) int {
		if entry < 0 || entry >= len(items) {
			return 1
		}
		return items[entry].Line
	}
}

var (
	yamlLine     = regexp.MustCompile(`line (\d+)(?:, column \d+)?: `)
	unknownField = regexp.MustCompile(`^field (.+) not found in type`)
	doubledKey   = regexp.MustCompile(`^mapping key (".*") already defined at line (\d+)`)
	wrongType    = regexp.MustCompile("^cannot unmarshal (\\S+)(?: `(.*)`)? into (\\S+)")
)

// valueWords names the library's kinds of value.
var valueWords = map[string]i18n.Text{
	"!!seq": {ZH: "列表", EN: "a list"}, "!!map": {ZH: "一组字段", EN: "a set of fields"}, "!!str": {ZH: "文字", EN: "a text"}, "!!null": {ZH: "空值", EN: "nothing"},
	"!!int": {ZH: "整数", EN: "a whole number"}, "!!float": {ZH: "小数", EN: "a decimal"}, "!!bool": {ZH: "true 或 false", EN: "true or false"},
	"string": {ZH: "文字", EN: "a text"}, "int": {ZH: "整数", EN: "a whole number"}, "bool": {ZH: "true 或 false", EN: "true or false"},
}

func valueWord(kind string) i18n.Text {
	switch word, known := valueWords[kind]; {
	case known:
		return word
	case strings.HasPrefix(kind, "[]"):
		return valueWords["!!seq"]
	}
	return valueWords["!!map"]
}

// yamlFault turns the library's messages into sentences at file:line.
func yamlFault(file string, err error) error {
	var bad fault.Collector
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		addYAML(&bad, file, err.Error())
		return bad.Err()
	}
	for _, message := range typed.Errors {
		addYAML(&bad, file, message)
	}
	return bad.Err()
}

func addYAML(bad *fault.Collector, file, message string) {
	place, text := file, message
	if m := yamlLine.FindStringSubmatchIndex(message); m != nil {
		line, _ := strconv.Atoi(message[m[2]:m[3]])
		place, text = fmt.Sprintf("%s:%d", file, line), message[m[1]:]
	}
	switch {
	case unknownField.MatchString(text):
		bad.Add(place, "没有字段“%s”：可能拼错了。", "There is no field %q: it may be misspelt.", unknownField.FindStringSubmatch(text)[1])
	case doubledKey.MatchString(text):
		m := doubledKey.FindStringSubmatch(text)
		bad.Add(place, "字段 %s 重复，前一次在第 %s 行。", "The field %s is there twice, first at line %s.", m[1], m[2])
	case wrongType.MatchString(text):
		m := wrongType.FindStringSubmatch(text)
		found, wanted := valueWord(m[1]), valueWord(m[3])
		bad.Add(place, "这里应是%[1]s，写成了%[2]s%[3]s。", "%[4]s belongs here, and there is %[5]s%[6]s.", wanted.ZH, found.ZH, quoted("“", m[2], "”"), capital(wanted.EN), found.EN, quoted(", \"", m[2], "\""))
	case strings.Contains(text, "cannot start any token"):
		bad.Add(place, "这里有不能打头的字符：缩进只用空格，不用制表符；以 @ 或 ` 开头的文字要加引号。", "A character that cannot stand here: indent with spaces, never tabs, and quote a text that begins with @ or `.")
	case strings.Contains(text, "exceeded max depth"):
		bad.Add(place, "嵌套超过 %d 层。", "Nested deeper than %d levels.", maxDepth)
	default:
		bad.Add(place, "YAML 写法不对：请检查缩进、冒号、引号和括号（%s）。", "Not valid YAML: check indentation, colons, quotes and brackets (%s).", text)
	}
}

func quoted(open, s, end string) string {
	if s == "" {
		return ""
	}
	return open + s + end
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
