package document

import (
	"regexp"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// dutyHead opens the list of those who answer for a clause: （责任单位：…）.
var (
	dutyHead  = regexp.MustCompile(`[（(]\s?(?:责任单位|责任部门|责任主体|牵头单位|牵头部门|配合单位|配合部门|主办单位|实施单位)\s?[:：]`)
	dutyLabel = regexp.MustCompile(`(?:责任单位|责任部门|责任主体|牵头单位|牵头部门|配合单位|配合部门|主办单位|实施单位)\s?[:：]`)
	// A list may close with a collective: 州消防支队等州直相关部门, 州大数据局及州直相关部门.
	collective = regexp.MustCompile(`^(.{2,40}?)(?:等|及|以及)((?:省|市|州|县|区|省直|市直|州直|县直|各)?(?:有关|相关).{2,12}|各.{2,20})$`)
)

// maxDutyList bounds one list in bytes; the longest of the five documents has 600.
const maxDutyList = 4000

// responsibleIn lists the responsible units (责任单位) that a clause names, as
// written, in order and once each.
func responsibleIn(own string) []string {
	names, seen := []string{}, map[string]bool{}
	for rest := own; ; {
		at := dutyHead.FindStringIndex(rest)
		if at == nil {
			return names
		}
		rest = rest[at[1]:]
		list, closed := untilBracket(headOf(rest, maxDutyList))
		rest = rest[len(list):]
		if !closed {
			continue
		}
		for _, name := range splitUnits(list) {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
}

// untilBracket cuts at the bracket that closes the list, or where it becomes
// plain that none does; brackets inside a name, as in 各县（市）人民政府, are
// passed over.
func untilBracket(s string) (string, bool) {
	depth := 1
	for at, r := range s {
		switch r {
		case '（', '(':
			depth++
		case '）', ')':
			if depth--; depth == 0 {
				return s[:at], true
			}
		case '。':
			return s[:at], false
		}
	}
	return s, false
}

func splitUnits(list string) []string {
	list = dutyLabel.ReplaceAllString(squeeze(list), "、")
	var names []string
	for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune("、，,；;", r) }) {
		if m := collective.FindStringSubmatch(name); m != nil {
			names = append(names, m[1], m[2])
			continue
		}
		names = append(names, name)
	}
	return names
}

// UnitNames knows the units behind the names that documents use (A24).
type UnitNames interface {
	// Unit gives the id of the unit that a document meant by a name on a day
	// ("" when the day is unknown).
	Unit(name, document string, on clock.Date) (id string, ok bool)
}

// resolve fills in the ids of the responsible units.
func (d *Document) resolve(names UnitNames) {
	on := d.Signed
	if on == "" {
		on = d.Published
	}
	for i, c := range d.Clauses {
		for _, name := range c.Responsible {
			id, _ := names.Unit(name, d.Name, on)
			d.Clauses[i].Units = append(d.Clauses[i].Units, id)
		}
	}
}
