package payment

import (
	"context"
	"io"
	"slices"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// PlanInput divides an award, or what is left of it.
type PlanInput struct {
	Case    string
	Version int // of the plan that was read; 0 for none
	Parts   []PartInput
	Reason  string
}

// Validate reports every fault that needs no award.
func (in PlanInput) Validate() error {
	var c fault.Collector
	checkNote(&c, "reason", in.Reason)
	return c.Err()
}

// SetPlan writes the next version of a case's plan. The first needs an award
// that is not issued yet; later ones keep the parts that are issued or whose
// milestone is confirmed, and divide the rest.
//
// Codes: invalid; not_found; conflict when somebody was faster, or the award
// was issued in one part.
func (s *Service) SetPlan(ctx context.Context, by Actor, in PlanInput) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	var next Plan
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockCase(ctx, in.Case); err != nil {
			return err
		}
		a, issued, err := s.award(ctx, in.Case)
		if err != nil {
			return err
		}
		before, err := s.Store.Plans(ctx, a.Case, a.Round)
		if err != nil {
			return err
		}
		switch {
		case len(before) != in.Version:
			return fault.Newf(fault.Conflict, "分期计划已有第 %d 版，本次没有写入：请刷新。", "The plan has a version %d and nothing was written: reload.", len(before))
		case len(before) == 0 && (issued || !a.Divisible):
			return fault.Newf(fault.Conflict, "这笔资金已整笔签发或付出，不能再分期。", "This award was issued or paid in one part and cannot be divided any more.")
		}
		kept, err := s.kept(ctx, a, before)
		if err != nil {
			return err
		}
		next = Plan{Case: a.Case, Round: a.Round, Version: len(before) + 1, Author: by.Person, Name: by.Name, Reason: trimmed(in.Reason), At: s.Clock.Now()}
		if next.Parts, err = divide(a, kept, in.Parts); err != nil {
			return err
		}
		if err := s.Store.InsertPlan(ctx, next); err != nil {
			return err
		}
		if issued { // what the new version leaves free is issued at once
			for _, part := range next.Parts {
				if err := s.issuePart(ctx, by, a, next, part); err != nil {
					return err
				}
			}
		}
		return s.Registry.Record(ctx, party.Act{Action: "payment.plan.set", Kind: "payment_plan", Subject: a.Case, Org: a.Org,
			Details: map[string]any{"case": a.Number, "version": next.Version, "parts": next.Parts, "reason": next.Reason}})
	})
	return next, err
}

// Planned reports whether a case's round has a plan.
//
// Codes: unavailable.
func (s *Service) Planned(ctx context.Context, id string, round int) (bool, error) {
	versions, err := s.Store.Plans(ctx, id, round)
	return len(versions) > 0, err
}

// award is what a case's plan divides: what was issued in its present round, or
// else what the case says.
func (s *Service) award(ctx context.Context, id string) (a Award, issued bool, err error) {
	fresh, err := s.Cases.Award(ctx, id)
	if err != nil {
		return fresh, false, err
	}
	kept, found, err := s.Store.Award(ctx, id)
	if found && kept.Round == fresh.Round {
		return kept, true, err
	}
	return fresh, false, err
}

// kept are the leading parts that a new version may not touch.
func (s *Service) kept(ctx context.Context, a Award, versions []Plan) ([]Part, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	live, err := s.Live(ctx, a.Case, a.Round)
	if err != nil {
		return nil, err
	}
	done, err := s.Store.Confirmations(ctx, a.Case, a.Round)
	if err != nil {
		return nil, err
	}
	last := 0
	for _, o := range live {
		last = max(last, o.Instalment)
	}
	for _, c := range done {
		last = max(last, c.N)
	}
	return versions[len(versions)-1].Parts[:last], nil
}

// plan is the latest version, or the whole award in one part.
func (s *Service) plan(ctx context.Context, a Award) (Plan, error) {
	versions, err := s.Store.Plans(ctx, a.Case, a.Round)
	if err != nil || len(versions) == 0 {
		return whole(a), err
	}
	return versions[len(versions)-1], nil
}

func (s *Service) confirmed(ctx context.Context, a Award, n int) (bool, error) {
	done, err := s.Store.Confirmations(ctx, a.Case, a.Round)
	return slices.ContainsFunc(done, func(c Confirmation) bool { return c.N == n }), err
}

// MilestoneInput is a person's word that a milestone was reached.
type MilestoneInput struct {
	Case string
	N    int
	Note string
}

// Validate reports every fault of the input.
func (in MilestoneInput) Validate() error {
	var c fault.Collector
	checkNote(&c, "note", in.Note)
	return c.Err()
}

