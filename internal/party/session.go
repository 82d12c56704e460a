package party

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// About is what every visitor is told of the installation.
type About struct {
	Region  Region
	Sandbox *Sandbox // nil outside the sandbox
}

// Region names the region that the installation serves.
type Region struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// Sandbox lists the demonstration accounts.
type Sandbox struct {
	Accounts []SandboxAccount `json:"accounts"`
}

// SandboxAccount is one demonstration account; its password is no secret.
type SandboxAccount struct {
	Role     httpapi.Role `json:"role"`
	Label    i18n.Text    `json:"label"`
	Login    string       `json:"login"`
	Password string       `json:"password"`
}

// Session is what the console needs to know of who is signed in.
type Session struct {
	SignedIn     bool          `json:"signed_in"`
	SetupNeeded  bool          `json:"setup_needed" doc:"Nobody exists yet: the first administrator is made with the one-time token from the server's console"`
	Person       *SessionUser  `json:"person,omitempty"`
	Roles        []SessionRole `json:"roles" doc:"All that the person may act as"`
	Active       *SessionRole  `json:"active,omitempty" doc:"What the person acts as now"`
	Sandbox      *Sandbox      `json:"sandbox,omitempty" doc:"Demonstration accounts; only in the sandbox"`
	BusinessDate clock.Date    `json:"business_date"`
	Region       Region        `json:"region"`
	OpenID       string        `json:"openid" doc:"Name of the OpenID provider that may sign people in; empty when there is none"`
}

// SessionUser is the person signed in.
type SessionUser struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SessionRole is one role of the person.
type SessionRole struct {
	Membership string       `json:"membership"`
	Role       httpapi.Role `json:"role"`
	Org        *SessionOrg  `json:"org,omitempty"`
}

// SessionOrg is the organisation of a role.
type SessionOrg struct {
	Code ident.CreditCode `json:"code"`
	Name string           `json:"name"`
}

// Session describes the session of p, who may be nobody.
func (s *Service) Session(ctx context.Context, p httpapi.Principal) (Session, error) {
	out := Session{Sandbox: s.about.Sandbox, BusinessDate: s.clock.Today(), Region: s.about.Region}
	if s.auth.OIDC != nil {
		out.OpenID = s.auth.OIDC.Name()
	}
	if !p.SignedIn() {
		empty, err := s.isEmpty(ctx)
		out.SetupNeeded = empty
		return out, err
	}
	out.SignedIn = true
	out.Person = &SessionUser{p.PersonID, p.Name}
	memberships, err := s.store.Memberships(ctx, p.PersonID)
	if err != nil {
		return Session{}, err
	}
	for _, m := range memberships {
		role := sessionRole(m)
		out.Roles = append(out.Roles, role)
		if m.ID == p.Membership {
			out.Active = &role
		}
	}
	return out, nil
}

func (s *Service) isEmpty(ctx context.Context) (bool, error) {
	people, err := s.store.People(ctx, PersonFilter{Limit: 1})
	return len(people) == 0, err
}

// SignedIn is a session that has just begun: its token goes into a cookie.
type SignedIn struct {
	Token   string
	Session Session
}

// SignIn checks login and password. A wrong login, a wrong password and a
// disabled person look the same, and take the same time.
//
// Codes: unauthorized; rate_limited.
func (s *Service) SignIn(ctx context.Context, login string, password auth.Secret) (SignedIn, error) {
	login = foldLogin(login)
	gates := auth.SignInGates(login, httpapi.Client(ctx))
	if err := s.auth.Throttle.Try(ctx, gates); err != nil {
		return SignedIn{}, err
	}
	person, found, err := s.store.PersonByLogin(ctx, login)
	if err != nil {
		return SignedIn{}, err
	}
	right, err := s.auth.Passwords.Check(ctx, person.ID, password)
	if err != nil {
		return SignedIn{}, err
	}
	if !found || !right || person.Disabled {
		return SignedIn{}, fault.Newf(fault.Unauthorized, "登录名或密码不对。", "Wrong login or password.")
	}
	if err := s.auth.Throttle.Succeeded(ctx, gates); err != nil {
		return SignedIn{}, err
	}
	return s.begin(ctx, person, "password")
}

// SignInWithPasskey finishes a passkey ceremony.
//
// Codes: unauthorized; rate_limited.
func (s *Service) SignInWithPasskey(ctx context.Context, ceremony string, answer []byte) (SignedIn, error) {
	subject, err := s.auth.Passkeys.FinishSignIn(ctx, ceremony, answer)
	if err != nil {
		return SignedIn{}, err
	}
	return s.beginFor(ctx, subject, "passkey")
}

