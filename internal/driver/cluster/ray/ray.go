// Package ray is the cluster behind Ray's job submission API.
package ray

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Cluster implements cluster.Cluster. Folders of runs must be on storage that
// all its nodes see.
type Cluster struct {
	Runs     cluster.Register
	Shepherd []string // command that watches over the folder given after it, on a node
	Address  string   // of the dashboard, such as http://127.0.0.1:8265
	Token    string   // bearer token, "" where the dashboard asks for none
	HTTP     http.Client
}

// deadline is how long one request may take.
const deadline = 20 * time.Second

// job is what Ray says of one.
type job struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// submission is what Ray is asked for.
type submission struct {
	ID         string             `json:"submission_id"`
	Entrypoint string             `json:"entrypoint"`
	CPUs       float64            `json:"entrypoint_num_cpus"`
	GPUs       float64            `json:"entrypoint_num_gpus,omitempty"`
	Memory     int64              `json:"entrypoint_memory"` // bytes
	Resources  map[string]float64 `json:"entrypoint_resources,omitempty"`
	Labels     map[string]string  `json:"entrypoint_label_selector,omitempty"`
	Env        struct {
		Variables map[string]string `json:"env_vars"`
	} `json:"runtime_env"`
}

// Start implements cluster.Cluster. Ray takes an id once, so that a lost answer
// is asked for again without a second job.
func (c *Cluster) Start(ctx context.Context, run cluster.Run) error {
	if err := run.Validate(); err != nil {
		return err
	}
	if err := c.Runs.Remember(run); err != nil {
		return err
	}
	if _, known, err := c.job(ctx, run.ID); err != nil || known {
		return err
	}
	if _, err := run.Folder.End(); err == nil {
		return nil // over, and Ray has forgotten it
	}
	s := submission{ID: run.ID, Entrypoint: "exec " + quoted(append(c.Shepherd[:len(c.Shepherd):len(c.Shepherd)], string(run.Folder))),
		CPUs: float64(run.CPU) / 1000, Memory: run.Memory << 20, Resources: map[string]float64{}}
	s.Env.Variables = map[string]string{"QIANMO_NODE": run.Node}
	if run.Node != "" {
		s.Labels = map[string]string{"ray.io/node-id": run.Node}
	}
	if n := float64(len(run.Devices)); n > 0 {
		kind, model, _ := strings.Cut(run.Model, ":")
		if kind == gpu {
			s.GPUs = n
		} else {
			s.Resources[kind] = n
		}
		if model != "" {
			s.Resources[accelerator+model] = 0.001
		}
	}
	status, text, err := c.ask(ctx, http.MethodPost, "/api/jobs/", s)
	switch {
	case err != nil:
		return err
	case status == http.StatusOK, strings.Contains(text, "already exists"):
		return nil
	default:
		return c.refused(status, text)
	}
}

// Ray's names of what it counts.
const (
	gpu         = "GPU"
	accelerator = "accelerator_type:"
)

// quoted is a command as the shell reads it.
func quoted(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}

// job asks for one; false when Ray does not know it.
func (c *Cluster) job(ctx context.Context, id string) (j job, known bool, err error) {
	status, text, err := c.ask(ctx, http.MethodGet, "/api/jobs/"+url.PathEscape(id), nil)
	switch {
	case err != nil:
		return j, false, err
	case status == http.StatusNotFound:
		return j, false, nil
	case status != http.StatusOK:
		return j, false, c.refused(status, text)
	}
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return j, false, c.refused(status, text)
	}
	return j, true, nil
}

