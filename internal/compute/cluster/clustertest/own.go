package clustertest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
)

// What a cluster's own tests need beside the suite.

// Prepare makes a run of a shell command for a test of one cluster's own.
func Prepare(t *testing.T, storage, id, script string, change func(*cluster.Run)) cluster.Run {
	t.Helper()
	folder := cluster.Folder(filepath.Join(storage, id))
	if err := os.Mkdir(string(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	run := cluster.Run{ID: id, Folder: folder, Command: []string{"/bin/sh", "-c", script}, CPU: 1000, Memory: 256, Grace: time.Second}
	change(&run)
	if err := folder.Prepare(run, time.Hour); err != nil {
		t.Fatal(err)
	}
	return run
}

// Status is how a run is.
func Status(t *testing.T, c cluster.Cluster, run cluster.Run) cluster.Status {
	t.Helper()
	found, err := c.Look(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	return found[run.ID]
}

// KillShepherd kills the parent of the run's shell, as when its node dies, on
// clusters whose nodes are this machine.
func KillShepherd(t *testing.T, run cluster.Run) {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(string(run.Folder), "pid"))
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	parent, err := strconv.Atoi(strings.Fields(rest)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(parent, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
