package sqlstore

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// Database opens the ledger's own tables as they are, without bringing them
// up to date: for restoring a backup into an empty place.
//
// Codes: unavailable.
func Database(ctx context.Context, dsn string) (*db.DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		own, err := ownSchema(ctx, dsn)
		if err != nil {
			return nil, err
		}
		dsn = own
	}
	return db.Open(ctx, dsn)
}
