package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// gallery serves pages of several kinds beside an API.
func gallery(t *testing.T) http.Handler {
	t.Helper()
	c := config(dbtest.SQLite(t), io.Discard)
	c.Access = httpapi.Table{}
	api := httpapi.New(c)
	page := func(kind string, size int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Length", fmt.Sprint(size))
			_, _ = w.Write(bytes.Repeat([]byte("a"), size))
		})
	}
	api.Handle("/long.html", page("text/html; charset=utf-8", 50_000))
	api.Handle("/short.html", page("text/html; charset=utf-8", 100))
	api.Handle("/picture.png", page("image/png", 50_000))
	api.Handle("/stream.csv", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		for range 1000 {
			_, _ = io.WriteString(w, "one,two,three\n")
		}
	}))
	api.Handle("/broken.html", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, strings.Repeat("half ", 10_000))
		panic("in the middle")
	}))
	handler, err := api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func TestPagesArePackedAndAnswersOfTheAPIAreNot(t *testing.T) {
	handler := gallery(t)
	for _, c := range []struct {
		path, accept string
		packed       bool
		size         int
	}{
		{"/long.html", "gzip, br", true, 50_000},
		{"/long.html", "br;q=1, GZIP;q=0.5", true, 50_000},
		{"/long.html", "gzip;q=0", false, 50_000},
		{"/long.html", "", false, 50_000},
		{"/short.html", "gzip", false, 100},
		{"/picture.png", "gzip", false, 50_000},
		{"/stream.csv", "gzip", true, 14_000},
		{"/api/v1/openapi.yaml", "gzip", false, 0},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		body := io.Reader(w.Body)
		if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != c.packed {
			t.Errorf("%s for %q: packed %t", c.path, c.accept, packed)
		} else if packed {
			if w.Body.Len() > c.size/10 || w.Header().Get("Content-Length") != "" {
				t.Errorf("%s: %d bytes of %d, length %q", c.path, w.Body.Len(), c.size, w.Header().Get("Content-Length"))
			}
			var err error
			if body, err = gzip.NewReader(w.Body); err != nil {
				t.Fatal(err)
			}
		}
		if text, err := io.ReadAll(body); err != nil || c.size > 0 && len(text) != c.size {
			t.Errorf("%s: %d bytes of text, %v", c.path, len(text), err)
		}
	}
}

// TestAPanicInAPackedPageIsNoWholeAnswer: what broke off must not look complete.
func TestAPanicInAPackedPageIsNoWholeAnswer(t *testing.T) {
	server := httptest.NewServer(gallery(t))
	defer server.Close()
	res, err := http.Get(server.URL + "/broken.html") // the client asks for gzip by itself
	if err == nil {
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	if err == nil {
		t.Error("half a page came as a whole one")
	}
}
