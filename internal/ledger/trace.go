package ledger

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Relation says how an entry stands to the one that is traced.
type Relation string

// The relations.
const (
	SameGroup   Relation = "group"        // stands or falls with it
	OfHold      Relation = "hold"         // the hold that it resolves
	ResolvedBy  Relation = "resolved_by"  // resolves it
	Corrected   Relation = "corrects"     // the entry that it gives back
	CorrectedBy Relation = "corrected_by" // gives it back
	FundedBy    Relation = "funded_by"    // brought money to where it came from
	PassedOn    Relation = "passed_on"    // took money on from where it went
)

// Related is an entry beside the traced one.
type Related struct {
	Relation Relation `json:"relation"`
	Steps    int      `json:"steps" doc:"Accounts between the two, for funded_by and passed_on"`
	Transfer Record   `json:"transfer"`
}

// Trace is an entry with all that it hangs together with: where its money came
// from, up to the source of funds, and where it went, down to the payment.
type Trace struct {
	Transfer Record    `json:"transfer"`
	Related  []Related `json:"related"`
}

// A trace is for people: it follows so many accounts in each direction and
// shows so many entries of each.
const (
	traceSteps   = 6
	traceEntries = 20
	traceScan    = 200 // holds and refusals are read too, and passed over
)

// Trace follows an entry both ways. Money has no identity inside an account,
// so funded_by lists what came in before the entry and passed_on what went
// out after it, to or from the same party where both name one.
//
// Codes: not_found, unavailable.
func (l *Ledger) Trace(ctx context.Context, id string) (Trace, error) {
	found, err := l.store.ByID(ctx, []string{id})
	if err != nil {
		return Trace{}, err
	}
	if len(found) == 0 {
		return Trace{}, fault.Newf(fault.NotFound, "没有条目 %.200s。", "There is no entry %.200s.", id)
	}
	t := &tracer{Ledger: l, of: found[0]}
	for _, follow := range []func(context.Context) error{t.group, t.named, t.naming, t.up, t.down} {
		if err := follow(ctx); err != nil {
			return Trace{}, err
		}
	}
	records, err := l.records(ctx, append([]*Entry{t.of}, t.entries...))
	if err != nil {
		return Trace{}, err
	}
	for i := range t.related {
		t.related[i].Transfer = records[i+1]
	}
	return Trace{Transfer: records[0], Related: t.related}, nil
}

type tracer struct {
	*Ledger
	of      *Entry
	entries []*Entry
	related []Related
}

func (t *tracer) add(relation Relation, steps int, entries ...*Entry) {
	for _, e := range entries {
		t.entries = append(t.entries, e)
		t.related = append(t.related, Related{Relation: relation, Steps: steps})
	}
}

// group adds the others of its group, which stand next to each other.
func (t *tracer) group(ctx context.Context) error {
	if t.of.Link == 0 {
		return nil
	}
	for after := t.of.Link - 1; ; {
		tail, err := t.store.Tail(ctx, after, traceScan)
		if err != nil {
			return err
		}
		for _, e := range tail {
			if e.Link != t.of.Link {
				return nil
			}
			if e.Seq != t.of.Seq {
				t.add(SameGroup, 0, e)
			}
			after = e.Seq
		}
		if len(tail) < traceScan {
			return nil
		}
	}
}

// named adds what the entry names.
func (t *tracer) named(ctx context.Context) error {
	for _, n := range []struct {
		relation Relation
		seq      int64
	}{{OfHold, t.of.Hold}, {Corrected, t.of.Corrects}} {
		if n.seq == 0 {
			continue
		}
		found, err := t.store.BySeq(ctx, []int64{n.seq})
		if err != nil {
			return err
		}
		t.add(n.relation, 0, found...)
	}
	return nil
}

// naming adds what names the entry: both touch the account it goes to.
func (t *tracer) naming(ctx context.Context) error {
	if t.of.To == 0 {
		return nil
	}
	for _, n := range []struct {
		relation Relation
		filter   Filter
	}{
		{ResolvedBy, Filter{Into: t.of.To, After: t.of.Seq, Hold: t.of.Seq}},
		{CorrectedBy, Filter{OutOf: t.of.To, After: t.of.Seq, Corrects: t.of.Seq}},
	} {
		found, err := t.store.Find(ctx, n.filter, 0, traceEntries)
		if err != nil {
			return err
		}
		t.add(n.relation, 0, found...)
	}
	return nil
}

// up walks from account to account against the money's way.
func (t *tracer) up(ctx context.Context) error {
	return t.walk(FundedBy, t.of.From, func(e *Entry) int64 { return e.From }, func(account int64) ([]*Entry, error) {
		return t.store.Find(ctx, Filter{Into: account}, t.of.Seq, traceScan)
	})
}

// down walks with the money.
func (t *tracer) down(ctx context.Context) error {
	return t.walk(PassedOn, t.of.To, func(e *Entry) int64 { return e.To }, func(account int64) ([]*Entry, error) {
		return t.store.Find(ctx, Filter{OutOf: account, After: t.of.Seq}, 0, traceScan)
	})
}

func (t *tracer) walk(relation Relation, start int64, next func(*Entry) int64, find func(account int64) ([]*Entry, error)) error {
	if t.of.Outcome != Accepted || start == 0 {
		return nil
	}
	level, visited := []int64{start}, map[int64]bool{start: true}
	for steps := 0; steps < traceSteps && len(level) > 0; steps++ {
		var further []int64
		for _, account := range level {
			found, err := find(account)
			if err != nil {
				return err
			}
			shown := 0
			for _, e := range found {
				if shown == traceEntries || !t.moves(e) {
					continue
				}
				shown++
				t.add(relation, steps, e)
				if !visited[next(e)] {
					visited[next(e)] = true
					further = append(further, next(e))
				}
			}
		}
		level = further
	}
	return nil
}

// moves reports whether an entry moved money that may be the traced entry's.
func (t *tracer) moves(e *Entry) bool {
	return e.Outcome == Accepted && (e.Kind == Move || e.Kind == Post) &&
		(e.Party == "" || t.of.Party == "" || e.Party == t.of.Party)
}
