package party

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps people and organisations. Its writes join the transaction of the
// context. partytest has the suite that every store passes.
type Store interface {
	// AddOrganisation. Codes: conflict when the code is taken.
	AddOrganisation(ctx context.Context, o Organisation) error
	// Organisation. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (Organisation, error)
	// Names returns the names of those organisations that are enrolled.
	Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error)
	// Organisations lists by code.
	Organisations(ctx context.Context, f OrganisationFilter) ([]Organisation, error)

	// AddPerson. Codes: conflict when the login is taken.
	AddPerson(ctx context.Context, p Person) error
	// Person. Codes: not_found.
	Person(ctx context.Context, id string) (Person, error)
	PersonByLogin(ctx context.Context, login string) (_ Person, found bool, err error)
	// People lists by login.
	People(ctx context.Context, f PersonFilter) ([]Person, error)
	SetDisabled(ctx context.Context, person string, at time.Time, disabled bool) error

	// AddMembership. Codes: conflict when the person holds it already.
	AddMembership(ctx context.Context, m Membership) error
	// EndMembership. Codes: not_found when it is over already.
	EndMembership(ctx context.Context, id string, at time.Time) error
	// LiveMembership finds one that has not ended.
	LiveMembership(ctx context.Context, id string) (_ Membership, found bool, err error)
	// Memberships lists the person's live ones, oldest first.
	Memberships(ctx context.Context, person string) ([]Membership, error)
	// Members lists the organisation's live ones, oldest first.
	Members(ctx context.Context, org ident.CreditCode) ([]Member, error)
	// Holders counts the live memberships of a role, in an organisation or for the region.
	Holders(ctx context.Context, role httpapi.Role, org ident.CreditCode) (int, error)

	AddInvitation(ctx context.Context, i Invitation) error
	// Invitation. Codes: not_found.
	Invitation(ctx context.Context, id string) (Invitation, error)
	// Invitations lists newest first, those before the id when one is given.
	Invitations(ctx context.Context, beforeID string, limit int) ([]Invitation, error)
	// SettleInvitation writes when it was accepted or revoked. Codes: conflict when it was settled already.
	SettleInvitation(ctx context.Context, i Invitation) error

	AddPayeeAccount(ctx context.Context, p PayeeAccount) error
	// PayeeAccount. Codes: not_found.
	PayeeAccount(ctx context.Context, org ident.CreditCode, id string) (PayeeAccount, error)
	// PayeeAccounts lists newest first.
	PayeeAccounts(ctx context.Context, org ident.CreditCode) ([]PayeeAccount, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind TodoKind, by Actor) (count int64, since clock.Date, err error)
	// ActivatePayeeAccount replaces the active account, if any, by p.
	// Codes: conflict when p is no longer proposed.
	ActivatePayeeAccount(ctx context.Context, p PayeeAccount) error

	AddAudit(ctx context.Context, e AuditEntry) error
	// Audit lists newest first.
	Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error)
}

// OrganisationFilter selects organisations; zero fields do not restrict.
type OrganisationFilter struct {
	Query string // any part of name or code, of any length
	Kind  OrganisationKind
	Place string
	After ident.CreditCode
	Limit int
}

// PersonFilter selects people; zero fields do not restrict.
type PersonFilter struct {
	Query string // any part of name or login
	Role  httpapi.Role
	After string // login
	Limit int
}
