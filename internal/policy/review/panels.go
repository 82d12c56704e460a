package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// OpenPanel puts cases of one measure before a panel that is yet to be drawn,
// and fixes the nonce of its draw. A case is before one panel at a time.
//
// Codes: invalid; not_found for a case; conflict when the measure has no sheet
// or a case has another panel, is not of the measure and year, or cannot be
// reviewed now.
func (s *Service) OpenPanel(ctx context.Context, by Actor, in OpenPanelInput) (Panel, error) {
	if err := in.Validate(s.Rules); err != nil {
		return Panel{}, err
	}
	sheet, err := s.Rules.SheetFor(in.Measure)
	if err != nil {
		return Panel{}, err
	}
	var nonce [sha256.Size]byte
	if _, err := io.ReadFull(s.Random, nonce[:]); err != nil {
		return Panel{}, err
	}
	p := Panel{ID: s.IDs.New("panel"), Name: in.Name, Measure: in.Measure, Year: in.Year, Wants: in.Wants, Blind: in.Blind, State: PanelOpen, Version: 1,
		Sheet: sheet, Outlier: s.Rules.Outlier, Nonce: hex.EncodeToString(nonce[:]), Created: s.Clock.Now()}
	p.Commitment = commitmentTo(p.ID, p.Nonce)
	return p, s.Store.InTx(ctx, func(ctx context.Context) error {
		for _, id := range in.Cases {
			subject, err := s.Cases.Case(ctx, id)
			if err != nil {
				return err
			}
			if subject.Measure != in.Measure || subject.Year != in.Year || !subject.Reviewable {
				return fault.Newf(fault.Conflict, "申报 %s 不属于这一措施和年度，或现在不能评审。", "Application %s is not of this measure and year, or cannot be reviewed now.", subject.Number)
			}
			p.Call = subject.Call
			p.Cases = append(p.Cases, Case{subject.ID, subject.Number})
		}
		if err := s.Store.InsertPanel(ctx, p); err != nil {
			return err
		}
		if err := s.Log.Seal(ctx, p.ID, "commitment:"+p.Commitment); err != nil {
			return err
		}
		return s.note(ctx, by, Record{Kind: KindPanelOpen, Panel: p.ID}, map[string]any{"name": p.Name, "cases": p.Cases, "wants": p.Wants, "commitment": p.Commitment})
	})
}

// DrawPanel draws the members once: the seed mixes the nonce that was fixed
// when the panel was opened with the log's head of now. Whoever has a conflict
// with any of the cases is excluded, with the reason kept.
//
// Codes: not_found; conflict when it is drawn, somebody acted meanwhile, or a
// field has too few eligible experts.
func (s *Service) DrawPanel(ctx context.Context, by Actor, id string, version int64) (Panel, error) {
	return s.change(ctx, by, id, version, PanelDraw, Record{Kind: KindPanelDraw}, func(ctx context.Context, p *Panel) (any, error) {
		subjects, err := s.subjects(ctx, p.Cases)
		if err != nil {
			return nil, err
		}
		head, err := s.Log.Head(ctx)
		if err != nil {
			return nil, err
		}
		pool, err := s.snapshot(ctx, *p, subjects)
		if err != nil {
			return nil, err
		}
		seed := seedOf(p.ID, p.Nonce, head)
		members, err := Draw(seed, pool, p.Wants)
		if err != nil {
			return nil, err
		}
		p.Draw = &Drawn{Seed: hex.EncodeToString(seed[:]), Checkpoint: head, Pool: pool, PoolHash: poolHash(pool), Members: members, At: s.Clock.Now(), By: by.Name}
		var seats []Seat
		for _, m := range members {
			for _, c := range p.Cases {
				seats = append(seats, Seat{ID: s.IDs.New("seat"), Panel: p.ID, Case: c.ID, Expert: m.Expert, Field: m.Field, Since: p.Draw.At})
			}
		}
		if err := s.Store.InsertSeats(ctx, seats); err != nil {
			return nil, err
		}
		return map[string]any{"seed": p.Draw.Seed, "pool": p.Draw.PoolHash, "members": members}, s.Log.Seal(ctx, p.ID, "draw:"+p.Draw.hash())
	})
}

