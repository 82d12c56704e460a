package work

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Courtesy (让路) lets people go first: long work in the background, such as
// reading a million facts into memory after a start, waits at its next step while
// a request is being answered. It never waits long, so that the work ends under
// any load. The zero value is ready.
type Courtesy struct {
	mu        sync.Mutex
	answering int
	idle      chan struct{} // closed when nothing is being answered any more
}

// patience is how long one step waits at most. Steps read a page of rows, which
// takes about as long: under full load the work keeps half its speed.
const patience = 20 * time.Millisecond

// Answer is the handler, counted.
func (c *Courtesy) Answer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer c.begin()()
		next.ServeHTTP(w, r)
	})
}

func (c *Courtesy) begin() (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answering++; c.answering == 1 {
		c.idle = make(chan struct{})
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.answering--; c.answering == 0 {
			close(c.idle)
		}
	}
}

type courtesyKey struct{}

// Background is the context of work that gives way to what is being answered.
func (c *Courtesy) Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, courtesyKey{}, c)
}

// GiveWay waits a little while people are being answered. Loops over many rows
// call it between pages, outside transactions; in the context of a request, which
// somebody waits for, it does nothing.
func GiveWay(ctx context.Context) {
	c, background := ctx.Value(courtesyKey{}).(*Courtesy)
	if !background {
		return
	}
	c.mu.Lock()
	idle, busy := c.idle, c.answering > 0
	c.mu.Unlock()
	if !busy {
		return
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-idle:
	case <-enough.C:
	case <-ctx.Done():
	}
}
