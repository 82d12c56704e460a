package target

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

func pct(n int) *int { return &n }

func said(task, unit string, on clock.Date, percent *int) Report {
	return Report{ID: task + unit + string(on), Task: task, Unit: unit, Day: on, Percent: percent, At: on.Time()}
}

func find(duties []Duty, task, unit string, from DutySource) *Duty {
	for i := range duties {
		if d := &duties[i]; d.Task.ID == task && d.Unit == unit && d.From == from {
			return d
		}
	}
	return nil
}

// TestTheLateListRecounts adds a line to the year's list, lets its day pass,
// reports it done and takes the report back.
func TestTheLateListRecounts(t *testing.T) {
	p := load(t)
	rec := Record{Assignments: []Assignment{
		{ID: "a1", Year: 2025, Task: "001-2", Unit: "gz-data", Goal: "调度平台上线", Due: "2025-09-30"},
		{ID: "a2", Year: 2025, Task: "001-2", Unit: "gz-telecom", Goal: "通道开通", Due: "2025-09-30", Ended: &Ending{}},
		{ID: "a3", Year: 2025, Task: "004-12", Unit: "qdn-industry", Goal: "试一个场景", Due: "2025-06-30"}, // explored only
		{ID: "a4", Year: 2025, Task: "000-12", Unit: "nrta", Goal: "开一次会", Due: "2025-06-30"},          // a draft's
	}}
	on := func(day clock.Date) *Duty { return find(p.Duties(rec, 2025, day), "001-2", "gz-data", FromYearList) }
	if d := on("2025-09-30"); d.Overdue || d.DaysLeft != 0 {
		t.Errorf("late on the day itself: %+v", d)
	}
	if d := on("2025-10-22"); !d.Overdue || d.DaysLate != 11 { // 1 to 8 October are free, Saturday 11 October is worked
		t.Errorf("on 22 October: %+v", d)
	}
	if d := find(p.Duties(rec, 2025, day), "001-2", "gz-telecom", FromYearList); d != nil {
		t.Error("a line that was ended is still owed")
	}
	for _, never := range [][2]string{{"004-12", "qdn-industry"}, {"000-12", "nrta"}} {
		if d := find(p.Duties(rec, 2025, "2027-01-01"), never[0], never[1], FromYearList); d == nil || d.Overdue {
			t.Errorf("%v: %+v", never, d)
		}
	}
	rec.Reports = append(rec.Reports, said("001-2", "gz-telecom", "2025-10-20", pct(100)))
	if !on("2025-10-22").Overdue {
		t.Error("another unit's report does it")
	}
	rec.Reports = append(rec.Reports, said("001-2", "gz-data", "2025-10-21", pct(100)))
	if d := on("2025-10-22"); d.Overdue || d.Done != "2025-10-21" {
		t.Errorf("done the day before: %+v", d)
	}
	correction := said("001-2", "gz-data", "2025-10-22", pct(80))
	correction.ID, correction.Corrects = "fix", rec.Reports[1].ID
	rec.Reports = append(rec.Reports, correction)
	if d := on("2025-10-22"); !d.Overdue {
		t.Errorf("the report was corrected: %+v", d)
	}
}

// TestDutiesOfTheTextAreYearly: what 2025 did is not done for 2026, and a plan
// that begins in 2025 owes nothing before.
func TestDutiesOfTheTextAreYearly(t *testing.T) {
	p := load(t)
	rec := Record{Reports: []Report{said("001-S1", "gz-data", "2025-12-01", pct(100))}}
	if d := find(p.Duties(rec, 2025, "2026-02-01"), "001-S1", "gz-data", FromClause); d == nil || d.Done == "" {
		t.Errorf("2025: %+v", d)
	}
	if d := find(p.Duties(rec, 2026, "2027-02-01"), "001-S1", "gz-data", FromClause); d == nil || !d.Overdue {
		t.Errorf("2026: %+v", d)
	}
	if before := p.Duties(rec, 2024, day); len(before) != 0 {
		t.Errorf("2024 owes %+v", before)
	}
	for _, d := range p.Duties(Record{}, 2029, "2030-06-01") {
		if d.Overdue {
			t.Errorf("a draft's goal is overdue: %s", d.Task.ID)
		}
	}
}

