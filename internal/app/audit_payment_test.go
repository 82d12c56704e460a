package app_test

import (
	"fmt"
	"net/url"

	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// payments takes the orders that wait in the city's purse to its bank and back.
func (w *trail) payments() {
	w.Helper()
	finance, cashier, office := w.as("finance", sandbox.Password), w.as("cashier", sandbox.Password), w.as("office", sandbox.Password)
	waiting := items(finance.read("/payment/orders?state=waiting&purse=city-520100"), "items")
	if len(waiting) < 2 {
		w.Fatalf("only %d orders wait", len(waiting))
	}
	note := map[string]any{"note": "核对"}
	made := finance.write("makeBankFile", map[string]any{"purse": "city-520100", "orders": []string{}})
	finance.write("withdrawBankFile", note, "{id}", made.String("id"))
	made = finance.write("makeBankFile", map[string]any{"purse": "city-520100", "orders": []string{}})
	cashier.write("releaseBankFile", note, "{id}", made.String("id"))
	if _, text := finance.send("GET", "/payment/files/"+made.String("id")+"/content", "", nil); len(text) < 300 {
		w.Fatalf("the bank file is %q", text)
	}
	purse := []string{"{purse}", "city-520100"}
	csv := "order,amount,result,reference,day,reason\n"
	first := waiting[0].String("number")
	failing := csv + fmt.Sprintf("%s,%s,failed,,2025-10-22,户名不符\nZF-2025-9998,1.00,paid,B1,2025-10-22,\n", first, yuan(waiting[0].String("amount_fen")))
	finance.write("discardReturnFile", nil, "{id}", finance.write("uploadReturnFile", file{"错.csv", failing}, purse...).String("id"))
	ret := finance.write("uploadReturnFile", file{"回单.csv", failing}, purse...)
	if ret["bad"] != 1.0 {
		w.Fatalf("%v", ret)
	}
	finance.write("acceptReturnFile", nil, "{id}", ret.String("id"))
	finance.write("resolveUnmatchedLine", map[string]any{"resolution": "他行款项，已退"}, "{id}", ret.String("id"), "{line}", "3")

	one := items(finance.read("/payment/orders?q="+url.QueryEscape(first)), "items")[0]
	one = finance.write("reissuePaymentOrder", map[string]any{"revision": one["revision"], "reason": "户名已更正"}, "{id}", one.String("id"))
	one = finance.write("cancelPaymentOrder", map[string]any{"revision": one["revision"], "reason": "重复"}, "{id}", one.String("id"))
	one = cashier.write("answerOrderCancel", map[string]any{"revision": one["revision"], "consent": true, "reason": "同意作废"}, "{id}", one.String("id"))
	if one.String("state") != "cancelled" {
		w.Fatalf("%v", one)
	}

	held := items(office.read("/applications?state=held"), "items")[0].String("id")
	part := func(share, milestone string) map[string]any {
		return map[string]any{"share": share, "milestone": milestone, "evidence": "验收报告", "confirms": "office"}
	}
	office.write("setPaymentPlan", map[string]any{"plan_version": 0, "reason": "分两期", "parts": []any{part("0.5", "上线"), part("0.5", "满半年")}}, "{case}", held)
	milestone := []string{"{case}", held, "{n}", "1"}
	office.write("showMilestoneEvidence", file{"验收报告.pdf", string(pdf)}, milestone...)
	shown := office.write("confirmMilestone", map[string]any{"note": "已上线"}, milestone...)
	if items(shown, "parts")[0].String("state") != "confirmed" {
		w.Fatalf("%v", shown)
	}
}

// yuan writes fen as a bank does.
func yuan(fen string) string { return fen[:len(fen)-2] + "." + fen[len(fen)-2:] }

// performance reports on what the firm was paid in applications.
func (w *trail) performance() {
	w.Helper()
	firm, office := w.as("firm", sandbox.Password), w.as("office", sandbox.Password)
	reports := items(firm.read("/performance/reports?state=due"), "items")
	if len(reports) != 1 {
		w.Fatalf("%d reports are due", len(reports))
	}
	id := reports[0].String("id")
	firm.write("attachPerformanceFile", file{"名单.pdf", string(pdf)}, "{id}", id)
	outputs := []any{map[string]any{"indicator": "users", "reached": "24"}, map[string]any{"indicator": "calls", "reached": "180.5"}}
	r := firm.write("submitPerformanceReport", map[string]any{"revision": reports[0]["revision"], "outputs": outputs, "text": "已服务 24 家。"}, "{id}", id)
	office.write("answerPerformanceReport", map[string]any{"revision": r["revision"], "accept": true, "reason": "已核"}, "{id}", id)
	for _, m := range items(office.read("/performance/measures?year=2025"), "items") {
		if m.String("measure") == "002-2" {
			if out := items(m, "outputs"); len(out) != 2 || out[1].String("reached") == "" {
				w.Fatalf("%v", m)
			}
		}
	}
}
