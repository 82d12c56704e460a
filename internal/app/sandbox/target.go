package sandbox

import (
	"fmt"
	"math/rand/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// sceneShares is how many invented scenes lie where; the last lies nowhere that
// anybody wrote down.
var sceneShares = []struct {
	place string
	n     int
}{
	{"520115", 19}, {"520103", 9}, {"520102", 7}, {"520111", 5}, {"520113", 4}, {"520112", 3}, {"520181", 3}, {"520123", 2}, {"520121", 1}, {"guian", 14},
	{"520300", 15}, {"520500", 9}, {"522700", 8}, {"520200", 7}, {"520400", 6}, {"520600", 5}, {"522300", 5}, {"522601", 2}, {"522634", 1}, {"522631", 1}, {"", 3},
}

// sceneIndustries are what they are about: listed industries, two that no list has.
var sceneIndustries = []struct{ industry, what string }{
	{"煤矿", "瓦斯预警"}, {"旅游", "行程规划"}, {"医疗", "影像辅诊"}, {"政务", "智能问答"}, {"酱酒", "溯源防伪"}, {"交通", "货运调度"}, {"农业", "智慧茶园"},
	{"电力", "智能巡检"}, {"教育", "个性学习"}, {"化工", "智能排产"}, {"城市运营", "城市应急"}, {"广电", "节目创作"}, {"气象", "短临预报"}, {"警务", "接警分析"},
	{"燃气", "管网预警"}, {"家政服务", "上门调度"}, {"山火预警", "山火识别"}, {"会展", "展会导览"},
}

// Scenes returns the invented scenes and data sets of the region, always the
// same: most of this year, some of the last, and what other plans claim.
func Scenes(all []Organisation) []evidence.Fact {
	r := rand.New(rand.NewPCG(20251022, 7))
	var facts []evidence.Fact
	add := func(f evidence.Fact) {
		f.ID = fmt.Sprintf("demo-scene-%03d", len(facts)+1)
		facts = append(facts, f)
	}
	n, named := 0, map[string]bool{}
	for _, share := range sceneShares {
		for range share.n {
			about := sceneIndustries[n%len(sceneIndustries)]
			builder := all[100+n*3]
			for next := 101 + n*3; named[brandOf(builder)+about.what]; next++ { // brands repeat
				builder = all[next]
			}
			a := attributes{"industry": about.industry, "project": brandOf(builder) + about.what}
			named[a["project"]] = true
			if share.place != "" {
				a["place"] = share.place
			}
			on := clock.Date("2025-01-15").AddDays(r.IntN(278))
			if n%11 == 4 {
				on = clock.Date("2024-06-01").AddDays(r.IntN(200))
			}
			add(evidence.Fact{Kind: "scenario.accepted", Subject: builder.Code, Object: a["project"], Occurred: on, Attestor: evidence.Department, Attributes: a})
			if about.industry == "广电" { // the broadcasting programme counts it too
				add(evidence.Fact{Kind: "scenario.claimed", Subject: builder.Code, Object: a["project"], Occurred: on.AddDays(3), Attestor: evidence.Department, Attributes: attributes{"target": "broadcast-projects"}})
			}
			n++
		}
	}
	for i := range 13 {
		builder := all[700+i*7]
		object := brandOf(builder) + sceneIndustries[i].industry + "数据集"
		a := attributes{"industry": sceneIndustries[i].industry, "dataset": object, "quality": fmt.Sprintf("%d.%d", 78+i, i%10)}
		on := clock.Date("2025-02-10").AddDays(i * 19)
		switch {
		case i < 2:
			on = "2024-11-05"
		case i > 10: // nobody has scored them yet
			delete(a, "quality")
		}
		add(evidence.Fact{Kind: "dataset.published", Subject: builder.Code, Object: object, Occurred: on, Attestor: evidence.Operator, Attributes: a})
	}
	return facts
}

// Figure is an invented report of a figure.
type Figure struct {
	Target, Value, Source string
	AsOf, Reported        clock.Date
}

// Figures are what offices have reported this year. Nobody has told the size of
// the AI core industry yet.
func Figures() []Figure {
	quarters := []clock.Date{"2025-03-31", "2025-06-30", "2025-09-30"}
	var all []Figure
	for _, line := range []struct {
		target, source string
		values         [3]string
	}{
		{"compute-scale", "省大数据局算力季报（演示）", [3]string{"110", "124.5", "138.6"}},
		{"compute-investment", "省发展改革委投资月报（演示）", [3]string{"28.4", "61.9", "92.7"}},
		{"compute-industry", "省大数据局产业季报（演示）", [3]string{"29.6", "61.2", "93.8"}},
	} {
		for i, on := range quarters {
			all = append(all, Figure{line.target, line.values[i], line.source, on, on.AddDays(12)})
		}
	}
	return all
}

// Progress is an invented year of one task: its line on the year's list and
// what its unit said.
type Progress struct {
	Due     clock.Date // "" for no line
	Goal    string
	Reports []Said
}

// Said is one invented report.
type Said struct {
	On        clock.Date
	Percent   int
	Milestone string
	Text      string
}

var (
	milestones = []string{"方案印发", "主体开工", "首批单位接入", "试运行", "通过验收"}
	texts      = []string{
		"工作专班已建立，任务分到科室和月份。", "完成需求调研，确定首批试点单位。", "首批试点上线，每周例会跟踪问题。", "试运行平稳，问题清单还剩 3 项。", "全部完成，材料已归档备查。",
	}
)

// ProgressOf invents the year of the n-th task: most go well, some are silent,
// a few are late.
func ProgressOf(n int, name string) Progress {
	p := Progress{Goal: "年内完成“" + name + "”的年度安排，形成可以核对的成果。"}
	switch n % 8 {
	case 0, 3, 6:
		p.Due = "2025-12-31"
	case 1, 4:
		p.Due = "2025-12-20"
	case 2:
		p.Due = "2025-09-30"
	case 5:
		p.Due = "2025-06-30"
	}
	steps := 1 + n%3
	if p.Due != "" && p.Due < Today && n%16 != 10 { // what was due is done, but for a few
		steps = 5
	}
	if n%9 == 7 {
		steps = 0 // nobody has said anything yet
	}
	for i := range steps {
		on := clock.Date("2025-02-20").AddDays(i*34 + n%13)
		if steps == 5 {
			on = clock.Date("2025-02-10").AddDays(i*30 + n%13)
		}
		p.Reports = append(p.Reports, Said{On: on, Percent: (i + 1) * 20, Milestone: milestones[i], Text: texts[i]})
	}
	return p
}

// KeyProjects are invented projects for the prefecture's key list.
func KeyProjects(all []Organisation) (projects []struct {
	Name string
	Org  ident.CreditCode
}) {
	for i, name := range []string{"凯里智慧景区大模型（演示）", "雷山茶园病虫识别（演示）", "黎平侗语语料库（演示）"} {
		projects = append(projects, struct {
			Name string
			Org  ident.CreditCode
		}{name, all[300+i*11].Code})
	}
	return projects
}