// SignInWithOpenID finishes an OpenID ceremony. When a person signed in had
// begun it, the account is linked to them: real-name check (实名认证) by the
// provider's word.
//
// Codes: unauthorized when it does not verify or is linked to nobody;
// forbidden when its verified name is not the person's; conflict.
func (s *Service) SignInWithOpenID(ctx context.Context, state, cookie, code string) (SignedIn, error) {
	if s.auth.OIDC == nil {
		return SignedIn{}, noOpenID()
	}
	account, err := s.auth.OIDC.Finish(ctx, state, cookie, code)
	if err != nil {
		return SignedIn{}, err
	}
	if account.Link != "" {
		if err := s.link(ctx, account); err != nil {
			return SignedIn{}, err
		}
	}
	subject, linked, err := s.auth.OIDC.SubjectOf(ctx, account)
	if err != nil {
		return SignedIn{}, err
	}
	if !linked {
		return SignedIn{}, fault.Newf(fault.Unauthorized, "这个统一登录账号还没有关联到本系统的用户：请先用密码登录，再关联。", "This account is not linked to anybody here: sign in with your password first and link it.")
	}
	return s.beginFor(ctx, subject, "openid")
}

func (s *Service) link(ctx context.Context, account auth.Account) error {
	p := httpapi.PrincipalOf(ctx)
	if p.PersonID != account.Link {
		return fault.Newf(fault.Unauthorized, "关联账号时登录状态变了，请重新登录后再试。", "You were signed out while linking the account; sign in and try again.")
	}
	if account.Name != "" && account.Name != p.Name {
		return fault.Newf(fault.Forbidden, "统一登录账号的实名与您在本系统的姓名不一致，不能关联。", "The account's verified name is not your name here; it cannot be linked.")
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.auth.OIDC.Link(ctx, account, p.PersonID); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.openid.link", Kind: "person", Subject: p.PersonID, Details: map[string]string{"issuer": account.Issuer}})
	})
}

// BeginOpenID returns where to send the browser and the state for its cookie;
// link says that the account is to be linked to who is signed in.
//
// Codes: unauthorized; unavailable; not_found when no provider is configured.
func (s *Service) BeginOpenID(ctx context.Context, link bool) (address, state string, err error) {
	if s.auth.OIDC == nil {
		return "", "", noOpenID()
	}
	subject := ""
	if link {
		if subject = httpapi.PrincipalOf(ctx).PersonID; subject == "" {
			return "", "", fault.Newf(fault.Unauthorized, "请先登录。", "Sign in first.")
		}
	}
	return s.auth.OIDC.Begin(ctx, subject)
}

func noOpenID() error {
	return fault.Newf(fault.Conflict, "本系统没有配置统一登录。", "No OpenID provider is configured here.")
}

func (s *Service) beginFor(ctx context.Context, subject, how string) (SignedIn, error) {
	person, err := s.store.Person(ctx, subject)
	if err != nil {
		return SignedIn{}, err
	}
	if person.Disabled {
		return SignedIn{}, fault.Newf(fault.Unauthorized, "这个账号已停用。", "This account is disabled.")
	}
	return s.begin(ctx, person, how)
}

// begin starts a session in the person's first membership, always with a new
// token; a session that the browser held before ends.
func (s *Service) begin(ctx context.Context, person Person, how string) (out SignedIn, err error) {
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if old := httpapi.PrincipalOf(ctx).Session; old != "" {
			if err := s.auth.Sessions.End(ctx, old); err != nil {
				return err
			}
		}
		memberships, err := s.store.Memberships(ctx, person.ID)
		if err != nil {
			return err
		}
		acting := ""
		if len(memberships) > 0 {
			acting = memberships[0].ID
		}
		token, session, err := s.auth.Sessions.Start(ctx, person.ID, acting)
		if err != nil {
			return err
		}
		p, err := s.principal(ctx, person.ID, acting)
		if err != nil {
			return err
		}
		out.Token = token
		if out.Session, err = s.Session(ctx, p); err != nil {
			return err
		}
		return s.record(ctx, p, Act{Action: "party.session.start", Kind: "session", Subject: session.ID, Details: map[string]string{"with": how, "client": httpapi.Client(ctx).String()}})
	})
	return out, err
}

// SignOut ends the session of the caller.
func (s *Service) SignOut(ctx context.Context) error {
	p := httpapi.PrincipalOf(ctx)
	if p.Session == "" {
		return nil
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.auth.Sessions.End(ctx, p.Session); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.session.end", Kind: "session", Subject: p.Session})
	})
}

// SwitchRole makes the session act in another membership of the person. The
// token changes with it.
//
// Codes: not_found when it is not a live membership of the caller.
func (s *Service) SwitchRole(ctx context.Context, membership string) (out SignedIn, err error) {
	p := httpapi.PrincipalOf(ctx)
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		next, err := s.principal(ctx, p.PersonID, membership)
		if err != nil {
			return err
		}
		if next.Membership == "" {
			return fault.Newf(fault.NotFound, "您没有这个身份，或它已经结束。", "You do not hold this role, or it is over.")
		}
		if out.Token, err = s.auth.Sessions.Rotate(ctx, p.Session, membership); err != nil {
			return err
		}
		if out.Session, err = s.Session(ctx, next); err != nil {
			return err
		}
		return s.record(ctx, next, Act{Action: "party.role.switch", Kind: "membership", Subject: membership, Org: next.Org,
			Details: map[string]string{"from": string(p.Role), "to": string(next.Role)}})
	})
	return out, err
}
