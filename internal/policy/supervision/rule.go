// Package supervision warns before public money is paid: rules as data look at
// facts and papers and raise alarms, each with its reason, and each ends in a
// person's decision. It moves no case: the case asks it what stands in the way.
package supervision

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Rules (预警规则) is a region's alarms.yaml: what to look for. The zero value
// looks for nothing.
type Rules struct {
	Version int     `yaml:"version"`
	Rules   []*Rule `yaml:"rules"`

	parties map[string]string // by kind of facts
}

// Rule is one way of looking, with its thresholds.
type Rule struct {
	ID         string                `yaml:"id"`
	Version    int                   `yaml:"version"`
	Kind       Kind                  `yaml:"kind"`
	Severity   Severity              `yaml:"severity"`
	Name       i18n.Text             `yaml:"name"`
	Reads      []Read                `yaml:"reads"`
	Thresholds map[string]*Threshold `yaml:"thresholds"`
	Sentence   i18n.Text             `yaml:"sentence"` // with {placeholders} of the kind
	Source     Source                `yaml:"source"`
}

// Severity says what an alarm does.
type Severity string

// The severities.
const (
	Stop Severity = "stop" // bars approving and countersigning until it is disposed of
	Look Severity = "look" // is shown
)

// Role says as what a rule reads an attribute.
type Role string

// The roles. What each kind of rule reads, its detector declares.
const (
	AsPaper       Role = "paper"       // the number of an invoice or contract
	AsIssuer      Role = "issuer"      // who issued that paper
	AsSeller      Role = "seller"      // the other side of a purchase
	AsFigure      Role = "figure"      // a decimal; without an attribute, the quantity
	AsCertificate Role = "certificate" // the fact itself, which may be withdrawn
	AsUntil       Role = "until"       // its last valid day
	AsStatus      Role = "status"      // what ends it, by Values
	AsContact     Role = "contact"     // org.contact
	AsRelation    Role = "relation"    // org.related and the attribute that names the other party
)

// Read is one attribute of one kind of facts that a rule reads.
type Read struct {
	Kind      string   `yaml:"kind"`
	As        Role     `yaml:"as"`
	Attribute string   `yaml:"attribute"`
	Values    []string `yaml:"values"`
}

// Unit is what a threshold is counted in.
type Unit string

// The units of thresholds.
const (
	Yuan   Unit = "yuan"   // decimal yuan with two places
	Share  Unit = "rate"   // a decimal fraction
	Days   Unit = "days"   // civil days
	Months Unit = "months" // calendar months
	Times  Unit = "times"  // a whole multiple
	Count  Unit = "count"
	Points Unit = "points"
)

// Threshold is one figure of a rule and why it has its value.
type Threshold struct {
	Value string    `yaml:"value"`
	Unit  Unit      `yaml:"unit"`
	Why   i18n.Text `yaml:"why"`

	n    int64 // fen for yuan, else the whole number
	rate money.Rate
}

// Source is where a rule comes from: a clause, and what it asks in general words.
type Source struct {
	Document string    `yaml:"document"`
	Path     string    `yaml:"path"`
	Note     i18n.Text `yaml:"note"`
}

// Ref is the clause.
func (s Source) Ref() rule.ClauseRef { return rule.ClauseRef{Document: s.Document, Path: s.Path} }

// file is the name of the rules in a region pack.
const file = "alarms.yaml"

// OpenRules loads the rules of a pack's folder; a pack without alarms.yaml has none.
//
// Codes: invalid.
func OpenRules(dir string) (*Rules, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "没有地区包目录 %s：请检查路径和权限。", "There is no region pack folder %s: check the path and permissions.", dir).Because(err)
	}
	defer root.Close()
	return LoadRules(root.FS())
}

// LoadRules is OpenRules of an opened pack.
//
// Codes: invalid, naming every fault.
func LoadRules(fsys fs.FS) (*Rules, error) {
	var rules Rules
	switch err := yamlfile.Read(fsys, file, &rules, yamlfile.Strict); {
	case errors.Is(err, fs.ErrNotExist):
		return &Rules{}, nil
	case err != nil:
		return nil, err
	}
	return &rules, rules.Validate()
}

