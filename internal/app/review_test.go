package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

func items(a apptest.Answer, name string) (out []apptest.Answer) {
	list, _ := a[name].([]any)
	for _, one := range list {
		out = append(out, apptest.Answer(one.(map[string]any)))
	}
	return out
}

func find(list []apptest.Answer, name, value string) apptest.Answer {
	for _, one := range list {
		if one.String(name) == value {
			return one
		}
	}
	return nil
}

// reviews does everything that this room can write.
func (w *trail) reviews() {
	w.Helper()
	office, reviewer := w.as("office", sandbox.Password), w.as("expert01", sandbox.Password)
	candidates := items(office.read("/panel-candidates?measure=002-2&year=2025"), "items")
	id, other, short := candidates[0].String("id"), candidates[1].String("id"), candidates[2].String("id")

	review := office.read("/applications/" + id + "/review")
	var checked []map[string]any
	for _, wanted := range items(review, "wanted") {
		checked = append(checked, map[string]any{"id": wanted.String("id"), "complete": true, "lacks": ""})
	}
	office.write("recordCheck", map[string]any{"items": checked}, "{id}", id)
	fact := within(office.read("/applications/"+id), "assessment")["trace"].([]any)
	office.write("recordFactCheck", map[string]any{"fact": firstFact(fact), "unit": "gz-data", "verdict": "disputed", "reason": "台账不一致"}, "{id}", id)
	kept := office.write("addVisitFile", file{"现场.pdf", string(pdf)}, "{id}", id)
	office.write("recordVisit", map[string]any{"on": "2025-10-20", "place": "现场", "visitors": []string{"甲", "乙"}, "findings": "一致", "sound": true, "files": []string{kept.String("id")}}, "{id}", id)

	newcomer := within(w.as("admin", sandbox.Password).write("addPerson", map[string]any{"login": "newexpert", "name": "新专家", "role": "reviewer"}), "member")
	expert := map[string]any{"person": newcomer.String("person"), "name": "新专家", "employer": map[string]any{"code": sandbox.Organisations()[1900].Code, "name": "某单位"}, "past": []any{}, "fields": []string{"law"}, "active": false}
	added := office.write("addExpert", expert)
	expert["revision"] = added["revision"]
	office.write("changeExpert", expert, "{id}", added.String("id"))
	office.write("declareConflict", map[string]any{"expert": added.String("id"), "org": sandbox.Organisations()[5].Code, "reason": "亲属任职"})

	open := func(cases ...string) apptest.Answer {
		return office.write("openPanel", map[string]any{"name": "大模型组", "measure": "002-2", "year": 2025, "cases": cases, "wants": []map[string]any{{"field": "broadcast", "count": 3}}, "blind": true})
	}
	act := func(name string, p apptest.Answer, more map[string]any) apptest.Answer {
		w.Helper()
		body := map[string]any{"revision": p["revision"]}
		for k, v := range more {
			body[k] = v
		}
		return office.write(name, body, "{id}", p.String("id"))
	}
	act("cancelPanel", open(short), map[string]any{"reason": "重组"})
	p := act("drawPanel", open(id, other), nil)
	p = act("releaseCase", p, map[string]any{"case": other, "reason": "申报单位撤回"})
	marks := []map[string]any{{"criterion": "ability", "points": "30"}, {"criterion": "cost", "points": "20.5"}, {"criterion": "use", "points": "25"}}
	draft := reviewer.write("saveScore", map[string]any{"revision": 0, "marks": marks[:1], "comment": ""}, "{id}", id)
	reviewer.write("submitScore", map[string]any{"revision": draft["revision"], "marks": marks, "comment": "可行"}, "{id}", id)
	for _, login := range []string{"expert02", "reviewer"} {
		password := sandbox.Password
		if login == "reviewer" {
			password = newPassword // changed by the trail of credentials
		}
		w.as(login, password).write("submitScore", map[string]any{"revision": 0, "marks": marks, "comment": "可行"}, "{id}", id)
	}
	p = office.read("/panels/" + p.String("id"))
	if p.String("state") != "complete" {
		w.Fatalf("the panel is %s", p.String("state"))
	}
	seats := items(items(p, "table")[0], "seats")
	judge := find(seats, "name", find(items(office.read("/experts?limit=200"), "items"), "person", "per_demo_expert01").String("name"))
	p = act("reopenScore", p, map[string]any{"case": id, "expert": judge.String("expert"), "reason": "漏看附件"})
	again := within(reviewer.read("/reviews/"+id), "own")
	reviewer.write("submitScore", map[string]any{"revision": again["revision"], "marks": marks, "comment": "更正"}, "{id}", id)
	p = office.read("/panels/" + p.String("id"))
	var present []string
	for _, s := range seats {
		present = append(present, s.String("expert"))
	}
	office.write("recordMeeting", map[string]any{"held_on": "2025-10-22", "place": "会议室", "chair": present[0], "present": present, "minutes": "讨论",
		"decisions": []map[string]any{{"case": id, "recommendation": "recommend", "text": "支持", "recused": []string{}}}}, "{id}", p.String("id"))
	act("closePanel", office.read("/panels/"+p.String("id")), nil)
}

