package db

import (
	"context"
	"database/sql"
	"errors"
)

// All runs a query and scans each row with scan, which receives the row's Scan.
func All[T any](ctx context.Context, q Querier, scan func(row func(dest ...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, Fault(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, Fault(rows.Err())
}

// One runs a query of at most one row; found is false when there is none.
func One[T any](ctx context.Context, q Querier, scan func(row func(dest ...any) error) (T, error), query string, args ...any) (v T, found bool, err error) {
	v, err = scan(q.QueryRowContext(ctx, query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, false, nil
	}
	return v, err == nil, Fault(err)
}

// Bool stores a boolean as the integer that both databases keep.
func Bool(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
