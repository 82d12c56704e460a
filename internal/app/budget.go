package app

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/budget"
	budgetsql "github.com/qianmo/qianmo/internal/policy/budget/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// budgetsOn is the room of budget orders as of a clock, for the region of a
// policy domain.
func (p *product) budgetsOn(c clock.Clock, cases *policy.Service) *budget.Service {
	return &budget.Service{Store: budgetsql.New(p.db, c), Books: p.ledger, Treasury: p.intents, Region: budgetRegion{cases}, Registry: p.party,
		Messages: budgetMessages{p.messages}, Clock: c, IDs: p.ids}
}

// budgetRegion is the region pack as the room of budget orders needs it.
type budgetRegion struct{ policy *policy.Service }

// Purses implements budget.Region: the province's, the city's, and that of each
// district.
func (r budgetRegion) Purses() []budget.NamedPurse {
	province := ledger.Purse{Level: ledger.Province, Code: cityPurse[:2] + "0000"}
	city := ledger.Purse{Level: ledger.City, Code: cityPurse}
	all := []budget.NamedPurse{{Purse: province, Name: i18n.Text{ZH: "省级财政", EN: "Provincial finance"}}, {Purse: city, Name: r.policy.PurseName(city)}}
	for _, place := range r.policy.Pack.Region.Places {
		if place.Code != cityPurse {
			all = append(all, budget.NamedPurse{Purse: ledger.Purse{Level: ledger.District, Code: place.Code}, Name: place.Purse})
		}
	}
	return all
}

// Measure implements budget.Region.
func (r budgetRegion) Measure(id string) (i18n.Text, bool) {
	m, err := r.policy.Pack.Measure(id)
	if err != nil {
		return i18n.Text{}, false
	}
	return m.Name, true
}

// budgetMessages is the message room as the room of budget orders needs it.
type budgetMessages struct{ *message.Service }

// Tell implements budget.Messages: finance, but whoever may not confirm.
func (m budgetMessages) Tell(ctx context.Context, told budget.Told) error {
	_, err := m.Post(ctx, message.Message{Key: told.Key, Topic: budget.ToldConfirm, Title: told.Title, Body: told.Body, At: told.At,
		Link: "/budgets/" + told.Order, About: message.About{Kind: "budget_order", ID: told.Order}}, message.ToRole(party.Finance).Except(told.Writer))
	return err
}

// budgeting is the room of budget orders on some day, for a person of finance.
type budgeting struct {
	*budget.Service
	ctx   context.Context
	actor budget.Actor
}

func (p *product) budgetingAs(ctx context.Context, who httpapi.Principal, day clock.Date) budgeting {
	return budgeting{p.deliveryToday(clock.OnDay{Day: day}).budgets, httpapi.WithPrincipal(ctx, who), party.AsActor(who)}
}

// order gives programmes money by an order that finance writes and its second
// person confirms, on a day.
func (p *product) order(ctx context.Context, day clock.Date, basis string, lines []budget.LineInput) error {
	if len(lines) == 0 {
		return nil
	}
	writer, second := p.budgetingAs(ctx, sandbox.Principal(party.Finance, ""), day), p.budgetingAs(ctx, sandbox.Cashier(), day)
	o, err := writer.Propose(writer.ctx, writer.actor, budget.ProposeInput{Year: sandboxToday.Year(), Basis: basis, Lines: lines})
	if err != nil {
		return err
	}
	if o, err = second.Confirm(second.ctx, second.actor, budget.Step{ID: o.ID, Version: o.Version}); err == nil && o.State != budget.Confirmed {
		err = fmt.Errorf("budget order %s is %s", o.Number, o.State)
	}
	return err
}

// fillOrders leaves one order refused and the one that was written instead
// waiting for its second person.
func (p *product) fillOrders(ctx context.Context, guide *rule.Guide) error {
	city, measure := ledger.Purse{Level: ledger.City, Code: cityPurse}, guide.Budgets[0].Measure
	for _, wish := range sandbox.OpenBudgets() {
		writer := p.budgetingAs(ctx, sandbox.Principal(party.Finance, ""), wish.Day)
		o, err := writer.Propose(writer.ctx, writer.actor, budget.ProposeInput{Year: guide.Year, Basis: wish.Basis, Lines: []budget.LineInput{lineOf(city, measure, wish.Amount)}})
		if err != nil {
			return err
		}
		if wish.Refusal == "" {
			continue
		}
		second := p.budgetingAs(ctx, sandbox.Cashier(), wish.Day)
		if _, err := second.Refuse(second.ctx, second.actor, budget.Step{ID: o.ID, Version: o.Version, Reason: wish.Refusal}); err != nil {
			return err
		}
	}
	return nil
}

// budgetAccess: finance writes, in a browser; whoever reads the books reads the
// orders behind them. Who may confirm which, the room checks.
func budgetAccess() httpapi.Table {
	finance := roles(party.Finance)
	return httpapi.Table{
		"listBudgetOrders":    {Roles: readers()},
		"getBudgetOrder":      {Roles: readers()},
		"listBudgetPurses":    {Roles: readers()},
		"listUnusedBudgets":   {Roles: readers()},
		"previewBudgetOrder":  {Roles: finance},
		"proposeBudgetOrder":  {Roles: finance, Session: true},
		"confirmBudgetOrder":  {Roles: finance, Session: true},
		"refuseBudgetOrder":   {Roles: finance, Session: true},
		"withdrawBudgetOrder": {Roles: finance, Session: true},
	}
}
