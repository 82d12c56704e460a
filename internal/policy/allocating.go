package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// ComputeAllotment freezes everybody who stands for a call's common allocation
// and computes who gets what. Nothing follows from it until another person
// settles it; it may be computed again as often as one likes.
//
// Codes: not_found; conflict while the call takes applications, or some are
// not ready.
func (s *Service) ComputeAllotment(ctx context.Context, by Actor, id string) (Allotment, error) {
	c, err := s.Calls.Call(ctx, id)
	if err != nil {
		return Allotment{}, err
	}
	today := s.Clock.Today()
	if phase := c.PhaseOn(today); c.State != call.Published || phase != call.Over {
		return Allotment{}, fault.Newf(fault.Conflict, "批次 %s 到 %s 才截止，之后才能分配。", "Call %s takes applications until %s; allocate after that.", c.Number, c.LastDay())
	}
	snapshot, result, err := s.allocate(ctx, &c)
	if err != nil {
		return Allotment{}, err
	}
	run := Allotment{ID: s.IDs.New("allotment"), Call: c.ID, State: Computed, Version: 1, InputHash: digest(snapshot), ResultHash: digest(result),
		Snapshot: snapshot, Result: result, By: by.Person, ByName: by.Name, At: s.Clock.Now()}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextAllotment(ctx, today.Year())
		if err != nil {
			return err
		}
		if err := s.Store.ReplaceAllotments(ctx, c.ID); err != nil {
			return err
		}
		run.Number = fmt.Sprintf("FP-%d-%03d", today.Year(), n)
		if err := s.Store.InsertAllotment(ctx, run); err != nil {
			return err
		}
		return s.recordAllotment(ctx, &run, "compute")
	})
	return run, err
}

// allocate freezes a call and runs the engine over it.
func (s *Service) allocate(ctx context.Context, c *call.Call) (snapshot, result []byte, err error) {
	in, err := s.freezeCall(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if snapshot, err = in.Canonical(); err != nil {
		return nil, nil, err
	}
	out, err := allocation.Allocate(in)
	if err != nil {
		return nil, nil, err
	}
	return snapshot, out.Canonical(), nil
}

// SettleAllotment makes an allocation stand: awards are proposed with their
// amounts, all others told why not, those whom a measure selects get the fact
// that says so. All of it or nothing, and nothing when anybody's facts or marks
// changed since it was computed.
//
// Codes: not_found; forbidden for whoever computed it; conflict when it is
// stale, replaced or undecided; check_failed when running it again gives
// something else.
func (s *Service) SettleAllotment(ctx context.Context, by Actor, id string, version int64) (Allotment, error) {
	var run Allotment
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if run, err = s.Store.Allotment(ctx, id); err != nil {
			return err
		}
		if err := run.maySettle(by, version); err != nil {
			return err
		}
		c, err := s.Calls.Call(ctx, run.Call)
		if err != nil {
			return err
		}
		snapshot, result, err := s.allocate(ctx, &c)
		switch {
		case err != nil:
			return err
		case digest(snapshot) != run.InputHash:
			return fault.Newf(fault.Conflict, "分配 %s 之后事实、评分或申报有变：请重新分配再定稿。", "Facts, marks or applications changed since allocation %s: compute it again before you settle it.", run.Number)
		case digest(result) != run.ResultHash:
			return fault.Newf(fault.CheckFailed, "分配 %s 重算的结果与存下的不同：不能定稿，请告知管理员。", "Running allocation %s again gives another result than the one kept: it cannot be settled; tell your administrator.", run.Number)
		}
		if err := s.propose(ctx, by, &c, &run); err != nil {
			return err
		}
		run.State, run.SettledBy, run.SettledByName, run.Settled = SettledRun, by.Person, by.Name, s.Clock.Now()
		if err := s.Store.UpdateAllotment(ctx, &run); err != nil {
			return err
		}
		return s.recordAllotment(ctx, &run, "settle")
	})
	if fault.Is(err, fault.Conflict) { // of two at once, the later one is told who was first
		if now, errNow := s.Store.Allotment(ctx, id); errNow == nil && now.State == SettledRun {
			err = now.maySettle(by, version)
		}
	}
	return run, err
}

