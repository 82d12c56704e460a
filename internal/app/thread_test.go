package app_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// until asks again, as the console does, until the application is in the
// state: the ledger answers in the background.
func until(t *testing.T, c *apptest.Client, id, state string) apptest.Answer {
	t.Helper()
	again := time.NewTicker(30 * time.Millisecond)
	defer again.Stop()
	for range 500 {
		if got := c.Do("GET", "/applications/"+id, nil, http.StatusOK); got.String("state") == state {
			return got
		}
		<-again.C
	}
	t.Fatalf("application %s did not become %s", id, state)
	return nil
}

// TestThread walks from what a firm can get to a verified payment.
func TestThread(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	firm, member, office, finance := server.As(t, "firm"), server.As(t, "member"), server.As(t, "office"), server.As(t, "finance")
	org := string(sandbox.Organisations()[0].Code)

	matches := firm.Do("GET", "/organisations/"+org+"/matches", nil, http.StatusOK)
	var object string
	for _, r := range matches["results"].([]any) {
		if r := apptest.Answer(r.(map[string]any)); r.String("measure") == "002-2" && r.String("outcome") == "eligible" {
			object = r.String("object")
			if r.String("amount_fen") != "468759363" { // min(30% × 18,204,500.00, 5,000,000.00) − 312,406.37 paid before
				t.Fatalf("got %s fen", r.String("amount_fen"))
			}
		}
	}
	if object == "" {
		t.Fatal("the firm does not fit 002-2")
	}

	open := map[string]string{"measure": "002-2", "object": object}
	a := member.Do("POST", "/organisations/"+org+"/applications", open, http.StatusCreated)
	id := a.String("id")
	member.Do("POST", "/organisations/"+org+"/applications", open, http.StatusConflict)
	member.Do("PATCH", "/applications/"+id, map[string]any{"revision": a["revision"], "statement": "模型已上线。"}, http.StatusOK)
	member.Upload("/applications/"+id+"/attachments", "审计报告.exe", []byte("MZ\x90\x00"), http.StatusUnprocessableEntity)
	a = member.Upload("/applications/"+id+"/attachments", "../../etc/审计报告.pdf", pdf, http.StatusOK)
	if file := a["attachments"].([]any)[0].(map[string]any); file["name"] != "审计报告.pdf" {
		t.Fatalf("the path stayed in the name: %v", file["name"])
	}
	member.Upload("/applications/"+id+"/attachments", "再传.pdf", pdf, http.StatusConflict)
	member.Do("POST", "/applications/"+id+"/submit", map[string]any{"revision": a["revision"]}, http.StatusForbidden)
	office.Do("GET", "/applications/"+id, nil, http.StatusNotFound) // a draft is nobody else's business
	a = firm.Do("POST", "/applications/"+id+"/submit", map[string]any{"revision": a["revision"]}, http.StatusOK)

	decision := map[string]any{"revision": a["revision"], "digest": a["digest"], "opinion": "同意"}
	office.Do("POST", "/applications/"+id+"/approve", map[string]any{"revision": a["revision"]}, http.StatusUnprocessableEntity)
	office.Do("POST", "/applications/"+id+"/approve", map[string]any{"revision": 1, "digest": a["digest"], "opinion": "同意"}, http.StatusConflict)
	firm.Do("POST", "/applications/"+id+"/approve", decision, http.StatusForbidden)
	office.Do("POST", "/applications/"+id+"/approve", decision, http.StatusOK)
	office.Do("POST", "/applications/"+id+"/approve", decision, http.StatusConflict) // a double click
	a = until(t, office, id, "held")
	decision = map[string]any{"revision": a["revision"], "opinion": "复核无误"}
	office.Do("POST", "/applications/"+id+"/countersign", decision, http.StatusForbidden)
	finance.Do("POST", "/applications/"+id+"/countersign", decision, http.StatusOK)
	a = until(t, finance, id, "paid")
	halves := a["payment"].([]any)
	city, district := apptest.Answer(halves[0].(map[string]any)), apptest.Answer(halves[1].(map[string]any))
	if city.String("amount_fen") != "234379681" || district.String("amount_fen") != "234379682" || district["odd_fen"] != true {
		t.Fatalf("the halves are %v and %v", city, district)
	}

	// The matter is paid for: nothing more is due, and no second application opens.
	for _, r := range firm.Do("GET", "/organisations/"+org+"/matches", nil, http.StatusOK)["results"].([]any) {
		if r := apptest.Answer(r.(map[string]any)); r.String("measure") == "002-2" && r.String("object") == object && r.String("amount_fen") != "0" {
			t.Fatalf("%s fen are offered again for what was paid", r.String("amount_fen"))
		}
	}
	firm.Do("POST", "/organisations/"+org+"/applications", open, http.StatusConflict)
	if report := office.Do("POST", "/ledger/verify", nil, http.StatusOK); report["ok"] != true {
		t.Fatalf("the books do not add up: %v", report)
	}
	untilMetric(t, server, `qianmo_work_events_total{event="done",kind="ledger.seal_head"}`) // the item committed with the answer
	run(t, 0, "ledger", "verify", "--data", server.Folder)
	run(t, 0, "evidence", "verify", "--data", server.Folder)
	run(t, 0, "doctor", "--data", server.Folder)
	for _, c := range []struct {
		path, forwarded string
		want            int
	}{{"/healthz", "", 204}, {"/readyz", "", 204}, {"/metrics", "", 200}, {"/metrics", "203.0.113.7", 403}, {"/applications", "", 200}} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.Address+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.forwarded != "" {
			req.Header.Set("X-Forwarded-For", c.forwarded)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("GET %s: %d, want %d", c.path, res.StatusCode, c.want)
		}
	}
}

