package test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// people speaks to a running sandbox for a story, as each of its people in
// turn. It adds these commands:
//
//	[!] as LOGIN METHOD PATH [name=text | name:=json | @file] …
//	[!] send LOGIN PATH FILE          uploads
//	get LOGIN PATH FILE               downloads
//	let NAME PATH                     sets a variable from the last answer
//	is PATH TEXT                      compares with the last answer
//	until LOGIN PATH FIELD TEXT       asks again until it is so
//
// An answer is printed. LOGIN - is nobody. PATH in an answer is names and
// numbers with dots between; items[state=paid] is the first that has it, # how many.
type people struct {
	address  string
	sessions map[string]*http.Client
	answer   any
}

func (p *people) commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"as": p.as, "send": p.send, "get": p.get, "let": p.let, "is": p.is, "until": p.until, "bank": p.bank}
}

func (p *people) as(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: as LOGIN METHOD PATH [name=text | name:=json | @file] …")
	}
	var body any
	if args[1] != http.MethodGet {
		fields := map[string]any{}
		body = fields
		for _, arg := range args[3:] {
			name, value, ok := strings.Cut(arg, "=")
			plain, isJSON := strings.CutSuffix(name, ":")
			switch file, isFile := strings.CutPrefix(arg, "@"); {
			case isFile:
				decode(ts, ts.ReadFile(file), &body)
			case !ok:
				ts.Fatalf("%q is neither name=text nor name:=json", arg)
			case isJSON:
				var v any
				decode(ts, value, &v)
				fields[plain] = v
			default:
				fields[name] = value
			}
		}
	}
	raw, err := json.Marshal(body)
	ts.Check(err)
	p.do(ts, neg, args[0], args[1], args[2], "application/json", raw)
}

func (p *people) send(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: send LOGIN PATH FILE")
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", filepath.Base(args[2]))
	ts.Check(err)
	_, err = io.WriteString(part, ts.ReadFile(args[2]))
	ts.Check(err)
	ts.Check(w.Close())
	p.do(ts, neg, args[0], http.MethodPost, args[1], w.FormDataContentType(), form.Bytes())
}

func (p *people) get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: get LOGIN PATH FILE")
	}
	status, raw := p.ask(ts, args[0], http.MethodGet, args[1], "", nil)
	if status != http.StatusOK {
		ts.Fatalf("%d: %s", status, raw)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), raw, 0o600))
}

func (p *people) let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: let NAME PATH")
	}
	ts.Setenv(args[0], p.at(ts, args[1]))
}

func (p *people) is(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: is PATH TEXT")
	}
	if got := p.at(ts, args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %q", args[0], got)
	}
}

func (p *people) until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: until LOGIN PATH FIELD TEXT")
	}
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for range 600 {
		p.read(ts, args[0], args[1])
		if p.at(ts, args[2]) == args[3] {
			return
		}
		<-again.C
	}
	ts.Fatalf("%s is still %q", args[2], p.at(ts, args[2]))
}

func (p *people) do(ts *testscript.TestScript, neg bool, login, method, path, kind string, body []byte) {
	status, raw := p.ask(ts, login, method, path, kind, body)
	fmt.Fprintln(ts.Stdout(), string(raw))
	if (status < 300) == neg || status >= 500 {
		ts.Fatalf("%s %s as %s: %d %s", method, path, login, status, raw)
	}
	p.answer = nil
	if len(raw) > 0 {
		decode(ts, string(raw), &p.answer)
	}
}

func (p *people) read(ts *testscript.TestScript, login, path string) {
	status, raw := p.ask(ts, login, http.MethodGet, path, "", nil)
	if status != http.StatusOK {
		ts.Fatalf("%s: %d %s", path, status, raw)
	}
	decode(ts, string(raw), &p.answer)
}

// ask waits as long as the server says when it is asked faster than people ask.
func (p *people) ask(ts *testscript.TestScript, login, method, path, kind string, body []byte) (int, []byte) {
	for {
		req, err := http.NewRequest(method, p.address+"/api/v1"+path, bytes.NewReader(body))
		ts.Check(err)
		if kind != "" {
			req.Header.Set("Content-Type", kind)
		}
		req.Header.Set("Accept-Language", "en")
		res, err := p.session(ts, login).Do(req)
		ts.Check(err)
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		ts.Check(err)
		after, bad := strconv.Atoi(res.Header.Get("Retry-After"))
		if res.StatusCode != http.StatusTooManyRequests || bad != nil {
			return res.StatusCode, raw
		}
		<-time.After(time.Duration(max(after, 1)) * time.Second)
	}
}

// session signs a person in at first.
func (p *people) session(ts *testscript.TestScript, login string) *http.Client {
	if c, ok := p.sessions[login]; ok {
		return c
	}
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	c := &http.Client{Jar: jar, Timeout: 2 * time.Minute}
	p.sessions[login] = c
	if login != "-" {
		body, err := json.Marshal(map[string]string{"login": login, "password": sandbox.Password})
		ts.Check(err)
		if status, raw := p.ask(ts, login, http.MethodPost, "/session", "application/json", body); status != http.StatusCreated {
			ts.Fatalf("%s could not sign in: %d %s", login, status, raw)
		}
	}
	return c
}

// at is a value of the last answer as text, objects and lists as JSON.
func (p *people) at(ts *testscript.TestScript, path string) string {
	at := p.answer
	for _, name := range strings.Split(path, ".") {
		name, wanted, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			if name == "#" {
				return strconv.Itoa(len(v))
			}
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				ts.Fatalf("%s: no entry %s among %d", path, name, len(v))
			}
			at = v[i]
		default:
			ts.Fatalf("%s: nothing is called %s", path, name)
		}
		if key, value, ok := strings.Cut(wanted, "="); ok {
			at = first(at, key, value)
		}
	}
	switch v := at.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	text, err := json.Marshal(at)
	ts.Check(err)
	return string(text)
}

// first is the first object of a list that has a value under a name.
func first(list any, name, value string) any {
	all, _ := list.([]any)
	for _, one := range all {
		if object, ok := one.(map[string]any); ok && fmt.Sprint(object[name]) == value {
			return object
		}
	}
	return nil
}

func decode(ts *testscript.TestScript, text string, into any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		ts.Fatalf("%v: %.400s", err, text)
	}
}

// bank answers a bank file as its bank would (docs/bank-file.md):
//
//	bank FILE RETURN DAY [ORDER=REASON] …
//
// every order is paid but those that are named.
func (p *people) bank(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: bank FILE RETURN DAY [ORDER=REASON] …")
	}
	failed := map[string]string{}
	for _, arg := range args[3:] {
		order, reason, _ := strings.Cut(arg, "=")
		failed[order] = reason
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(ts.ReadFile(args[0]), "\ufeff")))
	rows, err := r.ReadAll()
	ts.Check(err)
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	ts.Check(w.Write([]string{"order", "amount", "result", "reference", "day", "reason"}))
	for i, row := range rows[1 : len(rows)-1] { // between the header and the trailer
		line := []string{row[0], row[6], "paid", fmt.Sprintf("B%s-%d", args[2], i), args[2], ""}
		if reason, no := failed[row[0]]; no {
			line[2], line[3], line[5] = "failed", "", reason
		}
		ts.Check(w.Write(line))
	}
	w.Flush()
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o600))
}
