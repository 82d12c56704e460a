package evidence

import (
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// FactsFile is the command line's facts file: one organisation and what is
// known of it.
type FactsFile struct {
	Subject Subject
	Facts   []Fact // normalised, in the file's order
}

// Subject is the organisation that a facts file speaks of.
type Subject struct {
	Code ident.CreditCode `json:"code"`
	Kind SubjectKind      `json:"kind"`
}

// MaxFactsFile bounds a facts file, in bytes.
const MaxFactsFile = 32 << 20

// ParseFactsFile reads
//
//	{"subject": {"code": "…", "kind": "enterprise"},
//	 "facts": [{"kind": "…", "object": "…", "quantity": "1.00", "unit": "CNY", "occurred": "2025-03-01",
//	            "attested_by": "auditor", "attributes": {…}, "id": "…", "corrects": "…", "proof": "…", "kind_version": 1}]}
//
// and reports every fault at its JSON path. Quantities are strings, since a
// JSON number is a float to most readers; attributes may be strings, booleans
// or plain numbers. A fact without an id is named by its place: "facts[0]".
// Subject kinds, fact kinds, attributes, enums and units are closed.
//
// Codes: invalid; too_large.
func ParseFactsFile(data []byte) (FactsFile, error) {
	if len(data) > MaxFactsFile {
		return FactsFile{}, fault.Newf(fault.TooLarge, "事实文件超过 %d MiB：请拆分，或改用导入。", "The facts file exceeds %d MiB: split it, or import it.", MaxFactsFile>>20)
	}
	root, err := parseJSON(data)
	if err != nil {
		return FactsFile{}, err
	}
	var bad fault.Collector
	var file FactsFile
	members := root.object(&bad, "", []string{"subject", "facts"})
	if members == nil {
		return FactsFile{}, bad.Err()
	}
	file.Subject = readSubject(&bad, members)
	file.Facts = readFacts(&bad, members, file.Subject.Code)
	if err := bad.Err(); err != nil {
		return FactsFile{}, err
	}
	return file, nil
}

func readSubject(bad *fault.Collector, members map[string]node) (s Subject) {
	n, given := members["subject"]
	if !given {
		bad.Add("subject", "缺少组织：写明 code 和 kind。", "The organisation is missing: give its code and kind.")
		return s
	}
	fields := n.object(bad, "subject", []string{"code", "kind"})
	if fields == nil {
		return s
	}
	code, ok := text(bad, "subject.code", fields, "code")
	if ok {
		parsed, err := ident.ParseCreditCode(code)
		bad.Merge("subject.code", err)
		s.Code = parsed
	}
	kind, ok := text(bad, "subject.kind", fields, "kind")
	s.Kind = SubjectKind(kind)
	if ok && !slices.Contains(SubjectKinds(), s.Kind) {
		bad.Add("subject.kind", "“%s”不是组织类型：应为 %s 之一。", "%q is no kind of organisation: one of %s.", clip(kind), joinNames(SubjectKinds()))
	}
	return s
}

func readFacts(bad *fault.Collector, members map[string]node, subject ident.CreditCode) []Fact {
	n, given := members["facts"]
	if !given || n.kind != nodeArray {
		bad.Add("facts", "缺少事实列表：写成数组，没有事实时写 []。", "The list of facts is missing: write an array, [] when there is none.")
		return nil
	}
	facts := make([]Fact, 0, len(n.items))
	firstWith := make(map[string]int, len(n.items))
	for i, item := range n.items {
		f := readFact(bad, factPath(i), item, subject)
		if f.ID == "" {
			f.ID = factPath(i)
		}
		if first, double := firstWith[f.ID]; double {
			bad.Add(factPath(i)+".id", "编号 %s 与 facts[%d] 重复。", "The id %s is that of facts[%d].", clip(f.ID), first)
		} else {
			firstWith[f.ID] = i
		}
		facts = append(facts, f)
	}
	checkChains(bad, factPath, facts)
	return facts
}

func factPath(i int) string { return fmt.Sprintf("facts[%d]", i) }

var factFields = []string{"id", "kind", "kind_version", "object", "quantity", "unit", "occurred", "attested_by", "attributes", "corrects", "proof"}

func readFact(bad *fault.Collector, path string, n node, subject ident.CreditCode) Fact {
	fields := n.object(bad, path, factFields)
	if fields == nil {
		return Fact{}
	}
	get := func(name string, compulsory bool) string {
		if _, given := fields[name]; !given && !compulsory {
			return ""
		}
		s, _ := text(bad, path+"."+name, fields, name)
		return s
	}
	f := Fact{
		ID:          get("id", false),
		Kind:        get("kind", true),
		KindVersion: readVersion(bad, path+".kind_version", fields),
		Subject:     subject,
		Object:      get("object", false),
		Quantity:    get("quantity", false),
		Unit:        get("unit", false),
		Occurred:    clock.Date(get("occurred", true)),
		Attestor:    Attestor(get("attested_by", true)),
		Corrects:    get("corrects", false),
		Proof:       get("proof", false),
		Attributes:  readAttributes(bad, path+".attributes", fields),
	}
	normal, err := f.Normalise()
	mergeNew(bad, path, err, fields)
	return normal
}

// mergeNew adds the faults of a fact that are not reported yet: a member that
// is missing or no string was, and so was the file's subject.
func mergeNew(bad *fault.Collector, path string, err error, fields map[string]node) {
	if err == nil {
		return
	}
	for _, f := range fault.From(err).Fields {
		n, given := fields[f.Path]
		wrongType := given && n.kind != nodeString && f.Path != "kind_version"
		missing := !given && slices.Contains([]string{"kind", "occurred", "attested_by"}, f.Path)
		if f.Path == "subject" || wrongType || missing {
			continue
		}
		bad.Merge(path+"."+f.Path, fault.New(fault.Invalid, f.Message))
	}
}

func readVersion(bad *fault.Collector, path string, fields map[string]node) int {
	n, given := fields["kind_version"]
	if !given {
		return 0
	}
	if n.kind != nodeNumber || len(n.text) > 4 || !allDigits(n.text) || n.text == "0" {
		bad.Add(path, "版本应是正整数。", "A version is a positive whole number.")
		return 0
	}
	version := 0
	for _, digit := range n.text {
		version = version*10 + int(digit-'0')
	}
	return version
}

func readAttributes(bad *fault.Collector, path string, fields map[string]node) map[string]string {
	n, given := fields["attributes"]
	if !given {
		return nil
	}
	n.object(bad, path, nil)
	out := make(map[string]string, len(n.members))
	for _, m := range n.members {
		switch m.value.kind {
		case nodeString, nodeBool, nodeNumber:
			out[m.name] = m.value.text
		default:
			bad.Add(at(path, m.name), "属性值应是文字、布尔值或数。", "An attribute is a text, a boolean or a number.")
		}
	}
	return out
}

// text reads a compulsory string member.
func text(bad *fault.Collector, path string, fields map[string]node, name string) (string, bool) {
	n, given := fields[name]
	switch {
	case !given:
		bad.Add(path, "缺少这一项。", "This is missing.")
	case n.kind == nodeNumber:
		bad.Add(path, "请把数写在引号里，例如 \"12.50\"：JSON 的数会丢精度。", "Write the number in quotes, such as \"12.50\": a JSON number loses precision.")
	case n.kind != nodeString:
		bad.Add(path, "这里应是文字。", "A text belongs here.")
	default:
		return n.text, true
	}
	return "", false
}
