package local_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/compute/cluster/clustertest"
	"github.com/qianmo/qianmo/internal/driver/cluster/local"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd"
)

// TestMain is also the shepherd's program.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "shepherd" {
		exit, err := shepherd.Watch(context.Background(), cluster.Folder(os.Args[2]))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(exit)
	}
	os.Exit(m.Run())
}

func TestSuite(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	state, storage := t.TempDir(), t.TempDir()
	clustertest.Run(t, clustertest.Bench{
		Open:     func() cluster.Cluster { return &local.Cluster{Runs: state, Shepherd: []string{self, "shepherd"}} },
		Storage:  storage,
		Lose:     killShepherd,
		Patience: time.Minute,
	})
}

// killShepherd kills the parent of the run's shell.
func killShepherd(t *testing.T, run cluster.Run) {
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
