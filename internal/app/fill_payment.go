package app

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
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
		party.AsActor(who)}
}

// divide plans a case's instalments, by which it goes through the banks: most in
// one part, some with the rest after half a year.
func (p *product) divide(office acting, id string, plan sandbox.Plan) error {
	parts := []payment.PartInput{{Share: "1"}}
	if plan.Index%4 == 1 {
		parts = []payment.PartInput{{Share: "0.6"}, {Share: "0.4", Milestone: "服务满半年，调用量达到申报承诺", Evidence: "用量报告", Confirms: "office", Due: "2026-04-30"}}
	}
	_, err := p.paymentsOf(office.Service).SetPlan(office.ctx, payment.Actor(office.actor), payment.PlanInput{Case: id, Parts: parts, Reason: "经银行文件付款"})
	return err
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
		f, _, err := maker.MakeFile(maker.ctx, maker.actor, payment.FileInput{Purse: purse, Orders: ids})
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
	if _, err := p.intents.Drain(ctx); err != nil {
		return err
	}
	return p.fillReports(ctx)
}

// fillReports hands in two of the reports that are due; the office accepts one.
func (p *product) fillReports(ctx context.Context) error {
	office := p.actingAs(ctx, party.Office, "", sandboxToday)
	room := p.paymentsOf(office.Service)
	due, err := room.Store.Reports(ctx, payment.ReportFilter{Limit: 2})
	if err != nil {
		return err
	}
	for i, r := range due {
		firm := p.actingAs(ctx, party.OrgManager, r.Org, sandboxToday)
		by := payment.Actor(firm.actor)
		if err := room.AttachReport(firm.ctx, by, r.ID, "服务清单.csv", strings.NewReader("序号,服务对象\n1,演示单位甲\n2,演示单位乙\n")); err != nil {
			return err
		}
		in := payment.SubmitInput{ID: r.ID, Version: r.Version, Text: "支持资金用于扩充服务，清单见附件。"}
		for _, ind := range r.Indicators {
			in.Outputs = append(in.Outputs, payment.Output{Indicator: ind.ID, Reached: "23"})
		}
		r, err := room.SubmitReport(firm.ctx, by, in)
		if err != nil {
			return err
		}
		if i == 0 {
			if _, err := room.AnswerReport(office.ctx, payment.Actor(office.actor), payment.AnswerInput{ID: r.ID, Version: r.Version, Accept: true, Reason: "清单核对无误。"}); err != nil {
				return err
			}
		}
	}
	return nil
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
