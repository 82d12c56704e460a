package payment_test

import (
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

const header = "指令号,金额,结果,银行流水号,日期,原因\n"

// A file that has not the documented shape is refused whole, and the place is named.
func TestFilesOfAnotherShapeAreRefusedByLineAndColumn(t *testing.T) {
	good := "ZF-2025-0001,1.00,成功,B1,2025-10-22,\n"
	for name, c := range map[string]struct {
		content, path string
		code          fault.Code
	}{
		"empty":                {"", "line 1, column 1", fault.Invalid},
		"a mark alone":         {"\ufeff", "line 1, column 1", fault.Invalid},
		"only a header":        {header, "line 2", fault.Invalid},
		"another header":       {"指令号,金额,状态,银行流水号,日期,原因\n" + good, "line 1, column 3", fault.Invalid},
		"a header too long":    {strings.TrimSpace(header) + ",备注\n" + good, "line 1, column 7", fault.Invalid},
		"half of each header":  {"order,金额,result,reference,day,reason\n", "line 1, column 1", fault.Invalid},
		"a column too few":     {header + good + "ZF-2025-0002,1.00,成功,B1,2025-10-22\n", "line 3", fault.Invalid},
		"a column too many":    {header + "ZF-2025-0002,1,000.00,成功,B1,2025-10-22,\n", "line 2", fault.Invalid},
		"a quotation mark":     {header + good + "ZF\"1,1.00,成功,B1,2025-10-22,\n", "line 3, column 3", fault.Invalid},
		"an open quotation":    {header + "\"ZF,1.00,成功,B1,2025-10-22,\n", "line 2, column 32", fault.Invalid},
		"GBK":                  {"\xd6\xb8\xc1\xee\xba\xc5,amount\n", "line 1", fault.Invalid},
		"GBK on the third":     {header + good + "ZF,1.00,\xb3\xc9\xb9\xa6,B1,2025-10-22,\n", "line 3", fault.Invalid},
		"too large":            {header + strings.Repeat("x", 2<<20), "", fault.TooLarge},
		"too many lines":       {header + strings.Repeat(good, 5001), "", fault.TooLarge},
		"NUL and nothing else": {"\x00", "line 1, column 1", fault.Invalid},
	} {
		lines, err := payment.ParseReturn([]byte(c.content))
		if !fault.Is(err, c.code) {
			t.Errorf("%s: %d lines, %v", name, len(lines), err)
			continue
		}
		if fields := fault.From(err).Fields; c.path != "" && (len(fields) == 0 || fields[0].Path != c.path) {
			t.Errorf("%s names %+v, want %s", name, fields, c.path)
		}
	}
}

func TestBothHeadersAndAllWordsAreRead(t *testing.T) {
	for _, content := range []string{
		"\ufeff" + strings.ReplaceAll(header, "\n", "\r\n") + "ZF-1,12.50,成功,B1,2025-10-22,\r\n\r\n ZF-2 ,3,失败,,2025-10-22,\"户名, 不符\"\r\n",
		"Order,AMOUNT,result,reference,day,reason\nZF-1,12.50,PAID,B1,2025-10-22,\n\nZF-2,3.00,failed,,2025-10-22,\"户名, 不符\"",
	} {
		lines, err := payment.ParseReturn([]byte(content))
		if err != nil || len(lines) != 2 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		a, b := lines[0], lines[1]
		if a.Line != 2 || a.Order != "ZF-1" || a.Amount != 1250 || a.Result != payment.ResultPaid || a.Reference != "B1" || a.Day != "2025-10-22" || a.Verdict != "" {
			t.Errorf("%+v", a)
		}
		if b.Line != 4 || b.Order != "ZF-2" || b.Amount != 300 || b.Result != payment.ResultFailed || b.Reason != "户名, 不符" || b.Verdict != "" {
			t.Errorf("%+v", b)
		}
	}
}

// A wrong cell makes its own line malformed, with the column, and no other.
func TestWrongCellsStayWithTheirLine(t *testing.T) {
	for cell, column := range map[string]string{
		",1.00,成功,B1,2025-10-22,":                                   "第 1 列",
		"ZF-1,,成功,B1,2025-10-22,":                                   "第 2 列",
		"ZF-1,0.00,成功,B1,2025-10-22,":                               "第 2 列",
		"ZF-1,-1.00,成功,B1,2025-10-22,":                              "第 2 列",
		"ZF-1,1e3,成功,B1,2025-10-22,":                                "第 2 列",
		"ZF-1,1.001,成功,B1,2025-10-22,":                              "第 2 列",
		"ZF-1,92233720368547758.08,成功,B1,2025-10-22,":               "第 2 列",
		"ZF-1,1.00,好,B1,2025-10-22,":                                "第 3 列",
		"ZF-1,1.00,成功,,2025-10-22,":                                 "第 4 列",
		"ZF-1,1.00,成功,B1,2025-02-30,":                               "第 5 列",
		"ZF-1,1.00,成功,B1,20251022,":                                 "第 5 列",
		"ZF-1,1.00,失败,,2025-10-22,":                                 "第 6 列",
		"ZF-1\x00,1.00,成功,B1,2025-10-22,":                           "第 1 列",
		strings.Repeat("字", 200) + ",1.00,成功,B1,2025-10-22,":        "第 1 列",
		"\"ZF-1\nZF-2\",1.00,成功,B1,2025-10-22,":                     "第 1 列",
		"ZF-1,1.00,成功," + strings.Repeat("B", 401) + ",2025-10-22,": "第 4 列",
	} {
		lines, err := payment.ParseReturn([]byte(header + cell + "\nZF-9,1.00,成功,B1,2025-10-22,\n"))
		if err != nil || len(lines) != 2 {
			t.Errorf("%.40q: %d lines, %v", cell, len(lines), err)
			continue
		}
		if lines[0].Verdict != payment.VerdictMalformed || !strings.Contains(lines[0].Problem.ZH, column) || lines[1].Verdict != "" {
			t.Errorf("%.40q: %+v, want %s", cell, lines[0], column)
		}
	}
}

// FuzzParseReturn feeds anything: it is refused with a place, or read into
// lines that are whole or say what is wrong.
func FuzzParseReturn(f *testing.F) {
	for _, seed := range []string{"", header, header + "ZF-2025-0001,1.00,成功,B1,2025-10-22,\n", "\ufeff" + header + "a,b,c,d,e,f\n", "order,amount,result,reference,day,reason\n\"\n\"\"x", header + "ZF,1,paid,\xff,2025-10-22,\n",
		header + "ZF-1,1.00,成功,B1,2025-10-22,\n,,,,,\n,\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		lines, err := payment.ParseReturn(content)
		if err != nil {
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("%v", err)
			}
			return
		}
		last := int64(1)
		for _, l := range lines {
			if l.Line <= last {
				t.Fatalf("line %d after line %d", l.Line, last)
			}
			last = l.Line
			_, errDay := clock.ParseDate(string(l.Day))
			whole := l.Order != "" && l.Amount > 0 && errDay == nil && (l.Result == payment.ResultPaid && l.Reference != "" || l.Result == payment.ResultFailed && l.Reason != "")
			if l.Verdict == "" && !whole {
				t.Fatalf("%+v passes", l)
			}
			if l.Verdict != "" && (l.Verdict != payment.VerdictMalformed || l.Problem.IsZero()) {
				t.Fatalf("%+v says nothing", l)
			}
			for _, cell := range []string{l.Order, l.Reference, l.Reason} {
				if len(cell) > 400 || strings.ContainsAny(cell, "\n\r\x00") {
					t.Fatalf("a cell of %d bytes: %q", len(cell), cell)
				}
			}
		}
	})
}
