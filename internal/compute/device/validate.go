package device

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

var identifier = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// most is the largest value of each whole quantity: what is beyond it is a slip of
// the pen. Placement tells a thousand parts of a device apart.
var most = map[Quantity]int64{Memory: 16 << 20, Parts: 1000, Power: 100_000}

// mostPeak is the same of a peak: one EFLOPS of one device.
const mostPeak = 1_000_000

// Validate names every fault: in vendors, sources and models, each on its own
// and against the others.
//
// Codes: invalid.
func (c *Catalogue) Validate() error {
	v := validation{vendors: map[string]bool{}, sources: map[string]bool{}, names: map[string]string{}}
	for i, one := range c.Vendors {
		v.vendor(fmt.Sprintf("vendors[%d]", i), one)
	}
	for i, one := range c.Sources {
		v.source(fmt.Sprintf("sources[%d]", i), one)
	}
	if len(c.Models) == 0 {
		v.Add("models", "至少要有一个型号。", "There must be a model.")
	}
	for i := range c.Models {
		v.model(fmt.Sprintf("models[%d]", i), &c.Models[i])
	}
	for i, one := range c.Vendors {
		if used, there := v.vendors[one.ID]; there && !used {
			v.Add(fmt.Sprintf("vendors[%d].id", i), "厂商 %s 没有型号：请补上型号或删去厂商。", "The vendor %s has no model: add one, or remove the vendor.", one.ID)
		}
	}
	for i, one := range c.Sources {
		if used, there := v.sources[one.ID]; there && !used {
			v.Add(fmt.Sprintf("sources[%d].id", i), "出处 %s 没有数据引用：请删去。", "No figure is of the source %s: remove it.", one.ID)
		}
	}
	return v.Err()
}

// validation is the faults so far and what was met on the way.
type validation struct {
	fault.Collector
	vendors, sources map[string]bool   // by id, whether anything is of it
	names            map[string]string // of models, folded, with the id
}

// identified notes an id, which must be new.
func (v *validation) identified(at, id string, met map[string]bool) {
	switch _, again := met[id]; {
	case !identifier.MatchString(id):
		v.Add(at+".id", "编号 %q 无效：只用小写字母、数字和连字符。", "The id %q is not valid: use lower-case letters, digits and hyphens.", id)
	case again:
		v.Add(at+".id", "编号 %s 重复。", "The id %s is there twice.", id)
	default:
		met[id] = false
	}
}

func (v *validation) vendor(at string, one Vendor) {
	v.identified(at, one.ID, v.vendors)
	if one.ZH == "" || one.EN == "" {
		v.Add(at, "厂商须有中英文名称。", "A vendor needs its name in both languages.")
	}
}

func (v *validation) source(at string, one Source) {
	v.identified(at, one.ID, v.sources)
	if !slices.Contains([]Standing{Primary, Operator, Bench, Project, Press, Compiled}, one.Standing) {
		v.Add(at+".standing", "没有出处类别 %q：可用 vendor、operator、test、project、press、compiled。", "There is no standing %q: use vendor, operator, test, project, press or compiled.", one.Standing)
	}
	if one.Title == "" || one.Publisher == "" {
		v.Add(at, "出处须有标题和发布者。", "A source needs a title and a publisher.")
	}
	if !strings.HasPrefix(one.Address, "https://") && !strings.HasPrefix(one.Address, "http://") {
		v.Add(at+".address", "网址 %q 无效：须以 https:// 开头。", "The address %q is not valid: it must begin with https://.", one.Address)
	}
	if _, err := clock.ParseDate(string(one.Read)); err != nil {
		v.Add(at+".read", "查阅日期 %q 无效：请写成 2026-11-27 的形式。", "The day of reading %q is not valid: write it like 2026-11-27.", one.Read)
	}
}

