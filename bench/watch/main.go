// Command watch measures how policies and organisations find each other
// (internal/policy/watch): an invented region of measures is answered for an
// invented crowd in bulk, facts of single organisations change, and everything
// is computed again in two other ways, which must come to the same. It ends with
// 1 when they do not.
package main

import (
	"flag"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
	"github.com/qianmo/qianmo/internal/policy/watch/watchtest"
)

var (
	organisations = flag.Int("n", 1_000_000, "organisations")
	measures      = flag.Int("measures", 500, "measures")
	changes       = flag.Int("changes", 100_000, "facts that change one after another")
	brute         = flag.Int("brute", 100_000, "organisations that are also assessed one by one, each against every measure")
	seed          = flag.Uint64("seed", 2025, "of the region, the crowd and the changes")
	profile       = flag.String("profile", "", "file for a CPU profile of the build and the changes")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	debug.SetGCPercent(50) // the crowd is drawn anew again and again: more garbage than memory
	pack, err := watchtest.Region(*measures, *seed)
	if err != nil {
		return err
	}
	plan, err := pack.Plan(watchtest.Year, watchtest.Year)
	if err != nil {
		return err
	}
	survey := plan.Survey()
	crowd := watchtest.NewCrowd(*seed)
	facts, drawing := draw(crowd)
	fmt.Printf("%d organisations × %d measures, %d facts\n", *organisations, *measures, facts)

	stop, err := profiled()
	if err != nil {
		return err
	}
	start, before := time.Now(), processTime()
	w, failed := watch.Build(survey, *organisations, crowd.Input)
	built, cpu := time.Since(start), processTime()-before
	if len(failed) > 0 {
		return fmt.Errorf("%d organisations have no answers: %v", len(failed), failed)
	}
	fmt.Printf("build: %.1f s (CPU %.1f s), of which %.1f s (CPU %.1f s) is drawing; answers %d MiB, heap %d MiB\n", built.Seconds(), cpu.Seconds(), drawing.wall.Seconds(), drawing.cpu.Seconds(), w.Bytes()>>20, heap()>>20)
	if err := change(w, crowd); err != nil {
		return err
	}
	stop()
	find(w)
	if err := directions(w); err != nil {
		return err
	}
	if err := assess(w, plan, crowd); err != nil {
		return err
	}
	start = time.Now()
	again, _ := watch.Build(survey, *organisations, crowd.Input)
	differ := w.Differ(again)
	fmt.Printf("full recompute: %.1f s, %d answers differ; peak memory with both %d MiB\n", time.Since(start).Seconds(), differ, peak()>>20)
	if differ > 0 {
		return fmt.Errorf("%d answers are stale", differ)
	}
	return nil
}

// each calls do for every organisation up to n, on every core.
func each(n int, do func(worker, org int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for org := int(next.Add(1)) - 1; org < n; org = int(next.Add(1)) - 1 {
				do(worker, org)
			}
		})
	}
	workers.Wait()
}

// draw says how long the crowd's own drawing takes, which a product does not do.
func draw(crowd *watchtest.Crowd) (facts int64, took spent) {
	start, before := time.Now(), processTime()
	counts := make([]int64, runtime.GOMAXPROCS(0))
	each(*organisations, func(worker, org int) { counts[worker] += int64(len(crowd.Input(org).Facts)) })
	for _, n := range counts {
		facts += n
	}
	return facts, spent{time.Since(start), processTime() - before}
}

// spent is how long something took, and how much of the cores.
type spent struct{ wall, cpu time.Duration }

// processTime is the CPU time of all threads.
func processTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

func profiled() (stop func(), err error) {
	if *profile == "" {
		return func() {}, nil
	}
	file, err := os.Create(*profile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = file.Close() }, nil
}

// change changes facts one after another and has each answered at once.
func change(w *watch.Watch, crowd *watchtest.Crowd) error {
	rng := rand.New(rand.NewPCG(*seed, 1))
	took, cpu := make([]time.Duration, 0, *changes), make([]time.Duration, 0, *changes)
	reread, changed := 0, 0
	runtime.LockOSThread() // so that the thread's CPU time is this loop's
	defer runtime.UnlockOSThread()
	for range *changes {
		org := rng.IntN(*organisations)
		kind := crowd.Change(org, rng.IntN(1<<20))
		in := crowd.Input(org)
		start, before := time.Now(), threadTime()
		told, err := w.Changed(in, kind)
		took, cpu = append(took, time.Since(start)), append(cpu, threadTime()-before)
		if err != nil {
			return err
		}
		reread += len(w.Survey().Reading(kind))
		changed += len(told)
	}
	n := float64(*changes)
	fmt.Printf("one changed fact, wall: %s\none changed fact, CPU: %s\n%d changes; %.0f measures read its kind, %.1f answers change\n", quantiles(took), quantiles(cpu), *changes, float64(reread)/n, float64(changed)/n)
	return nil
}

