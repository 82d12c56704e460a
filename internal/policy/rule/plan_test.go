package rule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"pgregory.net/rapid"
)

// expression draws CEL over text, bool and integer columns with has(), the
// ternary, open and settled rulings, and things that do not lower.
func expression(t *rapid.T, depth int) string {
	leaves := []string{
		`org.credit.good`, `org.finance_system.sound`, `org.registration.legal_person == false`,
		`has(org.registration.place)`, `has(cost.model_construction.quantity)`, `true`, `false`,
		`ruling.A1 == "x"`, `ruling.A2 != "y"`, `ruling.A3 == "x"`, `ruling.A3 in ["y", "z"]`,
		`org.registration.place == "520100"`, `org.registration.place != "guian"`,
		`org.registration.place in ["520102", "guian"]`, `org.registration.place.startsWith("5201")`,
		`org.registration.place < "5202"`, `subject.kind == "enterprise"`, `"university" == subject.kind`,
		`cost.model_construction.quantity > 500`, `cost.model_construction.quantity <= 499`, `cost.model_construction.quantity == 500`,
		`cost.model_construction.quantity != 501`, `500 >= cost.model_construction.quantity`, `cost.model_construction.quantity in [1, 500, 900]`,
		`cost.model_construction.quantity < param.limit`, `cost.scenario_investment.quantity > cost.model_construction.quantity`,
		`cost.model_construction.quantity + 1 > 500`, `scenario.selected.year == year`,
	}
	if depth == 0 {
		return rapid.SampledFrom(leaves).Draw(t, "leaf")
	}
	sub := func() string { return expression(t, rapid.IntRange(0, depth-1).Draw(t, "depth")) }
	switch rapid.IntRange(0, 4).Draw(t, "op") {
	case 0:
		return "(" + sub() + " && " + sub() + ")"
	case 1:
		return "(" + sub() + " || " + sub() + ")"
	case 2:
		return "!(" + sub() + ")"
	case 3:
		return "(" + sub() + " ? " + sub() + " : " + sub() + ")"
	}
	return sub()
}

// packWith is a pack of one measure with one condition.
func packWith(t failer, when string) *Pack {
	t.Helper()
	p, err := LoadPack(packFiles(when))
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	return p
}

func packOrNil(when string) *Pack {
	p, err := LoadPack(packFiles(when))
	if err != nil {
		return nil
	}
	return p
}

func packFiles(when string) fstest.MapFS {
	return fstest.MapFS{
		"region.yaml":      {Data: []byte("id: test\nname: {zh: 试, en: test}\n")},
		"questions.yaml":   {Data: []byte("questions:\n  - {id: A1, choices: [{id: x}]}\n  - {id: A2, choices: [{id: y}]}\n  - {id: A3, choices: [{id: x}, {id: y}]}\n")},
		"documents/9.yaml": {Data: []byte("id: \"9\"\nstatus: in_force\nclauses: [{path: 一, start: 0, end: 9}]\n")},
		"guides/2025.yaml": {Data: []byte("year: 2025\nissuer: {zh: 某, en: x}\nissued: 2025-01-01\nrulings: [{question: A3, choice: y, by: {zh: 某, en: x}, on: 2025-01-01}]\n")},
		"measures/9-1.yaml": {Data: []byte(fmt.Sprintf(`id: 9-1
version: 1
document: "9"
clause: 一
rule_type: payable
name: {zh: 试, en: test}
facts:
  - {kind: org.credit, by: [department], take: latest, text: {zh: 甲, en: a}}
  - {kind: org.finance_system, by: [department], take: latest, text: {zh: 甲, en: a}}
  - {kind: org.registration, by: [department], take: latest, text: {zh: 甲, en: a}}
  - {kind: scenario.selected, by: [department], take: latest, only: scenario.selected.measure == "9-1", text: {zh: 甲, en: a}}
  - {kind: cost.model_construction, by: [auditor], take: sum, text: {zh: 甲, en: a}}
  - {kind: cost.scenario_investment, by: [auditor], take: sum, absent: zero, text: {zh: 甲, en: a}}
conditions:
  - id: c
    when: %q
    text: {zh: 甲, en: a}
parameters:
  - {path: limit, kind: count, value: "500", text: {zh: 甲, en: a}}
  - {path: rate, kind: rate, value: "0.3", text: {zh: 甲, en: a}}
amount:
  - {op: rate_of, base: cost.model_construction, rate: rate, text: {zh: 甲, en: a}}
`, when))},
	}
}

