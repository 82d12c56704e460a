package referral

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Registry is what this room asks of party.
type Registry interface {
	// Organisation finds one. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error)
	// Names returns the names of organisations; unknown codes are left out.
	Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Files keeps uploaded bytes under their digest.
type Files interface {
	// Keep stores an upload. Codes: too_large; invalid for a type that is not
	// allowed; unavailable when the disk is full.
	Keep(ctx context.Context, name string, r io.Reader) (Paper, error)
	// Open returns the bytes of a digest. Codes: not_found.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// Messages tells people things; app plugs internal/message in.
type Messages interface {
	Tell(ctx context.Context, n Told) error
}

// Told is something that people are told of a project.
type Told struct {
	Key         string // of the event: told once
	Topic       string
	Org         ident.CreditCode // its people; or
	Role        string           // whoever holds this role of the region
	Project     string
	Title, Body i18n.Text
}

// The topics.
const (
	ToldSent     = "referral.sent"     // the office passes a file on to a source
	ToldAnswer   = "referral.answer"   // a source answered
	ToldReported = "referral.reported" // finance checks money that the office reported
	ToldDisputed = "referral.disputed" // the office reports it again
)

// Service is the room's use cases. All fields must be set. It is given neither
// facts nor books: whatever a source answers, no grant changes by it.
type Service struct {
	Store    Store
	Sources  *Sources
	Registry Registry
	Files    Files
	Messages Messages
	Pack     *rule.Pack
	Clock    clock.Clock
	IDs      ident.Source
}

// Upload keeps a paper or an invoice that a file will name by its hash.
//
// Codes: too_large, invalid, unavailable.
func (s *Service) Upload(ctx context.Context, by Actor, name string, r io.Reader) (Paper, error) {
	p, err := s.Files.Keep(ctx, name, r)
	if err != nil {
		return p, err
	}
	return p, s.Registry.Record(ctx, party.Act{Action: "policy.project.upload", Kind: "file", Subject: p.SHA256, Org: by.Org, Details: map[string]string{"name": p.Name}})
}

// Describe opens a project's file.
//
// Codes: invalid, not_found.
func (s *Service) Describe(ctx context.Context, by Actor, f File) (Project, error) {
	if err := s.check(ctx, &f); err != nil {
		return Project{}, err
	}
	org, err := s.Registry.Organisation(ctx, by.Org)
	if err != nil {
		return Project{}, err
	}
	year := s.Clock.Today().Year()
	p := Project{ID: s.IDs.New("project"), Org: by.Org, File: f, By: by.Person, Created: s.Clock.Now(), Version: 1}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextNumber(ctx, year)
		if err != nil {
			return err
		}
		p.Number = fmt.Sprintf("XM-%d-%04d", year, n)
		if err := s.Store.InsertProject(ctx, p, org.Name); err != nil {
			return err
		}
		return s.written(ctx, by, &p, "describe")
	})
	return p, err
}

// Edit replaces a project's file. What a source is to bear stays as it was sent.
//
// Codes: invalid, not_found, conflict.
func (s *Service) Edit(ctx context.Context, by Actor, id string, version int64, f File) (Project, error) {
	if err := s.check(ctx, &f); err != nil {
		return Project{}, err
	}
	var p Project
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if p, err = s.mine(ctx, by, id); err != nil {
			return err
		}
		if version != p.Version {
			return overtaken(&p)
		}
		sendings, err := s.Store.Sendings(ctx, id)
		if err != nil {
			return err
		}
		if err := keepsBound(&p.File, &f, sendings, s.name); err != nil {
			return err
		}
		org, err := s.Registry.Organisation(ctx, p.Org)
		if err != nil {
			return err
		}
		p.File, p.By = f, by.Person
		if err := s.Store.UpdateProject(ctx, &p, org.Name); err != nil {
			return err
		}
		return s.written(ctx, by, &p, "edit")
	})
	return p, err
}

