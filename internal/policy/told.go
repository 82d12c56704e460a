package policy

import (
	"context"
	"fmt"
	"time"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// What people are told of a case. The names are the topics of the product's list.
const (
	ToldOffered     = "application.offered"     // confirm it with one click (免申即享)
	ToldReturned    = "application.returned"    // supplement it (补正)
	ToldProgress    = "application.progress"    // accepted, or proposed for support
	ToldRevised     = "application.revised"     // the terms of its call changed
	ToldDecided     = "application.decided"     // approved, refused, passed over, or to be decided again
	ToldPaid        = "application.paid"        // both halves are paid
	ToldCountersign = "application.countersign" // a second person is waited for
)

// Told is something that people are told of a case, in the transaction in
// which it became true.
type Told struct {
	Key         string // of the event: told once
	Topic       string
	Org         ident.CreditCode // its people; or
	Role        string           // whoever holds this role of the region
	Application string
	Title, Body i18n.Text
	At          time.Time
}

// Messages tells people things; app plugs internal/message in.
type Messages interface {
	Tell(ctx context.Context, n Told) error
}

// tell tells whom it concerns of the step that an application took; version is
// that of what changed, so that each step is told once.
func (s *Service) tell(ctx context.Context, a *Application, act Action, version int64, note i18n.Text) error {
	for _, n := range s.tellings(a, act, note) {
		n.Application, n.At = a.ID, s.Clock.Now()
		n.Key = fmt.Sprintf("application/%s/%s/%d/%s", a.ID, act, version, n.Topic)
		if err := s.Messages.Tell(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellings(a *Application, act Action, note i18n.Text) []Told {
	name, sum := i18n.Text{ZH: a.Measure, EN: a.Measure}, a.Amount.Grouped()
	if m, err := s.Pack.Measure(a.Measure); err == nil {
		name = m.Name
	}
	about := func(zh, en string) i18n.Text {
		return i18n.Text{ZH: "申报 " + a.Number + "（" + name.ZH + "）" + zh, EN: "Application " + a.Number + " (" + name.EN + ") " + en}
	}
	switch act {
	case ActionOffer:
		if a.Exception != "" {
			return []Told{{Topic: ToldOffered, Org: a.Org, Title: about("一事一议已同意，请确认", "was approved case by case; please confirm"),
				Body: i18n.T("经一事一议同意给予支持。确认收款账户后即进入办理。", "Support was approved case by case. Confirm it with a payee account and it goes on.")}}
		}
		return []Told{{Topic: ToldOffered, Org: a.Org, Title: about("免申即享，请确认", "needs only your consent"),
			Body: i18n.T("所需事实都已核实，按现有事实可得 %[1]s 元。确认后即进入办理。", "Every fact is vouched for already; on these it comes to %[1]s yuan. Confirm and it goes on.", sum)}}
	case ActionAccept:
		return []Told{{Topic: ToldProgress, Org: a.Org, Title: about("已受理", "was accepted"),
			Body: i18n.T("材料齐全，进入评审。", "It is complete and goes to review.")}}
	case ActionPropose:
		return []Told{{Topic: ToldProgress, Org: a.Org, Title: about("拟予支持，进入公示", "is proposed for support"),
			Body: i18n.T("拟支持 %[1]s 元，公示期满无异议后办理拨付。", "%[1]s yuan are proposed; it is paid after the public notice.", sum)}}
	case ActionRevised:
		return []Told{{Topic: ToldRevised, Org: a.Org, Title: about("所在批次有修订", "is under terms that changed"), Body: note}}
	case ActionPassOver:
		return []Told{{Topic: ToldDecided, Org: a.Org, Title: about("未入选", "was not chosen"),
			Body: i18n.T("名额或预算已用完。%[1]s", "The places or the budget ended before it. %[2]s", note.ZH, note.EN)}}
	case ActionReopen:
		return []Told{{Topic: ToldDecided, Org: a.Org, Title: about("异议成立，重新审核", "is decided again after an objection"), Body: note}}
	case ActionReturn:
		return []Told{{Topic: ToldReturned, Org: a.Org, Title: about("退回补正", "was returned for supplements"),
			Body: i18n.T("主管部门的意见：%[1]s\n请按意见补充后重新提交。", "The programme office writes: %[2]s\nSupplement it and submit it again.", note.ZH, note.EN)}}
	case ActionLetter:
		return toldOfLetter(a, about, note.ZH)
	case ActionRefuse:
		return []Told{{Topic: ToldDecided, Org: a.Org, Title: about("不予支持", "is not supported"),
			Body: i18n.T("理由：%[1]s", "Reason: %[2]s", note.ZH, note.EN)}}
	case ActionStop:
		return []Told{{Topic: ToldDecided, Org: a.Org, Title: about("已终止", "was stopped"),
			Body: i18n.T("追缴决定生效，在办的申报一并终止：%[1]s", "A recovery was decided and every open application ends: %[2]s", note.ZH, note.EN)}}
	case ActionHeld:
		return []Told{
			{Topic: ToldDecided, Org: a.Org, Title: about("已同意支持", "was approved"),
				Body: i18n.T("同意支持 %[1]s 元，资金已预留，等待财政复核付款。", "%[1]s yuan are approved and set aside; payment waits for finance.", sum)},
			{Topic: ToldCountersign, Role: "finance", Title: about("等待复核付款", "waits for countersignature"),
				Body: i18n.T("金额 %[1]s 元。复核须由经办以外的另一人办理。", "%[1]s yuan. Somebody other than the deciding officer countersigns.", sum)},
		}
	case ActionSendBack:
		return []Told{{Topic: ToldDecided, Org: a.Org, Title: about("复核未通过，退回重新审核", "was sent back to be decided again"),
			Body: i18n.T("财政复核没有通过，预留的资金已释放，主管部门将重新审核。", "Finance did not countersign; the money set aside is released and the office decides again.")}}
	case ActionPaid:
		return []Told{{Topic: ToldPaid, Org: a.Org, Title: about("资金已拨付", "was paid"),
			Body: i18n.T("市、区两级共拨付 %[1]s 元到收款账户。", "City and district have paid %[1]s yuan to the payee account.", sum)}}
	}
	return nil
}
