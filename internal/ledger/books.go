package ledger

import (
	"encoding/json"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// books is the state that the journal adds up to. One goroutine owns it.
// Entries are applied before they are durable and reverted, newest first,
// when the append fails.
type books struct {
	head      Head
	accounts  map[string]*account
	byNo      map[int64]*account
	limits    map[string]*limit
	holds     map[string]*hold // open ones, by id
	holdBySeq map[int64]*hold
	corrected map[int64]money.Fen // entry -> what was given back of it

	programmes []*account            // in the order they were opened
	payables   map[string][]*account // by programme path
	recent     *window
	seen       *seen
	dirty      dirty
}

type account struct {
	Account
	no                      int64
	limits                  []*limit
	in, out, held, incoming money.Fen
	dirty                   bool
}

func (a *account) free() money.Fen { return a.in - a.out - a.held }

type limit struct {
	Limit
	no   int64
	used map[string]*usage // by party, or "" for all
}

type usage struct {
	limit *limit
	party string
	used  money.Fen
	dirty bool
}

func (l *limit) usage(party string) *usage {
	if !l.PerParty {
		party = ""
	}
	u := l.used[party]
	if u == nil {
		u = &usage{limit: l, party: party}
		l.used[party] = u
	}
	return u
}

type hold struct {
	entry    *Entry
	from, to *account
	noted    int // the fold that it is noted for
}

// dirty is what changed since the last fold.
type dirty struct {
	accounts  []*account
	limits    map[string]*limit
	usages    []*usage
	holds     []int64 // seqs of holds that were opened or closed
	corrected map[int64]bool
	fold      int // which fold this is for, counted from the start
}

func (d *dirty) reset() {
	*d = dirty{limits: map[string]*limit{}, corrected: map[int64]bool{}, fold: d.fold + 1}
}

func newBooks(window int) *books {
	b := &books{
		accounts: map[string]*account{}, byNo: map[int64]*account{}, limits: map[string]*limit{},
		holds: map[string]*hold{}, holdBySeq: map[int64]*hold{}, corrected: map[int64]money.Fen{},
		payables: map[string][]*account{}, recent: newWindow(window), seen: newSeen(),
	}
	b.dirty.reset()
	return b
}

// entry finds an open hold or a recent entry by id, nil when memory has none.
func (b *books) entry(id string) *Entry {
	if !b.seen.has(id) {
		return nil
	}
	if h := b.holds[id]; h != nil {
		return h.entry
	}
	return b.recent.get(id)
}

// apply adds an entry that follows the head. It trusts the decision that the
// entry records and only fails when the entry refers to what does not exist,
// which means that the journal was altered.
func (b *books) apply(e *Entry) error {
	if e.Outcome == Accepted {
		if err := b.effect(e); err != nil {
			return err
		}
	}
	b.head = Head{Seq: e.Seq, Hash: e.Hash}
	b.seen.add(e.ID)
	b.recent.put(e)
	return nil
}

func (b *books) effect(e *Entry) error {
	switch e.Kind {
	case kindOpen:
		return b.open(e)
	case kindLimit:
		return b.setLimit(e)
	case Move, Hold, Correction:
		from, to := b.byNo[e.From], b.byNo[e.To]
		if from == nil || to == nil {
			return fmt.Errorf("journal entry %d names an account that was never opened", e.Seq)
		}
		switch e.Kind {
		case Move:
			b.settle(from, to, e.Amount)
			b.use(from, e.Party, e.Amount)
		case Hold:
			b.reserve(&hold{entry: e, from: from, to: to}, +1)
			b.use(from, e.Party, e.Amount)
		case Correction:
			b.settle(from, to, e.Amount)
			b.use(to, e.Party, -e.Amount)
			b.correct(e.Corrects, e.Amount)
		}
		return nil
	case Post, Void, Expire:
		h := b.holdBySeq[e.Hold]
		if h == nil {
			return fmt.Errorf("journal entry %d resolves hold %d, which is not open", e.Seq, e.Hold)
		}
		e.closed = h
		b.reserve(h, -1)
		settled := money.Fen(0)
		if e.Kind == Post {
			settled = e.Amount
			b.settle(h.from, h.to, settled)
		}
		b.use(h.from, h.entry.Party, settled-h.entry.Amount)
		if b.recent.get(h.entry.ID) == nil {
			b.recent.put(h.entry) // so that a second post finds what it names
		}
		return nil
	}
	return fmt.Errorf("journal entry %d has unknown kind %q", e.Seq, e.Kind)
}

// revert undoes the newest applied entry; prev is the head before it.
func (b *books) revert(e *Entry, prev Head) {
	b.recent.drop(e)
	b.head = prev
	if e.Outcome != Accepted {
		return
	}
	switch e.Kind {
	case kindOpen:
		a := b.byNo[e.Seq]
		b.chart(a, false)
		delete(b.accounts, a.Name)
		delete(b.byNo, e.Seq)
	case kindLimit:
		b.unsetLimit(e)
	case Move:
		b.settle(b.byNo[e.From], b.byNo[e.To], -e.Amount)
		b.use(b.byNo[e.From], e.Party, -e.Amount)
	case Hold:
		b.reserve(b.holds[e.ID], -1)
		b.use(b.byNo[e.From], e.Party, -e.Amount)
	case Correction:
		b.settle(b.byNo[e.From], b.byNo[e.To], -e.Amount)
		b.use(b.byNo[e.To], e.Party, e.Amount)
		b.correct(e.Corrects, -e.Amount)
	case Post, Void, Expire:
		h := e.closed
		settled := money.Fen(0)
		if e.Kind == Post {
			settled = e.Amount
			b.settle(h.from, h.to, -settled)
		}
		b.use(h.from, h.entry.Party, h.entry.Amount-settled)
		b.reserve(h, +1)
	}
}

func (b *books) settle(from, to *account, amount money.Fen) {
	from.out += amount
	to.in += amount
	b.touch(from)
	b.touch(to)
}

func (b *books) touch(a *account) {
	if !a.dirty {
		a.dirty = true
		b.dirty.accounts = append(b.dirty.accounts, a)
	}
}

// reserve opens (sign +1) or closes (-1) a hold.
func (b *books) reserve(h *hold, sign money.Fen) {
	h.from.held += sign * h.entry.Amount
	h.to.incoming += sign * h.entry.Amount
	b.touch(h.from)
	b.touch(h.to)
	if h.noted != b.dirty.fold {
		h.noted = b.dirty.fold
		b.dirty.holds = append(b.dirty.holds, h.entry.Seq)
	}
	if sign > 0 {
		b.holds[h.entry.ID], b.holdBySeq[h.entry.Seq] = h, h
	} else {
		delete(b.holds, h.entry.ID)
		delete(b.holdBySeq, h.entry.Seq)
	}
}

// use counts what leaves an account against its limits.
func (b *books) use(from *account, party string, amount money.Fen) {
	if amount == 0 {
		return
	}
	for _, l := range from.limits {
		u := l.usage(party)
		u.used += amount
		if !u.dirty {
			u.dirty = true
			b.dirty.usages = append(b.dirty.usages, u)
		}
	}
}

func (b *books) correct(seq int64, amount money.Fen) {
	b.corrected[seq] += amount
	b.dirty.corrected[seq] = true
}

func (b *books) open(e *Entry) error {
	var spec Account
	if err := json.Unmarshal([]byte(e.Detail), &spec); err != nil {
		return fmt.Errorf("journal entry %d opens an account with unreadable terms: %w", e.Seq, err)
	}
	return b.addAccount(&account{Account: spec, no: e.Seq})
}

func (b *books) addAccount(a *account) error {
	for _, name := range a.Limits {
		l := b.limits[name]
		if l == nil {
			return fmt.Errorf("account %s names limit %s, which was never set", a.Name, name)
		}
		a.limits = append(a.limits, l)
	}
	b.accounts[a.Name], b.byNo[a.no] = a, a
	b.chart(a, true)
	b.touch(a)
	return nil
}

func (b *books) setLimit(e *Entry) error {
	var spec Limit
	if err := json.Unmarshal([]byte(e.Detail), &spec); err != nil {
		return fmt.Errorf("journal entry %d sets a limit with unreadable terms: %w", e.Seq, err)
	}
	l := b.limits[spec.Name]
	if l == nil {
		l = &limit{Limit: spec, no: e.Seq, used: map[string]*usage{}}
		b.limits[spec.Name] = l
	}
	e.before = l.Max
	l.Max = spec.Max
	b.dirty.limits[spec.Name] = l
	return nil
}

func (b *books) unsetLimit(e *Entry) {
	var spec Limit
	_ = json.Unmarshal([]byte(e.Detail), &spec) // setLimit read the same text
	l := b.limits[spec.Name]
	if l.no == e.Seq {
		delete(b.limits, spec.Name)
		delete(b.dirty.limits, spec.Name)
		return
	}
	l.Max = e.before
}
