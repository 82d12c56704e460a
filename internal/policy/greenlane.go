package policy

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Lane (绿色通道) is whether a case goes ahead of the others in the lists of who
// works on it: documents' green lanes for investment and for talent (003 clauses
// 16 and 18). It changes an order of work and nothing else: every step, every
// amount, every rank and every term stays as it is.
type Lane string

// Where a case stands with the green lane.
const (
	NoLane     Lane = ""
	MarkedLane Lane = "marked" // an officer asks for it; a second person confirms
	GreenLane  Lane = "green"
)

// LaneAction is one step of a use of the green lane.
type LaneAction string

// The steps. Each is an entry of its own: nothing is taken out, only lifted.
const (
	LaneMark    LaneAction = "mark"
	LaneConfirm LaneAction = "confirm"
	LaneDecline LaneAction = "decline" // the second person does not agree
	LaneLift    LaneAction = "lift"    // the ground is gone
)

var laneSteps = map[LaneAction]struct{ from, to Lane }{
	LaneMark:    {NoLane, MarkedLane},
	LaneConfirm: {MarkedLane, GreenLane},
	LaneDecline: {MarkedLane, NoLane},
	LaneLift:    {GreenLane, NoLane},
}

// LaneEntry is one step as it was taken. Entries are never changed.
type LaneEntry struct {
	Application string
	Seq         int64
	Action      LaneAction
	Ground      rule.ClauseRef // the clause that grants it
	Reason      string
	Person      string
	Name        string
	At          time.Time
}

// LaneInput is one step on a case.
type LaneInput struct {
	ID      string
	Version int64
	Action  LaneAction
	Ground  rule.ClauseRef // for marking
	Reason  string
}

// Validate reports every fault of the input. A ground is a clause of the pack,
// of a draft too: 003 is one, and what its clauses grant is work done sooner.
func (in LaneInput) Validate(pack *rule.Pack) error {
	var c fault.Collector
	if in.Version <= 0 {
		c.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	checkReason(&c, "reason", in.Reason)
	if _, known := laneSteps[in.Action]; !known {
		c.Add("action", "应为 mark、confirm、decline、lift 之一。", "It is one of mark, confirm, decline and lift.")
	}
	if in.Action == LaneMark {
		switch d := pack.Document(in.Ground.Document); {
		case d == nil:
			c.Add("document", "没有这份文件：请选地区包里的文件。", "There is no such document in the pack.")
		case !slices.ContainsFunc(d.Clauses, func(c rule.Clause) bool { return c.Path == in.Ground.Path }):
			c.Add("clause", "这份文件里没有这一条：请写条款的位置，例如 四/16。", "The document has no such clause: write its place, such as 四/16.")
		}
	}
	return c.Err()
}

// TakeLane takes one step of the green lane on a case that is being worked on.
// An officer marks and lifts; whoever marks a case never confirms it.
//
// Codes: invalid, not_found; forbidden for confirming one's own mark, and for
// marking or lifting by anybody but an office; conflict
// when the case waits for no office, or the step does not fit.
func (s *Service) TakeLane(ctx context.Context, by Actor, in LaneInput) (Application, error) {
	if err := in.Validate(s.Pack); err != nil {
		return Application{}, err
	}
	if by.Role != "office" && (in.Action == LaneMark || in.Action == LaneLift) {
		return Application{}, fault.Newf(fault.Forbidden, "绿色通道由主管部门标记和解除，其他人只确认或不同意。", "The programme office marks and lifts a green lane; others confirm or decline it.")
	}
	return s.change(ctx, by, in.ID, in.Version, ActionLane, i18n.Text{ZH: laneWords[in.Action].ZH + "：" + in.Reason, EN: laneWords[in.Action].EN + ": " + in.Reason}, func(ctx context.Context, a *Application) error {
		step := laneSteps[in.Action]
		if a.Lane != step.from {
			return fault.Newf(fault.Conflict, "申报 %s 的绿色通道现在不能这样办：请刷新后再看。", "The green lane of application %s does not stand so: reload.", a.Number)
		}
		entries, err := s.Store.LaneOf(ctx, a.ID)
		if err != nil {
			return err
		}
		e := LaneEntry{Application: a.ID, Seq: int64(len(entries)) + 1, Action: in.Action, Ground: in.Ground, Reason: strings.TrimSpace(in.Reason), Person: by.Person, Name: by.Name, At: s.Clock.Now()}
		if in.Action != LaneMark {
			last := entries[len(entries)-1]
			if e.Ground = last.Ground; last.Person == by.Person && in.Action == LaneConfirm {
				return fault.Newf(fault.Forbidden, "绿色通道须由另一人确认：这件是您自己标记的。", "A second person confirms a green lane: you marked this one yourself.")
			}
		}
		a.Lane = step.to
		return s.Store.AppendLane(ctx, e)
	})
}

var laneWords = map[LaneAction]i18n.Text{
	LaneMark: {ZH: "申请绿色通道", EN: "Green lane asked for"}, LaneConfirm: {ZH: "进入绿色通道", EN: "Green lane confirmed"},
	LaneDecline: {ZH: "不进入绿色通道", EN: "Green lane declined"}, LaneLift: {ZH: "退出绿色通道", EN: "Green lane lifted"},
}

// ahead puts what goes ahead first: of a list that was read in the order of
// waiting, those in the green lane, each group in its own order.
func ahead(green, all []Application, most int) []Application {
	out := append([]Application{}, green...)
	for _, a := range all {
		if a.Lane != GreenLane {
			out = append(out, a)
		}
	}
	return out[:min(len(out), most)]
}

// LaneView is one step of a green lane.
type LaneView struct {
	Application string        `json:"application"`
	Number      string        `json:"number"`
	Org         OrgRef        `json:"org"`
	Measure     string        `json:"measure"`
	Action      LaneAction    `json:"action" enum:"mark,confirm,decline,lift"`
	Ground      rule.Citation `json:"ground"`
	Reason      string        `json:"reason"`
	Name        string        `json:"name" doc:"Who"`
	At          time.Time     `json:"at"`
	Own         bool          `json:"own" doc:"The reader took it: another person confirms"`
	Stands      Lane          `json:"stands" enum:"marked,green," doc:"Where the case stands now"`
}

func (s *Service) laneViews(ctx context.Context, by Actor, entries []LaneEntry) ([]LaneView, error) {
	cases := map[string]Application{}
	var codes []ident.CreditCode
	for _, e := range entries {
		if _, seen := cases[e.Application]; seen {
			continue
		}
		a, err := s.Store.Application(ctx, e.Application)
		if err != nil {
			return nil, err
		}
		cases[e.Application], codes = a, append(codes, a.Org)
	}
	names, err := s.Registry.Names(ctx, codes)
	if err != nil {
		return nil, err
	}
	out := make([]LaneView, 0, len(entries))
	for _, e := range entries {
		a := cases[e.Application]
		out = append(out, LaneView{a.ID, a.Number, OrgRef{a.Org, names[a.Org]}, a.Measure, e.Action, s.cite(e.Ground), e.Reason, e.Name, e.At, e.Person == by.Person, a.Lane})
	}
	return out, nil
}

type laneInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64      `json:"revision" doc:"The revision that was read"`
		Action   LaneAction `json:"action" enum:"mark,confirm,decline,lift"`
		Document string     `json:"document,omitempty" maxLength:"40" doc:"Whose clause grants it; for marking"`
		Clause   string     `json:"clause,omitempty" maxLength:"100" doc:"Its place, such as 四/16; for marking"`
		Reason   string     `json:"reason" maxLength:"4000"`
	}
}

