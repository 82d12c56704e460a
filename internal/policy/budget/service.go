package budget

import (
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Books is what this room asks of the ledger; *ledger.Ledger fits.
type Books interface {
	// OpenProgramme opens programmes that are not open yet.
	OpenProgramme(ctx context.Context, all ...ledger.Programme) error
	// Budgets lists how the programmes of a year stand.
	Budgets(ctx context.Context, year int) ([]ledger.Budget, error)
}

// Treasury carries what is wanted to the ledger; *intent.Queue fits. The answer
// comes back through Handlers.
type Treasury interface {
	// Write stores an intent in the transaction of the context, once.
	Write(ctx context.Context, in intent.Intent) error
	// Now applies one that was committed, so that the answer is there.
	Now(ctx context.Context, id string) error
	// Wake says that one was committed.
	Wake()
}

// Region says which purses and measures there are.
type Region interface {
	// Purses lists the treasuries that share the cost of measures.
	Purses() []NamedPurse
	// Measure names a measure; known is false when there is none.
	Measure(id string) (name i18n.Text, known bool)
}

// NamedPurse is a purse in people's words.
type NamedPurse struct {
	Purse ledger.Purse
	Name  i18n.Text
}

// Registry notes acts; *party.Service fits.
type Registry interface {
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// ledgerActor is behind what the ledger's answers do.
var ledgerActor = Actor{}

// Service is this room's use cases. All fields must be set.
type Service struct {
	Store    Store
	Books    Books
	Treasury Treasury
	Region   Region
	Registry Registry
	Messages Messages
	Clock    clock.Clock
	IDs      ident.Source
}

func (s *Service) purse(p ledger.Purse) (i18n.Text, bool) {
	for _, known := range s.Region.Purses() {
		if known.Purse == p {
			return known.Name, true
		}
	}
	return i18n.Text{ZH: p.String(), EN: p.String()}, false
}

// Step names the order that somebody acts on, as they read it, and why.
type Step struct {
	ID      string
	Version int64
	Reason  string
}

const reasonLimit = 1000

// Validate reports every fault of a step that needs a reason.
func (in Step) Validate() error {
	var bad fault.Collector
	checkWords(&bad, "reason", in.Reason, reasonLimit)
	if in.Version <= 0 {
		bad.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	return bad.Err()
}

// Refuse is the second person's no. The order ends; its writer writes another.
//
// Codes: invalid, not_found, conflict; forbidden for the person who wrote it.
func (s *Service) Refuse(ctx context.Context, by Actor, in Step) (Order, error) {
	if err := in.Validate(); err != nil {
		return Order{}, err
	}
	return s.change(ctx, by, in, ActionRefuse, func(_ context.Context, o *Order) error { return o.second(by) })
}

// Withdraw takes an order back before anybody confirmed it.
//
// Codes: invalid, not_found, conflict; forbidden for anybody but its writer.
func (s *Service) Withdraw(ctx context.Context, by Actor, in Step) (Order, error) {
	if err := in.Validate(); err != nil {
		return Order{}, err
	}
	return s.change(ctx, by, in, ActionWithdraw, func(_ context.Context, o *Order) error {
		if by.Person != o.Person {
			return fault.Newf(fault.Forbidden, "指标单 %s 由%s提出，只有本人能撤回：您可以退回它。", "Budget order %s was written by %s, who alone may withdraw it: you may refuse it.", o.Number, o.Name)
		}
		return nil
	})
}

// second refuses whoever wrote the order.
func (o *Order) second(by Actor) error {
	if by.Person == o.Person {
		return fault.Newf(fault.Forbidden, "指标单 %s 是您自己提出的：须由另一人复核。", "You wrote budget order %s yourself: another person must confirm or refuse it.", o.Number)
	}
	return nil
}

// change loads an order, takes a step in its state, runs fn and writes the new
// state with its history and audit entry in one transaction.
func (s *Service) change(ctx context.Context, by Actor, in Step, act Action, fn func(context.Context, *Order) error) (o Order, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		// Locked first, or two confirmations at once could wait for each other.
		if o, err = s.Store.LockOrder(ctx, in.ID); err != nil {
			return err
		}
		if in.Version != o.Version {
			return s.overtaken(ctx, &o)
		}
		if err := o.Move(act); err != nil {
			return err
		}
		if err := fn(ctx, &o); err != nil {
			return err
		}
		return s.write(ctx, by, &o, act, said(in.Reason))
	})
	return o, err
}

// write keeps a changed order with its history and audit entry.
func (s *Service) write(ctx context.Context, by Actor, o *Order, act Action, note i18n.Text) error {
	if err := s.Store.Update(ctx, o); err != nil {
		return err
	}
	return s.note(ctx, by, o, act, note)
}

func (s *Service) note(ctx context.Context, by Actor, o *Order, act Action, note i18n.Text) error {
	e := Event{At: s.Clock.Now(), Person: by.Person, Name: by.Name, Role: by.Role, Action: act, To: o.State, Note: note}
	if err := s.Store.AddEvent(ctx, o.ID, e); err != nil {
		return err
	}
	given, taken := o.Totals()
	return s.Registry.Record(ctx, party.Act{Action: "policy.budget." + string(act), Kind: "budget_order", Subject: o.ID,
		Details: map[string]any{"number": o.Number, "state": o.State, "lines": len(o.Lines), "given_fen": given, "taken_fen": taken}})
}

// overtaken says who acted since the caller read the order.
func (s *Service) overtaken(ctx context.Context, o *Order) error {
	events, err := s.Store.Events(ctx, o.ID)
	if err != nil || len(events) == 0 {
		return fault.Newf(fault.Conflict, "指标单 %s 已有变化：请刷新。", "Budget order %s has changed: reload.", o.Number).Because(err)
	}
	last := events[len(events)-1]
	for _, e := range slices.Backward(events) { // the ledger answers what a person did
		if e.Name != "" {
			last.Name = e.Name
			break
		}
	}
	return fault.Newf(fault.Conflict, "%[2]s 于 %[3]s 已处理指标单 %[1]s（现为“%[4]s”），本次没有写入：请刷新。", "%[2]s acted on budget order %[1]s at %[3]s (it is %[5]s) and nothing was written: reload.",
		o.Number, last.Name, last.At.In(clock.Shanghai).Format("2006-01-02 15:04"), stateNames[o.State].ZH, stateNames[o.State].EN)
}

// said is what a person typed: the same in both languages.
func said(text string) i18n.Text {
	text = strings.TrimSpace(text)
	return i18n.Text{ZH: text, EN: text}
}
