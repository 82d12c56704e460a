package evidence

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps facts, digests and the outbox of what is to be sealed. Both
// databases run the suite in evidencetest. Errors that are not listed are
// defects, or "unavailable" from the database.
type Store interface {
	// InTx runs fn in a transaction, or in the caller's.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error

	// Insert writes facts with their outbox entries, in order.
	//
	// Codes: conflict when an id exists or a fact is corrected a second time.
	Insert(ctx context.Context, facts []Fact, entries []Entry) error
	// InsertDigest writes a digest with its outbox entry.
	//
	// Codes: conflict when the id exists.
	InsertDigest(ctx context.Context, d Digest, e Entry) error
	// Find returns the records of those ids that exist, in no order.
	Find(ctx context.Context, ids []string) ([]Record, error)
	// List returns records that match, newest day first, then by falling id.
	List(ctx context.Context, q Query) ([]Record, error)
	// Written returns the facts behind a place in the outbox, in the order in
	// which they were written.
	Written(ctx context.Context, after int64, limit int) ([]Record, error)
	// Extent is how many facts there are, and the place of the newest entry.
	Extent(ctx context.Context) (Extent, error)
	// Quantities visits subject, kind, unit and quantity of each fact that
	// matches and counts (see Effective).
	Quantities(ctx context.Context, q Query, visit func(Quantity) error) error
	// Digests returns the latest digests of a name, newest first.
	Digests(ctx context.Context, name string, limit int) ([]SealedDigest, error)

	Outbox
	Audit
	ImportStore
}

// Outbox is what the sealer needs of the store.
type Outbox interface {
	// Pending returns the oldest entries that are not sealed, in order.
	Pending(ctx context.Context, limit int) ([]Entry, error)
	// ByLeaf finds an entry, sealed or not.
	ByLeaf(ctx context.Context, leaf Leaf) (e Entry, found bool, err error)
	// RecordSealed notes at which index of the log entries stand.
	//
	// Codes: conflict when an entry is sealed already or the index is taken.
	RecordSealed(ctx context.Context, entries []Entry, at time.Time) error
	// SealedSize is one more than the highest index recorded, 0 for none.
	SealedSize(ctx context.Context) (uint64, error)
	// Backlog counts the entries that are not sealed and tells when the oldest
	// was written.
	Backlog(ctx context.Context) (count int64, oldest time.Time, err error)
}

// Audit is what verification needs of the store.
type Audit interface {
	// Sealed returns entries with what they seal, by rising index from a given one.
	Sealed(ctx context.Context, from uint64, limit int) ([]Sealing, error)
	// Unsealed is Sealed for entries without an index, after a given sequence.
	Unsealed(ctx context.Context, after int64, limit int) ([]Sealing, error)
	// Unlogged returns ids of facts and digests that have no entry.
	Unlogged(ctx context.Context, limit int) ([]string, error)
	// Counts returns the number of facts and digests.
	Counts(ctx context.Context) (facts, digests int64, err error)
}

// Entry is one row of the outbox: a leaf for the log, and later its index.
type Entry struct {
	Seq    int64 // set by the store
	Ref    string
	Sort   EntrySort
	Salt   []byte
	Leaf   Leaf
	Index  *uint64 // nil until sealed
	Sealed time.Time
}

// EntrySort says what an entry seals.
type EntrySort string

// What an entry may seal.
const (
	SortFact   EntrySort = "fact"
	SortDigest EntrySort = "digest"
)

// Record is a fact with what happened to it since.
type Record struct {
	Fact
	CorrectedBy string // id of the correction that replaced it, or empty
	Seal        Entry
}

// Sealing is an entry with the canonical bytes that its leaf should seal, as
// the database has them now; nil when the fact or digest is gone.
type Sealing struct {
	Entry
	Canonical []byte
}

// Query selects facts. Empty fields do not restrict.
type Query struct {
	Subject  ident.CreditCode
	Kinds    []string
	Text     string     // part of the object, the whole id, or a part of the kind's names
	From, To clock.Date // days when it occurred, both included
	// Effective leaves out what was corrected or withdrawn.
	Effective bool
	// Corrections leaves out what corrects nothing.
	Corrections bool
	// After continues behind a record of an earlier answer.
	After *Position
	Limit int
}

// Extent is how far the facts of a store reach.
type Extent struct {
	Facts int64 // how many there are
	Last  int64 // Seal.Seq of the newest entry
}

// Position is a place in the order of List.
type Position struct {
	Occurred clock.Date
	ID       string
}

// Quantity is what an aggregate adds up.
type Quantity struct {
	Subject  ident.CreditCode
	Kind     string
	Unit     string
	Quantity string
}
