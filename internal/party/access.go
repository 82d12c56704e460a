package party

import "github.com/qianmo/qianmo/internal/platform/httpapi"

// Access is who may call party's operations; app joins it to the product's table.
func Access() httpapi.Table {
	roles := func(r ...httpapi.Role) []httpapi.Role { return r }
	return httpapi.Table{
		"getSession":         {Public: true},
		"signIn":             {Public: true, Secret: true},
		"signOut":            {Public: true, Secret: true},
		"switchRole":         {SignedIn: true, Session: true, Secret: true},
		"beginPasskeySignIn": {Public: true, Secret: true},
		"signInWithPasskey":  {Public: true, Secret: true},
		"beginOpenID":        {Public: true, Secret: true},
		"finishOpenID":       {Public: true, Secret: true},

		"setUp":            {Public: true, Secret: true},
		"enrol":            {Public: true, Secret: true},
		"resetPassword":    {Public: true, Secret: true},
		"listInvitations":  {Roles: roles(Office, Auditor)},
		"createInvitation": {Roles: roles(Office), Secret: true},
		"revokeInvitation": {Roles: roles(Office)},

		"listOrganisations": {Roles: RegionWide()},
		"getOrganisation":   {SignedIn: true, Own: true},
		"listMembers":       {Roles: roles(OrgManager, OrgMember, Operator, DataProvider, Office, Auditor, Admin), Own: true},
		"addMember":         {Roles: roles(OrgManager, Admin), Own: true, Session: true, Secret: true},
		"removeMember":      {Roles: roles(OrgManager, Admin), Own: true, Session: true},

		"listPayeeAccounts":       {Roles: roles(OrgManager, OrgMember, Operator, DataProvider, Office, Finance, Auditor), Own: true},
		"proposePayeeAccount":     {Roles: roles(OrgManager), Own: true, Session: true},
		"countersignPayeeAccount": {Roles: roles(OrgManager, Finance), Own: true, Session: true},

		"listPeople":      {Roles: roles(Admin, Auditor)},
		"addPerson":       {Roles: roles(Admin), Session: true, Secret: true},
		"disablePerson":   {Roles: roles(Admin), Session: true},
		"issueReset":      {Roles: roles(Admin), Session: true, Secret: true},
		"listMemberships": {Roles: roles(Admin, Auditor)},
		"addMembership":   {Roles: roles(Admin), Session: true},
		"endMembership":   {Roles: roles(Admin), Session: true},
		"changePassword":  {SignedIn: true, Session: true, Secret: true},

		"listAPIKeys":   {SignedIn: true},
		"createAPIKey":  {SignedIn: true, Session: true, Secret: true},
		"revokeAPIKey":  {SignedIn: true},
		"listPasskeys":  {SignedIn: true},
		"beginPasskey":  {SignedIn: true, Session: true, Secret: true},
		"addPasskey":    {SignedIn: true, Session: true},
		"removePasskey": {SignedIn: true, Session: true},

		"listAudit": {Roles: roles(Auditor, Admin)},
	}
}
