package rule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

var (
	parameterName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	questionID    = regexp.MustCompile(`^A[1-9][0-9]{0,2}$`)
)

// validate reports every fault that would keep the pack from being assessed.
func (p *Pack) validate() error {
	var bad fault.Collector
	if p.Region.ID == "" {
		bad.Add("region.yaml", "缺少 id。", "The id is missing.")
	}
	p.Region.Recovery.validate(&bad)
	for _, q := range p.Questions {
		if !questionID.MatchString(q.ID) {
			bad.Add("questions.yaml", "问题编号“%.20s”应为 A1、A2 等。", "The question id %.20q should be A1, A2 and so on.", q.ID)
		}
	}
	for _, q := range p.Questions {
		if q.Effect != "" && !slices.Contains(Effects(), q.Effect) {
			bad.Add("questions.yaml", "问题 %s 的 effect“%.20s”不在表内。", "The effect %[2]q of question %[1]s is not listed.", q.ID, string(q.Effect))
		}
	}
	for _, m := range p.Measures {
		p.validateMeasure(&bad, m)
	}
	for _, g := range p.Guides {
		p.validateGuide(&bad, g)
	}
	return bad.Err()
}

func (p *Pack) validateMeasure(bad *fault.Collector, m *Measure) {
	add := func(zh, en string, args ...any) { bad.Add(m.file, zh, en, args...) }
	if m.Version < 1 {
		add("缺少版本号。", "The version is missing.")
	}
	if !slices.Contains(RuleTypes(), m.Type) {
		add("rule_type“%.40s”不在表内：应为 %s 之一。", "The rule_type %.40q is not listed: it is one of %s.", m.Type, joinTypes())
	}
	if p.Document(m.Document) == nil {
		add("没有政策文件“%.20[1]s”：请补 documents/%.20[1]s.yaml，或改正 document。", "There is no document %.20[1]q: add documents/%.20[1]s.yaml or correct the field document.", m.Document)
	}
	if !complete(m.Name) {
		add("缺少双语名称。", "The name is needed in both languages.")
	}
	for _, q := range m.asks() {
		if p.Question(q) == nil {
			add("没有问题“%.20s”：请补进 questions.yaml，或改正编号。", "There is no question %.20q: add it to questions.yaml or correct the id.", q)
		}
	}
	if m.Type == Gate && len(m.Gates) > 0 {
		add("门槛类措施不能再引用门槛：会转圈。", "A gate has no gates of its own: they could run in a circle.")
	}
	for _, g := range m.Gates {
		if gate := p.measures[g]; gate == nil || gate.Type != Gate {
			add("“%.40s”不是门槛类措施。", "%.40q is no measure of type gate.", g)
		}
	}
	for _, id := range m.Imports {
		if imported := p.measures[id]; imported == nil || m.Type != Reference {
			add("只有 reference 类措施可以引用别的措施，且“%.40s”须存在。", "Only a reference imports measures, and %.40q must exist.", id)
		} else if imported.Type != Payable {
			add("只能引用 payable 类措施，“%.40s”不是：引用的引用会转圈。", "Only payable measures are imported, and %.40q is none: references of references could run in a circle.", id)
		}
	}
	if st := m.Stacking; st != nil {
		if law := p.measures[st.Rule]; law == nil || law.Type != StackingRule {
			add("stacking.rule“%.40s”不是叠加类措施。", "stacking.rule %.40q is no measure of type stacking.", st.Rule)
		}
		for _, how := range st.How {
			if how != "best_of" && how != "top_up" {
				add("stacking.how“%.40s”应为 best_of 或 top_up。", "stacking.how %.40q should be best_of or top_up.", how)
			}
		}
	}
	p.validateFacts(bad, m)
	p.validateConditions(bad, m)
	seen := map[string]bool{}
	for _, parameter := range m.Parameters {
		if !parameterName.MatchString(parameter.Path) || seen[parameter.Path] {
			add("参数名“%.40s”重复或写法不对。", "The parameter %.40q is doubled or badly named.", parameter.Path)
		}
		seen[parameter.Path] = true
		if _, err := parseValue(parameter, parameter.Value); err != nil {
			bad.Merge(m.file+"#parameters."+parameter.Path, err)
		}
	}
	if m.Type == Payable && len(m.Amount) == 0 {
		add("可兑付的措施须写明 amount。", "A payable measure needs an amount.")
	}
}

// asks lists every question that the measure names, each once.
func (m *Measure) asks() []string {
	all := slices.Clone(m.Questions)
	if m.CapScope != nil {
		all = append(all, m.CapScope.Question)
	}
	if m.Budget != nil {
		all = append(all, m.Budget.Question)
	}
	if m.Selection != nil {
		all = append(all, m.Selection.Question)
	}
	for _, c := range m.Conditions {
		all = append(all, c.Question)
	}
	var steps func([]Step)
	steps = func(list []Step) {
		for _, s := range list {
			all = append(all, s.Question)
			for _, alternative := range s.Of {
				steps(alternative)
			}
		}
	}
	steps(m.Amount)
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(q string) bool { return q == "" })
}

