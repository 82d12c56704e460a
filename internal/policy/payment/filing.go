package payment

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// FileInput chooses the orders of a bank file.
type FileInput struct {
	Purse  ledger.Purse
	Orders []string // ids; none means all that wait in the purse, at most 1000
}

// Validate reports every fault of the input.
func (in FileInput) Validate() error {
	var c fault.Collector
	if _, err := ledger.ParsePurse(in.Purse.String()); err != nil {
		c.Merge("purse", err)
	}
	if len(in.Orders) > maxOrders {
		c.Add("orders", "一个文件至多 %d 笔：请分开。", "A file has at most %d orders: make two.", maxOrders)
	}
	return c.Err()
}

// Stopped is an order for which no money may go out now, and why.
type Stopped struct {
	Order Order
	Why   error
}

// MakeFile puts waiting orders of one purse into a bank file. The same choice
// again gives the same file. Another person has to release it. Of all that
// wait, those are left out for which no money may go out now; named ones are
// refused.
//
// Codes: invalid; conflict when nothing waits, an order is in another file or
// may not be paid now, or an account was replaced; unavailable.
func (s *Service) MakeFile(ctx context.Context, by Actor, in FileInput) (f BankFile, left []Stopped, err error) {
	if err := in.Validate(); err != nil {
		return f, nil, err
	}
	meant, err := s.chosen(ctx, in)
	if err != nil {
		return f, nil, err
	}
	if left, err = s.stopped(ctx, meant); err != nil {
		return f, nil, err
	}
	if len(left) == len(meant) || len(in.Orders) > 0 && len(left) > 0 {
		return f, nil, refuseStopped(left, fault.Newf(fault.Conflict, "%d 笔指令现在不能付款，逐笔写明：请先处理，或去掉它们再制文件。", "%d orders may not be paid now, each says why: settle that first, or make the file without them.", len(left)))
	}
	in.Orders = in.Orders[:0:0]
	for _, o := range meant {
		if !slices.ContainsFunc(left, func(l Stopped) bool { return l.Order.ID == o.ID }) {
			in.Orders = append(in.Orders, o.ID)
		}
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockPurse(ctx, in.Purse); err != nil {
			return err
		}
		orders, err := s.chosen(ctx, in)
		if err != nil {
			return err
		}
		if f, err = s.sameFile(ctx, orders); err != nil || f.ID != "" {
			return err
		}
		if err := fileable(in.Purse, orders); err != nil {
			return err
		}
		return s.makeFile(ctx, by, &f, orders)
	})
	return f, left, err
}

// stopped finds the waiting orders for which no money may go out now.
func (s *Service) stopped(ctx context.Context, orders []Order) (left []Stopped, err error) {
	for _, o := range orders {
		if o.State != Waiting && o.State != Exported {
			continue
		}
		switch err := s.Cases.Payable(ctx, o); {
		case fault.Is(err, fault.Conflict):
			left = append(left, Stopped{o, err})
		case err != nil:
			return nil, err
		}
	}
	return left, nil
}

// refuseStopped is a refusal that says of each order why.
func refuseStopped(left []Stopped, refusal *fault.Error) error {
	for _, l := range left {
		refusal.Fields = append(refusal.Fields, fault.Field{Path: "orders." + l.Order.Number, Message: fault.From(l.Why).Message})
	}
	return refusal
}

// chosen are the orders that are meant, by number.
func (s *Service) chosen(ctx context.Context, in FileInput) (orders []Order, err error) {
	if len(in.Orders) == 0 {
		orders, err = s.Store.Orders(ctx, OrderFilter{Purse: in.Purse, States: []OrderState{Waiting}, Limit: maxOrders})
		if err == nil && len(orders) == 0 {
			err = fault.Newf(fault.Conflict, "这个付款方没有待付的指令。", "No order of this purse waits.")
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(in.Orders))) {
		o, err := s.Store.Order(ctx, id)
		if err != nil {
			return nil, err
		}
		orders = append(orders, o)
	}
	slices.SortFunc(orders, func(a, b Order) int { return cmp.Compare(a.Number, b.Number) })
	return orders, err
}

