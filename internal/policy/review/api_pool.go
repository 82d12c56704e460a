package review

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func (s *Service) registerPool(api huma.API) {
	httpapi.Register(api, op("getReviewRules", http.MethodGet, "/review-rules", "Score sheets, fields of experts, departments and how panels work", tagPool), s.getRules)
	httpapi.Register(api, op("listExperts", http.MethodGet, "/experts", "The pool of experts", tagPool), s.listExperts)
	httpapi.Register(api, op("listNewcomers", http.MethodGet, "/expert-candidates", "Reviewers who are not in the pool", tagPool), s.listNewcomers)
	httpapi.Register(api, post("addExpert", "/experts", "Take a reviewer into the pool", tagPool),
		func(ctx context.Context, in *expertInput) (*body[Expert], error) {
			return answer(s.AddExpert(ctx, party.ActorOf(ctx), in.Body.expert("")))
		})
	httpapi.Register(api, op("changeExpert", http.MethodPut, "/experts/{id}", "Write an expert anew", tagPool),
		func(ctx context.Context, in *changeExpertInput) (*body[Expert], error) {
			return answer(s.ChangeExpert(ctx, party.ActorOf(ctx), in.Body.expert(in.ID)))
		})
	httpapi.Register(api, op("listDeclarations", http.MethodGet, "/declarations", "Who must not judge whom, and why: a reviewer's own, or all", tagPool), s.listDeclarations)
	httpapi.Register(api, post("declareConflict", "/declarations", "Declare a conflict of interest; cases vanish and are drawn anew", tagPool),
		func(ctx context.Context, in *declareInput) (*body[declarationBody], error) {
			d, err := s.Declare(ctx, party.ActorOf(ctx), DeclareInput{Expert: in.Body.Expert, Org: ident.CreditCode(in.Body.Org), Case: in.Body.Case, Reason: in.Body.Reason})
			if err != nil {
				return nil, err
			}
			return &body[declarationBody]{declarationOf(d, "", party.ActorOf(ctx))}, nil
		})
}

// rulesBody is what forms of this room choose from.
type rulesBody struct {
	Fields            []Field `json:"fields"`
	Units             []Unit  `json:"units"`
	Sheets            []Sheet `json:"sheets"`
	Outlier           Outlier `json:"outlier"`
	PastEmployerYears int     `json:"past_employer_years"`
	LeastScores       int     `json:"least_scores" doc:"Independent scores that a case needs"`
}

func (s *Service) getRules(context.Context, *struct{}) (*body[rulesBody], error) {
	r := s.Rules
	return &body[rulesBody]{rulesBody{r.Fields, r.Units, r.Sheets, r.Outlier, r.PastEmployerYears, leastScores}}, nil
}

// expertBody is what the office writes of an expert.
type expertBody struct {
	Person   string       `json:"person" maxLength:"64"`
	Name     string       `json:"name" maxLength:"60"`
	Employer Employer     `json:"employer"`
	Past     []Employment `json:"past" maxItems:"30"`
	Fields   []string     `json:"fields" maxItems:"10"`
	Active   bool         `json:"active"`
	Revision int64        `json:"revision,omitempty" doc:"The revision that was read; none for a new expert"`
}

func (b expertBody) expert(id string) Expert {
	return Expert{ID: id, Person: b.Person, Name: b.Name, Employer: b.Employer, Past: b.Past, Fields: b.Fields, Active: b.Active, Version: b.Revision}
}

type expertInput struct{ Body expertBody }

type changeExpertInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body expertBody
}

type listExpertsInput struct {
	httpapi.PageInput
	Query  string `query:"q" maxLength:"100" doc:"Part of the name or the employer's"`
	Field  string `query:"field" maxLength:"40"`
	Active bool   `query:"active" doc:"Only those in the pool"`
}

func (s *Service) listExperts(ctx context.Context, in *listExpertsInput) (*body[httpapi.Page[Expert]], error) {
	after, err := httpapi.After(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.Experts(ctx, ExpertFilter{Query: in.Query, Field: in.Field, Active: in.Active, After: [2]string{after[0], after[1]}, Limit: in.Limit + 1})
	return answer(httpapi.NewPage(rows, in.Limit, func(e Expert) []string { return []string{e.Name, e.ID} }), err)
}

// newcomer is a person who might come into the pool.
type newcomer struct {
	Person string `json:"person"`
	Login  string `json:"login"`
	Name   string `json:"name"`
}

type listNewcomersInput struct {
	Query string `query:"q" maxLength:"100"`
}

type newcomerList struct {
	Items []newcomer `json:"items"`
}

func (s *Service) listNewcomers(ctx context.Context, in *listNewcomersInput) (*body[newcomerList], error) {
	people, err := s.Newcomers(ctx, in.Query)
	out := newcomerList{Items: []newcomer{}}
	for _, p := range people {
		out.Items = append(out.Items, newcomer{p.ID, p.Login, p.Name})
	}
	return answer(out, err)
}

type declareInput struct {
	Body struct {
		Expert string `json:"expert,omitempty" maxLength:"64" doc:"For the office; a reviewer speaks for themselves"`
		Org    string `json:"org,omitempty" maxLength:"18" doc:"Credit code of an organisation, or else a case"`
		Case   string `json:"case,omitempty" maxLength:"64"`
		Reason string `json:"reason" maxLength:"4000"`
	}
}

// declarationBody is a declaration as the reader may see it.
type declarationBody struct {
	ID     string       `json:"id"`
	Expert string       `json:"expert"`
	Name   string       `json:"name" doc:"Whose conflict it is"`
	Org    string       `json:"org" doc:"Hidden from a reviewer who declared it on a case: that case may be blind"`
	Number string       `json:"number" doc:"The case on which it was declared; empty for none"`
	Kind   ConflictKind `json:"kind" enum:"declared,office"`
	Reason string       `json:"reason"`
	At     time.Time    `json:"at"`
	By     string       `json:"by"`
}

func declarationOf(d Declaration, name string, by Actor) declarationBody {
	out := declarationBody{d.ID, d.Expert, name, string(d.Org), d.Number, d.Kind, d.Reason, d.At, d.By}
	if by.Role == string(party.Reviewer) && d.Case != "" {
		out.Org = ""
	}
	return out
}

func (s *Service) listDeclarations(ctx context.Context, in *httpapi.PageInput) (*body[httpapi.Page[declarationBody]], error) {
	by := party.ActorOf(ctx)
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	f := RecordFilter{Kinds: []Kind{KindDeclaration}, Before: after[0], Limit: in.Limit + 1}
	if by.Role == string(party.Reviewer) {
		e, found, err := s.Store.ExpertOf(ctx, by.Person)
		if err != nil || !found {
			return answer(httpapi.Page[declarationBody]{Items: []declarationBody{}}, err)
		}
		f.Expert = e.ID
	}
	records, err := s.Store.Records(ctx, f)
	if err != nil {
		return nil, err
	}
	said, err := bodies(records, func(d *Declaration, r Record) { d.ID, d.At, d.By = r.ID, r.At, r.Name })
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(said, in.Limit, func(d Declaration) []string { return []string{d.ID} })
	return &body[httpapi.Page[declarationBody]]{httpapi.Map(page, func(d Declaration) declarationBody { return declarationOf(d, names[d.Expert], by) })}, nil
}

// names are the experts' names by id.
func (s *Service) names(ctx context.Context) (map[string]string, error) {
	experts, err := s.Store.Experts(ctx, ExpertFilter{})
	out := make(map[string]string, len(experts))
	for _, e := range experts {
		out[e.ID] = e.Name
	}
	return out, err
}
