package auth

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"net/url"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// OIDCConfig names an OpenID provider.
type OIDCConfig struct {
	Name         string // as the sign-in page shows it
	Issuer       string // https; http only for an allowed address
	ClientID     string
	ClientSecret Secret
	Allow        []netip.Prefix // private addresses at which the provider may live
}

// OIDC signs people in with an OpenID provider: authorisation code flow with
// PKCE (RFC 7636), state bound to the browser, and a nonce (OpenID Connect
// Core 1.0, section 3.1).
type OIDC struct {
	config     OIDCConfig
	redirect   string
	db         *db.DB
	clock      clock.Clock
	ceremonies *ceremonies
	client     *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // found at first use, so that the product starts without it
}

func newOIDC(o OIDCConfig, c Config, ceremonies *ceremonies) (*OIDC, error) {
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || len(o.Allow) == 0)) {
		return nil, fault.Newf(fault.Invalid, "统一登录的签发者 %q 应为 https 地址。", "The OpenID issuer %q must be an https address.", o.Issuer)
	}
	if o.ClientID == "" || c.PublicURL == "" {
		return nil, fault.Newf(fault.Invalid, "统一登录需要客户端编号和本系统的公开地址。", "OpenID sign-in needs a client id and the product's public URL.")
	}
	return &OIDC{config: o, redirect: c.PublicURL + OIDCCallback, db: c.DB, clock: c.Clock, ceremonies: ceremonies, client: guardedClient(o.Allow)}, nil
}

// OIDCCallback is the path to which the provider sends the browser back.
const OIDCCallback = "/api/v1/session/oidc/callback"

// Name is the provider's name for people.
func (o *OIDC) Name() string { return o.config.Name }

type oidcCeremony struct {
	Nonce, Verifier string
	Link            string // the subject that wants the account linked; empty: sign in
}

// Begin returns where to send the browser, and the state to keep in its cookie.
//
// Codes: unavailable when the provider is away.
func (o *OIDC) Begin(ctx context.Context, link string) (address, state string, err error) {
	provider, err := o.discover(ctx)
	if err != nil {
		return "", "", err
	}
	c := oidcCeremony{Nonce: ident.Secret(20), Verifier: oauth2.GenerateVerifier(), Link: link}
	if state, err = o.ceremonies.begin(ctx, "oidc", c); err != nil {
		return "", "", err
	}
	return o.oauth(provider).AuthCodeURL(state, oidc.Nonce(c.Nonce), oauth2.S256ChallengeOption(c.Verifier)), state, nil
}

// Account is a verified account at the provider.
type Account struct {
	Issuer string
	ID     string
	Name   string // the verified name, where the provider gives one
	Link   string // the subject that began the ceremony to link the account; empty: sign in
}

// Finish verifies what the provider sent back. The cookie must hold the state,
// or else somebody else's browser began.
//
// Codes: unauthorized, the same whatever is wrong; unavailable.
func (o *OIDC) Finish(ctx context.Context, state, cookie, code string) (Account, error) {
	if state == "" || subtle.ConstantTimeCompare([]byte(state), []byte(cookie)) != 1 {
		return Account{}, stale()
	}
	var c oidcCeremony
	if err := o.ceremonies.finish(ctx, "oidc", state, &c); err != nil {
		return Account{}, err
	}
	provider, err := o.discover(ctx)
	if err != nil {
		return Account{}, err
	}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := o.oauth(provider).Exchange(ctx, code, oauth2.VerifierOption(c.Verifier))
	if err != nil {
		return Account{}, notVouched(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := provider.Verifier(&oidc.Config{ClientID: o.config.ClientID, Now: o.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return Account{}, notVouched(err)
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(c.Nonce)) != 1 {
		return Account{}, notVouched(nil)
	}
	var profile struct {
		Name string `json:"name"`
	}
	if err := verified.Claims(&profile); err != nil {
		return Account{}, notVouched(err)
	}
	return Account{Issuer: verified.Issuer, ID: verified.Subject, Name: profile.Name, Link: c.Link}, nil
}

// SubjectOf returns whom an account signs in.
func (o *OIDC) SubjectOf(ctx context.Context, a Account) (subject string, found bool, err error) {
	return db.One(ctx, o.db.Q(ctx), func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
		`select subject from auth_identity where issuer = $1 and account = $2`, a.Issuer, a.ID)
}

// Link lets the account sign the subject in from now on.
//
// Codes: conflict when it signs in somebody already.
func (o *OIDC) Link(ctx context.Context, a Account, subject string) error {
	_, err := o.db.Q(ctx).ExecContext(ctx, `insert into auth_identity (issuer, account, subject, created) values ($1, $2, $3, $4)`,
		a.Issuer, a.ID, subject, clock.Micros(o.clock.Now()))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "这个统一登录账号已关联到一个用户。", "This account is linked to a person already.")
	}
	return db.Fault(err)
}

// StateCookie keeps the state in the browser that began.
func StateCookie(state string, secure bool) http.Cookie {
	c := Cookie(state, secure)
	c.Name += "_oidc"
	c.MaxAge = int(ceremonyLife.Seconds())
	if state == "" {
		c.MaxAge = -1
	}
	return c
}

func (o *OIDC) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: o.config.ClientID, ClientSecret: string(o.config.ClientSecret), Endpoint: p.Endpoint(), RedirectURL: o.redirect, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

func (o *OIDC) discover(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	// The provider keeps this context for fetching keys later, so it must not end with the request.
	provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.client), o.config.Issuer)
	if err != nil {
		return nil, fault.Newf(fault.Unavailable, "统一登录服务暂时不可用，请稍后再试或用密码登录。", "The OpenID provider is away; try again later or use your password.").Because(err)
	}
	o.provider = provider
	return provider, nil
}

func notVouched(cause error) error {
	return fault.Newf(fault.Unauthorized, "统一登录没有通过验证，请重新登录。", "The OpenID sign-in did not verify; sign in again.").Because(cause)
}
