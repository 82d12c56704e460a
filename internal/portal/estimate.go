package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// calculator is "what could my company get?": two steps, the second sent in a
// form's body so that no address, history or log keeps what was typed.
type calculator struct {
	estimateForm
	Kind    string
	Local   bool
	Chosen  []string
	Answers map[string]string
	Faults  map[string]string
	Fault   string
	Result  *estimated
}

// mostChosen is how many measures one calculation takes.
const mostChosen = 12

// Picked reports whether a measure was chosen.
func (c calculator) Picked(id string) bool { return slices.Contains(c.Chosen, id) }

func (s *Site) calculator(v *visit) error {
	query := v.r.URL.Query()
	c := calculator{Kind: v.query("kind"), Local: v.query("local") != "no", Chosen: chosen(query["measure"])}
	if err := v.ask("getEstimateForm", url.Values{"measure": c.Chosen}, nil, &c.estimateForm); err != nil {
		return err
	}
	return v.showCalculator(c)
}

func (v *visit) showCalculator(c calculator) error {
	if c.Kind == "" {
		c.Kind = "enterprise"
	}
	return v.show("calculator", v.say("我的单位大约能得多少", "What could my company get?"), "calculator", c)
}

func chosen(ids []string) []string {
	var out []string
	for _, id := range ids {
		if id != "" && len(id) <= 40 && !slices.Contains(out, id) && len(out) < mostChosen {
			out = append(out, id)
		}
	}
	return out
}

// calculated computes for what was typed and shows it to nobody else.
func (s *Site) calculated(v *visit) error {
	v.private = true
	if err := v.parse(); err != nil {
		return err
	}
	form := v.r.PostForm
	c := calculator{Kind: form.Get("kind"), Local: form.Get("local") != "no", Chosen: chosen(form["measure"]), Answers: map[string]string{}, Faults: map[string]string{}}
	if err := v.ask("getEstimateForm", url.Values{"measure": c.Chosen}, nil, &c.estimateForm); err != nil {
		return err
	}
	for _, q := range c.Questions {
		value := strings.TrimSpace(form.Get("a." + q.Path))
		if q.Kind == "money" {
			value = plainYuan(value)
		}
		if value != "" && len(value) <= longest {
			c.Answers[q.Path] = value
		}
	}
	var result estimated
	err := v.ask("estimate", nil, map[string]any{"kind": c.Kind, "local": c.Local, "measures": append([]string{}, c.Chosen...), "answers": c.Answers}, &result)
	switch f := fault.From(err); {
	case err == nil:
		c.Result = &result
	case f.Code.HTTPStatus() >= http.StatusInternalServerError:
		return err
	default:
		v.status, c.Fault = f.Code.HTTPStatus(), f.Message.In(v.lang)
		for _, field := range f.Fields {
			c.Faults[strings.TrimPrefix(field.Path, "answers.")] = field.Message.In(v.lang)
		}
	}
	return v.showCalculator(c)
}

// plainYuan takes the separators and the sign out of an amount as people write it.
func plainYuan(typed string) string {
	return strings.NewReplacer(",", "", "，", "", " ", "", "¥", "", "￥", "", "元", "").Replace(typed)
}
