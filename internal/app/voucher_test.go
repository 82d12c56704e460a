package app

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// The room asks the real rules: who the measure names may claim, on the days of
// its document; and the year's tales are what the sandbox shows.
func TestVouchersAskTheRules(t *testing.T) {
	ctx := t.Context()
	p, err := openProduct(ctx, Config{Data: t.TempDir(), Sandbox: true, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	all := sandbox.Organisations()
	if err := p.party.Seed(ctx, sandbox.Population(all)); err != nil {
		t.Fatal(err)
	}
	if err := p.fillBudgets(ctx, nil); err != nil {
		t.Fatal(err)
	}
	claim := func(kind party.OrganisationKind, measure string, day clock.Date) error {
		for _, o := range all {
			if o.Kind == string(kind) {
				firm := p.vouchingAs(ctx, party.OrgManager, o.Code, day)
				_, err := firm.Claim(firm.ctx, firm.actor, voucher.ClaimInput{Programme: measure, Org: o.Code, Face: 2_000_000})
				return err
			}
		}
		t.Fatalf("the sandbox has no %s", kind)
		return nil
	}
	for name, c := range map[string]struct {
		err  error
		says string // "" for a voucher
	}{
		"an enterprise":               {claim(party.Enterprise, voucherMeasure, sandboxToday), ""},
		"a university":                {claim(party.University, voucherMeasure, sandboxToday), ""},
		"a body that is not named":    {claim(party.Public, voucherMeasure, sandboxToday), "enterprise, university or institute"},
		"before the measure":          {claim(party.Enterprise, voucherMeasure, "2024-03-01"), "guide for 2024"},
		"the province's, by a draft":  {claim(party.Enterprise, "000-1", sandboxToday), "draft"},
		"a measure that pays in cash": {claim(party.Enterprise, "002-2", sandboxToday), "no vouchers"},
	} {
		if c.says == "" && c.err != nil || c.says != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.says)) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := p.fillVouchers(ctx, all); err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
	programme, err := p.vouchers().Programme(voucherMeasure, 2025)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.vouchers().Figures(ctx, &programme)
	if err != nil || f.Held == 0 || f.Spent == 0 || f.Returned == 0 || f.Expired == 0 || f.Available == 0 || f.Issued != f.Held+f.Spent+f.Returned+f.Expired+f.Available {
		t.Errorf("the sandbox's year is %+v, %v", f, err)
	}
	report, err := p.ledger.Verify(ctx)
	if err != nil || !report.OK() {
		t.Errorf("the ledger: %+v, %v", report, err)
	}
	labels, err := p.accountLabels(ctx, []string{"voucher/pool/002-1/2025"})
	if err != nil || labels["voucher/pool/002-1/2025"].ZH != "智算券 2025 · 待发额度" {
		t.Errorf("labelled %v, %v", labels, err)
	}
}
