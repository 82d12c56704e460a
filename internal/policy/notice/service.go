package notice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Registry notes acts; *party.Service fits.
type Registry interface {
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Cases is what this room asks of whoever keeps the applications.
type Cases interface {
	// Proposed lists the proposed awards of a call that no notice shows yet.
	Proposed(ctx context.Context, call string) ([]Row, error)
	// Reopen sends a case back to review, in the transaction of the context.
	Reopen(ctx context.Context, application, reason string) error
}

// Service is the room's use cases. All fields must be set.
type Service struct {
	Store    Store
	Registry Registry
	Cases    Cases
	Clock    clock.Clock
	IDs      ident.Source
}

// Draft prepares a notice over rows that a person then reads. Texts that
// people typed lose what is personal.
//
// Codes: invalid.
func (s *Service) Draft(ctx context.Context, in DraftInput) (n Notice, err error) {
	err = s.numbered(ctx, func(ctx context.Context, number string) error {
		n, err = s.draft(ctx, number, in)
		return err
	})
	return n, err
}

// DraftCall prepares a notice over all proposed awards of a call that no
// notice shows yet.
//
// Codes: invalid; conflict when there are none.
func (s *Service) DraftCall(ctx context.Context, title i18n.Text, call string, days int) (n Notice, err error) {
	err = s.numbered(ctx, func(ctx context.Context, number string) error {
		rows, err := s.Cases.Proposed(ctx, call)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.Newf(fault.Conflict, "这个批次没有待公示的拟支持申报：请先完成分配。", "The call has no proposed award to show: settle its allocation first.")
		}
		n, err = s.draft(ctx, number, DraftInput{Title: title, Call: call, Days: days, Rows: rows})
		return err
	})
	return n, err
}

// numbered runs fn with the next number, in a transaction that holds the
// counter: of two who draft at once, the second sees what the first one shows.
func (s *Service) numbered(ctx context.Context, fn func(ctx context.Context, number string) error) error {
	year := s.Clock.Today().Year()
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		count, err := s.Store.NextNumber(ctx, "notice", year)
		if err != nil {
			return err
		}
		return fn(ctx, fmt.Sprintf("GS-%d-%03d", year, count))
	})
}

func (s *Service) draft(ctx context.Context, number string, in DraftInput) (Notice, error) {
	if err := in.Validate(); err != nil {
		return Notice{}, err
	}
	n := Notice{ID: s.IDs.New("notice"), Number: number, State: Draft, Version: 1, Title: in.Title, Call: in.Call, Days: in.Days,
		CreatedBy: httpapi.PrincipalOf(ctx).PersonID, Created: s.Clock.Now()}
	for i := range in.Rows {
		r := &in.Rows[i]
		r.Seq, r.Object, r.Name = i+1, Redact(r.Object), Redact(r.Name)
	}
	if err := s.Store.Insert(ctx, n, in.Rows); err != nil {
		return Notice{}, err
	}
	return n, s.record(ctx, &n, "draft", map[string]int{"rows": len(in.Rows)})
}

// Publish shows a notice to everybody; the day itself is not counted.
//
// Codes: not_found; forbidden for whoever drafted it; conflict.
func (s *Service) Publish(ctx context.Context, id string, version int64) (Notice, error) {
	var n Notice
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if n, err = s.Store.Notice(ctx, id); err != nil {
			return err
		}
		switch {
		case n.State != Draft:
			return fault.Newf(fault.Conflict, "公示 %s 已于 %s 发布。", "Notice %s was published on %s.", n.Number, string(n.Published))
		case version != n.Version:
			return fault.Newf(fault.Conflict, "公示 %s 已有变化：请刷新。", "Notice %s has changed: reload.", n.Number)
		case n.CreatedBy == httpapi.PrincipalOf(ctx).PersonID:
			return fault.Newf(fault.Forbidden, "发布须由另一人：这份公示是您自己拟的。", "A second person must publish: you drafted this notice yourself.")
		}
		n.State, n.Published = Published, s.Clock.Today()
		n.Ends = clock.China().After(n.Published, n.Days)
		if err := s.Store.Update(ctx, &n); err != nil {
			return err
		}
		return s.record(ctx, &n, "publish", map[string]string{"ends": string(n.Ends)})
	})
	return n, err
}

// errRepeated undoes the number of an objection that was there already.
var errRepeated = errors.New("notice: the same objection was brought before")

