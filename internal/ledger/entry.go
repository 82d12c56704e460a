package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Entry is one row of the journal (分录): an answer the ledger gave.
// Accounts and other entries are named by number, which is the seq of the
// entry that made them.
type Entry struct {
	Seq      int64
	ID       string
	Kind     Kind
	From     int64
	To       int64
	Amount   money.Fen
	Hold     int64 // the hold that a Post, Void or Expire resolves
	Corrects int64 // the entry that a Correction gives back
	Link     int64 // first entry of the group, 0 when alone
	Party    string
	Ref      string
	Until    clock.Date
	Outcome  Outcome
	Detail   string    // refused: the account, limit or entry in the way; open, limit: the terms
	Free     money.Fen // refused: what was left there
	At       int64     // microseconds since 1970 UTC
	Hash     Hash

	closed *hold     // the hold this entry resolved, to undo it
	before money.Fen // the limit's value before this entry, to undo it
}

// Hash chains an entry to all before it.
type Hash [sha256.Size]byte

// String is lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Head is the end of the journal. Sealed elsewhere, it proves that nothing up
// to Seq was altered since, not even consistently.
type Head struct {
	Seq  int64
	Hash Hash
}

// next returns the hash of an entry after prev:
//
//	SHA-256(prev ‖ seq ‖ from ‖ to ‖ amount ‖ hold ‖ corrects ‖ link ‖ free ‖ at ‖
//	        id ‖ kind ‖ party ‖ ref ‖ until ‖ outcome ‖ detail)
//
// Integers are 8 bytes, big-endian; a text is its length as such an integer
// and its UTF-8 bytes. The scratch buffer is reused and returned.
func (e *Entry) next(prev Hash, scratch []byte) (Hash, []byte) {
	b := append(scratch[:0], prev[:]...)
	for _, n := range [...]int64{e.Seq, e.From, e.To, int64(e.Amount), e.Hold, e.Corrects, e.Link, int64(e.Free), e.At} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, s := range [...]string{e.ID, string(e.Kind), e.Party, e.Ref, string(e.Until), string(e.Outcome), e.Detail} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b), b
}

// seal chains the entries after head and returns the new head. The scratch
// buffer is reused.
func seal(head Head, entries []*Entry, scratch *[]byte) Head {
	for _, e := range entries {
		e.Hash, *scratch = e.next(head.Hash, *scratch)
		head = Head{Seq: e.Seq, Hash: e.Hash}
	}
	return head
}
