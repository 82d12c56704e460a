package population

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// table is a population as text: what CSV holds, and Parquet in many forms.
type table struct {
	header []string
	rows   [][]string
}

func guizhou(t testing.TB) *rule.Pack {
	t.Helper()
	p, err := rule.LoadPack(os.DirFS("../../../regions/guizhou"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var columns = []string{
	"code", "kind", "org.registration.place", "org.registration.legal_person", "org.finance_system.sound", "org.credit.good",
	"model.filed.kind", "model.filed.status", "model.filed.model", "cost.model_construction.model", "cost.model_construction.place", "cost.model_construction.quantity",
	"scenario.selected.measure", "scenario.selected.year", "cost.scenario_investment.project", "cost.scenario_investment.field", "cost.scenario_investment.quantity",
	"platform.certified.level", "platform.certified.platform", "platform.selected.measure", "platform.selected.year", "cost.platform_investment.place", "cost.platform_investment.quantity",
	"data.supplied.exchange", "data.supplied.usage", "data.supplied.quality",
	"data.purchased.exchange", "data.purchased.use", "data.purchased.related", "data.purchased.quantity",
	"support.paid.measure", "support.paid.quantity", "listing.completed.board", "cost.equipment_present_value.quantity", "cost.equipment_present_value.platform",
	"guarantee.compensated.rate", "guarantee.compensated.kind", "guarantee.compensated.quantity",
}

// random draws a population with boundary values and missing cells.
func random(rng *rand.Rand, rows int) table {
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	amount := func() string {
		return pick("0.00", "0.01", "16666666.66", "16666666.67", "16666667.03", "16666666.63", "4999999.99", "5000000.00", "5000000.01",
			"9999999.99", "10000000.00", "50000000.00", "49999999.99", "90071992547409.93", "9999999999999999.99", "1234567.8", "77")
	}
	t := table{header: columns}
	for i := range rows {
		row := make([]string, len(columns))
		for c, name := range columns {
			switch {
			case name == "code":
				row[c] = code(i)
				continue
			case rng.IntN(9) == 0:
				continue
			case strings.HasSuffix(name, ".quantity"):
				row[c] = amount()
			case strings.HasSuffix(name, ".place"):
				row[c] = pick("520115", "guian", "520100", "520115", "110108", "522601")
			case strings.HasSuffix(name, ".year"):
				row[c] = pick("2025", "2025", "2024")
			case strings.HasSuffix(name, ".measure"):
				row[c] = pick("002-3", "002-4", "002-6", "002-2")
			}
			switch name {
			case "kind":
				row[c] = pick("enterprise", "enterprise", "enterprise", "university", "institute", "public")
			case "org.registration.legal_person", "org.finance_system.sound", "org.credit.good":
				row[c] = pick("true", "true", "true", "false")
			case "data.purchased.related":
				row[c] = pick("false", "false", "true")
			case "model.filed.kind":
				row[c] = pick("deep_synthesis_algorithm", "deep_synthesis_algorithm", "generative_ai_service", "registration")
			case "model.filed.status":
				row[c] = pick("passed", "passed", "revoked", "审核中")
			case "cost.scenario_investment.field":
				row[c] = pick("manufacturing", "health", "culture_tourism", "meteorology", "气象")
			case "platform.certified.level":
				row[c] = pick("city", "province", "nation")
			case "data.purchased.exchange", "data.supplied.exchange":
				row[c] = pick("guiyang", "guiyang", "guizhou", "shanghai")
			case "data.purchased.use":
				row[c] = pick("training", "training", "marketing")
			case "data.supplied.usage", "data.supplied.quality":
				row[c] = pick("0", "12.5", "1200000", "0.93")
			case "guarantee.compensated.rate":
				row[c] = pick("0", "0.04", "0.040001", "0.08", "1", "0.123456789")
			case "guarantee.compensated.kind":
				row[c] = pick("small", "farm")
			case "listing.completed.board":
				row[c] = pick("neeq", "bse", "chinext", "star", "main")
			case "model.filed.model", "cost.model_construction.model":
				row[c] = fmt.Sprintf("model-%d", i)
			case "cost.scenario_investment.project":
				row[c] = fmt.Sprintf("project-%d", i)
			case "platform.certified.platform", "cost.equipment_present_value.platform":
				row[c] = fmt.Sprintf("platform-%d", i)
			}
		}
		t.rows = append(t.rows, withoutHalfFacts(row))
	}
	return t
}

// withoutHalfFacts empties the other cells of money facts that have no amount:
// a row can hold such a half, a fact cannot.
func withoutHalfFacts(row []string) []string {
	for c, name := range columns {
		kind, isQuantity := strings.CutSuffix(name, ".quantity")
		if !isQuantity || row[c] != "" {
			continue
		}
		for other, n := range columns {
			if strings.HasPrefix(n, kind+".") {
				row[other] = ""
			}
		}
	}
	return row
}

func code(i int) string {
	first := fmt.Sprintf("91520115MA%07d", i)
	return first + string(ident.CreditCheck(first))
}

func (t table) csv() []byte {
	var b bytes.Buffer
	write := func(row []string) {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			if strings.ContainsAny(cell, ",\"\n") || (i%3 == 0 && cell != "") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\n")
	}
	write(t.header)
	for _, r := range t.rows {
		write(r)
	}
	return b.Bytes()
}

// parquetForm is one of the ways in which writers lay a population out.
type parquetForm struct {
	name       string
	money      string // text, int64, int32, fixed, bytes
	dictionary bool
	codec      compress.Codec
	version    int
	group      int64
	page       int
	booleans   bool  // else text
	turns      int64 // bytes of a dictionary past which a chunk goes on with plain pages; 0 never
}

func forms() []parquetForm {
	return []parquetForm{
		{name: "text plain", money: "text", codec: &parquet.Uncompressed, version: 1, group: 1000, page: 1 << 20},
		{name: "int64 snappy", money: "int64", codec: &parquet.Snappy, version: 2, group: 1000, page: 1 << 20, booleans: true},
		{name: "int64 dictionary zstd, small pages", money: "int64", dictionary: true, codec: &parquet.Zstd, version: 1, group: 1000, page: 200, booleans: true},
		{name: "fixed bytes", money: "fixed", codec: &parquet.Snappy, version: 2, group: 63, page: 100, booleans: true},
		{name: "fixed bytes dictionary", money: "fixed", dictionary: true, codec: &parquet.Gzip, version: 1, group: 65, page: 1 << 20},
		{name: "groups of one", money: "int64", codec: &parquet.Uncompressed, version: 1, group: 1, page: 1 << 20, booleans: true},
		{name: "dictionaries that turn plain midway", money: "int64", dictionary: true, codec: &parquet.Snappy, version: 1, group: 1000, page: 150, turns: 60},
		{name: "fixed bytes that turn plain midway", money: "fixed", dictionary: true, codec: &parquet.Zstd, version: 2, group: 1000, page: 300, turns: 40, booleans: true},
		{name: "groups of 64", money: "text", dictionary: true, codec: &parquet.Snappy, version: 2, group: 64, page: 300},
	}
}

func (t table) parquet(tb testing.TB, f parquetForm) []byte {
	tb.Helper()
	group := parquet.Group{}
	for _, name := range t.header {
		node := parquet.String()
		switch {
		case isMoney(name) && f.money == "int64":
			node = parquet.Decimal(2, 18, parquet.Int64Type)
		case isMoney(name) && f.money == "fixed":
			node = parquet.Decimal(2, 20, parquet.FixedLenByteArrayType(9))
		case isBool(name) && f.booleans:
			node = parquet.Leaf(parquet.BooleanType)
		}
		if f.dictionary && !(isBool(name) && f.booleans) {
			node = parquet.Encoded(node, &parquet.RLEDictionary)
		}
		if name != "code" {
			node = parquet.Optional(node)
		}
		group[name] = node
	}
	schema := parquet.NewSchema("population", group)
	var b bytes.Buffer
	w := parquet.NewWriter(&b, schema, parquet.Compression(f.codec), parquet.DataPageVersion(f.version), parquet.MaxRowsPerRowGroup(f.group), parquet.PageBufferSize(f.page), parquet.DictionaryMaxBytes(f.turns))
	place := map[string]int{}
	for i, path := range schema.Columns() {
		place[path[0]] = i
	}
	for _, cells := range t.rows {
		row := make(parquet.Row, len(t.header))
		for c, cell := range cells {
			at := place[t.header[c]]
			level := 1
			if t.header[c] == "code" {
				level = 0
			}
			if cell == "" {
				row[at] = parquet.NullValue().Level(0, 0, at)
				continue
			}
			row[at] = t.value(f, t.header[c], cell).Level(0, level, at)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func (t table) value(f parquetForm, name, cell string) parquet.Value {
	switch {
	case isMoney(name) && f.money == "int64":
		return parquet.Int64Value(fen(cell).Int64())
	case isMoney(name) && f.money == "fixed":
		return parquet.FixedLenByteArrayValue(fen(cell).FillBytes(make([]byte, 9)))
	case isBool(name) && f.booleans:
		return parquet.BooleanValue(cell == "true")
	}
	return parquet.ByteArrayValue([]byte(cell))
}

func isMoney(name string) bool {
	return strings.HasSuffix(name, ".quantity") && !strings.HasPrefix(name, "data.supplied")
}

func isBool(name string) bool {
	return slices.Contains([]string{"org.registration.legal_person", "org.finance_system.sound", "org.credit.good", "data.purchased.related"}, name)
}

func fen(yuan string) *big.Int {
	r, _ := new(big.Rat).SetString(yuan)
	r.Mul(r, big.NewRat(100, 1))
	return new(big.Int).Quo(r.Num(), r.Denom())
}

func save(t testing.TB, data []byte) *Population {
	t.Helper()
	path := filepath.Join(t.TempDir(), "population")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFormsAgree: every way to write one population gives the same bytes out,
// for match and for simulate.
func TestFormsAgree(t *testing.T) {
	pack := guizhou(t)
	tab := random(rand.New(rand.NewPCG(7, 7)), 330)
	tab.rows[3], tab.rows[300] = slices.Clone(tab.rows[2]), slices.Clone(tab.rows[2]) // a firm with several rows
	tab.rows[300][slices.Index(columns, "data.purchased.quantity")] = "6000000.00"
	for _, guide := range []int{0, 2025} {
		q := Query{Pack: pack, On: "2025-06-30", Guide: guide}
		what := q
		what.Set = []rule.Override{{Measure: "002-6", Path: "cap", Value: "300000.00"}, {Measure: "002-2", Path: "amount.rate", Value: "0.35"}}
		var match, simulation string
		check := func(name string, data []byte) {
			p := save(t, data)
			m, err := Match(p, q, 0)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			s, err := Simulate(p, what, 0)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if match == "" {
				match, simulation = asJSON(t, m), asJSON(t, s)
			}
			if asJSON(t, m) != match {
				t.Errorf("%s: match differs", name)
			}
			if asJSON(t, s) != simulation {
				t.Errorf("%s: simulation differs", name)
			}
		}
		check("csv", tab.csv())
		check("csv, CRLF and a mark", append([]byte("\ufeff"), bytes.ReplaceAll(tab.csv(), []byte("\n"), []byte("\r\n"))...))
		for _, f := range forms() {
			check(f.name, tab.parquet(t, f))
		}
	}
}

// TestBulkIsAssess: each row over columns comes out as the same row does as
// facts through Assess, in outcome, amount, lacking and questions.
func TestBulkIsAssess(t *testing.T) {
	pack := guizhou(t)
	for i := range pack.Guides { // so that rates above 4% meet every condition
		pack.Guides[i].Rulings = append(pack.Guides[i].Rulings, rule.Ruling{Question: "A21", Choice: "excess_only"})
	}
	tab := random(rand.New(rand.NewPCG(1, 2)), 350)
	p := save(t, tab.csv())
	measures := []string{"002-1", "002-2", "002-3", "002-4", "002-5", "002-6", "003-20"}
	for _, on := range []clock.Date{"2025-06-30", "2027-03-30", "2027-04-08"} {
		for _, guide := range []int{0, 2025} {
			q := Query{Pack: pack, Measures: measures, On: on, Guide: guide}
			m, err := Match(p, q, 0)
			if err != nil {
				t.Fatal(err)
			}
			compareWithAssess(t, tab, q, m)
		}
	}
}

func compareWithAssess(t *testing.T, tab table, q Query, m *Matches) {
	t.Helper()
	byRow := map[string]Item{}
	for _, measure := range m.Measures {
		for _, it := range measure.Items {
			byRow[fmt.Sprint(measure.Measure, " ", it.Row)] = it
		}
	}
	compared := 0
	for i, cells := range tab.rows {
		for _, measure := range q.Measures {
			results, err := q.Pack.Assess(rule.Input{Subject: evidence.Subject{Code: ident.CreditCode(cells[0]), Kind: evidence.SubjectKind(cells[1])},
				Facts: facts(t, tab, cells, objectIn(cells, measure), q), On: q.On, Guide: q.Guide, Measures: []string{measure}})
			if err != nil {
				t.Fatal(err)
			}
			r := results[0]
			it, listed := byRow[fmt.Sprint(measure, " ", i+1)]
			switch r.Outcome {
			case rule.NotEligible, rule.Expired, rule.NotInForce:
				if listed {
					t.Fatalf("row %d, %s: bulk %s, assess %s\n%v", i+1, measure, it.Outcome, r.Outcome, cells)
				}
				continue
			}
			got := asJSON(t, []any{it.Outcome, it.Amount, it.Provisional, kinds(it.Lacking), it.Questions, it.Object})
			want := asJSON(t, []any{r.Outcome, r.Amount, r.Provisional, kinds(r.Lacking), r.Questions, r.Object})
			if got != want {
				t.Fatalf("row %d, %s, on %s, guide %d:\nbulk   %s\nassess %s\n%v", i+1, measure, q.On, q.Guide, got, want, cells)
			}
			compared++
		}
	}
	if compared == 0 && q.On < "2027-04-08" {
		t.Fatal("nothing was compared")
	}
}

// kinds are the fact kinds of a list of what is lacking. A population that
// lacks an attribute may lack the whole fact: bulk cannot tell them apart.
func kinds(lacking []string) []string {
	out := []string{}
	for _, name := range lacking {
		parts := strings.SplitN(name, ".", 3)
		out = append(out, strings.Join(parts[:2], "."))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// objectIn is what a row is about under a measure.
func objectIn(cells []string, measure string) string {
	class := map[string]string{"002-2": ".model", "002-3": ".project", "002-4": ".platform"}[measure]
	for c, name := range columns {
		if class != "" && strings.HasSuffix(name, class) && cells[c] != "" {
			return cells[c]
		}
	}
	return ""
}

// facts are a row's cells as facts that everybody believes, all about the
// row's object.
func facts(t *testing.T, tab table, cells []string, object string, q Query) []evidence.Fact {
	t.Helper()
	year := q.Guide
	if year == 0 {
		year = q.On.Year()
	}
	byKind := map[string]*evidence.Fact{}
	var order []string
	for c, cell := range cells {
		cut := strings.LastIndexByte(tab.header[c], '.')
		if cut < 0 || cell == "" {
			continue
		}
		kind, attr := tab.header[c][:cut], tab.header[c][cut+1:]
		f := byKind[kind]
		if f == nil {
			k, err := evidence.CurrentVocabulary().Kind(kind)
			if err != nil {
				t.Fatal(err)
			}
			f = &evidence.Fact{ID: kind, Kind: kind, Subject: ident.CreditCode(cells[0]), Occurred: clock.Date(fmt.Sprintf("%d-01-02", year)), Attestor: k.Attestors[0], Attributes: map[string]string{}}
			byKind[kind] = f
			order = append(order, kind)
		}
		if attr == "quantity" {
			f.Quantity = cell
		} else {
			f.Attributes[attr] = cell
		}
	}
	var out []evidence.Fact
	for _, kind := range order {
		f := *byKind[kind]
		if k, _ := evidence.CurrentVocabulary().Kind(kind); k.Object != "" && object != "" {
			f.Object, f.Attributes[k.Object] = object, object
		}
		normal, err := f.Normalise()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, normal)
	}
	return out
}
