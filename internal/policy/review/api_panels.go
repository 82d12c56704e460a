package review

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func (s *Service) registerPanels(api huma.API) {
	httpapi.Register(api, op("listPanels", http.MethodGet, "/panels", "Panels, the last changed first", tagPanels), s.listPanels)
	httpapi.Register(api, op("listPanelCandidates", http.MethodGet, "/panel-candidates", "Cases of a measure and year that may go before a panel", tagPanels), s.listCandidates)
	httpapi.Register(api, post("openPanel", "/panels", "Put cases before a panel and fix the nonce of its draw", tagPanels),
		func(ctx context.Context, in *openPanelInput) (*body[panelBody], error) {
			b := in.Body
			p, err := s.OpenPanel(ctx, party.ActorOf(ctx), OpenPanelInput{Name: b.Name, Measure: b.Measure, Year: b.Year, Cases: b.Cases, Wants: b.Wants, Blind: b.Blind})
			return s.shown(ctx, p.ID, err)
		})
	httpapi.Register(api, op("getPanel", http.MethodGet, "/panels/{id}", "A panel: draw, members, progress, and the marks once all are final", tagPanels),
		func(ctx context.Context, in *httpapi.IDPath) (*body[panelBody], error) {
			return s.shown(ctx, in.ID, nil)
		})
	httpapi.Register(api, op("drawPanel", http.MethodPost, "/panels/{id}/draw", "Draw the members; it is done once", tagPanels),
		func(ctx context.Context, in *panelActInput) (*body[panelBody], error) {
			_, err := s.DrawPanel(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("closePanel", http.MethodPost, "/panels/{id}/close", "End a panel whose scores are complete", tagPanels),
		func(ctx context.Context, in *panelActInput) (*body[panelBody], error) {
			_, err := s.ClosePanel(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("cancelPanel", http.MethodPost, "/panels/{id}/cancel", "End a panel without a result", tagPanels),
		func(ctx context.Context, in *panelReasonInput) (*body[panelBody], error) {
			_, err := s.CancelPanel(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision, in.Body.Reason)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("releaseCase", http.MethodPost, "/panels/{id}/release", "Take one case away from a panel", tagPanels),
		func(ctx context.Context, in *releaseInput) (*body[panelBody], error) {
			_, err := s.ReleaseCase(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision, in.Body.Case, in.Body.Reason)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("reopenScore", http.MethodPost, "/panels/{id}/reopen", "Let a member give another score; the old one stays on record", tagPanels),
		func(ctx context.Context, in *reopenInput) (*body[panelBody], error) {
			_, err := s.ReopenScore(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision, in.Body.Case, in.Body.Expert, in.Body.Reason)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("verifyPanel", http.MethodPost, "/panels/{id}/verify", "Draw again from the published seed and compare", tagPanels),
		func(ctx context.Context, in *httpapi.IDPath) (*body[Verification], error) {
			return answer(s.Verify(ctx, in.ID))
		})
	httpapi.Register(api, post("recordMeeting", "/panels/{id}/meetings", "Record what the panel decided together", tagPanels),
		func(ctx context.Context, in *meetingInput) (*body[panelBody], error) {
			b := in.Body
			_, err := s.RecordMeeting(ctx, party.ActorOf(ctx), MeetingInput{Panel: in.ID, Held: b.Held, Place: b.Place, Chair: b.Chair, Present: b.Present, Decisions: b.Decisions, Minutes: b.Minutes})
			return s.shown(ctx, in.ID, err)
		})
}

type openPanelInput struct {
	Body struct {
		Name    string   `json:"name" maxLength:"100"`
		Measure string   `json:"measure" maxLength:"40"`
		Year    int      `json:"year"`
		Cases   []string `json:"cases" maxItems:"60"`
		Wants   []Want   `json:"wants" maxItems:"20"`
		Blind   bool     `json:"blind" doc:"Members do not see who applies"`
	}
}

type panelActInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64 `json:"revision" doc:"The revision that was read"`
	}
}

type panelReasonInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type releaseInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Case     string `json:"case" maxLength:"64"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type reopenInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Case     string `json:"case" maxLength:"64"`
		Expert   string `json:"expert" maxLength:"64"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type meetingInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Held      clock.Date `json:"held_on"`
		Place     string     `json:"place" maxLength:"400"`
		Chair     string     `json:"chair" maxLength:"64"`
		Present   []string   `json:"present" maxItems:"40"`
		Decisions []Decision `json:"decisions" maxItems:"60"`
		Minutes   string     `json:"minutes" maxLength:"20000"`
	}
}

// PanelRow is a panel in a list.
type PanelRow struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Measure string     `json:"measure"`
	Year    int        `json:"year"`
	State   PanelState `json:"state" enum:"open,scoring,complete,closed,cancelled"`
	Blind   bool       `json:"blind"`
	Cases   []Case     `json:"cases"`
	Final   int        `json:"final" doc:"Scores that are final"`
	Seats   int        `json:"seats" doc:"Scores that the panel must give"`
	Created time.Time  `json:"created_at"`
	Updated time.Time  `json:"updated_at"`
}

// panelBody is a panel with everything that an office or an auditor may see.
type panelBody struct {
	PanelRow
	Revision   int64      `json:"revision" doc:"Name it in the next write"`
	Wants      []Want     `json:"wants"`
	Sheet      Sheet      `json:"sheet"`
	Outlier    Outlier    `json:"outlier"`
	Commitment string     `json:"commitment" doc:"SHA-256 of the nonce, published when the panel was opened"`
	Nonce      string     `json:"nonce" doc:"Empty before the draw"`
	Draw       *Drawn     `json:"draw" doc:"Null before the draw"`
	Table      []caseLine `json:"table" doc:"One line a case"`
	Meetings   []Meeting  `json:"meetings"`
	History    []event    `json:"history"`
	Allowed    []string   `json:"allowed" doc:"What the office may do now"`
}

// caseLine is how far one case has come; its result only once the panel is complete.
type caseLine struct {
	Case   Case       `json:"case"`
	Seats  []seatLine `json:"seats"`
	Short  bool       `json:"short" doc:"Fewer judge it than it needs, and nobody is left to draw"`
	Result *Settled   `json:"result" doc:"Null until every score of the panel is final"`
}

// seatLine is one expert before one case.
type seatLine struct {
	Expert   string     `json:"expert"`
	Name     string     `json:"name"`
	Field    string     `json:"field"`
	State    string     `json:"state" enum:"waiting,begun,final,left"`
	Replaces bool       `json:"replaces" doc:"Came for somebody who left"`
	Why      *Conflict  `json:"why" doc:"Why the expert left; null otherwise"`
	Score    *scoreBody `json:"score" doc:"Null until every score of the panel is final"`
	Counts   bool       `json:"counts" doc:"The outlier rule lets it count"`
	Apart    bool       `json:"apart" doc:"Far from the median"`
}

// scoreBody is a score as a reader may see it.
type scoreBody struct {
	ID        string     `json:"id"`
	Final     bool       `json:"final"`
	Marks     []Mark     `json:"marks"`
	Total     Points     `json:"total"`
	Comment   string     `json:"comment"`
	Corrects  string     `json:"corrects" doc:"Id of the score that it replaces"`
	Revision  int64      `json:"revision" doc:"Name it in the next write; 0 before the first"`
	Saved     *time.Time `json:"saved_at"`
	Submitted *time.Time `json:"submitted_at"`
}

func scoreOf(s Score) scoreBody {
	out := scoreBody{s.ID, s.Final, s.Marks, s.Total, s.Comment, s.Corrects, s.Version, nil, nil}
	if !s.Saved.IsZero() {
		out.Saved = &s.Saved
	}
	if !s.Submitted.IsZero() {
		out.Submitted = &s.Submitted
	}
	return out
}

// event is one act on a panel.
type event struct {
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`
	Name   string    `json:"name" doc:"Who"`
	Role   string    `json:"role"`
	Case   string    `json:"case" doc:"Number of the case; empty for the whole panel"`
	Expert string    `json:"expert" doc:"Name of the expert it is about"`
	Note   i18n.Text `json:"note"`
}

type listPanelsInput struct {
	httpapi.PageInput
	Measure string     `query:"measure" maxLength:"40"`
	Year    int        `query:"year" minimum:"0" maximum:"2200"`
	State   PanelState `query:"state" enum:"open,scoring,complete,closed,cancelled"`
	Q       string     `query:"q" maxLength:"100" doc:"Part of its name, or of a case's number"`
}

func (s *Service) listPanels(ctx context.Context, in *listPanelsInput) (*body[httpapi.Page[PanelRow]], error) {
	after, err := httpapi.After(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	before := ""
	if after[0] != "" {
		before = strings.Join(after, "/")
	}
	panels, err := s.Store.Panels(ctx, PanelFilter{Measure: in.Measure, Year: in.Year, State: in.State, Query: strings.TrimSpace(in.Q), Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(panels, in.Limit, func(p Panel) []string { return []string{decimal(int(p.Updated)), p.ID} })
	out := httpapi.Page[PanelRow]{Items: make([]PanelRow, 0, len(page.Items)), Next: page.Next}
	for _, p := range page.Items {
		row, _, err := s.panelView(ctx, p, nil)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, row)
	}
	return &body[httpapi.Page[PanelRow]]{out}, nil
}

type listCandidatesInput struct {
	Measure string `query:"measure" required:"true" maxLength:"40"`
	Year    int    `query:"year" required:"true" minimum:"2000" maximum:"2200"`
}

// candidateCase is a case that may go before a panel.
type candidateCase struct {
	ID      string `json:"id"`
	Number  string `json:"number"`
	OrgName string `json:"org_name"`
	Object  string `json:"object"`
	Panel   string `json:"panel" doc:"Name of the panel it is before already; empty for none"`
}

type candidateList struct {
	Items []candidateCase `json:"items"`
}

func (s *Service) listCandidates(ctx context.Context, in *listCandidatesInput) (*body[candidateList], error) {
	subjects, err := s.Cases.Cases(ctx, in.Measure, in.Year)
	if err != nil {
		return nil, err
	}
	panels, err := s.Store.Panels(ctx, PanelFilter{Measure: in.Measure, Year: in.Year})
	out := candidateList{Items: make([]candidateCase, 0, len(subjects))}
	for _, c := range subjects {
		one := candidateCase{c.ID, c.Number, c.OrgName, c.Object, ""}
		for _, p := range panels {
			if p.State != PanelCancelled && p.has(c.ID) {
				one.Panel = p.Name
			}
		}
		out.Items = append(out.Items, one)
	}
	return answer(out, err)
}

// shown answers with the panel as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*body[panelBody], error) {
	if err != nil {
		return nil, err
	}
	p, err := s.Store.Panel(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	out := panelBody{Revision: p.Version, Wants: p.Wants, Sheet: p.Sheet, Outlier: p.Outlier, Commitment: p.Commitment, Draw: p.Draw, Allowed: []string{}}
	if p.Draw != nil {
		out.Nonce = p.Nonce
	}
	if out.PanelRow, out.Table, err = s.panelView(ctx, p, names); err != nil {
		return nil, err
	}
	if out.Meetings, err = s.Meetings(ctx, id); err != nil {
		return nil, err
	}
	if out.History, err = s.history(ctx, p, names); err != nil {
		return nil, err
	}
	for _, act := range []PanelAction{PanelDraw, PanelReopen, PanelRelease, PanelClose, PanelCancel} {
		if p.Can(act) {
			out.Allowed = append(out.Allowed, string(act))
		}
	}
	return &body[panelBody]{out}, nil
}

// panelView is a panel's line and its table. A mark is shown once every score
// of the panel is final, and to nobody before.
func (s *Service) panelView(ctx context.Context, p Panel, names map[string]string) (PanelRow, []caseLine, error) {
	row := PanelRow{ID: p.ID, Name: p.Name, Measure: p.Measure, Year: p.Year, State: p.State, Blind: p.Blind, Cases: p.Cases, Created: p.Created, Updated: clock.FromMicros(p.Updated)}
	seats, err := s.Store.Seats(ctx, SeatFilter{Panel: p.ID})
	if err != nil {
		return row, nil, err
	}
	scores, err := s.Store.Scores(ctx, SeatFilter{Panel: p.ID})
	if err != nil {
		return row, nil, err
	}
	table := []caseLine{}
	for _, c := range p.Cases {
		final, waits := standing(seats, scores, c.ID)
		row.Final, row.Seats = row.Final+len(final), row.Seats+len(final)+waits
		line := caseLine{Case: c, Seats: []seatLine{}, Short: p.Draw != nil && p.State != PanelCancelled && len(final)+waits < leastScores}
		if p.State.Shows() {
			settled := p.Outlier.Settle(totals(final))
			line.Result = &settled
		}
		for _, seat := range seats {
			if seat.Case == c.ID {
				line.Seats = append(line.Seats, seatView(seat, scores, final, line.Result, names))
			}
		}
		table = append(table, line)
	}
	return row, table, nil
}

func seatView(seat Seat, scores, final []Score, result *Settled, names map[string]string) seatLine {
	line := seatLine{Expert: seat.Expert, Name: names[seat.Expert], Field: seat.Field, State: "waiting", Replaces: seat.Replaces != ""}
	last, begun := newest(scores, seat.ID)
	switch {
	case !seat.Live():
		line.State, line.Why = "left", &seat.Why
		return line
	case last.Final:
		line.State = "final"
	case begun:
		line.State = "begun"
	}
	if result == nil {
		return line
	}
	for i, f := range final {
		if f.ID == last.ID {
			shown := scoreOf(last)
			line.Score, line.Counts = &shown, true
			for _, d := range result.Dropped {
				line.Counts = line.Counts && d != i
			}
			for _, a := range result.Apart {
				line.Apart = line.Apart || a == i
			}
		}
	}
	return line
}
