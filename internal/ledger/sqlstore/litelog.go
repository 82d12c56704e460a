package sqlstore

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// joinLog makes the connection write what a commit adds to the write-ahead log
// in one call to the system. By itself SQLite makes two for each page, one for
// its header: about ten a batch, a tenth of its processor time.
//
// It relies on synchronous = full: each commit then syncs the log before any
// other connection may read it, and what was held back is written by that.
func (c *liteConn) joinLog() error {
	name, err := libc.CString("main")
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, name)
	if err := c.check(sqlite3.Xsqlite3_file_control(c.tls, c.db, name, sqlite3.SQLITE_FCNTL_JOURNAL_POINTER, c.out)); err != nil {
		return err
	}
	file := (*sqlite3.Tsqlite3_file)(pointer(*(*uintptr)(pointer(c.out))))
	if file == nil || file.FpMethods == 0 {
		return nil // no write-ahead log where the file system cannot share memory
	}
	memory := libc.Xmalloc(c.tls, libc.Tsize_t(unsafe.Sizeof(joinedLog{})))
	if memory == 0 {
		return &liteError{code: sqlite3.SQLITE_NOMEM, text: "out of memory"}
	}
	l := (*joinedLog)(pointer(memory))
	l.own, l.used = file.FpMethods, 0
	l.methods = *l.its()
	l.methods.FxWrite = function(joinedWrite)
	l.methods.FxSync = function(joinedSync)
	l.methods.FxRead = function(joinedRead)
	l.methods.FxTruncate = function(joinedTruncate)
	l.methods.FxFileSize = function(joinedFileSize)
	l.methods.FxClose = function(joinedClose)
	file.FpMethods = memory
	c.log = l
	return nil
}

// dropHeld forgets what is held back of a transaction that was rolled back:
// another connection may have written in its place when the next one begins.
func (c *liteConn) dropHeld() {
	if c.log != nil {
		c.log.used = 0
	}
}

// joinedMost bounds what is held back; a commit of more takes several writes.
// SQLite's own write takes less than 128 KB.
const joinedMost = 64 << 10

// joinedLog stands in SQLite's memory where a file's methods are expected, with
// what these need behind them.
type joinedLog struct {
	methods sqlite3.Tsqlite3_io_methods // what SQLite calls: must be first
	own     uintptr                     // the file's own methods
	start   int64                       // where in the file the bytes belong
	used    int64
	bytes   [joinedMost]byte
}

func logOf(file uintptr) *joinedLog {
	return (*joinedLog)(pointer((*sqlite3.Tsqlite3_file)(pointer(file)).FpMethods))
}

func (l *joinedLog) its() *sqlite3.Tsqlite3_io_methods {
	return (*sqlite3.Tsqlite3_io_methods)(pointer(l.own))
}

// flush writes what is held back. After an error SQLite rolls back and writes
// the same place again, so nothing is kept.
func (l *joinedLog) flush(tls *libc.TLS, file uintptr) int32 {
	if l.used == 0 {
		return sqlite3.SQLITE_OK
	}
	n := int32(l.used)
	l.used = 0
	return method[writeMethod](l.its().FxWrite)(tls, file, uintptr(unsafe.Pointer(&l.bytes)), n, l.start)
}

func joinedWrite(tls *libc.TLS, file, from uintptr, n int32, at int64) int32 {
	l := logOf(file)
	if l.used+int64(n) > joinedMost || (l.used > 0 && at != l.start+l.used) {
		if rc := l.flush(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if n > joinedMost {
		return method[writeMethod](l.its().FxWrite)(tls, file, from, n, at)
	}
	if l.used == 0 {
		l.start = at
	}
	l.used += int64(copy(l.bytes[l.used:], unsafe.Slice((*byte)(pointer(from)), n)))
	return sqlite3.SQLITE_OK
}

func joinedSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	l := logOf(file)
	if rc := l.flush(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return syncData(tls, file, flags)
}

func joinedRead(tls *libc.TLS, file, into uintptr, n int32, at int64) int32 {
	l := logOf(file)
	if rc := l.flush(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return method[writeMethod](l.its().FxRead)(tls, file, into, n, at)
}

func joinedTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	l := logOf(file)
	if rc := l.flush(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return method[func(*libc.TLS, uintptr, int64) int32](l.its().FxTruncate)(tls, file, size)
}

func joinedFileSize(tls *libc.TLS, file, size uintptr) int32 {
	l := logOf(file)
	if rc := l.flush(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return method[func(*libc.TLS, uintptr, uintptr) int32](l.its().FxFileSize)(tls, file, size)
}

// joinedClose drops what is held back: it was never committed.
func joinedClose(tls *libc.TLS, file uintptr) int32 {
	l := logOf(file)
	(*sqlite3.Tsqlite3_file)(pointer(file)).FpMethods = l.own
	rc := method[func(*libc.TLS, uintptr) int32](l.its().FxClose)(tls, file)
	libc.Xfree(tls, uintptr(unsafe.Pointer(l)))
	return rc
}

type writeMethod = func(tls *libc.TLS, file, bytes uintptr, n int32, at int64) int32

// function is the address under which the translated C calls a Go function.
func function[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f})) }

// method is the function at such an address.
func method[F any](address uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{address})) }
