package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// restore sets empty books to a stored fold.
func (b *books) restore(ctx context.Context, r Reader, f Fold) error {
	if f.Seq > 0 {
		last, err := r.BySeq(ctx, []int64{f.Seq})
		if err != nil {
			return err
		}
		if len(last) == 0 || last[0].Hash != f.Hash {
			return altered(f.Seq)
		}
		b.head = Head{Seq: f.Seq, Hash: last[0].Hash}
	}
	byNo := map[int64]*limit{}
	for _, l := range f.Limits {
		byNo[l.No] = &limit{Limit: l.Limit, no: l.No, used: map[string]*usage{}}
		b.limits[l.Name] = byNo[l.No]
	}
	for _, u := range f.Usages {
		if byNo[u.LimitNo] == nil {
			return altered(u.LimitNo)
		}
		byNo[u.LimitNo].usage(u.Party).used = u.Used
	}
	for _, a := range f.Accounts {
		var spec Account
		if err := json.Unmarshal([]byte(a.Terms), &spec); err != nil {
			return altered(a.No)
		}
		restored := &account{Account: spec, no: a.No, in: a.In, out: a.Out, held: a.Held, incoming: a.Incoming}
		if err := b.addAccount(restored); err != nil {
			return altered(a.No)
		}
		restored.dirty = false
	}
	for _, c := range f.Corrected {
		b.corrected[c.Seq] = c.Amount
	}
	return b.restoreHolds(ctx, r, f.Open)
}

func (b *books) restoreHolds(ctx context.Context, r Reader, open []int64) error {
	for len(open) > 0 {
		n := min(len(open), tailChunk)
		entries, err := r.BySeq(ctx, open[:n])
		if err != nil {
			return err
		}
		for _, e := range entries {
			h := &hold{entry: e, from: b.byNo[e.From], to: b.byNo[e.To]}
			if e.Kind != Hold || h.from == nil || h.to == nil {
				return altered(e.Seq)
			}
			b.seen.add(e.ID)
			b.holds[e.ID], b.holdBySeq[e.Seq] = h, h
		}
		open = open[n:]
	}
	return nil
}

// changes takes what changed since the last fold, as of the head.
func (b *books) changes() Fold {
	f := Fold{Seq: b.head.Seq, Hash: b.head.Hash}
	for _, a := range b.dirty.accounts {
		a.dirty = false
		if b.byNo[a.no] == a { // not so when its opening was reverted
			f.Accounts = append(f.Accounts, FoldedAccount{No: a.no, Terms: terms(a.Account), Balance: a.balance()})
		}
	}
	for _, l := range b.dirty.limits {
		f.Limits = append(f.Limits, FoldedLimit{No: l.no, Limit: l.Limit})
	}
	for _, u := range b.dirty.usages {
		u.dirty = false
		if b.limits[u.limit.Name] == u.limit {
			f.Usages = append(f.Usages, FoldedUsage{LimitNo: u.limit.no, Party: u.party, Used: u.used})
		}
	}
	for _, seq := range b.dirty.holds {
		if b.holdBySeq[seq] != nil {
			f.Open = append(f.Open, seq)
		} else {
			f.Closed = append(f.Closed, seq)
		}
	}
	for seq := range b.dirty.corrected {
		f.Corrected = append(f.Corrected, FoldedCorrection{Seq: seq, Amount: b.corrected[seq]})
	}
	b.dirty.reset()
	return f
}

// remark notes the changes of a fold that was not saved, so that the next one has them.
func (b *books) remark(f Fold) {
	for _, a := range f.Accounts {
		b.touch(b.byNo[a.No])
	}
	for _, l := range f.Limits {
		b.dirty.limits[l.Name] = b.limits[l.Name]
	}
	byNo := map[int64]*limit{}
	for _, l := range b.limits {
		byNo[l.no] = l
	}
	for _, u := range f.Usages {
		if counted := byNo[u.LimitNo].usage(u.Party); !counted.dirty {
			counted.dirty = true
			b.dirty.usages = append(b.dirty.usages, counted)
		}
	}
	b.dirty.holds = slices.Concat(b.dirty.holds, f.Open, f.Closed)
	for _, c := range f.Corrected {
		b.dirty.corrected[c.Seq] = true
	}
}

// foldRegularly saves what changed, so that a start reads little of the
// journal, and lets the index follow.
func (l *Ledger) foldRegularly() {
	tick := time.NewTicker(l.tuning.FoldEvery)
	defer tick.Stop()
	ctx := context.Background()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		if err := l.fold(ctx); err != nil {
			l.log.Warn("ledger: a fold was not saved and will be tried again", "error", err)
		}
	}
}

// indexChunk is how many entries are added to the index by account at once, on
// SQLite a few milliseconds in which nobody else writes.
const indexChunk = 512

// fold saves what changed since the last one. The books may move on meanwhile.
func (l *Ledger) fold(ctx context.Context) error {
	l.foldMu.Lock() // an older fold must not be taken before and saved after a newer one
	defer l.foldMu.Unlock()
	if l.changed.Swap(false) {
		var f Fold
		if err := l.view(ctx, func(b *books) { f = b.changes() }); err != nil {
			l.changed.Store(true)
			return err
		}
		if err := l.store.SaveFold(ctx, f); err != nil {
			l.changed.Store(true)
			return errors.Join(err, l.view(ctx, func(b *books) { b.remark(f) }))
		}
	}
	return l.index(ctx)
}

// index adds to the index by account: a little while callers wait, and all
// that is behind as soon as nobody does.
func (l *Ledger) index(ctx context.Context) error {
	for {
		more, err := l.store.Index(ctx, indexChunk)
		if err != nil || !more || l.queue.busy() {
			return err
		}
		select {
		case <-l.stop:
			return nil
		default:
		}
	}
}
