package review

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Replacement is what became of a seat that ended: who comes, and who was
// passed over and why. Came is empty when the pool is exhausted.
type Replacement struct {
	Gone   string     `json:"gone"` // expert ids
	Came   string     `json:"came"`
	Field  string     `json:"field"`
	Why    Conflict   `json:"why"`
	Passed []PassedBy `json:"passed"`
}

// PassedBy is an expert whose turn it was and who could not come.
type PassedBy struct {
	Expert string   `json:"expert"`
	Why    Conflict `json:"why"`
}

// Declare records that an expert must not judge an organisation's cases:
// reviewers speak for themselves, the office for any expert. Cases of that
// organisation vanish for the expert at once, and each place goes to the next
// of the same draw. A score already given is kept and counts no more.
//
// Codes: invalid; not_found for an expert or a case, and for a reviewer who is
// not in the pool.
func (s *Service) Declare(ctx context.Context, by Actor, in DeclareInput) (Declaration, error) {
	if err := in.Validate(); err != nil {
		return Declaration{}, err
	}
	d := Declaration{Expert: in.Expert, Org: in.Org, Case: in.Case, Reason: in.Reason, Kind: ByOffice, At: s.Clock.Now(), By: by.Name, ID: s.IDs.New("rec")}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		e, err := s.speaker(ctx, by, in.Expert)
		if err != nil {
			return err
		}
		if d.Expert = e.ID; by.Role == string(party.Reviewer) {
			d.Kind = Declared
		}
		if in.Case != "" {
			if err := s.nameCase(ctx, by, &d); err != nil {
				return err
			}
		}
		if err := s.note(ctx, by, Record{ID: d.ID, Kind: KindDeclaration, Expert: d.Expert}, d); err != nil {
			return err
		}
		return s.leave(ctx, by, d)
	})
	return d, err
}

func (s *Service) speaker(ctx context.Context, by Actor, expert string) (Expert, error) {
	if by.Role == string(party.Reviewer) {
		return s.self(ctx, by)
	}
	if expert == "" {
		var c fault.Collector
		c.Add("expert", "请选择专家。", "Choose an expert.")
		return Expert{}, c.Err()
	}
	return s.Store.Expert(ctx, expert)
}

// nameCase finds the organisation behind the case of a declaration. A reviewer
// can only name a case that was drawn for them, or ids could be tried out.
func (s *Service) nameCase(ctx context.Context, by Actor, d *Declaration) error {
	if by.Role == string(party.Reviewer) {
		if _, err := s.lastScore(ctx, SeatFilter{Case: d.Case, Expert: d.Expert}); err != nil {
			return err
		}
	}
	subject, err := s.Cases.Case(ctx, d.Case)
	d.Org, d.Number = subject.Org, subject.Number
	return err
}

// leave ends the expert's seats before cases of the organisation.
func (s *Service) leave(ctx context.Context, by Actor, d Declaration) error {
	seats, err := s.Store.Seats(ctx, SeatFilter{Expert: d.Expert})
	if err != nil {
		return err
	}
	slices.SortStableFunc(seats, func(a, b Seat) int { // locks are taken in one order
		if a.Panel < b.Panel {
			return -1
		}
		return 1
	})
	for _, seat := range seats {
		if !seat.Live() {
			continue
		}
		p, err := s.Store.LockPanel(ctx, seat.Panel)
		if err != nil {
			return err
		}
		if !p.Can(PanelReopen) {
			continue // closed or cancelled: what was decided was decided
		}
		subject, err := s.Cases.Case(ctx, seat.Case)
		if err != nil {
			return err
		}
		if subject.Org != d.Org {
			continue
		}
		if err := s.replace(ctx, by, &p, seat, subject, Conflict{Kind: d.Kind, Reason: said(d.Reason)}); err != nil {
			return err
		}
	}
	return nil
}

// replace ends a seat and gives it to the next of the panel's own draw who has
// the field, has no seat before the case and no conflict with it by now.
func (s *Service) replace(ctx context.Context, by Actor, p *Panel, gone Seat, subject Subject, why Conflict) error {
	gone.Ended, gone.Why = s.Clock.Now(), why
	if err := s.Store.EndSeat(ctx, gone); err != nil {
		return err
	}
	out := Replacement{Gone: gone.Expert, Field: gone.Field, Why: why, Passed: []PassedBy{}}
	next, err := s.nextOf(ctx, *p, gone, subject, &out)
	if err != nil {
		return err
	}
	if next != "" {
		out.Came = next
		if err := s.Store.InsertSeats(ctx, []Seat{{ID: s.IDs.New("seat"), Panel: p.ID, Case: gone.Case, Expert: next, Field: gone.Field, Replaces: gone.ID, Since: s.Clock.Now()}}); err != nil {
			return err
		}
	}
	if err := p.Move(PanelReopen); err != nil { // also without a replacement: the rest may be too few
		return err
	}
	if err := s.Store.UpdatePanel(ctx, p); err != nil {
		return err
	}
	if err := s.note(ctx, by, Record{Kind: KindReplace, Panel: p.ID, Case: gone.Case, Expert: gone.Expert}, out); err != nil {
		return err
	}
	return s.complete(ctx, by, p)
}

func (s *Service) nextOf(ctx context.Context, p Panel, gone Seat, subject Subject, out *Replacement) (string, error) {
	seats, err := s.Store.Seats(ctx, SeatFilter{Panel: p.ID, Case: gone.Case})
	if err != nil {
		return "", err
	}
	declared, err := s.declarations(ctx, "")
	if err != nil {
		return "", err
	}
	for _, c := range waiting(p.Draw.seed(), p.Draw.Pool, gone.Field, seats) {
		e, err := s.Store.Expert(ctx, c.Expert)
		if err != nil {
			return "", err
		}
		why, found := e.conflictWith(subject, declared, s.Clock.Today(), s.Rules.PastEmployerYears)
		if !found && !e.Active {
			why, found = conflict(ByOffice, "已不在专家库", "No longer in the pool"), true
		}
		if !found {
			return e.ID, nil
		}
		out.Passed = append(out.Passed, PassedBy{e.ID, why})
	}
	return "", nil
}

// waiting are those of a draw who have a field and no seat yet, in the order of
// the draw.
func waiting(seed Seed, pool []Candidate, field string, seats []Seat) []Candidate {
	return slices.DeleteFunc(Sequence(seed, pool), func(c Candidate) bool {
		return !slices.Contains(c.Fields, field) || slices.ContainsFunc(seats, func(s Seat) bool { return s.Expert == c.Expert })
	})
}

// seed reads the published seed back.
func (d Drawn) seed() (seed Seed) {
	_, _ = hex.Decode(seed[:], []byte(d.Seed)) // an altered seed gives another sequence, and verifying says so
	return seed
}
