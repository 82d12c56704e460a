package target

import (
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Facts is what this domain asks of evidence; *evidence.Service fits.
type Facts interface {
	// List pages through records.
	List(ctx context.Context, q evidence.Query) ([]evidence.Record, *evidence.Position, error)
	// Get finds one. Codes: not_found.
	Get(ctx context.Context, id string) (evidence.Record, error)
	// Extent says how far the facts reach: while it stands, so does what List gave.
	Extent(ctx context.Context) (evidence.Extent, error)
	// Append records facts in the transaction of the context.
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
}

// Registry is what this domain asks of party.
type Registry interface {
	// Organisation finds one. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Archive keeps uploaded bytes under their digest.
type Archive interface {
	// Keep stores an upload and tells its name, type, size and digest. Codes:
	// too_large; invalid for a type that is not allowed; unavailable.
	Keep(ctx context.Context, name string, r io.Reader) (File, error)
	// Open returns the bytes of a digest. Codes: not_found.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// Post tells a unit's people something, in the transaction of the context.
type Post interface {
	Post(ctx context.Context, m Message) error
}

// Message is what a unit is told.
type Message struct {
	Unit    string // id of the unit
	Kind    string // "target.due_soon", "target.overdue"
	Task    string
	Title   i18n.Text
	Text    i18n.Text
	Subject string // id that makes the message one: the same is told once
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

func personOf(a Actor) Person { return Person{a.Person, a.Name, a.Role} }

// Service is the domain's use cases. All exported fields must be set.
type Service struct {
	Plan     *Plan
	Store    Store
	Facts    Facts
	Registry Registry
	Archive  Archive
	Post     Post
	Clock    clock.Clock
	IDs      ident.Source
	// Recorded is told when facts were written, to seal them soon; nil tells nobody.
	Recorded func()

	seen seen // the facts that targets are read from
}

// Report records what a unit says of a task. Only a unit that has a part in
// the task may speak; the facts and files that it names must exist.
//
// Codes: invalid; not_found; conflict when what it corrects was corrected already.
func (s *Service) Report(ctx context.Context, by Actor, in ReportInput) (Report, error) {
	if err := in.Validate(); err != nil {
		return Report{}, err
	}
	task, err := s.Plan.Task(in.Task)
	if err != nil {
		return Report{}, err
	}
	var bad fault.Collector
	if !task.Answers(in.Unit) {
		bad.Add("unit", "“%.40s”不是这项任务的牵头或配合单位。", "%.40q neither leads nor supports this task.", in.Unit)
	}
	files, err := s.Store.Files(ctx, in.Files)
	if err != nil {
		return Report{}, err
	}
	if len(files) != len(in.Files) {
		bad.Add("files", "有附件没有找到：请重新上传。", "A file was not found: upload it again.")
	}
	for _, id := range in.Facts {
		if _, err := s.Facts.Get(ctx, id); fault.Is(err, fault.NotFound) {
			bad.Add("facts", "没有事实 %.64s。", "There is no fact %.64s.", id)
		} else if err != nil {
			return Report{}, err
		}
	}
	if err := s.checkCorrects(ctx, &bad, in); err != nil {
		return Report{}, err
	}
	if err := bad.Err(); err != nil {
		return Report{}, err
	}
	r := Report{ID: s.IDs.New("report"), Task: task.ID, Unit: in.Unit, Day: s.Clock.Today(), Percent: in.Percent, Milestone: in.Milestone, Text: in.Text,
		Files: files, Facts: in.Facts, Corrects: in.Corrects, By: personOf(by), At: s.Clock.Now()}
	return r, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertReport(ctx, r); err != nil {
			return err
		}
		return s.act(ctx, "report.add", "task", task.ID, map[string]any{"report": r.ID, "unit": r.Unit, "percent": r.Percent, "corrects": r.Corrects})
	})
}

func (s *Service) checkCorrects(ctx context.Context, bad *fault.Collector, in ReportInput) error {
	if in.Corrects == "" {
		return nil
	}
	all, err := s.Store.Reports(ctx, in.Task)
	for _, r := range all {
		if r.ID == in.Corrects {
			if r.Unit != in.Unit {
				bad.Add("corrects", "只能更正本单位的报告。", "A unit corrects its own reports only.")
			}
			return err
		}
	}
	bad.Add("corrects", "这项任务没有报告 %.64s。", "This task has no report %.64s.", in.Corrects)
	return err
}

// Upload keeps a file that a report or a figure will name.
//
// Codes: those of Archive.
func (s *Service) Upload(ctx context.Context, by Actor, name string, r io.Reader) (File, error) {
	f, err := s.Archive.Keep(ctx, name, r)
	if err != nil {
		return File{}, err
	}
	f.ID, f.By, f.At = s.IDs.New("file"), by.Person, s.Clock.Now()
	return f, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertFile(ctx, f); err != nil {
			return err
		}
		return s.act(ctx, "file.add", "file", f.ID, map[string]any{"name": f.Name, "sha256": f.SHA256})
	})
}

// Open returns a file and its bytes.
//
// Codes: not_found.
func (s *Service) Open(ctx context.Context, id string) (File, io.ReadCloser, error) {
	files, err := s.Store.Files(ctx, []string{id})
	if err != nil {
		return File{}, nil, err
	}
	if len(files) == 0 {
		return File{}, nil, fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.")
	}
	r, err := s.Archive.Open(ctx, files[0].SHA256)
	return files[0], r, err
}

// Assign adds a line to a year's task list.
//
// Codes: invalid; not_found.
func (s *Service) Assign(ctx context.Context, by Actor, in AssignInput) (Assignment, error) {
	if err := in.Validate(); err != nil {
		return Assignment{}, err
	}
	if _, err := s.Plan.Task(in.Task); err != nil {
		return Assignment{}, err
	}
	if err := s.checkUnit("unit", in.Unit); err != nil {
		return Assignment{}, err
	}
	a := Assignment{ID: s.IDs.New("assign"), Year: in.Year, Task: in.Task, Unit: in.Unit, Goal: in.Goal, Due: in.Due, By: personOf(by), At: s.Clock.Now()}
	return a, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertAssignment(ctx, a); err != nil {
			return err
		}
		return s.act(ctx, "assignment.add", "task", a.Task, map[string]any{"assignment": a.ID, "year": a.Year, "unit": a.Unit, "due": a.Due})
	})
}

// EndAssignment takes a line off a year's task list; the line stays readable.
//
// Codes: invalid; not_found; conflict.
func (s *Service) EndAssignment(ctx context.Context, by Actor, id, note string) error {
	e, err := s.ending(by, note)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.EndAssignment(ctx, id, e); err != nil {
			return err
		}
		return s.act(ctx, "assignment.end", "assignment", id, map[string]any{"note": e.Note})
	})
}

func (s *Service) ending(by Actor, note string) (Ending, error) {
	var bad fault.Collector
	checkText(&bad, "note", note)
	return Ending{personOf(by), s.Clock.Now(), note}, bad.Err()
}

func (s *Service) checkUnit(path, unit string) error {
	var bad fault.Collector
	if _, known := s.Plan.units[unit]; !known {
		bad.Add(path, "单位别名表里没有“%.40s”。", "The alias table has no unit %.40q.", unit)
	}
	return bad.Err()
}

// act notes an act in the audit trail.
func (s *Service) act(ctx context.Context, action, kind, subject string, details map[string]any) error {
	return s.Registry.Record(ctx, party.Act{Action: "target." + action, Kind: kind, Subject: subject, Details: details})
}

// told says that facts were written.
func (s *Service) told() {
	if s.Recorded != nil {
		s.Recorded()
	}
}
