package replay

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/compute/placement"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// cluster is 60 nodes of five models, and tasks of which many share a device and
// every fifth names its models.
func cluster(t *testing.T) Input {
	t.Helper()
	var nodes, tasks strings.Builder
	nodes.WriteString("sn,cpu_milli,memory_mib,gpu,model\n")
	for i := range 60 {
		devices := []int{8, 8, 2, 4, 0}[i%5]
		fmt.Fprintf(&nodes, "n%02d,%d,262144,%d,%s\n", i, 8000+20000*devices, devices, []string{"A", "B", "C", "D", ""}[i%5])
	}
	tasks.WriteString("name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_time,scheduled_time\n")
	for i := range 200 {
		devices, share := []int{1, 1, 1, 1, 0, 4}[i%6], []int{300, 500, 1000, 100, 0, 1000}[i%6]
		spec := []string{"", "", "", "B|C", ""}[i%5]
		fmt.Fprintf(&tasks, "t%d,%d,4096,%d,%d,%s,%d,%d,%d\n", i, 500*(1+i%9), devices, share, spec, 10*i, 10*i+100*(1+i*i%97), 10*i+5)
	}
	var in Input
	var err error
	if in.Nodes, err = ReadNodes("nodes.csv", strings.NewReader(nodes.String())); err != nil {
		t.Fatal(err)
	}
	if in.Requests, err = ReadRequests("tasks.csv", strings.NewReader(tasks.String())); err != nil {
		t.Fatal(err)
	}
	in.Policy = PolicyQianmo
	return in
}

