package referral

import (
	"context"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Edition is what a project's file said from one write to the next, and who
// wrote it. Editions are never changed: what was sent to a source can be read
// whatever was written since.
type Edition struct {
	Version int64 // of the project; the first is 1
	File    File
	By      string
	ByName  string // "" for what was written before editions were kept
	At      time.Time
}

// Part is a part of a file that an edit changes.
type Part string

// The parts, in the order in which people read them.
const (
	PartName        Part = "name"
	PartSummary     Part = "summary"
	PartIndustry    Part = "industry"
	PartStage       Part = "stage"
	PartPlace       Part = "place"
	PartInstruments Part = "instruments"
	PartSought      Part = "sought_fen"
	PartCosts       Part = "costs"
	PartPapers      Part = "papers"
)

// Changed lists the parts in which two files differ.
func Changed(was, now *File) []Part {
	parts := []Part{}
	for _, p := range []struct {
		part Part
		same bool
	}{
		{PartName, was.Name == now.Name},
		{PartSummary, was.Summary == now.Summary},
		{PartIndustry, was.Industry == now.Industry},
		{PartStage, was.Stage == now.Stage},
		{PartPlace, was.Place == now.Place},
		{PartInstruments, slices.Equal(was.Instruments, now.Instruments)},
		{PartSought, was.Sought == now.Sought},
		{PartCosts, slices.Equal(was.Costs, now.Costs)},
		{PartPapers, slices.Equal(was.Papers, now.Papers)},
	} {
		if !p.same {
			parts = append(parts, p.part)
		}
	}
	return parts
}

// Edition finds what a project said at a version, for whoever may see the project,
// and what it said before; was is nil for the first.
//
// Codes: not_found.
func (s *Service) Edition(ctx context.Context, by Actor, id string, version int64) (e Edition, was *Edition, err error) {
	if _, err := s.mine(ctx, by, id); err != nil {
		return Edition{}, nil, err
	}
	list, err := s.Store.Editions(ctx, id, version+1, 2)
	if err != nil {
		return Edition{}, nil, err
	}
	if len(list) == 0 || list[0].Version != version {
		return Edition{}, nil, fault.Newf(fault.NotFound, "这个项目没有第 %d 版。", "The project has no edition %d.", version)
	}
	if len(list) > 1 {
		was = &list[1]
	}
	return list[0], was, nil
}
