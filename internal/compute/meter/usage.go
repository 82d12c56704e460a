// Package meter turns samples of use into exact device time, and device time into
// money. It is pure: samples may come late, doubled, in pieces and in any order,
// and lead to the same figure.
package meter

import (
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Whole is a whole device in thousandths.
const Whole = 1000

// Sample (样本) is what one source saw of a run on one device. Times are by the
// monotonic clock of who measures, in milliseconds since the run began there: no
// clock that is wrong, or is set, moves them.
type Sample struct {
	Source   string // who measured
	ID       string // unique to the source; the same again is the same sample
	Device   string // of the run
	From, To int64  // [From, To)
}

// Run (运行) is what a run may use: more than that was never measured, whoever says
// so.
type Run struct {
	Devices map[string]int64 // thousandths of each device that it holds
	Elapsed int64            // milliseconds between the server's lease and now, by the server's clock
}

// slack is how far a run may seem to be ahead of the server: the clocks of two
// machines tick a little differently, and an answer takes time.
const slack = 2000 // milliseconds

// Usage (用量) is what is known of the use of one run. The zero value knows
// nothing.
type Usage struct {
	seen    map[identity]Sample
	devices map[string]spans
}

type identity struct{ source, id string }

// Add takes a sample in and reports whether it was new.
//
// Codes: invalid for a sample that no run could lead to; conflict for a known id
// with other content; too_large (over-report) for time that the run has not had,
// or a device that it does not hold: such a sample belongs in quarantine.
func (u *Usage) Add(run Run, s Sample) (added bool, err error) {
	if s.Source == "" || s.ID == "" || s.From < 0 || s.To <= s.From {
		return false, fault.Newf(fault.Invalid, "样本 %s/%s 无效：须有来源与编号，止须晚于起。", "Sample %s/%s is not valid: it needs a source and an id, and must end after it begins.", s.Source, s.ID)
	}
	key := identity{s.Source, s.ID}
	if known, again := u.seen[key]; again {
		if known != s {
			return false, fault.Newf(fault.Conflict, "样本 %s/%s 已收到过，内容不同。", "Sample %s/%s came before with other content.", s.Source, s.ID)
		}
		return false, nil
	}
	if _, holds := run.Devices[s.Device]; !holds {
		return false, fault.Newf(fault.TooLarge, "样本 %s/%s 报了作业未占用的设备 %s。", "Sample %s/%s reports the device %s, which the run does not hold.", s.Source, s.ID, s.Device)
	}
	if s.To > run.Elapsed+slack {
		return false, fault.Newf(fault.TooLarge, "样本 %[1]s/%[2]s 报到第 %[3]d 毫秒，而作业才开始 %[4]d 毫秒。", "Sample %[1]s/%[2]s reports up to millisecond %[3]d of a run that began %[4]d ago.", s.Source, s.ID, s.To, run.Elapsed)
	}
	if u.seen == nil {
		u.seen, u.devices = map[identity]Sample{}, map[string]spans{}
	}
	u.seen[key] = s
	u.devices[s.Device] = u.devices[s.Device].add(span{s.From, s.To})
	return true, nil
}

// DeviceTime is the device-milliseconds used, in thousandths: a quarter of a
// device for a second is 250,000.
func (u *Usage) DeviceTime(run Run) (sum int64) {
	for device, used := range u.devices {
		sum += used.length() * run.Devices[device]
	}
	return sum
}

// names are the devices that were used, in order.
func (u *Usage) names() []string { return slices.Sorted(maps.Keys(u.devices)) }
