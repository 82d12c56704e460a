package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Document is what is printed: a head and a run of blocks. All texts are plain
// text; a newline begins a new line.
type Document struct {
	Issuer   string // 发文机关标志, in red over the number and a red line; "" prints a plain paper
	Number   string // 发文字号, such as 筑数据函〔2025〕8号; "" when it has none
	Title    string
	Subtitle string
	Date     clock.Date // the document's day; it is also the file's date, so that the same document is the same bytes
	Blocks   []Block
}

// SampleMark is the subtitle of a paper that only shows what one would look like.
const SampleMark = "（示例文书，不具效力）"

// Block is a part of a document: Heading, Paragraph, Pairs, Table, Bars,
// Signature or PageBreak.
type Block interface {
	validate(at string, c *fault.Collector)
	// set sets the block; rest is what follows it.
	set(p *pages, rest []Block)
	// least is the height of the first part of it that is not torn.
	least(p *pages, rest []Block) float64
}

// Heading opens a section. Level 1 (一、) is bold, level 2 (（一）) is not; its
// number is part of the text. It is never the last line of a page.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is body text, its first line indented by two characters.
type Paragraph struct {
	Text  string
	Flush bool // not indented, as who a letter is to (主送机关)
}

// Pairs are lines of a label and its value (申报单位：…).
type Pairs []Pair

// Pair is one label and its value.
type Pair struct{ Label, Value string }

// Filled leaves out what has no value.
func (s Pairs) Filled() Pairs {
	return slices.DeleteFunc(slices.Clone(s), func(one Pair) bool { return strings.TrimSpace(one.Value) == "" })
}

// Align says to which side of its column a text goes.
type Align int

// The sides.
const (
	Left Align = iota
	Center
	Right
)

// Column is one column of a table.
type Column struct {
	Title string
	Width int // its share of the width beside the other columns'; 0 is 1
	Align Align
}

// Table is ruled rows under a head, which is repeated on every page. A row
// longer than a page goes on on the next, so that no text is lost.
type Table struct {
	Caption string
	Columns []Column   // 1 to 24
	Rows    [][]string // each as long as Columns
	Total   []string   // a last row in bold; nil for none
	Note    string     // small print under the table
}

// Bars is a chart of labelled horizontal bars on one scale from zero.
type Bars struct {
	Caption string
	Rows    []Bar
}

// Bar is one bar. Its length shows Size; Value is printed as it is, so that
// what is read is exact whatever the scale.
type Bar struct {
	Label string
	Size  int64  // in any one unit; nothing is drawn for zero and below
	Goal  int64  // marked by an upright stroke on the same scale; 0 for none
	Value string // such as 1,234.50 万元
}

// Signature closes a document: the unit over the date, with room for its seal
// over both. It stays on one page.
type Signature struct {
	Unit string
	Date clock.Date
}

// PageBreak goes on on a new page.
type PageBreak struct{}

// Bounds of a document, far above what an office prints.
const (
	maxColumns = 24
	maxPages   = 5000
)

// Validate names everything that cannot be printed.
//
// Codes: invalid.
func (d Document) Validate() error {
	var c fault.Collector
	if strings.TrimSpace(d.Title) == "" {
		c.Add("title", "公文必须有标题。", "A document needs a title.")
	}
	validDate(&c, "date", d.Date)
	for i, b := range d.Blocks {
		at := fmt.Sprintf("blocks[%d]", i)
		if b == nil {
			c.Add(at, "这一段是空的。", "This block is nil.")
			continue
		}
		b.validate(at, &c)
	}
	return c.Err()
}

func (h Heading) validate(at string, c *fault.Collector) {
	if h.Level != 1 && h.Level != 2 {
		c.Add(at+".level", "标题层级应为 1 或 2。", "A heading's level is 1 or 2.")
	}
}

func (Paragraph) validate(string, *fault.Collector) {}

func (Pairs) validate(string, *fault.Collector) {}

func (t Table) validate(at string, c *fault.Collector) {
	if len(t.Columns) < 1 || len(t.Columns) > maxColumns {
		c.Add(at+".columns", "表格应有 1 至 %[1]d 列，现为 %[2]d 列。", "A table has 1 to %[1]d columns, this one %[2]d.", maxColumns, len(t.Columns))
		return
	}
	for i, col := range t.Columns {
		if col.Width < 0 || col.Width > 1000 {
			c.Add(fmt.Sprintf("%s.columns[%d].width", at, i), "列宽比例应为 0 至 1000。", "A column's share is 0 to 1000.")
		}
	}
	rows := t.Rows
	if t.Total != nil {
		rows = append(rows[:len(rows):len(rows)], t.Total)
	}
	for i, row := range rows {
		if len(row) != len(t.Columns) {
			c.Add(fmt.Sprintf("%s.rows[%d]", at, i), "这一行有 %d 格，表头有 %d 列。", "This row has %d cells under %d columns.", len(row), len(t.Columns))
		}
	}
}

func (Bars) validate(string, *fault.Collector) {}

func (s Signature) validate(at string, c *fault.Collector) { validDate(c, at+".date", s.Date) }

func (PageBreak) validate(string, *fault.Collector) {}

func validDate(c *fault.Collector, at string, d clock.Date) {
	_, err := clock.ParseDate(string(d))
	c.Merge(at, err)
}
