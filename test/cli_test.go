package test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/qianmo/qianmo/internal/app"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"qianmo": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(app.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
		"qianmo-on": serveOn,
	})
}

// TestStories runs the command line's stories: one file is one story, with its
// commands, its input files and what it must answer.
func TestStories(t *testing.T) {
	pack, err := filepath.Abs("../regions/guizhou")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: "stories", Setup: func(env *testscript.Env) error {
		env.Setenv("PACK", pack)
		env.Setenv("LANG", "en")
		return nil
	}})
}
