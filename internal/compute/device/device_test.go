package device

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

func catalogue(t interface{ Fatal(...any) }) *Catalogue {
	c, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestShipped: the file that comes with Qianmo is valid, and every vendor of whose
// devices pools are built has a model.
func TestShipped(t *testing.T) {
	c := catalogue(t)
	var vendors []string
	for _, v := range c.Vendors {
		vendors = append(vendors, v.ID)
	}
	want := []string{"nvidia", "ascend", "cambricon", "hygon", "iluvatar", "kunlunxin", "metax", "mthreads", "enflame", "biren", "vastai", "amd", "cpu"}
	if diff := cmp.Diff(want, vendors); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, vendor := range want {
		if !slices.ContainsFunc(c.Models, func(m Model) bool { return m.Vendor == vendor }) {
			t.Errorf("%s has no model", vendor)
		}
	}
}

// TestEveryFigureHasItsSource walks the shipped file without Validate's help.
func TestEveryFigureHasItsSource(t *testing.T) {
	c := catalogue(t)
	used := map[string]bool{}
	known := 0
	for _, m := range c.Models {
		for _, q := range Quantities {
			f, there := m.Figures[q]
			if !there {
				t.Errorf("%s: %s is neither there nor null", m.ID, q)
			}
			if f == nil {
				if m.Note.ZH == "" || m.Note.EN == "" {
					t.Errorf("%s: nothing says why %s is unknown", m.ID, q)
				}
				continue
			}
			known++
			used[f.Source] = true
			if f.Basis != Reported {
				t.Errorf("%s: %s is %q, and no device of that model was measured by a test of ours", m.ID, q, f.Basis)
			}
			if !slices.ContainsFunc(c.Sources, func(s Source) bool { return s.ID == f.Source }) {
				t.Errorf("%s: %s has no source", m.ID, q)
			}
		}
	}
	for _, s := range c.Sources {
		if !used[s.ID] {
			t.Errorf("nothing is of the source %s", s.ID)
		}
	}
	if known < 100 {
		t.Errorf("the catalogue has %d figures", known)
	}
}

// TestModel reads figures back in the units of their accessors.
func TestModel(t *testing.T) {
	c := catalogue(t)
	h100, err := c.Model("nvidia-h100-sxm")
	if err != nil {
		t.Fatal(err)
	}
	mib, _ := h100.Memory()
	watts, _ := h100.Power()
	peak, _ := h100.Peak(FP16)
	if mib != 81_920 || watts != 700 || peak != 989_400 || h100.Parts() != 7 || !h100.Splittable() {
		t.Errorf("H100: %d MiB, %d W, %d at FP16, %d parts", mib, watts, peak, h100.Parts())
	}
	plain, err := c.Model("cpu")
	if err != nil {
		t.Fatal(err)
	}
	_, memory := plain.Memory()
	_, fp32 := plain.Peak(FP32)
	if memory || fp32 || plain.Parts() != 1 || plain.Splittable() {
		t.Error("of a plain CPU nothing is known, and it is not split")
	}
	if _, err := c.Model("nvidia-h9000"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a model that is not there: %v", err)
	}
}

func TestNamed(t *testing.T) {
	c := catalogue(t)
	for name, want := range map[string]string{
		"NVIDIA H100 80GB HBM3":     "nvidia-h100-sxm",
		"nvidia  h100 80gb hbm3 ":   "nvidia-h100-sxm",
		"NVIDIA H100 PCIe":          "nvidia-h100-pcie",
		"Tesla T4":                  "nvidia-t4",
		"Ascend910B3":               "ascend-910b3",
		"910B4-1":                   "ascend-910b4-1",
		"MLU370-X8":                 "cambricon-mlu370-x8",
		"K100_AI":                   "hygon-k100-ai",
		"Enflame S60":               "enflame-s60",
		"AMD Instinct MI300X":       "amd-mi300x",
		"ascend-910b3":              "ascend-910b3",
		"NVIDIA H100":               "", // of which board is not said
		"MLU370":                    "",
		"":                          "",
		strings.Repeat("x", 10_000): "",
	} {
		m, err := c.Named(name)
		switch {
		case want == "" && !fault.Is(err, fault.NotFound):
			t.Errorf("%.40q leads to %v, %v", name, m, err)
		case want != "" && (err != nil || m.ID != want):
			t.Errorf("%q leads to %v, %v, want %s", name, m, err, want)
		}
	}
}

// small is a catalogue that is right; each case of TestFaults breaks it once.
const small = `vendors:
  - {id: acme, zh: 甲, en: Acme}
sources:
  - {id: sheet, standing: vendor, title: Data sheet, publisher: Acme, address: "https://acme.example/a1", read: 2026-11-27}
models:
  - id: a1
    vendor: acme
    kind: gpu
    name: {zh: 甲一, en: A1}
    aliases: [Acme A1]
    figures:
      memory: {value: 1024, basis: reported, source: sheet}
      parts: null
      power: {value: 300, basis: reported, source: sheet}
      fp64: null
      fp32: {value: 20.125, basis: reported, source: sheet}
      tf32: null
      fp16: {value: 0.5, basis: measured, source: sheet}
      bf16: null
      fp8: null
      int8: null
    note: {zh: 未公布。, en: Not published.}
`

func TestFaults(t *testing.T) {
	if _, err := Read("f.yaml", []byte(small)); err != nil {
		t.Fatal(err)
	}
	second := small[strings.Index(small, "  - id: a1"):]
	for name, c := range map[string]struct{ old, new, at string }{
		"a misspelt field":             {"    kind:", "    kindly:", "f.yaml:8"},
		"a misspelt field of a figure": {"{value: 300, basis", "{value: 300, base", "f.yaml:14"},
		"no models":                    {small[strings.Index(small, "models:"):], "models: []\n", "models"},
		"a vendor's id":                {"id: acme", "id: Acme Inc", "vendors[0].id"},
		"a vendor twice":               {"vendors:\n", "vendors:\n  - {id: acme, zh: 乙, en: B}\n", "vendors[1].id"},
		"a vendor in one language":     {"en: Acme}", `en: ""}`, "vendors[0]"},
		"a vendor without models":      {"sources:\n", "  - {id: other, zh: 乙, en: Other}\nsources:\n", "vendors[1].id"},
		"a source's standing":          {"standing: vendor", "standing: friend", "sources[0].standing"},
		"a source without a title":     {"title: Data sheet", `title: ""`, "sources[0]"},
		"a source's address":           {"https://acme.example/a1", "acme.example", "sources[0].address"},
		"a day that is none":           {"read: 2026-11-27", "read: 2026-02-30", "sources[0].read"},
		"a source that nothing uses":   {"models:\n", "  - {id: rest, standing: press, title: T, publisher: P, address: \"https://p.example\", read: 2026-11-27}\nmodels:\n", "sources[1].id"},
		"a model's id":                 {"id: a1", "id: A1", "models[0].id"},
		"a model twice":                {second, second + second, "models[1].id"},
		"a vendor that is not there":   {"vendor: acme", "vendor: bcme", "models[0].vendor"},
		"a kind":                       {"kind: gpu", "kind: tpu", "models[0].kind"},
		"a name in one language":       {"en: A1}", `en: ""}`, "models[0].name"},
		"an alias twice":               {"[Acme A1]", "[Acme A1, acme  a1]", "models[0].aliases[1]"},
		"an alias that is an id":       {"[Acme A1]", "[A1]", "models[0].aliases[0]"},
		"an empty alias":               {"[Acme A1]", `[" "]`, "models[0].aliases[0]"},
		"an ambiguous alias":           {second, second + strings.Replace(second, "id: a1", "id: a2", 1), "models[1].aliases[0]"},
		"a figure that is left out":    {"      fp8: null\n", "", "models[0].figures.fp8"},
		"a figure that there is not":   {"      fp8: null\n", "      fp8: null\n      fp4: null\n", "models[0].figures.fp4"},
		"a sparse wish":                {"value: 20.125", "value: 2e3", "models[0].figures.fp32.value"},
		"four places":                  {"value: 20.125", "value: 20.1250", "models[0].figures.fp32.value"},
		"a negative value":             {"value: 20.125", "value: -1", "models[0].figures.fp32.value"},
		"no value":                     {"value: 20.125, ", "", "models[0].figures.fp32.value"},
		"zero":                         {"value: 0.5", "value: 0.000", "models[0].figures.fp16.value"},
		"half a watt":                  {"value: 300", "value: 300.5", "models[0].figures.power.value"},
		"giga for tera":                {"value: 20.125", "value: 9894000", "models[0].figures.fp32.value"},
		"bytes for MiB":                {"value: 1024", "value: 1073741824", "models[0].figures.memory.value"},
		"a basis":                      {"basis: measured", "basis: guessed", "models[0].figures.fp16.basis"},
		"a source that is not there":   {"value: 300, basis: reported, source: sheet", "value: 300, basis: reported, source: shet", "models[0].figures.power.source"},
		"nothing says why":             {"    note: {zh: 未公布。, en: Not published.}\n", "", "models[0].note"},
		"why in one language":          {"en: Not published.", `en: ""`, "models[0].note"},
	} {
		broken := strings.Replace(small, c.old, c.new, 1)
		if broken == small {
			t.Errorf("%s: the case breaks nothing", name)
			continue
		}
		_, err := Read("f.yaml", []byte(broken))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		fields := fault.From(err).Fields
		if !slices.ContainsFunc(fields, func(f fault.Field) bool { return f.Path == c.at && f.Message.ZH != "" && f.Message.EN != "" }) {
			t.Errorf("%s: no fault at %s in %+v", name, c.at, fields)
		}
	}
}

// TestEveryFaultIsNamed: one that is found does not hide the next.
func TestEveryFaultIsNamed(t *testing.T) {
	broken := strings.NewReplacer("kind: gpu", "kind: tpu", "value: 300,", "value: many,", "basis: measured", "basis: guessed", "standing: vendor", "standing: friend").Replace(small)
	_, err := Read("f.yaml", []byte(broken))
	var at []string
	for _, f := range fault.From(err).Fields {
		at = append(at, f.Path)
	}
	want := []string{"sources[0].standing", "models[0].kind", "models[0].figures.power.value", "models[0].figures.fp16.basis"}
	if diff := cmp.Diff(want, at); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCapacity(t *testing.T) {
	got, err := catalogue(t).Capacity(map[string]int64{
		"nvidia-h100-sxm": 1024, // 989.4
		"ascend-910b3":    4096, // 313
		"amd-mi300x":      7,    // 1307.4
		"vastai-va1":      500,
		"cpu":             64,
		"nvidia-t4":       0,
	}, FP16)
	if err != nil {
		t.Fatal(err)
	}
	// 1,024 × 989.4 + 4,096 × 313 + 7 × 1,307.4 = 2,304,345.4 × 10¹²
	if want := big.NewRat(23_043_454, 10_000_000); got.Exa.Cmp(want) != 0 {
		t.Errorf("the pool has %s EFLOPS, want %s", got.Exa.RatString(), want.RatString())
	}
	want := Capacity{Precision: FP16, Exa: got.Exa,
		Counted:    []Count{{"amd-mi300x", 7}, {"ascend-910b3", 4096}, {"nvidia-h100-sxm", 1024}},
		NotCounted: []Count{{"cpu", 64}, {"vastai-va1", 500}}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCapacityRefuses(t *testing.T) {
	c := catalogue(t)
	for name, one := range map[string]struct {
		devices   map[string]int64
		precision Precision
		code      fault.Code
	}{
		"a precision that there is none of": {nil, "fp4", fault.Invalid},
		"memory, which is no precision":     {map[string]int64{"nvidia-t4": 1}, Precision(Memory), fault.Invalid},
		"a negative number":                 {map[string]int64{"nvidia-t4": -1}, FP16, fault.Invalid},
		"a model that is not there":         {map[string]int64{"nvidia-t5": 1}, FP16, fault.NotFound},
	} {
		if _, err := c.Capacity(one.devices, one.precision); !fault.Is(err, one.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCapacityIsExact: whatever is counted, the sum is that of the texts in the
// file as fractions, and every device is in one of the two lists.
func TestCapacityIsExact(t *testing.T) {
	c := catalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		precision := rapid.SampledFrom(Precisions).Draw(t, "precision")
		devices := map[string]int64{}
		for range rapid.IntRange(0, 20).Draw(t, "models") {
			devices[rapid.SampledFrom(c.Models).Draw(t, "model").ID] = rapid.Int64Range(0, 1<<62).Draw(t, "devices")
		}
		got, err := c.Capacity(devices, precision)
		if err != nil {
			t.Fatal(err)
		}
		want, left := new(big.Rat), map[string]int64{}
		for _, m := range c.Models {
			n := devices[m.ID]
			if n == 0 {
				continue
			}
			left[m.ID] = n
			f := m.Figures[Quantity(precision)]
			if f == nil {
				continue
			}
			tera, ok := new(big.Rat).SetString(string(f.Value))
			if !ok {
				t.Fatalf("%s is no number", f.Value)
			}
			want.Add(want, tera.Mul(tera, new(big.Rat).SetInt64(n)))
		}
		want.Quo(want, big.NewRat(1_000_000, 1))
		if got.Exa.Cmp(want) != 0 {
			t.Fatalf("%s, want %s", got.Exa.RatString(), want.RatString())
		}
		for _, counted := range [][]Count{got.Counted, got.NotCounted} {
			for _, one := range counted {
				if left[one.Model] != one.Devices {
					t.Fatalf("%d of %s are listed", one.Devices, one.Model)
				}
				delete(left, one.Model)
			}
		}
		if len(left) > 0 {
			t.Fatalf("not listed: %v", left)
		}
	})
}

func TestDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 9_999_999_999_999).Draw(t, "thousandths")
		places := rapid.IntRange(0, 3).Draw(t, "places")
		unit := []int64{1000, 100, 10, 1}[places]
		n -= n % unit
		text := fmt.Sprintf("%d.%03d", n/1000, n%1000)
		text = strings.TrimSuffix(text[:len(text)-3+places], ".")
		if got, ok := Decimal(text).thousandths(); !ok || got != n {
			t.Fatalf("%q is %d, %v, want %d", text, got, ok, n)
		}
	})
	for _, text := range []string{"", ".", "1.", ".5", "01", "+1", "-1", "1e3", "1.2345", "0x10", "1_000", "12345678901", "NaN", " 1", "1 "} {
		if _, ok := Decimal(text).thousandths(); ok {
			t.Errorf("%q is a decimal", text)
		}
	}
}
