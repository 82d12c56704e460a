// Package blob keeps files by the SHA-256 of their content, in a folder or an
// object store. The same content is kept once; a name belongs to whoever
// refers to it. Nothing partial is ever visible: content is staged, hashed,
// checked and only then moved to its key.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	gc "gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob" // opens s3:// addresses
	"gocloud.dev/gcerrors"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Digest is the lower-case hexadecimal SHA-256 of a content, 64 characters.
type Digest string

// ParseDigest checks the form, so that a digest from outside is safe as a key.
//
// Codes: invalid.
func ParseDigest(s string) (Digest, error) {
	if raw, err := hex.DecodeString(s); err != nil || len(raw) != sha256.Size || s != strings.ToLower(s) {
		return "", fault.Newf(fault.Invalid, "“%.80s”不是 SHA-256 摘要：应为 64 位小写十六进制。", "%.80q is not a SHA-256 digest: it has 64 lower-case hexadecimal digits.", s)
	}
	return Digest(s), nil
}

// key spreads the blobs over 256 folders.
func (d Digest) key() string { return string(d[:2]) + "/" + string(d[2:]) }

// Store is one content-addressed store.
type Store struct {
	bucket *gc.Bucket
	folder string                           // of a folder store, else ""
	stage  func() (*os.File, func(), error) // a fresh file and its removal
}

// Open opens "s3://bucket?region=…" (credentials from the environment, as the
// AWS SDK reads them), "mem://" or the path of a folder, which is created.
// Content is staged in the folder, or for the others in staging.
//
// Codes: unavailable, invalid.
func Open(ctx context.Context, address, staging string) (*Store, error) {
	s := &Store{}
	var err error
	switch scheme, _, isURL := strings.Cut(address, "://"); {
	case isURL && scheme == "mem":
		s.bucket = memblob.OpenBucket(nil)
	case isURL && scheme == "s3":
		s.bucket, err = gc.OpenBucket(ctx, address)
	case isURL:
		return nil, fault.Newf(fault.Invalid, "不支持“%s”存储：请用文件夹路径或 s3:// 地址。", "Storage %q is not supported: use a folder or an s3:// address.", scheme)
	default:
		s.folder, staging = address, filepath.Join(address, ".staging")
		if err = os.MkdirAll(s.folder, 0o700); err == nil {
			s.bucket, err = fileblob.OpenBucket(s.folder, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o700})
		}
	}
	if err != nil {
		return nil, storageFault(err)
	}
	if err := os.MkdirAll(staging, 0o700); err != nil {
		return nil, storageFault(err)
	}
	s.stage = func() (*os.File, func(), error) {
		f, err := os.CreateTemp(staging, "put-")
		if err != nil {
			return nil, nil, err
		}
		return f, func() { _ = f.Close(); _ = os.Remove(f.Name()) }, nil
	}
	return s, nil
}

// Close releases the store.
func (s *Store) Close() error { return s.bucket.Close() }

// Put keeps any content of at most limit bytes.
//
// Codes: too_large; unavailable when storage is full, read-only or away;
// invalid when the reader breaks off.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Digest, int64, error) {
	return s.put(ctx, r, limit, func(*os.File, int64) error { return nil })
}

// put stages, bounds and hashes r, lets check look at the staged file, and
// moves it to its key.
func (s *Store) put(ctx context.Context, r io.Reader, limit int64, check func(f *os.File, size int64) error) (Digest, int64, error) {
	f, remove, err := s.stage()
	if err != nil {
		return "", 0, storageFault(err)
	}
	defer remove()
	sum := sha256.New()
	size, err := copyBounded(ctx, io.MultiWriter(f, sum), r, limit)
	if err != nil {
		return "", 0, storageFault(err)
	}
	if err := check(f, size); err != nil {
		return "", 0, err
	}
	digest := Digest(hex.EncodeToString(sum.Sum(nil)))
	return digest, size, storageFault(s.keep(ctx, f, digest, size))
}

func copyBounded(ctx context.Context, w io.Writer, r io.Reader, limit int64) (int64, error) {
	size, err := io.Copy(w, &sourceReader{ctx, io.LimitReader(r, limit+1)})
	if err == nil && size > limit {
		err = fault.Newf(fault.TooLarge, "文件超过 %s 的上限：请压缩或拆分后再上传。", "The file exceeds the limit of %s: compress or split it.", humanSize(limit))
	}
	return size, err
}

