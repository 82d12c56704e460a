package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

const invitationColumns = `id, org, kind, name, place, invited, created, expires, accepted, revoked`

func scanInvitation(scan scanner) (i party.Invitation, err error) {
	var created, expires, accepted, revoked int64
	err = scan(&i.ID, &i.Org.Code, &i.Org.Kind, &i.Org.Name, &i.Org.Place, &i.By, &created, &expires, &accepted, &revoked)
	i.Created, i.Expires, i.Accepted, i.Revoked = clock.FromMicros(created), clock.FromMicros(expires), clock.FromMicros(accepted), clock.FromMicros(revoked)
	return i, err
}

// AddInvitation implements party.Store.
func (s *Store) AddInvitation(ctx context.Context, i party.Invitation) error {
	return s.insert(ctx, nil, `insert into invitation (id, org, kind, name, place, invited, created, expires) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		i.ID, string(i.Org.Code), string(i.Org.Kind), i.Org.Name, i.Org.Place, i.By, clock.Micros(i.Created), clock.Micros(i.Expires))
}

// Invitation implements party.Store.
func (s *Store) Invitation(ctx context.Context, id string) (party.Invitation, error) {
	i, found, err := db.One(ctx, s.db.Q(ctx), scanInvitation, `select `+invitationColumns+` from invitation where id = $1`, id)
	if err == nil && !found {
		err = notFound("没有这个邀请。", "There is no such invitation.")
	}
	return i, err
}

// Invitations implements party.Store.
func (s *Store) Invitations(ctx context.Context, beforeID string, limit int) ([]party.Invitation, error) {
	return db.All(ctx, s.db.Q(ctx), scanInvitation, `select `+invitationColumns+` from invitation where ($1 = '' or id < $1) order by id desc limit $2`, beforeID, limit)
}

// SettleInvitation implements party.Store.
func (s *Store) SettleInvitation(ctx context.Context, i party.Invitation) error {
	return s.update(ctx, conflict("这个邀请已经用过或撤回。", "This invitation was used or revoked already."),
		`update invitation set accepted = $2, revoked = $3 where id = $1 and accepted = 0 and revoked = 0`, i.ID, clock.Micros(i.Accepted), clock.Micros(i.Revoked))
}
