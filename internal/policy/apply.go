package policy

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/form"
)

// maxAttachments bounds the files of one application.
const maxAttachments = 20

// OpenInput asks for a new application.
type OpenInput struct {
	Org     ident.CreditCode
	Measure string
	Object  string
}

// Validate reports every fault of the input.
func (in OpenInput) Validate() error {
	var c fault.Collector
	if in.Measure == "" {
		c.Add("measure", "请选择措施。", "Choose a measure.")
	}
	if len([]rune(in.Object)) > 200 {
		c.Add("object", "名称超过 200 字。", "The name is longer than 200 characters.")
	}
	return c.Err()
}

// Open starts an application for a measure whose amount can be applied for.
//
// Codes: invalid, also without the object that the measure is for; not_found
// for an unknown measure; conflict when the measure or its call takes no
// applications now, or the matter has one already.
func (s *Service) Open(ctx context.Context, by Actor, in OpenInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	if m, err := s.Pack.Measure(in.Measure); err == nil && m.Object != "" && strings.TrimSpace(in.Object) == "" {
		return Application{}, orInvalid(nil, "object", "请写明申报的是哪个模型、项目或平台。", "Name the model, project or platform that it is for.")
	}
	a, _, err := s.draft(ctx, by, in, Draft)
	if err != nil {
		return Application{}, err
	}
	return a, s.insert(ctx, by, &a, ActionOpen)
}

// EditInput is what the applicant writes: its own words, and what it states of
// itself. What departments and auditors attest is not typed in.
type EditInput struct {
	ID        string
	Version   int64
	Statement *string      // nil leaves it as it is
	Declared  form.Answers // by kind of fact; kinds that are not named stay as they are
}

// Validate reports every fault of the input. A draft may be unfinished: what it
// still lacks is told by its form and refused when it is submitted.
func (in EditInput) Validate() error {
	var c fault.Collector
	if in.Statement != nil && len([]rune(*in.Statement)) > reasonLimit {
		c.Add("statement", "说明超过 %d 字。", "The statement is longer than %d characters.", reasonLimit)
	}
	c.Merge("", in.Declared.Validate())
	return c.Err()
}

// Edit saves the applicant's part; the form calls it while people type.
//
// Codes: invalid, also for what the measure does not read; not_found; conflict,
// also for a window that was overtaken by another.
func (s *Service) Edit(ctx context.Context, by Actor, in EditInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionEdit, i18n.Text{}, func(ctx context.Context, a *Application) error {
		if in.Statement != nil {
			a.Statement = strings.TrimSpace(*in.Statement)
		}
		if len(in.Declared) == 0 {
			return nil
		}
		f, err := s.formOf(ctx, a)
		if err != nil {
			return err
		}
		a.Declared = a.Declared.Merge(in.Declared)
		return f.Foreign(in.Declared)
	})
}

// Attach keeps a file with the application. Its type is found by looking at
// the bytes; its name loses any path. evidence says which of the call's papers
// it is, or nothing.
//
// Codes: invalid, too_large, not_found, conflict, unavailable.
func (s *Service) Attach(ctx context.Context, by Actor, id, evidence, name string, r io.Reader) (Attachment, error) {
	a, err := s.mine(ctx, by, id)
	if err != nil {
		return Attachment{}, err
	}
	if !a.Can(ActionAttach) {
		return Attachment{}, a.Move(ActionAttach)
	}
	if err := s.checkEvidence(ctx, &a, evidence); err != nil {
		return Attachment{}, err
	}
	file, err := s.Files.Keep(ctx, name, r)
	if err != nil {
		return Attachment{}, err
	}
	file.ID, file.Evidence, file.Uploader, file.At = s.IDs.New("att"), evidence, by.Person, s.Clock.Now()
	_, err = s.change(ctx, by, id, 0, ActionAttach, said(file.Name), func(ctx context.Context, a *Application) error {
		have, err := s.Store.Attachments(ctx, id)
		if err != nil {
			return err
		}
		if len(have) >= maxAttachments {
			return fault.Newf(fault.TooLarge, "一份申报最多 %d 个附件：请合并后再传。", "An application has at most %d attachments: merge some and upload again.", maxAttachments)
		}
		for _, h := range have {
			if h.SHA256 == file.SHA256 {
				return fault.Newf(fault.Conflict, "同一份文件已经上传过：%s。", "The same file is attached already: %s.", h.Name)
			}
		}
		return s.Store.InsertAttachment(ctx, id, file)
	})
	return file, err
}

