package shepherd

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// tree is the processes of a run: those of its session, and what they started
// elsewhere as long as its parent lives.
type tree struct {
	root int
	most int64 // CPU seen so far, milliseconds: processes that ended take theirs with them
}

func newTree(root int) *tree { return &tree{root: root} }

// process is what /proc says of one, proc(5).
type process struct {
	pid, parent, session int
	cpu                  int64 // milliseconds, with children that ended and were waited for
	memory               int64 // bytes resident
}

// ticks a second, fixed on Linux as far as programs see it.
const ticks = 100

// processes are those of the run that live.
func (t *tree) processes() []process {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	all := make([]process, 0, len(files))
	for _, file := range files {
		if p, ok := readProcess(file); ok {
			all = append(all, p)
		}
	}
	ours := map[int]bool{t.root: true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !ours[p.pid] && (p.session == t.root || ours[p.parent]) {
				ours[p.pid], grown = true, true
			}
		}
	}
	out := all[:0]
	for _, p := range all {
		if ours[p.pid] {
			out = append(out, p)
		}
	}
	return out
}

// readProcess reads a stat file: pid (name) state parent group session ...
func readProcess(file string) (p process, ok bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return p, false // it has ended
	}
	end := bytes.LastIndexByte(text, ')') // a name may hold anything
	if end < 0 {
		return p, false
	}
	fields := bytes.Fields(text[end+1:])
	if len(fields) < 22 || fields[0][0] == 'Z' {
		return p, false
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(string(fields[i]), 10, 64); return n }
	pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
	return process{pid: pid, parent: int(number(1)), session: int(number(3)),
		cpu: (number(11) + number(12) + number(13) + number(14)) * 1000 / ticks, memory: number(21) * int64(os.Getpagesize())}, true
}

// EndStrays ends what a lost run left on this node, known by its environment: its
// shepherd is gone, and nobody would measure it.
func EndStrays(run string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err != nil || !slices.Contains(strings.Split(string(env), "\x00"), runVariable+"="+run) {
			continue // ended, or not the run's
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// used is the milliseconds of a core so far, and the MiB of now.
func (t *tree) used() (cpu, memory int64) {
	for _, p := range t.processes() {
		cpu, memory = cpu+p.cpu, memory+p.memory
	}
	t.most = max(t.most, cpu)
	return t.most, memory >> 20
}

// ask tells the run to end.
func (t *tree) ask() { t.signal(syscall.SIGTERM) }

// kill ends all that lives of the run.
func (t *tree) kill() { t.signal(syscall.SIGKILL) }

func (t *tree) signal(s syscall.Signal) {
	for _, p := range t.processes() {
		_ = syscall.Kill(p.pid, s) // it may have ended since
	}
}
