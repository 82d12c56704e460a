// Package clustertest is what every cluster must do, whatever runs behind it.
package clustertest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Bench is a cluster under test.
type Bench struct {
	// Open returns the cluster as a new agent finds it: nothing in memory.
	Open func() cluster.Cluster
	// Storage is a folder that the cluster's nodes see.
	Storage string
	// Lose takes away what watches over a running run, as when its node dies.
	Lose func(t *testing.T, run cluster.Run)
	// Patience is how long the cluster may take for one step.
	Patience time.Duration
}

// Run runs the suite.
func Run(t *testing.T, b Bench) {
	for name, test := range map[string]func(*testing.T, *stage){
		"inventory":                  inventory,
		"a run succeeds":             succeeds,
		"a run fails":                fails,
		"a command that is not":      noCommand,
		"a run reads and leaves":     readsAndLeaves,
		"output while it runs":       streams,
		"stopped, with time":         stopsInOrder,
		"stopped, by force":          stopsByForce,
		"its time is over":           timesOut,
		"its time is made longer":    isExtended,
		"it takes too much memory":   outOfMemory,
		"submitted twice":            twice,
		"the agent is killed":        agentKilled,
		"its node is lost":           lost,
		"withdrawn before it begins": withdrawn,
		"usage is gapless":           usage,
		"children end with it":       children,
		"cleared":                    cleared,
		"runs that are not its own":  strangers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &stage{Bench: b, cluster: b.Open()})
		})
	}
}

// stage is one test's.
type stage struct {
	Bench
	cluster cluster.Cluster
	made    int
}