// Detach removes an attachment from a draft.
//
// Codes: not_found, conflict.
func (s *Service) Detach(ctx context.Context, by Actor, id, attachment string) error {
	_, err := s.change(ctx, by, id, 0, ActionDetach, i18n.Text{}, func(ctx context.Context, _ *Application) error {
		return s.Store.DeleteAttachment(ctx, id, attachment)
	})
	return err
}

// Submit hands the application to the office. What the applicant states becomes
// facts on its own word. The result is computed again and kept with its trace;
// what lacks is named and does not stop the applicant, since a department may
// still attest it.
//
// Codes: invalid when there is no payee account, at each field of the form that
// is wrong, and at evidence.<id> for a paper that the call requires; conflict when the measure no
// longer takes applications or somebody changed the application.
func (s *Service) Submit(ctx context.Context, by Actor, id string, version int64) (Application, error) {
	return s.change(ctx, by, id, version, ActionSubmit, i18n.Text{}, func(ctx context.Context, a *Application) error {
		payee, found, err := s.Registry.Payee(ctx, a.Org)
		if err != nil || !found {
			return orInvalid(err, "payee", "请先登记收款账户，并由另一人复核。", "Register a payee account first and have a second person countersign it.")
		}
		if err := s.checkStanding(ctx, a.Org); err != nil {
			return err
		}
		if err := s.checkTerms(ctx, a); err != nil {
			return err
		}
		a.Payee = payee.ID
		a.Submitted = s.Clock.Today()
		if err := s.declare(ctx, a); err != nil {
			return err
		}
		return s.freeze(ctx, a)
	})
}

// Recall takes a submitted application back to correct it, while its call is
// open and nobody has accepted it.
//
// Codes: not_found, conflict.
func (s *Service) Recall(ctx context.Context, by Actor, id string, version int64) (Application, error) {
	return s.change(ctx, by, id, version, ActionRecall, i18n.Text{}, s.checkRecall)
}

// Withdraw takes the application back before a decision.
//
// Codes: not_found, conflict.
func (s *Service) Withdraw(ctx context.Context, by Actor, id string, version int64) (Application, error) {
	return s.change(ctx, by, id, version, ActionWithdraw, i18n.Text{}, nil)
}

// freeze computes the application's result and keeps it as the one that is
// decided on.
func (s *Service) freeze(ctx context.Context, a *Application) error {
	found, err := s.assessCase(ctx, a, a.Submitted)
	if err != nil {
		return err
	}
	if reason := s.closedTo(&found.Result); !reason.IsZero() {
		return fault.New(fault.Conflict, reason)
	}
	a.Entitled, a.Amount, a.City, a.District, a.Purse, a.Hash = found.Amount, found.Amount, found.City, found.District, found.Purse, found.Hash
	return s.Store.UpdateApplication(ctx, a, found.JSON)
}

