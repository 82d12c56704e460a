// Command place measures how much of a cluster's devices placement gets
// allocated, on the trace openb (Weng et al., "Beware of Fragmentation", USENIX
// ATC 2023): our strategy beside best fit and random in one run, and what the
// paper's authors published. The trace is not part of the project: -data names
// its folder, and without it nothing is measured.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/qianmo/qianmo/internal/compute/placement/replay"
)

var (
	data  = flag.String("data", "../shared/data/openb", "folder of openb_node_list_gpu_node.csv and the lists of pods")
	first = flag.Uint64("seed", 42, "first seed")
	seeds = flag.Int("seeds", 10, "how many seeds")
)

// list is a list of pods of the trace, and what the authors' simulator reached
// with fragmentation gradient descent and with best fit: per cent of the devices
// at 100 % and 130 % of the demand, as they stored it.
type list struct {
	name              string
	published, theirs [2]float64
}

var lists = []list{
	{"default", [2]float64{95.23, 95.39}, [2]float64{92.86, 93.08}},
	{"gpuspec33", [2]float64{87.84, 94.55}, [2]float64{80.39, 93.09}},
	{"gpushare100", [2]float64{86.64, 86.90}, [2]float64{84.62, 85.01}},
	{"gpushare60", [2]float64{91.25, 91.40}, [2]float64{89.06, 89.36}},
	{"multigpu50", [2]float64{97.09, 97.18}, [2]float64{95.62, 95.74}},
	{"cpu250", [2]float64{93.20, 93.41}, [2]float64{91.21, 91.45}},
}

// ways of asking, of which each is a block of the table.
var ways = []struct {
	name     string
	policies []string
	set      func(*replay.Input)
}{
	{"mix known", []string{replay.PolicyQianmo, replay.PolicyBestFit, replay.PolicyRandom}, func(*replay.Input) {}},
	{"mix learnt from the past", []string{replay.PolicyQianmo}, func(in *replay.Input) { in.PastMix = true }},
	{"four centres by model", []string{replay.PolicyQianmo}, func(in *replay.Input) { in.Split = true }},
	{"departures, 1.1 asked for", []string{replay.PolicyQianmo, replay.PolicyBestFit, replay.PolicyRandom}, func(in *replay.Input) { in.Departures, in.PastMix = 1.1, true }},
}

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	text, err := os.ReadFile(filepath.Join(*data, "openb_node_list_gpu_node.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("no trace in %s: nothing measured (see -data)\n", *data)
		return nil
	}
	if err != nil {
		return err
	}
	nodes, err := replay.ReadNodes("nodes", bytes.NewReader(text))
	if err != nil {
		return err
	}
	began := time.Now()
	fmt.Printf("per cent of %d nodes' devices allocated, mean of seeds %d to %d; published: FGD and best fit of the authors' simulator\n", len(nodes), *first, *first+uint64(*seeds)-1)
	for _, way := range ways {
		fmt.Printf("\n%-28s %-12s %-9s %8s %8s %8s %18s %9s %9s %9s\n", way.name, "list", "policy", "at 100", "at 130", "mean", "published", "a run", "p99", "worst")
		for _, l := range lists {
			text, err := os.ReadFile(filepath.Join(*data, "openb_pod_list_"+l.name+".csv"))
			if err != nil {
				return err
			}
			requests, err := replay.ReadRequests(l.name, bytes.NewReader(text))
			if err != nil {
				return err
			}
			for _, policy := range way.policies {
				in := replay.Input{Nodes: nodes, Requests: requests, Policy: policy}
				way.set(&in)
				if in.Departures > 0 && requests[0].Lifetime == 0 {
					continue // a list without times
				}
				if err := measure(in, l); err != nil {
					return err
				}
			}
		}
	}
	fmt.Printf("\nall of it: %.0f s\n", time.Since(began).Seconds())
	return nil
}

func measure(in replay.Input, l list) error {
	var at [2]float64
	var mean, took float64
	var p99, worst int64
	for s := range *seeds {
		in.Seed = *first + uint64(s)
		result, err := replay.Play(in)
		if err != nil {
			return err
		}
		for i := range at {
			at[i] += result.Demand[i].Allocated
		}
		mean, took = mean+result.Mean, took+result.Seconds
		p99, worst = max(p99, result.P99), max(worst, result.Longest)
	}
	per := func(sum float64) float64 { return 100 * sum / float64(*seeds) }
	published := ""
	switch {
	case in.Departures > 0: // they let nothing end
	case in.Policy == replay.PolicyQianmo:
		published = fmt.Sprintf("%.2f / %.2f", l.published[0], l.published[1])
	case in.Policy == replay.PolicyBestFit:
		published = fmt.Sprintf("%.2f / %.2f", l.theirs[0], l.theirs[1])
	}
	fmt.Printf("%-28s %-12s %-9s %8.2f %8.2f %8.2f %18s %7.2f s %6d µs %6d µs\n", "", l.name, in.Policy, per(at[0]), per(at[1]), per(mean), published, took/float64(*seeds), p99, worst)
	return nil
}
