package supervisiontest

import (
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// frauds plants forty. Who commits one does honest business beside it, and
// every figure of it is drawn anew: which firm, how much, how far apart, under
// which spelling.
func (w *writer) frauds() {
	for _, plan := range []struct {
		times int
		plant func() Fraud
	}{
		{4, w.invoiceOfAnother}, {2, w.invoiceForTwoObjects}, {1, w.invoiceEnteredTwice}, {3, w.contractOfAnother},
		{3, w.sellerOnRecord}, {2, w.sellerOfOneController}, {3, w.sellerWithOneContact},
		{7, w.ring}, {5, w.cutUp},
		{2, w.expired}, {2, w.withdrawn}, {1, w.revoked}, {1, w.downgraded},
		{2, w.shells}, {2, w.inflated},
	} {
		for range plan.times {
			w.p.Frauds = append(w.p.Frauds, plan.plant())
		}
	}
}

// crook is a firm that also does honest business under the measure.
func (w *writer) crook() (*firm, []evidence.Fact) {
	f := w.newFirm(pick(w.r, trades))
	w.firms = append(w.firms, f)
	f.phone, f.room = w.phone(), w.address()
	w.contact(f, supervision.Phone, f.phone)
	w.contact(f, supervision.Address, f.room)
	w.contact(f, supervision.Person, w.person())
	return f, w.honestPurchases(f)
}

func (w *writer) buyers(f *firm, facts []evidence.Fact) string {
	return w.open(f, "002-6", "", w.day("2025-10-08", "2025-10-22"), facts)
}

// respelt is a paper's number as another hand types it.
func (w *writer) respelt(number string) string {
	runes := []rune(number)
	at := 4 + w.r.IntN(4)
	switch w.r.IntN(5) {
	case 0:
		return string(runes[:at]) + " " + string(runes[at:])
	case 1:
		return string(runes[:at]) + "-" + string(runes[at:])
	case 2: // full-width digits
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, number)
	case 3:
		return strings.ToLower(number)
	}
	return number
}

// misspelt is a company's name as another hand types it.
func (w *writer) misspelt(name string) string {
	runes := []rune(name)
	switch w.r.IntN(4) {
	case 0:
		return strings.Replace(name, "有限公司", "（有限公司）", 1)
	case 1:
		return string(runes[:4]) + " " + string(runes[4:])
	case 2: // a character mistyped
		at := 2 + w.r.IntN(2)
		runes[at] = pick(w.r, []rune("鑫曦瀚煜垚淼"))
		return string(runes)
	}
	return name
}

// anyPurchase is an honest firm's purchase, with a seller and papers.
func (w *writer) anyPurchase() evidence.Fact {
	for {
		if f := pick(w.r, w.p.Facts); f.Kind == "data.purchased" && f.Occurred >= "2025-01-01" {
			return f
		}
	}
}

// same invoice: another firm's invoice, claimed once more.
func (w *writer) invoiceOfAnother() Fraud {
	f, facts := w.crook()
	theirs := w.anyPurchase()
	amount, err := theirs.Fen()
	if err != nil {
		panic(err)
	}
	if w.chance(50) { // with another sum written in
		amount = amount * money.Fen(60+w.r.IntN(80)) / 100
	}
	facts = append(facts, w.purchase(f, pick(w.r, w.sellers), theirs.Occurred.AddDays(w.r.IntN(40)), amount, attributes{"invoice": w.respelt(theirs.Attributes["invoice"])}))
	return Fraud{supervision.SamePaper, "another firm's invoice", []string{w.buyers(f, facts)}}
}

// same invoice: one invoice under two models of one firm.
func (w *writer) invoiceForTwoObjects() Fraud {
	f, _ := w.crook()
	invoice := w.nextInvoice()
	var cases []string
	for range 2 {
		id := w.modelCase(f, w.day("2025-10-08", "2025-10-22"))
		c := &w.p.Cases[len(w.p.Cases)-1]
		cost := w.cost(f, "cost.model_construction", c.Object, attributes{"model": c.Object, "place": "520115"}, w.amount(1_500_000, 0.5))
		w.p.Facts = w.p.Facts[:len(w.p.Facts)-1]
		cost.Attributes["invoice"] = w.respelt(invoice)
		c.Facts = append(c.Facts, w.write(cost).ID)
		cases = append(cases, id)
	}
	return Fraud{supervision.OwnPaper, "one invoice for two models", cases}
}

