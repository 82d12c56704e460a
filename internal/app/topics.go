package app

import (
	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/referral"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// topics is what people are told about: the one closed list of the product. A
// room that has something new to say adds its topic here.
func topics() message.Topics {
	applicants := roles(party.OrgManager, party.OrgMember)
	return message.NewTopics(
		message.Topic{ID: policy.ToldReturned, Name: i18n.T("申报退回补正", "Application returned for supplements"), Duty: true, Email: message.On, For: applicants},
		message.Topic{ID: policy.ToldOffered, Name: i18n.T("免申即享待确认", "Support that needs only your consent"), Duty: true, Email: message.On, For: applicants},
		message.Topic{ID: policy.ToldProgress, Name: i18n.T("申报办理进度", "Progress of an application"), Email: message.InDigest, For: applicants},
		message.Topic{ID: policy.ToldRevised, Name: i18n.T("申报批次修订", "Terms of a call changed"), Email: message.On, For: applicants},
		message.Topic{ID: policy.ToldDecided, Name: i18n.T("申报审核结果", "Decision on an application"), Duty: true, Email: message.On, For: applicants},
		message.Topic{ID: policy.ToldPaid, Name: i18n.T("资金拨付到账", "Support paid"), Email: message.On, For: applicants},
		message.Topic{ID: policy.ToldCountersign, Name: i18n.T("待复核付款", "Payment waits for countersignature"), Duty: true, Email: message.InDigest, For: roles(party.Finance)},
		message.Topic{ID: budget.ToldConfirm, Name: i18n.T("待复核的指标单", "Budget order waits for a second person"), Duty: true, Email: message.InDigest, For: roles(party.Finance)},
		message.Topic{ID: recovery.ToldNotified, Name: i18n.T("追缴告知", "Notice of a recovery"), Duty: true, Email: message.On, For: applicants},
		message.Topic{ID: recovery.ToldOutcome, Name: i18n.T("追缴决定与结果", "Outcome of a recovery"), Duty: true, Email: message.On, For: applicants},
		message.Topic{ID: recovery.ToldConfirm, Name: i18n.T("待确认的追缴决定", "Recovery waits for a second person"), Duty: true, Email: message.InDigest, For: roles(party.Finance)},
		message.Topic{ID: exception.ToldWaits, Name: i18n.T("一事一议待审批", "Exception waits for an opinion"), Duty: true, Email: message.On, For: roles(party.Office, party.Finance)},
		message.Topic{ID: referral.ToldSent, Name: i18n.T("项目推送待转交", "A project is to be passed on to a fund"), Email: message.InDigest, For: roles(party.Office)},
		message.Topic{ID: referral.ToldAnswer, Name: i18n.T("基金对项目的答复", "A fund answered on a project"), Email: message.On, For: applicants},
		message.Topic{ID: referral.ToldReported, Name: i18n.T("待核对的基金出资", "Money of a fund waits to be checked"), Duty: true, Email: message.InDigest, For: roles(party.Finance)},
		message.Topic{ID: referral.ToldDisputed, Name: i18n.T("基金出资核对不符", "Money of a fund does not agree"), Email: message.InDigest, For: roles(party.Office)},
		message.Topic{ID: voucher.ToldIssued, Name: i18n.T("券的发放结果", "Voucher issued or not"), Email: message.On, For: applicants},
		message.Topic{ID: voucher.ToldEnding, Name: i18n.T("券快到期", "Voucher ends soon"), Email: message.On, For: applicants},
		message.Topic{ID: voucher.ToldEnded, Name: i18n.T("券到期或被收回", "Voucher expired or recalled"), Duty: true, Email: message.On, For: applicants},
		message.Topic{ID: voucher.ToldRequest, Name: i18n.T("待发放的券", "Voucher waits to be issued"), Duty: true, Email: message.InDigest, For: roles(party.Office)},
		message.Topic{ID: toldMatch, Name: i18n.T("可申领的政策有变化", "Measures that fit you changed"), Email: message.InDigest, For: applicants},
		message.Topic{ID: "target.due_soon", Name: i18n.T("任务快到期", "Task due soon"), Email: message.InDigest, For: roles(party.Office)},
		message.Topic{ID: "target.overdue", Name: i18n.T("任务逾期", "Task overdue"), Duty: true, Email: message.InDigest, For: roles(party.Office)},
	)
}
