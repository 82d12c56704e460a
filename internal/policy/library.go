package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/document"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// DocumentRow is a policy document as a list shows it.
type DocumentRow struct {
	ID            string       `json:"id" example:"002"`
	Short         i18n.Text    `json:"short"`
	Title         i18n.Text    `json:"title"`
	Level         i18n.Text    `json:"level"`
	Issuer        i18n.Text    `json:"issuer"`
	Number        string       `json:"number" doc:"Document number (发文字号); empty when the copy bears none"`
	Status        LegalStatus  `json:"status" enum:"in_force,draft,not_in_force,expired" doc:"On the business day"`
	Issued        *clock.Date  `json:"issued"`
	From          *clock.Date  `json:"from" doc:"First day in force, on the earliest reading"`
	To            *clock.Date  `json:"to" doc:"Last day in force, on the strictest reading"`
	Starts        []clock.Date `json:"starts" doc:"Every first day that the text allows (A1)"`
	Ends          []clock.Date `json:"ends" doc:"Every last day that the text allows (A1)"`
	Clauses       int          `json:"clauses" doc:"How many normative clauses"`
	Rules         int          `json:"rules" doc:"How many rules were made of them"`
	Questions     []string     `json:"questions" doc:"Open questions about it that the current guide leaves open"`
	TextAvailable bool         `json:"text_available" doc:"Whether its words were imported and agree to the byte"`
}

// TextState is whether a document's own words can stand beside its rules.
type TextState string

// The text states.
const (
	TextAvailable TextState = "available" // imported, equal to the byte
	TextAbsent    TextState = "absent"    // nobody imported it
	TextDiffers   TextState = "differs"   // imported, other bytes: only clauses that agree are shown
)

// Document is a policy document with its clauses.
type Document struct {
	DocumentRow
	TextState TextState    `json:"text_state" enum:"available,absent,differs"`
	SHA256    string       `json:"sha256" doc:"SHA-256 of the copy that the pack was written from"`
	Bytes     int          `json:"bytes" doc:"Length of that copy"`
	List      []ClauseView `json:"clauses_list" doc:"In the order of the text, parents before children"`
}

// ClauseView is a clause with what was made of it.
type ClauseView struct {
	Path      string        `json:"path" example:"八/(二)"`
	Number    string        `json:"number" example:"(二)"`
	Title     i18n.Text     `json:"title"`
	Clause    rule.Citation `json:"clause"`
	Start     int           `json:"start" doc:"UTF-8 byte offset in the pack's copy"`
	End       int           `json:"end"`
	Depth     int           `json:"depth" doc:"How many clauses it stands within"`
	Normative bool          `json:"normative" doc:"False in an explainer: only the issued text binds"`
	Text      *string       `json:"text" doc:"The document's own words; null until they are imported and agree to the byte"`
	Reading   *i18n.Text    `json:"reading" doc:"Plain reading; the text binds, this does not"`
	Rules     []string      `json:"rules" doc:"Measures made of the clause"`
	Standing  Standing      `json:"standing" enum:"payable,undecided,simulation,none"`
	WhyNoRule *i18n.Text    `json:"why_no_rule"`
}

