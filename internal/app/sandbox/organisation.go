// Package sandbox invents a region's year: organisations, their facts and what
// they applied for. It is fiction, the same on every run, and looks it: the
// credit codes name an administrative area (520199) that does not exist, so
// that none can belong to anybody.
package sandbox

import (
	"fmt"
	"math/rand/v2"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Size is how many organisations the sandbox has.
const Size = 2000

// Organisation is an invented organisation.
type Organisation struct {
	Code  ident.CreditCode
	Name  string
	Kind  string // enterprise, university, institute, public
	Place string // "guian" or a district of Guiyang, GB/T 2260; elsewhere for a few
}

// place is where an organisation is registered and how its name begins.
type place struct{ code, prefix string }

var places = []place{
	{"520102", "南明"}, {"520103", "云岩"}, {"520111", "花溪"}, {"520112", "乌当"}, {"520113", "白云"}, {"520115", "观山湖"},
	{"520121", "开阳"}, {"520122", "息烽"}, {"520123", "修文"}, {"520181", "清镇"}, {"guian", "贵安"},
}

// elsewhere are a few that are not registered in Guiyang or Gui'an, so that a
// gate has somebody to turn away.
var elsewhere = []place{{"520300", "遵义"}, {"520400", "安顺"}, {"522600", "黔东南"}}

var (
	firstSyllables  = []string{"青", "云", "黔", "岩", "溪", "甲", "筑", "星", "山", "竹", "石", "禾", "林", "息", "开", "阳", "修", "远", "知", "明"}
	secondSyllables = []string{"语", "图", "智", "算", "衡", "枢", "川", "桥", "弦", "屿", "坊", "序", "映", "舟", "砚", "络", "度", "维", "木", "澜"}
	trades          = []string{"科技", "数据", "智能", "信息", "医学智能", "文旅科技", "工业大脑", "视听", "教育科技", "物流科技", "农芯", "金科", "矿山智能", "云图"}
)

// Organisations returns the invented organisations, always the same ones. The
// first is the firm whose manager the sign-in page offers.
func Organisations() []Organisation {
	r := rand.New(rand.NewPCG(20251022, 1))
	used := map[string]bool{}
	all := make([]Organisation, 0, Size)
	for i := range Size {
		kind := kindOf(i)
		p := places[r.IntN(len(places))]
		if i > 0 && r.IntN(100) < 4 {
			p = elsewhere[r.IntN(len(elsewhere))]
		}
		o := Organisation{Code: code(i, kind), Kind: kind, Place: p.code}
		for o.Name == "" || used[o.Name] {
			o.Name = name(r, p, kind)
		}
		if i == 0 {
			o.Name, o.Place = "观山湖青砚语智科技有限公司", "520115"
		}
		used[o.Name] = true
		all = append(all, o)
	}
	return all
}

func kindOf(i int) string {
	switch {
	case i%40 == 7:
		return "university"
	case i%25 == 11:
		return "institute"
	case i%200 == 13:
		return "public"
	default:
		return "enterprise"
	}
}

func name(r *rand.Rand, p place, kind string) string {
	brand := firstSyllables[r.IntN(len(firstSyllables))] + secondSyllables[r.IntN(len(secondSyllables))]
	switch kind {
	case "university":
		return p.prefix + brand + "学院（演示）"
	case "institute":
		return p.prefix + brand + "研究院（演示）"
	case "public":
		return p.prefix + brand + "数据中心（演示）"
	default:
		return p.prefix + brand + trades[r.IntN(len(trades))] + "有限公司"
	}
}

// code makes a valid credit code: registering department and kind by
// GB 32100-2015 table 1, the area 520199, and a serial body with its check.
func code(i int, kind string) ident.CreditCode {
	prefix := map[string]string{"enterprise": "91", "university": "12", "institute": "12", "public": "12"}[kind]
	body := fmt.Sprintf("%s520199DEM%06d", prefix, i)
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}
