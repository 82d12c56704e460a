package exception

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
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

// Facts is what this room asks of evidence; *evidence.Service fits.
type Facts interface {
	// Append records facts in the transaction of the context.
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
}

// Cases is what this room asks of whoever keeps the applications.
type Cases interface {
	// OpenExcepted opens the case of an approved exception in the transaction of
	// the context and returns its id. Codes: conflict when the organisation is
	// excluded, the matter has another, or its terms do not allow one.
	OpenExcepted(ctx context.Context, by Actor, x Exception) (string, error)
	// Standings tells how far cases have come, by id.
	Standings(ctx context.Context, ids []string) (map[string]Standing, error)
}

// Standing is how far the case of an exception has come.
type Standing struct {
	Number string
	State  string
	Due    money.Fen // what its case pays: the amount less what the matter was paid before
	Paid   money.Fen
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

// Told is something that a role of the region is told of an exception.
type Told struct {
	Key         string // of the event: told once
	Role        string
	Exception   string
	Title, Body i18n.Text
}

// ToldWaits is the topic: an opinion is waited for.
const ToldWaits = "exception.waits"

// Service is the room's use cases. All fields must be set.
type Service struct {
	Store    Store
	Registry Registry
	Facts    Facts
	Cases    Cases
	Files    Files
	Messages Messages
	Pack     *rule.Pack
	Clock    clock.Clock
	IDs      ident.Source
}

// Upload keeps a paper that a proposal will name.
//
// Codes: too_large, invalid, unavailable.
func (s *Service) Upload(ctx context.Context, name string, r io.Reader) (Paper, error) {
	p, err := s.Files.Keep(ctx, name, r)
	if err != nil {
		return p, err
	}
	return p, s.Registry.Record(ctx, party.Act{Action: "policy.exception.upload", Kind: "file", Subject: p.SHA256, Details: map[string]string{"name": p.Name}})
}

// Propose opens an exception for an organisation. Nothing follows from it until
// two other people approve.
//
// Codes: invalid, not_found; conflict when the measure is a draft's or out of
// its period, or its document allows no exceptions.
func (s *Service) Propose(ctx context.Context, by Actor, in ProposeInput) (Exception, error) {
	if err := in.Validate(); err != nil {
		return Exception{}, err
	}
	org, err := s.Registry.Organisation(ctx, in.Org)
	if err != nil {
		return Exception{}, err
	}
	clause, err := s.allowing(in.Measure)
	if err != nil {
		return Exception{}, err
	}
	if err := s.checkPapers(ctx, in.Papers); err != nil {
		return Exception{}, err
	}
	x := Exception{ID: s.IDs.New("exception"), Org: in.Org, Kind: in.Kind, State: Proposed, Version: 1, ProposedBy: by.Person, ProposedName: by.Name, Proposed: s.Clock.Now(), Opinions: []Opinion{},
		Proposal: Proposal{Rule: clause.ID, Measure: in.Measure, Departure: in.Departure, Matter: strings.TrimSpace(in.Matter), Call: in.Call, Amount: in.Amount, Reason: strings.TrimSpace(in.Reason), Papers: in.Papers}}
	year := s.Clock.Today().Year()
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextNumber(ctx, year)
		if err != nil {
			return err
		}
		x.Number = fmt.Sprintf("TY-%d-%03d", year, n)
		if err := s.Store.Insert(ctx, x, org.Name); err != nil {
			return err
		}
		for _, seat := range Seats() {
			if err := s.Messages.Tell(ctx, Told{Key: "exception/" + x.ID + "/" + string(seat), Role: string(seat), Exception: x.ID,
				Title: i18n.T("一事一议 %[1]s 待审批", "Exception %[1]s waits for an opinion", x.Number),
				Body: i18n.T("%[1]s 为 %[2]s 提出一事一议，%[3]s 元。须由主管部门和财政各一人审批，提出人除外。",
					"%[1]s proposes %[3]s yuan for %[2]s. One person of the office and one of finance decide, other than the proposer.", by.Name, org.Name, x.Amount.Grouped())}); err != nil {
				return err
			}
		}
		return s.record(ctx, &x, "propose")
	})
	return x, err
}

