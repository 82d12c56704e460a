package review

import (
	"context"
	"io"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// RecordCheck writes down a completeness check, item by item of what the call
// demands.
//
// Codes: invalid; not_found; conflict when the case is decided.
func (s *Service) RecordCheck(ctx context.Context, by Actor, in CheckInput) (Check, error) {
	var check Check
	err := s.about(ctx, in.Case, func(ctx context.Context, subject Subject) (err error) {
		if check.Items, err = in.against(subject.Wanted); err != nil {
			return err
		}
		check.At, check.By = s.Clock.Now(), by.Name
		return s.note(ctx, by, Record{Kind: KindCheck, Case: in.Case}, check)
	})
	return check, err
}

// RecordFactCheck writes down what a department says of a fact of the case, or
// that it was asked. A dispute blocks the case until a later check confirms.
//
// Codes: invalid; not_found for a case or a fact that is none of the case's;
// conflict when the case is decided.
func (s *Service) RecordFactCheck(ctx context.Context, by Actor, in FactCheckInput) (FactCheck, error) {
	if err := in.Validate(s.Rules); err != nil {
		return FactCheck{}, err
	}
	unit, _ := s.Rules.unit(in.Unit)
	check := FactCheck{Fact: in.Fact, Unit: in.Unit, Name: unit.Name, Verdict: in.Verdict, Reason: in.Reason, At: s.Clock.Now(), By: by.Name}
	return check, s.about(ctx, in.Case, func(ctx context.Context, subject Subject) error {
		if !slices.ContainsFunc(subject.Facts, func(f SubjectFact) bool { return f.ID == in.Fact }) {
			return fault.Newf(fault.NotFound, "这条事实不在本案的测算里。", "The fact is none that this case rests on.")
		}
		return s.note(ctx, by, Record{Kind: KindFactCheck, Case: in.Case}, check)
	})
}

// about runs fn on a case that is not decided, in one transaction.
func (s *Service) about(ctx context.Context, caseID string, fn func(context.Context, Subject) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		subject, err := s.Cases.Case(ctx, caseID)
		if err != nil {
			return err
		}
		if !subject.Reviewable {
			return fault.Newf(fault.Conflict, "申报 %s 现在不在审核中，不能再作核查记录。", "Application %s is not under review now and takes no more checks.", subject.Number)
		}
		return fn(ctx, subject)
	})
}

// AddFile keeps a file with a case, for the record of a site visit.
//
// Codes: invalid, too_large, not_found, conflict, unavailable.
func (s *Service) AddFile(ctx context.Context, by Actor, caseID, name string, r io.Reader) (File, error) {
	if _, err := s.Cases.Case(ctx, caseID); err != nil {
		return File{}, err
	}
	file, err := s.Files.Keep(ctx, name, r)
	if err != nil {
		return File{}, err
	}
	file.ID = s.IDs.New("rec")
	return file, s.about(ctx, caseID, func(ctx context.Context, _ Subject) error {
		return s.note(ctx, by, Record{ID: file.ID, Kind: KindFile, Case: caseID}, file)
	})
}

// VisitFile opens a file that was kept with a case.
//
// Codes: not_found.
func (s *Service) VisitFile(ctx context.Context, caseID, id string) (File, io.ReadCloser, error) {
	files, err := s.visitFiles(ctx, caseID)
	if err != nil {
		return File{}, nil, err
	}
	return s.open(ctx, files, id)
}

func (s *Service) visitFiles(ctx context.Context, caseID string) ([]File, error) {
	records, err := s.Store.Records(ctx, RecordFilter{Kinds: []Kind{KindFile}, Case: caseID})
	if err != nil {
		return nil, err
	}
	return bodies[File](records, nil)
}

// RecordVisit writes down a visit to the applicant's site.
//
// Codes: invalid; not_found; conflict when the case is decided.
func (s *Service) RecordVisit(ctx context.Context, by Actor, in VisitInput) (Visit, error) {
	if err := in.Validate(s.Clock.Today()); err != nil {
		return Visit{}, err
	}
	visit := Visit{ID: s.IDs.New("rec"), On: in.On, Place: in.Place, Visitors: in.Visitors, Findings: in.Findings, Sound: in.Sound, At: s.Clock.Now(), By: by.Name}
	return visit, s.about(ctx, in.Case, func(ctx context.Context, _ Subject) error {
		files, err := s.visitFiles(ctx, in.Case)
		if err != nil {
			return err
		}
		var c fault.Collector
		for i, id := range in.Files {
			at := slices.IndexFunc(files, func(f File) bool { return f.ID == id })
			if at < 0 {
				c.Add("files["+decimal(i)+"]", "没有这个文件：请先上传。", "There is no such file: upload it first.")
				continue
			}
			visit.Files = append(visit.Files, files[at])
		}
		if err := c.Err(); err != nil {
			return err
		}
		return s.note(ctx, by, Record{ID: visit.ID, Kind: KindVisit, Case: in.Case}, visit)
	})
}

// RecordMeeting writes down what a panel decided together, once its scores are
// complete.
//
// Codes: invalid; not_found; conflict before every score is final.
func (s *Service) RecordMeeting(ctx context.Context, by Actor, in MeetingInput) (Meeting, error) {
	meeting := Meeting{ID: s.IDs.New("rec"), Held: in.Held, Place: in.Place, Chair: in.Chair, Present: in.Present, Decisions: in.Decisions, Minutes: in.Minutes, At: s.Clock.Now(), By: by.Name}
	return meeting, s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.Store.LockPanel(ctx, in.Panel)
		if err != nil {
			return err
		}
		if !p.State.Shows() {
			return fault.Newf(fault.Conflict, "评分还没有全部提交，不能记录评审会议。", "Not every score is final: the meeting comes after.")
		}
		seats, err := s.Store.Seats(ctx, SeatFilter{Panel: p.ID})
		if err != nil {
			return err
		}
		if err := in.Validate(p, seats, s.Clock.Today()); err != nil {
			return err
		}
		return s.note(ctx, by, Record{ID: meeting.ID, Kind: KindMeeting, Panel: p.ID}, meeting)
	})
}

// Meetings lists a panel's meetings, oldest first.
func (s *Service) Meetings(ctx context.Context, panel string) ([]Meeting, error) {
	records, err := s.Store.Records(ctx, RecordFilter{Kinds: []Kind{KindMeeting}, Panel: panel})
	if err != nil {
		return nil, err
	}
	return bodies[Meeting](records, nil)
}