func played(t *testing.T, in Input, change func(*Input)) Result {
	t.Helper()
	change(&in)
	result, err := Play(in)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// mean is the part allocated at 130 % of the demand, over seeds.
func mean(t *testing.T, in Input, change func(*Input)) float64 {
	t.Helper()
	const seeds = 10
	sum := 0.0
	for in.Seed = 1; in.Seed <= seeds; in.Seed++ {
		sum += played(t, in, change).Demand[1].Allocated
	}
	return sum / seeds
}

func TestOursAllocatesMore(t *testing.T) {
	in := cluster(t)
	ours := mean(t, in, func(*Input) {})
	for _, policy := range []string{PolicyBestFit, PolicyRandom} {
		if theirs := mean(t, in, func(in *Input) { in.Policy = policy }); ours <= theirs {
			t.Errorf("%.4f of the devices are allocated, by %s %.4f", ours, policy, theirs)
		}
	}
	if past := mean(t, in, func(in *Input) { in.PastMix = true }); past < ours-0.01 {
		t.Errorf("with a mix that is learnt on the way %.4f of the devices are allocated, with one that is known %.4f", past, ours)
	}
	if split := mean(t, in, func(in *Input) { in.Split = true }); split < ours-0.005 {
		t.Errorf("over four centres %.4f of the devices are allocated, over one %.4f", split, ours)
	}
}

func TestEqualInputEqualOutput(t *testing.T) {
	times := cmpopts.IgnoreFields(Result{}, "P99", "Longest", "Seconds")
	in := cluster(t)
	for _, policy := range []string{PolicyQianmo, PolicyBestFit, PolicyRandom} {
		for _, departures := range []float64{0, 1.1} {
			change := func(in *Input) { in.Policy, in.Departures, in.PastMix, in.Seed = policy, departures, true, 7 }
			if diff := cmp.Diff(played(t, in, change), played(t, in, change), times); diff != "" {
				t.Errorf("%s: a second run differs:\n%s", policy, diff)
			}
		}
	}
	if cmp.Equal(played(t, in, func(in *Input) { in.Seed = 7 }), played(t, in, func(in *Input) { in.Seed = 8 }), times, cmpopts.IgnoreFields(Result{}, "Seed")) {
		t.Error("two seeds give the same result")
	}
}

// TestMarks: what arrives is drawn until 130 % of all devices are asked for, and
// not one task more.
func TestMarks(t *testing.T) {
	in := cluster(t)
	p, err := newPlay(in)
	if err != nil {
		t.Fatal(err)
	}
	tasks := in.draw(p.whole())
	var asked int64
	for _, q := range tasks {
		asked += q.Demand()
	}
	last := tasks[len(tasks)-1].Demand()
	if asked*10 < 13*p.whole() || (asked-last)*10 >= 13*p.whole() {
		t.Errorf("%d thousandths are asked for, the last task asks for %d; 130%% of %d", asked, last, p.whole())
	}
	first := map[string]int{}
	for _, q := range tasks[:len(in.Requests)] {
		first[fmt.Sprint(q)]++
	}
	for _, q := range in.Requests {
		if first[fmt.Sprint(q)]--; first[fmt.Sprint(q)] < 0 {
			t.Fatalf("the list does not come whole before draws: %+v", q)
		}
	}
	result := played(t, in, func(*Input) {})
	if len(result.Demand) != 2 || result.Demand[0].At != 1 || result.Demand[1].At != 1.3 || result.Demand[1].Allocated > 1 {
		t.Errorf("marks %+v", result.Demand)
	}
}

// TestDepartures: the part of the devices' time that is asked for is what it was
// set to, and a pool of which a half is asked for places all and keeps a half.
func TestDepartures(t *testing.T) {
	in := cluster(t)
	result := played(t, in, func(in *Input) { in.Departures = 0.5 })
	if result.Placed != result.Tasks || result.Mean < 0.49 || result.Mean > 0.51 {
		t.Errorf("%d of %d tasks placed, %.4f of the devices allocated; half of their time was asked for", result.Placed, result.Tasks, result.Mean)
	}
	crowded := played(t, in, func(in *Input) { in.Departures = 1.1 })
	if crowded.Placed == crowded.Tasks || crowded.Mean < 0.8 {
		t.Errorf("%d of %d tasks placed, %.4f of the devices allocated, where 1.1 of their time is asked for", crowded.Placed, crowded.Tasks, crowded.Mean)
	}
}

func TestValidate(t *testing.T) {
	for name, change := range map[string]func(*Input){
		"unknown policy":      func(in *Input) { in.Policy = "luck" },
		"negative departures": func(in *Input) { in.Departures = -1 },
		"no lifetimes": func(in *Input) {
			in.Departures = 1
			in.Requests = []Request{{Task: placement.Task{Devices: 1, Share: 1000}}}
		},
		"no tasks with devices": func(in *Input) { in.Requests = []Request{{}} },
		"no devices":            func(in *Input) { in.Nodes = []placement.Node{{Name: "n"}} },
	} {
		in := cluster(t)
		change(&in)
		if _, err := Play(in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadNamesThePlace(t *testing.T) {
	const head = "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"
	for name, c := range map[string]struct{ text, place string }{
		"empty":               {"", "tasks.csv"},
		"a column is missing": {"cpu_milli,memory_mib,num_gpu\n1,1,1\n", "gpu_milli"},
		"not a number":        {head + "1,1,0,0,\nx,1,0,0,\n", "tasks.csv:3.cpu_milli"},
		"negative":            {head + "1,-1,0,0,\n", "tasks.csv:2.memory_mib"},
		"too large":           {head + "9000000000000000000,1,0,0,\n", "tasks.csv:2.cpu_milli"},
		"parts of several":    {head + "1,1,2,500,\n", "tasks.csv:2.share"},
		"too few cells":       {head + "1,1\n", "line 2"},
		"an open quote":       {head + "\"1,1,0,0,\n", "tasks.csv"},
	} {
		_, err := ReadRequests("tasks.csv", strings.NewReader(c.text))
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.place) {
			t.Errorf("%s: %v, want a word of %s", name, err, c.place)
		}
	}
	if _, err := ReadNodes("nodes.csv", strings.NewReader("sn,cpu_milli,memory_mib,gpu,model\nn,1,1,2,\n")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "nodes.csv:2.model") {
		t.Errorf("devices without a model: %v", err)
	}
}

func FuzzReadRequests(f *testing.F) {
	f.Add("cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n1,1,1,500,A|B\n")
	f.Add("\ufeffcpu_milli,memory_mib,num_gpu,gpu_milli\n,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		requests, err := ReadRequests("f.csv", strings.NewReader(text))
		if err != nil {
			if c := fault.From(err).Code; c != fault.Invalid && c != fault.TooLarge {
				t.Fatalf("%v", err)
			}
			return
		}
		records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(records)-1 != len(requests) {
			t.Fatalf("%d requests of %d rows: %v", len(requests), len(records), err)
		}
		for _, q := range requests {
			if err := q.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
