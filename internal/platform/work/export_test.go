package work

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Get returns one item.
//
// Codes: not_found, unavailable.
func (q Queue) Get(ctx context.Context, id string) (Row, error) {
	row, found, err := db.One(ctx, q.DB.Q(ctx), scanRow, `select `+rowColumns+` from work_item where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有工作项 %.60s。", "There is no work item %.60s.", id)
	}
	return row, err
}

// Drain runs what is due, in the order of its time, until nothing is.
//
// Codes: unavailable. Errors of workers are in the items.
func (r *Runner) Drain(ctx context.Context) error {
	for {
		if err := r.maintain(ctx); err != nil {
			return err
		}
		rows, err := r.claim(ctx, 1)
		if err != nil || len(rows) == 0 {
			return err
		}
		r.work(ctx, rows[0])
	}
}
