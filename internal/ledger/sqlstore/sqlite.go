package sqlstore

import (
	"context"
	"fmt"
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

	begin, move, insert, insertShort, commit, rollback *liteStatement
}

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
	if db.IsUnique(err) {
		return ledger.ErrTaken
	}
	return db.Fault(err)
}

func (a *liteAppender) write(after int64, entries []*ledger.Entry) error {
	if err := a.begin.run(); err != nil {
		return err
	}
	last := entries[len(entries)-1]
	a.move.reset()
	a.move.integer(last.Seq)
	a.move.blob(last.Hash[:])
	a.move.integer(after)
	if err := a.move.run(); err != nil {
		return err
	}
	if a.conn.changes() == 0 {
		return ledger.ErrBehind
	}
	for _, e := range entries {
		if err := a.add(e); err != nil {
			return err
		}
	}
	return a.commit.run()
}

// shortColumns are those that most entries need; the others have defaults.
const shortColumns = `seq, source, target, amount, hold, at, id, kind, party, ref, hash`

// restColumns follow them where an entry has more to say.
const restColumns = `corrects, link, free, until, outcome, detail`

func (a *liteAppender) add(e *ledger.Entry) error {
	short := e.Corrects == 0 && e.Link == 0 && e.Until == "" && e.Outcome == ledger.Accepted && e.Detail == "" && e.Free == 0
	s := a.insert
	if short {
		s = a.insertShort
	}
	s.reset()
	for _, n := range [...]int64{e.Seq, e.From, e.To, int64(e.Amount), e.Hold, e.At} {
		s.integer(n)
	}
	for _, text := range [...]string{e.ID, string(e.Kind), e.Party, e.Ref} {
		s.text(text)
	}
	s.blob(e.Hash[:])
	if !short {
		for _, n := range [...]int64{e.Corrects, e.Link, int64(e.Free)} {
			s.integer(n)
		}
		for _, text := range [...]string{string(e.Until), string(e.Outcome), e.Detail} {
			s.text(text)
		}
	}
	return s.run()
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
		{&a.move, `update head set seq = ?, hash = ? where one = 1 and seq = ?`},
		{&a.insert, `insert into journal (` + shortColumns + `, ` + restColumns + `) values (?` + strings.Repeat(`, ?`, 16) + `)`},
		{&a.insertShort, `insert into journal (` + shortColumns + `) values (?` + strings.Repeat(`, ?`, 10) + `)`},
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
	return nil
}

func (a *liteAppender) drop() {
	a.conn.close()
	a.conn = nil
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
// the head is compared as well keeps a second one harmless.
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
