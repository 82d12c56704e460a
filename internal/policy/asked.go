package policy

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/ask"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Reply is what the region's documents say to a question in people's own words.
// Nothing in it is composed: it is readings of clauses, each with its citation.
type Reply struct {
	State   ReplyState `json:"state" enum:"answered,partly,refused"`
	Note    i18n.Text  `json:"note" doc:"How to take it: readings bind nobody; or why it is refused"`
	Unknown []string   `json:"unknown" doc:"Words of the question that no document has"`
	Places  []Cited    `json:"places" doc:"Best first; none when refused"`
}

// ReplyState says how far the documents answer.
type ReplyState string

// The states.
const (
	Answered   ReplyState = "answered"
	PartlyTold ReplyState = "partly"  // some words of the question stand in no document
	NotTold    ReplyState = "refused" // the documents do not speak of it
)

// Cited is one place that speaks of what was asked.
type Cited struct {
	Found
	Reading i18n.Text   `json:"reading" doc:"The plain reading, whole; the clause's own words bind, this does not"`
	Formula *i18n.Text  `json:"formula" doc:"How a measure's amount is worked out; null for other places"`
	Status  LegalStatus `json:"status" enum:"in_force,draft,not_in_force,expired" doc:"Of the document on the business day"`
	// Example is computed like any other case: an answer in figures.
	Example *WorkedCase `json:"example" doc:"A worked case of the measure that comes to an amount; null for none"`
}

// Ask answers from the readings of clauses that bind, measures and open
// questions; an explainer inside a document is no source (A18). What the
// documents do not speak of is refused.
//
// Codes: invalid for an empty or endless question; too_large.
func (s *Service) Ask(_ context.Context, question string) (Reply, error) {
	question = strings.TrimSpace(question)
	if n := len([]rune(question)); n == 0 || n > maxQuery {
		var c fault.Collector
		c.Add("query.q", "请写下要问的，最多 %d 字。", "Write what you want to know, at most %d characters.", maxQuery)
		return Reply{}, c.Err()
	}
	pages := s.askable()
	found := s.readings.of(pages, s).Ask(question)
	reply := Reply{Unknown: append([]string{}, found.Unknown...), Places: []Cited{}}
	for _, i := range found.Places {
		place, err := s.cited(pages[i])
		if err != nil {
			return Reply{}, err
		}
		reply.Places = append(reply.Places, place)
	}
	unknown := i18n.Text{ZH: "“" + strings.Join(found.Unknown, "”“") + "”", EN: "“" + strings.Join(found.Unknown, "”, “") + "”"}
	switch {
	case len(found.Places) == 0 && len(found.Unknown) > 0:
		reply.State, reply.Note = NotTold, i18n.T("政策文件没有讲到%[1]s，不作回答。可以换个说法。", "The documents do not speak of %[2]s, so there is no answer. Try to put it in other words.", unknown.ZH, unknown.EN)
	case len(found.Places) == 0:
		reply.State, reply.Note = NotTold, i18n.T("政策文件没有讲到这件事，不作回答。可以换个说法。", "The documents do not speak of this, so there is no answer. Try to put it in other words.")
	case len(found.Unknown) > 0:
		reply.State, reply.Note = PartlyTold, i18n.T("政策文件没有讲到%[1]s；最接近的条款如下。通俗解读不作依据，以正式文件为准。", "The documents do not speak of %[2]s; these clauses come closest. Plain readings bind nobody; the issued text does.", unknown.ZH, unknown.EN)
	default:
		reply.State, reply.Note = Answered, i18n.T("按条款的通俗解读回答，不作依据，以正式文件为准。", "From plain readings of the clauses; they bind nobody, the issued text does.")
	}
	return reply, nil
}

// askable are the places that answer questions: measures first, for of equals
// the first is shown.
func (s *Service) askable() []page {
	var out []page
	for _, m := range s.Pack.Measures {
		out = append(out, s.measurePage(m))
	}
	for i := range s.Pack.Documents {
		d := &s.Pack.Documents[i]
		for j := range d.Clauses {
			if c := &d.Clauses[j]; (c.Reading != nil || c.Title != nil) && (c.Normative == nil || *c.Normative) {
				out = append(out, s.clausePage(d, c))
			}
		}
	}
	for i := range s.Pack.Questions {
		out = append(out, s.questionPage(&s.Pack.Questions[i]))
	}
	return out
}

func (s *Service) cited(p page) (Cited, error) {
	c := Cited{Found: p.found, Reading: p.body}
	c.Key, c.Snippet = p.found.Kind+"/"+p.id, i18n.Text{ZH: beginning(p.body.ZH), EN: beginning(p.body.EN)}
	if d := s.Pack.Document(p.found.Document); d != nil {
		c.Status = statusOn(d, s.Clock.Today())
	}
	m, err := s.Pack.Measure(p.found.Measure)
	if err != nil {
		return c, nil // no measure stands behind it
	}
	c.Formula = s.formula(m, s.guideToday())
	cases, err := s.workedCases(m)
	if i := slices.IndexFunc(cases, func(k WorkedCase) bool { return k.Amount != nil && *k.Amount > 0 }); i >= 0 {
		c.Example = &cases[i]
	}
	return c, err
}

// askPage is a place as the index of questions reads it: of a measure also what
// it asks for. People mostly ask for measures, for what comes to a figure and for what is in force. A clause and the measure made of it say the same.
func (s *Service) askPage(p page) ask.Page {
	out := ask.Page{Titles: []string{p.found.Title.ZH, p.found.Title.EN}, Bodies: []string{p.body.ZH, p.body.EN}}
	if d := s.Pack.Document(p.found.Document); d != nil {
		out.Bodies = append(out.Bodies, d.Title.ZH, d.Title.EN) // whose places and years people name
		if d.Status != rule.Draft {
			out.Favour = 1
		}
	}
	if m, err := s.Pack.Measure(p.found.Measure); err == nil {
		out.Favour += 2
		if m.Type.Pays() && len(m.Amount) > 0 && m.Amount[0].Op != "manual" {
			out.Favour += 2
		}
		for _, c := range m.Conditions {
			out.Bodies = append(out.Bodies, c.Text.ZH, c.Text.EN)
		}
		for _, f := range m.Facts {
			out.Bodies = append(out.Bodies, f.Text.ZH, f.Text.EN)
		}
	}
	if p.found.Kind != "question" {
		out.Same = p.found.Document + "#" + p.found.Path
	}
	return out
}

// readings is the library ready to be asked; the pack of a service never changes.
// The zero value is ready.
type readings struct {
	once  sync.Once
	index *ask.Index
}

func (r *readings) of(pages []page, s *Service) *ask.Index {
	r.once.Do(func() {
		list := make([]ask.Page, len(pages))
		for i, p := range pages {
			list[i] = s.askPage(p)
		}
		r.index = ask.New(list)
	})
	return r.index
}
