// Command inbox measures the pages that people open all day, on books of a
// million facts and a hundred thousand applications: 50 people at once read
// what waits for them, the list of applications and one application, at a
// person's pace, while the program still reads its memory after the start and
// when it is at rest. It fills a sandbox, multiplies its rows, starts the product on
// them and speaks to it over HTTP, on SQLite and on the tests' PostgreSQL.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/sandbox"
)

const (
	people  = 50
	pace    = 500 * time.Millisecond // between two requests of one person
	busy    = 60 * time.Second       // from the start: the facts are read into memory, the alarms looked for, everybody's matches told
	rest    = 270 * time.Second      // by now all of that was done
	measure = 30 * time.Second
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	fmt.Printf("%-12s %10s %12s  %-24s %8s %8s %8s %10s\n", "database", "facts", "applications", "page", "p50", "p95", "p99", "target p95")
	if err := bench(ctx, "SQLite", "", 100*time.Millisecond); err != nil {
		return err
	}
	dsn, drop, err := postgres(ctx)
	if err != nil {
		return err
	}
	defer drop()
	return bench(ctx, "PostgreSQL", dsn, 150*time.Millisecond)
}

func bench(ctx context.Context, name, dsn string, target time.Duration) error {
	folder, err := os.MkdirTemp("", "qianmo-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	config := app.Config{Data: folder, DB: dsn, Sandbox: true, Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	if err := serve(ctx, config, func(string) error { return nil }); err != nil {
		return fmt.Errorf("filling: %w", err)
	}
	n, err := multiply(ctx, cmp.Or(dsn, folder+"/qianmo.db"))
	if err != nil {
		return fmt.Errorf("multiplying: %w", err)
	}
	return serve(ctx, config, func(address string) error {
		took, err := read(ctx, address)
		if err != nil {
			return err
		}
		for _, page := range slices.Sorted(maps.Keys(took)) {
			t := took[page]
			slices.Sort(t)
			at := func(q float64) string {
				return fmt.Sprintf("%.1f ms", float64(t[int(q*float64(len(t)-1))].Microseconds())/1000)
			}
			fmt.Printf("%-12s %10d %12d  %-24s %8s %8s %8s %10s\n", name, n.facts, n.applications, page, at(0.5), at(0.95), at(0.99), "< "+target.String())
		}
		return nil
	})
}

// serve runs the product while fn speaks to it.
func serve(ctx context.Context, config app.Config, fn func(address string) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- app.Run(ctx, config, func(address, _ string) { ready <- address }) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the product ended before it was ready: %w", err)
	case address := <-ready:
		err := fn(address)
		stop()
		return errors.Join(err, <-ended)
	}
}

// read lets people open pages at their pace and returns how long each took.
func read(ctx context.Context, address string) (map[string][]time.Duration, error) {
	logins := []string{"office", "deputy", "finance", "cashier", "auditor", "firm"}
	began := time.Now()
	var mu sync.Mutex
	took, failed := map[string][]time.Duration{}, error(nil)
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			err := (&reader{address: address, login: logins[i%len(logins)], from: fmt.Sprintf("10.0.0.%d", i+1), dice: rand.New(rand.NewPCG(7, uint64(i)))}).
				work(ctx, began, func(page string, d time.Duration) {
					mu.Lock()
					defer mu.Unlock()
					took[page] = append(took[page], d)
				})
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
		})
	}
	all.Wait()
	return took, failed
}

// reader is one person at a browser of their own.
type reader struct {
	address, login, from string
	dice                 *rand.Rand
	http                 http.Client
	known                []string // ids of applications seen in lists
}

func (r *reader) work(ctx context.Context, began time.Time, took func(page string, d time.Duration)) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	r.http.Jar = jar
	if err := r.signIn(ctx); err != nil {
		return err
	}
	states := []string{"submitted", "accepted", "held", "paid", "refused"}
	for next := time.Now().Add(time.Duration(r.dice.Int64N(int64(pace)))); time.Since(began) < rest+measure; next = next.Add(pace) {
		time.Sleep(time.Until(next))
		page, path := "inbox", "/today"
		switch n := r.dice.IntN(4); {
		case n == 1 || n > 1 && len(r.known) == 0:
			page, path = "applications", "/applications?state="+states[r.dice.IntN(len(states))]
		case n > 1:
			page, path = "application", "/applications/"+r.known[r.dice.IntN(len(r.known))]
		}
		start := time.Now()
		body, err := r.get(ctx, path)
		if err != nil {
			return err
		}
		switch at := start.Sub(began); {
		case at < busy:
			took("starting: "+page, time.Since(start))
		case at > rest:
			took(page, time.Since(start))
		}
		if page == "applications" {
			var list struct{ Items []struct{ ID string } }
			if err := json.Unmarshal(body, &list); err != nil {
				return err
			}
			for _, a := range list.Items {
				r.known = append(r.known, a.ID)
			}
		}
	}
	return nil
}

func (r *reader) signIn(ctx context.Context) error {
	_, err := r.send(ctx, http.MethodPost, "/session", fmt.Sprintf(`{"login":%q,"password":%q}`, r.login, sandbox.Password))
	return err
}

func (r *reader) get(ctx context.Context, path string) ([]byte, error) {
	return r.send(ctx, http.MethodGet, path, "")
}

func (r *reader) send(ctx context.Context, method, path, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.address+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-Forwarded-For", r.from)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s as %s: %d %.200s", path, r.login, res.StatusCode, text)
	}
	return text, err
}
