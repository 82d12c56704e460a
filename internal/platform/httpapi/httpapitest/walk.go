// Package httpapitest walks a whole API and checks that its access table holds
// in practice: every operation, as every role and as nobody, on the caller's
// own organisation and on another.
package httpapitest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Walk describes one walk.
type Walk struct {
	API     *httpapi.API
	Handler http.Handler
	Roles   []httpapi.Role // every role of the product
	Own     ident.CreditCode
	Other   ident.CreditCode
	// SignIn gives a request the credentials of a person who acts in the role,
	// and for the organisation Own where the role acts for one: an API key (what
	// the table opens to browsers only must then be refused) or the cookie of a
	// fresh session, since the walk also signs out.
	SignIn func(r *http.Request, role httpapi.Role)
	// OrgOf tells which organisation a role's person acts for; empty for none.
	OrgOf func(role httpapi.Role) ident.CreditCode
	// Parameters gives path parameters other than {org} a value; the default
	// names nothing that exists.
	Parameters map[string]string

	client netip.Addr
}

// Run makes a subtest of each operation. A call that the table denies must get
// exactly the denial that the table gives; one that it permits may be refused
// for its empty body or its unknown id, never for who calls, and never with a
// fault of ours. Every answer must be what the contract says. The API's AccountRate must leave room for the walk.
func (w Walk) Run(t *testing.T) {
	operations := w.API.Operations()
	if len(operations) == 0 || len(w.Roles) == 0 {
		t.Fatal("nothing to walk")
	}
	ids := make([]string, 0, len(operations))
	for id := range operations {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for i, id := range ids {
		w.client = netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}) // each its own, or the rate limit would answer
		t.Run(id, func(t *testing.T) {
			for _, role := range append([]httpapi.Role{""}, w.Roles...) {
				for _, org := range w.tenants(operations[id]) {
					w.call(t, operations[id], role, org)
				}
			}
		})
	}
}

func (w Walk) tenants(op *huma.Operation) []ident.CreditCode {
	if strings.Contains(op.Path, "{org}") {
		return []ident.CreditCode{w.Own, w.Other}
	}
	return []ident.CreditCode{""}
}

func (w Walk) call(t *testing.T, op *huma.Operation, role httpapi.Role, org ident.CreditCode) {
	t.Helper()
	r := httptest.NewRequest(op.Method, httpapi.Prefix+w.path(op, org), strings.NewReader(body(op)))
	if contentType := contentType(op); contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.RemoteAddr = netip.AddrPortFrom(w.client, 40000).String()
	p := httpapi.Principal{}
	if role != "" {
		w.SignIn(r, role)
		p = httpapi.Principal{PersonID: "someone", Role: role, Org: w.OrgOf(role), Key: r.Header.Get("Authorization")}
	}
	answer := w.serve(t, r)

	who := fmt.Sprintf("%s %s as %q", r.Method, r.URL.Path, role)
	denial := w.API.Access()[op.OperationID].Permits(p, org, w.API.RegionWide())
	if problem := judge(denial, answer.Code, hasOtherParameter(op)); problem != "" {
		t.Errorf("%s: %s: %s", who, problem, answer.Body)
	}
	for _, difference := range w.differences(op, answer) {
		t.Errorf("%s: the answer is not what the contract says: %s: %s", who, difference, answer.Body)
	}
}

// serve calls the handler. An answer that breaks off is a panic here.
func (w Walk) serve(t *testing.T, r *http.Request) (answer *httptest.ResponseRecorder) {
	t.Helper()
	answer = httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s %s: the answer broke off: %v", r.Method, r.URL, p)
		}
	}()
	w.Handler.ServeHTTP(answer, r)
	return answer
}

func (w Walk) path(op *huma.Operation, org ident.CreditCode) string {
	return parameter.ReplaceAllStringFunc(op.Path, func(p string) string {
		name := strings.Trim(p, "{}.")
		if name == "org" {
			return string(org)
		}
		if value, ok := w.Parameters[name]; ok {
			return value
		}
		return "nothing_0000000000"
	})
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

func hasOtherParameter(op *huma.Operation) bool {
	return slices.ContainsFunc(parameter.FindAllString(op.Path, -1), func(p string) bool { return p != "{org}" })
}

func contentType(op *huma.Operation) string {
	if op.RequestBody == nil {
		return ""
	}
	if _, form := op.RequestBody.Content["multipart/form-data"]; form {
		return "multipart/form-data; boundary=x"
	}
	return "application/json"
}

func body(op *huma.Operation) string {
	switch contentType(op) {
	case "":
		return ""
	case "application/json":
		return "{}"
	}
	return "--x--\r\n"
}