// allowing finds the clause under which a measure, or a matter that none covers,
// may be excepted.
//
// Codes: not_found for an unknown measure; conflict when there is none, or when
// the measure or the clause is of a draft or out of its period: nothing is paid
// under a draft, not by exception either.
func (s *Service) allowing(measure string) (*rule.Measure, error) {
	document := ""
	if measure != "" {
		m, err := s.Pack.Measure(measure)
		if err != nil {
			return nil, err
		}
		if m.Type != rule.Payable {
			return nil, fault.Newf(fault.Conflict, "措施 %s 不付款，谈不上突破它的公式：请选可兑付的措施，或不填。", "Measure %s pays nothing and has no formula to depart from: choose one that pays, or none.", measure)
		}
		document = m.Document
	}
	for _, m := range s.Pack.Measures {
		if m.Type != rule.Exception || document != "" && m.Document != document {
			continue
		}
		if err := s.inForce(m.Document); err != nil {
			return nil, err
		}
		return m, nil
	}
	if document != "" {
		if err := s.inForce(document); err != nil { // say that it is a draft, which is the deeper reason
			return nil, err
		}
	}
	return nil, fault.Newf(fault.Conflict, "文件里没有准许一事一议的条款。", "No clause of the document allows exceptions.")
}

// inForce refuses drafts and documents out of their period.
//
// Codes: conflict.
func (s *Service) inForce(document string) error {
	d, today := s.Pack.Document(document), s.Clock.Today()
	switch {
	case d.Status == rule.Draft:
		return fault.Newf(fault.Conflict, "《%s》还是征求意见稿，只能试算，不能一事一议。", "Document %[2]s is a draft: it can be simulated only, and nothing is paid under it by exception either.", d.Title.ZH, document)
	case len(d.Validity.Starts) > 0 && today < slices.Max(d.Validity.Starts), len(d.Validity.Ends) > 0 && today > slices.Min(d.Validity.Ends):
		return fault.Newf(fault.Conflict, "《%s》今天不在有效期内，不能一事一议。", "Document %[2]s is not in force today; no exception can be made under it.", d.Title.ZH, document)
	}
	return nil
}

// checkPapers refuses papers of which the bytes are not there.
//
// Codes: invalid at papers[i].
func (s *Service) checkPapers(ctx context.Context, papers []Paper) error {
	var c fault.Collector
	for i, p := range papers {
		r, err := s.Files.Open(ctx, p.SHA256)
		switch {
		case err == nil:
			if err := r.Close(); err != nil {
				return err
			}
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			c.Add(fmt.Sprintf("papers[%d]", i), "没有这份材料：请先上传。", "There is no such paper: upload it first.")
		default:
			return err
		}
	}
	return c.Err()
}

// Judge gives the opinion of the actor's seat. A refusal ends the exception; the
// second approval opens its case and seals both in one transaction.
//
// Codes: invalid, not_found; forbidden for the proposer, for whoever gave an
// opinion already and for other roles; conflict when it is settled, the seat has
// spoken, or its case cannot be opened.
func (s *Service) Judge(ctx context.Context, by Actor, in JudgeInput) (Exception, error) {
	if err := in.Validate(); err != nil {
		return Exception{}, err
	}
	var x Exception
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if x, err = s.Store.Exception(ctx, in.ID); err != nil {
			return err
		}
		if err := x.mayJudge(by); err != nil {
			return err
		}
		if in.Version != x.Version {
			return x.overtaken()
		}
		if err := s.Store.AddOpinion(ctx, x.ID, x.give(by, in, s.Clock.Now())); err != nil {
			return err
		}
		if x.State == Approved {
			if err := s.grant(ctx, by, &x); err != nil {
				return err
			}
		}
		if err := s.Store.Update(ctx, &x); err != nil {
			return err
		}
		return s.record(ctx, &x, string(in.Verdict))
	})
	return x, s.first(ctx, in.ID, in.Version, err)
}

// first tells the later one of two at once who was first: a transaction that
// another one overtook knows only that.
func (s *Service) first(ctx context.Context, id string, version int64, err error) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	if now, errNow := s.Store.Exception(ctx, id); errNow == nil && now.Version != version {
		return now.overtaken()
	}
	return err
}

