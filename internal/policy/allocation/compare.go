package allocation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Difference is the first place where two results differ, in the order of the
// canonical text. The zero value: they are identical.
type Difference struct {
	Path     string `json:"path"` // such as awards[3].amount_fen
	Recorded string `json:"recorded"`
	Rerun    string `json:"rerun"`
}

// Identical reports whether there is no difference.
func (d Difference) Identical() bool { return d.Path == "" }

// Compare sets a recorded result beside what a new run of the same snapshot
// gave. Space between values is no difference; everything else is, a field
// more or less too.
//
// Codes: invalid (the recorded result is no JSON).
func Compare(recorded, rerun []byte) (Difference, error) {
	if bytes.Equal(recorded, rerun) {
		return Difference{}, nil
	}
	was, err := readTree(recorded)
	if err != nil {
		return Difference{}, err
	}
	is, err := readTree(rerun)
	if err != nil {
		return Difference{}, err
	}
	d, _ := differ("", was, is)
	return d, nil
}

// tree is a JSON value in the order of its text.
type tree struct {
	text  string // of a value that is neither object nor list
	names []string
	items []tree // members or elements
	open  byte   // { or [, else 0
}

const maxTreeDepth = 12

func readTree(data []byte) (tree, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	t, err := readValue(dec, 0)
	if err == nil {
		if _, after := dec.Token(); !errors.Is(after, io.EOF) {
			err = errors.New("more follows")
		}
	}
	if err != nil {
		return tree{}, fault.Newf(fault.Invalid, "要比对的结果不是完整的 JSON：请给出 qianmo policy allocate --json 写出的文件。",
			"The result to compare with is no whole JSON: give the file that qianmo policy allocate --json wrote.").Because(err)
	}
	return t, nil
}

func readValue(dec *json.Decoder, depth int) (tree, error) {
	token, err := dec.Token()
	if err != nil {
		return tree{}, err
	}
	open, nested := token.(json.Delim)
	if !nested {
		text, err := json.Marshal(token)
		return tree{text: string(text)}, err
	}
	if depth == maxTreeDepth {
		return tree{}, errors.New("nested too deep")
	}
	t := tree{open: byte(open)}
	for dec.More() {
		if open == '{' {
			name, err := dec.Token()
			if err != nil {
				return tree{}, err
			}
			t.names = append(t.names, name.(string)) // a key is always a string
		}
		item, err := readValue(dec, depth+1)
		if err != nil {
			return tree{}, err
		}
		t.items = append(t.items, item)
	}
	_, err = dec.Token()
	return t, err
}

// differ finds the first difference below a path. Members are looked up by
// name, elements by place.
func differ(path string, was, is tree) (Difference, bool) {
	if was.open != is.open || was.text != is.text {
		return Difference{orRoot(path), was.show(), is.show()}, true
	}
	for i := range max(len(was.items), len(is.items)) {
		at := fmt.Sprintf("%s[%d]", path, i)
		var a, b *tree
		if was.open == '[' {
			a, b = was.element(i), is.element(i)
		} else {
			name := memberName(&is, &was, i)
			if at = name; path != "" {
				at = path + "." + name
			}
			a, b = was.member(name), is.member(name)
		}
		if a == nil || b == nil {
			return Difference{at, a.show(), b.show()}, true
		}
		if d, found := differ(at, *a, *b); found {
			return d, true
		}
	}
	if was.open == '{' && !slices.Equal(slices.Sorted(slices.Values(was.names)), slices.Sorted(slices.Values(is.names))) {
		return Difference{orRoot(path), fmt.Sprint(was.names), fmt.Sprint(is.names)}, true // a name is there twice
	}
	return Difference{}, false
}

func orRoot(path string) string {
	if path == "" {
		return "$"
	}
	return path
}

// memberName is the i-th name of the first, and past its end of the second.
func memberName(first, second *tree, i int) string {
	if i < len(first.names) {
		return first.names[i]
	}
	for _, name := range second.names {
		if !slices.Contains(first.names, name) {
			return name
		}
	}
	return second.names[i]
}

func (t *tree) element(i int) *tree {
	if i < len(t.items) {
		return &t.items[i]
	}
	return nil
}

func (t *tree) member(name string) *tree {
	if i := slices.Index(t.names, name); i >= 0 {
		return &t.items[i]
	}
	return nil
}

// show is a value for a message.
func (t *tree) show() string {
	switch {
	case t == nil:
		return "—"
	case t.open == '{' && t.member("id") != nil:
		return "{" + clip(t.member("id").text) + " …}"
	case t.open == '{':
		return "{…}"
	case t.open == '[':
		return fmt.Sprintf("[%d]", len(t.items))
	}
	return clip(t.text)
}
