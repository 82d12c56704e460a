package population

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// refused opens and matches a file that must not be answered, and returns the fault.
func refused(t *testing.T, data []byte) *fault.Error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "population")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	if err == nil {
		defer p.Close()
		_, err = Match(p, Query{Pack: guizhou(t), On: "2025-06-30", Guide: 2025}, 0)
	}
	if err == nil {
		t.Fatal("answered")
	}
	return fault.From(err)
}

func TestRefusals(t *testing.T) {
	good := code(1)
	bad := good[:17] + map[bool]string{true: "1", false: "0"}[good[17] == '0']
	for name, c := range map[string]struct{ csv, says string }{
		"empty":               {"", "code"},
		"no code column":      {"kind\nenterprise\n", "code"},
		"unknown column":      {"code,org.registration.plaec\n" + good + ",x\n", "place"},
		"unknown kind":        {"code,org.registrations.place\n" + good + ",x\n", "org.registration"},
		"doubled column":      {"code,kind,kind\n" + good + ",enterprise,enterprise\n", "twice"},
		"wrong check digit":   {"code\n" + bad + "\n", "line 2"},
		"no code":             {"code,kind\n" + good + ",enterprise\n,enterprise\n", "row 2"},
		"unknown subject":     {"code,kind\n" + good + ",company\n", "company"},
		"unknown filing":      {"code,model.filed.kind\n" + good + ",deep\n", "deep"},
		"unknown place":       {"code,org.registration.place\n" + good + ",Guiyang\n", "line 2"},
		"three decimals":      {"code,cost.model_construction.quantity\n" + good + ",1.005\n", "decimals"},
		"negative":            {"code,cost.model_construction.quantity\n" + good + ",-1\n", "-1"},
		"exponent":            {"code,cost.model_construction.quantity\n" + good + ",1e9\n", "1e9"},
		"separators":          {"code,cost.model_construction.quantity\n" + good + ",\"1,000\"\n", "1,000"},
		"past the range":      {"code,cost.model_construction.quantity\n" + good + ",10000000000000000.00\n", "range"},
		"half a truth":        {"code,org.credit.good\n" + good + ",yes\n", "yes"},
		"too few cells":       {"code,kind\n" + good + "\n", "line 2"},
		"too many cells":      {"code,kind\n" + good + ",enterprise,x\n", "line 2"},
		"open quote":          {"code,kind\n" + good + ",\"enterprise\n", "quote"},
		"quote in the middle": {"code,kind\n" + good + ",ent\"er\n", "line 2: Quotes"},
		"a workbook":          {"PK\x03\x04", "CSV UTF-8"},
		"UTF-16":              {"\xff\xfec\x00o\x00", "line 1"},
		"GBK":                 {"code,\xc3\xfb\xb3\xc6\n", "line 1"},
		"CR alone":            {"code,kind\r" + good + ",enterprise\r", "line 1: Lines end in CR"},
		"NUL":                 {"code,data.purchased.exchange\n" + good + ",a\x00b\n", "line 2"},
		"a line of 2 MiB":     {strings.Repeat("x", 2<<20), "line 1: Too long"},
		"a cell of 9 MiB":     {"code,kind\n\"" + strings.Repeat("x", 9<<20), "line 2"},
		"two objects":         {"code,model.filed.model,cost.model_construction.model\n" + good + ",a,b\n", "row 1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := refused(t, []byte(c.csv))
			if f.Code != fault.Invalid || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%s: want invalid saying %q", f.Error(), c.says)
			}
		})
	}
}

func TestParquetRefusals(t *testing.T) {
	const amount = "cost.model_construction.quantity"
	write := func(node parquet.Node, value parquet.Value) []byte {
		schema := parquet.NewSchema("p", parquet.Group{"code": parquet.String(), amount: node})
		var b bytes.Buffer
		w := parquet.NewWriter(&b, schema)
		if _, err := w.WriteRows([]parquet.Row{{parquet.ByteArrayValue([]byte(code(1))).Level(0, 0, 0), value.Level(0, 0, 1)}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	whole := write(parquet.Decimal(2, 18, parquet.Int64Type), parquet.Int64Value(100))
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"float money":        {write(parquet.Leaf(parquet.DoubleType), parquet.DoubleValue(1)), "float"},
		"bare integer money": {write(parquet.Leaf(parquet.Int64Type), parquet.Int64Value(1)), "DECIMAL"},
		"past DECIMAL(18,2)": {write(parquet.Decimal(2, 18, parquet.Int64Type), parquet.Int64Value(1<<62)), "range"},
		"negative":           {write(parquet.Decimal(2, 18, parquet.Int64Type), parquet.Int64Value(-1)), "negative"},
		"three decimals":     {write(parquet.Decimal(3, 18, parquet.Int64Type), parquet.Int64Value(1005)), "decimals"},
		"cut short":          {whole[:len(whole)-9], "intact"},
		"only the magic":     {[]byte("PAR1"), "intact"},
	} {
		t.Run(name, func(t *testing.T) {
			if f := refused(t, c.data); f.Code != fault.Invalid || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%s: want invalid saying %q", f.Error(), c.says)
			}
		})
	}
}

// FuzzOpen: no file makes the reader panic, and whatever it answers it answers twice.
func FuzzOpen(f *testing.F) {
	tab := random(rand.New(rand.NewPCG(3, 3)), 5)
	f.Add(tab.csv())
	for _, form := range forms()[:4] {
		f.Add(tab.parquet(f, form))
	}
	f.Add([]byte("code\n\"\n"))
	f.Add([]byte("PAR1PAR1"))
	pack := guizhou(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "population")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		if err != nil {
			return
		}
		defer p.Close()
		q := Query{Pack: pack, On: "2025-06-30", Guide: 2025}
		first, err1 := Match(p, q, 10)
		second, err2 := Match(p, q, 10)
		if (err1 == nil) != (err2 == nil) || (err1 == nil && asJSON(t, first) != asJSON(t, second)) {
			t.Fatal("two runs differ")
		}
		if err1 != nil && fault.From(err1).Code == fault.Internal {
			t.Fatal(err1)
		}
	})
}

