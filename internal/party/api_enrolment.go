package party

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func (s *Service) registerEnrolment(api huma.API) {
	httpapi.Register(api, op("setUp", "POST", "/setup", "Make the first administrator", "enrolment"), s.setUp)
	httpapi.Register(api, op("enrol", "POST", "/enrolments", "Enrol an invited organisation and its manager", "enrolment"), s.enrol)
	httpapi.Register(api, op("listInvitations", "GET", "/invitations", "List invitations, newest first", "enrolment"), s.listInvitations)
	httpapi.Register(api, op("createInvitation", "POST", "/invitations", "Invite an organisation", "enrolment"), s.createInvitation)
	httpapi.Register(api, op("revokeInvitation", "DELETE", "/invitations/{id}", "Take an invitation back", "enrolment"), s.revokeInvitation)
	reset := op("resetPassword", "POST", "/password-reset", "Choose a password with a one-time token", "enrolment")
	reset.DefaultStatus = 204
	httpapi.Register(api, reset, s.resetPassword)
}

type newcomerInput struct{ Body newcomerBody }

func (s *Service) setUp(ctx context.Context, in *newcomerInput) (*sessionOutput, error) {
	out, err := s.Setup(ctx, Newcomer(in.Body))
	return signedIn(out, httpapi.Secure(ctx)), err
}

func (s *Service) enrol(ctx context.Context, in *newcomerInput) (*sessionOutput, error) {
	out, err := s.Enrol(ctx, Newcomer(in.Body))
	return signedIn(out, httpapi.Secure(ctx)), err
}

// organisationBody is an organisation as people enter it.
type organisationBody struct {
	Code  string           `json:"code" maxLength:"40" doc:"Unified social credit code"`
	Kind  OrganisationKind `json:"kind" enum:"enterprise,university,institute,public"`
	Name  string           `json:"name" maxLength:"200"`
	Place string           `json:"place" maxLength:"20" doc:"GB/T 2260 code, or guian"`
}

// invitationBody is an invitation as the office sees it.
type invitationBody struct {
	ID      string           `json:"id"`
	Org     organisationBody `json:"org"`
	State   InvitationState  `json:"state" enum:"open,accepted,expired,revoked"`
	Created time.Time        `json:"created"`
	Expires time.Time        `json:"expires"`
}

func (s *Service) invitationBody(i Invitation) invitationBody {
	return invitationBody{ID: i.ID, Org: organisationBody{string(i.Org.Code), i.Org.Kind, i.Org.Name, i.Org.Place}, State: i.State(s.clock.Now()), Created: i.Created, Expires: i.Expires}
}

func (s *Service) listInvitations(ctx context.Context, in *struct{ httpapi.PageInput }) (*body[httpapi.Page[invitationBody]], error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	rows, err := s.Invitations(ctx, after[0], in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(rows, in.Limit, func(i Invitation) []string { return []string{i.ID} })
	return &body[httpapi.Page[invitationBody]]{httpapi.Map(page, s.invitationBody)}, nil
}

type createInvitationInput struct{ Body organisationBody }

type newInvitation struct {
	Invitation invitationBody `json:"invitation"`
	Token      string         `json:"token" doc:"Shown once: hand it to the organisation's manager by a safe way"`
}

func (s *Service) createInvitation(ctx context.Context, in *createInvitationInput) (*body[newInvitation], error) {
	token, i, err := s.Invite(ctx, in.Body.organisation())
	return &body[newInvitation]{newInvitation{s.invitationBody(i), token}}, err
}

func (s *Service) revokeInvitation(ctx context.Context, in *httpapi.IDPath) (*struct{}, error) {
	return nil, s.RevokeInvitation(ctx, in.ID)
}

type resetPasswordInput struct {
	Body struct {
		Token    auth.Secret `json:"token" maxLength:"200"`
		Password auth.Secret `json:"password" maxLength:"1024" format:"password"`
	}
}

func (s *Service) resetPassword(ctx context.Context, in *resetPasswordInput) (*struct{}, error) {
	return nil, s.ResetPassword(ctx, in.Body.Token, in.Body.Password)
}
