package recovery_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/recovery/recoverytest"
)

// What came into one purse's account is that purse's alone, and never more than
// it is owed; the last fen of the other settles the case.
func TestAReceiptOfOnePurseIsItsOwn(t *testing.T) {
	r := open(t)
	ctx := t.Context()
	c, err := r.Decide(ctx, firm, recoverytest.Wish{Ground: recovery.Overpaid, Amount: 30_000_001}, "app_1")
	must(t, err)
	city, district := c.Parts[0], c.Parts[1]
	receive := func(purse ledger.Purse, amount money.Fen, bank string) error {
		_, err := r.Receive(ctx, finance, recovery.ReceiptInput{ID: c.ID, Amount: amount, On: "2025-10-22", Bank: bank, Payer: "某公司", Purse: purse})
		return err
	}
	wantCode(t, "more than the purse is owed", receive(city.Purse, city.Owed().Total()+1, "A"), fault.Conflict)
	wantCode(t, "a purse that paid nothing", receive(ledger.Purse{Level: ledger.Province, Code: "520000"}, 1, "A"), fault.Conflict)
	must(t, receive(city.Purse, city.Owed().Total(), "A"))
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.Parts[0].Owed() != (recovery.Sum{}) || c.Parts[1].Owed() != district.Owed() || c.State != recovery.Recovering {
		t.Fatalf("%s %+v", c.State, c.Parts)
	}
	wantCode(t, "a purse that is settled", receive(city.Purse, 1, "B"), fault.Conflict)
	must(t, receive(district.Purse, district.Owed().Total(), "B"))
	c, err = r.Settled(ctx, c.ID)
	must(t, err)
	balanced(t, r, c)
	if c.State != recovery.Closed {
		t.Fatalf("received by both: %s", c.State)
	}
}
