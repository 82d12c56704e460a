package review

import (
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Sheet (评分表) is what experts judge by: criteria with their most points and
// anchors that say what some number of points means. Sheets are data of the
// region pack (sheets.yaml); a panel keeps a copy of the one it began with.
type Sheet struct {
	ID       string      `yaml:"id" json:"id"`
	Version  int         `yaml:"version" json:"version"`
	Example  bool        `yaml:"example" json:"example" doc:"Invented for demonstration, issued by nobody"`
	Name     i18n.Text   `yaml:"name" json:"name"`
	Measures []string    `yaml:"measures" json:"measures"`
	Criteria []Criterion `yaml:"criteria" json:"criteria"`
}

// Criterion (评分项) is one line of a sheet.
type Criterion struct {
	ID      string    `yaml:"id" json:"id"`
	Name    i18n.Text `yaml:"name" json:"name"`
	Most    Points    `yaml:"most" json:"most" doc:"The most points it may be given"`
	Anchors []Anchor  `yaml:"anchors" json:"anchors"`
}

// Anchor (评分标准) says from how many points on a sentence fits.
type Anchor struct {
	From Points    `yaml:"from" json:"from"`
	Text i18n.Text `yaml:"text" json:"text"`
}

// Most is the total of a sheet that is given everything.
func (s Sheet) Most() (sum Points) {
	for _, c := range s.Criteria {
		sum += c.Most
	}
	return sum
}

// Validate reports every fault of the sheet.
func (s Sheet) Validate() error {
	var c fault.Collector
	needText(&c, "name", s.Name)
	if s.ID == "" || s.Version < 1 {
		c.Add("id", "评分表须有编号和不小于 1 的版本。", "A sheet needs an id and a version of at least 1.")
	}
	if len(s.Measures) == 0 {
		c.Add("measures", "写明用于哪些措施。", "Name the measures it is for.")
	}
	if len(s.Criteria) == 0 {
		c.Add("criteria", "至少一项评分项。", "There is at least one criterion.")
	}
	seen := map[string]bool{}
	for _, k := range s.Criteria {
		at := "criteria." + k.ID
		if k.ID == "" || seen[k.ID] {
			c.Add(at, "评分项编号为空或重复。", "The criterion's id is empty or stands twice.")
		}
		seen[k.ID] = true
		needText(&c, at+".name", k.Name)
		if k.Most <= 0 || k.Most > maxPoints {
			c.Add(at+".most", "满分须大于 0，不超过 1000。", "The most points are above 0 and at most 1000.")
		}
		for i, a := range k.Anchors {
			needText(&c, at+".anchors", a.Text)
			if a.From > k.Most || i > 0 && a.From >= k.Anchors[i-1].From {
				c.Add(at+".anchors", "评分标准按分数从高到低排，不超过满分。", "Anchors go from high to low and not above the most points.")
			}
		}
	}
	return c.Err()
}

func needText(c *fault.Collector, path string, t i18n.Text) {
	if t.ZH == "" || t.EN == "" {
		c.Add(path, "须有中文和英文。", "Chinese and English are needed.")
	}
}

// Mark is what one criterion was given.
type Mark struct {
	Criterion string `json:"criterion" maxLength:"40"`
	Points    Points `json:"points"`
}

// total adds up marks: whole demands one for each criterion, a draft may lack
// some.
//
// Codes: invalid.
func (s Sheet) total(marks []Mark, whole bool) (Points, error) {
	var c fault.Collector
	given := map[string]bool{}
	sum := Points(0)
	for _, m := range marks {
		k, known := s.criterion(m.Criterion)
		switch {
		case !known || given[m.Criterion]:
			c.Add("marks."+m.Criterion, "评分表没有这一项，或打了两次分。", "The sheet has no such criterion, or it is marked twice.")
		case m.Points < 0 || m.Points > k.Most:
			c.Add("marks."+m.Criterion, "应在 0 到 %s 分之间。", "Give 0 to %s points.", k.Most.String())
		}
		given[m.Criterion] = true
		sum += m.Points
	}
	for _, k := range s.Criteria {
		if whole && !given[k.ID] {
			c.Add("marks."+k.ID, "还没有打分。", "It has no mark yet.")
		}
	}
	return sum, c.Err()
}

func (s Sheet) criterion(id string) (Criterion, bool) {
	for _, c := range s.Criteria {
		if c.ID == id {
			return c, true
		}
	}
	return Criterion{}, false
}
