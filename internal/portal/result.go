package portal

import (
	"net/url"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

func (s *Site) results(v *visit) error {
	var list listOf[awardView]
	params := only(v, "cursor", "q", "measure", "year")
	params.Set("limit", "50")
	data := struct {
		Query, Measure, Year, Fault string
		Items                       []awardView
		Next                        string
		Names                       map[string]measureHead
		Years                       []int
		Measures                    []string
	}{Query: v.query("q"), Measure: v.query("measure"), Year: v.query("year")}
	err := v.ask("listAwards", params, nil, &list)
	if f := fault.From(err); err != nil && f.Code == fault.Invalid { // a search that means too many, or a filter that is none
		v.status, data.Fault = f.Code.HTTPStatus(), f.Message.In(v.lang)
		if len(f.Fields) > 0 {
			data.Fault = f.Fields[0].Message.In(v.lang)
		}
	} else if err != nil {
		return err
	}
	data.Items, data.Next = list.Items, list.Next
	if data.Names, err = v.named(); err != nil {
		return err
	}
	var totals listOf[total]
	if err := v.ask("getAwardTotals", nil, nil, &totals); err != nil {
		return err
	}
	for _, t := range totals.Items {
		if len(data.Years) == 0 || data.Years[len(data.Years)-1] != t.Year {
			data.Years = append(data.Years, t.Year)
		}
		if t.Awards > 0 {
			data.Measures = append(data.Measures, t.Measure)
		}
	}
	return v.show("results", v.say("支持结果", "Results"), "results", data)
}

func (s *Site) result(v *visit) error {
	var a awardView
	if err := v.ask("getAward", url.Values{"number": {v.r.PathValue("number")}}, nil, &a); err != nil {
		return err
	}
	return v.show("result", a.Number, "results", a)
}

// check is the page on which a visitor's own browser checks an award. Without
// a script it still shows the proof, for whoever checks it with other tools.
func (s *Site) check(v *visit) error {
	v.script = true
	data := struct {
		Number string
		Proof  *proofView
		Fault  string
		Log    logView
	}{Number: v.query("number")}
	if err := v.ask("getLog", nil, nil, &data.Log); err != nil {
		return err
	}
	if data.Number != "" {
		var p proofView
		switch err := v.ask("getAwardProof", url.Values{"number": {data.Number}}, nil, &p); {
		case err == nil:
			data.Proof = &p
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			v.status, data.Fault = fault.From(err).Code.HTTPStatus(), fault.From(err).Message.In(v.lang)
		default:
			return err
		}
	}
	return v.show("check", v.say("核对一笔奖励", "Check an award"), "check", data)
}
