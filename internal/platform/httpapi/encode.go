package httpapi

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// encoded is an answer's body as it goes out.
type encoded []byte

// encode is the last huma.Transformer: it makes the bytes before the status is
// out, so that an answer that cannot be written is a whole 500 (recoverPanic
// writes it) and not half a 200. Lists and maps are never null, as the contract
// says: encoding/json writes nil ones as null.
func encode(_ huma.Context, _ string, body any) (any, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(withoutNulls(body)); err != nil {
		panic(fmt.Errorf("encode an answer: %w", err))
	}
	return encoded(b.Bytes()), nil
}

// jsonFormat writes what encode made. It reads strictly (checkJSON), and
// refuses NUL in texts, which PostgreSQL cannot store.
func jsonFormat() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error {
			_, err := w.Write(v.(encoded))
			return err
		},
		Unmarshal: func(data []byte, v any) error {
			data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // RFC 8259 section 8.1 lets a reader overlook it
			tree, generic := v.(*any)                             // huma reads every body so first, to validate it
			if generic {
				if err := checkJSON(data); err != nil {
					return err
				}
			}
			if err := json.Unmarshal(data, v); err != nil {
				return err
			}
			if generic && hasNUL(*tree) {
				return errors.New(jsonNUL)
			}
			return nil
		},
	}
}

func hasNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []any:
		for _, item := range v {
			if hasNUL(item) {
				return true
			}
		}
	case map[string]any:
		for key, item := range v {
			if strings.ContainsRune(key, 0) || hasNUL(item) {
				return true
			}
		}
	}
	return false
}

func withoutNulls(v any) any {
	if v == nil {
		return nil
	}
	filled, _ := fill(reflect.ValueOf(v))
	return filled.Interface()
}

// fill returns v with empty lists and maps for nil ones. What it must change it copies,
// since a handler may answer with something that others read.
func fill(v reflect.Value) (_ reflect.Value, changed bool) {
	if marshalsItself(v.Type()) {
		return v, false
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v, false
		}
		inner, changed := fill(v.Elem())
		if !changed {
			return v, false
		}
		if v.Kind() == reflect.Interface {
			return inner, true
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(inner)
		return p, true
	case reflect.Slice:
		if v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 {
			return reflect.MakeSlice(v.Type(), 0, 0), true
		}
		return fillEach(v, func() reflect.Value {
			c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(c, v)
			return c
		}, v.Len(), reflect.Value.Index)
	case reflect.Struct:
		return fillEach(v, func() reflect.Value {
			c := reflect.New(v.Type()).Elem()
			c.Set(v)
			return c
		}, v.NumField(), reflect.Value.Field)
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type()), true
		}
		return fillMap(v)
	}
	return v, false
}

func fillEach(v reflect.Value, copied func() reflect.Value, n int, at func(reflect.Value, int) reflect.Value) (reflect.Value, bool) {
	out := v
	changed := false
	for i := range n {
		part := at(v, i)
		if !part.CanInterface() { // unexported
			continue
		}
		filled, partChanged := fill(part)
		if !partChanged {
			continue
		}
		if !changed {
			out, changed = copied(), true
		}
		at(out, i).Set(filled)
	}
	return out, changed
}

func fillMap(v reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for entries := v.MapRange(); entries.Next(); {
		filled, entryChanged := fill(entries.Value())
		if !entryChanged {
			continue
		}
		if !changed {
			out, changed = reflect.MakeMapWithSize(v.Type(), v.Len()), true
			for all := v.MapRange(); all.Next(); {
				out.SetMapIndex(all.Key(), all.Value())
			}
		}
		out.SetMapIndex(entries.Key(), filled)
	}
	return out, changed
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func marshalsItself(t reflect.Type) bool {
	return t.Implements(jsonMarshaler) || t.Implements(textMarshaler)
}
