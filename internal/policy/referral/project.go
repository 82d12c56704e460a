package referral

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Project (项目档案) is what an organisation wants money for, described once.
type Project struct {
	ID      string // opaque
	Number  string // what people quote: XM-2025-0001
	Org     ident.CreditCode
	File    File
	By      string // who wrote it last
	Created time.Time
	Version int64 // counts changes; a writer names the one it read
	Updated int64 // microseconds; set by the store
}

// File is the description.
type File struct {
	Name        string       `json:"name"`
	Summary     string       `json:"summary"`
	Industry    string       `json:"industry"` // one of the region's list; "" for none of them
	Stage       Stage        `json:"stage" enum:"seed,start_up,growth,mature"`
	Place       string       `json:"place" doc:"GB/T 2260 code, or a place of the region pack such as guian"`
	Instruments []Instrument `json:"instruments" doc:"As what the money may come: equity, grant, debt"`
	Sought      money.Fen    `json:"sought_fen" doc:"From outside, in all"`
	Costs       []Cost       `json:"costs"`
	Papers      []Paper      `json:"papers"`
}

// Cost is one line of what the project costs.
type Cost struct {
	ID      string    `json:"id" doc:"Short and the project's own: c1"`
	Name    string    `json:"name"`
	Use     Use       `json:"use" enum:"model,data,compute,scene,platform,equipment,construction,working"`
	Amount  money.Fen `json:"amount_fen"`
	Invoice string    `json:"invoice" doc:"SHA-256 of the invoice's file; empty before there is one"`
}

// Paper is a file of the project; its bytes are a blob.
type Paper struct {
	Name   string `json:"name"`
	Type   string `json:"media_type"`
	Size   int64  `json:"size" doc:"Bytes"`
	SHA256 string `json:"sha256"`
}

// Cost is what all lines add up to.
//
// Codes: too_large.
func (f *File) Cost() (sum money.Fen, err error) {
	for _, c := range f.Costs {
		if sum, err = sum.Add(c.Amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// Line finds a cost line.
func (f *File) Line(id string) (Cost, bool) {
	i := slices.IndexFunc(f.Costs, func(c Cost) bool { return c.ID == id })
	if i < 0 {
		return Cost{}, false
	}
	return f.Costs[i], true
}

const (
	nameLimit    = 120
	summaryLimit = 4000
	maxCosts     = 200
	maxPapers    = 50
)

var (
	lineID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`)
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
	place  = regexp.MustCompile(`^([0-9]{6}|[a-z][a-z_]{1,19})$`)
)

// validate reports every fault of a file; known are the region's industries.
//
// Codes: invalid.
func (f *File) validate(s *Sources) error {
	var c fault.Collector
	if n := len([]rune(strings.TrimSpace(f.Name))); n == 0 || n > nameLimit {
		c.Add("name", "请写项目名称，最多 %d 字。", "Give the project a name of at most %d characters.", nameLimit)
	}
	if len([]rune(f.Summary)) > summaryLimit {
		c.Add("summary", "简介超过 %d 字。", "The summary is longer than %d characters.", summaryLimit)
	}
	if _, known := s.industries[f.Industry]; f.Industry != "" && !known {
		c.Add("industry", "没有这个行业：请从名单里选，都不是就留空。", "There is no such industry: choose from the list, or none.")
	}
	if !slices.Contains(Stages(), f.Stage) {
		c.Add("stage", "应为 seed、start_up、growth 或 mature。", "seed, start_up, growth or mature.")
	}
	if !place.MatchString(f.Place) {
		c.Add("place", "应为六位行政区划代码（如 520100）或 guian。", "A six-digit place code (such as 520100) or guian.")
	}
	if len(f.Instruments) == 0 {
		c.Add("instruments", "至少选一种资金方式。", "Choose at least one instrument.")
	}
	for i, in := range f.Instruments {
		if !slices.Contains(Instruments(), in) || slices.Contains(f.Instruments[:i], in) {
			c.Add(fmt.Sprintf("instruments[%d]", i), "应为 equity、grant、debt，各一次。", "equity, grant or debt, each once.")
		}
	}
	f.validateCosts(&c)
	if len(f.Papers) > maxPapers {
		c.Add("papers", "最多 %d 份材料。", "At most %d papers.", maxPapers)
	}
	return c.Err()
}

func (f *File) validateCosts(c *fault.Collector) {
	if len(f.Costs) == 0 || len(f.Costs) > maxCosts {
		c.Add("costs", "请列 1 到 %d 项成本。", "List 1 to %d costs.", maxCosts)
	}
	for i, line := range f.Costs {
		at := "costs[" + strconv.Itoa(i) + "]."
		if !lineID.MatchString(line.ID) || slices.ContainsFunc(f.Costs[:i], func(o Cost) bool { return o.ID == line.ID }) {
			c.Add(at+"id", "编号由 1 到 20 个字母、数字组成，不能重复。", "An id is 1 to 20 letters or digits, each once.")
		}
		if n := len([]rune(strings.TrimSpace(line.Name))); n == 0 || n > nameLimit {
			c.Add(at+"name", "请写明是什么，最多 %d 字。", "Say what it is, %d characters at most.", nameLimit)
		}
		if !slices.Contains(Uses(), line.Use) {
			c.Add(at+"use", "没有这种用途。", "There is no such use.")
		}
		if line.Amount <= 0 {
			c.Add(at+"amount_fen", "金额要大于 0。", "The amount is above 0.")
		}
		switch j := slices.IndexFunc(f.Costs[:i], func(o Cost) bool { return o.Invoice == line.Invoice }); {
		case line.Invoice == "":
		case !digest.MatchString(line.Invoice):
			c.Add(at+"invoice", "应为发票文件的 SHA-256：请上传发票。", "It is the SHA-256 of the invoice's file: upload the invoice.")
		case j >= 0:
			c.Add(at+"invoice", "同一张发票已列在“%s”：一笔成本只列一次。", "The same invoice stands under %q already: one cost is listed once.", f.Costs[j].Name)
		}
	}
	cost, err := f.Cost()
	switch {
	case err != nil:
		c.Add("costs", "成本合计超出范围。", "The costs add up to more than can be kept.")
	case f.Sought <= 0:
		c.Add("sought_fen", "金额要大于 0。", "The amount is above 0.")
	case f.Sought > cost:
		c.Add("sought_fen", "要的钱多于成本合计 %s 元。", "More is sought than the costs of %s yuan.", cost.Grouped())
	}
}

// Cursor is where a list that ended with this project goes on.
func (p *Project) Cursor() string { return strconv.FormatInt(p.Updated, 10) + "/" + p.ID }

// Folded is the text that search looks into.
func (p *Project) Folded(org string) string {
	return strings.ToLower(p.Number + "\n" + p.File.Name + "\n" + string(p.Org) + "\n" + org)
}
