package recovery

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Entry is one line of the list of excluded organisations (暂停申报名单). Lines
// are only ever added: one lists an organisation for a term, another lifts it.
// The list is not public: no law of the region says that it may be.
type Entry struct {
	ID     string
	Org    ident.CreditCode
	Name   string // of the organisation, when it was listed
	Case   string // the decided case that it rests on
	Number string // of the case
	Lifts  string // the entry that this one lifts; "" for one that lists
	From   clock.Date
	Until  clock.Date // last day; "" for one that lifts
	Reason string
	Person string
	By     string
	At     time.Time
}

// Listing is an entry that lists, with the one that lifted it.
type Listing struct {
	Entry
	Lifted *Entry // nil while nobody lifted it
}

// InForce reports whether the organisation is excluded on a day.
func (l Listing) InForce(on clock.Date) bool {
	return l.From <= on && on <= l.Until && (l.Lifted == nil || on < l.Lifted.From)
}

// Cursor is where a list that ended with this listing goes on.
func (l Listing) Cursor() string { return strconv.FormatInt(clock.Micros(l.At), 10) + "/" + l.ID }

// Excluded says until when an organisation may not apply, and why; until is ""
// when it may. It fits policy's Exclusions.
//
// Codes: unavailable.
func (s *Service) Excluded(ctx context.Context, org ident.CreditCode) (until clock.Date, reason string, err error) {
	today := s.Clock.Today()
	listings, err := s.Store.Listings(ctx, ListingFilter{Org: org, InForce: string(today)})
	for _, l := range listings {
		if l.InForce(today) && l.Until > until {
			until, reason = l.Until, l.Number
		}
	}
	return until, reason, err
}

// exclude lists the party, as the confirmed decision says.
func (s *Service) exclude(ctx context.Context, by Actor, c *Case) error {
	today := s.Clock.Today()
	if c.Decision.Exclude <= today {
		return fault.Newf(fault.Conflict, "名单截止日 %s 已过：请退回重定。", "The exclusion's last day, %s, is over: send the decision back.", string(c.Decision.Exclude))
	}
	return s.Store.AddEntry(ctx, Entry{ID: s.IDs.New("lst"), Org: c.Org, Name: c.OrgName, Case: c.ID, Number: c.Number, From: today, Until: c.Decision.Exclude,
		Reason: c.Decision.Reason, Person: by.Person, By: by.Name, At: s.Clock.Now()})
}

// LiftInput ends an exclusion before its term.
type LiftInput struct {
	ID     string // of the listing
	Reason string
}

// Validate reports every fault of the input.
func (in LiftInput) Validate() error {
	var bad fault.Collector
	checkWords(&bad, "reason", in.Reason, textLimit)
	return bad.Err()
}

// Lift restores an organisation before its term ends (提前移出), by a new entry:
// from today it may apply again.
//
// Codes: invalid, not_found; conflict when it is over or lifted already.
func (s *Service) Lift(ctx context.Context, by Actor, in LiftInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		found, err := s.Store.Listings(ctx, ListingFilter{ID: in.ID})
		if err != nil {
			return err
		}
		if in.ID == "" || len(found) == 0 {
			return fault.Newf(fault.NotFound, "名单上没有这一条。", "The list has no such entry.")
		}
		l := found[0]
		if l.Lifted != nil || l.Until < s.Clock.Today() {
			return fault.Newf(fault.Conflict, "这一条已经到期或移出，不用再移出。", "The entry is over or lifted already.")
		}
		c, err := s.Store.Case(ctx, l.Case)
		if err != nil {
			return err
		}
		return s.lift(ctx, by, &c, l, in.Reason)
	})
}

func (s *Service) lift(ctx context.Context, by Actor, c *Case, l Listing, reason string) error {
	e := Entry{ID: s.IDs.New("lst"), Org: l.Org, Name: l.Name, Case: l.Case, Number: l.Number, Lifts: l.ID, From: s.Clock.Today(),
		Reason: strings.TrimSpace(reason), Person: by.Person, By: by.Name, At: s.Clock.Now()}
	if err := s.Store.AddEntry(ctx, e); err != nil {
		return err
	}
	return s.note(ctx, by, c, ActionLift, said(reason), map[string]string{"until": string(l.Until)})
}

// liftAll lifts what rests on a case whose decision is taken back.
func (s *Service) liftAll(ctx context.Context, by Actor, c *Case, reason string) error {
	listings, err := s.Store.Listings(ctx, ListingFilter{Case: c.ID})
	if err != nil {
		return err
	}
	for _, l := range listings {
		if l.Lifted != nil {
			continue
		}
		if err := s.lift(ctx, by, c, l, reason); err != nil {
			return err
		}
	}
	return nil
}
