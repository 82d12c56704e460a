package ledger

import "context"

// Fold folds now, for tests that do not wait for the time.
func (l *Ledger) Fold(ctx context.Context) error { return l.fold(ctx) }
