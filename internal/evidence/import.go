package evidence

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Import (批量导入) is an uploaded file of facts. It is read and checked at
// once and its facts are written only when a person accepts the preview.
type Import struct {
	ID       string      `json:"id"`
	Org      string      `json:"org"` // credit code of the uploader's organisation, empty for the office
	Person   string      `json:"person"`
	Name     string      `json:"name"`   // what the uploader called the file; shown, never used
	Format   string      `json:"format"` // csv | parquet
	SHA256   string      `json:"sha256"`
	Size     int64       `json:"size"`
	State    ImportState `json:"state"`
	Good     int64       `json:"good"` // rows without a fault
	Bad      int64       `json:"bad"`  // rows with at least one
	Created  time.Time   `json:"created"`
	Accepted time.Time   `json:"accepted"`
	Written  int64       `json:"written"` // facts that were new when accepted
}

// ImportState is where an import stands.
type ImportState string

// previewed → accepted | discarded; both are final.
const (
	ImportPreviewed ImportState = "previewed"
	ImportAccepted  ImportState = "accepted"
	ImportDiscarded ImportState = "discarded"
)

// ImportProblem is one fault of one row.
type ImportProblem struct {
	Line    int64     `json:"line"`   // 1 is the header of a CSV file; in Parquet the row's number from 1
	Column  string    `json:"column"` // the column's name, empty when the row as a whole is meant
	Value   string    `json:"value"`  // what stands in the cell, cut when long
	Message i18n.Text `json:"message"`
}

// StagedRow is a good row that waits for acceptance.
type StagedRow struct {
	Line int64
	Fact Fact
}

// MaxImportProblems bounds the problems that a preview keeps; Bad counts all rows.
const MaxImportProblems = 1000

// ImportStore keeps imports until they are accepted or discarded.
type ImportStore interface {
	InsertImport(ctx context.Context, im Import, rows []StagedRow, problems []ImportProblem) error
	FindImport(ctx context.Context, id string) (im Import, found bool, err error)
	// StagedRows returns rows behind a line, in order.
	StagedRows(ctx context.Context, id string, after int64, limit int) ([]StagedRow, error)
	// ImportProblems returns problems from a position in their order.
	ImportProblems(ctx context.Context, id string, from, limit int) ([]ImportProblem, error)
	// StaleImports returns previews made before an instant, oldest first.
	StaleImports(ctx context.Context, before time.Time, limit int) ([]string, error)
	// FinishImport moves a preview to a final state and drops its staged rows.
	//
	// Codes: conflict when it is no preview any more.
	FinishImport(ctx context.Context, im Import) error
}