// written keeps what a project says from now on, with its audit entry.
func (s *Service) written(ctx context.Context, by Actor, p *Project, act string) error {
	e := Edition{Version: p.Version, File: p.File, By: by.Person, ByName: by.Name, At: s.Clock.Now()}
	if err := s.Store.AppendEdition(ctx, p.ID, e); err != nil {
		return err
	}
	return s.record(ctx, p, act, map[string]any{"version": p.Version})
}

// check validates a file, and that all that it names by hash is there.
//
// Codes: invalid, naming every place.
func (s *Service) check(ctx context.Context, f *File) error {
	if err := f.validate(s.Sources); err != nil {
		return err
	}
	var bad fault.Collector
	there := func(at, sha256 string) error {
		r, err := s.Files.Open(ctx, sha256)
		switch {
		case err == nil:
			return r.Close()
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			bad.Add(at, "没有这份文件：请先上传。", "There is no such file: upload it first.")
			return nil
		}
		return err
	}
	for i, p := range f.Papers {
		if err := there(fmt.Sprintf("papers[%d]", i), p.SHA256); err != nil {
			return err
		}
	}
	for i, c := range f.Costs {
		if c.Invoice == "" {
			continue
		}
		if err := there(fmt.Sprintf("costs[%d].invoice", i), c.Invoice); err != nil {
			return err
		}
	}
	f.Name, f.Summary = strings.TrimSpace(f.Name), strings.TrimSpace(f.Summary)
	return bad.Err()
}

// Matches holds every source against a project.
//
// Codes: not_found.
func (s *Service) Matches(ctx context.Context, by Actor, id string) ([]Fit, error) {
	p, err := s.mine(ctx, by, id)
	if err != nil {
		return nil, err
	}
	org, err := s.Registry.Organisation(ctx, p.Org)
	if err != nil {
		return nil, err
	}
	return s.Sources.Match(string(org.Kind), &p.File), nil
}

// SendInput sends a project's file to a source.
type SendInput struct {
	Project string
	Version int64 // of the project that was read
	Source  string
	Amount  money.Fen
	Lines   []string // cost lines that the money is for
}

// Send passes a project's file on to a source, which need not fit. The cost lines
// are the source's from then on: no other may bear them, nor their invoices in
// whatever project.
//
// Codes: invalid at lines[i], source or amount_fen; not_found; conflict when the
// project changed, or only drafts name the source.
func (s *Service) Send(ctx context.Context, by Actor, in SendInput) (Sending, error) {
	source := s.Sources.Source(in.Source)
	if source == nil {
		return Sending{}, fault.Newf(fault.NotFound, "没有资金来源 %.40s。", "There is no source %.40s.", in.Source)
	}
	if source.Draft() {
		return Sending{}, fault.Newf(fault.Conflict, "“%[1]s”只在征求意见稿里提到：可以看匹配，还不能推送。", "%[2]q is named by drafts only: you can see how it matches, and nothing is sent to it yet.", source.Name.ZH, source.Name.EN)
	}
	var sent Sending
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.mine(ctx, by, in.Project)
		if err != nil {
			return err
		}
		if in.Version != p.Version {
			return overtaken(&p)
		}
		others, err := s.Store.Sendings(ctx, p.ID)
		if err != nil {
			return err
		}
		bound, err := bind(&p, in.Source, in.Amount, in.Lines, others, s.name)
		if err != nil {
			return err
		}
		if err := s.noDoubleInvoice(ctx, &p, bound); err != nil {
			return err
		}
		sent = Sending{ID: s.IDs.New("sending"), Project: p.ID, Source: in.Source, Amount: in.Amount, Lines: bound, Digest: p.File.Digest(), Edition: p.Version, State: Sent,
			By: by.Person, ByName: by.Name, At: s.Clock.Now(), Answers: []Answer{}, Version: 1}
		if err := s.Store.InsertSending(ctx, sent); err != nil {
			return err
		}
		if err := s.Messages.Tell(ctx, Told{Key: "sending/" + sent.ID, Topic: ToldSent, Role: string(party.Office), Project: p.ID,
			Title: i18n.T("项目 %[1]s 推送给%[2]s", "Project %[1]s was sent to %[3]s", p.Number, source.Name.ZH, source.Name.EN),
			Body:  i18n.T("%[1]s，%[2]s 元。请转交，并登记答复。", "%[1]s, %[2]s yuan. Pass it on, and record the answers.", p.File.Name, in.Amount.Grouped())}); err != nil {
			return err
		}
		return s.record(ctx, &p, "send", map[string]any{"source": in.Source, "amount": in.Amount.String(), "lines": in.Lines, "digest": sent.Digest})
	})
	return sent, err
}

