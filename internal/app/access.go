package app

import (
	"maps"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// access is who may call what: the one table of the product, by operation id.
// A missing or a stale row stops the start. Party's own rows stand beside its
// roles; the other domains do not know the roles, so theirs stand here.
func access() httpapi.Table {
	table := httpapi.Table{}
	maps.Copy(table, party.Access())
	return table
}
