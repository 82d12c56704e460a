// Package tilelog keeps the sealed log as a folder of tiles, written by
// transparency-dev/tessera on POSIX files and readable by anybody's tlog-tiles
// client.
package tilelog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Config says where a log is.
type Config struct {
	Folder string // the tiles
	Keys   string // the signing key, mode 0600, and the public key
	// Generate makes the key when the log is new. Commands that only verify
	// leave it off.
	Generate bool
}

// Log implements evidence.Log on a folder.
type Log struct {
	folder, keys, key string
	files             client.FileFetcher
}

var _ evidence.Log = (*Log)(nil)

// Open reads the key, making one for a new log if asked. It writes nothing
// else; see Writer.
//
// Codes: unavailable when the key of an existing log is gone or the keys
// folder cannot be read or written.
func Open(c Config) (*Log, error) {
	if _, err := os.Stat(filepath.Join(c.Folder, layout.CheckpointPath)); c.Generate && evidence.IsGone(err) {
		if err := generate(c.Keys); err != nil {
			return nil, err
		}
	}
	key, err := verifierKey(c.Keys)
	if err != nil {
		return nil, err
	}
	return &Log{folder: c.Folder, keys: c.Keys, key: key, files: client.FileFetcher{Root: c.Folder}}, nil
}

// Key implements evidence.Log.
func (l *Log) Key() string { return l.key }

// Checkpoint implements evidence.Log.
func (l *Log) Checkpoint(ctx context.Context) (evidence.Checkpoint, error) {
	raw, err := l.files.ReadCheckpoint(ctx)
	if evidence.IsGone(err) {
		return evidence.Checkpoint{}, nil
	}
	if err != nil {
		return evidence.Checkpoint{}, folderFault(l.folder, err)
	}
	c, err := evidence.ParseCheckpoint(raw, l.key)
	if err != nil {
		return evidence.Checkpoint{}, err
	}
	if info, err := os.Stat(filepath.Join(l.folder, layout.CheckpointPath)); err == nil {
		c.Published = info.ModTime()
	}
	return c, nil
}

// Leaves implements evidence.Log.
func (l *Log) Leaves(ctx context.Context, from, to uint64) iter.Seq2[evidence.Leaf, error] {
	return func(yield func(evidence.Leaf, error) bool) {
		index := from
		for part := range layout.Range(from, to-min(from, to), to) {
			leaves, err := l.bundle(ctx, part)
			if err != nil {
				yield(evidence.Leaf{}, fault.Newf(fault.CheckFailed, "日志第 %d 条读不出：文件缺失或损坏。", "Entry %d of the log cannot be read: its file is missing or damaged.", index).Because(err))
				return
			}
			for _, leaf := range leaves {
				if !yield(leaf, nil) {
					return
				}
				index++
			}
		}
	}
}

func (l *Log) bundle(ctx context.Context, part layout.RangeInfo) ([]evidence.Leaf, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := l.files.ReadEntryBundle(ctx, part.Index, part.Partial)
	if err != nil {
		return nil, err
	}
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(raw); err != nil {
		return nil, err
	}
	if uint(len(bundle.Entries)) < part.First+part.N {
		return nil, fmt.Errorf("bundle %d has only %d entries", part.Index, len(bundle.Entries))
	}
	leaves := make([]evidence.Leaf, part.N)
	for i, entry := range bundle.Entries[part.First : part.First+part.N] {
		if len(entry) != len(leaves[i]) {
			return nil, fmt.Errorf("an entry of %d bytes is no leaf", len(entry))
		}
		copy(leaves[i][:], entry)
	}
	return leaves, nil
}

// Inclusion implements evidence.Log.
func (l *Log) Inclusion(ctx context.Context, index, size uint64) ([][]byte, error) {
	return l.prove(ctx, size, func(b *client.ProofBuilder) ([][]byte, error) {
		if _, err := proof.Inclusion(index, size); err != nil {
			return nil, beyond(size)
		}
		return b.InclusionProof(ctx, index)
	})
}

// Consistency implements evidence.Log.
func (l *Log) Consistency(ctx context.Context, from, to uint64) ([][]byte, error) {
	return l.prove(ctx, to, func(b *client.ProofBuilder) ([][]byte, error) {
		if _, err := proof.Consistency(from, to); err != nil {
			return nil, beyond(to)
		}
		return b.ConsistencyProof(ctx, from, to)
	})
}

func (l *Log) prove(ctx context.Context, size uint64, build func(*client.ProofBuilder) ([][]byte, error)) ([][]byte, error) {
	checkpoint, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	if size > checkpoint.Size {
		return nil, beyond(checkpoint.Size)
	}
	// A tree of an earlier size may never have had its own partial tile: any
	// later version of the tile begins with the same hashes.
	tile := func(ctx context.Context, level, index uint64, partial uint8) ([]byte, error) {
		raw, err := l.files.ReadTile(ctx, level, index, partial)
		if evidence.IsGone(err) {
			return l.files.ReadTile(ctx, level, index, layout.PartialTileSize(level, index, checkpoint.Size))
		}
		return raw, err
	}
	builder, err := client.NewProofBuilder(ctx, size, tile)
	if err != nil {
		return nil, err
	}
	path, err := build(builder)
	var coded *fault.Error
	if err != nil && !errors.As(err, &coded) {
		return nil, fault.Newf(fault.CheckFailed, "日志的瓦片文件缺失或损坏，证明算不出来。", "A tile of the log is missing or damaged: the proof cannot be built.").Because(err)
	}
	return path, err
}

func beyond(size uint64) error {
	return fault.Newf(fault.Invalid, "超出日志范围：日志现有 %d 条。", "Beyond the log: it has %d entries.", size)
}

// publicPath is what C2SP tlog-tiles lets clients fetch; nothing else of the
// folder can be named with it.
var publicPath = regexp.MustCompile(`^(checkpoint|tile/([0-9]|[1-5][0-9]|entries)(/x[0-9]{3}){0,6}/[0-9]{3}(\.p/[0-9]{1,3})?)$`)

// Resource implements evidence.Log.
func (l *Log) Resource(_ context.Context, path string) ([]byte, error) {
	missing := fault.Newf(fault.NotFound, "日志里没有“%.80s”。", "The log has no %.80q.", path)
	if !publicPath.MatchString(path) {
		return nil, missing
	}
	raw, err := os.ReadFile(filepath.Join(l.folder, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing
	}
	if err != nil {
		return nil, folderFault(l.folder, err)
	}
	return raw, nil
}

func folderFault(folder string, cause error) error {
	return fault.Newf(fault.Unavailable, "证据日志目录 %s 读写失败：请检查权限和磁盘空间。", "The evidence log's folder %s cannot be read or written: check permissions and free space.", folder).Because(cause)
}
