package party

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func (s *Service) registerAudit(api huma.API) {
	httpapi.Register(api, op("listAudit", "GET", "/audit", "Who did what, newest first", "audit"), s.listAudit)
}

type listAuditInput struct {
	httpapi.PageInput
	Person  string           `query:"person" maxLength:"100"`
	Action  string           `query:"action" maxLength:"100" doc:"A whole action, or how it begins: party. finds all of party's"`
	Kind    string           `query:"kind" maxLength:"60"`
	Subject string           `query:"subject" maxLength:"2000"`
	Org     ident.CreditCode `query:"org"`
	From    clock.Date       `query:"from" doc:"First day"`
	To      clock.Date       `query:"to" doc:"Last day, included"`
}

// auditBody is one audit entry.
type auditBody struct {
	ID       string           `json:"id"`
	At       time.Time        `json:"at"`
	Person   string           `json:"person" doc:"Empty for the system itself"`
	Name     string           `json:"name"`
	Role     httpapi.Role     `json:"role" doc:"In which role the person acted"`
	ActorOrg ident.CreditCode `json:"actor_org,omitempty" doc:"For which organisation the person acted"`
	Action   string           `json:"action"`
	Kind     string           `json:"kind"`
	Subject  string           `json:"subject"`
	Org      ident.CreditCode `json:"org,omitempty" doc:"Whose the subject is"`
	Request  string           `json:"request_id"`
	Details  json.RawMessage  `json:"details" doc:"What changed"`
}

func auditBodyOf(e AuditEntry) auditBody {
	return auditBody{e.ID, e.At, e.Person, e.PersonName, e.Role, e.ActorOrg, e.Act.Action, e.Act.Kind, e.Act.Subject, e.Act.Org, e.Request, e.Details}
}

func (s *Service) listAudit(ctx context.Context, in *listAuditInput) (*body[httpapi.Page[auditBody]], error) {
	before, err := auditKey(in.Cursor)
	if err != nil {
		return nil, err
	}
	rows, err := s.Audit(ctx, AuditFilter{Person: in.Person, Action: in.Action, Kind: in.Kind, Subject: in.Subject, Org: in.Org,
		From: in.From, To: in.To, Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(rows, in.Limit, func(e AuditEntry) []string {
		return []string{strconv.FormatInt(clock.Micros(e.At), 10), e.ID}
	})
	return &body[httpapi.Page[auditBody]]{httpapi.Map(page, auditBodyOf)}, nil
}

func auditKey(cursor string) (AuditKey, error) {
	parts, err := httpapi.After(cursor, 2)
	if err != nil || parts[0] == "" {
		return AuditKey{}, err
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return AuditKey{}, fault.Newf(fault.Invalid, "不是本列表给出的游标。", "Not a cursor of this list.")
	}
	return AuditKey{at, parts[1]}, nil
}
