package app_test

import (
	"net/http"

	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// exceptions takes every step of exceptions and of projects on their way to
// funds, over HTTP.
func (w *trail) exceptions() {
	w.Helper()
	office, deputy, finance, firm := w.as("office", sandbox.Password), w.as("deputy", sandbox.Password), w.as("finance", sandbox.Password), w.as("firm", sandbox.Password)
	org := string(sandbox.Organisations()[0].Code)
	paper := office.write("uploadExceptionPaper", file{"纪要.pdf", string(pdf)})
	asked := map[string]any{"org": org, "kind": "major_project", "departure": "no_measure", "matter": "语料训练营", "amount_fen": "100", "reason": "重大项目。", "papers": []any{paper}}
	x := office.write("proposeException", asked)
	for _, by := range []*clerk{deputy, finance} {
		x = by.write("judgeException", map[string]any{"revision": x["revision"], "verdict": "approve", "reason": "同意。"}, "{id}", x.String("id"))
	}
	if x.String("state") != "approved" || within(x, "case").String("state") != "offered" {
		w.Errorf("approved by two, the exception is %v", x)
	}
	if got := firm.read("/applications/" + within(x, "case").String("id")); within(got, "excepted").String("number") != x.String("number") {
		w.Errorf("its case does not name it: %v", got["excepted"])
	}
	asked["matter"] = "另一件"
	x = office.write("proposeException", asked)
	office.write("withdrawException", map[string]any{"revision": x["revision"], "reason": "企业放弃。"}, "{id}", x.String("id"))
	for _, path := range []string{"/exception-report", "/exception-report.xlsx"} {
		if res, _ := office.send(http.MethodGet, path, "", nil); res.StatusCode != http.StatusOK {
			w.Errorf("%s: %d", path, res.StatusCode)
		}
	}

	invoice := firm.write("uploadProjectPaper", file{"发票.pdf", string(pdf) + " "})
	described := map[string]any{"name": "二期", "stage": "growth", "place": "520115", "instruments": []string{"equity"}, "sought_fen": "500000000",
		"costs": []any{map[string]any{"id": "c1", "name": "训练", "use": "model", "amount_fen": "1000000000", "invoice": invoice.String("sha256")}}}
	p := firm.write("describeProject", described, "{org}", org)
	described["name"], described["revision"] = "二期（修订）", p["revision"]
	p = firm.write("editProject", described, "{id}", p.String("id"))
	send := func() {
		w.Helper()
		p = firm.write("sendProject", map[string]any{"revision": p["revision"], "source": "guiyang-ai", "amount_fen": "500000000", "lines": []string{"c1"}}, "{id}", p.String("id"))
	}
	send()
	sent := items(p, "sendings")[0]
	p = firm.write("withdrawSending", map[string]any{"revision": sent["revision"], "reason": "改金额。"}, "{id}", sent.String("id"))
	send()
	sent = items(p, "sendings")[1]
	p = office.write("answerSending", map[string]any{"revision": sent["revision"], "state": "reported", "on": string(sandbox.Today), "amount_fen": "1", "note": "已投。"}, "{id}", sent.String("id"))
	sent = items(p, "sendings")[1]
	p = finance.write("judgeSending", map[string]any{"revision": sent["revision"], "agrees": true, "note": "与银行回单一致。"}, "{id}", sent.String("id"))
	if items(p, "sendings")[1].String("state") != "invested" {
		w.Errorf("the sending stands at %v", p["sendings"])
	}
}
