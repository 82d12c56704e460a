package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// liteAppender appends on a connection of its own, below the driver: the
// statements stay prepared and binding a row allocates nothing. That is about
// a third of what an entry costs on SQLite.
type liteAppender struct {
	path string
	mu   sync.Mutex // this connection's writes and the pool's (folds) take turns
	conn *liteConn

	begin, commit, rollback *liteStatement
	short, full             [rowsMost + 1]*liteStatement // inserts of so many rows, made when first needed
}

// rowsMost is how many rows are inserted at once at most: in a statement of
// many a row takes about half of what it takes alone.
const rowsMost = 32

// alone keeps the pool's writes and appends apart: SQLite has one writer, and
// two connections of one process would poll each other's lock.
func (a *liteAppender) alone() (unlock func()) {
	a.mu.Lock()
	return a.mu.Unlock
}

// Append implements ledger.Store.
func (a *liteAppender) Append(_ context.Context, after int64, entries []*ledger.Entry) error {
	defer a.alone()()
	if err := a.open(); err != nil {
		return db.Fault(err)
	}
	err := a.write(after, entries)
	if err == nil {
		return nil
	}
	if a.conn.inTransaction() { // SQLite has rolled back by itself where the disk is full
		if again := a.rollback.run(); again != nil {
			a.drop()
		}
	}
	if a.conn != nil {
		a.conn.dropHeld()
	}
	if db.IsUnique(err) {
		return ledger.ErrTaken
	}
	return db.Fault(err)
}

func (a *liteAppender) write(after int64, entries []*ledger.Entry) error {
	if err := a.begin.run(); err != nil {
		return err
	}
	for rows := range slices.Chunk(entries, rowsMost) {
		if err := a.insert(rows); err != nil {
			return err
		}
	}
	if a.conn.lastRow() != after+int64(len(entries)) { // numbered on from another end
		return ledger.ErrBehind
	}
	return a.commit.run()
}

// shortColumns are those that most entries need; the others have defaults.
// SQLite numbers the rows itself, on from the journal's end, which is cheaper
// than to be told: then it would look for each number, and keep a way back to the
// start of each statement in case one is no number.
const shortColumns = `source, target, amount, hold, at, id, kind, party, ref, hash`

// restColumns follow them where an entry has more to say.
const restColumns = `corrects, link, free, until, outcome, detail`

// insertSQL rolls the whole batch back where an id is taken: another reason to
// keep no way back.
func insertSQL(columns string, rows int) string {
	row := `(?` + strings.Repeat(`, ?`, strings.Count(columns, ",")) + `)`
	return `insert or rollback into journal (` + columns + `) values ` + row + strings.Repeat(`, `+row, rows-1)
}

// insert adds up to rowsMost entries.
func (a *liteAppender) insert(entries []*ledger.Entry) (err error) {
	statements, columns := &a.short, shortColumns
	more := slices.ContainsFunc(entries, saysMore)
	if more {
		statements, columns = &a.full, shortColumns+`, `+restColumns
	}
	s := statements[len(entries)]
	if s == nil {
		if s, err = a.conn.prepare(insertSQL(columns, len(entries))); err != nil {
			return err
		}
		statements[len(entries)] = s
	}
	s.reset()
	for _, e := range entries {
		for _, n := range [...]int64{e.From, e.To, int64(e.Amount), e.Hold, e.At} {
			s.integer(n)
		}
		for _, text := range [...]string{e.ID, string(e.Kind), e.Party, e.Ref} {
			s.text(text)
		}
		s.blob(e.Hash[:])
		if !more {
			continue
		}
		for _, n := range [...]int64{e.Corrects, e.Link, int64(e.Free)} {
			s.integer(n)
		}
		for _, text := range [...]string{string(e.Until), string(e.Outcome), e.Detail} {
			s.text(text)
		}
	}
	return s.run()
}

// saysMore reports whether an entry needs the rest of the columns.
func saysMore(e *ledger.Entry) bool {
	return e.Corrects != 0 || e.Link != 0 || e.Until != "" || e.Outcome != ledger.Accepted || e.Detail != "" || e.Free != 0
}

func (a *liteAppender) open() (err error) {
	if a.conn != nil {
		return nil
	}
	if a.conn, err = openLite(a.path); err != nil {
		return err
	}
	for _, s := range []struct {
		into **liteStatement
		text string
	}{
		{&a.begin, `begin immediate`},
		{&a.commit, `commit`},
		{&a.rollback, `rollback`},
	} {
		if *s.into, err = a.conn.prepare(s.text); err != nil {
			a.drop()
			return err
		}
	}
	for _, pragma := range []string{
		`pragma busy_timeout = 10000`,
		`pragma synchronous = full`,
		// 16 MB of log before it is moved into the file and used again: writing
		// over a log is about twice as fast to sync as growing one.
		`pragma wal_autocheckpoint = 4000`,
	} {
		if err := a.conn.exec(pragma); err != nil {
			a.drop()
			return err
		}
	}
	if err := a.conn.joinLog(); err != nil {
		a.drop()
		return err
	}
	return nil
}

func (a *liteAppender) drop() {
	a.conn.close()
	a.conn = nil
	clear(a.short[:])
	clear(a.full[:])
}

// LimitPages lets an SQLite ledger grow to so many pages only, as a full disk
// would; tests fill it. SQLite takes the present size for the least.
func (s *Store) LimitPages(most int64) error {
	a, ok := s.appender.(*liteAppender)
	if !ok {
		return fmt.Errorf("%T has no pages to limit", s.appender)
	}
	defer a.alone()()
	if err := a.open(); err != nil {
		return err
	}
	return a.conn.exec(fmt.Sprintf(`pragma max_page_count = %d`, most))
}

// Exclusive implements ledger.Store. One process owns an SQLite ledger; that
// the end is compared as well keeps a second one harmless.
func (a *liteAppender) Exclusive(context.Context) (func(), error) { return func() {}, nil }

func (a *liteAppender) close() error {
	defer a.alone()()
	if a.conn != nil {
		a.drop()
	}
	return nil
}

// liteError is a result of SQLite; db.Fault and db.IsUnique know its Code.
type liteError struct {
	code int
	text string
}

// Error implements error.
func (e *liteError) Error() string { return fmt.Sprintf("sqlite: %s (%d)", e.text, e.code) }

// Code is SQLite's extended result code.
func (e *liteError) Code() int { return e.code }
