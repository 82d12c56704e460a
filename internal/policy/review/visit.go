package review

import (
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Visit (现场核查) is a visit to the applicant's site by at least two people.
type Visit struct {
	ID       string     `json:"id"`
	On       clock.Date `json:"on"`
	Place    string     `json:"place"`
	Visitors []string   `json:"visitors" doc:"Names, at least two"`
	Findings string     `json:"findings"`
	Sound    bool       `json:"sound" doc:"What was found agrees with the application"`
	Files    []File     `json:"files"`
	At       time.Time  `json:"at"`
	By       string     `json:"by" doc:"Name of who wrote it down"`
}

// VisitInput is the record of a visit; files were uploaded to the case before.
type VisitInput struct {
	Case     string
	On       clock.Date
	Place    string
	Visitors []string
	Findings string
	Sound    bool
	Files    []string // ids of files
}

// maxFiles bounds the files of one visit.
const maxFiles = 20

// Validate reports every fault of the input.
func (in VisitInput) Validate(today clock.Date) error {
	var c fault.Collector
	if _, err := clock.ParseDate(string(in.On)); err != nil {
		c.Merge("on", err)
	} else if in.On > today {
		c.Add("on", "核查日期不能晚于今天。", "The day of a visit is not after today.")
	}
	checkLine(&c, "place", in.Place, 200)
	names := map[string]bool{}
	for i, v := range in.Visitors {
		checkLine(&c, "visitors["+decimal(i)+"]", v, 60)
		names[strings.TrimSpace(v)] = true
	}
	if len(names) < 2 || len(in.Visitors) > 20 {
		c.Add("visitors", "现场核查须有 2 到 20 人，姓名不重复。", "A visit is made by 2 to 20 different people.")
	}
	checkLine(&c, "findings", in.Findings, 5000)
	if len(in.Files) > maxFiles {
		c.Add("files", "最多 %d 个文件。", "At most %d files.", maxFiles)
	}
	return c.Err()
}
