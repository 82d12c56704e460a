package supervisiontest

import (
	"fmt"
	"math"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// contacts gives everybody a phone, a mailbox, a room and a representative,
// and some of them an honest reason to share one.
func (w *writer) contacts() {
	all := append(append([]*firm{}, w.firms...), w.sellers...)
	w.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	agencies, incubators := 0, 0
	for i, f := range all {
		f.phone, f.room = w.phone(), w.address()
		switch w.r.IntN(100) {
		case 0, 1, 2: // a bookkeeping agency answers for dozens
			f.phone = fmt.Sprintf("0851-8%07d", 1000000+agencies/40)
			agencies++
		case 3, 4, 5: // the registration address of an incubator
			f.room = fmt.Sprintf("贵安新区湖潮乡数创空间%d栋%d室", 1+incubators/250, 101+incubators/60)
			incubators++
		case 6, 7, 8, 9: // an office tower, without the room
			f.room = "贵阳市观山湖区长岭北路会展城" + string('A'+rune(w.r.IntN(9))) + "座"
		case 10: // a subsidiary with its parent's phone, openly
			if i > 0 {
				parent := all[i-1]
				f.phone = parent.phone
				w.fact(f, "org.related", evidence.Department, "2024-05-06", "", "", attributes{"party": string(parent.code), "relation": "controlled_by"})
			}
		case 11: // the small agency with a handful of clients looks like one applicant with several shells
			if i > 2 && w.chance(15) {
				f.phone = all[i-2].phone
			}
		}
		w.contact(f, supervision.Phone, f.phone)
		w.contact(f, supervision.Address, f.room)
		w.contact(f, supervision.Email, fmt.Sprintf("office%d@example.cn", w.r.IntN(1<<30)))
		w.contact(f, supervision.Person, w.person())
	}
}

func (w *writer) phone() string { return fmt.Sprintf("1%d%08d", 30+w.r.IntN(60), w.r.IntN(1e8)) }

func (w *writer) person() string {
	return fmt.Sprintf("520102%04d%02d%02d%04d", 1955+w.r.IntN(50), 1+w.r.IntN(12), 1+w.r.IntN(28), w.r.IntN(1e4))
}

func (w *writer) address() string {
	return fmt.Sprintf("贵阳市%s区%s路%d号%d栋%d室", pick(w.r, places), string([]rune{pick(w.r, syllables), pick(w.r, syllables)}), 1+w.r.IntN(300), 1+w.r.IntN(12), 101+w.r.IntN(2900))
}

func (w *writer) contact(f *firm, means supervision.Means, value string) {
	c, err := supervision.Contact{Means: means, Value: value}.Normalise()
	if err != nil {
		panic(err)
	}
	by := evidence.Department
	if w.chance(50) {
		by = evidence.Applicant
	}
	w.fact(f, "org.contact", by, w.day("2024-01-05", "2025-01-30"), "", "", attributes{"means": string(c.Means), "fingerprint": c.Fingerprint(Key), "masked": c.Masked()})
}

// market lets data sellers deal with one another all year, both ways.
func (w *writer) market() {
	for _, s := range w.sellers {
		for range 2 + w.r.IntN(6) {
			if other := pick(w.r, w.sellers); other != s {
				w.purchase(s, other, w.day("2024-02-01", "2025-09-20"), w.amount(300_000, 1.1))
			}
		}
		for range w.r.IntN(3) { // and with firms
			w.purchase(s, pick(w.r, w.firms), w.day("2024-06-01", "2025-09-20"), w.amount(180_000, 1.1))
		}
	}
}

// purchase is one trade on the exchange, with its own invoice and contract.
func (w *writer) purchase(buyer, seller *firm, on clock.Date, amount money.Fen, more ...attributes) evidence.Fact {
	a := attributes{"exchange": "guiyang", "use": "training", "seller": string(seller.code), "related": "false", "invoice": w.nextInvoice(), "contract": w.nextContract(buyer)}
	if w.chance(10) { // a clerk wrote the name
		a["seller"] = seller.name
	}
	for _, m := range more {
		for name, value := range m {
			a[name] = value
		}
	}
	return w.fact(buyer, "data.purchased", evidence.Operator, on, "", amount.String(), a)
}

// honestCase writes one clean application.
func (w *writer) honestCase(f *firm) string {
	on := w.day("2025-10-01", "2025-10-22")
	switch n := w.r.IntN(100); {
	case n < 45:
		return w.open(f, "002-6", "", on, w.honestPurchases(f), w.form())
	case n < 75:
		return w.modelCase(f, on)
	case n < 88:
		return w.sceneCase(f, on)
	}
	return w.platformCase(f, on)
}

// form is a file that the office hands out, which many attach as it is.
func (w *writer) form() string { return fmt.Sprintf("form-%d", w.r.IntN(3)) }

// honestPurchases are a buyer's dealings of a year and more; the case rests on
// those of the year.
func (w *writer) honestPurchases(f *firm) (year []evidence.Fact) {
	keep := func(fact evidence.Fact) {
		if fact.Occurred >= "2025-01-01" {
			year = append(year, fact)
		}
	}
	middle := float64(w.amount(350_000, 0.9)) / 100
	seller := pick(w.r, w.sellers)
	switch w.r.IntN(10) {
	case 0, 1: // a subscription, the same sum every month
		price := w.amount(160_000, 0.8)
		for m := range 6 + w.r.IntN(14) {
			keep(w.purchase(f, seller, clock.Date("2025-09-05").AddDays(-30*m-w.r.IntN(4)), price))
		}
	case 2: // a framework contract with a call-off each month, under one number
		contract := attributes{"contract": w.nextContract(f)}
		for m := range 3 + w.r.IntN(5) {
			keep(w.purchase(f, seller, clock.Date("2025-09-12").AddDays(-31*m), w.amount(middle, 0.3), contract))
		}
	case 3: // real growth, a quarter more every month or so
		start, rate := middle/8, 1+w.r.Float64()*0.28
		for m := range 14 {
			keep(w.purchase(f, pick(w.r, w.sellers), clock.Date("2024-07-10").AddDays(31*m), w.amount(start*math.Pow(rate, float64(m)), 0.15)))
		}
	case 4: // pilots, and then the real thing
		for m := range 7 {
			keep(w.purchase(f, seller, clock.Date("2024-08-15").AddDays(31*m), w.amount(middle/15, 0.4)))
		}
		keep(w.purchase(f, seller, w.day("2025-05-01", "2025-08-30"), w.amount(middle, 0.3)))
	case 5: // one invoice, two lines
		invoice := attributes{"invoice": w.nextInvoice(), "contract": w.nextContract(f)}
		on := w.day("2025-02-01", "2025-08-30")
		keep(w.purchase(f, seller, on, w.amount(middle, 0.5), invoice))
		keep(w.purchase(f, seller, on, w.amount(middle, 0.5), invoice))
	default:
		for range 1 + w.r.IntN(6) {
			keep(w.purchase(f, pick(w.r, w.sellers), w.day("2024-09-01", "2025-09-25"), w.amount(middle, 0.6)))
		}
	}
	if len(year) == 0 || w.chance(50) { // a season's peak
		keep(w.purchase(f, pick(w.r, w.sellers), w.day("2025-06-01", "2025-09-25"), w.amount(middle*1.5, 0.5)))
	}
	return year
}

// modelCase is a filed model with its audited costs.
func (w *writer) modelCase(f *firm, on clock.Date) string {
	model := fmt.Sprintf("%s-%d", f.name[6:12], w.ids)
	filing := func(day, until clock.Date) evidence.Fact {
		a := attributes{"kind": "deep_synthesis_algorithm", "status": "passed", "model": model, "number": fmt.Sprintf("网信算备%012d号", w.ids)}
		if until != "" {
			a["until"] = string(until)
		}
		return w.fact(f, "model.filed", evidence.Department, day, model, "", a)
	}
	var facts []evidence.Fact
	switch w.r.IntN(8) {
	case 0: // renewed before it ran out
		facts = append(facts, filing("2022-06-01", "2025-05-31"), filing("2025-05-20", "2028-05-31"))
	case 1: // a number mistyped, and corrected
		first := filing("2025-02-03", "")
		w.correct(first, "2025-11-02", "1", attributes{"number": fmt.Sprintf("网信算备%012d号", w.ids+7)})
		facts = append(facts, first)
	case 2, 3:
		facts = append(facts, filing(w.day("2023-02-01", "2025-06-30"), w.day("2025-10-23", "2029-01-01")))
	default:
		facts = append(facts, filing(w.day("2023-02-01", "2025-06-30"), ""))
	}
	for range 1 + w.r.IntN(5) {
		facts = append(facts, w.cost(f, "cost.model_construction", model, attributes{"model": model, "place": "520115"}, w.amount(1_800_000, 0.9)))
	}
	if w.chance(20) { // the firm's own figure of the same cost, before the audit
		last := facts[len(facts)-1]
		w.fact(f, last.Kind, evidence.Applicant, last.Occurred, model, last.Quantity, last.Attributes)
	}
	return w.open(f, "002-2", model, on, facts, w.form())
}

// cost is an audited expense with its invoice and contract.
func (w *writer) cost(f *firm, kind, object string, a attributes, amount money.Fen) evidence.Fact {
	a["invoice"], a["contract"] = w.nextInvoice(), w.nextContract(f)
	if w.chance(15) { // an old paper invoice has eight digits, and they meet
		a["invoice"] = fmt.Sprintf("%08d", w.r.IntN(1e8))
	}
	return w.fact(f, kind, evidence.Auditor, w.day("2025-01-10", "2025-09-25"), object, amount.String(), a)
}

func (w *writer) sceneCase(f *firm, on clock.Date) string {
	project := fmt.Sprintf("%s场景%d", f.name[6:12], w.ids)
	facts := []evidence.Fact{w.fact(f, "scenario.selected", evidence.Department, w.day("2025-05-01", "2025-09-20"), project, "", attributes{"measure": "002-3", "year": "2025", "project": project})}
	for range 1 + w.r.IntN(4) {
		facts = append(facts, w.cost(f, "cost.scenario_investment", project, attributes{"project": project, "field": "health", "place": "520115"}, w.amount(900_000, 0.8)))
	}
	return w.open(f, "002-3", project, on, facts)
}

func (w *writer) platformCase(f *firm, on clock.Date) string {
	platform := fmt.Sprintf("%s平台%d", f.name[6:12], w.ids)
	a := attributes{"level": pick(w.r, []string{"city", "province", "nation"}), "platform": platform}
	if w.chance(50) {
		a["until"] = string(w.day("2025-10-23", "2028-12-31"))
	}
	facts := []evidence.Fact{w.fact(f, "platform.certified", evidence.Department, w.day("2024-01-01", "2025-06-30"), platform, "", a)}
	for range 1 + w.r.IntN(4) {
		facts = append(facts, w.cost(f, "cost.platform_investment", platform, attributes{"platform": platform, "place": "520115"}, w.amount(2_500_000, 0.8)))
	}
	return w.open(f, "002-4", platform, on, facts)
}