// grant opens the case of an exception that was approved just now, and seals
// who approved what.
func (s *Service) grant(ctx context.Context, by Actor, x *Exception) (err error) {
	if err := x.CheckApproved(); err != nil {
		return err
	}
	if _, err := s.allowing(x.Measure); err != nil { // its document may have changed since
		return err
	}
	if x.Application, err = s.Cases.OpenExcepted(ctx, by, *x); err != nil {
		return err
	}
	about := map[string]string{"measure": cmp.Or(x.Measure, x.Rule), "clause": x.Rule, "exception": x.Number, "digest": x.Digest()}
	if x.Matter != "" {
		about["matter"] = x.Matter
	}
	_, err = s.Facts.Append(ctx, []evidence.Fact{{ID: x.Fact(), Kind: kindExcepted, Subject: x.Org, Object: x.Matter, Quantity: x.Amount.String(), Unit: evidence.UnitCNY,
		Occurred: s.Clock.Today(), Attestor: evidence.Department, Attributes: about}})
	return err
}

// kindExcepted is the fact that seals an approval.
const kindExcepted = "support.excepted"

// WithdrawInput takes an exception back.
type WithdrawInput struct {
	ID      string
	Version int64
	Reason  string
}

// Withdraw takes back what nobody has settled. Only who proposed it may.
//
// Codes: invalid, not_found, forbidden, conflict.
func (s *Service) Withdraw(ctx context.Context, by Actor, in WithdrawInput) (Exception, error) {
	var c fault.Collector
	checkReason(&c, "reason", in.Reason)
	if err := c.Err(); err != nil {
		return Exception{}, err
	}
	var x Exception
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if x, err = s.Store.Exception(ctx, in.ID); err != nil {
			return err
		}
		switch {
		case by.Person == "" || by.Person != x.ProposedBy:
			return fault.Newf(fault.Forbidden, "只有提出人 %s 能撤回它。", "Only %s, who proposed it, can withdraw it.", x.ProposedName)
		case x.State != Proposed || in.Version != x.Version:
			return x.overtaken()
		}
		x.State, x.Closing = Withdrawn, &Closing{Person: by.Person, Name: by.Name, At: s.Clock.Now(), Reason: strings.TrimSpace(in.Reason)}
		if err := s.Store.Update(ctx, &x); err != nil {
			return err
		}
		return s.record(ctx, &x, "withdraw")
	})
	return x, s.first(ctx, in.ID, in.Version, err)
}

// Granted finds an exception on which a case may be paid.
//
// Codes: not_found; conflict and check_failed as CheckApproved.
func (s *Service) Granted(ctx context.Context, id string) (Exception, error) {
	x, err := s.Store.Exception(ctx, id)
	if err != nil {
		return x, err
	}
	return x, x.CheckApproved()
}

// overtaken says who acted on an exception since the caller read it.
func (x *Exception) overtaken() error {
	name, at, did := "", x.Proposed, i18n.Text{}
	if n := len(x.Opinions); n > 0 {
		last := x.Opinions[n-1]
		name, at, did = last.Name, last.At, verdictWords[last.Verdict]
	}
	if x.Closing != nil {
		name, at, did = x.Closing.Name, x.Closing.At, i18n.T("撤回", "withdrew it")
	}
	if name != "" {
		return fault.Newf(fault.Conflict, "%[2]s 已于 %[3]s %[4]s一事一议 %[1]s，本次没有写入：请刷新，您写的仍在。", "Exception %[1]s: %[2]s %[5]s at %[3]s, and nothing was written: reload; what you typed is kept.",
			x.Number, name, at.In(clock.Shanghai).Format("2006-01-02 15:04"), did.ZH, did.EN)
	}
	return fault.Newf(fault.Conflict, "一事一议 %s 已有变化，本次没有写入：请刷新，您写的仍在。", "Exception %s has changed and nothing was written: reload; what you typed is kept.", x.Number)
}

var verdictWords = map[Verdict]i18n.Text{Approve: i18n.T("同意", "approved it"), Refuse: i18n.T("否决", "refused it")}

func (s *Service) record(ctx context.Context, x *Exception, act string) error {
	return s.Registry.Record(ctx, party.Act{Action: "policy.exception." + act, Kind: "exception", Subject: x.ID, Org: x.Org,
		Details: map[string]string{"number": x.Number, "state": string(x.State), "amount": x.Amount.String(), "measure": x.Measure}})
}
