// Package document turns the text of a policy document (政策文件) into its
// clause tree: where each numbered clause begins and ends, the numbers it
// states, the units it names and the documents it leans on. It also says
// whether a file holds the very bytes that a region pack was written from, so
// that a page shows the words beside a rule only when they are those words.
//
// The package reads; it judges nothing. What a clause means is a measure file.
package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Document (政策文件) is one parsed text.
type Document struct {
	Name      string     `json:"document"`            // the caller's name for the text, usually the file's
	Title     string     `json:"title"`               // 标题, joined when it runs over lines; "" when none was found
	Number    string     `json:"number"`              // 发文字号, "" when the copy bears none
	Signed    clock.Date `json:"signed"`              // 成文日期 in the signature, "2025-03-11" or ""
	Published clock.Date `json:"published"`           // the date that the carrying page gives, or ""
	Issuers   []string   `json:"issuers"`             // 发文机关 named in the signature; candidates, for a person to confirm
	Status    Status     `json:"status_hint"`         // what the text says of itself, never a finding on its force
	Trial     bool       `json:"trial"`               // 试行 or 暂行 in the title
	SHA256    string     `json:"sha256"`              // of all bytes
	Clauses   []Clause   `json:"clauses"`             // in the order of the text, parents before children
	Closing   *Clause    `json:"closing,omitempty"`   // 附则 without a number: start of force, term, who interprets
	Drift     []Pair     `json:"explainer,omitempty"` // the explainer's statements against the text's (A18)
	Notes     []Note     `json:"notes,omitempty"`     // numbering that a person should look at
}

// Status is what a text says of itself.
type Status string

// What a text can say of itself.
const (
	Draft   Status = "draft"   // 征求意见稿, 送审稿, 草案 in the title
	Issued  Status = "issued"  // a notice, a document number or a signature goes with it
	Unknown Status = "unknown" // neither
)

// Clause (条款) is one numbered passage. Start and End are byte offsets into
// the UTF-8 text; the range includes the clause's children.
type Clause struct {
	// Path is the numbers from the top, joined by "/": "二/5", "附/二/(二)/12".
	// "附/" leads in an annex (附件) and "导读/" in an explainer (解读).
	Path        string   `json:"path"`
	Citation    string   `json:"citation"` // as a person cites it: "二(三)7"
	Number      string   `json:"number"`   // the last part of Path: "5", "(二)"
	Title       string   `json:"title"`    // the heading; for a clause without one, its opening words
	Start       int      `json:"start"`
	End         int      `json:"end"`
	Normative   bool     `json:"normative"` // false in an explainer: only the issued text binds
	SHA256      string   `json:"sha256"`    // of the bytes from Start to End
	Numbers     []Number `json:"numbers"`   // of the clause's own words, not its children's
	Responsible []string `json:"responsible"`
	Units       []string `json:"units,omitempty"` // ids of Responsible by the alias table, "" where it knows none
	References  []string `json:"references"`

	ownStart, ownEnd int // the clause's own words: after its marker, before its first child
}

// Note points at numbering that does not run on as expected.
type Note struct {
	Start int    `json:"start"`
	Kind  string `json:"kind"` // gap, repeated
	Path  string `json:"path"`
}

// Options are what a reading may lean on beside the text.
type Options struct {
	Units UnitNames // resolves responsible units; nil leaves Clause.Units empty
}

// Parse reads a document's clause tree. The same bytes give the same answer,
// in time linear to their number.
// Codes: too_large (above MaxBytes), invalid (empty, not UTF-8, not plain text).
func Parse(name string, text []byte, opts Options) (*Document, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	s := string(text)
	lines := splitLines(s)
	tree := outline(s, lines)
	doc := &Document{Name: name, SHA256: digest(s), Clauses: []Clause{}, Notes: tree.notes, Issuers: []string{}}
	for _, c := range tree.clauses {
		doc.Clauses = append(doc.Clauses, c.read(s))
	}
	if tree.closing != nil {
		closing := tree.closing.read(s)
		doc.Closing = &closing
	}
	doc.readHeading(lines, tree.body)
	doc.Drift = drift(s, doc.Clauses)
	if opts.Units != nil {
		doc.resolve(opts.Units)
	}
	return doc, nil
}

// read fills in what the clause's own words state.
func (c Clause) read(text string) Clause {
	own := text[c.ownStart:c.ownEnd]
	c.SHA256 = digest(text[c.Start:c.End])
	c.Title = title(own)
	c.Numbers = numbersIn(own)
	c.Responsible = responsibleIn(own)
	c.References = referencesIn(own)
	return c
}

// WriteJSON prints the reading in the command line's shape.
func (d *Document) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
