package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Suite is what every store must do. open gives an empty store, and the same
// one again, as another process would open it.
func Suite(t *testing.T, open func(t *testing.T) (first, second ledger.Store)) {
	for name, test := range map[string]func(*testing.T, ledger.Store, ledger.Store){
		"an empty store":                          emptyStore,
		"entries come back as written":            roundTrip,
		"an append needs the journal's end":       appendBehind,
		"an id is taken once":                     appendTaken,
		"a batch is written whole":                appendWhole,
		"exclusive keeps others out":              exclusive,
		"a snapshot does not move":                snapshot,
		"find by account, with and without index": find,
		"a fold is replaced only by a newer":      fold,
		"accounts are listed by name":             accounts,
	} {
		t.Run(name, func(t *testing.T) {
			first, second := open(t)
			test(t, first, second)
		})
	}
}

// chain makes entries after a seq. Their hashes are any bytes: a store keeps
// them and the ledger checks them.
func chain(after int64, ids ...string) []*ledger.Entry {
	all := make([]*ledger.Entry, len(ids))
	for i, id := range ids {
		e := &ledger.Entry{Seq: after + int64(i) + 1, ID: id, Kind: ledger.Move, From: 1, To: 2, Amount: 5, At: 1_750_000_000_000_000}
		e.Hash[0], e.Hash[31] = byte(e.Seq), 0xff
		all[i] = e
	}
	return all
}

func write(t *testing.T, s ledger.Store, entries []*ledger.Entry) {
	t.Helper()
	if err := s.Append(context.Background(), entries[0].Seq-1, entries); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s ledger.Store) []*ledger.Entry {
	t.Helper()
	all, err := s.Tail(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func same(t *testing.T, got, want []*ledger.Entry) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a, b *ledger.Entry) bool { return reflect.DeepEqual(a, b) }) {
		t.Fatalf("got %s, want %s", show(got), show(want))
	}
}

func show(entries []*ledger.Entry) (s string) {
	for _, e := range entries {
		s += fmt.Sprintf("%+v\n", *e)
	}
	return s
}

func emptyStore(t *testing.T, s, _ ledger.Store) {
	ctx := context.Background()
	head, err := s.Head(ctx)
	if err != nil || head != (ledger.Head{}) {
		t.Fatalf("head %+v, %v", head, err)
	}
	f, err := s.Folded(ctx)
	if err != nil || !reflect.DeepEqual(f, ledger.Fold{}) {
		t.Fatalf("fold %+v, %v", f, err)
	}
	if len(read(t, s)) != 0 {
		t.Fatal("it has entries")
	}
}

