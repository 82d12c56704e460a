package app

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
)

func TestReadyOnlyWhileTheDatabaseAnswers(t *testing.T) {
	p, err := openProduct(t.Context(), Config{Data: t.TempDir(), PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() int {
		w := httptest.NewRecorder()
		p.ready(w, httptest.NewRequest("GET", "/readyz", nil))
		return w.Code
	}
	if got := ask(); got != 204 {
		t.Errorf("an open database: %d", got)
	}
	if err := p.close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != 503 {
		t.Errorf("a closed database: %d", got)
	}
}
