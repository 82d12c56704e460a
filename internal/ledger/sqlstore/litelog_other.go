//go:build !linux

package sqlstore

import "modernc.org/libc"

// syncData leaves it to SQLite's own way.
func syncData(tls *libc.TLS, file uintptr, flags int32) int32 {
	return method[func(*libc.TLS, uintptr, int32) int32](logOf(file).its().FxSync)(tls, file, flags)
}
