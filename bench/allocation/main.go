// Command allocation measures `qianmo policy allocate` on a programme year of
// five measures: from the two files to the printed result. README.md says how.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/qianmo/qianmo/internal/policy/allocation"
)

func main() {
	sizes := flag.String("sizes", "10000,100000", "applications")
	rounds := flag.Int("rounds", 7, "runs a size, each a process of its own")
	once := flag.String("once", "", "run once on the files of this folder and print the timing")
	flag.Parse()
	var err error
	if *once != "" {
		err = runOnce(*once)
	} else {
		err = runAll(*sizes, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// timing is what one run prints, in milliseconds and MiB.
type timing struct {
	Read     float64 `json:"read"`
	Allocate float64 `json:"allocate"`
	Print    float64 `json:"print"`
	CPU      float64 `json:"cpu"`
	Peak     float64 `json:"peak"`
	Awards   int     `json:"awards"`
	Excluded int     `json:"excluded"`
	Matter   int     `json:"same_matter"`
	Hash     string  `json:"hash"`
}

func (t timing) wall() float64 { return t.Read + t.Allocate + t.Print }

func runAll(sizes string, rounds int) error {
	fmt.Printf("%s, %d cores; best and median of %d runs\n", runtime.Version(), runtime.NumCPU(), rounds)
	fmt.Println("| applications | wall, best | wall, median | read | allocate | print | CPU, median | peak memory | awards | same matter |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, size := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		dir, err := os.MkdirTemp("", "allocation-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := generate(dir, n); err != nil {
			return err
		}
		var runs []timing
		for range rounds {
			t, err := spawn(dir)
			if err != nil {
				return err
			}
			if len(runs) > 0 && t.Hash != runs[0].Hash {
				return fmt.Errorf("%d applications: two runs differ", n)
			}
			runs = append(runs, t)
		}
		report(n, runs)
	}
	return nil
}

// spawn runs once in a process of its own, so that peak memory is the run's.
func spawn(dir string) (t timing, err error) {
	cmd := exec.Command(os.Args[0], "-once", dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(out, &t)
}

func report(n int, runs []timing) {
	median := func(of func(timing) float64) float64 {
		var all []float64
		for _, r := range runs {
			all = append(all, of(r))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	best := slices.MinFunc(runs, func(a, b timing) int { return int(1000 * (a.wall() - b.wall())) })
	fmt.Printf("| %d | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %.0f MiB | %d | %d |\n", n, best.wall(), median(timing.wall),
		median(func(t timing) float64 { return t.Read }), median(func(t timing) float64 { return t.Allocate }), median(func(t timing) float64 { return t.Print }),
		median(func(t timing) float64 { return t.CPU }), median(func(t timing) float64 { return t.Peak }), best.Awards, best.Matter)
}

// runOnce does what the command does, and times its three parts.
func runOnce(dir string) error {
	debug.SetGCPercent(allocation.GCPercent) // as the command does
	start := time.Now()
	in, err := read(dir)
	if err != nil {
		return err
	}
	parsed := time.Now()
	result, err := allocation.Allocate(in)
	if err != nil {
		return err
	}
	if result.Outcome != allocation.Decided {
		return fmt.Errorf("undecided: %v", result.Questions)
	}
	decided := time.Now()
	text := result.Canonical()
	printed := time.Now()
	matter := 0
	for _, x := range result.Excluded {
		if x.Why == allocation.WhySameMatter {
			matter++
		}
	}
	return json.NewEncoder(os.Stdout).Encode(timing{Read: ms(parsed.Sub(start)), Allocate: ms(decided.Sub(parsed)), Print: ms(printed.Sub(decided)),
		CPU: cpu(), Peak: peakMiB(), Awards: len(result.Awards), Excluded: len(result.Excluded), Matter: matter, Hash: result.InputHash + strconv.Itoa(len(text))})
}

func read(dir string) (allocation.Input, error) {
	text, err := os.ReadFile(filepath.Join(dir, "call.yaml"))
	if err != nil {
		return allocation.Input{}, err
	}
	calls, err := allocation.ReadCalls("call.yaml", text)
	if err != nil {
		return allocation.Input{}, err
	}
	if text, err = os.ReadFile(filepath.Join(dir, "applications.json")); err != nil {
		return allocation.Input{}, err
	}
	in, err := allocation.ReadApplications(text)
	in.Calls = calls.Calls
	return in, err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// cpu is user and system time of the process.
func cpu() float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return ms(time.Duration(u.Utime.Nano() + u.Stime.Nano()))
}

// peakMiB is the most memory that the process had resident (VmHWM).
func peakMiB() float64 {
	data, err := fs.ReadFile(os.DirFS("/"), "proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(data) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, _ := strconv.ParseFloat(string(bytes.Fields(rest)[0]), 64)
			return kib / 1024
		}
	}
	return 0
}
