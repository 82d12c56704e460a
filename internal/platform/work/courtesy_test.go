package work

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestGiveWay(t *testing.T) {
	for _, c := range []struct {
		name      string
		requests  []time.Duration // how long each takes, all begun before the step
		request   bool            // the step is itself part of a request
		stopAfter time.Duration
		waits     time.Duration
	}{
		{name: "nobody waits"},
		{name: "one is answered", requests: []time.Duration{5 * time.Millisecond}, waits: 5 * time.Millisecond},
		{name: "the last of two is answered", requests: []time.Duration{5 * time.Millisecond, 9 * time.Millisecond}, waits: 9 * time.Millisecond},
		{name: "a long answer does not stop the work", requests: []time.Duration{time.Hour}, waits: patience},
		{name: "a request waits for nobody", requests: []time.Duration{time.Hour}, request: true},
		{name: "the program stops", requests: []time.Duration{time.Hour}, stopAfter: time.Millisecond, waits: time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				var courtesy Courtesy
				var answers sync.WaitGroup
				defer answers.Wait()
				for _, d := range c.requests {
					handler := courtesy.Answer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(d) }))
					answers.Go(func() { handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)) })
				}
				synctest.Wait()
				if !c.request {
					ctx = courtesy.Background(ctx)
				}
				if c.stopAfter > 0 {
					time.AfterFunc(c.stopAfter, stop)
				}
				began := time.Now()
				GiveWay(ctx)
				if waited := time.Since(began); waited != c.waits {
					t.Errorf("waited %v, want %v", waited, c.waits)
				}
			})
		})
	}
}

func TestGiveWayAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var courtesy Courtesy
		func() {
			defer func() { _ = recover() }()
			courtesy.Answer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })).
				ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}()
		began := time.Now()
		GiveWay(courtesy.Background(t.Context()))
		if waited := time.Since(began); waited != 0 {
			t.Errorf("a request that panicked is still waited for: %v", waited)
		}
	})
}
