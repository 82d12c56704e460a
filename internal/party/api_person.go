package party

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func (s *Service) registerPeople(api huma.API) {
	httpapi.Register(api, op("listPeople", "GET", "/people", "Find people", "people"), s.listPeople)
	httpapi.Register(api, op("addPerson", "POST", "/people", "Add a person with a first role", "people"), s.addPerson)
	httpapi.Register(api, op("disablePerson", "PUT", "/people/{id}/disabled", "Shut a person out, or let them in again", "people"), s.disablePerson)
	httpapi.Register(api, op("issueReset", "POST", "/people/{id}/reset", "Let a person choose a new password", "people"), s.issueReset)
	httpapi.Register(api, op("listMemberships", "GET", "/people/{id}/memberships", "The roles of a person", "people"), s.listMemberships)
	httpapi.Register(api, op("addMembership", "POST", "/people/{id}/memberships", "Give a person one more role", "people"), s.addMembership)
	httpapi.Register(api, op("endMembership", "DELETE", "/people/{id}/memberships/{membership}", "Take a role away", "people"), s.endMembership)
	httpapi.Register(api, op("changePassword", "PUT", "/password", "Change one's own password", "people"), s.changePassword)
}

type listPeopleInput struct {
	httpapi.PageInput
	Query string       `query:"q" maxLength:"100" doc:"Any part of the name or login"`
	Role  httpapi.Role `query:"role" maxLength:"40"`
}

func (s *Service) listPeople(ctx context.Context, in *listPeopleInput) (*body[httpapi.Page[Person]], error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	rows, err := s.People(ctx, PersonFilter{Query: in.Query, Role: in.Role, After: after[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return &body[httpapi.Page[Person]]{httpapi.NewPage(rows, in.Limit, func(p Person) []string { return []string{p.Login} })}, nil
}

type roleBody struct {
	Role httpapi.Role     `json:"role" maxLength:"40"`
	Org  ident.CreditCode `json:"org,omitempty" doc:"For a role that is held for an organisation"`
}

type addPersonInput struct {
	Body struct {
		Login string           `json:"login" maxLength:"64"`
		Name  string           `json:"name" maxLength:"60"`
		Role  httpapi.Role     `json:"role" maxLength:"40"`
		Org   ident.CreditCode `json:"org,omitempty" doc:"For a role that is held for an organisation"`
	}
}

func (s *Service) addPerson(ctx context.Context, in *addPersonInput) (*body[newMember], error) {
	m, once, err := s.AddPerson(ctx, NewPerson{Login: in.Body.Login, Name: in.Body.Name, Role: in.Body.Role, Org: in.Body.Org})
	return &body[newMember]{newMember{m, oneTime(once)}}, err
}

type disablePersonInput struct {
	httpapi.IDPath
	Body struct {
		Disabled bool `json:"disabled"`
	}
}

func (s *Service) disablePerson(ctx context.Context, in *disablePersonInput) (*struct{}, error) {
	return nil, s.SetDisabled(ctx, in.ID, in.Body.Disabled)
}

func (s *Service) issueReset(ctx context.Context, in *httpapi.IDPath) (*body[oneTime], error) {
	once, err := s.IssueReset(ctx, in.ID)
	return &body[oneTime]{oneTime(once)}, err
}

type membershipList struct {
	Items []SessionRole `json:"items"`
}

func (s *Service) listMemberships(ctx context.Context, in *httpapi.IDPath) (*body[membershipList], error) {
	memberships, err := s.Memberships(ctx, in.ID)
	out := &body[membershipList]{}
	for _, m := range memberships {
		out.Body.Items = append(out.Body.Items, sessionRole(m))
	}
	return out, err
}

type addMembershipInput struct {
	httpapi.IDPath
	Body roleBody
}

func (s *Service) addMembership(ctx context.Context, in *addMembershipInput) (*body[SessionRole], error) {
	m, err := s.Grant(ctx, in.ID, in.Body.Role, in.Body.Org)
	return &body[SessionRole]{sessionRole(m)}, err
}

type endMembershipInput struct {
	httpapi.IDPath
	Membership string `path:"membership" maxLength:"100"`
}

func (s *Service) endMembership(ctx context.Context, in *endMembershipInput) (*struct{}, error) {
	return nil, s.EndMembership(ctx, in.Membership, in.ID, "")
}

type changePasswordInput struct {
	Body struct {
		Old      auth.Secret `json:"old" maxLength:"1024" format:"password"`
		Password auth.Secret `json:"password" maxLength:"1024" format:"password"`
	}
}

func (s *Service) changePassword(ctx context.Context, in *changePasswordInput) (*cookieOutput, error) {
	token, err := s.ChangePassword(ctx, in.Body.Old, in.Body.Password)
	return &cookieOutput{auth.Cookie(token, httpapi.Secure(ctx))}, err
}
