package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

// TestTwoAtOnce has two people, or one by a double click, ask for the same
// decision at the same instant: one is answered, and the other is told who was
// first. Nothing happens twice.
func TestTwoAtOnce(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			w := newTrail(t, apptest.Start(t, app.Config{Sandbox: true, DB: dsn(t)}))
			d := &double{trail: w, office: w.as("office", sandbox.Password), deputy: w.as("deputy", sandbox.Password), finance: w.as("finance", sandbox.Password),
				cashier: w.as("cashier", sandbox.Password), firm: w.as("firm", sandbox.Password)}
			d.decisions()
			d.orders()
			d.panel()
			d.recovery()
			d.allocation()
			if report := d.office.write("verifyLedger", nil); report["ok"] != true {
				t.Errorf("the books do not add up: %v", report)
			}
		})
	}
}

// double is a sandbox in which people click at once.
type double struct {
	*trail
	office, deputy, finance, cashier, firm *clerk
}

// asked is an answer to one of two.
type asked struct {
	status int
	text   []byte
}

// both asks the same of two at once.
func (d *double) both(path string, body any, by [2]*clerk) (answers [2]asked) {
	d.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		d.Fatal(err)
	}
	var start, done sync.WaitGroup
	start.Add(1)
	for i, c := range by {
		done.Go(func() {
			start.Wait()
			res, text := c.send(http.MethodPost, path, "application/json", bytes.NewReader(text))
			answers[i] = asked{res.StatusCode, text}
		})
	}
	start.Done()
	done.Wait()
	return answers
}

// once wants one of two to be answered, and the other to be told who was first.
func (d *double) once(path string, body any, names [2]string, by ...*clerk) apptest.Answer {
	d.Helper()
	answers := d.both(path, body, [2]*clerk{by[0], by[1]})
	won := 0
	if answers[0].status >= 300 {
		won = 1
	}
	first, second := answers[won], answers[1-won]
	if first.status >= 300 || second.status != http.StatusConflict || !bytes.Contains(second.text, []byte(names[won])) {
		d.Errorf("%s at once gave %d and %d; %s was first, and the other is told: %s", path, first.status, second.status, names[won], second.text)
	}
	return d.office.decode(first.text)
}

var (
	officers   = [2]string{sandbox.Principal(party.Office, "").Name, sandbox.Deputy().Name}
	financiers = [2]string{sandbox.Principal(party.Finance, "").Name, sandbox.Cashier().Name}
	oneCashier = [2]string{sandbox.Cashier().Name, sandbox.Cashier().Name}
)

// decisions approves and countersigns one case.
func (d *double) decisions() {
	d.Helper()
	org := string(sandbox.Organisations()[0].Code)
	object := ""
	for _, r := range items(d.firm.read("/organisations/"+org+"/matches"), "results") {
		if r.String("measure") == "002-2" && r.String("outcome") == "eligible" {
			object = r.String("object")
		}
	}
	a := d.firm.write("openApplication", map[string]any{"measure": "002-2", "object": object}, "{org}", org)
	a = change(d.firm, "submitApplication", a, nil)
	path := "/applications/" + a.String("id")
	d.once(path+"/approve", map[string]any{"revision": a["revision"], "digest": a["digest"], "opinion": "同意"}, officers, d.office, d.deputy)
	a = d.until(d.finance, a.String("id"), "held")
	d.once(path+"/countersign", map[string]any{"revision": a["revision"], "opinion": "同意"}, financiers, d.finance, d.cashier)
	d.until(d.finance, a.String("id"), "paid")
}

// orders confirms a budget order, releases a bank file and takes in its return.
func (d *double) orders() {
	d.Helper()
	o := d.finance.write("proposeBudgetOrder", map[string]any{"year": 2025, "basis": "筑财预〔2025〕99号",
		"lines": []any{map[string]any{"purse": "city-520100", "measure": "002-2", "amount_fen": "12345"}}})
	o = d.once("/budget-orders/"+o.String("id")+"/confirm", map[string]any{"revision": o["revision"]}, oneCashier, d.cashier, d.cashier)
	if o.String("state") != "confirmed" {
		d.Errorf("the budget order is %v", o["state"])
	}

	purse := "city-520100"
	waiting := items(d.finance.read("/payment/orders?state=waiting&purse="+purse+"&limit=200"), "items")
	made := d.finance.write("makeBankFile", map[string]any{"purse": purse, "orders": []string{}})
	d.once("/payment/files/"+made.String("id")+"/release", map[string]any{"note": "核对"}, oneCashier, d.cashier, d.cashier)
	csv := "order,amount,result,reference,day,reason\n"
	for i, o := range waiting {
		csv += fmt.Sprintf("%s,%s,paid,T%d,2025-10-22,\n", o.String("number"), yuan(o.String("amount_fen")), i)
	}
	ret := d.finance.write("uploadReturnFile", file{"回单.csv", csv}, "{purse}", purse)
	answers := d.both("/payment/returns/"+ret.String("id")+"/accept", nil, [2]*clerk{d.finance, d.cashier})
	first, second := d.office.decode(answers[0].text), d.office.decode(answers[1].text)
	if answers[0].status != http.StatusOK || answers[1].status != http.StatusOK || first.String("accepted_by") == "" || first.String("accepted_by") != second.String("accepted_by") || ret["bad"] != 0.0 {
		d.Errorf("accepted twice, the return is %v and %v", first, second)
	}
	for _, o := range waiting {
		paid := 0
		for _, step := range items(d.finance.read("/payment/orders/"+o.String("id")), "steps") {
			if step.String("action") == "paid" {
				paid++
			}
		}
		if paid != 1 {
			d.Errorf("order %s was paid %d times", o.String("number"), paid)
		}
	}
}

