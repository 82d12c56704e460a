package party_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/auth/authtest"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

func sqlite(t *testing.T) *db.DB { return dbtest.SQLite(t) }

func TestSignInSwitchRoleSignOut(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		b := p.browser()
		// An attacker who plants a token before sign-in must gain nothing.
		planted := "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst"
		res, _ := b.do("POST", "/session", map[string]any{"login": "OFFICE", "password": password}, "Cookie", "qianmo_session="+planted)
		first := b.cookie()
		if res.StatusCode != 201 || first == "" || first == planted {
			t.Fatalf("got %d, token %q", res.StatusCode, first)
		}
		set := res.Header.Get("Set-Cookie")
		if !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || strings.Contains(set, "Domain") {
			t.Errorf("cookie %s", set)
		}
		if s := b.session(); s.Active == nil || s.Active.Role != party.Office || len(s.Roles) != 1 {
			t.Fatalf("got %+v", s)
		}

		admin := p.signedIn("admin")
		var second struct{ Membership string }
		admin.want(201, "POST", "/people/person_office/memberships", map[string]any{"role": "org_member", "org": string(codes[0])}, &second)
		admin.want(409, "POST", "/people/person_office/memberships", map[string]any{"role": "org_member", "org": string(codes[0])}, nil)
		admin.want(422, "POST", "/people/person_office/memberships", map[string]any{"role": "org_member"}, nil)
		admin.want(422, "POST", "/people/person_office/memberships", map[string]any{"role": "finance", "org": string(codes[0])}, nil)
		var s party.Session
		b.want(200, "PUT", "/session/role", map[string]any{"membership": second.Membership}, &s)
		if s.Active.Role != party.OrgMember || s.Active.Org.Code != codes[0] || len(s.Roles) != 2 {
			t.Errorf("got %+v", s)
		}
		if b.cookie() == first {
			t.Error("the token did not change with the role")
		}
		old := p.browser()
		if res, _ := old.do("GET", "/api-keys", nil, "Cookie", "qianmo_session="+first); res.StatusCode != 401 {
			t.Errorf("the old token got %d", res.StatusCode)
		}
		b.want(404, "PUT", "/session/role", map[string]any{"membership": "m_admin"}, nil)
		if trail := p.audited(party.AuditFilter{Action: "party.role.switch", Person: "person_office"}); len(trail) != 1 {
			t.Errorf("role switches on record: %v", trail)
		}
		b.want(204, "DELETE", "/session", nil, nil)
		if b.cookie() != "" || b.session().SignedIn {
			t.Error("signed out, and still in")
		}
		b.want(401, "GET", "/api-keys", nil, nil)
	})
}

func TestSignInTellsNothing(t *testing.T) {
	p := start(t, sqlite(t))
	p.seed()
	admin := p.signedIn("admin")
	admin.want(204, "PUT", "/people/person_reviewer/disabled", map[string]any{"disabled": true}, nil)
	var answers []string
	for _, c := range [][2]string{{"office", "wrong password here"}, {"nobody", password}, {"reviewer", password}, {"", ""}} {
		res, text := p.browser().do("POST", "/session", map[string]any{"login": c[0], "password": c[1]})
		var problem struct{ Code, Detail, Title string }
		if err := json.Unmarshal(text, &problem); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, res.Status+problem.Code+problem.Detail+problem.Title+res.Header.Get("Set-Cookie"))
	}
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("the answers differ: %q", answers)
	}
	if log := p.log.String(); strings.Contains(log, password) || strings.Contains(log, "wrong password here") {
		t.Error("the log holds a password")
	}
}

func TestSignInLocks(t *testing.T) {
	p := start(t, sqlite(t))
	p.seed()
	b := p.browser()
	for range 5 {
		b.want(401, "POST", "/session", map[string]any{"login": "office", "password": "wrong password here"}, nil)
	}
	b.want(429, "POST", "/session", map[string]any{"login": "office", "password": password}, nil)
	p.withPassword("finance")
	p.now.Advance(31 * time.Second)
	b.want(201, "POST", "/session", map[string]any{"login": "office", "password": password}, nil)
}

func TestPasswordChangeAndReset(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		b, elsewhere, admin := p.signedIn("office"), p.signedIn("office"), p.signedIn("admin")
		const next = "some other unrelated words"
		before := b.cookie()
		b.want(422, "PUT", "/password", map[string]any{"old": "not this one!", "password": next}, nil)
		b.want(422, "PUT", "/password", map[string]any{"old": password, "password": "office12345"}, nil)
		b.want(204, "PUT", "/password", map[string]any{"old": password, "password": next}, nil)
		if b.cookie() == before || !b.session().SignedIn || elsewhere.session().SignedIn {
			t.Error("this session must go on with a new token, the other must end")
		}
		p.browser().want(401, "POST", "/session", map[string]any{"login": "office", "password": password}, nil)

		var made struct{ Secret string }
		b.want(201, "POST", "/api-keys", map[string]any{"name": "nightly"}, &made)
		var once struct{ Token string }
		admin.want(201, "POST", "/people/person_office/reset", nil, &once)
		admin.want(404, "POST", "/people/person_none/reset", nil, nil)
		lost := p.browser()
		lost.want(422, "POST", "/password-reset", map[string]any{"token": once.Token, "password": "某office-2025"}, nil)
		lost.want(204, "POST", "/password-reset", map[string]any{"token": once.Token, "password": password}, nil)
		lost.want(422, "POST", "/password-reset", map[string]any{"token": once.Token, "password": password}, nil)
		if b.session().SignedIn {
			t.Error("a session outlived the reset")
		}
		if res, _ := p.browser().do("GET", "/api-keys", nil, "Authorization", "Bearer "+made.Secret); res.StatusCode != 401 {
			t.Errorf("a key outlived the reset: %d", res.StatusCode)
		}
		p.withPassword("office")
	})
}

