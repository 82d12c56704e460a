package httpapi_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func TestIdempotencyKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t, d)
		post := func(body, key string) reply {
			return s.call("POST", "/api/v1/pets", body, "X-Test-Role", "keeper", "Idempotency-Key", key)
		}
		first, again := post(cat, "k1"), post(cat, "k1")
		if first.StatusCode != 201 || again.StatusCode != 201 || first.text != again.text || again.Header.Get("Idempotency-Replayed") != "true" || s.calls != 1 {
			t.Fatalf("%d, then %d (%q) after %d calls", first.StatusCode, again.StatusCode, again.text, s.calls)
		}
		if p := post(strings.Replace(cat, "mimi", "kiki", 1), "k1").problem(t); p.Code != fault.Conflict || s.calls != 1 {
			t.Errorf("the key with other content gave %+v", p)
		}
		taken := strings.Replace(cat, "mimi", "taken", 1)
		post(taken, "k2").problem(t)
		post(taken, "k2").problem(t)
		if s.calls != 3 {
			t.Errorf("a failed try must run again: %d calls", s.calls)
		}
		if got := s.call("POST", "/api/v1/pets", cat, "X-Test-Role", "reviewer", "Idempotency-Key", "k1"); got.StatusCode != 403 {
			t.Errorf("a repeat by another role gave %d", got.StatusCode)
		}
		s.call("POST", "/api/v1/secret", "", "X-Test-Role", "keeper", "Idempotency-Key", "k3")
		s.call("POST", "/api/v1/secret", "", "X-Test-Role", "keeper", "Idempotency-Key", "k3")
		if s.calls != 5 {
			t.Errorf("a secret must not be kept: %d calls", s.calls)
		}
	})
}

func TestIdempotencyKeyOfConcurrentTries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t, d)
		statuses := make(chan int)
		for range 8 {
			go func() {
				req, _ := http.NewRequest("POST", s.URL+"/api/v1/pets", strings.NewReader(cat))
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("X-Test-Role", "keeper")
				req.Header.Set("Idempotency-Key", "same")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					statuses <- 0
					return
				}
				_ = res.Body.Close()
				statuses <- res.StatusCode
			}()
		}
		for range 8 {
			if status := <-statuses; status != 201 && status != 409 {
				t.Errorf("got %d", status)
			}
		}
		if s.calls != 1 {
			t.Errorf("the handler ran %d times", s.calls)
		}
	})
}

func TestIdempotencyKeyOfUploads(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	upload := func(content []byte) reply {
		var body bytes.Buffer
		form := multipart.NewWriter(&body) // a fresh boundary each time
		part, err := form.CreateFormFile("file", "facts.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequest("POST", s.URL+"/api/v1/upload", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		req.Header.Set("X-Test-Role", "keeper")
		req.Header.Set("Idempotency-Key", "file")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return reply{res, string(b)}
	}
	large := bytes.Repeat([]byte("x"), 2<<20) // past what is held in memory
	if got := upload(large); got.StatusCode != 200 || strings.TrimSpace(got.text) != "2097152" {
		t.Fatalf("got %d %s", got.StatusCode, got.text)
	}
	if got := upload(large); got.Header.Get("Idempotency-Replayed") != "true" || s.calls != 1 {
		t.Errorf("the repeat gave %d after %d calls", got.StatusCode, s.calls)
	}
	if p := upload(large[1:]).problem(t); p.Code != fault.Conflict {
		t.Errorf("another file gave %+v", p)
	}
	if p := upload(bytes.Repeat([]byte("x"), 4<<20)).problem(t); p.Code != fault.TooLarge {
		t.Errorf("a file too large gave %+v", p)
	}
}

func TestOldAnswersAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock.NewManual(clock.Date("2025-10-22").Time())
		s := serve(t, d, func(c *httpapi.Config) { c.Clock = now })
		post := func() { s.call("POST", "/api/v1/pets", cat, "X-Test-Role", "keeper", "Idempotency-Key", "k") }
		post()
		now.Advance(25 * 60 * 60 * 1e9)
		post()
		if s.calls != 2 {
			t.Errorf("%d calls after a day, want 2", s.calls)
		}
		now.Advance(25 * 60 * 60 * 1e9)
		if err := s.api.ForgetAnswers(t.Context()); err != nil {
			t.Fatal(err)
		}
		n, _, err := db.One(t.Context(), d.Q(t.Context()), func(scan func(...any) error) (n int, err error) { return n, scan(&n) }, `select count(*) from idempotent_answer`)
		if err != nil || n != 0 {
			t.Errorf("%d answers left, %v", n, err)
		}
	})
}
