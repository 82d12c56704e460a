package target

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Meet records a meeting with its agenda.
//
// Codes: invalid.
func (s *Service) Meet(ctx context.Context, by Actor, in MeetingInput) (Meeting, error) {
	if err := in.Validate(); err != nil {
		return Meeting{}, err
	}
	if err := s.checkBody(in.Body); err != nil {
		return Meeting{}, err
	}
	m := Meeting{ID: s.IDs.New("meeting"), Body: in.Body, Day: in.Day, Title: strings.TrimSpace(in.Title), Agenda: in.Agenda, By: personOf(by), At: s.Clock.Now()}
	return m, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertMeeting(ctx, m); err != nil {
			return err
		}
		return s.act(ctx, "meeting.add", "meeting", m.ID, map[string]any{"body": m.Body, "day": m.Day, "agenda": len(m.Agenda)})
	})
}

func (s *Service) checkBody(body string) error {
	var bad fault.Collector
	for _, known := range s.Plan.Bodies {
		if body == known {
			return nil
		}
	}
	bad.Add("body", "“%.40s”不是会议机构：应为 %s 之一。", "%.40q is no body that meets: one of %s.", body, strings.Join(s.Plan.Bodies, ", "))
	return bad.Err()
}

// Decide records a decision of a meeting. It belongs to a task of the plan.
//
// Codes: invalid; not_found.
func (s *Service) Decide(ctx context.Context, by Actor, in DecisionInput) (Decision, error) {
	if err := in.Validate(); err != nil {
		return Decision{}, err
	}
	m, err := s.Store.Meeting(ctx, in.Meeting)
	if err != nil {
		return Decision{}, err
	}
	if _, err := s.Plan.Task(in.Task); err != nil {
		return Decision{}, err
	}
	var bad fault.Collector
	if in.Item < 0 || in.Item > len(m.Agenda) {
		bad.Add("item", "会议有 %d 项议题。", "The meeting has %d items.", len(m.Agenda))
	}
	if in.Due < m.Day {
		bad.Add("due", "期限早于会议日 %s。", "The day is before the meeting, %s.", m.Day)
	}
	bad.Merge("", s.checkUnit("unit", in.Unit))
	if err := bad.Err(); err != nil {
		return Decision{}, err
	}
	d := Decision{ID: s.IDs.New("decision"), Meeting: m.ID, Body: m.Body, Day: m.Day, Item: in.Item, Text: in.Text, Task: in.Task, Unit: in.Unit, Due: in.Due, By: personOf(by), At: s.Clock.Now()}
	return d, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertDecision(ctx, d); err != nil {
			return err
		}
		return s.act(ctx, "decision.add", "meeting", m.ID, map[string]any{"decision": d.ID, "task": d.Task, "unit": d.Unit, "due": d.Due})
	})
}

// CloseDecision says that a decision was carried out, or why it no longer stands.
//
// Codes: invalid; not_found; conflict when it is closed.
func (s *Service) CloseDecision(ctx context.Context, by Actor, id, note string) error {
	e, err := s.ending(by, note)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.CloseDecision(ctx, id, e); err != nil {
			return err
		}
		return s.act(ctx, "decision.close", "decision", id, map[string]any{"note": e.Note})
	})
}

// Sitting is a meeting with its decisions and what came up again from earlier ones.
type Sitting struct {
	Meeting
	Decisions []Decision
	Carried   []Decision // open decisions of the body's earlier meetings, on the day of this one
}

// Sitting gathers a meeting.
//
// Codes: not_found.
func (s *Service) Sitting(ctx context.Context, id string) (Sitting, error) {
	m, err := s.Store.Meeting(ctx, id)
	if err != nil {
		return Sitting{}, err
	}
	all, err := s.Store.Decisions(ctx, "")
	if err != nil {
		return Sitting{}, err
	}
	out := Sitting{Meeting: m, Carried: OpenBefore(all, m.Body, m.Day)}
	for _, d := range all {
		if d.Meeting == m.ID {
			out.Decisions = append(out.Decisions, d)
		}
	}
	return out, nil
}
