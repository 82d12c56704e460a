// Command assess measures the rules engine on a million organisations, beside
// OpenFisca on the same file. run.sh is the one command; README.md says how.
package main

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/qianmo/qianmo/internal/policy/population"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

// measures are those of document 002 that compute an amount a row.
var measures = []string{"002-2", "002-3", "002-4", "002-6"}

// fields of one row of results: four amounts, their sum, the city's part.
const fields = 6

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: assess generate|ours|oracle|compare|single …")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	rows := flags.Int("rows", 1_000_000, "organisations")
	seed := flags.Uint64("seed", 2025, "of the population")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	rest := flags.Args()
	need := map[string]int{"generate": 1, "oracle": 1, "ours": 2, "compare": 2, "single": 0}
	if n, known := need[args[0]]; !known || len(rest) != n {
		return fmt.Errorf("%s: wrong arguments", args[0])
	}
	switch args[0] {
	case "generate":
		return generate(rest[0], *rows, *seed)
	case "oracle":
		return oracle(rest[0], *rows, *seed)
	case "ours":
		return ours(rest[0], rest[1], *rows)
	case "compare":
		return compare(rest[0], rest[1])
	}
	return single()
}

func pack() (*rule.Pack, error) {
	files, err := regions.Open("guizhou")
	if err != nil {
		return nil, err
	}
	return rule.LoadPack(files)
}

// timing is what one run prints.
type timing struct {
	Milliseconds float64 `json:"ms"`
	CPU          float64 `json:"cpu_ms"`
	PeakMiB      float64 `json:"peak_mib"`
	Version      string  `json:"version"`
}

// ours loads the file and computes every amount, once, in this process.
func ours(file, out string, rows int) error {
	p, err := pack()
	if err != nil {
		return err
	}
	if _, err := p.Plan(2025, 2025); err != nil { // rules are compiled before the clock starts, as OpenFisca's are
		return err
	}
	debug.SetGCPercent(population.GCPercent) // as "policy match" and "policy simulate" do
	start, cpu := time.Now(), cpuMilliseconds()
	people, err := population.Open(file)
	if err != nil {
		return err
	}
	defer people.Close()
	results, err := newResults(rows)
	if err != nil {
		return err
	}
	query := population.Query{Pack: p, Measures: measures, On: "2025-06-30", Guide: 2025}
	if err := population.Evaluate(people, query, results.keep); err != nil {
		return err
	}
	took, used := time.Since(start), cpuMilliseconds()-cpu
	peak := peakMiB()
	if err := os.WriteFile(out, results.memory, 0o600); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(timing{Milliseconds: ms(took), PeakMiB: peak, CPU: used, Version: runtime.Version()})
}

// results are the six numbers of every row, in fen.
type results struct {
	memory []byte
	rows   [][fields]int64 // the same memory
}

// newResults sets memory aside in large pages where the system has them, as
// numpy does for its arrays.
func newResults(rows int) (*results, error) {
	memory, err := unix.Mmap(-1, 0, rows*8*fields, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, err
	}
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE) // a system without large pages is only slower
	return &results{memory, unsafe.Slice((*[fields]int64)(unsafe.Pointer(&memory[0])), rows)}, nil
}

// keep writes the rows that get something, and adds the four amounts and the
// four city parts of each: each payment is split, then the parts are added.
func (r *results) keep(first int64, rows int, answers []rule.BlockAnswers) {
	to := r.rows[first-1:][:rows]
	for i := range answers {
		a := &answers[i]
		for k, row := range a.Rows {
			cells, amount := &to[row], a.Amount[k]
			cells[i] = amount
			cells[len(answers)] += amount
			cells[len(answers)+1] += a.City[k]
		}
	}
}

// compare counts rows with a wrong fen, and the largest difference.
func compare(got, want string) error {
	a, err := os.ReadFile(got)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(want)
	if err != nil {
		return err
	}
	if len(a) != len(b) || len(a)%(8*fields) != 0 {
		return fmt.Errorf("%s has %d bytes, %s %d", got, len(a), want, len(b))
	}
	wrongRows, wrongCells, largest := 0, 0, int64(0)
	for row := 0; row < len(a); row += 8 * fields {
		wrong := false
		for f := range fields {
			x, y := int64(binary.LittleEndian.Uint64(a[row+8*f:])), int64(binary.LittleEndian.Uint64(b[row+8*f:]))
			if x != y {
				wrong = true
				wrongCells++
				largest = max(largest, x-y, y-x)
			}
		}
		if wrong {
			wrongRows++
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"rows": len(a) / 8 / fields, "wrong_rows": wrongRows, "wrong_amounts": wrongCells, "largest_fen": largest})
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// peakMiB is the most memory that the process had resident (VmHWM).
func peakMiB() float64 { return procField("/proc/self/status", "VmHWM:") / 1024 }

func procField(file, name string) float64 {
	data, err := fs.ReadFile(os.DirFS("/"), strings.TrimPrefix(file, "/"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return n
		}
	}
	return 0
}

// cpuMilliseconds is user and system time of the process.
func cpuMilliseconds() float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return ms(time.Duration(u.Utime.Nano() + u.Stime.Nano()))
}
