package sqlstore

import (
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// syncData waits for the disk as SQLite means to where the system can: without
// the time of the last change, which costs a write to the file system's own log
// every few milliseconds. The translated SQLite was built without it.
func syncData(file uintptr) bool {
	return syscall.Fdatasync(int((*sqlite3.TunixFile)(pointer(file)).Fh)) == nil
}