// panel closes a panel whose scores are complete.
func (d *double) panel() {
	d.Helper()
	judged := items(d.office.read("/panel-candidates?measure=002-2&year=2025"), "items")[0].String("id")
	p := d.office.write("openPanel", map[string]any{"name": "大模型组", "measure": "002-2", "year": 2025, "cases": []string{judged}, "wants": []map[string]any{{"field": "broadcast", "count": 3}}, "blind": true})
	change(d.office, "drawPanel", p, nil)
	marks := []map[string]any{{"criterion": "ability", "points": "30"}, {"criterion": "cost", "points": "20.5"}, {"criterion": "use", "points": "25"}}
	for _, login := range []string{"expert01", "expert02", "reviewer"} {
		d.as(login, sandbox.Password).write("submitScore", map[string]any{"revision": 0, "marks": marks, "comment": "可行"}, "{id}", judged)
	}
	p = d.office.read("/panels/" + p.String("id"))
	d.once("/panels/"+p.String("id")+"/close", map[string]any{"revision": p["revision"]}, officers, d.office, d.deputy)
}

// recovery decides and confirms a recovery of what decisions paid.
func (d *double) recovery() {
	d.Helper()
	org := string(sandbox.Organisations()[0].Code)
	application := ""
	for _, half := range items(d.office.read("/recovery-payments?org="+org), "items") {
		if len(half.String("stands_fen")) > 7 {
			application = half.String("application")
		}
	}
	c := d.office.write("openRecovery", map[string]any{"org": org, "ground": "fraud", "applications": []string{application}, "reason": "举报"})
	step := func(by *clerk, id string, more map[string]any) {
		d.Helper()
		body := map[string]any{"reason": "见卷"}
		for k, v := range more {
			body[k] = v
		}
		c = change(by, id, d.office.read("/recoveries/"+c.String("id")), body)
	}
	step(d.office, "citeRecovery", map[string]any{"authority": map[string]any{"words": "《财政违法行为处罚处分条例》第十四条", "document": "003", "clause": "七/24"}})
	d.office.write("addRecoveryPaper", file{"核查.pdf", string(pdf)}, "{id}", c.String("id"))
	step(d.office, "proveRecovery", nil)
	step(d.office, "notifyRecovery", map[string]any{"days": 5, "listing": false})
	d.firm.write("stateRecovery", map[string]any{"text": "", "waived": true}, "{id}", c.String("id"))
	step(d.office, "hearRecovery", nil)
	paid := within(c, "money").String("paid_fen")
	path := "/recoveries/" + c.String("id")
	c = d.once(path+"/decide", map[string]any{"revision": c["revision"], "reason": "追回", "amount_fen": paid, "interest": map[string]any{"rate": "", "source": ""},
		"instalments": []any{map[string]any{"due": "2026-03-31", "amount_fen": paid}}}, officers, d.office, d.deputy)
	c = d.once(path+"/confirm", map[string]any{"revision": c["revision"], "reason": "同意"}, financiers, d.finance, d.cashier)
	if within(c, "money").String("owed_fen") != paid {
		d.Errorf("%s fen are owed of %s", within(c, "money").String("owed_fen"), paid)
	}
}

// allocation settles an allocation of two cases.
func (d *double) allocation() {
	d.Helper()
	c := d.office.write("createCall", callTerms("2025-10-22", "2025-10-31", true, "100000"))
	c = change(d.office, "publishCall", c, nil)
	d.office.write("letSandboxApply", map[string]any{"count": 2}, "{id}", c.String("id"))
	d.office.write("acceptCall", map[string]any{"opinion": "齐全"}, "{id}", c.String("id"))
	d.office.write("moveSandboxDate", map[string]any{"day": "2025-11-03"})
	run := d.office.write("computeAllocation", nil, "{id}", c.String("id"))
	run = d.once("/allocations/"+run.String("id")+"/settle", map[string]any{"revision": run["revision"]}, financiers, d.finance, d.cashier)
	awards := items(d.office.read("/allocations/"+run.String("id")+"/result"), "awards")
	if len(awards) != 2 {
		d.Errorf("%d awards of two cases", len(awards))
	}
	for _, award := range awards {
		proposed := 0
		for _, step := range items(d.office.read("/applications/"+award.String("id")), "timeline") {
			proposed += strings.Count(step.String("action"), "propose")
		}
		if proposed != 1 {
			d.Errorf("%s was proposed %d times", award.String("id"), proposed)
		}
	}
}
