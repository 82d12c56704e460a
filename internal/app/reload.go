package app

import (
	"context"
	"maps"
	"net/http"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/referral"
	"github.com/qianmo/qianmo/internal/policy/review"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/supervision"
	"github.com/qianmo/qianmo/internal/policy/voucher"
	"github.com/qianmo/qianmo/internal/target"
)

// ruled is a region pack with all that runs on it. A reload puts another in
// its place; a request ends under the pack that it began with.
type ruled struct {
	pack    *rule.Pack
	targets *target.Service
	*delivery
	referrals   *referral.Service
	supervision *supervision.Service
	edge        *httpapi.API
	handler     http.Handler
}

func (p *product) pack() *rule.Pack            { return p.ruled.Load().pack }
func (p *product) policy() *policy.Service     { return p.ruled.Load().policy }
func (p *product) targets() *target.Service    { return p.ruled.Load().targets }
func (p *product) review() *review.Service     { return p.ruled.Load().review }
func (p *product) recovery() *recovery.Service { return p.ruled.Load().recovery }
func (p *product) vouchers() *voucher.Service  { return p.ruled.Load().vouchers }

// under builds what runs on a pack; it serves nobody yet.
func (p *product) under(pack *rule.Pack) (*ruled, error) {
	plan, err := loadPlan(p.config.Region, pack)
	if err != nil {
		return nil, err
	}
	rules, err := loadReviewRules(p.config.Region, pack)
	if err != nil {
		return nil, err
	}
	sources, err := loadSources(p.config.Region, pack)
	if err != nil {
		return nil, err
	}
	r := &ruled{pack: pack, targets: p.targetsOn(p.business, plan), delivery: p.deliveryOn(p.business, pack, rules),
		referrals: p.referralsOn(p.business, pack, sources), edge: p.api()}
	if err := p.superviseUnder(r); err != nil {
		return nil, err
	}
	p.register(r.edge, r)
	p.mountPortal(r.edge)
	mountPages(r.edge)
	r.handler, err = r.edge.Handler()
	return r, err
}

// takeOver makes what is kept of the pack agree with it. A pack that would
// change the rulings of a running call is refused before anything is written.
func (r *ruled) takeOver(ctx context.Context) error {
	if err := r.calls.CheckPack(ctx, r.pack); err != nil {
		return err
	}
	if err := r.calls.Repin(ctx); err != nil {
		return err
	}
	return r.policy.IndexLibrary(ctx)
}

// ServeHTTP answers under the pack in use.
func (p *product) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.ruled.Load().handler.ServeHTTP(w, r)
}

// handlers are what the ledger's answers go to under this pack.
func (r *ruled) handlers() map[string]intent.Handler {
	all := r.policy.Handlers()
	maps.Copy(all, r.recovery.Handlers())
	maps.Copy(all, r.vouchers.Handlers())
	maps.Copy(all, r.budgets.Handlers())
	return all
}

// answers hands the ledger's answers to the rooms in use.
func (p *product) answers() map[string]intent.Handler {
	handlers := map[string]intent.Handler{}
	for kind := range p.ruled.Load().handlers() {
		handlers[kind] = func(ctx context.Context, in intent.Intent, given []ledger.Answer) error {
			return p.ruled.Load().handlers()[kind](ctx, in, given)
		}
	}
	return handlers
}

// reload reads the region's folder again and puts it in the place of the pack
// in use. A pack that does not load, or of which a worked case fails, is
// refused whole and the one in use stays.
//
// Codes: invalid, too_large, not_found and check_failed, naming each file;
// conflict for the pack of another region; unavailable.
func (p *product) reload(ctx context.Context) error {
	pack, err := loadPack(p.config.Region)
	if err != nil {
		return err
	}
	if err := pack.Check().Err(); err != nil {
		return err
	}
	if now := p.pack().Region.ID; pack.Region.ID != now {
		return fault.Newf(fault.Conflict, "目录里是地区 %s 的包，正在用的是 %s：换地区须另用一个数据目录启动。", "The folder holds the pack of %s and %s is in use: another region starts on a data folder of its own.", pack.Region.ID, now)
	}
	next, err := p.under(pack)
	if err != nil {
		return err
	}
	if err := next.takeOver(ctx); err != nil {
		return err
	}
	p.ruled.Store(next)
	return nil
}

// reloads reloads at each SIGHUP until the context ends.
func (p *product) reloads(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.hangup:
		}
		switch err := p.reload(ctx); {
		case err != nil && ctx.Err() == nil:
			p.config.Log.Error("the region pack is refused and the one in use stays", "region", p.config.Region, "error", err)
		case err == nil: // as loud as a refusal: somebody asked and waits
			p.config.Log.Warn("the region pack was read again", "region", p.config.Region, "measures", len(p.pack().Measures), "guides", len(p.pack().Guides))
		}
	}
}
