package supervision

import (
	"context"
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// watch is the index with how far it has read. The zero value has read nothing.
type watch struct {
	index  *Index
	extent evidence.Extent // facts up to here
	cases  int64           // cases that changed up to here, microseconds
	swept  int64           // when the slack was last read, microseconds
	looked bool            // everything was looked at since the last change
}

// Look brings the index up to date and, when anything has changed, looks at
// every watched case: it raises what is new, lets lapse what no longer holds,
// and brings back what holds again. It is safe to run anywhere, any number of
// times, on any replica.
//
// Codes: unavailable.
func (s *Service) Look(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(ctx, true); err != nil || s.watch.looked {
		return err
	}
	known, err := s.Store.Keyed(ctx)
	if err != nil {
		return err
	}
	found := s.watch.index.DetectAll()
	for _, f := range found {
		if err := s.put(ctx, f, known); err != nil {
			return err
		}
		delete(known, f.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if err := s.lapse(ctx, known[key]); err != nil {
			return err
		}
	}
	s.watch.looked = true
	return nil
}

// LookAt is Look for one case, in the time of one case: it raises what is new
// about it and lets lapse what no longer holds.
//
// Codes: unavailable.
func (s *Service) LookAt(ctx context.Context, application string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(ctx, false); err != nil {
		return err
	}
	list, err := s.Store.OfCase(ctx, application)
	if err != nil {
		return err
	}
	known := map[string]Alarm{}
	for _, a := range list {
		known[a.Key] = a
	}
	for _, f := range s.watch.index.Detect(application) {
		if err := s.put(ctx, f, known); err != nil {
			return err
		}
		delete(known, f.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if a := known[key]; len(a.Cases) == 1 { // of several, another may bear it out
			if err := s.lapse(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// put raises a finding, or joins its cases to the alarm that it has. known may
// lack an alarm that another case raised: the store's key then tells.
func (s *Service) put(ctx context.Context, f Finding, known map[string]Alarm) error {
	a, raised := known[f.Key]
	if !raised {
		fresh := s.alarmOf(f)
		err := s.Store.InTx(ctx, func(ctx context.Context) error {
			if err := s.Store.Insert(ctx, fresh); err != nil {
				return err
			}
			return s.record(ctx, Actor{}, &fresh, ActionRaise, fresh.Reason)
		})
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		all, err := s.Store.Keyed(ctx)
		if err != nil {
			return err
		}
		a = all[f.Key]
	}
	return s.join(ctx, a, f)
}

// join brings an alarm up to its finding: back when it had lapsed, and with
// cases that it did not know.
func (s *Service) join(ctx context.Context, a Alarm, f Finding) error {
	var missing []string
	for _, id := range f.Cases {
		if !slices.ContainsFunc(a.Cases, func(c CaseRef) bool { return c.ID == id }) {
			a.Cases = append(a.Cases, s.watch.index.cases[id].ref())
			missing = append(missing, a.Cases[len(a.Cases)-1].Number)
		}
	}
	act, note := ActionReturn, f.Reason
	switch {
	case a.State == Lapsed:
	case len(missing) > 0:
		act, note = ActionJoin, i18n.T("又有申报 %[1]v 用到这些事实", "applications %[1]v rest on these facts as well", missing)
	default:
		return nil
	}
	return s.overtakenIsFine(s.Store.InTx(ctx, func(ctx context.Context) error { return s.step(ctx, Actor{}, &a, act, note) }))
}

// lapse ends an alarm whose facts no longer bear it out.
func (s *Service) lapse(ctx context.Context, a Alarm) error {
	if !a.Can(ActionLapse) || a.Follow == Recover || a.Follow == Refuse { // what was confirmed stays on record
		return nil
	}
	note := i18n.Text{ZH: "所依据的事实已有变化，不再成立", EN: "Its facts have changed and it no longer holds"}
	return s.overtakenIsFine(s.Store.InTx(ctx, func(ctx context.Context) error { return s.step(ctx, Actor{}, &a, ActionLapse, note) }))
}

// overtakenIsFine forgives that a person or another replica was first: the next
// look sees what they did.
func (s *Service) overtakenIsFine(err error) error {
	if fault.Is(err, fault.Conflict) {
		s.watch.looked = false
		return nil
	}
	return err
}

func (s *Service) alarmOf(f Finding) Alarm {
	a := Alarm{ID: s.IDs.New("alarm"), Key: f.Key, Rule: f.Rule.ID, RuleVersion: f.Rule.Version, Severity: f.Rule.Severity, State: Open, Version: 1,
		Reason: f.Reason, Facts: f.Facts, Trades: f.Trades, Raised: s.Clock.Now()}
	for _, id := range f.Cases {
		a.Cases = append(a.Cases, s.watch.index.cases[id].ref())
	}
	return a
}

// Forget drops what is kept in memory: the next look reads everything again.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = watch{}
}

// slack is how far the clocks of replicas may be apart, in microseconds.
const slack = 60_000_000

// sweepEvery is how often the slack is read, in microseconds: what another
// replica wrote with a clock that is behind is seen this much later, and a batch
// of decisions does not read all that it just wrote before each of them.
const sweepEvery = 1_000_000

// since is how far back to read the cases. What was written after the clock was
// set back is dated before what was read already, so all is read once, and then
// from the last sweep on.
func (w *watch) since(now int64) (since int64) {
	setBack := now < w.swept-slack
	since = w.cases
	if since > now+slack {
		since = w.swept
	}
	if d := now - w.swept; d >= sweepEvery || d <= -sweepEvery {
		since, w.swept = max(since-slack, 0), now
	}
	if setBack {
		return 0
	}
	return since
}

// refresh brings the index up to date; the caller holds the lock. Names are
// only read again when asked for, since they seldom decide.
func (s *Service) refresh(ctx context.Context, names bool) error {
	extent, err := s.Facts.Extent(ctx) // before the facts: one that comes in between is read next time
	if err != nil {
		return err
	}
	if s.watch.index == nil || !s.caughtUp(extent) {
		s.watch = watch{index: NewIndex(s.Rules)}
	}
	w := &s.watch
	changed := false
	if extent != w.extent {
		written, err := s.readFacts(ctx, w.index, w.extent.Last, extent.Last)
		if err != nil {
			return err
		}
		if w.extent.Facts+written != extent.Facts && w.extent.Facts > 0 {
			// On PostgreSQL an earlier place may be committed after a later one was
			// seen: begin afresh, once.
			s.watch = watch{index: NewIndex(s.Rules)}
			w = &s.watch
			if _, err := s.readFacts(ctx, w.index, 0, extent.Last); err != nil {
				return err
			}
		}
		names = names || w.extent.Facts == 0
		w.extent, changed = extent, true
		if names {
			if err := s.readNames(ctx); err != nil {
				return err
			}
		}
	}
	last, err := s.Cases.Changed(ctx, w.since(clock.Micros(s.Clock.Now())), w.index.versionOf, func(c Case, watched bool) error {
		if watched {
			changed = w.index.PutCase(c) || changed
		} else {
			changed = w.index.DropCase(c.ID) || changed
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.cases = max(w.cases, last)
	w.looked = w.looked && !changed
	return nil
}

// caughtUp reports whether the index is part of what the facts are now; a
// database that was put in its place may have fewer.
func (s *Service) caughtUp(extent evidence.Extent) bool {
	return extent.Facts >= s.watch.extent.Facts && extent.Last >= s.watch.extent.Last
}

// readFacts adds the facts of places after since, up to one, and counts all
// facts there, also those of kinds that no rule reads.
func (s *Service) readFacts(ctx context.Context, ix *Index, since, upTo int64) (written int64, err error) {
	reads := map[string]bool{}
	for _, kind := range s.Rules.FactKinds() {
		reads[kind] = true
	}
	err = s.Facts.Written(ctx, since, upTo, func(r evidence.Record) error {
		written++
		if reads[r.Kind] {
			ix.AddFact(r.Fact)
		}
		return nil
	})
	return written, err
}

// readNames makes organisations' names known.
func (s *Service) readNames(ctx context.Context) error {
	const page = 500
	for f := (party.OrganisationFilter{Limit: page}); ; {
		orgs, err := s.Organisations.Organisations(ctx, f)
		if err != nil {
			return err
		}
		for _, o := range orgs {
			s.watch.index.AddOrganisation(o.Code, o.Name)
			f.After = o.Code
		}
		if len(orgs) < page {
			return nil
		}
	}
}