// Rule finds a rule, nil when there is none of that id (any more).
func (rs *Rules) Rule(id string) *Rule {
	for _, r := range rs.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Validate reports every fault of the rules and reads their figures. A rule
// must say all that its kind needs and nothing else.
//
// Codes: invalid.
func (rs *Rules) Validate() error {
	var bad fault.Collector
	if rs.Version < 1 {
		bad.Add(file+"#version", "缺少版本号。", "The version is missing.")
	}
	seen := map[string]bool{}
	for i, r := range rs.Rules {
		if r == nil {
			bad.Add(fmt.Sprintf("%s#rules[%d]", file, i), "规则是空的。", "The rule is empty.")
			continue
		}
		if seen[r.ID] {
			bad.Add(file+"#"+r.ID, "规则重复。", "The rule is there twice.")
		}
		seen[r.ID] = true
		bad.Merge(file+"#"+r.ID, r.validate())
	}
	if bad.Len() == 0 {
		rs.validateParties(&bad)
	}
	return bad.Err()
}

// validateParties settles from which attribute of a kind the other party is
// read, the same one for all rules.
func (rs *Rules) validateParties(bad *fault.Collector) {
	rs.parties = map[string]string{}
	for _, r := range rs.Rules {
		for _, read := range r.Reads {
			if read.As != AsSeller && read.As != AsIssuer && read.As != AsRelation {
				continue
			}
			if known := rs.parties[read.Kind]; known != "" && known != read.Attribute {
				bad.Add(file+"#"+r.ID+".reads", "%[1]s 的对方在别的规则里从 %[2]s 读，这里从 %[3]s 读：只能有一个。", "The other party of %[1]s is read from %[2]s elsewhere and from %[3]s here: it has one.", read.Kind, known, read.Attribute)
			}
			rs.parties[read.Kind] = read.Attribute
		}
	}
}

// party is the attribute of a kind that names the other party, "" for none.
func (rs *Rules) party(kind string) string { return rs.parties[kind] }

// Cites reports the rules whose source is not a clause of the pack; `region
// check` adds them to its own findings.
func (rs *Rules) Cites(pack *rule.Pack) (problems []rule.Problem) {
	for _, r := range rs.Rules {
		d := pack.Document(r.Source.Document)
		if d == nil || !slices.ContainsFunc(d.Clauses, func(c rule.Clause) bool { return c.Path == r.Source.Path }) {
			problems = append(problems, rule.Problem{Level: "error", Where: file + "#" + r.ID + ".source",
				Message: i18n.T("地区包里没有条款 %s。", "The pack has no clause %s.", r.Source.Ref())})
		}
	}
	return problems
}

var ruleID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

func (r *Rule) validate() error {
	var bad fault.Collector
	if !ruleID.MatchString(r.ID) || r.Version < 1 || r.Name.ZH == "" || r.Name.EN == "" {
		bad.Add("id", "规则要有编号（小写字母、数字和连字符）、版本和双语名称。", "A rule has an id (lower-case letters, digits, hyphens), a version and a name in both languages.")
	}
	if r.Severity != Stop && r.Severity != Look {
		bad.Add("severity", "应为 stop 或 look。", "It is stop or look.")
	}
	if r.Source.Document == "" || r.Source.Path == "" || r.Source.Note.ZH == "" || r.Source.Note.EN == "" {
		bad.Add("source", "要写明文件、条款和双语说明。", "Name the document, the clause and what it asks, in both languages.")
	}
	d, known := detectors[r.Kind]
	if !known {
		bad.Add("kind", "没有“%.40s”这种识别方法：应为 %v 之一。", "There is no kind %.40q: one of %v.", r.Kind, Kinds())
		return bad.Err()
	}
	r.validateReads(&bad, d)
	r.validateThresholds(&bad, d)
	r.validateSentence(&bad, d)
	return bad.Err()
}

func (r *Rule) validateReads(bad *fault.Collector, d detector) {
	for i, read := range r.Reads {
		where := fmt.Sprintf("reads[%d]", i)
		if !slices.Contains(d.reads, read.As) {
			bad.Add(where+".as", "%[1]s 不按“%[2]s”读：可用 %[3]v。", "%[1]s reads nothing as %[2]q: it knows %[3]v.", r.Kind, read.As, d.reads)
			continue
		}
		kind, err := evidence.CurrentVocabulary().Kind(read.Kind)
		if err != nil {
			bad.Merge(where+".kind", err)
			continue
		}
		optional := read.As == AsFigure || read.As == AsCertificate || read.As == AsContact
		if read.Attribute == "" && !optional {
			bad.Add(where+".attribute", "要写明读哪个属性。", "Name the attribute that is read.")
		}
		if read.Attribute != "" {
			_, err := kind.Attribute(read.Attribute)
			bad.Merge(where+".attribute", err)
		}
		if (read.As == AsStatus) != (len(read.Values) > 0) {
			bad.Add(where+".values", "按 status 读要列出失效的取值，其他不列。", "What ends a status is listed in values, and only there.")
		}
		if (read.As == AsContact) != (read.Kind == kindContact) || (read.As == AsRelation) != (read.Kind == kindRelated) {
			bad.Add(where+".kind", "联系方式只从 %s 读，关联关系只从 %s 读。", "Contacts are read from %s and relations from %s only.", kindContact, kindRelated)
		}
	}
	if len(d.reads) > 0 && len(r.Reads) == 0 {
		bad.Add("reads", "没有写明读哪些事实。", "It does not say which facts it reads.")
	}
	for _, role := range d.required {
		if !slices.ContainsFunc(r.Reads, func(read Read) bool { return read.As == role }) {
			bad.Add("reads", "%[1]s 至少要有一项按“%[2]s”读。", "%[1]s needs at least one read as %[2]q.", r.Kind, role)
		}
	}
}

func (r *Rule) validateThresholds(bad *fault.Collector, d detector) {
	for name, unit := range d.thresholds {
		t := r.Thresholds[name]
		if t == nil {
			bad.Add("thresholds."+name, "缺少这一项（单位 %s）。", "It is missing (in %s).", unit)
			continue
		}
		if t.Unit != unit {
			bad.Add("thresholds."+name+".unit", "单位应为 %[1]s，写成了“%[2]s”。", "The unit is %[1]s, not %[2]q.", unit, t.Unit)
			continue
		}
		if t.Why.ZH == "" || t.Why.EN == "" {
			bad.Add("thresholds."+name+".why", "要用两种语言写明为什么是这个值。", "Say in both languages why it has this value.")
		}
		bad.Merge("thresholds."+name+".value", t.parse())
	}
	for name := range r.Thresholds {
		if _, known := d.thresholds[name]; !known {
			bad.Add("thresholds."+name, "%s 没有这一项。", "%s has no such threshold.", r.Kind)
		}
	}
}

// mostThreshold bounds whole thresholds: past it a rule would compare nothing.
const mostThreshold = 10_000

func (t *Threshold) parse() (err error) {
	switch t.Unit {
	case Yuan:
		var fen money.Fen
		fen, err = money.ParseYuan(t.Value)
		t.n = int64(fen)
		if err == nil && fen <= 0 {
			err = fault.Newf(fault.Invalid, "金额须大于零。", "The amount must be above zero.")
		}
		return err
	case Share:
		t.rate, err = money.ParseRate(t.Value)
		if err == nil && t.rate.Num >= t.rate.Den {
			err = fault.Newf(fault.Invalid, "比例须小于 1。", "The rate must be below 1.")
		}
		return err
	}
	t.n, err = strconv.ParseInt(t.Value, 10, 64)
	if err != nil || t.n < 0 || t.n > mostThreshold || strconv.FormatInt(t.n, 10) != t.Value {
		return fault.Newf(fault.Invalid, "应为 0 到 %d 的整数。", "A whole number from 0 to %d.", mostThreshold)
	}
	return nil
}

// n is a threshold's whole number, in fen for yuan.
func (r *Rule) n(name string) int64 { return r.Thresholds[name].n }

// rate is a threshold's fraction.
func (r *Rule) rate(name string) money.Rate { return r.Thresholds[name].rate }

var placeholder = regexp.MustCompile(`\{([a-z_]*)\}`)

func (r *Rule) validateSentence(bad *fault.Collector, d detector) {
	for lang, text := range map[string]string{"zh": r.Sentence.ZH, "en": r.Sentence.EN} {
		if strings.TrimSpace(text) == "" {
			bad.Add("sentence."+lang, "缺少句子。", "The sentence is missing.")
		}
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(d.figures, m[1]) {
				bad.Add("sentence."+lang, "没有占位 {%[1]s}：可用 %[2]v。", "There is no placeholder {%[1]s}: it has %[2]v.", m[1], d.figures)
			}
		}
	}
}

// say fills the sentence in with figures.
func (r *Rule) say(figures map[string]i18n.Text) i18n.Text {
	in := func(text string, of func(i18n.Text) string) string {
		return placeholder.ReplaceAllStringFunc(text, func(mark string) string { return of(figures[mark[1:len(mark)-1]]) })
	}
	return i18n.Text{ZH: in(r.Sentence.ZH, func(t i18n.Text) string { return t.ZH }), EN: in(r.Sentence.EN, func(t i18n.Text) string { return t.EN })}
}

// readAs returns the attribute that the rule reads of a kind of facts in a
// role; read is false when it reads none.
func (r *Rule) readAs(kind string, as Role) (attribute string, read bool) {
	for _, one := range r.Reads {
		if one.Kind == kind && one.As == as {
			return one.Attribute, true
		}
	}
	return "", false
}
