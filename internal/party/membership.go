package party

import (
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Membership (任职) is one role that a person holds, for one organisation or
// for the region. It ends and is never deleted.
type Membership struct {
	ID      string
	Person  string
	Role    httpapi.Role
	Org     ident.CreditCode // empty for the region's own roles
	OrgName string           // read only
	Created time.Time
}

// Validate checks that role and organisation fit each other.
//
// Codes: invalid.
func (m Membership) Validate() error {
	var c fault.Collector
	switch {
	case !slices.Contains(Roles(), m.Role):
		c.Add("role", "没有这个角色", "there is no such role")
	case ForOrganisation(m.Role) && m.Org == "":
		c.Add("org", "这个角色要为一家机构任职：请给出机构", "this role is held for an organisation: name it")
	case !ForOrganisation(m.Role) && m.Org != "":
		c.Add("org", "这个角色不属于任何机构", "this role belongs to no organisation")
	}
	return c.Err()
}

// Member is a membership together with its person, as an organisation sees it.
type Member struct {
	Membership string       `json:"membership"`
	Person     string       `json:"person"`
	Login      string       `json:"login"`
	Name       string       `json:"name"`
	Role       httpapi.Role `json:"role"`
	Since      time.Time    `json:"since"`
}
