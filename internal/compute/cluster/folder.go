package cluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Folder is where a run works, on storage that the agent and all nodes see. What
// is in it is all that the agent and the shepherd say to each other:
//
//	run.json     what to run                      by the agent, before the start
//	in/ out/     files that the run reads, leaves
//	checkpoint/  what a later run of the job goes on from
//	allowed      milliseconds that it may run     by the agent, any time
//	stop         why it shall end now             by the agent, any time
//	stdout stderr                                 by the run
//	usage        a line a sample                  by the shepherd
//	end.json     how it ended                     by the shepherd, last
//	watch        locked while a shepherd is there
type Folder string

// The names in a folder.
const (
	runFile     = "run.json"
	allowedFile = "allowed"
	stopFile    = "stop"
	usageFile   = "usage"
	endFile     = "end.json"
	watchFile   = "watch"
)

// Streams of a run.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

func (f Folder) path(name string) string { return filepath.Join(string(f), name) }

// In is where the files are that the run reads.
func (f Folder) In() string { return f.path("in") }

// Out is where the run leaves files.
func (f Folder) Out() string { return f.path("out") }

// Checkpoint is what a later run of the job goes on from.
func (f Folder) Checkpoint() string { return f.path("checkpoint") }

// WatchPath is the file that a shepherd keeps locked.
func (f Folder) WatchPath() string { return f.path(watchFile) }

// UsagePath is the file of samples.
func (f Folder) UsagePath() string { return f.path(usageFile) }

// StreamPath is the file of what a run prints.
func (f Folder) StreamPath(stream string) string { return f.path(stream) }

// Prepare makes the folder of a run that may run for a time.
//
// Codes: conflict when another run was prepared there; unavailable.
func (f Folder) Prepare(run Run, allowed time.Duration) error {
	if err := run.Validate(); err != nil {
		return err
	}
	if known, err := f.Run(); err == nil {
		if !same(known, run) {
			return fault.Newf(fault.Conflict, "运行 %s 的目录已用于别的内容。", "The folder of run %s was used for something else.", run.ID)
		}
		return nil
	}
	for _, dir := range []string{f.In(), f.Out(), f.Checkpoint()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return unwritable(err)
		}
	}
	if err := f.Allow(allowed); err != nil {
		return err
	}
	return f.writeJSON(runFile, run) // last: with it the folder is ready
}

func same(a, b Run) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// Run is what the folder was prepared for.
//
// Codes: not_found, unavailable.
func (f Folder) Run() (run Run, err error) { return run, f.readJSON(runFile, &run) }

// Allow sets how long the run may run in all. It may be changed while it runs.
//
// Codes: unavailable.
func (f Folder) Allow(d time.Duration) error {
	return f.write(allowedFile, []byte(strconv.FormatInt(d.Milliseconds(), 10)))
}

// Allowed is how long the run may run in all.
//
// Codes: not_found, unavailable.
func (f Folder) Allowed() (time.Duration, error) {
	text, err := f.read(allowedFile)
	if err != nil {
		return 0, err
	}
	ms, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, fault.Newf(fault.Unavailable, "运行目录中的时限读不懂：%s", "The time that the folder allows is not readable: %s", text).Because(err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// Stop asks the run to end: it is told to, and after its grace it is ended. why
// stands in its end.
//
// Codes: unavailable.
func (f Folder) Stop(why string) error { return f.write(stopFile, []byte(why)) }

// StopAsked is why the run shall end; false when nobody asked.
func (f Folder) StopAsked() (why string, asked bool) {
	text, err := f.read(stopFile)
	return string(text), err == nil
}

// Output opens what the run printed, from a byte on. It may be growing.
//
// Codes: not_found, unavailable.
func (f Folder) Output(stream string, from int64) (io.ReadCloser, error) {
	file, err := os.Open(f.path(stream))
	if err != nil {
		return nil, missing(err)
	}
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return nil, errors.Join(missing(err), file.Close())
	}
	return file, nil
}

// Sample (样本) is what the run used between two looks at it, in milliseconds since
// it began, by the monotonic clock of its node.
type Sample struct {
	Seq    int64 `json:"seq"` // 1, 2, 3, ...
	From   int64 `json:"from"`
	To     int64 `json:"to"`
	CPU    int64 `json:"cpu"`    // milliseconds of a core
	Memory int64 `json:"memory"` // MiB at the end of it
}

// Samples reads the samples after one.
//
// Codes: unavailable.
func (f Folder) Samples(after int64) ([]Sample, error) {
	file, err := os.Open(f.path(usageFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, missing(err)
	}
	defer file.Close()
	var out []Sample
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var s Sample
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			continue // the line that is being written, or that a full disk cut
		}
		if s.Seq > after {
			out = append(out, s)
		}
	}
	return out, lines.Err()
}