func (run *Allotment) maySettle(by Actor, version int64) error {
	switch {
	case run.State == SettledRun:
		return fault.Newf(fault.Conflict, "分配 %[1]s 已由 %[2]s 定稿。", "Allocation %[1]s was settled by %[2]s.", run.Number, run.SettledByName)
	case run.State != Computed || version != run.Version:
		return fault.Newf(fault.Conflict, "分配 %s 已被后来的一次取代：请看最新的。", "Allocation %s was replaced by a later one: look at that.", run.Number)
	case by.Person == run.By:
		return fault.Newf(fault.Forbidden, "定稿须由另一人：这次分配是您自己算的。", "A second person must settle it: you computed this allocation yourself.")
	}
	return nil
}

// propose takes every application of an allocation to where its result says.
func (s *Service) propose(ctx context.Context, by Actor, c *call.Call, run *Allotment) error {
	var result allocation.Result
	if err := json.Unmarshal(run.Result, &result); err != nil {
		return err
	}
	if result.Outcome != allocation.Decided {
		return fault.Newf(fault.Conflict, "分配 %s 还不能定稿：有疑问没有裁定。", "Allocation %s cannot be settled: questions are open.", run.Number)
	}
	for i := range result.Awards {
		if err := s.proposeOne(ctx, by, c, run, &result.Awards[i]); err != nil {
			return err
		}
	}
	for i := range result.Excluded {
		x := &result.Excluded[i]
		a, err := s.Store.Application(ctx, x.ID)
		if err != nil {
			return err
		}
		a.Allocation = run.ID
		if err := s.advance(ctx, by, &a, ActionPassOver, x.Reason, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) proposeOne(ctx context.Context, by Actor, c *call.Call, run *Allotment, award *allocation.Award) error {
	a, err := s.Store.Application(ctx, award.ID)
	if err != nil {
		return err
	}
	selected, err := s.selection(&a)
	if err != nil {
		return err
	}
	if selected != nil {
		if _, err := s.Facts.Append(ctx, []evidence.Fact{*selected}); err != nil {
			return err
		}
	}
	found, err := s.assessCase(ctx, &a, a.Submitted)
	if err != nil {
		return err
	}
	a.Allocation, a.Entitled, a.Amount, a.Carried, a.Purse, a.Hash = run.ID, award.Claim, award.Amount, award.Carried, found.Purse, found.Hash
	if a.Amount == 0 { // all of it is next year's
		a.nextYear()
	}
	if a.City, a.District, err = s.divide(&a, a.Amount); err != nil {
		return err
	}
	note := i18n.T("分配 %[1]s：第 %[2]d 名，%[3]s 元。", "Allocation %[1]s: rank %[2]d, %[3]s yuan.", run.Number, award.Rank, award.Amount.Grouped())
	if award.Carried > 0 {
		note = i18n.T("分配 %[1]s：第 %[2]d 名，本年 %[3]s 元，结转下年 %[4]s 元。", "Allocation %[1]s: rank %[2]d, %[3]s yuan this year and %[4]s out of next year's.", run.Number, award.Rank, award.Amount.Grouped(), award.Carried.Grouped())
	}
	return s.advance(ctx, by, &a, ActionPropose, note, found.JSON)
}

// nextYear makes what was carried over the amount, paid by the next budget year.
func (a *Application) nextYear() {
	a.Amount, a.Carried, a.CarriedIn = a.Carried, 0, true
	a.Years.Budget++
}

// Carry takes up what an allocation promised out of next year's money, once
// this year's part is paid and that year has begun: the case is proposed again
// with the rest, and is decided, countersigned and paid like any other.
//
// Codes: invalid, not_found; conflict when nothing was carried over, or its
// year has not begun.
func (s *Service) Carry(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionCarry, said(in.Opinion), func(_ context.Context, a *Application) (err error) {
		if year := s.Clock.Today().Year(); year <= a.Years.Budget {
			return fault.Newf(fault.Conflict, "结转的 %s 元由 %d 年预算支付，现在还是 %d 年。", "The %s yuan carried over are paid by the budget of %d; it is %d.", a.Carried.Grouped(), a.Years.Budget+1, year)
		}
		a.nextYear()
		a.CityPaid, a.DistrictPaid = "", ""
		a.City, a.District, err = s.divide(a, a.Amount)
		return err
	})
}

// advance takes one step of a case in the transaction of the context.
func (s *Service) advance(ctx context.Context, by Actor, a *Application, act Action, note i18n.Text, assessment json.RawMessage) error {
	from := a.State
	if err := a.Move(act); err != nil {
		return err
	}
	a.turn(from, s.Clock.Today())
	if err := s.Store.UpdateApplication(ctx, a, assessment); err != nil {
		return err
	}
	return s.record(ctx, by, a, act, note)
}

// divide shares an amount between city and district by the share that the
// measure's own split names; the city takes the floor (document 002 clause 8(1); A5).
func (s *Service) divide(a *Application, amount money.Fen) (city, district money.Fen, err error) {
	m, err := s.Pack.Measure(a.Measure)
	if err != nil {
		return 0, 0, err
	}
	for _, step := range m.Amount {
		if step.Op != "split" {
			continue
		}
		share, err := s.parameter(m, a.Guide, step.City)
		if err != nil {
			return 0, 0, err
		}
		city, err = amount.MulFloor(share)
		return city, amount - city, err
	}
	return amount, 0, nil // one purse pays all
}

// parameter is a rate of a measure as a guide sets it, else as the text has it.
func (s *Service) parameter(m *rule.Measure, year int, path string) (money.Rate, error) {
	p, _ := m.Parameter(path)
	if guide, err := s.Pack.Guide(year); err == nil && guide != nil {
		for _, set := range guide.Set {
			if set.Measure == m.ID && set.Path == path {
				p.Value = set.Value
			}
		}
	}
	return money.ParseRate(p.Value)
}

// selection is the fact that an application was selected, for a measure whose
// amount waits for one; nil for any other. Its id derives from the
// application, so that what was supposed and what is recorded are the same.
func (s *Service) selection(a *Application) (*evidence.Fact, error) {
	m, err := s.Pack.Measure(a.Measure)
	if err != nil || m.Selection == nil || m.Selection.By != "choice" {
		return nil, err
	}
	i := slices.IndexFunc(m.Facts, func(u rule.FactUse) bool { return ours(u.Kind) && u.Kind != kindPaid })
	if i < 0 {
		return nil, nil
	}
	return &evidence.Fact{ID: "selected-" + a.ID, Kind: m.Facts[i].Kind, Subject: a.Org, Object: a.Object, Occurred: s.Clock.Today(), Attestor: evidence.Department,
		Attributes: map[string]string{"measure": a.Measure, "year": fmt.Sprint(a.Years.Transaction)}}, nil
}

// RerunAllotment runs a kept snapshot again and compares, byte by byte. hash is
// the SHA-256 of the snapshot as it is kept.
//
// Codes: not_found.
func (s *Service) RerunAllotment(ctx context.Context, id string) (diff allocation.Difference, hash string, err error) {
	run, err := s.Store.Allotment(ctx, id)
	if err != nil {
		return diff, "", err
	}
	in, err := allocation.ReadSnapshot(run.Snapshot)
	if err != nil {
		return diff, "", err
	}
	out, err := allocation.Allocate(in)
	if err != nil {
		return diff, "", err
	}
	if diff, err = allocation.Compare(run.Result, out.Canonical()); err != nil {
		return diff, "", err
	}
	return diff, digest(run.Snapshot), s.Registry.Record(ctx, party.Act{Action: "policy.allocation.rerun", Kind: "allocation", Subject: run.ID,
		Details: map[string]any{"number": run.Number, "identical": diff.Identical()}})
}

func (s *Service) recordAllotment(ctx context.Context, run *Allotment, action string) error {
	return s.Registry.Record(ctx, party.Act{Action: "policy.allocation." + action, Kind: "allocation", Subject: run.ID,
		Details: map[string]string{"number": run.Number, "call": run.Call, "input": run.InputHash, "result": run.ResultHash}})
}
