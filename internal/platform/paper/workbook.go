package paper

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Sheet is one table of a workbook, under a head that stays in sight.
type Sheet struct {
	Name    string // 1 to 31 characters, none of []:*?/\, unlike the other sheets' names
	Columns []Field
	Rows    [][]any // each as long as Columns; nil is an empty cell
}

// Field is one column of a sheet.
type Field struct {
	Title string
	Kind  Kind
}

// Kind says what the cells of a column are, and which Go values they take.
type Kind int

// The kinds. Spreadsheets keep fifteen digits of a number, and not all show the
// last of them as it is. An amount or a whole number of more than fourteen (from
// 1,000,000,000,000.00 yuan on) is written as text, whole, rather than as a
// number that is not it; a rate is rounded.
const (
	Text    Kind = iota // string; it stays text, whatever it begins with
	Money               // money.Fen, shown in yuan as 1,234.56
	Number              // int, int64 or money.Rate
	Date                // clock.Date; "" is an empty cell
	Percent             // money.Rate, shown as 30.00%
)

// Bounds of the format (ECMA-376; Excel's own specification).
const (
	maxSheetRows = 1 << 20
	maxCellText  = 32767 // UTF-16 units
	exactBelow   = 100_000_000_000_000
)

// Workbook writes sheets as XLSX. The same sheets give the same bytes, and
// nothing is written unless all can be.
//
// Codes: invalid, too_large.
func Workbook(w io.Writer, sheets []Sheet) error {
	if err := validSheets(sheets); err != nil {
		return err
	}
	book := excelize.NewFile()
	defer book.Close()
	if err := fill(book, sheets); err != nil {
		return fault.From(err)
	}
	var made bytes.Buffer
	if _, err := book.WriteTo(&made); err != nil {
		return fault.From(err)
	}
	return inOrder(w, made.Bytes())
}

// inOrder writes an archive's files in the order of their names: excelize puts
// streamed sheets into it in any order.
func inOrder(w io.Writer, archive []byte) error {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return fault.From(err)
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, f := range in.File {
		if err := out.Copy(f); err != nil {
			return err
		}
	}
	return out.Close()
}

func fill(book *excelize.File, sheets []Sheet) error {
	if err := book.SetDocProps(&excelize.DocProperties{Creator: "Qianmo"}); err != nil {
		return err
	}
	styles, err := newStyles(book)
	if err != nil {
		return err
	}
	for i, sheet := range sheets {
		if i == 0 {
			err = book.SetSheetName("Sheet1", sheet.Name)
		} else {
			_, err = book.NewSheet(sheet.Name)
		}
		if err != nil {
			return err
		}
		if err := sheet.write(book, styles); err != nil {
			return err
		}
	}
	return nil
}

// styles are how cells of each kind look.
type styles struct {
	head, whole int
	cells       [Percent + 1]int
}

// of is how a value looks in a column of a kind.
func (s styles) of(kind Kind, value any) int {
	switch value.(type) {
	case int, int64:
		return s.whole
	}
	return s.cells[kind]
}