// randomBatch draws columns with missing cells.
func randomBatch(s *Scan, rng *rand.Rand, rows int) *Batch {
	b := &Batch{Rows: rows, Columns: make([]*Column, len(s.Columns()))}
	words := (rows + 63) / 64
	for i, c := range s.Columns() {
		if rng.IntN(12) == 0 {
			continue // the population lacks the column
		}
		col := &Column{Known: make([]uint64, words)}
		switch {
		case c.Text:
			col.Dict = []string{"520100", "guian", "520102", "52020", "enterprise", "university", "9-1", "elsewhere"}
			if rng.IntN(3) == 0 {
				for len(col.Dict) < 90 {
					col.Dict = append(col.Dict, fmt.Sprintf("5201-%d", len(col.Dict)))
				}
			}
			col.Bytes = make([]uint8, words*64)
		case c.Bool:
			col.Bits = make([]uint64, words)
		case rng.IntN(3) == 0:
			col.Few, col.Bytes = []int64{500, 2025, 0, 499, 501, 2024, 1, maxMagnitude - 1, 2026}[:1+rng.IntN(9)], make([]uint8, words*64)
		default:
			col.Ints = make([]int64, words*64)
		}
		for row := range rows {
			if rng.IntN(5) == 0 {
				continue
			}
			col.Known[row>>6] |= 1 << (row & 63)
			switch {
			case c.Text:
				col.Bytes[row] = uint8(rng.IntN(len(col.Dict)))
			case c.Bool:
				col.Bits[row>>6] |= uint64(rng.IntN(2)) << (row & 63)
			case c.Name == "scenario.selected.year" && col.Few == nil:
				col.Ints[row] = int64(2024 + rng.IntN(3))
			case col.Few != nil:
				col.Bytes[row] = uint8(rng.IntN(len(col.Few)))
			default:
				col.Ints[row] = []int64{0, 1, 499, 500, 501, 900, 1 << 53, maxMagnitude - 1}[rng.IntN(8)]
			}
		}
		b.Columns[i] = col
	}
	return b
}

// TestPlanAgreesWithCEL: on random expressions and rows, the column form, the
// row form and cel-go itself give the same value, and the row form and cel-go
// the same causes.
func TestPlanAgreesWithCEL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		when := expression(t, 4)
		p := packWith(t, when)
		plan, err := p.Plan(2025*rapid.IntRange(0, 1).Draw(t, "guide"), 2025)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		scan, err := plan.Scan(nil)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		batch := randomBatch(scan, rng, rng.IntN(300)+1)
		out := make([]Answers, 1)
		if err := scan.Worker().Run(batch, out); err != nil {
			t.Fatal(err)
		}
		agree(t, when, scan, batch, &out[0])
	})
}

// TestBlocks: the answers handed over block by block are those of Run.
func TestBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, err := packWith(t, expression(t, 2)).Plan(2025, 2025)
		if err != nil {
			t.Fatal(err)
		}
		scan, err := plan.Scan(nil)
		if err != nil {
			t.Fatal(err)
		}
		rows := rapid.SampledFrom([]int{1, 63, 64, 65, 4095, 4096, 4097, 8192, 9001}).Draw(t, "rows")
		batch := randomBatch(scan, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2)), rows)
		whole, next := make([]Answers, 1), 0
		worker := scan.Worker()
		if err := worker.Run(batch, whole); err != nil {
			t.Fatal(err)
		}
		parts := rapid.IntRange(1, 3).Draw(t, "parts")
		same := func(from, n int, block []BlockAnswers) {
			next += n
			words := from / 64
			for i := range (n + 63) / 64 {
				if block[0].Holds[i] != whole[0].Holds[words+i] || block[0].Fails[i] != whole[0].Fails[words+i] || block[0].Known[i] != whole[0].Known[words+i] {
					t.Fatalf("word %d differs", words+i)
				}
			}
			amount := make([]int64, n)
			for i, row := range block[0].Rows {
				amount[row] = block[0].Amount[i]
			}
			if !slices.Equal(amount, whole[0].Amount[from:from+n]) {
				t.Fatalf("amounts from row %d differ", from)
			}
		}
		for part := range parts {
			if err := worker.Blocks(batch, part, parts, same); err != nil {
				t.Fatal(err)
			}
		}
		if next != rows {
			t.Fatalf("%d of %d rows", next, rows)
		}
	})
}