// End is how a run ended, by the word of its shepherd.
type End struct {
	State    State  `json:"state"`
	ExitCode int    `json:"exit_code"`        // -1 when a signal ended it
	Signal   string `json:"signal,omitempty"` // that ended it
	Reason   string `json:"reason,omitempty"`
	Node     string `json:"node"`
	Began    int64  `json:"began"`   // microseconds since 1970, by the node's clock
	Elapsed  int64  `json:"elapsed"` // milliseconds, by its monotonic clock
	CPU      int64  `json:"cpu"`     // milliseconds of a core
	Memory   int64  `json:"memory"`  // MiB at the most
}

// WriteEnd writes the end, whole or not at all.
//
// Codes: unavailable.
func (f Folder) WriteEnd(e End) error { return f.writeJSON(endFile, e) }

// End is how the run ended.
//
// Codes: not_found while it has not; unavailable.
func (f Folder) End() (e End, err error) { return e, f.readJSON(endFile, &e) }

// Ended is the status of a run whose shepherd wrote its end; false while none has.
//
// Codes: unavailable.
func (f Folder) Ended() (st Status, over bool, err error) {
	end, err := f.End()
	if fault.Is(err, fault.NotFound) {
		return st, false, nil
	}
	return Status{State: end.State, Node: end.Node, Reason: end.Reason, Ending: &end}, err == nil, err
}

// Withdraw ends a run that has not begun, so that it never will: a shepherd that
// comes later finds the end. False when it has begun, or has ended.
//
// Codes: unavailable.
func (f Folder) Withdraw(why string) (bool, error) {
	lock, err := os.OpenFile(f.WatchPath(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, unwritable(err)
	}
	defer lock.Close()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false, nil // its shepherd is there
	}
	if _, err := f.End(); !fault.Is(err, fault.NotFound) {
		return false, err
	}
	if samples, err := f.Samples(0); err != nil || len(samples) > 0 {
		return false, err
	}
	return true, f.WriteEnd(End{State: Stopped, ExitCode: -1, Reason: why})
}

// Watched reports whether a shepherd is there, on any node of the storage.
func (f Folder) Watched() bool {
	lock, err := os.OpenFile(f.WatchPath(), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer lock.Close()
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil
}

func (f Folder) writeJSON(name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return unwritable(err)
	}
	return f.write(name, text)
}

func (f Folder) readJSON(name string, into any) error {
	text, err := f.read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fault.Newf(fault.Unavailable, "运行目录中的 %s 读不懂。", "%s in the folder of the run is not readable.", name).Because(err)
	}
	return nil
}

func (f Folder) read(name string) ([]byte, error) {
	text, err := os.ReadFile(f.path(name))
	if err != nil {
		return nil, missing(err)
	}
	return text, nil
}

// write puts a file in its place at once, so that nobody reads a half.
func (f Folder) write(name string, text []byte) error {
	file, err := os.CreateTemp(string(f), name+".*")
	if err != nil {
		return unwritable(err)
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), f.path(name))
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return unwritable(err)
	}
	return nil
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Newf(fault.NotFound, "运行目录中没有这个文件。", "The folder of the run has no such file.").Because(err)
	}
	return fault.Newf(fault.Unavailable, "读不到运行目录：请检查存储是否可用。", "The folder of the run cannot be read: check its storage.").Because(err)
}

func unwritable(err error) error {
	return fault.Newf(fault.Unavailable, "写不进运行目录：请检查存储的空间与权限。", "The folder of the run cannot be written: check its storage's space and permissions.").Because(err)
}
