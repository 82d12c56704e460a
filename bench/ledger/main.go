// Command ledger (bench/ledger) compares the ledger with the plain design,
// one transaction a transfer, under one load on one hot budget: 5% repeated
// ids, 2% over the limit, every answer durable. It prints a table.
//
//	go run ./bench/ledger
//	go run ./bench/ledger -databases sqlite -for 5s -rounds 5
//	go run ./bench/ledger -grow 10000000    (long: throughput as the journal grows)
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

type options struct {
	databases string
	length    time.Duration
	rounds    int
	grow      int
	profile   string
	only      string
	clients   []int
	tuning    ledger.Tuning
}

func main() {
	var o options
	flag.StringVar(&o.databases, "databases", "sqlite,postgres", "which databases")
	flag.DurationVar(&o.length, "for", 1500*time.Millisecond, "length of one run")
	flag.IntVar(&o.rounds, "rounds", 5, "runs; the median is shown")
	flag.IntVar(&o.grow, "grow", 0, "grow the journal to this many entries and measure on the way")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the ledger's runs")
	flag.StringVar(&o.only, "only", "", "run only: plain, ledger, bulk")
	clients := flag.String("clients", "16,64", "how many clients, one transfer a call")
	flag.DurationVar(&o.tuning.Gather, "gather", 0, "longest wait for company; 0 is the ledger's own")
	flag.Parse()
	for _, n := range strings.Split(*clients, ",") {
		count, err := strconv.Atoi(n)
		if err != nil || count < 1 {
			fmt.Fprintf(os.Stderr, "-clients %q: write numbers separated by commas\n", *clients)
			os.Exit(2)
		}
		o.clients = append(o.clients, count)
	}
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("%s, %d cores, synchronous FULL / on; median of %d runs of %s\n\n", runtime.Version(), runtime.NumCPU(), o.rounds, o.length)
	for _, name := range strings.Split(o.databases, ",") {
		b, err := openBench(ctx, name, o.tuning)
		if err != nil {
			return err
		}
		if o.grow > 0 {
			err = b.growth(ctx, o)
		} else {
			err = b.table(ctx, o)
		}
		b.close()
		if err != nil {
			return err
		}
	}
	return nil
}

type bench struct {
	name, version string
	dsn           string
	plain         *plain
	plainDB       *db.DB
	ledger        *ledger.Ledger
	cleanup       []func()
}

func (b *bench) close() {
	for _, c := range slices.Backward(b.cleanup) {
		c()
	}
}

func openBench(ctx context.Context, name string, tuning ledger.Tuning) (*bench, error) {
	b := &bench{name: name}
	var plainDSN string
	switch name {
	case "sqlite":
		dir, err := os.MkdirTemp("", "qianmo-bench-")
		if err != nil {
			return nil, err
		}
		b.cleanup = append(b.cleanup, func() { _ = os.RemoveAll(dir) })
		b.dsn, plainDSN = filepath.Join(dir, "ledger.db"), filepath.Join(dir, "plain.db")
	case "postgres":
		admin, err := postgres()
		if err != nil {
			return nil, err
		}
		if b.dsn, err = b.database(ctx, admin); err != nil {
			return nil, err
		}
		plainDSN = b.dsn
	default:
		return nil, fmt.Errorf("no database %q", name)
	}
	d, err := db.Open(ctx, plainDSN)
	if err != nil {
		return nil, err
	}
	b.plainDB = d
	b.cleanup = append(b.cleanup, func() { _ = d.Close() })
	query := `select sqlite_version()`
	if d.Dialect == db.Postgres {
		query = `select split_part(version(), ' ', 2)`
	}
	if err := d.Writer().QueryRowContext(ctx, query).Scan(&b.version); err != nil {
		return nil, err
	}
	if b.plain, err = openPlain(ctx, d, accountNames(), hotAccount, budgetFen); err != nil {
		return nil, err
	}
	return b, b.openLedger(ctx, tuning)
}

func postgres() (string, error) {
	if dsn := os.Getenv("QIANMO_TEST_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	_, here, _, _ := runtime.Caller(0)
	out, err := exec.Command("bash", filepath.Join(filepath.Dir(here), "../../test/postgres.sh")).Output()
	return strings.TrimSpace(string(out)), err
}

// database creates a database of its own for the run.
func (b *bench) database(ctx context.Context, admin string) (string, error) {
	d, err := db.Open(ctx, admin)
	if err != nil {
		return "", err
	}
	name := "bench_" + ident.Secret(8)
	if _, err := d.Writer().ExecContext(ctx, "create database "+name); err != nil {
		return "", err
	}
	b.cleanup = append(b.cleanup, func() {
		_, _ = d.Writer().Exec("drop database " + name + " with (force)")
		_ = d.Close()
	})
	return strings.Replace(admin, "/postgres?", "/"+name+"?", 1), nil
}

func (b *bench) openLedger(ctx context.Context, tuning ledger.Tuning) error {
	store, err := sqlstore.Open(ctx, b.dsn)
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, store, clock.System{}, slog.Default(), tuning)
	if err != nil {
		return err
	}
	b.ledger = l
	b.cleanup = append(b.cleanup, func() { _ = l.Close() })
	accounts := []ledger.Account{{Name: "source", Asset: ledger.CNY, Overdraft: true}}
	for _, name := range accountNames() {
		accounts = append(accounts, ledger.Account{Name: name, Asset: ledger.CNY})
	}
	if err := l.OpenAccounts(ctx, accounts...); err != nil {
		return err
	}
	_, err = l.One(ctx, ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: hotAccount, Amount: money.Fen(budgetFen)})
	return err
}

