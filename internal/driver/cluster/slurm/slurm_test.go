package slurm_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/compute/cluster/clustertest"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd/shepherdtest"
	"github.com/qianmo/qianmo/internal/driver/cluster/slurm"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestSlurm(t *testing.T) {
	s := newSite(t)
	state, storage := cluster.Register(t.TempDir()), t.TempDir()
	open := func() *slurm.Cluster {
		return &slurm.Cluster{Runs: state, Shepherd: shepherdtest.Command(t), Env: s.env(), Accounting: true}
	}
	t.Run("suite", func(t *testing.T) {
		clustertest.Run(t, clustertest.Bench{
			Open:     func() cluster.Cluster { return open() },
			Storage:  storage,
			Lose:     clustertest.KillShepherd,
			Patience: 2 * time.Minute,
		})
	})
	for name, test := range map[string]func(*testing.T, *site, *slurm.Cluster, string){
		"devices": devices, "what no node has": never, "waits for devices": waits, "found by name": foundByName, "nodes": nodes,
	} {
		t.Run(name, func(t *testing.T) { test(t, s, open(), storage) })
	}
}

// devices: a run on a named node gets as many as it asked for, and no others.
func devices(t *testing.T, s *site, c *slurm.Cluster, storage string) {
	run := clustertest.Prepare(t, storage, "two-gpus", `echo "$CUDA_VISIBLE_DEVICES" on "$QIANMO_NODE"`, func(r *cluster.Run) {
		r.Node, r.Model, r.Devices = "n2", "gpu:h100", []string{"gpu:h100:0", "gpu:h100:1"}
	})
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	s.until(t, "it is over", func() bool { return clustertest.Status(t, c, run).State.Over() })
	text, _ := os.ReadFile(run.Folder.StreamPath(cluster.Stdout))
	if st := clustertest.Status(t, c, run); st.State != cluster.Succeeded || st.Node != "n2" || string(text) != "0,1 on n2\n" {
		t.Errorf("status %+v, it said %q", st, text)
	}
}

func never(t *testing.T, _ *site, c *slurm.Cluster, storage string) {
	run := clustertest.Prepare(t, storage, "nine-gpus", "true", func(r *cluster.Run) {
		r.Model, r.Devices = "gpu:h100", strings.Split("012345678", "")
	})
	if err := c.Start(t.Context(), run); !fault.Is(err, fault.Invalid) {
		t.Errorf("nine of two: %v", err)
	}
}

// waits: what waits says why, and ends when it is asked to without ever having
// run.
func waits(t *testing.T, s *site, c *slurm.Cluster, storage string) {
	two := func(r *cluster.Run) { r.Node, r.Model, r.Devices = "n1", "gpu:h100", []string{"a", "b"} }
	first := clustertest.Prepare(t, storage, "first", "while [ ! -e go ]; do sleep 0.05; done", two)
	second := clustertest.Prepare(t, storage, "second", "true", two)
	for _, run := range []cluster.Run{first, second} {
		if err := c.Start(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	s.until(t, "the first runs", func() bool { return clustertest.Status(t, c, first).State == cluster.Running })
	s.until(t, "the second says why it waits", func() bool {
		st := clustertest.Status(t, c, second)
		return st.State == cluster.Pending && (st.Reason == "Resources" || strings.Contains(st.Reason, "ReqNodeNotAvail"))
	})
	if err := c.End(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	if st := clustertest.Status(t, c, second); st.State != cluster.Stopped {
		t.Errorf("ended before it began: %+v", st)
	}
	if err := os.WriteFile(filepath.Join(string(first.Folder), "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.until(t, "the first is over", func() bool { return clustertest.Status(t, c, first).State == cluster.Succeeded })
}

// foundByName: a driver that was killed after Slurm took the job, and before it
// noted what Slurm calls it, does not submit it again.
func foundByName(t *testing.T, s *site, c *slurm.Cluster, storage string) {
	run := clustertest.Prepare(t, storage, "noted-late", "echo once >> times", func(*cluster.Run) {})
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	name, err := c.Runs.Name(run.ID)
	if err != nil || name == "" {
		t.Fatalf("%q, %v", name, err)
	}
	if err := os.Remove(filepath.Join(string(c.Runs), run.ID+".name")); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if again, err := c.Runs.Name(run.ID); err != nil || again != name {
		t.Errorf("job %s was submitted again as %s, %v", name, again, err)
	}
	s.until(t, "it is over", func() bool { return clustertest.Status(t, c, run).State.Over() })
	if text, _ := os.ReadFile(filepath.Join(string(run.Folder), "times")); string(text) != "once\n" {
		t.Errorf("it ran: %q", text)
	}
}

// nodes: all are listed with their devices; one that is drained, or does not
// answer, says so.
func nodes(t *testing.T, s *site, c *slurm.Cluster, _ string) {
	list := func() map[string]cluster.Node {
		found, err := c.Inventory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]cluster.Node{}
		for _, n := range found {
			out[n.Name] = n
		}
		return out
	}
	all := list()
	for name, want := range map[string]int{"n1": 2, "n2": 2, "n3": 4, "n4": 4} {
		if n := all[name]; len(n.Devices) != want || n.CPU != 16_000 || n.Memory != 16_000 || n.Out != "" {
			t.Errorf("node %s: %+v", name, n)
		}
	}
	if all["n3"].Devices[0].Model != "npu:ascend910" {
		t.Errorf("model %q", all["n3"].Devices[0].Model)
	}
	s.ask("scontrol", "update", "nodename=n4", "state=drain", "reason=new fans")
	s.until(t, "n4 is out for its fans", func() bool { return strings.Contains(list()["n4"].Out, "new fans") })
	if err := s.nodes["n3"].Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.until(t, "n3 is out", func() bool { return list()["n3"].Out != "" })
}
