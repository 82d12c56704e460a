package tilelog_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/evidence/tilelog"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

type bench struct {
	log          *tilelog.Log
	folder, keys string
}

func setup(t *testing.T) bench {
	t.Helper()
	dir := t.TempDir()
	b := bench{folder: filepath.Join(dir, "log"), keys: filepath.Join(dir, "keys")}
	b.log = b.open(t)
	return b
}

func (b bench) open(t *testing.T) *tilelog.Log {
	t.Helper()
	l, err := tilelog.Open(tilelog.Config{Folder: b.folder, Keys: b.keys, Generate: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// leaf is the n-th leaf of the tests.
func leaf(n uint64) evidence.Leaf {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
}

func leaves(from, to uint64) (out []evidence.Leaf) {
	for n := from; n < to; n++ {
		out = append(out, leaf(n))
	}
	return out
}

func (b bench) grow(t *testing.T, w evidence.LogWriter, from, to uint64) evidence.Checkpoint {
	t.Helper()
	if first, err := w.Append(t.Context(), leaves(from, to)); err != nil || first != from {
		t.Fatalf("append at %d, want %d: %v", first, from, err)
	}
	c, err := b.log.Checkpoint(t.Context())
	if err != nil || c.Size != to {
		t.Fatalf("checkpoint of size %d, want %d: %v", c.Size, to, err)
	}
	return c
}

func (b bench) writer(t *testing.T) evidence.LogWriter {
	t.Helper()
	w, err := b.log.Writer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestProofsHoldAtEverySize(t *testing.T) {
	b := setup(t)
	w := b.writer(t)
	steps := []uint64{1, 2, 3, 10, 255, 256, 257, 600}
	var at uint64
	var heads []evidence.Checkpoint
	for _, size := range steps {
		heads = append(heads, b.grow(t, w, at, size))
		at = size
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, head := range heads {
		for _, index := range []uint64{0, head.Size / 2, head.Size - 1} {
			path, err := b.log.Inclusion(t.Context(), index, head.Size)
			if err != nil {
				t.Fatalf("inclusion %d of %d: %v", index, head.Size, err)
			}
			l := leaf(index)
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, rfc6962.DefaultHasher.HashLeaf(l[:]), path, head.Root); err != nil {
				t.Errorf("inclusion %d of %d: %v", index, head.Size, err)
			}
		}
		for _, newer := range heads[i:] {
			path, err := b.log.Consistency(t.Context(), head.Size, newer.Size)
			if err != nil {
				t.Fatalf("consistency %d of %d: %v", head.Size, newer.Size, err)
			}
			if err := evidencetest.VerifyConsistency(b.log.Key(), head.Raw, newer.Raw, path); err != nil {
				t.Errorf("consistency %d of %d: %v", head.Size, newer.Size, err)
			}
		}
	}
	if err := evidencetest.VerifyConsistency(b.log.Key(), heads[3].Raw, heads[7].Raw, nil); !fault.Is(err, fault.CheckFailed) {
		t.Errorf("no proof at all: %v", err)
	}
	// A size that no checkpoint ever had is provable too.
	if _, err := b.log.Inclusion(t.Context(), 3, 7); err != nil {
		t.Errorf("between checkpoints: %v", err)
	}
	for name, err := range map[string]error{
		"index at the size":    second(b.log.Inclusion(t.Context(), 600, 600)),
		"size beyond":          second(b.log.Inclusion(t.Context(), 0, 601)),
		"consistency beyond":   second(b.log.Consistency(t.Context(), 1, 601)),
		"consistency backward": second(b.log.Consistency(t.Context(), 9, 8)),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ [][]byte, err error) error { return err }

func TestLeavesReadAnyRange(t *testing.T) {
	b := setup(t)
	w := b.writer(t)
	b.grow(t, w, 0, 300)
	b.grow(t, w, 300, 520)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]uint64{{0, 520}, {0, 300}, {255, 257}, {256, 512}, {519, 520}, {5, 5}, {7, 3}} {
		at := r[0]
		for l, err := range b.log.Leaves(t.Context(), r[0], r[1]) {
			if err != nil || l != leaf(at) {
				t.Fatalf("%v at %d: %v", r, at, err)
			}
			at++
		}
		if at != max(r[0], r[1]) {
			t.Errorf("%v ended at %d", r, at)
		}
	}
}

func TestOneWriterAtATime(t *testing.T) {
	b := setup(t)
	w := b.writer(t)
	if _, err := b.open(t).Writer(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a second writer: %v", err)
	}
	b.grow(t, w, 0, 2)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := b.writer(t)
	if size, err := again.Size(t.Context()); err != nil || size != 2 {
		t.Fatal(size, err)
	}
	b.grow(t, again, 2, 3)
	if err := again.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestTheWriterLeavesNoGoroutineBehind(t *testing.T) {
	b := setup(t)
	w := b.writer(t)
	b.grow(t, w, 0, 5)
	if !strings.Contains(stacks(), "tessera") {
		t.Fatal("the test would see nothing: no goroutine of Tessera's while the log is open")
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); strings.Contains(stacks(), "transparency-dev/tessera"); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal(stacks())
		}
	}
}

func stacks() string {
	b := make([]byte, 1<<20)
	return string(b[:runtime.Stack(b, true)])
}

func TestKeys(t *testing.T) {
	b := setup(t)
	info, err := os.Stat(filepath.Join(b.keys, "evidence-log.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	if again := b.open(t); again.Key() != b.log.Key() {
		t.Fatal("the key changed at the second start")
	}
	w := b.writer(t)
	b.grow(t, w, 0, 1)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	secret, err := os.ReadFile(filepath.Join(b.keys, "evidence-log.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(b.keys, "evidence-log.key")); err != nil {
		t.Fatal(err)
	}
	reader := b.open(t) // the public file is enough to verify
	if c, err := reader.Checkpoint(t.Context()); err != nil || c.Size != 1 {
		t.Fatal(c, err)
	}
	if _, err := reader.Writer(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a writer without its key: %v", err)
	}
	if err := os.Remove(filepath.Join(b.keys, "evidence-log.pub")); err != nil {
		t.Fatal(err)
	}
	if _, err := tilelog.Open(tilelog.Config{Folder: b.folder, Keys: b.keys, Generate: true}); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a log whose key is gone got a new one: %v", err)
	}
	if err := os.WriteFile(filepath.Join(b.keys, "evidence-log.key"), secret, 0o600); err != nil {
		t.Fatal(err)
	}
	if restored := b.open(t); restored.Key() != b.log.Key() {
		t.Fatal("the secret key tells another public key than its file did")
	}
	if _, err := tilelog.Open(tilelog.Config{Folder: t.TempDir(), Keys: t.TempDir()}); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a reader made a key: %v", err)
	}
}

func TestResourcesAreThePublicFilesOnly(t *testing.T) {
	b := setup(t)
	w := b.writer(t)
	head := b.grow(t, w, 0, 5)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if raw, err := b.log.Resource(t.Context(), "checkpoint"); err != nil || !bytes.Equal(raw, head.Raw) {
		t.Fatal(err)
	}
	for _, path := range []string{"tile/0/000.p/5", "tile/entries/000.p/5"} {
		if raw, err := b.log.Resource(t.Context(), path); err != nil || len(raw) == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"", "/checkpoint", ".state/treeState", "../keys/evidence-log.key", "tile/../../keys/evidence-log.key", "tile/entries/../../.writer.lock",
		"tile/0/001", "tile/0/000.p/../000.p/5", "checkpoint\n", "tile/99/000"} {
		if _, err := b.log.Resource(t.Context(), path); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestAWriterThatDiedBeforePublishing(t *testing.T) {
	b := setup(t)
	w := b.writer(t)
	old := b.grow(t, w, 0, 3)
	b.grow(t, w, 3, 8)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.folder, "checkpoint"), old.Raw, 0o644); err != nil {
		t.Fatal(err)
	}
	heir := b.writer(t)
	if c, err := b.log.Checkpoint(t.Context()); err != nil || c.Size != 8 {
		t.Fatalf("the heir did not publish what was integrated: %d %v", c.Size, err)
	}
	if err := heir.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
