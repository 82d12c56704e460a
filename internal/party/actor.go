package party

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Actor is the person behind a use case, in the role that is active. Person is
// empty for the product itself.
type Actor struct {
	Person string
	Name   string
	Role   string
	Org    ident.CreditCode // empty for an office
}

// ActorOf is who sends the request of the context.
func ActorOf(ctx context.Context) Actor { return AsActor(httpapi.PrincipalOf(ctx)) }

// AsActor is a principal as use cases know it.
func AsActor(p httpapi.Principal) Actor {
	return Actor{Person: p.PersonID, Name: p.Name, Role: string(p.Role), Org: p.Org}
}

// ServesRegion reports whether whoever sends the request of the context acts
// for the region, not for an organisation or the public.
func ServesRegion(ctx context.Context) bool {
	return slices.Contains(RegionWide(), httpapi.PrincipalOf(ctx).Role)
}