func firstFact(trace []any) string {
	for _, step := range trace {
		for _, f := range items(apptest.Answer(step.(map[string]any)), "facts") {
			return f.String("id")
		}
	}
	return ""
}

// TestMarksAreUnseen looks at a panel that is being scored through every role:
// nobody but who gave a mark sees it, no applicant sees a name, no reviewer sees
// who applies.
func TestMarksAreUnseen(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	office, auditor, finance := server.As(t, "office"), server.As(t, "auditor"), server.As(t, "finance")
	scoring := items(office.Do("GET", "/panels?state=scoring", nil, 200), "items")[0]
	panelPath := "/panels/" + scoring.String("id")
	experts := map[string]string{} // expert id -> login
	var names []string
	for _, e := range items(office.Do("GET", "/experts?limit=200", nil, 200), "items") {
		experts[e.String("id")] = strings.TrimPrefix(e.String("person"), "per_demo_")
		names = append(names, e.String("name"))
	}
	text := func(c *apptest.Client, path string) string {
		b, err := json.Marshal(c.Do("GET", path, nil, http.StatusOK))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	comments := []string{}
	for i := range 4 {
		comments = append(comments, sandbox.Comment(i))
	}
	holds := func(body string, any []string) string {
		for _, s := range any {
			if strings.Contains(body, s) {
				return s
			}
		}
		return ""
	}

	var panel apptest.Answer
	for _, watcher := range []*apptest.Client{office, auditor} {
		body := text(watcher, panelPath)
		if found := holds(body, append(comments, `"total":`)); found != "" {
			t.Errorf("a panel that is being scored shows %q", found)
		}
		panel = watcher.Do("GET", panelPath, nil, 200)
	}
	finance.Do("GET", panelPath, nil, http.StatusForbidden)

	seats := map[string][]string{} // case -> experts who judge it now
	left := 0
	for _, line := range items(panel, "table") {
		id := apptest.Answer(line["case"].(map[string]any)).String("id")
		for _, s := range items(line, "seats") {
			if s.String("state") == "left" {
				left++
				continue
			}
			seats[id] = append(seats[id], s.String("expert"))
		}
	}
	if len(seats) != 4 || left != 1 {
		t.Fatalf("%d cases, %d left: the sandbox has changed", len(seats), left)
	}
	for expert, login := range experts { // members, who left, and outsiders
		judge := server.As(t, login)
		for id, members := range seats {
			if !slices.Contains(members, expert) {
				judge.Do("GET", "/reviews/"+id, nil, http.StatusNotFound)
				judge.Do("PUT", "/reviews/"+id+"/score", map[string]any{"revision": 0, "marks": []any{}, "comment": ""}, http.StatusNotFound)
				continue
			}
			body := text(judge, "/reviews/"+id)
			own := judge.Do("GET", "/reviews/"+id, nil, 200)
			mine := apptest.Answer(own["own"].(map[string]any)).String("comment")
			others := slices.DeleteFunc(slices.Clone(comments), func(c string) bool { return c == mine })
			if found := holds(body, append(others, `"org"`, "有限公司", "学院（演示）")); found != "" {
				t.Errorf("%s sees %q of %s", login, found, id)
			}
			if own["result"] != nil {
				t.Errorf("%s sees a result while the panel is being scored", login)
			}
		}
		for _, path := range []string{"/applications", "/applications/" + first(seats), "/applications/" + first(seats) + "/review", panelPath, "/experts"} {
			judge.Do("GET", path, nil, http.StatusForbidden)
		}
	}
	// The applicant: how far it is, no name; another applicant nothing.
	org := office.Do("GET", "/applications/"+first(seats), nil, 200)["org"].(map[string]any)["code"]
	if org == string(sandbox.Organisations()[0].Code) {
		t.Fatal("the demonstration firm has a scene case: this test must look elsewhere")
	}
	server.As(t, "firm").Do("GET", "/applications/"+first(seats)+"/review", nil, http.StatusNotFound)
	if v := auditor.Do("POST", panelPath+"/verify", nil, 200); v["ok"] != true {
		t.Errorf("the auditor draws again and gets %v", v)
	}
	closed := items(office.Do("GET", "/panels?state=closed", nil, 200), "items")[0]
	shown := text(office, "/panels/"+closed.String("id"))
	if holds(shown, comments) == "" || !strings.Contains(shown, `"rounded"`) {
		t.Error("a closed panel shows no marks")
	}
	if v := auditor.Do("POST", "/panels/"+closed.String("id")+"/verify", nil, 200); v["ok"] != true {
		t.Errorf("the auditor draws again and gets %v", v)
	}
	if found := holds(text(finance, "/applications/"+items(closed, "cases")[0].String("id")+"/review"), names); found != "" && found != "程向南" {
		t.Errorf("the case page names %s", found)
	}
}

// TestApplicantSeesProgressWithoutNames hands a firm's case to a panel.
func TestApplicantSeesProgressWithoutNames(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	firm, office := server.As(t, "firm"), server.As(t, "office")
	org := string(sandbox.Organisations()[0].Code)
	var object string
	for _, r := range items(firm.Do("GET", "/organisations/"+org+"/matches", nil, 200), "results") {
		if r.String("measure") == "002-2" && r.String("outcome") == "eligible" {
			object = r.String("object")
		}
	}
	a := firm.Do("POST", "/organisations/"+org+"/applications", map[string]string{"measure": "002-2", "object": object}, http.StatusCreated)
	id := a.String("id")
	office.Do("GET", "/applications/"+id+"/review", nil, http.StatusNotFound) // a draft is nobody else's business
	firm.Do("POST", "/applications/"+id+"/submit", map[string]any{"revision": a["revision"]}, 200)
	p := office.Do("POST", "/panels", map[string]any{"name": "大模型组", "measure": "002-2", "year": 2025, "cases": []string{id}, "wants": []map[string]any{{"field": "technology", "count": 3}}, "blind": true}, http.StatusCreated)
	office.Do("POST", "/panels/"+p.String("id")+"/draw", map[string]any{"revision": p["revision"]}, 200)
	office.Do("POST", "/panels/"+p.String("id")+"/draw", map[string]any{"revision": p["revision"]}, http.StatusConflict)
	body, err := json.Marshal(firm.Do("GET", "/applications/"+id+"/review", nil, 200))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), `"seats":3`) || !strings.Contains(string(body), `"state":"scoring"`) {
		t.Errorf("the applicant does not see how far it is: %s", body)
	}
	for _, e := range items(office.Do("GET", "/experts?limit=200", nil, 200), "items") {
		if strings.Contains(string(body), e.String("name")) || strings.Contains(string(body), e.String("id")) {
			t.Errorf("the applicant sees %s", e.String("name"))
		}
	}
}

func first[V any](m map[string]V) string {
	least := ""
	for k := range m {
		if least == "" || k < least {
			least = k
		}
	}
	return least
}
