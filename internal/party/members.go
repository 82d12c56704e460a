package party

import (
	"context"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// NewPerson is a person that somebody else adds.
type NewPerson struct {
	Login string
	Name  string
	Role  httpapi.Role
	Org   ident.CreditCode // empty for the region's own roles
}

// OneTime is a token to hand to a person by a safe way, for choosing a password.
type OneTime struct {
	Token   string
	Expires time.Time
}

// Members lists an organisation's people, oldest first.
func (s *Service) Members(ctx context.Context, org ident.CreditCode) ([]Member, error) {
	return s.store.Members(ctx, org)
}

// AddPerson makes a person with a first role, and a one-time token with which
// they choose their password. An organisation's manager may add members and
// managers of that organisation only.
//
// Codes: invalid; forbidden; not_found for the organisation; conflict when the
// login is taken.
func (s *Service) AddPerson(ctx context.Context, n NewPerson) (_ Member, once OneTime, err error) {
	person := Person{ID: s.ids.New("person"), Login: foldLogin(n.Login), Name: n.Name, Created: s.clock.Now()}
	membership := Membership{ID: s.ids.New("membership"), Person: person.ID, Role: n.Role, Org: n.Org, Created: s.clock.Now()}
	var c fault.Collector
	c.Merge("", person.Validate())
	c.Merge("", membership.Validate())
	if err := c.Err(); err != nil {
		return Member{}, OneTime{}, err
	}
	if httpapi.PrincipalOf(ctx).Role == OrgManager && !slices.Contains([]httpapi.Role{OrgManager, OrgMember}, n.Role) {
		return Member{}, OneTime{}, fault.Newf(fault.Forbidden, "机构管理员只能添加本机构的管理员和成员：其他角色请联系系统管理员。", "A manager may add managers and members only: ask the administrator for other roles.")
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if n.Org != "" {
			if _, err := s.store.Organisation(ctx, n.Org); err != nil {
				return err
			}
		}
		if err := s.store.AddPerson(ctx, person); err != nil {
			return err
		}
		if err := s.store.AddMembership(ctx, membership); err != nil {
			return err
		}
		if once.Token, once.Expires, err = s.auth.Tokens.Issue(ctx, forPassword, person.ID, firstLife); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.person.add", Kind: "person", Subject: person.ID, Org: n.Org,
			Details: map[string]string{"login": person.Login, "name": person.Name, "role": string(n.Role)}})
	})
	return Member{Membership: membership.ID, Person: person.ID, Login: person.Login, Name: person.Name, Role: n.Role, Since: membership.Created}, once, err
}

// Person returns one person.
//
// Codes: not_found.
func (s *Service) Person(ctx context.Context, id string) (Person, error) {
	return s.store.Person(ctx, id)
}

// Memberships lists the roles that a person holds.
//
// Codes: not_found.
func (s *Service) Memberships(ctx context.Context, person string) ([]Membership, error) {
	if _, err := s.store.Person(ctx, person); err != nil {
		return nil, err
	}
	return s.store.Memberships(ctx, person)
}

// Grant gives a person one more role.
//
// Codes: invalid; not_found; conflict when they hold it.
func (s *Service) Grant(ctx context.Context, person string, role httpapi.Role, org ident.CreditCode) (Membership, error) {
	m := Membership{ID: s.ids.New("membership"), Person: person, Role: role, Org: org, Created: s.clock.Now()}
	if err := m.Validate(); err != nil {
		return Membership{}, err
	}
	return m, s.tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.Person(ctx, person); err != nil {
			return err
		}
		if org != "" {
			o, err := s.store.Organisation(ctx, org)
			if err != nil {
				return err
			}
			m.OrgName = o.Name
		}
		if err := s.store.AddMembership(ctx, m); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.membership.add", Kind: "membership", Subject: m.ID, Org: org, Details: map[string]string{"person": person, "role": string(role)}})
	})
}

// EndMembership takes a role away: of the person given (an administrator's
// way), or of the organisation given (its manager's). Sessions of the person
// end, and API keys that act in the role die.
//
// Codes: not_found; conflict when nobody would be left to manage.
func (s *Service) EndMembership(ctx context.Context, id, person string, org ident.CreditCode) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		m, live, err := s.store.LiveMembership(ctx, id)
		if err != nil {
			return err
		}
		if !live || (person != "" && m.Person != person) || (org != "" && m.Org != org) {
			return fault.Newf(fault.NotFound, "没有这项任职，或已经结束。", "There is no such membership, or it is over.")
		}
		if err := s.keepOne(ctx, m); err != nil {
			return err
		}
		if err := s.store.EndMembership(ctx, id, s.clock.Now()); err != nil {
			return err
		}
		if err := s.auth.Sessions.EndAll(ctx, m.Person, ""); err != nil {
			return err
		}
		if err := s.auth.Keys.RevokeAll(ctx, m.Person, m.ID); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.membership.end", Kind: "membership", Subject: id, Org: m.Org, Details: map[string]string{"person": m.Person, "role": string(m.Role)}})
	})
}

// keepOne refuses to take away the last administrator or an organisation's
// last manager.
func (s *Service) keepOne(ctx context.Context, m Membership) error {
	if m.Role != Admin && m.Role != OrgManager {
		return nil
	}
	n, err := s.store.Holders(ctx, m.Role, m.Org)
	if err != nil || n > 1 {
		return err
	}
	return fault.Newf(fault.Conflict, "这是最后一位管理员：请先指定另一位。", "This is the last manager: name another first.")
}

// SetDisabled shuts a person out, or lets them in again.
//
// Codes: not_found; conflict for oneself and for a last administrator or manager.
func (s *Service) SetDisabled(ctx context.Context, person string, disabled bool) error {
	if disabled && person == httpapi.PrincipalOf(ctx).PersonID {
		return fault.Newf(fault.Conflict, "不能停用自己。", "You cannot disable yourself.")
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		memberships, err := s.store.Memberships(ctx, person)
		if err != nil {
			return err
		}
		if disabled {
			for _, m := range memberships {
				if err := s.keepOne(ctx, m); err != nil {
					return err
				}
			}
			if err := s.shutOut(ctx, person); err != nil {
				return err
			}
		}
		if err := s.store.SetDisabled(ctx, person, s.clock.Now(), disabled); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.person.disable", Kind: "person", Subject: person, Details: map[string]bool{"disabled": disabled}})
	})
}

func (s *Service) shutOut(ctx context.Context, person string) error {
	if err := s.auth.Sessions.EndAll(ctx, person, ""); err != nil {
		return err
	}
	return s.auth.Keys.RevokeAll(ctx, person, "")
}
