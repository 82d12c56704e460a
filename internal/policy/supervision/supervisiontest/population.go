// Package supervisiontest holds the store's conformance suite and an invented
// year of claims with frauds hidden in it, on which the detectors are judged.
package supervisiontest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// Key is the fingerprint key of invented contacts.
var Key = []byte("an invented installation's key")

// Population is an invented year: organisations with their facts, clean cases
// and frauds. The frauds are written from what each kind of fraud is
// (fraud.go) and know nothing of any threshold.
type Population struct {
	Names  map[ident.CreditCode]string
	Facts  []evidence.Fact
	Cases  []supervision.Case
	Clean  map[string]bool // by case: nothing is wrong with it
	Frauds []Fraud
}

// Fraud is one planted fraud: its story, and its cases, one of which must be
// alarmed in the way that its kind says.
type Fraud struct {
	Kind  supervision.Kind
	Story string
	Cases []string
}

// Year is the guide's year of all cases.
const Year = 2025

// firm is an invented organisation while the year is written.
type firm struct {
	code        ident.CreditCode
	name        string
	phone, room string
	papers      int // how many contracts it has numbered so far
}

// writer writes the year.
type writer struct {
	r       *rand.Rand
	p       *Population
	firms   []*firm
	sellers []*firm
	taken   map[string]bool // names
	ids     int
	invoice int64
}

// Invent writes a year with that many clean cases and the forty frauds. The
// same seed gives the same year.
func Invent(seed uint64, clean int) *Population {
	w := &writer{r: rand.New(rand.NewPCG(seed, 17)), p: &Population{Names: map[ident.CreditCode]string{}, Clean: map[string]bool{}},
		taken: map[string]bool{}, invoice: 1_000_000}
	for range max(clean/50, 20) {
		w.sellers = append(w.sellers, w.newFirm("数据"))
	}
	for range clean * 4 / 5 {
		w.firms = append(w.firms, w.newFirm(pick(w.r, trades)))
	}
	w.contacts()
	w.market()
	for i := range clean {
		f := w.firms[i%len(w.firms)] // a fifth of them apply twice
		w.p.Clean[w.honestCase(f)] = true
	}
	w.frauds()
	w.r.Shuffle(len(w.p.Facts), func(i, j int) { w.p.Facts[i], w.p.Facts[j] = w.p.Facts[j], w.p.Facts[i] })
	return w.p
}

// Load puts the year into an index.
func (p *Population) Load(ix *supervision.Index) {
	for code, name := range p.Names {
		ix.AddOrganisation(code, name)
	}
	for _, f := range p.Facts {
		ix.AddFact(f)
	}
	for _, c := range p.Cases {
		ix.PutCase(c)
	}
}

var (
	syllables = []rune("青云黔岩溪甲筑星山竹石禾林息开阳修远知明语图智算衡枢川桥弦屿坊序映舟砚络度维木澜海晨博睿同诚盛华宏达")
	places    = []string{"贵阳", "观山湖", "南明", "云岩", "花溪", "贵安", "清镇"}
	trades    = []string{"科技", "智能", "信息", "软件", "医疗科技", "文旅", "教育科技", "物流", "农业科技", "金融科技"}
	endings   = []string{"有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func (w *writer) newFirm(trade string) *firm {
	name := ""
	for name == "" || w.taken[name] {
		name = pick(w.r, places) + string([]rune{pick(w.r, syllables), pick(w.r, syllables)}) + trade + pick(w.r, endings)
	}
	w.taken[name] = true
	body := fmt.Sprintf("91520199NW%07d", len(w.p.Names))
	f := &firm{code: ident.CreditCode(body + string(ident.CreditCheck(body))), name: name}
	w.p.Names[f.code] = name
	return f
}

type attributes = map[string]string

func (w *writer) fact(f *firm, kind string, by evidence.Attestor, on clock.Date, object, quantity string, a attributes) evidence.Fact {
	w.ids++
	return w.write(evidence.Fact{ID: fmt.Sprintf("f%06d", w.ids), Kind: kind, Subject: f.code, Object: object, Quantity: quantity, Occurred: on, Attestor: by, Attributes: a})
}

func (w *writer) write(f evidence.Fact) evidence.Fact {
	normal, err := f.Normalise()
	if err != nil {
		panic(err)
	}
	w.p.Facts = append(w.p.Facts, normal)
	return normal
}

// correct replaces a fact; quantity 0 withdraws it.
func (w *writer) correct(f evidence.Fact, on clock.Date, quantity string, change attributes) {
	w.ids++
	fresh := attributes{}
	for name, value := range f.Attributes {
		fresh[name] = value
	}
	for name, value := range change {
		fresh[name] = value
	}
	f.ID, f.Corrects, f.Occurred, f.Quantity, f.Attributes = fmt.Sprintf("f%06d", w.ids), f.ID, on, quantity, fresh
	w.write(f)
}

// open files a case that rests on facts.
func (w *writer) open(f *firm, measure, object string, on clock.Date, facts []evidence.Fact, files ...string) string {
	n := len(w.p.Cases) + 1
	c := supervision.Case{ID: fmt.Sprintf("app_%05d", n), Number: fmt.Sprintf("QM-%d-%05d", Year, n), Org: f.code, Measure: measure, Year: Year, Object: object,
		Submitted: on, Files: append(files, fmt.Sprintf("file-%d", n))}
	for _, fact := range facts {
		c.Facts = append(c.Facts, fact.ID)
	}
	w.p.Cases = append(w.p.Cases, c)
	return c.ID
}

// chance is true p times in a hundred.
func (w *writer) chance(p int) bool { return w.r.IntN(100) < p }

func (w *writer) day(from, to clock.Date) clock.Date {
	days := int(to.Time().Sub(from.Time()).Hours() / 24)
	return from.AddDays(w.r.IntN(days + 1))
}

// amount draws from a long-tailed distribution around a middle, in yuan; some
// people like round sums.
func (w *writer) amount(middle, sigma float64) money.Fen {
	yuan := middle * math.Exp(w.r.NormFloat64()*sigma)
	if w.chance(40) {
		return money.Fen(math.Ceil(yuan/1000)) * 100_000
	}
	return max(money.Fen(yuan*100), 1)
}

// nextInvoice is a digital invoice's number; what one seller issues on one day
// differs in the last digits only.
func (w *writer) nextInvoice() string {
	w.invoice += 1 + w.r.Int64N(3)
	return fmt.Sprintf("25522%015d", w.invoice%1_000_000_000_000_000)
}

// nextContract is the next number of the buyer's own count: a third count in
// the form that everybody does, so that their numbers meet all the time.
func (w *writer) nextContract(f *firm) string {
	f.papers++
	if f.code[16]%3 == 0 {
		return fmt.Sprintf("HT-%d-%03d", Year, f.papers)
	}
	return fmt.Sprintf("%s（%d）采购%04d号", string([]rune(f.name)[:4]), Year, f.papers)
}
