package call

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// View is a call as a page shows it.
type View struct {
	ID       string           `json:"id"`
	Number   string           `json:"number" doc:"What people quote: ZJ-2025-003"`
	State    State            `json:"state" enum:"draft,published,closed"`
	Phase    Phase            `json:"phase" enum:"announced,open,late,over" doc:"What it does today"`
	LastDay  clock.Date       `json:"last_day" doc:"Last day on which anything is taken, late applications included"`
	Left     int              `json:"workdays_left" doc:"Working days until applications close; 0 when they have"`
	Terms    Terms            `json:"terms"`
	Guide    GuideRef         `json:"guide"`
	Funnel   map[string]int64 `json:"funnel" doc:"Applications by state, for officers; empty for others"`
	Revision int64            `json:"revision" doc:"Name it in the next write"`
	Created  time.Time        `json:"created_at"`
}

// GuideRef is the guide as the call pinned it.
type GuideRef struct {
	Year    int    `json:"year"`
	Version int    `json:"version"`
	Digest  string `json:"digest" doc:"SHA-256 of what it said when the call was published; empty for a draft"`
}

// EventView is one entry of a call's history.
type EventView struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name" doc:"Who; empty for the system and for readers who are no officers"`
	Action string    `json:"action" enum:"open,edit,publish,revise,close"`
	Reason string    `json:"reason"`
	Terms  Terms     `json:"terms" doc:"As they stood after it"`
}

type listInput struct {
	httpapi.PageInput
	Q       string  `query:"q" maxLength:"200" doc:"Part of the number or the name"`
	Measure string  `query:"measure" maxLength:"40"`
	State   []State `query:"state,explode" maxItems:"3"`
}

type (
	listOutput    struct{ Body httpapi.Page[View] }
	viewOutput    struct{ Body View }
	historyOutput struct {
		Body struct {
			Items []EventView `json:"items"`
		}
	}
	createInput struct{ Body Terms }
	editInput   struct {
		httpapi.IDPath
		Body struct {
			Revision int64 `json:"revision" doc:"The revision that was read"`
			Terms    Terms `json:"terms"`
		}
	}
	publishInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64 `json:"revision" doc:"The revision that was read"`
		}
	}
	reviseInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64  `json:"revision" doc:"The revision that was read"`
			Terms    Terms  `json:"terms"`
			Reason   string `json:"reason" maxLength:"4000" doc:"Reaches everybody with a pending application"`
		}
	}
	closeInput struct {
		httpapi.IDPath
		Body struct {
			Revision int64  `json:"revision" doc:"The revision that was read"`
			Reason   string `json:"reason" maxLength:"4000"`
		}
	}
)

