package exception

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper"
)

// Report is all exceptions of a year with their reasons, approvers and amounts:
// what is paid off the formula is shown together in one place.
type Report struct {
	Year     int       `json:"year"`
	Count    int       `json:"count"`
	Approved money.Fen `json:"approved_fen" doc:"Of the approved"`
	Paid     money.Fen `json:"paid_fen"`
	Waiting  int       `json:"waiting" doc:"That wait for an opinion"`
	Items    []View    `json:"items"`
}

// Year reports on a year's exceptions, the newest change first.
//
// Codes: unavailable.
func (s *Service) Year(ctx context.Context, by Actor, year int) (Report, error) {
	r := Report{Year: year, Items: []View{}}
	const page = 500
	for f := (Filter{Year: year, Limit: page}); ; {
		list, err := s.Store.List(ctx, f)
		if err != nil {
			return r, err
		}
		views, err := s.views(ctx, by, list)
		if err != nil {
			return r, err
		}
		r.Items = append(r.Items, views...)
		if len(list) < page {
			break
		}
		f.Before = list[len(list)-1].Cursor()
	}
	for i := range r.Items {
		v := &r.Items[i]
		var err error
		switch v.State {
		case Approved:
			if r.Approved, err = r.Approved.Add(v.Amount); err != nil {
				return r, err
			}
		case Proposed:
			r.Waiting++
		}
		if v.Case != nil {
			if r.Paid, err = r.Paid.Add(v.Case.Paid); err != nil {
				return r, err
			}
		}
	}
	r.Count = len(r.Items)
	return r, nil
}

// words are what the workbook calls things.
var words = map[string]string{
	string(KeyEnterprise): "重点企业", string(MajorProject): "重大项目",
	string(OtherAmount): "金额不按公式", string(WaivedCondition): "条件豁免", string(NoMeasure): "没有对应措施",
	string(Proposed): "待审批", string(Approved): "已同意", string(Refused): "未同意", string(Withdrawn): "已撤回",
	string(OfficeSeat): "主管部门", string(FinanceSeat): "财政", string(Approve): "同意", string(Refuse): "不同意",
}

// Workbook writes the report as XLSX: one sheet of exceptions, one of opinions.
func (r *Report) Workbook() ([]byte, error) {
	all := paper.Sheet{Name: "一事一议", Columns: []paper.Field{{Title: "编号"}, {Title: "单位"}, {Title: "统一社会信用代码"}, {Title: "类别"}, {Title: "依据"}, {Title: "措施"}, {Title: "与公式的不同"}, {Title: "事项"},
		{Title: "金额", Kind: paper.Money}, {Title: "理由"}, {Title: "提出人"}, {Title: "提出日期", Kind: paper.Date}, {Title: "状态"}, {Title: "审批人"}, {Title: "申报编号"}, {Title: "应付", Kind: paper.Money}, {Title: "已付", Kind: paper.Money}, {Title: "材料"}}}
	opinions := paper.Sheet{Name: "审批意见", Columns: []paper.Field{{Title: "编号"}, {Title: "席位"}, {Title: "审批人"}, {Title: "意见"}, {Title: "理由"}, {Title: "日期", Kind: paper.Date}}}
	for i := range r.Items {
		v := &r.Items[i]
		var approvers, papers []string
		for _, o := range v.Opinions {
			approvers = append(approvers, o.Name+"（"+words[string(o.Seat)]+"，"+words[string(o.Verdict)]+"）")
			opinions.Rows = append(opinions.Rows, []any{v.Number, words[string(o.Seat)], o.Name, words[string(o.Verdict)], o.Reason, day(o.At)})
		}
		for _, p := range v.Papers {
			papers = append(papers, p.Name)
		}
		number, due, paid := "", any(nil), any(nil)
		if v.Case != nil {
			number, due, paid = v.Case.Number, v.Case.Due, v.Case.Paid
		}
		all.Rows = append(all.Rows, []any{v.Number, v.Org.Name, string(v.Org.Code), words[string(v.Kind)], v.Clause.Label.ZH, v.MeasureName.ZH, words[string(v.Departure)], v.Matter, v.Amount, v.Reason,
			v.ProposedBy, day(v.Proposed), words[string(v.State)], strings.Join(approvers, "；"), number, due, paid, strings.Join(papers, "；")})
	}
	var out bytes.Buffer
	err := paper.Workbook(&out, []paper.Sheet{all, opinions})
	return out.Bytes(), err
}

// Name is what the report's file is called, without its ending.
func (r *Report) Name() string { return "exceptions-" + strconv.Itoa(r.Year) }
