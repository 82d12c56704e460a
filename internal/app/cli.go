package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// commands is the command line's contract; one struct is its documentation.
// Exit codes: 0 done, 1 a check failed, 2 bad input, 3 a fault of ours.
type commands struct {
	JSON bool   `help:"Print JSON only." name:"json"`
	Lang string `help:"Language of messages: zh-CN or en; from LANG when not given." placeholder:"LANG" enum:"zh-CN,zh,en," default:""`

	Serve    serveCommand    `cmd:"" help:"Run the server and the console."`
	Region   regionCommand   `cmd:"" help:"Check a region pack."`
	Policy   policyCommand   `cmd:"" help:"Parse documents, assess, match and simulate."`
	Ledger   ledgerCommand   `cmd:"" help:"Recompute the books."`
	Evidence evidenceCommand `cmd:"" help:"Recompute the evidence log."`
	Target   targetCommand   `cmd:"" help:"Report on yearly targets and tasks."`
	Place    placeCommand    `cmd:"" help:"Measure where tasks are placed."`
	Backup   backupCommand   `cmd:"" help:"Write database, books, log and files to one archive."`
	Restore  restoreCommand  `cmd:"" help:"Restore an archive into an empty data folder or database."`
	Doctor   doctorCommand   `cmd:"" help:"Check folder, disk, clock, region pack, database, books and log."`
	OpenAPI  openAPICommand  `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 description."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// console is what a command may talk to.
type console struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	lang     i18n.Lang
}

// Main parses arguments, runs the command and returns the exit code. The
// binary and the command-line stories both call it.
func Main(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var cmds commands
	c := &console{in: in, out: out, err: errOut, lang: langOf(spoken(args))} // known before the line is, whose faults are told in it
	exit := -1
	parser, err := kong.New(&cmds, kong.Name("qianmo"), kong.Description("黔模 Qianmo: from a clause to a payment, in one binary."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exit = code }), kong.UsageOnError())
	if err != nil {
		return c.fail(err)
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help printed and asked to leave
		return exit
	}
	c.json = cmds.JSON
	if err != nil {
		return c.fail(usageFault(err))
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(c); err != nil {
		return c.fail(err)
	}
	return 0
}

// langOf picks the language of messages: the flag, else LANG, else Chinese.
func langOf(flag string) i18n.Lang {
	if flag != "zh" && flag != "zh-CN" && flag != "en" {
		flag = os.Getenv("LANG")
	}
	if strings.HasPrefix(flag, "en") {
		return i18n.English
	}
	return i18n.Chinese
}

// spoken is the language that the arguments ask for.
func spoken(args []string) string {
	for i, a := range args {
		if lang, ok := strings.CutPrefix(a, "--lang="); ok {
			return lang
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// usagePhrases pairs the argument parser's sentences with Chinese ones.
var usagePhrases = []struct {
	pattern *regexp.Regexp
	zh      string
}{
	{regexp.MustCompile(`^missing flags?: (.*)$`), "缺少选项 $1"},
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean (.*)\?)?$`), "没有选项 $1"},
	{regexp.MustCompile(`^unexpected argument (.*?)(?:, did you mean (.*)\?)?$`), "多余的参数或没有这个命令：$1"},
	{regexp.MustCompile(`^expected one of (.*)$`), "缺少命令，应为 $1 之一"},
	{regexp.MustCompile(`^expected "(.*)"$`), "缺少 $1"},
	{regexp.MustCompile(`^(--\S+): expected a valid .* int but got (.*)$`), "$1 应为整数，写成了 $2"},
	{regexp.MustCompile(`^(--\S+): expected .* value.*$`), "$1 缺少取值"},
	{regexp.MustCompile(`^(--\S+) must be one of (.*) but got (.*)$`), "$1 只能是 $2 之一，写成了 $3"},
}

func usageFault(err error) error {
	en := strings.TrimSuffix(err.Error(), "?")
	zh := en
	for _, p := range usagePhrases {
		if p.pattern.MatchString(err.Error()) {
			zh = p.pattern.ReplaceAllString(err.Error(), p.zh)
			break
		}
	}
	return fault.Newf(fault.Invalid, "命令行写法不对：%[1]s。用 qianmo --help 看用法。", "The command line is wrong: %[2]s. See qianmo --help.", zh, en)
}

// fail prints a fault on standard error as {"code","message","fields"} and
// returns its exit code.
func (c *console) fail(err error) int {
	if errors.Is(err, context.Canceled) {
		return 0
	}
	f := fault.From(err)
	type field struct {
		Path    string `json:"path"`
		Message string `json:"message"`
	}
	body := struct {
		Code    fault.Code `json:"code"`
		Message string     `json:"message"`
		Fields  []field    `json:"fields"`
	}{f.Code, f.Message.In(c.lang), []field{}}
	for _, x := range f.Fields {
		body.Fields = append(body.Fields, field{x.Path, x.Message.In(c.lang)})
	}
	if f.Code == fault.Internal {
		if cause := errors.Unwrap(f); cause != nil {
			body.Fields = append(body.Fields, field{"cause", cause.Error()})
		}
	}
	enc := json.NewEncoder(c.err)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // nothing is left to tell when standard error is closed
	return f.Code.ExitCode()
}

// print writes v as JSON, or in words when the reader is a person.
func (c *console) print(v any, words func(w io.Writer)) error {
	if !c.json && words != nil {
		words(c.out)
		return nil
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (c *console) say(t i18n.Text) { fmt.Fprintln(c.out, t.In(c.lang)) }
