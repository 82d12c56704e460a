// Package party knows who is who: organisations, people, their memberships and
// roles, how they enrol and sign in, where an organisation is paid, and the
// audit trail of every act.
package party

import (
	"context"
	"net/http"
	"time"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Tx runs a function in one transaction; *db.DB does.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Config is what a Service is made of; all but About.Sandbox must be set.
type Config struct {
	Store Store
	Tx    Tx
	Auth  *auth.Auth
	Clock clock.Clock
	IDs   ident.Source
	About About
}

// Service has the use cases of party.
type Service struct {
	store Store
	tx    Tx
	auth  *auth.Auth
	clock clock.Clock
	ids   ident.Source
	about About
}

// New returns a service.
func New(c Config) *Service {
	return &Service{store: c.Store, tx: c.Tx, auth: c.Auth, clock: c.Clock, ids: c.IDs, about: c.About}
}

// Purposes of one-time tokens.
const (
	forSetup     auth.Purpose = "setup"
	forEnrolment auth.Purpose = "enrolment"
	forPassword  auth.Purpose = "password"
)

const (
	setupLife    = 24 * time.Hour
	firstLife    = 7 * 24 * time.Hour // a new person's first password
	resetLife    = 24 * time.Hour
	maxKeys      = 20
	setupSubject = "setup"
)

// Authenticate implements httpapi.Authenticator.
//
// Codes: unauthorized for an API key that is not valid.
func (s *Service) Authenticate(r *http.Request) (httpapi.Principal, error) {
	ctx := r.Context()
	if secret := auth.BearerOf(r); secret != "" {
		return s.byKey(ctx, secret)
	}
	token := auth.TokenOf(r, httpapi.Secure(ctx))
	if token == "" {
		return httpapi.Principal{}, nil
	}
	session, found, err := s.auth.Sessions.Find(ctx, token)
	if err != nil || !found {
		return httpapi.Principal{}, err
	}
	p, err := s.principal(ctx, session.Subject, session.Acting)
	if p.SignedIn() {
		p.Session = session.ID
	}
	return p, err
}

func (s *Service) byKey(ctx context.Context, secret string) (httpapi.Principal, error) {
	invalid := fault.Newf(fault.Unauthorized, "密钥无效、已过期或已撤销。", "The API key is not valid, expired or revoked.")
	key, found, err := s.auth.Keys.Find(ctx, secret)
	if err != nil {
		return httpapi.Principal{}, err
	}
	if !found {
		return httpapi.Principal{}, invalid
	}
	p, err := s.principal(ctx, key.Subject, key.Acting)
	if err != nil {
		return httpapi.Principal{}, err
	}
	if p.Membership == "" { // the person is disabled, or the membership over
		return httpapi.Principal{}, invalid
	}
	p.Key = key.ID
	return p, nil
}

// principal is the person in the membership, without it when it is over, and
// nobody when the person is disabled.
func (s *Service) principal(ctx context.Context, person, acting string) (httpapi.Principal, error) {
	who, err := s.store.Person(ctx, person)
	if fault.Is(err, fault.NotFound) || (err == nil && who.Disabled) {
		return httpapi.Principal{}, nil
	}
	if err != nil {
		return httpapi.Principal{}, err
	}
	p := httpapi.Principal{PersonID: who.ID, Name: who.Name}
	if acting == "" {
		return p, nil
	}
	m, live, err := s.store.LiveMembership(ctx, acting)
	if err != nil || !live || m.Person != person {
		return p, err
	}
	p.Membership, p.Role, p.Org = m.ID, m.Role, m.Org
	return p, nil
}

// Organisation returns one organisation.
//
// Codes: not_found.
func (s *Service) Organisation(ctx context.Context, code ident.CreditCode) (Organisation, error) {
	return s.store.Organisation(ctx, code)
}

// Organisations lists organisations by code.
func (s *Service) Organisations(ctx context.Context, f OrganisationFilter) ([]Organisation, error) {
	return s.store.Organisations(ctx, f)
}

// Names returns the names of organisations; unknown codes are left out.
func (s *Service) Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error) {
	return s.store.Names(ctx, codes)
}

// People lists people by login.
func (s *Service) People(ctx context.Context, f PersonFilter) ([]Person, error) {
	return s.store.People(ctx, f)
}
