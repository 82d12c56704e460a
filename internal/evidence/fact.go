// Package evidence keeps facts: what was measured or attested about an
// organisation, append-only and provable. Producers write facts, rules read
// them; neither knows the other, only the vocabulary (vocabulary.yaml).
package evidence

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Attestor (证明方) says whose word a fact is.
type Attestor string

// The closed set of attestors.
const (
	Meter      Attestor = "meter"      // a device that measures by itself
	Operator   Attestor = "operator"   // the operator of a centre or an exchange
	Department Attestor = "department" // a government department
	Auditor    Attestor = "auditor"    // an independent auditor
	Applicant  Attestor = "applicant"  // the organisation's own entry: shown, never enough
)

// Attestors lists the closed set.
func Attestors() []Attestor { return []Attestor{Meter, Operator, Department, Auditor, Applicant} }

// SubjectKind is what sort of organisation a subject is.
type SubjectKind string

// The closed set of subject kinds.
const (
	Enterprise SubjectKind = "enterprise"
	University SubjectKind = "university"
	Institute  SubjectKind = "institute"
	Public     SubjectKind = "public"
)

// SubjectKinds lists the closed set.
func SubjectKinds() []SubjectKind {
	return []SubjectKind{Enterprise, University, Institute, Public}
}

// Fact (事实) is one thing that happened to one organisation, and who says so.
// It is never edited: a correction is a new fact that names what it corrects.
type Fact struct {
	ID          string            `json:"id"`
	Kind        string            `json:"kind"`         // a kind of the vocabulary: "cost.model_construction"
	KindVersion int               `json:"kind_version"` // version of that kind's definition; 0 means the present one
	Subject     ident.CreditCode  `json:"subject"`
	Object      string            `json:"object"`   // what it is about: a model, a project, a job, a contract
	Quantity    string            `json:"quantity"` // exact plain decimal in Unit, never negative
	Unit        string            `json:"unit"`     // a unit of the vocabulary: "CNY", "device-seconds", "count"
	Occurred    clock.Date        `json:"occurred"`
	Recorded    time.Time         `json:"recorded"` // set when appended
	Attestor    Attestor          `json:"attested_by"`
	Proof       string            `json:"proof"`      // SHA-256 of the proving file in lower-case hex, or empty
	Corrects    string            `json:"corrects"`   // id of the fact that this one replaces, or empty
	Attributes  map[string]string `json:"attributes"` // canonical text: "true", "0.3", "520100"
}

// Bounds of a fact's texts, in characters.
const (
	maxID   = 64
	maxText = 200
)

// Unit names that code refers to; the vocabulary lists all of them.
const (
	UnitCNY   = "CNY"
	UnitCount = "count"
)

// Fen returns the quantity of a fact counted in CNY.
//
// Codes: invalid when the unit is another or the quantity is not money.
func (f Fact) Fen() (money.Fen, error) {
	if f.Unit != UnitCNY {
		return 0, fault.Newf(fault.Invalid, "事实 %s 的单位是“%s”，不是人民币。", "Fact %s is counted in %q, not in CNY.", f.ID, f.Unit)
	}
	return parseCNY(f.Quantity)
}

// Withdraws reports whether the fact is a correction that takes its original
// back: quantity 0.
func (f Fact) Withdraws() bool { return f.Corrects != "" && isZero(f.Quantity) }

// Validate reports every fault of the fact against the vocabulary.
//
// Codes: invalid.
func (f Fact) Validate() error {
	_, err := f.Normalise()
	return err
}

// Normalise returns the fact in its one canonical form (blanks trimmed,
// defaults of the vocabulary filled in, numbers without needless zeros), or
// every fault of it at once. Equal facts normalise to equal bytes.
//
// A count kind counts 1 unless a quantity is given. Where the vocabulary says
// which attribute names the object, one fills in the other.
//
// Codes: invalid.
func (f Fact) Normalise() (Fact, error) {
	var bad fault.Collector
	f.ID = normalID(&bad, "id", f.ID)
	f.Corrects = normalID(&bad, "corrects", f.Corrects)
	if f.Corrects != "" && f.Corrects == f.ID {
		bad.Add("corrects", "一条事实不能更正自己。", "A fact cannot correct itself.")
	}
	if _, err := ident.ParseCreditCode(string(f.Subject)); err != nil {
		bad.Merge("subject", err)
	}
	if _, err := clock.ParseDate(string(f.Occurred)); err != nil {
		bad.Merge("occurred", err)
	}
	f.Object = normalText(&bad, "object", f.Object)
	f.Proof = normalProof(&bad, f.Proof)
	checkAttestor(&bad, f.Attestor)
	if !f.Recorded.IsZero() {
		f.Recorded = f.Recorded.UTC().Truncate(time.Microsecond)
	}
	kind, err := CurrentVocabulary().Kind(f.Kind)
	if err != nil {
		bad.Merge("kind", err)
		return f, bad.Err()
	}
	f = kind.normalise(&bad, f)
	return f, bad.Err()
}

