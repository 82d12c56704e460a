package rule

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// FuzzMeasure: no measure file makes the loader, the compiler or the checker
// panic, and every refusal is a fault with a place.
func FuzzMeasure(f *testing.F) {
	shipped := os.DirFS("../../../regions/guizhou")
	base := fstest.MapFS{}
	for _, name := range []string{"region.yaml", "questions.yaml", "documents/002.yaml", "guides/2025.yaml", "measures/002-8.2.yaml"} {
		data, err := fs.ReadFile(shipped, name)
		if err != nil {
			f.Fatal(err)
		}
		base[name] = &fstest.MapFile{Data: data}
	}
	base["guides/2025.yaml"] = &fstest.MapFile{Data: []byte("year: 2025\nissuer: {zh: 某, en: x}\nissued: 2025-01-01\nrulings: []\n")}
	for _, name := range []string{"measures/002-2.yaml", "measures/002-6.yaml", "measures/002-5.yaml"} {
		data, err := fs.ReadFile(shipped, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("a: &a [*a, *a]"))
	f.Add([]byte("id: 002-2\nid: 002-2\n"))
	f.Add([]byte("{{{{{{{{{{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		pack := fstest.MapFS{"measures/002-2.yaml": &fstest.MapFile{Data: data}}
		for name, file := range base {
			pack[name] = file
		}
		p, err := LoadPack(pack)
		if err != nil {
			if fault.From(err).Code == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		p.Check()
	})
}

// FuzzCondition: no condition makes the compiler or the plan panic, and one
// that loads runs on an empty row.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		`org.credit.good`, `has(org.registration.place) ? true : ruling.A1 == "x"`, `cost.model_construction.quantity > 9223372036854775807`,
		`org.registration.place.matches("(a+)+$")`, `[1,2,3].exists(x, x > 1)`, `org.registration.place + org.registration.place == "x"`,
		`cost.model_construction.quantity / 0 > 1`, `"\xff" == org.registration.place`, `ruling.A1 < "x"`, `org == org`, `1 in [1, 2]`,
		`org.registration.place in []`, `param.limit > -9223372036854775808`, `subject.kind == null`, `dyn(org.credit.good)`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, when string) {
		p := packOrNil(when)
		if p == nil {
			return
		}
		plan, err := p.Plan(0, 2025)
		if err != nil {
			if fault.From(err).Code == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		e := newEvaluator(plan)
		pl := &plan.planned[0]
		lacking, open := newBitset(len(plan.columns)), newBitset(len(plan.open))
		if e.eval(pl.holds) == 0 {
			e.causes(pl.holds, lacking, open)
		}
		p.Check()
	})
}
