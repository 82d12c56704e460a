package party

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Act is what was done, for the audit trail.
type Act struct {
	Action  string           // domain, noun and verb: "party.member.add"
	Kind    string           // what it was done to: "membership"
	Subject string           // its id
	Org     ident.CreditCode // whose it is; empty for nobody's
	Details any              // what changed, as JSON; never a secret
}

// AuditEntry (审计记录) is one act, and who did it in which role. Entries are
// only ever added, in the transaction of the act itself.
type AuditEntry struct {
	ID         string
	At         time.Time
	Person     string // empty: the system itself
	PersonName string
	Role       httpapi.Role
	ActorOrg   ident.CreditCode
	Act        Act
	Request    string
	Details    json.RawMessage
}

// AuditFilter selects audit entries; zero fields do not restrict.
type AuditFilter struct {
	Person  string
	Action  string // a whole action or its beginning: "party." finds all of party's
	Kind    string
	Subject string
	Org     ident.CreditCode
	From    clock.Date // first day
	To      clock.Date // last day, included
	Before  AuditKey   // entries older than this
	Limit   int
}

// AuditKey is the place of an entry in the order of the trail.
type AuditKey struct {
	At int64 // microseconds; 0 for the newest end
	ID string
}

// Record adds an audit entry for the person behind the context. Call it in the
// transaction of the act.
func (s *Service) Record(ctx context.Context, act Act) error {
	return s.record(ctx, httpapi.PrincipalOf(ctx), act)
}

func (s *Service) record(ctx context.Context, actor httpapi.Principal, act Act) error {
	details := []byte("{}")
	if act.Details != nil {
		var err error
		if details, err = json.Marshal(act.Details); err != nil {
			return err
		}
	}
	return s.store.AddAudit(ctx, AuditEntry{
		ID: s.ids.New("audit"), At: s.clock.Now(), Person: actor.PersonID, PersonName: actor.Name, Role: actor.Role, ActorOrg: actor.Org,
		Act: act, Request: httpapi.RequestID(ctx), Details: details,
	})
}

// Audit returns entries, newest first.
func (s *Service) Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	return s.store.Audit(ctx, f)
}
