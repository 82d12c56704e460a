package review

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
)

// Rules are what a region pack says about reviewing: the sheets, the fields of
// experts, the departments, and how panels work.
type Rules struct {
	PastEmployerYears int     // a past employer is a conflict for so many calendar years after leaving
	Outlier           Outlier // which new panels follow
	Fields            []Field // what an expert may be qualified in
	Units             []Unit  // departments that may be asked about a fact
	Sheets            []Sheet
}

// Field (专业领域) is one entry of the closed list of qualifications.
type Field struct {
	ID   string    `yaml:"id" json:"id"`
	Name i18n.Text `yaml:"name" json:"name"`
}

// Unit (部门) is one body that may vouch for facts, by its id in units.yaml.
type Unit struct {
	ID   string    `yaml:"id" json:"id"`
	Name i18n.Text `yaml:"name" json:"name"`
}

// professions are fields that every region has beside its industries.
func professions() []Field {
	return []Field{
		{"technology", i18n.T("人工智能技术", "AI technology")},
		{"accounting", i18n.T("财务与审计", "Accounting and audit")},
		{"law", i18n.T("法律", "Law")},
	}
}

// defaults hold in a region whose pack has no sheets.yaml.
const defaultPastEmployerYears = 3

// LoadRules reads sheets.yaml, industries.yaml and units.yaml of a region pack.
// A pack without one of them simply has none of its entries: no panel can be
// opened without a sheet. known tells whether the pack has a measure.
//
// Codes: invalid, naming each file.
func LoadRules(pack fs.FS, known func(measure string) bool) (*Rules, error) {
	r := &Rules{PastEmployerYears: defaultPastEmployerYears, Fields: professions()}
	var sheets struct {
		Version           int     `yaml:"version"`
		PastEmployerYears *int    `yaml:"past_employer_years"`
		Outlier           Outlier `yaml:"outlier"`
		Sheets            []Sheet `yaml:"sheets"`
	}
	var industries struct {
		Industries []Field `yaml:"industries"`
	}
	var units struct {
		Units []Unit `yaml:"units"`
	}
	var c fault.Collector
	c.Merge("", read(pack, "sheets.yaml", &sheets, yamlfile.Strict))
	c.Merge("", read(pack, "industries.yaml", &industries, yamlfile.Open)) // their whole schema is document's
	c.Merge("", read(pack, "units.yaml", &units, yamlfile.Open))
	if err := c.Err(); err != nil {
		return nil, err
	}
	r.Fields, r.Units, r.Sheets, r.Outlier = append(r.Fields, industries.Industries...), units.Units, sheets.Sheets, sheets.Outlier
	if sheets.PastEmployerYears != nil {
		r.PastEmployerYears = *sheets.PastEmployerYears
	}
	return r, r.check(known)
}

func (r *Rules) check(known func(string) bool) error {
	var c fault.Collector
	if r.PastEmployerYears < 0 || r.PastEmployerYears > 50 {
		c.Add("sheets.yaml past_employer_years", "应在 0 到 50 年之间。", "Write 0 to 50 years.")
	}
	c.Merge("sheets.yaml outlier", r.Outlier.Validate())
	fields := map[string]bool{}
	for _, f := range r.Fields {
		if f.ID == "" || fields[f.ID] {
			c.Add("industries.yaml "+f.ID, "专业领域编号为空或重复。", "The field's id is empty or stands twice.")
		}
		fields[f.ID] = true
	}
	ids, used := map[string]bool{}, map[string]string{}
	for _, s := range r.Sheets {
		at := "sheets.yaml " + s.ID
		c.Merge(at, s.Validate())
		if ids[s.ID] {
			c.Add(at, "评分表编号重复。", "The sheet's id stands twice.")
		}
		ids[s.ID] = true
		for _, m := range s.Measures {
			if !known(m) {
				c.Add(at+".measures", "地区包没有措施 %s。", "The pack has no measure %s.", m)
			}
			if used[m] != "" {
				c.Add(at+".measures", "措施 %s 已有评分表 %s。", "Measure %s has the sheet %s already.", m, used[m])
			}
			used[m] = s.ID
		}
	}
	return c.Err()
}

// read decodes a file of the pack, which need not be there.
func read(pack fs.FS, name string, out any, decode yamlfile.Decoder) error {
	err := yamlfile.Read(pack, name, out, decode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// SheetFor returns the sheet of a measure.
//
// Codes: conflict when the pack has none.
func (r *Rules) SheetFor(measure string) (Sheet, error) {
	for _, s := range r.Sheets {
		if slices.Contains(s.Measures, measure) {
			return s, nil
		}
	}
	return Sheet{}, fault.Newf(fault.Conflict, "措施 %.40s 还没有评分表，不能组建评审组：请在地区包的 sheets.yaml 里添加。", "Measure %.40s has no score sheet and no panel can be formed: add one to the pack's sheets.yaml.", measure)
}

func (r *Rules) hasField(id string) bool {
	return slices.ContainsFunc(r.Fields, func(f Field) bool { return f.ID == id })
}

func (r *Rules) unit(id string) (Unit, bool) {
	i := slices.IndexFunc(r.Units, func(u Unit) bool { return u.ID == id })
	if i < 0 {
		return Unit{}, false
	}
	return r.Units[i], true
}