func TestAPIKeysActInTheirRole(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		b := p.signedIn("org_manager")
		var made struct {
			Secret string
			Key    struct{ ID, Hint string }
		}
		b.want(201, "POST", "/api-keys", map[string]any{"name": "nightly", "expires": p.now.Now().Add(time.Hour)}, &made)
		for _, never := range []any{p.now.Now(), "9999-12-31T23:59:59Z", "0001-01-01T00:00:01Z"} {
			b.want(422, "POST", "/api-keys", map[string]any{"name": "never", "expires": never}, nil)
		}
		with := func(method, path string) int {
			res, _ := p.browser().do(method, path, nil, "Authorization", "Bearer "+made.Secret)
			return res.StatusCode
		}
		if got := with("GET", "/organisations/"+string(codes[0])+"/members"); got != 200 {
			t.Errorf("own members: %d", got)
		}
		if got := with("GET", "/organisations/"+string(codes[1])+"/members"); got != 404 {
			t.Errorf("another's members: %d", got)
		}
		_, text := b.do("GET", "/api-keys", nil)
		if strings.Contains(string(text), made.Secret) || !strings.Contains(string(text), made.Key.Hint) {
			t.Errorf("the list shows %s", text)
		}
		p.signedIn("other").want(404, "DELETE", "/api-keys/"+made.Key.ID, nil, nil)
		p.now.Advance(time.Hour)
		if got := with("GET", "/session"); got != 401 {
			t.Errorf("an expired key got %d", got)
		}
		b.want(204, "DELETE", "/api-keys/"+made.Key.ID, nil, nil)
	})
}

func TestPasskeyOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		device := &authtest.Authenticator{Origin: p.URL, RPID: "localhost"}
		var c struct {
			Ceremony string
			Options  json.RawMessage
		}
		b := p.signedIn("office")
		b.want(201, "POST", "/passkeys/options", nil, &c)
		var key struct{ ID string }
		b.want(201, "POST", "/passkeys", map[string]any{"ceremony": c.Ceremony, "name": "手机", "credential": device.Create(t, c.Options)}, &key)

		fresh := p.browser()
		fresh.want(201, "POST", "/session/passkey/options", nil, &c)
		answer := map[string]any{"ceremony": c.Ceremony, "credential": device.Get(t, c.Options)}
		fresh.want(201, "POST", "/session/passkey", answer, nil)
		if s := fresh.session(); s.Person == nil || s.Person.ID != "person_office" {
			t.Errorf("got %+v", s)
		}
		p.browser().want(401, "POST", "/session/passkey", answer, nil)

		p.signedIn("admin").want(204, "PUT", "/people/person_office/disabled", map[string]any{"disabled": true}, nil)
		fresh.want(401, "GET", "/passkeys", nil, nil)
		fresh.want(201, "POST", "/session/passkey/options", nil, &c)
		fresh.want(401, "POST", "/session/passkey", map[string]any{"ceremony": c.Ceremony, "credential": device.Get(t, c.Options)}, nil)
	})
}

func TestOpenIDOverHTTP(t *testing.T) {
	provider := authtest.NewProvider(t)
	p := start(t, sqlite(t), func(c *auth.Config) {
		c.OIDC = &auth.OIDCConfig{Name: "统一身份认证", Issuer: provider.URL, ClientID: provider.ClientID, ClientSecret: auth.Secret(provider.ClientSecret),
			Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	})
	p.seed()
	visit := func(b *browser, link bool) *http.Response {
		var out struct{ URL string }
		b.want(201, "POST", "/session/oidc", map[string]any{"link": link}, &out)
		state, code := provider.Authorize(out.URL)
		res, _ := b.do("GET", "/session/oidc/callback?iss="+provider.URL+"&state="+state+"&code="+code, nil)
		return res
	}
	stranger := p.browser()
	if s := stranger.session(); s.OpenID != "统一身份认证" {
		t.Errorf("got %+v", s)
	}
	if res := visit(stranger, false); res.StatusCode != 303 || res.Header.Get("Location") != "/sign-in?fault=unauthorized" || stranger.session().SignedIn {
		t.Errorf("an unlinked account got %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	stranger.want(401, "POST", "/session/oidc", map[string]any{"link": true}, nil)
	provider.Claims = map[string]any{"name": "另一个人"}
	if res := visit(p.signedIn("office"), true); res.Header.Get("Location") != "/sign-in?fault=forbidden" {
		t.Errorf("an account of another name went to %s", res.Header.Get("Location"))
	}
	provider.Claims = map[string]any{"name": "某office"}
	if res := visit(p.signedIn("office"), true); res.Header.Get("Location") != "/" {
		t.Errorf("linking went to %s", res.Header.Get("Location"))
	}
	if res := visit(stranger, false); res.Header.Get("Location") != "/" || stranger.session().Person.ID != "person_office" {
		t.Errorf("a linked account went to %s", res.Header.Get("Location"))
	}
	if trail := p.audited(party.AuditFilter{Action: "party.openid.link"}); len(trail) != 1 {
		t.Errorf("links on record: %v", trail)
	}
	// Without the cookie of the browser that began, the address is worth nothing.
	var out struct{ URL string }
	stranger.want(201, "POST", "/session/oidc", map[string]any{}, &out)
	state, code := provider.Authorize(out.URL)
	victim := p.browser()
	if res, _ := victim.do("GET", "/session/oidc/callback?state="+state+"&code="+code, nil); res.Header.Get("Location") == "/" || victim.session().SignedIn {
		t.Error("one browser finished what another began")
	}
}
