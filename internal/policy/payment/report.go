package payment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Term is when a performance report is due after payment, and what it must
// state. The zero term asks for none: no document sets a day, so whoever pays
// must (document 003, clause 23, asks for performance and gives no period).
type Term struct {
	Days       int         `json:"days"`
	Workdays   bool        `json:"workdays"` // count working days only
	Indicators []Indicator `json:"indicators"`
}

// Indicator (绩效指标) is one output that a report states.
type Indicator struct {
	ID       string    `json:"id"`
	Name     i18n.Text `json:"name"`
	Unit     i18n.Text `json:"unit"`
	Expected string    `json:"expected" doc:"Decimal; empty when nothing was promised"`
}

// Asks reports whether a report is wanted at all.
func (t Term) Asks() bool { return t.Days > 0 }

// DueAfter is the report's last day for a payment of that day.
func (t Term) DueAfter(paid clock.Date) clock.Date {
	if t.Workdays {
		return clock.China().After(paid, t.Days)
	}
	return paid.AddDays(t.Days)
}

// Validate reports what a term lacks.
//
// Codes: invalid.
func (t Term) Validate() error {
	var c fault.Collector
	if t.Days < 0 || t.Days > 3660 || (t.Days == 0) != (len(t.Indicators) == 0) || len(t.Indicators) > 20 {
		c.Add("days", "期限为 1 至 3660 天，并至少有一项、至多 20 项指标；都不写则不要求报告。", "1 to 3660 days with 1 to 20 indicators; neither asks for no report.")
	}
	seen := map[string]bool{}
	for i, ind := range t.Indicators {
		path := fmt.Sprintf("indicators[%d]", i)
		if ind.ID == "" || len(ind.ID) > 60 || seen[ind.ID] || ind.Name.IsZero() || ind.Unit.IsZero() {
			c.Add(path, "指标要有不重复的编号、名称和单位。", "An indicator has an id of its own, a name and a unit.")
		}
		seen[ind.ID] = true
		if ind.Expected != "" {
			if _, err := evidence.ParseDecimal(ind.Expected); err != nil {
				c.Merge(path+".expected", err)
			}
		}
	}
	return c.Err()
}

// Report (绩效报告) is what an organisation says it reached with the money. It is
// asked once an award is paid in full; accepted, its outputs are facts.
type Report struct {
	ID         string // derived from case and round: asked once
	Number     string // JX-2025-0001
	Case       string
	CaseNumber string
	Round      int
	Org        ident.CreditCode
	OrgName    string
	Measure    string
	Matter     string
	Year       int
	Paid       clock.Date // the bank's last day
	Due        clock.Date
	Indicators []Indicator

	State     ReportState
	Version   int64
	Outputs   []Output
	Text      string
	Submitted clock.Date
	Submitter string // may not accept it
	Answer    string // why it was returned, or the office's finding
	Answered  clock.Date
	Created   time.Time
}

// Output is what was reached by one indicator.
type Output struct {
	Indicator string `json:"indicator"`
	Reached   string `json:"reached" doc:"Decimal"`
}

// ReportState is where a report stands.
type ReportState string

// due → submitted → accepted | returned → submitted again.
const (
	ReportDue       ReportState = "due"
	ReportSubmitted ReportState = "submitted"
	ReportReturned  ReportState = "returned"
	ReportAccepted  ReportState = "accepted"
)

// Open reports whether the organisation must act.
func (r Report) Open() bool { return r.State == ReportDue || r.State == ReportReturned }

// Overdue reports whether the organisation is late on a day.
func (r Report) Overdue(today clock.Date) bool { return r.Open() && r.Due < today }

// FactID names the fact that records one accepted output.
func (r Report) FactID(indicator string) string {
	return fmt.Sprintf("output-%s-%d-%s", r.Case, r.Round, indicator)
}

// newReport is the report that an award in full asks for.
func newReport(a Award, paid clock.Date) Report {
	return Report{ID: fmt.Sprintf("pr-%s-%d", a.Case, a.Round), Case: a.Case, CaseNumber: a.Number, Round: a.Round, Org: a.Org, OrgName: a.OrgName, Measure: a.Measure,
		Matter: a.Matter, Year: a.Year, Paid: paid, Due: a.Report.DueAfter(paid), Indicators: a.Report.Indicators, State: ReportDue, Version: 1}
}

// checkOutputs wants exactly one output for each indicator.
func (r Report) checkOutputs(c *fault.Collector, outputs []Output) {
	if len(outputs) != len(r.Indicators) {
		c.Add("outputs", "应逐项填写 %d 项指标。", "Fill in each of the %d indicators.", len(r.Indicators))
	}
	seen := map[string]bool{}
	for i, out := range outputs {
		path := fmt.Sprintf("outputs[%d]", i)
		if seen[out.Indicator] || !slices.ContainsFunc(r.Indicators, func(ind Indicator) bool { return ind.ID == out.Indicator }) {
			c.Add(path+".indicator", "没有这项指标，或填了两遍：“%.60s”。", "No such indicator, or filled in twice: %.60q.", out.Indicator)
		}
		seen[out.Indicator] = true
		if _, err := evidence.ParseDecimal(out.Reached); err != nil {
			c.Merge(path+".reached", err)
		}
	}
}

// outputFacts are what an accepted report records, an output each.
func (r Report) outputFacts(on clock.Date) (facts []evidence.Fact) {
	for _, out := range r.Outputs {
		facts = append(facts, evidence.Fact{
			ID: r.FactID(out.Indicator), Kind: "support.output", Subject: r.Org, Object: r.Matter, Quantity: out.Reached, Unit: evidence.UnitCount,
			Occurred: on, Attestor: evidence.Department,
			Attributes: map[string]string{"measure": r.Measure, "matter": r.Matter, "indicator": out.Indicator, "application": r.CaseNumber, "year": strconv.Itoa(r.Year)},
		})
	}
	return facts
}

func (r Report) cursor() []string { return []string{string(r.Due), r.ID} }

// trimmed is what a person typed, without the blanks around it.
func trimmed(s string) string { return strings.TrimSpace(s) }