func (b *bench) askPlain(ctx context.Context, ops []op) ([]bool, error) {
	yes := make([]bool, len(ops))
	for i, o := range ops {
		var err error
		if yes[i], err = b.plain.apply(ctx, o); err != nil {
			return nil, err
		}
	}
	return yes, nil
}

func (b *bench) askLedger(ctx context.Context, ops []op) ([]bool, error) {
	transfers := make([]ledger.Transfer, len(ops))
	for i, o := range ops {
		transfers[i] = o.transfer()
	}
	answers, err := b.ledger.Apply(ctx, transfers)
	if err != nil {
		return nil, err
	}
	yes := make([]bool, len(ops))
	for i, a := range answers {
		yes[i] = a.Err == nil
		if a.Err != nil && a.Outcome == ledger.Accepted {
			return nil, a.Err // not recorded: the load is wrong
		}
	}
	return yes, nil
}

// median runs a load several times and returns the run of median throughput.
func (b *bench) median(ctx context.Context, o options, label string, clients, perCall int, ask func(context.Context, []op) ([]bool, error)) (result, error) {
	var runs []result
	for n := range o.rounds {
		r, err := drive(ctx, fmt.Sprintf("%s%d-%d-%d", label, clients, perCall, n), clients, perCall, o.length, ask)
		if err != nil {
			return r, err
		}
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(x, y result) int { return int(x.perSecond - y.perSecond) })
	return runs[len(runs)/2], nil
}

func (b *bench) table(ctx context.Context, o options) error {
	fmt.Printf("%s %s\n%-34s %12s %9s %9s %9s %7s %7s\n", b.name, b.version, "", "transfers/s", "p50 ms", "p99 ms", "max ms", "CPU µs", "ratio")
	row := func(label string, r result, ratio float64) {
		fmt.Printf("%-34s %12.0f %9.2f %9.2f %9.2f %7.1f", label, r.perSecond, ms(r.p50), ms(r.p99), ms(r.max), ms(r.cpu)*1000)
		if ratio > 0 {
			fmt.Printf(" %6.1f×", ratio)
		}
		fmt.Println()
	}
	for _, clients := range o.clients {
		var base float64
		if o.only == "" || o.only == "plain" {
			p, err := b.median(ctx, o, "p", clients, 1, b.askPlain)
			if err != nil {
				return err
			}
			base = p.perSecond
			row(fmt.Sprintf("plain, %d clients", clients), p, 0)
		}
		if o.only == "" || o.only == "ledger" {
			l, err := b.median(ctx, o, "l", clients, 1, b.askLedger)
			if err != nil {
				return err
			}
			ratio := 0.0
			if base > 0 {
				ratio = l.perSecond / base
			}
			row(fmt.Sprintf("ledger, %d clients", clients), l, ratio)
		}
	}
	if o.only == "" || o.only == "bulk" {
		l, err := b.median(ctx, o, "b", 64, 64, b.askLedger)
		if err != nil {
			return err
		}
		row("ledger, 64 clients × 64 a call", l, 0)
	}
	return b.verify(ctx)
}

func (b *bench) verify(ctx context.Context) error {
	start := time.Now()
	report, err := b.ledger.Verify(ctx)
	if err != nil {
		return err
	}
	if !report.OK() {
		return fmt.Errorf("the books do not add up: %v", report.Findings)
	}
	fmt.Printf("verified %d entries in %.1f s\n\n", report.Entries, time.Since(start).Seconds())
	return nil
}

// growth fills the journal in bulk and measures 64 single clients on the way.
func (b *bench) growth(ctx context.Context, o options) error {
	fmt.Printf("%s %s\n%12s %14s %14s %9s\n", b.name, b.version, "entries", "64 clients/s", "bulk/s", "p99 ms")
	for next, run := 10_000, 0; ; next, run = next*10, run+1 {
		next = min(next, o.grow)
		var bulk result
		for part := 0; ; part++ {
			head, err := b.ledger.Head(ctx)
			if err != nil {
				return err
			}
			if head.Seq >= int64(next) {
				break
			}
			if bulk, err = drive(ctx, fmt.Sprintf("g%d-%d", run, part), 64, 64, 250*time.Millisecond, b.askLedger); err != nil {
				return err
			}
		}
		head, err := b.ledger.Head(ctx)
		if err != nil {
			return err
		}
		single, err := b.median(ctx, o, fmt.Sprintf("s%d", run), 64, 1, b.askLedger)
		if err != nil {
			return err
		}
		fmt.Printf("%12d %14.0f %14.0f %9.2f\n", head.Seq, single.perSecond, bulk.perSecond, ms(single.p99))
		if next == o.grow {
			return b.verify(ctx)
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
