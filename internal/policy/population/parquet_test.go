package population

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// TestTurningPlain: the forms whose dictionaries turn plain midway do so, in
// chunks of several pages.
func TestTurningPlain(t *testing.T) {
	tab := random(rand.New(rand.NewPCG(7, 7)), 330)
	for _, f := range forms() {
		if f.turns == 0 {
			continue
		}
		file, err := parquet.OpenFile(bytes.NewReader(tab.parquet(t, f)), int64(len(tab.parquet(t, f))))
		if err != nil {
			t.Fatal(err)
		}
		mixed := 0
		for _, column := range file.Metadata().RowGroups[0].Columns {
			pages := map[format.Encoding]int32{}
			for _, s := range column.MetaData.EncodingStats {
				if s.PageType != format.DictionaryPage {
					pages[s.Encoding] += s.Count
				}
			}
			if pages[format.RLEDictionary] > 0 && pages[format.Plain] > 1 {
				mixed++
			}
		}
		if mixed < 3 {
			t.Errorf("%s: %d columns have both", f.name, mixed)
		}
	}
}

// TestTextsPastAByte: a column of more texts than a byte can number comes out
// the same from CSV, dictionaries, plain pages, and both in one chunk.
func TestTextsPastAByte(t *testing.T) {
	tab := random(rand.New(rand.NewPCG(9, 9)), 900)
	status := slices.Index(columns, "model.filed.status")
	for i, row := range tab.rows {
		if i%3 == 0 && row[status] != "" {
			row[status] = fmt.Sprintf("stage %d", i)
		}
	}
	q := Query{Pack: guizhou(t), Measures: []string{"002-2"}, On: "2025-06-30", Guide: 2025}
	want := ""
	check := func(name string, data []byte) {
		m, err := Match(save(t, data), q, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want == "" {
			want = asJSON(t, m)
		}
		if asJSON(t, m) != want {
			t.Errorf("%s differs", name)
		}
	}
	check("csv", tab.csv())
	for _, f := range []parquetForm{
		{name: "dictionary", dictionary: true}, {name: "plain"}, {name: "small pages", dictionary: true, page: 100},
		{name: "turning plain early", dictionary: true, page: 100, turns: 500}, {name: "turning plain late", dictionary: true, page: 100, turns: 3000},
	} {
		f.money, f.codec, f.version, f.group, f.page = "int64", &parquet.Snappy, 2, 1000, max(f.page, 1)
		if f.page == 1 {
			f.page = 1 << 20
		}
		check(f.name, tab.parquet(t, f))
	}
}

// TestChecksum: a page that is damaged is refused, even where it could be read.
func TestChecksum(t *testing.T) {
	f := forms()[1]
	f.codec = &parquet.Uncompressed
	data := random(rand.New(rand.NewPCG(4, 4)), 40).parquet(t, f)
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	leaf := file.Root().Column("cost.model_construction.quantity")
	chunk := file.Metadata().RowGroups[0].Columns[leaf.Index()].MetaData
	data[chunk.DataPageOffset+chunk.TotalCompressedSize-8] ^= 1 // the last amount, one fen more or less
	if f := refused(t, data); f.Code != fault.Invalid || !strings.Contains(f.Error(), "intact") {
		t.Errorf("%s: want invalid saying intact", f.Error())
	}
}

// TestDamage: whatever byte of a file is damaged, and wherever it is cut, it is
// answered or refused, and never breaks the reader.
func TestDamage(t *testing.T) {
	tab := random(rand.New(rand.NewPCG(4, 4)), 40)
	q := Query{Pack: guizhou(t), Measures: []string{"002-2", "002-6"}, On: "2025-06-30", Guide: 2025}
	rng := rand.New(rand.NewPCG(5, 5))
	for _, f := range forms() {
		whole := tab.parquet(t, f)
		for range 60 {
			data := slices.Clone(whole)
			data[rng.IntN(len(data))] ^= byte(1 + rng.IntN(255))
			if rng.IntN(4) == 0 {
				data = data[:rng.IntN(len(data))]
			}
			path := filepath.Join(t.TempDir(), "population")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := Open(path)
			if err == nil {
				_, err = Match(p, q, 0)
				p.Close()
			}
			if err != nil && fault.From(err).Code == fault.Internal {
				t.Fatalf("%s: %v", f.name, err)
			}
		}
	}
}
