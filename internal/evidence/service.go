package evidence

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Service is what other rooms call: write facts, read them, add them up.
type Service struct {
	Store  Store
	Clock  clock.Clock
	IDs    ident.Source
	Random io.Reader // salts; crypto/rand.Reader in production
	// Trail keeps who did what with an import (preview, accept, discard), in the
	// transaction of the act itself; nil keeps nothing.
	Trail func(ctx context.Context, act string, im Import) error
}

func (s *Service) trail(ctx context.Context, act string, im Import) error {
	if s.Trail == nil {
		return nil
	}
	return s.Trail(ctx, act, im)
}

// MaxList bounds one answer of List.
const MaxList = 500

// lookup is how many ids one query asks for.
const lookup = 100

// Append writes facts and their outbox entries in the caller's transaction
// (or in one of its own), all or none, and returns them as written: with id,
// recorded time and canonical values. Ids are the caller's and idempotent: the
// same id with the same content is returned as first written. An empty id is
// made up. A correction names the fact that it replaces; that one must exist,
// speak of the same organisation and kind, and not be corrected yet.
//
// Codes: invalid (paths "facts[i].…"); conflict for an id with other content
// or a second correction; unavailable.
func (s *Service) Append(ctx context.Context, facts []Fact) ([]Fact, error) {
	facts, _, err := s.append(ctx, facts)
	return facts, err
}

// append is Append that also tells how many facts were new.
func (s *Service) append(ctx context.Context, facts []Fact) (_ []Fact, written int, err error) {
	if facts, err = s.prepare(facts); err != nil {
		return nil, 0, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		fresh, err := s.withoutKnown(ctx, facts)
		if err != nil {
			return err
		}
		written = len(fresh)
		if err := s.checkOriginals(ctx, fresh); err != nil {
			return err
		}
		entries := make([]Entry, len(fresh))
		for i, f := range fresh {
			if entries[i], err = s.entry(f.ID, SortFact, f.Canonical()); err != nil {
				return err
			}
		}
		return s.Store.Insert(ctx, fresh, entries)
	})
	if err != nil {
		return nil, 0, err
	}
	return facts, written, nil
}

// prepare normalises and stamps the facts, or names every fault.
func (s *Service) prepare(facts []Fact) ([]Fact, error) {
	var bad fault.Collector
	now := s.Clock.Now()
	out := make([]Fact, len(facts))
	firstWith := make(map[string]int, len(facts))
	for i, f := range facts {
		if f.ID == "" {
			f.ID = s.IDs.New("fact")
		}
		f.Recorded = now
		normal, err := s.check(f)
		bad.Merge(factPath(i), err)
		if first, double := firstWith[f.ID]; double {
			bad.Add(factPath(i)+".id", "编号 %s 与 facts[%d] 重复。", "The id %s is that of facts[%d].", f.ID, first)
		}
		firstWith[f.ID] = i
		out[i] = normal
	}
	return out, bad.Err()
}

// check normalises a fact and refuses the future.
func (s *Service) check(f Fact) (Fact, error) {
	normal, err := f.Normalise()
	if err == nil && f.Occurred > s.Clock.Today() {
		var bad fault.Collector
		bad.Add("occurred", "%s 还没有到：事实只记已经发生的事。", "%s is still to come: facts tell what has happened.", f.Occurred)
		err = bad.Err()
	}
	return normal, err
}

// withoutKnown returns the facts that are not stored yet. Those that are, with
// the same content, take the stored recorded time in facts.
func (s *Service) withoutKnown(ctx context.Context, facts []Fact) ([]Fact, error) {
	ids := make([]string, len(facts))
	for i, f := range facts {
		ids[i] = f.ID
	}
	stored, err := s.byID(ctx, ids)
	if err != nil {
		return nil, err
	}
	fresh := make([]Fact, 0, len(facts))
	for i, f := range facts {
		old, known := stored[f.ID]
		if !known {
			fresh = append(fresh, f)
			continue
		}
		facts[i].Recorded = old.Recorded
		if string(facts[i].Canonical()) != string(old.Canonical()) {
			return nil, fault.Newf(fault.Conflict, "编号 %s 已用于另一条内容不同的事实：更正请用新编号并写明 corrects。", "The id %s belongs to a fact of other content: correct it with a new id that names it in corrects.", f.ID)
		}
	}
	return fresh, nil
}

// checkOriginals checks each correction against what it corrects, which may
// stand in the same list.
func (s *Service) checkOriginals(ctx context.Context, fresh []Fact) error {
	inList := make(map[string]bool, len(fresh))
	for _, f := range fresh {
		inList[f.ID] = true
	}
	var elsewhere []string
	by := make(map[string]string)
	for _, f := range fresh {
		if f.Corrects != "" && !inList[f.Corrects] {
			elsewhere = append(elsewhere, f.Corrects)
			by[f.Corrects] = f.ID
		}
	}
	stored, err := s.byID(ctx, elsewhere)
	if err != nil {
		return err
	}
	all := slices.Clone(fresh)
	for _, r := range stored {
		if r.CorrectedBy != "" && r.CorrectedBy != by[r.ID] {
			message := i18n.T("事实 %[1]s 已由 %[2]s 更正：请更正 %[2]s。", "Fact %[1]s was corrected by %[2]s already: correct %[2]s.", r.ID, r.CorrectedBy)
			return fault.New(fault.Conflict, message, fault.Field{Path: "fact " + by[r.ID] + ".corrects", Message: message})
		}
		r.Corrects = "" // its own chain was checked when it was written
		all = append(all, r.Fact)
	}
	var bad fault.Collector
	checkChains(&bad, func(i int) string { return "fact " + all[i].ID }, all)
	return bad.Err()
}

