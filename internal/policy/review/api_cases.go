package review

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func (s *Service) registerCases(api huma.API) {
	httpapi.Register(api, op("getCaseReview", http.MethodGet, "/applications/{id}/review", "How far the review of a case has come; an organisation sees no names and no marks before the panel is closed", tagReviews),
		func(ctx context.Context, in *reviewInput) (*body[caseReview], error) {
			return answer(s.caseReview(ctx, party.ActorOf(ctx), in.ID))
		})
	httpapi.Register(api, post("recordCheck", "/applications/{id}/checks", "Record a completeness check", tagReviews),
		func(ctx context.Context, in *checkInput) (*body[caseReview], error) {
			items := make([]CheckItem, 0, len(in.Body.Items))
			for _, i := range in.Body.Items {
				items = append(items, CheckItem{ID: i.ID, Complete: i.Complete, Lacks: i.Lacks})
			}
			_, err := s.RecordCheck(ctx, party.ActorOf(ctx), CheckInput{Case: in.ID, Items: items})
			return s.caseShown(ctx, in.ID, err)
		})
	httpapi.Register(api, post("recordFactCheck", "/applications/{id}/fact-checks", "Ask a department about a fact, or record its answer", tagReviews),
		func(ctx context.Context, in *factCheckInput) (*body[caseReview], error) {
			b := in.Body
			_, err := s.RecordFactCheck(ctx, party.ActorOf(ctx), FactCheckInput{Case: in.ID, Fact: b.Fact, Unit: b.Unit, Verdict: b.Verdict, Reason: b.Reason})
			return s.caseShown(ctx, in.ID, err)
		})
	httpapi.Register(api, post("recordVisit", "/applications/{id}/visits", "Record a visit to the applicant's site", tagReviews),
		func(ctx context.Context, in *visitInput) (*body[caseReview], error) {
			b := in.Body
			_, err := s.RecordVisit(ctx, party.ActorOf(ctx), VisitInput{Case: in.ID, On: b.On, Place: b.Place, Visitors: b.Visitors, Findings: b.Findings, Sound: b.Sound, Files: b.Files})
			return s.caseShown(ctx, in.ID, err)
		})
	upload := post("addVisitFile", "/applications/{id}/visit-files", "Upload a file for the record of a visit", tagReviews)
	upload.MaxBodyBytes = maxUpload
	httpapi.Register(api, upload, func(ctx context.Context, in *uploadInput) (*body[File], error) {
		file := in.RawBody.Data().File
		if err := chosen(file); err != nil {
			return nil, err
		}
		defer file.Close()
		return answer(s.AddFile(ctx, party.ActorOf(ctx), in.ID, file.Filename, file))
	})
	httpapi.Register(api, streamed(op("getVisitFile", http.MethodGet, "/applications/{id}/visit-files/{file}", "Download a file of a visit", tagReviews)),
		func(ctx context.Context, in *reviewFileInput) (*huma.StreamResponse, error) {
			return stream(s.VisitFile(ctx, in.ID, in.File))
		})
}

type checkInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Items []struct {
			ID       string `json:"id" maxLength:"100"`
			Complete bool   `json:"complete"`
			Lacks    string `json:"lacks" maxLength:"1000"`
		} `json:"items" maxItems:"200"`
	}
}

type factCheckInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Fact    string  `json:"fact" maxLength:"64"`
		Unit    string  `json:"unit" maxLength:"64" doc:"The department, by its id in the review rules"`
		Verdict Verdict `json:"verdict" enum:"asked,confirmed,disputed"`
		Reason  string  `json:"reason" maxLength:"4000"`
	}
}

type visitInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		On       clock.Date `json:"on"`
		Place    string     `json:"place" maxLength:"400"`
		Visitors []string   `json:"visitors" maxItems:"20"`
		Findings string     `json:"findings" maxLength:"10000"`
		Sound    bool       `json:"sound"`
		Files    []string   `json:"files" maxItems:"20"`
	}
}

// caseReview is the review of one case, as much as the reader may see.
type caseReview struct {
	Completeness Completeness `json:"completeness" enum:"unchecked,complete,lacking"`
	Wanted       []Wanted     `json:"wanted" doc:"Evidence that the check goes through"`
	Check        *Check       `json:"check" doc:"The newest completeness check; null before one"`
	Facts        []FactCheck  `json:"facts" doc:"The departments' newest word on each fact; empty for an organisation"`
	Visits       []Visit      `json:"visits" doc:"Empty for an organisation"`
	Panel        *progress    `json:"panel" doc:"Null without a panel"`
	Result       *Settled     `json:"result" doc:"For an office once every score is final, for an organisation once the panel is closed"`
	Decision     *spoken      `json:"decision" doc:"What the panel's meeting said; null before"`
	Blocks       []i18n.Text  `json:"blocks" doc:"Why the case must not be approved as yet"`
}

// progress is how far a panel has come, without a name.
type progress struct {
	ID    string     `json:"id" doc:"Empty for an organisation"`
	State PanelState `json:"state" enum:"open,scoring,complete,closed,cancelled"`
	Final int        `json:"final"`
	Seats int        `json:"seats"`
	Short bool       `json:"short"`
}

// spoken is a meeting's decision without who took part.
type spoken struct {
	Recommendation Recommendation `json:"recommendation" enum:"recommend,not_recommend,postpone"`
	Text           string         `json:"text"`
}

func (s *Service) caseShown(ctx context.Context, id string, err error) (*body[caseReview], error) {
	if err != nil {
		return nil, err
	}
	return answer(s.caseReview(ctx, party.ActorOf(ctx), id))
}

// caseReview shows the outcome: to an organisation its own case only, with no
// name and no mark before the panel is closed.
func (s *Service) caseReview(ctx context.Context, by Actor, id string) (caseReview, error) {
	subject, err := s.Cases.Case(ctx, id)
	if err != nil {
		return caseReview{}, err
	}
	if by.Org != "" && by.Org != subject.Org {
		return caseReview{}, noCase()
	}
	o, err := s.Outcome(ctx, id)
	if err != nil {
		return caseReview{}, err
	}
	out := caseReview{Completeness: o.Completeness, Wanted: subject.Wanted, Check: o.Check, Facts: o.Facts, Result: o.Result, Blocks: o.Blocks}
	if o.Panel.State != "" {
		out.Panel = &progress{o.Panel.ID, o.Panel.State, o.Panel.Final, o.Panel.Seats, o.Panel.Short}
	}
	if o.Decision != nil {
		out.Decision = &spoken{o.Decision.Recommendation, o.Decision.Text}
	}
	if by.Org != "" {
		return out.forOrganisation(), nil
	}
	visits, err := s.Store.Records(ctx, RecordFilter{Kinds: []Kind{KindVisit}, Case: id})
	if err != nil {
		return out, err
	}
	out.Visits, err = bodies[Visit](visits, nil)
	return out, err
}

// forOrganisation leaves what an applicant may see: what its own papers lack,
// and how far the panel has come.
func (c caseReview) forOrganisation() caseReview {
	c.Facts, c.Blocks = nil, nil
	if c.Check != nil {
		check := Check{Items: slices.Clone(c.Check.Items), At: c.Check.At}
		c.Check = &check
	}
	if c.Panel == nil {
		return c
	}
	c.Panel.ID = ""
	if c.Panel.State != PanelClosed {
		c.Result, c.Decision = nil, nil
	}
	return c
}
