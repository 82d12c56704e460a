// Package cluster is the seam between an agent and what runs jobs at a centre:
// processes of one machine, Slurm, Kubernetes or Ray. A cluster starts a run,
// says how it is, and ends it; what a run prints, uses and leaves behind is in its
// folder (folder.go), written by the shepherd that the cluster starts in its
// place, so that it reads alike everywhere.
package cluster

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Cluster (集群) runs what an agent gives it. Implementations are under
// internal/driver/cluster; all pass clustertest.
//
// A cluster keeps what it needs outside the agent's memory: another agent on the
// same folders goes on where this one was killed.
type Cluster interface {
	// Inventory is the nodes as the cluster sees them now.
	//
	// Codes: unavailable.
	Inventory(ctx context.Context) ([]Node, error)

	// Start starts a run, whose folder has been prepared. The same run again is
	// not started a second time, whatever became of the first answer.
	//
	// Codes: conflict when the id was started with other content; invalid when the
	// cluster can never run it; unavailable.
	Start(ctx context.Context, run Run) error

	// Look says how runs are. What the cluster never heard of is not in the answer.
	//
	// Codes: unavailable.
	Look(ctx context.Context, ids ...string) (map[string]Status, error)

	// End ends runs that a shepherd cannot be asked to end: those that still wait,
	// and those whose shepherd does not answer. To end a run in order, ask its
	// folder (Folder.Stop).
	//
	// Codes: not_found, unavailable.
	End(ctx context.Context, id string) error

	// Clear forgets a run that has ended; its folder stays with the agent.
	//
	// Codes: not_found, conflict while it runs, unavailable.
	Clear(ctx context.Context, id string) error
}

// Node (节点) is one machine of a cluster.
type Node struct {
	Name    string   `json:"name"`
	CPU     int64    `json:"cpu"`    // thousandths of a core
	Memory  int64    `json:"memory"` // MiB
	Devices []Device `json:"devices,omitempty"`
	Out     string   `json:"out,omitempty"` // why the cluster gives it no work; "" when it does
}

// Device (加速卡) is one accelerator of a node.
type Device struct {
	ID    string `json:"id"`    // unique on the node
	Model string `json:"model"` // as the vendor's tool names it
	Out   string `json:"out,omitempty"`
}

// Run (运行) is one attempt at a job on one node.
type Run struct {
	ID      string            `json:"id"` // unique for ever
	Folder  Folder            `json:"folder"`
	Command []string          `json:"command"`
	Env     map[string]string `json:"env,omitempty"`
	Image   string            `json:"image,omitempty"` // for clusters that run images
	Node    string            `json:"node,omitempty"`  // where placement put it; "" leaves it to the cluster
	CPU     int64             `json:"cpu"`             // thousandths of a core
	Memory  int64             `json:"memory"`          // MiB; past it the run is ended
	Devices []string          `json:"devices,omitempty"`
	Model   string            `json:"model,omitempty"` // of the devices, as the vendor's tool names it
	Grace   time.Duration     `json:"grace"`           // between the request to end and the end: to write a checkpoint
}

// Validate names every field that is wrong.
//
// Codes: invalid.
func (r Run) Validate() error {
	var c fault.Collector
	if r.ID == "" || r.Folder == "" {
		c.Add("id", "运行须有编号和目录。", "A run needs an id and a folder.")
	}
	if len(r.Command) == 0 || r.Command[0] == "" {
		c.Add("command", "请写要运行的命令。", "Name the command to run.")
	}
	if r.CPU < 0 || r.Memory <= 0 {
		c.Add("memory", "处理器不能为负，内存须大于 0 MiB。", "CPU cannot be negative, and memory must be more than 0 MiB.")
	}
	if r.Grace < 0 {
		c.Add("grace", "宽限时间不能为负。", "The grace cannot be negative.")
	}
	return c.Err()
}

// State is how a run is as its cluster sees it.
type State string

// The states of a run. Pending and running are not the end.
const (
	Pending     State = "pending"
	Running     State = "running"
	Succeeded   State = "succeeded"
	Failed      State = "failed"        // it ended by itself, not with 0
	Stopped     State = "stopped"       // it was asked to end and did
	TimedOut    State = "timed_out"     // the time that it was given is over
	OutOfMemory State = "out_of_memory" // it took more than it asked for
	Lost        State = "lost"          // its node, or what watched over it, is gone: how it ended is not known
)

// Ended is why a run ended that Cluster.End ended.
const Ended = "ended by the cluster"

// Over reports whether a state is an end.
func (s State) Over() bool { return s != Pending && s != Running }

// Status is how a run is.
type Status struct {
	State  State
	Node   string // where it runs or ran
	Reason string // why it waits, or how it ended, in the cluster's words
	Ending *End   // what the shepherd wrote at the end
}
