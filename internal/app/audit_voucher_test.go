package app_test

import (
	"time"

	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// vouchers claims two, gives one back and has the office recall the other.
func (w *trail) vouchers() {
	w.Helper()
	office, firm := w.as("office", sandbox.Password), w.as("firm", sandbox.Password)
	live := func() apptest.Answer {
		w.Helper()
		v := firm.write("claimVoucher", map[string]any{"face_fen": "2000000"}, "{measure}", "002-1")
		again := time.NewTicker(10 * time.Millisecond)
		defer again.Stop()
		for range 500 { // the ledger answers soon
			if v.String("state") == "live" {
				return v
			}
			<-again.C
			v = firm.read("/vouchers/" + v.String("id"))
		}
		w.Fatalf("voucher %s is %s", v.String("number"), v.String("state"))
		return nil
	}
	for operation, by := range map[string]*clerk{"returnVoucher": firm, "recallVoucher": office} {
		v := live()
		by.write(operation, map[string]any{"revision": v["revision"], "reason": "用不完"}, "{id}", v.String("id"))
	}
}
