package ledger

import (
	"context"
	"errors"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// What an append may report beside a fault. Nothing was written then.
var (
	ErrBehind = errors.New("ledger: the journal has entries that this process has not read")
	ErrTaken  = errors.New("ledger: an id of the batch is in the journal already")
)

// Store keeps the journal and what is folded from it. Any other error of
// Append leaves open whether the batch was written: the caller reads the head
// again before it answers.
type Store interface {
	Reader
	// Append writes entries durably when the journal still ends at after.
	// Errors: ErrBehind, ErrTaken.
	Append(ctx context.Context, after int64, entries []*Entry) error
	// Exclusive keeps other writers out until the Append after it returns, or
	// until release is called, so that a busy neighbour cannot starve this one.
	Exclusive(ctx context.Context) (release func(), err error)
	// SaveFold replaces folded rows with their values as of f.Seq, unless the
	// stored fold is as new already.
	SaveFold(ctx context.Context, f Fold) error
	// Index adds up to most entries to the index by account and reports
	// whether folded ones remain.
	Index(ctx context.Context, most int) (more bool, err error)
	Close() error
}

// Reader reads the journal and the folds.
type Reader interface {
	// Head is the end of the journal.
	Head(ctx context.Context) (Head, error)
	// Tail returns up to most entries after a seq, in order.
	Tail(ctx context.Context, after int64, most int) ([]*Entry, error)
	// ByID returns the entries that have the ids, in no order.
	ByID(ctx context.Context, ids []string) ([]*Entry, error)
	// BySeq returns the entries that have the numbers, in order.
	BySeq(ctx context.Context, seqs []int64) ([]*Entry, error)
	// Find returns up to most entries, newest first, older than before
	// (0: from the end). Into and OutOf exclude each other.
	Find(ctx context.Context, f Filter, before int64, most int) ([]*Entry, error)
	// Accounts returns up to most folded accounts whose name follows after,
	// begins with a prefix and contains a text, in the order of their names.
	Accounts(ctx context.Context, prefix, contains, after string, most int) ([]Balance, error)
	// Folded returns the whole fold.
	Folded(ctx context.Context) (Fold, error)
	// Snapshot runs fn; calls with its context all see one moment.
	Snapshot(ctx context.Context, fn func(ctx context.Context) error) error
}

// Filter picks entries; zero fields pick all. Hold and Corrects go with an
// account that both entries touch, since the index is by account.
type Filter struct {
	Into     int64 // whose target is this account
	OutOf    int64 // whose source is this account
	After    int64 // younger than this seq
	Hold     int64 // resolve this hold
	Corrects int64 // give back this entry
}

// Fold is the state of the books as of Seq: all of it when read, what changed
// when saved.
type Fold struct {
	Seq       int64
	Hash      Hash // of the entry Seq
	Accounts  []FoldedAccount
	Limits    []FoldedLimit
	Usages    []FoldedUsage
	Open      []int64 // holds that are open
	Closed    []int64 // holds that are no longer (saving only)
	Corrected []FoldedCorrection
}

// FoldedAccount is an account with its balance.
type FoldedAccount struct {
	No    int64
	Terms string // as in the entry that opened it
	Balance
}

// FoldedLimit is a limit with its number.
type FoldedLimit struct {
	No int64
	Limit
}

// FoldedUsage is how much of a limit is used, by a party or by all ("").
type FoldedUsage struct {
	LimitNo int64
	Party   string
	Used    money.Fen
}

// FoldedCorrection is how much of an entry was given back.
type FoldedCorrection struct {
	Seq    int64
	Amount money.Fen
}
