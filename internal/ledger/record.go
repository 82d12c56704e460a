package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Record is an entry of the journal with names instead of numbers.
type Record struct {
	Seq      int64      `json:"seq"`
	ID       string     `json:"id"`
	Kind     Kind       `json:"kind"`
	From     string     `json:"from"`
	To       string     `json:"to"`
	Asset    Asset      `json:"asset"`
	Amount   money.Fen  `json:"amount_fen"`
	Hold     string     `json:"hold" doc:"Id of the hold that this entry resolves"`
	Corrects string     `json:"corrects" doc:"Id of the entry that this one gives back"`
	Party    string     `json:"party"`
	Ref      string     `json:"ref" doc:"What caused it, as a path in the product"`
	Until    clock.Date `json:"until,omitempty"`
	Outcome  Outcome    `json:"outcome" doc:"Empty when accepted"`
	Reason   *i18n.Text `json:"reason,omitempty" doc:"Why it was refused"`
	At       time.Time  `json:"at"`
	Hash     string     `json:"hash"`

	FromLabel *i18n.Text `json:"from_label,omitempty" doc:"The account in people's words"`
	ToLabel   *i18n.Text `json:"to_label,omitempty"`

	link int64
}

// Transfers lists entries of an account, or of all when it is empty, newest
// first, older than before (0: from the newest).
//
// Codes: not_found, unavailable.
func (l *Ledger) Transfers(ctx context.Context, account string, before int64, most int) ([]Record, error) {
	var filters []Filter
	if account == "" {
		filters = []Filter{{}}
	} else {
		no, err := l.number(ctx, account)
		if err != nil {
			return nil, err
		}
		filters = []Filter{{Into: no}, {OutOf: no}}
	}
	var entries []*Entry
	for _, f := range filters {
		found, err := l.store.Find(ctx, f, before, most)
		if err != nil {
			return nil, err
		}
		entries = append(entries, found...)
	}
	slices.SortFunc(entries, func(x, y *Entry) int { return cmp.Compare(y.Seq, x.Seq) })
	return l.records(ctx, entries[:min(most, len(entries))])
}

func (l *Ledger) number(ctx context.Context, account string) (no int64, err error) {
	err = l.view(ctx, func(b *books) {
		if a := b.accounts[account]; a != nil {
			no = a.no
		}
	})
	if err == nil && no == 0 {
		err = noAccount(account)
	}
	return no, err
}

// Accounts lists accounts whose name begins with a prefix, contains a text and
// follows after, in the order of their names.
//
// Codes: unavailable.
func (l *Ledger) Accounts(ctx context.Context, prefix, contains, after string, most int) ([]Balance, error) {
	if err := l.fold(ctx); err != nil { // so that the newest are listed too
		return nil, err
	}
	return l.store.Accounts(ctx, prefix, contains, after, most)
}

// records gives entries their names.
func (l *Ledger) records(ctx context.Context, entries []*Entry) ([]Record, error) {
	ids := map[int64]string{}
	var named []int64
	for _, e := range entries {
		for _, seq := range []int64{e.Hold, e.Corrects} {
			if _, known := ids[seq]; seq != 0 && !known {
				ids[seq] = ""
				named = append(named, seq)
			}
		}
	}
	others, err := l.store.BySeq(ctx, named)
	if err != nil {
		return nil, err
	}
	for _, e := range others {
		ids[e.Seq] = e.ID
	}
	all := make([]Record, len(entries))
	err = l.view(ctx, func(b *books) {
		for i, e := range entries {
			all[i] = b.record(e)
			all[i].Hold, all[i].Corrects = ids[e.Hold], ids[e.Corrects]
		}
	})
	return all, err
}

func (b *books) record(e *Entry) Record {
	r := Record{
		Seq: e.Seq, ID: e.ID, Kind: e.Kind, Amount: e.Amount, Party: e.Party, Ref: e.Ref, Until: e.Until,
		Outcome: e.Outcome, At: clock.FromMicros(e.At), Hash: e.Hash.String(), link: e.Link,
	}
	if from := b.byNo[e.From]; from != nil {
		r.From, r.Asset = from.Name, from.Asset
	}
	if to := b.byNo[e.To]; to != nil {
		r.To = to.Name
	}
	if e.Kind == kindOpen {
		r.To = b.byNo[e.Seq].Name
		r.Asset = b.byNo[e.Seq].Asset
	}
	if err := refusal(e); err != nil {
		r.Reason = &fault.From(err).Message
	}
	return r
}