// same invoice: recorded again a few weeks later.
func (w *writer) invoiceEnteredTwice() Fraud {
	f, facts := w.crook()
	seller, amount, first := pick(w.r, w.sellers), w.amount(700_000, 0.6), w.day("2025-02-01", "2025-07-30")
	paper := attributes{"invoice": w.nextInvoice(), "contract": w.nextContract(f)}
	again := attributes{"invoice": w.respelt(paper["invoice"]), "contract": paper["contract"]}
	facts = append(facts, w.purchase(f, seller, first, amount, paper), w.purchase(f, seller, first.AddDays(5+w.r.IntN(40)), amount, again))
	return Fraud{supervision.SamePaper, "an invoice entered twice", []string{w.buyers(f, facts)}}
}

// same contract: a seller's contract with one firm, shown by another.
func (w *writer) contractOfAnother() Fraud {
	f, facts := w.crook()
	theirs := w.anyPurchase()
	amount, err := theirs.Fen()
	if err != nil {
		panic(err)
	}
	if w.chance(40) {
		amount = amount * money.Fen(97+w.r.IntN(6)) / 100
	}
	facts = append(facts, w.purchase(f, w.known(theirs.Attributes["seller"]), theirs.Occurred.AddDays(w.r.IntN(30)), amount,
		attributes{"seller": theirs.Attributes["seller"], "contract": w.respelt(theirs.Attributes["contract"])}))
	return Fraud{supervision.SamePaper, "another firm's contract", []string{w.buyers(f, facts)}}
}

func (w *writer) known(text string) *firm {
	for _, s := range append(w.sellers, w.firms...) {
		if string(s.code) == text || s.name == text {
			return s
		}
	}
	panic("nobody is called " + text)
}

// related: the seller is a related party on record, by its name or its code.
func (w *writer) sellerOnRecord() Fraud {
	f, facts := w.crook()
	seller := w.newFirm("数据")
	if w.chance(50) {
		w.fact(seller, "org.related", evidence.Department, w.day("2023-01-01", "2025-03-01"), "", "", attributes{"party": w.misspelt(f.name), "relation": "controlled_by"})
	} else {
		w.fact(f, "org.related", evidence.Auditor, w.day("2023-01-01", "2025-03-01"), "", "", attributes{"party": string(seller.code), "relation": "shareholder"})
	}
	return w.bought(f, facts, seller, "a related seller on record")
}

// related: one controller behind both, who is a person or a firm elsewhere.
func (w *writer) sellerOfOneController() Fraud {
	f, facts := w.crook()
	seller := w.newFirm("数据")
	controller := pick(w.r, places) + string([]rune{pick(w.r, syllables), pick(w.r, syllables)}) + "控股集团有限公司"
	w.fact(seller, "org.related", evidence.Department, w.day("2023-01-01", "2025-03-01"), "", "", attributes{"party": controller, "relation": "controlled_by"})
	w.fact(f, "org.related", evidence.Department, w.day("2023-01-01", "2025-03-01"), "", "", attributes{"party": strings.ReplaceAll(controller, "集团", " 集团"), "relation": "controlled_by"})
	return w.bought(f, facts, seller, "one controller behind buyer and seller")
}

// related: nothing on record, but one phone, one representative, or one room
// and mailbox.
func (w *writer) sellerWithOneContact() Fraud {
	f, facts := w.crook()
	seller := w.newFirm("数据")
	switch w.r.IntN(3) {
	case 0:
		w.contact(seller, supervision.Phone, "+86 "+f.phone[:3]+"-"+f.phone[3:7]+"-"+f.phone[7:])
	case 1:
		person := w.person()
		w.contact(f, supervision.Person, person)
		w.contact(seller, supervision.Person, person)
	default:
		w.contact(seller, supervision.Address, strings.ReplaceAll(f.room, "室", "")+" ")
		w.contact(f, supervision.Email, "Boss."+string(f.code[12:])+"@Example.cn")
		w.contact(seller, supervision.Email, "boss."+string(f.code[12:])+"@example.cn")
	}
	return w.bought(f, facts, seller, "a seller with the buyer's contact")
}

