package rule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Bounds of one pack file. The longest real one is a tenth of each; a file
// past them is a mistake or an attack.
const (
	maxFileBytes = 1 << 20
	maxNodes     = 100_000
	maxDepth     = 40
)

// decodeStrict reads one YAML document into out. Unknown fields, doubled keys,
// anchors and aliases (which could unfold without end), a second document and
// anything past the bounds are refused with the line.
//
// Codes: invalid, too_large.
func decodeStrict(file string, data []byte, out any) error {
	return decode(file, data, out, true)
}

// decodeOpen is decodeStrict for files whose full schema another package owns:
// fields that the rules do not read may be there.
func decodeOpen(file string, data []byte, out any) error {
	return decode(file, data, out, false)
}

func decode(file string, data []byte, out any, strict bool) error {
	if len(data) > maxFileBytes {
		return fault.New(fault.TooLarge, fault.Newf(fault.TooLarge, "%s 有 %d 字节，超过 %d 字节的上限。", "%s has %d bytes, above the limit of %d.", file, len(data), maxFileBytes).Message)
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

func parseNode(file string, data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	if err := dec.Decode(&root); errors.Is(err, io.EOF) {
		return nil, at(file, 1, "文件是空的。", "The file is empty.")
	} else if err != nil {
		return nil, yamlFault(file, err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, at(file, second.Line, "一个文件只能有一份 YAML 文档。", "A file holds one YAML document.")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlFault(file, err)
	}
	return &root, nil
}

func bound(file string, n *yaml.Node, depth int, nodes *int) error {
	*nodes++
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return at(file, n.Line, "不能用锚点和别名：请把内容写全。", "Anchors and aliases are not allowed: write the content out.")
	case depth > maxDepth:
		return at(file, n.Line, "嵌套超过 %d 层。", "Nested deeper than %d levels.", maxDepth)
	case *nodes > maxNodes:
		return at(file, n.Line, "内容超过 %d 项。", "More than %d values.", maxNodes)
	}
	for _, c := range n.Content {
		if err := bound(file, c, depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

// at is a fault at a line of a file.
func at(file string, line int, zh, en string, args ...any) error {
	var bad fault.Collector
	bad.Add(fmt.Sprintf("%s:%d", file, line), zh, en, args...)
	return bad.Err()
}

var (
	yamlLine     = regexp.MustCompile(`line (\d+)(?:, column \d+)?: `)
	unknownField = regexp.MustCompile(`^field (.+) not found in type`)
	doubledKey   = regexp.MustCompile(`^mapping key (".*") already defined at line (\d+)`)
	wrongType    = regexp.MustCompile("^cannot unmarshal (\\S+)(?: `(.*)`)? into")
)

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
		bad.Add(place, "这里的值“%s”类型不对。", "The value %q is of the wrong type here.", wrongType.FindStringSubmatch(text)[2])
	default:
		bad.Add(place, "YAML 写法不对（%s）。", "Not valid YAML (%s).", text)
	}
}
