package slurm

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Inventory implements cluster.Cluster. Slurm knows devices as generic resources,
// kind:model:count; which of a node's a run gets is Slurm's to say.
func (c *Cluster) Inventory(ctx context.Context) ([]cluster.Node, error) {
	args := []string{"-h", "-N", "-o", "%N|%c|%m|%G|%T|%E"}
	if c.Partition != "" {
		args = append(args, "--partition="+c.Partition)
	}
	text, err := c.command(ctx, "", "sinfo", args...)
	if err != nil {
		return nil, err
	}
	var out []cluster.Node
	listed := map[string]bool{} // a node in two partitions comes twice
	for line := range strings.Lines(text) {
		f := strings.SplitN(strings.TrimSpace(line), "|", 6)
		if len(f) < 6 || listed[f[0]] {
			continue
		}
		listed[f[0]] = true
		node, err := readNode(f)
		if err != nil {
			return nil, err
		}
		out = append(out, node)
	}
	return out, nil
}

// usable are the states of a node that takes work, or will without a person's
// doing.
var usable = map[string]bool{"idle": true, "mixed": true, "allocated": true, "completing": true, "planned": true}

func readNode(f []string) (n cluster.Node, err error) {
	cpus, errCPU := strconv.ParseInt(strings.TrimSuffix(f[1], "+"), 10, 64)
	memory, errMemory := strconv.ParseInt(strings.TrimSuffix(f[2], "+"), 10, 64)
	if errCPU != nil || errMemory != nil {
		return n, fault.Newf(fault.Unavailable, "读不懂 Slurm 的节点 %s：%v", "Slurm's node %s is not readable: %v", f[0], f)
	}
	n = cluster.Node{Name: f[0], CPU: cpus * 1000, Memory: memory}
	if state := strings.TrimRight(f[4], "*~#!%$@^-+"); !usable[state] || strings.HasSuffix(f[4], "*") {
		n.Out = f[4]
		if f[5] != "none" {
			n.Out += ": " + f[5]
		}
	}
	for _, resource := range splitGres(f[3]) {
		parts := strings.Split(resource, ":")
		count, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil || len(parts) < 2 {
			continue // no counted resource
		}
		model := strings.Join(parts[:len(parts)-1], ":")
		for i := range count {
			n.Devices = append(n.Devices, cluster.Device{ID: fmt.Sprintf("%s:%d", model, i), Model: model})
		}
	}
	return n, nil
}

// splitGres splits "gpu:h100:2(S:0-1),npu:4" at commas that are not in brackets,
// and drops the brackets.
func splitGres(text string) (out []string) {
	if text == "(null)" {
		return nil
	}
	var b strings.Builder
	depth := 0
	for _, r := range text + "," {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth > 0:
		case r == ',':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	return out
}
