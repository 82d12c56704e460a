package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// TestTheClockGoesBackBetweenSteps pays a case while the machine's clock is set
// back by a day, or a year, and put right again between the steps: each half is
// paid once, no number is used twice, and no working day counts below zero.
func TestTheClockGoesBackBetweenSteps(t *testing.T) {
	for name, days := range map[string]int{"a day": 1, "a year": 365} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			a, early := d.application(), sandboxToday.AddDays(-days)
			second := d.actingAs(t.Context(), party.Finance, "", early)
			if _, err := second.Countersign(second.ctx, second.actor, d.say()); err != nil {
				t.Fatal(err)
			}
			if p := d.application().Promise; p.Used < 0 || p.Since < a.Promise.Since {
				t.Errorf("working days went from %+v to %+v", a.Promise, p)
			}
			numbers := map[string]bool{}
			once := func(number string) {
				t.Helper()
				if numbers[number] {
					t.Errorf("the number %s is given twice", number)
				}
				numbers[number] = true
			}
			for _, o := range d.live() {
				once(o.Number)
			}
			for i, key := range []string{"city/1", "district/1"} {
				d.paidThrough(key, i == 0, days, once)
			}
			d.stands(policy.Paid, a.City, a.District)
		})
	}
}

// paidThrough takes an order to its bank and back. The file, when it is made
// early, or else the answer meets a clock that was set back.
func (d *desk) paidThrough(key string, early bool, days int, once func(number string)) {
	d.Helper()
	before := sandboxToday.AddDays(-days)
	day := sandboxToday
	if early {
		day = before
	}
	maker, releaser := d.payingAs(d.Context(), sandbox.Principal(party.Finance, ""), day), d.payingAs(d.Context(), sandbox.Cashier(), day)
	o := d.live()[key]
	f, _, err := maker.MakeFile(maker.ctx, maker.actor, payment.FileInput{Purse: o.Purse})
	if err == nil {
		f, err = releaser.ReleaseFile(releaser.ctx, releaser.actor, f.ID, "核对无误")
	}
	if err != nil {
		d.Fatal(err)
	}
	once(f.Number)
	text := fmt.Sprintf("order,amount,result,reference,day,reason\n%s,%s,paid,B%s,%s,\n", o.Number, o.Amount, o.Number, sandboxToday)
	wrong, right := d.payingAs(d.Context(), sandbox.Principal(party.Finance, ""), before), d.finance // the bank's day lies after the wrong clock's
	ret, _, err := wrong.PreviewReturn(wrong.ctx, wrong.actor, o.Purse, "回单.csv", strings.NewReader(text))
	if err != nil || ret.Bad != 1 || ret.Paid.Count != 0 {
		d.Fatalf("before its day the answer is %+v, %v", ret, err)
	}
	once(ret.Number)
	for range 2 { // the same preview, judged once more
		ret, err = right.AcceptReturn(right.ctx, right.actor, ret.ID)
		if err != nil || ret.Bad != 0 || ret.Paid.Count != 1 {
			d.Fatalf("the answer is %+v, %v", ret, err)
		}
	}
	if _, err := wrong.AcceptReturn(wrong.ctx, wrong.actor, ret.ID); err != nil { // set back once more
		d.Fatal(err)
	}
	if err := wrong.DiscardReturn(wrong.ctx, ret.ID); !fault.Is(err, fault.Conflict) {
		d.Fatalf("what was taken in was dropped: %v", err)
	}
	for range 2 {
		if _, err := d.intents.Drain(d.Context()); err != nil {
			d.Fatal(err)
		}
	}
	if got := d.live()[key]; got.State != payment.Paid {
		d.Fatalf("order %s is %s", got.Number, got.State)
	}
}

// TestAReturnOnAFullDisk: nothing of it is kept, the answer says why, and with
// room again the same bytes are taken in once.
func TestAReturnOnAFullDisk(t *testing.T) {
	d := openDesk(t)
	a := d.application()
	d.consent()
	o := d.live()["city/1"]
	d.send(o.Purse)
	text := fmt.Sprintf("order,amount,result,reference,day,reason\n%s,%s,paid,B1,%s,\n", o.Number, o.Amount, sandboxToday)
	for i := range 300 {
		text += fmt.Sprintf("ZF-2024-%04d,1.00,paid,X%d,%s,\n", i+1, i, sandboxToday)
	}
	preview := func() (payment.ReturnFile, error) {
		ret, _, err := d.finance.PreviewReturn(d.finance.ctx, d.finance.actor, o.Purse, "回单.csv", strings.NewReader(text))
		return ret, err
	}
	dbtest.Room(t, d.db, 0)
	if _, err := preview(); !fault.Is(err, fault.Unavailable) || !strings.Contains(fault.From(err).Message.EN, "The disk is full") {
		t.Fatalf("a full disk gave %v", err)
	}
	if kept, err := d.finance.Store.Returns(t.Context(), "", 10); err != nil || len(kept) != 0 {
		t.Fatalf("half of a return was kept: %+v %v", kept, err)
	}
	d.stands(policy.Paying, 0, 0)
	dbtest.Room(t, d.db, 1<<20)
	ret, err := preview()
	if err != nil || ret.Paid.Count != 1 || ret.Bad != 300 {
		t.Fatalf("%+v %v", ret, err)
	}
	for range 2 {
		if _, err := d.finance.AcceptReturn(d.finance.ctx, d.finance.actor, ret.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.intents.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.stands(policy.Paying, a.City, 0)
}
