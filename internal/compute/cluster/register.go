package cluster

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Register (登记簿) is a folder in which a driver keeps which runs it knows: a link
// a run, to the run's folder, and beside it what the cluster calls the run. It is
// written before the cluster is asked, so that a driver that is killed in between
// asks the cluster first.
type Register string

// Remember notes a run, once.
//
// Codes: conflict when the id was noted with another folder; unavailable.
func (r Register) Remember(run Run) error {
	known, err := os.Readlink(r.link(run.ID))
	switch {
	case err == nil && known == string(run.Folder):
		return nil
	case err == nil:
		return fault.Newf(fault.Conflict, "运行 %s 已用别的内容提交过。", "Run %s was submitted with other content.", run.ID)
	}
	if err := os.MkdirAll(string(r), 0o700); err != nil {
		return r.unwritable(err)
	}
	if err := os.Symlink(string(run.Folder), r.link(run.ID)); err != nil {
		return r.unwritable(err)
	}
	return nil
}

// Folder is a run's; false for one that was never noted.
//
// Codes: unavailable.
func (r Register) Folder(id string) (Folder, bool, error) {
	target, err := os.Readlink(r.link(id))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fault.Newf(fault.Unavailable, "读不到 %s。", "%s cannot be read.", string(r)).Because(err)
	}
	return Folder(target), true, nil
}

// Find is Folder for a run that must be known.
//
// Codes: not_found, unavailable.
func (r Register) Find(id string) (Folder, error) {
	folder, known, err := r.Folder(id)
	if err == nil && !known {
		err = fault.Newf(fault.NotFound, "没有运行 %s。", "There is no run %s.", id)
	}
	return folder, err
}

// Name is what the cluster calls a run, "" when it has not said so.
//
// Codes: unavailable.
func (r Register) Name(id string) (string, error) {
	text, err := os.ReadFile(r.link(id) + nameEnding)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fault.Newf(fault.Unavailable, "读不到 %s。", "%s cannot be read.", string(r)).Because(err)
	}
	return string(text), nil
}

// SetName keeps what the cluster calls a run.
//
// Codes: unavailable.
func (r Register) SetName(id, name string) error {
	if err := os.WriteFile(r.link(id)+nameEnding, []byte(name), 0o600); err != nil {
		return r.unwritable(err)
	}
	return nil
}

// Forget drops a run.
//
// Codes: unavailable.
func (r Register) Forget(id string) error {
	if err := os.Remove(r.link(id) + nameEnding); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r.unwritable(err)
	}
	if err := os.Remove(r.link(id)); err != nil {
		return r.unwritable(err)
	}
	return nil
}

// StillRuns is the fault of clearing what has not ended.
func StillRuns(id string) error {
	return fault.Newf(fault.Conflict, "运行 %s 还没结束。", "Run %s has not ended.", id)
}

const nameEnding = ".name"

func (r Register) link(id string) string { return filepath.Join(string(r), filepath.Base(id)) }

func (r Register) unwritable(err error) error {
	return fault.Newf(fault.Unavailable, "写不进 %s。", "%s cannot be written.", string(r)).Because(err)
}
