package target

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper"
)

// document lays the report out for paper.
func (y Yearly) document() paper.Document {
	d := paper.Document{Title: fmt.Sprintf("%s人工智能发展目标%d年进展报告", y.Region, y.Board.Year), Subtitle: "（截至" + paper.Day(y.Board.On) + "）", Date: y.Board.On}
	d.Blocks = append(d.Blocks, paper.Paragraph{Text: y.sentence()})
	d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: "一、目标进展"}, y.targetTable(), y.targetBars(), y.sourceTable())
	d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: "二、各地应用场景"}, y.areaBars())
	d.Blocks = append(d.Blocks, paper.Paragraph{Text: "一个场景只数一次。下级目标与上级目标并列，不相加；没有写明所在地的场景只计入全省。"})
	d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: "三、责任单位"}, y.unitTable())
	d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: "四、任务"}, y.stateTable(), y.lateTable(), y.taskTable())
	d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: "五、口径"}, paper.Paragraph{Text: y.Board.Rule.ZH},
		paper.Paragraph{Text: "本报告由系统按已存证的事实和各单位报告生成；每个数下的事实编号见同名工作簿“口径与事实”一页。"})
	return d
}

func (y Yearly) targetTable() paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "目标", Width: 5}, {Title: "年度目标", Width: 4}, {Title: "现值", Width: 3, Align: paper.Right}, {Title: "截至", Width: 3},
		{Title: "预计年底", Width: 3, Align: paper.Right}, {Title: "结论", Width: 3}}}
	for _, v := range y.Board.Targets {
		name := v.Name.ZH
		if v.Draft {
			name += "（征求意见稿）"
		}
		if len(v.Readings) == 0 {
			t.Rows = append(t.Rows, []string{name, goalWords(v.Goal, v.Unit), "—", "—", "—", lightWords[v.Light]})
		}
		for i, r := range v.Readings {
			label, light := name, lightWords[v.Light]
			if r.ID != "" {
				label = name + "：" + r.Name.ZH // with the mark of a draft
				if light = lightWords[r.Light]; v.Light == Undecided && i == 0 {
					light += "（口径待裁定 " + v.Question + "）"
				}
			}
			value, forecast := valueWords(r), "—"
			if r.Forecast != nil {
				forecast = r.Forecast.Value
			}
			t.Rows = append(t.Rows, []string{label, goalWords(v.Goal, v.Unit), value, dayWords(r.AsOf), forecast, light})
		}
	}
	return t
}

// valueWords is a figure, or that it is awaited; nobody owes one of a year to come.
func valueWords(r ReadingView) string {
	switch {
	case r.Value != "":
		return r.Value
	case r.Light == Later:
		return "—"
	}
	return "待报数"
}

// targetBars puts every figure on one scale: thousandths of its own goal. Where
// the text leaves open how to count, each way has its bar.
func (y Yearly) targetBars() paper.Bars {
	b := paper.Bars{Caption: "现值占年度目标（竖线为目标）"}
	for _, v := range y.Board.Targets {
		if v.Goal == nil || v.Goal.Value == "" || exactly(v.Goal.Value).Sign() == 0 {
			continue
		}
		for _, r := range v.Readings {
			if r.Value != "" {
				b.Rows = append(b.Rows, paper.Bar{Label: v.labelled(r), Size: thousandths(r.Value, v.Goal.Value), Goal: 1000, Value: r.Value + " / " + v.Goal.Value + " " + v.Unit})
			}
		}
	}
	return b
}

// labelled is a target's name, with the way of counting where there are several.
func (v TargetView) labelled(r ReadingView) string {
	if r.ID == "" {
		return v.Name.ZH
	}
	return v.Name.ZH + "：" + r.Name.ZH
}

// thousandths is a figure's share of its goal, at most twice the goal: the label
// tells how far past it is.
func thousandths(value, goal string) int64 {
	share := new(big.Rat).Quo(exactly(value), exactly(goal))
	share.Mul(share, big.NewRat(1000, 1))
	size := new(big.Int).Quo(share.Num(), share.Denom())
	if size.Cmp(big.NewInt(2000)) > 0 {
		return 2000
	}
	return size.Int64()
}

// exactly reads a printed figure back.
func exactly(s string) *big.Rat {
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat)
	}
	return n
}

// sourceTable says where each figure comes from and how it was foretold.
func (y Yearly) sourceTable() paper.Table {
	t := paper.Table{Caption: "数从哪里来，怎样预计", Columns: []paper.Column{{Title: "目标", Width: 4}, {Title: "来源", Width: 4}, {Title: "预计办法", Width: 6}}}
	for _, v := range y.Board.Targets {
		for _, r := range v.Readings {
			source, method := r.Source.ZH, "—"
			if r.Value == "" && r.Light == Later {
				source = "—"
			} else if r.Value == "" && v.Reporter != nil {
				source = "待报数，应由" + v.Reporter.Name.ZH + "报送"
			}
			if r.Forecast != nil {
				method = r.Forecast.Method.ZH
			}
			t.Rows = append(t.Rows, []string{v.labelled(r), source, method})
		}
	}
	return t
}

