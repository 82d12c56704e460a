package paper

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

func register() []Sheet {
	return []Sheet{
		{Name: "支付台账", Columns: []Field{{"单位", Text}, {"金额（元）", Money}, {"户数", Number}, {"日期", Date}, {"比例", Percent}}, Rows: [][]any{
			{"观山湖青砚语智科技有限公司", money.Fen(468759363), 12, clock.Date("2025-10-22"), money.Rate{Num: 3, Den: 10}},
			{"=1+1", money.Fen(-5), int64(-7), clock.Date("1900-03-01"), money.Rate{Num: 1, Den: 1}},
			{nil, nil, nil, nil, nil},
			{"００1", money.Fen(0), money.Rate{Num: 25, Den: 2}, clock.Date(""), money.Rate{}},
		}},
		{Name: "说明", Columns: []Field{{"内容", Text}}, Rows: [][]any{{"第一行\n第二行"}}},
	}
}

func makeBook(t testing.TB, sheets []Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Workbook(&b, sheets); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBook(t testing.TB, file []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// part is one of the XML files inside a workbook.
func part(t testing.TB, file []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWorkbook(t *testing.T) {
	book := openBook(t, makeBook(t, register()))
	if names := book.GetSheetList(); fmt.Sprint(names) != "[支付台账 说明]" {
		t.Errorf("sheets %v", names)
	}
	for cell, want := range map[string][2]string{ // as shown, as kept
		"A1": {"单位", "单位"}, "A2": {"观山湖青砚语智科技有限公司", "观山湖青砚语智科技有限公司"},
		"B2": {"4,687,593.63", "4687593.63"}, "C2": {"12", "12"}, "D2": {"2025-10-22", "45952"}, "E2": {"30.00%", "0.3"},
		"A3": {"=1+1", "=1+1"}, "B3": {"-0.05", "-0.05"}, "C3": {"-7", "-7"}, "D3": {"1900-03-01", "61"}, "E3": {"100.00%", "1"},
		"A4": {"", ""}, "B4": {"", ""}, "A5": {"００1", "００1"}, "B5": {"0.00", "0"}, "C5": {"12.5", "12.5"}, "D5": {"", ""}, "E5": {"0.00%", "0"},
	} {
		shown, err1 := book.GetCellValue("支付台账", cell)
		kept, err2 := book.GetCellValue("支付台账", cell, excelize.Options{RawCellValue: true})
		if err1 != nil || err2 != nil || shown != want[0] || kept != want[1] {
			t.Errorf("%s: shown %q, kept %q; want %q", cell, shown, kept, want)
		}
	}
	if h, _ := book.GetRowHeight("说明", 2); h != 30 {
		t.Errorf("two lines stand in a row of %v points", h)
	}
	if v, _ := book.GetCellValue("说明", "A2"); v != "第一行\n第二行" {
		t.Errorf("the second sheet says %q", v)
	}
}

func TestSameSheetsSameBytes(t *testing.T) {
	sheets := register()
	for i := range 6 {
		sheets = append(sheets, Sheet{Name: fmt.Sprintf("表%d", i), Columns: []Field{{"列", Text}}})
	}
	want := makeBook(t, sheets)
	for range 5 {
		if !bytes.Equal(makeBook(t, sheets), want) {
			t.Fatal("the same sheets are other bytes")
		}
	}
}

// No fen is lost: up to fourteen digits an amount is a number with exactly its
// digits, above that it is its text.
func TestMoneyIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := money.Fen(rapid.Int64().Draw(t, "fen"))
		if rapid.Bool().Draw(t, "small") {
			fen %= exactBelow
		}
		switch v := content(fen).(type) {
		case float64:
			back, err := money.ParseYuan(strconv.FormatFloat(v, 'f', -1, 64))
			if err != nil || back != fen || fen <= -exactBelow || fen >= exactBelow {
				t.Fatalf("%s became %v", fen, v)
			}
		case string:
			if v != fen.String() || fen > -exactBelow && fen < exactBelow {
				t.Fatalf("%s became the text %q", fen, v)
			}
		default:
			t.Fatalf("%s became a %T", fen, v)
		}
	})
	sheet := part(t, makeBook(t, []Sheet{{Name: "钱", Columns: []Field{{"元", Money}}, Rows: [][]any{
		{money.Fen(99_999_999_999_999)}, {money.Fen(100_000_000_000_001)}, {money.Max}, {money.Fen(-1 << 63)}}}}), "xl/worksheets/sheet1.xml")
	for _, want := range []string{"<v>999999999999.99</v>", ">1000000000000.01<", ">92233720368547758.07<", ">-92233720368547758.08<"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("%s is not in %s", want, sheet)
		}
	}
}