// sameFile finds the live file that holds exactly these orders.
func (s *Service) sameFile(ctx context.Context, orders []Order) (BankFile, error) {
	id := orders[0].File
	if id == "" || slices.ContainsFunc(orders, func(o Order) bool { return o.File != id }) {
		return BankFile{}, nil
	}
	f, err := s.Store.File(ctx, id)
	if err != nil || f.Count != int64(len(orders)) {
		return BankFile{}, err
	}
	return f, nil
}

// fileable names each order that cannot go into a new file.
func fileable(p ledger.Purse, orders []Order) error {
	var bad []fault.Field
	for _, o := range orders {
		var c fault.Collector
		switch {
		case o.Purse != p:
			c.Add("orders."+o.Number, "属于%s，不是这个付款方。", "Of another purse: %s.", o.PurseName.ZH)
		case o.State != Waiting:
			c.Add("orders."+o.Number, "现在是“%s”，不在待付之列。", "Is %s and does not wait.", string(o.State))
		}
		if err := c.Err(); err != nil {
			bad = append(bad, fault.From(err).Fields...)
		}
	}
	if len(bad) > 0 {
		f := fault.Newf(fault.Conflict, "%d 笔指令不能放进这个文件：请刷新后重选。", "%d orders cannot go into this file: reload and choose again.", len(bad))
		f.Fields = bad
		return f
	}
	return nil
}

func (s *Service) makeFile(ctx context.Context, by Actor, f *BankFile, orders []Order) error {
	accounts, err := s.accounts(ctx, orders)
	if err != nil {
		return err
	}
	content, digest, total, err := encode(orders, accounts)
	if err != nil {
		return err
	}
	*f = BankFile{ID: s.IDs.New("bf"), Purse: orders[0].Purse, PurseName: orders[0].PurseName, Count: int64(len(orders)), Total: total, Digest: digest,
		State: FileMade, Version: 1, Day: s.Clock.Today(), MadeBy: by.Person, MadeName: by.Name, Made: s.Clock.Now()}
	if f.Number, err = s.number(ctx, numberFile); err != nil {
		return err
	}
	if f.SHA256, err = s.Files.Put(ctx, content); err != nil {
		return err
	}
	if err := s.Store.InsertFile(ctx, *f); err != nil {
		return err
	}
	for _, o := range orders {
		o.File = f.ID
		if err := s.move(ctx, by, &o, ActionExport, f.Number); err != nil {
			return err
		}
	}
	return s.recordFile(ctx, string(FileMade), *f)
}

// accounts reads the whole account numbers. An account that was replaced since
// the order was issued is not paid.
func (s *Service) accounts(ctx context.Context, orders []Order) (map[string]account, error) {
	out := make(map[string]account, len(orders))
	for _, o := range orders {
		p, err := s.Payees.Account(ctx, o.Org, o.Payee.Account)
		if err != nil {
			return nil, err
		}
		if p.State != party.Active {
			return nil, fault.Newf(fault.Conflict, "指令 %s 的收款账户（尾号 %s）已停用或更换：请作废该指令并按新账户重新签发。", "The account of order %s (ending %s) was closed or replaced: cancel the order and have it issued anew.", o.Number, o.Payee.Tail)
		}
		out[o.ID] = account{p.Holder, p.Number, p.Bank, p.BankCode}
	}
	return out, nil
}

