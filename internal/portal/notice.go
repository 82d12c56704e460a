package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// maxForm bounds what somebody sends with a form.
const maxForm = 64 << 10

func (s *Site) notices(v *visit) error {
	var list listOf[noticeView]
	params := only(v, "cursor", "q")
	params.Set("limit", "50")
	if err := v.ask("listNotices", params, nil, &list); err != nil {
		return err
	}
	data := struct {
		Query         string
		Current, Past []noticeView
		Next          string
	}{Query: v.query("q"), Next: list.Next}
	for _, n := range list.Items {
		if n.Over {
			data.Past = append(data.Past, n)
		} else {
			data.Current = append(data.Current, n)
		}
	}
	return v.show("notices", v.say("公示", "Public notices"), "results", data)
}

// noticePage is a notice with its rows, and an objection that is being written.
type noticePage struct {
	noticeView
	Rows      []noticeRow
	NextRow   string
	Answers   []answerView // to objections
	NextReply string
	Asked     string // number of the objection whose answer is looked for
	Names     map[string]measureHead
	Objection objection
	Receipt   *receipt
}

// objection is what somebody typed. It is shown back to them alone.
type objection struct {
	Row                 int
	Name, Contact, Body string
	Faults              map[string]string // by field
	Fault               string
}

func (s *Site) notice(v *visit) error {
	p, err := v.readNotice()
	if err != nil {
		return err
	}
	p.Objection.Row = v.number("row")
	return v.show("notice", p.Title.In(v.lang), "results", p)
}

func (v *visit) readNotice() (p noticePage, err error) {
	id := v.r.PathValue("id")
	if err = v.ask("getNotice", url.Values{"id": {id}}, nil, &p.noticeView); err != nil {
		return p, err
	}
	params := only(v, "cursor")
	params.Set("id", id)
	params.Set("limit", "100")
	var rows listOf[noticeRow]
	if err = v.ask("listNoticeRows", params, nil, &rows); err != nil {
		return p, err
	}
	p.Rows, p.NextRow = rows.Items, rows.Next
	p.Asked = v.query("objection")
	params = url.Values{"id": {id}, "limit": {"50"}}
	if p.Asked != "" {
		params.Set("number", strings.TrimSpace(p.Asked))
	}
	if cursor := v.query("answers"); cursor != "" {
		params.Set("cursor", cursor)
	}
	var answers listOf[answerView]
	if err = v.ask("listNoticeAnswers", params, nil, &answers); err != nil {
		return p, err
	}
	p.Answers, p.NextReply = answers.Items, answers.Next
	p.Names, err = v.named()
	return p, err
}

// object takes an objection. Whoever brings it need not sign in; who they are
// is for the office only. What is wrong is said beside the field, and what was
// typed stays.
func (s *Site) object(v *visit) error {
	v.private = true
	if err := v.parse(); err != nil {
		return err
	}
	p, err := v.readNotice()
	if err != nil {
		return err
	}
	row, _ := strconv.Atoi(v.r.PostFormValue("row")) // no row is one that the notice lacks, and said so
	o := objection{Row: row, Name: v.r.PostFormValue("name"), Contact: v.r.PostFormValue("contact"), Body: v.r.PostFormValue("body"), Faults: map[string]string{}}
	var kept receipt
	err = v.ask("objectToNotice", url.Values{"id": {p.ID}}, map[string]any{"row": o.Row, "name": o.Name, "contact": o.Contact, "body": o.Body}, &kept)
	switch f := fault.From(err); {
	case err == nil:
		p.Receipt = &kept
	case f.Code.HTTPStatus() >= http.StatusInternalServerError:
		return err
	default:
		v.status = f.Code.HTTPStatus()
		o.Fault = f.Message.In(v.lang)
		for _, field := range f.Fields {
			o.Faults[lastOf(field.Path)] = field.Message.In(v.lang)
		}
		p.Objection = o
	}
	return v.show("notice", p.Title.In(v.lang), "results", p)
}

// parse reads a form of bounded size.
func (v *visit) parse() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		return fault.Newf(fault.Invalid, "表单读不懂，或超过 64 KB：请返回后重新填写。", "The form cannot be read, or is above 64 kB: go back and fill it in again.").Because(err)
	}
	return nil
}

// lastOf is the last part of a fault's path, which is the field's name.
func lastOf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return path[i+1:]
		}
	}
	return path
}