func (w *writer) bought(f *firm, facts []evidence.Fact, seller *firm, story string) Fraud {
	for range 1 + w.r.IntN(3) {
		a := attributes{}
		if w.chance(40) {
			a["seller"] = w.misspelt(seller.name)
		}
		facts = append(facts, w.purchase(f, seller, w.day("2025-01-20", "2025-09-25"), w.amount(900_000, 0.7), a))
	}
	return Fraud{supervision.RelatedTrade, story, []string{w.buyers(f, facts)}}
}

// circular: money goes round through two to five hands, each keeping a little;
// now and then a hand pays in two or three parts.
func (w *writer) ring() Fraud {
	f, facts := w.crook()
	hands := []*firm{f}
	for range 1 + w.r.IntN(4) {
		if w.chance(30) {
			hands = append(hands, pick(w.r, w.sellers)) // a real seller lends its name
		} else {
			hands = append(hands, w.newFirm(pick(w.r, trades)))
		}
	}
	amount := w.amount(1_500_000, 0.7)
	day := w.day("2025-02-01", "2025-06-15")
	for i, h := range hands {
		next := hands[(i+1)%len(hands)]
		parts := 1
		if w.chance(20) {
			parts = 2 + w.r.IntN(2)
		}
		rest := amount
		for part := range parts {
			sum := rest / money.Fen(parts-part)
			if part < parts-1 {
				sum = sum * money.Fen(80+w.r.IntN(40)) / 100
			}
			rest -= sum
			a := attributes{}
			if w.chance(30) {
				a["seller"] = w.misspelt(next.name)
			}
			fact := w.purchase(h, next, day.AddDays(part*w.r.IntN(4)), sum, a)
			if h == f {
				facts = append(facts, fact)
			}
		}
		amount = amount * money.Fen(10_000-w.r.IntN(350)) / 10_000
		day = day.AddDays(1 + w.r.IntN(20))
	}
	return Fraud{supervision.CircularTrade, fmt.Sprintf("a ring of %d", len(hands)), []string{w.buyers(f, facts)}}
}

// split bill: one purchase of one to three million, billed in pieces that each
// stay below the half million from which offers must be compared.
func (w *writer) cutUp() Fraud {
	f, facts := w.crook()
	seller := pick(w.r, w.sellers)
	day := w.day("2025-02-01", "2025-09-01")
	const line = money.Fen(500_000_00)
	for range 3 + w.r.IntN(4) {
		a := attributes{}
		if w.chance(30) {
			a["seller"] = w.misspelt(seller.name)
		}
		below := money.Fen(w.r.Int64N(int64(line) * 15 / 100))
		facts = append(facts, w.purchase(f, seller, day, line-1-below, a))
		day = day.AddDays(w.r.IntN(4))
	}
	return Fraud{supervision.SplitBill, "one purchase in pieces", []string{w.buyers(f, facts)}}
}

// stale: the filing or the certificate had run out some time before.
func (w *writer) expired() Fraud {
	f, _ := w.crook()
	id := w.modelCase(f, "2025-10-15")
	c := &w.p.Cases[len(w.p.Cases)-1]
	c.Facts = c.Facts[:0]
	model := c.Object + "旧"
	c.Object = model
	until := clock.Date("2025-10-14").AddDays(-w.r.IntN(250))
	c.Facts = append(c.Facts,
		w.fact(f, "model.filed", evidence.Department, until.AddDays(-3*365), model, "", attributes{"kind": "deep_synthesis_algorithm", "status": "passed", "model": model, "number": fmt.Sprintf("网信算备%012d号", w.ids), "until": string(until)}).ID,
		w.cost(f, "cost.model_construction", model, attributes{"model": model, "place": "520115"}, w.amount(1_800_000, 0.9)).ID)
	return Fraud{supervision.StaleCertificate, "a filing that ran out", []string{id}}
}

