package httpapi

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Role is what a person acts as in one membership. Which roles exist is the
// business of party; here they are only compared.
type Role string

// Principal is who sends a request: one person in one membership. The zero
// value is the public.
type Principal struct {
	PersonID   string
	Name       string
	Role       Role             // empty for the public, and for a person without a membership
	Org        ident.CreditCode // empty for a membership of no organisation
	Membership string
	Key        string // id of the API key that was used; empty for a session
	Session    string // id of the session (not its token); empty for an API key
}

// SignedIn reports whether somebody stands behind the request.
func (p Principal) SignedIn() bool { return p.PersonID != "" }

// Authenticator finds out who sends a request, from its session cookie or its
// API key. Nobody is the zero Principal; a wrong API key is an error, since a
// program should hear of it; a stale cookie is nobody.
//
// Codes: unauthorized.
type Authenticator interface {
	Authenticate(r *http.Request) (Principal, error)
}

// request is what the chain knows of the request in hand. The chain makes one
// and the inner layers fill it in, so that the access log sees it all.
type request struct {
	id        string
	client    netip.Addr
	secure    bool
	principal Principal
	operation string
	fault     *fault.Error
}

type requestKey struct{}

func of(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// PrincipalOf returns who sends the request, the zero Principal for the public.
func PrincipalOf(ctx context.Context) Principal { return of(ctx).principal }

// RequestID returns the id under which the request is logged, for audit entries.
func RequestID(ctx context.Context) string { return of(ctx).id }

// Client returns the address of the caller, seen through trusted proxies.
func Client(ctx context.Context) netip.Addr { return of(ctx).client }

// Secure reports whether the caller came over https.
func Secure(ctx context.Context) bool { return of(ctx).secure }

// WithPrincipal returns a context in which p acts, for background work that
// acts for a person and for tests.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	r := *of(ctx)
	r.principal = p
	return context.WithValue(ctx, requestKey{}, &r)
}