// ConfirmMilestone notes that a part's milestone was reached and issues its
// orders, if the award is countersigned. Milestones are confirmed in order.
//
// Codes: invalid; forbidden for another role than the plan names; not_found;
// conflict when it is confirmed, comes too early or lacks its evidence.
func (s *Service) ConfirmMilestone(ctx context.Context, by Actor, in MilestoneInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockCase(ctx, in.Case); err != nil {
			return err
		}
		a, issued, part, plan, err := s.milestone(ctx, in.Case, in.N)
		if err != nil {
			return err
		}
		if part.Confirms != by.Role {
			return fault.Newf(fault.Forbidden, "这个里程碑按计划由 %s 确认。", "By the plan this milestone is confirmed by %s.", part.Confirms)
		}
		if err := s.reachable(ctx, a, plan, part); err != nil {
			return err
		}
		c := Confirmation{N: part.N, Person: by.Person, Name: by.Name, Role: by.Role, Note: trimmed(in.Note), At: s.Clock.Now(), On: s.Clock.Today()}
		if err := s.Store.InsertConfirmation(ctx, a.Case, a.Round, c); err != nil {
			return err
		}
		if issued {
			if err := s.issuePart(ctx, by, a, plan, part); err != nil {
				return err
			}
		}
		return s.Registry.Record(ctx, party.Act{Action: "payment.milestone.confirm", Kind: "payment_plan", Subject: a.Case, Org: a.Org,
			Details: map[string]any{"case": a.Number, "part": part.N, "milestone": part.Milestone, "note": c.Note}})
	})
}

// reachable refuses a milestone before the ones ahead of it, and without its evidence.
func (s *Service) reachable(ctx context.Context, a Award, plan Plan, part Part) error {
	for _, earlier := range plan.Parts[:part.N-1] {
		if earlier.free() {
			continue
		}
		done, err := s.confirmed(ctx, a, earlier.N)
		if err != nil {
			return err
		}
		if !done {
			return fault.Newf(fault.Conflict, "第 %d 期的里程碑还没有确认：请按次序。", "The milestone of part %d is not confirmed yet: go in order.", earlier.N)
		}
	}
	if part.Evidence == "" {
		return nil
	}
	shown, err := s.Store.Evidence(ctx, a.Case, a.Round)
	if err == nil && !slices.ContainsFunc(shown, func(e Evidence) bool { return e.N == part.N }) {
		err = fault.Newf(fault.Conflict, "还缺凭据：%s。请先上传。", "Evidence is missing: %s. Upload it first.", part.Evidence)
	}
	return err
}

// milestone finds a part of a case's plan.
func (s *Service) milestone(ctx context.Context, id string, n int) (a Award, issued bool, part Part, plan Plan, err error) {
	if a, issued, err = s.award(ctx, id); err != nil {
		return
	}
	if plan, err = s.plan(ctx, a); err != nil {
		return
	}
	if n < 1 || n > len(plan.Parts) || plan.Parts[n-1].free() {
		err = fault.Newf(fault.NotFound, "计划里没有这个里程碑。", "The plan has no such milestone.")
		return
	}
	return a, issued, plan.Parts[n-1], plan, nil
}

// ShowEvidence keeps a file for a milestone that is not confirmed yet.
//
// Codes: invalid, too_large; not_found, also for another organisation's case; conflict.
func (s *Service) ShowEvidence(ctx context.Context, by Actor, id string, n int, name string, r io.Reader) error {
	a, _, part, _, err := s.milestone(ctx, id, n)
	if err == nil {
		err = notTheirs(by, a.Org, "没有这份付款计划。", "There is no such plan.")
	}
	if err != nil {
		return err
	}
	file, err := s.Files.Keep(ctx, name, r)
	if err != nil {
		return err
	}
	file.ID, file.Uploader, file.At = s.IDs.New("ev"), by.Person, s.Clock.Now()
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockCase(ctx, a.Case); err != nil {
			return err
		}
		done, err := s.confirmed(ctx, a, part.N)
		if err != nil {
			return err
		}
		shown, err := s.Store.Evidence(ctx, a.Case, a.Round)
		switch {
		case err != nil:
			return err
		case done:
			return fault.Newf(fault.Conflict, "这个里程碑已经确认，不能再加凭据。", "This milestone is confirmed and takes no more evidence.")
		case len(shown) >= maxFiles*MaxParts:
			return fault.Newf(fault.TooLarge, "凭据太多：请合并后再传。", "Too many files: merge some.")
		}
		if err := s.Store.InsertEvidence(ctx, a.Case, a.Round, Evidence{N: part.N, File: file}); err != nil {
			return err
		}
		return s.Registry.Record(ctx, party.Act{Action: "payment.milestone.show", Kind: "payment_plan", Subject: a.Case, Org: a.Org,
			Details: map[string]any{"case": a.Number, "part": part.N, "file": file.Name, "sha256": file.SHA256}})
	})
}
