package document

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Match (比对) says how a text that somebody brought agrees with the pack's
// document, clause by clause.
type Match struct {
	Document string        `json:"document"` // id in the pack
	Title    i18n.Text     `json:"title"`
	SHA256   string        `json:"sha256"` // of the text that was brought
	Whole    bool          `json:"whole"`  // every byte agrees
	Clauses  []ClauseMatch `json:"clauses"`
	Message  i18n.Text     `json:"message"`
}

// ClauseMatch is one clause's agreement. Start and End are offsets into the
// text that was brought, zero when it has no such clause.
type ClauseMatch struct {
	Path    string    `json:"path"`
	State   Agreement `json:"state"`
	Start   int       `json:"start"`
	End     int       `json:"end"`
	Message i18n.Text `json:"message"`
}

// Agreement is how one clause compares.
type Agreement string

// How a clause compares with the pack's copy.
const (
	Same    Agreement = "same"    // equal bytes: its words may stand beside the rule
	Differs Agreement = "differs" // there, with other bytes
	Missing Agreement = "missing" // in the pack, not in the text
	Added   Agreement = "added"   // in the text, not in the pack
)

// Match finds the pack's document that a text is, by the hash of the whole or
// by the clauses that agree, and compares every clause.
// Codes: too_large, invalid (see Parse), not_found (the pack holds no such document).
func (l *Library) Match(name string, text []byte) (*Match, error) {
	doc, err := Parse(name, text, Options{})
	if err != nil {
		return nil, err
	}
	entry, ok := l.recognise(doc)
	if !ok {
		return nil, fault.Newf(fault.NotFound, "地区包里没有与“%s”对应的文件；请核对是否为包内所列文件的原文。",
			"The region pack has no document that matches %q; check that it is the text of one that the pack lists.", nameOf(doc))
	}
	return compareEntry(entry, doc), nil
}

// recognise picks the entry with the same whole, else the one with most equal
// clauses, else the one of the same title.
func (l *Library) recognise(doc *Document) (Entry, bool) {
	has := map[string]bool{}
	for _, c := range doc.Clauses {
		has[c.SHA256] = true
	}
	best, most := Entry{}, 0
	for _, e := range l.entries {
		if e.SHA256 != "" && e.SHA256 == doc.SHA256 {
			return e, true
		}
		equal := 0
		for _, c := range e.Clauses {
			if has[c.SHA256] {
				equal++
			}
		}
		if equal > most {
			best, most = e, equal
		}
	}
	if most > 0 {
		return best, true
	}
	for _, e := range l.entries {
		if doc.Title != "" && fold(e.Title.ZH) == fold(doc.Title) {
			return e, true
		}
	}
	return Entry{}, false
}

func compareEntry(e Entry, doc *Document) *Match {
	m := &Match{Document: e.ID, Title: e.Title, SHA256: doc.SHA256, Whole: e.SHA256 == doc.SHA256}
	passages := doc.Clauses
	if doc.Closing != nil {
		passages = append(slices.Clip(passages), *doc.Closing)
	}
	there, known := map[string]Clause{}, map[string]bool{}
	for _, c := range passages {
		there[c.Path] = c
	}
	for _, want := range e.Clauses {
		known[want.Path] = true
		got, ok := there[want.Path]
		m.Clauses = append(m.Clauses, compareClause(want, got, ok))
	}
	for _, c := range passages {
		if !known[c.Path] {
			m.Clauses = append(m.Clauses, ClauseMatch{Path: c.Path, State: Added, Start: c.Start, End: c.End,
				Message: i18n.T("多出 %s：导入的文字里有这一条，地区包里没有。", "%s is added: the imported text has this clause, the pack has not.", c.Path)})
		}
	}
	m.Message = i18n.T("识别为文件 %s：%d 条中 %d 条不一致。", "Recognised as document %s: of %d clauses %d differ.", e.ID, len(m.Clauses), m.unlike())
	if m.Whole {
		m.Message = i18n.T("识别为文件 %s，全文逐字节一致。", "Recognised as document %s, equal to the byte.", e.ID)
	}
	return m
}

func compareClause(want EntryClause, got Clause, there bool) ClauseMatch {
	m := ClauseMatch{Path: want.Path, Start: got.Start, End: got.End}
	switch {
	case !there:
		m.State = Missing
		m.Message = i18n.T("缺少 %s：地区包里有这一条，导入的文字里没有。", "%s is missing: the pack has this clause, the imported text has not.", want.Path)
	case got.SHA256 != want.SHA256:
		m.State = Differs
		m.Message = i18n.T("%s 与地区包所依据的文字不一致（%d 字节对 %d 字节），页面不在规则旁显示这一条。",
			"%s differs from the text that the pack was written from (%d bytes against %d); pages will not show it beside the rule.", want.Path, got.End-got.Start, want.End-want.Start)
	default:
		m.State = Same
		m.Message = i18n.T("%s 逐字节一致。", "%s is equal to the byte.", want.Path)
	}
	return m
}

func (m *Match) unlike() int {
	n := 0
	for _, c := range m.Clauses {
		if c.State != Same {
			n++
		}
	}
	return n
}

func nameOf(doc *Document) string {
	if doc.Title != "" {
		return doc.Title
	}
	return doc.Name
}