func agree(t *rapid.T, when string, scan *Scan, batch *Batch, out *Answers) {
	row := newBatchRow(scan)
	pl := scan.planned(scan.chosen[0])
	whole := wholeLeaf(t, scan, pl, when)
	for i := range batch.Rows {
		row.load(batch, i)
		byRow := row.eval(pl.holds)
		byColumn := int8(out.Holds[i>>6]>>(i&63)&1) - int8(out.Fails[i>>6]>>(i&63)&1)
		byCEL, unknown := row.run(whole)
		if byRow != byColumn || byRow != byCEL {
			t.Fatalf("%s, row %d: row %d, column %d, cel %d", when, i, byRow, byColumn, byCEL)
		}
		if byRow != 0 {
			continue
		}
		lacking, open := newBitset(len(row.plan.columns)), newBitset(len(row.plan.open))
		row.causes(pl.holds, lacking, open)
		if got, want := causeNames(row.plan, lacking, open), celCauses(unknown); !slices.Equal(got, want) {
			t.Fatalf("%s, row %d: causes %v, cel %v", when, i, got, want)
		}
	}
}

// wholeLeaf compiles the whole condition as one CEL program.
func wholeLeaf(t *rapid.T, scan *Scan, pl *planned, when string) *celLeaf {
	p := scan.plan
	constants := map[string]ref.Val{"year": types.Int(p.Year), "param.limit": types.Int(500)}
	if p.Guide != nil {
		constants["ruling.A3"] = types.String("y")
	}
	env, err := p.Pack.env.base.Extend(cel.Variable("param.limit", cel.IntType))
	if err != nil {
		t.Fatal(err)
	}
	ast, err := p.Pack.env.compile(env, when, cel.BoolType)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	prog, err := program(env, ast)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]int32{}
	for i, c := range p.columns {
		if raw := p.sources[c.source]; !(raw.kind == "scenario.selected" && raw.filter < 0) {
			columns[c.name] = int32(i)
		}
	}
	return &celLeaf{source: when, program: prog, columns: columns, constants: constants, types: p.Pack.env.provider}
}

func causeNames(p *Plan, lacking columnSet, open questionSet) []string {
	var out []string
	for i, c := range p.columns {
		if lacking.has(int32(i)) {
			out = append(out, c.name)
		}
	}
	for i, q := range p.open {
		if open.has(int32(i)) {
			out = append(out, "ruling."+q)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func celCauses(u *types.Unknown) []string {
	var out []string
	if u == nil {
		return nil
	}
	for _, id := range u.IDs() {
		trails, _ := u.GetAttributeTrails(id)
		for _, trail := range trails {
			out = append(out, trail.Variable())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// failer is what helpers need of testing.TB and rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// TestTernaryIsCELs shows the one place where a naive rewriting decides more
// than CEL: an undecided condition with equal branches.
func TestTernaryIsCELs(t *testing.T) {
	p := packWith(t, `org.credit.good ? org.finance_system.sound : org.finance_system.sound`)
	plan, err := p.Plan(0, 2025)
	if err != nil {
		t.Fatal(err)
	}
	row := newEvaluator(plan)
	for i, c := range plan.columns {
		if strings.HasSuffix(c.name, "sound") {
			row.known[i], row.bools[i] = true, true
		}
	}
	row.changed()
	if got := row.eval(plan.planned[0].holds); got != 0 {
		t.Errorf("an undecided ternary came out as %d", got)
	}
}
