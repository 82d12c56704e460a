// Package slurm is the cluster behind Slurm's commands: sbatch, squeue, sacct,
// scancel and sinfo, which every site has and whose named fields stay the same
// over versions. Accounting (slurmdbd) is used where there is one.
package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Cluster implements cluster.Cluster. Folders of runs must be on storage that
// all its nodes see.
type Cluster struct {
	Runs       cluster.Register
	Shepherd   []string // command that watches over the folder given after it, on a node
	Partition  string   // "" for the default one
	Account    string   // that Slurm books runs on; "" for the user's default
	Env        []string // for the commands, such as SLURM_CONF
	Accounting bool     // there is a slurmdbd to ask about what has left the queue
}

// deadline is how long a command may take: with no controller there they try for
// minutes.
const deadline = 20 * time.Second

// reserve is what a shepherd itself may take beside its run, in MiB: Slurm
// must not end it for the run's memory before it has said so.
const reserve = 64

// Start implements cluster.Cluster.
func (c *Cluster) Start(ctx context.Context, run cluster.Run) error {
	if err := run.Validate(); err != nil {
		return err
	}
	if err := c.Runs.Remember(run); err != nil {
		return err
	}
	job, err := c.job(ctx, run.ID)
	if err != nil || job != "" {
		return err
	}
	args := []string{"--parsable", "--no-requeue", "--job-name=" + run.ID, "--chdir=" + string(run.Folder), "--output=/dev/null", "--error=/dev/null",
		"--ntasks=1", "--cpus-per-task=" + strconv.FormatInt(max((run.CPU+999)/1000, 1), 10), "--mem=" + strconv.FormatInt(run.Memory+reserve, 10) + "M"}
	if run.Node != "" {
		args = append(args, "--nodelist="+run.Node)
	}
	if n := len(run.Devices); n > 0 {
		kind, model, _ := strings.Cut(run.Model, ":")
		args = append(args, fmt.Sprintf("--gres=%s:%s:%d", kind, model, n))
	}
	for flag, value := range map[string]string{"--partition=": c.Partition, "--account=": c.Account} {
		if value != "" {
			args = append(args, flag+value)
		}
	}
	out, err := c.command(ctx, script(append(c.Shepherd, string(run.Folder))), "sbatch", args...)
	if err != nil {
		return err
	}
	job, _, _ = strings.Cut(strings.TrimSpace(out), ";") // "id;cluster" where there are several
	return c.Runs.SetName(run.ID, job)
}

// script is what Slurm runs on the node.
func script(command []string) string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\nexport QIANMO_NODE=\"$SLURMD_NODENAME\"\nexec")
	for _, word := range command {
		b.WriteString(" '" + strings.ReplaceAll(word, "'", `'\''`) + "'")
	}
	b.WriteString("\n")
	return b.String()
}

// job is what Slurm calls a run, "" when it never heard of it. A driver that was
// killed between sbatch and the register finds the job by its name.
func (c *Cluster) job(ctx context.Context, id string) (string, error) {
	if name, err := c.Runs.Name(id); err != nil || name != "" {
		return name, err
	}
	out, err := c.command(ctx, "", "squeue", "-h", "--states=all", "--name="+id, "-o", "%i")
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(out) == "" && c.Accounting {
		if out, err = c.command(ctx, "", "sacct", "-nPX", "--name="+id, "-S", "now-30days", "-o", "JobID"); err != nil {
			return "", err
		}
	}
	found := strings.Fields(out)
	if len(found) == 0 {
		return "", nil
	}
	return found[0], c.Runs.SetName(id, found[0])
}

