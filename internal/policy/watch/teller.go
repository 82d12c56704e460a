package watch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Crowd is where the teller learns who changed and how they stand; policy has it.
type Crowd interface {
	// News names the organisations whose stands may have changed after a mark.
	News(ctx context.Context, since Mark) (News, error)
	// Stands is how an organisation stands today; empty for one of which no fact is left.
	Stands(ctx context.Context, org ident.CreditCode) (Stands, error)
	// Organisations lists everybody that facts speak of, in no order.
	Organisations(ctx context.Context) ([]ident.CreditCode, error)
}

// News is who may have changed.
type News struct {
	Now  Mark
	Orgs []ident.CreditCode
	All  bool // the rules changed, or so many facts that they are not listed
}

// Audience hears the notices of one organisation in the transaction that notes
// that they were told; message plugs in here. An organisation hears at most once
// a day, and never the same thing twice.
type Audience interface {
	Hear(ctx context.Context, org ident.CreditCode, day clock.Date, notices []Notice) error
}

// Leases lets one replica at a time tell; platform/work has it.
type Leases interface {
	Acquire(ctx context.Context, name, holder string, ttl time.Duration) (lease work.Lease, ok bool, err error)
	Renew(ctx context.Context, lease work.Lease, ttl time.Duration) (work.Lease, error)
	Release(ctx context.Context, lease work.Lease) error
}

// Teller (告知) tells organisations what changed for them: what they may apply
// for now, what they no longer may, what no longer lacks. What was told is
// stored with it, so that a restart repeats nothing and misses nothing, and what
// changed back in between is never told. The very first pass only notes how
// everybody stands.
type Teller struct {
	Store    Store
	Crowd    func() Crowd // of the region pack in use
	Audience Audience
	Leases   Leases
	Clock    clock.Clock // the business day
	Holder   string      // unique to this process
	Log      *slog.Logger
}

const (
	leaseName = "watch.teller"
	leaseTTL  = 30 * time.Second
	page      = 500 // organisations in one transaction, of those that hear nothing
)

// Run looks for news until the context ends. Faults are logged and the next
// look tries again.
func (t *Teller) Run(ctx context.Context, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := t.Tell(ctx); err != nil && ctx.Err() == nil {
			t.Log.ErrorContext(ctx, "telling what changed for organisations", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tell tells everybody for whom something changed, and returns how many
// organisations heard something; none while another replica tells.
//
// Codes: unavailable.
func (t *Teller) Tell(ctx context.Context) (heard int, err error) {
	mark, begun, err := t.Store.Mark(ctx)
	if err != nil {
		return 0, err
	}
	news, err := t.Crowd().News(ctx, mark)
	if err != nil {
		return 0, err
	}
	due, err := t.Store.Due(ctx, t.Clock.Today(), page)
	if err != nil || (begun && news.Now == mark && len(due) == 0) {
		return 0, err
	}
	lease, ours, err := t.Leases.Acquire(ctx, leaseName, t.Holder, leaseTTL)
	if err != nil || !ours {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.Leases.Release(context.WithoutCancel(ctx), lease)) }()
	orgs := append(news.Orgs, due...)
	if news.All || !begun {
		if orgs, err = t.everybody(ctx); err != nil {
			return 0, err
		}
	}
	p := pass{Teller: t, crowd: t.Crowd(), day: t.Clock.Today(), quiet: !begun, lease: lease}
	if err := p.tell(ctx, orgs); err != nil {
		return p.heard, err
	}
	return p.heard, t.Store.InTx(ctx, func(ctx context.Context) error {
		if _, err := t.Leases.Renew(ctx, p.lease, leaseTTL); err != nil {
			return err
		}
		return t.Store.SetMark(ctx, news.Now)
	})
}

// everybody is all that facts speak of, and those that were told something and
// of whom no fact is left.
func (t *Teller) everybody(ctx context.Context) ([]ident.CreditCode, error) {
	orgs, err := t.Crowd().Organisations(ctx)
	if err != nil {
		return nil, err
	}
	seen := make(map[ident.CreditCode]bool, len(orgs))
	for _, org := range orgs {
		seen[org] = true
	}
	for after := ident.CreditCode(""); ; {
		told, err := t.Store.Organisations(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, org := range told {
			if !seen[org] {
				orgs = append(orgs, org)
			}
		}
		if len(told) < page {
			return orgs, nil
		}
		after = told[len(told)-1]
	}
}

// pass is one look at some organisations.
type pass struct {
	*Teller
	crowd Crowd
	day   clock.Date
	quiet bool // note how they stand and tell nothing
	lease work.Lease
	heard int
}

func (p *pass) tell(ctx context.Context, orgs []ident.CreditCode) error {
	for len(orgs) > 0 {
		n := min(page, len(orgs))
		heard := 0
		err := p.Store.InTx(ctx, func(ctx context.Context) error {
			lease, err := p.Leases.Renew(ctx, p.lease, leaseTTL)
			if err != nil {
				return err
			}
			p.lease, heard = lease, 0
			for _, org := range orgs[:n] {
				told, err := p.one(ctx, org)
				if err != nil {
					return err
				}
				if told {
					heard++
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		p.heard += heard
		orgs = orgs[n:]
		work.GiveWay(ctx)
	}
	return nil
}

// one compares how an organisation stands with what it was told.
func (p *pass) one(ctx context.Context, org ident.CreditCode) (told bool, err error) {
	stands, err := p.crowd.Stands(ctx, org)
	if fault.Is(err, fault.TooLarge) {
		return false, nil // it has no answers until its facts change; its own page says why
	}
	if err != nil {
		return false, err
	}
	last, found, err := p.Store.Told(ctx, org)
	if err != nil {
		return false, err
	}
	notices := stands.Since(last.Stands)
	now := Told{Org: org, Stands: stands, Day: last.Day}
	switch {
	case p.quiet || len(notices) == 0:
		if found && stands.Equal(last.Stands) && !last.Due {
			return false, nil
		}
		return false, p.Store.Put(ctx, now)
	case last.Heard(p.day): // one message a day: the rest waits, and may undo itself
		if last.Due {
			return false, nil
		}
		last.Due = true
		return false, p.Store.Put(ctx, last)
	}
	now.Day = p.day
	if err := p.Store.Put(ctx, now); err != nil {
		return false, err
	}
	return true, p.Audience.Hear(ctx, org, p.day, notices)
}
