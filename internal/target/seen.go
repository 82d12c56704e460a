package target

import (
	"context"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
)

// seen holds the facts that targets are read from, so that a public page costs
// no query a visitor. Facts are only ever added: while the store reaches
// no further, what was read stands. The zero value is ready.
type seen struct {
	mu     sync.Mutex
	extent evidence.Extent
	loaded bool
	facts  []evidence.Fact
}

// facts returns the effective facts of the kinds that targets are read from, on
// a word that counts. The caller must not change them.
//
// Codes: unavailable.
func (s *Service) facts(ctx context.Context) ([]evidence.Fact, error) {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	extent, err := s.Facts.Extent(ctx) // before the facts: one that comes in between is read next time
	if err != nil || (s.seen.loaded && extent == s.seen.extent) {
		return s.seen.facts, err
	}
	all, err := s.listAll(ctx, evidence.Query{Kinds: readKinds(), Effective: true})
	if err != nil {
		return nil, err
	}
	vocabulary := evidence.CurrentVocabulary()
	var counting []evidence.Fact
	for _, r := range all {
		if kind, err := vocabulary.Kind(r.Kind); err == nil && kind.Counts(r.Attestor) {
			counting = append(counting, r.Fact)
		}
	}
	s.seen.extent, s.seen.loaded, s.seen.facts = extent, true, counting
	return counting, nil
}

// listAll pages through everything that matches.
func (s *Service) listAll(ctx context.Context, q evidence.Query) (all []evidence.Record, err error) {
	for q.Limit = evidence.MaxList; ; {
		records, next, err := s.Facts.List(ctx, q)
		if err != nil {
			return nil, err
		}
		if all = append(all, records...); next == nil {
			return all, nil
		}
		q.After = next
	}
}
