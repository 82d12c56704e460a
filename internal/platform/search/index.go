// Package search finds Chinese and Latin text on SQLite and PostgreSQL alike.
//
// The database keeps tokens of ours: overlapping pairs of Han characters and
// lower-case words (tokens.go). It narrows the entries down to candidates; Go
// then checks, ranks and marks them (match.go), so both databases give the
// same results in the same order. Built-in tokenisers were tried: a trigram
// index loses words of two characters, which most Chinese words are.
package search

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// Index is the product's one full-text index. Whoever may see an entry is
// decided by its kind: a caller passes Query the kinds that its reader may see.
type Index struct{ DB *db.DB }

// Hit is one entry found. Title is whole, Snippet is the part of the body
// around the first matches; both mark what matched.
type Hit struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Title   []Span `json:"title"`
	Snippet []Span `json:"snippet"`
	score   int
}

// Span is a piece of text that did or did not match.
type Span struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit"`
}

// Bounds of one query. A word that is in more entries than maxCandidates
// finds those with the word in the title first.
const (
	maxLimit      = 100
	maxCandidates = 500
)

// Put adds or replaces an entry, in the transaction of the context.
//
// Codes: unavailable.
func (x Index) Put(ctx context.Context, kind, id, title, body string) error {
	title, body = clean(title), clean(body)
	titleTokens, bodyTokens := tokens(title, body)
	return x.DB.InTx(ctx, func(ctx context.Context) error {
		q := x.DB.Q(ctx)
		if x.DB.Dialect == db.Postgres {
			_, err := q.ExecContext(ctx, `
				insert into search_entry (kind, id, title, body, tokens) values ($1, $2, $3, $4, $5::tsvector)
				on conflict (kind, id) do update set title = excluded.title, body = excluded.body, tokens = excluded.tokens`,
				kind, id, title, body, tsvector(titleTokens, bodyTokens))
			return err
		}
		entry, _, err := db.One(ctx, q, scanInt, `
			insert into search_entry (kind, id, title, body) values ($1, $2, $3, $4)
			on conflict (kind, id) do update set title = excluded.title, body = excluded.body
			returning entry`, kind, id, title, body)
		if err != nil {
			return err
		}
		if _, err := q.ExecContext(ctx, `delete from search_index where rowid = $1`, entry); err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `insert into search_index (rowid, title, body) values ($1, $2, $3)`,
			entry, strings.Join(titleTokens, " "), strings.Join(bodyTokens, " "))
		return err
	})
}

// Query returns the entries of the kinds that hold every term of text, best
// first, at most limit (100). Han text matches anywhere, a Latin word or a
// number from its beginning. Text without a letter, Han character or digit
// finds nothing; no text is a syntax error.
//
// Codes: unavailable.
func (x Index) Query(ctx context.Context, text string, kinds []string, limit int) ([]Hit, error) {
	terms := parse(text)
	if len(terms) == 0 || len(kinds) == 0 || limit <= 0 {
		return nil, nil
	}
	seen := map[[2]string]bool{}
	var hits []Hit
	for _, inTitle := range []bool{true, false} {
		found, err := x.candidates(ctx, terms, inTitle, kinds)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			key := [2]string{e.kind, e.id}
			if seen[key] {
				continue
			}
			seen[key] = true
			if h, ok := match(e, terms); ok {
				hits = append(hits, h)
			}
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return hits[:min(len(hits), limit, maxLimit)], nil
}

type entry struct{ kind, id, title, body string }

func (x Index) candidates(ctx context.Context, terms []term, inTitle bool, kinds []string) ([]entry, error) {
	where, expression := `entry in (select rowid from search_index where search_index match $1)`, fts5(terms, inTitle)
	if x.DB.Dialect == db.Postgres {
		where, expression = `tokens @@ $1::tsquery`, tsquery(terms, inTitle)
	}
	args, binds := []any{expression, maxCandidates}, make([]string, len(kinds))
	for i, k := range kinds {
		args, binds[i] = append(args, k), "$"+strconv.Itoa(i+3)
	}
	scan := func(scan func(...any) error) (e entry, err error) {
		return e, scan(&e.kind, &e.id, &e.title, &e.body)
	}
	return db.All(ctx, x.DB.Q(ctx), scan, `
		select kind, id, title, body from search_entry
		where `+where+` and kind in (`+strings.Join(binds, ", ")+`)
		order by kind, id limit $2`, args...)
}

// clean makes text that both databases keep and both tokenise alike.
func clean(s string) string {
	return norm.NFC.String(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
}

func scanInt(scan func(...any) error) (n int64, err error) { return n, scan(&n) }
