// Package rule is the rules engine: a region pack of measures goes in, with
// facts of an organisation or columns of a population, and outcomes come out,
// each with its reasons, its amount in fen and its trace. It is pure: apart
// from reading a pack from an fs.FS it does no I/O. README.md has the whole.
package rule

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Pack is the data of one region: its documents, the measures read from them,
// the yearly guides, the open questions and the worked cases. It is immutable
// once loaded and safe for concurrent use.
type Pack struct {
	Region     Region
	Documents  []Document // by id
	Measures   []*Measure // by id
	Guides     []Guide    // by year
	Questions  []Question // A1, A2, … in order
	Cases      []Case     // by measure, then in file order
	Vocabulary *evidence.Vocabulary

	measures map[string]*Measure
	env      *environment
	plans    sync.Map // planKey -> *Plan
}

// Document is what the engine needs to know of a policy document
// (documents/*.yaml): whether it is law and when, and where its clauses stand.
type Document struct {
	ID       string    `yaml:"id"`
	Title    i18n.Text `yaml:"title"`
	Short    i18n.Text `yaml:"short"`
	Level    i18n.Text `yaml:"level"`
	Issuer   i18n.Text `yaml:"issuer"`
	Number   string    `yaml:"number"`
	Issued   string    `yaml:"issued"`
	Status   Status    `yaml:"status"`
	Validity Validity  `yaml:"validity"`
	SHA256   string    `yaml:"sha256"`
	Bytes    int       `yaml:"bytes"`
	Clauses  []Clause  `yaml:"clauses"`
}

// Status is a document's legal standing.
type Status string

// The standings. A draft's measures simulate and never pay.
const (
	InForce Status = "in_force"
	Draft   Status = "draft"
)

// Validity is the period of a document. Where the text allows two readings
// the days between them belong to the open question that it names (A1):
// from Starts[0] it may be in force, from Starts[1] it is; after Ends[0] it
// may have expired, after Ends[1] it has.
type Validity struct {
	Starts   []clock.Date `yaml:"starts"`
	Ends     []clock.Date `yaml:"ends"` // last days, inclusive
	Question string       `yaml:"question"`
	Choices  []string     `yaml:"choices"` // the ruling's choice for each reading
}

// Clause is a place in a document: byte offsets and a hash, never its words.
type Clause struct {
	Path      string     `yaml:"path"`
	Number    string     `yaml:"number"`
	Title     *i18n.Text `yaml:"title"`
	Start     int        `yaml:"start"`
	End       int        `yaml:"end"`
	SHA256    string     `yaml:"sha256"`
	Normative *bool      `yaml:"normative"`
	Label     *i18n.Text `yaml:"label"`
	Reading   *i18n.Text `yaml:"reading"`
	Rule      string     `yaml:"rule"`
	WhyNone   *i18n.Text `yaml:"why_none"`
}

// Question is a point that the text leaves open (measures.md section 3): who
// must rule on it, the answers it may have, and what is safe until then.
type Question struct {
	ID      string      `yaml:"id"`
	Title   i18n.Text   `yaml:"title"`
	Text    i18n.Text   `yaml:"text"`
	Where   []ClauseRef `yaml:"where"`
	Choices []Choice    `yaml:"choices"`
	Effect  Effect      `yaml:"effect"`  // what its answer does to one amount; empty: the rules read it
	Default i18n.Text   `yaml:"default"` // the safe default, in words
	Who     i18n.Text   `yaml:"who"`     // whose ruling settles it
}

// Choice is one possible answer to a question.
type Choice struct {
	ID   string    `yaml:"id"`
	Name i18n.Text `yaml:"name"`
}

// ClauseRef points at a clause of a document.
type ClauseRef struct {
	Document string `yaml:"document" json:"document"`
	Path     string `yaml:"path" json:"path"`
}

// String writes the reference as documents and people do: 002#八/(二).
func (r ClauseRef) String() string {
	if r.Path == "" {
		return r.Document
	}
	return r.Document + "#" + r.Path
}

// Guide is one year's application guide (申报指南): the rulings that settle
// open questions, and the figures that a guide may set.
type Guide struct {
	Year    int         `yaml:"year"`
	Version int         `yaml:"version"` // counts its issues from 1, which stands where none is written; a change while a call runs needs the next
	Name    i18n.Text   `yaml:"name"`
	Example bool        `yaml:"example"` // fiction for demonstration, not issued by anybody
	Issuer  i18n.Text   `yaml:"issuer"`
	Issued  clock.Date  `yaml:"issued"`
	Rulings []Ruling    `yaml:"rulings"`
	Set     []Override  `yaml:"parameters"`
	Budgets []YearMoney `yaml:"budgets"`
	// Vouchers are no part of what a call pins: no application reads them.
	Vouchers []VoucherRuling `yaml:"vouchers" json:"-"`
}

