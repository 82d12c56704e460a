package document

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// LoadLibrary reads documents/*.yaml of a region pack.
func LoadLibrary(t *testing.T, pack fs.FS) *Library {
	t.Helper()
	names, err := fs.Glob(pack, "documents/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	lib := &Library{}
	for _, name := range names {
		raw, err := fs.ReadFile(pack, name)
		if err != nil {
			t.Fatal(err)
		}
		var e Entry
		if err := yaml.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		if e.ID == "" {
			e.ID = strings.TrimSuffix(path.Base(name), ".yaml")
		}
		lib.entries = append(lib.entries, e)
	}
	return lib
}
