package sqlstore

import (
	"context"
	"encoding/json"
	"math"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

const auditColumns = `id, at, person, person_name, role, actor_org, action, kind, subject, org, request, details`

// AddAudit implements party.Store.
func (s *Store) AddAudit(ctx context.Context, e party.AuditEntry) error {
	return s.insert(ctx, nil, `insert into audit_entry (`+auditColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.ID, clock.Micros(e.At), e.Person, e.PersonName, string(e.Role), string(e.ActorOrg), e.Act.Action, e.Act.Kind, e.Act.Subject, string(e.Act.Org), e.Request, string(e.Details))
}

// Audit implements party.Store.
func (s *Store) Audit(ctx context.Context, f party.AuditFilter) ([]party.AuditEntry, error) {
	from, until := int64(0), int64(math.MaxInt64)
	if f.From != "" {
		from = clock.Micros(f.From.Time())
	}
	if f.To != "" {
		until = clock.Micros(f.To.AddDays(1).Time())
	}
	before := f.Before
	if before.At == 0 {
		before.At = math.MaxInt64
	}
	return db.All(ctx, s.db.Q(ctx), scanAudit, `select `+auditColumns+` from audit_entry
		where at >= $1 and at < $2 and (at < $3 or (at = $3 and id < $4)) and ($5 = '' or person = $5) and ($6 = '' or action = $6 or action like $7 escape '\')
		and ($8 = '' or kind = $8) and ($9 = '' or subject = $9) and ($10 = '' or org = $10) order by at desc, id desc limit $11`,
		from, until, before.At, before.ID, f.Person, f.Action, containing(f.Action)[1:], f.Kind, f.Subject, string(f.Org), f.Limit)
}

func scanAudit(scan scanner) (e party.AuditEntry, err error) {
	var at int64
	var details string
	err = scan(&e.ID, &at, &e.Person, &e.PersonName, &e.Role, &e.ActorOrg, &e.Act.Action, &e.Act.Kind, &e.Act.Subject, &e.Act.Org, &e.Request, &details)
	e.At, e.Details = clock.FromMicros(at), json.RawMessage(details)
	return e, err
}
