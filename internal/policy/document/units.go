package document

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Units is the alias table of a region (units.yaml): who stands behind the
// names that documents give to responsible units (A24).
type Units struct {
	list  []Unit
	names map[string][]alias
}

// Unit (责任单位) is one body that documents name.
type Unit struct {
	ID         string    `yaml:"id"`
	Name       i18n.Text `yaml:"name"`
	Level      string    `yaml:"level"`      // nation, province, city, prefecture, enterprise, school
	Collective bool      `yaml:"collective"` // 各县（市）人民政府: many bodies under one name
	Aliases    []Alias   `yaml:"aliases"`    // beside the Chinese name itself
}

// Alias is another name of a unit, and where it means that unit.
type Alias struct {
	Name      string     `yaml:"name"`
	From      clock.Date `yaml:"from"`  // first day it held; "": always
	Until     clock.Date `yaml:"until"` // last day it held; "": still
	Documents []string   `yaml:"in"`    // only in these documents: 市大数据局 is another body elsewhere
}

type alias struct {
	Alias
	unit string
}

// LoadUnits reads an alias table.
// Codes: invalid (with every fault of the file), not_found.
func LoadUnits(fsys fs.FS, name string) (*Units, error) {
	raw, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Newf(fault.NotFound, "没有单位别名表 %s。", "There is no alias table %s.", name)
	} else if err != nil {
		return nil, err
	}
	var file struct {
		Units []Unit `yaml:"units"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.Newf(fault.Invalid, "单位别名表 %s 读不懂：%v。", "The alias table %s cannot be read: %v.", name, err)
	}
	return NewUnits(file.Units)
}

// NewUnits checks units and indexes their names.
// Codes: invalid (an id or a name stands twice, a text lacks a language).
func NewUnits(list []Unit) (*Units, error) {
	var faults fault.Collector
	u := &Units{list: list, names: map[string][]alias{}}
	ids := map[string]bool{}
	for i, unit := range list {
		at := "units[" + decimal(i) + "]"
		if unit.ID == "" || ids[unit.ID] {
			faults.Add(at+".id", "编号“%s”为空或重复。", "The id %q is empty or stands twice.", unit.ID)
		}
		ids[unit.ID] = true
		if unit.Name.ZH == "" || unit.Name.EN == "" {
			faults.Add(at+".name", "名称须有中文和英文。", "The name needs Chinese and English.")
		}
		for _, a := range append([]Alias{{Name: unit.Name.ZH}}, unit.Aliases...) {
			key := unitKey(a.Name)
			for _, other := range u.names[key] {
				if other.unit != unit.ID && other.overlaps(a) {
					faults.Add(at+".aliases", "“%s”在同一时间和文件中已指 %s。", "%q already means %s at the same time and in the same documents.", a.Name, other.unit)
				}
			}
			u.names[key] = append(u.names[key], alias{Alias: a, unit: unit.ID})
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return u, nil
}

// All lists the units in the table's order.
func (u *Units) All() []Unit { return u.list }

// Unit gives the id of the unit that a document meant by a name on a day. A
// meaning that the table gives for this very document goes before a general one.
func (u *Units) Unit(name, document string, on clock.Date) (string, bool) {
	general := ""
	for _, a := range u.names[unitKey(name)] {
		if !a.holdsOn(on) {
			continue
		}
		if len(a.Documents) == 0 {
			general = a.unit
		} else if slices.Contains(a.Documents, documentID(document)) {
			return a.unit, true
		}
	}
	return general, general != ""
}

// documentID takes the id from a name such as 002 or 002_d0cf2eae95fb8e76.txt.
func documentID(name string) string {
	for i := range len(name) {
		if name[i] < '0' || name[i] > '9' {
			return name[:i]
		}
	}
	return name
}

func (a Alias) holdsOn(on clock.Date) bool {
	return on == "" || (a.From <= on && (a.Until == "" || on <= a.Until))
}

func (a Alias) overlaps(b Alias) bool {
	apart := (a.Until != "" && a.Until < b.From) || (b.Until != "" && b.Until < a.From)
	if apart || (len(a.Documents) == 0) != (len(b.Documents) == 0) {
		return false
	}
	return len(a.Documents) == 0 || slices.ContainsFunc(a.Documents, func(d string) bool { return slices.Contains(b.Documents, d) })
}

// unitKey makes 各县（市）, 各县(市) and 各县〔市〕 one name.
func unitKey(name string) string { return unitMarks.Replace(squeeze(name)) }
