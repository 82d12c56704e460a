// Package apptest starts the whole product for a test, on port 0 with a
// temporary folder, and speaks to it over HTTP as a browser would.
package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// Server is a running product.
type Server struct {
	Address    string
	SetupToken string
	Folder     string
}

// Start runs the product until the test ends. Zero fields of c are filled in.
func Start(t testing.TB, c app.Config) Server {
	t.Helper()
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	c.Listen = "127.0.0.1:0"
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan Server, 1), make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, c, func(address, token string) { ready <- Server{address, token, c.Data} })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the product did not stop cleanly: %v", err)
		}
	})
	select {
	case s := <-ready:
		return s
	case err := <-ended:
		ended <- nil
		t.Fatalf("the product did not start: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("the product was not ready after two minutes")
	}
	return Server{}
}

// testLog writes warnings into the test's own log.
type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(string(bytes.TrimSpace(b)))
	return len(b), nil
}

// Client is one browser.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
}

// Anonymous is a browser that nobody signed in with.
func (s Server) Anonymous(t testing.TB) *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{t, s.Address + "/api/v1", &http.Client{Jar: jar, Timeout: time.Minute}}
}

// As signs in with one of the sandbox's accounts.
func (s Server) As(t testing.TB, login string) *Client {
	t.Helper()
	c := s.Anonymous(t)
	c.Do("POST", "/session", map[string]string{"login": login, "password": sandbox.Password}, http.StatusCreated)
	return c
}

// Answer is a decoded JSON object.
type Answer map[string]any

// Do sends JSON, wants the status and returns the answer.
func (c *Client) Do(method, path string, body any, want int) Answer {
	c.t.Helper()
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	return c.send(method, path, "application/json", in, want)
}

// Upload sends one file as a form.
func (c *Client) Upload(path, name string, content []byte, want int) Answer {
	c.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send("POST", path, w.FormDataContentType(), &form, want)
}

func (c *Client) send(method, path, kind string, body io.Reader, want int) Answer {
	c.t.Helper()
	var content []byte
	if body != nil {
		var err error
		if content, err = io.ReadAll(body); err != nil {
			c.t.Fatal(err)
		}
	}
	res, raw := c.once(method, path, kind, content)
	for res.StatusCode == http.StatusTooManyRequests && want != res.StatusCode { // faster than people are: wait as long as the server says
		after, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil {
			c.t.Fatalf("%s %s: 429 without when to come again: %s", method, path, raw)
		}
		<-time.After(time.Duration(max(after, 1)) * time.Second)
		res, raw = c.once(method, path, kind, content)
	}
	if res.StatusCode != want {
		c.t.Fatalf("%s %s: got %d, want %d: %s", method, path, res.StatusCode, want, raw)
	}
	var out Answer
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			c.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	return out
}

// once sends a request and reads the answer.
func (c *Client) once(method, path, kind string, content []byte) (*http.Response, []byte) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, bytes.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	if content != nil {
		req.Header.Set("Content-Type", kind)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res, raw
}

// String reads a text member.
func (a Answer) String(name string) string {
	s, _ := a[name].(string)
	return s
}
