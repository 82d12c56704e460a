package evidence

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

//go:embed vocabulary.yaml
var vocabularyYAML []byte

// Vocabulary (词汇表) is the closed list of what facts may say. It joins the
// domains that produce facts with the rules that read them.
type Vocabulary struct {
	Version int    `yaml:"version" json:"version"`
	Units   []Unit `yaml:"units" json:"units"`
	Kinds   []Kind `yaml:"kinds" json:"kinds"`
}

// Unit is what quantities are counted in.
type Unit struct {
	Name string    `yaml:"name" json:"name"`
	Text i18n.Text `yaml:"text" json:"text"`
}

// UnitAny stands in a kind whose facts name their unit themselves
// (a statistics office's indicators).
const UnitAny = "any"

// Kind (事实种类) is one sort of fact.
type Kind struct {
	Name       string      `yaml:"name" json:"name"`
	Version    int         `yaml:"version" json:"version"`
	Text       i18n.Text   `yaml:"text" json:"text"`
	Meaning    i18n.Text   `yaml:"meaning" json:"meaning"`
	Unit       string      `yaml:"unit" json:"unit"`
	Object     string      `yaml:"object,omitempty" json:"object,omitempty"` // the attribute that names the object, if any
	Attestors  []Attestor  `yaml:"attestors" json:"attestors"`               // whose word usually counts; an applicant may always enter its own
	Attributes []Attribute `yaml:"attributes,omitempty" json:"attributes"`
}

// AttributeType is the form of an attribute's value.
type AttributeType string

// The closed set of attribute types.
const (
	TypeText         AttributeType = "text"
	TypeBool         AttributeType = "bool"
	TypeInteger      AttributeType = "integer"
	TypeDecimal      AttributeType = "decimal"
	TypeEnum         AttributeType = "enum"
	TypePlace        AttributeType = "place"        // GB/T 2260 code of six digits, or guian
	TypeYear         AttributeType = "year"         // 1900 to 9999
	TypeDate         AttributeType = "date"         // a civil day of Asia/Shanghai: 2027-03-31
	TypeOrganisation AttributeType = "organisation" // a credit code, or the name of a party that has none
)

// Attribute describes one attribute of a kind. No attribute is compulsory: a
// rule that reads one which is not there answers "lacking", never zero.
type Attribute struct {
	Name   string        `yaml:"name" json:"name"`
	Type   AttributeType `yaml:"type" json:"type"`
	Values []string      `yaml:"values,omitempty" json:"values,omitempty"` // of an enum, lowest first where there is an order
	// Paper marks the number of an invoice, a contract or a filing: two facts
	// that carry the same one stand on the same paper (document 002 clause
	// 8(3), open question A6).
	Paper bool      `yaml:"paper,omitempty" json:"paper,omitempty"`
	Text  i18n.Text `yaml:"text" json:"text"`
	// Words say values for people: an enum's, or those that a text often has.
	Words map[string]i18n.Text `yaml:"words,omitempty" json:"words,omitempty"`
}

// Say is what a value of the attribute means in words; nil where there are none.
func (a *Attribute) Say(value string) *i18n.Text {
	words, known := a.Words[value]
	if !known {
		return nil
	}
	return &words
}

// CurrentVocabulary returns the vocabulary built into the program.
func CurrentVocabulary() *Vocabulary { return current() }

var current = sync.OnceValue(func() *Vocabulary {
	v, err := parseVocabulary(vocabularyYAML)
	if err != nil {
		panic("the built-in vocabulary is broken: " + err.Error()) // its test would have failed first
	}
	return v
})

func parseVocabulary(data []byte) (*Vocabulary, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var v Vocabulary
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	return &v, v.validate()
}

func (v *Vocabulary) validate() error {
	var bad fault.Collector
	if v.Version < 1 {
		bad.Add("version", "缺少版本号。", "The version is missing.")
	}
	seen := map[string]bool{}
	for _, k := range v.Kinds {
		if seen[k.Name] {
			bad.Add(k.Name, "种类重复。", "The kind is listed twice.")
		}
		seen[k.Name] = true
		bad.Merge(k.Name, v.validateKind(k))
	}
	return bad.Err()
}

