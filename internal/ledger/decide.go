package ledger

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// decision decides one batch against the books: it applies what it accepts
// as it goes, so that each transfer sees those before it, and keeps what it
// needs to undo all of it.
type decision struct {
	*books
	known    map[string]*Entry // entries outside the window that the batch refers to
	at       int64
	today    clock.Date
	entries  []*Entry
	start    Head
	unsure   []string // ids answered as new and not recorded: the store may know them
	definite bool     // every answer so far repeats an entry
}

// undo takes the whole batch back.
func (d *decision) undo() { d.undoTo(0) }

func (d *decision) undoTo(n int) {
	for i := len(d.entries) - 1; i >= n; i-- {
		prev := Head{Seq: d.entries[i].Seq - 1}
		if i == 0 {
			prev = d.start
		}
		d.revert(d.entries[i], prev)
	}
	d.entries = d.entries[:n]
}

// entry finds a recorded entry by id, nil when there is none.
func (d *decision) entry(id string) *Entry {
	if e := d.books.entry(id); e != nil {
		return e
	}
	return d.known[id]
}

// group answers transfers that stand or fall together.
func (d *decision) group(transfers []Transfer, answers []Answer) error {
	recorded := 0
	for i := range transfers {
		if d.entry(transfers[i].ID) != nil {
			recorded++
		}
	}
	switch {
	case recorded == 0:
		return d.fresh(transfers, answers)
	case recorded == len(transfers):
		d.repeat(transfers, answers)
	default:
		d.fail(transfers, answers, -1, fault.Newf(fault.Conflict, "这一组里有编号已经用过，有的没有：同组的转账须一起提交。", "Some ids of this group were used before and some not: a group is submitted whole."))
	}
	return nil
}

func (d *decision) repeat(transfers []Transfer, answers []Answer) {
	for i := range transfers {
		t, e := &transfers[i], d.entry(transfers[i].ID)
		answers[i] = Answer{ID: t.ID, Seq: e.Seq, Outcome: e.Outcome, Repeat: true, Err: refusal(e)}
		if !d.same(t, e) || (len(transfers) > 1 && (e.Link == 0 || e.Link != d.entry(transfers[0].ID).Link)) {
			answers[i] = Answer{ID: t.ID, Err: fault.Newf(fault.Conflict, "编号 %s 已用于内容不同的转账：请换一个编号。", "Id %s was used for a transfer with other content: use another id.", t.ID)}
		}
	}
}

// same reports whether a transfer asks for what an entry recorded.
func (d *decision) same(t *Transfer, e *Entry) bool {
	if t.Kind != e.Kind || t.Ref != e.Ref {
		return false
	}
	switch t.Kind {
	case kindOpen:
		return terms(t.account) == e.Detail
	case kindLimit:
		return terms(t.limit) == e.Detail
	case Post, Void, Expire:
		h := d.entry(t.Hold)
		return h != nil && h.Seq == e.Hold && (t.Kind != Post || t.Amount == e.Amount)
	case Correction:
		c := d.entry(t.Corrects)
		return c != nil && c.Seq == e.Corrects && t.Amount == e.Amount
	}
	from, to := d.accounts[t.From], d.accounts[t.To]
	return from != nil && to != nil && from.no == e.From && to.no == e.To &&
		t.Amount == e.Amount && t.Party == e.Party && t.Until == e.Until
}

