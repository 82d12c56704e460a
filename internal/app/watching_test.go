package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// TestAFactThatFitsIsTold: a department's import makes a measure fit, and the
// firm finds it on its page and in its inbox; the office finds the firm. Others
// hear nothing.
func TestAFactThatFitsIsTold(t *testing.T) {
	server := apptest.Start(t, app.Config{Sandbox: true})
	firm, member, office := server.As(t, "firm"), server.As(t, "member"), server.As(t, "office")
	org := string(sandbox.Organisations()[0].Code)
	told := func(c *apptest.Client) (rows []apptest.Answer) {
		for _, r := range c.Do("GET", "/messages?limit=100", nil, http.StatusOK)["items"].([]any) {
			if row := apptest.Answer(r.(map[string]any)); row.String("topic") == "match" {
				rows = append(rows, row)
			}
		}
		return rows
	}
	outcome := func() string {
		for _, r := range firm.Do("GET", "/organisations/"+org+"/matches", nil, http.StatusOK)["results"].([]any) {
			if r := apptest.Answer(r.(map[string]any)); r.String("measure") == "002-5" {
				return r.String("outcome")
			}
		}
		return ""
	}
	if was := outcome(); was != "lacking" || len(told(firm)) > 0 {
		t.Fatalf("at first 002-5 is %s, and the firm was told of %v", was, told(firm))
	}
	im := office.Upload("/imports", "supplied.csv", []byte("kind,subject,occurred,attested_by,attributes.exchange,attributes.usage,attributes.quality,attributes.dataset\ndata.supplied,"+org+",2025-09-01,operator,guizhou,1200,0.9,set-1\n"), http.StatusCreated)
	office.Do("POST", "/imports/"+im.String("id")+"/accept", nil, http.StatusOK)
	if now := outcome(); now != "eligible" {
		t.Errorf("002-5 is %s", now)
	}
	deadline := time.After(time.Minute)
	for again := time.Tick(50 * time.Millisecond); len(told(firm)) == 0; <-again {
		select {
		case <-deadline:
			t.Fatal("the firm was not told within a minute")
		default:
		}
	}
	for _, c := range []*apptest.Client{firm, member} {
		rows := told(c)
		if len(rows) != 1 || rows[0].String("link") != "/match" || !strings.Contains(rows[0]["title"].(map[string]any)["zh"].(string), "1 项政策可以申领") {
			t.Errorf("told: %v", rows)
		}
	}
	if rows := told(office); len(rows) > 0 {
		t.Errorf("the office was told: %v", rows)
	}
	found := false
	for _, r := range office.Do("GET", "/policy/measures/002-5/matches?limit=100&q="+org, nil, http.StatusOK)["items"].([]any) {
		found = found || r.(map[string]any)["org"].(map[string]any)["code"] == org
	}
	if !found {
		t.Error("the office does not find the firm under the measure")
	}
}
