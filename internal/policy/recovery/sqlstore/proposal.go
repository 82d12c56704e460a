package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// AddProposal implements recovery.Store.
func (s *Store) AddProposal(ctx context.Context, p recovery.Proposal) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_proposal (id, application, state, body, at) values ($1, $2, $3, $4, $5)
			on conflict (id) do nothing`, p.ID, p.Application, p.State, db.JSON(p), clock.Micros(p.At))
		if err != nil {
			return db.Fault(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.supersede(ctx, p.Application, p.ID)
	})
}

// Supersede implements recovery.Store.
func (s *Store) Supersede(ctx context.Context, application string) error {
	return s.supersede(ctx, application, "")
}

func (s *Store) supersede(ctx context.Context, application, but string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `update recovery_proposal set state = $1 where application = $2 and state = $3 and id <> $4`,
		recovery.Superseded, application, recovery.Waiting, but)
	return db.Fault(err)
}

// Settle implements recovery.Store.
func (s *Store) Settle(ctx context.Context, p recovery.Proposal) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `update recovery_proposal set state = $1, body = $2 where id = $3 and state = $4`, p.State, db.JSON(p), p.ID, recovery.Waiting)
	return db.Changed(res, err, fault.Newf(fault.Conflict, "这条建议已经处理过，或已被新的更正取代：请刷新。", "The suggestion is settled, or a later correction took its place: reload."))
}

func scanProposal(row func(...any) error) (p recovery.Proposal, err error) {
	var body string
	var state recovery.ProposalState
	if err = row(&body, &state); err != nil {
		return p, err
	}
	err = json.Unmarshal([]byte(body), &p)
	p.State = state
	return p, err
}

// Proposal implements recovery.Store.
func (s *Store) Proposal(ctx context.Context, id string) (recovery.Proposal, error) {
	p, found, err := db.One(ctx, s.db.Q(ctx), scanProposal, `select body, state from recovery_proposal where id = $1`, id)
	if err == nil && !found {
		return p, fault.Newf(fault.NotFound, "没有这条建议。", "There is no such suggestion.")
	}
	return p, err
}

// Proposals implements recovery.Store.
func (s *Store) Proposals(ctx context.Context, f recovery.ProposalFilter) ([]recovery.Proposal, error) {
	var w db.Where
	w.Is("application", f.Application)
	w.Is("state", string(f.State))
	before(&w, "at", f.Before)
	return db.All(ctx, s.db.Q(ctx), scanProposal, `select body, state from recovery_proposal`+w.String()+` order by at desc, id desc`+db.Limit(f.Limit), w.Args...)
}
