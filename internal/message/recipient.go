package message

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Recipient says whom to tell. It is expanded to people when the message is
// posted: who holds the role then is told.
type Recipient struct {
	Person string           // one person, or
	Org    ident.CreditCode // an organisation: its people and its webhooks, or
	Roles  []httpapi.Role   // whoever holds one of these: in Org, or for the region; empty for everybody in Org
	But    string           // person who is left out: who did what the others are told of
}

// ToPerson tells one person.
func ToPerson(id string) Recipient { return Recipient{Person: id} }

// ToOrganisation tells an organisation's people who hold one of the roles, all
// of them when none is given, and its webhooks.
func ToOrganisation(org ident.CreditCode, roles ...httpapi.Role) Recipient {
	return Recipient{Org: org, Roles: roles}
}

// ToRole tells whoever holds a role of the region.
func ToRole(role httpapi.Role) Recipient { return Recipient{Roles: []httpapi.Role{role}} }

// Except leaves one person out.
func (r Recipient) Except(person string) Recipient {
	r.But = person
	return r
}

// Person is somebody who can be told something.
type Person struct{ ID, Name string }

// Directory knows who is who; app plugs party in.
type Directory interface {
	// Expand returns the people behind a recipient who may sign in, each once.
	Expand(ctx context.Context, to Recipient) ([]Person, error)
	// Person finds one who may sign in.
	Person(ctx context.Context, id string) (p Person, found bool, err error)
}