func TestDecisionsAreOwedUntilClosed(t *testing.T) {
	p := load(t)
	d := Decision{ID: "d", Body: "qdn-joint", Day: "2025-05-01", Task: "004-9", Unit: "qdn-culture", Due: "2025-08-31", Text: "补两个场景"}
	closed := d
	closed.Closed = &Ending{At: time.Date(2025, 9, 3, 4, 0, 0, 0, time.UTC)}
	duty := func(d Decision, on clock.Date) *Duty {
		return find(p.Duties(Record{Decisions: []Decision{d}, Reports: []Report{said("004-9", "qdn-culture", "2025-08-01", pct(100))}}, 2025, on), "004-9", "qdn-culture", FromDecision)
	}
	if got := duty(d, "2025-09-10"); !got.Overdue {
		t.Errorf("a report closes no decision: %+v", got)
	}
	if got := duty(closed, "2025-09-10"); got.Overdue || got.Done != "2025-09-03" {
		t.Errorf("%+v", got)
	}
	if got := duty(closed, "2025-09-02"); !got.Overdue { // seen as of the day before
		t.Errorf("%+v", got)
	}
	all := []Decision{d, closed}
	if open := OpenBefore(all, "qdn-joint", "2025-09-10"); len(open) != 1 {
		t.Errorf("%d come up again", len(open))
	}
	if open := OpenBefore(all, "qdn-joint", "2025-05-01"); len(open) != 0 {
		t.Error("a meeting carries its own decisions")
	}
	if open := OpenBefore(all, "gz-leading", "2025-09-10"); len(open) != 0 {
		t.Error("a body carries another's decisions")
	}
}

func TestStateOfATask(t *testing.T) {
	half, all := said("t", "u", day, pct(50)), said("t", "u", day, pct(100))
	open, late, done := Duty{}, Duty{Overdue: true}, Duty{Done: day}
	for _, c := range []struct {
		duties []Duty
		latest *Report
		want   TaskState
	}{
		{nil, nil, TaskUnreported}, {nil, &half, TaskOnWay}, {nil, &all, TaskDone},
		{[]Duty{open}, nil, TaskUnreported}, {[]Duty{open}, &all, TaskOnWay}, {[]Duty{done}, &all, TaskDone},
		{[]Duty{done, open}, &half, TaskOnWay}, {[]Duty{done, late}, &all, TaskOverdue},
	} {
		if got := stateOf(c.duties, c.latest); got != c.want {
			t.Errorf("%+v %v: %s, want %s", c.duties, c.latest, got, c.want)
		}
	}
}

// TestOverdueGrowsWithTime holds for any reports: as days pass with nothing
// said, what was overdue stays so and is never less late.
func TestOverdueGrowsWithTime(t *testing.T) {
	p := load(t)
	var tasks []string
	for _, task := range p.Tasks {
		tasks = append(tasks, task.ID)
	}
	rapid.Check(t, func(t *rapid.T) {
		var rec Record
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			id := rapid.SampledFrom(tasks).Draw(t, "task")
			task, _ := p.Task(id)
			rec.Assignments = append(rec.Assignments, Assignment{ID: id, Year: 2025, Task: id, Unit: task.Lead[0], Due: clock.Date("2025-01-15").AddDays(rapid.IntRange(0, 300).Draw(t, "due"))})
			if rapid.Bool().Draw(t, "reported") {
				rec.Reports = append(rec.Reports, said(id, task.Lead[0], "2025-02-01", pct(rapid.IntRange(0, 100).Draw(t, "percent"))))
			}
		}
		before := p.Duties(rec, 2025, "2025-06-30")
		for _, d := range p.Duties(rec, 2025, "2025-11-30") {
			if !d.Task.Binding() && d.Overdue {
				t.Fatalf("%s is %s and overdue", d.Task.ID, d.Task.Strength)
			}
			at := slices.IndexFunc(before, func(b Duty) bool { return b.Task == d.Task && b.Unit == d.Unit && b.Due == d.Due && b.From == d.From })
			if b := before[at]; b.Overdue && (!d.Overdue || d.DaysLate < b.DaysLate) {
				t.Fatalf("%+v became %+v", b, d)
			}
		}
	})
}
