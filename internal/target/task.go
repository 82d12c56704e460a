package target

import (
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Task (任务) is what a clause has a unit do (tasks.yaml).
type Task struct {
	ID       string    `yaml:"id"`
	Document string    `yaml:"document"`
	Clause   string    `yaml:"clause"`
	Name     i18n.Text `yaml:"name"`
	Lead     []string  `yaml:"lead"`    // units that answer for it
	Support  []string  `yaml:"support"` // units that help
	Strength Strength  `yaml:"strength"`
	Due      Due       `yaml:"due"`
	Targets  []string  `yaml:"targets"`  // what it serves
	Industry string    `yaml:"industry"` // of the listed ones, or empty
	draft    bool      // its document is one
}

// Strength is how firmly the text asks for a task.
type Strength string

// The closed set of strengths.
const (
	Advance  Strength = "advance"  // 推进: to be done
	Explore  Strength = "explore"  // 探索: to be tried, never overdue (004 三 12, 13, 18)
	Standing Strength = "standing" // without an end
)

// Strengths lists the closed set.
func Strengths() []Strength { return []Strength{Advance, Explore, Standing} }

// Due is the years at whose end a task is due by its text; empty where the
// text gives no date. Nothing is guessed: a day of its own comes only with a
// year's task list.
type Due []int

// In returns the day of a year on which the task is due by its text, or "".
func (d Due) In(year int) clock.Date {
	if slices.Contains(d, year) {
		return yearEnd(year)
	}
	return ""
}

// valid tells whether the years were given, be they none, and rise.
func (d Due) valid() bool {
	return d != nil && slices.IsSorted(d) && (len(d) == 0 || (d[0] >= 2000 && d[len(d)-1] <= 2100))
}

// Answers reports whether a unit has a part in the task.
func (t *Task) Answers(unit string) bool {
	return slices.Contains(t.Lead, unit) || slices.Contains(t.Support, unit)
}

// Binding reports whether the task can be overdue: one that is only to be
// explored cannot, nor one of a draft, which binds nobody yet.
func (t *Task) Binding() bool { return t.Strength != Explore && !t.draft }

// KeyList is a yearly list of projects that opens the way to money (004 四(二)):
// being on it is a fact that the measure reads.
type KeyList struct {
	ID       string    `yaml:"id"`
	Document string    `yaml:"document"`
	Clause   string    `yaml:"clause"`
	Name     i18n.Text `yaml:"name"`
	Measure  string    `yaml:"measure"`
	Lead     []string  `yaml:"lead"`
}

func yearEnd(year int) clock.Date { return clock.Date(fmt.Sprintf("%04d-12-31", year)) }
