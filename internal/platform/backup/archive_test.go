package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

var made = time.Date(2025, 6, 30, 1, 2, 3, 0, time.UTC)

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tile has no repetition, so that every bit of the packed form matters.
var tile = func() string {
	b := make([]byte, 20_000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}()

// archived makes an archive of a stream and a folder.
func archived(t testing.TB) (name string, m Manifest) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "log"), map[string]string{"checkpoint": "10", "tile/0/000": tile, "tile/0/tmp": "skip me"})
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "log", "link")); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, "out", "backup.tar.gz")
	if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := Create(name, made)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := w.Stream("main.jsonl", func(out io.Writer) error { _, err := io.WriteString(out, "rows\n"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := w.Folder("log", filepath.Join(dir, "log"), func(n string) bool { return n != "tile/0/tmp" }); err != nil {
		t.Fatal(err)
	}
	if err := w.Folder("blobs", filepath.Join(dir, "none"), func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if m, err = w.Close(map[string]string{"version": "1"}); err != nil {
		t.Fatal(err)
	}
	if left := names(t, filepath.Dir(name)); len(left) != 1 {
		t.Fatalf("beside the archive: %v", left)
	}
	return name, m
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(contents(t, dir)))
}

func TestAnArchiveComesBackWhole(t *testing.T) {
	name, wrote := archived(t)
	into := filepath.Join(t.TempDir(), "restored")
	for _, prepare := range []func() error{func() error { return nil }, func() error { return os.Mkdir(into, 0o700) }} {
		if err := errors.Join(os.RemoveAll(into), prepare()); err != nil {
			t.Fatal(err)
		}
		m, err := Extract(name, into)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wrote, m); diff != "" || m.Note["version"] != "1" || !m.Made.Equal(made) || len(m.Entries) != 3 {
			t.Fatalf("%+v\n%s", m, diff)
		}
		want := map[string]string{"main.jsonl": "rows\n", "log/checkpoint": "10", "log/tile/0/000": tile}
		if diff := cmp.Diff(want, contents(t, into)); diff != "" {
			t.Fatal(diff)
		}
	}
	if _, err := Extract(name, into); !fault.Is(err, fault.Conflict) {
		t.Fatalf("into a full folder: %v", err)
	}
	if m, err := Verify(name); err != nil || len(m.Entries) != 3 {
		t.Fatal(m, err)
	}
	if _, err := Create(name, made); !fault.Is(err, fault.Conflict) {
		t.Fatalf("over an archive: %v", err)
	}
}

func TestADamagedArchiveIsRefusedAndLeavesNothing(t *testing.T) {
	name, _ := archived(t)
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{"empty": nil, "no gzip": []byte("hello"), "longer": append(bytes.Clone(good), "x"...)}
	for n := 1; n < len(good); n += len(good)/60 + 1 {
		bad[fmt.Sprint("cut at ", n)] = good[:n]
		flipped := bytes.Clone(good)
		flipped[max(n, 10)] ^= 0x10 // the first ten bytes are gzip's, with a time in them
		bad[fmt.Sprint("flipped at ", n)] = flipped
	}
	for what, content := range bad {
		dir := t.TempDir()
		file := filepath.Join(dir, "bad.tar.gz")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(file); !fault.Is(err, fault.CheckFailed) {
			t.Errorf("%s: Verify gave %v", what, err)
		}
		if _, err := Extract(file, filepath.Join(dir, "restored")); !fault.Is(err, fault.CheckFailed) {
			t.Errorf("%s: Extract gave %v", what, err)
		}
		if left := names(t, dir); len(left) != 1 {
			t.Errorf("%s: left %v", what, left)
		}
	}
}

func TestHostileMembersAreRefused(t *testing.T) {
	manifest := `{"format":1,"entries":[]}`
	for what, headers := range map[string][]tar.Header{
		"climbing":      {{Name: "../evil", Typeflag: tar.TypeReg}},
		"climbing deep": {{Name: "a/../../evil", Typeflag: tar.TypeReg}},
		"rooted":        {{Name: "/tmp/evil", Typeflag: tar.TypeReg}},
		"a link":        {{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, {Name: "link/passwd", Typeflag: tar.TypeReg}},
		"a device":      {{Name: "dev", Typeflag: tar.TypeChar}},
		"a folder":      {{Name: "dir/", Typeflag: tar.TypeDir}},
		"twice":         {{Name: "a", Typeflag: tar.TypeReg}, {Name: "a", Typeflag: tar.TypeReg}},
		"unlisted":      {{Name: "a", Typeflag: tar.TypeReg}},
		"below a file":  {{Name: "a", Typeflag: tar.TypeReg}, {Name: "a/b", Typeflag: tar.TypeReg}},
	} {
		t.Run(what, func(t *testing.T) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			w := tar.NewWriter(z)
			for _, h := range append(headers, tar.Header{Name: manifestName, Size: int64(len(manifest))}) {
				if err := w.WriteHeader(&h); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := io.WriteString(w, manifest); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Close(), z.Close()); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			file := filepath.Join(dir, "evil.tar.gz")
			if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Extract(file, filepath.Join(dir, "deep", "er", "restored")); err == nil {
				t.Fatal("extracted")
			}
			if left := names(t, dir); len(left) != 1 {
				t.Fatalf("left %v", left)
			}
		})
	}
}

func TestAnUnfinishedArchiveLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(filepath.Join(dir, "b.tar.gz"), made)
	if err != nil {
		t.Fatal(err)
	}
	full := &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	if err := w.Stream("main", func(io.Writer) error { return full }); !fault.Is(err, fault.Unavailable) || !strings.Contains(fault.From(err).Message.EN, "disk is full") {
		t.Fatal(err)
	}
	for _, name := range []string{"../x", "/x", manifestName, "", ".", "a//b"} {
		if err := w.Stream(name, func(io.Writer) error { return nil }); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	w.Abort()
	if left := names(t, dir); len(left) != 0 {
		t.Fatalf("left %v", left)
	}
	if _, err := Create(filepath.Join(dir, "no", "folder", "b"), made); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	if _, err := Verify(filepath.Join(dir, "none")); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
}

// FuzzExtract: no archive makes the reader panic, and one that is refused
// leaves nothing behind.
func FuzzExtract(f *testing.F) {
	home := f.TempDir()
	write(f, filepath.Join(home, "in"), map[string]string{"a": "1", "b/c": "2"})
	good := filepath.Join(home, "good.tgz")
	w, err := Create(good, made)
	if err == nil {
		err = errors.Join(w.Folder("in", filepath.Join(home, "in"), func(string) bool { return true }))
	}
	if err == nil {
		_, err = w.Close(nil)
	}
	if err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Add([]byte{})
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		archive, out := filepath.Join(dir, "x.tgz"), filepath.Join(dir, "out")
		if err := os.WriteFile(archive, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Extract(archive, out); err == nil {
			return
		} else if !fault.Is(err, fault.CheckFailed) {
			t.Fatal(err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 {
			t.Fatalf("%d entries are left, %v", len(left), err)
		}
	})
}