// normalise settles what depends on the kind: version, unit, quantity and
// attributes.
func (k Kind) normalise(bad *fault.Collector, f Fact) Fact {
	if f.KindVersion == 0 {
		f.KindVersion = k.Version
	}
	if f.KindVersion < 1 || f.KindVersion > k.Version {
		bad.Add("kind_version", "%s 没有第 %d 版：现为第 %d 版。", "%s has no version %d: the present one is %d.", k.Name, f.KindVersion, k.Version)
	}
	f.Unit = k.normalUnit(bad, f.Unit)
	f.Quantity = k.normalQuantity(bad, f.Quantity)

	given := f.Attributes
	f.Attributes = make(map[string]string, len(given)+1)
	for _, name := range sortedKeys(given) {
		attribute, err := k.Attribute(name)
		if err != nil {
			bad.Merge("attributes."+clip(name), err)
			continue
		}
		value, err := attribute.Parse(given[name])
		if err != nil {
			bad.Merge("attributes."+name, err)
			continue
		}
		f.Attributes[name] = value
	}
	if _, named := given[k.Object]; k.Object != "" && !named && f.Object != "" {
		f.Attributes[k.Object] = f.Object
	}
	if f.Object == "" {
		f.Object = f.Attributes[k.Object]
	}
	return f
}

func (k Kind) normalUnit(bad *fault.Collector, unit string) string {
	unit = strings.TrimSpace(unit)
	if unit == "" && k.Unit != UnitAny {
		return k.Unit
	}
	if err := k.checkUnit(unit); err != nil {
		bad.Merge("unit", err)
	}
	return unit
}

func (k Kind) normalQuantity(bad *fault.Collector, quantity string) string {
	parse := ParseDecimal
	switch k.Unit {
	case UnitCNY:
		parse = func(s string) (string, error) {
			fen, err := parseCNY(s)
			return fen.String(), err
		}
	case UnitCount:
		if quantity == "" {
			return "1"
		}
		parse = parseWhole
	}
	if quantity == "" {
		bad.Add("quantity", "缺少数量：%s 以“%s”计。", "The quantity is missing: %s is counted in %q.", k.Name, k.Unit)
		return ""
	}
	normal, err := parse(quantity)
	bad.Merge("quantity", err)
	return normal
}

func parseCNY(s string) (money.Fen, error) {
	fen, err := money.ParseYuan(s)
	if err != nil {
		return 0, err
	}
	if fen < 0 || strings.HasPrefix(s, "-") {
		return 0, negative(s)
	}
	return fen, nil
}

func checkAttestor(bad *fault.Collector, a Attestor) {
	for _, known := range Attestors() {
		if a == known {
			return
		}
	}
	bad.Add("attested_by", "“%s”不是证明方：应为 %s 之一。", "%q is no attestor: one of %s.", clip(string(a)), joinNames(Attestors()))
}

func normalID(bad *fault.Collector, path, id string) string {
	id = strings.TrimSpace(id)
	if len(id) > maxID {
		bad.Add(path, "编号超过 %d 个字符：请改短。", "The id is longer than %d characters: shorten it.", maxID)
		return id
	}
	for _, c := range id {
		if c <= ' ' || c > '~' || c == '"' || c == '\\' {
			bad.Add(path, "编号 %s 含有不能用的字符：只用可见的 ASCII 字符。", "The id %s has a character that cannot be used: visible ASCII only.", strconv.QuoteToASCII(id))
			return id
		}
	}
	return id
}

func normalText(bad *fault.Collector, path, s string) string {
	s = strings.TrimSpace(s)
	bad.Merge(path, checkText(s))
	return s
}

// checkText refuses what two readers could see differently: bytes that are not
// UTF-8 (U+FFFD stands for them), control and invisible format characters.
func checkText(s string) error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		return fault.Newf(fault.Invalid, "文字不是有效的 UTF-8：请以 UTF-8 编码另存后重试。", "The text is not valid UTF-8: save it as UTF-8 and try again.")
	}
	if utf8.RuneCountInString(s) > maxText {
		return fault.Newf(fault.Invalid, "文字超过 %d 个字：请改短。", "The text is longer than %d characters: shorten it.", maxText)
	}
	for _, c := range s {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
			return fault.Newf(fault.Invalid, "文字含有看不见的字符 U+%04X：请删去。", "The text has the invisible character U+%04X: remove it.", c)
		}
	}
	return nil
}

func normalProof(bad *fault.Collector, proof string) string {
	proof = strings.ToLower(strings.TrimSpace(proof))
	if proof == "" {
		return ""
	}
	if sum, err := hex.DecodeString(proof); err != nil || len(sum) != 32 {
		bad.Add("proof", "证明材料的摘要应为 64 位十六进制（SHA-256）。", "The proof is the file's SHA-256 in 64 hexadecimal digits.")
	}
	return proof
}
