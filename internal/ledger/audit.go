package ledger

import (
	"context"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// audit adds the journal up again. It shares no arithmetic with books, so that
// a defect there shows here.
type audit struct {
	report   *Report
	reader   Reader
	accounts map[int64]*audited
	limits   map[string]*auditedLimit
	open     map[int64]*Entry
	given    map[int64]money.Fen // entry -> corrections of it
	group    int64               // link of the group being read
	accepted bool                // outcome of that group
}

type audited struct {
	Account
	in, out, held, incoming money.Fen
}

type auditedLimit struct {
	Limit
	no   int64
	used map[string]money.Fen
}

func newAudit(report *Report, reader Reader) *audit {
	return &audit{report: report, reader: reader, accounts: map[int64]*audited{}, limits: map[string]*auditedLimit{}, open: map[int64]*Entry{}, given: map[int64]money.Fen{}}
}

func (a *audit) entry(ctx context.Context, e *Entry) error {
	if e.Link != 0 && e.Link == a.group && (e.Outcome == Accepted) != a.accepted {
		a.report.add(Finding{Check: CheckRefused, Seq: e.Seq, ID: e.ID}, "第 %d 条与同组的分录一成一败。", "Entry %d and others of its group differ in whether they were accepted.", e.Seq)
	}
	a.group, a.accepted = e.Link, e.Outcome == Accepted
	if e.Outcome != Accepted {
		return nil // it must have no effect; the stored balances show whether it had
	}
	switch e.Kind {
	case kindOpen:
		a.opened(e)
	case kindLimit:
		a.limited(e)
	case Move, Hold:
		a.moved(e)
	case Post, Void, Expire:
		a.resolved(e)
	case Correction:
		return a.corrected(ctx, e)
	default:
		a.broken(e)
	}
	return nil
}

func (a *audit) broken(e *Entry) {
	a.report.add(Finding{Check: CheckReference, Seq: e.Seq, ID: e.ID}, "第 %d 条分录（%s）指向不存在或不相符的账户、限额或分录。", "Entry %d (%s) refers to an account, limit or entry that does not exist or does not fit.", e.Seq, e.ID)
}

func (a *audit) opened(e *Entry) {
	var spec Account
	if json.Unmarshal([]byte(e.Detail), &spec) != nil {
		a.broken(e)
		return
	}
	for _, name := range spec.Limits {
		if a.limits[name] == nil {
			a.broken(e)
		}
	}
	a.accounts[e.Seq] = &audited{Account: spec}
}

func (a *audit) limited(e *Entry) {
	var spec Limit
	if json.Unmarshal([]byte(e.Detail), &spec) != nil {
		a.broken(e)
		return
	}
	if l := a.limits[spec.Name]; l != nil {
		l.Max = spec.Max
		return
	}
	a.limits[spec.Name] = &auditedLimit{Limit: spec, no: e.Seq, used: map[string]money.Fen{}}
}

// pair finds both accounts of an entry and checks the amount.
func (a *audit) pair(e *Entry) (from, to *audited, ok bool) {
	from, to = a.accounts[e.From], a.accounts[e.To]
	if from == nil || to == nil || from == to || from.Asset != to.Asset {
		a.broken(e)
		return nil, nil, false
	}
	if e.Amount <= 0 {
		a.report.add(Finding{Check: CheckParts, Seq: e.Seq, ID: e.ID}, "第 %d 条分录的金额不是正数。", "The amount of entry %d is not positive.", e.Seq)
		return nil, nil, false
	}
	return from, to, true
}

func (a *audit) moved(e *Entry) {
	from, to, ok := a.pair(e)
	if !ok {
		return
	}
	if e.Kind == Hold {
		from.held += e.Amount
		to.incoming += e.Amount
		a.open[e.Seq] = e
	} else {
		from.out += e.Amount
		to.in += e.Amount
	}
	a.spent(e, from, e.Amount, true)
	a.covered(e, from)
}

// covered checks that an account did not fall below zero.
func (a *audit) covered(e *Entry, from *audited) {
	if free := from.in - from.out - from.held; free < 0 && !from.Overdraft {
		a.report.add(Finding{Check: CheckOverdraft, Seq: e.Seq, ID: e.ID, Account: from.Name}, "第 %d 条分录之后，账户 %s 透支 %s 元。", "After entry %d, account %s is overdrawn by %s yuan.", e.Seq, from.Name, (-free).Grouped())
	}
}

func (a *audit) spent(e *Entry, from *audited, amount money.Fen, bound bool) {
	for _, name := range from.Limits {
		l := a.limits[name]
		if l == nil {
			continue // named as broken when the account was opened
		}
		party := e.Party
		if !l.PerParty {
			party = ""
		}
		l.used[party] += amount
		if bound && l.used[party] > l.Max {
			a.report.add(Finding{Check: CheckLimits, Seq: e.Seq, ID: e.ID, Account: from.Name}, "第 %d 条分录超出限额 %s。", "Entry %d exceeds limit %s.", e.Seq, name)
		}
	}
}

func (a *audit) resolved(e *Entry) {
	h := a.open[e.Hold]
	if h == nil || e.From != h.From || e.To != h.To || e.Amount <= 0 || e.Amount > h.Amount || (e.Kind != Post && e.Amount != h.Amount) {
		a.report.add(Finding{Check: CheckHolds, Seq: e.Seq, ID: e.ID}, "第 %d 条分录（%s）所处理的占用不存在、已处理，或金额不符。", "Entry %d (%s) resolves a hold that is not open, or for an amount that does not fit.", e.Seq, e.ID)
		return
	}
	from, to := a.accounts[h.From], a.accounts[h.To]
	from.held -= h.Amount
	to.incoming -= h.Amount
	settled := money.Fen(0)
	if e.Kind == Post {
		settled = e.Amount
		from.out += settled
		to.in += settled
	}
	a.spent(h, from, settled-h.Amount, false)
	delete(a.open, e.Hold)
}

func (a *audit) corrected(ctx context.Context, e *Entry) error {
	from, to, ok := a.pair(e)
	if !ok {
		return nil
	}
	named, err := a.reader.BySeq(ctx, []int64{e.Corrects})
	if err != nil {
		return err
	}
	if len(named) != 1 || e.Corrects >= e.Seq || named[0].Outcome != Accepted || (named[0].Kind != Move && named[0].Kind != Post) ||
		named[0].From != e.To || named[0].To != e.From || named[0].Amount-a.given[e.Corrects] < e.Amount {
		a.broken(e)
	}
	a.given[e.Corrects] += e.Amount
	from.out += e.Amount
	to.in += e.Amount
	a.spent(e, to, -e.Amount, false)
	a.covered(e, from)
	return nil
}

// compare sets the stored fold beside what the journal adds up to.
func (a *audit) compare(f Fold) {
	a.compareAccounts(f)
	a.compareLimits(f)
	a.compareHolds(f)
	stored := map[int64]money.Fen{}
	for _, c := range f.Corrected {
		stored[c.Seq] = c.Amount
	}
	for seq, amount := range a.given {
		if stored[seq] != amount {
			a.report.add(Finding{Check: CheckBalance, Seq: seq}, "第 %d 条分录已冲销的金额，表中与分录不符。", "The stored amount given back of entry %d differs from the journal's.", seq)
		}
		delete(stored, seq)
	}
	for seq, amount := range stored {
		if amount != 0 {
			a.report.add(Finding{Check: CheckBalance, Seq: seq}, "表中记有第 %d 条分录的冲销，分录中没有。", "A correction of entry %d is stored that the journal does not have.", seq)
		}
	}
}

func (a *audit) compareAccounts(f Fold) {
	type sums struct{ in, out money.Fen }
	byAsset := map[Asset]sums{}
	seen := 0
	for _, s := range f.Accounts {
		total := byAsset[s.Asset]
		byAsset[s.Asset] = sums{total.in + s.In, total.out + s.Out}
		at := Finding{Account: s.Name}
		if s.In < 0 || s.Out < 0 || s.Held < 0 || s.Incoming < 0 {
			at.Check = CheckParts
			a.report.add(at, "账户 %s 的余额表里有负数。", "A stored part of account %s is negative.", s.Name)
		}
		at.Check = CheckBalance
		d := a.accounts[s.No]
		if d == nil || d.Name != s.Name || d.Asset != s.Asset || terms(d.Account) != s.Terms {
			a.report.add(at, "账户 %s 与其开户分录不符，或没有开户分录。", "Account %s differs from the entry that opened it, or none did.", s.Name)
			continue
		}
		seen++
		if d.in != s.In || d.out != s.Out {
			a.report.add(at, "账户 %s 的余额表（收 %s、支 %s）与分录之和（收 %s、支 %s）不符。", "The stored balance of account %s (in %s, out %s) differs from the journal's sum (in %s, out %s).",
				s.Name, s.In.Grouped(), s.Out.Grouped(), d.in.Grouped(), d.out.Grouped())
		}
		if d.held != s.Held || d.incoming != s.Incoming {
			at.Check = CheckHolds
			a.report.add(at, "账户 %s 的占用数（转出 %s、转入 %s）与未处理的占用之和（%s、%s）不符。", "What is held at account %s (to leave %s, to arrive %s) differs from the sum of open holds (%s, %s).",
				s.Name, s.Held.Grouped(), s.Incoming.Grouped(), d.held.Grouped(), d.incoming.Grouped())
		}
	}
	if seen < len(a.accounts) {
		a.report.add(Finding{Check: CheckBalance}, "余额表缺 %d 个账户。", "%d account(s) are missing from the stored balances.", len(a.accounts)-seen)
	}
	for asset, total := range byAsset {
		if total.in != total.out {
			a.report.add(Finding{Check: CheckConservation}, "资产 %s：余额表里转入合计 %s，转出合计 %s，应相等。", "Asset %s: stored balances add up to %s in and %s out, which must be equal.", string(asset), total.in.Grouped(), total.out.Grouped())
		}
	}
}

func (a *audit) compareLimits(f Fold) {
	names := map[int64]string{}
	for _, s := range f.Limits {
		names[s.No] = s.Name
		if l := a.limits[s.Name]; l == nil || l.no != s.No || l.Limit != s.Limit {
			a.report.add(Finding{Check: CheckLimits}, "限额 %s 与分录不符。", "Limit %s differs from the journal's.", s.Name)
		}
	}
	if len(f.Limits) < len(a.limits) {
		a.report.add(Finding{Check: CheckLimits}, "限额表缺 %d 项。", "%d limit(s) are missing from the stored ones.", len(a.limits)-len(f.Limits))
	}
	stored := map[string]map[string]money.Fen{}
	for _, u := range f.Usages {
		name := names[u.LimitNo]
		if stored[name] == nil {
			stored[name] = map[string]money.Fen{}
		}
		stored[name][u.Party] = u.Used
		if l := a.limits[name]; l == nil || l.used[u.Party] != u.Used {
			a.report.add(Finding{Check: CheckLimits}, "限额 %s（%s）的已用数与分录不符。", "What is used of limit %s (%s) differs from the journal's sum.", name, u.Party)
		}
	}
	for name, l := range a.limits {
		for party, used := range l.used {
			if _, ok := stored[name][party]; !ok && used != 0 {
				a.report.add(Finding{Check: CheckLimits}, "限额 %s（%s）的已用数没有存下。", "What is used of limit %s (%s) is not stored.", name, party)
			}
		}
	}
}

func (a *audit) compareHolds(f Fold) {
	stored := map[int64]bool{}
	for _, seq := range f.Open {
		stored[seq] = true
		if a.open[seq] == nil {
			a.report.add(Finding{Check: CheckHolds, Seq: seq}, "第 %d 条占用在表中未处理，按分录已处理或不存在。", "Hold %d is stored as open; by the journal it is resolved or does not exist.", seq)
		}
	}
	for seq, e := range a.open {
		if !stored[seq] {
			a.report.add(Finding{Check: CheckHolds, Seq: seq, ID: e.ID}, "第 %d 条占用（%s）按分录未处理，表中却没有。", "Hold %d (%s) is open by the journal and missing from the stored ones.", seq, e.ID)
		}
	}
}
