package recovery

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Bounds of one case.
const (
	mostApplications = 50
	mostFacts        = 200
	mostPapers       = 50
)

// OpenInput asks for a new case over paid applications of one organisation.
type OpenInput struct {
	Org          ident.CreditCode
	Ground       Ground
	Applications []string // ids
	Authority    Authority
	Reason       string
}

// Validate reports every fault of the input.
func (in OpenInput) Validate() error {
	var bad fault.Collector
	if _, err := ident.ParseCreditCode(string(in.Org)); err != nil {
		bad.Merge("org", err)
	}
	if !slices.Contains(Grounds(), in.Ground) {
		bad.Add("ground", "请选择事由。", "Choose a ground.")
	}
	if n := len(in.Applications); n == 0 || n > mostApplications {
		bad.Add("applications", "请选择 1 至 %d 份已付款的申报。", "Choose 1 to %d paid applications.", mostApplications)
	}
	checkWords(&bad, "reason", in.Reason, textLimit)
	return bad.Err()
}

// Open starts a case (立案). What each purse paid, less what came back before,
// is looked up; nothing of it is typed in.
//
// Codes: invalid; not_found for an unknown organisation; conflict when another
// live case claims a payment, or nothing of one stands any more.
func (s *Service) Open(ctx context.Context, by Actor, in OpenInput) (c Case, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err = s.open(ctx, by, in, "")
		return err
	})
	return c, err
}

func (s *Service) open(ctx context.Context, by Actor, in OpenInput, proposal string) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	if err := s.checkAuthority(in.Authority, false); err != nil {
		return Case{}, err
	}
	org, err := s.Registry.Organisation(ctx, in.Org)
	if err != nil {
		return Case{}, err
	}
	parts, err := s.partsOf(ctx, in.Org, in.Applications)
	if err != nil {
		return Case{}, err
	}
	year := s.Clock.Today().Year()
	n, err := s.Store.NextNumber(ctx, year)
	if err != nil {
		return Case{}, err
	}
	c := Case{ID: s.IDs.New("rec"), Number: fmt.Sprintf("ZC-%d-%03d", year, n), Org: in.Org, OrgName: org.Name, Ground: in.Ground, State: Opened, Version: 1,
		Reason: strings.TrimSpace(in.Reason), Proposal: proposal, Authority: in.Authority, Parts: parts, OpenedBy: by.Person, Opened: s.Clock.Now()}
	if err := s.Store.InsertCase(ctx, c); err != nil {
		return Case{}, err
	}
	return c, s.note(ctx, by, &c, ActionOpen, said(in.Reason), c.Parts)
}

// partsOf are the payments of applications, as they stand today.
func (s *Service) partsOf(ctx context.Context, org ident.CreditCode, applications []string) ([]Part, error) {
	payments, err := s.Cases.Payments(ctx, org)
	if err != nil {
		return nil, err
	}
	var parts []Part
	var bad fault.Collector
	for i, id := range applications {
		path, found := fmt.Sprintf("applications[%d]", i), false
		if slices.Contains(applications[:i], id) {
			bad.Add(path, "同一份申报写了两次。", "The application is named twice.")
			continue
		}
		for _, p := range payments {
			if p.Application != id {
				continue
			}
			found = true
			stands, err := s.standing(ctx, p.Fact)
			if err != nil {
				return nil, err
			}
			paid, err := stands.Fen()
			if err != nil {
				return nil, err
			}
			if paid > 0 {
				parts = append(parts, Part{Application: id, Number: p.Number, Measure: p.Measure, Fact: p.Fact, Purse: p.Purse, Year: p.Year, Paid: paid})
			}
		}
		if !found {
			bad.Add(path, "该单位没有这份已付款的申报。", "The organisation has no such paid application.")
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, fault.Newf(fault.Conflict, "这些申报的款项已全部追回，没有可追缴的金额。", "All that was paid on these applications has come back: nothing is left to recover.")
	}
	return parts, nil
}

// checkAuthority refuses an authority that is none; an empty one only where it
// must be there.
func (s *Service) checkAuthority(a Authority, must bool) error {
	if !a.Named() && a.Clause == "" && !must {
		return nil
	}
	var bad fault.Collector
	bad.Merge("authority", a.check(s.Documents))
	return bad.Err()
}

// Cite names the case's authority, or another one (依据).
//
// Codes: invalid, not_found, conflict.
func (s *Service) Cite(ctx context.Context, by Actor, in Step, a Authority) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	a.Words = strings.TrimSpace(a.Words)
	if err := s.checkAuthority(a, true); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionCite, func(_ context.Context, c *Case) (any, error) {
		c.Authority = a
		return a, nil
	})
}

