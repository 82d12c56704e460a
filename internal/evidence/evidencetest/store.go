// Package evidencetest is the suite that every evidence store passes.
package evidencetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Made-up organisations whose check characters are right.
const (
	SubjectA = ident.CreditCode("91520115MA6DTE8T0T")
	SubjectB = ident.CreditCode("91520100MA6QM0001E")
)

// Start is the instant at which the tests' clocks stand.
var Start = time.Date(2025, 6, 30, 9, 0, 0, 0, clock.Shanghai)

// NewService returns a service on a store with a clock and ids of its own.
func NewService(store evidence.Store) *evidence.Service {
	return &evidence.Service{Store: store, Clock: clock.NewManual(Start), IDs: new(ident.Sequence), Random: rand.Reader}
}

// Cost returns a fact of kind cost.model_construction, not yet normalised.
func Cost(id string, subject ident.CreditCode, yuan string, occurred clock.Date) evidence.Fact {
	return evidence.Fact{ID: id, Kind: "cost.model_construction", Subject: subject, Object: "model-a", Quantity: yuan, Occurred: occurred, Attestor: evidence.Auditor}
}

// RunStore runs the suite; each runs one test on an empty store of every
// implementation.
func RunStore(t *testing.T, each func(t *testing.T, test func(*testing.T, evidence.Store))) {
	for name, test := range map[string]func(*testing.T, evidence.Store){
		"append writes facts with their entries":     appendWrites,
		"append joins the caller's transaction":      appendJoins,
		"append is idempotent by id":                 appendIdempotent,
		"a correction replaces its original":         corrections,
		"a correction is refused":                    correctionsRefused,
		"a second correction of a fact is refused":   correctedTwice,
		"list pages by day and id":                   listPages,
		"list searches names and objects":            listByText,
		"aggregates are exact and heed corrections":  aggregates,
		"the outbox keeps order and seals once":      outbox,
		"digests are kept and sealed":                digests,
		"audit sees each fact as it is stored":       audit,
		"an import is staged and finished once":      imports,
		"more rows than one statement can carry":     manyRows,
		"facts survive odd but lawful text unharmed": oddText,
	} {
		t.Run(name, func(t *testing.T) { each(t, test) })
	}
}

func appendWrites(t *testing.T, store evidence.Store) {
	s := NewService(store)
	in := Cost("", SubjectA, "100", "2025-03-01")
	in.Proof = fmt.Sprintf("%064x", 7)
	written := mustAppend(t, s, in)
	f := written[0]
	if f.ID == "" || !f.Recorded.Equal(Start) || f.Quantity != "100.00" || f.Unit != "CNY" {
		t.Fatalf("written: %+v", f)
	}
	r, err := s.Get(t.Context(), f.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, r.Fact); diff != "" {
		t.Fatal(diff)
	}
	if len(r.Seal.Salt) != evidence.SaltSize || r.Seal.Leaf != evidence.LeafOf(r.Seal.Salt, f.Canonical()) || r.Seal.Index != nil || r.CorrectedBy != "" {
		t.Fatalf("seal: %+v", r.Seal)
	}
	if _, err := s.Get(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("an unknown id: %v", err)
	}
}

