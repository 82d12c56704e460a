package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/qianmo/qianmo/internal/evidence"
	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/evidence/tilelog"
	"github.com/qianmo/qianmo/internal/ledger"
	ledgersql "github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/exception"
	exceptionsql "github.com/qianmo/qianmo/internal/policy/exception/sqlstore"
	policysql "github.com/qianmo/qianmo/internal/policy/sqlstore"
)

type ledgerCommand struct {
	Verify ledgerVerifyCommand `cmd:"" help:"Recompute every balance and the hash chain; reads only, also beside a running server."`
}

type evidenceCommand struct {
	Verify evidenceVerifyCommand `cmd:"" help:"Recompute every fact's leaf, the tree and the signature; reads only, also beside a running server."`
}

type ledgerVerifyCommand struct{ storeFlags }

func (v *ledgerVerifyCommand) Run(ctx context.Context, c *console) error {
	return reading(ctx, v.storeFlags, func(r reader) error {
		heads, err := sealedHeads(ctx, r.evidence)
		if err != nil {
			return err
		}
		report, err := ledger.Verify(ctx, r.books, heads...)
		if err != nil {
			return err
		}
		body := report.Body(len(heads))
		if err := c.print(body, func(w io.Writer) {
			fmt.Fprintln(w, body.Summary.In(c.lang))
			for _, f := range body.Findings {
				fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", f.Check, f.Seq, f.ID, f.Message.In(c.lang))
			}
		}); err != nil {
			return err
		}
		if !report.OK() {
			return fault.Newf(fault.CheckFailed, "账本核验发现 %d 处不符。", "Verification found %d difference(s) in the books.", len(body.Findings))
		}
		return nil
	})
}

type evidenceVerifyCommand struct{ storeFlags }

func (v *evidenceVerifyCommand) Run(ctx context.Context, c *console) error {
	return reading(ctx, v.storeFlags, func(r reader) error {
		report, err := r.verifier().Verify(ctx)
		if err != nil {
			return err
		}
		if err := c.print(report, func(w io.Writer) {
			fmt.Fprintln(w, i18n.T("核验了 %d 条事实：日志 %d 条，待封存 %d 条，树根 %s。",
				"%d facts verified: %d leaves in the log, %d to be sealed, root %s.", report.Facts, report.Size, report.Pending, report.Root).In(c.lang))
			if report.OK {
				fmt.Fprintln(w, i18n.T("全部相符。", "All of it agrees.").In(c.lang))
			}
			for _, p := range report.Problems {
				fmt.Fprintf(w, "%s\t%s\t%s\n", p.Kind, p.ID, p.Message.In(c.lang))
			}
		}); err != nil {
			return err
		}
		return report.Err()
	})
}

// reader is the stores, opened beside whoever else uses them.
type reader struct {
	folder   *folder
	db       *db.DB
	books    *ledgersql.Store
	evidence *evidencesql.Store
	log      *tilelog.Log
}

func (r reader) verifier() evidence.Verifier { return newVerifier(r.db, r.evidence, r.log) }

// newVerifier recomputes the evidence, and the decisions and exceptions that it seals.
func newVerifier(d *db.DB, store *evidencesql.Store, log *tilelog.Log) evidence.Verifier {
	return evidence.Verifier{Store: store, Log: log, Books: []evidence.Book{
		policy.Decisions{Store: policysql.New(d, clock.System{})}, exception.Book{Store: exceptionsql.New(d, clock.System{})}}}
}

// reading opens what verification needs and nothing that writes.
//
// Codes: not_found when there is no data; unavailable.
func reading(ctx context.Context, s storeFlags, use func(reader) error) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	r := reader{folder: &folder{path: s.Data}}
	main, books := r.folder.database(), r.folder.books()
	if s.DB != "" {
		main, books = s.DB, s.DB
	} else if _, err := os.Stat(main); err != nil {
		return fault.Newf(fault.NotFound, "%s 里没有黔模的数据：请用 --data 指明数据目录。", "There is no Qianmo data in %s: name the data folder with --data.", s.Data).Because(err)
	}
	if r.db, err = db.Open(ctx, main); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.db.Close()) }()
	if r.books, err = ledgersql.Open(ctx, books); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.books.Close()) }()
	if r.log, err = tilelog.Open(tilelog.Config{Folder: r.folder.log(), Keys: r.folder.keys()}); err != nil {
		return err
	}
	r.evidence = evidencesql.New(r.db)
	return use(r)
}

// withProduct opens everything for a command that writes; no server may run on
// the folder meanwhile.
func withProduct(ctx context.Context, s storeFlags, region string, c *console, use func(*product) error) error {
	if err := s.check(); err != nil {
		return err
	}
	f := &folder{path: s.Data}
	_, marked := os.Stat(f.marker())
	p, err := openProduct(ctx, Config{Data: s.Data, DB: s.DB, Region: region, Sandbox: marked == nil, PublicURL: "http://localhost", Log: quietLog(c.err)})
	if err != nil {
		return err
	}
	return errors.Join(use(p), p.close(context.WithoutCancel(ctx)))
}
