package target

import (
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
)

// Region is what the plan is read from: the pack's folder, and what other
// domains read in it, plugged in by app.
type Region struct {
	Files     fs.FS
	Units     []Unit
	Documents Documents
	// Alias finds the unit that a document means by a name; nil knows none.
	Alias func(name, document string) (unit string, known bool)
}

// Documents is what the plan asks of the region's documents.
type Documents interface {
	// Clause gives a clause as people write it.
	Clause(document, path string) (label i18n.Text, known bool)
	// Draft reports whether a document is a text put out for comment.
	Draft(document string) bool
}

// Plan is a region's targets, tasks and places. It is immutable once loaded
// and safe for concurrent use. A region without them has an empty one.
type Plan struct {
	Targets    []*Target
	Tasks      []*Task
	Lists      []*KeyList
	Bodies     []string // units that meet and decide
	Places     []Place
	Industries []Industry

	units     map[string]Unit
	targets   map[string]*Target
	tasks     map[string]*Task
	places    map[string]Place
	documents Documents
}

// LoadPlan reads targets.yaml, tasks.yaml, places.yaml and industries.yaml of a
// region pack. Every fault is reported at its file and line.
//
// Codes: invalid.
func LoadPlan(r Region) (*Plan, error) {
	p := &Plan{units: map[string]Unit{}, targets: map[string]*Target{}, tasks: map[string]*Task{}, places: map[string]Place{}, documents: r.Documents}
	for _, u := range r.Units {
		p.units[u.ID] = u
	}
	var targets struct {
		Targets []*Target `yaml:"targets"`
	}
	var tasks struct {
		KeyLists []*KeyList `yaml:"key_lists"`
		Bodies   []string   `yaml:"bodies"`
		Tasks    []*Task    `yaml:"tasks"`
	}
	var places struct {
		Places []Place `yaml:"places"`
	}
	var industries struct {
		Version    int        `yaml:"version"`
		Source     any        `yaml:"source"`
		Industries []Industry `yaml:"industries"`
	}
	var bad fault.Collector
	for _, one := range []struct {
		file string
		out  any
	}{{fileTargets, &targets}, {fileTasks, &tasks}, {filePlaces, &places}, {fileIndustries, &industries}} {
		if err := yamlfile.Read(r.Files, one.file, one.out, yamlfile.Strict); err != nil && !errors.Is(err, fs.ErrNotExist) {
			bad.Merge("", err)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	p.Targets, p.Tasks, p.Lists, p.Bodies, p.Places, p.Industries = targets.Targets, tasks.Tasks, tasks.KeyLists, tasks.Bodies, places.Places, industries.Industries
	c := planCheck{plan: p, region: r}
	c.places()
	c.targets()
	c.tasks()
	c.lists()
	return p, c.bad.Err()
}

const (
	fileTargets    = "targets.yaml"
	fileTasks      = "tasks.yaml"
	filePlaces     = "places.yaml"
	fileIndustries = "industries.yaml"
)

// planCheck judges a plan entry by entry and indexes what it finds.
type planCheck struct {
	plan   *Plan
	region Region
	bad    fault.Collector
	file   string
	line   int
}

func (c *planCheck) wrong(zh, en string, args ...any) {
	c.bad.Merge("", yamlfile.At(c.file, c.line, zh, en, args...))
}

// each visits the entries of a list at their lines.
func (c *planCheck) each(file, list string, n int, visit func(i int)) {
	lines := yamlfile.Lines(c.region.Files, file, list)
	c.file = file
	for i := range n {
		c.line = lines(i)
		visit(i)
	}
}

func (c *planCheck) places() {
	c.each(filePlaces, "places", len(c.plan.Places), func(i int) {
		place := c.plan.Places[i]
		if _, double := c.plan.places[place.Code]; place.Code == "" || double {
			c.wrong("地方代码“%.40s”为空或重复。", "The place code %.40q is empty or stands twice.", place.Code)
		}
		if _, known := c.plan.places[place.PartOf]; place.PartOf != "" && !known {
			c.wrong("%.40s 属于 %.40s，而后者没有写在它前面。", "%.40s is part of %.40s, which does not stand before it.", place.Code, place.PartOf)
		}
		if len(place.Tile) != 0 && (len(place.Tile) != 2 || min(place.Tile[0], place.Tile[1]) < 0 || max(place.Tile[0], place.Tile[1]) > 40) {
			c.wrong("%.40s 的 tile 应是两个 0 到 40 的整数。", "The tile of %.40s should be two whole numbers from 0 to 40.", place.Code)
		}
		c.named(place.Code, place.Name)
		c.plan.places[place.Code] = place
	})
}

func (c *planCheck) targets() {
	c.each(fileTargets, "targets", len(c.plan.Targets), func(i int) {
		t := c.plan.Targets[i]
		if t == nil || t.ID == "" || c.plan.targets[t.ID] != nil {
			c.wrong("目标的编号为空或重复。", "A target's id is empty or stands twice.")
			return
		}
		c.plan.targets[t.ID] = t
		c.named(t.ID, t.Name)
		for _, path := range append([]string{t.Clause}, t.Also...) {
			c.clause(t.ID, t.Document, path)
		}
		if draft := c.region.Documents.Draft(t.Document); t.Draft != draft {
			c.wrong("目标 %s 的 draft 与文件 %s 的状态不一致。", "draft of target %s is not what document %s is.", t.ID, t.Document)
		}
		if _, known := c.plan.targets[t.PartOf]; t.PartOf != "" && (!known || t.PartOf == t.ID) {
			c.wrong("目标 %s 是 %.40s 的一部分，而后者没有写在它前面。", "Target %s is part of %.40s, which does not stand before it.", t.ID, t.PartOf)
		}
		for _, place := range []string{t.Place, t.Counts.Place} {
			if _, known := c.plan.places[place]; place != "" && !known {
				c.wrong("目标 %s 写的地方 %.40s 不在 places.yaml 里。", "Target %s names the place %.40s, which places.yaml does not have.", t.ID, place)
			}
		}
		t.Reporter = c.unit(t.ID, t.Reporter, t.Document)
		c.counts(t)
		c.goals(t)
	})
}

// counts holds a target's way of counting against its kind and the vocabulary.
func (c *planCheck) counts(t *Target) {
	if !slices.Contains([]Kind{Stock, Cumulative, Flow, Size, Rank}, t.Kind) {
		c.wrong("目标 %s 的 kind“%.40s”应为 stock、cumulative、flow、size、rank 之一。", "kind %.40[2]q of target %[1]s is one of stock, cumulative, flow, size, rank.", t.ID, t.Kind)
	}
	if t.Kind == Rank {
		if t.Counts != (Counts{}) {
			c.wrong("目标 %s 只有文字，不能写 counts。", "Target %s is in words only and counts nothing.", t.ID)
		}
		return
	}
	kind, err := evidence.CurrentVocabulary().Kind(t.Counts.Fact)
	if err != nil || !slices.Contains(countedKinds(), t.Counts.Fact) {
		c.wrong("目标 %s 的 counts.fact“%.40s”应为 %s 之一。", "counts.fact %.40[2]q of target %[1]s is one of %[3]s.", t.ID, t.Counts.Fact, strings.Join(countedKinds(), ", "))
		return
	}
	if t.Counts.Fact == kindReported {
		if t.Counts != (Counts{Fact: kindReported}) || t.Unit == "" {
			c.wrong("目标 %s 由报数得出：只写 fact，并写明单位。", "Target %s is reported: give the fact alone, and a unit.", t.ID)
		}
		return
	}
	for _, name := range []string{t.Counts.Of, t.Counts.With} {
		if _, err := kind.Attribute(name); err != nil && name != countObject && (name != "" || t.Counts.Of == "") {
			c.wrong("目标 %s 按“%.40s”计数，而 %s 没有这个属性。", "Target %s counts by %.40q, which %s does not have.", t.ID, name, t.Counts.Fact)
		}
	}
}

func (c *planCheck) goals(t *Target) {
	if len(t.Goals) == 0 {
		c.wrong("目标 %s 没有年度目标。", "Target %s has no yearly goals.", t.ID)
	}
	for i := range t.Goals {
		g := &t.Goals[i]
		if g.Year < 2000 || g.Year > 2100 || (i > 0 && g.Year <= t.Goals[i-1].Year) {
			c.wrong("目标 %s 的年份应在 2000 到 2100 之间，依次增大。", "The years of target %s rise, between 2000 and 2100.", t.ID)
		}
		if t.Kind == Rank {
			if g.Words.ZH == "" || g.Words.EN == "" || g.Value != "" || g.Comparator != "" {
				c.wrong("目标 %s 的 %d 年应只有中英文字。", "The goal of target %s for %d has words in both languages and nothing else.", t.ID, g.Year)
			}
			continue
		}
		value, err := parseNumber(g.Value)
		if err != nil || (g.Comparator != AtLeast && g.Comparator != Above) {
			c.wrong("目标 %s 的 %d 年应有比较方式 ge 或 gt 和一个十进制数。", "The goal of target %s for %d needs ge or gt and a plain decimal.", t.ID, g.Year)
			value = new(big.Rat)
		}
		g.exact = value
	}
}

func (c *planCheck) tasks() {
	industries := map[string]bool{}
	for _, one := range c.plan.Industries {
		industries[one.ID] = true
	}
	c.each(fileTasks, "tasks", len(c.plan.Tasks), func(i int) {
		t := c.plan.Tasks[i]
		if t == nil || t.ID == "" || c.plan.tasks[t.ID] != nil {
			c.wrong("任务的编号为空或重复。", "A task's id is empty or stands twice.")
			return
		}
		c.plan.tasks[t.ID] = t
		c.named(t.ID, t.Name)
		c.clause(t.ID, t.Document, t.Clause)
		t.draft = c.region.Documents.Draft(t.Document)
		if len(t.Lead) == 0 {
			c.wrong("任务 %s 没有牵头单位。", "Task %s has no leading unit.", t.ID)
		}
		c.units(t.ID, t.Lead, t.Document)
		c.units(t.ID, t.Support, t.Document)
		if !slices.Contains(Strengths(), t.Strength) {
			c.wrong("任务 %s 的 strength“%.40s”应为 advance、explore、standing 之一。", "strength %.40[2]q of task %[1]s is one of advance, explore, standing.", t.ID, t.Strength)
		}
		if !t.Due.valid() {
			c.wrong("任务 %s 须写明 due：到期的年份依次列出，文中没有日期的写 []，不要推测。", "Task %s needs due: the years at whose end it is due, rising, or [] where the text gives no date; guess none.", t.ID)
		}
		for _, id := range t.Targets {
			if c.plan.targets[id] == nil {
				c.wrong("任务 %s 服务于目标 %.40s，而 targets.yaml 里没有它。", "Task %s serves the target %.40s, which targets.yaml does not have.", t.ID, id)
			}
		}
		if t.Industry != "" && !industries[t.Industry] {
			c.wrong("任务 %s 的行业 %.40s 不在 industries.yaml 里。", "Task %s is of the industry %.40s, which industries.yaml does not have.", t.ID, t.Industry)
		}
	})
}

func (c *planCheck) lists() {
	c.each(fileTasks, "key_lists", len(c.plan.Lists), func(i int) {
		l := c.plan.Lists[i]
		if l == nil || l.ID == "" || l.Measure == "" {
			c.wrong("重点清单缺编号或措施。", "A key list lacks its id or its measure.")
			return
		}
		c.named(l.ID, l.Name)
		c.clause(l.ID, l.Document, l.Clause)
		c.units(l.ID, l.Lead, l.Document)
	})
	c.each(fileTasks, "bodies", len(c.plan.Bodies), func(i int) { c.plan.Bodies[i] = c.unit("bodies", c.plan.Bodies[i], "") })
}

func (c *planCheck) named(id string, name i18n.Text) {
	if name.ZH == "" || name.EN == "" {
		c.wrong("%s 的名称须有中文和英文。", "The name of %s needs Chinese and English.", id)
	}
}

func (c *planCheck) clause(id, document, path string) {
	if _, known := c.region.Documents.Clause(document, path); !known {
		c.wrong("%s 引用的条款 %.40s#%.40s 不存在。", "%s cites the clause %.40s#%.40s, which does not exist.", id, document, path)
	}
}

func (c *planCheck) units(id string, names []string, document string) {
	for i := range names {
		names[i] = c.unit(id, names[i], document)
	}
}

// unit returns a unit's id, by itself or by an alias that the document uses.
func (c *planCheck) unit(id, name, document string) string {
	if _, known := c.plan.units[name]; known {
		return name
	}
	if c.region.Alias != nil {
		if unit, known := c.region.Alias(name, document); known {
			return unit
		}
	}
	c.wrong("%s 写的单位“%.40s”不在单位别名表里。", "%s names the unit %.40q, which the alias table does not have.", id, name)
	return name
}

// Target finds a target.
//
// Codes: not_found.
func (p *Plan) Target(id string) (*Target, error) {
	if t := p.targets[id]; t != nil {
		return t, nil
	}
	return nil, fault.Newf(fault.NotFound, "没有目标“%.40s”。", "There is no target %.40q.", id)
}

// Task finds a task.
//
// Codes: not_found.
func (p *Plan) Task(id string) (*Task, error) {
	if t := p.tasks[id]; t != nil {
		return t, nil
	}
	return nil, fault.Newf(fault.NotFound, "没有任务“%.40s”。", "There is no task %.40q.", id)
}

// List finds a key list.
//
// Codes: not_found.
func (p *Plan) List(id string) (*KeyList, error) {
	for _, l := range p.Lists {
		if l.ID == id {
			return l, nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "没有重点清单“%.40s”。", "There is no key list %.40q.", id)
}

// Unit names a unit; one that the table does not have keeps its id for a name.
func (p *Plan) Unit(id string) Unit {
	if u, known := p.units[id]; known {
		return u
	}
	return Unit{ID: id, Name: i18n.Text{ZH: id, EN: id}}
}

func (p *Plan) unitsOf(ids []string) []Unit {
	out := make([]Unit, len(ids))
	for i, id := range ids {
		out[i] = p.Unit(id)
	}
	return out
}

// Cite is a clause as people write it.
func (p *Plan) Cite(document, path string) Clause {
	label, known := p.documents.Clause(document, path)
	if !known {
		label = i18n.Text{ZH: document + "#" + path, EN: document + "#" + path}
	}
	return Clause{document, path, label}
}

// Within reports whether a place is another or lies in it.
func (p *Plan) Within(place, in string) bool {
	for range len(p.places) + 1 {
		if place == in {
			return true
		}
		inside, known := p.places[place]
		if !known || inside.PartOf == "" {
			return false
		}
		place = inside.PartOf
	}
	return false
}

// Serving lists the tasks that serve a target.
func (p *Plan) Serving(target string) (tasks []*Task) {
	for _, t := range p.Tasks {
		if slices.Contains(t.Targets, target) {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// Answering lists the units that answer for a target: who leads a task that
// serves it, and who reports it. Each once.
func (p *Plan) Answering(t *Target) (units []string) {
	for _, task := range p.Serving(t.ID) {
		for _, unit := range task.Lead {
			if !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	if t.Reporter != "" && !slices.Contains(units, t.Reporter) {
		units = append(units, t.Reporter)
	}
	return units
}

// String names the plan's size, for the log.
func (p *Plan) String() string {
	return fmt.Sprintf("%d targets, %d tasks", len(p.Targets), len(p.Tasks))
}
