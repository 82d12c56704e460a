package target

import (
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Report (进展报告) is what a unit says of a task on a day. It is never changed:
// a correction is a new report that names the one it replaces.
type Report struct {
	ID        string
	Task      string
	Unit      string     // on whose behalf it is said
	Day       clock.Date // business day on which it was said
	Percent   *int       // how much is done, 0 to 100; nil where nothing can be measured
	Milestone string     // what was reached, in a few words
	Text      string
	Files     []File
	Facts     []string // ids of facts that show it
	Corrects  string   // id of the report that this one replaces, or empty
	By        Person
	At        time.Time
}

// Person is who did something, as it is shown.
type Person struct{ ID, Name, Role string }

// File is an uploaded file; its bytes are a blob under the digest.
type File struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Type   string    `json:"media_type"`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"`
	By     string    `json:"-"`
	At     time.Time `json:"at"`
}

// Bounds of what people type, in characters, and of lists.
const (
	maxText  = 4000
	maxLine  = 200
	maxFiles = 20
	maxFacts = 200
)

// ReportInput is a report as a person writes it.
type ReportInput struct {
	Task, Unit string
	Percent    *int
	Milestone  string
	Text       string
	Files      []string // ids of uploaded files
	Facts      []string
	Corrects   string
}

// Validate reports every fault of the input that shows without the plan.
func (in ReportInput) Validate() error {
	var bad fault.Collector
	if in.Percent != nil && (*in.Percent < 0 || *in.Percent > 100) {
		bad.Add("percent", "完成百分比应在 0 到 100 之间。", "The percentage lies between 0 and 100.")
	}
	if in.Percent == nil && strings.TrimSpace(in.Milestone) == "" {
		bad.Add("milestone", "请填完成百分比，或写明达到的节点。", "Give a percentage, or say which milestone was reached.")
	}
	checkLine(&bad, "milestone", in.Milestone, true)
	checkText(&bad, "text", in.Text)
	if len(in.Files) > maxFiles {
		bad.Add("files", "附件至多 %d 个。", "At most %d files.", maxFiles)
	}
	if len(in.Facts) > maxFacts {
		bad.Add("facts", "事实至多 %d 条。", "At most %d facts.", maxFacts)
	}
	return bad.Err()
}

// checkText refuses an empty or endless text.
func checkText(bad *fault.Collector, path, text string) {
	switch n := len([]rune(strings.TrimSpace(text))); {
	case n == 0:
		bad.Add(path, "请填写内容。", "Say something here.")
	case n > maxText:
		bad.Add(path, "超过 %d 字，请改短。", "Longer than %d characters; shorten it.", maxText)
	}
}

// checkLine refuses an endless or, unless it may be empty, an empty line.
func checkLine(bad *fault.Collector, path, line string, mayBeEmpty bool) {
	switch n := len([]rune(strings.TrimSpace(line))); {
	case n == 0 && !mayBeEmpty:
		bad.Add(path, "请填写这一项。", "Fill this in.")
	case n > maxLine:
		bad.Add(path, "超过 %d 字，请改短。", "Longer than %d characters; shorten it.", maxLine)
	case strings.ContainsAny(line, "\n\r"):
		bad.Add(path, "这一项只能写一行。", "This is one line only.")
	}
}

// standingReports leaves out what a later report replaced. The order stays.
func standingReports(all []Report) []Report {
	replaced := map[string]bool{}
	for _, r := range all {
		if r.Corrects != "" {
			replaced[r.Corrects] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(r Report) bool { return replaced[r.ID] })
}

// Done reports whether the report says that all of the task is done.
func (r Report) Done() bool { return r.Percent != nil && *r.Percent == 100 }
