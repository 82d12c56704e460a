package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/paper/papertest"
)

// letter is a decision as an office sends it; with PAPER_SAMPLE set to a folder
// the tests leave it there to be looked at.
func letter() Document {
	return Document{
		Issuer: "观山湖区大数据发展管理局", Number: "观数据函〔2025〕18号",
		Title: "关于观山湖青砚语智科技有限公司\n模型备案奖励的决定", Subtitle: "（2025年第三批）", Date: "2025-10-22",
		Blocks: []Block{
			Paragraph{Text: "观山湖青砚语智科技有限公司：", Flush: true},
			Paragraph{Text: "你单位于2025年9月1日提交的申请（编号A-2025-000123）已经受理、评审和公示。现根据《若干措施》第三条“模型备案”的规定，决定如下。"},
			Heading{Level: 1, Text: "一、决定"},
			Paragraph{Text: "给予你单位奖励人民币肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分（¥4,687,593.63），市级与区级按1∶1承担，拨付至你单位已复核的收款账户。"},
			Heading{Level: 2, Text: "（一）基本信息"},
			Pairs{{"申报单位", "观山湖青砚语智科技有限公司"}, {"统一社会信用代码", "91520100MA6H1X2Y3Q"}, {"申报事项", "生成式人工智能服务备案（generative_ai_service），模型名称 Qingyan-7B-Chat"}},
			Heading{Level: 1, Text: "二、计算过程"},
			Table{Caption: "表1　金额的计算", Columns: []Column{{"序号", 1, Center}, {"依据", 3, Left}, {"事实", 4, Left}, {"金额（元）", 3, Right}},
				Rows: steps(40), Total: []string{"", "合计", "", "4,687,593.63"}, Note: "注：每一步都注明条款与事实编号，可由任何人复算。"},
			Bars{Caption: "图1　各区县完成情况（竖线为目标）", Rows: []Bar{{"观山湖区", 120, 100, "120 万元"}, {"贵安新区直管区（含综合保税区）", 80, 100, "80 万元"}, {"南明区", 0, 50, "0 万元"}}},
			Paragraph{Text: "如不服本决定，可以自收到之日起六十日内申请行政复议。"},
			Signature{Unit: "观山湖区大数据发展管理局", Date: "2025-10-22"},
		},
	}
}

func steps(n int) (rows [][]string) {
	for i := range n {
		rows = append(rows, []string{fmt.Sprint(i + 1), "《若干措施》二（三）第5款", "经审计的模型研发投入（凭证FP-2025-0001），按20%计", fmt.Sprintf("4,687,593.%02d", i)})
	}
	return rows
}

func TestLetter(t *testing.T) {
	file := printDocument(t, letter())
	if dir := os.Getenv("PAPER_SAMPLE"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "letter.pdf"), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := papertest.Read(t, file)
	if len(p.Pages) != 5 {
		t.Errorf("%d pages", len(p.Pages))
	}
	for i, page := range p.Pages {
		if !strings.HasSuffix(page, fmt.Sprintf("— %d —\n", i+1)) {
			t.Errorf("page %d has no number", i+1)
		}
	}
	all := solid(strings.Join(p.Pages, ""))
	for _, text := range []string{"观数据函〔2025〕18号", "关于观山湖青砚语智科技有限公司模型备案奖励的决定", "肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分（¥4,687,593.63）",
		"申报事项：生成式人工智能服务备案（generative_ai_service），模型名称Qingyan-7B-Chat", "2025年10月22日", "合计4,687,593.63", "贵安新区直管区（含综合保税区）80万元"} {
		if !strings.Contains(all, solid(text)) {
			t.Errorf("%s is not there", text)
		}
	}
	for i := range 40 {
		if want := fmt.Sprintf("4,687,593.%02d", i); !strings.Contains(all, want) {
			t.Errorf("row %d is lost", i+1)
		}
	}
	heads := 0
	for _, page := range p.Pages {
		heads += strings.Count(page, "金额（元）")
	}
	if heads != 3 {
		t.Errorf("the table's head is on %d of its 3 pages", heads)
	}
}