// keep copies the staged file to its key unless the same bytes are there. A
// different size there is what a crash left; it is overwritten.
func (s *Store) keep(ctx context.Context, f *os.File, digest Digest, size int64) error {
	if attrs, err := s.bucket.Attributes(ctx, digest.key()); err == nil && attrs.Size == size {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	uploading, abandon := context.WithCancel(ctx) // cancelled before Close, nothing is kept
	defer abandon()
	w, err := s.bucket.NewWriter(uploading, digest.key(), &gc.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, f); err != nil {
		abandon()
		return errors.Join(err, ignoreCancel(w.Close()))
	}
	if err := w.Close(); err != nil {
		return err
	}
	return s.settle(digest)
}

// settle makes a folder's new file survive a power cut.
func (s *Store) settle(digest Digest) error {
	if s.folder == "" {
		return nil
	}
	file := filepath.Join(s.folder, filepath.FromSlash(digest.key()))
	for _, path := range []string{file, filepath.Dir(file)} {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Open reads a blob. The reader checks the content as it goes: instead of a
// clean end, changed content gives check_failed.
//
// Codes: not_found, unavailable; check_failed from the reader.
func (s *Store) Open(ctx context.Context, digest Digest) (io.ReadCloser, int64, error) {
	if _, err := ParseDigest(string(digest)); err != nil {
		return nil, 0, err
	}
	r, err := s.bucket.NewReader(ctx, digest.key(), nil)
	if err != nil {
		return nil, 0, storageFault(err)
	}
	return &verifiedReader{r: r, sum: sha256.New(), want: digest}, r.Size(), nil
}

// Size returns the number of bytes of a blob.
//
// Codes: not_found, unavailable.
func (s *Store) Size(ctx context.Context, digest Digest) (int64, error) {
	if _, err := ParseDigest(string(digest)); err != nil {
		return 0, err
	}
	attrs, err := s.bucket.Attributes(ctx, digest.key())
	if err != nil {
		return 0, storageFault(err)
	}
	return attrs.Size, nil
}

// Delete removes a blob; removing what is not there is no error.
//
// Codes: unavailable.
func (s *Store) Delete(ctx context.Context, digest Digest) error {
	if _, err := ParseDigest(string(digest)); err != nil {
		return err
	}
	if err := s.bucket.Delete(ctx, digest.key()); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return storageFault(err)
	}
	return nil
}

// All lists the digests, sorted; a fault ends the list.
func (s *Store) All(ctx context.Context) iter.Seq2[Digest, error] {
	return func(yield func(Digest, error) bool) {
		for list := s.bucket.List(nil); ; {
			object, err := list.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield("", storageFault(err))
				return
			}
			digest, err := ParseDigest(strings.Replace(object.Key, "/", "", 1))
			if err != nil || digest.key() != object.Key {
				continue // staging, or not ours
			}
			if !yield(digest, nil) {
				return
			}
		}
	}
}

type verifiedReader struct {
	r    *gc.Reader
	sum  hash.Hash
	want Digest
}

func (v *verifiedReader) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if got := Digest(hex.EncodeToString(v.sum.Sum(nil))); got != v.want {
			return n, fault.Newf(fault.CheckFailed, "存储的文件 %s 内容已变：请从备份恢复。", "The stored file %s has changed: restore it from a backup.", v.want)
		}
		return n, io.EOF
	}
	return n, storageFault(err)
}

func (v *verifiedReader) Close() error { return v.r.Close() }

// sourceReader stops with its context and tells the source's faults from the
// storage's.
type sourceReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *sourceReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	var f *fault.Error
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) && !errors.As(err, &f) {
		err = fault.Newf(fault.Invalid, "上传中断，文件没有保存：请重新上传。", "The upload broke off and nothing was kept: upload it again.").Because(err)
	}
	return n, err
}

// storageFault gives a storage error its code; faults pass.
func storageFault(err error) error {
	var f *fault.Error
	switch {
	case err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled):
		return err
	case gcerrors.Code(err) == gcerrors.NotFound:
		return fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.").Because(err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.Newf(fault.Unavailable, "存储空间已满，文件没有保存：请腾出空间后重试。", "Storage is full and the file was not kept: free some space and try again.").Because(err)
	default:
		return fault.Newf(fault.Unavailable, "文件存储不可用，文件没有保存：请检查权限、磁盘或对象存储服务。", "File storage is not available and nothing was kept: check permissions, the disk or the object store.").Because(err)
	}
}

func ignoreCancel(err error) error {
	if errors.Is(err, context.Canceled) || gcerrors.Code(err) == gcerrors.Canceled {
		return nil
	}
	return err
}

func humanSize(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d B", n)
}
