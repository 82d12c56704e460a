package app_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// TestAMissingDatabaseIsNotMadeAnew takes one of the two databases away from a
// folder that was in use: an empty one would say that nothing was ever paid.
func TestAMissingDatabaseIsNotMadeAnew(t *testing.T) {
	for _, name := range []string{"ledger.db", "qianmo.db"} {
		t.Run(name, func(t *testing.T) {
			config := app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)}
			ctx, stop := context.WithCancel(t.Context())
			if err := app.Run(ctx, config, func(string, string) { stop() }); err != nil {
				t.Fatal(err)
			}
			gone := filepath.Join(config.Data, name)
			if err := os.Remove(gone); err != nil {
				t.Fatal(err)
			}
			err := app.Run(t.Context(), config, func(string, string) { t.Fatal("it started") })
			if !fault.Is(err, fault.CheckFailed) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("an empty %s was made: %v", name, err)
			}
		})
	}
}
