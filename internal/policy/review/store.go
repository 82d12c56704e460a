package review

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Store keeps the pool, panels, scores and records. Every method joins the
// transaction of its context. reviewtest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error

	// InsertExpert. Codes: conflict when the person is an expert already.
	InsertExpert(ctx context.Context, e Expert) error
	// UpdateExpert writes e if the stored version is still e.Version, and sets
	// e.Version to the new one. Codes: conflict.
	UpdateExpert(ctx context.Context, e *Expert) error
	// Expert. Codes: not_found.
	Expert(ctx context.Context, id string) (Expert, error)
	// ExpertOf finds the expert that a person is.
	ExpertOf(ctx context.Context, person string) (e Expert, found bool, err error)
	// Experts lists by name and id.
	Experts(ctx context.Context, f ExpertFilter) ([]Expert, error)

	InsertPanel(ctx context.Context, p Panel) error
	// UpdatePanel writes p's state and draw if the stored version is still
	// p.Version, and sets p.Version to the new one. Codes: conflict.
	UpdatePanel(ctx context.Context, p *Panel) error
	// LockPanel reads a panel such that no other transaction writes it, its seats
	// or its scores before this one ends. Codes: not_found.
	LockPanel(ctx context.Context, id string) (Panel, error)
	// Panel. Codes: not_found.
	Panel(ctx context.Context, id string) (Panel, error)
	// Panels lists newest change first.
	Panels(ctx context.Context, f PanelFilter) ([]Panel, error)

	// InsertSeats. Codes: conflict when an expert has a seat before the case.
	InsertSeats(ctx context.Context, seats []Seat) error
	// EndSeat writes when and why a live seat ended. Codes: conflict.
	EndSeat(ctx context.Context, s Seat) error
	// Seats lists in the order in which they were taken.
	Seats(ctx context.Context, f SeatFilter) ([]Seat, error)

	// SaveScore writes a draft: a new one when its Version is 0, else over the
	// stored one of that version; it sets the new version. With Final it is the
	// last write of the score. Codes: conflict when another write came between,
	// or the score is final.
	SaveScore(ctx context.Context, s *Score) error
	// Scores lists in the order in which they were begun.
	Scores(ctx context.Context, f SeatFilter) ([]Score, error)

	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)

	AddRecord(ctx context.Context, r Record) error
	Records(ctx context.Context, f RecordFilter) ([]Record, error)
}

// ExpertFilter chooses experts; zero fields do not filter.
type ExpertFilter struct {
	Query  string // part of the name or of the employer's
	Field  string
	Active bool      // only those in the pool
	After  [2]string // name and id of the last one seen
	Limit  int       // 0: all
}

// PanelFilter chooses panels; zero fields do not filter.
type PanelFilter struct {
	Measure string
	Year    int
	State   PanelState
	Case    string // panels that have the case
	Query   string // part of the name, or of a case's number
	Before  string // cursor: the "updated/id" of the last one seen
	Limit   int    // 0: all
}

// SeatFilter chooses seats and scores; zero fields do not filter.
type SeatFilter struct {
	Panel  string
	Case   string
	Expert string
}