// AddFacts puts facts under the finding; they must be about the party.
//
// Codes: invalid, also for an unknown fact; not_found, conflict, too_large.
func (s *Service) AddFacts(ctx context.Context, by Actor, in Step, ids []string) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionProve, func(ctx context.Context, c *Case) (any, error) {
		var bad fault.Collector
		if len(ids) == 0 {
			bad.Add("facts", "请写明事实编号。", "Name the facts.")
		}
		for i, id := range ids {
			path := fmt.Sprintf("facts[%d]", i)
			switch record, err := s.Facts.Get(ctx, id); {
			case err != nil && !fault.Is(err, fault.NotFound):
				return nil, err
			case err != nil || record.Subject != c.Org:
				bad.Add(path, "没有关于该单位的事实 %.64s。", "There is no fact %.64s about this organisation.", id)
			case slices.Contains(c.Facts, id):
				bad.Add(path, "事实 %.64s 已列入。", "Fact %.64s is there already.", id)
			default:
				c.Facts = append(c.Facts, id)
			}
		}
		if err := bad.Err(); err != nil {
			return nil, err
		}
		if len(c.Facts) > mostFacts {
			return nil, fault.Newf(fault.TooLarge, "一案最多列 %d 条事实。", "A case has at most %d facts.", mostFacts)
		}
		return ids, nil
	})
}

// AddPaper puts a file with the case: the office's proof, or what the party
// brings with its statement.
//
// Codes: invalid, too_large, not_found, conflict, unavailable.
func (s *Service) AddPaper(ctx context.Context, by Actor, id, name string, r io.Reader) (Case, error) {
	c, err := s.mine(ctx, by, id)
	if err != nil {
		return c, err
	}
	act := ActionProve
	if by.Org != "" {
		act = ActionState
	}
	if !c.Can(act) {
		return c, c.Move(act)
	}
	file, err := s.Files.Keep(ctx, name, r)
	if err != nil {
		return c, err
	}
	file.ID, file.Party, file.By, file.At = s.IDs.New("pap"), by.Org != "", by.Name, s.Clock.Now()
	return s.change(ctx, by, Step{ID: id, Reason: file.Name}, act, func(_ context.Context, c *Case) (any, error) {
		if len(c.Papers) >= mostPapers {
			return nil, fault.Newf(fault.TooLarge, "一案最多 %d 份材料：请合并后再传。", "A case has at most %d papers: merge some and upload again.", mostPapers)
		}
		if slices.ContainsFunc(c.Papers, func(p Paper) bool { return p.SHA256 == file.SHA256 }) {
			return nil, fault.Newf(fault.Conflict, "同一份文件已经上传过。", "The same file is there already.")
		}
		c.Papers = append(c.Papers, file)
		return file, nil
	})
}

// Paper opens one of a case's files.
//
// Codes: not_found.
func (s *Service) Paper(ctx context.Context, by Actor, id, paper string) (Paper, io.ReadCloser, error) {
	c, err := s.mine(ctx, by, id)
	if err != nil {
		return Paper{}, nil, err
	}
	i := slices.IndexFunc(c.Papers, func(p Paper) bool { return p.ID == paper })
	if i < 0 {
		return Paper{}, nil, fault.Newf(fault.NotFound, "没有这份材料。", "There is no such paper.")
	}
	r, err := s.Files.Open(ctx, c.Papers[i].SHA256)
	return c.Papers[i], r, err
}

// Prove says what is proven, which needs a fact or a paper of the office.
//
// Codes: invalid, not_found; conflict without proof.
func (s *Service) Prove(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionFind, func(_ context.Context, c *Case) (any, error) {
		if err := c.checkProof(); err != nil {
			return nil, err
		}
		c.Finding = strings.TrimSpace(in.Reason)
		return nil, nil
	})
}

// checkProof refuses a finding that rests on nothing.
func (c *Case) checkProof() error {
	if len(c.Facts) == 0 && !slices.ContainsFunc(c.Papers, func(p Paper) bool { return !p.Party }) {
		return fault.Newf(fault.Conflict, "还没有证据：请先列入事实或上传材料。", "There is no proof yet: add a fact or a paper first.")
	}
	return nil
}

// Reopen takes a case back to the inquiry: what was proven or heard must be
// done again. What was said stays in the history.
//
// Codes: invalid, not_found; conflict, also when another case claims a payment now.
func (s *Service) Reopen(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionReopen, func(_ context.Context, c *Case) (any, error) {
		c.Finding, c.Notice, c.Statement, c.Reply = "", nil, nil, ""
		return nil, nil
	})
}

// Drop ends a case that is not proven (撤案).
//
// Codes: invalid, not_found, conflict.
func (s *Service) Drop(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionDrop, nil)
}

// ledgerActor is who acts when the ledger has answered.
var ledgerActor = Actor{Role: "ledger"}
