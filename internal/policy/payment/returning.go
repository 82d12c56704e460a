package payment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// PreviewReturn reads what a purse's bank answered and judges each line; no
// order moves. The same bytes again give the return that stands, a preview
// judged anew, and repeated says so; once the day of lines that were ahead of
// the clock has come, they give a new preview.
//
// Codes: invalid, naming line and column; too_large; unavailable.
func (s *Service) PreviewReturn(ctx context.Context, by Actor, p ledger.Purse, name string, r io.Reader) (ret ReturnFile, repeated bool, err error) {
	if _, err := ledger.ParsePurse(p.String()); err != nil {
		return ret, false, err
	}
	content, err := io.ReadAll(io.LimitReader(r, maxReturnBytes+1))
	if err != nil {
		return ret, false, fault.Newf(fault.Invalid, "上传中断：请重试。", "The upload broke off: try again.").Because(err)
	}
	lines, err := parseReturn(content)
	if err != nil {
		return ret, false, err
	}
	sum := sha256.Sum256(content)
	ret = ReturnFile{ID: s.IDs.New("rf"), Purse: p, Name: shownName(name), SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), State: ReturnPreviewed, Version: 1,
		Person: by.Person, PersonName: by.Name, At: s.Clock.Now()}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockReturns(ctx); err != nil {
			return err
		}
		if known, found, err := s.standing(ctx, p, ret.SHA256); err != nil || found {
			ret, repeated = known, found
			return err
		}
		if ret.Number, err = s.number(ctx, numberReturn); err != nil {
			return err
		}
		if _, err := s.Files.Put(ctx, content); err != nil {
			return err
		}
		if err := s.judged(ctx, p, lines); err != nil {
			return err
		}
		ret.tally(lines)
		if err := s.Store.InsertReturn(ctx, ret, lines); err != nil {
			return err
		}
		return s.recordReturn(ctx, ret)
	})
	return ret, repeated, err
}

// standing finds the return that the same bytes gave. An accepted one does not
// stand for lines whose day was ahead then and has come.
func (s *Service) standing(ctx context.Context, p ledger.Purse, sum string) (ReturnFile, bool, error) {
	ret, found, err := s.Store.ReturnBySum(ctx, p, sum)
	if err != nil || !found {
		return ret, false, err
	}
	lines, err := s.Store.ReturnLines(ctx, ret.ID, EveryLine, 0, maxReturnLines)
	if err != nil {
		return ret, false, err
	}
	if ret.State == ReturnAccepted {
		today := s.Clock.Today()
		return ret, !slices.ContainsFunc(lines, func(l ReturnLine) bool { return l.waits() && l.Day <= today }), nil
	}
	if err := s.judged(ctx, p, lines); err != nil {
		return ret, false, err
	}
	if err := s.Store.SetVerdicts(ctx, ret.ID, lines); err != nil {
		return ret, false, err
	}
	ret.tally(lines)
	return ret, true, s.Store.UpdateReturn(ctx, &ret)
}

// judged gives lines their verdicts against the orders as they stand.
func (s *Service) judged(ctx context.Context, p ledger.Purse, lines []ReturnLine) error {
	numbers := make([]string, 0, len(lines))
	for _, l := range lines {
		if l.Order != "" {
			numbers = append(numbers, l.Order)
		}
	}
	found, days, err := s.Store.OrdersByNumber(ctx, numbers)
	if err != nil {
		return err
	}
	orders := make(map[string]released, len(found))
	for _, o := range found {
		orders[o.Number] = released{o, days[o.Number]}
	}
	judge(p, s.Clock.Today(), lines, orders)
	return nil
}

// AcceptReturn applies the good lines of a preview, judged once more, in one
// transaction; each order moves once and its case is told. Accepting again
// changes nothing. The bad lines stay listed.
//
// Codes: not_found; conflict for a discarded preview; unavailable.
func (s *Service) AcceptReturn(ctx context.Context, by Actor, id string) (ReturnFile, error) {
	var ret ReturnFile
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if ret, err = s.lockReturn(ctx, id); err != nil || ret.State == ReturnAccepted {
			return err
		}
		if ret.State != ReturnPreviewed {
			return fault.Newf(fault.Conflict, "回单 %s 已丢弃：请重新上传。", "Return %s was discarded: upload it again.", ret.Number)
		}
		lines, err := s.Store.ReturnLines(ctx, id, EveryLine, 0, maxReturnLines)
		if err != nil {
			return err
		}
		if err := s.judged(ctx, ret.Purse, lines); err != nil {
			return err
		}
		for _, l := range lines {
			if l.Verdict.Good() {
				if err := s.apply(ctx, by, ret, l); err != nil {
					return err
				}
			}
		}
		if err := s.Store.SetVerdicts(ctx, id, lines); err != nil {
			return err
		}
		if err := s.resolveEarlier(ctx, by, ret, lines); err != nil {
			return err
		}
		ret.tally(lines)
		ret.State, ret.AcceptedBy, ret.AcceptedName, ret.Accepted = ReturnAccepted, by.Person, by.Name, s.Clock.Now()
		if err := s.Store.UpdateReturn(ctx, &ret); err != nil {
			return err
		}
		return s.recordReturn(ctx, ret)
	})
	if err == nil {
		s.Wake()
	}
	return ret, err
}