// fresh decides transfers whose ids are new. When one is refused, the others
// of its group are recorded as refused with it; when one is not fit to be
// recorded, none is.
func (d *decision) fresh(transfers []Transfer, answers []Answer) error {
	mark, refused := len(d.entries), -1
	for i := range transfers {
		e, err := d.decide(&transfers[i])
		if i > 0 && d.books.entry(transfers[i].ID) != nil {
			err = fault.Newf(fault.Invalid, "编号 %s 在同一组里出现两次。", "Id %s stands twice in one group.", transfers[i].ID)
		}
		if err != nil {
			d.undoTo(mark)
			d.fail(transfers, answers, i, err)
			return nil
		}
		e.Seq, e.At, e.ID, e.Kind, e.Ref = d.head.Seq+1, d.at, transfers[i].ID, transfers[i].Kind, transfers[i].Ref
		if len(transfers) > 1 {
			e.Link = d.start.Seq + int64(mark) + 1
		}
		if e.Outcome != Accepted && refused < 0 {
			refused = i
		}
		if err := d.apply(e); err != nil {
			return err
		}
		d.entries = append(d.entries, e)
	}
	if refused >= 0 && len(transfers) > 1 {
		if err := d.refuseGroup(mark, refused); err != nil {
			return err
		}
	}
	for i, e := range d.entries[mark:] {
		answers[i] = Answer{ID: e.ID, Seq: e.Seq, Outcome: e.Outcome, Err: refusal(e)}
	}
	return nil
}

// refuseGroup records the whole group again as refused, with no effect.
func (d *decision) refuseGroup(mark, refused int) error {
	group := append([]*Entry(nil), d.entries[mark:]...)
	d.undoTo(mark)
	for i, e := range group {
		if i != refused {
			e.Outcome, e.Detail, e.Free, e.closed = LinkRefused, group[refused].ID, 0, nil
		}
		if err := d.apply(e); err != nil {
			return err
		}
		d.entries = append(d.entries, e)
	}
	return nil
}

// decide makes the entry for one transfer. An error means that it is not
// recorded: asked again after the cause is gone, it may succeed.
func (d *decision) decide(t *Transfer) (*Entry, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	switch t.Kind {
	case kindOpen:
		return d.decideOpen(t.account)
	case kindLimit:
		return d.decideLimit(t.limit)
	case Move, Hold:
		return d.decideMove(t)
	case Correction:
		return d.decideCorrection(t)
	}
	return d.decideResolve(t)
}

func (d *decision) decideMove(t *Transfer) (*Entry, error) {
	from, to := d.accounts[t.From], d.accounts[t.To]
	if from == nil || to == nil {
		return nil, missingAccount(t, from == nil, to == nil)
	}
	if from.Asset != to.Asset {
		return nil, fault.Newf(fault.Invalid, "%s 记的是 %s，%s 记的是 %s：资产不同不能互转。", "%s holds %s and %s holds %s: money cannot change its asset.", from.Name, string(from.Asset), to.Name, string(to.Asset))
	}
	e := &Entry{From: from.no, To: to.no, Amount: t.Amount, Party: t.Party, Until: t.Until}
	return e, d.check(e, from, to, from.limits, d.today)
}

// check decides an outgoing amount: range, balance, limits.
func (d *decision) check(e *Entry, from, to *account, limits []*limit, today clock.Date) error {
	if e.Amount > money.Max-to.in-to.incoming || e.Amount > money.Max-from.out-from.held {
		return fault.Newf(fault.TooLarge, "账户累计金额超出 64 位分的范围。", "The account's total would exceed 64-bit fen.")
	}
	if e.Until != "" && e.Until < today {
		return fault.Newf(fault.Invalid, "占用的截止日 %s 已经过去。", "The hold's last day %s has passed already.", e.Until)
	}
	if !from.Overdraft && e.Amount > from.free() {
		e.Outcome, e.Detail, e.Free = Insufficient, from.Name, from.free()
		return nil
	}
	for _, l := range limits {
		if l.PerParty && e.Party == "" {
			return fault.Newf(fault.Invalid, "账户 %s 按往来方限额：转账须写明往来方。", "Account %s has a cap a party: the transfer must name its party.", from.Name)
		}
		if used := l.usage(e.Party).used; e.Outcome == Accepted && e.Amount > l.Max-used {
			e.Outcome, e.Detail, e.Free = OverLimit, l.Name, max(0, l.Max-used)
		}
	}
	return nil
}