type lanesOutput struct{ Body httpapi.Page[LaneView] }

func (s *Service) registerLanes(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "takeGreenLane", Method: http.MethodPost, Path: "/applications/{id}/green-lane", Summary: "Mark a case to go ahead, or confirm, decline or lift it", Tags: []string{tagApplications}},
		func(ctx context.Context, in *laneInput) (*caseOutput, error) {
			b := in.Body
			_, err := s.TakeLane(ctx, party.ActorOf(ctx), LaneInput{ID: in.ID, Version: b.Revision, Action: b.Action, Ground: rule.ClauseRef{Document: b.Document, Path: b.Clause}, Reason: b.Reason})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, huma.Operation{OperationID: "listGreenLanes", Method: http.MethodGet, Path: "/green-lanes", Summary: "Every use of the green lane, the latest first", Tags: []string{tagApplications}},
		func(ctx context.Context, in *httpapi.PageInput) (*lanesOutput, error) {
			key, err := httpapi.After(in.Cursor, 1)
			if err != nil {
				return nil, err
			}
			list, err := s.Store.Lanes(ctx, key[0], in.Limit+1)
			if err != nil {
				return nil, err
			}
			page := httpapi.NewPage(list, in.Limit, func(e LaneEntry) []string { return []string{e.Cursor()} })
			views, err := s.laneViews(ctx, party.ActorOf(ctx), page.Items)
			return &lanesOutput{httpapi.Page[LaneView]{Items: views, Next: page.Next}}, err
		})
}

// Cursor is where a list that ended with this entry goes on.
func (e LaneEntry) Cursor() string {
	return strconv.FormatInt(e.At.UnixMicro(), 10) + "/" + e.Application + "/" + fmt.Sprint(e.Seq)
}
