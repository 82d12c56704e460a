package app

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

type allocateCommand struct {
	Region       string `help:"Folder of the region pack." type:"path"`
	Call         string `help:"Call file, YAML: measure, year, budget, quota, rank." type:"path"`
	Applications string `help:"Applications, JSON." type:"path"`
	Snapshot     string `help:"A frozen snapshot, as an allocation's page gives it, instead of the three above." type:"path"`
	Against      string `help:"A recorded result: exit 0 and 'identical' when this run gives the same, else 1 and the first difference." type:"path" placeholder:"RESULT"`
}

func (a *allocateCommand) Run(c *console) error {
	parts := []bool{a.Region != "", a.Call != "", a.Applications != ""}
	if a.Snapshot == "" && slices.Contains(parts, false) || a.Snapshot != "" && slices.Contains(parts, true) {
		return fault.Newf(fault.Invalid, "请给出 --region、--call 和 --applications 三项，或只给 --snapshot。", "Give --region, --call and --applications, or --snapshot alone.")
	}
	debug.SetGCPercent(allocation.GCPercent)
	in, err := a.read()
	if err != nil {
		return err
	}
	result, err := allocation.Allocate(in)
	if err != nil {
		return err
	}
	if a.Against != "" {
		return a.compare(c, &result)
	}
	if c.json {
		_, err := c.out.Write(result.Canonical())
		return err
	}
	printAllocation(c, &result)
	return nil
}

// read takes a frozen snapshot as it is, or joins the call, the applications and
// what the pack says of the measures.
func (a *allocateCommand) read() (allocation.Input, error) {
	if a.Snapshot != "" {
		text, err := readBounded(a.Snapshot, allocation.MaxFile)
		if err != nil {
			return allocation.Input{}, err
		}
		return allocation.ReadSnapshot(text)
	}
	pack, err := rule.OpenPack(a.Region)
	if err != nil {
		return allocation.Input{}, err
	}
	text, err := readBounded(a.Call, yamlfile.MaxBytes)
	if err != nil {
		return allocation.Input{}, err
	}
	calls, err := allocation.ReadCalls(filepath.Base(a.Call), text)
	if err != nil {
		return allocation.Input{}, err
	}
	if text, err = readBounded(a.Applications, allocation.MaxFile); err != nil {
		return allocation.Input{}, err
	}
	in, err := allocation.ReadApplications(text)
	if err != nil {
		return allocation.Input{}, err
	}
	in.Calls, in.SameMatter = calls.Calls, calls.SameMatter
	var bad fault.Collector
	for i := range in.Calls {
		path := "measure"
		if len(in.Calls) > 1 {
			path = fmt.Sprintf("calls[%d].measure", i)
		}
		bad.Merge(path, in.Calls[i].Complete(pack))
	}
	return in, bad.Err()
}

// compare sets the run beside a recorded result, as an auditor does.
func (a *allocateCommand) compare(c *console, result *allocation.Result) error {
	recorded, err := readBounded(a.Against, allocation.MaxFile)
	if err != nil {
		return err
	}
	d, err := allocation.Compare(recorded, result.Canonical())
	if err != nil {
		return err
	}
	if !d.Identical() {
		return fault.Newf(fault.CheckFailed, "重算与记录不一致，第一处在 %[1]s：记录为 %[2]s，重算为 %[3]s。请核对快照和版本，查明是谁改的。",
			"The run differs from the record, first at %[1]s: recorded %[2]s, now %[3]s. Compare snapshots and versions, and find out who changed it.", d.Path, d.Recorded, d.Rerun)
	}
	same := struct {
		Identical bool   `json:"identical"`
		InputHash string `json:"input_hash"`
	}{true, result.InputHash}
	return c.print(same, func(w io.Writer) {
		fmt.Fprintln(w, i18n.T("一致（identical）：%s", "identical: %s", result.InputHash).In(c.lang))
	})
}

func printAllocation(c *console, r *allocation.Result) {
	var w bytes.Buffer
	defer func() { _, _ = c.out.Write(w.Bytes()) }() // a closed pipe is nobody's loss
	fmt.Fprintf(&w, "%s\t%s\t%s\n", r.Outcome, r.Total.Grouped(), r.InputHash)
	for _, q := range r.Questions {
		fmt.Fprintf(&w, "%s\t%s\t%s\n", q.Measure, q.Question, q.Text.In(c.lang))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&w, "%s\t!\t%s\n", n.Measure, n.Text.In(c.lang))
	}
	for _, x := range r.Alternatives {
		fmt.Fprintf(&w, "  %s\t%s\t%s\t+%s\t%d/%d/%d\n", x.Measure, x.Name.In(c.lang), x.Paid.Grouped(), x.Carried.Grouped(), x.Full, x.Part, x.None)
	}
	for _, p := range r.Prospects {
		fmt.Fprintf(&w, "  %s\t%s\t%d–%d\t%s–%s\n", p.Measure, p.ID, p.Ranks[0], p.Ranks[1], p.Scores[0], p.Scores[1])
	}
	for _, m := range r.Measures {
		fmt.Fprintf(&w, "%s\t%d/%d\t%s\t+%s\n", m.Measure, m.Awarded, m.Applications, m.Paid.Grouped(), m.Carried.Grouped())
	}
	for _, x := range r.Exceptions {
		fmt.Fprintf(&w, "  %s\t%s\t%s\t*\n", x.Measure, x.ID, x.Amount.Grouped())
	}
	for _, a := range r.Awards {
		fmt.Fprintf(&w, "  %s\t%s\t%d\t%s\t%s\t+%s\n", a.Measure, a.ID, a.Rank, a.Score, a.Amount.Grouped(), a.Carried.Grouped())
	}
	for _, x := range r.Excluded {
		fmt.Fprintf(&w, "  %s\t%s\t%d\t%s\t%s\n", x.Measure, x.ID, x.Rank, x.Score, x.Reason.In(c.lang))
	}
}
