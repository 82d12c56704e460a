package recoverytest

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// Wish is what a case shall come to.
type Wish struct {
	Ground   recovery.Ground
	Amount   money.Fen
	Interest recovery.Interest
	Exclude  clock.Date
}

// Decide walks a new case over applications to a confirmed decision, with one
// instalment due in a month.
func (r *Room) Decide(ctx context.Context, org ident.CreditCode, w Wish, applications ...string) (recovery.Case, error) {
	c, err := r.Heard(ctx, org, w, applications...)
	if err != nil {
		return c, err
	}
	charge, err := w.Interest.On(w.Amount)
	if err != nil {
		return c, err
	}
	plan := []recovery.Instalment{{Due: r.Time.Today().AddDays(30), Amount: w.Amount + charge}}
	if c, err = r.Service.Decide(ctx, Office, recovery.DecisionInput{Step: r.step(c, "决定追缴。"), Amount: w.Amount, Interest: w.Interest, Instalments: plan, Exclude: w.Exclude}); err != nil {
		return c, err
	}
	return r.Confirm(ctx, Finance, r.step(c, "复核无误。"))
}

// Heard walks a new case to the end of the hearing.
func (r *Room) Heard(ctx context.Context, org ident.CreditCode, w Wish, applications ...string) (recovery.Case, error) {
	c, err := r.Service.Open(ctx, Office, recovery.OpenInput{Org: org, Ground: w.Ground, Applications: applications, Reason: "抽查发现材料不实。", Authority: recovery.Authority{Words: "《财政违法行为处罚处分条例》第十四条"}})
	if err != nil {
		return c, err
	}
	if c, err = r.AddPaper(ctx, Office, c.ID, "核查报告.txt", strings.NewReader("核查报告 "+c.ID)); err != nil {
		return c, err
	}
	if c, err = r.Prove(ctx, Office, r.step(c, "合同与发票不符。")); err != nil {
		return c, err
	}
	if c, err = r.Notify(ctx, Office, recovery.NoticeInput{Step: r.step(c, "拟追缴全部资金。"), Days: 5, Listing: w.Exclude != ""}); err != nil {
		return c, err
	}
	if c, err = r.State(ctx, Firm(org), recovery.StatementInput{ID: c.ID, Text: "愿意退回。"}); err != nil {
		return c, err
	}
	return r.Hear(ctx, Office, r.step(c, "当事人无异议。"))
}

func (r *Room) step(c recovery.Case, reason string) recovery.Step {
	return recovery.Step{ID: c.ID, Version: c.Version, Reason: reason}
}

// Settled lets the ledger answer all that was asked, and reads the case.
func (r *Room) Settled(ctx context.Context, id string) (recovery.Case, error) {
	if _, err := r.Queue.Drain(ctx); err != nil {
		return recovery.Case{}, err
	}
	return r.Store.Case(ctx, id)
}