func (v *Vocabulary) validateKind(k Kind) error {
	var bad fault.Collector
	if k.Version < 1 || !complete(k.Text) || !complete(k.Meaning) || len(k.Attestors) == 0 {
		bad.Add("kind", "缺少版本、双语名称、含义或证明方。", "A version, name, meaning or attestor is missing.")
	}
	if k.Unit != UnitAny && !slices.ContainsFunc(v.Units, func(u Unit) bool { return u.Name == k.Unit }) {
		bad.Add("unit", "单位“%s”不在表内。", "The unit %q is not listed.", k.Unit)
	}
	for _, a := range k.Attestors {
		checkAttestor(&bad, a)
	}
	names := map[string]bool{}
	for _, a := range k.Attributes {
		if names[a.Name] || !complete(a.Text) || (a.Type == TypeEnum) != (len(a.Values) > 0) || parsers[a.Type] == nil {
			bad.Add(a.Name, "属性重复、类型不对，或缺少名称、取值。", "The attribute is doubled, of no type, or lacks a name or values.")
		}
		for value, words := range a.Words {
			if !complete(words) || a.Type == TypeEnum && !slices.Contains(a.Values, value) {
				bad.Add(a.Name+".words."+value, "没有这个取值，或缺少一种语言。", "There is no such value, or a language is missing.")
			}
		}
		names[a.Name] = true
	}
	if k.Object != "" && !names[k.Object] {
		bad.Add("object", "没有属性“%s”。", "There is no attribute %q.", k.Object)
	}
	return bad.Err()
}

func complete(t i18n.Text) bool { return t.ZH != "" && t.EN != "" }

// Kind finds a kind by name.
//
// Codes: invalid, naming the nearest kind.
func (v *Vocabulary) Kind(name string) (Kind, error) {
	for _, k := range v.Kinds {
		if k.Name == name {
			return k, nil
		}
	}
	names := make([]string, len(v.Kinds))
	for i, k := range v.Kinds {
		names[i] = k.Name
	}
	zh, en := suggest(name, names)
	return Kind{}, fault.Newf(fault.Invalid, "词汇表里没有事实种类“%[1]s”%[2]s", "The vocabulary has no fact kind %[1]q%[3]s", clip(name), zh, en)
}

// KindsNamed lists the kinds whose name, in code or in either language,
// contains a text.
func (v *Vocabulary) KindsNamed(text string) (names []string) {
	text = strings.ToLower(text)
	for _, k := range v.Kinds {
		if strings.Contains(strings.ToLower(k.Name+"\n"+k.Text.ZH+"\n"+k.Text.EN), text) {
			names = append(names, k.Name)
		}
	}
	return names
}

