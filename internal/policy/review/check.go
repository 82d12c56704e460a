package review

import (
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Check (形式审查) says of each piece of evidence that the call demands whether
// it is there. The newest one stands.
type Check struct {
	Items []CheckItem `json:"items"`
	At    time.Time   `json:"at"`
	By    string      `json:"by" doc:"Name of who checked"`
}

// CheckItem is one piece of evidence.
type CheckItem struct {
	ID       string    `json:"id" maxLength:"100"`
	Name     i18n.Text `json:"name"`
	Complete bool      `json:"complete"`
	Lacks    string    `json:"lacks" maxLength:"500" doc:"What is missing; empty when complete"`
}

// Complete reports whether nothing lacks.
func (c Check) Complete() bool {
	return !slices.ContainsFunc(c.Items, func(i CheckItem) bool { return !i.Complete })
}

// CheckInput is what an officer found, item by item.
type CheckInput struct {
	Case  string
	Items []CheckItem // names are the case's own and not read
}

// against checks the items against what is wanted and gives them their names.
//
// Codes: invalid.
func (in CheckInput) against(wanted []Wanted) ([]CheckItem, error) {
	var c fault.Collector
	items := make([]CheckItem, 0, len(wanted))
	for _, w := range wanted {
		i := slices.IndexFunc(in.Items, func(item CheckItem) bool { return item.ID == w.ID })
		if i < 0 {
			c.Add("items."+w.ID, "没有核对“%s”。", "It was not looked at: %s.", w.Name.ZH)
			continue
		}
		item := in.Items[i]
		item.Name = w.Name
		if !item.Complete {
			checkLine(&c, "items."+w.ID+".lacks", item.Lacks, 500)
		} else {
			item.Lacks = ""
		}
		items = append(items, item)
	}
	if len(in.Items) > len(wanted) {
		c.Add("items", "有未要求的要件，或重复。", "There is an item that nobody wants, or one stands twice.")
	}
	return items, c.Err()
}

// Verdict is a department's word on a fact.
type Verdict string

// The verdicts. Asked waits for the department.
const (
	Asked     Verdict = "asked"
	Confirmed Verdict = "confirmed"
	Disputed  Verdict = "disputed"
)

// FactCheck (部门核验) is what a department said of one fact of a case, or that
// it was asked. Of each fact the newest one stands; a disputed fact blocks the
// case until a later check confirms it.
type FactCheck struct {
	Fact    string    `json:"fact"`
	Unit    string    `json:"unit" doc:"The department, by its id in the region's list"`
	Name    i18n.Text `json:"unit_name"`
	Verdict Verdict   `json:"verdict" enum:"asked,confirmed,disputed"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	By      string    `json:"by" doc:"Name of the officer who acted for the department"`
}

// FactCheckInput is an answer, or a question to a department.
type FactCheckInput struct {
	Case    string
	Fact    string
	Unit    string
	Verdict Verdict
	Reason  string
}

// Validate reports every fault of the input.
func (in FactCheckInput) Validate(r *Rules) error {
	var c fault.Collector
	if in.Fact == "" {
		c.Add("fact", "请指明事实。", "Name the fact.")
	}
	if _, known := r.unit(in.Unit); !known {
		c.Add("unit", "“%.40s”不在部门清单里。", "%.40q is not on the list of departments.", in.Unit)
	}
	switch in.Verdict {
	case Asked, Confirmed:
		if len([]rune(in.Reason)) > reasonLimit {
			c.Add("reason", "超过 %d 字。", "Longer than %d characters.", reasonLimit)
		}
	case Disputed:
		checkLine(&c, "reason", in.Reason, reasonLimit)
	default:
		c.Add("verdict", "请选待核验、属实或有异议。", "Choose asked, confirmed or disputed.")
	}
	return c.Err()
}

// newestOf keeps of each fact the last check, in the order in which facts were
// first checked.
func newestOf(checks []FactCheck) []FactCheck {
	var out []FactCheck
	for _, c := range checks {
		if i := slices.IndexFunc(out, func(o FactCheck) bool { return o.Fact == c.Fact }); i >= 0 {
			out[i] = c
			continue
		}
		out = append(out, c)
	}
	return out
}