// resolveEarlier writes at the lines of the same bytes that waited for their day
// where they were posted.
func (s *Service) resolveEarlier(ctx context.Context, by Actor, ret ReturnFile, lines []ReturnLine) error {
	waiting, err := s.Store.Waiting(ctx, ret.Purse, ret.SHA256)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		i := slices.IndexFunc(lines, func(l ReturnLine) bool { return l.Line == w.Line })
		if i < 0 || lines[i].Verdict.Bad() {
			continue
		}
		text := fmt.Sprintf("同一份回单再次上传，见 %s 第 %d 行。", ret.Number, w.Line)
		if _, err := s.resolve(ctx, by, w.Return, w.Number, w.ReturnLine, text); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) lockReturn(ctx context.Context, id string) (ReturnFile, error) {
	ret, err := s.Store.Return(ctx, id)
	if err != nil {
		return ret, err
	}
	if err := s.lockReturns(ctx); err != nil {
		return ret, err
	}
	return s.Store.Return(ctx, id)
}

// apply moves one order by the bank's answer and tells its case.
func (s *Service) apply(ctx context.Context, by Actor, ret ReturnFile, l ReturnLine) error {
	o, err := s.Store.Order(ctx, l.OrderID)
	if err != nil {
		return err
	}
	if err := s.lockCase(ctx, o.Case); err != nil {
		return err
	}
	live, err := s.Live(ctx, o.Case, o.Round)
	if err != nil {
		return err
	}
	o.Reference, o.Settled, o.Why = l.Reference, l.Day, l.Reason
	if l.Verdict == VerdictFailed {
		if err := s.move(ctx, by, &o, ActionFailed, ret.Number); err != nil {
			return err
		}
		return s.Cases.Failed(ctx, o)
	}
	for _, other := range live {
		if other.Purse.Level == o.Purse.Level && other.State == Paid {
			o.Before += other.Amount
		}
	}
	if err := s.move(ctx, by, &o, ActionPaid, ret.Number); err != nil {
		return err
	}
	a, found, err := s.Store.Award(ctx, o.Case)
	if err != nil {
		return err
	}
	if !found || a.Round != o.Round {
		return fmt.Errorf("order %s belongs to no award", o.ID)
	}
	if err := s.Cases.Settled(ctx, Settlement{Order: o, Half: a.half(o.Purse.Level).Amount}); err != nil {
		return err
	}
	return s.askWhenPaid(ctx, a, live, o)
}

// askWhenPaid asks the organisation for its report once all of an award is paid.
func (s *Service) askWhenPaid(ctx context.Context, a Award, live []Order, now Order) error {
	paid, last := now.Amount, now.Settled
	for _, o := range live {
		if o.State == Paid {
			paid, last = paid+o.Amount, max(last, o.Settled)
		}
	}
	if paid < a.Total() {
		return nil
	}
	return s.AskReport(ctx, a, last)
}

// DiscardReturn drops a preview; the same bytes may then be brought again.
//
// Codes: not_found; conflict once it was accepted.
func (s *Service) DiscardReturn(ctx context.Context, id string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		ret, err := s.lockReturn(ctx, id)
		if err != nil || ret.State == ReturnDiscarded {
			return err
		}
		if ret.State == ReturnAccepted {
			return fault.Newf(fault.Conflict, "回单 %s 已入账，不能丢弃。", "Return %s was accepted and cannot be discarded.", ret.Number)
		}
		ret.State = ReturnDiscarded
		if err := s.Store.UpdateReturn(ctx, &ret); err != nil {
			return err
		}
		return s.recordReturn(ctx, ret)
	})
}

// Resolve writes how a bad line of an accepted return was dealt with. It moves
// no money: what has to move does so by an entry of its own.
//
// Codes: invalid; not_found; conflict when it is resolved or was not bad.
func (s *Service) Resolve(ctx context.Context, by Actor, id string, line int64, text string) (ReturnLine, error) {
	var c fault.Collector
	if checkNote(&c, "resolution", text); c.Len() > 0 {
		return ReturnLine{}, c.Err()
	}
	var l ReturnLine
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		ret, err := s.Store.Return(ctx, id)
		if err != nil {
			return err
		}
		found, err := s.Store.ReturnLines(ctx, id, EveryLine, line-1, 1)
		switch {
		case err != nil:
			return err
		case len(found) == 0 || found[0].Line != line:
			return fault.Newf(fault.NotFound, "回单 %s 没有第 %d 行。", "Return %s has no line %d.", ret.Number, line)
		case ret.State != ReturnAccepted || !found[0].Verdict.Bad():
			return fault.Newf(fault.Conflict, "第 %d 行不是待处理的未匹配行。", "Line %d is no unmatched line.", line)
		}
		l, err = s.resolve(ctx, by, id, ret.Number, found[0], trimmed(text))
		return err
	})
	return l, err
}

func (s *Service) resolve(ctx context.Context, by Actor, id, number string, l ReturnLine, text string) (ReturnLine, error) {
	l.Resolution, l.ResolvedBy, l.ResolvedName, l.Resolved = text, by.Person, by.Name, s.Clock.Now()
	if err := s.Store.ResolveLine(ctx, id, l); err != nil {
		return l, err
	}
	return l, s.Registry.Record(ctx, party.Act{Action: "payment.return.resolve", Kind: "return_file", Subject: id,
		Details: map[string]string{"number": number, "line": fmt.Sprint(l.Line), "verdict": string(l.Verdict), "resolution": l.Resolution}})
}

func (s *Service) recordReturn(ctx context.Context, r ReturnFile) error {
	return s.Registry.Record(ctx, party.Act{Action: "payment.return." + string(r.State), Kind: "return_file", Subject: r.ID, Details: map[string]string{
		"number": r.Number, "purse": r.Purse.String(), "file": r.Name, "sha256": r.SHA256, "paid": fmt.Sprint(r.Paid.Count), "paid_fen": fmt.Sprint(int64(r.Paid.Amount)),
		"failed": fmt.Sprint(r.Failed.Count), "bad": fmt.Sprint(r.Bad)}})
}

// shownName is the last part of a file's name, fit to be shown.
func shownName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	return clip(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, name))
}
