package recovery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Change is a paid application of which a fact was corrected since the
// decision.
type Change struct {
	Application string // id
	Number      string
	Org         ident.CreditCode
	OrgName     string
	Measure     string
	MeasureName i18n.Text
	Object      string
	Facts       []string  // the corrections
	Paid        money.Fen // what stands of the payments
	Now         money.Fen // what the rule gives from the facts as they are now
	Clear       bool      // the rule gave an answer
}

// Proposal is a suggestion after a fact was corrected: pay more, ask back, or
// look at it by hand. Nothing follows before an officer takes it up.
type Proposal struct {
	ID string
	Change
	Kind   ProposalKind
	Amount money.Fen // the difference; 0 for Unclear
	State  ProposalState
	Reason string // why it was taken up or dismissed
	Person string
	Name   string
	Case   string // the recovery that came of it
	At     time.Time
	Ended  time.Time // zero while open
}

// ProposalKind is what a suggestion is for.
type ProposalKind string

// The kinds.
const (
	TopUp   ProposalKind = "top_up"   // the facts give more than was paid
	Recover ProposalKind = "recovery" // they give less
	Unclear ProposalKind = "unclear"  // the rule gives no answer: somebody must look
)

// ProposalState is where a suggestion stands.
type ProposalState string

// The states.
const (
	Waiting    ProposalState = "open"
	Taken      ProposalState = "taken"
	Dismissed  ProposalState = "dismissed"
	Superseded ProposalState = "superseded" // the facts were corrected again
)

// ProposalStates lists the closed set.
func ProposalStates() []ProposalState {
	return []ProposalState{Waiting, Taken, Dismissed, Superseded}
}

// Cursor is where a list that ended with this suggestion goes on.
func (p Proposal) Cursor() string { return strconv.FormatInt(clock.Micros(p.At), 10) + "/" + p.ID }

// Propose looks at what was corrected since the last time and adds a
// suggestion for every paid application that comes to another amount. The same
// corrections give the same suggestion once, whoever runs it how often.
//
// Codes: unavailable.
func (s *Service) Propose(ctx context.Context) (added int, err error) {
	mark, err := s.Store.Mark(ctx)
	if err != nil {
		return 0, err
	}
	changes, upTo, err := s.Cases.Changed(ctx, mark)
	if err != nil || upTo == mark {
		return 0, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		for _, c := range changes {
			p, differs := propose(c, s.Clock.Now())
			if !differs {
				if err := s.Store.Supersede(ctx, c.Application); err != nil {
					return err
				}
				continue
			}
			if err := s.Store.AddProposal(ctx, p); err != nil {
				return err
			}
			added++
		}
		return s.Store.SetMark(ctx, upTo)
	})
	return added, err
}

// propose is what a change comes to; differs is false when nothing does.
func propose(c Change, at time.Time) (p Proposal, differs bool) {
	sum := sha256.Sum256([]byte(c.Application + "\n" + strings.Join(c.Facts, "\n")))
	p = Proposal{ID: "sug_" + hex.EncodeToString(sum[:12]), Change: c, State: Waiting, At: at}
	switch {
	case !c.Clear:
		p.Kind = Unclear
	case c.Now > c.Paid:
		p.Kind, p.Amount = TopUp, c.Now-c.Paid
	case c.Now < c.Paid:
		p.Kind, p.Amount = Recover, c.Paid-c.Now
	default:
		return p, false
	}
	return p, true
}

// TakeUp follows a suggestion. One to recover opens a case; one to pay more is
// for the office to act on: the party applies for the difference.
//
// Codes: invalid, not_found; conflict when it is settled, or as Open.
func (s *Service) TakeUp(ctx context.Context, by Actor, id, reason string) (Proposal, error) {
	return s.settleProposal(ctx, by, id, reason, Taken)
}

// Dismiss lets a suggestion lie.
//
// Codes: invalid, not_found; conflict when it is settled.
func (s *Service) Dismiss(ctx context.Context, by Actor, id, reason string) (Proposal, error) {
	return s.settleProposal(ctx, by, id, reason, Dismissed)
}

func (s *Service) settleProposal(ctx context.Context, by Actor, id, reason string, to ProposalState) (p Proposal, err error) {
	var bad fault.Collector
	checkWords(&bad, "reason", reason, textLimit)
	if err := bad.Err(); err != nil {
		return p, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if p, err = s.Store.Proposal(ctx, id); err != nil {
			return err
		}
		p.State, p.Reason, p.Person, p.Name, p.Ended = to, strings.TrimSpace(reason), by.Person, by.Name, s.Clock.Now()
		if to == Taken && p.Kind == Recover {
			c, err := s.open(ctx, by, OpenInput{Org: p.Org, Ground: Overpaid, Applications: []string{p.Application}, Reason: reason}, p.ID)
			if err != nil {
				return err
			}
			p.Case = c.ID
		}
		if err := s.Store.Settle(ctx, p); err != nil {
			return err
		}
		return s.Registry.Record(ctx, party.Act{Action: "policy.recovery.proposal." + string(to), Kind: "application", Subject: p.Application, Org: p.Org,
			Details: map[string]string{"proposal": p.ID, "case": p.Case}})
	})
	return p, err
}
