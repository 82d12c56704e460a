package evidence

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"time"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Log reads the sealed log: a Merkle tree over leaves, laid out as tiles
// (C2SP tlog-tiles), under checkpoints that our key signs (C2SP
// tlog-checkpoint). Any number of processes may read; see LogWriter.
type Log interface {
	// Key is the note verifier key that checkpoints answer to.
	Key() string
	// Checkpoint returns the newest signed checkpoint, its signature checked;
	// the zero Checkpoint before anything was sealed.
	//
	// Codes: check_failed when it is not signed with our key.
	Checkpoint(ctx context.Context) (Checkpoint, error)
	// Leaves reads the entries [from, to) of a tree of size to.
	Leaves(ctx context.Context, from, to uint64) iter.Seq2[Leaf, error]
	// Inclusion proves that a tree of a size holds the leaf at an index.
	//
	// Codes: invalid when the index or the size is beyond the log.
	Inclusion(ctx context.Context, index, size uint64) ([][]byte, error)
	// Consistency proves that one tree is the beginning of another.
	//
	// Codes: invalid when a size is beyond the log.
	Consistency(ctx context.Context, from, to uint64) ([][]byte, error)
	// Resource returns a file of the log by its public path: "checkpoint",
	// "tile/0/000", "tile/entries/000.p/5".
	//
	// Codes: not_found.
	Resource(ctx context.Context, path string) ([]byte, error)
	// Writer opens the log for appending. One writer at a time may be open,
	// in any process.
	//
	// Codes: conflict while another writer is open; unavailable.
	Writer(ctx context.Context) (LogWriter, error)
}

// LogWriter appends to the log.
type LogWriter interface {
	// Size is the number of leaves that are durably in the tree.
	Size(ctx context.Context) (uint64, error)
	// Append adds leaves in order and returns when a published checkpoint
	// covers them; first is the index of the first. After an error some may be
	// in the tree: Size tells.
	Append(ctx context.Context, leaves []Leaf) (first uint64, err error)
	// Close finishes what is under way and lets another writer in.
	Close(ctx context.Context) error
}

// Checkpoint (检查点) is the log's signed head.
type Checkpoint struct {
	Origin    string
	Size      uint64
	Root      []byte
	Raw       []byte // the signed note
	Published time.Time
}

// ParseCheckpoint reads a checkpoint and checks its signature.
//
// Codes: check_failed; invalid when the key cannot be read.
func ParseCheckpoint(raw []byte, key string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return Checkpoint{}, fault.Newf(fault.Invalid, "日志公钥写法不对。", "The log's public key cannot be read.").Because(err)
	}
	c, _, _, err := formats.ParseCheckpoint(raw, verifier.Name(), verifier)
	if err != nil {
		return Checkpoint{}, fault.Newf(fault.CheckFailed, "检查点不是用这把密钥签署的，或已被改动。", "The checkpoint is not signed with this key, or was altered.").Because(err)
	}
	return Checkpoint{Origin: c.Origin, Size: c.Size, Root: c.Hash, Raw: raw}, nil
}

// IsGone reports whether a file of the log does not exist.
func IsGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
