package referral

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// SourceView is a fund or another source as everybody may read it.
type SourceView struct {
	ID         string          `json:"id"`
	Kind       Kind            `json:"kind" enum:"fund,special,bond,loan"`
	Instrument Instrument      `json:"instrument" enum:"equity,grant,debt"`
	Name       i18n.Text       `json:"name"`
	Clauses    []rule.Citation `json:"clauses" doc:"That name it"`
	Draft      bool            `json:"draft" doc:"Only drafts name it: nothing is sent to it yet"`
	Example    bool            `json:"example" doc:"Whom it wants is an example ruling: it publishes no mandate"`
	Applicants []string        `json:"applicants"`
	Stages     []Stage         `json:"stages" doc:"Empty: any"`
	Industries []NamedIndustry `json:"industries" doc:"Empty: any"`
	Uses       []Use           `json:"uses"`
	Places     []string        `json:"places" doc:"Empty: anywhere"`
	Least      money.Fen       `json:"least_fen"`
	Most       money.Fen       `json:"most_fen"`
	Share      string          `json:"share" doc:"Of a project's cost at most: 50%"`
}

// NamedIndustry is one of the region's industries.
type NamedIndustry struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// ProjectView is a project as its organisation and officers read it.
type ProjectView struct {
	ID       string        `json:"id"`
	Number   string        `json:"number" doc:"What people quote: XM-2025-0001"`
	Org      OrgRef        `json:"org"`
	File     File          `json:"file"`
	Cost     money.Fen     `json:"cost_fen" doc:"All cost lines together"`
	Asked    money.Fen     `json:"asked_fen" doc:"Of all sources to which it was sent and that did not decline"`
	Created  time.Time     `json:"created_at"`
	Updated  time.Time     `json:"updated_at"`
	Sendings []SendingView `json:"sendings" doc:"In their order; empty in lists"`
	Revision int64         `json:"revision" doc:"Name it in the next write"`
}

// OrgRef names an organisation.
type OrgRef struct {
	Code ident.CreditCode `json:"code"`
	Name string           `json:"name"`
}

// SendingView is a file on its way to a source.
type SendingView struct {
	ID          string       `json:"id"`
	Source      string       `json:"source"`
	SourceName  i18n.Text    `json:"source_name"`
	Amount      money.Fen    `json:"amount_fen"`
	Lines       []string     `json:"lines" doc:"Ids of the cost lines that it is to bear"`
	Digest      string       `json:"digest" doc:"SHA-256 of the file as it was sent"`
	Edition     int64        `json:"edition" doc:"Version of the project that was sent; 0 for one from before editions were kept"`
	State       State        `json:"state" enum:"sent,asked_back,meeting,declined,reported,disputed,invested,withdrawn"`
	By          string       `json:"by"`
	At          time.Time    `json:"at"`
	Answers     []AnswerView `json:"answers"`
	MayAnswer   bool         `json:"may_answer" doc:"The signed-in person may record an answer"`
	MayJudge    bool         `json:"may_judge" doc:"The signed-in person may check the money that was reported"`
	MayWithdraw bool         `json:"may_withdraw"`
	Revision    int64        `json:"revision"`
}

// AnswerView is what a source said.
type AnswerView struct {
	State  State      `json:"state" enum:"asked_back,meeting,declined,reported,disputed,invested,withdrawn"`
	On     clock.Date `json:"on"`
	Amount money.Fen  `json:"amount_fen"`
	Note   string     `json:"note"`
	By     string     `json:"by"`
	At     time.Time  `json:"at"`
}

// EditionRow is one write of a project in its history.
type EditionRow struct {
	Version int64     `json:"version"`
	By      string    `json:"by" doc:"Empty for what was written before editions were kept"`
	At      time.Time `json:"at"`
	Changed []Part    `json:"changed" enum:"name,summary,industry,stage,place,instruments,sought_fen,costs,papers" doc:"Parts that differ from the edition before; empty for the first that is kept"`
}

