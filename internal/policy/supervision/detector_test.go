package supervision_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// world is a few organisations a, b, c … with facts and one case of a.
type world struct {
	t     *testing.T
	facts []evidence.Fact
	cases []supervision.Case
}

// org is the credit code of a one-letter organisation.
func org(letter string) ident.CreditCode {
	body := fmt.Sprintf("91520199W%08d", letter[0])
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}

type attributes map[string]string

// fact writes a fact of an organisation and returns its id.
func (w *world) fact(letter, kind, on, quantity string, a attributes) string {
	return w.put(evidence.Fact{Kind: kind, Subject: org(letter), Quantity: quantity, Occurred: clock.Date(on), Attestor: attests[kind], Attributes: a})
}

func (w *world) put(f evidence.Fact) string {
	w.t.Helper()
	f.ID = fmt.Sprintf("f%d", len(w.facts)+1)
	normal, err := f.Normalise()
	if err != nil {
		w.t.Fatal(err)
	}
	w.facts = append(w.facts, normal)
	return f.ID
}

var attests = map[string]evidence.Attestor{
	"data.purchased": evidence.Operator, "data.supplied": evidence.Operator, "cost.model_construction": evidence.Auditor, "model.filed": evidence.Department,
	"platform.certified": evidence.Department, "org.contact": evidence.Applicant, "org.related": evidence.Department,
}

// buys is a purchase of one from another (a name, or a letter).
func (w *world) buys(buyer, seller, on, yuan string, more ...attributes) string {
	a := attributes{"seller": seller, "exchange": "guiyang"}
	if len(seller) == 1 {
		a["seller"] = string(org(seller))
	}
	for _, m := range more {
		maps.Copy(a, m)
	}
	return w.fact(buyer, "data.purchased", on, yuan, a)
}

func (w *world) uses(letter, means, what string) string {
	return w.fact(letter, "org.contact", "2025-01-02", "", attributes{"means": means, "fingerprint": "fp-" + what, "masked": "1**" + what})
}

// claims opens a case of an organisation on 22 October 2025.
func (w *world) claims(letter string, facts ...string) *supervision.Case {
	n := len(w.cases) + 1
	w.cases = append(w.cases, supervision.Case{ID: fmt.Sprintf("app%d", n), Number: fmt.Sprintf("QM-%d", n), Org: org(letter), Measure: "002-6", Year: 2025, Submitted: "2025-10-22", Facts: facts})
	return &w.cases[n-1]
}

func (w *world) index(t testing.TB) *supervision.Index {
	ix := supervision.NewIndex(shipped(t))
	for _, letter := range strings.Split("abcdefghijklmnop", "") {
		ix.AddOrganisation(org(letter), "贵阳"+strings.Repeat(letter, 4)+"数据有限公司")
	}
	for _, f := range w.facts {
		ix.AddFact(f)
	}
	for _, c := range w.cases {
		ix.PutCase(c)
	}
	return ix
}

