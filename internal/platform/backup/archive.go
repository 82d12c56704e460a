// Package backup writes and reads one archive of everything an installation
// must not lose: the tables of its databases in a form that either kind of
// database takes back, and folders of files.
//
// An archive is a gzip-compressed tar that any tar opens. Its last member,
// manifest.json, has the size and SHA-256 of every other; an archive that was
// cut off has none and is refused.
package backup

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

const (
	manifestName = "manifest.json"
	format       = 1
)

// Manifest tells what an archive holds.
type Manifest struct {
	Format  int               `json:"format"`
	Made    time.Time         `json:"made"`
	Note    map[string]string `json:"note"` // what the maker wants to find again: version, region, log size
	Entries []Entry           `json:"entries"`
}

// Entry is one member.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Writer writes an archive beside its final name and moves it there when it
// is complete.
type Writer struct {
	path     string
	file     *os.File
	zip      *gzip.Writer
	tar      *tar.Writer
	manifest Manifest
}

// Create begins an archive. An existing file is never overwritten.
//
// Codes: conflict when the file exists; unavailable.
func Create(name string, now time.Time) (*Writer, error) {
	if _, err := os.Lstat(name); err == nil {
		return nil, fault.Newf(fault.Conflict, "%s 已存在：请换一个文件名。", "%s exists already: choose another name.", name)
	}
	f, err := os.OpenFile(name+".part", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return nil, diskFault(err)
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Writer{path: name, file: f, zip: z, tar: tar.NewWriter(z), manifest: Manifest{Format: format, Made: now.UTC(), Entries: []Entry{}}}, nil
}

// Stream adds what write writes. It passes through a file, since a member's
// size stands before its content.
//
// Codes: those of write; unavailable.
func (w *Writer) Stream(name string, write func(io.Writer) error) error {
	spool, err := os.CreateTemp(filepath.Dir(w.path), ".backup-")
	if err != nil {
		return diskFault(err)
	}
	defer func() { _ = spool.Close(); _ = os.Remove(spool.Name()) }()
	if err := write(spool); err != nil {
		return diskFault(err)
	}
	size, err := spool.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return diskFault(err)
	}
	return w.add(name, size, spool)
}

// Folder adds the regular files below dir that keep picks, under prefix; keep
// gets slash-separated paths below dir. A folder that does not exist is
// empty, a file that goes away meanwhile is left out.
//
// Codes: unavailable.
func (w *Writer) Folder(prefix, dir string, keep func(name string) bool) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil || !keep(filepath.ToSlash(name)) {
			return err
		}
		return w.addFile(path.Join(prefix, filepath.ToSlash(name)), file)
	})
	return diskFault(err)
}

func (w *Writer) addFile(name, file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return w.add(name, info.Size(), f)
}

// add copies size bytes; a file that grows meanwhile is taken as it was.
func (w *Writer) add(name string, size int64, r io.Reader) error {
	if !safeName(name) || name == manifestName {
		return fault.Newf(fault.Invalid, "备份里不能有名为 %q 的内容。", "An archive cannot hold the name %q.", name)
	}
	sum := sha256.New()
	err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.manifest.Made, Format: tar.FormatPAX})
	if err == nil {
		_, err = io.CopyN(w.tar, io.TeeReader(r, sum), size)
	}
	if err != nil {
		return diskFault(err)
	}
	w.manifest.Entries = append(w.manifest.Entries, Entry{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// Close writes the manifest, makes the archive durable and gives it its name.
//
// Codes: unavailable.
func (w *Writer) Close(note map[string]string) (Manifest, error) {
	w.manifest.Note = note
	text, err := json.MarshalIndent(w.manifest, "", " ")
	if err == nil {
		err = w.tar.WriteHeader(&tar.Header{Name: manifestName, Size: int64(len(text)), Mode: 0o600, ModTime: w.manifest.Made, Format: tar.FormatPAX})
	}
	if err == nil {
		_, err = w.tar.Write(text)
	}
	if err == nil {
		err = errors.Join(w.tar.Close(), w.zip.Close(), w.file.Sync())
	}
	if err = errors.Join(err, w.file.Close()); err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(w.path))
	}
	return w.manifest, diskFault(err)
}

// Abort removes an unfinished archive; after Close it does nothing.
func (w *Writer) Abort() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// safeName reports whether a member's name stays below the folder that it is
// extracted to.
func safeName(name string) bool {
	return filepath.IsLocal(name) && path.Clean(name) == name && name != "."
}

// diskFault gives file-system errors their code; faults pass.
func diskFault(err error) error {
	var f *fault.Error
	var file *fs.PathError
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.Newf(fault.Unavailable, "磁盘已满，没有完成，也没有留下半份：请腾出空间后重试。", "The disk is full; nothing was finished and no half is left: free some space and try again.").Because(err)
	case errors.As(err, &file) && errors.Is(err, fs.ErrNotExist):
		return fault.Newf(fault.NotFound, "没有 %s：请检查路径。", "There is no %s: check the path.", file.Path).Because(err)
	case errors.As(err, &file):
		return fault.Newf(fault.Unavailable, "%s 读写失败：请检查权限和磁盘。", "%s cannot be read or written: check permissions and the disk.", file.Path).Because(err)
	}
	return err
}
