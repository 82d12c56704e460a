// Package watchtest has an invented region of as many measures and
// organisations as one likes, for tests and benchmarks, and the suite that every
// watch.Store passes.
package watchtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// attribute is something that measures of the region read, and what
// organisations have of it. A quantity of money has no values.
type attribute struct {
	name   string
	values []string
}

// kind is a kind of fact with the attributes that measures read.
type kind struct {
	name       string
	class      string // attribute that names the object, "" for facts of the firm itself
	attestor   evidence.Attestor
	money      bool
	attributes []attribute
}

var places = []string{"520102", "520103", "520111", "520115", "520181", "guian", "522601", "110108"}

// kinds are those of the vocabulary that measures read, with 37 attributes in
// all, a quantity of money being one.
var kinds = []kind{
	{"org.registration", "", evidence.Department, false, []attribute{{"place", places}, {"legal_person", []string{"true", "false"}}}},
	{"org.credit", "", evidence.Department, false, []attribute{{"good", []string{"true", "false"}}}},
	{"org.finance_system", "", evidence.Auditor, false, []attribute{{"sound", []string{"true", "false"}}}},
	{"compute.purchased", "", evidence.Operator, true, []attribute{{"centre", []string{"a", "b", "c", "d"}}}},
	{"cost.model_construction", "model", evidence.Auditor, true, []attribute{{"place", places}}},
	{"model.filed", "model", evidence.Department, false, []attribute{{"kind", []string{"deep_synthesis_algorithm", "generative_ai_service", "registration"}}, {"status", []string{"passed", "reviewing", "revoked"}}}},
	{"cost.scenario_investment", "project", evidence.Auditor, true, []attribute{{"field", []string{"manufacturing", "finance", "transport", "health", "education", "commerce"}}, {"place", places}}},
	{"scenario.accepted", "project", evidence.Department, false, []attribute{{"industry", []string{"liquor", "coal", "phosphorus", "power", "tourism"}}, {"field", []string{"manufacturing", "finance", "transport", "health"}}}},
	{"scenario.selected", "project", evidence.Department, false, []attribute{{"measure", []string{"s-1", "s-2", "s-3"}}, {"year", []string{"2024", "2025"}}}},
	{"cost.platform_investment", "platform", evidence.Auditor, true, []attribute{{"place", places}}},
	{"cost.equipment_present_value", "platform", evidence.Auditor, true, []attribute{{"place", places}}},
	{"platform.certified", "platform", evidence.Department, false, []attribute{{"level", []string{"city", "province", "nation"}}}},
	{"platform.selected", "platform", evidence.Department, false, []attribute{{"measure", []string{"p-1", "p-2", "p-3"}}, {"year", []string{"2024", "2025"}}}},
	{"dataset.published", "dataset", evidence.Operator, false, []attribute{{"industry", []string{"liquor", "coal", "phosphorus", "power", "tourism"}}, {"quality", []string{"0.2", "0.4", "0.6", "0.8"}}}},
	{"data.supplied", "dataset", evidence.Operator, false, []attribute{{"exchange", []string{"guizhou", "guiyang", "shanghai"}}, {"usage", []string{"10", "200", "3000"}}, {"quality", []string{"0.2", "0.4", "0.6", "0.8"}}}},
	{"data.purchased", "", evidence.Operator, true, []attribute{{"exchange", []string{"guizhou", "guiyang", "shanghai"}}, {"use", []string{"training", "marketing"}}, {"related", []string{"true", "false"}}}},
	{"listing.completed", "", evidence.Department, false, []attribute{{"board", []string{"neeq", "bse", "chinext", "star", "main"}}}},
	{"guarantee.compensated", "", evidence.Department, true, []attribute{{"rate", []string{"0.1", "0.3", "0.5"}}, {"kind", []string{"credit", "pledge", "joint"}}}},
}

// Kinds names the kinds of fact that the region's measures read.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Day is a day on which the region's measures are in force, in the year of its guide.
const Day, Year = "2025-10-22", 2025

// classes are what an application is for.
var classes = []string{"", "model", "project", "platform", "dataset"}

