package rule

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// aCopy is the shipped pack in a folder of the test's own.
func aCopy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../../regions/guizhou")); err != nil {
		t.Fatal(err)
	}
	return dir
}

const measureFile = "measures/002-2.yaml"

// TestBadPacksAreNamed spoils one thing of a good pack at a time: what is said
// names the file, the line where there is one, and the remedy.
func TestBadPacksAreNamed(t *testing.T) {
	put := func(text string) func(string) error {
		return func(file string) error { return os.WriteFile(file, []byte(text), 0o600) }
	}
	edit := func(old, new string) func(string) error {
		return func(file string) error {
			text, err := os.ReadFile(file)
			if err == nil && !strings.Contains(string(text), old) {
				err = errors.New("the measure has no " + old)
			}
			if err != nil {
				return err
			}
			return os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, new)), 0o600)
		}
	}
	when := func(condition string) func(string) error {
		return edit(`when: model.filed.status == "passed"`, "when: '"+condition+"'")
	}
	link := func(target string) func(string) error {
		return func(file string) error { return errors.Join(os.Remove(file), os.Symlink(target, file)) }
	}
	for name, c := range map[string]struct {
		spoil  func(file string) error
		path   string
		zh, en string
	}{
		"alias bomb":          {put("a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"), ":1", "不能用锚点和别名", "Anchors and aliases are not allowed"},
		"a cycle":             {put("a: &a\n  b: *a\n"), ":1", "不能用锚点和别名", "Anchors and aliases are not allowed"},
		"tabs":                {edit("\n  zh:", "\n\tzh:"), ":8", "缩进只用空格", "indent with spaces"},
		"a doubled key":       {edit("version: 1", "version: 1\nversion: 2"), ":3", "重复，前一次在第 2 行", "first at line 2"},
		"an unknown key":      {edit("version: 1", "version: 1\nfoo: 1"), ":3", "没有字段“foo”", `no field "foo"`},
		"a list for a count":  {edit("version: 1", "version: [one]"), ":2", "应是整数，写成了列表", "A whole number belongs here, and there is a list"},
		"a text for a list":   {edit("gates: [002-8.2]", "gates: 002-8.2"), ":15", "应是列表，写成了文字“002-8.2”", `A list belongs here, and there is a text, "002-8.2"`},
		"nothing":             {put(""), ":1", "文件是空的", "The file is empty"},
		"GBK":                 {put("id: 002-2\nname: {zh: \xd1\xd0\xb7\xa2}\n"), ":2", "不是 UTF-8", "Not UTF-8"},
		"UTF-16":              {put("\xff\xfei\x00d\x00"), ":1", "不是 UTF-8", "Not UTF-8"},
		"NUL":                 {put("id: 002-2\nna\x00me: x\n"), ":2", "U+0000", "U+0000"},
		"100,000 brackets":    {put(strings.Repeat("[", 100_000)), "", "嵌套超过 40 层", "Nested deeper than 40"},
		"1,000 levels":        {put(levels(1000)), ":40", "嵌套超过 40 层", "Nested deeper than 40"},
		"3 MiB":               {put(strings.Repeat("#", 3<<20)), "", "超过 1048576 字节", "More than 1048576 bytes"},
		"a link out":          {link("/etc/hostname"), "", "包内可读的普通文件", "no readable regular file inside the pack"},
		"a link to a device":  {link("/dev/zero"), "", "包内可读的普通文件", "no readable regular file inside the pack"},
		"a link to itself":    {link("002-2.yaml"), "", "包内可读的普通文件", "no readable regular file inside the pack"},
		"a pipe":              {func(file string) error { return errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)) }, "", "包内可读的普通文件", "no readable regular file inside the pack"},
		"a folder":            {func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) }, "", "包内可读的普通文件", "no readable regular file inside the pack"},
		"an unknown type":     {edit("rule_type: payable", "rule_type: paybale"), "", "应为 payable", "it is one of payable"},
		"an unknown kind":     {edit("kind: model.filed\n", "kind: model.fild\n"), "#facts.model.fild", "是不是“model.filed”", `did you mean "model.filed"`},
		"an unknown question": {edit("question: A12,", "question: A99,"), "", "没有问题“A99”", `no question "A99"`},
		"an unknown document": {edit(`document: "002"`, `document: "009"`), "", "documents/009.yaml", "documents/009.yaml"},
		"a rate in percent":   {edit(`value: "0.3"`, `value: "30%"`), "#parameters.rate", "0.3 表示 30%", "0.3 for 30%"},
		"three decimals":      {edit(`value: "5000000.00"`, `value: "5000000.001"`), "#parameters.cap", "小数超过两位", "more than two decimals"},

		"a condition of 2,001": {when(strings.Repeat("!", 1997) + "true"), "#filing_passed", "有 2001 个字符", "has 2001 characters"},
		"a deep condition":     {when(strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300)), "#filing_passed", "嵌套太深", "nested too deep"},
		"a loop":               {when(`[1].all(x, x > 0)`), "#filing_passed", "没有“all”这个名字或函数", `no name or function "all"`},
		"a costly condition":   {when(`(` + strings.TrimSuffix(strings.Repeat(`model.filed.status + `, 20), ` + `) + `).matches("` + strings.Repeat("a", 900) + `")`), "#filing_passed", "计算量", "cost"},
		"a broken condition":   {when(`model.filed.status ==`), "#filing_passed", "第 1 行第 22 列", "line 1, column 22"},
		"an unknown attribute": {when(`model.filed.statuss == "x"`), "#filing_passed", "没有字段“statuss”", `no field "statuss"`},
		"a wrong type":         {when(`cost.model_construction.quantity > 1.5`), "#filing_passed", "金额是以分计的整数", "money is a whole number of fen"},
		"beyond 64 bits":       {when(`cost.model_construction.quantity > 92233720368547758070`), "#filing_passed", "超出 64 位", "out of 64 bits"},
		"no answer":            {when(`model.filed.status`), "#filing_passed", "应是 bool", "should give bool"},
		"a broken pattern":     {when(`model.filed.status.matches("(a")`), "#filing_passed", "正则表达式不对", "pattern of matches is wrong"},
		"a huge pattern":       {when(`model.filed.status.matches("(a{100}){10}")`), "#filing_passed", "正则表达式太大", "pattern of matches is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := aCopy(t)
			if err := c.spoil(filepath.Join(dir, measureFile)); err != nil {
				t.Fatal(err)
			}
			pack, err := OpenPack(dir)
			if err == nil {
				err = pack.Check().Err()
			}
			f := fault.From(err)
			if f == nil || f.Code != fault.Invalid && f.Code != fault.CheckFailed || len(f.Fields) == 0 {
				t.Fatalf("got %v", err)
			}
			first := f.Fields[0]
			if first.Path != measureFile+c.path || !strings.Contains(first.Message.ZH, c.zh) || !strings.Contains(first.Message.EN, c.en) {
				t.Errorf("got %s: %s %s", first.Path, first.Message.ZH, first.Message.EN)
			}
		})
	}
}

// levels is a mapping in a mapping, so many times.
func levels(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestWhatIsNoPackIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(t.TempDir(), "nowhere")} {
		if _, err := OpenPack(dir); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.From(err).Message.EN, dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if _, err := OpenPack(t.TempDir()); !fault.Is(err, fault.NotFound) {
		t.Errorf("an empty folder: %v", err)
	}
	dir := aCopy(t)
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, "measures")), os.Symlink("/etc", filepath.Join(dir, "measures"))); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPack(dir); !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != "measures" {
		t.Errorf("a folder outside the pack: %v", err)
	}
}