// TestPoppler asks readers that are not ours, which test/setup.sh installs.
func TestPoppler(t *testing.T) {
	name := filepath.Join(t.TempDir(), "letter.pdf")
	d := letter()
	d.Blocks = append(d.Blocks, Paragraph{Text: "生僻字：𬭩䶮喆堃峯；缺字：😀ཀ。"})
	if err := os.WriteFile(name, printDocument(t, d), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(tool string, args ...string) string {
		t.Helper()
		out, err := exec.Command(tool, args...).CombinedOutput()
		if errors.Is(err, exec.ErrNotFound) {
			t.Fatalf("%s is missing: run test/setup.sh", tool)
		}
		if err != nil {
			t.Fatalf("%s: %s", tool, out)
		}
		return string(out)
	}
	text := solid(run("pdftotext", "-raw", name, "-"))
	for _, want := range []string{"关于观山湖青砚语智科技有限公司模型备案奖励的决定", "肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分", "生僻字：𬭩䶮喆堃峯；缺字：😀ཀ。"} {
		if !strings.Contains(text, want) {
			t.Errorf("pdftotext does not find %s in %s", want, text)
		}
	}
	info := run("pdfinfo", name)
	for _, want := range []string{"关于观山湖青砚语智科技有限公司 模型备案奖励的决定", "Tagged:          yes", "A4", "Tue Oct 21 16:00:00 2025 UTC"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %s:\n%s", want, info)
		}
	}
	if structure := run("pdfinfo", "-struct", name); strings.Count(structure, "TR\n") < 42 || !strings.Contains(structure, "H1") {
		t.Errorf("the structure is not that of the letter:\n%.2000s", structure)
	}
	if fonts := run("pdffonts", name); !strings.Contains(fonts, "+NotoSerifSC-Regular           CID TrueType      Identity-H       yes yes yes") {
		t.Errorf("the face is not embedded, cut and searchable:\n%s", fonts)
	}
	if page := run("pdftoppm", "-r", "20", "-gray", name); len(page) < 5*160*230 {
		t.Errorf("only %d bytes of pictures", len(page))
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	want := printDocument(t, letter())
	press := NewPress()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var b bytes.Buffer
			if err := press.PDF(&b, letter()); err != nil || !bytes.Equal(b.Bytes(), want) {
				t.Errorf("the same document is other bytes (%v)", err)
			}
		})
	}
	all.Wait()
	other := letter()
	other.Date = "2025-10-23"
	if bytes.Equal(printDocument(t, other), want) {
		t.Error("another date is the same bytes")
	}
}

// A cell longer than a page goes on on the next ones.
func TestLongCell(t *testing.T) {
	long := strings.Repeat("经审计的模型研发投入，", 900) + "完。"
	p := papertest.Read(t, printDocument(t, Document{Title: "长", Date: "2025-10-22", Blocks: []Block{
		Table{Columns: []Column{{Title: "甲"}, {Title: "乙"}}, Rows: [][]string{{"一", long}, {"二", "短"}}}}}))
	if len(p.Pages) < 4 {
		t.Fatalf("%d pages", len(p.Pages))
	}
	var cell strings.Builder
	for i, page := range p.Pages {
		lines := strings.Split(page, "\n")
		if want := []string{"甲", "乙"}; i > 0 && !slices.Equal(lines[:2], want) {
			t.Errorf("page %d begins with %q", i+1, lines[:2])
		}
		for _, l := range lines {
			if strings.ContainsAny(l, "经审计的模型研发投入，完。") {
				cell.WriteString(l)
			}
		}
	}
	if cell.String() != long {
		t.Error("the cell's text is not whole")
	}
}

// A heading is never the last line of a page, whatever follows it; a signature
// stays whole and is never alone on its page, a chart stays whole.
func TestNothingIsLeftAlone(t *testing.T) {
	table := Table{Caption: "表名", Columns: []Column{{Title: "列"}}, Rows: [][]string{{"格"}}}
	bars := Bars{Caption: "图名", Rows: []Bar{{"甲", 1, 2, "一"}, {"乙", 1, 2, "二"}, {"丙", 1, 2, "三"}}}
	signature := Signature{"某某局", "2025-01-02"}
	for _, blocks := range [][]Block{
		{Paragraph{Text: "正文"}, signature}, {Paragraph{Text: strings.Repeat("正文", 40)}, signature}, {Heading{2, "（一）小题"}, Paragraph{Text: "正文"}, signature},
		{table}, {bars}, {Pairs{{"甲", "乙"}}}, {Heading{2, "（一）小题"}, table},
	} {
		for n := range 24 {
			d := Document{Title: "题", Date: "2025-10-22", Blocks: append([]Block{Paragraph{Text: strings.Repeat("行\n", n) + "行"}, Heading{1, "一、标题"}}, blocks...)}
			for i, page := range papertest.Read(t, printDocument(t, d)).Pages {
				for _, last := range []string{"一、标题", "（一）小题", "表名", "图名", "列"} {
					if strings.HasSuffix(page, fmt.Sprintf("%s\n— %d —\n", last, i+1)) {
						t.Errorf("after %d lines %s ends a page of %T", n, last, blocks[0])
					}
				}
				if strings.Contains(page, "某某局") != strings.Contains(page, "2025年1月2日") || strings.Contains(page, "某某局") && !strings.Contains(page, "正文") {
					t.Errorf("after %d lines the signature is torn or alone", n)
				}
				if strings.Contains(page, "图名") != strings.Contains(page, "丙") {
					t.Errorf("after %d lines the chart is torn", n)
				}
			}
		}
	}
}

