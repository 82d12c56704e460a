package app

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

var links = regexp.MustCompile(`(?:href|action)="(/open[^"#]*)`)

// crawlPages follows every link of the portal from both of its front pages.
func (z *plaza) crawlPages(look func(at string, body []byte)) int {
	queue, seen := []string{"/open/", "/open/en/"}, map[string]bool{}
	for len(queue) > 0 && len(seen) < 5000 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		w := z.fetch(http.MethodGet, path, "")
		if w.Code >= 400 {
			z.Errorf("the portal links to %s, which answers %d", path, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			checkPage(z.T, path, w)
		}
		look(path, w.Body.Bytes())
		for _, m := range links.FindAllStringSubmatch(w.Body.String(), -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
	}
	return len(seen)
}

// checkPage holds what every page promises.
func checkPage(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("%s: policy %q", path, policy)
	}
	if len(w.Result().Cookies()) > 0 {
		t.Errorf("%s sets a cookie", path)
	}
	body := w.Body.String()
	for _, foreign := range []string{"src=\"http", "href=\"http", "style=\"", "<script>", " onclick"} {
		if strings.Contains(body, foreign) {
			t.Errorf("%s holds %s", path, foreign)
		}
	}
	if strings.Count(body, "<h1") != 1 || w.Header().Get("ETag") == "" && w.Code == 200 {
		t.Errorf("%s: %d headings, ETag %q", path, strings.Count(body, "<h1"), w.Header().Get("ETag"))
	}
}

// unreached are public operations whose path no public list names.
var unreached = map[string]string{"getTile": "its path is the log's own layout"}

// crawlOperations asks every operation that the access table opens to the
// public. Lists are read to their end; whatever they name as an id or a number
// is tried where a path wants one.
func (z *plaza) crawlOperations(look func(at string, body []byte)) int {
	calls, names, reached := 0, map[string]bool{"0/000": true}, map[string]bool{}
	ask := func(op *huma.Operation, path string) {
		for next := ""; ; {
			query := requiredOf(op)
			if next != "" {
				query.Set("cursor", next)
			}
			at := httpapi.Prefix + path + "?" + query.Encode()
			body := ""
			if op.Method != http.MethodGet {
				body = `{}`
			}
			w := z.fetch(op.Method, at, body)
			calls++
			if w.Code >= 500 {
				z.Errorf("%s answers %d", at, w.Code)
			}
			reached[op.OperationID] = reached[op.OperationID] || w.Code < 300
			look(op.Method+" "+at, w.Body.Bytes())
			var v any
			if json.Unmarshal(w.Body.Bytes(), &v) != nil {
				return
			}
			gather(v, names)
			page, _ := v.(map[string]any)
			if next, _ = page["next"].(string); next == "" || w.Code >= 300 {
				return
			}
		}
	}
	api := z.ruled.Load().edge
	var deep []*huma.Operation
	operations := api.Operations()
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		switch op := operations[id]; {
		case !api.Access()[id].Public:
		case strings.Contains(op.Path, "{"):
			deep = append(deep, op)
		default:
			ask(op, op.Path)
		}
	}
	for _, op := range deep {
		for name := range names {
			if len(name) < 64 {
				ask(op, pathPart.ReplaceAllString(op.Path, url.PathEscape(name)))
			}
		}
		if _, known := unreached[op.OperationID]; op.Method == http.MethodGet && !reached[op.OperationID] && !known {
			z.Errorf("%s (%s) was never answered: no public list names what it shows", op.OperationID, op.Path)
		}
	}
	return calls
}

var pathPart = regexp.MustCompile(`\{[^}]+\}`)

// requiredOf fills in what an operation's address must have.
func requiredOf(op *huma.Operation) url.Values {
	query := url.Values{}
	for _, p := range op.Parameters {
		if p.In != "query" || !p.Required {
			continue
		}
		query.Set(p.Name, "算力")
		if p.Schema != nil && p.Schema.Type == huma.TypeInteger {
			query.Set(p.Name, "1")
		}
	}
	return query
}

// gather notes every id and number that an answer names.
func gather(v any, names map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			gather(one, names)
		}
	case map[string]any:
		for key, one := range v {
			if s, ok := one.(string); ok && (key == "id" || key == "number") && s != "" && len(names) < 400 {
				names[s] = true
			}
			gather(one, names)
		}
	}
}
