package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/message/messagetest"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/auth/authtest"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// writesNothing are the operations that are no GET and have nothing to record.
var writesNothing = map[string]string{
	"tryMeasure":         "computes an answer",
	"estimate":           "computes an answer",
	"simulate":           "computes an answer",
	"verifyEvidence":     "computes an answer",
	"verifyLedger":       "computes an answer",
	"verifyPanel":        "computes an answer",
	"previewBudgetOrder": "reads a table",
	"rerunAlarms":        "computes an answer",
	"beginPasskey":       "hands out a challenge that expires",
	"beginPasskeySignIn": "hands out a challenge that expires",
	"beginOpenID":        "hands out a challenge that expires",
	"markMessage":        "one's own inbox is nobody else's affair",
	"markAllMessages":    "one's own inbox is nobody else's affair",
	"approveVoucher":     "the sandbox rules that vouchers are issued on claim: internal/policy/voucher tests its entry",
	"declineVoucher":     "the sandbox rules that vouchers are issued on claim: internal/policy/voucher tests its entry",
	"withdrawVoucher":    "the sandbox rules that vouchers are issued on claim: internal/policy/voucher tests its entry",
	"allocateVouchers":   "the sandbox rules that vouchers are issued on claim: internal/policy/voucher tests its entry",
	"importDocument":     "needs a document's own words, which are not shipped: internal/policy tests its entry",
}

// TestEveryWriteLeavesAnAuditEntry does everything that the API can write, and
// looks for each act in the trail by the id of its request.
func TestEveryWriteLeavesAnAuditEntry(t *testing.T) {
	fresh := newTrail(t, apptest.Start(t, app.Config{}))
	admin := fresh.visitor()
	admin.write("setUp", map[string]any{"token": fresh.server.SetupToken, "login": "chief", "name": "管理员", "password": newPassword})
	fresh.auditor = admin
	fresh.look()

	mail := messagetest.StartMail(t, messagetest.MailOptions{})
	demo := newTrail(t, apptest.Start(t, app.Config{Sandbox: true, Messages: app.MessageConfig{Mail: mailThrough(mail)}}))
	demo.auditor = demo.as("auditor", sandbox.Password)
	demo.credentials()
	demo.people()
	demo.organisations()
	demo.imports()
	demo.targets()
	firm := demo.reachable(mail)
	demo.alarms()
	demo.applications()
	demo.reviews()
	demo.payments()
	demo.budgets()
	demo.performance()
	demo.messages(mail, firm)
	demo.vouchers()
	demo.year() // moves the date
	demo.recoveries()
	demo.exceptions()
	demo.look()

	done := append(fresh.done(), demo.done()...)
	for id := range demo.operations {
		if _, none := writesNothing[id]; !none && !slices.Contains(done, id) {
			t.Errorf("%s writes and this test does not do it: add it, or say in writesNothing why it leaves no entry", id)
		}
	}
	for id := range writesNothing {
		if _, known := demo.operations[id]; !known {
			t.Errorf("writesNothing has %s, which is no operation that writes", id)
		}
	}
}

const newPassword = "correct horse battery"

// trail is a server and what was written there.
type trail struct {
	*testing.T
	server     apptest.Server
	operations map[string][2]string // operation id -> method, path; all but GET
	requests   map[string]string    // request id -> operation id
	auditor    *clerk
}

func newTrail(t *testing.T, server apptest.Server) *trail {
	t.Helper()
	w := &trail{T: t, server: server, operations: map[string][2]string{}, requests: map[string]string{}}
	var spec struct {
		Paths map[string]map[string]struct {
			ID string `yaml:"operationId"`
		}
	}
	_, text := w.visitor().send(http.MethodGet, "/openapi.yaml", "", nil)
	if err := yaml.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	for path, methods := range spec.Paths {
		for method, op := range methods {
			if method != "get" {
				w.operations[op.ID] = [2]string{strings.ToUpper(method), path}
			}
		}
	}
	if len(w.operations) < 40 {
		t.Fatalf("only %d operations that write: the contract was not read", len(w.operations))
	}
	return w
}

func (w *trail) done() (ids []string) {
	for _, id := range w.requests {
		ids = append(ids, id)
	}
	return ids
}

// look finds the entry of each write.
func (w *trail) look() {
	w.Helper()
	recorded := map[string]bool{}
	for cursor := ""; ; {
		page := w.auditor.read("/audit?limit=100&cursor=" + url.QueryEscape(cursor))
		for _, item := range page["items"].([]any) {
			recorded[apptest.Answer(item.(map[string]any)).String("request_id")] = true
		}
		if cursor = page.String("next"); cursor == "" {
			break
		}
	}
	for request, id := range w.requests {
		if !recorded[request] {
			w.Errorf("%s left no entry in the audit trail", id)
		}
	}
}