func appendJoins(t *testing.T, store evidence.Store) {
	s := NewService(store)
	boom := errors.New("the caller's own write failed")
	err := store.InTx(t.Context(), func(ctx context.Context) error {
		if _, err := s.Append(ctx, []evidence.Fact{Cost("f1", SubjectA, "1", "2025-03-01")}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if entries, err := store.Pending(t.Context(), 10); err != nil || len(entries) != 0 {
		t.Fatalf("an entry outlived its transaction: %v %v", entries, err)
	}
	if _, err := s.Get(t.Context(), "f1"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a fact outlived its transaction: %v", err)
	}
}

func appendIdempotent(t *testing.T, store evidence.Store) {
	s := NewService(store)
	first := mustAppend(t, s, Cost("f1", SubjectA, "1", "2025-03-01"))
	s.Clock = clock.NewManual(Start.Add(time.Hour))
	again := mustAppend(t, s, Cost("f1", SubjectA, "1.00", "2025-03-01"), Cost("f2", SubjectA, "2", "2025-03-01"))
	if diff := cmp.Diff(first[0], again[0]); diff != "" {
		t.Fatalf("the first answer was not given again: %s", diff)
	}
	_, err := s.Append(t.Context(), []evidence.Fact{Cost("f1", SubjectA, "3", "2025-03-01")})
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("other content under the same id: %v", err)
	}
	if n := len(pending(t, store)); n != 2 {
		t.Fatalf("%d entries for 2 facts", n)
	}
}

func corrections(t *testing.T, store evidence.Store) {
	s := NewService(store)
	fix := func(id, corrects, yuan string, day clock.Date) evidence.Fact {
		f := Cost(id, SubjectA, yuan, day)
		f.Corrects = corrects
		return f
	}
	mustAppend(t, s, Cost("a", SubjectA, "10", "2025-03-01"), Cost("b", SubjectA, "20", "2025-03-02"), fix("a2", "a", "11", "2025-03-03"))
	mustAppend(t, s, fix("a3", "a2", "12", "2025-04-01"), fix("b2", "b", "0", "2025-03-02"))
	if got := effective(t, s, evidence.Query{Subject: SubjectA}); !slices.Equal(got, []string{"a3"}) {
		t.Fatalf("effective: %v", got)
	}
	mustAppend(t, s, fix("b3", "b2", "25", "2025-03-02"))
	if got := effective(t, s, evidence.Query{Subject: SubjectA}); !slices.Equal(got, []string{"a3", "b3"}) {
		t.Fatalf("after the withdrawal was taken back: %v", got)
	}
	if got := effective(t, s, evidence.Query{To: "2025-03-31"}); !slices.Equal(got, []string{"b3"}) {
		t.Fatalf("a correction moves the day: %v", got)
	}
	r, err := s.Get(t.Context(), "a")
	if err != nil || r.CorrectedBy != "a2" {
		t.Fatalf("%+v %v", r, err)
	}
}

func correctionsRefused(t *testing.T, store evidence.Store) {
	s := NewService(store)
	mustAppend(t, s, Cost("a", SubjectA, "10", "2025-03-01"))
	for name, f := range map[string]evidence.Fact{
		"of nothing":          {ID: "x", Corrects: "none", Kind: "cost.model_construction", Subject: SubjectA, Quantity: "1", Occurred: "2025-03-01", Attestor: evidence.Auditor},
		"of another's fact":   {ID: "x", Corrects: "a", Kind: "cost.model_construction", Subject: SubjectB, Quantity: "1", Occurred: "2025-03-01", Attestor: evidence.Auditor},
		"of another kind":     {ID: "x", Corrects: "a", Kind: "cost.platform_investment", Subject: SubjectA, Quantity: "1", Occurred: "2025-03-01", Attestor: evidence.Auditor},
		"by another attestor": {ID: "x", Corrects: "a", Kind: "cost.model_construction", Subject: SubjectA, Quantity: "0", Occurred: "2025-03-01", Attestor: evidence.Applicant},
		"of tomorrow's facts": {ID: "x", Kind: "cost.platform_investment", Subject: SubjectA, Quantity: "1", Occurred: "2025-07-01", Attestor: evidence.Auditor},
	} {
		if _, err := s.Append(t.Context(), []evidence.Fact{f}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, b := Cost("p", SubjectA, "1", "2025-03-01"), Cost("q", SubjectA, "1", "2025-03-01")
	a.Corrects, b.Corrects = "q", "p"
	if _, err := s.Append(t.Context(), []evidence.Fact{a, b}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a circle: %v", err)
	}
	if n := len(pending(t, store)); n != 1 {
		t.Fatalf("%d entries for 1 fact", n)
	}
}

func correctedTwice(t *testing.T, store evidence.Store) {
	s := NewService(store)
	first, second := Cost("b", SubjectA, "2", "2025-03-01"), Cost("c", SubjectA, "3", "2025-03-01")
	first.Corrects, second.Corrects = "a", "a"
	mustAppend(t, s, Cost("a", SubjectA, "1", "2025-03-01"), first)
	if _, err := s.Append(t.Context(), []evidence.Fact{second}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("later: %v", err)
	}
	third := second
	third.ID, second.Corrects, third.Corrects = "d", "b", "b"
	if _, err := s.Append(t.Context(), []evidence.Fact{second, third}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("in one list: %v", err)
	}
	mustAppend(t, s, first) // the repeat of a correction is no second one
}

func listPages(t *testing.T, store evidence.Store) {
	s := NewService(store)
	var want []string
	for i := range 7 {
		day := clock.Date("2025-03-01").AddDays(i / 3)
		mustAppend(t, s, Cost(fmt.Sprint("f", i), SubjectA, "1", day), Cost(fmt.Sprint("other", i), SubjectB, "1", day))
		want = append([]string{fmt.Sprint("f", i)}, want...)
	}
	var got []string
	q := evidence.Query{Subject: SubjectA, Kinds: []string{"org.credit", "cost.model_construction"}, Limit: 2}
	for {
		records, next, err := s.List(t.Context(), q)
		if err != nil || len(records) > 2 {
			t.Fatal(len(records), err)
		}
		for _, r := range records {
			got = append(got, r.ID)
		}
		if next == nil {
			break
		}
		q.After = next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	before, err := s.Extent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, Cost("late", SubjectB, "1", "2025-01-01")) // an early day, written last
	after, err := s.Extent(t.Context())
	if err != nil || after.Facts != before.Facts+1 || after.Last <= before.Last {
		t.Fatalf("%+v after %+v, %v", after, before, err)
	}
	var since, all []int64
	places := func(to *[]int64) func(evidence.Record) error {
		return func(r evidence.Record) error { *to = append(*to, r.Seal.Seq); return nil }
	}
	if err := s.Written(t.Context(), before.Last, after.Last, places(&since)); err != nil || !slices.Equal(since, []int64{after.Last}) {
		t.Fatalf("written since: %v, %v", since, err)
	}
	if err := s.Written(t.Context(), 0, before.Last, places(&all)); err != nil || int64(len(all)) != before.Facts || !slices.IsSorted(all) || slices.Contains(all, after.Last) {
		t.Fatalf("written before: %v, %v", all, err)
	}
	if records, _, err := s.List(t.Context(), evidence.Query{From: "2025-03-02", To: "2025-03-02"}); err != nil || len(records) != 6 {
		t.Fatalf("one day: %d, %v", len(records), err)
	}
	if _, _, err := s.List(t.Context(), evidence.Query{Kinds: []string{"nope"}, From: "x"}); !fault.Is(err, fault.Invalid) || len(fault.From(err).Fields) != 2 {
		t.Fatalf("a bad query: %v", err)
	}
}

func listByText(t *testing.T, store evidence.Store) {
	s := NewService(store)
	named := func(id, object string) evidence.Fact {
		f := Cost(id, SubjectA, "1", "2025-03-01")
		f.Object = object
		return f
	}
	mustAppend(t, s, named("f1", "100%_a"), named("f2", "100xya"), named("f3", `back\slash`))
	for text, want := range map[string][]string{
		"100": {"f1", "f2"}, "%_": {"f1"}, `k\s`: {"f3"}, "f2": {"f2"}, "模型建设": {"f1", "f2", "f3"}, "MODEL CONSTRUCTION": {"f1", "f2", "f3"}, "nothing": nil,
	} {
		if got := effective(t, s, evidence.Query{Text: text}); !slices.Equal(got, want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func aggregates(t *testing.T, store evidence.Store) {
	s := NewService(store)
	use := func(id, seconds string) evidence.Fact {
		return evidence.Fact{ID: id, Kind: "compute.used", Subject: SubjectA, Object: "job", Quantity: seconds, Occurred: "2025-05-01", Attestor: evidence.Meter}
	}
	fix := Cost("c3", SubjectA, "92233720368547758.07", "2025-03-02")
	fix.Corrects = "c2"
	mustAppend(t, s, use("u1", "0.1"), use("u2", "0.2"), use("u3", "999999999999999999999999"),
		Cost("c1", SubjectA, "92233720368547758.07", "2025-03-01"), Cost("c2", SubjectA, "5", "2025-03-01"), fix,
		Cost("d1", SubjectB, "0.01", "2024-12-31"), Cost("d2", SubjectB, "0.02", "2025-01-01"))
	for _, c := range []struct {
		q    evidence.Query
		want []evidence.Aggregate
	}{
		{evidence.Query{From: "2025-01-01", To: "2025-12-31"}, []evidence.Aggregate{
			{Subject: SubjectB, Kind: "cost.model_construction", Unit: "CNY", Total: "0.02", Count: 1},
			{Subject: SubjectA, Kind: "compute.used", Unit: "device-seconds", Total: "999999999999999999999999.3", Count: 3},
			{Subject: SubjectA, Kind: "cost.model_construction", Unit: "CNY", Total: "184467440737095516.14", Count: 2},
		}},
		{evidence.Query{Subject: SubjectB}, []evidence.Aggregate{{Subject: SubjectB, Kind: "cost.model_construction", Unit: "CNY", Total: "0.03", Count: 2}}},
		{evidence.Query{Kinds: []string{"org.credit"}}, nil},
	} {
		got, err := s.Aggregates(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func outbox(t *testing.T, store evidence.Store) {
	s := NewService(store)
	mustAppend(t, s, Cost("f1", SubjectA, "1", "2025-03-01"), Cost("f2", SubjectA, "2", "2025-03-01"))
	mustAppend(t, s, Cost("f0", SubjectA, "3", "2025-03-01"))
	entries := pending(t, store)
	if refs := refsOf(entries); !slices.Equal(refs, []string{"f1", "f2", "f0"}) {
		t.Fatalf("order: %v", refs)
	}
	count, oldest, err := store.Backlog(t.Context())
	if err != nil || count != 3 || !oldest.Equal(Start) {
		t.Fatal(count, oldest, err)
	}
	found, ok, err := store.ByLeaf(t.Context(), entries[1].Leaf)
	if err != nil || !ok || found.Ref != "f2" || !bytes.Equal(found.Salt, entries[1].Salt) {
		t.Fatal(found, ok, err)
	}
	at := func(e evidence.Entry, index uint64) evidence.Entry { e.Index = &index; return e }
	first := []evidence.Entry{at(entries[0], 0), at(entries[1], 1)}
	if err := store.RecordSealed(t.Context(), first, Start); err != nil {
		t.Fatal(err)
	}
	if err := store.RecordSealed(t.Context(), []evidence.Entry{at(entries[0], 7)}, Start); !fault.Is(err, fault.Conflict) {
		t.Fatalf("sealed twice: %v", err)
	}
	if err := store.RecordSealed(t.Context(), []evidence.Entry{at(entries[2], 1)}, Start); !fault.Is(err, fault.Conflict) {
		t.Fatalf("one index for two: %v", err)
	}
	if e, ok, err := store.ByLeaf(t.Context(), entries[1].Leaf); err != nil || !ok || e.Index == nil || *e.Index != 1 {
		t.Fatalf("a sealed leaf: %+v %v", e, err)
	}
	if _, ok, err := store.ByLeaf(t.Context(), evidence.Leaf{}); err != nil || ok {
		t.Fatalf("an unknown leaf was found: %v", err)
	}
	if size, err := store.SealedSize(t.Context()); err != nil || size != 2 {
		t.Fatal(size, err)
	}
	if refs := refsOf(pending(t, store)); !slices.Equal(refs, []string{"f0"}) {
		t.Fatalf("left: %v", refs)
	}
	r, err := s.Get(t.Context(), "f2")
	if err != nil || r.Seal.Index == nil || *r.Seal.Index != 1 || !r.Seal.Sealed.Equal(Start) {
		t.Fatalf("%+v %v", r.Seal, err)
	}
}

func digests(t *testing.T, store evidence.Store) {
	s := NewService(store)
	manual := clock.NewManual(Start)
	s.Clock = manual
	for _, v := range []string{"one", "two"} {
		if err := s.SealDigest(t.Context(), "ledger.head", v); err != nil {
			t.Fatal(err)
		}
		manual.Advance(time.Second)
	}
	if err := s.SealDigest(t.Context(), "Ledger Head", ""); !fault.Is(err, fault.Invalid) || len(fault.From(err).Fields) != 2 {
		t.Fatalf("a bad digest: %v", err)
	}
	e := pending(t, store)[0]
	index := uint64(0)
	e.Index = &index
	if err := store.RecordSealed(t.Context(), []evidence.Entry{e}, Start); err != nil {
		t.Fatal(err)
	}
	got, err := store.Digests(t.Context(), "ledger.head", 5)
	if err != nil || len(got) != 2 || got[0].Value != "two" || got[0].Index != nil || got[1].Index == nil || *got[1].Index != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	sealed, err := store.Sealed(t.Context(), 0, 5)
	if err != nil || len(sealed) != 1 || sealed[0].Leaf != evidence.LeafOf(sealed[0].Salt, got[1].Canonical()) || !bytes.Equal(sealed[0].Canonical, got[1].Canonical()) {
		t.Fatalf("%+v %v", sealed, err)
	}
}

func audit(t *testing.T, store evidence.Store) {
	s := NewService(store)
	facts := mustAppend(t, s, Cost("f1", SubjectA, "1", "2025-03-01"), Cost("f2", SubjectA, "2", "2025-03-01"))
	e := pending(t, store)[0]
	index := uint64(0)
	e.Index = &index
	if err := store.RecordSealed(t.Context(), []evidence.Entry{e}, Start); err != nil {
		t.Fatal(err)
	}
	sealed, err := store.Sealed(t.Context(), 0, 5)
	if err != nil || len(sealed) != 1 || string(sealed[0].Canonical) != string(facts[0].Canonical()) {
		t.Fatalf("%+v %v", sealed, err)
	}
	if sealed, err = store.Sealed(t.Context(), 1, 5); err != nil || len(sealed) != 0 {
		t.Fatal(sealed, err)
	}
	unsealed, err := store.Unsealed(t.Context(), 0, 5)
	if err != nil || len(unsealed) != 1 || string(unsealed[0].Canonical) != string(facts[1].Canonical()) {
		t.Fatalf("%+v %v", unsealed, err)
	}
	if unsealed, err = store.Unsealed(t.Context(), unsealed[0].Seq, 5); err != nil || len(unsealed) != 0 {
		t.Fatal(unsealed, err)
	}
	if ids, err := store.Unlogged(t.Context(), 5); err != nil || len(ids) != 0 {
		t.Fatal(ids, err)
	}
	if f, d, err := store.Counts(t.Context()); err != nil || f != 2 || d != 0 {
		t.Fatal(f, d, err)
	}
}

func imports(t *testing.T, store evidence.Store) {
	im := evidence.Import{ID: "imp", Org: string(SubjectA), Person: "p", Name: "n.csv", Format: "csv", SHA256: "x", Size: 9, State: evidence.ImportPreviewed, Good: 2, Bad: 1, Created: Start}
	f, err := Cost("f1", SubjectA, "1", "2025-03-01").Normalise()
	if err != nil {
		t.Fatal(err)
	}
	problems := []evidence.ImportProblem{{Line: 3, Column: "kind", Value: "x", Message: i18n.T("错", "wrong")}, {Line: 4, Message: i18n.T("又错", "wrong again")}}
	if err := store.InsertImport(t.Context(), im, []evidence.StagedRow{{Line: 2, Fact: f}, {Line: 5, Fact: f}}, problems); err != nil {
		t.Fatal(err)
	}
	got, found, err := store.FindImport(t.Context(), "imp")
	if err != nil || !found || !got.Created.Equal(Start) || !got.Accepted.IsZero() || got.Good != 2 || got.Name != "n.csv" || got.State != evidence.ImportPreviewed {
		t.Fatalf("%+v %v %v", got, found, err)
	}
	rows, err := store.StagedRows(t.Context(), "imp", 2, 10)
	if err != nil || len(rows) != 1 || rows[0].Line != 5 || string(rows[0].Fact.Canonical()) != string(f.Canonical()) {
		t.Fatalf("%+v %v", rows, err)
	}
	read, err := store.ImportProblems(t.Context(), "imp", 1, 10)
	if err != nil || len(read) != 1 || read[0] != problems[1] {
		t.Fatalf("%+v %v", read, err)
	}
	im.State, im.Accepted, im.Written = evidence.ImportAccepted, Start, 2
	if err := store.FinishImport(t.Context(), im); err != nil {
		t.Fatal(err)
	}
	if err := store.FinishImport(t.Context(), im); !fault.Is(err, fault.Conflict) {
		t.Fatalf("finished twice: %v", err)
	}
	if rows, err := store.StagedRows(t.Context(), "imp", 0, 10); err != nil || len(rows) != 0 {
		t.Fatal(rows, err)
	}
	if got, _, _ := store.FindImport(t.Context(), "imp"); got.Written != 2 || !got.Accepted.Equal(Start) {
		t.Fatalf("%+v", got)
	}
	if _, found, err := store.FindImport(t.Context(), "none"); err != nil || found {
		t.Fatal(found, err)
	}
}

func manyRows(t *testing.T, store evidence.Store) {
	s := NewService(store)
	facts := make([]evidence.Fact, 1201)
	for i := range facts {
		facts[i] = Cost(fmt.Sprintf("f%05d", i), SubjectA, "0.01", "2025-03-01")
	}
	mustAppend(t, s, facts...)
	mustAppend(t, s, facts...)
	got, err := s.Aggregates(t.Context(), evidence.Query{Subject: SubjectA})
	if err != nil || len(got) != 1 || got[0].Total != "12.01" || got[0].Count != 1201 {
		t.Fatal(got, err)
	}
	known, err := s.Known(t.Context(), SubjectA, "2025-03-01")
	if err != nil || len(known) != 1201 {
		t.Fatal(len(known), err)
	}
}

func oddText(t *testing.T, store evidence.Store) {
	s := NewService(store)
	f := Cost("it's", SubjectA, "1", "2025-03-01")
	f.Object = `'"\</script>&模型 A` + "\u2028𠮷"
	f.Attributes = map[string]string{"model": `%s ? $1`}
	written := mustAppend(t, s, f)
	r, err := s.Get(t.Context(), "it's")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written[0].Canonical()), string(r.Canonical())); diff != "" {
		t.Fatal(diff)
	}
}

func mustAppend(t *testing.T, s *evidence.Service, facts ...evidence.Fact) []evidence.Fact {
	t.Helper()
	out, err := s.Append(t.Context(), facts)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pending(t *testing.T, store evidence.Store) []evidence.Entry {
	t.Helper()
	entries, err := store.Pending(t.Context(), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func effective(t *testing.T, s *evidence.Service, q evidence.Query) []string {
	t.Helper()
	q.Effective = true
	records, _, err := s.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

func refsOf(entries []evidence.Entry) (refs []string) {
	for _, e := range entries {
		refs = append(refs, e.Ref)
	}
	return refs
}
