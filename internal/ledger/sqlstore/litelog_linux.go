package sqlstore

import (
	"syscall"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// syncData waits for the disk as SQLite means to where the system can: without
// the time of the last change, which costs a write to the file system's own log
// every few milliseconds. The translated SQLite was built without it.
//
// A failure is final: Linux tells it once and takes what it could not write for
// written, so that a second sync would succeed.
func syncData(_ *libc.TLS, file uintptr, _ int32) int32 {
	for {
		switch err := syscall.Fdatasync(int((*sqlite3.TunixFile)(pointer(file)).Fh)); err {
		case nil:
			return sqlite3.SQLITE_OK
		case syscall.EINTR:
		default:
			return sqlite3.SQLITE_IOERR_FSYNC
		}
	}
}
