package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

const maxManifest = 256 << 20

// Verify reads a whole archive and compares every member with the manifest.
//
// Codes: check_failed when the archive is damaged, cut off or altered;
// unavailable when it cannot be read.
func Verify(name string) (Manifest, error) {
	return read(name, func(string, int64, io.Reader) error { return nil })
}

// Extract unpacks an archive into dir, which must not exist or be empty. The
// members are checked first in a folder beside it; dir appears whole or not.
//
// Codes: conflict when dir is not empty; check_failed as in Verify; unavailable.
func Extract(name, dir string) (Manifest, error) {
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return Manifest{}, fault.Newf(fault.Conflict, "%s 不是空目录：请恢复到空目录。", "%s is not empty: restore into an empty folder.", dir)
	}
	part := dir + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o700)); err != nil {
		return Manifest{}, diskFault(err)
	}
	defer func() { _ = os.RemoveAll(part) }() // gone by then when all went well
	root, err := os.OpenRoot(part)            // nothing below leaves this folder
	if err != nil {
		return Manifest{}, diskFault(err)
	}
	defer root.Close()
	manifest, err := read(name, func(member string, size int64, r io.Reader) error { return unpack(root, member, r) })
	if err != nil {
		return Manifest{}, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return Manifest{}, diskFault(err)
	}
	if err := os.Rename(part, dir); err != nil {
		return Manifest{}, diskFault(err)
	}
	return manifest, diskFault(syncFolder(filepath.Dir(dir)))
}

func unpack(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// read hands each member to take and compares all with the manifest.
func read(name string, take func(member string, size int64, r io.Reader) error) (Manifest, error) {
	f, err := os.Open(name)
	if err != nil {
		return Manifest{}, diskFault(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return Manifest{}, damaged(err)
	}
	var found []Entry
	for members := tar.NewReader(z); ; {
		h, err := members.Next()
		if errors.Is(err, io.EOF) {
			return Manifest{}, damaged(errors.New("no manifest: the archive was cut off"))
		}
		if err != nil {
			return Manifest{}, damaged(err)
		}
		if h.Name == manifestName {
			return compare(members, found, z)
		}
		if h.Typeflag != tar.TypeReg || !safeName(h.Name) {
			return Manifest{}, damaged(errors.New("a member that no backup writes: " + h.Name))
		}
		sum := sha256.New()
		content := io.TeeReader(members, sum)
		if err := take(h.Name, h.Size, content); err != nil {
			return Manifest{}, readFault(err)
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return Manifest{}, damaged(err)
		}
		found = append(found, Entry{h.Name, h.Size, hex.EncodeToString(sum.Sum(nil))})
	}
}

func compare(r io.Reader, found []Entry, rest io.Reader) (m Manifest, err error) {
	dec := json.NewDecoder(io.LimitReader(r, maxManifest))
	if err := dec.Decode(&m); err != nil {
		return Manifest{}, damaged(err)
	}
	if m.Format != format {
		return Manifest{}, fault.Newf(fault.CheckFailed, "备份格式 %d 比程序新：请换用新版程序。", "Backup format %d is newer than this program: use the newer program.", m.Format)
	}
	if !slices.Equal(m.Entries, found) {
		return Manifest{}, damaged(errors.New("the members differ from the manifest"))
	}
	if _, err := io.Copy(io.Discard, rest); err != nil { // to the checksum at the end
		return Manifest{}, damaged(err)
	}
	return m, nil
}

// readFault tells an unpacking disk from a damaged archive.
func readFault(err error) error {
	coded := diskFault(err)
	var f *fault.Error
	if errors.As(coded, &f) {
		return coded
	}
	return damaged(err)
}

func damaged(cause error) error {
	return fault.Newf(fault.CheckFailed, "备份文件已损坏、不完整或被改动过：请换另一份备份。", "The archive is damaged, cut off or altered: use another backup.").Because(cause)
}
