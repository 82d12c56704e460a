package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/work"
)

type doctorCommand struct {
	storeFlags
	Region string `help:"Folder of a region pack; the shipped one when not given." type:"path"`
}

// checkup is one thing the doctor looked at.
type checkup struct {
	Name   string    `json:"name"`
	OK     bool      `json:"ok"`
	Detail i18n.Text `json:"detail"`
}

// leastFree is how much disk a server wants to have left.
const leastFree = 256 << 20

// Run looks at folder, disk, clock, pack, database, books and log; it writes
// nothing but a probe file, and may run beside a server.
func (d *doctorCommand) Run(ctx context.Context, c *console) error {
	var all []checkup
	note := func(name string, err error, zh, en string, args ...any) {
		one := checkup{Name: name, OK: err == nil, Detail: i18n.T(zh, en, args...)}
		if err != nil {
			one.Detail = fault.From(err).Message
		}
		all = append(all, one)
	}
	free, err := d.disk()
	note("folder", err, "%[1]s 可写，剩余 %[2]d MB", "%[1]s can be written, %[2]d MB free", d.Data, free>>20)
	note("clock", clockFault(time.Now()), "%s", "%s", time.Now().Format(time.RFC3339))
	pack, err := loadPack(d.Region)
	if err == nil {
		err = pack.Check().Err()
	}
	measures := 0
	if pack != nil {
		measures = len(pack.Measures)
	}
	note("region", err, "%d 条措施，验例全部通过", "%d measures, every worked case exact", measures)
	d.stores(ctx, note)
	bad := 0
	for _, one := range all {
		if !one.OK {
			bad++
		}
	}
	if err := c.print(map[string]any{"ok": bad == 0, "checks": all}, func(w io.Writer) {
		for _, one := range all {
			mark := "ok "
			if !one.OK {
				mark = "BAD"
			}
			fmt.Fprintf(w, "%s  %-9s %s\n", mark, one.Name, one.Detail.In(c.lang))
		}
	}); err != nil {
		return err
	}
	if bad > 0 {
		return fault.Newf(fault.CheckFailed, "%d 项不正常，见上。", "%d check(s) failed, see above.", bad)
	}
	return nil
}

func (d *doctorCommand) stores(ctx context.Context, note func(string, error, string, string, ...any)) {
	err := reading(ctx, d.storeFlags, func(r reader) error {
		note("database", nil, "%s", "%s", string(r.db.Dialect))
		note("work", failedWork(ctx, r), "没有失败的后台工作", "no background work has failed")
		heads, err := sealedHeads(ctx, r.evidence)
		if err != nil {
			return err
		}
		books, err := ledger.Verify(ctx, r.books, heads...)
		if err == nil && !books.OK() {
			err = fault.Newf(fault.CheckFailed, "账本有 %d 处不符：请运行 qianmo ledger verify。", "%d difference(s) in the books: run qianmo ledger verify.", len(books.Findings))
		}
		entries := int64(0)
		if books != nil {
			entries = books.Entries
		}
		note("ledger", err, "%d 条分录，余额与哈希链相符", "%d entries, balances and hash chain agree", entries)
		report, err := r.verifier().Verify(ctx)
		if err == nil {
			err = report.Err()
		}
		note("evidence", err, "日志 %[1]d 条，待封存 %[2]d 条，全部相符", "log of %[1]d, %[2]d waiting, all agree", report.Size, report.Pending)
		return nil
	})
	if err != nil {
		note("database", err, "", "")
	}
}

// failedWork names the newest item that was given up.
func failedWork(ctx context.Context, r reader) error {
	failed, err := work.Queue{DB: r.db}.List(ctx, work.Filter{State: work.Failed})
	if err != nil || len(failed) == 0 {
		return err
	}
	newest := failed[0]
	return fault.Newf(fault.CheckFailed, "%[1]d 项后台工作失败，最近一项是 %[2]s（%[3]s）：%.200[4]s", "%[1]d item(s) of background work failed, the newest is %[2]s (%[3]s): %.200[4]s",
		len(failed), newest.Kind, newest.ID, newest.LastError)
}

// disk probes the folder and returns the free bytes of its disk.
func (d *doctorCommand) disk() (uint64, error) {
	f := &folder{path: d.Data}
	probe := filepath.Join(d.Data, ".probe")
	if err := os.WriteFile(probe, []byte("qianmo"), 0o600); err != nil {
		return 0, f.unwritable(err)
	}
	if err := os.Remove(probe); err != nil {
		return 0, f.unwritable(err)
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(d.Data, &stat); err != nil {
		return 0, f.unwritable(err)
	}
	free := stat.Bavail * uint64(stat.Bsize)
	if free < leastFree {
		return free, fault.Newf(fault.Unavailable, "数据目录所在磁盘只剩 %d MB：请腾出空间。", "Only %d MB are free on the data folder's disk: free some space.", free>>20)
	}
	return free, nil
}

// clockFault catches a clock that was never set: signatures and sessions need it.
func clockFault(now time.Time) error {
	if now.Year() < 2025 {
		return fault.Newf(fault.CheckFailed, "系统时间 %s 不对：请先校时。", "The system clock says %s: set it first.", now.Format(time.DateTime))
	}
	return nil
}
