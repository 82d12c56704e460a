package policy

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Question is a point that the texts leave open, with who ruled what in which
// year's guide.
type Question struct {
	ID      string          `json:"id" example:"A4"`
	Title   i18n.Text       `json:"title"`
	Text    i18n.Text       `json:"text"`
	Where   []rule.Citation `json:"where"`
	Choices []Answer        `json:"choices"`
	Default i18n.Text       `json:"default" doc:"What is safe until somebody rules"`
	Who     i18n.Text       `json:"who" doc:"Whose ruling settles it"`
	Blocks  []string        `json:"blocks" doc:"Measures that pay nothing until it is ruled"`
	Rulings []YearRuling    `json:"rulings"`
}

// Answer is one answer that a question may have.
type Answer struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// YearRuling is how one year's guide settles a question.
type YearRuling struct {
	Year    int        `json:"year"`
	Choice  i18n.Text  `json:"choice"`
	By      i18n.Text  `json:"by"`
	On      clock.Date `json:"on"`
	Note    i18n.Text  `json:"note"`
	Example bool       `json:"example" doc:"Fiction for demonstration, ruled by nobody"`
}

// Guide is one year's application guide (申报指南).
type Guide struct {
	Year    int           `json:"year"`
	Name    i18n.Text     `json:"name"`
	Example bool          `json:"example" doc:"Fiction for demonstration, issued by nobody"`
	Issuer  i18n.Text     `json:"issuer"`
	Issued  clock.Date    `json:"issued"`
	Current bool          `json:"current" doc:"Its rulings hold on the business day"`
	Rulings []GuideRuling `json:"rulings"`
	Figures []GuideFigure `json:"parameters" doc:"Figures of measures that the guide sets"`
	Budgets []GuideBudget `json:"budgets"`
}

// GuideRuling is one ruling of a guide.
type GuideRuling struct {
	Question string     `json:"question"`
	Title    i18n.Text  `json:"title"`
	Value    string     `json:"value" doc:"Id of the choice"`
	Choice   i18n.Text  `json:"choice"`
	By       i18n.Text  `json:"by"`
	On       clock.Date `json:"on"`
	Note     i18n.Text  `json:"note"`
}

// GuideFigure is a figure of a measure that a guide sets.
type GuideFigure struct {
	Measure string `json:"measure"`
	Path    string `json:"path"`
	Value   string `json:"value" doc:"In the form of the measure's parameters"`
}

// GuideBudget is a measure's money for the guide's year.
type GuideBudget struct {
	Measure string    `json:"measure"`
	Amount  money.Fen `json:"amount_fen"`
}

// Questions lists the open and the ruled questions in order.
func (s *Service) Questions() []Question {
	out := make([]Question, 0, len(s.Pack.Questions))
	for _, q := range s.Pack.Questions {
		view := Question{ID: q.ID, Title: q.Title, Text: q.Text, Default: q.Default, Who: q.Who}
		for _, ref := range q.Where {
			view.Where = append(view.Where, s.cite(ref))
		}
		for _, c := range q.Choices {
			view.Choices = append(view.Choices, Answer{c.ID, c.Name})
		}
		for _, m := range s.Pack.Measures {
			if slices.Contains(m.Questions, q.ID) {
				view.Blocks = append(view.Blocks, m.ID)
			}
		}
		for i := range s.Pack.Guides {
			g := &s.Pack.Guides[i]
			if r, ruled := g.Ruling(q.ID); ruled {
				view.Rulings = append(view.Rulings, YearRuling{g.Year, s.choiceName(r), r.By, r.On, r.Note, g.Example})
			}
		}
		out = append(out, view)
	}
	return out
}

// Guides lists the guides by year.
//
// Codes: invalid for a pack whose budgets are no money.
func (s *Service) Guides() ([]Guide, error) {
	today := s.guideToday()
	out := make([]Guide, 0, len(s.Pack.Guides))
	for i := range s.Pack.Guides {
		g := &s.Pack.Guides[i]
		view := Guide{Year: g.Year, Name: g.Name, Example: g.Example, Issuer: g.Issuer, Issued: g.Issued, Current: g == today}
		for _, r := range g.Rulings {
			title := i18n.Text{ZH: r.Question, EN: r.Question}
			if q := s.Pack.Question(r.Question); q != nil {
				title = q.Title
			}
			view.Rulings = append(view.Rulings, GuideRuling{r.Question, title, r.Choice, s.choiceName(r), r.By, r.On, r.Note})
		}
		for _, o := range g.Set {
			view.Figures = append(view.Figures, GuideFigure{o.Measure, o.Path, o.Value})
		}
		for _, b := range g.Budgets {
			fen, err := b.Fen()
			if err != nil {
				return nil, err
			}
			view.Budgets = append(view.Budgets, GuideBudget{b.Measure, fen})
		}
		out = append(out, view)
	}
	return out, nil
}
