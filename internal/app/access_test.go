package app

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/httpapi/httpapitest"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// walk opens a small product and describes a walk over its whole API.
func walk(t *testing.T) httpapitest.Walk {
	t.Helper()
	p, err := openProduct(t.Context(), Config{Data: t.TempDir(), PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	all := sandbox.Organisations()
	own, other := all[0], all[1]
	seed := sandbox.Population(all[:20])
	people := map[httpapi.Role]string{}
	for i, role := range party.Roles() {
		id := "per_walk_" + string(role)
		m := party.Membership{Role: role}
		if party.ForOrganisation(role) {
			m.Org = own.Code
		}
		seed.People = append(seed.People, party.SeedPerson{Person: party.Person{ID: id, Login: "walker" + string(rune('a'+i)), Name: "行"},
			Password: auth.Secret("a long enough one"), Memberships: []party.Membership{m}})
		people[role] = id
	}
	if err := p.party.Seed(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	for i, o := range all[:20] {
		if _, err := p.facts.Append(t.Context(), sandbox.Facts(i, o, all)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := p.apiConfig()
	config.AccountRate, config.ClientRate = httpapi.Rate{PerSecond: 1e6, Burst: 1e6}, httpapi.Rate{PerSecond: 1e6, Burst: 1e6}
	api := httpapi.New(config)
	p.register(api)
	handler, err := api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return httpapitest.Walk{API: api, Handler: handler, Roles: party.Roles(), Own: own.Code, Other: other.Code,
		SignIn: func(r *http.Request, role httpapi.Role) {
			ctx := context.WithoutCancel(t.Context())
			memberships, err := p.party.Memberships(ctx, people[role])
			if err != nil || len(memberships) != 1 {
				t.Fatal(memberships, err)
			}
			token, _, err := p.auth.Sessions.Start(ctx, people[role], memberships[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			cookie := auth.Cookie(token, false)
			r.AddCookie(&cookie)
		},
		OrgOf: func(role httpapi.Role) ident.CreditCode {
			if party.ForOrganisation(role) {
				return own.Code
			}
			return ""
		}}
}

// TestEveryOperationForEveryRoleAndTenant holds the access table against the
// running product: every operation × every role × own and other tenant.
func TestEveryOperationForEveryRoleAndTenant(t *testing.T) { walk(t).Run(t) }

// TestGarbageNeverGetsAFaultOfOurs sends nasty calls as every role.
func TestGarbageNeverGetsAFaultOfOurs(t *testing.T) { walk(t).Garbage(t, 3000, 20251022) }
