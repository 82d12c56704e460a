package app

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/httpapi/httpapitest"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// door lets a person of each role in.
type door func(p *product, person string, m party.Membership) (credentials func(*http.Request))

// byBrowser brings the cookie of a fresh session, since the walk also signs out.
func byBrowser(t *testing.T) door {
	return func(p *product, person string, m party.Membership) func(*http.Request) {
		return func(r *http.Request) {
			token, _, err := p.auth.Sessions.Start(context.WithoutCancel(t.Context()), person, m.ID)
			if err != nil {
				t.Fatal(err)
			}
			cookie := auth.Cookie(token, false)
			r.AddCookie(&cookie)
		}
	}
}

// byKey brings an API key, to which less is open.
func byKey(t *testing.T) door {
	return func(p *product, person string, m party.Membership) func(*http.Request) {
		ctx := httpapi.WithPrincipal(t.Context(), httpapi.Principal{PersonID: person, Role: m.Role, Org: m.Org, Membership: m.ID})
		secret, _, err := p.party.CreateKey(ctx, "walk", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }
	}
}

// walk opens a small product on a database (empty: SQLite) and describes a
// walk over its whole API.
func walk(t *testing.T, dsn string, enter door) httpapitest.Walk {
	t.Helper()
	p, err := openProduct(t.Context(), Config{Data: t.TempDir(), DB: dsn, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
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
	members := map[httpapi.Role]party.Membership{}
	for i, role := range party.Roles() {
		id := "per_walk_" + string(role)
		m := party.Membership{ID: "m_walk_" + string(role), Role: role}
		if party.ForOrganisation(role) {
			m.Org = own.Code
		}
		seed.People = append(seed.People, party.SeedPerson{Person: party.Person{ID: id, Login: "walker" + string(rune('a'+i)), Name: "行"},
			Password: auth.Secret("a long enough one"), Memberships: []party.Membership{m}})
		members[role] = m
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
	credentials := map[httpapi.Role]func(*http.Request){}
	for role, m := range members {
		credentials[role] = enter(p, "per_walk_"+string(role), m)
	}
	config := p.apiConfig()
	config.AccountRate, config.ClientRate = httpapi.Rate{PerSecond: 1e6, Burst: 1e6}, httpapi.Rate{PerSecond: 1e6, Burst: 1e6}
	api := httpapi.New(config)
	p.register(api, p.ruled.Load())
	handler, err := api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return httpapitest.Walk{API: api, Handler: handler, Roles: party.Roles(), Own: own.Code, Other: other.Code,
		SignIn: func(r *http.Request, role httpapi.Role) { credentials[role](r) },
		OrgOf:  func(role httpapi.Role) ident.CreditCode { return members[role].Org }}
}

// TestEveryOperationForEveryRoleAndTenant holds the access table against the
// running product: every operation × every role × own and other tenant.
func TestEveryOperationForEveryRoleAndTenant(t *testing.T) {
	t.Run("browser", func(t *testing.T) { walk(t, "", byBrowser(t)).Run(t) })
	t.Run("key", func(t *testing.T) { walk(t, dbtest.PostgresDSN(t), byKey(t)).Run(t) })
}

// TestGarbageNeverGetsAFaultOfOurs sends nasty calls as every role.
func TestGarbageNeverGetsAFaultOfOurs(t *testing.T) {
	walk(t, "", byBrowser(t)).Garbage(t, 3000, 20251022)
}

// TestAnswersWithSecretsAreNeverKept finds the operations whose answer sets a
// cookie or holds a token or secret: an Idempotency-Key must not store it.
func TestAnswersWithSecretsAreNeverKept(t *testing.T) {
	api := walk(t, "", byBrowser(t)).API
	found := 0
	for id, op := range api.Operations() {
		if op.Method == http.MethodGet || !showsSecret(api.OpenAPI().Components.Schemas, op) {
			continue
		}
		if found++; !api.Access()[id].Secret {
			t.Errorf("the answer of %s holds a secret: its row in the access table needs Secret", id)
		}
	}
	if found < 8 {
		t.Errorf("only %d such operations found: the test sees too little", found)
	}
}

func showsSecret(schemas huma.Registry, op *huma.Operation) bool {
	for status, answer := range op.Responses {
		if status == "default" {
			continue
		}
		if _, sets := answer.Headers["Set-Cookie"]; sets {
			return true
		}
		for _, media := range answer.Content {
			if namesSecret(schemas, media.Schema) {
				return true
			}
		}
	}
	return false
}

func namesSecret(schemas huma.Registry, s *huma.Schema) bool {
	if s != nil && s.Ref != "" {
		s = schemas.SchemaFromRef(s.Ref)
	}
	if s == nil {
		return false
	}
	for name, property := range s.Properties {
		if name == "token" || name == "secret" || namesSecret(schemas, property) {
			return true
		}
	}
	return false
}
