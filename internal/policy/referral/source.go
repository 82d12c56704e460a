// Package referral is the room of what a document only points to: funds,
// special funds, bonds and loans (document 002 clause 7; 000 clauses 10 and 11;
// 001 clause 3(2)). An organisation describes a project once, sees which sources
// may fit and why, sends the file and follows the answers. An investment is no
// grant: nothing here is a fact, reaches an assessment or moves money.
package referral

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Sources (资金来源) is a region's funds.yaml. The zero value knows none.
type Sources struct {
	Version int       `yaml:"version"`
	Example bool      `yaml:"example"` // mandates are an example ruling: no fund publishes its own
	Sources []*Source `yaml:"sources"`

	industries map[string]i18n.Text
	places     map[string]i18n.Text // by code
}

// Source is a fund or another source of money that a document names.
type Source struct {
	ID         string           `yaml:"id"`
	Kind       Kind             `yaml:"kind"`
	Instrument Instrument       `yaml:"instrument"`
	Name       i18n.Text        `yaml:"name"`
	Clauses    []rule.ClauseRef `yaml:"clauses"` // that name it
	Mandate    Mandate          `yaml:"mandate"`

	draft bool
}

// Mandate is what a source wants; an empty list asks for nothing.
type Mandate struct {
	Applicants []string `yaml:"applicants"` // enterprise, university, institute, public; empty: enterprises
	Stages     []Stage  `yaml:"stages"`
	Industries []string `yaml:"industries"`
	Uses       []Use    `yaml:"uses"`
	Places     []string `yaml:"places"` // a city's code takes its districts in
	Least      string   `yaml:"least"`  // yuan
	Most       string   `yaml:"most"`
	Share      string   `yaml:"share"` // of a project's cost, at most

	least, most money.Fen
	share       money.Rate
}

// Kind is what sort of source it is.
type Kind string

// The kinds.
const (
	Fund    Kind = "fund"    // 产业基金
	Special Kind = "special" // 专项资金、预算内投资
	Bond    Kind = "bond"    // 国债、专项债券
	Loan    Kind = "loan"    // 政策性贷款
)

// Instrument is as what the money comes.
type Instrument string

// The instruments.
const (
	Equity Instrument = "equity"
	Grant  Instrument = "grant"
	Debt   Instrument = "debt"
)

// Instruments lists every instrument.
func Instruments() []Instrument { return []Instrument{Equity, Grant, Debt} }

// Stage is how far a project has come.
type Stage string

// The stages, in their order.
const (
	Seed    Stage = "seed"     // 种子
	StartUp Stage = "start_up" // 初创
	Growth  Stage = "growth"   // 成长
	Mature  Stage = "mature"   // 成熟
)

// Stages lists every stage.
func Stages() []Stage { return []Stage{Seed, StartUp, Growth, Mature} }

// Use is what a cost line pays for.
type Use string

// The uses.
const (
	UseModel        Use = "model"        // 模型研发
	UseData         Use = "data"         // 数据
	UseCompute      Use = "compute"      // 算力
	UseScene        Use = "scene"        // 场景应用
	UsePlatform     Use = "platform"     // 平台
	UseEquipment    Use = "equipment"    // 设备
	UseConstruction Use = "construction" // 建设
	UseWorking      Use = "working"      // 流动资金
)

// Uses lists every use.
func Uses() []Use {
	return []Use{UseModel, UseData, UseCompute, UseScene, UsePlatform, UseEquipment, UseConstruction, UseWorking}
}

const file = "funds.yaml"

