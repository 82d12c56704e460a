package portal

import (
	"net/url"
	"slices"
)

// named finds the names of measures.
func (v *visit) named() (map[string]measureHead, error) {
	var measures listOf[measureHead]
	if err := v.ask("listMeasures", nil, nil, &measures); err != nil {
		return nil, err
	}
	names := make(map[string]measureHead, len(measures.Items))
	for _, m := range measures.Items {
		names[m.ID] = m
	}
	return names, nil
}

// calls lists the calls: those that are open, those to come, those that are over.
func (s *Site) calls(v *visit) error {
	var list listOf[callView]
	params := only(v, "cursor", "measure", "q")
	params.Set("limit", "50")
	if err := v.ask("listCalls", params, nil, &list); err != nil {
		return err
	}
	names, err := v.named()
	if err != nil {
		return err
	}
	data := struct {
		Query, Measure string
		Groups         []callGroup
		Names          map[string]measureHead
		Next           string
	}{v.query("q"), v.query("measure"), []callGroup{{Phases: []string{"open", "late"}}, {Phases: []string{"announced"}}, {Phases: []string{"over"}}}, names, list.Next}
	for _, c := range list.Items {
		for i := range data.Groups {
			if slices.Contains(data.Groups[i].Phases, c.Phase) {
				data.Groups[i].Calls = append(data.Groups[i].Calls, c)
			}
		}
	}
	return v.show("calls", v.say("申报通知", "Calls"), "calls", data)
}

type callGroup struct {
	Phases []string
	Calls  []callView
}

func (s *Site) call(v *visit) error {
	var c callView
	if err := v.ask("getCall", url.Values{"id": {v.r.PathValue("id")}}, nil, &c); err != nil {
		return err
	}
	var measures []measureFull
	for _, o := range c.Terms.Offers {
		var m measureFull
		if err := v.ask("getMeasure", url.Values{"id": {o.Measure}}, nil, &m); err != nil {
			return err
		}
		measures = append(measures, m)
	}
	return v.show("call", c.Terms.Name.In(v.lang), "calls", struct {
		callView
		Measures []measureFull
	}{c, measures})
}
