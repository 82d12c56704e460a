package httpapi

import (
	"encoding/base64"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// PageInput is embedded in the input of every list.
type PageInput struct {
	Cursor string `query:"cursor" maxLength:"600" doc:"Where to go on: the next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items at most"`
}

// Page is the body of every list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"The cursor of the next page; empty on the last one"`
}

// NewPage makes a page out of up to limit+1 rows: the row too many only shows
// that there is a next page. key gives the sort key of an item, which the
// cursor carries.
func NewPage[T any](rows []T, limit int, key func(T) []string) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	return Page[T]{Items: rows[:limit], Next: Cursor(key(rows[limit-1])...)}
}

// Map turns the items of a page into others and keeps its cursor.
func Map[T, U any](p Page[T], f func(T) U) Page[U] {
	out := Page[U]{Items: make([]U, 0, len(p.Items)), Next: p.Next}
	for _, item := range p.Items {
		out.Items = append(out.Items, f(item))
	}
	return out
}

// Cursor packs a sort key. Readers must not take it apart; it holds nothing
// that the page did not show.
func Cursor(key ...string) string {
	b, _ := json.Marshal(key) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// After unpacks a cursor of n parts; an empty cursor gives n empty parts.
//
// Codes: invalid.
func After(cursor string, n int) ([]string, error) {
	if cursor == "" {
		return make([]string, n), nil
	}
	var key []string
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &key)
	}
	if err != nil || len(key) != n || hasNUL(toAny(key)) {
		var c fault.Collector
		c.Add("query.cursor", "不是本列表给出的游标，请从第一页重新开始", "not a cursor of this list: begin at its first page")
		return nil, c.Err()
	}
	return key, nil
}

func toAny(parts []string) any {
	all := make([]any, len(parts))
	for i, p := range parts {
		all[i] = p
	}
	return all
}
