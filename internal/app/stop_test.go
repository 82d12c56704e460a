package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

// TestAStopFinishesWhatIsInHand stops the server while it reads a request: the
// request is answered, whoever comes later is not let in, and Run ends clean.
func TestAStopFinishesWhatIsInHand(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, app.Config{Data: t.TempDir(), Sandbox: true, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)},
			func(address, _ string) { ready <- address })
	}()
	address := <-ready

	// The server asks for the body once the handler reads it; only then it comes.
	asked, body := make(chan struct{}), `{"login":"office","password":"`+sandbox.Password+`"}`
	in, out := io.Pipe()
	go func() {
		<-asked
		stop()
		for again := time.Tick(10 * time.Millisecond); ; <-again { // until the door is shut
			res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(address + "/healthz")
			if err != nil {
				break
			}
			_ = res.Body.Close()
		}
		_, _ = io.Copy(out, strings.NewReader(body))
		_ = out.Close()
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/api/v1/session", &firstRead{in, asked})
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = int64(len(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Expect", "100-continue")
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("the request in hand was dropped: %v", err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("the request in hand got %d", res.StatusCode)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server did not stop clean: %v", err)
	}
}

// firstRead tells when a body is asked for.
type firstRead struct {
	io.Reader
	asked chan struct{}
}

// Read implements io.Reader.
func (f *firstRead) Read(p []byte) (int, error) {
	if f.asked != nil {
		close(f.asked)
		f.asked = nil
	}
	return f.Reader.Read(p)
}
