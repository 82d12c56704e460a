package document

import (
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

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

// LoadLibrary reads documents/*.yaml of a region pack.
// Codes: invalid.
func LoadLibrary(pack fs.FS) (*Library, error) {
	names, err := fs.Glob(pack, "documents/*.yaml")
	if err != nil {
		return nil, err
	}
	lib := &Library{}
	for _, name := range names {
		raw, err := fs.ReadFile(pack, name)
		if err != nil {
			return nil, err
		}
		var e Entry
		if err := yaml.Unmarshal(raw, &e); err != nil {
			return nil, fault.Newf(fault.Invalid, "文件 %s 读不懂：%v。", "The file %s cannot be read: %v.", name, err)
		}
		if e.ID == "" {
			e.ID = strings.TrimSuffix(path.Base(name), ".yaml")
		}
		lib.entries = append(lib.entries, e)
	}
	return lib, nil
}

// NewLibrary holds entries that were read elsewhere.
func NewLibrary(entries []Entry) *Library { return &Library{entries: entries} }

// Entry gives a document of the pack.
func (l *Library) Entry(id string) (Entry, bool) {
	for _, e := range l.entries {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}
