package party

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func (s *Service) registerOrganisations(api huma.API) {
	httpapi.Register(api, op("listOrganisations", "GET", "/organisations", "Find organisations", "organisations"), s.listOrganisations)
	httpapi.Register(api, op("getOrganisation", "GET", "/organisations/{org}", "One organisation", "organisations"), s.getOrganisation)
	httpapi.Register(api, op("listMembers", "GET", "/organisations/{org}/members", "An organisation's people", "organisations"), s.listMembers)
	httpapi.Register(api, op("addMember", "POST", "/organisations/{org}/members", "Add a person to an organisation", "organisations"), s.addMember)
	httpapi.Register(api, op("removeMember", "DELETE", "/organisations/{org}/members/{membership}", "End a person's role in an organisation", "organisations"), s.removeMember)
	httpapi.Register(api, op("listPayeeAccounts", "GET", "/organisations/{org}/payee-accounts", "Where an organisation is paid", "organisations"), s.listPayeeAccounts)
	httpapi.Register(api, op("proposePayeeAccount", "POST", "/organisations/{org}/payee-accounts", "Propose a payee account", "organisations"), s.proposePayeeAccount)
	countersign := op("countersignPayeeAccount", "POST", "/organisations/{org}/payee-accounts/{id}/countersign", "Confirm a payee account that another person proposed", "organisations")
	countersign.DefaultStatus = 200
	httpapi.Register(api, countersign, s.countersignPayeeAccount)
}

func (b organisationBody) organisation() Organisation {
	return Organisation{Code: ident.CreditCode(b.Code), Kind: b.Kind, Name: b.Name, Place: b.Place}
}

type listOrganisationsInput struct {
	httpapi.PageInput
	Query string           `query:"q" maxLength:"100" doc:"Any part of the name or code; one character is enough"`
	Kind  OrganisationKind `query:"kind" enum:"enterprise,university,institute,public"`
	Place string           `query:"place" maxLength:"20"`
}

func (s *Service) listOrganisations(ctx context.Context, in *listOrganisationsInput) (*body[httpapi.Page[Organisation]], error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	rows, err := s.Organisations(ctx, OrganisationFilter{Query: in.Query, Kind: in.Kind, Place: in.Place, After: ident.CreditCode(after[0]), Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return &body[httpapi.Page[Organisation]]{httpapi.NewPage(rows, in.Limit, func(o Organisation) []string { return []string{string(o.Code)} })}, nil
}

func (s *Service) getOrganisation(ctx context.Context, in *httpapi.OrgPath) (*body[Organisation], error) {
	o, err := s.Organisation(ctx, in.Org)
	return &body[Organisation]{o}, err
}

type memberList struct {
	Items []Member `json:"items"`
}

func (s *Service) listMembers(ctx context.Context, in *httpapi.OrgPath) (*body[memberList], error) {
	members, err := s.Members(ctx, in.Org)
	return &body[memberList]{memberList{members}}, err
}

type addMemberInput struct {
	httpapi.OrgPath
	Body struct {
		Login string       `json:"login" maxLength:"64"`
		Name  string       `json:"name" maxLength:"60"`
		Role  httpapi.Role `json:"role" enum:"org_manager,org_member,operator,data_provider"`
	}
}

// oneTime is a token for choosing a password.
type oneTime struct {
	Token   string    `json:"token" doc:"Shown once: hand it to the person by a safe way"`
	Expires time.Time `json:"expires"`
}

type newMember struct {
	Member Member  `json:"member"`
	Access oneTime `json:"access" doc:"With which the person chooses a password"`
}

func (s *Service) addMember(ctx context.Context, in *addMemberInput) (*body[newMember], error) {
	m, once, err := s.AddPerson(ctx, NewPerson{Login: in.Body.Login, Name: in.Body.Name, Role: in.Body.Role, Org: in.Org})
	return &body[newMember]{newMember{m, oneTime(once)}}, err
}

type membershipInput struct {
	httpapi.OrgPath
	Membership string `path:"membership" maxLength:"100"`
}

func (s *Service) removeMember(ctx context.Context, in *membershipInput) (*struct{}, error) {
	return nil, s.EndMembership(ctx, in.Membership, "", in.Org)
}

// payeeBody is a payee account as the caller may see it.
type payeeBody struct {
	ID          string     `json:"id"`
	Holder      string     `json:"holder"`
	Bank        string     `json:"bank"`
	BankCode    string     `json:"bank_code"`
	Number      string     `json:"number" doc:"All digits for the organisation's managers and finance, else the last four"`
	State       PayeeState `json:"state" enum:"proposed,active,replaced"`
	ProposedBy  string     `json:"proposed_by" doc:"Id of the person who proposed it, and may not countersign it"`
	Proposed    time.Time  `json:"proposed"`
	ConfirmedBy string     `json:"confirmed_by,omitempty"`
	Confirmed   *time.Time `json:"confirmed,omitempty"`
}

func payeeBodyFor(p httpapi.Principal, a PayeeAccount) payeeBody {
	b := payeeBody{ID: a.ID, Holder: a.Holder, Bank: a.Bank, BankCode: a.BankCode, Number: a.Masked(), State: a.State, ProposedBy: a.ProposedBy, Proposed: a.Proposed, ConfirmedBy: a.ConfirmedBy}
	if p.Role == OrgManager || p.Role == Finance {
		b.Number = a.Number
	}
	if !a.Confirmed.IsZero() {
		b.Confirmed = &a.Confirmed
	}
	return b
}

type payeeList struct {
	Items []payeeBody `json:"items"`
}

func (s *Service) listPayeeAccounts(ctx context.Context, in *httpapi.OrgPath) (*body[payeeList], error) {
	accounts, err := s.PayeeAccounts(ctx, in.Org)
	out := &body[payeeList]{}
	for _, a := range accounts {
		out.Body.Items = append(out.Body.Items, payeeBodyFor(httpapi.PrincipalOf(ctx), a))
	}
	return out, err
}

type proposePayeeAccountInput struct {
	httpapi.OrgPath
	Body struct {
		Holder   string `json:"holder" maxLength:"200" doc:"Name of the account"`
		Bank     string `json:"bank" maxLength:"200" doc:"Name of the branch"`
		BankCode string `json:"bank_code" maxLength:"20" doc:"12-digit code of the branch"`
		Number   string `json:"number" maxLength:"40"`
	}
}

func (s *Service) proposePayeeAccount(ctx context.Context, in *proposePayeeAccountInput) (*body[payeeBody], error) {
	a, err := s.ProposePayeeAccount(ctx, PayeeAccount{Org: in.Org, Holder: in.Body.Holder, Bank: in.Body.Bank, BankCode: in.Body.BankCode, Number: in.Body.Number})
	if err != nil {
		return nil, err
	}
	return &body[payeeBody]{payeeBodyFor(httpapi.PrincipalOf(ctx), a)}, nil
}

type payeeInput struct {
	httpapi.OrgPath
	httpapi.IDPath
}

func (s *Service) countersignPayeeAccount(ctx context.Context, in *payeeInput) (*body[payeeBody], error) {
	a, err := s.CountersignPayeeAccount(ctx, in.Org, in.ID)
	if err != nil {
		return nil, err
	}
	return &body[payeeBody]{payeeBodyFor(httpapi.PrincipalOf(ctx), a)}, nil
}
