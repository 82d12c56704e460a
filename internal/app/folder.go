package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// folder is the data folder: database, books, log tiles, blobs and keys. Keys
// are kept apart so that a backup can leave them out.
type folder struct {
	path string
	lock *os.File
}

func (f *folder) database() string { return filepath.Join(f.path, "qianmo.db") }
func (f *folder) books() string    { return filepath.Join(f.path, "ledger.db") }
func (f *folder) log() string      { return filepath.Join(f.path, "log") }
func (f *folder) blobs() string    { return filepath.Join(f.path, "blobs") }
func (f *folder) keys() string     { return filepath.Join(f.path, "keys") }
func (f *folder) message() string  { return filepath.Join(f.keys(), "message.key") }
func (f *folder) marker() string   { return filepath.Join(f.path, "sandbox.json") }
func (f *folder) whole() string    { return filepath.Join(f.path, "whole") }

// openFolder makes or opens a data folder and locks it: a second server on the
// same folder is refused.
//
// Codes: invalid when it is a file; conflict when another process serves it, or when real and sandbox data
// would mix; unavailable when it cannot be written.
func openFolder(path string, sandbox bool) (*folder, error) {
	f := &folder{path: path}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, fault.Newf(fault.Invalid, "%s 是文件，不是目录：请用 --data 指明数据目录。", "%s is a file and no folder: name the data folder with --data.", path)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, f.unwritable(err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, f.unwritable(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fault.Newf(fault.Conflict, "数据目录 %s 正被另一个 qianmo 使用：请先停掉它，或用 --data 换一个目录。", "The data folder %s is in use by another qianmo: stop it or choose another with --data.", path).Because(err)
	}
	f.lock = lock
	if err := f.checkKind(sandbox); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// checkKind keeps fiction and real data apart: the marker is written into an
// empty folder at the first sandbox start and never afterwards.
func (f *folder) checkKind(sandbox bool) error {
	_, errMarker := os.Stat(f.marker())
	_, errData := os.Stat(f.database())
	marked, used := errMarker == nil, errData == nil
	switch {
	case sandbox && used && !marked:
		return fault.Newf(fault.Conflict, "%s 里是真实数据，不能以演示方式打开：请用 --data 换一个空目录。", "%s holds real data and cannot be opened as a sandbox: choose an empty folder with --data.", f.path)
	case !sandbox && marked:
		return fault.Newf(fault.Conflict, "%s 里是演示数据，不能当真实数据用：请加 --sandbox，或用 --data 换一个空目录。", "%s holds sandbox data and cannot be used as real: add --sandbox or choose an empty folder with --data.", f.path)
	case sandbox && !marked:
		if err := os.WriteFile(f.marker(), []byte(`{"sandbox": true, "filled": false}`+"\n"), 0o600); err != nil {
			return f.unwritable(err)
		}
	}
	return nil
}

// checkWhole refuses a folder that had both databases and lacks one: an empty
// one in its place would answer as if nothing had ever been paid.
//
// Codes: check_failed.
func (f *folder) checkWhole() error {
	if _, err := os.Stat(f.whole()); err != nil {
		return nil // both are made at the first start
	}
	for _, file := range []string{f.database(), f.books()} {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return fault.Newf(fault.CheckFailed, "数据目录里少了 %s，没有另起一份空的：请找回文件，或从备份恢复到新目录。",
				"%s is missing from the data folder, and no empty one was made: bring the file back, or restore a backup into a new folder.", file).Because(err)
		}
	}
	return nil
}

// setWhole notes that both databases are there.
func (f *folder) setWhole() error {
	if err := os.WriteFile(f.whole(), nil, 0o600); err != nil {
		return f.unwritable(err)
	}
	return nil
}

// mark is what the sandbox's marker says.
type mark struct {
	Sandbox bool       `json:"sandbox"`
	Filled  bool       `json:"filled"`
	Today   clock.Date `json:"today,omitempty"` // business date, once somebody has moved it
}

func (f *folder) mark() (m mark) {
	raw, err := os.ReadFile(f.marker())
	if err != nil || json.Unmarshal(raw, &m) != nil {
		return mark{}
	}
	return m
}

func (f *folder) setMark(m mark) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	part := f.marker() + ".part"
	if err := os.WriteFile(part, append(text, '\n'), 0o600); err != nil {
		return f.unwritable(err)
	}
	return os.Rename(part, f.marker())
}

// filled reports whether the sandbox was filled to its end.
func (f *folder) filled() bool { return f.mark().Filled }

// setFilled notes that the sandbox is complete; a kill before this starts afresh.
func (f *folder) setFilled() error { return f.setMark(mark{Sandbox: true, Filled: true}) }

// today is the business date that somebody moved a filled sandbox to, or "".
func (f *folder) today() clock.Date { return f.mark().Today }

// setToday keeps the sandbox's business date over a restart.
func (f *folder) setToday(day clock.Date) error {
	m := f.mark()
	m.Today = day
	return f.setMark(m)
}

// empty removes a half-filled sandbox. It refuses a folder without the marker.
func (f *folder) empty() error {
	if _, err := os.Stat(f.marker()); err != nil {
		return fault.Newf(fault.Conflict, "%s 没有演示标记，拒绝清空。", "%s has no sandbox marker; refusing to empty it.", f.path)
	}
	for _, name := range []string{f.whole(), f.database(), f.books(), f.log(), f.blobs(), f.keys()} {
		for _, part := range []string{name, name + "-wal", name + "-shm"} {
			if err := os.RemoveAll(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return f.unwritable(err)
			}
		}
	}
	return nil
}

func (f *folder) close() error { return f.lock.Close() } // closing releases the lock

func (f *folder) unwritable(cause error) error {
	return fault.Newf(fault.Unavailable, "数据目录 %s 不可写：请检查权限和磁盘空间。", "The data folder %s cannot be written: check permissions and free space.", f.path).Because(cause)
}
