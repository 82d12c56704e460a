package recovery

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// NoticeInput tells the party what is found and intended.
type NoticeInput struct {
	Step         // the reason is the notice's text
	Days    int  // working days to answer
	Listing bool // it may be excluded from applying
}

// Validate reports every fault of the input.
func (in NoticeInput) Validate() error {
	var bad fault.Collector
	in.check(&bad)
	if in.Days < 1 || in.Days > rule.MostHearingDays {
		bad.Add("days", "陈述期限为 1 至 %d 个工作日。", "The time to answer is 1 to %d working days.", rule.MostHearingDays)
	}
	return bad.Err()
}

// Notify tells the party (告知): from now on it sees the case and may speak.
//
// Codes: invalid, also for fewer days than the region's least; not_found;
// conflict without an authority, for a listing on a ground other than fraud, or
// where the region pack sets no least.
func (s *Service) Notify(ctx context.Context, by Actor, in NoticeInput) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	if err := s.checkHearing(in.Days); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in.Step, ActionNotify, func(_ context.Context, c *Case) (any, error) {
		if !c.Authority.Named() {
			return nil, missingAuthority()
		}
		if in.Listing && c.Ground != Fraud {
			return nil, fault.Newf(fault.Conflict, "只有骗取资金才列入暂停申报名单。", "Only fraud leads to an exclusion.")
		}
		today := s.Clock.Today()
		c.Known, c.Notice = true, &Notice{On: today, Days: in.Days, Deadline: clock.China().After(today, in.Days), Text: strings.TrimSpace(in.Reason), Listing: in.Listing, By: by.Name}
		return c.Notice, nil
	})
}

// checkHearing holds the days against the least that the region sets.
func (s *Service) checkHearing(days int) error {
	least := s.Sets.Hearing
	if least.Days == 0 {
		return fault.Newf(fault.Conflict, "地区包的 region.yaml 没有写明当事人至少有几个工作日陈述（recovery.hearing）：请补上后再告知。", "The pack's region.yaml does not say how many working days a party has at least to answer (recovery.hearing): add it first.")
	}
	var bad fault.Collector
	if days < least.Days {
		bad.Add("days", "陈述期限至少 %[1]d 个工作日（%[2]s）。", "The time to answer is at least %[1]d working days (%[3]s).", least.Days, least.Source.ZH, least.Source.EN)
	}
	return bad.Err()
}

// StatementInput is the party's word.
type StatementInput struct {
	ID     string
	Text   string
	Waived bool // it has nothing to object
}

// Validate reports every fault of the input.
func (in StatementInput) Validate() error {
	var bad fault.Collector
	if !in.Waived {
		checkWords(&bad, "text", in.Text, textLimit)
	} else if len([]rune(in.Text)) > textLimit {
		bad.Add("text", "超过 %d 字。", "It is longer than %d characters.", textLimit)
	}
	return bad.Err()
}

// State records what the party says. A second statement stands in the place of
// the first; the history keeps both.
//
// Codes: invalid, not_found; conflict once the hearing is over.
func (s *Service) State(ctx context.Context, by Actor, in StatementInput) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, Step{ID: in.ID, Reason: in.Text}, ActionState, func(_ context.Context, c *Case) (any, error) {
		c.Statement = &Statement{Text: strings.TrimSpace(in.Text), Waived: in.Waived, By: by.Name, At: s.Clock.Now()}
		return c.Statement, nil
	})
}

// Hear ends the hearing: the party has spoken, or its last day is over. The
// reason says how its word was weighed.
//
// Codes: invalid, not_found; conflict while the party still may speak.
func (s *Service) Hear(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionHear, func(_ context.Context, c *Case) (any, error) {
		if !c.heardOut(s.Clock.Today()) {
			return nil, fault.Newf(fault.Conflict, "陈述期限到 %s 止，当事人还没有陈述，不能结束听取。", "The party may speak until %s and has not yet: the hearing is not over.", string(c.Notice.Deadline))
		}
		c.Reply = strings.TrimSpace(in.Reason)
		return nil, nil
	})
}

// heardOut reports whether the hearing may end: the party has spoken, or its
// last day is over.
func (c *Case) heardOut(today clock.Date) bool {
	return c.Statement != nil || today > c.Notice.Deadline
}
