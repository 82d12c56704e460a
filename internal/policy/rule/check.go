package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Report is what checking a pack comes to (`region check`).
type Report struct {
	Region   string    `json:"region"`
	OK       bool      `json:"ok"` // no problem is an error; warnings may remain
	Measures int       `json:"measures"`
	Cases    int       `json:"cases"`
	Problems []Problem `json:"problems"`
}

// Problem is one finding.
type Problem struct {
	Level   string    `json:"level"` // error, warning
	Where   string    `json:"where"`
	Message i18n.Text `json:"message"`
}

// Err returns the report's errors as a fault, nil when there are none.
//
// Codes: check_failed.
func (r Report) Err() error {
	var fields []fault.Field
	for _, p := range r.Problems {
		if p.Level == "error" {
			fields = append(fields, fault.Field{Path: p.Where, Message: p.Message})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return fault.New(fault.CheckFailed, i18n.T("地区包有 %d 处不合格。", "The region pack has %d problem(s).", len(fields)), fields...)
}

type checker struct {
	pack   *Pack
	report Report
}

func (c *checker) problem(level, where, zh, en string, args ...any) {
	c.report.Problems = append(c.report.Problems, Problem{level, where, i18n.T(zh, en, args...)})
}

// Check judges whether the pack is complete and right: every measure cites
// clauses that exist and has worked cases, every condition lowers to the plan,
// every case comes out as written.
func (p *Pack) Check() Report {
	c := &checker{pack: p, report: Report{Region: p.Region.ID, Measures: len(p.Measures), Cases: len(p.Cases), Problems: []Problem{}}}
	c.clauses()
	compiled := c.conditions()
	c.withoutCases()
	if compiled { // a pack that does not compile fails every case for one reason
		c.cases()
	}
	for _, q := range p.Questions {
		for _, ref := range q.Where {
			c.cites("questions.yaml#"+q.ID, ref)
		}
	}
	c.report.OK = c.report.Err() == nil
	return c.report
}

func (c *checker) cites(where string, ref ClauseRef) {
	d := c.pack.Document(ref.Document)
	switch {
	case d == nil:
		c.problem("error", where, "没有文件 %s。", "There is no document %s.", ref.Document)
	case ref.Path != "" && d.clause(ref.Path) == nil:
		c.problem("error", where, "文件 %s 没有条款“%s”。", "Document %s has no clause %q.", ref.Document, ref.Path)
	}
}

func (c *checker) clauses() {
	for _, m := range c.pack.Measures {
		c.cites(m.file, m.Ref(""))
		for _, condition := range m.Conditions {
			c.cites(m.file+"#"+condition.ID, m.Ref(condition.Clause))
		}
		c.steps(m, m.Amount)
		for _, p := range m.Parameters {
			c.cites(m.file+"#parameters."+p.Path, m.Ref(p.Clause))
			c.phrase(m, p)
		}
		if m.Who != nil {
			c.cites(m.file+"#who", m.Ref(m.Who.Clause))
		}
	}
	for _, d := range c.pack.Documents {
		for _, clause := range d.Clauses {
			if clause.Rule != "" && c.pack.measures[clause.Rule] == nil {
				c.problem("error", "documents/"+d.ID+".yaml#"+clause.Path, "条款指向措施 %s，但没有这条措施。", "The clause points to measure %s, which does not exist.", clause.Rule)
			}
		}
	}
}

func (c *checker) steps(m *Measure, steps []Step) {
	for i, s := range steps {
		c.cites(fmt.Sprintf("%s#amount[%d]", m.file, i), m.Ref(s.Clause))
		for _, alternative := range s.Of {
			c.steps(m, alternative)
		}
	}
}

// phrase checks that a figure's bytes lie inside the clause that it comes from.
func (c *checker) phrase(m *Measure, p Parameter) {
	where := m.file + "#parameters." + p.Path
	ref := m.Ref(p.Clause)
	if p.Value == "" || len(p.At) == 0 {
		return
	}
	d := c.pack.Document(ref.Document)
	if d == nil || d.clause(ref.Path) == nil {
		return
	}
	clause := d.clause(ref.Path)
	if len(p.At) != 2 || p.At[0] >= p.At[1] || p.At[0] < clause.Start || p.At[1] > clause.End {
		c.problem("error", where, "at 应是条款 %s 字节范围 [%d, %d) 之内的起止。", "at should be a range inside clause %s, bytes [%d, %d).", ref, clause.Start, clause.End)
	}
}

// conditions compiles every plan and reports what stays CEL; it tells whether
// all compile.
func (c *checker) conditions() bool {
	compiled := true
	guides := []int{0}
	for _, g := range c.pack.Guides {
		guides = append(guides, g.Year)
	}
	reported := map[string]bool{}
	for _, year := range guides {
		guide, _ := c.pack.Guide(year)
		compiler, err := newCompiler(c.pack, guide, year, nil)
		if err == nil {
			err = compiler.compile()
		}
		if err != nil {
			compiled = false
			for _, f := range fault.From(err).Fields {
				if !reported[f.Path] {
					c.report.Problems = append(c.report.Problems, Problem{"error", f.Path, f.Message})
				}
				reported[f.Path] = true
			}
			continue
		}
		for file, expressions := range compiler.unlowered {
			for _, e := range expressions {
				if !reported[file+e] {
					c.problem("error", file, "条件“%s”不能按列执行，每家单位要单独算一次：请只用比较、in、&&、||、!、?:。", "The condition %q cannot run on columns and costs one evaluation an organisation: use comparisons, in, &&, ||, ! and ?: only.", e)
				}
				reported[file+e] = true
			}
		}
	}
	for _, m := range c.pack.Measures {
		for _, condition := range m.Conditions {
			if strings.Contains(condition.When, "has(") {
				c.problem("warning", m.file+"#"+condition.ID, "has() 会把缺少的事实变成“不符合”：除非确有此意，请去掉。", "has() turns a missing fact into \"no\": leave it out unless that is meant.")
			}
		}
	}
	slices.SortStableFunc(c.report.Problems, func(a, b Problem) int { return strings.Compare(a.Where, b.Where) })
	return compiled
}

func (c *checker) withoutCases() {
	for _, m := range c.pack.Measures {
		if !slices.ContainsFunc(c.pack.Cases, func(k Case) bool { return k.Measure == m.ID }) {
			c.problem("error", m.file, "措施没有算例（cases/%s.yaml）。", "The measure has no worked cases (cases/%s.yaml).", m.ID)
		}
	}
}

// cases runs every worked case.
func (c *checker) cases() {
	for i := range c.pack.Cases {
		k := &c.pack.Cases[i]
		where := k.file + "#" + k.ID
		if _, err := c.pack.Measure(k.Measure); err != nil {
			c.problem("error", where, "没有措施 %s。", "There is no measure %s.", k.Measure)
			continue
		}
		results, err := c.pack.RunCase(k)
		if err != nil {
			c.problem("error", where, "算例不能执行：%s", "The case cannot be run: %s", fault.From(err).Error())
			continue
		}
		for _, difference := range k.compare(results) {
			c.report.Problems = append(c.report.Problems, Problem{"error", where, difference})
		}
	}
}

// caseCode17 is the made-up organisation of cases that name none.
const caseCode17 = "91520115MADEM0001"

// Input is a case as an assessment's input.
//
// Codes: invalid.
func (k *Case) Input() (Input, error) {
	in := Input{On: k.On, Guide: k.Guide, Measures: []string{k.Measure}}
	in.Subject.Kind = k.Subject.Kind
	if in.Subject.Kind == "" {
		in.Subject.Kind = evidence.Enterprise
	}
	in.Subject.Code = ident.CreditCode(k.Subject.Code)
	if in.Subject.Code == "" {
		in.Subject.Code = ident.CreditCode(caseCode17 + string(ident.CreditCheck(caseCode17)))
	}
	var bad fault.Collector
	add := func(f CaseFact, id string) {
		if f.ID != "" {
			id = f.ID
		}
		fact, err := evidence.Fact{ID: id, Kind: f.Kind, Subject: in.Subject.Code, Object: f.Object, Quantity: f.Quantity, Unit: f.Unit,
			Occurred: f.Occurred, Attestor: f.By, Corrects: f.Corrects, Attributes: f.Attributes}.Normalise()
		bad.Merge(id, err)
		in.Facts = append(in.Facts, fact)
	}
	for i, f := range k.given {
		if !slices.Contains(k.Without, f.Kind) {
			add(f, fmt.Sprintf("given[%d]", i))
		}
	}
	for i, f := range k.Facts {
		add(f, fmt.Sprintf("facts[%d]", i))
	}
	return in, bad.Err()
}

// RunCase assesses a worked case.
//
// Codes: invalid, not_found, too_large.
func (p *Pack) RunCase(k *Case) ([]Result, error) {
	in, err := k.Input()
	if err != nil {
		return nil, err
	}
	return p.Assess(in)
}

// compare lists where the results differ from what the case expects.
func (k *Case) compare(results []Result) []i18n.Text {
	var out []i18n.Text
	differ := func(what, want, got string) {
		if want != got {
			out = append(out, i18n.T("%s 应为 %s，算出 %s。", "%s should be %s and came out as %s.", what, want, got))
		}
	}
	differ("results", fmt.Sprint(len(k.Expect)), fmt.Sprint(len(results)))
	for i := range min(len(k.Expect), len(results)) {
		want, got := k.Expect[i], results[i]
		name := got.Measure + "/" + got.Object + " "
		differ(name+"object", want.Object, got.Object)
		differ(name+"outcome", string(want.Outcome), string(got.Outcome))
		compareFen(differ, name+"amount", want.Amount, got.Amount)
		compareFen(differ, name+"provisional", want.Provisional, got.Provisional)
		if got.Split != nil {
			compareFen(differ, name+"city", want.City, &got.Split.City)
			compareFen(differ, name+"district", want.District, &got.Split.District)
		} else if want.City != "" {
			differ(name+"city", want.City, "none")
		}
		compareList(differ, name+"lacking", want.Lacking, got.Lacking)
		compareList(differ, name+"questions", want.Questions, got.Questions)
		var fails []string
		for _, r := range got.Reasons {
			if r.OK != nil && !*r.OK {
				fails = append(fails, r.ID)
			}
		}
		compareList(differ, name+"fails", want.Fails, fails)
	}
	return out
}

func compareFen(differ func(what, want, got string), what, want string, got *money.Fen) {
	text := "none"
	if got != nil {
		text = got.String()
	}
	if want != "" {
		differ(what, want, text)
	}
}

func compareList(differ func(what, want, got string), what string, want *[]string, got []string) {
	if want != nil {
		differ(what, fmt.Sprintf("%q", *want), fmt.Sprintf("%q", got))
	}
}
