package portal

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

//go:embed templates/*.html portal.css check.js
var files embed.FS

// style is inlined in every page, so that one answer is the whole page; the
// policy names its hash and no other.
var style = func() string {
	text, err := files.ReadFile("portal.css")
	if err != nil {
		panic("portal: portal.css is embedded, so it is there: " + err.Error())
	}
	return strings.TrimSpace(squeezed(string(text)))
}()

// squeezed leaves out what a browser does not need of a style sheet.
func squeezed(css string) string {
	var b strings.Builder
	for line := range strings.Lines(css) {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

// contentPolicy lets a page use its own inlined style and nothing else; only
// the page that checks an award runs a script, which is a file of ours.
func contentPolicy(script bool) string {
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
	if script {
		policy += "; script-src 'self'; connect-src 'self'"
	}
	return policy
}

// visit is one request for a page, and the page that it becomes.
type visit struct {
	w    http.ResponseWriter
	r    *http.Request
	lang i18n.Lang
	site *Site

	template string
	title    string
	section  string // which entry of the menu is lit
	script   bool
	private  bool // holds what the visitor typed: kept by nobody
	status   int
	Data     any
}

// ask calls the open API.
func (v *visit) ask(operation string, params url.Values, body, out any) error {
	return v.site.open.Ask(v.r.Context(), operation, params, body, out)
}

// show names the page's template, title and what it shows.
func (v *visit) show(template, title, section string, data any) error {
	v.template, v.title, v.section, v.Data = template, title, section, data
	return nil
}

// say picks a sentence, or a part of one, which a language may not need.
func (v *visit) say(zh, en string) string {
	if v.lang == i18n.English {
		return en
	}
	return zh
}

// page answers with what show makes, or with a page that says what is wrong.
func (s *Site) page(show func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r, lang: i18n.Of(r.Context()), site: s, status: http.StatusOK}
		key := string(v.lang) + r.URL.RequestURI()
		if r.Method == http.MethodGet {
			if kept, fresh := s.kept.take(key, s.now()); fresh {
				kept.write(w, r)
				return
			}
		}
		p, err := s.render(v, show(v))
		if err != nil {
			httpapi.WriteProblem(w, r, err)
			return
		}
		if r.Method == http.MethodGet && v.status == http.StatusOK && !v.private {
			s.kept.put(key, p, s.now())
		}
		p.write(w, r)
	})
}

// render makes the page, or in the place of a fault the page that says so.
func (s *Site) render(v *visit, err error) (*page, error) {
	var about session
	if errAbout := v.ask("getSession", nil, nil, &about); err == nil {
		err = errAbout
	}
	if err != nil {
		f := fault.From(err)
		v.status, v.script = f.Code.HTTPStatus(), false
		if v.status >= http.StatusInternalServerError && f.Code != fault.Unavailable {
			return nil, err
		}
		_ = v.show("fault", v.say("打不开这一页", "This page cannot be shown"), "", f)
	}
	view := frame{visit: v, About: about, Style: template.CSS(style), Title: v.title, Section: v.section, Script: v.script}
	var text bytes.Buffer
	t, err := pages.Lookup(v.template + ".html").Clone()
	if err != nil {
		return nil, err
	}
	if err := t.Funcs(v.words()).ExecuteTemplate(&text, v.template+".html", view); err != nil {
		return nil, err
	}
	return newPage(tight(text.Bytes()), v), nil
}

// frame is what every template is given.
type frame struct {
	*visit
	About   session
	Style   template.CSS
	Title   string
	Section string
	Script  bool
}

// Here is the page's own address in a language.
func (f frame) Here(lang string) string {
	return address(i18n.Lang(lang), f.r.URL.Path, f.r.URL.Query())
}

// pages are the templates; the words of a language come with each request.
var pages = func() *template.Template {
	t := template.New("").Funcs((&visit{lang: i18n.Chinese}).words())
	return template.Must(t.ParseFS(files, "templates/*.html"))
}()

// tight leaves out the indentation of templates.
func tight(html []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(html) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// page is a finished page.
type page struct {
	body   []byte
	tag    string
	policy string
	lang   i18n.Lang
	status int
	open   bool // caches may keep it
}

func newPage(body []byte, v *visit) *page {
	sum := sha256.Sum256(body)
	return &page{body, `W/"` + hex.EncodeToString(sum[:12]) + `"`, contentPolicy(v.script), v.lang, v.status, !v.private && v.status == http.StatusOK}
}

// write answers with the page, or with nothing when the reader has it.
func (p *page) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(p.lang))
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-store")
	if p.open {
		h.Set("Cache-Control", "public, max-age=30")
		h.Set("ETag", p.tag)
		if httpapi.Has(r, p.tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body)
}

// script serves the one script, which checks an award.
func (s *Site) script(w http.ResponseWriter, r *http.Request) {
	text, err := files.ReadFile("check.js")
	if err != nil {
		httpapi.WriteProblem(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(text)
}

func nothingHere() error {
	return fault.Newf(fault.NotFound, "这里没有页面：地址可能写错，或内容已经移走。可从上方的栏目进入。", "There is no page here: the address may be wrong, or what it had has moved. Use the sections above.")
}
