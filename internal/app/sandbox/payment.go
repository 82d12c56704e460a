package sandbox

import (
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// The days on which the sandbox's bank files went out and were answered.
const (
	FilesReleased = clock.Date("2025-10-15")
	BankAnswered  = clock.Date("2025-10-17")
)

// ReportTerm is the performance report that the sandbox asks for: invented,
// since no document sets a period.
func ReportTerm(measure string) payment.Term {
	users := payment.Indicator{ID: "users", Name: i18n.T("服务用户数", "Users served"), Unit: i18n.T("家", "organisations"), Expected: "20"}
	calls := payment.Indicator{ID: "calls", Name: i18n.T("模型调用量", "Model calls"), Unit: i18n.T("万次", "ten thousand calls"), Expected: "150"}
	term := payment.Term{Days: 60, Workdays: true, Indicators: []payment.Indicator{users}}
	if measure == "002-2" {
		term.Indicators = append(term.Indicators, calls)
	}
	return term
}

// Cashier is finance's second person, who lets bank files go.
func Cashier() httpapi.Principal {
	return httpapi.Principal{PersonID: personID(cashier.login), Name: cashier.name, Role: party.Finance}
}

var cashier = persona{"cashier", "秦照川", party.Finance, i18n.T("财政 · 放行", "Finance, releases files"), 0}
