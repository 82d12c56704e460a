package target

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/paper"
)

// Yearly is everything that the yearly report says: the board, the units, the
// tasks and what they owe, as of one day. The same facts and reports give the
// same report.
type Yearly struct {
	Region string
	Board  Board
	Detail []TargetDetail
	Units  []UnitView
	Tasks  []TaskView
	Duties []Duty
}

// Yearly gathers a year's report; year 0 is the present one.
//
// Codes: invalid; unavailable.
func (s *Service) Yearly(ctx context.Context, year int) (y Yearly, err error) {
	if y.Board, err = s.Board(ctx, year); err != nil {
		return y, err
	}
	year = y.Board.Year
	for _, t := range y.Board.Targets {
		d, err := s.Detail(ctx, t.ID, year)
		if err != nil {
			return y, err
		}
		y.Detail = append(y.Detail, d)
	}
	if y.Units, err = s.Units(ctx, year); err != nil {
		return y, err
	}
	if y.Tasks, err = s.Tasks(ctx, TaskFilter{Year: year}); err != nil {
		return y, err
	}
	for _, p := range s.Plan.Places {
		if p.PartOf == "" {
			y.Region = p.Name.ZH
		}
	}
	y.Duties, err = s.Duties(ctx, year)
	return y, err
}

// Format is a file format of the yearly report.
type Format string

// The closed set of formats.
const (
	PDF  Format = "pdf"
	XLSX Format = "xlsx"
)

// FormatOf reads the format from a file's name.
//
// Codes: invalid.
func FormatOf(name string) (Format, error) {
	for _, f := range []Format{PDF, XLSX} {
		if strings.HasSuffix(strings.ToLower(name), "."+string(f)) {
			return f, nil
		}
	}
	return "", fault.Newf(fault.Invalid, "报告只有 .pdf 和 .xlsx 两种：请改文件名 %.80s。", "A report is .pdf or .xlsx: rename %.80s.", name)
}

// Write prints the report. It is in Chinese, as the offices that file it write.
//
// Codes: invalid for an unknown format; too_large.
func (y Yearly) Write(w io.Writer, f Format) error {
	switch f {
	case PDF:
		return paper.NewPress().PDF(w, y.document())
	case XLSX:
		return paper.Workbook(w, y.sheets())
	}
	_, err := FormatOf(string(f))
	return err
}

// Name is the report's file name without its ending.
func (y Yearly) Name() string {
	return fmt.Sprintf("%s%d年目标进展报告", y.Region, y.Board.Year)
}

var lightWords = map[Light]string{
	Behind: "落后", NoData: "待报数", Undecided: "待裁定", NoForecast: "有数、暂不能预计", OnPace: "按进度", Reached: "已达到", Later: "目标年未到", InWords: "以文字报告", "": "—",
}

var stateWords = map[TaskState]string{TaskOverdue: "逾期", TaskUnreported: "未报告", TaskOnWay: "推进中", TaskDone: "已完成"}

var strengthWords = map[Strength]string{Advance: "推进", Explore: "探索", Standing: "常态"}

var sourceWords = map[DutySource]string{FromClause: "条款", FromYearList: "年度清单", FromDecision: "会议决定"}

// goalWords writes a goal as the texts do.
func goalWords(g *GoalView, unit string) string {
	switch {
	case g == nil:
		return "—"
	case g.Value == "":
		return g.Words.ZH
	case g.Comparator == Above:
		return "超过 " + g.Value + " " + unit
	}
	return "不少于 " + g.Value + " " + unit
}

// sentence is what a director reads aloud.
func (y Yearly) sentence() string {
	var parts []string
	for _, l := range []Light{Reached, OnPace, Behind, Undecided, NoForecast, NoData, Later} {
		n := 0
		for _, t := range y.Board.Targets {
			if t.Light == l {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d 项", lightWords[l], n))
		}
	}
	overdue := 0
	for _, d := range y.Duties {
		if d.Overdue {
			overdue++
		}
	}
	out := fmt.Sprintf("截至%s，%d 项目标中：%s。", paper.Day(y.Board.On), len(y.Board.Targets), cmp.Or(strings.Join(parts, "，"), "都还没有数"))
	for _, t := range y.Board.Targets {
		if t.Light == Behind && len(t.Readings) == 1 && t.Readings[0].Forecast != nil {
			out += fmt.Sprintf("%s预计到年底 %s %s，差 %s。", t.Name.ZH, t.Readings[0].Forecast.Value, t.Unit, t.Readings[0].Forecast.Gap)
		}
	}
	return out + fmt.Sprintf("%d 项任务，逾期的应办事项 %d 件。", len(y.Tasks), overdue)
}

func names(units []Unit) string {
	out := make([]string, len(units))
	for i, u := range units {
		out[i] = u.Name.ZH
	}
	return strings.Join(out, "、")
}

func dayWords(d *clock.Date) string {
	if d == nil {
		return "—"
	}
	return string(*d)
}

// areaRows are the region's first level of places, the most scenes first; those
// of which nothing is known come last.
func (y Yearly) areaRows() []Area {
	root := ""
	for _, a := range y.Board.Areas {
		if a.PartOf == "" {
			root = a.Code
		}
	}
	var rows []Area
	for _, a := range y.Board.Areas {
		if a.PartOf == root && a.Code != root {
			rows = append(rows, a)
		}
	}
	slices.SortStableFunc(rows, func(a, b Area) int { return -cmp.Compare(scenesOr(a, -1), scenesOr(b, -1)) })
	return rows
}

func scenesOr(a Area, otherwise int) int {
	if a.Scenes == nil {
		return otherwise
	}
	return *a.Scenes
}
