package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// desk is a small product with one case of an odd amount on its way.
type desk struct {
	*testing.T
	*product
	finance, cashier paying
	approver         acting
	second           acting
	id               string
}

func openDesk(t *testing.T) *desk {
	t.Helper()
	ctx := t.Context()
	p, err := openProduct(ctx, Config{Data: t.TempDir(), Sandbox: true, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	all := sandbox.Organisations()
	if err := p.party.Seed(ctx, sandbox.Population(all[:14])); err != nil {
		t.Fatal(err)
	}
	if _, err := p.facts.Append(ctx, sandbox.Facts(0, all[0], all)); err != nil {
		t.Fatal(err)
	}
	if err := p.fillBudgets(ctx, nil); err != nil {
		t.Fatal(err)
	}
	measure, object, err := p.fits(ctx, all[0].Code, policy.Held)
	if err != nil || measure == "" {
		t.Fatal(measure, err)
	}
	plan := sandbox.Plan{Wish: policy.Held, Applied: sandboxToday, Decided: sandboxToday, Countersigned: sandboxToday}
	if err := p.applyAs(ctx, all[0].Code, measure, object, plan); err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, product: p, finance: p.payingAs(ctx, sandbox.Principal(party.Finance, ""), sandboxToday), cashier: p.payingAs(ctx, sandbox.Cashier(), sandboxToday),
		approver: p.actingAs(ctx, party.Office, "", sandboxToday), second: p.actingAs(ctx, party.Finance, "", sandboxToday)}
	list, err := p.policy().Store.Applications(ctx, policy.ApplicationFilter{Limit: 2})
	if err != nil || len(list) != 1 || list[0].State != policy.Held {
		t.Fatalf("%+v %v", list, err)
	}
	d.id = list[0].ID
	if _, err := p.db.Q(ctx).ExecContext(ctx, `update application set channel = 'bank_file'`); err != nil { // as its call would have said
		t.Fatal(err)
	}
	return d
}

func (d *desk) application() policy.Application {
	d.Helper()
	a, err := d.policy().Store.Application(d.Context(), d.id)
	if err != nil {
		d.Fatal(err)
	}
	return a
}

func (d *desk) say() policy.DecisionInput {
	return policy.DecisionInput{ID: d.id, Version: d.application().Version, Opinion: "同意"}
}

func (d *desk) consent() {
	d.Helper()
	if _, err := d.second.Countersign(d.second.ctx, d.second.actor, d.say()); err != nil {
		d.Fatal(err)
	}
}

// live are the orders that stand, by "level/instalment".
func (d *desk) live() map[string]payment.Order {
	d.Helper()
	orders, err := d.finance.Live(d.Context(), d.id, d.application().Round)
	if err != nil {
		d.Fatal(err)
	}
	out := map[string]payment.Order{}
	for _, o := range orders {
		out[fmt.Sprintf("%s/%d", o.Purse.Level, o.Instalment)] = o
	}
	return out
}

// send takes all that waits in a purse to its bank.
func (d *desk) send(p ledger.Purse) {
	d.Helper()
	f, _, err := d.finance.MakeFile(d.finance.ctx, d.finance.actor, payment.FileInput{Purse: p})
	if err == nil {
		_, err = d.cashier.ReleaseFile(d.cashier.ctx, d.cashier.actor, f.ID, "核对无误")
	}
	if err != nil {
		d.Fatal(err)
	}
}

// answer brings the bank's word on an order and lets the books follow.
func (d *desk) answer(o payment.Order, result string) {
	d.Helper()
	line := fmt.Sprintf("%s,%s,paid,B%s,%s,", o.Number, o.Amount, o.Number, sandboxToday)
	if result == "failed" {
		line = fmt.Sprintf("%s,%s,failed,,%s,户名不符", o.Number, o.Amount, sandboxToday)
	}
	ret, _, err := d.finance.PreviewReturn(d.finance.ctx, d.finance.actor, o.Purse, "回单.csv", strings.NewReader("order,amount,result,reference,day,reason\n"+line+"\n"))
	if err == nil && ret.Bad > 0 {
		err = fmt.Errorf("a bad line: %+v", ret)
	}
	if err == nil {
		_, err = d.finance.AcceptReturn(d.finance.ctx, d.finance.actor, ret.ID)
	}
	if err == nil {
		_, err = d.intents.Drain(d.Context())
	}
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) pay(key string) {
	d.Helper()
	d.send(d.live()[key].Purse)
	d.answer(d.live()[key], "paid")
}

// stands asserts state and books: what each side's purse has paid out, and the
// same by the facts.
func (d *desk) stands(state policy.State, city, district money.Fen) {
	d.Helper()
	a := d.application()
	if a.State != state {
		d.Fatalf("the application is %s, want %s (%s)", a.State, state, a.Hindrance.EN)
	}
	budgets, err := d.ledger.Budgets(d.Context(), a.Guide)
	if err != nil {
		d.Fatal(err)
	}
	got := map[ledger.Level]money.Fen{}
	for _, b := range budgets {
		got[b.Purse.Level] += b.Paid
	}
	facts, err := d.facts.Known(d.Context(), a.Org, sandboxToday)
	if err != nil {
		d.Fatal(err)
	}
	said := map[string]money.Fen{}
	for _, f := range facts {
		if f.Kind == "support.paid" && f.Attributes["measure"] == a.Measure {
			amount, err := f.Fen()
			if err != nil {
				d.Fatal(err)
			}
			said[f.Attributes["level"]] += amount
		}
	}
	if got[ledger.City] != city || got[ledger.District] != district || said["city"] != city || said["district"] != district {
		d.Fatalf("paid by the books %v, by the facts %v, want city %s and district %s", got, said, city, district)
	}
	if _, err := d.ledger.Verify(d.Context()); err != nil {
		d.Fatal(err)
	}
}

// One half is late: the other is booked and recorded, and the case is paid once
// the corrected order was.
func TestABankFilePaysEachHalfByItself(t *testing.T) {
	d := openDesk(t)
	a := d.application()
	d.consent()
	d.stands(policy.Paying, 0, 0)
	if now := d.application(); now.WaitsFor() != "bank" {
		t.Fatalf("waits for %s", now.WaitsFor())
	}
	d.pay("city/1")
	d.stands(policy.Paying, a.City, 0)
	if now := d.application(); now.CityPaid != sandboxToday || now.DistrictPaid != "" {
		t.Fatalf("%+v", now)
	}
	d.send(d.live()["district/1"].Purse)
	d.answer(d.live()["district/1"], "failed")
	d.stands(policy.Paying, a.City, 0)
	o := d.live()["district/1"]
	if _, err := d.finance.Reissue(d.finance.ctx, d.finance.actor, payment.OrderInput{ID: o.ID, Version: o.Version, Reason: "户名更正"}); err != nil {
		t.Fatal(err)
	}
	d.pay("district/1")
	d.stands(policy.Paid, a.City, a.District)
	if a.City+a.District != a.Amount {
		t.Fatalf("%s and %s of %s", a.City, a.District, a.Amount)
	}
	reports, err := d.finance.Store.Reports(t.Context(), payment.ReportFilter{Case: d.id})
	if err != nil || len(reports) != 1 || reports[0].Paid != sandboxToday {
		t.Fatalf("%+v %v", reports, err)
	}
	if record, err := d.facts.Get(t.Context(), fmt.Sprintf("paid-%s-1-city", d.id)); err != nil || record.Attestor != evidence.Department {
		t.Fatalf("%+v %v", record, err)
	}
}

// Instalments leave the treasury one by one; the case is paid after the last.
func TestInstalmentsLeaveTheTreasuryOneByOne(t *testing.T) {
	d := openDesk(t)
	a := d.application()
	office := payment.Actor(d.approver.actor)
	if _, err := d.finance.SetPlan(d.approver.ctx, office, payment.PlanInput{Case: d.id, Reason: "分两期", Parts: []payment.PartInput{
		{Share: "0.3"}, {Share: "0.7", Milestone: "服务满半年", Confirms: "office"}}}); err != nil {
		t.Fatal(err)
	}
	d.consent()
	if len(d.live()) != 2 {
		t.Fatalf("%+v", d.live())
	}
	first := d.live()["city/1"].Amount
	d.pay("city/1")
	d.stands(policy.Paying, first, 0)
	if err := d.finance.ConfirmMilestone(d.approver.ctx, office, payment.MilestoneInput{Case: d.id, N: 2, Note: "属实"}); err != nil {
		t.Fatal(err)
	}
	d.pay("city/2")
	d.stands(policy.Paying, a.City, 0)
	if d.application().CityPaid == "" {
		t.Fatal("the city's half is paid and has no day")
	}
	d.send(d.live()["district/1"].Purse) // both of the district's
	d.answer(d.live()["district/2"], "paid")
	d.answer(d.live()["district/1"], "paid")
	d.stands(policy.Paid, a.City, a.District)
}

// A cancelled order brings the case back to whoever countersigns; nothing is
// sent back that the bank may pay, and nothing is paid twice.
func TestACancelledOrderIsIssuedAnewOrTheCaseGoesBack(t *testing.T) {
	d := openDesk(t)
	a := d.application()
	cancel := func(key string) {
		t.Helper()
		o := d.live()[key]
		o, err := d.finance.AskCancel(d.finance.ctx, d.finance.actor, payment.OrderInput{ID: o.ID, Version: o.Version, Reason: "重复"})
		if err == nil {
			_, err = d.cashier.AnswerCancel(d.cashier.ctx, d.cashier.actor, payment.OrderInput{ID: o.ID, Version: o.Version, Reason: "同意"}, true)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	sendBack := func() error {
		_, err := d.second.SendBack(d.second.ctx, d.second.actor, d.say())
		return err
	}
	d.consent()
	cancel("city/1")
	d.stands(policy.Paying, 0, 0) // the district's order still stands
	d.pay("district/1")
	d.stands(policy.Held, 0, a.District)
	if err := sendBack(); !fault.Is(err, fault.Conflict) {
		t.Fatalf("half of it is paid, sending back gave %v", err)
	}
	d.consent()
	if o := d.live()["city/1"]; o.Attempt != 2 || len(d.live()) != 2 {
		t.Fatalf("%+v", d.live())
	}
	d.pay("city/1")
	d.stands(policy.Paid, a.City, a.District)

	d = openDesk(t)
	d.consent()
	cancel("city/1")
	cancel("district/1")
	d.stands(policy.Held, 0, 0)
	if err := sendBack(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.intents.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.stands(policy.Submitted, 0, 0)
}

// The ledger refuses what the bank paid: nothing is lost, the case waits for a
// person and says why.
func TestTheLedgerRefusesWhatTheBankPaid(t *testing.T) {
	d := openDesk(t)
	a := d.application()
	d.consent()
	hold := fmt.Sprintf("application/%s/1/city/hold", d.id)
	if answers, err := d.ledger.Apply(t.Context(), []ledger.Transfer{{ID: "by-hand", Kind: ledger.Void, Hold: hold}}); err != nil || answers[0].Err != nil {
		t.Fatal(answers, err)
	}
	d.pay("district/1")
	d.pay("city/1")
	d.stands(policy.Held, 0, a.District)
	if d.application().Hindrance.IsZero() || d.live()["city/1"].State != payment.Paid {
		t.Fatalf("%+v", d.application())
	}
	if _, err := d.second.SendBack(d.second.ctx, d.second.actor, d.say()); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	d.consent() // asks again, under new ids
	if _, err := d.intents.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.stands(policy.Held, 0, a.District)
	if n := len(d.live()); n != 2 {
		t.Fatalf("%d orders stand: nothing is ordered twice", n)
	}
}
