package ray_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/compute/cluster/clustertest"
	"github.com/qianmo/qianmo/internal/driver/cluster/ray"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd/shepherdtest"
)

func TestRay(t *testing.T) {
	address := newRay(t)
	state, storage := cluster.Register(t.TempDir()), t.TempDir()
	open := func() *ray.Cluster {
		return &ray.Cluster{Runs: state, Shepherd: shepherdtest.Command(t), Address: address}
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
	run := clustertest.Prepare(t, storage, "two-npus", `echo "$QIANMO_NODE"`, func(r *cluster.Run) {
		r.Node, r.Model, r.Devices = node.Name, "NPU:Ascend910B", []string{"a", "b"}
	})
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	until(t, "it is over", func() bool { return clustertest.Status(t, c, run).State.Over() })
	if st := clustertest.Status(t, c, run); st.State != cluster.Succeeded || st.Node != node.Name {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

// waits: what has no room waits, says why, and can be ended without ever having
// run.
func waits(t *testing.T, c *ray.Cluster, storage string) {
	run := clustertest.Prepare(t, storage, "nine-npus", "true", func(r *cluster.Run) { r.Model, r.Devices = "NPU", strings.Split("012345678", "") })
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	until(t, "it says why it waits", func() bool {
		st := clustertest.Status(t, c, run)
		return st.State == cluster.Pending && st.Reason != ""
	})
	if err := c.End(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	if st := clustertest.Status(t, c, run); st.State != cluster.Stopped {
		t.Errorf("ended before it began: %+v", st)
	}
}
