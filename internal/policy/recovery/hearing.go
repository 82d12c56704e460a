package recovery

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// How long a party may take to answer, in working days. The least is what the
// law on administrative penalties (行政处罚法) gives a party to ask for a
// hearing: five days, article 64(1), working days, article 85.
const (
	leastDays = 5
	mostDays  = 60
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
	if in.Days < leastDays || in.Days > mostDays {
		bad.Add("days", "陈述期限为 %d 至 %d 个工作日。", "The time to answer is %d to %d working days.", leastDays, mostDays)
	}
	return bad.Err()
}

// Notify tells the party (告知): from now on it sees the case and may speak.
//
// Codes: invalid, not_found; conflict without an authority, or for a listing on
// a ground other than fraud.
func (s *Service) Notify(ctx context.Context, by Actor, in NoticeInput) (Case, error) {
	if err := in.Validate(); err != nil {
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
