// Package placement chooses where on a pool of unlike nodes a task runs. It is
// pure: what it is given decides what it answers, and it keeps nothing outside.
package placement

import (
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Whole is a whole device in thousandths.
const Whole = 1000

// Task (任务) is one piece of work that asks for room on one node.
type Task struct {
	CPU     int64    // thousandths of a core
	Memory  int64    // MiB
	Devices int      // how many accelerators, 0 to MaxDevices
	Share   int64    // thousandths of each, 1 to Whole; below Whole only of one device
	Models  []string // device models that it may run on; none: any
}

// Validate names every field that is wrong.
//
// Codes: invalid.
func (t Task) Validate() error {
	var c fault.Collector
	if t.CPU < 0 {
		c.Add("cpu", "处理器需求不能为负。", "CPU cannot be negative.")
	}
	if t.Memory < 0 {
		c.Add("memory", "内存需求不能为负。", "Memory cannot be negative.")
	}
	switch {
	case t.Devices < 0 || t.Devices > MaxDevices:
		c.Add("devices", "加速卡数须在 0 至 %d 之间。", "Devices must be from 0 to %d.", MaxDevices)
	case t.Devices > 0 && (t.Share < 1 || t.Share > Whole):
		c.Add("share", "每卡份额须在 1 至 %d（千分之一卡）之间。", "The share of a device must be from 1 to %d thousandths.", Whole)
	case t.Devices > 1 && t.Share < Whole:
		c.Add("share", "两卡及以上须用整卡。", "Two devices or more must be whole ones.")
	}
	return c.Err()
}

// Demand is what the task asks for in thousandths of devices.
func (t Task) Demand() int64 { return int64(t.Devices) * t.Share }

// shape is what tasks that are alike to a score have in common; memory only
// decides whether a node is large enough.
type shape struct {
	cpu     int64
	devices int
	share   int64
	models  modelSet
}

func (s shape) demand() int64 { return int64(s.devices) * s.share }

// modelSet is a set of models by their numbers in a Models.
type modelSet uint64

const anyModel = ^modelSet(0)

func (s modelSet) has(model int) bool { return s&(1<<model) != 0 }
