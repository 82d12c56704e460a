package payment_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/payment/paymenttest"
)

// room is the payment room with short words for its tests.
type room struct{ *paymenttest.Room }

func openRoom(t testing.TB) room { return roomOn(dbtest.SQLite(t)) }

func roomOn(d *db.DB) room {
	facts := &evidence.Service{Store: evidencesql.New(d), Clock: clock.NewManual(paymenttest.Start), IDs: &ident.Sequence{}, Random: rand.Reader}
	return room{paymenttest.OpenRoom(d, facts, nil)}
}

func text(s string) io.Reader { return strings.NewReader(s) }

func (r room) issue(t testing.TB, a payment.Award) []payment.Order {
	t.Helper()
	r.Told.Grant(a)
	orders, err := r.Issue(t.Context(), paymenttest.Consenter, a)
	if err != nil {
		t.Fatal(err)
	}
	return orders
}

// send puts all that waits in a purse into a released file.
func (r room) send(t testing.TB, p ledger.Purse) payment.BankFile {
	t.Helper()
	f, _, err := r.MakeFile(t.Context(), paymenttest.Consenter, payment.FileInput{Purse: p})
	if err == nil {
		f, err = r.ReleaseFile(t.Context(), paymenttest.Releaser, f.ID, "放行")
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (r room) preview(t testing.TB, p ledger.Purse, csv string) payment.ReturnFile {
	t.Helper()
	ret, _, err := r.PreviewReturn(t.Context(), paymenttest.Consenter, p, "回单.csv", text(csv))
	if err != nil {
		t.Fatal(err)
	}
	return ret
}

func (r room) accept(t testing.TB, p ledger.Purse, csv string) payment.ReturnFile {
	t.Helper()
	ret, err := r.AcceptReturn(t.Context(), paymenttest.Consenter, r.preview(t, p, csv).ID)
	if err != nil {
		t.Fatal(err)
	}
	return ret
}

// verdicts are a return's, by line.
func (r room) verdicts(t testing.TB, ret payment.ReturnFile) (out []payment.Verdict) {
	t.Helper()
	lines, err := r.Store.ReturnLines(t.Context(), ret.ID, payment.EveryLine, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		out = append(out, l.Verdict)
	}
	return out
}

func (r room) order(t testing.TB, id string) payment.Order {
	t.Helper()
	o, err := r.Store.Order(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

const today = "2025-10-22"

func paid(o payment.Order) []string {
	return []string{o.Number, o.Amount.String(), "paid", "B" + o.Number, today, ""}
}

func failed(o payment.Order) []string {
	return []string{o.Number, o.Amount.String(), "failed", "", today, "户名不符"}
}

func wants(t testing.TB, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// One half fails while the other is paid: that is seen, the paid half is told
// at once, and the failed one is reissued to a corrected account and paid.
func TestOneHalfFailsWhileTheOtherIsPaid(t *testing.T) {
	r := openRoom(t)
	a := paymenttest.Award("a", 100, 101)
	orders := r.issue(t, a)
	if again := r.issue(t, a); len(orders) != 2 || len(again) != 2 || again[0].ID != orders[0].ID {
		t.Fatalf("issuing twice gave %+v", again)
	}
	if orders[0].Purpose != "政策兑现 002-2 QM-a" || orders[1].Amount != 101 {
		t.Fatalf("%+v", orders)
	}
	r.send(t, paymenttest.City)
	r.send(t, paymenttest.District)
	r.accept(t, paymenttest.City, paymenttest.ReturnCSV(paid(orders[0])))
	r.accept(t, paymenttest.District, paymenttest.ReturnCSV(failed(orders[1])))
	if got := r.Told.PaidTo("a", ledger.City); got != 100 || len(r.Told.Fails) != 1 || r.Told.Fails[0].Why != "户名不符" || !r.Told.Settles[0].Last() {
		t.Fatalf("told %+v and %+v", r.Told.Settles, r.Told.Fails)
	}
	shown, err := r.OneCase(t.Context(), paymenttest.Office, "a")
	if err != nil || !shown.Differs || shown.Paid != 100 {
		t.Fatalf("%+v %v", shown, err)
	}
	if look, err := r.Overview(t.Context()); err != nil || look.Differing != 1 {
		t.Fatalf("%+v %v", look, err)
	}
	r.Banks.Replacement = party.PayeeAccount{ID: "payee_2", Org: paymenttest.Org, Holder: "示例科技有限公司", Bank: "另一银行", BankCode: "103701000018", Number: "6222020000007654321", State: party.Active}
	stale := payment.OrderInput{ID: orders[1].ID, Version: 1, Reason: "更正账户"}
	_, err = r.Reissue(t.Context(), paymenttest.Consenter, stale)
	wants(t, err, fault.Conflict)
	stale.Version = r.order(t, orders[1].ID).Version
	fresh, err := r.Reissue(t.Context(), paymenttest.Consenter, stale)
	if err != nil {
		t.Fatal(err)
	}
	if fresh.Replaces != orders[1].ID || fresh.Payee.Tail != "4321" || fresh.Attempt != 2 || fresh.Number == orders[1].Number || r.order(t, orders[1].ID).State != payment.Replaced {
		t.Fatalf("%+v", fresh)
	}
	r.send(t, paymenttest.District)
	r.accept(t, paymenttest.District, paymenttest.ReturnCSV(paid(fresh)))
	if got := r.Told.PaidTo("a", ledger.District); got != 101 {
		t.Fatalf("the district paid %d", got)
	}
	if shown, err = r.OneCase(t.Context(), paymenttest.Office, "a"); err != nil || shown.Differs || shown.Paid != 201 {
		t.Fatalf("%+v %v", shown, err)
	}
	one, err := r.OneOrder(t.Context(), paymenttest.Consenter, fresh.ID)
	if err != nil || one.Account != "6222020000007654321" || len(one.Steps) != 3 {
		t.Fatalf("%+v %v", one, err)
	}
	if one, err = r.OneOrder(t.Context(), paymenttest.Firm, fresh.ID); err != nil || one.Account != "****4321" {
		t.Fatalf("the organisation sees %s, %v", one.Account, err)
	}
	_, err = r.OneOrder(t.Context(), payment.Actor{Role: "org_manager", Org: "91520100MA6E00002X"}, fresh.ID)
	wants(t, err, fault.NotFound)
}

func TestCancellingTakesTwoPeopleAndANewEntry(t *testing.T) {
	r := openRoom(t)
	a := paymenttest.Award("c", 100, 100)
	o := r.issue(t, a)[0]
	in := func() payment.OrderInput {
		return payment.OrderInput{ID: o.ID, Version: r.order(t, o.ID).Version, Reason: "账户有误"}
	}
	if _, err := r.AskCancel(t.Context(), paymenttest.Consenter, in()); err != nil {
		t.Fatal(err)
	}
	_, _, err := r.MakeFile(t.Context(), paymenttest.Consenter, payment.FileInput{Purse: paymenttest.City, Orders: []string{o.ID}})
	wants(t, err, fault.Conflict)
	_, err = r.AnswerCancel(t.Context(), paymenttest.Consenter, in(), true)
	wants(t, err, fault.Forbidden)
	if back, err := r.AnswerCancel(t.Context(), paymenttest.Releaser, in(), false); err != nil || back.State != payment.Waiting {
		t.Fatalf("%+v %v", back, err)
	}
	if _, err := r.AskCancel(t.Context(), paymenttest.Consenter, in()); err != nil {
		t.Fatal(err)
	}
	if gone, err := r.AnswerCancel(t.Context(), paymenttest.Releaser, in(), true); err != nil || gone.State != payment.Cancelled || len(r.Told.Cancels) != 1 {
		t.Fatalf("%+v %v", gone, err)
	}
	if anew := r.issue(t, a); len(anew) != 2 || anew[0].Attempt != 2 || anew[0].Replaces != o.ID {
		t.Fatalf("a new consent issues anew, got %+v", anew)
	}
	r.send(t, paymenttest.City)
	o = r.issue(t, a)[0]
	_, err = r.AskCancel(t.Context(), paymenttest.Consenter, in())
	wants(t, err, fault.Conflict) // it is with the bank
	steps, err := r.Store.Events(t.Context(), o.Replaces)
	if err != nil || len(steps) != 5 {
		t.Fatalf("%+v %v", steps, err)
	}
	if n := r.Acts.Count("payment.order.cancel"); n != 1 {
		t.Fatalf("%d audit entries", n)
	}
}

// A performance report is asked once everything is paid, is due by the term,
// and becomes facts when it is accepted.
func TestReportIsDueAfterPaymentAndBecomesFacts(t *testing.T) {
	r := openRoom(t)
	a := paymenttest.Award("r", 350, 350)
	a.Report = payment.Term{Days: 10, Workdays: true, Indicators: []payment.Indicator{{ID: "users", Name: twice("用户"), Unit: twice("家"), Expected: "5"}}}
	orders := r.issue(t, a)
	r.send(t, paymenttest.City)
	r.send(t, paymenttest.District)
	r.accept(t, paymenttest.City, paymenttest.ReturnCSV(paid(orders[0])))
	if asked, err := r.Store.Reports(t.Context(), payment.ReportFilter{}); err != nil || len(asked) != 0 {
		t.Fatal("asked before all is paid", asked, err)
	}
	r.accept(t, paymenttest.District, paymenttest.ReturnCSV(paid(orders[1])))
	asked, err := r.Store.Reports(t.Context(), payment.ReportFilter{Org: paymenttest.Org})
	if err != nil || len(asked) != 1 || asked[0].Due != "2025-11-05" {
		t.Fatalf("%+v %v", asked, err)
	}
	id := asked[0].ID
	if err := r.AskReport(t.Context(), a, today); err != nil {
		t.Fatal(err)
	}
	submit := func(by payment.Actor, outputs ...payment.Output) error {
		rep, err := r.Store.Report(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.SubmitReport(t.Context(), by, payment.SubmitInput{ID: id, Version: rep.Version, Outputs: outputs, Text: "做成了"})
		return err
	}
	reached := payment.Output{Indicator: "users", Reached: "6.5"}
	wants(t, submit(paymenttest.Firm, reached), fault.Invalid) // nothing shows it
	wants(t, r.AttachReport(t.Context(), payment.Actor{Role: "org_manager", Org: "91520100MA6E00002X"}, id, "a.txt", text("x")), fault.NotFound)
	if err := r.AttachReport(t.Context(), paymenttest.Firm, id, "名单.txt", text("六家半")); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]payment.Output{nil, {reached, reached}, {{Indicator: "others", Reached: "1"}}, {{Indicator: "users", Reached: "-1"}}, {{Indicator: "users", Reached: "1e3"}}} {
		wants(t, submit(paymenttest.Firm, bad...), fault.Invalid)
	}
	if err := submit(paymenttest.Firm, reached); err != nil {
		t.Fatal(err)
	}
	wants(t, submit(paymenttest.Firm, reached), fault.Conflict)
	answer := func(accept bool) error {
		rep, err := r.Store.Report(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.AnswerReport(t.Context(), paymenttest.Office, payment.AnswerInput{ID: id, Version: rep.Version, Accept: accept, Reason: "已核"})
		return err
	}
	if err := answer(false); err != nil {
		t.Fatal(err)
	}
	reached.Reached = "7"
	if err := submit(paymenttest.Firm, reached); err != nil {
		t.Fatal(err)
	}
	if err := answer(true); err != nil {
		t.Fatal(err)
	}
	wants(t, answer(true), fault.Conflict)
	if _, err := r.Facts.Append(t.Context(), []evidence.Fact{{ID: "paid", Kind: "support.paid", Subject: paymenttest.Org, Object: a.Matter, Quantity: "7.00", Occurred: today, Attestor: evidence.Department,
		Attributes: map[string]string{"measure": "002-2", "matter": a.Matter, "level": "city"}}}); err != nil {
		t.Fatal(err)
	}
	r.Books = noBudgets{}
	rows, err := r.Performance(t.Context(), 2025)
	if err != nil || len(rows) != 1 || rows[0].Paid != 700 || len(rows[0].Outputs) != 1 {
		t.Fatalf("%+v %v", rows, err)
	}
	if out := rows[0].Outputs[0]; out.Reached != "7" || out.Cost.Exact != "100" || out.Cost.Fen != 100 || out.Facts[0] != "output-r-1-users" || out.Indicator.Name.ZH != "用户" {
		t.Fatalf("%+v", out)
	}
}

func TestBadAwardsAreRefused(t *testing.T) {
	r := openRoom(t)
	for name, spoil := range map[string]func(*payment.Award){
		"no case":          func(a *payment.Award) { a.Case = "" },
		"no money":         func(a *payment.Award) { a.City.Amount, a.District.Amount = 0, 0 },
		"negative":         func(a *payment.Award) { a.City.Amount = -1 },
		"a strange purse":  func(a *payment.Award) { a.City.Purse.Level = "nation" },
		"no round":         func(a *payment.Award) { a.Round = 0 },
		"no account":       func(a *payment.Award) { a.Payee.Account = "" },
		"a term of no use": func(a *payment.Award) { a.Report.Days = 3 },
		"doubled indicator": func(a *payment.Award) {
			ind := payment.Indicator{ID: "x", Name: twice("x"), Unit: twice("x")}
			a.Report = payment.Term{Days: 3, Indicators: []payment.Indicator{ind, ind}}
		},
	} {
		a := paymenttest.Award("bad", 1, 1)
		spoil(&a)
		if _, err := r.Issue(t.Context(), paymenttest.Consenter, a); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if orders := r.issue(t, paymenttest.Award("half", 0, 5)); len(orders) != 1 || orders[0].Purse != paymenttest.District {
		t.Fatalf("%+v", orders)
	}
}

// Two people send the same consent, and two accept the same return, at once.
func TestAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := roomOn(d)
		a := paymenttest.Award("once", 10, 11)
		r.Told.Grant(a)
		together(t, 4, func() error {
			_, err := r.Issue(t.Context(), paymenttest.Consenter, a)
			return err
		})
		orders, err := r.Live(t.Context(), "once", 1)
		if err != nil || len(orders) != 2 {
			t.Fatal(len(orders), err)
		}
		f := r.send(t, paymenttest.City)
		ret := r.preview(t, paymenttest.City, paymenttest.ReturnCSV(paid(orders[0])))
		together(t, 4, func() error {
			_, err := r.AcceptReturn(t.Context(), paymenttest.Consenter, ret.ID)
			return err
		})
		if len(r.Told.Settles) != 1 || f.Count != 1 {
			t.Fatalf("told %d times", len(r.Told.Settles))
		}
	})
}

func together(t *testing.T, n int, do func() error) {
	t.Helper()
	errs := make(chan error, n)
	for range n {
		go func() { errs <- do() }()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestUnmatchedLinesStayUntilResolved(t *testing.T) {
	r := openRoom(t)
	ret := r.accept(t, paymenttest.City, paymenttest.ReturnCSV([]string{"ZF-2025-9999", "1.00", "paid", "B1", today, ""}))
	open, err := r.Store.Unmatched(t.Context(), nil, 9)
	if err != nil || len(open) != 1 || ret.Bad != 1 {
		t.Fatalf("%+v %v", open, err)
	}
	_, err = r.Resolve(t.Context(), paymenttest.Consenter, ret.ID, 2, "  ")
	wants(t, err, fault.Invalid)
	_, err = r.Resolve(t.Context(), paymenttest.Consenter, ret.ID, 3, "没有这行")
	wants(t, err, fault.NotFound)
	if l, err := r.Resolve(t.Context(), paymenttest.Consenter, ret.ID, 2, "银行确认为他行款项"); err != nil || l.ResolvedName != "甲" {
		t.Fatalf("%+v %v", l, err)
	}
	_, err = r.Resolve(t.Context(), paymenttest.Consenter, ret.ID, 2, "再写一次")
	wants(t, err, fault.Conflict)
	if n, err := r.Store.CountUnmatched(t.Context()); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	if got := fmt.Sprint(r.verdicts(t, ret)); got != "[unknown]" {
		t.Fatal(got)
	}
}

func twice(s string) i18n.Text { return i18n.Text{ZH: s, EN: s} }

// noBudgets is a ledger without programmes.
type noBudgets struct{}

func (noBudgets) Budgets(context.Context, int) ([]ledger.Budget, error) { return nil, nil }
