package recovery

import (
	"context"
	"fmt"
	"time"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// What people are told of a recovery. The names are the topics of the product's list.
const (
	ToldNotified = "recovery.notified" // the party may speak until a day
	ToldOutcome  = "recovery.outcome"  // a decision, its end, or what ended without one
	ToldConfirm  = "recovery.confirm"  // a second person is waited for
)

// Told is something that people are told of a case, in the transaction in
// which it became true.
type Told struct {
	Key         string // of the event: told once
	Topic       string
	Org         ident.CreditCode // its people; or
	Role        string           // whoever holds this role of the region
	Case        string
	Title, Body i18n.Text
	At          time.Time
}

// Messages tells people things; app plugs internal/message in.
type Messages interface {
	Tell(ctx context.Context, n Told) error
}

// tell tells whom it concerns of a step.
func (s *Service) tell(ctx context.Context, c *Case, act Action) error {
	n, concerns := telling(c, act)
	if !concerns {
		return nil
	}
	n.Case, n.At = c.ID, s.Clock.Now()
	n.Key = fmt.Sprintf("recovery/%s/%s/%d/%s", c.ID, act, c.Version, n.Topic)
	return s.Messages.Tell(ctx, n)
}

func telling(c *Case, act Action) (n Told, concerns bool) {
	about := func(zh, en string) i18n.Text {
		return i18n.Text{ZH: "追缴案 " + c.Number + zh, EN: "Recovery " + c.Number + " " + en}
	}
	toParty := func(topic string, title, body i18n.Text) (Told, bool) {
		return Told{Topic: topic, Org: c.Org, Title: title, Body: body}, c.Known
	}
	money := c.money()
	switch act {
	case ActionNotify:
		return toParty(ToldNotified, about("：请陈述意见", "asks for your statement"),
			i18n.T("您可在 %[1]s 前陈述和申辩：\n%[2]s", "You may state your view until %[1]s:\n%[2]s", string(c.Notice.Deadline), c.Notice.Text))
	case ActionDecide, ActionRemit:
		return Told{Topic: ToldConfirm, Role: "finance", Title: about("等待确认", "waits for a second person"),
			Body: i18n.T("须由决定人以外的另一人确认。", "Somebody other than whoever decided confirms it.")}, true
	case ActionConfirm:
		return toParty(ToldOutcome, about("决定生效", "takes effect"),
			i18n.T("应缴 %[1]s 元，其中利息 %[2]s 元；尚欠 %[3]s 元。", "%[1]s yuan are asked back, %[2]s of it interest; %[3]s yuan are owed.",
				(money.Claimed+money.Charge).Grouped(), money.Charge.Grouped(), money.Owed.Grouped()))
	case ActionLetter:
		return toParty(ToldOutcome, about("：决定书已出具", "has its decision letter"), i18n.T("决定书 %[1]s，可在追缴案页面下载。", "Letter %[1]s can be downloaded from the recovery's page.", c.Letter.Number))
	case ActionClose:
		return toParty(ToldOutcome, about("已结案", "is closed"), i18n.T("已无欠款。", "Nothing is owed any more."))
	case ActionDrop:
		return toParty(ToldOutcome, about("已撤案", "was dropped"), i18n.T("不再追缴。", "Nothing is asked back."))
	case ActionRevoke:
		return toParty(ToldOutcome, about("决定已撤销", "was revoked"), i18n.T("不再追缴；据此列入的名单一并移出。", "Nothing is asked back, and an exclusion that rested on it is lifted."))
	case ActionLift:
		return toParty(ToldOutcome, about("：已移出暂停申报名单", "no longer excludes you"), i18n.T("即日起可以申报。", "You may apply again from today."))
	}
	return n, false
}
