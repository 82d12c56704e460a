package party

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// The roles of the product. A person holds them through memberships and acts
// in one at a time.
const (
	Office       httpapi.Role = "office"        // 项目主管部门: programme office
	Finance      httpapi.Role = "finance"       // 财政: finance officer, countersigns and pays
	Reviewer     httpapi.Role = "reviewer"      // 评审专家
	Auditor      httpapi.Role = "auditor"       // 审计
	Admin        httpapi.Role = "admin"         // 系统管理员: people and keys, no money
	OrgManager   httpapi.Role = "org_manager"   // 机构管理员
	OrgMember    httpapi.Role = "org_member"    // 机构成员
	Operator     httpapi.Role = "operator"      // 智算中心运营方
	DataProvider httpapi.Role = "data_provider" // 数据提供方
)

// Roles lists every role.
func Roles() []httpapi.Role {
	return append(RegionWide(), OrgManager, OrgMember, Operator, DataProvider)
}

// RegionWide lists the roles that serve the region: they act for no single
// organisation and may look at any.
func RegionWide() []httpapi.Role {
	return []httpapi.Role{Office, Finance, Reviewer, Auditor, Admin}
}

// ForOrganisation reports whether the role acts for one organisation.
func ForOrganisation(role httpapi.Role) bool {
	return slices.Contains([]httpapi.Role{OrgManager, OrgMember, Operator, DataProvider}, role)
}
