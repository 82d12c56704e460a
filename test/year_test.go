package test

import (
	"net/http"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/apptest"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

// TestYear runs a whole programme year over the sandbox, on both databases:
// stories/year says what happens.
func TestYear(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			config := app.Config{Sandbox: true, DB: dsn(t)}
			server := apptest.Start(t, config)
			p := &people{address: server.Address, sessions: map[string]*http.Client{}}
			testscript.Run(t, testscript.Params{Dir: "stories/year", Cmds: p.commands(), Setup: func(env *testscript.Env) error {
				env.Setenv("LANG", "en")
				env.Setenv("QIANMO_DATA", server.Folder)
				env.Setenv("QIANMO_DB", config.DB)
				return nil
			}})
		})
	}
}