// Find returns the records of those ids that exist, by id.
//
// Codes: unavailable.
func (s *Service) Find(ctx context.Context, ids []string) (map[string]Record, error) {
	return s.byID(ctx, ids)
}

func (s *Service) byID(ctx context.Context, ids []string) (map[string]Record, error) {
	out := make(map[string]Record, len(ids))
	for chunk := range slices.Chunk(ids, lookup) {
		records, err := s.Store.Find(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			out[r.ID] = r
		}
	}
	return out, nil
}

func (s *Service) entry(ref string, sort EntrySort, canonical []byte) (Entry, error) {
	salt := make([]byte, SaltSize)
	if _, err := io.ReadFull(s.Random, salt); err != nil {
		return Entry{}, fmt.Errorf("salt: %w", err)
	}
	return Entry{Ref: ref, Sort: sort, Salt: salt, Leaf: LeafOf(salt, canonical)}, nil
}

// SealDigest writes a digest of another book into the outbox, in the caller's
// transaction or in one of its own. It fits
// "type sealer interface{ SealDigest(ctx, name, value string) error }".
//
// Codes: invalid; unavailable.
func (s *Service) SealDigest(ctx context.Context, name, value string) error {
	d := Digest{ID: s.IDs.New("digest"), Name: name, Value: value, Recorded: s.Clock.Now().UTC().Truncate(time.Microsecond)}
	if err := d.Validate(); err != nil {
		return err
	}
	e, err := s.entry(d.ID, SortDigest, d.Canonical())
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error { return s.Store.InsertDigest(ctx, d, e) })
}

// Get returns one fact with its seal.
//
// Codes: not_found.
func (s *Service) Get(ctx context.Context, id string) (Record, error) {
	records, err := s.Store.Find(ctx, []string{id})
	if err != nil {
		return Record{}, err
	}
	if len(records) == 0 {
		return Record{}, noFact(id)
	}
	return records[0], nil
}

// List returns records that match, newest day first; next is nil at the end.
//
// Codes: invalid for an unknown kind or day.
func (s *Service) List(ctx context.Context, q Query) (records []Record, next *Position, err error) {
	if err := q.Validate(); err != nil {
		return nil, nil, err
	}
	if q.Limit <= 0 || q.Limit > MaxList {
		q.Limit = MaxList
	}
	limit := q.Limit
	q.Limit++
	if records, err = s.Store.List(ctx, q); err != nil || len(records) <= limit {
		return records, nil, err
	}
	records = records[:limit]
	last := records[limit-1]
	return records, &Position{last.Occurred, last.ID}, nil
}

// Known returns every fact of an organisation that counts on a day: it
// occurred by then, and was neither corrected nor withdrawn. This is what
// rules read.
func (s *Service) Known(ctx context.Context, subject ident.CreditCode, on clock.Date) ([]Fact, error) {
	var facts []Fact
	q := Query{Subject: subject, To: on, Effective: true, Limit: MaxList}
	for {
		records, next, err := s.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			facts = append(facts, r.Fact)
		}
		if next == nil {
			return facts, nil
		}
		q.After = next
	}
}

// Validate reports every fault of the query.
//
// Codes: invalid.
func (q Query) Validate() error {
	var bad fault.Collector
	for _, name := range q.Kinds {
		_, err := CurrentVocabulary().Kind(name)
		bad.Merge("kind", err)
	}
	for path, day := range map[string]clock.Date{"from": q.From, "to": q.To} {
		if day != "" {
			_, err := clock.ParseDate(string(day))
			bad.Merge(path, err)
		}
	}
	return bad.Err()
}

// Aggregate is the exact sum of facts of one organisation, kind and unit.
type Aggregate struct {
	Subject ident.CreditCode `json:"subject"`
	Kind    string           `json:"kind"`
	Unit    string           `json:"unit"`
	Total   string           `json:"total"`
	Count   int64            `json:"count"`
}

// Aggregates adds up the facts that match and count, by organisation, kind and
// unit, sorted so. A correction counts in place of what it corrects, on its
// own day.
//
// Codes: invalid for an unknown kind or day.
func (s *Service) Aggregates(ctx context.Context, q Query) ([]Aggregate, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	q.Effective, q.After, q.Limit = true, nil, 0
	var out []Aggregate
	var totals []accumulator
	err := s.Store.Quantities(ctx, q, func(n Quantity) error {
		if last := len(out) - 1; last < 0 || out[last].Subject != n.Subject || out[last].Kind != n.Kind || out[last].Unit != n.Unit {
			out = append(out, Aggregate{Subject: n.Subject, Kind: n.Kind, Unit: n.Unit})
			totals = append(totals, accumulator{})
		}
		out[len(out)-1].Count++
		return totals[len(totals)-1].add(n.Quantity)
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Total = totals[i].String()
	}
	return out, nil
}

// Written visits the facts behind a place in the outbox up to another, in the
// order in which they were written.
func (s *Service) Written(ctx context.Context, after, upTo int64, visit func(Record) error) error {
	for after < upTo {
		records, err := s.Store.Written(ctx, after, MaxList)
		if err != nil {
			return err
		}
		for _, r := range records {
			if after = r.Seal.Seq; after > upTo {
				return nil
			}
			if err := visit(r); err != nil {
				return err
			}
		}
		if len(records) < MaxList {
			return nil
		}
		work.GiveWay(ctx)
	}
	return nil
}

// Extent says how far the facts reach. They are only ever added, so readers
// that keep some in memory look here for whether there are more, and visit
// those that were written since.
func (s *Service) Extent(ctx context.Context) (Extent, error) { return s.Store.Extent(ctx) }