// LoadSources reads the sources of a region; one without a file has none.
//
// Codes: invalid.
func LoadSources(fsys fs.FS, pack *rule.Pack) (*Sources, error) {
	var s Sources
	switch err := yamlfile.Read(fsys, file, &s, yamlfile.Strict); {
	case errors.Is(err, fs.ErrNotExist):
		return &Sources{}, nil
	case err != nil:
		return nil, err
	}
	var industries struct {
		Industries []struct {
			ID   string    `yaml:"id"`
			Name i18n.Text `yaml:"name"`
		} `yaml:"industries"`
	}
	var places struct {
		Places []struct {
			Code string    `yaml:"code"`
			Name i18n.Text `yaml:"name"`
		} `yaml:"places"`
	}
	for file, list := range map[string]any{"industries.yaml": &industries, "places.yaml": &places} {
		if err := yamlfile.Read(fsys, file, list, yamlfile.Open); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	s.industries, s.places = map[string]i18n.Text{}, map[string]i18n.Text{}
	for _, i := range industries.Industries {
		s.industries[i.ID] = i.Name
	}
	for _, p := range places.Places {
		s.places[p.Code] = p.Name
	}
	return &s, s.complete(pack)
}

// complete reads the figures and checks every name against the region's.
//
// Codes: invalid, naming the source and the field.
func (s *Sources) complete(pack *rule.Pack) error {
	var bad fault.Collector
	seen := map[string]bool{}
	for i, src := range s.Sources {
		at := func(field string) string { return fmt.Sprintf("%s#sources[%d].%s", file, i, field) }
		if src.ID == "" || seen[src.ID] {
			bad.Add(at("id"), "编号缺失或重复。", "The id is missing or doubled.")
		}
		seen[src.ID] = true
		if !slices.Contains([]Kind{Fund, Special, Bond, Loan}, src.Kind) || !slices.Contains(Instruments(), src.Instrument) {
			bad.Add(at("kind"), "kind 应为 fund、special、bond、loan，instrument 应为 equity、grant、debt。", "kind is fund, special, bond or loan, instrument equity, grant or debt.")
		}
		src.draft = len(src.Clauses) > 0
		for _, c := range src.Clauses {
			d := pack.Document(c.Document)
			if d == nil || !slices.ContainsFunc(d.Clauses, func(k rule.Clause) bool { return k.Path == c.Path }) {
				bad.Add(at("clauses"), "没有条款 %[1]s %[2]s。", "There is no clause %[1]s %[2]s.", c.Document, c.Path)
				continue
			}
			src.draft = src.draft && d.Status == rule.Draft
		}
		src.Mandate.complete(&bad, at, s.industries)
	}
	return bad.Err()
}

func (m *Mandate) complete(bad *fault.Collector, at func(string) string, industries map[string]i18n.Text) {
	if len(m.Applicants) == 0 {
		m.Applicants = []string{"enterprise"}
	}
	for _, id := range m.Industries {
		if _, known := industries[id]; !known {
			bad.Add(at("mandate.industries"), "没有行业 %s。", "There is no industry %s.", id)
		}
	}
	for _, stage := range m.Stages {
		if !slices.Contains(Stages(), stage) {
			bad.Add(at("mandate.stages"), "没有阶段 %s。", "There is no stage %s.", string(stage))
		}
	}
	for _, use := range m.Uses {
		if !slices.Contains(Uses(), use) {
			bad.Add(at("mandate.uses"), "没有用途 %s。", "There is no use %s.", string(use))
		}
	}
	var err error
	if m.least, err = money.ParseYuan(m.Least); err != nil {
		bad.Merge(at("mandate.least"), err)
	}
	if m.most, err = money.ParseYuan(m.Most); err != nil || m.most < m.least {
		bad.Add(at("mandate.most"), "上限不是金额，或低于下限。", "The most is no sum, or below the least.")
	}
	if m.share, err = money.ParseRate(m.Share); err != nil {
		bad.Merge(at("mandate.share"), err)
	}
}

// Source finds one, nil when there is none of that id (any more).
func (s *Sources) Source(id string) *Source {
	i := slices.IndexFunc(s.Sources, func(src *Source) bool { return src.ID == id })
	if i < 0 {
		return nil
	}
	return s.Sources[i]
}

// Draft reports whether only drafts name the source: it can be matched, and
// nothing is sent to it.
func (s *Source) Draft() bool { return s.draft }
