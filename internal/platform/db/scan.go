package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/qianmo/qianmo/internal/platform/clock"
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

// Tally reads the one row of a query for how many and the least of their times,
// "select count(*), min(at)": a civil date, or microseconds, whose day it then
// is. Since is "" when there are none.
func Tally(ctx context.Context, q Querier, query string, args ...any) (count int64, since clock.Date, err error) {
	var least any
	if err := q.QueryRowContext(ctx, query, args...).Scan(&count, &least); err != nil {
		return 0, "", Fault(err)
	}
	switch at := least.(type) {
	case int64:
		since = clock.DateOf(clock.FromMicros(at))
	case string:
		since = clock.Date(at)
	case []byte:
		since = clock.Date(at)
	}
	return count, since, nil
}

// Bool stores a boolean as the integer that both databases keep.
func Bool(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
