package auth_test

import (
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/auth/authtest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func oidcWith(t *testing.T, d *db.DB, p *authtest.Provider, c clock.Clock, change func(*auth.OIDCConfig)) *auth.OIDC {
	t.Helper()
	config := auth.OIDCConfig{Name: "统一身份认证", Issuer: p.URL, ClientID: p.ClientID, ClientSecret: auth.Secret(p.ClientSecret), Allow: loopback}
	if change != nil {
		change(&config)
	}
	a, err := auth.New(auth.Config{DB: d, Clock: c, IDs: &ident.Sequence{}, Name: "Qianmo", PublicURL: "http://localhost:8080", OIDC: &config})
	must(t, err)
	return a.OIDC
}

func TestOpenID(t *testing.T) {
	p := authtest.NewProvider(t)
	p.Claims = map[string]any{"name": "张三"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		o := oidcWith(t, d, p, clock.System{}, nil)
		address, cookie, err := o.Begin(ctx, "person_1")
		must(t, err)
		state, code := p.Authorize(address)
		account, err := o.Finish(ctx, state, cookie, code)
		must(t, err)
		if account != (auth.Account{Issuer: p.URL, ID: "account-1", Name: "张三", Link: "person_1"}) {
			t.Errorf("got %+v", account)
		}
		if _, linked, err := o.SubjectOf(ctx, account); linked || err != nil {
			t.Error(linked, err)
		}
		must(t, o.Link(ctx, account, "person_1"))
		if err := o.Link(ctx, account, "person_2"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a linked account was linked again: %v", err)
		}
		if subject, linked, err := o.SubjectOf(ctx, account); !linked || subject != "person_1" || err != nil {
			t.Error(subject, linked, err)
		}
		if _, err := o.Finish(ctx, state, cookie, code); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("a replay gave %v", err)
		}
	})
}

func TestOpenIDSignInsThatMustFail(t *testing.T) {
	for name, c := range map[string]struct {
		claims map[string]any
		change func(*auth.OIDCConfig)
		state  string
		cookie string
		code   string
	}{
		"another browser":     {cookie: "x"},
		"no cookie":           {cookie: "none"},
		"invented state":      {state: "x", cookie: "x"},
		"invented code":       {code: "x"},
		"another's nonce":     {claims: map[string]any{"nonce": "x"}},
		"another client":      {claims: map[string]any{"aud": "somebody-else"}},
		"another issuer":      {claims: map[string]any{"iss": "https://evil.example"}},
		"expired":             {claims: map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}},
		"wrong client secret": {change: func(c *auth.OIDCConfig) { c.ClientSecret = "x" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := authtest.NewProvider(t)
			p.Claims = c.claims
			o := oidcWith(t, dbtest.SQLite(t), p, clock.System{}, c.change)
			address, cookie, err := o.Begin(t.Context(), "")
			must(t, err)
			state, code := p.Authorize(address)
			if c.state != "" {
				state = c.state
			}
			if c.code != "" {
				code = c.code
			}
			switch c.cookie {
			case "":
			case "none":
				cookie = ""
			default:
				cookie = c.cookie
			}
			if _, err := o.Finish(t.Context(), state, cookie, code); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOpenIDCeremonyExpires(t *testing.T) {
	p := authtest.NewProvider(t)
	now := clock.NewManual(time.Now())
	o := oidcWith(t, dbtest.SQLite(t), p, now, nil)
	address, cookie, err := o.Begin(t.Context(), "")
	must(t, err)
	state, code := p.Authorize(address)
	now.Advance(6 * time.Minute)
	if _, err := o.Finish(t.Context(), state, cookie, code); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("got %v", err)
	}
}

// The provider's address is configured, but what its name resolves to, and
// what its discovery document names, are not.
func TestOpenIDReachesNoInsideAddress(t *testing.T) {
	p := authtest.NewProvider(t)
	o := oidcWith(t, dbtest.SQLite(t), p, clock.System{}, func(c *auth.OIDCConfig) {
		u, err := url.Parse(p.URL)
		must(t, err)
		c.Issuer = "https://localhost:" + u.Port() // a name that resolves to the inside
		c.Allow = nil
	})
	if _, _, err := o.Begin(t.Context(), ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestOpenIDConfigurationIsChecked(t *testing.T) {
	for _, c := range []auth.OIDCConfig{
		{Issuer: "http://idp.example", ClientID: "x"},
		{Issuer: "idp.example", ClientID: "x"},
		{Issuer: "https://idp.example"},
	} {
		if _, err := auth.New(auth.Config{DB: dbtest.SQLite(t), Clock: clock.System{}, IDs: &ident.Sequence{}, PublicURL: "http://localhost", OIDC: &c}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
