package test

import (
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// budgetLine is what all purses of the year have for measure 002-2.
type budgetLine struct{ granted, held, paid, free int64 }

func (o *ordeal) budget() (sum budgetLine) {
	o.Helper()
	for _, line := range o.pages("finance", "/budgets?year=2025") {
		if line.text("measure") == "002-2" {
			sum.granted += line.fen("granted_fen")
			sum.held += line.fen("held_fen")
			sum.paid += line.fen("paid_fen")
			sum.free += line.fen("free_fen")
		}
	}
	return sum
}

// sound compares all that was written with what the allocation decided once.
func (o *ordeal) sound(before budgetLine) {
	o.Helper()
	run := o.get("office", "/allocations/"+o.run)
	result := o.get("office", "/allocations/"+o.run+"/result")
	total := result.fen("total_fen")
	awards := map[string]int64{}
	for _, a := range result.list("awards") {
		if _, twice := awards[a.text("id")]; twice {
			o.Errorf("the allocation awards %s twice", a.text("id"))
		}
		awards[a.text("id")] = a.fen("amount_fen")
	}
	if len(awards) != killedCases || total != 400000001 || run.text("state") != "settled" {
		o.Errorf("the allocation is %s and gives %d cases %d fen", run.text("state"), len(awards), total)
	}
	if again := o.post("auditor", "/allocations/"+o.run+"/rerun", nil); again["identical"] != true {
		o.Errorf("run again, the allocation differs: %v", again)
	}
	o.casesSound(awards)
	orders := o.ordersSound(awards, total)
	o.filesSound(orders)
	after := o.budget()
	if after.granted != before.granted || after.held != before.held || after.paid != before.paid+total || after.free != before.free-total {
		o.Errorf("the budget was %+v and is %+v after %d fen", before, after, total)
	}
	o.recordsSound(awards)
	for _, check := range [][]string{{"ledger", "verify"}, {"evidence", "verify"}, {"doctor"}} {
		out, err := exec.Command("qianmo", append(check, "--lang", "en", "--data", o.folder, "--db", o.dsn)...).CombinedOutput()
		if err != nil {
			o.Errorf("qianmo %v: %v\n%s", check, err, out)
		}
	}
}

// casesSound looks for steps that were taken twice or not at all.
func (o *ordeal) casesSound(awards map[string]int64) {
	o.Helper()
	want := map[string]int{"open": 1, "submit": 1, "accept": 1, "propose": 1, "approve": 1, "held": 1, "countersign": 1, "order_paid": 2, "paid": 1}
	for id, amount := range awards {
		a := o.get("office", "/applications/"+id)
		steps := map[string]int{}
		for _, step := range a.list("timeline") {
			steps[step.text("action")]++
		}
		if !maps.Equal(steps, want) || a.text("state") != "paid" || a.fen("amount_fen") != amount {
			o.Errorf("%s is %s with %d fen of %d after %v", a.text("number"), a.text("state"), a.fen("amount_fen"), amount, steps)
		}
	}
}

// ordersSound wants one paid order a half, and returns their numbers.
func (o *ordeal) ordersSound(awards map[string]int64, total int64) map[string]bool {
	o.Helper()
	numbers, left, sum := map[string]bool{}, maps.Clone(awards), int64(0)
	halves := map[string]bool{}
	for _, order := range o.orders() {
		half := order.text("case") + " " + order.in("purse").text("level")
		if numbers[order.text("number")] || halves[half] || order.text("state") != "paid" {
			o.Errorf("order %s (%s of %s) comes twice or is not paid", order.text("number"), order.text("state"), half)
		}
		numbers[order.text("number")], halves[half] = true, true
		left[order.text("case")] -= order.fen("amount_fen")
		sum += order.fen("amount_fen")
	}
	for id, rest := range left {
		if rest != 0 {
			o.Errorf("of the award of %s, %d fen were not ordered", id, rest)
		}
	}
	if sum != total || len(numbers) != 2*killedCases {
		o.Errorf("%d orders of %d fen for awards of %d", len(numbers), sum, total)
	}
	return numbers
}

// filesSound wants each order in one bank file and each purse's return taken in once.
func (o *ordeal) filesSound(orders map[string]bool) {
	o.Helper()
	sent, purses := map[string]bool{}, map[string]bool{}
	for _, file := range o.ours("/payment/files") {
		status, content, _, err := o.ask("finance", http.MethodGet, "/payment/files/"+file.text("id")+"/content", nil, "")
		o.must(err)
		if status != http.StatusOK {
			o.Fatalf("file %s: %d %s", file.text("number"), status, content)
		}
		purses[purseOf(file)] = true
		for _, row := range o.lines(content) {
			if sent[row[0]] || !orders[row[0]] {
				o.Errorf("order %s went to the bank twice, or is nobody's", row[0])
			}
			sent[row[0]] = true
		}
	}
	if len(sent) != len(orders) {
		o.Errorf("%d of %d orders went to a bank", len(sent), len(orders))
	}
	returns, paid := o.ours("/payment/returns"), 0
	for _, ret := range returns {
		if ret.text("state") != "accepted" || ret.number("bad") != 0 {
			o.Errorf("return %s is %s with %d bad lines", ret.text("number"), ret.text("state"), ret.number("bad"))
		}
		paid += ret.in("paid").number("count")
	}
	if len(returns) != len(purses) || paid != len(orders) {
		o.Errorf("%d returns of %d purses paid %d of %d orders", len(returns), len(purses), paid, len(orders))
	}
}

// recordsSound looks into the database, since no page shows what an
// organisation of the sandbox without a sign-in was told: each event at most
// once, and one fact for each half.
func (o *ordeal) recordsSound(awards map[string]int64) {
	o.Helper()
	address := o.dsn
	if address == "" {
		address = filepath.Join(o.folder, "qianmo.db")
	}
	d, err := db.Open(o.Context(), address)
	o.must(err)
	defer d.Close()
	pair := func(scan func(...any) error) (r [2]string, err error) { return r, scan(&r[0], &r[1]) }
	told, err := db.All(o.Context(), d.Q(o.Context()), pair, `select about_id, topic || ' ' || title from message where about_kind = 'application'`)
	o.must(err)
	times, all := map[[2]string]int{}, 0
	for _, m := range told {
		if _, ours := awards[m[0]]; ours {
			times[m]++
			all++
		}
	}
	for m, n := range times {
		if n > 1 {
			o.Errorf("told %d times of %s: %s", n, m[0], m[1])
		}
	}
	if want := killedCases * len([]string{"accepted", "proposed", "approved", "to be countersigned", "paid"}); all != want {
		o.Errorf("%d messages about the cases, want %d", all, want)
	}
	facts, err := db.All(o.Context(), d.Q(o.Context()), pair, `select id, quantity from evidence_fact where kind = 'support.paid'`)
	o.must(err)
	recorded := map[string]int64{}
	for _, f := range facts {
		for id := range awards {
			if strings.HasPrefix(f[0], "paid-"+id+"-") {
				amount, err := money.ParseYuan(f[1])
				o.must(err)
				recorded[id] += int64(amount)
			}
		}
	}
	if !maps.Equal(recorded, awards) {
		o.Errorf("the facts say that was paid: %v, the awards %v", recorded, awards)
	}
}
