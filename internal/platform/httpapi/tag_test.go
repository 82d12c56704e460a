package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// archive serves downloads; their content is what text says.
func archive(t *testing.T, text *string) http.Handler {
	t.Helper()
	c := config(dbtest.SQLite(t), io.Discard)
	c.Access = httpapi.Table{}
	api := httpapi.New(c)
	serve := func(path, control string, end func()) {
		api.Handle(path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/csv")
			w.Header().Set("Cache-Control", control)
			for chunk := range strings.SplitAfterSeq(*text, "\n") {
				_, _ = io.WriteString(w, chunk)
				_ = http.NewResponseController(w).Flush()
			}
			end()
		}))
	}
	serve("/open.csv", "public, max-age=300", func() {})
	serve("/private.csv", "no-store", func() {})
	serve("/broken.csv", "public, max-age=300", func() { panic(http.ErrAbortHandler) })
	api.Handle("/fault.csv", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.WriteHeader(http.StatusNotFound)
	}))
	handler, err := api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func fetch(handler http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// TestADownloadIsSentOnceAndThenByItsTag goes from nothing to more than waits
// in memory.
func TestADownloadIsSentOnceAndThenByItsTag(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	text := ""
	handler := archive(t, &text)
	seen := map[string]bool{}
	for _, lines := range []int{0, 1, 2, 30_000, 100_000} {
		text = strings.Repeat("一,二,三,four,five,six\n", lines)
		first := fetch(handler, http.MethodGet, "/open.csv")
		tag := first.Header().Get("ETag")
		sum := sha256.Sum256([]byte(text))
		if first.Code != 200 || first.Body.String() != text || tag != `"`+hex.EncodeToString(sum[:16])+`"` || seen[tag] {
			t.Fatalf("%d lines: status %d, %d bytes, tag %s", lines, first.Code, first.Body.Len(), tag)
		}
		seen[tag] = true
		for _, have := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := fetch(handler, http.MethodGet, "/open.csv", "If-None-Match", have)
			if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag || again.Header().Get("Cache-Control") != "public, max-age=300" {
				t.Errorf("%d lines, %s: status %d, %d bytes, %v", lines, have, again.Code, again.Body.Len(), again.Header())
			}
		}
		for _, have := range []string{`"other"`, strings.Trim(tag, `"`), ""} {
			if again := fetch(handler, http.MethodGet, "/open.csv", "If-None-Match", have); again.Code != 200 || again.Body.String() != text {
				t.Errorf("%d lines, %q: status %d", lines, have, again.Code)
			}
		}
		packed := fetch(handler, http.MethodGet, "/open.csv", "Accept-Encoding", "gzip")
		if want := "W/" + tag; lines > 1000 && (packed.Header().Get("ETag") != want || packed.Header().Get("Content-Encoding") != "gzip") {
			t.Errorf("packed: %v", packed.Header())
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left on disk: %v, %v", left, err)
	}
}

func TestWhatNobodyMayKeepHasNoTag(t *testing.T) {
	text := "secret\n"
	handler := archive(t, &text)
	for path, status := range map[string]int{"/private.csv": 200, "/fault.csv": 404} {
		if w := fetch(handler, http.MethodGet, path, "If-None-Match", "*"); w.Code != status || w.Header().Get("ETag") != "" {
			t.Errorf("%s: status %d, tag %q", path, w.Code, w.Header().Get("ETag"))
		}
	}
	contract := fetch(handler, http.MethodGet, "/api/v1/openapi.yaml")
	if tag := contract.Header().Get("ETag"); tag == "" || fetch(handler, http.MethodGet, "/api/v1/openapi.yaml", "If-None-Match", tag).Code != http.StatusNotModified {
		t.Errorf("the contract: %v", contract.Header())
	}
}

// TestADownloadThatBreaksOffWasNotBegun: nobody takes half of one for a whole.
func TestADownloadThatBreaksOffWasNotBegun(t *testing.T) {
	text := strings.Repeat("half\n", 1000)
	server := httptest.NewServer(archive(t, &text))
	defer server.Close()
	res, err := http.Get(server.URL + "/broken.csv")
	if err == nil {
		body, errBody := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err = errBody; bytes.Contains(body, []byte("half")) {
			t.Errorf("status %d with %d bytes", res.StatusCode, len(body))
		}
	}
	if err == nil {
		t.Error("it came as a whole one")
	}
}
