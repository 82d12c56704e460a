// Package portal is the public's door: server-rendered pages for people who do
// not sign in, that work as plain HTML without any script. It knows no domain
// and reads no store. Whatever it shows it asks of the open API as a visitor
// whom nobody knows, so it cannot show what a stranger could not fetch.
// README.md has the invariants.
package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Prefix is where the portal lives. English pages have the same paths under
// Prefix + "en/".
const Prefix = "/open/"

// Open is the open API as a stranger sees it; *httpapi.Visitor fits.
type Open interface {
	// Ask calls a public operation by its id, with its parameters by name and a
	// JSON body or nil, and decodes the answer into out.
	Ask(ctx context.Context, operation string, params url.Values, body, out any) error
}

// Operations are all that the portal ever asks; each is open to the public.
func Operations() []string {
	return []string{"getSession", "listDocuments", "getDocument", "searchPolicy", "listMeasures", "getMeasure", "listQuestions",
		"getEstimateForm", "estimate", "listCalls", "getCall", "listNotices", "getNotice", "listNoticeRows", "listNoticeAnswers", "objectToNotice",
		"listAwards", "getAward", "getAwardProof", "getAwardTotals", "getTargets", "getLog"}
}

// Site is the portal.
type Site struct {
	open  Open
	now   func() time.Time // only for how long a finished page is kept
	kept  *shelf
	pages *http.ServeMux
}

// New builds the portal over the open API. address is how browsers reach the
// product, such as https://ai.example.gov.cn, for links in data that is downloaded.
func New(open Open, address string, now func() time.Time) *Site {
	s := &Site{open: open, now: now, kept: newShelf(), pages: http.NewServeMux()}
	page := func(pattern string, show func(*visit) error) { s.pages.Handle(pattern, s.page(show)) }
	page("GET /{$}", s.home)
	page("GET /policies", s.policies)
	page("GET /policies/{id}", s.measure)
	page("GET /documents/{id}", s.document)
	page("GET /questions", s.questions)
	page("GET /calls", s.calls)
	page("GET /calls/{id}", s.call)
	page("GET /calculator", s.calculator)
	page("POST /calculator", s.calculated)
	page("GET /notices", s.notices)
	page("GET /notices/{id}", s.notice)
	page("POST /notices/{id}", s.object)
	page("GET /results", s.results)
	page("GET /results/{number}", s.result)
	page("GET /targets", s.targets)
	page("GET /check", s.check)
	page("GET /data", s.data)
	page("/", func(v *visit) error { return nothingHere() })
	s.pages.Handle("GET /data/awards.json", s.download(jsonGrants(address)))
	s.pages.Handle("GET /data/awards.csv", s.download(csvGrants(address)))
	s.pages.HandleFunc("GET /check.js", s.script)
	return s
}

// ServeHTTP finds the language in the path and then the page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := "/" + strings.TrimPrefix(r.URL.Path, Prefix)
	lang := i18n.Chinese
	if path == "/en" {
		http.Redirect(w, r, Prefix+"en/", http.StatusMovedPermanently)
		return
	}
	if rest, english := strings.CutPrefix(path, "/en/"); english {
		path, lang = "/"+rest, i18n.English
	}
	if asked := r.URL.Query().Get("lang"); r.Method == http.MethodGet && asked != "" {
		other := i18n.FromHeader(asked)
		query := r.URL.Query()
		query.Del("lang")
		http.Redirect(w, r, address(other, path, query), http.StatusFound)
		return
	}
	inner := r.Clone(i18n.With(r.Context(), lang))
	inner.URL.Path, inner.URL.RawPath = path, ""
	s.pages.ServeHTTP(w, inner)
}

// address is the path of a page in a language.
func address(lang i18n.Lang, path string, query url.Values) string {
	base := Prefix
	if lang == i18n.English {
		base += "en/"
	}
	out := (&url.URL{Path: base + strings.TrimLeft(path, "/")}).EscapedPath()
	if len(query) > 0 {
		out += "?" + query.Encode()
	}
	return out
}