// A text that looks like a formula, or like anything else, is kept as text.
func TestTextStaysText(t *testing.T) {
	hostile := []string{"=HYPERLINK(\"http://x\",\"点\")", "+1+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "'=1", "=cmd|'/c calc'!A0", "007", "1e5", "2025-10-22", "TRUE", "#N/A",
		"_x0041_", "<b>&amp;</b>]]>", " 空格 ", "\x00\x01", "a\r\nb", "\xff", "付\u202E元", "😀", "\uFFFE"}
	var rows [][]any
	for _, s := range hostile {
		rows = append(rows, []any{s})
	}
	file := makeBook(t, []Sheet{{Name: "文", Columns: []Field{{"=题", Text}}, Rows: rows}})
	if sheet := part(t, file, "xl/worksheets/sheet1.xml"); strings.Contains(sheet, "<f>") || strings.Count(sheet, ` t="`) != len(hostile)+1 {
		t.Errorf("not every cell is text: %s", sheet)
	}
	book := openBook(t, file)
	for i, s := range hostile {
		if got, _ := book.GetCellValue("文", fmt.Sprintf("A%d", i+2)); got != printable(s) {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func TestSheetsAreRefused(t *testing.T) {
	one := func(kind Kind, value any) []Sheet {
		return []Sheet{{Name: "表", Columns: []Field{{"列", kind}}, Rows: [][]any{{value}}}}
	}
	named := func(names ...string) (sheets []Sheet) {
		for _, n := range names {
			sheets = append(sheets, Sheet{Name: n, Columns: []Field{{"列", Text}}})
		}
		return sheets
	}
	for at, sheets := range map[string][]Sheet{
		"sheets":                      nil,
		"sheets[0].name":              named(""),
		"sheets[1].name":              named("好", strings.Repeat("长", 32)),
		"sheets[2].name":              named("好", "可", "a/b"),
		"sheets[3].name":              named("a", "b", "c", "A"),
		"sheets[4].name":              named("a", "b", "c", "d", "'x"),
		"sheets[0].columns":           {{Name: "表"}},
		"sheets[0].columns[0].kind":   {{Name: "表", Columns: []Field{{"列", 9}}}},
		"sheets[0].columns[0].title":  {{Name: "表", Columns: []Field{{strings.Repeat("长", 32768), Text}}}},
		"sheets[0].rows[0]":           {{Name: "表", Columns: []Field{{"列", Text}}, Rows: [][]any{{}}}},
		"sheets[0].rows[0][0]":        one(Money, "12.50"),
		"sheets[0].rows[0][0] ":       one(Money, 12.5),
		"sheets[0].rows[0][0]  ":      one(Number, money.Fen(1)),
		"sheets[0].rows[0][0]   ":     one(Date, clock.Date("2025-02-30")),
		"sheets[0].rows[0][0]    ":    one(Percent, "30%"),
		"sheets[0].rows[0][0]     ":   one(Text, strings.Repeat("😀", 16384)),
		"sheets[0].rows[0][0]      ":  one(Text, struct{}{}),
		"sheets[0].rows[0][0]       ": one(Number, int32(1)),
	} {
		var b bytes.Buffer
		err := Workbook(&b, sheets)
		if !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != strings.TrimSpace(at) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", at, err, b.Len())
		}
	}
	long := []Sheet{{Name: "长", Columns: []Field{{"列", Text}}, Rows: make([][]any, maxSheetRows)}}
	for i := range long[0].Rows {
		long[0].Rows[i] = []any{nil}
	}
	if err := Workbook(io.Discard, long); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a sheet without end: %v", err)
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add("表", "=1+1", int64(1))
	f.Add("[]", "\x00", int64(-1<<63))
	f.Add("a\uFFFEb", "_x000D_", int64(1e15))
	f.Add("长", strings.Repeat("字", 300), int64(1e14))
	f.Fuzz(func(t *testing.T, name, text string, fen int64) {
		sheets := []Sheet{{Name: name, Columns: []Field{{text, Text}, {"元", Money}}, Rows: [][]any{{text, money.Fen(fen)}}}}
		var b bytes.Buffer
		if err := Workbook(&b, sheets); fault.Is(err, fault.Invalid) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if got, err := openBook(t, b.Bytes()).GetCellValue(name, "A2"); err != nil || got != printable(text) {
			t.Fatalf("%q came back as %q, %v", text, got, err)
		}
	})
}