// run prepares a shell command in a folder of its own.
func (s *stage) run(t *testing.T, script string, change ...func(*cluster.Run)) cluster.Run {
	t.Helper()
	s.made++
	id := fmt.Sprintf("%s-%d", strings.Map(onlyLetters, t.Name()), s.made)
	folder := cluster.Folder(filepath.Join(s.Storage, id))
	if err := os.MkdirAll(string(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	run := cluster.Run{ID: id, Folder: folder, Command: []string{"/bin/sh", "-c", script}, CPU: 100, Memory: 512, Grace: 10 * time.Second}
	for _, c := range change {
		c(&run)
	}
	if err := folder.Prepare(run, time.Hour); err != nil {
		t.Fatal(err)
	}
	return run
}

func onlyLetters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

func (s *stage) start(t *testing.T, run cluster.Run) {
	t.Helper()
	if err := s.cluster.Start(t.Context(), run); err != nil {
		t.Fatal(err)
	}
}

// until waits for a state of a run that holds.
func (s *stage) until(t *testing.T, run cluster.Run, what string, holds func(cluster.Status) bool) cluster.Status {
	t.Helper()
	var last cluster.Status
	WaitFor(t, s.Patience, func() bool {
		found, err := s.cluster.Look(t.Context(), run.ID)
		if err != nil {
			t.Fatal(err)
		}
		last = found[run.ID]
		return holds(last)
	}, func() string {
		errs, _ := os.ReadFile(run.Folder.StreamPath(cluster.Stderr))
		return fmt.Sprintf("run %s is not %s: %+v\nstderr: %s", run.ID, what, last, errs)
	})
	return last
}

func (s *stage) over(t *testing.T, run cluster.Run) cluster.Status {
	t.Helper()
	return s.until(t, run, "over", func(st cluster.Status) bool { return st.State.Over() })
}

// WaitFor asks again and again: what other processes do cannot be waited for
// otherwise.
func WaitFor(t *testing.T, patience time.Duration, holds func() bool, otherwise func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for enough := time.After(patience); !holds(); {
		select {
		case <-tick.C:
		case <-enough:
			t.Fatal(otherwise())
		}
	}
}

// printed waits until the run has printed a text.
func (s *stage) printed(t *testing.T, run cluster.Run, text string) {
	t.Helper()
	WaitFor(t, s.Patience, func() bool { return strings.Contains(output(t, run, cluster.Stdout, 0), text) }, func() string {
		return fmt.Sprintf("%q was not printed: %q", text, output(t, run, cluster.Stdout, 0))
	})
}

func output(t *testing.T, run cluster.Run, stream string, from int64) string {
	t.Helper()
	file, err := run.Folder.Output(stream, from)
	if fault.Is(err, fault.NotFound) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func inventory(t *testing.T, s *stage) {
	nodes, err := s.cluster.Inventory(t.Context())
	if err != nil || len(nodes) == 0 {
		t.Fatalf("nodes %v, %v", nodes, err)
	}
	for _, n := range nodes {
		if n.Name == "" || n.CPU <= 0 || n.Memory <= 0 {
			t.Errorf("node %+v", n)
		}
	}
}

func succeeds(t *testing.T, s *stage) {
	run := s.run(t, `echo "$GREETING $QIANMO_RUN"; echo wrong >&2`, func(r *cluster.Run) { r.Env = map[string]string{"GREETING": "hello"} })
	s.start(t, run)
	st := s.over(t, run)
	if st.State != cluster.Succeeded || st.Node == "" || st.Ending == nil || st.Ending.ExitCode != 0 {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
	if got := output(t, run, cluster.Stdout, 0); got != "hello "+run.ID+"\n" {
		t.Errorf("stdout %q", got)
	}
	if got := output(t, run, cluster.Stderr, 0); got != "wrong\n" {
		t.Errorf("stderr %q", got)
	}
}

func fails(t *testing.T, s *stage) {
	for _, c := range []struct {
		script string
		exit   int
		signal string
	}{{"exit 7", 7, ""}, {"kill -9 $$", -1, "killed"}} {
		run := s.run(t, c.script)
		s.start(t, run)
		st := s.over(t, run)
		if st.State != cluster.Failed || st.Ending == nil || st.Ending.ExitCode != c.exit || st.Ending.Signal != c.signal {
			t.Errorf("%s: status %+v, end %+v", c.script, st, st.Ending)
		}
	}
}

func noCommand(t *testing.T, s *stage) {
	run := s.run(t, "", func(r *cluster.Run) { r.Command = []string{"/nowhere/to/be/found"} })
	s.start(t, run)
	if st := s.over(t, run); st.State != cluster.Failed || !strings.Contains(st.Ending.Reason, "/nowhere/to/be/found") {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

func readsAndLeaves(t *testing.T, s *stage) {
	run := s.run(t, `tr a-z A-Z < "$QIANMO_IN/words" > "$QIANMO_OUT/words" && echo step 1 > "$QIANMO_CHECKPOINT/last"`)
	if err := os.WriteFile(filepath.Join(run.Folder.In(), "words"), []byte("bright star"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start(t, run)
	s.over(t, run)
	for file, want := range map[string]string{filepath.Join(run.Folder.Out(), "words"): "BRIGHT STAR", filepath.Join(run.Folder.Checkpoint(), "last"): "step 1\n"} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", filepath.Base(file), got, err)
		}
	}
}

// waiting is a script that goes on when the file go is there.
const waiting = `echo begun; while [ ! -e go ]; do sleep 0.05; done; echo done`

func goOn(t *testing.T, run cluster.Run) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(string(run.Folder), "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func streams(t *testing.T, s *stage) {
	run := s.run(t, waiting)
	s.start(t, run)
	s.printed(t, run, "begun\n")
	s.until(t, run, "running", func(st cluster.Status) bool { return st.State == cluster.Running })
	goOn(t, run)
	s.over(t, run)
	if got := output(t, run, cluster.Stdout, int64(len("begun\n"))); got != "done\n" {
		t.Errorf("from where one had read to: %q", got)
	}
}

func stopsInOrder(t *testing.T, s *stage) {
	run := s.run(t, `trap 'echo saved > "$QIANMO_CHECKPOINT/last"; exit 0' TERM; echo begun; while :; do sleep 0.05; done`)
	s.start(t, run)
	s.printed(t, run, "begun")
	if err := run.Folder.Stop("cancelled by its owner"); err != nil {
		t.Fatal(err)
	}
	st := s.over(t, run)
	if st.State != cluster.Stopped || !strings.Contains(st.Ending.Reason, "cancelled by its owner") {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
	if got, err := os.ReadFile(filepath.Join(run.Folder.Checkpoint(), "last")); err != nil || string(got) != "saved\n" {
		t.Errorf("checkpoint %q, %v", got, err)
	}
}

func stopsByForce(t *testing.T, s *stage) {
	run := s.run(t, `trap '' TERM; echo begun; while :; do sleep 0.05; done`, func(r *cluster.Run) { r.Grace = 300 * time.Millisecond })
	s.start(t, run)
	s.printed(t, run, "begun")
	if err := run.Folder.Stop("its centre withdraws"); err != nil {
		t.Fatal(err)
	}
	if st := s.over(t, run); st.State != cluster.Stopped || st.Ending.Signal != "killed" {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

func timesOut(t *testing.T, s *stage) {
	run := s.run(t, `echo begun; while :; do sleep 0.05; done`, func(r *cluster.Run) { r.Grace = 0 })
	if err := run.Folder.Allow(500 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	s.start(t, run)
	st := s.over(t, run)
	if st.State != cluster.TimedOut || st.Ending.Elapsed < 500 {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

func isExtended(t *testing.T, s *stage) {
	run := s.run(t, waiting)
	if err := run.Folder.Allow(2 * time.Second); err != nil {
		t.Fatal(err)
	}
	s.start(t, run)
	s.printed(t, run, "begun")
	if err := run.Folder.Allow(time.Hour); err != nil {
		t.Fatal(err)
	}
	WaitFor(t, s.Patience, func() bool { // until more was used than was allowed at first
		samples, err := run.Folder.Samples(0)
		return err == nil && len(samples) > 0 && samples[len(samples)-1].To > 2000
	}, func() string { return "it did not run on past its first limit" })
	goOn(t, run)
	if st := s.over(t, run); st.State != cluster.Succeeded {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

func outOfMemory(t *testing.T, s *stage) {
	// tail keeps what it may have to print: all of it, since there is no line.
	run := s.run(t, `head -c 400000000 /dev/zero | tail | sleep 60`, func(r *cluster.Run) { r.Memory = 64 })
	s.start(t, run)
	if st := s.over(t, run); st.State != cluster.OutOfMemory || st.Ending.Memory <= 64 {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
}

func twice(t *testing.T, s *stage) {
	run := s.run(t, `echo once >> times; `+waiting)
	s.start(t, run)
	s.start(t, run)
	s.printed(t, run, "begun")
	s.start(t, run)
	goOn(t, run)
	s.over(t, run)
	s.start(t, run) // an answer that was lost for long
	if st := s.over(t, run); st.State != cluster.Succeeded {
		t.Errorf("status %+v", st)
	}
	if got, _ := os.ReadFile(filepath.Join(string(run.Folder), "times")); string(got) != "once\n" {
		t.Errorf("it ran %d times", strings.Count(string(got), "once"))
	}
	other := run
	other.Folder = s.run(t, "true").Folder
	if err := s.cluster.Start(t.Context(), other); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same id with another folder: %v", err)
	}
}

func agentKilled(t *testing.T, s *stage) {
	run := s.run(t, waiting)
	s.start(t, run)
	s.printed(t, run, "begun")
	s.cluster = s.Open()
	s.until(t, run, "running", func(st cluster.Status) bool { return st.State == cluster.Running })
	goOn(t, run)
	if st := s.over(t, run); st.State != cluster.Succeeded {
		t.Errorf("status %+v", st)
	}
}

func lost(t *testing.T, s *stage) {
	run := s.run(t, `echo $$ > pid; echo begun; while :; do sleep 0.05; done`)
	s.start(t, run)
	s.printed(t, run, "begun")
	s.Lose(t, run)
	if st := s.over(t, run); st.State != cluster.Lost || st.Ending != nil {
		t.Errorf("status %+v, end %+v", st, st.Ending)
	}
	s.start(t, run) // is not run a second time
	if st := s.over(t, run); st.State != cluster.Lost {
		t.Errorf("submitted again after it was lost: %+v", st)
	}
}

// withdrawn: what was ended before it began never begins, whatever is started
// after; and what runs is not withdrawn.
func withdrawn(t *testing.T, s *stage) {
	run := s.run(t, "echo begun >> times")
	if done, err := run.Folder.Withdraw("its owner thought better of it"); !done || err != nil {
		t.Fatalf("%v, %v", done, err)
	}
	s.start(t, run)
	if st := s.over(t, run); st.State != cluster.Stopped || st.Reason != "its owner thought better of it" {
		t.Errorf("status %+v", st)
	}
	if text, err := os.ReadFile(filepath.Join(string(run.Folder), "times")); err == nil {
		t.Errorf("it ran: %q", text)
	}
	running := s.run(t, waiting)
	s.start(t, running)
	s.printed(t, running, "begun")
	if done, err := running.Folder.Withdraw("too late"); done || err != nil {
		t.Errorf("a run that had begun was withdrawn: %v, %v", done, err)
	}
	goOn(t, running)
	if st := s.over(t, running); st.State != cluster.Succeeded {
		t.Errorf("status %+v", st)
	}
}

// usage: samples follow one another from 0 to the end, and what the run burnt is
// in them.
func usage(t *testing.T, s *stage) {
	run := s.run(t, `i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 1.2`)
	s.start(t, run)
	st := s.over(t, run)
	samples, err := run.Folder.Samples(0)
	if err != nil || len(samples) < 2 {
		t.Fatalf("samples %v, %v", samples, err)
	}
	var at, cpu int64
	for i, sample := range samples {
		if sample.Seq != int64(i+1) || sample.From != at || sample.To < sample.From {
			t.Fatalf("sample %d is %+v, after %d ms", i, sample, at)
		}
		at, cpu = sample.To, cpu+sample.CPU
	}
	if at != st.Ending.Elapsed || at < 1200 || cpu != st.Ending.CPU || cpu <= 0 {
		t.Errorf("samples to %d ms with %d ms of a core, end %+v", at, cpu, st.Ending)
	}
	if later, err := run.Folder.Samples(1); err != nil || len(later) != len(samples)-1 {
		t.Errorf("after the first: %d of %d, %v", len(later), len(samples), err)
	}
}

func children(t *testing.T, s *stage) {
	run := s.run(t, `sh -c 'echo $$ > child; while :; do sleep 0.05; done' & while [ ! -s child ]; do sleep 0.05; done`)
	s.start(t, run)
	s.over(t, run)
	pid, err := os.ReadFile(filepath.Join(string(run.Folder), "child"))
	if err != nil {
		t.Fatal(err)
	}
	WaitFor(t, s.Patience, func() bool {
		_, err := os.Stat("/proc/" + strings.TrimSpace(string(pid)) + "/fd") // gone, or a zombie that nobody may look into
		return err != nil
	}, func() string { return "a child of the run lives on: " + string(pid) })
}

func cleared(t *testing.T, s *stage) {
	run := s.run(t, waiting)
	s.start(t, run)
	s.printed(t, run, "begun")
	if err := s.cluster.Clear(t.Context(), run.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("cleared while it runs: %v", err)
	}
	goOn(t, run)
	s.over(t, run)
	WaitFor(t, s.Patience, func() bool { return s.cluster.Clear(t.Context(), run.ID) == nil }, func() string { return "it cannot be cleared" })
	if found, err := s.cluster.Look(t.Context(), run.ID); err != nil || len(found) != 0 {
		t.Errorf("after it was cleared: %v, %v", found, err)
	}
	if _, err := run.Folder.End(); err != nil {
		t.Errorf("the folder is the agent's: %v", err)
	}
}

func strangers(t *testing.T, s *stage) {
	if found, err := s.cluster.Look(t.Context(), "nobody"); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	for name, err := range map[string]error{"end": s.cluster.End(t.Context(), "nobody"), "clear": s.cluster.Clear(t.Context(), "nobody")} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.cluster.Start(t.Context(), cluster.Run{ID: "empty"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a run without a command: %v", err)
	}
}