// clerk is one browser.
type clerk struct {
	*trail
	http *http.Client
}

func (w *trail) visitor() *clerk {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &clerk{w, &http.Client{Jar: jar, Timeout: time.Minute}}
}

func (w *trail) as(login, password string) *clerk {
	w.Helper()
	c := w.visitor()
	c.write("signIn", map[string]any{"login": login, "password": password})
	return c
}

// write does one operation, which must succeed. Parameters name and fill the
// path's; a body that is a form is a file to upload.
func (c *clerk) write(id string, body any, parameters ...string) apptest.Answer {
	c.Helper()
	op, known := c.operations[id]
	if !known {
		c.Fatalf("the contract has no operation %s that writes", id)
	}
	path := strings.NewReplacer(parameters...).Replace(op[1])
	kind, in := "application/json", io.Reader(nil)
	switch b := body.(type) {
	case nil:
	case file:
		kind, in = b.form(c)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	res, text := c.send(op[0], path, kind, in)
	if res.StatusCode >= 300 {
		c.Fatalf("%s: %s %s: %d %s", id, op[0], path, res.StatusCode, text)
	}
	if _, none := writesNothing[id]; !none {
		c.requests[res.Header.Get("X-Request-Id")] = id
	}
	return c.decode(text)
}

func (c *clerk) read(path string) apptest.Answer {
	c.Helper()
	res, text := c.send(http.MethodGet, path, "", nil)
	if res.StatusCode != http.StatusOK {
		c.Fatalf("GET %s: %d %s", path, res.StatusCode, text)
	}
	return c.decode(text)
}

func (c *clerk) decode(text []byte) (out apptest.Answer) {
	c.Helper()
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			c.Fatalf("%v: %s", err, text)
		}
	}
	return out
}

func (c *clerk) send(method, path, kind string, body io.Reader) (*http.Response, []byte) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.server.Address+"/api/v1"+path, body)
	if err != nil {
		c.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return res, text
}

// file is one file to upload.
type file struct{ name, content string }

func (f file) form(t *clerk) (kind string, body io.Reader) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", f.name)
	if err == nil {
		_, err = io.WriteString(part, f.content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), &form
}

func within(a apptest.Answer, name string) apptest.Answer {
	inner, _ := a[name].(map[string]any)
	return inner
}

func (w *trail) credentials() {
	w.Helper()
	reviewer := w.as("reviewer", sandbox.Password)
	key := reviewer.write("createAPIKey", map[string]any{"name": "nightly"})
	reviewer.write("revokeAPIKey", nil, "{id}", within(key, "key").String("id"))
	device := &authtest.Authenticator{Origin: w.server.Address, RPID: "localhost"}
	options := func(c *clerk, operation string) (ceremony string, options []byte) {
		a := c.write(operation, nil)
		text, err := json.Marshal(a["options"])
		if err != nil {
			w.Fatal(err)
		}
		return a.String("ceremony"), text
	}
	ceremony, challenge := options(reviewer, "beginPasskey")
	passkey := reviewer.write("addPasskey", map[string]any{"ceremony": ceremony, "name": "手机", "credential": device.Create(w, challenge)})
	again := w.visitor()
	ceremony, challenge = options(again, "beginPasskeySignIn")
	again.write("signInWithPasskey", map[string]any{"ceremony": ceremony, "credential": device.Get(w, challenge)})
	again.write("signOut", nil)
	reviewer.write("removePasskey", nil, "{id}", passkey.String("id"))
	reviewer.write("changePassword", map[string]any{"old": sandbox.Password, "password": newPassword})
}

func (w *trail) people() {
	w.Helper()
	admin := w.as("admin", sandbox.Password)
	made := admin.write("addPerson", map[string]any{"login": "zhaoliu", "name": "赵六", "role": "reviewer"})
	w.visitor().write("resetPassword", map[string]any{"token": within(made, "access").String("token"), "password": newPassword})
	person := within(made, "member").String("person")
	second := admin.write("addMembership", map[string]any{"role": "auditor"}, "{id}", person)
	w.as("zhaoliu", newPassword).write("switchRole", map[string]any{"membership": second.String("membership")})
	admin.write("endMembership", nil, "{id}", person, "{membership}", second.String("membership"))
	admin.write("issueReset", nil, "{id}", person)
	admin.write("disablePerson", map[string]any{"disabled": true}, "{id}", person)
}