// find measures both directions as a page asks for them.
func find(w *watch.Watch) {
	rng := rand.New(rand.NewPCG(*seed, 2))
	ids := w.Survey().Measures()
	var policies, firms, counts []time.Duration
	for range 2000 {
		start := time.Now()
		w.Measures(watchtest.Code(rng.IntN(*organisations)), watchtest.Day)
		policies = append(policies, time.Since(start))
		m := ids[rng.IntN(len(ids))]
		after := watchtest.Code(rng.IntN(*organisations))
		start = time.Now()
		w.Organisations(m, rule.Eligible, watchtest.Day, after, 50)
		firms = append(firms, time.Since(start))
		start = time.Now()
		w.Totals(m, watchtest.Day)
		counts = append(counts, time.Since(start))
	}
	fmt.Printf("an organisation's %d measures: %s\na measure's page of 50 organisations: %s\na measure's totals: %s\n", len(ids), quantiles(policies), quantiles(firms), quantiles(counts))
}

// directions compares what organisations find with what measures find: as many
// cells with the same sum of hashes. Those that fail a condition are counted only.
func directions(w *watch.Watch) error {
	hash := maphash.MakeSeed()
	sum := func(org ident.CreditCode, measure string, outcome rule.Outcome, n int) uint64 {
		var h maphash.Hash
		h.SetSeed(hash)
		for _, part := range []string{string(org), measure, string(outcome)} {
			_, _ = h.WriteString(part)
			_ = h.WriteByte(' ')
		}
		_ = h.WriteByte(byte(n))
		return h.Sum64()
	}
	type found struct {
		cells, out int
		sum        uint64
	}
	add := func(f *found, org ident.CreditCode, measure string, outcome rule.Outcome, n int) {
		if n == 0 {
			return
		}
		if outcome == rule.NotEligible {
			f.out += n
			return
		}
		f.cells++
		f.sum += sum(org, measure, outcome, n)
	}
	ids := w.Survey().Measures()
	outcomes := make([][rule.Verdicts]rule.Outcome, len(ids))
	for m := range ids {
		for v := range outcomes[m] {
			outcomes[m][v] = w.Survey().Outcome(m, rule.Verdict(v), watchtest.Day)
		}
	}
	parts := make([]found, runtime.GOMAXPROCS(0))
	each(*organisations, func(worker, org int) {
		code := watchtest.Code(org)
		for m, a := range w.Measures(code, watchtest.Day) {
			for v, n := range a.Tally {
				add(&parts[worker], code, a.Measure, outcomes[m][v], int(n))
			}
		}
	})
	var firms, policies found
	for _, p := range parts {
		firms.cells, firms.out, firms.sum = firms.cells+p.cells, firms.out+p.out, firms.sum+p.sum
	}
	for _, m := range ids {
		policies.out += w.Totals(m, watchtest.Day)[rule.NotEligible].Results
		for _, outcome := range []rule.Outcome{rule.Eligible, rule.Lacking, rule.Undecided, rule.SimulationOnly} {
			page, _ := w.Organisations(m, outcome, watchtest.Day, "", *organisations)
			for _, a := range page {
				add(&policies, a.Org, m, outcome, a.Count)
			}
		}
	}
	fmt.Printf("both directions: %d and %d cells that are not out, %d and %d results that are; the same set: %t\n", firms.cells, policies.cells, firms.out, policies.out, firms == policies)
	if firms != policies {
		return fmt.Errorf("the two directions differ")
	}
	return nil
}

// assess is brute force: the path that an application is assessed by.
func assess(w *watch.Watch, plan *rule.Plan, crowd *watchtest.Crowd) error {
	var results, wrong atomic.Int64
	records := make([]*rule.Record, runtime.GOMAXPROCS(0))
	start := time.Now()
	each(min(*brute, *organisations), func(worker, org int) {
		in := crowd.Input(org)
		record, err := plan.Record(in, records[worker])
		if err != nil {
			wrong.Add(1)
			return
		}
		records[worker] = record
		type cell struct {
			measure string
			outcome rule.Outcome
		}
		counts := map[cell]int{}
		for i := range record.Len() {
			counts[cell{record.Measure(i), record.Outcome(i)}]++
		}
		results.Add(int64(record.Len()))
		for _, a := range w.Measures(in.Subject.Code, watchtest.Day) {
			at, _ := w.Survey().Place(a.Measure)
			for v, n := range a.Tally {
				c := cell{a.Measure, w.Survey().Outcome(at, rule.Verdict(v), watchtest.Day)}
				if counts[c] != int(n) {
					wrong.Add(1)
				}
			}
		}
	})
	fmt.Printf("brute force over %d organisations: %d results in %.0f s, %d differ\n", min(*brute, *organisations), results.Load(), time.Since(start).Seconds(), wrong.Load())
	if wrong.Load() > 0 {
		return fmt.Errorf("%d answers are wrong", wrong.Load())
	}
	return nil
}

func quantiles(d []time.Duration) string {
	slices.Sort(d)
	at := func(q float64) float64 { return float64(d[int(q*float64(len(d)-1))].Nanoseconds()) / 1000 }
	return fmt.Sprintf("p50 %.0f µs, p99 %.0f µs, p999 %.0f µs, most %.0f µs", at(0.5), at(0.99), at(0.999), at(1))
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

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// peak is the most memory that the process had, as the kernel counts it.
func peak() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb uint64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	return 0
}
