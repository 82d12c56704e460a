package app

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// accountLabels says accounts of the chart in people's words: whose purse,
// which measure, which organisation. The ledger knows none of these.
func (p *product) accountLabels(ctx context.Context, accounts []string) (map[string]i18n.Text, error) {
	var parties []ident.CreditCode
	for _, name := range accounts {
		if parts := strings.Split(name, "/"); parts[0] == "payable" && len(parts) == 5 {
			parties = append(parties, ident.CreditCode(parts[4]))
		}
	}
	names, err := registry{p.party}.Names(ctx, parties)
	if err != nil {
		return nil, err
	}
	labels := make(map[string]i18n.Text, len(accounts))
	for _, name := range accounts {
		if label := p.accountLabel(strings.Split(name, "/"), names); !label.IsZero() {
			labels[name] = label
		}
	}
	return labels, nil
}

// accountLabel reads one path of the chart of accounts (internal/ledger/chart.go);
// it is empty for a path of another chart.
func (p *product) accountLabel(path []string, names map[ident.CreditCode]string) i18n.Text {
	if len(path) < 2 {
		return i18n.Text{}
	}
	if path[0] == "voucher" {
		return p.voucherLabel(path)
	}
	purse, err := ledger.ParsePurse(path[1])
	if err != nil {
		return i18n.Text{}
	}
	whose := p.policy().PurseName(purse)
	say := func(zh, en string) i18n.Text {
		return i18n.Text{ZH: whose.ZH + " · " + zh, EN: whose.EN + " · " + en}
	}
	measure := i18n.Text{}
	if len(path) >= 4 {
		measure = i18n.Text{ZH: path[2], EN: path[2]}
		if m, err := p.pack().Measure(path[2]); err == nil {
			measure = m.Name
		}
	}
	switch kind := path[0]; {
	case kind == "source" && len(path) == 2:
		return say("资金来源", "source of funds")
	case kind == "budget" && len(path) == 3:
		return say(path[2]+" 年度预算", "budget "+path[2])
	case kind == "programme" && len(path) == 4:
		return say(measure.ZH+" "+path[3], measure.EN+" "+path[3])
	case kind == "payable" && len(path) == 5:
		name := names[ident.CreditCode(path[4])]
		return say("应付 "+name+"（"+measure.ZH+"）", "payable to "+name+" ("+measure.EN+")")
	case kind == "paid" && len(path) == 3:
		return say(path[2]+" 年已拨付", "paid out in "+path[2])
	case kind == "recovered" && len(path) == 3:
		return say(path[2]+" 年追回", "recovered in "+path[2])
	case kind == "interest" && len(path) == 2:
		return say("追缴利息来源", "interest on recovered money")
	}
	return i18n.Text{}
}

// voucherLabel reads one path of the vouchers' chart (internal/ledger/voucher.go).
func (p *product) voucherLabel(path []string) i18n.Text {
	ends := map[string]i18n.Text{"source": i18n.T("额度来源", "source of vouchers"), "pool": i18n.T("待发额度", "pool"), "held": i18n.T("一张券", "a voucher"),
		"used": i18n.T("已抵扣", "used"), "returned": i18n.T("退回", "returned"), "expired": i18n.T("到期", "expired")}
	if len(path) < 4 || ends[path[1]].IsZero() {
		return i18n.Text{}
	}
	name := i18n.Text{ZH: path[2], EN: path[2]}
	if m, err := p.pack().Measure(path[2]); err == nil {
		name = m.Name
	}
	end := ends[path[1]]
	return i18n.Text{ZH: name.ZH + " " + path[3] + " · " + end.ZH, EN: name.EN + " " + path[3] + " · " + end.EN}
}
