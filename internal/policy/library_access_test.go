package policy_test

import (
	"net/http"
	"testing"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/httpapi/httpapitest"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func TestAccessHoldsForEveryRole(t *testing.T) {
	h := openGuizhou(t)
	own, other := h.firm(1), h.firm(2)
	orgOf := func(role httpapi.Role) ident.CreditCode {
		if party.ForOrganisation(role) {
			return own
		}
		return ""
	}
	httpapitest.Walk{
		API: h.api, Handler: h.handler, Roles: party.Roles(), Own: own, Other: other, OrgOf: orgOf,
		SignIn: func(r *http.Request, role httpapi.Role) {
			r.Header.Set("X-Test-Role", string(role))
			r.Header.Set("X-Test-Org", string(orgOf(role)))
		},
	}.Run(t)
}
