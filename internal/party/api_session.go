package party

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func (s *Service) registerSession(api huma.API) {
	httpapi.Register(api, op("getSession", "GET", "/session", "Who is signed in, and as what", "session"), s.getSession)
	httpapi.Register(api, op("signIn", "POST", "/session", "Sign in with a password", "session"), s.signIn)
	httpapi.Register(api, op("signOut", "DELETE", "/session", "Sign out", "session"), s.signOut)
	httpapi.Register(api, op("switchRole", "PUT", "/session/role", "Act in another role", "session"), s.switchRole)
	httpapi.Register(api, op("beginPasskeySignIn", "POST", "/session/passkey/options", "Begin to sign in with a passkey", "session"), s.beginPasskeySignIn)
	httpapi.Register(api, op("signInWithPasskey", "POST", "/session/passkey", "Sign in with a passkey", "session"), s.signInWithPasskey)
	httpapi.Register(api, op("beginOpenID", "POST", "/session/oidc", "Begin to sign in, or to link an account, with the OpenID provider", "session"), s.beginOpenID)
	callback := op("finishOpenID", "GET", "/session/oidc/callback", "Where the OpenID provider sends the browser back", "session")
	callback.DefaultStatus = http.StatusSeeOther
	httpapi.Register(api, callback, s.finishOpenID)
}

func (s *Service) getSession(ctx context.Context, _ *struct{}) (*body[Session], error) {
	session, err := s.Session(ctx, httpapi.PrincipalOf(ctx))
	return &body[Session]{session}, err
}

type signInInput struct {
	Body struct {
		Login    string      `json:"login" maxLength:"200"`
		Password auth.Secret `json:"password" maxLength:"1024" format:"password"`
	}
}

func (s *Service) signIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	out, err := s.SignIn(ctx, in.Body.Login, in.Body.Password)
	return signedIn(out, httpapi.Secure(ctx)), err
}

type cookieOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Service) signOut(ctx context.Context, _ *struct{}) (*cookieOutput, error) {
	return &cookieOutput{auth.NoCookie(httpapi.Secure(ctx))}, s.SignOut(ctx)
}

type switchRoleInput struct {
	Body struct {
		Membership string `json:"membership" maxLength:"100"`
	}
}

func (s *Service) switchRole(ctx context.Context, in *switchRoleInput) (*sessionOutput, error) {
	out, err := s.SwitchRole(ctx, in.Body.Membership)
	return signedIn(out, httpapi.Secure(ctx)), err
}

// passkeyChallenge begins a passkey ceremony in the browser.
type passkeyChallenge struct {
	Ceremony string          `json:"ceremony" doc:"To be sent back with the answer"`
	Options  json.RawMessage `json:"options" doc:"For navigator.credentials: an object with publicKey"`
}

func challenge(c auth.Challenge, err error) (*body[passkeyChallenge], error) {
	return &body[passkeyChallenge]{passkeyChallenge{c.Ceremony, c.Options}}, err
}

func (s *Service) beginPasskeySignIn(ctx context.Context, _ *struct{}) (*body[passkeyChallenge], error) {
	return challenge(s.BeginPasskeySignIn(ctx))
}

type passkeySignInInput struct {
	Body struct {
		Ceremony   string         `json:"ceremony" maxLength:"200"`
		Credential map[string]any `json:"credential" doc:"PublicKeyCredential.toJSON()"`
	}
}

func (s *Service) signInWithPasskey(ctx context.Context, in *passkeySignInInput) (*sessionOutput, error) {
	answer, err := json.Marshal(in.Body.Credential)
	if err != nil {
		return nil, err
	}
	out, err := s.SignInWithPasskey(ctx, in.Body.Ceremony, answer)
	return signedIn(out, httpapi.Secure(ctx)), err
}

type beginOpenIDInput struct {
	Body struct {
		Link bool `json:"link,omitempty" doc:"Link the account to who is signed in, instead of signing in"`
	}
}

type beginOpenIDOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		URL string `json:"url" format:"uri" doc:"Send the browser there"`
	}
}

func (s *Service) beginOpenID(ctx context.Context, in *beginOpenIDInput) (*beginOpenIDOutput, error) {
	address, state, err := s.BeginOpenID(ctx, in.Body.Link)
	out := &beginOpenIDOutput{SetCookie: auth.StateCookie(state, httpapi.Secure(ctx))}
	out.Body.URL = address
	return out, err
}

type finishOpenIDInput struct {
	State       string `query:"state" maxLength:"200"`
	Code        string `query:"code" maxLength:"4000"`
	Error       string `query:"error" maxLength:"200"`
	Description string `query:"error_description" maxLength:"2000"`
	ErrorURI    string `query:"error_uri" maxLength:"2000"`
	Issuer      string `query:"iss" maxLength:"2000"`
	Session     string `query:"session_state" maxLength:"2000"`
	Scope       string `query:"scope" maxLength:"2000"`
	Plain       string `cookie:"qianmo_session_oidc"`
	Secure      string `cookie:"__Host-qianmo_session_oidc"`
}

type finishOpenIDOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Location  string        `header:"Location"`
}

// finishOpenID answers the browser, not the console: it sends it on, to the
// sign-in page with a code where something went wrong.
func (s *Service) finishOpenID(ctx context.Context, in *finishOpenIDInput) (*finishOpenIDOutput, error) {
	secure := httpapi.Secure(ctx)
	cookie := in.Plain
	if secure {
		cookie = in.Secure
	}
	out := &finishOpenIDOutput{SetCookie: []http.Cookie{auth.StateCookie("", secure)}, Location: "/"}
	signed, err := s.SignInWithOpenID(ctx, in.State, cookie, in.Code)
	if err != nil {
		if f := fault.From(err); f.Code != fault.Internal {
			out.Location = "/sign-in?fault=" + string(f.Code)
			return out, nil
		}
		return nil, err
	}
	out.SetCookie = append(out.SetCookie, auth.Cookie(signed.Token, secure))
	return out, nil
}