func (v *validation) model(at string, m *Model) {
	if !identifier.MatchString(m.ID) {
		v.Add(at+".id", "编号 %q 无效：只用小写字母、数字和连字符。", "The id %q is not valid: use lower-case letters, digits and hyphens.", m.ID)
	}
	if _, there := v.vendors[m.Vendor]; !there {
		v.Add(at+".vendor", "没有厂商 %q：请先在 vendors 中写明。", "There is no vendor %q: state it under vendors.", m.Vendor)
	} else {
		v.vendors[m.Vendor] = true
	}
	if !slices.Contains([]Kind{GPU, NPU, DCU, CPU}, m.Kind) {
		v.Add(at+".kind", "没有类别 %q：可用 gpu、npu、dcu、cpu。", "There is no kind %q: use gpu, npu, dcu or cpu.", m.Kind)
	}
	if m.Name.ZH == "" || m.Name.EN == "" {
		v.Add(at+".name", "型号须有中英文名称。", "A model needs its name in both languages.")
	}
	for i, name := range m.names() {
		place := at + ".id"
		if i > 0 {
			place = fmt.Sprintf("%s.aliases[%d]", at, i-1)
		}
		switch of, again := v.names[folded(name)]; {
		case folded(name) == "":
			v.Add(place, "名称不能为空。", "A name cannot be empty.")
		case again:
			v.Add(place, "名称 %q 已属于型号 %s：一个名称只能指一个型号。", "The name %q is of the model %s already: a name leads to one model.", name, of)
		default:
			v.names[folded(name)] = m.ID
		}
	}
	v.figures(at, m)
}

func (v *validation) figures(at string, m *Model) {
	unknown := false
	for _, q := range Quantities {
		f, there := m.Figures[q]
		if !there {
			v.Add(fmt.Sprintf("%s.figures.%s", at, q), "缺少 %s：不知道的写 null。", "There is no %s: write null for what is unknown.", q)
			continue
		}
		unknown = unknown || f == nil
		if f != nil {
			v.figure(fmt.Sprintf("%s.figures.%s", at, q), q, f)
		}
	}
	for _, q := range slices.Sorted(maps.Keys(m.Figures)) {
		if !slices.Contains(Quantities, q) {
			v.Add(fmt.Sprintf("%s.figures.%s", at, q), "没有数据项 %s：可用 %v。", "There is no figure %s: use one of %v.", q, Quantities)
		}
	}
	switch note := m.Note; {
	case unknown && note.IsZero():
		v.Add(at+".note", "有未知的数据时，须用中英文说明原因。", "Where a figure is unknown, a note says why in both languages.")
	case (note.ZH == "") != (note.EN == ""):
		v.Add(at+".note", "说明须有中英文。", "A note needs both languages.")
	}
}

func (v *validation) figure(at string, q Quantity, f *Figure) {
	limit, whole := most[q]
	if !whole {
		limit = mostPeak
	}
	switch n, ok := f.Value.thousandths(); {
	case !ok:
		v.Add(at+".value", "数值 %q 无效：请写成整数或最多三位小数。", "The value %q is not valid: write a whole number or up to three decimal places.", f.Value)
	case whole && n%1000 != 0:
		v.Add(at+".value", "数值 %s 须为整数。", "The value %s must be a whole number.", f.Value)
	case n == 0:
		v.Add(at+".value", "数值不能为零：不知道或没有的写 null。", "A value cannot be zero: write null for what is unknown or not there.")
	case n > limit*1000:
		v.Add(at+".value", "数值 %s 过大：请检查单位。", "The value %s is too large: check its unit.", f.Value)
	}
	if f.Basis != Measured && f.Basis != Reported {
		v.Add(at+".basis", "没有依据 %q：可用 measured、reported。", "There is no basis %q: use measured or reported.", f.Basis)
	}
	if _, there := v.sources[f.Source]; !there {
		v.Add(at+".source", "没有出处 %q：请先在 sources 中写明。", "There is no source %q: state it under sources.", f.Source)
	} else {
		v.sources[f.Source] = true
	}
}
