package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/notice"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/referral"
	"github.com/qianmo/qianmo/internal/policy/review"
	"github.com/qianmo/qianmo/internal/policy/supervision"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// todoRoom is a room in which something may wait for a person.
type todoRoom interface {
	Todos(ctx context.Context, by party.Actor) ([]party.Todo, error)
}

// todoRooms are all of them, under a pack.
func (p *product) todoRooms(r *ruled) []todoRoom {
	return []todoRoom{r.policy, r.review, r.notices, p.paymentsOf(r.policy), r.budgets, r.recovery, r.exceptions, r.referrals, r.vouchers, r.supervision, p.party}
}

// todoActs is the closed list of kinds, each with the operation that does one:
// nobody is shown what the access table does not let them do.
var todoActs = map[party.TodoKind]string{
	policy.TodoLane: "takeGreenLane", policy.TodoSettle: "settleAllocation",
	review.TodoDraw: "drawPanel", review.TodoClose: "closePanel", review.TodoScore: "submitScore",
	notice.TodoAnswer: "answerObjection", notice.TodoPublish: "publishNotice",
	payment.TodoFile: "makeBankFile", payment.TodoRelease: "releaseBankFile", payment.TodoReturn: "uploadReturnFile", payment.TodoAccept: "acceptReturnFile",
	payment.TodoResolve: "resolveUnmatchedLine", payment.TodoReissue: "reissuePaymentOrder", payment.TodoCancel: "answerOrderCancel",
	payment.TodoAnswer: "answerPerformanceReport", payment.TodoReport: "submitPerformanceReport", payment.TodoMend: "submitPerformanceReport",
	budget.TodoConfirm:   "confirmBudgetOrder",
	recovery.TodoConfirm: "confirmRecovery", recovery.TodoPursue: "decideRecovery", recovery.TodoHear: "hearRecovery", recovery.TodoPropose: "takeUpProposal",
	recovery.TodoState: "stateRecovery", recovery.TodoPay: "getRecovery", // it is paid at the bank
	exception.TodoJudge: "judgeException", referral.TodoJudge: "judgeSending",
	voucher.TodoIssue: "approveVoucher", voucher.TodoUse: "returnVoucher", // or used with whoever sells the service
	supervision.TodoDispose: "confirmAlarm", supervision.TodoAnswer: "answerAlarm",
	party.TodoPayee: "countersignPayeeAccount",
}

// todosOf asks every room what waits for a person, the oldest first.
func todosOf(ctx context.Context, rooms []todoRoom, by party.Actor) (all []party.Todo, err error) {
	for _, room := range rooms {
		some, err := room.Todos(ctx, by)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b party.Todo) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Kind, b.Kind)) })
	return all, nil
}

type todosOutput struct {
	Body struct {
		On    clock.Date `json:"on"`
		Todos []todoView `json:"todos" doc:"The oldest first; kinds of which nothing waits are left out"`
	}
}

type todoView struct {
	Kind   party.TodoKind `json:"kind" enum:"alarm.answer,alarm.dispose,allocation.settle,budget.confirm,exception.judge,lane.confirm,notice.answer,notice.publish,payee.countersign,payment.accept,payment.cancel,payment.file,payment.reissue,payment.release,payment.resolve,payment.return,recovery.confirm,recovery.hear,recovery.pay,recovery.propose,recovery.pursue,recovery.state,referral.judge,report.answer,report.mend,report.submit,review.close,review.draw,review.score,voucher.issue,voucher.use" doc:"What is to be done"`
	Count  int64          `json:"count" minimum:"1" doc:"How many"`
	Since  clock.Date     `json:"since" doc:"Since when the oldest waits"`
	Waited int            `json:"waited_workdays" doc:"Working days since then, by the State Council's calendar"`
}

// registerTodos adds what waits beside the inbox. It is an operation of its own:
// the inbox is the policy domain's, which knows its rooms' but not their use,
// and shows while a room fails.
func (p *product) registerTodos(api huma.API, r *ruled) {
	rooms := p.todoRooms(r)
	httpapi.Register(api, huma.Operation{OperationID: "getTodos", Method: http.MethodGet, Path: "/today/todos", Summary: "What else waits for me, by kind", Tags: []string{"today"}},
		func(ctx context.Context, _ *struct{}) (*todosOutput, error) {
			all, err := todosOf(ctx, rooms, party.ActorOf(ctx))
			out := &todosOutput{}
			out.Body.On, out.Body.Todos = p.business.Today(), make([]todoView, len(all))
			for i, t := range all {
				out.Body.Todos[i] = todoView{t.Kind, t.Count, t.Since, clock.China().Between(t.Since, out.Body.On)}
			}
			return out, err
		})
}
