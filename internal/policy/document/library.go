package document

import "github.com/qianmo/qianmo/internal/platform/i18n"

// Library is what a region pack keeps of its documents: places and hashes,
// never words. It recognises a text that somebody brings.
type Library struct{ entries []Entry }

// Entry is one document of a pack (documents/<id>.yaml). Measures and the
// pack's reading of each clause stand in the same file and are read elsewhere.
type Entry struct {
	ID      string        `yaml:"id"`
	Title   i18n.Text     `yaml:"title"`
	SHA256  string        `yaml:"sha256"` // of the copy that the pack was written from
	Bytes   int           `yaml:"bytes"`
	Clauses []EntryClause `yaml:"clauses"`
}

// EntryClause is where a clause stands in the pack's copy.
type EntryClause struct {
	Path   string `yaml:"path"`
	Start  int    `yaml:"start"`
	End    int    `yaml:"end"`
	SHA256 string `yaml:"sha256"`
}

// NewLibrary holds entries that were read elsewhere.
func NewLibrary(entries []Entry) *Library { return &Library{entries: entries} }
