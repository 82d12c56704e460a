package yamlfile_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
)

type lamp struct {
	Name  string   `yaml:"name"`
	Watts int      `yaml:"watts"`
	Rooms []string `yaml:"rooms"`
}

func TestStrict(t *testing.T) {
	for name, check := range map[string]struct{ text, at, says string }{
		"well":                   {"name: 灯\nwatts: 40\n", "", ""},
		"empty":                  {"", "f.yaml:1", "空"},
		"two documents":          {"name: a\n---\nname: b\n", "f.yaml:2", "一份"},
		"an unknown field":       {"name: a\ncolour: red\n", "f.yaml:2", ""},
		"a field twice":          {"name: a\nname: b\n", "f.yaml:2", ""},
		"words for a number":     {"name: a\nwatts: many\n", "f.yaml:2", ""},
		"an anchor":              {"name: &n a\nrooms: [*n]\n", "f.yaml:1", "锚点"},
		"GBK":                    {"name: a\nrooms: [\xd1\xd0]\n", "f.yaml:2", "UTF-8"},
		"a control character":    {"name: \"a\x00\"\n", "f.yaml:1", "U+0000"},
		"nested without an end":  {"rooms: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n", "f.yaml:1", "嵌套"},
		"more than anybody adds": {"rooms: [" + strings.Repeat("a,", 100_001) + "]\n", "f.yaml:1", "项"},
	} {
		err := yamlfile.Strict("f.yaml", []byte(check.text), new(lamp))
		if check.at == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		fields := fault.From(err).Fields
		if !fault.Is(err, fault.Invalid) || len(fields) == 0 || fields[0].Path != check.at || !strings.Contains(fields[0].Message.ZH, check.says) || fields[0].Message.EN == "" {
			t.Errorf("%s: got %+v", name, fields)
		}
	}
}

func TestOpenLeavesTheRestToItsOwner(t *testing.T) {
	var l lamp
	if err := yamlfile.Open("f.yaml", []byte("name: a\ncolour: red\n"), &l); err != nil || l.Name != "a" {
		t.Errorf("got %+v, %v", l, err)
	}
}

func TestRead(t *testing.T) {
	files := fstest.MapFS{
		"lamp.yaml": {Data: []byte("name: a\n")},
		"folder":    {Mode: fs.ModeDir},
		"huge.yaml": {Data: make([]byte, yamlfile.MaxBytes+1)},
	}
	var l lamp
	if err := yamlfile.Read(files, "lamp.yaml", &l, yamlfile.Strict); err != nil || l.Name != "a" {
		t.Errorf("got %+v, %v", l, err)
	}
	if err := yamlfile.Read(files, "none.yaml", &l, yamlfile.Strict); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gave %v", err)
	}
	for _, name := range []string{"folder", "huge.yaml"} {
		if err := yamlfile.Read(files, name, &l, yamlfile.Strict); !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != name {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

func TestLines(t *testing.T) {
	line := yamlfile.Lines(fstest.MapFS{"f.yaml": {Data: []byte("name: a\nrooms:\n- hall\n\n- {attic: 1}\n")}}, "f.yaml", "rooms")
	for entry, want := range map[int]int{0: 3, 1: 5, 2: 1, -1: 1} {
		if got := line(entry); got != want {
			t.Errorf("entry %d is on line %d, want %d", entry, got, want)
		}
	}
}