// noDoubleInvoice refuses an invoice that another source bears, whoever offered
// it and in whatever project. Of another organisation's project it tells nothing.
//
// Codes: invalid at lines[i].
func (s *Service) noDoubleInvoice(ctx context.Context, p *Project, bound []Bound) error {
	var bad fault.Collector
	for i, b := range bound {
		if b.Invoice == "" {
			continue
		}
		other, found, err := s.Store.Borne(ctx, b.Invoice)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		at, err := s.Store.Project(ctx, other.Project)
		if err != nil {
			return err
		}
		line, _ := p.File.Line(b.Line)
		if path, source := fmt.Sprintf("lines[%d]", i), s.name(other.Source); at.Org == p.Org {
			bad.Add(path, "成本项“%[1]s”的发票已在项目 %[2]s 里由%[3]s承担：一张发票只用一次。", "The invoice of cost line %[1]q is borne by %[4]s in project %[2]s already: an invoice is used once.", line.Name, at.Number, source.ZH, source.EN)
		} else {
			bad.Add(path, "成本项“%s”的发票已由别处承担：一张发票只用一次。如有疑问，请联系主管部门。", "The invoice of cost line %q is borne elsewhere already: an invoice is used once. Ask the office if in doubt.", line.Name)
		}
	}
	return bad.Err()
}

// Answer records what a source said. It changes no grant: what is invested is
// kept here and nowhere else, and stands once Judge has agreed.
//
// Codes: invalid, not_found; conflict when somebody acted meanwhile, nothing
// follows any more, or reported money waits.
func (s *Service) Answer(ctx context.Context, by Actor, in AnswerInput) (Sending, error) {
	if err := in.validate(s.Clock.Today()); err != nil {
		return Sending{}, err
	}
	return s.step(ctx, by, in.ID, in.Version, func(x *Sending, hand Answer) error {
		if in.Amount > x.Amount {
			var c fault.Collector
			c.Add("amount_fen", "出资多于所要的 %s 元：请按实际推送的金额重新推送。", "More than the %s yuan that were asked: send it anew for what was agreed.", x.Amount.Grouped())
			return c.Err()
		}
		hand.State, hand.On, hand.Amount, hand.Note = in.State, in.On, in.Amount, strings.TrimSpace(in.Note)
		return x.answer(hand)
	})
}

// Judge is the second person's word on money that the office reported.
//
// Codes: invalid, not_found; forbidden for who reported it; conflict when none
// waits or somebody acted meanwhile.
func (s *Service) Judge(ctx context.Context, by Actor, in JudgeInput) (Sending, error) {
	if err := in.validate(); err != nil {
		return Sending{}, err
	}
	return s.step(ctx, by, in.ID, in.Version, func(x *Sending, hand Answer) error {
		hand.Note = strings.TrimSpace(in.Note)
		return x.judge(in.Agrees, hand)
	})
}

// Withdraw takes a sending back and frees its cost lines.
//
// Codes: invalid, not_found; conflict as those of Answer.
func (s *Service) Withdraw(ctx context.Context, by Actor, id string, version int64, reason string) (Sending, error) {
	if !said(reason) {
		var c fault.Collector
		c.Add("reason", "请写明理由，最多 2000 字。", "Give a reason of 2,000 characters at most.")
		return Sending{}, c.Err()
	}
	return s.step(ctx, by, id, version, func(x *Sending, hand Answer) error {
		hand.State, hand.On, hand.Note = Withdrawn, s.Clock.Today(), strings.TrimSpace(reason)
		return x.answer(hand)
	})
}

