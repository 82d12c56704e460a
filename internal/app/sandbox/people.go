package sandbox

import (
	"fmt"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Password is that of every demonstration account. The sign-in page shows it.
const Password = "demo-2025-qianmo"

// persona is an invented person with one role.
type persona struct {
	login, name string
	role        httpapi.Role
	label       i18n.Text
	org         int // place of the organisation, for roles that act for one
}

var personas = []persona{
	{"office", "程向南", party.Office, i18n.T("主管部门 · 经办", "Programme office"), 0},
	deputy,
	{"finance", "杨知微", party.Finance, i18n.T("财政 · 复核", "Finance officer"), 0},
	cashier,
	{"firm", "罗晓禾", party.OrgManager, i18n.T("企业 · 管理员", "Firm, manager"), 0},
	{"member", "石青川", party.OrgMember, i18n.T("企业 · 成员", "Firm, member"), 0},
	{"reviewer", "林远舟", party.Reviewer, i18n.T("评审专家", "Reviewer"), 0},
	{"auditor", "禾知序", party.Auditor, i18n.T("审计", "Auditor"), 0},
	{"operator", "竹映桥", party.Operator, i18n.T("智算中心 · 运营", "Centre operator"), 13},
	{"admin", "云明砚", party.Admin, i18n.T("系统管理员", "Administrator"), 0},
}

// Accounts are the sign-ins that the sandbox offers, one a role and a second of finance.
func Accounts() []party.SandboxAccount {
	out := make([]party.SandboxAccount, 0, len(personas))
	for _, p := range personas {
		out = append(out, party.SandboxAccount{Role: p.role, Label: p.label, Login: p.login, Password: Password})
	}
	return out
}

// Principal is the person who acts in a role, for filling the sandbox through
// the same use cases that people use. An organisation role acts for org.
func Principal(role httpapi.Role, org ident.CreditCode) httpapi.Principal {
	for _, p := range personas {
		if p.role != role {
			continue
		}
		who := httpapi.Principal{PersonID: personID(p.login), Name: p.name, Role: p.role, Org: org}
		if org != "" && org != Organisations()[0].Code {
			who.PersonID, who.Name = applicantID, applicantName
		}
		return who
	}
	return httpapi.Principal{}
}

// deputy is the office's second person, who publishes what the first drafted.
var deputy = persona{"deputy", "顾清和", party.Office, i18n.T("主管部门 · 负责人", "Programme office, deputy"), 0}

// Deputy acts for the office where its first person may not.
func Deputy() httpapi.Principal {
	return httpapi.Principal{PersonID: personID(deputy.login), Name: deputy.name, Role: deputy.role}
}

func personID(login string) string { return "per_demo_" + login }

// Population is everybody and everything that exists at the start: the
// organisations, its people, and a countersigned payee account each.
func Population(all []Organisation) party.Seed {
	seed := party.Seed{}
	for i, o := range all {
		seed.Organisations = append(seed.Organisations, party.Organisation{Code: o.Code, Kind: party.OrganisationKind(o.Kind), Name: o.Name, Place: o.Place})
		seed.Payees = append(seed.Payees, party.PayeeAccount{
			ID: fmt.Sprintf("payee_demo_%04d", i), Org: o.Code, Holder: o.Name, Bank: "演示银行贵阳支行", BankCode: "000000000000",
			Number: fmt.Sprintf("0000%012d", i), State: party.Active, ProposedBy: applicantID, ConfirmedBy: personID("finance"),
			Proposed: opened, Confirmed: opened,
		})
	}
	for _, p := range personas {
		m := party.Membership{Role: p.role}
		if party.ForOrganisation(p.role) {
			m.Org = all[p.org].Code
		}
		seed.People = append(seed.People, party.SeedPerson{Person: party.Person{ID: personID(p.login), Login: p.login, Name: p.name},
			Password: auth.Secret(Password), Memberships: []party.Membership{m}})
	}
	seed.People = append(seed.People, party.SeedPerson{Password: auth.Secret(ident.Secret(20)), // nobody signs in as it
		Person: party.Person{ID: applicantID, Login: "applicant", Name: applicantName, Disabled: true}})
	return seed
}

// The person who acts for organisations that have nobody of their own.
const (
	applicantID   = "per_demo_applicant"
	applicantName = "演示经办"
)

// opened is when the payee accounts were registered.
var opened = time.Date(2025, 3, 3, 1, 0, 0, 0, time.UTC)
