package app

import (
	"maps"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// access is who may call what: the one table of the product, by operation id.
// A missing or a stale row stops the start. Party's own rows stand beside its
// roles; the other domains do not know the roles, so theirs stand here.
func access() httpapi.Table {
	table := httpapi.Table{}
	for _, rows := range []httpapi.Table{party.Access(), evidenceAccess(), ledgerAccess(), policyAccess()} {
		maps.Copy(table, rows)
	}
	return table
}

func roles(r ...httpapi.Role) []httpapi.Role { return r }

// readers may read any organisation's facts.
func readers() []httpapi.Role {
	return roles(party.Office, party.Finance, party.Reviewer, party.Auditor)
}

func evidenceAccess() httpapi.Table {
	verifiers := roles(party.Office, party.Finance, party.Auditor)
	importers := roles(party.Office, party.Auditor, party.Operator, party.OrgManager)
	return httpapi.Table{
		"listFacts":          {Roles: append(readers(), party.OrgManager, party.OrgMember, party.Operator, party.DataProvider), Own: true},
		"getFact":            {SignedIn: true}, // others' facts do not exist for an organisation
		"getFactProof":       {SignedIn: true},
		"listFactKinds":      {Public: true},
		"getLog":             {Public: true},
		"getCheckpoint":      {Public: true},
		"getTile":            {Public: true},
		"proveInclusion":     {Public: true},
		"proveConsistency":   {Public: true},
		"verifyEvidence":     {Roles: verifiers},
		"uploadImport":       {Roles: importers},
		"getImport":          {Roles: importers},
		"listImportProblems": {Roles: importers},
		"acceptImport":       {Roles: importers},
		"discardImport":      {Roles: importers},
	}
}

func ledgerAccess() httpapi.Table {
	books := roles(party.Office, party.Finance, party.Auditor)
	return httpapi.Table{
		"listLedgerAccounts": {Roles: books},
		"listTransfers":      {Roles: books},
		"getTransfer":        {Roles: books},
		"verifyLedger":       {Roles: books},
		"listBudgets":        {Roles: books},
	}
}

func policyAccess() httpapi.Table {
	applicants := roles(party.OrgManager, party.OrgMember)
	watchers := readers()
	return httpapi.Table{
		"listDocuments":  {Public: true},
		"getDocument":    {Public: true},
		"searchPolicy":   {Public: true},
		"importDocument": {Roles: roles(party.Office, party.Admin)},
		"listMeasures":   {Public: true},
		"getMeasure":     {Public: true},
		"tryMeasure":     {Public: true},
		"listQuestions":  {Public: true},
		"listGuides":     {Public: true},

		"getToday":           {SignedIn: true},
		"getMatches":         {Roles: append(watchers, applicants...), Own: true},
		"listMeasureMatches": {Roles: roles(party.Office, party.Finance, party.Auditor, party.Admin)},
		"simulate":           {Roles: roles(party.Office, party.Finance, party.Auditor, party.Admin)},

		// Deciding is a person's act in a browser, never a key's.
		// Whose application it is, the domain checks: others' do not exist for an organisation.
		"listApplications":       {Roles: append(watchers, applicants...)},
		"getApplication":         {Roles: append(watchers, applicants...)},
		"getAttachment":          {Roles: append(watchers, applicants...)},
		"openApplication":        {Roles: applicants, Own: true},
		"editApplication":        {Roles: applicants},
		"attachFile":             {Roles: applicants},
		"detachFile":             {Roles: applicants},
		"submitApplication":      {Roles: roles(party.OrgManager)},
		"withdrawApplication":    {Roles: roles(party.OrgManager)},
		"approveApplication":     {Roles: roles(party.Office), Session: true},
		"returnApplication":      {Roles: roles(party.Office), Session: true},
		"refuseApplication":      {Roles: roles(party.Office), Session: true},
		"recomputeApplication":   {Roles: roles(party.Office)},
		"countersignApplication": {Roles: roles(party.Finance), Session: true},
		"sendBackApplication":    {Roles: roles(party.Finance), Session: true},
	}
}