// Ruling returns the guide's answer to an open question.
func (g *Guide) Ruling(question string) (Ruling, bool) {
	if g != nil {
		for _, r := range g.Rulings {
			if r.Question == question {
				return r, true
			}
		}
	}
	return Ruling{}, false
}

// byCall is the ruling that leaves a question to each call.
const byCall = "by_call"

// LeavesToCalls reports whether the guide leaves a question to each call.
func (g *Guide) LeavesToCalls(question string) bool {
	r, ruled := g.Ruling(question)
	return ruled && r.Choice == byCall
}

// Ruling (裁定) is a recorded answer to an open question.
type Ruling struct {
	Question string     `yaml:"question"`
	Choice   string     `yaml:"choice"`
	By       i18n.Text  `yaml:"by"`
	On       clock.Date `yaml:"on"`
	Note     i18n.Text  `yaml:"note"`
}

// Override sets one parameter of one measure, in the unit of the parameter.
type Override struct {
	Measure string `yaml:"measure"`
	Path    string `yaml:"path"`
	Value   string `yaml:"value"`
}

// YearMoney is a measure's budget of the guide's year, in decimal yuan.
type YearMoney struct {
	Measure string `yaml:"measure"`
	Amount  string `yaml:"amount"`
}

// Fen returns the budget in fen.
//
// Codes: invalid.
func (b YearMoney) Fen() (money.Fen, error) { return money.ParseYuan(b.Amount) }

// Measure returns a measure by id.
//
// Codes: not_found.
func (p *Pack) Measure(id string) (*Measure, error) {
	if m := p.measures[id]; m != nil {
		return m, nil
	}
	return nil, fault.Newf(fault.NotFound, "地区包 %[2]s 中没有措施“%.40[1]s”。", "Region pack %[2]s has no measure %.40[1]q.", id, p.Region.ID)
}

// Guide returns the guide of a year; year 0 is no guide: no ruling holds.
//
// Codes: not_found.
func (p *Pack) Guide(year int) (*Guide, error) {
	if year == 0 {
		return nil, nil
	}
	for i := range p.Guides {
		if p.Guides[i].Year == year {
			return &p.Guides[i], nil
		}
	}
	var years []string
	for _, g := range p.Guides {
		years = append(years, strconv.Itoa(g.Year))
	}
	return nil, fault.Newf(fault.NotFound, "地区包 %[2]s 没有 %[1]d 年的申报指南：有 %[3]s 年的。", "Region pack %[2]s has no guide for %[1]d; it has %[3]s.", year, p.Region.ID, strings.Join(years, ", "))
}

// Document returns a document by id, nil when the pack has none of that id.
func (p *Pack) Document(id string) *Document {
	for i := range p.Documents {
		if p.Documents[i].ID == id {
			return &p.Documents[i]
		}
	}
	return nil
}

// Question returns a question by id, nil when there is none.
func (p *Pack) Question(id string) *Question {
	for i := range p.Questions {
		if p.Questions[i].ID == id {
			return &p.Questions[i]
		}
	}
	return nil
}

// Label is a clause reference as people write it: 贵阳措施 八(二).
func (p *Pack) Label(r ClauseRef) i18n.Text {
	d := p.Document(r.Document)
	if d == nil {
		return i18n.Text{ZH: r.String(), EN: r.String()}
	}
	for _, c := range d.Clauses {
		if c.Path == r.Path && c.Label != nil {
			return *c.Label
		}
	}
	path := strings.ReplaceAll(r.Path, "/", "")
	return i18n.Text{ZH: strings.TrimSpace(d.Short.ZH + " " + path), EN: strings.TrimSpace(d.Short.EN + " " + latinNumber(path))}
}

// latinNumber writes Chinese clause numerals as digits: 八(二) is 8(2).
func latinNumber(path string) string {
	var b strings.Builder
	numerals := []rune("零一二三四五六七八九")
	runes := []rune(path)
	digit := func(i int) bool { return i >= 0 && i < len(runes) && slices.Index(numerals, runes[i]) > 0 }
	for i, r := range runes {
		switch n := slices.Index(numerals, r); {
		case n >= 0:
			b.WriteByte('0' + byte(n))
		case r == '十' && digit(i-1) && digit(i+1): // 二十一: the digits around stand as they are
		case r == '十' && digit(i-1):
			b.WriteByte('0')
		case r == '十' && digit(i+1):
			b.WriteByte('1')
		case r == '十':
			b.WriteString("10")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// clause finds a clause.
func (d *Document) clause(path string) *Clause {
	for i := range d.Clauses {
		if d.Clauses[i].Path == path {
			return &d.Clauses[i]
		}
	}
	return nil
}
