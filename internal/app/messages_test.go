package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/message/email"
	"github.com/qianmo/qianmo/internal/message/messagetest"
)

func mailThrough(m *messagetest.MailServer) *email.Config {
	return &email.Config{Server: m.Address, Security: email.StartTLS, From: "黔模 <no-reply@example.gov.cn>", TLS: m.Client}
}

// tokenIn is the token of a link in a mail's text.
func tokenIn(t testing.TB, m messagetest.Mail, page string) string {
	t.Helper()
	found := regexp.MustCompile(page + `\?token=(\S+)`).FindStringSubmatch(m.Parts(t)["text/plain"])
	if found == nil {
		t.Fatalf("no link to %s in\n%s", page, m.Parts(t)["text/plain"])
	}
	token, err := url.QueryUnescape(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func subject(t testing.TB, part string) func(messagetest.Mail) bool {
	return func(m messagetest.Mail) bool { return strings.Contains(m.Header(t, "Subject"), part) }
}

// reachable gives the firm's manager a confirmed address.
func (w *trail) reachable(mail *messagetest.MailServer) *clerk {
	w.Helper()
	firm := w.as("firm", sandbox.Password)
	firm.write("setMessageContact", map[string]any{"address": "firm@example.cn", "language": "zh-CN"})
	w.visitor().write("confirmMessageAddress", map[string]any{"token": tokenIn(w, mail.Await(w, subject(w, "请确认您的邮箱")), "/confirm-address")})
	return firm
}

// messages writes what can be written about messages, after a payment.
func (w *trail) messages(mail *messagetest.MailServer, firm *clerk) {
	w.Helper()
	paid := mail.Await(w, subject(w, "资金已拨付"))
	if paid.To != "firm@example.cn" {
		w.Errorf("the payment was told to %s", paid.To)
	}
	w.visitor().write("optOut", map[string]any{"token": tokenIn(w, paid, "/opt-out")})
	firm.write("chooseMessageTopic", map[string]any{"console": "on", "email": "digest"}, "{topic}", "application.returned")
	for _, item := range firm.read("/messages?q=" + url.QueryEscape("资金已拨付"))["items"].([]any) {
		firm.write("markMessage", map[string]any{"read": true}, "{id}", apptest.Answer(item.(map[string]any)).String("id"))
	}
	firm.write("markAllMessages", map[string]any{"through": firm.read("/messages/counts").String("as_of")})

	org := string(sandbox.Organisations()[0].Code)
	hook := within(firm.write("addWebhook", map[string]any{"url": "https://oa.example.cn/qianmo"}, "{org}", org), "webhook").String("id")
	firm.write("rotateWebhookSecret", nil, "{org}", org, "{id}", hook)
	firm.write("testWebhook", nil, "{org}", org, "{id}", hook)
	firm.write("changeWebhook", map[string]any{"url": "https://oa.example.cn/other", "active": false}, "{org}", org, "{id}", hook)
	firm.write("removeWebhook", nil, "{org}", org, "{id}", hook)
}

// TestPeopleAreToldOfTheirCases walks a case back and forth and looks into
// everybody's inbox: each is told what concerns them, and nothing of others.
func TestPeopleAreToldOfTheirCases(t *testing.T) {
	told := make(chan *http.Request, 10)
	system := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.Clone(t.Context()) }))
	defer system.Close()
	server := apptest.Start(t, app.Config{Sandbox: true})
	firm, member, office, finance, operator := server.As(t, "firm"), server.As(t, "member"), server.As(t, "office"), server.As(t, "finance"), server.As(t, "operator")
	org := string(sandbox.Organisations()[0].Code)
	unread := func(c *apptest.Client) float64 {
		return c.Do("GET", "/messages/counts", nil, http.StatusOK)["unread"].(float64)
	}
	before := map[*apptest.Client]float64{}
	for _, c := range []*apptest.Client{firm, member, office, finance, operator} {
		before[c] = unread(c)
	}
	if before[finance] == 0 {
		t.Error("the sandbox has cases to countersign, and finance was told of none")
	}
	firm.Do("POST", "/organisations/"+org+"/webhooks", map[string]string{"url": system.URL}, http.StatusCreated)
	member.Do("GET", "/organisations/"+org+"/webhooks", nil, http.StatusForbidden)
	other := string(sandbox.Organisations()[1].Code)
	firm.Do("GET", "/organisations/"+other+"/webhooks", nil, http.StatusNotFound)

	object := ""
	for _, r := range firm.Do("GET", "/organisations/"+org+"/matches", nil, http.StatusOK)["results"].([]any) {
		if r := apptest.Answer(r.(map[string]any)); r.String("measure") == "002-2" && r.String("outcome") == "eligible" {
			object = r.String("object")
		}
	}
	a := firm.Do("POST", "/organisations/"+org+"/applications", map[string]string{"measure": "002-2", "object": object}, http.StatusCreated)
	path := "/applications/" + a.String("id")
	a = firm.Do("POST", path+"/submit", map[string]any{"revision": a["revision"]}, http.StatusOK)
	office.Do("POST", path+"/return", map[string]any{"revision": a["revision"], "opinion": "请补充合同首页。"}, http.StatusOK)

	for c, want := range map[*apptest.Client]float64{firm: 1, member: 1, office: 0, finance: 0, operator: 0} {
		if got := unread(c) - before[c]; got != want {
			t.Errorf("%v more unread, want %v", got, want)
		}
	}
	row := apptest.Answer(firm.Do("GET", "/messages?unread=true&limit=1", nil, http.StatusOK)["items"].([]any)[0].(map[string]any))
	body, _ := row["body"].(map[string]any)
	if row.String("topic") != "application.returned" || row.String("link") != path || !strings.Contains(body["zh"].(string), "请补充合同首页。") {
		t.Errorf("got %v", row)
	}
	member.Do("PUT", "/messages/"+row.String("id")+"/read", map[string]bool{"read": true}, http.StatusNotFound) // the manager's, not theirs
	firm.Do("PUT", "/messages/"+row.String("id")+"/read", map[string]bool{"read": true}, http.StatusNoContent)
	if unread(firm) != before[firm] || unread(member) != before[member]+1 {
		t.Error("one's reading is another's")
	}
	if r := <-told; r.Header.Get("X-Qianmo-Signature") == "" {
		t.Error("the organisation's system was told without a signature")
	}
	firm.Do("PUT", "/message-preferences/topics/application.returned", map[string]string{"console": "off", "email": "off"}, http.StatusUnprocessableEntity)
}
