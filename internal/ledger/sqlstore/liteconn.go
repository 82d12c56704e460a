package sqlstore

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// liteConn is one SQLite connection below the driver, used by one goroutine at
// a time; docs/decisions/0014 says why.
type liteConn struct {
	tls *libc.TLS
	db  uintptr
	out uintptr // where SQLite puts a handle it makes
	all []*liteStatement
	log *joinedLog // nil where nothing is held back

	memory uintptr // of the parameters of the statement being bound
	bytes  []byte  // the same memory
}

func openLite(path string) (*liteConn, error) {
	c := &liteConn{tls: libc.NewTLS()}
	c.out, c.memory = libc.Xmalloc(c.tls, 8), libc.Xmalloc(c.tls, bytesMost)
	c.bytes = unsafe.Slice((*byte)(pointer(c.memory)), bytesMost)
	name, err := libc.CString(path)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, name)
	// No mutex inside SQLite: the appender has one.
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, c.out, sqlite3.SQLITE_OPEN_READWRITE|sqlite3.SQLITE_OPEN_NOMUTEX, 0)
	c.db = *(*uintptr)(pointer(c.out))
	if err := c.check(rc); err != nil {
		c.close()
		return nil, err
	}
	return c, c.check(sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1))
}

// pointer turns an address of SQLite's own memory, which Go's collector
// neither moves nor frees, into a pointer.
func pointer(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

func (c *liteConn) check(rc int32) error {
	if rc == sqlite3.SQLITE_OK || rc == sqlite3.SQLITE_DONE || rc == sqlite3.SQLITE_ROW {
		return nil
	}
	text := "cannot be opened"
	if c.db != 0 {
		text = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
	}
	return &liteError{code: int(rc), text: text}
}

func (c *liteConn) inTransaction() bool { return sqlite3.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

func (c *liteConn) close() {
	for _, s := range c.all {
		sqlite3.Xsqlite3_finalize(c.tls, s.handle)
	}
	sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	libc.Xfree(c.tls, c.out)
	libc.Xfree(c.tls, c.memory)
	c.tls.Close()
}

// exec runs one statement to its end.
func (c *liteConn) exec(text string) error {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	return s.run()
}

// bytesMost holds the texts of a statement's rows: ids, references and terms are
// bounded, to 16 KB a row.
const bytesMost = rowsMost * 16 << 10

// liteStatement is a prepared statement. Bind its parameters in order after
// reset, and run it before another is bound: they share their memory. A failed
// binding is reported by run.
type liteStatement struct {
	conn   *liteConn
	handle uintptr
	used   int
	index  int32
	failed int32
}

func (c *liteConn) prepare(text string) (*liteStatement, error) {
	sql, err := libc.CString(text)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, sql)
	if err := c.check(sqlite3.Xsqlite3_prepare_v2(c.tls, c.db, sql, -1, c.out, 0)); err != nil {
		return nil, err
	}
	s := &liteStatement{conn: c, handle: *(*uintptr)(pointer(c.out))}
	c.all = append(c.all, s)
	return s, nil
}

// reset readies the statement for new parameters.
func (s *liteStatement) reset() { s.used, s.index, s.failed = 0, 0, sqlite3.SQLITE_OK }

func (s *liteStatement) note(rc int32) {
	if rc != sqlite3.SQLITE_OK {
		s.failed = rc
	}
}

func (s *liteStatement) integer(n int64) {
	s.index++
	s.note(sqlite3.Xsqlite3_bind_int64(s.conn.tls, s.handle, s.index, n))
}

func (s *liteStatement) text(v string) {
	s.index++
	at, ok := s.keep(len(v))
	if !ok {
		return
	}
	copy(s.conn.bytes[at:], v)
	s.note(sqlite3.Xsqlite3_bind_text(s.conn.tls, s.handle, s.index, s.conn.memory+uintptr(at), int32(len(v)), sqlite3.SQLITE_STATIC))
}

func (s *liteStatement) blob(v []byte) {
	s.index++
	at, ok := s.keep(len(v))
	if !ok {
		return
	}
	copy(s.conn.bytes[at:], v)
	s.note(sqlite3.Xsqlite3_bind_blob(s.conn.tls, s.handle, s.index, s.conn.memory+uintptr(at), int32(len(v)), sqlite3.SQLITE_STATIC))
}

// keep reserves memory that stays as it is until the statement has run.
func (s *liteStatement) keep(n int) (at int, ok bool) {
	if s.used+n > len(s.conn.bytes) {
		s.failed = sqlite3.SQLITE_TOOBIG
		return 0, false
	}
	at = s.used
	s.used += n
	return at, true
}

// run steps the statement to its end and readies it to run again.
func (s *liteStatement) run() error {
	if s.failed != sqlite3.SQLITE_OK {
		return &liteError{code: int(s.failed), text: "a parameter cannot be bound"}
	}
	rc := sqlite3.Xsqlite3_step(s.conn.tls, s.handle)
	for rc == sqlite3.SQLITE_ROW {
		rc = sqlite3.Xsqlite3_step(s.conn.tls, s.handle)
	}
	err := s.conn.check(rc) // before the reset, which takes the message away
	sqlite3.Xsqlite3_reset(s.conn.tls, s.handle)
	return err
}

// lastRow is the number that the last inserted row got.
func (c *liteConn) lastRow() int64 { return sqlite3.Xsqlite3_last_insert_rowid(c.tls, c.db) }