// change loads an application, checks that the caller may take the action in
// its state, runs fn and writes the new state with its event and audit entry
// in one transaction. version 0 does not compare versions.
func (s *Service) change(ctx context.Context, by Actor, id string, version int64, act Action, note i18n.Text, fn func(context.Context, *Application) error) (Application, error) {
	var a Application
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if a, err = s.mine(ctx, by, id); err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return s.overtaken(ctx, a)
		}
		from := a.State
		if err := a.Move(act); err != nil {
			return err
		}
		a.turn(from, s.Clock.Today())
		if fn != nil {
			if err := fn(ctx, &a); err != nil {
				return err
			}
		}
		if err := s.Store.UpdateApplication(ctx, &a, nil); err != nil {
			return err
		}
		return s.record(ctx, by, &a, act, note)
	})
	if version != 0 && fault.Is(err, fault.Conflict) { // of two at once, the later one is told who was first
		if now, errNow := s.mine(ctx, by, id); errNow == nil && now.Version != version {
			err = s.overtaken(ctx, now)
		}
	}
	if err == nil && a.State.WaitsFor() == "ledger" {
		s.Treasury.Wake()
	}
	return a, err
}

// mine finds an application that the actor may see: an organisation its own,
// an office every one that was submitted.
//
// Codes: not_found, also for somebody else's.
func (s *Service) mine(ctx context.Context, by Actor, id string) (Application, error) {
	a, err := s.Store.Application(ctx, id)
	if err != nil {
		return a, err
	}
	if by.Person != "" && ((by.Org != "" && by.Org != a.Org) || (by.Org == "" && a.State == Draft)) {
		return Application{}, fault.Newf(fault.NotFound, "没有这份申报。", "There is no such application.")
	}
	return a, nil
}

// overtaken says who acted since the caller read the application.
func (s *Service) overtaken(ctx context.Context, a Application) error {
	events, err := s.Store.Events(ctx, a.ID)
	if err != nil || len(events) == 0 {
		return fault.Newf(fault.Conflict, "申报 %s 已有变化：请刷新。您填写的内容没有丢。", "Application %s has changed: reload. What you typed is kept.", a.Number).Because(err)
	}
	last := events[len(events)-1]
	if last.Name == "" { // the ledger's answer to what a person did
		for _, e := range slices.Backward(events) {
			if e.Name != "" {
				return fault.Newf(fault.Conflict, "%[3]s 已处理申报 %[1]s，账本并已于 %[2]s 答复，本次没有写入：请刷新。您填写的内容没有丢。",
					"%[3]s acted on application %[1]s, the ledger answered at %[2]s, and nothing was written: reload. What you typed is kept.", a.Number, last.At.Format("2006-01-02 15:04"), e.Name)
			}
		}
	}
	return fault.Newf(fault.Conflict, "%[2]s 于 %[3]s 已处理申报 %[1]s，本次没有写入：请刷新。您填写的内容没有丢。",
		"%[2]s acted on application %[1]s at %[3]s and nothing was written: reload. What you typed is kept.", a.Number, last.Name, last.At.Format("2006-01-02 15:04"))
}

// record writes the timeline's event and the audit entry. Autosaves leave no
// event, only the audit entry.
func (s *Service) record(ctx context.Context, by Actor, a *Application, act Action, note i18n.Text) error {
	if act != ActionEdit {
		e := Event{At: s.Clock.Now(), Person: by.Person, Name: by.Name, Role: by.Role, Action: act, To: a.State, Note: note}
		if err := s.Store.AppendEvent(ctx, a.ID, e); err != nil {
			return err
		}
	}
	if err := s.tell(ctx, a, act, a.Version, note); err != nil {
		return err
	}
	return s.Registry.Record(ctx, party.Act{Action: "policy.application." + string(act), Kind: "application", Subject: a.ID, Org: a.Org,
		Details: map[string]string{"number": a.Number, "state": string(a.State)}})
}

// said is what a person typed: the same in both languages.
func said(text string) i18n.Text { return i18n.Text{ZH: text, EN: text} }

// orInvalid is err, or else bad input at a path.
func orInvalid(err error, path, zh, en string) error {
	if err != nil {
		return err
	}
	var c fault.Collector
	c.Merge(path, fault.New(fault.Invalid, i18n.Text{ZH: zh, EN: en}))
	return c.Err()
}