// Register adds the operations on calls.
func (s *Service) Register(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"calls"}}
	}
	httpapi.Register(api, op("listCalls", http.MethodGet, "/calls", "List calls for applications"), s.list)
	httpapi.Register(api, op("getCall", http.MethodGet, "/calls/{id}", "One call with its terms"),
		func(ctx context.Context, in *httpapi.IDPath) (*viewOutput, error) {
			c, err := s.seen(ctx, in.ID)
			return s.shown(ctx, c, err)
		})
	httpapi.Register(api, op("getCallHistory", http.MethodGet, "/calls/{id}/history", "What the terms were, and who changed them why"), s.history)
	create := op("createCall", http.MethodPost, "/calls", "Draft a call")
	create.DefaultStatus = http.StatusCreated
	httpapi.Register(api, create, func(ctx context.Context, in *createInput) (*viewOutput, error) {
		c, err := s.Create(ctx, in.Body)
		return s.shown(ctx, c, err)
	})
	httpapi.Register(api, op("editCall", http.MethodPut, "/calls/{id}", "Replace the terms of a draft"),
		func(ctx context.Context, in *editInput) (*viewOutput, error) {
			c, err := s.Edit(ctx, in.ID, in.Body.Revision, in.Body.Terms)
			return s.shown(ctx, c, err)
		})
	httpapi.Register(api, op("publishCall", http.MethodPost, "/calls/{id}/publish", "Make the terms stand and pin the rulings"),
		func(ctx context.Context, in *publishInput) (*viewOutput, error) {
			c, err := s.Publish(ctx, in.ID, in.Body.Revision)
			return s.shown(ctx, c, err)
		})
	httpapi.Register(api, op("reviseCall", http.MethodPost, "/calls/{id}/revise", "Change a published call and tell whoever has applied"),
		func(ctx context.Context, in *reviseInput) (*viewOutput, error) {
			c, err := s.Revise(ctx, in.ID, in.Body.Revision, in.Body.Terms, in.Body.Reason)
			return s.shown(ctx, c, err)
		})
	httpapi.Register(api, op("closeCall", http.MethodPost, "/calls/{id}/close", "End a call of which nothing is pending"),
		func(ctx context.Context, in *closeInput) (*viewOutput, error) {
			c, err := s.Close(ctx, in.ID, in.Body.Revision, in.Body.Reason)
			return s.shown(ctx, c, err)
		})
}

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	states := []State{Draft, Published, Closed}
	var bad fault.Collector
	for _, state := range in.State {
		if !slices.Contains(states, state) {
			bad.Add("query.state", "没有“%.40[1]s”这个状态：应为 %[2]v 之一。", "There is no state %.40[1]q: it is one of %[2]v.", state, states)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	f := Filter{Text: strings.TrimSpace(in.Q), Measure: in.Measure, States: in.State, Before: key[0], Limit: in.Limit + 1}
	if !party.ServesRegion(ctx) {
		f.States = slices.DeleteFunc(slices.Clone(f.States), func(state State) bool { return state == Draft })
		if len(f.States) == 0 {
			f.States = []State{Published, Closed}
		}
	}
	calls, err := s.Store.Calls(ctx, f)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(calls, in.Limit, func(c Call) []string { return []string{c.Cursor()} })
	out := httpapi.Page[View]{Items: make([]View, 0, len(page.Items)), Next: page.Next}
	for _, c := range page.Items {
		view, err := s.view(ctx, &c)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, view)
	}
	return &listOutput{out}, nil
}

func (s *Service) history(ctx context.Context, in *httpapi.IDPath) (*historyOutput, error) {
	if _, err := s.seen(ctx, in.ID); err != nil {
		return nil, err
	}
	events, err := s.Store.Events(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out historyOutput
	out.Body.Items = []EventView{}
	for _, e := range events {
		view := EventView{e.At, e.Name, e.Action, e.Reason, e.Terms}
		if !party.ServesRegion(ctx) {
			if e.Action == "open" || e.Action == "edit" {
				continue // before it was published
			}
			view.Name = ""
		}
		out.Body.Items = append(out.Body.Items, view)
	}
	return &out, nil
}

// seen finds a call that the reader may know of: a draft is for officers.
func (s *Service) seen(ctx context.Context, id string) (Call, error) {
	c, err := s.Store.Call(ctx, id)
	if err == nil && c.State == Draft && !party.ServesRegion(ctx) {
		return Call{}, fault.Newf(fault.NotFound, "没有这个申报批次。", "There is no such call.")
	}
	return c, err
}

func (s *Service) shown(ctx context.Context, c Call, err error) (*viewOutput, error) {
	if err != nil {
		return nil, err
	}
	view, err := s.view(ctx, &c)
	return &viewOutput{view}, err
}

func (s *Service) view(ctx context.Context, c *Call) (View, error) {
	today := s.Clock.Today()
	v := View{ID: c.ID, Number: c.Number, State: c.State, Phase: c.PhaseOn(today), LastDay: c.LastDay(), Terms: c.Terms,
		Guide: GuideRef{c.Guide, c.GuideVersion, c.GuideDigest}, Funnel: map[string]int64{}, Revision: c.Version, Created: c.Created}
	if v.Phase == Open {
		v.Left = clock.China().Between(today, c.Closes)
	}
	if !party.ServesRegion(ctx) || c.State == Draft {
		return v, nil
	}
	var err error
	v.Funnel, err = s.Cases.Funnel(ctx, c.ID)
	return v, err
}
