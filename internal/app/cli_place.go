package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/qianmo/qianmo/internal/compute/placement/replay"
)

type placeCommand struct {
	Replay replayCommand `cmd:"" help:"Play a trace of tasks against a placement strategy: how much of the devices it gets allocated."`
}

type replayCommand struct {
	Nodes      string  `help:"Nodes, CSV: sn, cpu_milli, memory_mib, gpu, model." required:"" type:"path"`
	Pods       string  `help:"Tasks, CSV: cpu_milli, memory_mib, num_gpu, gpu_milli; also gpu_spec, creation_time, deletion_time, scheduled_time." required:"" type:"path"`
	Seed       uint64  `help:"Of the order and the draws." required:""`
	Policy     string  `help:"Strategy: ${enum}." enum:"qianmo,best-fit,random" default:"qianmo"`
	Mix        string  `help:"Where the strategy knows from what tasks ask: the whole list, or those that came already (${enum})." enum:"list,past" default:"list"`
	Split      string  `help:"By model: the nodes are four centres that bid for each task." enum:"model," default:""`
	Departures float64 `help:"Let tasks end: lifetimes are scaled until this part of the devices' time is asked for." placeholder:"PART"`
}

// maxTrace is how large a list may be, in bytes.
const maxTrace = 256 << 20

func (r *replayCommand) Run(c *console) error {
	in := replay.Input{Seed: r.Seed, Policy: r.Policy, PastMix: r.Mix == "past", Split: r.Split == "model", Departures: r.Departures}
	text, err := readBounded(r.Nodes, maxTrace)
	if err != nil {
		return err
	}
	if in.Nodes, err = replay.ReadNodes(filepath.Base(r.Nodes), bytes.NewReader(text)); err != nil {
		return err
	}
	if text, err = readBounded(r.Pods, maxTrace); err != nil {
		return err
	}
	if in.Requests, err = replay.ReadRequests(filepath.Base(r.Pods), bytes.NewReader(text)); err != nil {
		return err
	}
	result, err := replay.Play(in)
	if err != nil {
		return err
	}
	if c.json {
		return json.NewEncoder(c.out).Encode(result)
	}
	for _, m := range result.Demand {
		fmt.Fprintf(c.out, "%s\tseed %d\tat %.0f%%\t%.2f%% allocated\n", result.Policy, result.Seed, m.At*100, m.Allocated*100)
	}
	if r.Departures > 0 {
		fmt.Fprintf(c.out, "%s\tseed %d\tmean of the last half\t%.2f%% allocated\n", result.Policy, result.Seed, result.Mean*100)
	}
	fmt.Fprintf(c.out, "%d of %d tasks placed, %.1f devices left, %.2f s, 99%% of placements within %d µs\n", result.Placed, result.Tasks, result.Free, result.Seconds, result.P99)
	return nil
}
