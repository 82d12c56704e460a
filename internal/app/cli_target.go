package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/target"
	targetsql "github.com/qianmo/qianmo/internal/target/sqlstore"
)

type targetCommand struct {
	Report targetReportCommand `cmd:"" help:"Write the yearly report of targets and tasks; reads only, also beside a running server."`
}

type targetReportCommand struct {
	storeFlags
	Region string `help:"Folder of a region pack; the shipped one when not given." type:"path"`
	Year   int    `help:"Year of the report; the present one when not given." placeholder:"YEAR"`
	Out    string `help:"File to write: .pdf or .xlsx." required:"" type:"path"`
}

func (t *targetReportCommand) Run(ctx context.Context, c *console) error {
	format, err := target.FormatOf(t.Out)
	if err != nil {
		return err
	}
	pack, err := loadPack(t.Region)
	if err != nil {
		return err
	}
	plan, err := loadPlan(t.Region, pack)
	if err != nil {
		return err
	}
	return reading(ctx, t.storeFlags, func(r reader) error {
		y, err := r.targets(plan).Yearly(ctx, t.Year)
		if err != nil {
			return err
		}
		if err := writeWhole(t.Out, func(w io.Writer) error { return y.Write(w, format) }); err != nil {
			return err
		}
		return c.print(map[string]any{"file": t.Out, "year": y.Board.Year, "on": y.Board.On, "targets": len(y.Board.Targets), "tasks": len(y.Tasks)}, func(w io.Writer) {
			fmt.Fprintln(w, i18n.T("%[1]s：%[2]d 年，截至 %[3]s，%[4]d 项目标，%[5]d 项任务。", "%[1]s: %[2]d as of %[3]s, %[4]d targets, %[5]d tasks.",
				t.Out, y.Board.Year, string(y.Board.On), len(y.Board.Targets), len(y.Tasks)).In(c.lang))
		})
	})
}

// targets is the target domain for a command that only reads. A sandbox's day
// is its own, and may have been moved on.
func (r reader) targets(plan *target.Plan) *target.Service {
	var business clock.Clock = clock.System{}
	if _, err := os.Stat(r.folder.marker()); err == nil {
		business = clock.OnDay{Day: cmp.Or(r.folder.today(), sandboxToday)}
	}
	return &target.Service{Plan: plan, Store: targetsql.New(r.db), Clock: business, IDs: ident.Random{},
		Facts: &evidence.Service{Store: r.evidence, Clock: business, IDs: ident.Random{}, Random: rand.Reader}}
}

// writeWhole writes a file beside its place and moves it there when it is
// whole, so that a fault leaves what was there.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	part := path + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return fault.Newf(fault.Invalid, "写不到 %s：请检查文件夹和权限。", "Cannot write %s: check its folder and permissions.", path).Because(err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}
