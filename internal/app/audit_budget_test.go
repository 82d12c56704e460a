package app_test

import (
	"net/http"
	"strings"

	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// budgets takes budget orders through every state, over HTTP: what a programme
// has grows and shrinks with what was confirmed.
func (w *trail) budgets() {
	w.Helper()
	finance, cashier, office := w.as("finance", sandbox.Password), w.as("cashier", sandbox.Password), w.as("office", sandbox.Password)
	programme := func() apptest.Answer {
		for _, b := range items(office.read("/budgets?year=2025&limit=200"), "items") {
			if b.String("purse") == "city-520100" && b.String("measure") == "002-2" {
				return b
			}
		}
		w.Fatal("the city has no money for 002-2")
		return nil
	}
	propose := func(fen string) apptest.Answer {
		return finance.write("proposeBudgetOrder", map[string]any{"year": 2025, "basis": "筑财预〔2025〕99号",
			"lines": []any{map[string]any{"purse": "city-520100", "measure": "002-2", "amount_fen": fen}}})
	}
	before := programme()
	given := propose("12345")
	if res, _ := finance.send(http.MethodPost, "/budget-orders/"+given.String("id")+"/confirm", "application/json", strings.NewReader(`{"revision":1}`)); res.StatusCode != http.StatusForbidden {
		w.Errorf("its writer confirmed a budget order: %d", res.StatusCode)
	}
	given = change(cashier, "confirmBudgetOrder", given, nil)
	line := items(given, "lines")[0]
	if given.String("state") != "confirmed" || len(line["transfers"].([]any)) != 2 {
		w.Fatalf("the order is %v", given)
	}
	transfer := office.read("/ledger/transfers/" + strings.ReplaceAll(line["transfers"].([]any)[1].(string), "/", "%2F"))
	if ref := within(transfer, "transfer").String("ref"); ref != "budget-order/"+given.String("id") {
		w.Errorf("the transfer names %q", ref)
	}
	grown := func(by money.Fen) {
		w.Helper()
		after := programme()
		for _, name := range []string{"granted_fen", "ceiling_fen"} {
			was, err := money.ParseFen(before.String(name))
			if is, bad := money.ParseFen(after.String(name)); err != nil || bad != nil || is != was+by {
				w.Errorf("%s was %s and is %s", name, before.String(name), after.String(name))
			}
		}
	}
	grown(12345)
	if taken := change(cashier, "confirmBudgetOrder", propose("-12345"), nil); items(items(taken, "lines")[0], "takes")[0].String("number") != given.String("number") {
		w.Errorf("it took from %v", taken["lines"])
	}
	grown(0)
	change(cashier, "refuseBudgetOrder", propose("1"), map[string]any{"reason": "文号有误"})
	change(finance, "withdrawBudgetOrder", propose("1"), map[string]any{"reason": "重复"})
	read := finance.write("previewBudgetOrder", file{"指标.csv", "资金来源,事项,金额\n贵阳市财政局,002-2,100\n某处,002-2,x\n"})
	if lines := items(read, "lines"); len(lines) != 2 || lines[0].String("purse") != "city-520100" || len(items(lines[1], "faults")) != 2 {
		w.Errorf("the table reads %v", read)
	}
}