func roundTrip(t *testing.T, s, other ledger.Store) {
	ctx := context.Background()
	entries := chain(0, "a", "b", "汉字/🙂")
	full := entries[1]
	full.Kind, full.Hold, full.Corrects, full.Link, full.Party, full.Ref, full.Until = ledger.Hold, 7, 8, 9, "p", "job/1", "2025-07-01"
	full.Outcome, full.Detail, full.Free, full.Amount = ledger.OverLimit, `{"a":1}`, -3, 1<<62
	write(t, s, entries)
	for _, store := range []ledger.Store{s, other} {
		same(t, read(t, store), entries)
		head, err := store.Head(ctx)
		if err != nil || head != (ledger.Head{Seq: 3, Hash: entries[2].Hash}) {
			t.Fatalf("head %+v, %v", head, err)
		}
		byID, err := store.ByID(ctx, []string{"汉字/🙂", "none"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, byID, entries[2:])
		bySeq, err := store.BySeq(ctx, []int64{3, 99, 1})
		if err != nil {
			t.Fatal(err)
		}
		same(t, bySeq, []*ledger.Entry{entries[0], entries[2]})
		tail, err := store.Tail(ctx, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		same(t, tail, entries[1:2])
	}
}

func appendBehind(t *testing.T, s, other ledger.Store) {
	write(t, s, chain(0, "a"))
	err := other.Append(context.Background(), 0, chain(0, "b"))
	if !errors.Is(err, ledger.ErrBehind) {
		t.Fatalf("got %v", err)
	}
	if err := s.Append(context.Background(), 5, chain(5, "c")); !errors.Is(err, ledger.ErrBehind) {
		t.Fatalf("a gap: %v", err)
	}
	same(t, read(t, s), chain(0, "a"))
	write(t, other, chain(1, "b"))
}

func appendTaken(t *testing.T, s, _ ledger.Store) {
	write(t, s, chain(0, "a"))
	if err := s.Append(context.Background(), 1, chain(1, "b", "a")); !errors.Is(err, ledger.ErrTaken) {
		t.Fatalf("got %v", err)
	}
	same(t, read(t, s), chain(0, "a"))
	head, err := s.Head(context.Background())
	if err != nil || head.Seq != 1 {
		t.Fatalf("head %+v, %v", head, err)
	}
	write(t, s, chain(1, "b")) // it works on after a failure
}

func appendWhole(t *testing.T, s, _ ledger.Store) {
	var ids []string
	for i := range 700 {
		ids = append(ids, fmt.Sprintf("id-%d", i))
	}
	if err := s.Append(context.Background(), 0, chain(0, append(ids, "id-0")...)); !errors.Is(err, ledger.ErrTaken) {
		t.Fatalf("got %v", err)
	}
	same(t, read(t, s), nil)
	write(t, s, chain(0, ids...))
	same(t, read(t, s), chain(0, ids...))
	found, err := s.ByID(context.Background(), ids[:100])
	if err != nil || len(found) != 100 {
		t.Fatalf("%d of 100 ids, %v", len(found), err)
	}
}

func exclusive(t *testing.T, s, other ledger.Store) {
	ctx := context.Background()
	release, err := s.Exclusive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, chain(0, "a")) // the append ends it
	release()
	write(t, other, chain(1, "b"))
	if release, err = s.Exclusive(ctx); err != nil {
		t.Fatal(err)
	}
	release() // giving up ends it too
	write(t, other, chain(2, "c"))
	same(t, read(t, s), chain(0, "a", "b", "c"))
}

func snapshot(t *testing.T, s, other ledger.Store) {
	write(t, s, chain(0, "a"))
	err := s.Snapshot(context.Background(), func(ctx context.Context) error {
		before, err := s.Head(ctx)
		if err != nil {
			return err
		}
		write(t, other, chain(1, "b"))
		after, err := s.Head(ctx)
		if after != before {
			t.Errorf("the head moved from %d to %d", before.Seq, after.Seq)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, s, _ ledger.Store) {
	ctx := context.Background()
	entries := chain(0, "a", "b", "c", "d", "e", "f")
	for i, e := range entries {
		e.From, e.To = 1, int64(2+i%2) // into 2: a c e; into 3: b d f
	}
	entries[3].Hold, entries[4].Corrects = 2, 1
	write(t, s, entries)
	check := func(f ledger.Filter, before int64, most int, want ...int) {
		t.Helper()
		got, err := s.Find(ctx, f, before, most)
		if err != nil {
			t.Fatal(err)
		}
		var expect []*ledger.Entry
		for _, i := range want {
			expect = append(expect, entries[i])
		}
		same(t, got, expect)
	}
	for _, indexed := range []int{0, 2, 4, 6} { // the index follows at its own pace
		if indexed > 0 {
			if err := s.SaveFold(ctx, ledger.Fold{Seq: int64(indexed)}); err != nil {
				t.Fatal(err)
			}
			if more, err := s.Index(ctx, 2); err != nil || more {
				t.Fatalf("more %v, %v", more, err)
			}
		}
		check(ledger.Filter{}, 0, 2, 5, 4)
		check(ledger.Filter{}, 3, 9, 1, 0)
		check(ledger.Filter{Into: 2}, 0, 9, 4, 2, 0)
		check(ledger.Filter{Into: 2}, 5, 1, 2)
		check(ledger.Filter{OutOf: 1}, 0, 4, 5, 4, 3, 2)
		check(ledger.Filter{OutOf: 1, After: 4}, 0, 9, 5, 4)
		check(ledger.Filter{OutOf: 2}, 0, 9)
		check(ledger.Filter{Into: 3, Hold: 2}, 0, 9, 3)
		check(ledger.Filter{Into: 2, Corrects: 1}, 0, 9, 4)
	}
}

func fold(t *testing.T, s, other ledger.Store) {
	ctx := context.Background()
	write(t, s, chain(0, "a", "b", "c", "d"))
	account := func(no int64, name string, in money.Fen) ledger.FoldedAccount {
		spec := ledger.Account{Name: name, Asset: ledger.CNY}
		return ledger.FoldedAccount{No: no, Terms: `{"name":"` + name + `"}`, Balance: ledger.Balance{Account: spec, In: in, Out: 1, Held: 2, Incoming: 3}}
	}
	old := ledger.Fold{
		Seq: 2, Hash: ledger.Hash{2}, Accounts: []ledger.FoldedAccount{account(1, "x", 1)},
		Limits: []ledger.FoldedLimit{{No: 2, Limit: ledger.Limit{Name: "l", PerParty: true, Max: 9}}},
		Usages: []ledger.FoldedUsage{{LimitNo: 2, Party: "p", Used: 4}}, Open: []int64{1, 2}, Corrected: []ledger.FoldedCorrection{{Seq: 1, Amount: 5}},
	}
	if err := s.SaveFold(ctx, old); err != nil {
		t.Fatal(err)
	}
	is := func(want ledger.Fold) {
		t.Helper()
		got, err := other.Folded(ctx)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	}
	is(old)
	newer := ledger.Fold{
		Seq: 4, Hash: ledger.Hash{4, 31: 4}, Accounts: []ledger.FoldedAccount{account(1, "x", 2), account(3, "y", 0)},
		Limits: []ledger.FoldedLimit{{No: 2, Limit: ledger.Limit{Name: "l", PerParty: true, Max: 7}}},
		Usages: []ledger.FoldedUsage{{LimitNo: 2, Party: "p", Used: 1}, {LimitNo: 2, Party: "q", Used: 2}},
		Open:   []int64{4}, Closed: []int64{1, 2, 99}, Corrected: []ledger.FoldedCorrection{{Seq: 1, Amount: 6}},
	}
	if err := other.SaveFold(ctx, newer); err != nil {
		t.Fatal(err)
	}
	newer.Closed = nil
	is(newer)
	if err := s.SaveFold(ctx, old); err != nil { // late: it changes nothing
		t.Fatal(err)
	}
	is(newer)
}

func accounts(t *testing.T, s, _ ledger.Store) {
	ctx := context.Background()
	f := ledger.Fold{Seq: 1}
	for i := range 300 {
		a := ledger.FoldedAccount{No: int64(i + 1)}
		a.Name = fmt.Sprintf("payable/%03d", i)
		a.Terms = fmt.Sprintf(`{"name":%q,"asset":"CNY"}`, a.Name)
		f.Accounts = append(f.Accounts, a)
	}
	f.Accounts[299].Name, f.Accounts[299].Terms = "paid/100%_", `{"name":"paid/100%_","asset":"CNY"}`
	if err := s.SaveFold(ctx, f); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		prefix, contains, after string
		most                    int
		first                   string
		n                       int
	}{
		{"", "", "", 1000, "paid/100%_", 300},
		{"payable/", "", "", 1000, "payable/000", 299},
		{"payable/", "", "payable/009", 5, "payable/010", 5},
		{"", "07", "", 1000, "payable/007", 13},
		{"", "0%_", "", 1000, "paid/100%_", 1}, // no wildcards
		{"x", "", "", 1000, "", 0},
	} {
		got, err := s.Accounts(ctx, c.prefix, c.contains, c.after, c.most)
		if err != nil || len(got) != c.n || (c.n > 0 && got[0].Name != c.first) {
			t.Errorf("%+v: %d accounts, %v", c, len(got), err)
		}
	}
}