func (d *decision) decideResolve(t *Transfer) (*Entry, error) {
	named := d.entry(t.Hold)
	if named == nil {
		return nil, fault.Newf(fault.NotFound, "找不到占用 %s。", "There is no hold %s.", t.Hold)
	}
	if named.Kind != Hold {
		return nil, fault.Newf(fault.Invalid, "条目 %s 不是占用。", "Entry %s is not a hold.", t.Hold)
	}
	e := &Entry{From: named.From, To: named.To, Amount: named.Amount, Hold: named.Seq, Party: named.Party}
	if t.Kind == Post {
		e.Amount = t.Amount
	}
	switch {
	case d.holdBySeq[named.Seq] == nil:
		e.Outcome, e.Detail = HoldClosed, t.Hold
	case t.Kind == Expire && (named.Until == "" || named.Until >= d.today):
		e.Outcome, e.Detail = NotDue, t.Hold
	case e.Amount > named.Amount:
		e.Outcome, e.Detail, e.Free = ExceedsHold, t.Hold, named.Amount
	}
	return e, nil
}

func (d *decision) decideCorrection(t *Transfer) (*Entry, error) {
	named := d.entry(t.Corrects)
	if named == nil {
		return nil, fault.Newf(fault.NotFound, "没有条目 %s。", "There is no entry %s.", t.Corrects)
	}
	e := &Entry{From: named.To, To: named.From, Amount: t.Amount, Corrects: named.Seq, Party: named.Party}
	if named.Outcome != Accepted || (named.Kind != Move && named.Kind != Post) {
		e.Outcome, e.Detail = NotSettled, t.Corrects
		return e, nil
	}
	if rest := named.Amount - d.corrected[named.Seq]; t.Amount > rest {
		e.Outcome, e.Detail, e.Free = Excess, t.Corrects, rest
		return e, nil
	}
	// What comes back is no spending of the account it leaves, so its limits
	// do not bind; that account must still have it.
	return e, d.check(e, d.byNo[e.From], d.byNo[e.To], nil, "")
}

func (d *decision) decideOpen(a *Account) (*Entry, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	if d.accounts[a.Name] != nil {
		return nil, fault.Newf(fault.Conflict, "账户 %s 已开立。", "Account %s is open already.", a.Name)
	}
	for _, name := range a.Limits {
		if d.limits[name] == nil {
			return nil, fault.Newf(fault.NotFound, "没有限额 %s：请先设定限额再开户。", "There is no limit %s: set it before opening the account.", name)
		}
	}
	return &Entry{Detail: terms(a)}, nil
}

func (d *decision) decideLimit(l *Limit) (*Entry, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if old := d.limits[l.Name]; old != nil && old.PerParty != l.PerParty {
		return nil, fault.Newf(fault.Conflict, "限额 %s 的计算口径（是否按往来方）不能更改：请另设一个。", "Whether limit %s counts by party cannot change: set another one.", l.Name)
	}
	return &Entry{Detail: terms(l), Amount: l.Max}, nil
}

func missingAccount(t *Transfer, from, to bool) error {
	var c fault.Collector
	if from {
		c.Add("from", "没有账户 %s：请先开户。", "There is no account %s: open it first.", t.From)
	}
	if to {
		c.Add("to", "没有账户 %s：请先开户。", "There is no account %s: open it first.", t.To)
	}
	return c.Err()
}

// fail answers a group of which nothing is recorded: the culprit with its own
// fault, or all with it when there is no single one.
func (d *decision) fail(transfers []Transfer, answers []Answer, culprit int, err error) {
	for i := range transfers {
		if d.entry(transfers[i].ID) == nil {
			d.unsure = append(d.unsure, transfers[i].ID)
		}
		answers[i] = Answer{ID: transfers[i].ID, Err: err}
		if culprit >= 0 && i != culprit {
			answers[i].Err = fault.Newf(fault.Conflict, "同组的 %s 无法处理，本笔没有记账。", "%s of the same group cannot be processed, so this one was not recorded.", transfers[culprit].ID)
		}
	}
}
