// Package shepherd watches over one run on the node where it runs. Whatever
// cluster starts it there, it does the same: it runs the command, keeps to the
// time that is allowed and the memory that was asked for, writes what is used, and
// at the end how it ended. It needs no agent and no network: when both are gone,
// the run still ends with its hold.
package shepherd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Exit codes beside the run's own.
const (
	// ExitStopped is of a run that was ended, whatever its command said.
	ExitStopped = 75
	// ExitBroken is of a shepherd that could not do its work.
	ExitBroken = 76
)

// look is how often a shepherd looks after its run.
const look = 250 * time.Millisecond

// runVariable is by what a run, and whatever it starts, is known on its node.
const runVariable = "QIANMO_RUN"

// sampleEvery is how often it writes what is used.
const sampleEvery = 4 // looks

// Watch runs what the folder was prepared for and returns the exit code. A run
// that has ended, or has another shepherd, is not run again.
//
// Codes: conflict while another shepherd watches; not_found for a folder that was
// not prepared; unavailable.
func Watch(ctx context.Context, folder cluster.Folder) (exit int, err error) {
	lock, err := os.OpenFile(folder.WatchPath(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return ExitBroken, fault.Newf(fault.Unavailable, "不能看护运行目录 %s。", "Cannot watch over the folder %s.", string(folder)).Because(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return ExitBroken, fault.Newf(fault.Conflict, "这个运行已有看护进程。", "The run has a shepherd already.")
	}
	run, err := folder.Run()
	if err != nil {
		return ExitBroken, err
	}
	if end, err := folder.End(); err == nil {
		return exitOf(end), nil
	}
	if samples, err := folder.Samples(0); err != nil || len(samples) > 0 {
		// A shepherd was here and did not write the end: what it ran may have had its
		// effects, and is not run a second time.
		return ExitBroken, errors.Join(err, folder.WriteEnd(cluster.End{State: cluster.Lost, ExitCode: -1, Node: node(), Reason: "its shepherd was killed"}))
	}
	usage, err := os.OpenFile(folder.UsagePath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return ExitBroken, fault.Newf(fault.Unavailable, "不能看护运行目录 %s。", "Cannot watch over the folder %s.", string(folder)).Because(err)
	}
	defer usage.Close()
	w := &watch{folder: folder, run: run, usage: usage}
	end, err := w.start(ctx)
	if err != nil {
		return ExitBroken, err
	}
	persist(func() error { return w.write(end.Elapsed, end.CPU, 0) })
	persist(func() error { return folder.WriteEnd(end) })
	return exitOf(end), nil
}

// persist tries until it succeeds: on a full disk the shepherd waits for room, or
// until it is killed, since what was used must not be lost.
func persist(write func() error) {
	for again := time.Tick(time.Second); write() != nil; {
		<-again
	}
}

func exitOf(e cluster.End) int {
	switch {
	case e.State == cluster.Succeeded:
		return 0
	case e.State == cluster.Failed && e.ExitCode > 0:
		return e.ExitCode
	default:
		return ExitStopped
	}
}

func node() string {
	if name := os.Getenv("QIANMO_NODE"); name != "" {
		return name
	}
	name, _ := os.Hostname()
	return name
}

// watch is one run being watched.
type watch struct {
	folder  cluster.Folder
	run     cluster.Run
	tree    *tree
	began   time.Time
	usage   *os.File
	last    cluster.Sample
	peak    int64         // MiB
	spent   int64         // milliseconds of a core, as the kernel says at the end
	ending  cluster.State // what it is ended for; "" while it is not
	reason  string
	killAt  time.Time // when it has had its grace
	looks   int
	allowed time.Duration
	cut     bool // the last line of usage is not whole
}

// start runs the command to its end.
func (w *watch) start(ctx context.Context) (cluster.End, error) {
	cmd, closeStreams, err := w.command()
	if err != nil {
		return cluster.End{}, err
	}
	defer closeStreams()
	// The kernel ends the command when this thread dies. What the command started
	// itself is ended by whoever finds the run lost (EndStrays).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if w.allowed, err = w.folder.Allowed(); err != nil {
		return cluster.End{}, err
	}
	w.began = time.Now()
	if err := w.write(0, 0, 0); err != nil { // before the start: from here on it is known to have begun
		return cluster.End{}, err
	}
	if err := cmd.Start(); err != nil {
		return w.end(cluster.Failed, 127, "", err.Error()), nil
	}
	w.tree = newTree(cmd.Process.Pid)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			w.tree.kill() // what it left behind
			return w.ended(cmd.ProcessState), nil
		case <-ctx.Done():
			w.endFor(cluster.Stopped, "its shepherd was told to stop")
			ctx = context.WithoutCancel(ctx)
		case now := <-tick.C:
			w.look(now)
		}
	}
}

