package target

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// record reads what the duties of a year are counted from.
func (s *Service) record(ctx context.Context, year int) (rec Record, err error) {
	if rec.Reports, err = s.Store.Reports(ctx, ""); err != nil {
		return rec, err
	}
	if rec.Assignments, err = s.Store.Assignments(ctx, year); err != nil {
		return rec, err
	}
	rec.Decisions, err = s.Store.Decisions(ctx, "")
	return rec, err
}

// Duties counts what is owed in a year as of today, the most late first.
//
// Codes: unavailable.
func (s *Service) Duties(ctx context.Context, year int) ([]Duty, error) {
	rec, err := s.record(ctx, year)
	if err != nil {
		return nil, err
	}
	return s.Plan.Duties(rec, year, s.Clock.Today()), nil
}

// today is the business day and its year.
func (s *Service) today() (clock.Date, int) { on := s.Clock.Today(); return on, on.Year() }

// soon is how many working days before a duty is due its unit is told.
const soon = 10

// again is after how many working days an overdue duty is told of once more.
const again = 5

// Remind tells units of duties that are due soon or overdue: once before, on
// the first day after, and every five working days from then on. It may run
// any number of times a day.
//
// Codes: unavailable.
func (s *Service) Remind(ctx context.Context) (sent int, err error) {
	on, year := s.today()
	for _, y := range []int{year - 1, year, year + 1} { // what was due in December is still late in January
		duties, err := s.Duties(ctx, y)
		if err != nil {
			return sent, err
		}
		for _, d := range duties {
			m, r, due := s.Plan.reminder(d, on)
			if !due {
				continue
			}
			err := s.Store.InTx(ctx, func(ctx context.Context) error {
				fresh, err := s.Store.Remind(ctx, r)
				if err != nil || !fresh {
					return err
				}
				sent++
				return s.Post.Post(ctx, m)
			})
			if err != nil {
				return sent, err
			}
		}
	}
	return sent, nil
}

// reminder is what a unit is told of a duty today, if anything.
func (p *Plan) reminder(d Duty, on clock.Date) (Message, Reminder, bool) {
	r := Reminder{Task: d.Task.ID, Unit: d.Unit, Ref: d.Ref, Due: d.Due}
	m := Message{Unit: d.Unit, Task: d.Task.ID}
	clause, unit := p.Cite(d.Task.Document, d.Task.Clause).Label, p.Unit(d.Unit).Name
	switch {
	case d.Overdue:
		r.Kind, m.Kind = fmt.Sprintf("overdue/%d", d.DaysLate/again), "target.overdue"
		m.Title = i18n.Text{ZH: "任务逾期：" + d.Task.Name.ZH, EN: "Overdue task: " + d.Task.Name.EN}
		m.Text = i18n.T("%[5]s：%[1]s 应于 %[2]s 完成，已超 %[3]d 个工作日，请报进展。", "%[6]s: %[4]s was due on %[2]s and is %[3]d working days late; report on it.",
			clause.ZH, string(d.Due), d.DaysLate, clause.EN, unit.ZH, unit.EN)
	case d.Done == "" && d.Task.Binding() && d.Due >= on && d.DaysLeft <= soon:
		r.Kind, m.Kind = "soon", "target.due_soon"
		m.Title = i18n.Text{ZH: "任务快到期：" + d.Task.Name.ZH, EN: "Task due soon: " + d.Task.Name.EN}
		m.Text = i18n.T("%[5]s：%[1]s 应于 %[2]s 完成，还剩 %[3]d 个工作日。", "%[6]s: %[4]s is due on %[2]s, in %[3]d working days.",
			clause.ZH, string(d.Due), d.DaysLeft, clause.EN, unit.ZH, unit.EN)
	default:
		return m, r, false
	}
	m.Subject = fmt.Sprintf("%s/%s/%s/%s/%s", r.Task, r.Unit, r.Ref, r.Due, r.Kind)
	return m, r, true
}