func (w *trail) organisations() {
	w.Helper()
	firm, office := w.as("firm", sandbox.Password), w.as("office", sandbox.Password)
	org := string(sandbox.Organisations()[0].Code)
	member := firm.write("addMember", map[string]any{"login": "wangwu", "name": "王五", "role": "org_member"}, "{org}", org)
	firm.write("removeMember", nil, "{org}", org, "{membership}", within(member, "member").String("membership"))
	payee := firm.write("proposePayeeAccount", map[string]any{"holder": "演示", "bank": "演示银行", "bank_code": "102701000018", "number": "2402001234567890"}, "{org}", org)
	w.as("finance", sandbox.Password).write("countersignPayeeAccount", nil, "{org}", org, "{id}", payee.String("id"))
	invite := func(code ident.CreditCode) apptest.Answer {
		return office.write("createInvitation", map[string]any{"code": code, "kind": "enterprise", "name": "新来的企业", "place": "520100"})
	}
	codes := partytest.Codes(2)
	invited := invite(codes[0])
	w.visitor().write("enrol", map[string]any{"token": invited.String("token"), "login": "lisi", "name": "李四", "password": newPassword})
	invited = invite(codes[1])
	office.write("revokeInvitation", nil, "{id}", within(invited, "invitation").String("id"))
}

func (w *trail) imports() {
	w.Helper()
	office := w.as("office", sandbox.Password)
	facts := file{"facts.csv", "kind,subject,occurred,attested_by,attributes.good\norg.credit," + string(sandbox.Organisations()[0].Code) + ",2025-09-01,department,true\n"}
	office.write("discardImport", nil, "{id}", office.write("uploadImport", facts).String("id"))
	office.write("acceptImport", nil, "{id}", office.write("uploadImport", facts).String("id"))
}

// applications takes one matter through every state.
func (w *trail) applications() {
	w.Helper()
	firm, office, finance := w.as("firm", sandbox.Password), w.as("office", sandbox.Password), w.as("finance", sandbox.Password)
	org := string(sandbox.Organisations()[0].Code)
	object := ""
	for _, r := range firm.read("/organisations/" + org + "/matches")["results"].([]any) {
		if r := apptest.Answer(r.(map[string]any)); r.String("measure") == "002-2" && r.String("outcome") == "eligible" {
			object = r.String("object")
		}
	}
	open := func() apptest.Answer {
		return firm.write("openApplication", map[string]any{"measure": "002-2", "object": object}, "{org}", org)
	}
	a := open()
	act := func(by *clerk, id string) {
		w.Helper()
		body := map[string]any{"revision": a["revision"]}
		switch id {
		case "submitApplication", "withdrawApplication", "recomputeApplication", "issueLetter":
		case "approveApplication":
			body["digest"], body["opinion"] = a["digest"], "同意"
		default:
			body["opinion"] = "意见"
		}
		a = by.write(id, body, "{id}", a.String("id"))
	}
	settled := func(state string) { a = w.until(finance, a.String("id"), state) }

	a = firm.write("editApplication", map[string]any{"revision": a["revision"], "statement": "模型已上线。"}, "{id}", a.String("id"))
	a = firm.write("attachFile", file{"审计报告.pdf", string(pdf)}, "{id}", a.String("id"))
	attached := apptest.Answer(a["attachments"].([]any)[0].(map[string]any)).String("id")
	a = firm.write("detachFile", nil, "{id}", a.String("id"), "{attachment}", attached)
	act(firm, "submitApplication")
	act(office, "returnApplication")
	act(firm, "submitApplication")
	act(office, "refuseApplication")
	act(office, "issueLetter")
	a = open()
	act(firm, "withdrawApplication")
	a = open()
	act(firm, "submitApplication")
	act(office, "recomputeApplication")
	a = office.write("takeGreenLane", map[string]any{"revision": a["revision"], "action": "mark", "document": "003", "clause": "四/16", "reason": "招商项目"}, "{id}", a.String("id"))
	act(office, "approveApplication")
	settled("held")
	act(finance, "sendBackApplication")
	settled("submitted")
	act(office, "approveApplication")
	settled("held")
	act(finance, "countersignApplication")
	settled("paid")
}

// proposed takes a case through a call that gives notice case by case: offered,
// confirmed, recalled, handed in, accepted, put up for support.
func (w *trail) proposed(firm, office *clerk) {
	w.Helper()
	terms := callTerms("2025-10-01", "2025-10-24", false, "100000000")
	c := office.write("createCall", terms)
	c = change(office, "editCall", c, map[string]any{"terms": terms})
	c = change(office, "publishCall", c, nil)
	change(office, "reviseCall", c, map[string]any{"terms": terms, "reason": "文字更正。"})
	change(office, "closeCall", office.write("createCall", terms), map[string]any{"reason": "不开了。"})
	office.write("offerMeasure", nil, "{id}", "002-2")
	var a apptest.Answer
	for _, row := range firm.read("/applications?state=offered")["items"].([]any) {
		a = firm.read("/applications/" + apptest.Answer(row.(map[string]any)).String("id"))
	}
	a = change(firm, "confirmApplication", a, nil)
	a = change(firm, "recallApplication", a, nil)
	a = change(firm, "submitApplication", a, nil)
	a = change(office, "acceptApplication", a, map[string]any{"opinion": "齐全"})
	a = change(office, "proposeApplication", a, map[string]any{"opinion": "拟支持"})
	change(firm, "withdrawApplication", a, nil)
}

