package review

import (
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Expert (专家) is a person of the pool from which panels are drawn.
type Expert struct {
	ID       string       `json:"id"`
	Person   string       `json:"person" doc:"Id of the person who signs in as a reviewer"`
	Name     string       `json:"name"`
	Employer Employer     `json:"employer"`
	Past     []Employment `json:"past" doc:"Earlier employers"`
	Fields   []string     `json:"fields" doc:"Qualifications, of the region's closed list"`
	Active   bool         `json:"active" doc:"In the pool; an inactive expert is never drawn"`
	Version  int64        `json:"revision" doc:"Name it in the next write"`
	Updated  time.Time    `json:"updated_at"`
	By       string       `json:"updated_by" doc:"Name of who wrote it last"`
}

// Employer is an organisation that somebody works for.
type Employer struct {
	Code ident.CreditCode `json:"code" doc:"Unified social credit code"`
	Name string           `json:"name" maxLength:"200"`
}

// Employment is work that has ended. An organisation may have no credit code
// any more; then its name is compared.
type Employment struct {
	Code ident.CreditCode `json:"code,omitempty"`
	Name string           `json:"name" maxLength:"200"`
	From int              `json:"from" doc:"First calendar year"`
	To   int              `json:"to" doc:"Last calendar year"`
}

// Validate reports every fault of the expert against the region's fields.
//
// Codes: invalid.
func (e Expert) Validate(r *Rules) error {
	var c fault.Collector
	if e.Person == "" {
		c.Add("person", "请选择一位有评审身份的人。", "Choose a person who holds the reviewer role.")
	}
	checkLine(&c, "name", e.Name, 60)
	_, err := ident.ParseCreditCode(string(e.Employer.Code))
	c.Merge("employer.code", err)
	checkLine(&c, "employer.name", e.Employer.Name, 200)
	if len(e.Fields) == 0 || len(e.Fields) > 10 {
		c.Add("fields", "请选 1 到 10 个专业领域。", "Choose 1 to 10 fields.")
	}
	seen := map[string]bool{}
	for _, f := range e.Fields {
		if !r.hasField(f) || seen[f] {
			c.Add("fields", "“%.40s”不在专业领域清单里，或重复。", "%.40q is not on the list of fields, or stands twice.", f)
		}
		seen[f] = true
	}
	if len(e.Past) > 30 {
		c.Add("past", "最多 30 段经历。", "At most 30 earlier employers.")
	}
	for i, p := range e.Past {
		at := "past[" + decimal(i) + "]"
		checkLine(&c, at+".name", p.Name, 200)
		if p.Code != "" {
			_, err := ident.ParseCreditCode(string(p.Code))
			c.Merge(at+".code", err)
		}
		if p.From < 1940 || p.To < p.From || p.To > 2200 {
			c.Add(at+".to", "起止年份不对：起始不早于 1940 年，结束不早于起始。", "The years are wrong: begin in 1940 or later and do not end before the beginning.")
		}
	}
	return c.Err()
}

// conflictWith says why the expert may not judge a case of an organisation, on
// a day and with what was declared so far. The first reason that applies wins.
func (e Expert) conflictWith(s Subject, declared []Declaration, on clock.Date, pastYears int) (Conflict, bool) {
	if e.Employer.Code == s.Org {
		return conflict(SameCode, "现任职于申报单位：%s", "Works for the applicant: %s", s.OrgName), true
	}
	for _, p := range e.Past {
		same := p.Code == s.Org && p.Code != "" || p.Code == "" && strings.TrimSpace(p.Name) == s.OrgName
		if same && on.Year()-p.To <= pastYears {
			return conflict(PastEmployer, "任职于申报单位至 %[1]d 年，不超过 %[2]d 个年度：%[3]s", "Worked for the applicant until %[1]d, within %[2]d calendar years: %[3]s", p.To, pastYears, s.OrgName), true
		}
	}
	for _, d := range declared {
		if d.Expert == e.ID && d.Org == s.Org {
			return Conflict{Kind: d.Kind, Reason: said(d.Reason)}, true
		}
	}
	return Conflict{}, false
}

// checkLine refuses an empty or endless line of text.
func checkLine(c *fault.Collector, path, text string, most int) {
	switch n := len([]rune(strings.TrimSpace(text))); {
	case n == 0:
		c.Add(path, "请填写。", "Fill this in.")
	case n > most:
		c.Add(path, "超过 %d 字。", "Longer than %d characters.", most)
	}
}