// Documents lists the region's documents by id.
func (s *Service) Documents(ctx context.Context) ([]DocumentRow, error) {
	rows := make([]DocumentRow, 0, len(s.Pack.Documents))
	for i := range s.Pack.Documents {
		d := &s.Pack.Documents[i]
		text, found, err := s.Store.Text(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		rows = append(rows, s.documentRow(d, found && verbatim(d, text)))
	}
	return rows, nil
}

func (s *Service) documentRow(d *rule.Document, available bool) DocumentRow {
	row := DocumentRow{ID: d.ID, Short: d.Short, Title: d.Title, Level: d.Level, Issuer: d.Issuer, Number: d.Number,
		Status: statusOn(d, s.Clock.Today()), Starts: d.Validity.Starts, Ends: d.Validity.Ends, TextAvailable: available}
	if d.Issued != "" {
		issued := clock.Date(d.Issued)
		row.Issued = &issued
	}
	if len(d.Validity.Starts) > 0 {
		from := slices.Min(d.Validity.Starts)
		row.From = &from
	}
	if len(d.Validity.Ends) > 0 {
		to := slices.Min(d.Validity.Ends)
		row.To = &to
	}
	for _, c := range d.Clauses {
		if c.Normative == nil || *c.Normative {
			row.Clauses++
		}
	}
	for _, m := range s.Pack.Measures {
		if m.Document == d.ID {
			row.Rules++
		}
	}
	guide := s.guideToday()
	for _, q := range s.Pack.Questions {
		_, ruled := guide.Ruling(q.ID)
		if !ruled && slices.ContainsFunc(q.Where, func(r rule.ClauseRef) bool { return r.Document == d.ID }) {
			row.Questions = append(row.Questions, q.ID)
		}
	}
	return row
}

// Document returns one document with its clause tree.
//
// Codes: not_found.
func (s *Service) Document(ctx context.Context, id string) (Document, error) {
	d, err := s.packDocument(id)
	if err != nil {
		return Document{}, err
	}
	text, found, err := s.Store.Text(ctx, id)
	if err != nil {
		return Document{}, err
	}
	state, spoken := TextAbsent, map[string]string{}
	if found {
		state, spoken = s.words(d, text)
	}
	out := Document{DocumentRow: s.documentRow(d, state == TextAvailable), TextState: state, SHA256: d.SHA256, Bytes: d.Bytes, List: make([]ClauseView, len(d.Clauses))}
	deep := depths(d.Clauses)
	for i := range d.Clauses {
		out.List[i] = s.clauseView(d, &d.Clauses[i], deep[i], spoken)
	}
	return out, nil
}

func (s *Service) packDocument(id string) (*rule.Document, error) {
	if d := s.Pack.Document(id); d != nil {
		return d, nil
	}
	return nil, fault.Newf(fault.NotFound, "没有编号为“%.40s”的文件。", "There is no document %.40q.", id)
}

func (s *Service) clauseView(d *rule.Document, c *rule.Clause, depth int, spoken map[string]string) ClauseView {
	v := ClauseView{Path: c.Path, Number: c.Number, Clause: s.cite(rule.ClauseRef{Document: d.ID, Path: c.Path}), Start: c.Start, End: c.End,
		Depth: depth, Normative: c.Normative == nil || *c.Normative, Reading: c.Reading, Standing: StandsNone, WhyNoRule: c.WhyNone}
	if c.Title != nil {
		v.Title = *c.Title
	}
	if words, ok := spoken[c.Path]; ok {
		v.Text = &words
	}
	guide := s.guideToday()
	for _, m := range s.measuresAt(d.ID, c) {
		v.Rules = append(v.Rules, m.ID)
		v.Standing = stronger(v.Standing, s.standing(m, guide))
		if v.WhyNoRule == nil && !m.Type.Pays() {
			v.WhyNoRule = m.Leads
		}
	}
	return v
}

func stronger(a, b Standing) Standing {
	for _, st := range Standings() {
		if a == st || b == st {
			return st
		}
	}
	return StandsNone
}

// verbatim reports whether a kept text is, byte for byte, the copy that the
// pack was written from. It asks the bytes, not what was noted beside them.
func verbatim(d *rule.Document, t DocumentText) bool {
	sum := sha256.Sum256([]byte(t.Text))
	return hex.EncodeToString(sum[:]) == d.SHA256
}

// words returns the clauses of an imported text whose bytes are those that the
// pack was written from, and whether that is all of it.
func (s *Service) words(d *rule.Document, t DocumentText) (TextState, map[string]string) {
	match, err := s.library().Match(d.ID, []byte(t.Text))
	if err != nil || match.Document != d.ID {
		return TextDiffers, nil
	}
	spoken := make(map[string]string, len(match.Clauses))
	for _, c := range match.Clauses {
		if c.State == document.Same {
			spoken[c.Path] = t.Text[c.Start:c.End]
		}
	}
	if !match.Whole {
		return TextDiffers, spoken
	}
	return TextAvailable, spoken
}

// library is what recognises the pack's documents by their hashes.
func (s *Service) library() *document.Library {
	entries := make([]document.Entry, len(s.Pack.Documents))
	for i, d := range s.Pack.Documents {
		entries[i] = document.Entry{ID: d.ID, Title: d.Title, SHA256: d.SHA256, Bytes: d.Bytes, Clauses: make([]document.EntryClause, len(d.Clauses))}
		for j, c := range d.Clauses {
			entries[i].Clauses[j] = document.EntryClause{Path: c.Path, Start: c.Start, End: c.End, SHA256: c.SHA256}
		}
	}
	return document.NewLibrary(entries)
}

// Imported says what an imported text turned out to be.
type Imported struct {
	Document string                 `json:"document"`
	Title    i18n.Text              `json:"title"`
	SHA256   string                 `json:"sha256" doc:"Of the text that was brought"`
	Whole    bool                   `json:"whole" doc:"Whether every byte agrees with the pack's copy"`
	Kept     bool                   `json:"kept" doc:"False when an equal copy is there already and this one is not better"`
	Same     int                    `json:"same" doc:"Clauses whose words may now stand beside their rules"`
	Unlike   []document.ClauseMatch `json:"unlike" doc:"Clauses that differ, are missing or were added"`
	Message  i18n.Text              `json:"message"`
}

// Import keeps the words of a document that the pack was written from, and
// says what differs. A copy that differs is kept as well, so that pages can say
// so, but never in the place of one that agrees to the byte.
//
// Codes: invalid, too_large (not plain UTF-8 text of at most 4 MiB); not_found
// (the pack holds no such document).
func (s *Service) Import(ctx context.Context, by Actor, name string, text []byte) (Imported, error) {
	match, err := s.library().Match(name, text)
	if err != nil {
		return Imported{}, err
	}
	out := Imported{Document: match.Document, Title: match.Title, SHA256: match.SHA256, Whole: match.Whole, Message: match.Message}
	for _, c := range match.Clauses {
		if c.State == document.Same {
			out.Same++
		} else {
			out.Unlike = append(out.Unlike, c)
		}
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		have, found, err := s.Store.Text(ctx, match.Document)
		if err != nil {
			return err
		}
		d, err := s.packDocument(match.Document)
		if err != nil {
			return err
		}
		if found && verbatim(d, have) && !match.Whole {
			return nil
		}
		out.Kept = true
		kept := DocumentText{Document: match.Document, SHA256: match.SHA256, Text: string(text), Person: by.Person, At: clock.Micros(s.Clock.Now())}
		if err := s.Store.PutText(ctx, kept); err != nil {
			return err
		}
		if err := s.indexDocument(ctx, d); err != nil {
			return err
		}
		return s.Registry.Record(ctx, party.Act{Action: "policy.document.import", Kind: "document", Subject: match.Document, Details: map[string]string{"sha256": match.SHA256}})
	})
	return out, err
}
