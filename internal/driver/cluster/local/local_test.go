package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/compute/cluster/clustertest"
	"github.com/qianmo/qianmo/internal/driver/cluster/local"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd/shepherdtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestMain(m *testing.M) { shepherdtest.Main(m) }

// TestLostRunLeavesNothing: what a run had started ends when it is found lost.
func TestLostRunLeavesNothing(t *testing.T) {
	c := &local.Cluster{Runs: cluster.Register(t.TempDir()), Shepherd: shepherdtest.Command(t)}
	run := cluster.Run{ID: "left-behind", Folder: cluster.Folder(t.TempDir()), Memory: 64, Command: []string{"/bin/sh", "-c", "setsid sleep 600 & echo $! > child; echo $$ > pid; wait"}}
	if err := run.Folder.Prepare(run, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	child := filepath.Join(string(run.Folder), "child")
	clustertest.WaitFor(t, time.Minute, func() bool { text, _ := os.ReadFile(filepath.Join(string(run.Folder), "pid")); return len(text) > 1 }, func() string { return "it does not begin" })
	pid, err := os.ReadFile(child)
	if err != nil {
		t.Fatal(err)
	}
	clustertest.KillShepherd(t, run)
	clustertest.WaitFor(t, time.Minute, func() bool {
		found, err := c.Look(t.Context(), run.ID)
		_, alive := os.Stat("/proc/" + strings.TrimSpace(string(pid)) + "/fd/0")
		return err == nil && found[run.ID].State == cluster.Lost && alive != nil
	}, func() string { return "what it started lives on: " + string(pid) })
}

// TestUnreadableLimit: a run whose time cannot be read is not begun.
func TestUnreadableLimit(t *testing.T) {
	run := cluster.Run{ID: "no-limit", Folder: cluster.Folder(t.TempDir()), Memory: 64, Command: []string{"/bin/sh", "-c", "echo ran > ran"}}
	if err := run.Folder.Prepare(run, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(string(run.Folder), "allowed"), []byte("soon"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := shepherd.Watch(t.Context(), run.Folder); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(string(run.Folder), "ran")); err == nil {
		t.Error("it ran without a limit")
	}
}

func TestSuite(t *testing.T) {
	state, storage := t.TempDir(), t.TempDir()
	clustertest.Run(t, clustertest.Bench{
		Open: func() cluster.Cluster {
			return &local.Cluster{Runs: cluster.Register(state), Shepherd: shepherdtest.Command(t)}
		},
		Storage:  storage,
		Lose:     clustertest.KillShepherd,
		Patience: time.Minute,
	})
}