func joinTypes() string {
	var names []string
	for _, t := range RuleTypes() {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

func (p *Pack) validateFacts(bad *fault.Collector, m *Measure) {
	seen := map[string]bool{}
	for _, u := range m.Facts {
		place := m.file + "#facts." + u.Kind
		kind, err := p.Vocabulary.Kind(u.Kind)
		if err != nil {
			bad.Merge(place, err)
			continue
		}
		if seen[u.Kind] {
			bad.Add(place, "同一事实种类只能列一次。", "A fact kind is listed once.")
		}
		seen[u.Kind] = true
		if u.Per != "" {
			if _, err := kind.Attribute(u.Per); err != nil {
				bad.Merge(place+".per", err)
			}
			if m.Object == "" {
				bad.Add(place+".per", "措施没有写 object，不能按对象连接。", "The measure names no object to join on.")
			}
		}
		if len(u.By) == 0 || slices.Contains(u.By, string(evidence.Applicant)) {
			bad.Add(place+".by", "须写明采信谁，且申报单位自报不能采信。", "Say whose word counts; the applicant's own never does.")
		}
		for _, by := range u.By {
			if !slices.Contains(evidence.Attestors(), evidence.Attestor(by)) {
				bad.Add(place+".by", "没有证明方“%.20s”。", "There is no attestor %.20q.", by)
			}
		}
		if u.Take != "latest" && u.Take != "sum" {
			bad.Add(place+".take", "应为 latest 或 sum。", "It should be latest or sum.")
		}
		if u.Absent != "" && u.Absent != "zero" {
			bad.Add(place+".absent", "只能留空或写 zero。", "It is left out, or zero.")
		}
		if !complete(u.Text) {
			bad.Add(place+".text", "缺少双语说明。", "The text is needed in both languages.")
		}
	}
}

func (p *Pack) validateConditions(bad *fault.Collector, m *Measure) {
	seen := map[string]bool{}
	for _, c := range m.Conditions {
		place := m.file + "#" + c.ID
		if c.ID == "" || c.ID == "who" || seen[c.ID] {
			bad.Add(place, "条件缺少编号，或编号重复。", "A condition lacks an id or doubles one.")
		}
		seen[c.ID] = true
		if !complete(c.Text) {
			bad.Add(place, "条件缺少双语说明。", "The condition's sentence is needed in both languages.")
		}
		if strings.TrimSpace(c.When) == "" {
			bad.Add(place, "条件缺少 when。", "The condition lacks its when.")
		}
		if c.Each != "" && !slices.ContainsFunc(m.Facts, func(u FactUse) bool { return u.Kind == c.Each }) {
			bad.Add(place+".each", "facts 没有列出 %.40s。", "The facts do not list %.40s.", c.Each)
		}
	}
}

func (p *Pack) validateGuide(bad *fault.Collector, g Guide) {
	file := "guides/" + strconv.Itoa(g.Year) + ".yaml"
	if !complete(g.Issuer) || g.Issued == "" {
		bad.Add(file, "须写明指南由谁、何时发布：其中的数值和预算以它为作者。", "Say who issued the guide and when: its figures and budgets stand on that name.")
	}
	seen := map[string]bool{}
	for _, r := range g.Rulings {
		q := p.Question(r.Question)
		switch {
		case q == nil:
			bad.Add(file, "没有问题“%.20s”。", "There is no question %.20q.", r.Question)
			continue
		case seen[r.Question]:
			bad.Add(file, "问题 %s 裁定了两次。", "Question %s is ruled twice.", r.Question)
		case !slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.ID == r.Choice }):
			bad.Add(file, "问题 %s 没有选项“%.40s”。", "Question %s has no choice %.40q.", r.Question, r.Choice)
		}
		seen[r.Question] = true
		if !complete(r.By) || r.On == "" {
			bad.Add(file, "问题 %s 的裁定须写明由谁、何时作出。", "The ruling on %s must say by whom and when.", r.Question)
		}
	}
	for _, b := range g.Budgets {
		if _, err := p.Measure(b.Measure); err != nil {
			bad.Merge(file, err)
		}
		if _, err := b.Fen(); err != nil {
			bad.Merge(file, err)
		}
	}
	for i, v := range g.Vouchers {
		place := file + "#vouchers[" + strconv.Itoa(i) + "]"
		if m, err := p.Measure(v.Measure); err != nil {
			bad.Merge(place, err)
		} else if m.Schedule != ScheduleVoucher {
			bad.Add(place, "措施 %s 不以券兑现（schedule: voucher）。", "Measure %s is not given as a voucher (schedule: voucher).", m.ID)
		}
		if slices.IndexFunc(g.Vouchers, func(o VoucherRuling) bool { return o.Measure == v.Measure }) < i {
			bad.Add(place, "措施 %s 的券裁定了两次。", "The vouchers of %s are ruled twice.", v.Measure)
		}
		_, _, err := g.Voucher(v.Measure)
		bad.Merge(place, err)
	}
}

func complete(t i18n.Text) bool {
	return strings.TrimSpace(t.ZH) != "" && strings.TrimSpace(t.EN) != ""
}
