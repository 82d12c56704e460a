package review

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Assigned is a case that was drawn for the reviewer who asks.
type Assigned struct {
	Panel   Panel
	Subject Subject // without the applicant where the panel is blind
	Own     Score   // the newest of their own; zero before they began
	Earlier []Score // their own final ones that it corrects, oldest first
}

// Assignments lists the reviewer's live cases, those that wait for a score first.
//
// Codes: not_found for a reviewer who is not in the pool.
func (s *Service) Assignments(ctx context.Context, by Actor) ([]Assigned, error) {
	e, err := s.self(ctx, by)
	if err != nil {
		return nil, err
	}
	seats, err := s.Store.Seats(ctx, SeatFilter{Expert: e.ID})
	if err != nil {
		return nil, err
	}
	var out []Assigned
	for _, seat := range seats {
		a, err := s.assigned(ctx, seat)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b Assigned) int {
		switch {
		case a.Own.Final == b.Own.Final:
			return 0
		case a.Own.Final:
			return 1
		}
		return -1
	})
	return out, nil
}

// Assignment is one of the reviewer's cases, with the sheet and the evidence.
//
// Codes: not_found for a case that is not theirs, also one that they left.
func (s *Service) Assignment(ctx context.Context, by Actor, caseID string) (Assigned, error) {
	e, err := s.self(ctx, by)
	if err != nil {
		return Assigned{}, err
	}
	seats, err := s.Store.Seats(ctx, SeatFilter{Case: caseID, Expert: e.ID})
	if err != nil {
		return Assigned{}, err
	}
	for _, seat := range slices.Backward(seats) {
		a, err := s.assigned(ctx, seat)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		return a, err
	}
	return Assigned{}, noCase()
}

// assigned reads what stands behind a live seat.
func (s *Service) assigned(ctx context.Context, seat Seat) (a Assigned, err error) {
	if !seat.Live() {
		return a, noCase()
	}
	if a.Panel, err = s.Store.Panel(ctx, seat.Panel); err != nil {
		return a, err
	}
	if a.Subject, err = s.Cases.Case(ctx, seat.Case); err != nil {
		return a, err
	}
	if a.Panel.Blind {
		a.Subject = a.Subject.blinded()
	}
	scores, err := s.Store.Scores(ctx, SeatFilter{Panel: seat.Panel, Case: seat.Case, Expert: seat.Expert})
	for _, score := range scores {
		if score.Seat != seat.ID {
			continue
		}
		if a.Own.Final {
			a.Earlier = append(a.Earlier, a.Own)
		}
		a.Own = score
	}
	return a, err
}

// SaveScore keeps a draft; the page calls it while people type.
//
// Codes: invalid; not_found; conflict when it was saved elsewhere meanwhile or
// is final.
func (s *Service) SaveScore(ctx context.Context, by Actor, in ScoreInput) (Score, error) {
	return s.write(ctx, by, in, false)
}

// SubmitScore makes a score final: it never changes again, and its digest is
// sealed in the public log. The last one completes the panel.
//
// Codes: invalid; not_found; conflict when it was saved elsewhere meanwhile or
// is final.
func (s *Service) SubmitScore(ctx context.Context, by Actor, in ScoreInput) (Score, error) {
	return s.write(ctx, by, in, true)
}

func (s *Service) write(ctx context.Context, by Actor, in ScoreInput, final bool) (score Score, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		a, err := s.Assignment(ctx, by, in.Case)
		if err != nil {
			return err
		}
		p, err := s.Store.LockPanel(ctx, a.Panel.ID)
		if err != nil {
			return err
		}
		if score, err = s.lastOwn(ctx, by, in.Case); err != nil {
			return err
		}
		switch {
		case score.Final:
			return fault.Newf(fault.Conflict, "您对本案的评分已于 %s 提交，不能再改：确有错误请联系主管部门重开。", "Your score of this case was submitted at %s and does not change: ask the office to reopen it if it is wrong.", local(score.Submitted))
		case p.State != PanelScoring:
			return fault.Newf(fault.Conflict, "评审组“%s”已结束评分。", "Panel %q no longer takes scores.", p.Name)
		case score.Version != in.Version:
			return fault.Newf(fault.Conflict, "这份草稿在别处于 %s 保存过：请刷新。您填写的内容没有丢。", "This draft was saved elsewhere at %s: reload. What you typed is kept.", local(score.Saved))
		}
		if score.Total, err = in.Validate(p.Sheet, final); err != nil {
			return err
		}
		if score.ID == "" {
			score.ID = s.IDs.New("score")
		}
		score.Marks, score.Comment, score.Saved, score.Final = in.Marks, strings.TrimSpace(in.Comment), s.Clock.Now(), final
		if !final { // a draft is no opinion yet: it leaves an audit entry and no record
			if err := s.Store.SaveScore(ctx, &score); err != nil {
				return err
			}
			return s.People.Record(ctx, party.Act{Action: "review.score.save", Kind: "application", Subject: score.Case, Details: map[string]string{"panel": p.ID}})
		}
		score.Submitted = score.Saved
		if err := s.Store.SaveScore(ctx, &score); err != nil {
			return err
		}
		if err := s.Log.Seal(ctx, p.ID, "score:"+score.ID+":"+score.Digest()); err != nil {
			return err
		}
		about := Record{Kind: KindScore, Panel: p.ID, Case: score.Case, Expert: score.Expert}
		if err := s.note(ctx, by, about, map[string]string{"score": score.ID, "corrects": score.Corrects}); err != nil {
			return err
		}
		return s.complete(ctx, by, &p)
	})
	return score, err
}

func (s *Service) lastOwn(ctx context.Context, by Actor, caseID string) (Score, error) {
	e, err := s.self(ctx, by)
	if err != nil {
		return Score{}, err
	}
	return s.lastScore(ctx, SeatFilter{Case: caseID, Expert: e.ID})
}

// OpenFile gives a reviewer the bytes of a file of one of their cases.
//
// Codes: not_found.
func (s *Service) OpenFile(ctx context.Context, by Actor, caseID, file string) (File, io.ReadCloser, error) {
	a, err := s.Assignment(ctx, by, caseID)
	if err != nil {
		return File{}, nil, err
	}
	return s.open(ctx, a.Subject.Files, file)
}

func (s *Service) open(ctx context.Context, files []File, id string) (File, io.ReadCloser, error) {
	i := slices.IndexFunc(files, func(f File) bool { return f.ID == id })
	if i < 0 {
		return File{}, nil, fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.")
	}
	r, err := s.Files.Open(ctx, files[i].SHA256)
	return files[i], r, err
}
