package sandbox

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// VoucherTale is what becomes of one voucher in the sandbox's year.
type VoucherTale struct {
	Index    int // of the organisation
	On       clock.Date
	Face     money.Fen
	Bills    []VoucherBill
	Returned string // why its holder gives back what is free; "" for not
	Recalled string // why the office takes it back; "" for not
}

// VoucherBill is a bill that a voucher pays in part.
type VoucherBill struct {
	Part    money.Fen // what the voucher holds
	Settled money.Fen // what was deducted; 0 for a job that still runs
	Meter   string    // the reading
}

// Vouchers are the year's tales, by day. The demonstration firm has three.
func Vouchers() []VoucherTale {
	const yuan = money.Fen(100)
	job := func(part, settled money.Fen, meter string) VoucherBill {
		return VoucherBill{part * yuan, settled * yuan, meter}
	}
	run := func(part money.Fen) VoucherBill { return VoucherBill{Part: part * yuan} }
	tales := []VoucherTale{
		{Index: 0, On: "2025-03-10", Face: 50_000 * yuan, Bills: []VoucherBill{job(30_000, 28_640, "GA-1/2025-03/0417"), job(12_000, 12_000, "GA-1/2025-04/0388")}},
		{Index: 1, On: "2025-03-12", Face: 200_000 * yuan, Bills: []VoucherBill{job(120_000, 118_300, "GA-2/2025-05/0012"), job(80_000, 79_999, "GA-2/2025-06/0090")}},
		{Index: 2, On: "2025-04-01", Face: 100_000 * yuan, Returned: "训练计划推迟到明年，先退回余额。"},
		{Index: 3, On: "2025-04-18", Face: 100_000 * yuan, Bills: []VoucherBill{job(60_000, 44_120, "GY-1/2025-05/0201")}},
		{Index: 4, On: "2025-05-06", Face: 20_000 * yuan, Bills: []VoucherBill{job(20_000, 20_000, "GY-1/2025-06/0033")}},
		{Index: 0, On: "2025-06-20", Face: 100_000 * yuan, Bills: []VoucherBill{job(48_000, 46_215, "GA-1/2025-07/0512"), job(20_000, 17_408, "GA-1/2025-09/0127"), run(15_000)}},
		{Index: 5, On: "2025-07-02", Face: 200_000 * yuan, Bills: []VoucherBill{job(90_000, 88_150, "GA-2/2025-08/0451"), run(40_000)}},
		{Index: 6, On: "2025-07-15", Face: 50_000 * yuan, Recalled: "领券单位已停止所申报的训练项目。"},
		{Index: 7, On: "2025-08-11", Face: 200_000 * yuan, Bills: []VoucherBill{job(150_000, 149_001, "GY-1/2025-09/0077")}},
		{Index: 8, On: "2025-09-09", Face: 100_000 * yuan},
		{Index: 0, On: "2025-09-26", Face: 20_000 * yuan},
	}
	for i := range 12 { // and others who came early, and let theirs lie
		tales = append(tales, VoucherTale{Index: 20 + 3*i, On: clock.Date("2025-10-13").AddDays(i / 4), Face: []money.Fen{20_000, 50_000, 100_000, 200_000}[i%4] * yuan})
	}
	return tales
}
