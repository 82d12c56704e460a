package app

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// voucherMeasure is the measure that the sandbox's guide rules a voucher for.
const voucherMeasure = "002-1"

// fillVouchers tells a year of vouchers, as far as the organisations qualify:
// claimed, held, deducted by readings, given back, recalled, and what was not
// used in time.
func (p *product) fillVouchers(ctx context.Context, all []sandbox.Organisation) error {
	tales := sandbox.Vouchers()
	claimed := make([]string, len(tales))
	for i, tale := range tales {
		if tale.Index >= len(all) {
			continue
		}
		firm := p.vouchingAs(ctx, party.OrgManager, all[tale.Index].Code, tale.On)
		v, err := firm.Claim(firm.ctx, firm.actor, voucher.ClaimInput{Programme: voucherMeasure, Org: firm.actor.Org, Face: tale.Face})
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("voucher of %s: %w", all[tale.Index].Code, err)
		}
		claimed[i] = v.ID
	}
	if _, err := p.intents.Drain(ctx); err != nil {
		return err
	}
	for i, tale := range tales {
		if claimed[i] == "" {
			continue
		}
		if err := p.tellVoucher(ctx, claimed[i], tale); err != nil {
			return fmt.Errorf("voucher %s: %w", claimed[i], err)
		}
	}
	if err := p.expireVouchers(ctx); err != nil {
		return err
	}
	_, err := p.intents.Drain(ctx)
	return err
}

// tellVoucher lets bills take from a voucher, and ends it as its tale does.
func (p *product) tellVoucher(ctx context.Context, id string, tale sandbox.VoucherTale) error {
	v, err := p.vouchers().Store.Voucher(ctx, id)
	if err != nil || v.State != voucher.Live {
		return err
	}
	on := p.vouchingAs(ctx, party.OrgManager, v.Org, tale.On)
	for n, bill := range tale.Bills {
		bought := fmt.Sprintf("sandbox/%s/%d", v.Number, n+1)
		hold := bought + "/hold"
		err := on.Hold(on.ctx, voucher.HoldInput{ID: hold, Voucher: id, Org: v.Org, Bill: "job/" + v.Number + "-" + fmt.Sprint(n+1), Total: 2 * bill.Part, Amount: bill.Part,
			Until: sandboxToday.AddDays(20), Service: "training", Place: "520100"})
		if err == nil && bill.Settled > 0 {
			err = on.Settle(on.ctx, voucher.SettleInput{ID: bought + "/settled", Hold: hold, Amount: bill.Settled, Total: 2 * bill.Settled, Meter: bill.Meter})
		}
		if err != nil {
			return err
		}
	}
	if v, err = on.Store.Voucher(ctx, id); err != nil { // deductions may have ended it
		return err
	}
	step := voucher.Step{ID: id, Version: v.Version, Reason: tale.Returned}
	switch {
	case tale.Returned != "":
		_, err = on.Return(on.ctx, on.actor, step)
	case tale.Recalled != "":
		office := p.vouchingAs(ctx, party.Office, "", tale.On)
		step.Reason = tale.Recalled
		_, err = office.Recall(office.ctx, office.actor, step)
	}
	return err
}