func (y Yearly) areaBars() paper.Bars {
	b := paper.Bars{Caption: "已验收的场景，个"}
	for _, a := range y.areaRows() {
		value := "未知"
		if a.Scenes != nil {
			value = strconv.Itoa(*a.Scenes)
		}
		b.Rows = append(b.Rows, paper.Bar{Label: a.Name.ZH, Size: int64(scenesOr(a, 0)), Value: value})
	}
	return b
}

func (y Yearly) unitTable() paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "单位", Width: 6}, {Title: "结论", Width: 2}, {Title: "牵头", Width: 2, Align: paper.Right}, {Title: "完成", Width: 2, Align: paper.Right},
		{Title: "未报告", Width: 2, Align: paper.Right}, {Title: "逾期", Width: 2, Align: paper.Right}}, Note: "结论取牵头目标里最差的一盏；有逾期即为落后。"}
	for _, u := range y.Units {
		if u.Leads == 0 && u.Overdue == 0 {
			continue
		}
		t.Rows = append(t.Rows, []string{u.Name.ZH, lightWords[u.Light], strconv.Itoa(u.Leads), strconv.Itoa(u.Done), strconv.Itoa(u.Silent), strconv.Itoa(u.Overdue)})
	}
	return t
}

func (y Yearly) stateTable() paper.Table {
	t := paper.Table{Caption: "任务状态", Columns: []paper.Column{{Title: "力度", Width: 2}}}
	for _, state := range TaskStates() {
		t.Columns = append(t.Columns, paper.Column{Title: stateWords[state], Align: paper.Right})
	}
	t.Columns = append(t.Columns, paper.Column{Title: "合计", Align: paper.Right})
	for _, strength := range Strengths() {
		row, total := []string{strengthWords[strength]}, 0
		for _, state := range TaskStates() {
			n := 0
			for _, task := range y.Tasks {
				if task.Strength == strength && task.State == state {
					n++
				}
			}
			row, total = append(row, strconv.Itoa(n)), total+n
		}
		t.Rows = append(t.Rows, append(row, strconv.Itoa(total)))
	}
	return t
}

func (y Yearly) lateTable() paper.Table {
	t := paper.Table{Caption: "逾期的应办事项", Columns: []paper.Column{{Title: "任务", Width: 4}, {Title: "单位", Width: 4}, {Title: "应于", Width: 3}, {Title: "超（工作日）", Width: 3, Align: paper.Right}, {Title: "谁定的", Width: 2}}}
	for _, d := range y.Duties {
		if d.Overdue {
			t.Rows = append(t.Rows, []string{d.Task.Name.ZH, y.unitName(d.Unit), string(d.Due), strconv.Itoa(d.DaysLate), sourceWords[d.From]})
		}
	}
	if len(t.Rows) == 0 {
		t.Note = "没有。"
	}
	return t
}

func (y Yearly) unitName(id string) string {
	for _, u := range y.Units {
		if u.ID == id {
			return u.Name.ZH
		}
	}
	return id
}

func (y Yearly) taskTable() paper.Table {
	t := paper.Table{Caption: "全部任务", Columns: []paper.Column{{Title: "依据", Width: 4}, {Title: "任务", Width: 4}, {Title: "牵头", Width: 4}, {Title: "力度", Width: 2}, {Title: "状态", Width: 2}, {Title: "进度", Width: 2, Align: paper.Right}}}
	for _, v := range y.Tasks {
		t.Rows = append(t.Rows, []string{v.Clause.Label.ZH, v.Name.ZH, names(v.Lead), strengthWords[v.Strength], stateWords[v.State], percentWords(v.Percent)})
	}
	return t
}

func percentWords(n *int) string {
	if n == nil {
		return "—"
	}
	return strconv.Itoa(*n) + "%"
}

