// Package local is the cluster that is one machine: runs are processes, each with
// a shepherd of its own that lives on when the agent ends.
package local

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Cluster implements cluster.Cluster.
type Cluster struct {
	Runs     cluster.Register
	Shepherd []string         // command that watches over the folder given after it
	Name     string           // of the node; the host's name when ""
	Devices  []cluster.Device // that are handed out; none where the machine has none
}

// visible are the variables by which runs see their devices and no others.
var visible = []string{"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES"}

// Inventory implements cluster.Cluster.
func (c *Cluster) Inventory(context.Context) ([]cluster.Node, error) {
	memory, err := totalMemory()
	if err != nil {
		return nil, err
	}
	return []cluster.Node{{Name: c.name(), CPU: int64(runtime.NumCPU()) * 1000, Memory: memory, Devices: c.Devices}}, nil
}

func (c *Cluster) name() string {
	if c.Name != "" {
		return c.Name
	}
	name, _ := os.Hostname()
	return name
}

// totalMemory is the machine's, in MiB.
func totalMemory() (int64, error) {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return 0, fault.Newf(fault.Unavailable, "读不到本机的内存大小。", "The memory of this machine cannot be read.").Because(err)
	}
	return int64(info.Totalram) * int64(info.Unit) >> 20, nil //nolint:unconvert // the type differs by architecture
}

// Start implements cluster.Cluster.
func (c *Cluster) Start(_ context.Context, run cluster.Run) error {
	if err := run.Validate(); err != nil {
		return err
	}
	if err := c.Runs.Remember(run); err != nil {
		return err
	}
	if _, err := run.Folder.End(); err == nil {
		return nil // started before, and over
	}
	if run.Folder.Watched() {
		return nil
	}
	watching := exec.Command(c.Shepherd[0], append(c.Shepherd[1:len(c.Shepherd):len(c.Shepherd)], string(run.Folder))...)
	watching.Env = append(os.Environ(), "QIANMO_NODE="+c.name())
	for _, name := range visible {
		watching.Env = append(watching.Env, name+"="+strings.Join(run.Devices, ","))
	}
	watching.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it outlives the agent
	if err := watching.Start(); err != nil {
		return fault.Newf(fault.Unavailable, "看护进程起不来。", "The shepherd does not start.").Because(err)
	}
	go func() { _ = watching.Wait() }() // what it has to say is in the folder
	return nil
}

// Look implements cluster.Cluster.
func (c *Cluster) Look(_ context.Context, ids ...string) (map[string]cluster.Status, error) {
	out := map[string]cluster.Status{}
	for _, id := range ids {
		folder, known, err := c.Runs.Folder(id)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		if out[id], err = c.status(id, folder); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Cluster) status(id string, folder cluster.Folder) (cluster.Status, error) {
	alive := folder.Watched() // before the end is read: a shepherd that ends in between has written it
	if st, over, err := folder.Ended(); over || err != nil {
		return st, err
	}
	if alive {
		return cluster.Status{State: cluster.Running, Node: c.name()}, nil
	}
	samples, err := folder.Samples(0)
	if err != nil {
		return cluster.Status{}, err
	}
	if len(samples) > 0 {
		shepherd.EndStrays(id)
		return cluster.Status{State: cluster.Lost, Node: c.name(), Reason: "its shepherd is gone"}, nil
	}
	return cluster.Status{State: cluster.Pending, Node: c.name(), Reason: "its shepherd has not come yet"}, nil
}

// End implements cluster.Cluster.
func (c *Cluster) End(_ context.Context, id string) error {
	folder, err := c.Runs.Find(id)
	if err != nil {
		return err
	}
	if withdrawn, err := folder.Withdraw(cluster.Ended); withdrawn || err != nil {
		return err
	}
	return folder.Stop(cluster.Ended)
}

// Clear implements cluster.Cluster.
func (c *Cluster) Clear(_ context.Context, id string) error {
	folder, err := c.Runs.Find(id)
	if err != nil {
		return err
	}
	st, err := c.status(id, folder)
	if err != nil {
		return err
	}
	if !st.State.Over() || folder.Watched() {
		return cluster.StillRuns(id)
	}
	return c.Runs.Forget(id)
}

var _ cluster.Cluster = (*Cluster)(nil)