// step moves a sending on by one answer, with its audit entry, and tells whose
// turn it is. hand is that answer with who gives it and when.
func (s *Service) step(ctx context.Context, by Actor, id string, version int64, move func(x *Sending, hand Answer) error) (Sending, error) {
	var sending Sending
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if sending, err = s.Store.Sending(ctx, id); err != nil {
			return err
		}
		p, err := s.mine(ctx, by, sending.Project)
		if err != nil {
			return err
		}
		if version != sending.Version {
			return sending.overtaken(&p)
		}
		if err := move(&sending, Answer{Person: by.Person, Name: by.Name, At: s.Clock.Now()}); err != nil {
			return err
		}
		if err := s.Store.UpdateSending(ctx, &sending); err != nil {
			return err
		}
		a := sending.Answers[len(sending.Answers)-1]
		if err := s.tell(ctx, &p, &sending, &a); err != nil {
			return err
		}
		return s.record(ctx, &p, string(a.State), map[string]any{"source": sending.Source, "on": a.On, "amount": a.Amount.String()})
	})
	return sending, err
}

// tell tells whoever is next: finance of money to check, the office of money to
// report again, the organisation of every other answer. What it withdrew itself
// nobody is told.
func (s *Service) tell(ctx context.Context, p *Project, x *Sending, a *Answer) error {
	source := s.name(x.Source)
	told := Told{Key: fmt.Sprintf("sending/%s/%d", x.ID, x.Version), Project: p.ID, Body: i18n.Text{ZH: a.Note, EN: a.Note}}
	switch a.State {
	case Withdrawn:
		return nil
	case Reported:
		told.Topic, told.Role = ToldReported, string(party.Finance)
		told.Title = i18n.T("%[1]s 对项目 %[3]s 出资 %[4]s 元，请核对", "Check %[4]s yuan that %[2]s invested in project %[3]s", source.ZH, source.EN, p.Number, a.Amount.Grouped())
	case Disputed:
		told.Topic, told.Role = ToldDisputed, string(party.Office)
		told.Title = i18n.T("%[1]s 对项目 %[3]s 的出资核对不符，请重报", "What %[2]s invested in project %[3]s does not agree; report it again", source.ZH, source.EN, p.Number)
	default:
		told.Topic, told.Org = ToldAnswer, p.Org
		told.Title = i18n.T("%[1]s 对项目 %[3]s 有答复", "%[2]s answered on project %[3]s", source.ZH, source.EN, p.Number)
	}
	return s.Messages.Tell(ctx, told)
}

// name is what a source is called, its id once it has left the region's list.
func (s *Service) name(id string) i18n.Text {
	if src := s.Sources.Source(id); src != nil {
		return src.Name
	}
	return i18n.Text{ZH: id, EN: id}
}

// mine finds a project that the actor may see: an organisation its own.
//
// Codes: not_found, also for somebody else's.
func (s *Service) mine(ctx context.Context, by Actor, id string) (Project, error) {
	p, err := s.Store.Project(ctx, id)
	if err == nil && by.Org != "" && by.Org != p.Org {
		err = fault.Newf(fault.NotFound, "没有这个项目。", "There is no such project.")
	}
	return p, err
}

func overtaken(p *Project) error {
	return fault.Newf(fault.Conflict, "项目 %s 已有变化，本次没有写入：请刷新，您写的仍在。", "Project %s has changed and nothing was written: reload; what you typed is kept.", p.Number)
}

// overtaken says who acted on a sending since the caller read it.
func (s *Sending) overtaken(p *Project) error {
	if len(s.Answers) == 0 {
		return overtaken(p)
	}
	last := s.Answers[len(s.Answers)-1]
	return fault.Newf(fault.Conflict, "%[1]s 于 %[2]s 已先登记，本次没有写入：请刷新，您写的仍在。", "%[1]s recorded something at %[2]s before you and nothing was written: reload; what you typed is kept.",
		last.Name, last.At.In(clock.Shanghai).Format("2006-01-02 15:04"))
}

func (s *Service) record(ctx context.Context, p *Project, act string, about any) error {
	return s.Registry.Record(ctx, party.Act{Action: "policy.project." + act, Kind: "project", Subject: p.ID, Org: p.Org, Details: map[string]any{"number": p.Number, "about": about}})
}
