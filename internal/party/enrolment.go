package party

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Newcomer is a person who sets up an account with a one-time token.
type Newcomer struct {
	Token    auth.Secret
	Login    string
	Name     string
	Password auth.Secret
}

func (n Newcomer) person() Person { return Person{Login: foldLogin(n.Login), Name: n.Name} }

// validate checks every field; context words must not make up the password.
func (n Newcomer) validate(context ...string) error {
	var c fault.Collector
	c.Merge("", n.person().Validate())
	c.Merge("", auth.Acceptable("password", n.Password, append(context, n.Login, n.Name)...))
	return c.Err()
}

// SetupToken returns a one-time token for making the first administrator, or
// needed false when somebody exists already. Every call replaces the token.
func (s *Service) SetupToken(ctx context.Context) (token string, needed bool, err error) {
	if needed, err = s.isEmpty(ctx); err != nil || !needed {
		return "", false, err
	}
	token, _, err = s.auth.Tokens.Issue(ctx, forSetup, setupSubject, setupLife)
	return token, true, err
}

// Setup makes the first person, an administrator, and signs them in.
//
// Codes: invalid, also for a wrong token; conflict when somebody exists; rate_limited.
func (s *Service) Setup(ctx context.Context, n Newcomer) (SignedIn, error) {
	return s.admit(ctx, forSetup, n, func(ctx context.Context, _ string, person Person) error {
		if empty, err := s.isEmpty(ctx); err != nil || !empty {
			return orConflict(err, "系统已经初始化过。", "The product is set up already.")
		}
		if err := s.store.AddPerson(ctx, person); err != nil {
			return err
		}
		return s.grant(ctx, person.ID, Admin, "")
	})
}

// Enrol makes the organisation of an invitation real, with its first manager,
// and signs them in.
//
// Codes: invalid, also for a wrong token; conflict when the login is taken; rate_limited.
func (s *Service) Enrol(ctx context.Context, n Newcomer) (SignedIn, error) {
	return s.admit(ctx, forEnrolment, n, func(ctx context.Context, subject string, person Person) error {
		invitation, err := s.store.Invitation(ctx, subject)
		if err != nil {
			return err
		}
		if err := n.validate(invitation.Org.Name); err != nil {
			return err
		}
		invitation.Accepted = s.clock.Now()
		if err := s.store.SettleInvitation(ctx, invitation); err != nil {
			return err
		}
		org := invitation.Org
		if _, err := s.store.Organisation(ctx, org.Code); fault.Is(err, fault.NotFound) {
			org.Created = s.clock.Now()
			err = s.store.AddOrganisation(ctx, org)
			if err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		if err := s.store.AddPerson(ctx, person); err != nil {
			return err
		}
		if err := s.grant(ctx, person.ID, OrgManager, org.Code); err != nil {
			return err
		}
		return s.record(ctx, httpapi.Principal{PersonID: person.ID, Name: person.Name, Role: OrgManager, Org: org.Code},
			Act{Action: "party.organisation.enrol", Kind: "organisation", Subject: string(org.Code), Org: org.Code, Details: org})
	})
}

// admit redeems a token, lets add make the person, keeps the password and
// signs them in: all or nothing.
func (s *Service) admit(ctx context.Context, purpose auth.Purpose, n Newcomer, add func(ctx context.Context, subject string, person Person) error) (out SignedIn, err error) {
	if err := n.validate(); err != nil {
		return SignedIn{}, err
	}
	gates := auth.TokenGates(httpapi.Client(ctx))
	if err := s.auth.Throttle.Try(ctx, gates); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.auth.Passwords.Hash(ctx, n.Password)
	if err != nil {
		return SignedIn{}, err
	}
	person := n.person()
	person.ID, person.Created = s.ids.New("person"), s.clock.Now()
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		subject, err := s.auth.Tokens.Redeem(ctx, purpose, n.Token)
		if err != nil {
			return err
		}
		if err := add(ctx, subject, person); err != nil {
			return err
		}
		if err := s.auth.Passwords.Keep(ctx, person.ID, hash); err != nil {
			return err
		}
		out, err = s.begin(ctx, person, "one-time token")
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return out, s.auth.Throttle.Succeeded(ctx, gates)
}

// grant adds a membership without further questions.
func (s *Service) grant(ctx context.Context, person string, role httpapi.Role, org ident.CreditCode) error {
	return s.store.AddMembership(ctx, Membership{ID: s.ids.New("membership"), Person: person, Role: role, Org: org, Created: s.clock.Now()})
}

// Invite lets an organisation enrol; the token goes to its manager by a safe
// way, outside the product.
//
// Codes: invalid.
func (s *Service) Invite(ctx context.Context, org Organisation) (token string, i Invitation, err error) {
	if err := org.Validate(); err != nil {
		return "", Invitation{}, err
	}
	i = Invitation{ID: s.ids.New("invitation"), Org: org, By: httpapi.PrincipalOf(ctx).PersonID, Created: s.clock.Now()}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if token, i.Expires, err = s.auth.Tokens.Issue(ctx, forEnrolment, i.ID, invitationLife); err != nil {
			return err
		}
		if err := s.store.AddInvitation(ctx, i); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.invitation.add", Kind: "invitation", Subject: i.ID, Org: org.Code, Details: org})
	})
	return token, i, err
}

// Invitations lists invitations, newest first.
func (s *Service) Invitations(ctx context.Context, beforeID string, limit int) ([]Invitation, error) {
	return s.store.Invitations(ctx, beforeID, limit)
}

// RevokeInvitation takes an invitation back.
//
// Codes: not_found; conflict when it was used or revoked.
func (s *Service) RevokeInvitation(ctx context.Context, id string) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		i, err := s.store.Invitation(ctx, id)
		if err != nil {
			return err
		}
		i.Revoked = s.clock.Now()
		if err := s.store.SettleInvitation(ctx, i); err != nil {
			return err
		}
		if err := s.auth.Tokens.Revoke(ctx, forEnrolment, i.ID); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.invitation.revoke", Kind: "invitation", Subject: i.ID, Org: i.Org.Code})
	})
}

func orConflict(err error, zh, en string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, i18n.Text{ZH: zh, EN: en})
}
