package voucher

import (
	"context"
	"fmt"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// What people are told of vouchers. The names are the topics of the product's list.
const (
	ToldIssued  = "voucher.issued"  // a voucher was issued, or could not be
	ToldEnding  = "voucher.ending"  // a voucher ends soon with money on it
	ToldEnded   = "voucher.ended"   // it ended, or was recalled
	ToldRequest = "voucher.request" // a request waits for the office
)

// Told is something that people are told of a voucher, in the transaction in
// which it became true.
type Told struct {
	Key         string // told once
	Topic       string
	Org         ident.CreditCode // its people; or
	Role        string           // whoever holds this role of the region
	Voucher     string
	Title, Body i18n.Text
	At          time.Time
}

// Messages tells people things; app plugs internal/message in.
type Messages interface {
	Tell(ctx context.Context, n Told) error
}

// tell tells whom it concerns of a step.
func (s *Service) tell(ctx context.Context, v *Voucher, act Action, amount money.Fen, note i18n.Text) error {
	n, concerns := telling(v, act, amount, note)
	if !concerns {
		return nil
	}
	n.Key = fmt.Sprintf("voucher/%s/%s/%d", v.ID, act, v.Version)
	return s.send(ctx, v, n)
}

// tellEnding tells once that a voucher ends soon.
func (s *Service) tellEnding(ctx context.Context, v *Voucher, free money.Fen) error {
	return s.send(ctx, v, Told{Key: "voucher/" + v.ID + "/ending/" + string(v.Until), Topic: ToldEnding, Org: v.Org, Title: about(v, "快到期", "ends soon"),
		Body: i18n.T("还有 %[1]s 元未用，%[2]s 之后失效；用不上可以退回。", "%[1]s yuan are not used and lapse after %[2]s; what you do not need you may return.", free.Grouped(), v.Until)})
}

func (s *Service) send(ctx context.Context, v *Voucher, n Told) error {
	n.Voucher, n.At = v.ID, s.Clock.Now()
	return s.Messages.Tell(ctx, n)
}

func about(v *Voucher, zh, en string) i18n.Text {
	return i18n.Text{ZH: "券 " + v.Number + " " + zh, EN: "Voucher " + v.Number + " " + en}
}

func telling(v *Voucher, act Action, amount money.Fen, note i18n.Text) (n Told, concerns bool) {
	toHolder := func(topic string, title, body i18n.Text) (Told, bool) {
		return Told{Topic: topic, Org: v.Org, Title: title, Body: body}, true
	}
	yuan := amount.Grouped()
	switch act {
	case ActionRequest:
		return Told{Topic: ToldRequest, Role: string(party.Office), Title: about(v, "待发放", "waits to be issued"),
			Body: i18n.T("%[1]s 申领 %[2]s 元。", "%[1]s asks for %[2]s yuan.", v.OrgName, yuan)}, v.Terms.Issue == rule.IssueOnApproval
	case ActionIssued:
		return toHolder(ToldIssued, about(v, "已发放", "is issued"), i18n.T("面额 %[1]s 元，%[2]s 至 %[3]s 有效。", "%[1]s yuan, good from %[2]s to %[3]s.", yuan, v.From, v.Until))
	case ActionNotIssued, ActionDecline:
		return toHolder(ToldIssued, about(v, "未发放", "is not issued"), note)
	case ActionRecall:
		return toHolder(ToldEnded, about(v, "被收回", "is recalled"), i18n.T("收回未用的 %[1]s 元：%[2]s", "%[1]s yuan that were not used are taken back: %[2]s", yuan, note.ZH))
	case ActionExpire:
		return toHolder(ToldEnded, about(v, "已到期", "has expired"), i18n.T("未用的 %s 元失效。", "%s yuan that were not used lapse.", yuan))
	}
	return n, false
}