// untilMetric asks again until a series has been counted.
func untilMetric(t *testing.T, server apptest.Server, series string) {
	t.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for range 300 {
		res, err := http.Get(server.Address + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), series) {
			return
		}
		<-again.C
	}
	t.Fatalf("/metrics never showed %s", series)
}

// run runs the command line and wants its exit code.
func run(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := app.Main(t.Context(), append(args, "--lang", "en"), strings.NewReader(""), &out, &errs); got != want {
		t.Fatalf("qianmo %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

// TestHandEditsAreFoundAndNamed edits the databases of a stopped sandbox.
func TestHandEditsAreFoundAndNamed(t *testing.T) {
	folder := t.TempDir()
	t.Run("fill", func(t *testing.T) { apptest.Start(t, app.Config{Data: folder, Sandbox: true}) })
	edit := func(file, statement string) {
		t.Helper()
		conn, err := sql.Open("sqlite", filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		res, err := conn.Exec(statement)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := res.RowsAffected(); n != 1 {
			t.Fatalf("%d rows changed by %s", n, statement)
		}
	}
	run(t, 0, "doctor", "--data", folder)
	edit("qianmo.db", `insert into work_item (id, kind, args, state, run_at, max_attempts, last_error, created) values ('work_x', 'ledger.expire_holds', '{}', 'failed', 0, 12, 'the disk is full', 0)`)
	if out := run(t, 1, "doctor", "--data", folder); !strings.Contains(out, "ledger.expire_holds (work_x): the disk is full") {
		t.Fatalf("the doctor does not name the failed work:\n%s", out)
	}
	edit("qianmo.db", `update evidence_fact set quantity = '99999999.00' where id = 'demo-0000-06'`)
	if out := run(t, 1, "evidence", "verify", "--data", folder); !strings.Contains(out, "demo-0000-06") {
		t.Fatalf("the altered fact is not named:\n%s", out)
	}
	edit("qianmo.db", `update application set assessment = replace(assessment, '"operand":"30%"', '"operand":"31%"')
		where id = (select min(id) from application where state = 'paid' and measure = '002-2')`)
	if out := run(t, 1, "evidence", "verify", "--data", folder); !strings.Contains(out, "altered\tQM-2025-") {
		t.Fatalf("the altered trace under a payment is not named:\n%s", out)
	}
	edit("ledger.db", `update journal set amount = amount + 1 where seq = (select max(seq) from journal where kind = 'hold')`)
	if out := run(t, 1, "ledger", "verify", "--data", folder); !strings.Contains(out, "/hold") {
		t.Fatalf("the altered transfer is not named:\n%s", out)
	}
}

// TestBackupRestores brings a sandbox into another folder; both verifications pass there.
func TestBackupRestores(t *testing.T) {
	folder, archive, restored := t.TempDir(), filepath.Join(t.TempDir(), "all.tar.gz"), filepath.Join(t.TempDir(), "restored")
	t.Run("fill", func(t *testing.T) {
		apptest.Start(t, app.Config{Data: folder, Sandbox: true})
		run(t, 0, "backup", "--data", folder, "--with-keys", archive) // beside the running server
	})
	run(t, 2, "backup", "--data", folder, archive)
	bare, apart := filepath.Join(t.TempDir(), "bare.tar.gz"), t.TempDir() // the signing key stays behind
	run(t, 0, "backup", "--data", folder, bare)
	run(t, 0, "restore", "--data", filepath.Join(apart, "readable"), bare)
	run(t, 0, "evidence", "verify", "--data", filepath.Join(apart, "readable"))
	if _, err := os.Stat(filepath.Join(apart, "readable", "keys", "evidence-log.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the signing key is in the archive: %v", err)
	}
	run(t, 0, "restore", "--data", filepath.Join(apart, "whole"), "--keys", filepath.Join(folder, "keys"), bare)
	t.Run("goes on sealing", func(t *testing.T) { apptest.Start(t, app.Config{Data: filepath.Join(apart, "whole"), Sandbox: true}) })
	run(t, 0, "restore", "--data", restored, archive)
	run(t, 2, "restore", "--data", restored, archive)
	run(t, 0, "ledger", "verify", "--data", restored)
	run(t, 0, "evidence", "verify", "--data", restored)
	moved, dsn := filepath.Join(t.TempDir(), "moved"), dbtest.PostgresDSN(t) // a city moves to PostgreSQL
	run(t, 0, "restore", "--data", moved, "--db", dsn, archive)
	run(t, 0, "ledger", "verify", "--data", moved, "--db", dsn)
	run(t, 0, "evidence", "verify", "--data", moved, "--db", dsn)
	back, again := filepath.Join(t.TempDir(), "again.tar.gz"), filepath.Join(t.TempDir(), "again") // and back
	run(t, 0, "backup", "--data", moved, "--db", dsn, "--with-keys", back)
	run(t, 0, "restore", "--data", again, back)
	run(t, 0, "doctor", "--data", again)
	server := apptest.Start(t, app.Config{Data: restored, Sandbox: true})
	if today := server.As(t, "office").Do("GET", "/today", nil, http.StatusOK); len(today["waiting"].([]any)) == 0 {
		t.Fatal("the restored product has forgotten what waits")
	}
}

// TestWhatWaitsSaysSinceWhen counts working days from the day of submission for
// the office, and from the day of the hold for whoever countersigns.
func TestWhatWaitsSaysSinceWhen(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	for _, role := range []string{"office", "finance"} {
		today := server.As(t, role).Do("GET", "/today", nil, http.StatusOK)
		waiting, long := today["waiting"].([]any), 0
		for _, w := range waiting {
			row := w.(map[string]any)
			since := clock.Date(row["since"].(string))
			if role == "office" && since != clock.Date(row["submitted_on"].(string)) {
				t.Errorf("%s waits for the office since %s and was submitted on %s", row["number"], since, row["submitted_on"])
			}
			waited := 0
			for d := since.AddDays(1); d <= clock.Date(today["on"].(string)); d = d.AddDays(1) {
				if clock.China().Works(d) {
					waited++
				}
			}
			if got := row["waited_workdays"]; got != float64(waited) {
				t.Errorf("%s waits since %s: %v working days, want %d", row["number"], since, got, waited)
			}
			long = max(long, waited)
		}
		if role == "office" && long == 0 {
			t.Error("nothing in the sandbox waits for a day")
		}
	}
}

// TestSendBackReleasesTheHold lets finance refuse what the office approved,
// then approves again: the second round holds anew.
func TestSendBackReleasesTheHold(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	office, finance := server.As(t, "office"), server.As(t, "finance")
	finance.Do("GET", "/applications?state=heldd", nil, http.StatusUnprocessableEntity) // not "none"
	held := finance.Do("GET", "/applications?state=held", nil, http.StatusOK)["items"].([]any)
	if len(held) == 0 {
		t.Fatal("the sandbox has nothing to countersign")
	}
	id := apptest.Answer(held[0].(map[string]any)).String("id")
	a := finance.Do("GET", "/applications/"+id, nil, http.StatusOK)
	finance.Do("POST", "/applications/"+id+"/send-back", map[string]any{"revision": a["revision"], "opinion": ""}, http.StatusUnprocessableEntity)
	a = finance.Do("POST", "/applications/"+id+"/send-back", map[string]any{"revision": a["revision"], "opinion": "请核对合同。"}, http.StatusOK)
	if a.String("state") != "submitted" || apptest.Answer(a["hindrance"].(map[string]any)).String("zh") != "请核对合同。" {
		t.Fatalf("sent back, it is %s: %v", a.String("state"), a["hindrance"])
	}
	a = office.Do("GET", "/applications/"+id, nil, http.StatusOK)
	office.Do("POST", "/applications/"+id+"/approve", map[string]any{"revision": a["revision"], "digest": a["digest"], "opinion": "已核对。"}, http.StatusOK)
	a = until(t, finance, id, "held")
	finance.Do("POST", "/applications/"+id+"/countersign", map[string]any{"revision": a["revision"], "opinion": "同意。"}, http.StatusOK)
	until(t, finance, id, "paid")
	run(t, 0, "ledger", "verify", "--data", server.Folder)
}

// TestFirstRunOnPostgres sets the product up as a new office would: a one-time
// token makes the administrator, an invitation enrols a firm.
func TestFirstRunOnPostgres(t *testing.T) {
	server := apptest.Start(t, app.Config{DB: dbtest.PostgresDSN(t)})
	if server.SetupToken == "" {
		t.Fatal("no setup token for the first administrator")
	}
	admin := server.Anonymous(t)
	admin.Do("GET", "/today", nil, http.StatusUnauthorized)
	person := map[string]string{"token": "wrong", "login": "chief", "name": "管理员", "password": "correct horse battery"}
	admin.Do("POST", "/setup", person, http.StatusUnprocessableEntity)
	person["token"] = server.SetupToken
	admin.Do("POST", "/setup", person, http.StatusCreated)
	if session := admin.Do("GET", "/session", nil, http.StatusOK); session["signed_in"] != true || session["sandbox"] != nil {
		t.Fatalf("after setting up: %v", session)
	}
	server.Anonymous(t).Do("POST", "/setup", person, http.StatusUnprocessableEntity) // the token was good once
	admin.Do("GET", "/ledger/accounts", nil, http.StatusForbidden)                   // people and keys, no money
}
