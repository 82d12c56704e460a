package ledger

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Report is what a verification found.
type Report struct {
	Head     Head
	Entries  int64 // entries read
	Findings []Finding
	Cut      bool // there are more findings than listed
}

// OK reports whether every invariant held.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Finding is one broken invariant, at the entry or account where it breaks.
type Finding struct {
	Check   Check     `json:"check"`
	Seq     int64     `json:"seq,omitempty"` // entry, 0 when it is about an account's stored balance
	ID      string    `json:"id,omitempty"`
	Account string    `json:"account,omitempty"`
	Message i18n.Text `json:"message"`
}

// Check names an invariant; README.md lists them.
type Check string

// The checks.
const (
	CheckChain        Check = "chain"        // each entry follows from the one before it
	CheckSealed       Check = "sealed"       // the journal contains the heads that were sealed elsewhere
	CheckConservation Check = "conservation" // what left equals what arrived, by asset
	CheckParts        Check = "parts"        // amounts are positive, parts of a balance are not negative
	CheckBalance      Check = "balance"      // stored balances equal the journal's sum
	CheckOverdraft    Check = "overdraft"    // no account fell below zero with holds counted
	CheckHolds        Check = "holds"        // a hold is resolved once, for no more than it holds; sums agree
	CheckRefused      Check = "refused"      // a refused transfer, or its group, changed nothing
	CheckLimits       Check = "limits"       // nothing was accepted over a limit
	CheckReference    Check = "reference"    // an entry refers to what exists and fits
)

// findingsMost keeps a report readable when a whole table was altered.
const findingsMost = 100

func (r *Report) add(f Finding, zh, en string, args ...any) {
	if len(r.Findings) == findingsMost {
		r.Cut = true
		return
	}
	f.Message = i18n.T(zh, en, args...)
	r.Findings = append(r.Findings, f)
}

// Verify recomputes every invariant from the journal: see the package function.
//
// Codes: unavailable.
func (l *Ledger) Verify(ctx context.Context, sealed ...Head) (*Report, error) {
	return Verify(ctx, l.store, sealed...)
}

// Verify reads the whole journal as of one moment, recomputes the hash chain
// and, with arithmetic of its own, every balance, and compares them with what
// is stored. Heads that were sealed elsewhere must be in the journal: that
// finds even a journal rewritten with a consistent chain. It only reads, so it
// may run beside a working ledger.
//
// Codes: unavailable.
func Verify(ctx context.Context, r Reader, sealed ...Head) (*Report, error) {
	report := &Report{}
	err := r.Snapshot(ctx, func(ctx context.Context) (err error) {
		if report.Head, err = r.Head(ctx); err != nil {
			return err
		}
		fold, err := r.Folded(ctx)
		if err != nil {
			return err
		}
		a := newAudit(report, r)
		if fold.Seq == 0 {
			a.compare(fold)
		}
		var prev Head
		var scratch []byte
		for {
			tail, err := r.Tail(ctx, prev.Seq, tailChunk)
			if err != nil {
				return err
			}
			if len(tail) == 0 {
				break
			}
			for _, e := range tail {
				scratch = report.link(prev, e, scratch)
				report.compareSealed(e, sealed)
				if err := a.entry(ctx, e); err != nil {
					return err
				}
				if prev.Seq < fold.Seq && e.Seq >= fold.Seq {
					report.compareFold(e, fold)
					a.compare(fold)
				}
				prev = Head{Seq: e.Seq, Hash: e.Hash}
				report.Entries++
			}
		}
		report.ends(prev, fold, sealed)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("verify the ledger: %w", err)
	}
	return report, nil
}

// link checks that an entry follows the one before it. After a break it goes
// on from what is stored, so that each altered entry is named by itself.
func (r *Report) link(prev Head, e *Entry, scratch []byte) []byte {
	if e.Seq != prev.Seq+1 {
		r.add(Finding{Check: CheckChain, Seq: prev.Seq + 1}, "第 %d 至 %d 条分录不见了。", "Entries %d to %d are missing.", prev.Seq+1, e.Seq-1)
		return scratch
	}
	want, scratch := e.next(prev.Hash, scratch)
	if e.Hash != want {
		r.add(Finding{Check: CheckChain, Seq: e.Seq, ID: e.ID}, "第 %d 条分录（%s）与校验链不符：它在记账之后被改动过，或其前一条的校验值被换过。", "Entry %d (%s) breaks the hash chain: it was altered after it was written, or the hash before it was replaced.", e.Seq, e.ID)
	}
	return scratch
}

// compareFold finds an end of the journal that was edited, hash and all.
func (r *Report) compareFold(e *Entry, fold Fold) {
	if e.Seq == fold.Seq && e.Hash != fold.Hash {
		r.add(Finding{Check: CheckChain, Seq: e.Seq, ID: e.ID}, "第 %d 条分录（%s）的校验值与余额表记下的不同：它在记账之后被改动过。", "The hash of entry %d (%s) is not the one that the stored balances noted: it was altered after it was written.", e.Seq, e.ID)
	}
}

func (r *Report) compareSealed(e *Entry, sealed []Head) {
	for _, s := range sealed {
		if s.Seq == e.Seq && s.Hash != e.Hash {
			r.add(Finding{Check: CheckSealed, Seq: e.Seq, ID: e.ID}, "第 %d 条处的校验值与存证日志中封存的不同：账本在此处或之前被整体改写。", "The hash at entry %d differs from the one sealed in the evidence log: the journal was rewritten at or before it.", e.Seq)
		}
	}
}

// ends checks where the journal stops.
func (r *Report) ends(last Head, fold Fold, sealed []Head) {
	if fold.Seq > last.Seq {
		r.add(Finding{Check: CheckChain, Seq: last.Seq + 1}, "第 %d 至 %d 条分录不见了。", "Entries %d to %d are missing.", last.Seq+1, fold.Seq)
		r.add(Finding{Check: CheckBalance, Seq: fold.Seq}, "余额表算到第 %d 条，而分录只到第 %d 条。", "Stored balances are as of entry %d and the journal ends at %d.", fold.Seq, last.Seq)
	}
	for _, s := range sealed {
		if s.Seq > last.Seq {
			r.add(Finding{Check: CheckSealed, Seq: s.Seq}, "存证日志封存到第 %d 条，而分录只到第 %d 条。", "The evidence log sealed entry %d and the journal ends at %d.", s.Seq, last.Seq)
		}
	}
}