// Look implements cluster.Cluster.
func (c *Cluster) Look(ctx context.Context, ids ...string) (map[string]cluster.Status, error) {
	out := map[string]cluster.Status{}
	jobs := map[string]string{} // job -> run
	for _, id := range ids {
		folder, known, err := c.Runs.Folder(id)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		if st, over, err := folder.Ended(); err != nil {
			return nil, err
		} else if over {
			out[id] = st
			continue
		}
		job, err := c.job(ctx, id)
		if err != nil {
			return nil, err
		}
		if job == "" {
			out[id] = cluster.Status{State: cluster.Pending, Reason: "not submitted yet"}
			continue
		}
		jobs[job] = id
	}
	if len(jobs) == 0 {
		return out, nil
	}
	seen, err := c.ask(ctx, jobs)
	if err != nil {
		return nil, err
	}
	for job, id := range jobs {
		if out[id], err = c.status(id, seen[job]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// seen is a job as Slurm sees it.
type seen struct{ state, reason, node string }

// ask asks the queue, and for what has left it the accounting.
func (c *Cluster) ask(ctx context.Context, jobs map[string]string) (map[string]seen, error) {
	list := make([]string, 0, len(jobs))
	for job := range jobs {
		list = append(list, job)
	}
	out := map[string]seen{}
	read := func(text string) {
		for line := range strings.Lines(text) {
			if f := strings.Split(strings.TrimSpace(line), "|"); len(f) == 4 {
				out[f[0]] = seen{f[1], f[2], f[3]}
			}
		}
	}
	text, err := c.command(ctx, "", "squeue", "-h", "--states=all", "--jobs="+strings.Join(list, ","), "-o", "%i|%T|%r|%N")
	if err != nil && !errors.Is(err, errGone) {
		return nil, err
	}
	read(text)
	if len(out) < len(jobs) && c.Accounting {
		if text, err = c.command(ctx, "", "sacct", "-nPX", "--jobs="+strings.Join(list, ","), "-o", "JobID,State,Reason,NodeList"); err != nil {
			return nil, err
		}
		known := out
		out = map[string]seen{}
		read(text)
		for job, s := range known { // the queue knows better
			out[job] = s
		}
	}
	return out, nil
}

// status is what becomes of a run whose shepherd has not written its end.
func (c *Cluster) status(id string, s seen) (cluster.Status, error) {
	folder, err := c.Runs.Find(id)
	if err != nil {
		return cluster.Status{}, err
	}
	began, err := folder.Samples(0)
	if err != nil {
		return cluster.Status{}, err
	}
	st := cluster.Status{Node: s.node, Reason: s.reason}
	if s.reason == "None" {
		st.Reason = ""
	}
	state, _, _ := strings.Cut(s.state, " ") // "CANCELLED by 0"
	switch state {
	case "PENDING", "CONFIGURING", "SUSPENDED", "REQUEUED", "RESIZING":
		st.State = cluster.Pending
	case "RUNNING", "COMPLETING", "STOPPED", "SIGNALING", "STAGE_OUT":
		st.State = cluster.Running
	case "CANCELLED":
		st.State = cluster.Stopped
		if len(began) > 0 {
			st.State = cluster.Lost // Slurm ended its shepherd before it could say what was used
		}
	default: // NODE_FAIL, FAILED, COMPLETED, ...: without an end, nobody knows how
		st.State, st.Reason = cluster.Lost, strings.TrimSpace(s.state+" "+s.reason)
	}
	if late, over, err := folder.Ended(); over || err != nil { // written since Slurm was asked
		return late, err
	}
	return st, nil
}

// End implements cluster.Cluster.
func (c *Cluster) End(ctx context.Context, id string) error {
	folder, err := c.Runs.Find(id)
	if err != nil {
		return err
	}
	if _, err := folder.Withdraw(cluster.Ended); err != nil {
		return err
	}
	job, err := c.job(ctx, id)
	if err != nil || job == "" {
		return err
	}
	_, err = c.command(ctx, "", "scancel", job)
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

// Clear implements cluster.Cluster.
func (c *Cluster) Clear(ctx context.Context, id string) error {
	if _, err := c.Runs.Find(id); err != nil {
		return err
	}
	found, err := c.Look(ctx, id)
	if err != nil {
		return err
	}
	if !found[id].State.Over() {
		return cluster.StillRuns(id)
	}
	return c.Runs.Forget(id)
}

// errGone is of a job that has left the queue.
var errGone = errors.New("slurm: the job has left the queue")

// command runs one of Slurm's commands.
func (c *Cluster) command(ctx context.Context, stdin, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(cmd.Environ(), c.Env...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	said := strings.TrimSpace(errs.String())
	switch {
	case err == nil:
		return out.String(), nil
	case strings.Contains(said, "Invalid job id"):
		return out.String(), errGone
	case name == "sbatch" && neverRuns(said):
		return "", fault.Newf(fault.Invalid, "Slurm 不接受这个作业：%s", "Slurm does not take the job: %s", said).Because(err)
	default:
		return "", fault.Newf(fault.Unavailable, "Slurm 的 %s 没有成功：%s", "Slurm's %s did not succeed: %s", name, said).Because(err)
	}
}

// neverRuns reports whether sbatch refused what no wait will change.
func neverRuns(said string) bool {
	for _, text := range []string{"not available", "Invalid generic resource", "invalid partition", "Invalid account", "Invalid node name", "violates accounting"} {
		if strings.Contains(said, text) {
			return true
		}
	}
	return false
}

var _ cluster.Cluster = (*Cluster)(nil)