// year takes a call from its end through allocation, notice and payment to the
// next year, whose money pays what was carried over.
func (w *trail) year() {
	w.Helper()
	firm, office, finance := w.as("firm", sandbox.Password), w.as("office", sandbox.Password), w.as("finance", sandbox.Password)
	org := string(sandbox.Organisations()[0].Code)
	made := w.as("admin", sandbox.Password).write("addPerson", map[string]any{"login": "office2", "name": "钱七", "role": "office"})
	w.visitor().write("resetPassword", map[string]any{"token": within(made, "access").String("token"), "password": newPassword})
	second := w.as("office2", newPassword)
	date := func(day string) { office.write("moveSandboxDate", map[string]any{"day": day}) }

	facts := file{"facts.csv", "kind,subject,object,quantity,occurred,attested_by,attributes.kind,attributes.status,attributes.place\n" +
		"model.filed," + org + ",audit-model,,2025-09-01,department,deep_synthesis_algorithm,passed,\n" +
		"cost.model_construction," + org + ",audit-model,1000000.00,2025-09-02,auditor,,,520115\n"}
	office.write("acceptImport", nil, "{id}", office.write("uploadImport", facts).String("id"))
	w.proposed(firm, office)
	date("2025-10-27")
	office.write("letSandboxApply", map[string]any{"count": 1}, "{id}", items(office.read("/calls"), "items")[0].String("id"))
	c := office.write("createCall", callTerms("2025-10-27", "2025-10-31", true, "1000"))
	c = change(office, "publishCall", c, nil)
	a := firm.write("openApplication", map[string]any{"measure": "002-2", "object": "audit-model"}, "{org}", org)
	a = change(firm, "submitApplication", a, nil)
	office.write("acceptCall", map[string]any{"opinion": "齐全"}, "{id}", c.String("id"))
	date("2025-11-03")
	run := office.write("computeAllocation", nil, "{id}", c.String("id"))
	change(finance, "settleAllocation", run, nil)
	w.auditor.write("rerunAllocation", nil, "{id}", run.String("id"))
	n := office.write("draftNotice", map[string]any{"title": map[string]any{"zh": "公示", "en": "Notice"}, "call": c.String("id"), "days": 1})
	change(second, "publishNotice", n, nil)
	objection := map[string]any{"row": 1, "name": "李某", "contact": "x", "body": "请核实。"}
	w.visitor().write("objectToNotice", objection, "{id}", n.String("id"))
	open := find(items(office.read("/objections"), "items"), "name", "李某")
	office.write("answerObjection", map[string]any{"verdict": "dismissed", "answer": "已核实。"}, "{id}", open.String("id"))
	date("2025-11-05")
	office.write("approveCall", map[string]any{"opinion": "同意"}, "{id}", c.String("id"))
	w.until(finance, a.String("id"), "held")
	finance.write("countersignCall", map[string]any{"opinion": "同意"}, "{id}", c.String("id"))
	a = w.until(office, a.String("id"), "paid")
	date("2026-01-05")
	change(office, "carryApplication", a, map[string]any{"opinion": "下年预算已到位"})
}

// change writes about a thing in the revision that was read.
func change(by *clerk, id string, thing apptest.Answer, more map[string]any) apptest.Answer {
	by.Helper()
	body := map[string]any{"revision": thing["revision"]}
	for k, v := range more {
		body[k] = v
	}
	return by.write(id, body, "{id}", thing.String("id"))
}

// callTerms open measure 002-2 with a day of notice.
func callTerms(opens, closes string, together bool, budget string) map[string]any {
	return map[string]any{
		"name": map[string]any{"zh": "示例批次", "en": "Example call"}, "guide": 2025, "opens": opens, "closes": closes,
		"late_by": 0, "promise": 30, "notice": 1, "channel": "direct",
		"offers": []any{map[string]any{"measure": "002-2", "years": map[string]any{"transaction": 2025, "application": 2025, "award": 2025, "budget": 2025},
			"together": together, "budget_fen": budget, "quota": 0, "when_short": "carry_over", "rank": nil, "share": "",
			"review": map[string]any{"departments": false, "scores": 0}, "evidence": []any{}}},
	}
}

// until asks again until the ledger has answered.
func (w *trail) until(c *clerk, id, state string) apptest.Answer {
	w.Helper()
	again := time.NewTicker(30 * time.Millisecond)
	defer again.Stop()
	for range 500 {
		if a := c.read("/applications/" + id); a.String("state") == state {
			return a
		}
		<-again.C
	}
	w.Fatalf("application %s did not become %s", id, state)
	return nil
}
