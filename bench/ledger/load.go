package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// op is one transfer of the load, for either design.
type op struct {
	id, kind, from, to, hold string
	amount                   int64
}

const (
	hotAccount  = "budget/city-520100/2025"
	warm, cold  = 100, 5000
	budgetFen   = int64(1e17)
	overLimit   = budgetFen // an amount that is always refused
	duplicates  = 5         // percent of requests that repeat an earlier id
	overPercent = 2
)

// payables are the accounts that the hot budget pays, the warm ones first.
var payables = func() (names []string) {
	for i := range warm + cold {
		names = append(names, fmt.Sprintf("payable/party-%05d/city-520100/002-2/2025", i))
	}
	return names
}()

func accountNames() []string { return append([]string{hotAccount}, payables...) }

// client makes one client's requests: holds on the hot budget, each later
// posted (four of five) or voided; half of the credits go to 100 warm
// accounts and half to 5,000 cold ones.
type client struct {
	r    *rand.Rand
	name string
	n    int
	past []op
	open []op
}

func newClient(run string, n int) *client {
	return &client{r: rand.New(rand.NewPCG(1, uint64(n))), name: fmt.Sprintf("%s-%03d", run, n)}
}

// next returns a request; fresh is false for a repeated one.
func (c *client) next() (o op, fresh bool) {
	if len(c.past) > 0 && c.r.IntN(100) < duplicates {
		return c.past[c.r.IntN(len(c.past))], false
	}
	c.n++
	id := c.id()
	switch {
	case len(c.open) > 0 && c.r.IntN(2) == 0:
		h := c.open[len(c.open)-1]
		c.open = c.open[:len(c.open)-1]
		o = op{id: id, kind: "post", hold: h.id, amount: h.amount}
		if c.r.IntN(5) == 0 {
			o.kind, o.amount = "void", 0
		}
	default:
		account := c.r.IntN(warm)
		if c.r.IntN(2) == 0 {
			account = warm + c.r.IntN(cold)
		}
		o = op{id: id, kind: "hold", from: hotAccount, to: payables[account], amount: 100 + int64(c.r.IntN(900))}
		if c.r.IntN(100) < overPercent {
			o.amount = overLimit
		}
	}
	return o, true
}

// id is ordered by time, as the product's own are: a millisecond's ids of all
// clients lie close.
func (c *client) id() string {
	b := append(make([]byte, 0, 48), "t_"...)
	b = strconv.AppendInt(b, time.Now().UnixMilli(), 16)
	b = append(append(append(b, '-'), c.name...), '-')
	return string(strconv.AppendInt(b, int64(10_000_000+c.n), 10))
}

// answered remembers an accepted request, to follow it up and to repeat it.
func (c *client) answered(o op, accepted bool) {
	if len(c.past) < 4096 {
		c.past = append(c.past, o)
	} else {
		c.past[c.r.IntN(len(c.past))] = o
	}
	if accepted && o.kind == "hold" {
		c.open = append(c.open, o)
	}
}

func (o op) transfer() ledger.Transfer {
	return ledger.Transfer{ID: o.id, Kind: ledger.Kind(o.kind), From: o.from, To: o.to, Hold: o.hold, Amount: money.Fen(o.amount)}
}

// result is what one run measured.
type result struct {
	perSecond float64
	p50, p99  time.Duration
	max       time.Duration
	cpu       time.Duration // of this process a transfer: clients, ledger and, with SQLite, database
}

// drive runs clients for a while. ask answers a slice of requests at once.
func drive(ctx context.Context, run string, clients, perCall int, length time.Duration, ask func(ctx context.Context, ops []op) ([]bool, error)) (result, error) {
	var accepted atomic.Int64
	var failed atomic.Pointer[error]
	times := make([][]time.Duration, clients)
	var all sync.WaitGroup
	start, spent := time.Now(), cpu()
	for n := range clients {
		all.Go(func() {
			c := newClient(run, n)
			ops, fresh := make([]op, perCall), make([]bool, perCall)
			for time.Since(start) < length && failed.Load() == nil {
				for i := range ops {
					ops[i], fresh[i] = c.next()
				}
				asked := time.Now()
				yes, err := ask(ctx, ops)
				if err != nil {
					failed.Store(&err)
					return
				}
				times[n] = append(times[n], time.Since(asked))
				for i := range ops {
					if fresh[i] {
						c.answered(ops[i], yes[i])
						if yes[i] {
							accepted.Add(1)
						}
					}
				}
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	spent = cpu() - spent
	if err := failed.Load(); err != nil {
		return result{}, *err
	}
	sorted := slices.Concat(times...)
	slices.Sort(sorted)
	at := func(p float64) time.Duration { return sorted[int(p*float64(len(sorted)-1))] }
	return result{perSecond: float64(accepted.Load()) / took.Seconds(), p50: at(0.5), p99: at(0.99), max: at(1), cpu: spent / time.Duration(max(1, accepted.Load()))}, nil
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
