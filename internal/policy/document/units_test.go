package document

import (
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

const lampUnits = `
units:
- id: city-lamps
  name: {zh: 某某市云灯局, en: City lamp bureau}
  level: city
  aliases:
  - {name: 市云灯局, in: ["002"]}
  - {name: 市灯火办, until: 2030-12-31}
- id: other-lamps
  name: {zh: 另市云灯局, en: Other lamp bureau}
  aliases:
  - {name: 市云灯局, in: ["004"]}
  - {name: 市灯火办, from: 2031-01-01}
- id: counties
  name: {zh: 各县（市）人民政府, en: County and city governments}
  collective: true
`

// TestUnitNames resolves one name to different units by document and by day (A24).
func TestUnitNames(t *testing.T) {
	u, err := LoadUnits(fstest.MapFS{"units.yaml": {Data: []byte(lampUnits)}}, "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, document string
		on             clock.Date
		want           string
	}{
		{"某某市云灯局", "001", "", "city-lamps"},
		{"市云灯局", "002", "", "city-lamps"},
		{"市云灯局", "002_d0cf.txt", "", "city-lamps"},
		{"市云灯局", "004", "", "other-lamps"},
		{"市云灯局", "003", "", ""},
		{"市灯火办", "003", "2030-12-31", "city-lamps"},
		{"市灯火办", "003", "2031-01-01", "other-lamps"},
		{"各县〔市〕人民政府", "004", "", "counties"},
		{"各县(市)人民政府", "004", "", "counties"},
		{"无名局", "004", "", ""},
	} {
		if got, ok := u.Unit(c.name, c.document, c.on); got != c.want || ok != (c.want != "") {
			t.Errorf("%s in %s on %s: %q, want %q", c.name, c.document, c.on, got, c.want)
		}
	}
	doc, err := Parse("004", []byte("一、甲。（责任单位：市云灯局、无名局）"), Options{Units: u})
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Clauses[0].Units; len(got) != 2 || got[0] != "other-lamps" || got[1] != "" {
		t.Errorf("units %q", got)
	}
}

func TestUnitsRefuse(t *testing.T) {
	for name, file := range map[string]string{
		"one name for two":  "units:\n- {id: a, name: {zh: 甲, en: A}}\n- {id: b, name: {zh: 乙, en: B}, aliases: [{name: 甲}]}\n",
		"an id twice":       "units:\n- {id: a, name: {zh: 甲, en: A}}\n- {id: a, name: {zh: 乙, en: B}}\n",
		"no English":        "units:\n- {id: a, name: {zh: 甲}}\n",
		"an unknown column": "units:\n- {id: a, nom: 甲}\n",
	} {
		if _, err := LoadUnits(fstest.MapFS{"u.yaml": {Data: []byte(file)}}, "u.yaml"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadUnits(fstest.MapFS{}, "u.yaml"); !fault.Is(err, fault.NotFound) {
		t.Errorf("absent: %v", err)
	}
}