// Region is an invented region of so many measures, the same for the same seed:
// each asks for five things, every fourth for one or the other of two of them;
// every tenth waits for a ruling, every twentieth stands in a draft.
func Region(measures int, seed uint64) (*rule.Pack, error) {
	files := fstest.MapFS{
		"region.yaml":          {Data: []byte("id: invented\nname: {zh: 虚构, en: invented}\n")},
		"questions.yaml":       {Data: []byte("questions:\n  - {id: A1, choices: [{id: x}, {id: y}]}\n")},
		"documents/law.yaml":   {Data: []byte("id: law\nstatus: in_force\nclauses: [{path: 一, start: 0, end: 9}]\n")},
		"documents/draft.yaml": {Data: []byte("id: draft\nstatus: draft\nclauses: [{path: 一, start: 0, end: 9}]\n")},
		"guides/2025.yaml":     {Data: []byte("year: 2025\nissuer: {zh: 某, en: x}\nissued: 2025-01-01\n")},
	}
	rng := rand.New(rand.NewPCG(seed, 500))
	for i := range measures {
		id := fmt.Sprintf("m-%d", i)
		files["measures/"+id+".yaml"] = &fstest.MapFile{Data: []byte(measure(rng, id, i))}
	}
	return rule.LoadPack(files)
}

// measure writes the i-th measure.
func measure(rng *rand.Rand, id string, i int) string {
	class := classes[rng.IntN(len(classes))]
	document := "law"
	if i%20 == 19 {
		document = "draft"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "id: %s\nversion: 1\ndocument: %s\nclause: 一\nrule_type: payable\nname: {zh: 试, en: test}\nobject: %q\n", id, document, class)
	if i%10 == 9 {
		b.WriteString("questions: [A1]\n")
	}
	var terms []string
	var read []*kind
	for len(terms) < 5 {
		k := &kinds[rng.IntN(len(kinds))]
		if k.class != class && k.class != "" && rng.IntN(4) > 0 {
			continue // another class's facts are about the firm as a whole: now and then
		}
		terms = append(terms, term(rng, k))
		if !slices.Contains(read, k) {
			read = append(read, k)
		}
	}
	if i%4 == 0 {
		terms = append([]string{"(" + terms[0] + " || " + terms[1] + ")"}, terms[2:]...)
	}
	b.WriteString("facts:\n")
	base := ""
	for _, k := range read {
		take, per, yearly := "latest", "", ""
		if k.money {
			take, base = "sum", k.name
			if rng.IntN(4) == 0 {
				yearly = ", yearly: true"
			}
		}
		if k.class == class && class != "" {
			per = ", per: " + class
		}
		fmt.Fprintf(&b, "  - {kind: %s, by: [%s], take: %s%s%s, text: {zh: 甲, en: a}}\n", k.name, k.attestor, take, per, yearly)
	}
	b.WriteString("conditions:\n")
	for n, t := range terms {
		fmt.Fprintf(&b, "  - {id: c%d, when: %q, text: {zh: 甲, en: a}}\n", n, t)
	}
	b.WriteString("parameters:\n  - {path: rate, kind: rate, value: \"0.3\", text: {zh: 甲, en: a}}\n  - {path: cap, kind: money, value: \"5000000.00\", text: {zh: 甲, en: a}}\namount:\n")
	if base != "" {
		fmt.Fprintf(&b, "  - {op: rate_of, base: %s, rate: rate, text: {zh: 甲, en: a}}\n  - {op: cap, max: cap, text: {zh: 甲, en: a}}\n", base)
	} else {
		b.WriteString("  - {op: flat, value: cap, text: {zh: 甲, en: a}}\n")
	}
	return b.String()
}

// term asks one thing of a kind of fact that about half of all facts meet.
func term(rng *rand.Rand, k *kind) string {
	at := rng.IntN(len(k.attributes) + 1)
	if at == len(k.attributes) && k.money {
		return fmt.Sprintf("%s.quantity >= %d", k.name, []int64{10_000_000_00, 20_000_000_00, 25_000_000_00, 30_000_000_00}[rng.IntN(4)])
	}
	a := &k.attributes[min(at, len(k.attributes)-1)]
	path := k.name + "." + a.name
	switch v := a.values[rng.IntN(len(a.values))]; {
	case a.values[0] == "true":
		return path
	case a.name == "year":
		return path + " == " + v
	case a.values[0] == "0.2" || a.values[0] == "0.1" || a.values[0] == "10": // decimals are in 10⁻¹²
		return path + " > " + []string{"250000000000", "350000000000", "500000000000"}[rng.IntN(3)]
	default:
		half := slices.Clone(a.values)
		rng.Shuffle(len(half), func(i, j int) { half[i], half[j] = half[j], half[i] })
		half = half[:(len(half)+1)/2]
		slices.Sort(half)
		return path + ` in ["` + strings.Join(half, `", "`) + `"]`
	}
}