// The list of contents leads to the headings, a second level under the first.
func TestOutline(t *testing.T) {
	d := Document{Title: "题", Date: "2025-10-22", Blocks: []Block{Heading{2, "（零）"}, Heading{1, "一"}, Heading{2, "（一）"}, Heading{2, "（二）"}, PageBreak{}, Heading{1, "二\n三"}}}
	titles := []string{"（零）", "一", "（一）", "（二）", "二 三"}
	p := papertest.Read(t, printDocument(t, d))
	at := map[string]int{}
	for i, object := range p.Objects {
		for _, title := range titles {
			if strings.HasPrefix(object, "<< /Title "+textString(title)) {
				at[title] = i
			}
		}
	}
	has := func(title, link, to string) {
		t.Helper()
		if want := fmt.Sprintf("/%s %d 0 R", link, at[to]+1); !strings.Contains(p.Objects[at[title]], want) {
			t.Errorf("%s has no %s to %s: %s", title, link, to, p.Objects[at[title]])
		}
	}
	has("（零）", "Next", "一")
	has("一", "Prev", "（零）")
	has("一", "Next", "二 三")
	has("一", "First", "（一）")
	has("一", "Last", "（二）")
	has("（二）", "Prev", "（一）")
	has("（二）", "Parent", "一")
	has("二 三", "Prev", "一")
}

func TestDocumentIsRefused(t *testing.T) {
	good := func() Document { return Document{Title: "题", Date: "2025-10-22"} }
	for _, c := range []struct {
		at    string
		spoil func(d *Document)
	}{
		{"title", func(d *Document) { d.Title = " " }},
		{"date", func(d *Document) { d.Date = "" }},
		{"date", func(d *Document) { d.Date = "2025-02-30" }},
		{"blocks[0]", func(d *Document) { d.Blocks = []Block{nil} }},
		{"blocks[1].level", func(d *Document) { d.Blocks = []Block{PageBreak{}, Heading{3, "题"}} }},
		{"blocks[0].columns", func(d *Document) { d.Blocks = []Block{Table{}} }},
		{"blocks[0].columns", func(d *Document) { d.Blocks = []Block{Table{Columns: make([]Column, 25)}} }},
		{"blocks[0].columns[0].width", func(d *Document) { d.Blocks = []Block{Table{Columns: []Column{{Width: -1}}}} }},
		{"blocks[0].rows[1]", func(d *Document) {
			d.Blocks = []Block{Table{Columns: make([]Column, 2), Rows: [][]string{{"", ""}, {""}}}}
		}},
		{"blocks[0].rows[0]", func(d *Document) { d.Blocks = []Block{Table{Columns: make([]Column, 2), Total: []string{""}}} }},
		{"blocks[0].date", func(d *Document) { d.Blocks = []Block{Signature{Unit: "局"}} }},
	} {
		d := good()
		c.spoil(&d)
		var b bytes.Buffer
		err := NewPress().PDF(&b, d)
		if !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != c.at || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", c.at, err, b.Len())
		}
	}
	d := good()
	d.Blocks = slices.Repeat([]Block{Paragraph{Text: "字"}, PageBreak{}}, maxPages+1)
	if err := NewPress().PDF(&bytes.Buffer{}, d); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a document without end: %v", err)
	}
}

// Whatever the text, in whatever place: a file comes out, and the text is in
// it, but for what has no shape, which is there as U+FFFD.
func FuzzPDF(f *testing.F) {
	for _, s := range []string{"决定书", "", "\x00\x01\x1b[31m", "\xff\xfe\xc0", "付\u202E元001\u202C", "😀👨‍👩‍👧", "שלום مرحبا", "葛\U000E0100", "e\u0301\u0302\u0303",
		"=HYPERLINK(\"x\")", ") Tj ET <</JS>> (\\", "]]></rdf:li>&amp;", "\u2028\u2029\n\r\n", "𬭩\U0010FFFF\uFFFE", strings.Repeat("。", 300), strings.Repeat("W", 900), strings.Repeat("字\n", 120)} {
		f.Add(s, s, int64(7))
	}
	f.Fuzz(func(t *testing.T, a, b string, n int64) {
		columns := []Column{{Title: a, Width: 1}, {Title: b, Width: 30, Align: Right}}
		d := Document{Issuer: b, Number: a, Title: "题" + a, Subtitle: b, Date: "2025-10-22", Blocks: []Block{
			Heading{1, a}, Heading{2, b}, Paragraph{Text: a}, Paragraph{Text: b, Flush: true}, Pairs{{a, b}, {b, a}},
			Table{Caption: a, Columns: columns, Rows: [][]string{{a, b}, {b, a}}, Total: []string{b, a}, Note: b},
			Bars{Caption: b, Rows: []Bar{{a, n, -n, b}, {b, n / 2, n, a}}}, PageBreak{}, Signature{Unit: a, Date: "2025-10-22"}}}
		p := papertest.Read(t, printDocument(t, d))
		if len(a) > 400 || len(b) > 400 { // texts broken by pages are looked for elsewhere
			return
		}
		all := solid(strings.Join(p.Pages, ""))
		for _, s := range []string{a, b} {
			if want := solid(clean(s)); !strings.Contains(all, want) {
				t.Errorf("%q is not in the file as %q", s, want)
			}
		}
	})
}

func BenchmarkLetter(b *testing.B) {
	press, d := NewPress(), letter()
	b.ReportAllocs()
	for b.Loop() {
		if err := press.PDF(&bytes.Buffer{}, d); err != nil {
			b.Fatal(err)
		}
	}
}