// command is the run's, with its streams.
func (w *watch) command() (cmd *exec.Cmd, closeStreams func(), err error) {
	cmd = exec.Command(w.run.Command[0], w.run.Command[1:]...)
	cmd.Dir = string(w.folder)
	cmd.Env = w.env()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	out, err := os.OpenFile(w.folder.StreamPath(cluster.Stdout), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	errs, err := os.OpenFile(w.folder.StreamPath(cluster.Stderr), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, errors.Join(err, out.Close())
	}
	cmd.Stdout, cmd.Stderr = out, errs
	return cmd, func() { _, _ = out.Close(), errs.Close() }, nil
}

// env is what the run finds around it: nothing of the shepherd's but what a
// command needs to run at all, what its cluster says of devices, its own, and
// where things are.
func (w *watch) env() []string {
	env := map[string]string{runVariable: w.run.ID, "QIANMO_NODE": node(), "QIANMO_IN": w.folder.In(), "QIANMO_OUT": w.folder.Out(), "QIANMO_CHECKPOINT": w.folder.Checkpoint(), "HOME": string(w.folder)}
	for _, name := range []string{"PATH", "LANG", "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES"} {
		if value, set := os.LookupEnv(name); set {
			env[name] = value
		}
	}
	maps.Copy(env, w.run.Env)
	out := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		out = append(out, name+"="+env[name])
	}
	return out
}

// look measures, and ends the run when it has to end.
func (w *watch) look(now time.Time) {
	cpu, memory := w.tree.used()
	w.peak = max(w.peak, memory)
	elapsed := now.Sub(w.began)
	if w.looks++; w.looks%sampleEvery == 0 {
		_ = w.write(elapsed.Milliseconds(), cpu, memory) // on a full disk: the next sample has it too
	}
	if w.ending != "" {
		if now.After(w.killAt) {
			w.tree.kill()
		}
		return
	}
	if allowed, err := w.folder.Allowed(); err == nil { // else the storage is away: what was allowed last stands
		w.allowed = allowed
	}
	why, asked := w.folder.StopAsked()
	switch {
	case memory > w.run.Memory:
		w.run.Grace = 0 // it takes what others need
		w.endFor(cluster.OutOfMemory, fmt.Sprintf("it took %d MiB of %d", memory, w.run.Memory))
	case asked:
		w.endFor(cluster.Stopped, why)
	case elapsed >= w.allowed:
		w.endFor(cluster.TimedOut, fmt.Sprintf("it was allowed %s", w.allowed))
	}
}

// endFor asks the run to end, and notes what for.
func (w *watch) endFor(state cluster.State, reason string) {
	w.ending, w.reason = state, reason
	w.killAt = time.Now().Add(w.run.Grace)
	if w.run.Grace == 0 {
		w.tree.kill()
		return
	}
	w.tree.ask()
}

// write appends what was used since the sample before: up to milliseconds since
// the beginning, and milliseconds of a core in all.
func (w *watch) write(to, cpu, memory int64) error {
	s := cluster.Sample{Seq: w.last.Seq + 1, From: w.last.To, To: to, CPU: max(cpu-w.last.CPU, 0), Memory: memory}
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if w.cut { // by a full disk
		line = append([]byte{'\n'}, line...)
	}
	if n, err := w.usage.Write(append(line, '\n')); err != nil {
		w.cut = w.cut || n > 0
		return fault.Newf(fault.Unavailable, "写不进用量。", "What is used cannot be written.").Because(err)
	}
	w.cut = false
	w.last = cluster.Sample{Seq: s.Seq, To: to, CPU: max(cpu, w.last.CPU)}
	return nil
}

// ended is how the process ended.
func (w *watch) ended(state *os.ProcessState) cluster.End {
	w.spent = (state.UserTime() + state.SystemTime()).Milliseconds() // with what ended between two looks
	if w.ending != "" {
		return w.end(w.ending, state.ExitCode(), signalOf(state), w.reason)
	}
	if state.Success() {
		return w.end(cluster.Succeeded, 0, "", "")
	}
	return w.end(cluster.Failed, state.ExitCode(), signalOf(state), state.String())
}

func signalOf(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}

func (w *watch) end(state cluster.State, exit int, signal, reason string) cluster.End {
	return cluster.End{State: state, ExitCode: exit, Signal: signal, Reason: reason, Node: node(), Began: clock.Micros(w.began), Elapsed: time.Since(w.began).Milliseconds(), CPU: max(w.last.CPU, w.spent), Memory: w.peak}
}
