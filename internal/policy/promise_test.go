package policy

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// The promise counts working days with the office, not those with the
// organisation, and holidays as the State Council has them: 1 to 8 October
// 2025 are free, 28 September and 11 October are worked.
func TestPromise(t *testing.T) {
	a := Application{State: Draft, Promise: promised(0, "2025-09-01")}
	steps := []struct {
		on     clock.Date
		state  State
		used   int
		paused bool
	}{
		{"2025-09-25", Submitted, 0, false}, // a Thursday; the first day is not counted
		{"2025-09-30", Submitted, 4, false}, // Friday, Sunday the 28th, Monday, Tuesday
		{"2025-10-08", Submitted, 4, false},
		{"2025-10-09", Returned, 5, true},
		{"2025-10-20", Returned, 5, true}, // the organisation's own time
		{"2025-10-21", Submitted, 5, false},
		{"2025-10-22", Accepted, 6, false},
		{"2025-10-15", Proposed, 6, false}, // the machine's clock was set back: nothing twice
		{"2025-10-23", Proposed, 7, false},
		{"2025-10-24", Paid, 8, false},
		{"2025-12-01", Paid, 8, false},
	}
	for _, step := range steps {
		from := a.State
		a.State = step.state
		if step.state == Submitted && a.Submitted == "" {
			a.Submitted = step.on
		}
		a.turn(from, step.on)
		got := a.clock(step.on)
		if got.Used != step.used || got.Left != 60-step.used || got.Paused != step.paused || got.Ended != (step.state == Paid) {
			t.Errorf("%s %s: %+v, want %d used, paused %v", step.on, step.state, got, step.used, step.paused)
		}
	}
}

func TestPromiseFallsDue(t *testing.T) {
	a := Application{State: Submitted, Submitted: "2025-09-25", Promise: Promise{Days: 5, Used: 1, Since: "2025-09-25"}}
	if got := a.clock("2025-10-10"); got.Due != "2025-09-30" || got.Left != -2 { // 9 and 10 October
		t.Errorf("due %s with %d left", got.Due, got.Left)
	}
	if got := (&Application{State: Draft}).clock("2025-10-10"); got != nil {
		t.Errorf("a draft has a clock: %+v", got)
	}
}
