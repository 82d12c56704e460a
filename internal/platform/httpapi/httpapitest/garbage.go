package httpapitest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// nasty are values that break careless code: wrong types, limits of dates and
// numbers, wildcards of SQL, texts too long or with marks that combine.
var nasty = []any{
	nil, true, 0, -1, 1.5, 1e300, "", " ", "x", "%", "_", `\`, "'; drop table person; --", "e\u0301", "\u2028", "\x7f",
	strings.Repeat("长", 300), "0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2025-02-30",
	"9223372036854775807", "-9223372036854775808", "520100", []any{}, []any{nil}, map[string]any{}, map[string]any{"zh": 1},
}

// Garbage sends calls made of nasty and half-plausible values, as every role in
// turn: each must get an answer of the contract and never a fault of ours. The
// same seed makes the same calls. It writes, so give it a database of its own.
func (w Walk) Garbage(t *testing.T, calls int, seed uint64) {
	t.Helper()
	g := generator{rand.New(rand.NewPCG(seed, seed)), w}
	ids := make([]string, 0)
	for id := range w.API.Operations() {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for n := range calls {
		op := w.API.Operations()[ids[n%len(ids)]]
		role := w.Roles[g.IntN(len(w.Roles))]
		text := g.body(op)
		r := httptest.NewRequest(op.Method, httpapi.Prefix+g.path(op)+g.query(op), strings.NewReader(text))
		if text != "" {
			r.Header.Set("Content-Type", contentType(op))
		}
		r.RemoteAddr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 19, byte(n >> 8), byte(n)}), 40000).String()
		w.SignIn(r, role)
		answer := w.serve(t, r)
		what := fmt.Sprintf("call %d of seed %d: %s %s as %s with %.2000s", n, seed, r.Method, r.URL, role, text)
		if answer.Code >= 500 {
			t.Errorf("%s: %d %s", what, answer.Code, answer.Body)
		}
		for _, difference := range w.differences(op, answer) {
			t.Errorf("%s: the answer is not what the contract says: %s: %s", what, difference, answer.Body)
		}
	}
}

type generator struct {
	*rand.Rand
	walk Walk
}

func (g generator) any() any { return nasty[g.IntN(len(nasty))] }

func (g generator) path(op *huma.Operation) string {
	return parameter.ReplaceAllStringFunc(op.Path, func(p string) string {
		name := strings.Trim(p, "{}.")
		switch value, known := g.walk.Parameters[name]; {
		case name == "org" && g.IntN(4) > 0:
			return string(g.walk.Own)
		case known && g.IntN(4) > 0:
			return value
		}
		return url.PathEscape(fmt.Sprint(g.any()) + "x")
	})
}

func (g generator) query(op *huma.Operation) string {
	q := url.Values{}
	for _, p := range op.Parameters {
		if p.In == "query" && g.IntN(3) == 0 {
			q.Set(p.Name, fmt.Sprint(g.value(p.Schema, 0)))
		}
	}
	return "?" + q.Encode()
}

func (g generator) body(op *huma.Operation) string {
	if contentType(op) != "application/json" {
		return body(op)
	}
	media := op.RequestBody.Content["application/json"]
	if media == nil {
		return "x"
	}
	text, err := json.Marshal(g.value(media.Schema, 0))
	if err != nil {
		return "x"
	}
	return string(text)
}

// value is mostly what the schema asks for at the top, and less and less so
// further down.
func (g generator) value(s *huma.Schema, depth int) any {
	if s != nil && s.Ref != "" {
		s = g.walk.API.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || depth > 6 || g.IntN(8) < depth {
		return g.any()
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[g.IntN(len(s.Enum))]
	case len(s.Examples) > 0:
		return s.Examples[0]
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for _, name := range sortedNames(s.Properties) {
			if slices.Contains(s.Required, name) || g.IntN(2) == 0 {
				out[name] = g.value(s.Properties[name], depth+1)
			}
		}
		return out
	case huma.TypeArray:
		out := []any{}
		for range g.IntN(4) {
			out = append(out, g.value(s.Items, depth+1))
		}
		return out
	case huma.TypeInteger, huma.TypeNumber:
		return g.IntN(300)
	case huma.TypeBoolean:
		return g.IntN(2) == 0
	}
	switch s.Format {
	case "date":
		return []string{"2025-10-22", "0001-01-01", "9999-12-31"}[g.IntN(3)]
	case "date-time":
		return []string{"2025-10-22T09:00:00Z", "0001-01-01T00:00:01Z", "2030-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}[g.IntN(4)]
	}
	return []string{"wangwu", "贵阳某公司", "x"}[g.IntN(3)]
}

func sortedNames(properties map[string]*huma.Schema) []string {
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