// EditionView is what a project said at a version.
type EditionView struct {
	EditionRow
	File   File      `json:"file"`
	Cost   money.Fen `json:"cost_fen" doc:"All cost lines together"`
	Digest string    `json:"digest" doc:"SHA-256 of the file"`
	Was    *File     `json:"was" doc:"The file before it; null for the first that is kept"`
}

// FitView is how a source and a project go together.
type FitView struct {
	Fit
	Name  i18n.Text `json:"name"`
	Draft bool      `json:"draft"`
}

func (s *Service) sourceView(src *Source) SourceView {
	m := &src.Mandate
	v := SourceView{ID: src.ID, Kind: src.Kind, Instrument: src.Instrument, Name: src.Name, Clauses: []rule.Citation{}, Draft: src.draft, Example: s.Sources.Example, Applicants: m.Applicants,
		Stages: some(m.Stages), Industries: []NamedIndustry{}, Uses: some(m.Uses), Places: some(m.Places), Least: m.least, Most: m.most, Share: m.share.Percent()}
	for _, c := range src.Clauses {
		v.Clauses = append(v.Clauses, rule.Citation{Document: c.Document, Path: c.Path, Label: s.Pack.Label(c)})
	}
	for _, id := range m.Industries {
		v.Industries = append(v.Industries, NamedIndustry{id, s.Sources.industries[id]})
	}
	return v
}

func (s *Service) projectViews(ctx context.Context, by Actor, list []Project, whole bool) ([]ProjectView, error) {
	codes := make([]ident.CreditCode, len(list))
	for i := range list {
		codes[i] = list[i].Org
	}
	names, err := s.Registry.Names(ctx, codes)
	if err != nil {
		return nil, err
	}
	out := make([]ProjectView, 0, len(list))
	for i := range list {
		p := &list[i]
		cost, err := p.File.Cost()
		if err != nil {
			return nil, err
		}
		v := ProjectView{ID: p.ID, Number: p.Number, Org: OrgRef{p.Org, names[p.Org]}, File: p.File, Cost: cost, Created: p.Created, Updated: clock.FromMicros(p.Updated), Sendings: []SendingView{}, Revision: p.Version}
		v.File = v.File.shown()
		sendings, err := s.Store.Sendings(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		for j := range sendings {
			if sendings[j].State.Live() {
				v.Asked += sendings[j].Amount
			}
			if whole {
				v.Sendings = append(v.Sendings, s.sendingView(by, &sendings[j]))
			}
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) sendingView(by Actor, x *Sending) SendingView {
	waits := x.State == Reported
	open := !x.State.over() && !waits
	v := SendingView{ID: x.ID, Source: x.Source, SourceName: s.name(x.Source), Amount: x.Amount, Lines: []string{}, Digest: x.Digest, Edition: x.Edition, State: x.State, By: x.ByName, At: x.At, Answers: []AnswerView{},
		MayAnswer: open && by.Role == string(party.Office), MayJudge: waits && by.Role == string(party.Finance) && x.reported().Person != by.Person, MayWithdraw: open && by.Role == string(party.OrgManager), Revision: x.Version}
	for _, b := range x.Lines {
		v.Lines = append(v.Lines, b.Line)
	}
	for _, a := range x.Answers {
		v.Answers = append(v.Answers, AnswerView{a.State, a.On, a.Amount, a.Note, a.Name, a.At})
	}
	return v
}

// some is a list that is never null in an answer.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// shown is a file whose lists are never null.
func (f File) shown() File {
	f.Costs, f.Papers, f.Instruments = some(f.Costs), some(f.Papers), some(f.Instruments)
	return f
}

// editionRow is an edition in the history; was is the one before, nil for the
// first that is kept.
func editionRow(e, was *Edition) EditionRow {
	row := EditionRow{Version: e.Version, By: e.ByName, At: e.At, Changed: []Part{}}
	if was != nil {
		row.Changed = Changed(&was.File, &e.File)
	}
	return row
}

func editionView(e, was *Edition) (EditionView, error) {
	cost, err := e.File.Cost()
	v := EditionView{EditionRow: editionRow(e, was), File: e.File.shown(), Cost: cost, Digest: e.File.Digest()}
	if was != nil {
		before := was.File.shown()
		v.Was = &before
	}
	return v, err
}
