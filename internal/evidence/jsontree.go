package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// node is one JSON value read strictly: members keep their order, doubles are
// noted, numbers keep their text. encoding/json alone takes the last of two
// equal keys in silence, and a reader of evidence must not.
type node struct {
	kind    nodeKind
	text    string // of a string or a number; "true" or "false"
	members []member
	items   []node
}

type member struct {
	name  string
	value node
}

type nodeKind string

const (
	nodeObject nodeKind = "object"
	nodeArray  nodeKind = "array"
	nodeString nodeKind = "string"
	nodeNumber nodeKind = "number"
	nodeBool   nodeKind = "bool"
	nodeNull   nodeKind = "null"
)

const maxDepth = 8

// parseJSON reads one JSON document.
//
// Codes: invalid, the place as line and column.
func parseJSON(data []byte) (node, error) {
	if !utf8.Valid(data) {
		return node{}, syntaxAt(data, invalidUTF8(data), i18n.T("文件不是 UTF-8 编码（若由旧版软件导出，可能是 GBK）：请另存为 UTF-8。", "The file is not UTF-8 (older Chinese software writes GBK): save it as UTF-8."))
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return node{}, syntaxAt(data, 0, i18n.T("文件是空的：请写成 {\"subject\": …, \"facts\": […]}。", "The file is empty: write {\"subject\": …, \"facts\": […]}."))
	}
	text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	here := int(dec.InputOffset())
	switch {
	case err == nil:
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return n, nil
		}
		return node{}, syntaxAt(text, here, i18n.T("JSON 到这里已经结束，后面还有多余的内容：请删去。", "The JSON ends here and more text follows: remove it.")).Because(err)
	case errors.Is(err, errTooDeep):
		return node{}, syntaxAt(text, here, i18n.T("嵌套超过 %d 层：事实文件用不到这么多层。", "Nested deeper than %d levels, more than a facts file has.", maxDepth))
	}
	var whole json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, &whole), &syntax) { // it counts from the start of the text, the decoder from the value it is in
		here = int(syntax.Offset) - 1
	}
	return node{}, syntaxAt(text, here, i18n.T("JSON 写法不对：请检查这里的括号、引号和逗号，也可能文件不完整。", "The JSON is malformed: check brackets, quotes and commas here; the file may also be cut short.")).Because(err)
}

var errTooDeep = errors.New("nested too deep")

func readNode(dec *json.Decoder, depth int) (node, error) {
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch v := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return node{}, errTooDeep
		}
		if v == '[' {
			return readArray(dec, depth+1)
		}
		return readObject(dec, depth+1)
	case string:
		return node{kind: nodeString, text: v}, nil
	case json.Number:
		return node{kind: nodeNumber, text: v.String()}, nil
	case bool:
		return node{kind: nodeBool, text: fmt.Sprint(v)}, nil
	}
	return node{kind: nodeNull}, nil
}

func readArray(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: nodeArray}
	for dec.More() {
		item, err := readNode(dec, depth)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	_, err := dec.Token()
	return n, err
}

func readObject(dec *json.Decoder, depth int) (node, error) {
	n := node{kind: nodeObject}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return node{}, err
		}
		value, err := readNode(dec, depth)
		if err != nil {
			return node{}, err
		}
		name, _ := key.(string)
		n.members = append(n.members, member{name, value})
	}
	_, err := dec.Token()
	return n, err
}

// object returns the members by name and reports doubles, and names that are
// not among the known; known is nil where any name may stand.
func (n node) object(bad *fault.Collector, path string, known []string) map[string]node {
	if n.kind != nodeObject {
		bad.Add(at(path, ""), "这里应是 JSON 对象 {…}。", "A JSON object {…} belongs here.")
		return nil
	}
	out := make(map[string]node, len(n.members))
	for _, m := range n.members {
		if _, double := out[m.name]; double {
			bad.Add(at(path, m.name), "同一个键写了两次：请只留一个。", "The key stands here twice: keep one.")
			continue
		}
		out[m.name] = m.value
		if known != nil && !slices.Contains(known, m.name) {
			zh, en := suggest(m.name, known)
			bad.Add(at(path, m.name), "不认识的字段%[1]s", "Unknown field%[2]s", zh, en)
		}
	}
	return out
}

// at joins a JSON path and a member's name.
func at(path, name string) string {
	switch {
	case path == "" && name == "":
		return "$"
	case path == "":
		return clip(name)
	case name == "":
		return path
	}
	return path + "." + clip(name)
}

func syntaxAt(data []byte, offset int, message i18n.Text) *fault.Error {
	offset = max(0, min(offset, len(data)))
	line := bytes.Count(data[:offset], []byte("\n")) + 1
	column := utf8.RuneCount(data[bytes.LastIndexByte(data[:offset], '\n')+1:offset]) + 1
	return fault.New(fault.Invalid, message, fault.Field{Path: fmt.Sprintf("line %d, column %d", line, column), Message: message})
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}
