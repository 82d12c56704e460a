package document

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

var update = flag.Bool("update", false, "rewrite the expected readings under testdata; read the difference before committing it")

// TestReadings parses invented documents, one for each way of numbering, and
// compares everything that was read with the page beside it.
func TestReadings(t *testing.T) {
	names, _ := filepath.Glob("testdata/mini/*.txt")
	if len(names) < 4 {
		t.Fatalf("only %d documents", len(names))
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Parse(filepath.Base(name), text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkNesting(t, doc)
			got := page(string(text), doc)
			expected := strings.TrimSuffix(name, ".txt") + ".want"
			if *update {
				if err := os.WriteFile(expected, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// page prints a reading for people to check.
func page(text string, d *Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title %s\nnumber %s, signed %s, published %s, by %s\nstatus %s, trial %v\n", d.Title, d.Number, d.Signed, d.Published, strings.Join(d.Issuers, " "), d.Status, d.Trial)
	clauses := d.Clauses
	if d.Closing != nil {
		clauses = append(clauses[:len(clauses):len(clauses)], *d.Closing)
	}
	for _, c := range clauses {
		fmt.Fprintf(&b, "\n%s  %s  [%s]", c.Path, c.Citation, c.Title)
		if !c.Normative {
			b.WriteString(" not normative")
		}
		words := []rune(text[c.Start:c.End])
		fmt.Fprintf(&b, "\n  ends %q\n", string(words[max(0, len(words)-8):]))
		for _, n := range c.Numbers {
			fmt.Fprintf(&b, "  %s %q: %s %s %s\n", n.Kind, n.Text, n.Comparator, n.Value, n.Unit)
		}
		for _, u := range c.Responsible {
			fmt.Fprintf(&b, "  unit %s\n", u)
		}
		for _, r := range c.References {
			fmt.Fprintf(&b, "  see %s\n", r)
		}
	}
	for _, p := range d.Drift {
		fmt.Fprintf(&b, "\n%s explains %s: words %v, figures %v", p.Explainer, p.Clause, p.SameWords, p.SameNumbers)
		if p.Difference != nil {
			fmt.Fprintf(&b, "\n  %q\n  %q", p.Difference.Explainer, p.Difference.Clause)
		}
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "\nnote: %s at %s", n.Kind, n.Path)
	}
	return b.String() + "\n"
}

// TestNumbers pins each comparator and each thing that only looks like a figure.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"达到150Eflops":     "150 Eflops ge",
		"投资额达130亿元":       "130 亿元 ge",
		"突破180亿元":         "180 亿元 gt",
		"交易额超过500万元":      "500 万元 gt",
		"不超过10个":          "10 个 le",
		"最高不超过1000 万元":    "1000 万元 le",
		"最高给予50万元":        "50 万元 le",
		"不超过实际投入的20%":     "20 % le",
		"代偿率4%以内":         "4 % le",
		"20个以上项目":         "20 个 ge",
		"不足10人":           "10 人 lt",
		"低于5%":            "5 % lt",
		"不低于5%":           "5 % ge",
		"500万元以上（不含）":     "500 万元 gt",
		"建设成本的30%":        "30 % eq",
		"按1∶1配套":          "1:1  eq",
		"按照1:2的比例":        "1:2  eq",
		"综合排名前20的":        "20  le",
		"３０％":             "30 ％ eq",
		"1,234.50万元":      "1234.50 万元 eq",
		"百分之三十":           "30 % eq",
		"有效期三年":           "3 年 eq",
		"3—5年":            "3 年 ge; 5 年 le",
		"达到10个以上，超过2000元": "10 个 ge; 2000 元 gt",
		// what only looks like a figure
		"到2027年底":       "",
		"2025—2027年":    "",
		"2024.3月":       "",
		"黔府办函〔2024〕69号": "",
		"第26条":          "",
		"IPv6和SRv6":     "",
		"5G、4K、12345热线": "",
		"五年行动":          "",
		"“123”计划":       "",
		"《三年方案（2024—2026年）100%》": "",
		"https://a.example/100%": "",
	} {
		if got := figures(numbersIn(text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestRawText keeps figures as written.
func TestRawText(t *testing.T) {
	n := numbersIn("给予最高不超过1000 万元后补助")[0]
	if n.Text != "1000 万元" || n.Value != "1000" || n.Unit != "万元" {
		t.Errorf("%+v", n)
	}
}

// TestMarkers tells numbers of clauses from what opens like one.
func TestMarkers(t *testing.T) {
	for text, want := range map[string]string{
		"一、总则":                       "一",
		"二十三、附则":                     "二十三",
		"（一）甲":                       "(一)",
		"(十二)甲":                      "(十二)",
		"1.甲":                        "1",
		"12．甲":                       "12",
		"3、甲":                        "3",
		"1.5G网络":                     "1",
		"1.2025年任务":                  "1",
		"（2）甲":                       "(2)",
		"2）甲":                        "(2)",
		"⑵甲":                         "(2)",
		"㈢甲":                         "(三)",
		"③甲":                         "③",
		"第十二条 甲":                     "第十二条",
		"第3条 甲":                      "第3条",
		"第二章":                        "第二章",
		"1.5倍以上":                     "",
		"2024.3":                     "",
		"2024年3月25日":                 "",
		"3.14":                       "",
		"一、二、三产业融合":                  "",
		"3、4月":                       "",
		"1.html":                     "",
		"1.https://a.example/2.html": "",
		"（2025—2027年）":               "",
		"（此件公开发布）":                   "",
		"一、总体要求………………3":              "",
		"第一要务":                       "",
		"12345热线":                    "",
	} {
		m, ok := markerOf(text)
		if got := m.segment(); ok != (want != "") || (ok && got != want) {
			t.Errorf("%s: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestResponsible(t *testing.T) {
	for text, want := range map[string]string{
		"甲。（责任单位：省大数据局、贵安新区管委会）":          "省大数据局|贵安新区管委会",
		"甲。(责任单位:州消防支队等州直相关部门,各县〔市〕人民政府)": "州消防支队|州直相关部门|各县〔市〕人民政府",
		"（责任单位：州大数据局及州直相关部门）":             "州大数据局|州直相关部门",
		"（牵头单位：甲局；配合单位：乙局、各县（市）人民政府）":     "甲局|乙局|各县（市）人民政府",
		"(责任单位:省有关部门和单位、省大数据局)":           "省有关部门和单位|省大数据局",
		"（责任单位：中国人民\n银行贵州省分行）":            "中国人民银行贵州省分行",
		"（责任单位：没有右括号。后面的话":                "",
		"责任单位：不在括号里":                      "",
	} {
		if got := strings.Join(responsibleIn(text), "|"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestReferences(t *testing.T) {
	for text, want := range map[string]string{
		"执行《甲办法》（黔科通〔2024〕25 号）":     "《甲办法》|黔科通〔2024〕25号",
		"依据黔府办函[2024]69号":            "黔府办函〔2024〕69号",
		"《关于印发<乙办法（试行）>的通知》":         "《关于印发<乙办法（试行）>的通知》|《乙办法（试行）》",
		"《关于印发〈乙办法〉的通知》":             "《关于印发〈乙办法〉的通知》|《乙办法》",
		"按照本办法第三条第（二）项执行":            "本办法第三条第（二）项",
		"《甲办法》和《甲办法》":                "《甲办法》",
		"《没有右书名号":                    "",
		"国数政策〔2023〕11号、黔党发〔2021〕13号": "国数政策〔2023〕11号|黔党发〔2021〕13号",
	} {
		if got := strings.Join(referencesIn(text), "|"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestRefusals gives each bad file a code and a way out.
func TestRefusals(t *testing.T) {
	gbk := []byte{0xd2, 0xbb, 0xa1, 0xa2, 0xb4, 0xcb, 0xc7, 0xb0} // 一、此前 in GBK
	for _, c := range []struct {
		name, hint string
		text       []byte
		code       fault.Code
	}{
		{"empty", "empty", []byte(" \n\t"), fault.Invalid},
		{"too large", "limit", bytes.Repeat([]byte("a"), MaxBytes+1), fault.TooLarge},
		{"gbk", "iconv", gbk, fault.Invalid},
		{"broken", "not UTF-8", []byte("一、甲\xff\x01\xfe乙"), fault.Invalid},
		{"pdf", "PDF", []byte("%PDF-1.7\n\xe2\xe3"), fault.Invalid},
		{"docx", "DOCX", []byte("PK\x03\x04\x14\x00"), fault.Invalid},
		{"utf-16", "UTF-16", []byte("\xff\xfe\x00\x4e"), fault.Invalid},
		{"nul", "NUL", []byte("一、甲\x00"), fault.Invalid},
	} {
		_, err := Parse(c.name, c.text, Options{})
		if !fault.Is(err, c.code) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if said := fault.From(err).Message; !strings.Contains(said.In(i18n.English), c.hint) || said.ZH == "" {
			t.Errorf("%s: %q does not mention %q", c.name, said.EN, c.hint)
		}
	}
}

// TestOffsetsCountBytes holds with a byte order mark and with CR LF.
func TestOffsetsCountBytes(t *testing.T) {
	text := "\ufeff一、甲\r\n　　1．乙\r\n丙\r\n2．丁\r\n"
	doc, err := Parse("crlf", []byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"一": "一、甲\r\n　　1．乙\r\n丙\r\n2．丁", "一/1": "1．乙\r\n丙", "一/2": "2．丁"} {
		if c := clauseAt(t, doc, path); text[c.Start:c.End] != want {
			t.Errorf("%s is %q, want %q", path, text[c.Start:c.End], want)
		}
	}
}

// TestJSONIsStable prints the same bytes for the same text, with no null lists.
func TestJSONIsStable(t *testing.T) {
	text, err := os.ReadFile("testdata/mini/explained.txt")
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for range 3 {
		doc, err := Parse("explained.txt", text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := doc.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "null") || strings.Contains(b.String(), `\u003c`) {
			t.Fatalf("null or escaped marks in %s", b.String())
		}
		if first == "" {
			first = b.String()
		} else if b.String() != first {
			t.Fatal("two readings differ")
		}
	}
}

func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/mini/*.txt")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, unit := range hostile {
		f.Add(strings.Repeat(unit, 3))
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := Parse("fuzz", []byte(text), Options{})
		if err != nil {
			if fault.From(err).Code == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		checkNesting(t, doc)
		for _, c := range doc.Clauses {
			if c.End > len(text) || c.Number == "" || strings.Count(c.Path, "/") > maxDepth+2 {
				t.Fatalf("clause %+v of %d bytes", c, len(text))
			}
		}
		if err := doc.WriteJSON(&bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
	})
}