// certificate is what a case of the crook's rests on.
func (w *writer) certificate(id, kind string) (evidence.Fact, *supervision.Case) {
	for i := range w.p.Cases {
		if c := &w.p.Cases[i]; c.ID == id {
			for _, f := range w.p.Facts {
				if f.Kind == kind && f.ID == c.Facts[0] {
					return f, c
				}
			}
		}
	}
	panic("the case has no " + kind)
}

// stale: the department took its word back, before or after the application.
func (w *writer) withdrawn() Fraud {
	f, _ := w.crook()
	kind, id := "scenario.selected", ""
	if w.chance(50) {
		id = w.sceneCase(f, "2025-10-12")
	} else {
		kind, id = "platform.certified", w.platformCase(f, "2025-10-12")
	}
	fact, _ := w.certificate(id, kind)
	w.correct(fact, w.day("2025-10-01", "2025-10-22"), "0", nil)
	return Fraud{supervision.StaleCertificate, "a finding that was taken back", []string{id}}
}

// stale: the filing was cancelled.
func (w *writer) revoked() Fraud {
	f, _ := w.crook()
	id := w.modelCase(f, "2025-10-15")
	c := &w.p.Cases[len(w.p.Cases)-1]
	c.Object += "注"
	filed := w.fact(f, "model.filed", evidence.Department, w.day("2024-02-01", "2025-03-30"), c.Object, "", attributes{"kind": "deep_synthesis_algorithm", "status": "passed", "model": c.Object})
	w.fact(f, "model.filed", evidence.Department, w.day("2025-05-01", "2025-10-20"), c.Object, "", attributes{"kind": "deep_synthesis_algorithm", "status": pick(w.r, []string{"revoked", "cancelled"}), "model": c.Object})
	c.Facts = append(c.Facts[:0], filed.ID)
	return Fraud{supervision.StaleCertificate, "a filing that was cancelled", []string{id}}
}

// stale: the certificate was corrected to a lower level after the application.
func (w *writer) downgraded() Fraud {
	f, _ := w.crook()
	id := w.platformCase(f, "2025-10-12")
	fact, _ := w.certificate(id, "platform.certified")
	level := "city"
	if fact.Attributes["level"] == level {
		level = "province"
	}
	w.correct(fact, "2025-10-18", "1", attributes{"level": level})
	return Fraud{supervision.StaleCertificate, "a certificate of another level", []string{id}}
}

// shared contact: one applicant with two to four firms, one phone or one room.
func (w *writer) shells() Fraud {
	first, facts := w.crook()
	cases := []string{w.buyers(first, facts)}
	byPhone := w.chance(50)
	for range 1 + w.r.IntN(3) {
		shell, facts := w.crook()
		if byPhone {
			w.contact(shell, supervision.Phone, "0086"+first.phone)
		} else {
			w.contact(shell, supervision.Address, strings.ReplaceAll(first.room, "号", "号 "))
		}
		cases = append(cases, w.buyers(shell, facts))
	}
	return Fraud{supervision.SharedContact, "one applicant with several firms", cases}
}

// sudden figure: after a steady year, ten to fifty times as much in one month.
func (w *writer) inflated() Fraud {
	f, facts := w.crook()
	usual := float64(w.amount(180_000, 0.5)) / 100
	for m := range 8 + w.r.IntN(10) {
		facts = append(facts, w.purchase(f, pick(w.r, w.sellers), clock.Date("2025-06-20").AddDays(-30*m), w.amount(usual, 0.3)))
	}
	facts = append(facts, w.purchase(f, pick(w.r, w.sellers), w.day("2025-08-01", "2025-09-25"), w.amount(usual*float64(10+w.r.IntN(40)), 0.1)))
	return Fraud{supervision.SuddenFigure, "a month out of all proportion", []string{w.buyers(f, facts)}}
}