// TestPermuting rows permutes results: totals and counts stay.
func TestPermuting(t *testing.T) {
	pack := guizhou(t)
	rng := rand.New(rand.NewPCG(5, 5))
	tab := random(rng, 400)
	q := Query{Pack: pack, On: "2025-06-30", Guide: 2025}
	summary := func() (string, map[string]string) {
		m, err := Match(save(t, tab.csv()), q, 0)
		if err != nil {
			t.Fatal(err)
		}
		items := map[string]string{}
		for i, measure := range m.Measures {
			for _, it := range measure.Items {
				it.Row = 0
				items[measure.Measure+measure.Imports+it.Code] = asJSON(t, it)
			}
			m.Measures[i].Items = nil
		}
		return asJSON(t, m), items
	}
	totals, items := summary()
	rng.Shuffle(len(tab.rows), func(i, j int) { tab.rows[i], tab.rows[j] = tab.rows[j], tab.rows[i] })
	shuffledTotals, shuffledItems := summary()
	if totals != shuffledTotals {
		t.Errorf("totals differ:\n%s\n%s", totals, shuffledTotals)
	}
	for key, it := range items {
		if shuffledItems[key] != it {
			t.Errorf("%s: %s became %s", key, it, shuffledItems[key])
		}
	}
}

// TestSimulateSevenAtCap is measures.md's oracle: seven firms at the cap of
// 500,000 against 3,000,000.
func TestSimulateSevenAtCap(t *testing.T) {
	header := []string{"code", "kind", "org.registration.place", "org.registration.legal_person", "org.finance_system.sound", "org.credit.good",
		"data.purchased.exchange", "data.purchased.use", "data.purchased.related", "data.purchased.quantity"}
	tab := table{header: header}
	for i := range 7 {
		tab.rows = append(tab.rows, []string{code(i), "enterprise", "520115", "true", "true", "true", "guiyang", "training", "false", "50000000.00"})
	}
	p := save(t, tab.csv())
	s, err := Simulate(p, Query{Pack: guizhou(t), Measures: []string{"002-6"}, On: "2025-06-30", Guide: 2025,
		Set: []rule.Override{{Measure: "002-6", Path: "rate", Value: "0.02"}, {Measure: "002-6", Path: "cap", Value: "600000.00"}}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Measures[0]
	if m.Before.Total != 350000000 || m.Before.Over != 50000000 || m.After.Total != 420000000 || m.Gainers != 7 || m.Losers != 0 || m.Gain != 70000000 {
		t.Errorf("%+v", m)
	}
	if len(m.Changes) != 3 || m.More != 4 || m.Before.City+m.Before.District != m.Before.Total {
		t.Errorf("%+v", m)
	}
	if len(s.Set) != 2 || !s.Set[0].Amend || s.Written {
		t.Errorf("%+v", s.Set)
	}
	unchanged, err := Simulate(p, Query{Pack: guizhou(t), Measures: []string{"002-6"}, On: "2025-06-30", Guide: 2025}, 0)
	if err != nil {
		t.Fatal(err)
	}
	choices := unchanged.Measures[0].Choices
	if len(choices) != 3 {
		t.Fatalf("%+v", choices)
	}
	proRata, cutOff, carry := choices[0], choices[1], choices[2]
	if proRata.Paid != 300000000 || proRata.Part != 7 {
		t.Errorf("pro rata must pay exactly the budget: %+v", proRata)
	}
	if cutOff.Paid != 300000000 || cutOff.Full != 6 || cutOff.None != 1 {
		t.Errorf("six paid, one not: %+v", cutOff)
	}
	if carry.Paid != 300000000 || carry.Carried != 50000000 {
		t.Errorf("the rest is carried over: %+v", carry)
	}
}

// TestRowsOfOneFirmAddUp: two different purchases of a firm add up; the same
// cells twice are one fact.
func TestRowsOfOneFirmAddUp(t *testing.T) {
	header := []string{"code", "kind", "org.registration.place", "org.registration.legal_person", "org.finance_system.sound", "org.credit.good",
		"data.purchased.exchange", "data.purchased.use", "data.purchased.related", "data.purchased.quantity"}
	row := func(firm int, amount string) []string {
		return []string{code(firm), "enterprise", "520115", "true", "true", "true", "guiyang", "training", "false", amount}
	}
	tab := table{header: header, rows: [][]string{row(1, "4000000.00"), row(2, "4000000.00"), row(1, "3000000.00"), row(2, "4000000.00"), row(3, "6000000.00")}}
	m, err := Match(save(t, tab.csv()), Query{Pack: guizhou(t), Measures: []string{"002-6"}, On: "2025-06-30", Guide: 2025}, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, it := range m.Measures[0].Items {
		got[it.Code] = it.Amount.String()
	}
	want := map[string]string{code(1): "70000.00", code(3): "60000.00"}
	if asJSON(t, got) != asJSON(t, want) || m.Measures[0].Counts[rule.NotEligible] != 1 {
		t.Errorf("got %v %v, want %v", got, m.Measures[0].Counts, want)
	}
	if slices.Contains(m.Measures[0].Items[0].Questions, "A3") {
		t.Error("the guide rules A3")
	}
}
