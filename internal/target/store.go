package target

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Store keeps what people say of tasks. Its writes join the transaction of the
// context; nothing in it is ever changed but for an ending, which is written
// once. targettest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error

	// Lock lets one transaction at a time act under a name; it ends with the
	// transaction of the context.
	Lock(ctx context.Context, name string) error

	InsertFile(ctx context.Context, f File) error
	// Files finds files by id, in the order asked; unknown ids are left out.
	Files(ctx context.Context, ids []string) ([]File, error)

	// InsertReport. Codes: conflict when the report that it corrects was
	// corrected already.
	InsertReport(ctx context.Context, r Report) error
	// Reports lists those of a task, or all for "", oldest first. Files carry
	// their ids only.
	Reports(ctx context.Context, task string) ([]Report, error)

	InsertAssignment(ctx context.Context, a Assignment) error
	// Assignments lists those of a year, ended ones too, by day due.
	Assignments(ctx context.Context, year int) ([]Assignment, error)
	// EndAssignment. Codes: not_found; conflict when it has ended.
	EndAssignment(ctx context.Context, id string, e Ending) error

	// InsertListing. Codes: conflict when the project is on the year's list.
	InsertListing(ctx context.Context, l Listing) error
	// Listings lists a list's lines of a year, removed ones too, oldest first.
	Listings(ctx context.Context, list string, year int) ([]Listing, error)
	// RemoveListing returns the line as removed. Codes: not_found; conflict when it was removed.
	RemoveListing(ctx context.Context, id string, e Ending) (Listing, error)

	InsertMeeting(ctx context.Context, m Meeting) error
	// Meeting. Codes: not_found.
	Meeting(ctx context.Context, id string) (Meeting, error)
	// Meetings lists newest first, of one body or of all.
	Meetings(ctx context.Context, f MeetingFilter) ([]Meeting, error)
	InsertDecision(ctx context.Context, d Decision) error
	// Decisions lists by meeting day and order taken; "" for those of all meetings.
	Decisions(ctx context.Context, meeting string) ([]Decision, error)
	// CloseDecision. Codes: not_found; conflict when it is closed.
	CloseDecision(ctx context.Context, id string, e Ending) error

	// Remind notes that a reminder was sent; fresh is false when it was before.
	Remind(ctx context.Context, r Reminder) (fresh bool, err error)
}

// MeetingFilter chooses meetings; zero fields do not filter.
type MeetingFilter struct {
	Body      string
	BeforeDay clock.Date // cursor: those before this day, or on it with a smaller id
	BeforeID  string
	Limit     int
}

// Reminder is that somebody was told of a duty, once a kind.
type Reminder struct {
	Task string
	Unit string
	Ref  string // of the duty: empty for the clause's own day
	Due  clock.Date
	Kind string // "soon", "overdue/0", "overdue/1", …
}
