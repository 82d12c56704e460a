package party

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// Register adds party's operations to the API. Who may call them stands in
// the product's access table.
func (s *Service) Register(api huma.API) {
	s.registerSession(api)
	s.registerEnrolment(api)
	s.registerOrganisations(api)
	s.registerPeople(api)
	s.registerCredentials(api)
	s.registerAudit(api)
}

// op describes one operation of party.
func op(id, method, path, summary, tag string) huma.Operation {
	o := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
	if method == http.MethodPost {
		o.DefaultStatus = http.StatusCreated
	}
	return o
}

// body is an output that is only a body.
type body[T any] struct{ Body T }

// sessionOutput sets the session's cookie.
type sessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

func signedIn(in SignedIn, secure bool) *sessionOutput {
	return &sessionOutput{SetCookie: auth.Cookie(in.Token, secure), Body: in.Session}
}

// newcomerBody is what a person with a one-time token sends.
type newcomerBody struct {
	Token    auth.Secret `json:"token" maxLength:"200"`
	Login    string      `json:"login" maxLength:"64"`
	Name     string      `json:"name" maxLength:"60"`
	Password auth.Secret `json:"password" maxLength:"1024" format:"password"`
}

func sessionRole(m Membership) SessionRole {
	r := SessionRole{Membership: m.ID, Role: m.Role}
	if m.Org != "" {
		r.Org = &SessionOrg{Code: m.Org, Name: m.OrgName}
	}
	return r
}

var _ httpapi.Authenticator = (*Service)(nil)
