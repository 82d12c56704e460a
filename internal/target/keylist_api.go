package target

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// KeyListView is a year's key list with its history.
type KeyListView struct {
	ID      string        `json:"id"`
	Name    i18n.Text     `json:"name"`
	Clause  Clause        `json:"clause"`
	Measure string        `json:"measure" doc:"The measure whose gate it opens"`
	Lead    []Unit        `json:"lead"`
	Year    int           `json:"year"`
	Lines   []ListingView `json:"lines" doc:"Oldest first, removed ones too"`
}

// ListingView is a project on a key list.
type ListingView struct {
	ID      string           `json:"id"`
	Project string           `json:"project"`
	Org     ident.CreditCode `json:"org"`
	Reason  string           `json:"reason"`
	Fact    string           `json:"fact"`
	By      string           `json:"by" doc:"Who put it there"`
	At      time.Time        `json:"at"`
	Removed *EndingView      `json:"removed"`
}

func listingView(l Listing) ListingView {
	return ListingView{l.ID, l.Project, l.Org, l.Reason, l.Fact, l.By.Name, l.At, endingView(l.Removed)}
}

// KeyListPath is embedded in the input of operations on a year's key list.
type KeyListPath struct {
	httpapi.IDPath
	Year int `path:"year" minimum:"2000" maximum:"2100"`
}

type listProjectInput struct {
	KeyListPath
	Body struct {
		Project string           `json:"project" maxLength:"800"`
		Org     ident.CreditCode `json:"org"`
		Reason  string           `json:"reason" maxLength:"16000" doc:"Why it belongs on the list"`
	}
}

func (s *Service) registerLists(api huma.API) {
	httpapi.Register(api, op("listKeyLists", http.MethodGet, "/key-lists", "The yearly key lists of the region"),
		func(ctx context.Context, in *YearInput) (*body[httpapi.Page[KeyListView]], error) {
			return listed(s.keyLists(ctx, in.Year))
		})
	httpapi.Register(api, op("listProject", http.MethodPost, "/key-lists/{id}/{year}", "Put a project on a year's key list"),
		func(ctx context.Context, in *listProjectInput) (*body[ListingView], error) {
			l, err := s.ListProject(ctx, party.ActorOf(ctx), ListInput{List: in.ID, Year: in.Year, Project: in.Body.Project, Org: in.Body.Org, Reason: in.Body.Reason})
			return answered(listingView(l), err)
		})
	httpapi.Register(api, op("unlistProject", http.MethodPost, "/listings/{id}/remove", "Take a project off a key list; the line stays with who and why"),
		func(ctx context.Context, in *endInput) (*body[ListingView], error) {
			l, err := s.UnlistProject(ctx, party.ActorOf(ctx), in.ID, in.Body.Note)
			return answered(listingView(l), err)
		})
}

func (s *Service) keyLists(ctx context.Context, year int) ([]KeyListView, error) {
	if year == 0 {
		year = s.Clock.Today().Year()
	}
	if err := checkYear(year); err != nil {
		return nil, err
	}
	views := []KeyListView{}
	for _, l := range s.Plan.Lists {
		lines, err := s.Store.Listings(ctx, l.ID, year)
		if err != nil {
			return nil, err
		}
		v := KeyListView{ID: l.ID, Name: l.Name, Clause: s.Plan.Cite(l.Document, l.Clause), Measure: l.Measure, Lead: s.Plan.unitsOf(l.Lead), Year: year, Lines: []ListingView{}}
		for _, line := range lines {
			v.Lines = append(v.Lines, listingView(line))
		}
		views = append(views, v)
	}
	return views, nil
}
