package supervision

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const tag = "supervision"

type body[T any] struct{ Body T }

type listInput struct {
	httpapi.PageInput
	Rule    string  `query:"rule" maxLength:"40"`
	State   []State `query:"state,explode" maxItems:"5" doc:"Only these states"`
	Measure string  `query:"measure" maxLength:"40"`
	Org     string  `query:"org" maxLength:"18" doc:"Credit code"`
	Q       string  `query:"q" maxLength:"100" doc:"Part of an application's number or of the reason, or the id of an alarm or a fact"`
}

type alarmInput struct {
	ID string `path:"id" maxLength:"64"`
}

type dismissInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type answerInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Agree    bool   `json:"agree" doc:"Consent to the dismissal, or object to it"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type confirmInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Revision int64  `json:"revision" doc:"The revision that was read"`
		Follow   Follow `json:"follow" maxLength:"20" doc:"refuse, recover or correct"`
		Reason   string `json:"reason" maxLength:"4000"`
	}
}

type contactInput struct {
	Org  string `path:"org" maxLength:"18"`
	Body struct {
		Means Means  `json:"means" maxLength:"20" doc:"phone, email, address or person (the legal representative's identity number)"`
		Value string `json:"value" maxLength:"400" doc:"In the open; only a keyed fingerprint and a masked form are kept"`
	}
}

// ContactView is what is kept of a contact.
type ContactView struct {
	Fact   string `json:"fact" doc:"Id of the fact"`
	Means  Means  `json:"means" enum:"phone,email,address,building,person"`
	Masked string `json:"masked"`
}

// Register adds the room's operations.
func (s *Service) Register(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
	}
	httpapi.Register(api, op("listAlarms", http.MethodGet, "/alarms", "Alarms before payment"), s.list)
	httpapi.Register(api, op("getAlarm", http.MethodGet, "/alarms/{id}", "One alarm with its facts and its trail"),
		func(ctx context.Context, in *alarmInput) (*body[AlarmDetail], error) { return s.shown(ctx, in.ID, nil) })
	httpapi.Register(api, op("listAlarmRules", http.MethodGet, "/alarm-rules", "What is looked for, and what share of each rule's alarms was right"),
		func(ctx context.Context, _ *struct{}) (*body[httpapi.Page[RuleView]], error) {
			rules, err := s.RuleViews(ctx)
			return &body[httpapi.Page[RuleView]]{httpapi.Page[RuleView]{Items: rules}}, err
		})
	httpapi.Register(api, op("dismissAlarm", http.MethodPost, "/alarms/{id}/dismiss", "No alarm, with a reason; a stop then waits for a second person"),
		func(ctx context.Context, in *dismissInput) (*body[AlarmDetail], error) {
			_, err := s.Dismiss(ctx, party.ActorOf(ctx), DisposeInput{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("answerAlarm", http.MethodPost, "/alarms/{id}/answer", "Second person's consent to a dismissal, or objection"),
		func(ctx context.Context, in *answerInput) (*body[AlarmDetail], error) {
			_, err := s.Answer(ctx, party.ActorOf(ctx), DisposeInput{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason, Agree: in.Body.Agree})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("confirmAlarm", http.MethodPost, "/alarms/{id}/confirm", "The alarm is right, and what follows"),
		func(ctx context.Context, in *confirmInput) (*body[AlarmDetail], error) {
			_, err := s.Confirm(ctx, party.ActorOf(ctx), DisposeInput{ID: in.ID, Version: in.Body.Revision, Reason: in.Body.Reason, Follow: in.Body.Follow})
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, op("rerunAlarms", http.MethodPost, "/alarm-runs", "Run every rule again from the facts and compare with what is on record"),
		func(ctx context.Context, _ *struct{}) (*body[Comparison], error) {
			out, err := s.Rerun(ctx)
			return &body[Comparison]{out}, err
		})
	contact := op("recordContact", http.MethodPost, "/organisations/{org}/contacts", "Keep an organisation's contact as a keyed fingerprint")
	contact.DefaultStatus = http.StatusCreated
	httpapi.Register(api, contact, s.recordContact)
}

func (s *Service) list(ctx context.Context, in *listInput) (*body[httpapi.Page[AlarmRow]], error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	if err := knownStates(in.State); err != nil {
		return nil, err
	}
	list, err := s.Store.List(ctx, Filter{Rule: in.Rule, States: in.State, Measure: in.Measure, Org: ident.CreditCode(in.Org), Text: in.Q, Before: key[0], Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(list, in.Limit, func(a Alarm) []string { return []string{a.Cursor()} })
	rows, err := s.rows(ctx, page.Items)
	return &body[httpapi.Page[AlarmRow]]{httpapi.Page[AlarmRow]{Items: rows, Next: page.Next}}, err
}

// knownStates refuses a mistyped state, which would answer with nothing.
func knownStates(given []State) error {
	var bad fault.Collector
	for _, state := range given {
		if !slices.Contains(States(), state) {
			bad.Add("query.state", "没有“%.40[1]s”这个状态：应为 %[2]v 之一。", "There is no state %.40[1]q: it is one of %[2]v.", state, States())
		}
	}
	return bad.Err()
}

// shown answers a write with the alarm as it now stands.
func (s *Service) shown(ctx context.Context, id string, err error) (*body[AlarmDetail], error) {
	if err != nil {
		return nil, err
	}
	d, err := s.Detail(ctx, party.ActorOf(ctx), id)
	return &body[AlarmDetail]{d}, err
}

// recordContact keeps what an organisation says of itself as its own word, and
// what an office says as the department's.
func (s *Service) recordContact(ctx context.Context, in *contactInput) (*body[ContactView], error) {
	by := evidence.Department
	if party.ActorOf(ctx).Org != "" {
		by = evidence.Applicant
	}
	f, err := s.RecordContact(ctx, by, ident.CreditCode(in.Org), Contact{Means: in.Body.Means, Value: in.Body.Value})
	if err != nil {
		return nil, err
	}
	return &body[ContactView]{ContactView{Fact: f.ID, Means: Means(f.Attributes["means"]), Masked: f.Attributes["masked"]}}, nil
}
