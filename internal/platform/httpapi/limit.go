package httpapi

import (
	"sync"

	"golang.org/x/time/rate"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// limiterKeys bounds one generation of a limiter.
const limiterKeys = 20_000

// limiter is a token bucket a key. Its memory is bounded: when the young
// generation is full it becomes the old one, and the old one is forgotten.
// A key that keeps coming moves along; one that is forgotten starts full.
type limiter struct {
	rate  Rate
	clock clock.Clock

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newLimiter(r Rate, c clock.Clock) *limiter {
	return &limiter{rate: r, clock: c, young: map[string]*rate.Limiter{}}
}

func (l *limiter) allow(key string) bool {
	return l.bucket(key).AllowN(l.clock.Now(), 1)
}

func (l *limiter) bucket(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.young[key]; ok {
		return b
	}
	b, ok := l.old[key]
	if !ok {
		b = rate.NewLimiter(l.rate.PerSecond, l.rate.Burst)
	}
	if len(l.young) >= limiterKeys {
		l.old, l.young = l.young, map[string]*rate.Limiter{}
	}
	l.young[key] = b
	return b
}