// ReleaseFile lets a file go to the bank. Who made it, or countersigned one of
// its orders, may not.
//
// Codes: invalid, not_found, forbidden; conflict also when for one of the orders
// no money may go out any more.
func (s *Service) ReleaseFile(ctx context.Context, by Actor, id, note string) (BankFile, error) {
	orders, err := s.Store.Orders(ctx, OrderFilter{File: id, Limit: maxOrders})
	if err != nil {
		return BankFile{}, err
	}
	left, err := s.stopped(ctx, orders)
	if err != nil {
		return BankFile{}, err
	}
	if len(left) > 0 {
		return BankFile{}, refuseStopped(left, fault.Newf(fault.Conflict, "文件里有 %d 笔指令现在不能付款，逐笔写明：请撤回这个文件，去掉它们重新制作。", "%d orders of the file may not be paid now, each says why: withdraw the file and make it without them.", len(left)))
	}
	return s.closeFile(ctx, by, id, note, FileReleased, func(ctx context.Context, f *BankFile, orders []Order) error {
		f.Released = s.Clock.Today()
		return f.checkRelease(by.Person, orders)
	})
}

// WithdrawFile takes a file back before it was released; its orders wait again.
//
// Codes: invalid, not_found; conflict once it was released.
func (s *Service) WithdrawFile(ctx context.Context, by Actor, id, note string) (BankFile, error) {
	return s.closeFile(ctx, by, id, note, FileWithdrawn, func(ctx context.Context, f *BankFile, orders []Order) error {
		if f.State != FileMade {
			return fault.Newf(fault.Conflict, "付款文件 %s 已放行或已撤回：放行后银行可能已读取，不能撤回。", "Bank file %s was released or withdrawn: the bank may have read it, so it stays.", f.Number)
		}
		for _, o := range orders {
			o.File = ""
			if err := s.move(ctx, by, &o, ActionUnfile, f.Number); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) closeFile(ctx context.Context, by Actor, id, note string, to FileState, fn func(context.Context, *BankFile, []Order) error) (BankFile, error) {
	var c fault.Collector
	if checkNote(&c, "note", note); c.Len() > 0 {
		return BankFile{}, c.Err()
	}
	var f BankFile
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		if f, err = s.Store.File(ctx, id); err != nil {
			return err
		}
		if err := s.lockPurse(ctx, f.Purse); err != nil {
			return err
		}
		if f, err = s.Store.File(ctx, id); err != nil {
			return err
		}
		orders, err := s.Store.Orders(ctx, OrderFilter{File: id, Limit: maxOrders})
		if err != nil {
			return err
		}
		if err := fn(ctx, &f, orders); err != nil {
			return err
		}
		f.State, f.ClosedBy, f.ClosedName, f.Closed, f.Note = to, by.Person, by.Name, s.Clock.Now(), trimmed(note)
		if err := s.Store.UpdateFile(ctx, &f); err != nil {
			return err
		}
		return s.recordFile(ctx, string(to), f)
	})
	return f, err
}

// OpenFile reads a released file, as the bank gets it. Each time is noted,
// since account numbers leave the house.
//
// Codes: not_found; conflict until it is released.
func (s *Service) OpenFile(ctx context.Context, id string) (BankFile, io.ReadCloser, error) {
	f, err := s.Store.File(ctx, id)
	if err != nil {
		return f, nil, err
	}
	if f.State != FileReleased {
		return f, nil, fault.Newf(fault.Conflict, "付款文件 %s 还没有放行，或已撤回，不能下载。", "Bank file %s is not released, or was withdrawn, and cannot be downloaded.", f.Number)
	}
	if err := s.recordFile(ctx, "downloaded", f); err != nil {
		return f, nil, err
	}
	r, err := s.Files.Open(ctx, f.SHA256)
	return f, r, err
}

func (s *Service) recordFile(ctx context.Context, act string, f BankFile) error {
	return s.Registry.Record(ctx, party.Act{Action: "payment.file." + act, Kind: "bank_file", Subject: f.ID, Details: map[string]string{
		"number": f.Number, "purse": f.Purse.String(), "count": fmt.Sprint(f.Count), "total_fen": fmt.Sprint(int64(f.Total)), "sha256": f.SHA256, "note": f.Note}})
}
