package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
)

const columns = `seq, id, kind, source, target, amount, hold, corrects, link, party, ref, until, outcome, detail, free, at, hash`

func scanEntry(scan func(...any) error) (*ledger.Entry, error) {
	e := &ledger.Entry{}
	var hash []byte
	err := scan(&e.Seq, &e.ID, &e.Kind, &e.From, &e.To, &e.Amount, &e.Hold, &e.Corrects, &e.Link, &e.Party, &e.Ref, &e.Until, &e.Outcome, &e.Detail, &e.Free, &e.At, &hash)
	copy(e.Hash[:], hash)
	return e, err
}

// Head implements ledger.Reader.
func (s *Store) Head(ctx context.Context) (ledger.Head, error) {
	head, _, err := db.One(ctx, s.db.Q(ctx), scanHead, `select seq, hash from journal order by seq desc limit 1`)
	return head, err
}

func scanHead(scan func(...any) error) (h ledger.Head, err error) {
	var hash []byte
	err = scan(&h.Seq, &hash)
	copy(h.Hash[:], hash)
	return h, err
}

// Tail implements ledger.Reader.
func (s *Store) Tail(ctx context.Context, after int64, most int) ([]*ledger.Entry, error) {
	return db.All(ctx, s.db.Q(ctx), scanEntry, `select `+columns+` from journal where seq > $1 order by seq limit $2`, after, most)
}

// ByID implements ledger.Reader.
func (s *Store) ByID(ctx context.Context, ids []string) ([]*ledger.Entry, error) {
	return inChunks(ids, func(list string, args []any) ([]*ledger.Entry, error) {
		return db.All(ctx, s.db.Q(ctx), scanEntry, `select `+columns+` from journal where id in (`+list+`)`, args...)
	})
}

// BySeq implements ledger.Reader.
func (s *Store) BySeq(ctx context.Context, seqs []int64) ([]*ledger.Entry, error) {
	return inChunks(seqs, func(list string, args []any) ([]*ledger.Entry, error) {
		return db.All(ctx, s.db.Q(ctx), scanEntry, `select `+columns+` from journal where seq in (`+list+`) order by seq`, args...)
	})
}

// listLength is how many keys one query takes. SQLite searches parameters by
// name, so long lists cost it the square of their length.
const listLength = 32

// inChunks asks for keys in lists of one length or alone, so that statements
// are prepared once; a short list repeats its last key.
func inChunks[K any](keys []K, ask func(list string, args []any) ([]*ledger.Entry, error)) (all []*ledger.Entry, err error) {
	for len(keys) > 0 {
		n := min(len(keys), listLength)
		args := make([]any, listLength)
		if n == 1 {
			args = args[:1]
		}
		for i := range args {
			args[i] = keys[min(i, n-1)]
		}
		found, err := ask(placeholders(1, len(args)), args)
		if err != nil {
			return nil, err
		}
		all, keys = append(all, found...), keys[n:]
	}
	return all, nil
}

// placeholders writes "$from, …" of a length.
func placeholders(from, length int) string {
	var b strings.Builder
	for i := range length {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// Find implements ledger.Reader. Entries that the index does not have yet are
// read from the journal's end.
func (s *Store) Find(ctx context.Context, f ledger.Filter, before int64, most int) ([]*ledger.Entry, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	const list, where = `j.seq, j.id, j.kind, j.source, j.target, j.amount, j.hold, j.corrects, j.link, j.party, j.ref, j.until, j.outcome, j.detail, j.free, j.at, j.hash`,
		`j.seq < $1 and j.seq > $2 and ($3 = 0 or j.hold = $3) and ($4 = 0 or j.corrects = $4)`
	args := []any{before, f.After, f.Hold, f.Corrects, most}
	account, arrives, side := f.Into, 1, `j.target`
	if f.OutOf != 0 {
		account, arrives, side = f.OutOf, 0, `j.source`
	}
	if account == 0 {
		return db.All(ctx, s.db.Q(ctx), scanEntry, `select `+list+` from journal j where `+where+` order by j.seq desc limit $5`, args...)
	}
	young, err := db.All(ctx, s.db.Q(ctx), scanEntry, `select `+list+` from journal j where `+where+`
		and j.seq > (select indexed from fold where one = 1) and `+side+` = $6 order by j.seq desc limit $5`, append(args, account)...)
	if err != nil || len(young) == most {
		return young, err
	}
	if len(young) > 0 {
		args[0] = young[len(young)-1].Seq
	}
	args[4] = most - len(young)
	old, err := db.All(ctx, s.db.Q(ctx), scanEntry, `select `+list+` from movement m join journal j on j.seq = m.seq
		where m.account = $6 and m.arrives = $7 and m.seq < $1 and m.seq > $2 and `+where+` order by m.seq desc limit $5`, append(args, account, arrives)...)
	return append(young, old...), err
}

// Accounts implements ledger.Reader.
func (s *Store) Accounts(ctx context.Context, prefix, contains, after string, most int) ([]ledger.Balance, error) {
	return db.All(ctx, s.db.Q(ctx), func(scan func(...any) error) (b ledger.Balance, err error) {
		var text string
		if err := scan(&text, &b.In, &b.Out, &b.Held, &b.Incoming); err != nil {
			return b, err
		}
		return b, json.Unmarshal([]byte(text), &b.Account)
	}, `select terms, total_in, total_out, held, incoming from account
		where name > $1 and name >= $2 and substr(name, 1, length($2)) = $2 and ($3 = '' or replace(name, $3, '') <> name)
		order by name limit $4`, after, prefix, contains, most)
}

// Folded implements ledger.Reader.
func (s *Store) Folded(ctx context.Context) (f ledger.Fold, err error) {
	q := s.db.Q(ctx)
	at, _, err := db.One(ctx, q, scanHead, `select seq, hash from fold where one = 1`)
	if err != nil {
		return f, err
	}
	f.Seq, f.Hash = at.Seq, at.Hash
	f.Accounts, err = db.All(ctx, q, func(scan func(...any) error) (a ledger.FoldedAccount, err error) {
		return a, scan(&a.No, &a.Name, &a.Asset, &a.Terms, &a.In, &a.Out, &a.Held, &a.Incoming)
	}, `select no, name, asset, terms, total_in, total_out, held, incoming from account order by no`)
	if err != nil {
		return f, err
	}
	f.Limits, err = db.All(ctx, q, func(scan func(...any) error) (l ledger.FoldedLimit, err error) {
		var perParty int64
		err = scan(&l.No, &l.Name, &perParty, &l.Max)
		l.PerParty = perParty == 1
		return l, err
	}, `select no, name, per_party, most from spending_limit order by no`)
	if err != nil {
		return f, err
	}
	f.Usages, err = db.All(ctx, q, func(scan func(...any) error) (u ledger.FoldedUsage, err error) {
		return u, scan(&u.LimitNo, &u.Party, &u.Used)
	}, `select limit_no, party, used from limit_used order by limit_no, party`)
	if err != nil {
		return f, err
	}
	if f.Open, err = db.All(ctx, q, scanInt, `select seq from open_hold order by seq`); err != nil {
		return f, err
	}
	f.Corrected, err = db.All(ctx, q, func(scan func(...any) error) (c ledger.FoldedCorrection, err error) {
		return c, scan(&c.Seq, &c.Amount)
	}, `select seq, amount from corrected order by seq`)
	return f, err
}

func scanInt(scan func(...any) error) (n int64, err error) { return n, scan(&n) }