// sheets lays the report out for a spreadsheet, with every fact's id.
func (y Yearly) sheets() []paper.Sheet {
	targets := paper.Sheet{Name: "目标", Columns: []paper.Field{{Title: "编号"}, {Title: "目标"}, {Title: "依据"}, {Title: "口径"}, {Title: "单位"}, {Title: "比较"}, {Title: "年度目标", Kind: paper.Number},
		{Title: "现值", Kind: paper.Number}, {Title: "截至", Kind: paper.Date}, {Title: "预计年底", Kind: paper.Number}, {Title: "结论"}, {Title: "来源"}, {Title: "预计办法"}, {Title: "应报单位"}}}
	facts := paper.Sheet{Name: "口径与事实", Columns: []paper.Field{{Title: "目标"}, {Title: "口径"}, {Title: "是否计入"}, {Title: "事实编号"}}}
	for _, v := range y.Detail {
		reporter := ""
		if v.Reporter != nil {
			reporter = v.Reporter.Name.ZH
		}
		goal, comparator := any(nil), ""
		if v.Goal != nil && v.Goal.Value != "" {
			goal, comparator = rate(v.Goal.Value), map[Comparator]string{AtLeast: "不少于", Above: "超过"}[v.Goal.Comparator]
		}
		if len(v.Readings) == 0 {
			targets.Rows = append(targets.Rows, []any{v.ID, v.Name.ZH, v.Clause.Label.ZH, "", v.Unit, goalWords(v.Goal, v.Unit), nil, nil, clock.Date(""), nil, lightWords[v.Light], "", "", reporter})
		}
		for i, r := range v.Readings {
			forecast, method, asOf := any(nil), "", clock.Date("")
			if r.Forecast != nil {
				forecast, method = rate(r.Forecast.Value), r.Forecast.Method.ZH
			}
			if r.AsOf != nil {
				asOf = *r.AsOf
			}
			targets.Rows = append(targets.Rows, []any{v.ID, v.Name.ZH, v.Clause.Label.ZH, r.Name.ZH, v.Unit, comparator, goal, rate(r.Value), asOf, forecast, lightWords[r.Light], r.Source.ZH, method, reporter})
			for _, id := range v.Series[i].Facts {
				facts.Rows = append(facts.Rows, []any{v.Name.ZH, r.Name.ZH, "计入", id})
			}
			for _, b := range r.Beside {
				for _, id := range b.Facts {
					facts.Rows = append(facts.Rows, []any{v.Name.ZH, r.Name.ZH, b.Why.ZH, id})
				}
			}
		}
	}
	return []paper.Sheet{targets, facts, y.unitSheet(), y.taskSheet(), y.dutySheet(), y.areaSheet()}
}

// rate is a printed figure as a number of a sheet; nil for none.
func rate(s string) any {
	if s == "" {
		return nil
	}
	if r, err := money.ParseRate(s); err == nil {
		return r
	}
	return nil
}

func (y Yearly) unitSheet() paper.Sheet {
	s := paper.Sheet{Name: "责任单位", Columns: []paper.Field{{Title: "单位"}, {Title: "结论"}, {Title: "目标"}, {Title: "牵头", Kind: paper.Number}, {Title: "配合", Kind: paper.Number}, {Title: "完成", Kind: paper.Number},
		{Title: "未报告", Kind: paper.Number}, {Title: "逾期", Kind: paper.Number}}}
	for _, u := range y.Units {
		var goals []string
		for _, t := range u.Targets {
			goals = append(goals, t.Name.ZH+"："+lightWords[t.Light])
		}
		s.Rows = append(s.Rows, []any{u.Name.ZH, lightWords[u.Light], strings.Join(goals, "；"), u.Leads, u.Helps, u.Done, u.Silent, u.Overdue})
	}
	return s
}

func (y Yearly) taskSheet() paper.Sheet {
	s := paper.Sheet{Name: "任务", Columns: []paper.Field{{Title: "编号"}, {Title: "依据"}, {Title: "任务"}, {Title: "牵头"}, {Title: "配合"}, {Title: "力度"}, {Title: "状态"}, {Title: "期限", Kind: paper.Date}, {Title: "超（工作日）", Kind: paper.Number},
		{Title: "进度", Kind: paper.Percent}, {Title: "最近报告", Kind: paper.Date}, {Title: "说了什么"}}}
	for _, v := range y.Tasks {
		due, reported, percent := clock.Date(""), clock.Date(""), any(nil)
		if v.Due != nil {
			due = *v.Due
		}
		if v.Reported != nil {
			reported = *v.Reported
		}
		if v.Percent != nil {
			percent = money.Rate{Num: int64(*v.Percent), Den: 100}
		}
		s.Rows = append(s.Rows, []any{v.ID, v.Clause.Label.ZH, v.Name.ZH, names(v.Lead), names(v.Support), strengthWords[v.Strength], stateWords[v.State], due, v.Late, percent, reported, v.Said})
	}
	return s
}

func (y Yearly) dutySheet() paper.Sheet {
	s := paper.Sheet{Name: "应办事项", Columns: []paper.Field{{Title: "任务"}, {Title: "单位"}, {Title: "应于", Kind: paper.Date}, {Title: "谁定的"}, {Title: "要求"}, {Title: "完成", Kind: paper.Date}, {Title: "逾期"}, {Title: "超（工作日）", Kind: paper.Number}}}
	for _, d := range y.Duties {
		overdue := ""
		if d.Overdue {
			overdue = "逾期"
		}
		s.Rows = append(s.Rows, []any{d.Task.Name.ZH, y.unitName(d.Unit), d.Due, sourceWords[d.From], d.Goal, d.Done, overdue, d.DaysLate})
	}
	return s
}

func (y Yearly) areaSheet() paper.Sheet {
	s := paper.Sheet{Name: "各地场景", Columns: []paper.Field{{Title: "代码"}, {Title: "地方"}, {Title: "属于"}, {Title: "场景", Kind: paper.Number}}}
	for _, a := range y.Board.Areas {
		var n any
		if a.Scenes != nil {
			n = *a.Scenes
		}
		s.Rows = append(s.Rows, []any{a.Code, a.Name.ZH, a.PartOf, n})
	}
	return s
}