// hash names a draw: what it was made of and what came out.
func (d Drawn) hash() string {
	text, _ := json.Marshal([]any{d.Seed, d.Checkpoint, d.PoolHash, d.Members}) // plain values always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ClosePanel ends a panel whose scores are complete; nothing reopens after it.
//
// Codes: not_found, conflict.
func (s *Service) ClosePanel(ctx context.Context, by Actor, id string, version int64) (Panel, error) {
	return s.change(ctx, by, id, version, PanelClose, Record{Kind: KindPanelClose}, nil)
}

// CancelPanel ends a panel without a result; its cases may go before another.
// Everything that was said stays on record.
//
// Codes: invalid, not_found, conflict.
func (s *Service) CancelPanel(ctx context.Context, by Actor, id string, version int64, reason string) (Panel, error) {
	if err := checkReason(reason); err != nil {
		return Panel{}, err
	}
	return s.change(ctx, by, id, version, PanelCancel, Record{Kind: KindPanelCancel}, func(ctx context.Context, p *Panel) (any, error) {
		return map[string]string{"reason": reason}, s.endSeats(ctx, SeatFilter{Panel: p.ID}, reason)
	})
}

// ReleaseCase takes one case away from a panel, such as one that was withdrawn
// or has too few members left; the others go on. It may go before another.
//
// Codes: invalid; not_found; conflict for the last case or when somebody acted
// meanwhile.
func (s *Service) ReleaseCase(ctx context.Context, by Actor, id string, version int64, caseID, reason string) (Panel, error) {
	if err := checkReason(reason); err != nil {
		return Panel{}, err
	}
	return s.change(ctx, by, id, version, PanelRelease, Record{Kind: KindRelease, Case: caseID}, func(ctx context.Context, p *Panel) (any, error) {
		if !p.has(caseID) {
			return nil, noCase()
		}
		if len(p.Cases) == 1 {
			return nil, fault.Newf(fault.Conflict, "这是评审组最后一个案件：请取消整个评审组。", "This is the panel's last case: cancel the panel.")
		}
		p.Cases = slices.DeleteFunc(p.Cases, func(c Case) bool { return c.ID == caseID })
		return map[string]string{"reason": reason}, s.endSeats(ctx, SeatFilter{Panel: p.ID, Case: caseID}, reason)
	})
}

func (s *Service) endSeats(ctx context.Context, f SeatFilter, reason string) error {
	seats, err := s.Store.Seats(ctx, f)
	if err != nil {
		return err
	}
	for _, seat := range seats {
		if !seat.Live() {
			continue
		}
		seat.Ended, seat.Why = s.Clock.Now(), Conflict{Kind: ByOffice, Reason: said(reason)}
		if err := s.Store.EndSeat(ctx, seat); err != nil {
			return err
		}
	}
	return nil
}

// ReopenScore lets a member give another score instead of a final one, which
// stays on record. The new one begins with the marks of the old.
//
// Codes: invalid; not_found; conflict when the member has no final score there
// or somebody acted meanwhile.
func (s *Service) ReopenScore(ctx context.Context, by Actor, id string, version int64, caseID, expert, reason string) (Panel, error) {
	if err := checkReason(reason); err != nil {
		return Panel{}, err
	}
	about := Record{Kind: KindReopen, Case: caseID, Expert: expert}
	return s.change(ctx, by, id, version, PanelReopen, about, func(ctx context.Context, p *Panel) (any, error) {
		last, err := s.lastScore(ctx, SeatFilter{Panel: p.ID, Case: caseID, Expert: expert})
		if err != nil {
			return nil, err
		}
		if !last.Final {
			return nil, fault.Newf(fault.Conflict, "这位专家对本案还没有已提交的评分，不必重开。", "The expert has no final score of this case to reopen.")
		}
		again := Score{ID: s.IDs.New("score"), Seat: last.Seat, Panel: last.Panel, Case: last.Case, Expert: last.Expert, Marks: last.Marks, Total: last.Total,
			Comment: last.Comment, Corrects: last.ID, Saved: s.Clock.Now()}
		return map[string]string{"reason": reason, "score": last.ID}, s.Store.SaveScore(ctx, &again)
	})
}

// lastScore is the newest score on a live seat; the zero Score when none was begun.
//
// Codes: not_found when there is no such seat.
func (s *Service) lastScore(ctx context.Context, f SeatFilter) (Score, error) {
	seats, err := s.Store.Seats(ctx, f)
	if err != nil {
		return Score{}, err
	}
	i := slices.IndexFunc(seats, Seat.Live)
	if i < 0 {
		return Score{}, noCase()
	}
	scores, err := s.Store.Scores(ctx, f)
	if err != nil {
		return Score{}, err
	}
	last, found := newest(scores, seats[i].ID)
	if !found {
		last = Score{Seat: seats[i].ID, Panel: seats[i].Panel, Case: seats[i].Case, Expert: seats[i].Expert}
	}
	return last, nil
}

// change moves a panel, runs fn and writes panel, record and audit entry in one
// transaction. What fn returns is the record's body.
func (s *Service) change(ctx context.Context, by Actor, id string, version int64, act PanelAction, about Record, fn func(context.Context, *Panel) (any, error)) (Panel, error) {
	var p Panel
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if p, err = s.Store.LockPanel(ctx, id); err != nil {
			return err
		}
		if p.Version != version {
			return s.overtaken(ctx, p)
		}
		if err := p.Move(act); err != nil {
			return err
		}
		var body any = map[string]string{}
		if fn != nil {
			if body, err = fn(ctx, &p); err != nil {
				return err
			}
		}
		if err := s.Store.UpdatePanel(ctx, &p); err != nil {
			return err
		}
		about.Panel = p.ID
		if err := s.note(ctx, by, about, body); err != nil {
			return err
		}
		return s.complete(ctx, by, &p) // what was taken away may have been all that was missing
	})
	return p, err
}

func (s *Service) subjects(ctx context.Context, cases []Case) ([]Subject, error) {
	out := make([]Subject, 0, len(cases))
	for _, c := range cases {
		subject, err := s.Cases.Case(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, subject)
	}
	return out, nil
}

// complete moves a panel on once every live seat has a final score and every
// case the least number of them.
func (s *Service) complete(ctx context.Context, by Actor, p *Panel) error {
	if p.State != PanelScoring {
		return nil
	}
	seats, err := s.Store.Seats(ctx, SeatFilter{Panel: p.ID})
	if err != nil {
		return err
	}
	scores, err := s.Store.Scores(ctx, SeatFilter{Panel: p.ID})
	if err != nil {
		return err
	}
	for _, c := range p.Cases {
		if final, waits := standing(seats, scores, c.ID); waits > 0 || len(final) < leastScores {
			return nil
		}
	}
	if err := p.Move(PanelFinish); err != nil {
		return err
	}
	if err := s.Store.UpdatePanel(ctx, p); err != nil {
		return err
	}
	return s.note(ctx, by, Record{Kind: KindPanelDone, Panel: p.ID}, map[string]int{"scores": len(scores)})
}

func checkReason(reason string) error {
	var c fault.Collector
	checkLine(&c, "reason", reason, reasonLimit)
	return c.Err()
}

// local is an instant as people here write it.
func local(t time.Time) string { return t.In(clock.Shanghai).Format("2006-01-02 15:04") }
