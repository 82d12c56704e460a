package portal

import (
	"sync"
	"time"
)

const (
	shelfTime  = 5 * time.Second // how long a finished page answers the next reader
	shelfPages = 256
)

// shelf keeps finished pages for a moment, so that a crowd at the door costs
// the database one reader. What a visitor typed never comes here.
type shelf struct {
	mu    sync.Mutex
	pages map[string]shelved
}

type shelved struct {
	page *page
	at   time.Time
}

func newShelf() *shelf { return &shelf{pages: map[string]shelved{}} }

func (s *shelf) take(key string, now time.Time) (*page, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, there := s.pages[key]
	if age := now.Sub(kept.at); !there || age < 0 || age > shelfTime {
		return nil, false
	}
	return kept.page, true
}

func (s *shelf) put(key string, p *page, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pages) >= shelfPages {
		clear(s.pages)
	}
	s.pages[key] = shelved{p, now}
}