func newStyles(book *excelize.File) (s styles, err error) {
	s.head, err = book.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEFF4"}}})
	if err != nil {
		return s, err
	}
	s.cells[Text], err = book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}) // 49 is @
	if err != nil {
		return s, err
	}
	for _, look := range []struct {
		format string
		style  *int
	}{{"#,##0.00", &s.cells[Money]}, {"General", &s.cells[Number]}, {"#,##0", &s.whole}, {"yyyy-mm-dd", &s.cells[Date]}, {"0.00%", &s.cells[Percent]}} {
		// To the right, for an amount that had to be text to stand where amounts stand.
		*look.style, err = book.NewStyle(&excelize.Style{CustomNumFmt: &look.format, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s Sheet) write(book *excelize.File, styles styles) error {
	if err := s.printed(book); err != nil {
		return err
	}
	out, err := book.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	widths := s.widths()
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells, titles := make([]any, len(s.Columns)), make([]any, len(s.Columns))
	for i, c := range s.Columns {
		cells[i], titles[i] = excelize.Cell{StyleID: styles.head, Value: printable(c.Title)}, c.Title
	}
	if err := out.SetRow("A1", cells, excelize.RowOpts{Height: height(titles, widths)}); err != nil {
		return err
	}
	for n, row := range s.Rows {
		for i, value := range row {
			cells[i] = excelize.Cell{StyleID: styles.of(s.Columns[i].Kind, value), Value: content(value)}
		}
		if err := out.SetRow("A"+strconv.Itoa(n+2), cells, excelize.RowOpts{Height: height(row, widths)}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// printed makes a sheet come out of a printer as one expects: A4, lying where
// there are many columns, all of them on one page, the head on each.
func (s Sheet) printed(book *excelize.File) error {
	yes, a4, wide, high, way := true, 9, 1, 0, "portrait"
	if len(s.Columns) > 5 {
		way = "landscape"
	}
	if err := book.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := book.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &way, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.Name,
		RefersTo: "'" + strings.ReplaceAll(s.Name, "'", "''") + "'!$1:$1"})
}

// content is a value as the spreadsheet takes it.
func content(value any) any {
	switch v := value.(type) {
	case string:
		return printable(v)
	case money.Fen:
		return number(int64(v), 100, v.String())
	case int:
		return content(int64(v))
	case int64:
		return number(v, 1, strconv.FormatInt(v, 10))
	case money.Rate:
		return float64(v.Num) / float64(max(v.Den, 1))
	case clock.Date:
		return serial(v)
	}
	return nil
}

// number is n/unit, or its text when a spreadsheet would not keep all its
// digits. A float64 gives back any decimal of up to fifteen digits exactly, and
// is written as the shortest decimal that it stands for: the same digits.
func number(n, unit int64, text string) any {
	if n <= -exactBelow || n >= exactBelow {
		return text
	}
	return float64(n) / float64(unit)
}

// serial is a day as spreadsheets count: from the end of 1899, and since they
// believe in a 29 February 1900, right from 1 March of that year on. An earlier
// day is written as text.
func serial(d clock.Date) any {
	switch {
	case d == "":
		return nil
	case d < "1900-03-01":
		return string(d)
	}
	return int(d.Time().Sub(clock.Date("1899-12-30").Time()).Hours() / 24)
}

// printable is a text without the characters that XML cannot hold, each of
// which becomes U+FFFD. excelize escapes the rest.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == '\r' || r == 0x7F || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"))
}

// widths gives each column room for its longest value as it is shown, within
// reason; a Han character takes two places. A longer text goes on under itself.
func (s Sheet) widths() []float64 {
	widths := make([]float64, len(s.Columns))
	for i, c := range s.Columns {
		widths[i] = max(min(places(c.Title), widest)+air, 10)
	}
	for _, row := range s.Rows {
		for i, value := range row {
			shown := ""
			switch v := value.(type) {
			case string:
				shown = v
			case money.Fen:
				shown = v.Grouped()
			case int, int64:
				shown = fmt.Sprint(v, ",,,,") // so many separators at most
			case clock.Date:
				shown = string(v)
			}
			widths[i] = max(widths[i], min(places(shown), widest)+air)
		}
	}
	return widths
}

// A column's greatest width, and the air in it.
const widest, air = 60, 2

// height gives a row room for its texts that take several lines; 0 leaves it as
// rows are. No row is higher than 409 points.
func height(row []any, widths []float64) float64 {
	most := 1.0
	for i, value := range row {
		if text, ok := value.(string); ok && (strings.Contains(text, "\n") || len(text) > widest/2) {
			lines := 0.0
			for part := range strings.SplitSeq(text, "\n") {
				lines += max(1, math.Ceil(places(part)/(widths[i]-air)))
			}
			most = max(most, lines)
		}
	}
	if most == 1 {
		return 0
	}
	return min(15*most, 409)
}

// places is the width of a text's longest line.
func places(s string) float64 {
	longest, n := 0, 0
	for _, r := range s {
		switch {
		case r == '\n':
			n = 0
		case r >= 0x2E80:
			n += 2
		default:
			n++
		}
		longest = max(longest, n)
	}
	return float64(longest)
}

func validSheets(sheets []Sheet) error {
	var c fault.Collector
	if len(sheets) == 0 {
		c.Add("sheets", "工作簿至少要有一张表。", "A workbook needs at least one sheet.")
	}
	names := map[string]bool{}
	for i, sheet := range sheets {
		at := fmt.Sprintf("sheets[%d]", i)
		if n := utf16Length(sheet.Name); n < 1 || n > 31 || strings.ContainsAny(sheet.Name, `[]:*?/\`) ||
			strings.HasPrefix(sheet.Name, "'") || strings.HasSuffix(sheet.Name, "'") || sheet.Name != printable(sheet.Name) || !utf8.ValidString(sheet.Name) {
			c.Add(at+".name", `工作表名“%.40s”不可用：1 至 31 个字符，不含 []:*?/\，不以单引号开头或结尾。`,
				`%.40q is no sheet's name: 1 to 31 characters, none of []:*?/\, no apostrophe at either end.`, sheet.Name)
		}
		if lower := strings.ToLower(sheet.Name); names[lower] {
			c.Add(at+".name", "工作表名“%.40s”重复。", "The sheet's name %.40q is used twice.", sheet.Name)
		} else {
			names[lower] = true
		}
		sheet.validate(at, &c)
	}
	if err := c.Err(); err != nil {
		return err
	}
	for _, sheet := range sheets {
		if len(sheet.Rows) >= maxSheetRows {
			return fault.Newf(fault.TooLarge, "工作表“%.40s”超过 %d 行，请分成几张。", "Sheet %.40q has more than %d rows; split it.", sheet.Name, maxSheetRows-1)
		}
	}
	return nil
}

func (s Sheet) validate(at string, c *fault.Collector) {
	if len(s.Columns) < 1 || len(s.Columns) > 1000 {
		c.Add(at+".columns", "工作表应有 1 至 1000 列。", "A sheet has 1 to 1000 columns.")
	}
	for i, field := range s.Columns {
		if field.Kind < Text || field.Kind > Percent {
			c.Add(fmt.Sprintf("%s.columns[%d].kind", at, i), "没有这一种列。", "There is no such kind of column.")
		}
		s.fits(fmt.Sprintf("%s.columns[%d].title", at, i), Text, field.Title, c)
	}
	for n, row := range s.Rows {
		if len(row) != len(s.Columns) {
			c.Add(fmt.Sprintf("%s.rows[%d]", at, n), "这一行有 %d 格，表头有 %d 列。", "This row has %d cells under %d columns.", len(row), len(s.Columns))
			continue
		}
		for i, value := range row {
			s.fits(fmt.Sprintf("%s.rows[%d][%d]", at, n, i), s.Columns[i].Kind, value, c)
		}
		if c.Len() > 20 { // enough to see what is wrong
			return
		}
	}
}

// fits notes a value that its column cannot hold.
func (s Sheet) fits(at string, kind Kind, value any, c *fault.Collector) {
	ok := true
	switch v := value.(type) {
	case nil:
	case string:
		if ok = kind == Text; ok && utf16Length(v) > maxCellText {
			c.Add(at, "这一格超过 %d 个字符，表格软件存不下。", "This cell has more than %d characters, more than a spreadsheet keeps.", maxCellText)
		}
	case money.Fen:
		ok = kind == Money
	case int, int64:
		ok = kind == Number
	case money.Rate:
		ok = kind == Percent || kind == Number
	case clock.Date:
		if ok = kind == Date; ok && v != "" {
			_, err := clock.ParseDate(string(v))
			c.Merge(at, err)
		}
	default:
		ok = false
	}
	if !ok {
		c.Add(at, "这一格的值与列的种类不符。", "This cell's value (%[1]T) is not of its column's kind.", value)
	}
}

func utf16Length(s string) (n int) {
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
