package app

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// paying is the payment room on some day, for a person of finance.
type paying struct {
	*payment.Service
	ctx   context.Context
	actor payment.Actor
}

func (p *product) payingAs(ctx context.Context, who httpapi.Principal, day clock.Date) paying {
	return paying{p.paymentsOf(p.deliveryToday(clock.OnDay{Day: day}).policy), httpapi.WithPrincipal(ctx, who),
		payment.Actor{Person: who.PersonID, Name: who.Name, Role: string(who.Role)}}
}

// fillPayments sends each purse's orders to its bank and brings the answers
// back: all are paid but one, which leaves a case whose halves differ, and one
// line is of an order that nobody knows. What was countersigned later waits.
func (p *product) fillPayments(ctx context.Context, _ []sandbox.Organisation) error {
	maker, releaser := p.payingAs(ctx, sandbox.Principal("finance", ""), sandbox.FilesReleased), p.payingAs(ctx, sandbox.Cashier(), sandbox.FilesReleased)
	orders, err := maker.Store.Orders(ctx, payment.OrderFilter{States: []payment.OrderState{payment.Waiting}, Limit: 1000})
	if err != nil {
		return err
	}
	byPurse := map[ledger.Purse][]payment.Order{}
	var purses []ledger.Purse
	for _, o := range orders {
		if o.Due > sandbox.FilesReleased {
			continue
		}
		if len(byPurse[o.Purse]) == 0 {
			purses = append(purses, o.Purse)
		}
		byPurse[o.Purse] = append(byPurse[o.Purse], o)
	}
	failing := true // the first district's first order
	for _, purse := range purses {
		var ids []string
		for _, o := range byPurse[purse] {
			ids = append(ids, o.ID)
		}
		f, err := maker.MakeFile(maker.ctx, maker.actor, payment.FileInput{Purse: purse, Orders: ids})
		if err != nil {
			return err
		}
		if _, err := releaser.ReleaseFile(releaser.ctx, releaser.actor, f.ID, "金额、户名核对无误，放行。"); err != nil {
			return err
		}
		if err := p.fillReturn(ctx, purse, byPurse[purse], failing && purse.Level == ledger.District); err != nil {
			return err
		}
		failing = failing && purse.Level != ledger.District
	}
	_, err = p.intents.Drain(ctx)
	return err
}

// fillReturn answers for a purse's bank.
func (p *product) fillReturn(ctx context.Context, purse ledger.Purse, orders []payment.Order, failing bool) error {
	var text strings.Builder
	w := csv.NewWriter(&text)
	line := func(cells ...string) { _ = w.Write(cells) } // a builder takes everything
	line("指令号", "金额", "结果", "银行流水号", "日期", "原因")
	for i, o := range orders {
		if failing && i == 0 {
			line(o.Number, o.Amount.String(), "失败", "", string(sandbox.BankAnswered), "账户状态异常，退回")
			continue
		}
		line(o.Number, o.Amount.String(), "成功", fmt.Sprintf("DEMO%s%06d", purse.Code, i+1), string(sandbox.BankAnswered), "")
	}
	if purse.Level == ledger.City {
		line("ZF-2025-9999", "88000.00", "成功", "DEMO999999", string(sandbox.BankAnswered), "")
	}
	w.Flush()
	finance := p.payingAs(ctx, sandbox.Principal("finance", ""), sandbox.BankAnswered)
	ret, _, err := finance.PreviewReturn(finance.ctx, finance.actor, purse, "演示回单-"+purse.Code+".csv", strings.NewReader(text.String()))
	if err != nil {
		return err
	}
	_, err = finance.AcceptReturn(finance.ctx, finance.actor, ret.ID)
	return err
}
