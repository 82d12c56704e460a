package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/evidence/tilelog"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	ledgersql "github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	partysql "github.com/qianmo/qianmo/internal/party/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/blob"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/obs"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/migrations"
	"github.com/qianmo/qianmo/regions"
)

// Config says what to run and where.
type Config struct {
	Data      string           // data folder
	DB        string           // "postgres://…"; empty for SQLite in the data folder
	Blobs     string           // "s3://…"; empty for the data folder
	Region    string           // folder of a region pack; empty for the shipped one
	Listen    string           // host:port; port 0 picks a free one
	PublicURL string           // how browsers reach it; empty for http://localhost:PORT
	OpenID    *auth.OIDCConfig // nil for none
	Proxies   []netip.Prefix   // whose X-Forwarded-For and -Proto are believed
	Sandbox   bool             // fiction, on loopback only
	Messages  MessageConfig    // how people are told things outside the console
	Log       *slog.Logger
}

// product is every room, wired. It is what serve runs, what verify and backup
// read, and what the end-to-end tests start.
type product struct {
	config   Config
	folder   *folder
	wall     clock.Clock    // sessions, security, leases
	business clock.Clock    // facts, books and cases; a fixed day in the sandbox
	date     *clock.Forward // the sandbox's business date; nil outside it
	ids      ident.Source
	db       *db.DB
	ledger   *ledger.Ledger
	log      *tilelog.Log
	blobs    *blob.Store
	ruled    atomic.Pointer[ruled] // the region pack in use
	hangup   chan os.Signal        // SIGHUP: read the region pack again
	facts    *evidence.Service
	verifier evidence.Verifier
	sealer   *evidence.Sealer
	intents  *intent.Queue
	party    *party.Service
	auth     *auth.Auth
	filling  filling
	courtesy work.Courtesy // long work in the background gives way to requests
	metrics  *obs.Metrics
	messages *message.Service
}

// cityPurse is the place code of the purse that pays the city's half.
const cityPurse = "520100"

// openProduct opens the folder and every room in it. On an error nothing stays open.
//
// Codes: those of openFolder; invalid for a broken region pack; unavailable.
func openProduct(ctx context.Context, c Config) (p *product, err error) {
	p = &product{config: c, wall: clock.System{}, business: clock.System{}, ids: ident.Random{}, metrics: obs.NewMetrics(obs.ReadBuild(Version)), hangup: make(chan os.Signal, 1)}
	if c.Sandbox {
		p.date = clock.NewForward(sandboxToday)
		p.wall, p.business = clock.BusinessDate{Forward: p.date}, clock.Following{Forward: p.date}
	}
	pack, err := loadPack(c.Region)
	if err != nil {
		return nil, err
	}
	if p.folder, err = openFolder(c.Data, c.Sandbox); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close(context.WithoutCancel(ctx)))
			p = nil
		}
	}()
	if day := p.folder.today(); c.Sandbox && day != "" { // somebody moved it
		p.date.Move(day)
	}
	if c.Sandbox && !p.folder.filled() { // a fill that was cut short starts afresh
		if err := p.folder.empty(); err != nil {
			return p, err
		}
	}
	for _, open := range []func(context.Context) error{p.openStores, p.openEvidence,
		func(context.Context) error { return p.openParty(pack.Region) }, p.openMessages, func(ctx context.Context) error { return p.openPolicy(ctx, pack) }} {
		if err := open(ctx); err != nil {
			return p, err
		}
	}
	return p, nil
}

func loadPack(path string) (*rule.Pack, error) {
	if path != "" {
		return rule.OpenPack(path)
	}
	files, err := regions.Open(regions.Names()[0])
	if err != nil {
		return nil, err
	}
	return rule.LoadPack(files)
}

func (p *product) openStores(ctx context.Context) (err error) {
	main, books := p.folder.database(), p.folder.books()
	if p.config.DB != "" {
		main, books = p.config.DB, p.config.DB
	} else if err := p.folder.checkWhole(); err != nil {
		return err
	}
	if p.db, err = db.Open(ctx, main); err != nil {
		return err
	}
	if err := p.db.Migrate(ctx, migrations.Files, "main"); err != nil {
		return err
	}
	if p.config.DB == "" { // the folder's lock says that nobody else is here
		if err := p.leases().ReleaseAll(ctx); err != nil {
			return err
		}
	}
	store, err := ledgersql.Open(ctx, books)
	if err != nil {
		return err
	}
	if p.ledger, err = ledger.Open(ctx, store, p.business, p.config.Log, ledger.Tuning{}); err != nil {
		return errors.Join(err, store.Close())
	}
	if p.config.DB == "" {
		if err := p.folder.setWhole(); err != nil {
			return err
		}
	}
	address := p.config.Blobs
	if address == "" {
		address = p.folder.blobs()
	}
	p.blobs, err = blob.Open(ctx, address, filepath.Join(p.folder.path, "staging"))
	return err
}

func (p *product) openEvidence(context.Context) (err error) {
	if p.log, err = tilelog.Open(tilelog.Config{Folder: p.folder.log(), Keys: p.folder.keys(), Generate: true}); err != nil {
		return err
	}
	store := evidencesql.New(p.db)
	p.facts = &evidence.Service{Store: store, Clock: p.business, IDs: p.ids, Random: rand.Reader, Trail: p.importTrail}
	p.verifier = newVerifier(p.db, store, p.log)
	p.sealer = &evidence.Sealer{Store: store, Log: p.log, Leases: p.leases(), Clock: clock.System{}, Holder: p.ids.New("sealer"),
		Logger: p.config.Log, Every: time.Second}
	return nil
}

func (p *product) openParty(region rule.Region) (err error) {
	p.auth, err = auth.New(auth.Config{DB: p.db, Clock: p.wall, IDs: p.ids, Name: "Qianmo", PublicURL: p.config.PublicURL, OIDC: p.config.OpenID})
	if err != nil {
		return err
	}
	about := party.About{Region: party.Region{ID: region.ID, Name: region.Name}}
	if p.config.Sandbox {
		about.Sandbox = &party.Sandbox{Accounts: sandboxAccounts()}
	}
	p.party = party.New(party.Config{Store: partysql.New(p.db), Tx: p.db, Auth: p.auth, Clock: p.wall, IDs: p.ids, About: about})
	return nil
}

func (p *product) openPolicy(ctx context.Context, pack *rule.Pack) error {
	p.intents = intent.New(intent.Config{DB: p.db, Books: p.ledger, Leases: p.leases(), Clock: clock.System{}, IDs: p.ids, Log: p.config.Log, Every: time.Second})
	p.observe()
	first, err := p.under(pack)
	if err != nil {
		return err
	}
	if err := first.takeOver(ctx); err != nil {
		return err
	}
	p.ruled.Store(first)
	p.intents.Handlers = p.thenSeal(p.answers())
	return nil
}

func (p *product) leases() work.Leases { return work.Leases{DB: p.db, Clock: clock.System{}} }

// close ends everything that was opened, the books and the log last but for
// the database they record into.
func (p *product) close(ctx context.Context) error {
	var errs []error
	if p.sealer != nil {
		errs = append(errs, p.sealer.Close(ctx))
	}
	if p.ledger != nil {
		errs = append(errs, p.ledger.Close())
	}
	if p.blobs != nil {
		errs = append(errs, p.blobs.Close())
	}
	if p.db != nil {
		errs = append(errs, p.db.Close())
	}
	if p.folder != nil {
		errs = append(errs, p.folder.close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing: %w", err)
	}
	return nil
}
