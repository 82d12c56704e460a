package message

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Endpoints lists an organisation's endpoints, oldest first.
//
// Codes: unavailable.
func (s *Service) Endpoints(ctx context.Context, org ident.CreditCode) ([]Endpoint, error) {
	return s.Store.Endpoints(ctx, []ident.CreditCode{org})
}

// AddEndpoint adds an endpoint and returns its secret, which nobody can look
// up again.
//
// Codes: invalid for an address that pushes do not go to; conflict when there
// are five.
func (s *Service) AddEndpoint(ctx context.Context, org ident.CreditCode, url string) (e Endpoint, secret string, err error) {
	if err := s.checkURL(url); err != nil {
		return Endpoint{}, "", err
	}
	e = Endpoint{ID: s.IDs.New("hook"), Org: org, URL: url, Version: 1, Active: true, Created: s.Clock.Now()}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.LockEndpoints(ctx, org); err != nil {
			return err
		}
		all, err := s.Endpoints(ctx, org)
		if err != nil {
			return err
		}
		if len(all) >= maxEndpoints {
			return fault.Newf(fault.Conflict, "每家机构最多 %d 个推送地址：请先删除不用的。", "An organisation has at most %d webhooks: remove one first.", maxEndpoints)
		}
		if err := s.Store.AddEndpoint(ctx, e); err != nil {
			return err
		}
		return s.endpointAct(ctx, "add", e)
	})
	return e, s.Keys.secret(e), err
}

// checkURL names the field of a refused address.
func (s *Service) checkURL(url string) error {
	var c fault.Collector
	c.Merge("url", s.Poster.Check(url))
	return c.Err()
}

// ChangeEndpoint gives an endpoint another address, or switches it on or off.
//
// Codes: invalid; not_found.
func (s *Service) ChangeEndpoint(ctx context.Context, org ident.CreditCode, id, url string, active bool) (Endpoint, error) {
	if err := s.checkURL(url); err != nil {
		return Endpoint{}, err
	}
	return s.changeEndpoint(ctx, org, id, "change", func(e *Endpoint) { e.URL, e.Active, e.Reason = url, active, "" })
}

// RotateSecret gives an endpoint another secret and returns it; the one before
// signs nothing any more.
//
// Codes: not_found.
func (s *Service) RotateSecret(ctx context.Context, org ident.CreditCode, id string) (Endpoint, string, error) {
	e, err := s.changeEndpoint(ctx, org, id, "rotate", func(e *Endpoint) { e.Version++ })
	return e, s.Keys.secret(e), err
}

func (s *Service) changeEndpoint(ctx context.Context, org ident.CreditCode, id, act string, change func(*Endpoint)) (e Endpoint, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.LockEndpoints(ctx, org); err != nil {
			return err
		}
		if e, err = s.Store.Endpoint(ctx, org, id); err != nil {
			return err
		}
		change(&e)
		if err := s.Store.UpdateEndpoint(ctx, e); err != nil {
			return err
		}
		return s.endpointAct(ctx, act, e)
	})
	return e, err
}

// RemoveEndpoint removes an endpoint; what was on its way there is dropped.
//
// Codes: not_found.
func (s *Service) RemoveEndpoint(ctx context.Context, org ident.CreditCode, id string) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Store.Endpoint(ctx, org, id)
		if err != nil {
			return err
		}
		if err := s.Store.RemoveEndpoint(ctx, id); err != nil {
			return err
		}
		return s.endpointAct(ctx, "remove", e)
	})
}

func (s *Service) endpointAct(ctx context.Context, act string, e Endpoint) error {
	return s.Trail(ctx, Act{Action: "message.endpoint." + act, Kind: "endpoint", Subject: e.ID, Org: e.Org, Details: map[string]any{"url": e.URL, "active": e.Active}})
}

// TestEndpoint pushes a test message, once.
//
// Codes: not_found; conflict when the endpoint is off; rate_limited while the
// last test is on its way.
func (s *Service) TestEndpoint(ctx context.Context, org ident.CreditCode, id string) (p Push, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.LockEndpoints(ctx, org); err != nil {
			return err
		}
		e, err := s.Store.Endpoint(ctx, org, id)
		if err != nil {
			return err
		}
		if !e.Active {
			return fault.Newf(fault.Conflict, "这个推送地址已停用：请先启用。", "This webhook is off: switch it on first.")
		}
		last, err := s.Store.Pushes(ctx, e.ID, shownPushes)
		if err != nil {
			return err
		}
		for _, l := range last {
			if l.Message == "" && l.State == Waiting {
				return fault.Newf(fault.RateLimited, "上一条测试还没有结果：请稍候。", "The last test has no result yet: wait for it.")
			}
		}
		if p, err = s.enqueuePush(ctx, e, ""); err != nil {
			return err
		}
		return s.endpointAct(ctx, "test", e)
	})
	return p, err
}

// Pushes lists an endpoint's last ten pushes, the newest first.
//
// Codes: not_found.
func (s *Service) Pushes(ctx context.Context, org ident.CreditCode, id string) ([]Push, error) {
	if _, err := s.Store.Endpoint(ctx, org, id); err != nil {
		return nil, err
	}
	return s.Store.Pushes(ctx, id, shownPushes)
}

// enqueuePush writes a push and the work of sending it; a test is tried once.
func (s *Service) enqueuePush(ctx context.Context, e Endpoint, message string) (Push, error) {
	p := Push{ID: s.IDs.New("push"), Endpoint: e.ID, Message: message, Sending: Sending{State: Waiting}, Posted: s.Clock.Now()}
	if err := s.Store.AddPush(ctx, p); err != nil {
		return p, err
	}
	_, err := s.Queue.Insert(ctx, sendPush{p.ID}, work.Options{MaxAttempts: p.attempts()})
	return p, err
}

// attempts is how often a push is tried.
func (p Push) attempts() int {
	if p.Message == "" {
		return 1
	}
	return attempts
}
