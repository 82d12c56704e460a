package target

import (
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Listing (清单项目) is a project on a yearly key list (004 四(二)). Its fact
// opens the measure's gate; taking it off withdraws the fact and keeps the line.
type Listing struct {
	ID      string
	List    string
	Year    int
	Project string
	Org     ident.CreditCode
	Reason  string
	Fact    string // id of the scenario.selected fact
	By      Person
	At      time.Time
	Removed *Ending
}

// ListInput is a project for a key list as a person writes it.
type ListInput struct {
	List    string
	Year    int
	Project string
	Org     ident.CreditCode
	Reason  string
}

// Validate reports every fault of the input that shows without the plan.
func (in ListInput) Validate() error {
	var bad fault.Collector
	checkLine(&bad, "project", in.Project, false)
	checkText(&bad, "reason", in.Reason)
	if _, err := ident.ParseCreditCode(string(in.Org)); err != nil {
		bad.Merge("org", err)
	}
	if in.Year < 2000 || in.Year > 2100 {
		bad.Add("year", "年份应在 2000 到 2100 之间。", "The year lies between 2000 and 2100.")
	}
	return bad.Err()
}
