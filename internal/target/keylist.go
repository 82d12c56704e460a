package target

import (
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
)

// kindSelected is the fact that says that a project is on a list.
const kindSelected = "scenario.selected"

// ListProject puts a project on a year's key list (004 四(二)). The line and the
// fact that opens the measure's gate commit together.
//
// Codes: invalid; not_found; conflict when the project is on the list.
func (s *Service) ListProject(ctx context.Context, by Actor, in ListInput) (Listing, error) {
	if err := in.Validate(); err != nil {
		return Listing{}, err
	}
	list, err := s.Plan.List(in.List)
	if err != nil {
		return Listing{}, err
	}
	if _, err := s.Registry.Organisation(ctx, in.Org); err != nil {
		return Listing{}, err
	}
	l := Listing{ID: s.IDs.New("listing"), List: list.ID, Year: in.Year, Project: strings.TrimSpace(in.Project), Org: in.Org, Reason: in.Reason,
		Fact: s.IDs.New("listed"), By: personOf(by), At: s.Clock.Now()}
	fact := evidence.Fact{ID: l.Fact, Kind: kindSelected, Subject: l.Org, Object: l.Project, Occurred: s.Clock.Today(), Attestor: evidence.Department,
		Attributes: map[string]string{"measure": list.Measure, "year": strconv.Itoa(l.Year)}}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertListing(ctx, l); err != nil {
			return err
		}
		if _, err := s.Facts.Append(ctx, []evidence.Fact{fact}); err != nil {
			return err
		}
		return s.act(ctx, "listing.add", "key_list", list.ID, map[string]any{"listing": l.ID, "year": l.Year, "project": l.Project, "org": l.Org, "fact": l.Fact})
	})
	if err != nil {
		return Listing{}, err
	}
	s.told()
	return l, nil
}

// UnlistProject takes a project off a year's key list: the line stays with who
// did it and why, and a correction withdraws its fact.
//
// Codes: invalid; not_found; conflict when it was taken off.
func (s *Service) UnlistProject(ctx context.Context, by Actor, id, note string) (Listing, error) {
	e, err := s.ending(by, note)
	if err != nil {
		return Listing{}, err
	}
	var l Listing
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if l, err = s.Store.RemoveListing(ctx, id, e); err != nil {
			return err
		}
		listed, err := s.Facts.Get(ctx, l.Fact)
		if err != nil {
			return err
		}
		withdrawal := evidence.Fact{ID: s.IDs.New("unlisted"), Kind: listed.Kind, Subject: listed.Subject, Object: listed.Object, Quantity: "0",
			Occurred: s.Clock.Today(), Attestor: listed.Attestor, Corrects: listed.ID, Attributes: listed.Attributes}
		if _, err := s.Facts.Append(ctx, []evidence.Fact{withdrawal}); err != nil {
			return err
		}
		return s.act(ctx, "listing.remove", "key_list", l.List, map[string]any{"listing": l.ID, "project": l.Project, "note": note})
	})
	if err != nil {
		return Listing{}, err
	}
	s.told()
	return l, nil
}