// Object takes an objection against a row while the notice runs. Anybody may
// bring one; who did is for officers only. The same once more, by a form that
// was sent twice, is the one that is open.
//
// Codes: invalid, not_found; conflict when the days are over or the row was
// taken off.
func (s *Service) Object(ctx context.Context, in ObjectInput) (Objection, error) {
	if err := in.Validate(); err != nil {
		return Objection{}, err
	}
	today := s.Clock.Today()
	o := Objection{ID: s.IDs.New("objection"), Notice: in.Notice, Seq: in.Seq, Person: httpapi.PrincipalOf(ctx).PersonID,
		Name: strings.TrimSpace(in.Name), Contact: strings.TrimSpace(in.Contact), Body: strings.TrimSpace(in.Body), At: s.Clock.Now()}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.Notice(ctx, in.Notice)
		if err != nil || n.State == Draft {
			return orNotFound(err)
		}
		row, err := s.Store.Row(ctx, n.ID, in.Seq)
		if err != nil {
			return err
		}
		switch {
		case n.Over(today):
			return fault.Newf(fault.Conflict, "公示 %s 已于 %s 结束，不再受理异议。", "Notice %s ended on %s and takes no more objections.", n.Number, n.Ends)
		case !row.Withdrawn.IsZero():
			return fault.Newf(fault.Conflict, "这一件已不在公示之列。", "This row no longer stands on the notice.")
		}
		count, err := s.Store.NextNumber(ctx, "objection", today.Year())
		if err != nil {
			return err
		}
		// After the number is taken: whoever counts at the same time waits for it.
		if same, found, err := s.Store.Repeated(ctx, o); err != nil || found {
			o = same
			return cmp.Or(err, errRepeated)
		}
		o.Number = fmt.Sprintf("YY-%d-%04d", today.Year(), count)
		if err := s.Store.AddObjection(ctx, o); err != nil {
			return err
		}
		return s.Registry.Record(ctx, party.Act{Action: "policy.objection.add", Kind: "objection", Subject: o.ID, Details: map[string]any{"notice": n.Number, "row": in.Seq}})
	})
	if errors.Is(err, errRepeated) {
		err = nil
	}
	return o, err
}

// Answer settles an objection. One that is upheld takes the row off the notice
// and sends its case back to review.
//
// Codes: invalid, not_found; conflict when it was answered already.
func (s *Service) Answer(ctx context.Context, in AnswerInput) (Objection, error) {
	if err := in.Validate(); err != nil {
		return Objection{}, err
	}
	by := httpapi.PrincipalOf(ctx)
	var o Objection
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if o, err = s.Store.Objection(ctx, in.ID); err != nil {
			return err
		}
		if o.Verdict != "" {
			return fault.Newf(fault.Conflict, "%[2]s 已于 %[3]s 答复异议 %[1]s。您写的没有丢。", "%[2]s answered objection %[1]s at %[3]s. What you typed is kept.",
				o.Number, o.AnsweredName, o.Answered.In(clock.Shanghai).Format("2006-01-02 15:04"))
		}
		o.Verdict, o.Answer, o.AnsweredBy, o.AnsweredName, o.Answered = in.Verdict, strings.TrimSpace(in.Answer), by.PersonID, by.Name, s.Clock.Now()
		if err := s.Store.Settle(ctx, o); err != nil {
			return err
		}
		if in.Verdict == Upheld {
			if err := s.takeOff(ctx, &o); err != nil {
				return err
			}
		}
		return s.Registry.Record(ctx, party.Act{Action: "policy.objection.answer", Kind: "objection", Subject: o.ID, Details: map[string]string{"number": o.Number, "verdict": string(o.Verdict)}})
	})
	return o, err
}

func (s *Service) takeOff(ctx context.Context, o *Objection) error {
	row, err := s.Store.Row(ctx, o.Notice, o.Seq)
	if err != nil || !row.Withdrawn.IsZero() {
		return err // another objection took it off before
	}
	why := i18n.T("异议 %s 成立，重新审核。", "Objection %s was upheld; the case is reviewed again.", o.Number)
	if err := s.Store.TakeOff(ctx, o.Notice, o.Seq, why); err != nil {
		return err
	}
	return s.Cases.Reopen(ctx, row.Application, why.ZH)
}

// Clear refuses a decision on a case whose notice is not over, or against which
// an objection is open.
//
// Codes: conflict, saying until when.
func (s *Service) Clear(ctx context.Context, application string) error {
	n, row, found, err := s.Store.Of(ctx, application)
	switch {
	case err != nil:
		return err
	case !found || n.State != Published || !row.Withdrawn.IsZero():
		return fault.Newf(fault.Conflict, "这份申报还没有公示：请先拟一份公示，由另一人发布。", "This application has not been on public notice: draft one and have another person publish it.")
	case !n.Over(s.Clock.Today()):
		return fault.Newf(fault.Conflict, "公示 %s 到 %s 为止，期满才能决定。", "Notice %s runs until %s; decide after that.", n.Number, n.Ends)
	}
	open, err := s.Store.OpenObjections(ctx, n.ID, row.Seq)
	if err == nil && open > 0 {
		err = fault.Newf(fault.Conflict, "公示 %[1]s 上对这份申报还有 %[2]d 件异议没有答复。", "%[2]d objections against this application on notice %[1]s have no answer yet.", n.Number, open)
	}
	return err
}

// Shown reports whether a notice shows a case, drafts included, and it was not
// taken off.
func (s *Service) Shown(ctx context.Context, application string) (bool, error) {
	_, row, found, err := s.Store.Of(ctx, application)
	return found && row.Withdrawn.IsZero(), err
}

// Period is the number and the days of the newest published notice that shows a
// case; number is "" for none.
func (s *Service) Period(ctx context.Context, application string) (number string, from, to clock.Date, err error) {
	n, _, found, err := s.Store.Of(ctx, application)
	if err != nil || !found || n.State != Published {
		return "", "", "", err
	}
	return n.Number, n.Published, n.Ends, nil
}

func (s *Service) record(ctx context.Context, n *Notice, action string, details any) error {
	return s.Registry.Record(ctx, party.Act{Action: "policy.notice." + action, Kind: "notice", Subject: n.ID, Details: map[string]any{"number": n.Number, "about": details}})
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return fault.Newf(fault.NotFound, "没有这份公示。", "There is no such notice.")
}
