package local_test

import (
	"context"
	"fmt"
	"os"
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
		Open: func() cluster.Cluster {
			return &local.Cluster{Runs: cluster.Register(state), Shepherd: []string{self, "shepherd"}}
		},
		Storage:  storage,
		Lose:     clustertest.KillShepherd,
		Patience: time.Minute,
	})
}
