package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// What a JSON body may be refused for, in the words that translator knows.
// The places are lines and columns, as editors count them.
const (
	jsonBroken   = "not valid JSON at line %d, column %d: check brackets, quotes and commas"
	jsonCutOff   = "the JSON ends in the middle, at line %d, column %d: send all of it"
	jsonTrailing = "more text follows the JSON at line %d, column %d: send one value only"
	jsonDoubled  = "the key %s stands twice at line %d, column %d: keep one of them"
	jsonDeep     = "nested deeper than %d levels at line %d, column %d"
	jsonNumber   = "the number %s at line %d, column %d is out of range"
	jsonEncoding = "not UTF-8 at line %d, column %d: encode the body as UTF-8"
	jsonNUL      = "the NUL character U+0000 is not allowed"
)

// maxJSONDepth is far above any body of the contract.
const maxJSONDepth = 100

// checkJSON reads a body strictly: encoding/json alone takes the last of two
// equal keys and replaces broken UTF-8, both in silence, and what somebody
// meant to say about money must not be guessed.
func checkJSON(data []byte) error {
	if at := firstBadByte(data); at < len(data) {
		return placed(data, at, jsonEncoding)
	}
	c := jsonCheck{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	c.dec.UseNumber()
	if err := c.value(0); err != nil {
		return err
	}
	if _, err := c.dec.Token(); !errors.Is(err, io.EOF) {
		return placed(data, int(c.dec.InputOffset()), jsonTrailing)
	}
	return nil
}

type jsonCheck struct {
	data []byte
	dec  *json.Decoder
}

func (c jsonCheck) value(depth int) error {
	token, err := c.next()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if depth == maxJSONDepth {
			return placed(c.data, int(c.dec.InputOffset()), jsonDeep, maxJSONDepth)
		}
		return c.inside(v == '{', depth+1)
	case json.Number:
		if _, err := v.Float64(); err != nil {
			return placed(c.data, int(c.dec.InputOffset()), jsonNumber, clip(v.String()))
		}
	}
	return nil
}

// inside reads an object or a list to its end.
func (c jsonCheck) inside(object bool, depth int) error {
	seen := map[string]bool{}
	for c.dec.More() {
		if object {
			token, err := c.next()
			if err != nil {
				return err
			}
			key, _ := token.(string) // the decoder takes nothing else for a key
			if seen[key] {
				return placed(c.data, int(c.dec.InputOffset()), jsonDoubled, strconv.Quote(clip(key)))
			}
			seen[key] = true
		}
		if err := c.value(depth); err != nil {
			return err
		}
	}
	_, err := c.next()
	return err
}

func (c jsonCheck) next() (json.Token, error) {
	token, err := c.dec.Token()
	if err == nil {
		return token, nil
	}
	// The decoder counts from the value that it is in; the whole text has the place.
	var whole json.RawMessage
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal(c.data, &whole), &syntax) || syntax.Error() == "unexpected end of JSON input" {
		return nil, placed(c.data, len(c.data), jsonCutOff)
	}
	return nil, placed(c.data, int(syntax.Offset)-1, jsonBroken)
}

// placed fills a format with args and the line and column of an offset.
func placed(data []byte, offset int, format string, args ...any) error {
	before := data[:max(0, min(offset, len(data)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf(format, append(args, line, column)...)
}

func firstBadByte(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return len(data)
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// How long a body may stall, and how long all of it may take.
const (
	stallTime  = 30 * time.Second
	bodyTime   = time.Minute
	uploadTime = 15 * time.Minute
)

// patientBody lets a body take its time as long as it comes, and frees the
// connection of the deadline at its end: one that stays there would cut off a
// handler that works past it.
type patientBody struct {
	io.ReadCloser
	connection *http.ResponseController
	clock      clock.Clock
	end        time.Time
}

func (b *patientBody) Read(p []byte) (int, error) {
	deadline := b.clock.Now().Add(stallTime)
	if deadline.After(b.end) {
		deadline = b.end
	}
	_ = b.connection.SetReadDeadline(deadline) // not every connection has one, as in tests
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