// attributeNames are the names of all kinds' attributes, sorted, each once.
func (v *Vocabulary) attributeNames() []string {
	var names []string
	for _, k := range v.Kinds {
		for _, a := range k.Attributes {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Attribute finds an attribute of the kind by name.
//
// Codes: invalid, naming the nearest attribute.
func (k Kind) Attribute(name string) (Attribute, error) {
	for _, a := range k.Attributes {
		if a.Name == name {
			return a, nil
		}
	}
	names := make([]string, len(k.Attributes))
	for i, a := range k.Attributes {
		names[i] = a.Name
	}
	zh, en := suggest(name, names)
	return Attribute{}, fault.Newf(fault.Invalid, "%[1]s 没有属性“%[2]s”%[3]s", "%[1]s has no attribute %[2]q%[4]s", k.Name, clip(name), zh, en)
}

// Paper (凭证) is one document that a fact stands on, by its number.
type Paper struct {
	Attribute string `json:"attribute"` // invoice, contract, number
	Number    string `json:"number"`
}

// paperNames are the papers in words.
var paperNames = map[string]i18n.Text{
	"invoice":  {ZH: "发票", EN: "invoice"},
	"contract": {ZH: "合同", EN: "contract"},
	"number":   {ZH: "备案号", EN: "filing number"},
}

// ListPapers names papers in words.
func ListPapers(papers []Paper) i18n.Text {
	var zhs, ens []string
	for _, p := range papers {
		name := paperNames[p.Attribute]
		zhs, ens = append(zhs, name.ZH+" "+p.Number), append(ens, name.EN+" "+p.Number)
	}
	return i18n.Text{ZH: strings.Join(zhs, "、"), EN: strings.Join(ens, ", ")}
}

// Papers lists the papers that a fact of the kind carries, in the vocabulary's order.
func (k Kind) Papers(f *Fact) (papers []Paper) {
	for _, a := range k.Attributes {
		if number := f.Attributes[a.Name]; a.Paper && number != "" {
			papers = append(papers, Paper{a.Name, number})
		}
	}
	return papers
}

// Counts reports whether an attestor's word usually counts for the kind.
func (k Kind) Counts(a Attestor) bool { return slices.Contains(k.Attestors, a) }

func (k Kind) checkUnit(unit string) error {
	if k.Unit == UnitAny {
		if unit == "" {
			return fault.Newf(fault.Invalid, "缺少单位：%s 须自己写明单位。", "The unit is missing: a fact of %s names its own.", k.Name)
		}
		return checkText(unit)
	}
	if unit != k.Unit {
		return fault.Newf(fault.Invalid, "%[1]s 的单位是 %[2]s，不是“%[3]s”。", "%[1]s is counted in %[2]s, not in %[3]q.", k.Name, k.Unit, clip(unit))
	}
	return nil
}

// Parse returns the canonical text of a value of the attribute.
//
// Codes: invalid, naming the nearest value of an enum.
func (a Attribute) Parse(value string) (string, error) {
	return parsers[a.Type](a, strings.TrimSpace(value))
}

var parsers = map[AttributeType]func(Attribute, string) (string, error){
	TypeText:         func(_ Attribute, s string) (string, error) { return s, checkFilled(s) },
	TypeBool:         parseBool,
	TypeInteger:      func(_ Attribute, s string) (string, error) { return parseWhole(s) },
	TypeDecimal:      func(_ Attribute, s string) (string, error) { return ParseDecimal(s) },
	TypeEnum:         parseEnum,
	TypePlace:        parsePlace,
	TypeYear:         parseYear,
	TypeDate:         parseDay,
	TypeOrganisation: parseOrganisation,
}

func checkFilled(s string) error {
	if s == "" {
		return fault.Newf(fault.Invalid, "值是空的：没有就整个省去这一项。", "The value is empty: leave the attribute out if there is none.")
	}
	return checkText(s)
}

func parseBool(_ Attribute, s string) (string, error) {
	if s != "true" && s != "false" {
		return "", fault.Newf(fault.Invalid, "“%s”应为 true 或 false。", "%q should be true or false.", clip(s))
	}
	return s, nil
}

func parseEnum(a Attribute, s string) (string, error) {
	if slices.Contains(a.Values, s) {
		return s, nil
	}
	zh, en := suggest(s, a.Values)
	return "", fault.Newf(fault.Invalid, "“%[1]s”不是 %[2]s 的取值%[3]s", "%[1]q is no value of %[2]s%[4]s", clip(s), a.Name, zh, en)
}

// GuiAn (贵安新区) is the new area that has no code of its own in GB/T 2260.
const GuiAn = "guian"

var placeCode = regexp.MustCompile(`^[1-8][1-9][0-9]{4}$`)

func parsePlace(_ Attribute, s string) (string, error) {
	if s != GuiAn && !placeCode.MatchString(s) {
		return "", fault.Newf(fault.Invalid, "“%s”不是地方代码：请写 GB/T 2260 六位代码（例如 520100），贵安新区写 guian。", "%q is no place: write the six digits of GB/T 2260 (520100), or guian for the new area.", clip(s))
	}
	return s, nil
}

func parseYear(_ Attribute, s string) (string, error) {
	if len(s) != 4 || !allDigits(s) || s < "1900" {
		return "", fault.Newf(fault.Invalid, "“%s”不是年份：请写成四位数字，例如 2025。", "%q is no year: write four digits, such as 2025.", clip(s))
	}
	return s, nil
}

func parseDay(_ Attribute, s string) (string, error) {
	day, err := clock.ParseDate(s)
	return string(day), err
}

// parseOrganisation checks what has the length and letters of a credit code as
// one; other text is the name of a party without a code (a foreign seller).
func parseOrganisation(_ Attribute, s string) (string, error) {
	if creditShaped.MatchString(s) {
		_, err := ident.ParseCreditCode(s)
		return s, err
	}
	return s, checkFilled(s)
}

var creditShaped = regexp.MustCompile(`^[0-9A-Z]{18}$`)

// suggest ends a sentence about an unknown name with the nearest known one,
// or with all of them when none is near.
func suggest(name string, known []string) (zh, en string) {
	best, distance := "", len(name)/2+1
	for _, k := range known {
		if d := editDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return "，是不是“" + best + "”？", fmt.Sprintf("; did you mean %q?", best)
	case len(known) > 0:
		list := strings.Join(known, ", ")
		return "，可用的有：" + list + "。", "; known are: " + list + "."
	}
	return "，它不带任何属性：请删去。", "; it has none: remove it."
}

// editDistance is Levenshtein's, on bytes; long input is cut, since names are short.
func editDistance(a, b string) int {
	a, b = a[:min(len(a), maxID)], b[:min(len(b), maxID)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func joinNames[S ~string](names []S) string {
	text := make([]string, len(names))
	for i, n := range names {
		text[i] = string(n)
	}
	return strings.Join(text, ", ")
}

func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
