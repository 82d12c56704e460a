package policy

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/search"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// The index keeps one entry a language, so that what it shows of an entry is
// in one language. Everything under these kinds is public.
const (
	kindClause   = "policy.clause"
	kindMeasure  = "policy.measure"
	kindQuestion = "policy.question"
	inEnglish    = ".en"
)

// maxFound bounds the answer to one search, maxQuery its text in characters.
const (
	maxFound = 50
	maxQuery = 200
)

// Found is one place of the library that matches a search.
type Found struct {
	Key      string        `json:"key"`
	Kind     string        `json:"kind" enum:"clause,measure,question"`
	Document string        `json:"document"`
	Path     string        `json:"path"`
	Measure  string        `json:"measure,omitempty"`
	Question string        `json:"question,omitempty"`
	Title    i18n.Text     `json:"title"`
	Snippet  i18n.Text     `json:"snippet" doc:"The part that matches; in a language without a match, where the entry begins"`
	Clause   rule.Citation `json:"clause"`
}

// page is what the index holds of one place.
type page struct {
	kind, id string
	found    Found
	body     i18n.Text
}

// IndexLibrary puts every clause, measure and question of the pack into the
// search index, with the words of imported documents. It may run at every start.
//
// Codes: unavailable.
func (s *Service) IndexLibrary(ctx context.Context) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		for i := range s.Pack.Documents {
			if err := s.indexDocument(ctx, &s.Pack.Documents[i]); err != nil {
				return err
			}
		}
		for _, m := range s.Pack.Measures {
			if err := s.index(ctx, s.measurePage(m)); err != nil {
				return err
			}
		}
		for i := range s.Pack.Questions {
			if err := s.index(ctx, s.questionPage(&s.Pack.Questions[i])); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) indexDocument(ctx context.Context, d *rule.Document) error {
	text, found, err := s.Store.Text(ctx, d.ID)
	if err != nil {
		return err
	}
	var spoken map[string]string
	if found {
		_, spoken = s.words(d, text)
	}
	for i := range d.Clauses {
		p := s.clausePage(d, &d.Clauses[i])
		p.body.ZH = strings.TrimSpace(p.body.ZH + "\n" + spoken[d.Clauses[i].Path])
		if err := s.index(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) index(ctx context.Context, p page) error {
	f, label := p.found, p.found.Clause.Label
	names := " " + f.Measure + " " + f.Question // what officers call it by
	if err := s.Search.Put(ctx, p.kind, p.id, f.Title.ZH+" "+label.ZH+names, p.body.ZH); err != nil {
		return err
	}
	return s.Search.Put(ctx, p.kind+inEnglish, p.id, f.Title.EN+" "+label.EN+names, p.body.EN)
}

func (s *Service) clausePage(d *rule.Document, c *rule.Clause) page {
	ref := s.cite(rule.ClauseRef{Document: d.ID, Path: c.Path})
	p := page{kind: kindClause, id: d.ID + "#" + c.Path, found: Found{Kind: "clause", Document: d.ID, Path: c.Path, Clause: ref, Title: ref.Label}}
	if c.Title != nil {
		p.found.Title = *c.Title
	}
	for _, t := range []*i18n.Text{c.Reading, c.WhyNone} {
		if t != nil {
			p.body.ZH, p.body.EN = strings.TrimSpace(p.body.ZH+"\n"+t.ZH), strings.TrimSpace(p.body.EN+"\n"+t.EN)
		}
	}
	return p
}

func (s *Service) measurePage(m *rule.Measure) page {
	ref := s.cite(m.Ref(""))
	return page{kind: kindMeasure, id: m.ID, body: m.Reading,
		found: Found{Kind: "measure", Document: m.Document, Path: m.Clause, Measure: m.ID, Title: m.Name, Clause: ref}}
}

func (s *Service) questionPage(q *rule.Question) page {
	f := Found{Kind: "question", Question: q.ID, Title: q.Title}
	if len(q.Where) > 0 {
		f.Document, f.Path, f.Clause = q.Where[0].Document, q.Where[0].Path, s.cite(q.Where[0])
	}
	return page{kind: kindQuestion, id: q.ID, found: f, body: q.Text}
}

// page finds what an entry of the index stands for; false when the pack no
// longer has it.
func (s *Service) page(kind, id string) (page, bool) {
	switch kind {
	case kindClause:
		document, path, _ := strings.Cut(id, "#")
		if d := s.Pack.Document(document); d != nil {
			for i := range d.Clauses {
				if d.Clauses[i].Path == path {
					return s.clausePage(d, &d.Clauses[i]), true
				}
			}
		}
	case kindMeasure:
		if m, err := s.Pack.Measure(id); err == nil {
			return s.measurePage(m), true
		}
	case kindQuestion:
		if q := s.Pack.Question(id); q != nil {
			return s.questionPage(q), true
		}
	}
	return page{}, false
}

// Find searches readings, titles, questions and imported words in both
// languages, best first. Words of two Han characters are found.
//
// Codes: invalid for a query without a word; unavailable.
func (s *Service) Find(ctx context.Context, query string, limit int) ([]Found, error) {
	query = strings.TrimSpace(query)
	if n := len([]rune(query)); n == 0 || n > maxQuery {
		var c fault.Collector
		c.Add("query.q", "请输入要找的词，最多 %d 字。", "Give the words to look for, at most %d characters.", maxQuery)
		return nil, c.Err()
	}
	kinds := []string{kindClause, kindMeasure, kindQuestion, kindClause + inEnglish, kindMeasure + inEnglish, kindQuestion + inEnglish}
	hits, err := s.Search.Query(ctx, query, kinds, 2*maxFound)
	if err != nil {
		return nil, err
	}
	out := make([]Found, 0, len(hits))
	at := map[string]int{}
	for _, h := range hits {
		kind, english := strings.CutSuffix(h.Kind, inEnglish)
		p, known := s.page(kind, h.ID)
		if !known {
			continue
		}
		key := p.found.Kind + "/" + h.ID
		i, seen := at[key]
		if !seen {
			i = len(out)
			at[key] = i
			p.found.Key, p.found.Snippet = key, i18n.Text{ZH: beginning(p.body.ZH), EN: beginning(p.body.EN)}
			out = append(out, p.found)
		}
		if text := plain(h.Snippet); english {
			out[i].Snippet.EN = cmp.Or(text, out[i].Snippet.EN)
		} else {
			out[i].Snippet.ZH = cmp.Or(text, out[i].Snippet.ZH)
		}
	}
	return slices.Clip(out[:min(len(out), limit, maxFound)]), nil
}

// snippetLength is how much of an entry is shown, in characters.
const snippetLength = 120

func beginning(text string) string {
	if r := []rune(text); len(r) > snippetLength {
		return string(r[:snippetLength])
	}
	return text
}

func plain(spans []search.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}
