package ray_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/compute/cluster/clustertest"
	"github.com/qianmo/qianmo/internal/driver/cluster/ray"
)

func TestRay(t *testing.T) {
	address := newRay(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	state, storage := cluster.Register(t.TempDir()), t.TempDir()
	open := func() *ray.Cluster {
		return &ray.Cluster{Runs: state, Shepherd: []string{self, "shepherd"}, Address: address}
	}
	withNPUs(t, open()) // both nodes have joined
	t.Run("suite", func(t *testing.T) {
		clustertest.Run(t, clustertest.Bench{
			Open:     func() cluster.Cluster { return open() },
			Storage:  storage,
			Lose:     clustertest.KillShepherd,
			Patience: 3 * time.Minute,
		})
	})
	t.Run("devices", func(t *testing.T) { devices(t, open(), storage) })
	t.Run("waits", func(t *testing.T) { waits(t, open(), storage) })
}

func prepare(t *testing.T, storage, id, script string, change func(*cluster.Run)) cluster.Run {
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

func status(t *testing.T, c *ray.Cluster, run cluster.Run) cluster.Status {
	t.Helper()
	found, err := c.Look(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	return found[run.ID]
}

// withNPUs is the node that has them, once it has joined.
func withNPUs(t *testing.T, c *ray.Cluster) (node cluster.Node) {
	t.Helper()
	until(t, "the node with NPUs has joined", func() bool {
		nodes, err := c.Inventory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if len(n.Devices) > 0 {
				node = n
			}
		}
		return node.Name != ""
	})
	return node
}

// devices: a node says what it has, and a run goes to the node that was named for
// it.
func devices(t *testing.T, c *ray.Cluster, storage string) {
	node := withNPUs(t, c)
	if node.CPU != 8000 || node.Memory != 1024 || len(node.Devices) != 2 || node.Devices[0].Model != "NPU:Ascend910B" || node.Out != "" {
		t.Errorf("node %+v", node)
	}
	run := prepare(t, storage, "two-npus", `echo "$QIANMO_NODE"`, func(r *cluster.Run) {
		r.Node, r.Model, r.Devices = node.Name, "NPU:Ascend910B", []string{"a", "b"}
	})
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	until(t, "it is over", func() bool { return status(t, c, run).State.Over() })
	if st := status(t, c, run); st.State != cluster.Succeeded || st.Node != node.Name {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

// waits: what has no room waits, says why, and can be ended without ever having
// run.
func waits(t *testing.T, c *ray.Cluster, storage string) {
	run := prepare(t, storage, "nine-npus", "true", func(r *cluster.Run) { r.Model, r.Devices = "NPU", strings.Split("012345678", "") })
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	until(t, "it says why it waits", func() bool {
		st := status(t, c, run)
		return st.State == cluster.Pending && st.Reason != ""
	})
	if err := c.End(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	if st := status(t, c, run); st.State != cluster.Stopped {
		t.Errorf("ended before it began: %+v", st)
	}
}
