package allocation_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// TestAgainstBruteForce: where a matter binds (every two applications of a
// matter are one), the awards are those of the lowest lines that all calls can
// bear, to the fen. Such lines exist, the same for everybody.
func TestAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(false).Draw(t, "snapshot")
		o := consult(in)
		lines, found := o.least()
		if !found {
			t.Fatal("there are no lowest lines")
		}
		got := decide(t, in)
		if diff := unlike(o.pay(o.choices(lines)), awards(got)); diff != "" {
			t.Fatalf("lines %v: %s\n%s", lines, diff, got.Canonical())
		}
	})
}

// TestLinesHold: whatever binds applications, papers in chains too, the result
// is what applicants choose above one line a call; every call can bear it; no
// line can be lowered by one class; and the money is exact.
func TestLinesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(true).Draw(t, "snapshot")
		o := consult(in)
		got := decide(t, in)
		below := map[string]bool{}
		for _, x := range got.Excluded {
			switch x.Why {
			case allocation.WhyQuota, allocation.WhyBudget, allocation.WhyTied:
				below[x.ID] = true
			case allocation.WhySameMatter:
				if len(x.Conflicts) == 0 {
					t.Fatalf("%s gives way to nobody", x.ID)
				}
			}
		}
		lines := make([]int, len(o.classes))
		for k, classes := range o.classes {
			for _, class := range classes {
				if !slices.ContainsFunc(class, func(i int) bool { return below[in.Applications[i].ID] }) {
					lines[k]++
				}
			}
			for n, class := range classes {
				for _, i := range class {
					if below[in.Applications[i].ID] != (n >= lines[k]) {
						t.Fatalf("%s: no line goes through call %d\n%s", in.Applications[i].ID, k, got.Canonical())
					}
				}
			}
		}
		chosen := o.choices(lines)
		if !o.fits(chosen) {
			t.Fatalf("lines %v ask more than there is\n%s", lines, got.Canonical())
		}
		if diff := unlike(o.pay(chosen), awards(got)); diff != "" {
			t.Fatalf("lines %v: %s\n%s", lines, diff, got.Canonical())
		}
		for k := range lines {
			if lines[k] < len(o.classes[k]) {
				lines[k]++
				if o.fits(o.choices(lines)) {
					t.Fatalf("call %d could let one class more in\n%s", k, got.Canonical())
				}
				lines[k]--
			}
		}
	})
}

func decide(t *rapid.T, in allocation.Input) allocation.Result {
	got, err := allocation.Allocate(in)
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcome != allocation.Decided {
		t.Fatalf("undecided: %v", got.Questions)
	}
	if len(got.Awards)+len(got.Excluded) != len(in.Applications) {
		t.Fatalf("%d awards and %d excluded of %d", len(got.Awards), len(got.Excluded), len(in.Applications))
	}
	return got
}

func awards(r allocation.Result) map[string][2]money.Fen {
	out := map[string][2]money.Fen{}
	for _, a := range r.Awards {
		out[a.ID] = [2]money.Fen{a.Amount, a.Carried}
	}
	return out
}

func unlike(want, got map[string][2]money.Fen) string {
	for id := range want {
		if want[id] != got[id] {
			return fmt.Sprintf("%s gets %v, should get %v", id, got[id], want[id])
		}
	}
	for id := range got {
		if _, wanted := want[id]; !wanted {
			return fmt.Sprintf("%s gets %v, should get nothing", id, got[id])
		}
	}
	return ""
}
