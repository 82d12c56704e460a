package policy

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// Supervision warns before money moves; *supervision.Service fits.
type Supervision interface {
	// Blocking looks at a case once more and lists the alarms that bar paying it.
	Blocking(ctx context.Context, application string) ([]supervision.Alarm, error)
	// Of lists a case's alarms, newest first.
	Of(ctx context.Context, application string) ([]supervision.Alarm, error)
}

// noAlarm refuses to promise or pay money that an alarm speaks against. It
// comes before the transaction, so that what it finds is raised all the same.
//
// Codes: conflict, naming the alarm and what to do.
func (s *Service) noAlarm(ctx context.Context, id string) error {
	alarms, err := s.Supervision.Blocking(ctx, id)
	if err != nil || len(alarms) == 0 {
		return err
	}
	a := alarms[0]
	zh, en := "请先在“预警”里处理：确认属实，或说明理由排除并由另一人同意。", "Dispose of it under Alarms first: confirm it, or dismiss it with a reason to which a second person consents."
	switch a.State {
	case supervision.Proposed:
		zh, en = "已提出排除，等财政或审计的另一人同意。", "Its dismissal is proposed and waits for a second person of finance or audit."
	case supervision.Confirmed:
		zh, en = "它已确认属实：请不予支持，或更正事实后重新试算。", "It was confirmed: refuse the application, or have the fact corrected and recompute."
	}
	return fault.Newf(fault.Conflict, "有 %[1]d 条预警未处理，不能付款（%[2]s）：%[3]s%[4]s", "%[1]d alarm(s) stand in the way of payment (%[2]s): %[5]s %[6]s", len(alarms), a.ID, a.Reason.ZH, zh, a.Reason.EN, en)
}

// unwatched are the states in which no money is or was asked for.
var unwatched = []State{Offered, Draft, Refused, Unchosen, Withdrawn}

// Changed visits the cases that changed at or after an instant in
// microseconds, as supervision sees them; it fits supervision.Cases.
func (s *Service) Changed(ctx context.Context, since int64, known func(id string) (version int64), visit func(c supervision.Case, watched bool) error) (last int64, err error) {
	const page = 200
	for f := (ApplicationFilter{Limit: page}); ; {
		list, err := s.Store.Applications(ctx, f)
		if err != nil {
			return last, err
		}
		end := len(list) < page
		if at := slices.IndexFunc(list, func(a Application) bool { return a.Updated < since }); at >= 0 {
			list, end = list[:at], true
		}
		if len(list) > 0 {
			last, f.Before = max(last, list[0].Updated), list[len(list)-1].Cursor()
		}
		list = slices.DeleteFunc(list, func(a Application) bool { return known(a.ID) == a.Version })
		if err := s.visitCases(ctx, list, visit); err != nil || end {
			return last, err
		}
		work.GiveWay(ctx)
	}
}

// visitCases visits applications as supervision sees them, watched ones with
// the facts that their frozen calculations rest on and their files.
func (s *Service) visitCases(ctx context.Context, list []Application, visit func(c supervision.Case, watched bool) error) error {
	watched := func(a Application) bool { return !slices.Contains(unwatched, a.State) }
	var ids []string
	for _, a := range list {
		if watched(a) {
			ids = append(ids, a.ID)
		}
	}
	bases, err := s.Store.Bases(ctx, ids)
	if err != nil {
		return err
	}
	for _, a := range list {
		c := supervision.Case{ID: a.ID, Version: a.Version, Number: a.Number, Org: a.Org, Measure: a.Measure, Year: a.Guide, Object: a.Object, Submitted: a.Submitted}
		if m, err := s.Pack.Measure(a.Measure); err == nil {
			c.Called = m.Name
		}
		if b, some := bases[a.ID]; some {
			c.Files = b.Files
			if c.Facts, err = factsOf(b.Assessment); err != nil {
				return err
			}
		}
		if err := visit(c, watched(a)); err != nil {
			return err
		}
	}
	return nil
}

// factsOf lists the facts that a frozen result rests on.
func factsOf(frozen json.RawMessage) (facts []string, err error) {
	var result *rule.Result
	if err := json.Unmarshal(frozen, &result); err != nil || result == nil {
		return nil, err
	}
	for _, step := range result.Trace {
		for _, f := range step.Facts {
			facts = append(facts, f.ID)
		}
	}
	for _, reason := range result.Reasons {
		facts = append(facts, reason.Facts...)
	}
	return facts, nil
}

// alarmViews shows a case's alarms, those that bar payment first.
func (s *Service) alarmViews(ctx context.Context, a Application) ([]AlarmView, error) {
	alarms, err := s.Supervision.Of(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	out := make([]AlarmView, 0, len(alarms))
	for _, one := range alarms {
		view := AlarmView{ID: one.ID, Rule: one.Rule, Text: one.Reason, State: one.State, Blocks: one.Blocks(), Others: []AlarmCase{}}
		for _, c := range one.Cases {
			if c.ID != a.ID {
				view.Others = append(view.Others, AlarmCase{c.ID, c.Number})
			}
		}
		out = append(out, view)
	}
	slices.SortStableFunc(out, func(a, b AlarmView) int { return rank(a) - rank(b) })
	return out, nil
}

// rank puts what bars payment first and what is settled last.
func rank(v AlarmView) int {
	switch {
	case v.Blocks:
		return 0
	case v.State == supervision.Open:
		return 1
	}
	return 2
}
