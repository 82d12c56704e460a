package voucher

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Rules is what this room asks of the rules engine.
type Rules interface {
	// Assess answers a measure for an organisation on today's facts.
	// Codes: conflict for an organisation that is excluded; not_found.
	Assess(ctx context.Context, org ident.CreditCode, measure string) (Finding, error)
}

// Finding is what an assessment came to.
type Finding struct {
	Outcome   rule.Outcome
	Questions []string    // open ones
	Why       []i18n.Text // conditions that fail, facts that lack
	JSON      json.RawMessage
	Hash      string
}

// Registry is what this room asks of party; *party.Service fits.
type Registry interface {
	// Organisation finds one. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Facts is what this room asks of evidence; *evidence.Service fits.
type Facts interface {
	// Append records facts in the transaction of the context.
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
}

// Treasury takes what the ledger shall do, in the transaction of the context;
// *intent.Queue fits. The answer comes back through Handlers.
type Treasury interface {
	Write(ctx context.Context, in intent.Intent) error
	// Wake says that a transaction with an intent has committed.
	Wake()
}

// Books is the ledger: what stands in it, and the holds that do not wait;
// *ledger.Ledger fits.
type Books interface {
	OpenVouchers(ctx context.Context, v ledger.Vouchers) error
	SetVoucherLimits(ctx context.Context, id string, v ledger.Vouchers, most ledger.VoucherLimits) error
	Apply(ctx context.Context, transfers []ledger.Transfer) ([]ledger.Answer, error)
	Balances(ctx context.Context, names ...string) ([]ledger.Balance, error)
	Usage(ctx context.Context, limit, party string) (ledger.Usage, error)
	Budgets(ctx context.Context, year int) ([]ledger.Budget, error)
	Transfers(ctx context.Context, account string, before int64, most int) ([]ledger.Record, error)
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Service is this room's use cases. All fields must be set.
type Service struct {
	Store    Store
	Rules    Rules
	Registry Registry
	Facts    Facts
	Treasury Treasury
	Books    Books
	Messages Messages
	Pack     *rule.Pack
	Clock    clock.Clock
	IDs      ident.Source
}

// today is the business day, and never one before vouchers expired last: a
// clock that is moved back makes nothing valid again.
func (s *Service) today(ctx context.Context) (clock.Date, error) {
	seen, err := s.Store.Day(ctx)
	return max(seen, s.Clock.Today()), err
}

// Step names the voucher that somebody acts on, as they read it, and why.
type Step struct {
	ID      string
	Version int64
	Reason  string
}

const reasonLimit = 1000

// Validate reports every fault of the step.
func (in Step) Validate() error {
	var bad fault.Collector
	switch n := len([]rune(strings.TrimSpace(in.Reason))); {
	case n == 0:
		bad.Add("reason", "请写明理由。", "Give a reason.")
	case n > reasonLimit:
		bad.Add("reason", "理由超过 %d 字。", "The reason is longer than %d characters.", reasonLimit)
	}
	if in.Version <= 0 {
		bad.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	return bad.Err()
}

// change loads a voucher, runs fn on it and writes it with its history and
// audit entry, in one transaction. fn moves it and says with what amount.
func (s *Service) change(ctx context.Context, by Actor, in Step, act Action, fn func(context.Context, *Voucher) (money.Fen, error)) (v Voucher, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if v, err = s.mine(ctx, by, in.ID); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != v.Version {
			return s.overtaken(ctx, &v)
		}
		amount, err := fn(ctx, &v)
		if err != nil {
			return err
		}
		if err := s.Store.Update(ctx, &v); err != nil {
			return err
		}
		return s.note(ctx, by, &v, act, amount, said(in.Reason))
	})
	if err == nil {
		s.Treasury.Wake()
	}
	return v, err
}

// note adds a step to a voucher's history, the audit trail and what people are told.
func (s *Service) note(ctx context.Context, by Actor, v *Voucher, act Action, amount money.Fen, note i18n.Text) error {
	e := Event{At: s.Clock.Now(), Person: by.Person, Name: by.Name, Role: by.Role, Action: act, To: v.State, Amount: amount, Note: note}
	if err := s.Store.AddEvent(ctx, v.ID, e); err != nil {
		return err
	}
	if err := s.tell(ctx, v, act, amount, note); err != nil {
		return err
	}
	return s.Registry.Record(ctx, party.Act{Action: "policy.voucher." + string(act), Kind: "voucher", Subject: v.ID, Org: v.Org,
		Details: map[string]string{"number": v.Number, "state": string(v.State), "amount_fen": fmt.Sprint(int64(amount))}})
}

// mine finds a voucher that the actor may see: an office every one, an
// organisation its own.
//
// Codes: not_found, also for somebody else's.
func (s *Service) mine(ctx context.Context, by Actor, id string) (Voucher, error) {
	v, err := s.Store.Voucher(ctx, id)
	if err == nil && by.Org != "" && by.Org != v.Org {
		err = NoVoucher()
	}
	if err != nil {
		return Voucher{}, err
	}
	return v, nil
}

// NoVoucher is the fault of a voucher that does not exist, or not for the asker.
func NoVoucher() error {
	return fault.Newf(fault.NotFound, "没有这张券。", "There is no such voucher.")
}

// overtaken says who acted since the caller read the voucher.
func (s *Service) overtaken(ctx context.Context, v *Voucher) error {
	events, err := s.Store.Events(ctx, v.ID)
	who := i18n.Text{ZH: "账本", EN: "The ledger"}
	if len(events) > 0 && events[len(events)-1].Name != "" {
		who = said(events[len(events)-1].Name)
	}
	return fault.Newf(fault.Conflict, "%[2]s刚处理过券 %[1]s，本次没有写入：请刷新后再定。", "%[3]s acted on voucher %[1]s just now and nothing was written: reload and decide again.", v.Number, who.ZH, who.EN).Because(err)
}

// said is what a person typed: the same in both languages.
func said(text string) i18n.Text {
	text = strings.TrimSpace(text)
	return i18n.Text{ZH: text, EN: text}
}
