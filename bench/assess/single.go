package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

// single measures one organisation against 500 measures with the full trace:
// the five that compute in document 002, a hundred times over under other ids
// and with other figures, so that nothing but the gate is shared.
func single() error {
	files, err := fiveHundred()
	if err != nil {
		return err
	}
	p, err := rule.LoadPack(files)
	if err != nil {
		return err
	}
	plan, err := p.Plan(2025, 2025)
	if err != nil {
		return err
	}
	in := rule.Input{Subject: evidence.Subject{Kind: evidence.Enterprise, Code: ident.CreditCode("91520115MA0000001" + string(ident.CreditCheck("91520115MA0000001")))}, On: "2025-06-30"}
	if in.Facts, err = facts(in.Subject.Code); err != nil {
		return err
	}
	ids := slices.DeleteFunc(plan.Measures(), func(id string) bool { return !strings.HasPrefix(id, "900-") })
	in.Measures = ids
	var record *rule.Record
	var traced, printed []float64
	eligible := 0
	runtime.LockOSThread() // so that the thread's CPU time is this loop's
	defer runtime.UnlockOSThread()
	var cpu []float64
	for range 2000 {
		start, before := time.Now(), threadTime()
		if record, err = plan.Record(in, record); err != nil {
			return err
		}
		cpu = append(cpu, us(threadTime()-before))
		traced = append(traced, us(time.Since(start)))
	}
	slices.Sort(cpu)
	for i := range record.Len() {
		if record.Outcome(i) == rule.Eligible {
			eligible++
		}
	}
	for range 100 {
		start := time.Now()
		results, err := plan.Assess(in)
		if err != nil {
			return err
		}
		rule.AppendResults(nil, results)
		printed = append(printed, us(time.Since(start)))
	}
	slices.Sort(traced)
	slices.Sort(printed)
	at := func(s []float64, q float64) float64 { return s[int(q*float64(len(s)-1))] }
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"measures": len(ids), "eligible": eligible,
		"trace_p50_us": at(traced, 0.5), "trace_p99_us": at(traced, 0.99), "trace_cpu_p50_us": at(cpu, 0.5), "trace_cpu_p99_us": at(cpu, 0.99), "json_p50_us": at(printed, 0.5), "json_p99_us": at(printed, 0.99)})
}

// threadTime is the CPU time of this thread: what the work takes when nobody
// else is on the core.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// fiveHundred is the shipped pack with copies of its measures.
func fiveHundred() (fs.FS, error) {
	shipped, err := regions.Open("guizhou")
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	err = fs.WalkDir(shipped, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "cases/") {
			return err
		}
		data, err := fs.ReadFile(shipped, path)
		out[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range 100 {
		for _, id := range []string{"002-2", "002-3", "002-4", "002-5", "002-6"} {
			copied := fmt.Sprintf("900-%s.%d", strings.TrimPrefix(id, "002-"), i)
			text := strings.Replace(string(out["measures/"+id+".yaml"].Data), "id: "+id, "id: "+copied, 1)
			text = strings.Replace(text, `"5000000.00"`, fmt.Sprintf(`"%d.00"`, 4_000_000+i), 1)
			out["measures/"+copied+".yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return out, nil
}

// facts make the organisation eligible for most of them.
func facts(code ident.CreditCode) ([]evidence.Fact, error) {
	drafts := []evidence.Fact{
		{Kind: "org.registration", Attestor: "department", Attributes: map[string]string{"place": "520115", "legal_person": "true"}},
		{Kind: "org.finance_system", Attestor: "auditor", Attributes: map[string]string{"sound": "true"}},
		{Kind: "org.credit", Attestor: "department", Attributes: map[string]string{"good": "true"}},
		{Kind: "model.filed", Object: "m", Attestor: "department", Attributes: map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed"}},
		{Kind: "cost.model_construction", Object: "m", Quantity: "18404500.00", Attestor: "auditor", Attributes: map[string]string{"place": "520115"}},
		{Kind: "scenario.selected", Object: "s", Attestor: "department", Attributes: map[string]string{"measure": "002-3", "year": "2025"}},
		{Kind: "cost.scenario_investment", Object: "s", Quantity: "4999999.99", Attestor: "auditor", Attributes: map[string]string{"field": "health"}},
		{Kind: "platform.certified", Object: "p", Attestor: "department", Attributes: map[string]string{"level": "city"}},
		{Kind: "platform.selected", Object: "p", Attestor: "department", Attributes: map[string]string{"measure": "002-4", "year": "2025"}},
		{Kind: "cost.platform_investment", Object: "p", Quantity: "7654321.09", Attestor: "auditor", Attributes: map[string]string{"place": "guian"}},
		{Kind: "data.supplied", Attestor: "operator", Attributes: map[string]string{"exchange": "guizhou", "usage": "100", "quality": "0.9"}},
		{Kind: "data.purchased", Quantity: "6000000.00", Attestor: "operator", Attributes: map[string]string{"exchange": "guiyang", "use": "training", "related": "false"}},
	}
	for i, f := range drafts {
		f.ID, f.Subject, f.Occurred = fmt.Sprintf("f%d", i), code, "2025-03-01"
		normal, err := f.Normalise()
		if err != nil {
			return nil, err
		}
		drafts[i] = normal
	}
	return drafts, nil
}
