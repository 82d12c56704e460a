package portal

import (
	"net/url"
	"slices"
	"strings"
)

// contains reports whether one of some texts has a part, letters of any case.
func contains(part string, texts ...string) bool {
	part = strings.ToLower(strings.TrimSpace(part))
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), part) })
}

// policies lists the documents with what each pays for, or what a search finds:
// clauses that have every word, else what the documents say to a question.
func (s *Site) policies(v *visit) error {
	data := struct {
		Query     string
		Found     []found
		Reply     reply
		Documents []documentRow
		Measures  map[string][]measureHead // by document
	}{Query: strings.TrimSpace(v.query("q")), Measures: map[string][]measureHead{}}
	title := v.say("政策", "Policies")
	if data.Query != "" {
		var hits listOf[found]
		if err := v.ask("searchPolicy", url.Values{"q": {data.Query}, "limit": {"50"}}, nil, &hits); err != nil {
			return err
		}
		if data.Found = hits.Items; len(data.Found) == 0 {
			if err := v.ask("askPolicy", url.Values{"q": {data.Query}}, nil, &data.Reply); err != nil {
				return err
			}
		}
		return v.show("policies", title, "policies", data)
	}
	var documents listOf[documentRow]
	if err := v.ask("listDocuments", nil, nil, &documents); err != nil {
		return err
	}
	var measures listOf[measureHead]
	if err := v.ask("listMeasures", nil, nil, &measures); err != nil {
		return err
	}
	data.Documents = documents.Items
	for _, m := range measures.Items {
		data.Measures[m.Document] = append(data.Measures[m.Document], m)
	}
	slices.SortStableFunc(data.Documents, func(a, b documentRow) int { // what holds before what is only a draft
		return strings.Compare(order(a.Status), order(b.Status))
	})
	return v.show("policies", title, "policies", data)
}

func order(status string) string {
	return map[string]string{"in_force": "0", "draft": "1"}[status] + status
}

// measure explains one measure: who, how much, an example, what to show, the
// clause with the text's own words where they are there.
func (s *Site) measure(v *visit) error {
	var m measureFull
	if err := v.ask("getMeasure", url.Values{"id": {v.r.PathValue("id")}}, nil, &m); err != nil {
		return err
	}
	var d documentFull
	if err := v.ask("getDocument", url.Values{"id": {m.Document}}, nil, &d); err != nil {
		return err
	}
	data := struct {
		measureFull
		Words *clauseView // the clause with the text's own words, where it has them
		Try   bool        // an estimate can be made
	}{m, nil, false}
	var form estimateForm
	if err := v.ask("getEstimateForm", nil, nil, &form); err != nil {
		return err
	}
	for _, one := range form.Measures {
		data.Try = data.Try || one.ID == m.ID
	}
	for i := range d.List {
		if d.List[i].Path == m.Clause.Path {
			data.Words = &d.List[i]
		}
	}
	return v.show("measure", m.Name.In(v.lang), "policies", data)
}

func (s *Site) document(v *visit) error {
	var d documentFull
	if err := v.ask("getDocument", url.Values{"id": {v.r.PathValue("id")}}, nil, &d); err != nil {
		return err
	}
	return v.show("document", d.Title.In(v.lang), "policies", d)
}

func (s *Site) questions(v *visit) error {
	var all listOf[openQuestion]
	if err := v.ask("listQuestions", nil, nil, &all); err != nil {
		return err
	}
	if q := v.query("q"); q != "" {
		all.Items = slices.DeleteFunc(all.Items, func(one openQuestion) bool {
			return !contains(q, one.ID, one.Title.ZH, one.Title.EN, one.Text.ZH, one.Text.EN)
		})
	}
	return v.show("questions", v.say("条文留下的问题", "What the texts leave open"), "policies", struct {
		Query string
		Items []openQuestion
	}{v.query("q"), all.Items})
}
