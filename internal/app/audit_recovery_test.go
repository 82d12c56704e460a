package app_test

import (
	"net/http"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// recoveries takes every step of a recovery from the demonstration firm, over
// HTTP, and settles what corrected facts suggest.
func (w *trail) recoveries() {
	w.Helper()
	office, finance, firm := w.as("office", sandbox.Password), w.as("finance", sandbox.Password), w.as("firm", sandbox.Password)
	org := string(sandbox.Organisations()[0].Code)

	waiting := items(office.read("/recovery-proposals?state=open"), "items")
	if len(waiting) < 2 {
		w.Fatalf("%d suggestions wait", len(waiting))
	}
	taken := office.write("takeUpProposal", map[string]any{"reason": "结算核减"}, "{id}", waiting[0].String("id"))
	office.write("dismissProposal", map[string]any{"reason": "差额另案核"}, "{id}", waiting[1].String("id"))
	recovery := func(id string) apptest.Answer { return office.read("/recoveries/" + id) }
	change(office, "dropRecovery", recovery(taken.String("case")), map[string]any{"reason": "企业已自行更正"})

	application := ""
	for _, half := range items(office.read("/recovery-payments?org="+org), "items") {
		if len(half.String("stands_fen")) > 7 { // enough for what is decided below
			application = half.String("application")
		}
	}
	c := office.write("openRecovery", map[string]any{"org": org, "ground": "fraud", "applications": []string{application}, "reason": "举报"})
	id := c.String("id")
	act := func(by *clerk, operation string, more map[string]any, parameters ...string) {
		w.Helper()
		body := map[string]any{"revision": recovery(id)["revision"], "reason": "见卷"}
		for name, value := range more {
			body[name] = value
		}
		c = by.write(operation, body, append(parameters, "{id}", id)...)
	}
	law := map[string]any{"words": "《财政违法行为处罚处分条例》第十四条", "document": "003", "clause": "七/24"}
	act(office, "citeRecovery", map[string]any{"authority": law})
	act(office, "addRecoveryFacts", map[string]any{"facts": []string{items(c, "parts")[0].String("fact")}})
	office.write("addRecoveryPaper", file{"核查.pdf", string(pdf)}, "{id}", id)
	act(office, "proveRecovery", nil)
	if res, _ := firm.send(http.MethodGet, "/recoveries/"+id, "", nil); res.StatusCode != http.StatusNotFound {
		w.Errorf("before the notice the party got %d", res.StatusCode)
	}
	act(office, "reopenRecovery", nil)
	act(office, "proveRecovery", nil)
	act(office, "notifyRecovery", map[string]any{"days": 5, "listing": true})
	firm.write("stateRecovery", map[string]any{"text": "确有不实。", "waived": false}, "{id}", id)
	act(office, "hearRecovery", nil)
	decide := func() {
		w.Helper()
		act(office, "decideRecovery", map[string]any{"amount_fen": "10000001", "interest": map[string]any{"rate": "", "source": ""}, "exclude_until": "2027-01-04",
			"instalments": []any{map[string]any{"due": "2026-03-31", "amount_fen": "10000001"}}})
	}
	decide()
	act(finance, "sendBackRecovery", nil)
	decide()
	act(finance, "confirmRecovery", nil)
	office.write("issueRecoveryLetter", map[string]any{"revision": recovery(id)["revision"]}, "{id}", id)
	if res, text := firm.send(http.MethodGet, "/recoveries/"+id+"/letter", "", nil); res.StatusCode != http.StatusOK || !strings.HasPrefix(string(text), "%PDF-") {
		w.Errorf("the party's letter: %d %.40s", res.StatusCode, text)
	}
	act(office, "rescheduleRecovery", map[string]any{"instalments": []any{map[string]any{"due": "2026-02-27", "amount_fen": "1"}, map[string]any{"due": "2026-06-30", "amount_fen": "10000000"}}})
	act(office, "remitRecovery", map[string]any{"amount_fen": "1000001", "authority": map[string]any{"words": "某法第二条", "document": "", "clause": ""}})
	act(finance, "confirmRecovery", nil)

	settled := func(state string) {
		w.Helper()
		again := time.NewTicker(30 * time.Millisecond)
		defer again.Stop()
		for range 500 {
			if c = recovery(id); items(c, "receipts")[0].String("state") == state {
				return
			}
			<-again.C
		}
		w.Fatalf("the receipt did not become %s: %v", state, c["receipts"])
	}
	finance.write("recordReceipt", map[string]any{"amount_fen": "3000001", "on": "2026-01-05", "bank_reference": "B 1", "payer": "某公司"}, "{id}", id)
	settled("booked")
	if m := within(c, "money"); m.String("owed_fen") != "5999999" || m.String("received_fen") != "3000001" || m.String("written_off_fen") != "1000001" {
		w.Errorf("the case stands at %v", m)
	}
	act(finance, "reverseReceipt", nil, "{receipt}", items(c, "receipts")[0].String("id"))
	settled("reversed")

	if res, text := office.send(http.MethodGet, "/exclusions/export", "", nil); res.StatusCode != http.StatusOK || !strings.Contains(string(text), org) {
		w.Errorf("the file for the credit system: %d %s", res.StatusCode, text)
	}
	listed := items(firm.read("/exclusions?in_force=true"), "items")
	if len(listed) != 1 || listed[0].String("until") != "2027-01-04" {
		w.Fatalf("the firm's exclusions: %v", listed)
	}
	office.write("liftExclusion", map[string]any{"reason": "已整改"}, "{id}", listed[0].String("id"))
	act(finance, "revokeRecovery", nil)
	if c.String("state") != "revoked" || within(c, "money").String("owed_fen") != "0" {
		w.Errorf("revoked, the case is %v", c["state"])
	}
}
