// Package migrations holds the schema of every store, forward only. Files are
// never edited once released: the runner checks their digests.
package migrations

import "embed"

// Files has folder main (the product's database) and ledger (the ledger's own
// file on SQLite, its own schema on PostgreSQL). Numbers keep the order:
// 01xx platform, 02xx party, 03xx evidence, 04xx policy.
//
//go:embed main/*.sql ledger/*.sql
var Files embed.FS
