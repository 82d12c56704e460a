package app

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// The kinds of background work; a kind's name is for ever.
type (
	pruneSessions struct{}
	expireHolds   struct{}
	sealLedger    struct{}
	dropImports   struct{}
	forgetAnswers struct{}
	lookForAlarms struct{}
	remindUnits   struct{}
	proposeAgain  struct{}
	endVouchers   struct{}
)

// Kind implements work.Args, as do those below.
func (pruneSessions) Kind() string { return "auth.prune_sessions" }
func (expireHolds) Kind() string   { return "ledger.expire_holds" }
func (sealLedger) Kind() string    { return "ledger.seal_head" }
func (dropImports) Kind() string   { return "evidence.drop_imports" }
func (forgetAnswers) Kind() string { return "httpapi.forget_answers" }
func (lookForAlarms) Kind() string { return "policy.look_for_alarms" }
func (remindUnits) Kind() string   { return "target.remind" }
func (proposeAgain) Kind() string  { return "recovery.propose" }
func (endVouchers) Kind() string   { return "voucher.expire" }

// alarmsEvery is how long a new fact or application waits to be looked at; an
// approval looks by itself.
const alarmsEvery = 10 * time.Second

// background runs what nobody waits for. The sealer and the ledger's intents
// are loops of their own under a lease, since people do wait for them: they
// are woken, and work in order and in large batches.
func (p *product) background() *work.Runner {
	var kinds work.Kinds
	chore[pruneSessions](&kinds, p.auth.Prune)
	chore[expireHolds](&kinds, p.expireHolds)
	chore[sealLedger](&kinds, p.sealHead)
	chore[dropImports](&kinds, p.dropImports)
	chore[forgetAnswers](&kinds, p.ruled.Load().edge.ForgetAnswers)
	chore[lookForAlarms](&kinds, p.lookForAlarms)
	chore[remindUnits](&kinds, p.remindUnits)
	chore[proposeAgain](&kinds, p.propose)
	chore[endVouchers](&kinds, p.expireVouchers)
	p.messages.Work(&kinds)
	periodic := []work.Periodic{
		{Name: "prune sessions", When: work.Every(time.Hour), Args: pruneSessions{}},
		{Name: "expire holds", When: work.Every(10 * time.Minute), Args: expireHolds{}},
		{Name: "seal the ledger's head", When: work.Every(time.Minute), Args: sealLedger{}}, // what no intent has moved
		{Name: "drop stale imports", When: work.Daily(3, 10), Args: dropImports{}},
		{Name: "propose top-ups and recoveries", When: work.Every(10 * time.Minute), Args: proposeAgain{}},
		{Name: "expire vouchers", When: work.Every(10 * time.Minute), Args: endVouchers{}},
		{Name: "remind units", When: work.Daily(8, 30), Args: remindUnits{}},
		{Name: "look for alarms", When: work.Every(alarmsEvery), Args: lookForAlarms{}},
		{Name: "forget answers", When: work.Every(time.Hour), Args: forgetAnswers{}},
	}
	return work.NewRunner(p.queue(), &kinds, work.Config{Holder: p.ids.New("runner"), Log: p.config.Log, Observe: p.metrics.Work,
		Periodic: append(periodic, p.messages.Periodic()...)})
}

func chore[T work.Args](kinds *work.Kinds, do func(context.Context) error) {
	work.Handle(kinds, work.Limits{}, func(ctx context.Context, _ work.Item[T]) error { return do(ctx) })
}

func (p *product) queue() work.Queue {
	return work.Queue{DB: p.db, Clock: clock.System{}, IDs: p.ids}
}

func (p *product) expireHolds(ctx context.Context) error {
	_, err := p.ledger.ExpireDue(ctx)
	return err
}

// staleImport is how long a preview waits for its acceptance.
const staleImport = 7 * 24 * time.Hour

func (p *product) dropImports(ctx context.Context) error {
	_, err := p.facts.DiscardStale(ctx, p.wall.Now().Add(-staleImport))
	return err
}

// thenSeal adds to each handler of a ledger's answer that the head of the
// books is to be sealed: the work item commits with what the answer moved on.
func (p *product) thenSeal(handlers map[string]intent.Handler) map[string]intent.Handler {
	for kind, handle := range handlers {
		handlers[kind] = func(ctx context.Context, in intent.Intent, answers []ledger.Answer) error {
			if err := handle(ctx, in, answers); err != nil {
				return err
			}
			_, err := p.queue().Insert(ctx, sealLedger{}, work.Options{Key: "head"})
			return err
		}
	}
	return handlers
}
