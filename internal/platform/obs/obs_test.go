package obs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/obs"
	"github.com/qianmo/qianmo/internal/platform/work"
)

func TestLogsHoldNoSecrets(t *testing.T) {
	for _, format := range []obs.Format{obs.Text, obs.JSON} {
		var b bytes.Buffer
		log := obs.NewLogger(&b, format, slog.LevelInfo)
		log.Debug("hidden hunter2")
		log.Info("connect to postgres://qianmo:hunter2@db:5432/q", "Password", "hunter2", "session_token", "hunter2",
			"error", fmt.Errorf("open: %w", errors.New("user=x password=hunter2 host=y")),
			"header", "Authorization: Bearer hunter2", "key", "used qm_hunter2hunter2", "dsn", "postgres://u:hunter2@h/d", slog.Group("inner", "cookie", "hunter2"), "amount", "1234.56")
		got := b.String()
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s", format, got)
		}
		for _, kept := range []string{"postgres://qianmo:[redacted]@db:5432/q", "1234.56", "host=y", "qm_[redacted]"} {
			if !strings.Contains(got, kept) {
				t.Errorf("%s lost %q: %s", format, kept, got)
			}
		}
		if format == obs.JSON && json.Unmarshal(b.Bytes(), &map[string]any{}) != nil {
			t.Errorf("no JSON: %s", got)
		}
	}
}

func scrape(t *testing.T, m *obs.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	return string(body)
}

func TestMetrics(t *testing.T) {
	m := obs.NewMetrics(obs.Build{Version: "1.2", Revision: "abc", Go: "go1"})
	m.Request("list-measures", 200, 3*time.Millisecond)
	m.Request("list-measures", 200, 3*time.Millisecond)
	m.Request("", 404, time.Second)
	m.Work(work.Event{Name: "started", Kind: "seal"})
	m.Work(work.Event{Name: "done", Kind: "seal", Took: 2 * time.Second})
	m.Counter("facts_sealed_total", "Facts sealed.").Add(7)
	m.Gauge("devices", "Devices.", "state").Set(-3, "busy")
	m.Database("main", dbtest.SQLite(t).Writer())
	m.OnScrape("work_items", "Items by state.", "state", func(context.Context) (map[string]int64, error) {
		return map[string]int64{"waiting": 4}, nil
	})
	m.OnScrape("broken", "Cannot be read.", "x", func(context.Context) (map[string]int64, error) { return nil, errors.New("away") })
	got := scrape(t, m)
	for _, want := range []string{
		`qianmo_build_info{go="go1",revision="abc",version="1.2"} 1`,
		`qianmo_http_requests_total{operation="list-measures",status="200"} 2`,
		`qianmo_http_requests_total{operation="other",status="404"} 1`,
		`qianmo_http_request_seconds_bucket{operation="list-measures",le="0.005"} 2`,
		`qianmo_work_events_total{event="done",kind="seal"} 1`,
		`qianmo_work_seconds_count{kind="seal"} 1`,
		`qianmo_facts_sealed_total 7`,
		`qianmo_devices{state="busy"} -3`,
		`qianmo_work_items{state="waiting"} 4`,
		`go_sql_open_connections{db_name="main"}`,
		`go_goroutines`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestReadBuild(t *testing.T) {
	if b := obs.ReadBuild("1.2"); b.Version != "1.2" || !strings.HasPrefix(b.Go, "go") || b.Revision == "" {
		t.Fatalf("%+v", b)
	}
}