// Look implements cluster.Cluster.
func (c *Cluster) Look(ctx context.Context, ids ...string) (map[string]cluster.Status, error) {
	out := map[string]cluster.Status{}
	for _, id := range ids {
		folder, known, err := c.Runs.Folder(id)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		if out[id], err = c.status(ctx, id, folder); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Cluster) status(ctx context.Context, id string, folder cluster.Folder) (cluster.Status, error) {
	if st, over, err := folder.Ended(); over || err != nil {
		return st, err
	}
	j, known, err := c.job(ctx, id)
	if err != nil {
		return cluster.Status{}, err
	}
	began, err := folder.Samples(0)
	if err != nil {
		return cluster.Status{}, err
	}
	st := cluster.Status{Reason: j.Message}
	switch {
	case !known && len(began) == 0:
		st.State, st.Reason = cluster.Pending, "not submitted yet"
	case !known:
		st.State, st.Reason = cluster.Lost, "Ray has forgotten it"
	case j.Status == "PENDING":
		st.State = cluster.Pending
	case j.Status == "RUNNING":
		st.State = cluster.Running
	case j.Status == "STOPPED" && len(began) == 0:
		st.State = cluster.Stopped
	default: // an end without its shepherd's word
		st.State = cluster.Lost
	}
	if st.State != cluster.Lost {
		return st, nil
	}
	if late, over, err := folder.Ended(); over || err != nil { // written since Ray was asked
		return late, err
	}
	return st, nil
}

// End implements cluster.Cluster. Ray cannot stop what waits: its job stays in the
// queue, and ends without running when its turn comes.
func (c *Cluster) End(ctx context.Context, id string) error {
	folder, err := c.Runs.Find(id)
	if err != nil {
		return err
	}
	if withdrawn, err := folder.Withdraw(cluster.Ended); withdrawn || err != nil {
		return err
	}
	status, text, err := c.ask(ctx, http.MethodPost, "/api/jobs/"+url.PathEscape(id)+"/stop", nil)
	if err != nil || status == http.StatusOK || status == http.StatusNotFound {
		return err
	}
	return c.refused(status, text)
}

// Clear implements cluster.Cluster.
func (c *Cluster) Clear(ctx context.Context, id string) error {
	folder, err := c.Runs.Find(id)
	if err != nil {
		return err
	}
	st, err := c.status(ctx, id, folder)
	if err != nil {
		return err
	}
	j, known, err := c.job(ctx, id)
	if err != nil {
		return err
	}
	if !st.State.Over() || known && (j.Status == "RUNNING" || j.Status == "PENDING") {
		return cluster.StillRuns(id)
	}
	if known {
		status, text, err := c.ask(ctx, http.MethodDelete, "/api/jobs/"+url.PathEscape(id), nil)
		if err != nil {
			return err
		}
		if status != http.StatusOK && status != http.StatusNotFound {
			return c.refused(status, text)
		}
	}
	return c.Runs.Forget(id)
}

// ask sends a request and returns the answer's status and text.
func (c *Cluster) ask(ctx context.Context, method, path string, body any) (status int, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	sent, err := json.Marshal(body)
	if err != nil {
		return 0, "", c.unreachable(err)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Address+path, bytes.NewReader(sent))
	if err != nil {
		return 0, "", c.unreachable(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return 0, "", c.unreachable(err)
	}
	defer res.Body.Close()
	const most = 16 << 20
	said, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return 0, "", c.unreachable(err)
	}
	return res.StatusCode, string(said), nil
}

func (c *Cluster) unreachable(err error) error {
	return fault.Newf(fault.Unavailable, "连不上 Ray（%s）。", "Ray cannot be reached (%s).", c.Address).Because(err)
}

func (c *Cluster) refused(status int, text string) error {
	code := fault.Unavailable
	if status == http.StatusBadRequest {
		code = fault.Invalid
	}
	return fault.Newf(code, "Ray 没有接受（%[1]d）：%[2]s", "Ray did not take it (%[1]d): %[2]s", status, fmt.Sprintf("%.500s", text))
}

// Inventory implements cluster.Cluster.
func (c *Cluster) Inventory(ctx context.Context) ([]cluster.Node, error) {
	status, text, err := c.ask(ctx, http.MethodGet, "/api/v0/nodes?detail=1&limit=10000", nil)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data struct {
			Result struct {
				Result []node `json:"result"`
			} `json:"result"`
		} `json:"data"`
	}
	if status != http.StatusOK || json.Unmarshal([]byte(text), &answer) != nil {
		return nil, c.refused(status, text)
	}
	var out []cluster.Node
	for _, n := range answer.Data.Result.Result {
		out = append(out, n.read())
	}
	return out, nil
}

// node is what Ray says of one; resources are counted in its own units.
type node struct {
	ID        string             `json:"node_id"`
	State     string             `json:"state"`
	Message   string             `json:"state_message"`
	Resources map[string]float64 `json:"resources_total"`
}

func (n node) read() cluster.Node {
	out := cluster.Node{Name: n.ID, CPU: int64(n.Resources["CPU"] * 1000), Memory: int64(n.Resources["memory"]) >> 20}
	if n.State != "ALIVE" {
		out.Out = strings.TrimSpace(n.State + " " + n.Message)
	}
	model := ""
	for name := range n.Resources {
		if after, ok := strings.CutPrefix(name, accelerator); ok {
			model = ":" + after
		}
	}
	for _, kind := range []string{gpu, "NPU", "HPU", "TPU", "neuron_cores"} {
		for i := range int(n.Resources[kind]) {
			out.Devices = append(out.Devices, cluster.Device{ID: fmt.Sprintf("%s:%d", kind, i), Model: kind + model})
		}
	}
	return out
}

var _ cluster.Cluster = (*Cluster)(nil)
