package sandbox

import (
	"fmt"
	"math/rand/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Today is the sandbox's business date.
const Today = clock.Date("2025-10-22")

// Facts returns the invented facts of an organisation, always the same ones.
// index is its place in Organisations: what it does for a living follows from
// it, so that every measure finds somebody who fits, somebody who lacks a
// paper and somebody who misses by a fen.
func Facts(index int, o Organisation, all []Organisation) []evidence.Fact {
	w := &writer{org: o, index: index, all: all, r: rand.New(rand.NewPCG(20251022, uint64(index)+100))}
	w.standing()
	if index%5 < 2 && o.Kind != "public" {
		w.model()
	}
	if index%9 == 0 {
		w.scene()
	}
	if index%16 == 0 && o.Kind == "enterprise" {
		w.platform()
	}
	if index%21 == 0 && o.Kind == "enterprise" {
		w.purchases()
	}
	if index%33 == 2 {
		w.supplies()
	}
	if index%70 == 3 && o.Kind == "enterprise" {
		w.listing()
	}
	w.planted()
	return w.facts
}

// writer collects one organisation's facts with ids that count up.
type writer struct {
	org   Organisation
	index int
	all   []Organisation
	r     *rand.Rand
	facts []evidence.Fact
}

type attributes = map[string]string

func (w *writer) fact(kind string, by evidence.Attestor, on clock.Date, object, quantity string, a attributes) {
	w.facts = append(w.facts, evidence.Fact{
		ID: fmt.Sprintf("demo-%04d-%02d", w.index, len(w.facts)+1), Kind: kind, Subject: w.org.Code, Object: object,
		Quantity: quantity, Occurred: on, Attestor: by, Attributes: a,
	})
}

// day picks a day of 2025 before the business date.
func (w *writer) day(fromMonth, toMonth int) clock.Date {
	return clock.Date(fmt.Sprintf("2025-%02d-%02d", fromMonth+w.r.IntN(toMonth-fromMonth+1), 1+w.r.IntN(28)))
}

// yuan picks an amount between two numbers of ten thousand yuan, to the fen.
func (w *writer) yuan(fromWan, toWan int64) string {
	const fenPerWan = 1_000_000
	return money.Fen(fromWan*fenPerWan + w.r.Int64N((toWan-fromWan)*fenPerWan)).String()
}

// standing is registration, credit and books; a few lack one or fail it.
func (w *writer) standing() {
	legal := "true"
	if w.index%97 == 41 {
		legal = "false" // a branch
	}
	w.fact("org.registration", evidence.Department, w.day(1, 3), "", "", attributes{"place": w.org.Place, "legal_person": legal})
	if w.index%14 != 9 {
		good := "true"
		if w.index%53 == 31 {
			good = "false"
		}
		w.fact("org.credit", evidence.Department, w.day(4, 6), "", "", attributes{"good": good})
	}
	switch {
	case w.index%11 == 6: // not reported by anybody
	case w.index%13 == 5:
		w.fact("org.finance_system", evidence.Applicant, w.day(5, 8), "", "", attributes{"sound": "true"})
	default:
		w.fact("org.finance_system", evidence.Auditor, w.day(5, 8), "", "", attributes{"sound": "true"})
	}
}

// model is a large model with its cost; some are filed as another kind, some
// are not filed, some have a cost that nobody audited.
func (w *writer) model() {
	object := fmt.Sprintf("%s-%dB", brandOf(w.org), []int{7, 13, 32, 70}[w.r.IntN(4)])
	kind, status := "deep_synthesis_algorithm", "passed"
	switch w.index % 20 {
	case 5:
		kind = "generative_ai_service"
	case 11:
		status = "accepted"
	}
	if w.index%15 != 6 {
		number := fmt.Sprintf("演示备%06d号", 250000+w.index)
		w.fact("model.filed", evidence.Department, w.day(2, 6), object, "", attributes{"kind": kind, "status": status, "number": number, "model": object})
	}
	auditor := evidence.Auditor
	if w.index%25 == 10 {
		auditor = evidence.Applicant
	}
	cost := w.yuan(120, 2400)
	switch w.index {
	case 0:
		cost = "18204500.00"
	case 1:
		cost = "16666667.03" // the cap by a hair
	case 5:
		cost = "16666666.63" // just under it
	}
	w.fact("cost.model_construction", auditor, w.day(3, 9), object, cost, attributes{"model": object, "place": w.local()})
	if w.index == 0 { // an earlier, smaller support for the same model: the difference is topped up
		w.fact("support.paid", evidence.Department, "2024-11-20", object, "312406.37", attributes{"measure": "guiyang-seed", "matter": object, "level": "city"})
	}
}

// local is where an organisation builds: at home, or in the new area.
func (w *writer) local() string {
	for _, p := range places {
		if p.code == w.org.Place {
			return p.code
		}
	}
	return "guian"
}

// scene is a demonstration scene project; about half were chosen.
func (w *writer) scene() {
	fields := []string{"manufacturing", "finance", "transport", "health", "education", "commerce", "culture_tourism", "meteorology"}
	project := brandOf(w.org) + "示范场景"
	field := fields[w.r.IntN(len(fields))]
	if w.index/9%23 == 0 {
		w.fact("scenario.selected", evidence.Department, w.day(6, 9), project, "", attributes{"measure": "002-3", "year": "2025", "project": project})
	}
	if w.index%27 != 18 {
		w.fact("cost.scenario_investment", evidence.Auditor, w.day(4, 9), project, w.yuan(60, 800), attributes{"project": project, "field": field, "place": w.org.Place})
	}
}

// Typed is what two organisations wrote behind the names of their platforms: a
// public notice strikes the numbers and addresses out.
var Typed = map[int]string{480: "（服务邮箱 hub480@demo.example）", 640: "（咨询电话 139 0000 0640）"}

// platform is a public service platform; some lack the certificate.
func (w *writer) platform() {
	object := brandOf(w.org) + "服务平台" + Typed[w.index]
	if w.index%48 != 32 {
		w.fact("platform.certified", evidence.Department, w.day(3, 6), object, "", attributes{"level": []string{"city", "province", "nation"}[w.r.IntN(3)], "platform": object})
	}
	if w.index%80 == 0 {
		w.fact("platform.selected", evidence.Department, w.day(7, 9), object, "", attributes{"measure": "002-4", "year": "2025", "platform": object})
	}
	w.fact("cost.platform_investment", evidence.Auditor, w.day(4, 9), object, w.yuan(200, 1900), attributes{"platform": object, "place": "520115"})
	if w.index%64 == 16 {
		w.fact("cost.equipment_present_value", evidence.Auditor, w.day(4, 9), object, w.yuan(300, 6000), attributes{"platform": object, "place": "guian"})
	}
}

// purchases are data trades; the sums straddle five million yuan.
func (w *writer) purchases() {
	trades := 2 + w.r.IntN(4)
	for i := range trades {
		seller := w.all[(w.index*7+i*31+2)%len(w.all)].Code
		use, exchange, related := "training", "guiyang", "false"
		switch {
		case i == 1 && w.index%4 == 1:
			use = "analysis"
		case i == 1 && w.index%6 == 2:
			related = "true"
		}
		w.fact("data.purchased", evidence.Operator, w.day(1, 9), "", w.yuan(80, 520), attributes{"exchange": exchange, "use": use, "seller": string(seller), "related": related})
	}
}

func (w *writer) supplies() {
	object := brandOf(w.org) + "行业数据集"
	usage := fmt.Sprintf("%d.%02d", 10+w.r.IntN(900), w.r.IntN(100))
	quality := fmt.Sprintf("%d.%d", 60+w.r.IntN(39), w.r.IntN(10))
	w.fact("data.supplied", evidence.Operator, w.day(2, 9), object, "", attributes{"exchange": "guizhou", "usage": usage, "quality": quality, "dataset": object})
}

func (w *writer) listing() {
	boards := []string{"neeq", "bse", "star", "chinext", "main"}
	w.fact("listing.completed", evidence.Department, w.day(3, 8), "", "", attributes{"board": boards[w.index/70%len(boards)]})
}

// brandOf is the invented part of an organisation's name: after the two or
// three characters of its place.
func brandOf(o Organisation) string {
	runes := []rune(o.Name)
	skip := 2
	if string(runes[:3]) == "观山湖" || string(runes[:3]) == "黔东南" {
		skip = 3
	}
	return string(runes[skip : skip+2])
}
