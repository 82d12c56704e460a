package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// each runs the conformance suite's test on every kind of store.
func each(t *testing.T, run func(t *testing.T, s *Store)) {
	t.Helper()
	for name, address := range map[string]string{"folder": t.TempDir(), "mem": "mem://", "s3": objectStore(t)} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(context.Background(), address, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			run(t, s)
		})
	}
}

func sum(b []byte) Digest {
	h := sha256.Sum256(b)
	return Digest(hex.EncodeToString(h[:]))
}

func put(t *testing.T, s *Store, content []byte) Digest {
	t.Helper()
	d, n, err := s.Put(context.Background(), bytes.NewReader(content), 1<<20)
	if err != nil || n != int64(len(content)) || d != sum(content) {
		t.Fatalf("put: %s, %d bytes, %v", d, n, err)
	}
	return d
}

func all(t *testing.T, s *Store) (out []Digest) {
	t.Helper()
	for d, err := range s.All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func TestPutOpenSizeDelete(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		contents := [][]byte{{}, []byte("合同"), bytes.Repeat([]byte{7}, 300_000)}
		for _, content := range contents {
			d := put(t, s, content)
			put(t, s, content) // again: kept once
			r, size, err := s.Open(ctx, d)
			if err != nil || size != int64(len(content)) {
				t.Fatal(size, err)
			}
			got, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, content) {
				t.Fatalf("read back %d bytes, %v", len(got), err)
			}
			if n, err := s.Size(ctx, d); err != nil || n != size {
				t.Fatal(n, err)
			}
		}
		if n := len(all(t, s)); n != 3 {
			t.Fatalf("%d blobs listed, want 3", n)
		}
		gone := sum(contents[1])
		for range 2 {
			if err := s.Delete(ctx, gone); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := s.Open(ctx, gone); !fault.Is(err, fault.NotFound) {
			t.Fatalf("open after delete: %v", err)
		}
		if _, err := s.Size(ctx, gone); !fault.Is(err, fault.NotFound) {
			t.Fatalf("size after delete: %v", err)
		}
	})
}

func TestNothingPartialIsKept(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		stopped, stop := context.WithCancel(context.Background())
		stop()
		content := bytes.Repeat([]byte("x"), 1000)
		for name, c := range map[string]struct {
			ctx   context.Context
			r     io.Reader
			limit int64
			code  fault.Code
		}{
			"too large":    {context.Background(), bytes.NewReader(content), 999, fault.TooLarge},
			"broken off":   {context.Background(), io.MultiReader(bytes.NewReader(content), iotest.ErrReader(io.ErrUnexpectedEOF)), 2000, fault.Invalid},
			"cancelled":    {stopped, bytes.NewReader(content), 2000, fault.Internal},
			"reader fault": {context.Background(), iotest.ErrReader(fault.Newf(fault.RateLimited, "慢", "slow")), 2000, fault.RateLimited},
		} {
			if _, _, err := s.Put(c.ctx, c.r, c.limit); err == nil || fault.From(err).Code != c.code {
				t.Errorf("%s: %v", name, err)
			}
		}
		if left := all(t, s); len(left) != 0 {
			t.Fatalf("kept %v", left)
		}
		if _, _, err := s.Put(context.Background(), bytes.NewReader(content), 1000); err != nil {
			t.Fatalf("exactly the limit: %v", err)
		}
	})
}

func TestConcurrentPutsOfOneContent(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		content := bytes.Repeat([]byte("同"), 10_000)
		var puts sync.WaitGroup
		for range 8 {
			puts.Go(func() {
				if _, _, err := s.Put(context.Background(), bytes.NewReader(content), 1<<20); err != nil {
					t.Error(err)
				}
			})
		}
		puts.Wait()
		if got := all(t, s); len(got) != 1 || got[0] != sum(content) {
			t.Fatalf("listed %v", got)
		}
	})
}

func TestDigestsFromOutsideAreChecked(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, bad := range []Digest{"", "..", "../../etc/passwd", sum(nil)[:63], sum(nil) + "0", Digest("E3B0C442") + sum(nil)[8:]} {
			if _, _, err := s.Open(context.Background(), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("open %q: %v", bad, err)
			}
			if _, err := s.Size(context.Background(), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("size %q: %v", bad, err)
			}
			if err := s.Delete(context.Background(), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("delete %q: %v", bad, err)
			}
		}
	})
}

func folderStore(t *testing.T) (*Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(context.Background(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func TestChangedContentIsFoundAndACrashIsRepaired(t *testing.T) {
	s, dir := folderStore(t)
	content := []byte("the acceptance report")
	d := put(t, s, content)
	file := filepath.Join(dir, filepath.FromSlash(d.key()))

	if err := os.WriteFile(file, []byte("the acceptance REPORT"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Open(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); !fault.Is(err, fault.CheckFailed) {
		t.Fatalf("changed content read as good: %v", err)
	}

	if err := os.Truncate(file, 3); err != nil { // what a power cut may leave
		t.Fatal(err)
	}
	put(t, s, content)
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("after a second put: %q, %v", got, err)
	}
}

func TestNoStagedFileStays(t *testing.T) {
	s, dir := folderStore(t)
	put(t, s, []byte("kept"))
	_, _, _ = s.Put(context.Background(), bytes.NewReader(make([]byte, 100)), 10)
	var files []string
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if len(files) != 1 {
		t.Fatalf("files: %v", files)
	}
}

// A full disk is the kernel's own: /dev/full refuses every write with ENOSPC.
func TestFullDisk(t *testing.T) {
	s, _ := folderStore(t)
	s.stage = func() (*os.File, func(), error) {
		f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
		return f, func() { _ = f.Close() }, err
	}
	_, _, err := s.Put(context.Background(), bytes.NewReader([]byte("x")), 10)
	if !fault.Is(err, fault.Unavailable) || fault.From(err).Message.EN != "Storage is full and the file was not kept: free some space and try again." {
		t.Fatalf("got %v", err)
	}
	if left := all(t, s); len(left) != 0 {
		t.Fatalf("kept %v", left)
	}
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, code := range map[string]fault.Code{filepath.Join(file, "sub"): fault.Unavailable, "gopher://x": fault.Invalid, "s3://?region=%zz": fault.Unavailable} {
		if _, err := Open(context.Background(), address, t.TempDir()); !fault.Is(err, code) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