// TestDetectors gives each kind its boundary, and what is honest beside it.
func TestDetectors(t *testing.T) {
	const long = "25522000000046005713"
	invoice := func(n string) attributes { return attributes{"invoice": n} }
	for _, c := range []struct {
		name  string
		write func(w *world)
		want  string // ids of the rules that alarm the first case, in order of the file
	}{
		{"an invoice of another firm, respelt", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice(long)))
			w.buys("c", "d", "2025-04-01", "77.00", invoice("２５５２２-000 000046005713"))
		}, "same-invoice"},
		{"an invoice that differs in its last digit", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice(long)))
			w.buys("c", "b", "2025-03-01", "100.00", invoice("25522000000046005714"))
		}, ""},
		{"an invoice that the applicant noted before the audit", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice(long)))
			w.put(evidence.Fact{Kind: "data.purchased", Subject: org("a"), Quantity: "100.00", Occurred: "2025-03-01", Attestor: evidence.Applicant, Attributes: invoice(long)})
		}, ""},
		{"an invoice of another firm that was corrected since", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice(long)))
			first := w.buys("c", "d", "2025-04-01", "77.00", invoice(long))
			w.put(evidence.Fact{Kind: "data.purchased", Subject: org("c"), Quantity: "77.00", Occurred: "2025-05-01", Attestor: evidence.Operator, Corrects: first, Attributes: attributes{"invoice": long + "9"}})
		}, ""},
		{"two lines of one invoice", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice(long)), w.buys("a", "b", "2025-03-01", "40.00", invoice(long)))
		}, ""},
		{"one line of one invoice, twice", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice(long)), w.buys("a", "b", "2025-03-20", "100.00", invoice(long)))
		}, "same-invoice"},
		{"one invoice under two models", func(w *world) {
			cost := func(model string) string {
				return w.fact("a", "cost.model_construction", "2025-03-01", "100.00", attributes{"model": model, "invoice": long})
			}
			w.claims("a", cost("m"))
			w.claims("a", cost("n"))
		}, "own-paper"},
		{"one invoice under two models, of which one claims nothing", func(w *world) {
			cost := func(model string) string {
				return w.fact("a", "cost.model_construction", "2025-03-01", "100.00", attributes{"model": model, "invoice": long})
			}
			w.claims("a", cost("m"))
			cost("n")
		}, ""},
		{"a short number of another amount and seller", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice("04600571")))
			w.buys("c", "d", "2025-03-01", "101.00", invoice("04600571"))
		}, ""},
		{"a short number of one seller and amount", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice("04600571")))
			w.buys("c", "b", "2025-03-01", "100.00", invoice("0460 0571"))
		}, "same-invoice"},
		{"a number too short for a paper", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", invoice("00001")))
			w.buys("c", "b", "2025-03-01", "100.00", invoice("00001"))
		}, ""},
		{"instalments of one contract", func(w *world) {
			contract := attributes{"contract": "GZ-2025-77"}
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", contract), w.buys("a", "b", "2025-04-01", "100.00", contract))
		}, ""},
		{"one contract of one seller with two buyers, five hundredths apart", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", attributes{"contract": "GZ-2025-77"}))
			w.buys("c", "b", "2025-03-01", "95.00", attributes{"contract": "GZ（2025）77"})
		}, "same-contract"},
		{"one contract number with two buyers, more than five hundredths apart", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00", attributes{"contract": "GZ-2025-77"}))
			w.buys("c", "b", "2025-03-01", "94.99", attributes{"contract": "GZ-2025-77"})
		}, ""},

		{"a seller related on record", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			w.fact("b", "org.related", "2024-01-01", "", attributes{"party": "贵阳aaaa数居有限公司", "relation": "controlled_by"})
		}, "related-trade"},
		{"a seller under one controller", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			w.fact("a", "org.related", "2024-01-01", "", attributes{"party": "某某集团", "relation": "controlled_by"})
			w.fact("b", "org.related", "2024-01-01", "", attributes{"party": "某某 集团", "relation": "controlled_by"})
		}, "related-trade"},
		{"a seller three steps away", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			w.fact("a", "org.related", "2024-01-01", "", attributes{"party": string(org("c")), "relation": "controlled_by"})
			w.fact("c", "org.related", "2024-01-01", "", attributes{"party": string(org("d")), "relation": "controlled_by"})
			w.fact("d", "org.related", "2024-01-01", "", attributes{"party": string(org("b")), "relation": "controls"})
		}, ""},
		{"a seller with the buyer's phone", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			w.uses("a", "phone", "7")
			w.uses("b", "phone", "7")
		}, "related-trade"},
		{"a seller in the buyer's room only", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			w.uses("a", "address", "7")
			w.uses("b", "address", "7")
		}, ""},
		{"a phone that six use", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			for _, letter := range strings.Split("abcdef", "") {
				w.uses(letter, "phone", "agent")
			}
		}, ""},
		{"a phone that five use", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "100.00"))
			for _, letter := range strings.Split("abcde", "") {
				w.uses(letter, "phone", "agent")
			}
		}, "related-trade"},

		{"a ring of three, the last hand in two parts", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "1000000.00"))
			w.buys("b", "贵阳cccc数剧有限公司", "2025-03-20", "980000.00")
			w.buys("c", "a", "2025-04-10", "400000.00")
			w.buys("c", "a", "2025-04-12", "560000.00")
		}, "circular-trade"},
		{"a ring that loses a fifth", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "1000000.00"))
			w.buys("b", "c", "2025-03-20", "900000.00")
			w.buys("c", "a", "2025-04-10", "800000.00")
		}, ""},
		{"a ring on its last day", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "1000000.00"))
			w.buys("b", "a", "2025-06-29", "850000.00") // 120 days and 15% later
		}, "circular-trade"},
		{"a ring a day too late", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "1000000.00"))
			w.buys("b", "a", "2025-06-30", "1000000.00")
		}, ""},
		{"a ring of pocket money", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "49999.99"))
			w.buys("b", "a", "2025-03-02", "49999.99")
		}, ""},

		{"three pieces just below the line", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "499999.99"), w.buys("a", "b", "2025-03-02", "400000.00"), w.buys("a", "b", "2025-03-13", "480000.00"))
		}, "split-bill"},
		{"a piece below the margin", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "499999.99"), w.buys("a", "b", "2025-03-02", "399999.99"), w.buys("a", "b", "2025-03-13", "480000.00"))
		}, ""},
		{"a piece on the line", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "500000.00"), w.buys("a", "b", "2025-03-02", "400000.00"), w.buys("a", "b", "2025-03-13", "480000.00"))
		}, ""},
		{"a piece a day too late", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "499999.99"), w.buys("a", "b", "2025-03-02", "400000.00"), w.buys("a", "b", "2025-03-14", "480000.00"))
		}, ""},
		{"pieces from different sellers", func(w *world) {
			w.claims("a", w.buys("a", "b", "2025-03-01", "480000.00"), w.buys("a", "c", "2025-03-02", "480000.00"), w.buys("a", "d", "2025-03-03", "480000.00"))
		}, ""},

		{"a filing on its last day", func(w *world) {
			w.claims("a", w.fact("a", "model.filed", "2022-10-22", "", attributes{"model": "m", "status": "passed", "until": "2025-10-22"}))
		}, ""},
		{"a filing the day after", func(w *world) {
			w.claims("a", w.fact("a", "model.filed", "2022-10-22", "", attributes{"model": "m", "status": "passed", "until": "2025-10-21"}))
		}, "stale-certificate"},
		{"a filing renewed", func(w *world) {
			w.claims("a", w.fact("a", "model.filed", "2022-10-22", "", attributes{"model": "m", "status": "passed", "until": "2025-10-21"}))
			w.fact("a", "model.filed", "2025-10-01", "", attributes{"model": "m", "status": "passed", "until": "2028-10-21"})
		}, ""},
		{"another model's filing renews nothing", func(w *world) {
			w.claims("a", w.fact("a", "model.filed", "2022-10-22", "", attributes{"model": "m", "status": "passed", "until": "2025-10-21"}))
			w.fact("a", "model.filed", "2025-10-01", "", attributes{"model": "m2", "status": "passed", "until": "2028-10-21"})
		}, "stale-certificate"},
		{"a filing cancelled", func(w *world) {
			w.claims("a", w.fact("a", "model.filed", "2024-10-22", "", attributes{"model": "m", "status": "passed"}))
			w.fact("a", "model.filed", "2025-11-01", "", attributes{"model": "m", "status": "cancelled"})
		}, "stale-certificate"},
		{"a filing cancelled and passed again", func(w *world) {
			w.claims("a", w.fact("a", "model.filed", "2024-10-22", "", attributes{"model": "m", "status": "passed"}))
			w.fact("a", "model.filed", "2025-01-01", "", attributes{"model": "m", "status": "cancelled"})
			w.fact("a", "model.filed", "2025-02-01", "", attributes{"model": "m", "status": "passed"})
		}, ""},
		{"a certificate withdrawn", func(w *world) {
			id := w.fact("a", "platform.certified", "2024-10-22", "", attributes{"platform": "p", "level": "city"})
			w.claims("a", id)
			w.put(evidence.Fact{Kind: "platform.certified", Subject: org("a"), Object: "p", Quantity: "0", Occurred: "2025-11-01", Attestor: evidence.Department, Corrects: id})
		}, "stale-certificate"},
		{"a certificate corrected to another level", func(w *world) {
			id := w.fact("a", "platform.certified", "2024-10-22", "", attributes{"platform": "p", "level": "nation"})
			w.claims("a", id)
			w.put(evidence.Fact{Kind: "platform.certified", Subject: org("a"), Object: "p", Quantity: "1", Occurred: "2025-11-01", Attestor: evidence.Department, Corrects: id, Attributes: attributes{"platform": "p", "level": "city"}})
		}, "stale-certificate"},
		{"a filing's number corrected", func(w *world) {
			id := w.fact("a", "model.filed", "2024-10-22", "", attributes{"model": "m", "status": "passed", "number": "备 1"})
			w.claims("a", id)
			w.put(evidence.Fact{Kind: "model.filed", Subject: org("a"), Object: "m", Quantity: "1", Occurred: "2025-11-01", Attestor: evidence.Department, Corrects: id, Attributes: attributes{"model": "m", "status": "passed", "number": "备 2"}})
		}, ""},

		{"two applicants with one phone", func(w *world) {
			w.claims("a")
			w.claims("b")
			w.uses("a", "phone", "7")
			w.uses("b", "phone", "7")
		}, "shared-contact"},
		{"a parent and its subsidiary, openly", func(w *world) {
			w.claims("a")
			w.claims("b")
			w.uses("a", "phone", "7")
			w.uses("b", "phone", "7")
			w.fact("b", "org.related", "2024-01-01", "", attributes{"party": string(org("a")), "relation": "controlled_by"})
		}, ""},
		{"two applicants under different measures", func(w *world) {
			w.claims("a")
			w.claims("b").Measure = "002-2"
			w.uses("a", "phone", "7")
			w.uses("b", "phone", "7")
		}, ""},
		{"two applicants in one building", func(w *world) {
			w.claims("a")
			w.claims("b")
			w.uses("a", "building", "7")
			w.uses("b", "building", "7")
		}, ""},

		{"ten times as much in one month", func(w *world) { sudden(w, "1000000.01", 6) }, "sudden-figure"},
		{"a jump with five months of past", func(w *world) { sudden(w, "1000000.01", 5) }, ""},
		{"six times the usual and no more", func(w *world) { sudden(w, "600000.00", 6) }, ""},

		{"one file of two firms", func(w *world) {
			w.claims("a").Files = []string{"own", "same"}
			w.claims("b").Files = []string{"same"}
		}, "same-file"},
		{"one file of one firm", func(w *world) {
			w.claims("a").Files = []string{"licence"}
			w.claims("a").Files = []string{"licence"}
		}, ""},
		{"a form that six attach", func(w *world) {
			for _, letter := range strings.Split("abcdef", "") {
				w.claims(letter).Files = []string{"form"}
			}
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{t: t}
			c.write(w)
			var rules []string
			for _, f := range w.index(t).Detect("app1") {
				rules = append(rules, f.Rule.ID)
				if strings.ContainsAny(f.Reason.ZH+f.Reason.EN, "{}") {
					t.Errorf("the reason has a hole: %s / %s", f.Reason.ZH, f.Reason.EN)
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(rules, " ")); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// sudden gives a some months of 100,000 yuan and then one of more, among peers
// who buy for 100,000 to 110,000 a month.
func sudden(w *world, yuan string, months int) {
	for i := range months {
		w.buys("a", "b", string(clock.Date("2025-03-15").AddDays(30*i)), "100000.00")
	}
	for i, letter := range strings.Split("cdefghij", "") {
		for m := range 6 {
			w.buys(letter, "p", string(clock.Date("2025-03-15").AddDays(30*m)), fmt.Sprintf("%d.00", 100_000+i*1_000))
		}
	}
	w.claims("a", w.buys("a", "b", "2025-10-10", yuan))
}
