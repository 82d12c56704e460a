package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// alarms disposes of alarms in each way.
func (w *trail) alarms() {
	w.Helper()
	office, finance, firm := w.as("office", sandbox.Password), w.as("finance", sandbox.Password), w.as("firm", sandbox.Password)
	open := office.read("/alarms?state=open&rule=circular-trade")["items"].([]any)
	id := apptest.Answer(open[0].(map[string]any)).String("id")
	a := office.write("dismissAlarm", map[string]any{"revision": 1, "reason": "三家各有真实交付。"}, "{id}", id)
	a = finance.write("answerAlarm", map[string]any{"revision": a["revision"], "agree": false, "reason": "请附交付凭证。"}, "{id}", id)
	office.write("confirmAlarm", map[string]any{"revision": a["revision"], "follow": "refuse", "reason": "交付凭证是假的。"}, "{id}", id)
	firm.write("recordContact", map[string]any{"means": "phone", "value": "0851-85860000"}, "{org}", string(sandbox.Organisations()[0].Code))
}

// TestAlarmsOverHTTP walks the alarms of the sandbox: who sees them, what they
// bar, who may dispose of them, and that running them again finds the same.
func TestAlarmsOverHTTP(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	office, finance, auditor, firm := server.As(t, "office"), server.As(t, "finance"), server.As(t, "auditor"), server.As(t, "firm")
	firm.Do("GET", "/alarms", nil, http.StatusForbidden)
	office.Do("GET", "/alarms?state=openn", nil, http.StatusUnprocessableEntity)
	office.Do("GET", "/alarms/alarm_none", nil, http.StatusNotFound)

	all := office.Do("GET", "/alarms?limit=2", nil, http.StatusOK)
	seen := map[string]apptest.Answer{}
	for pages := 0; ; pages++ {
		for _, item := range all["items"].([]any) {
			a := apptest.Answer(item.(map[string]any))
			seen[a.String("rule")] = a
		}
		if all.String("next") == "" {
			break
		}
		all = office.Do("GET", "/alarms?limit=2&cursor="+all.String("next"), nil, http.StatusOK)
	}
	for _, rule := range []string{"same-invoice", "related-trade", "circular-trade", "stale-certificate", "shared-contact"} {
		if seen[rule] == nil {
			t.Fatalf("the sandbox has no alarm of %s", rule)
		}
	}

	stop := seen["same-invoice"]
	id := stop.String("id")
	application := apptest.Answer(stop["cases"].([]any)[0].(map[string]any)).String("id")
	a := office.Do("GET", "/applications/"+application, nil, http.StatusOK)
	decision := map[string]any{"revision": a["revision"], "digest": a["digest"], "opinion": "同意"}
	refusal := office.Do("POST", "/applications/"+application+"/approve", decision, http.StatusConflict)
	if !strings.Contains(mustJSON(refusal), id) {
		t.Fatalf("the refusal does not name the alarm: %v", refusal)
	}
	detail := office.Do("GET", "/alarms/"+id, nil, http.StatusOK)
	if len(detail["facts"].([]any)) != 2 || len(detail["trail"].([]any)) != 1 || mustJSON(detail["allowed"]) != `["propose","confirm"]` {
		t.Fatalf("%v", mustJSON(detail))
	}
	dismiss := map[string]any{"revision": detail["revision"], "reason": "录入笔误，已核对原件。"}
	finance.Do("POST", "/alarms/"+id+"/dismiss", dismiss, http.StatusForbidden)
	office.Do("POST", "/alarms/"+id+"/dismiss", map[string]any{"revision": detail["revision"], "reason": " "}, http.StatusUnprocessableEntity)
	office.Do("POST", "/alarms/"+id+"/dismiss", dismiss, http.StatusOK)
	if late := office.Do("POST", "/alarms/"+id+"/dismiss", dismiss, http.StatusConflict); !strings.Contains(mustJSON(late), "acted on this alarm at") && !strings.Contains(mustJSON(late), "已先处理") {
		t.Errorf("the later of two is told %v", late)
	}
	office.Do("POST", "/applications/"+application+"/approve", decision, http.StatusConflict) // one person is not enough
	agreed := auditor.Do("POST", "/alarms/"+id+"/answer", map[string]any{"revision": 2, "agree": true, "reason": "同意排除。"}, http.StatusOK)
	if agreed.String("state") != "dismissed" || len(agreed["trail"].([]any)) != 3 {
		t.Fatalf("%v", mustJSON(agreed))
	}

	look := seen["shared-contact"].String("id")
	office.Do("POST", "/alarms/"+look+"/confirm", map[string]any{"revision": 1, "follow": "jail", "reason": "属实"}, http.StatusUnprocessableEntity)
	office.Do("POST", "/alarms/"+look+"/confirm", map[string]any{"revision": 1, "follow": "correct", "reason": "属实"}, http.StatusOK)
	for _, item := range finance.Do("GET", "/alarm-rules", nil, http.StatusOK)["items"].([]any) {
		switch r := item.(map[string]any); r["id"] {
		case "same-invoice":
			if r["dismissed"] != float64(1) || r["open"] != float64(0) {
				t.Errorf("%v", r)
			}
		case "shared-contact":
			if r["confirmed"] != float64(1) {
				t.Errorf("%v", r)
			}
		}
	}

	office.Do("POST", "/alarm-runs", nil, http.StatusForbidden)
	first, second := auditor.Do("POST", "/alarm-runs", nil, http.StatusOK), auditor.Do("POST", "/alarm-runs", nil, http.StatusOK)
	if first["identical"] != true || first.String("digest") != second.String("digest") {
		t.Fatalf("%v and %v", first, second)
	}

	org := string(sandbox.Organisations()[5].Code)
	kept := office.Do("POST", "/organisations/"+org+"/contacts", map[string]any{"means": "phone", "value": "139 8501 2345"}, http.StatusCreated)
	if strings.Contains(mustJSON(office.Do("GET", "/facts/"+kept.String("fact"), nil, http.StatusOK)), "13985012345") || kept.String("masked") != "139****2345" {
		t.Fatalf("the phone is kept in the open: %v", kept)
	}
	firm.Do("POST", "/organisations/"+org+"/contacts", map[string]any{"means": "phone", "value": "13985012345"}, http.StatusNotFound)
	office.Do("POST", "/organisations/"+org+"/contacts", map[string]any{"means": "phone", "value": "123"}, http.StatusUnprocessableEntity)
}

// mustJSON is an answer as text, to search and to show.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
