package app

import (
	"maps"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// access is who may call what: the one table of the product, by operation id.
// A missing or a stale row stops the start.
func access() httpapi.Table {
	table := httpapi.Table{}
	for _, rows := range []httpapi.Table{partyAccess(), evidenceAccess(), ledgerAccess(), messageAccess(), policyAccess(), callAccess(), paymentAccess(), targetAccess(), reviewAccess(), supervisionAccess(), recoveryAccess(), openAccess(), exceptionAccess(), referralAccess(), voucherAccess(), budgetAccess()} {
		maps.Copy(table, rows)
	}
	return table
}

func roles(r ...httpapi.Role) []httpapi.Role { return r }

// readers may read any organisation's facts and applications. A reviewer is
// none of them: what they judge they see in the review room, blind.
func readers() []httpapi.Role {
	return roles(party.Office, party.Finance, party.Auditor)
}

func partyAccess() httpapi.Table {
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
		"listInvitations":  {Roles: roles(party.Office, party.Auditor)},
		"createInvitation": {Roles: roles(party.Office), Secret: true},
		"revokeInvitation": {Roles: roles(party.Office)},

		"listOrganisations": {Roles: party.RegionWide()},
		"getOrganisation":   {SignedIn: true, Own: true},
		"listMembers":       {Roles: roles(party.OrgManager, party.OrgMember, party.Operator, party.DataProvider, party.Office, party.Auditor, party.Admin), Own: true},
		"addMember":         {Roles: roles(party.OrgManager, party.Admin), Own: true, Session: true, Secret: true},
		"removeMember":      {Roles: roles(party.OrgManager, party.Admin), Own: true, Session: true},

		"listPayeeAccounts":       {Roles: roles(party.OrgManager, party.OrgMember, party.Operator, party.DataProvider, party.Office, party.Finance, party.Auditor), Own: true},
		"proposePayeeAccount":     {Roles: roles(party.OrgManager), Own: true, Session: true},
		"countersignPayeeAccount": {Roles: roles(party.OrgManager, party.Finance), Own: true, Session: true},

		"listPeople":      {Roles: roles(party.Admin, party.Auditor)},
		"addPerson":       {Roles: roles(party.Admin), Session: true, Secret: true},
		"disablePerson":   {Roles: roles(party.Admin), Session: true},
		"issueReset":      {Roles: roles(party.Admin), Session: true, Secret: true},
		"listMemberships": {Roles: roles(party.Admin, party.Auditor)},
		"addMembership":   {Roles: roles(party.Admin), Session: true},
		"endMembership":   {Roles: roles(party.Admin), Session: true},
		"changePassword":  {SignedIn: true, Session: true, Secret: true},

		"listAPIKeys":   {SignedIn: true},
		"createAPIKey":  {SignedIn: true, Session: true, Secret: true},
		"revokeAPIKey":  {SignedIn: true},
		"listPasskeys":  {SignedIn: true},
		"beginPasskey":  {SignedIn: true, Session: true, Secret: true},
		"addPasskey":    {SignedIn: true, Session: true},
		"removePasskey": {SignedIn: true, Session: true},

		"listAudit": {Roles: roles(party.Auditor, party.Admin)},

		// These two do not exist outside the sandbox.
		"moveSandboxDate": {SignedIn: true, Session: true},
		"letSandboxApply": {Roles: roles(party.Office), Session: true},
	}
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

func messageAccess() httpapi.Table {
	managers := roles(party.OrgManager)
	return httpapi.Table{
		// A person only ever meets their own.
		"listMessages":    {SignedIn: true},
		"countMessages":   {SignedIn: true},
		"markMessage":     {SignedIn: true},
		"markAllMessages": {SignedIn: true},

		"getMessageSettings": {SignedIn: true},
		"setMessageContact":  {SignedIn: true, Session: true},
		"chooseMessageTopic": {SignedIn: true, Session: true},
		// Whoever has the signed link of an e-mail may do what it says.
		"confirmMessageAddress": {Public: true},
		"describeOptOut":        {Public: true},
		"optOut":                {Public: true},

		"listWebhooks":        {Roles: managers, Own: true},
		"addWebhook":          {Roles: managers, Own: true, Session: true, Secret: true},
		"changeWebhook":       {Roles: managers, Own: true, Session: true},
		"removeWebhook":       {Roles: managers, Own: true, Session: true},
		"rotateWebhookSecret": {Roles: managers, Own: true, Session: true, Secret: true},
		"testWebhook":         {Roles: managers, Own: true, Session: true},
		"listPushes":          {Roles: managers, Own: true},
	}
}

func policyAccess() httpapi.Table {
	applicants := roles(party.OrgManager, party.OrgMember)
	watchers := readers()
	return httpapi.Table{
		"listDocuments":  {Public: true},
		"getDocument":    {Public: true},
		"searchPolicy":   {Public: true},
		"askPolicy":      {Public: true},
		"importDocument": {Roles: roles(party.Office, party.Admin)},
		"listMeasures":   {Public: true},
		"getMeasure":     {Public: true},
		"tryMeasure":     {Public: true},
		"listQuestions":  {Public: true},
		"listGuides":     {Public: true},

		"getToday":           {SignedIn: true},
		"getTodos":           {SignedIn: true}, // each role has its own, and only what the person may do
		"getMatches":         {Roles: append(watchers, applicants...), Own: true},
		"listMeasureMatches": {Roles: roles(party.Office, party.Finance, party.Auditor, party.Admin)},
		"simulate":           {Roles: roles(party.Office, party.Finance, party.Auditor, party.Admin)},

		// Deciding is a person's act in a browser, never a key's.
		// Whose application it is, the domain checks: others' do not exist for an organisation.
		"listApplications":       {Roles: append(watchers, applicants...)},
		"getApplication":         {Roles: append(watchers, applicants...)},
		"getAttachment":          {Roles: append(watchers, applicants...)},
		"getApplicationForm":     {Roles: append(watchers, applicants...)},
		"takeGreenLane":          {Roles: roles(party.Office, party.Finance), Session: true},
		"listGreenLanes":         {Roles: roles(party.Office, party.Finance, party.Auditor)},
		"issueLetter":            {Roles: roles(party.Office), Session: true},
		"getLetter":              {Roles: append(watchers, applicants...)},
		"getCallForm":            {Roles: append(watchers, applicants...)},
		"openApplication":        {Roles: applicants, Own: true},
		"editApplication":        {Roles: applicants},
		"attachFile":             {Roles: applicants},
		"detachFile":             {Roles: applicants},
		"submitApplication":      {Roles: roles(party.OrgManager)},
		"confirmApplication":     {Roles: roles(party.OrgManager)},
		"recallApplication":      {Roles: roles(party.OrgManager)},
		"withdrawApplication":    {Roles: roles(party.OrgManager)},
		"offerMeasure":           {Roles: roles(party.Office), Session: true},
		"acceptApplication":      {Roles: roles(party.Office), Session: true},
		"proposeApplication":     {Roles: roles(party.Office), Session: true},
		"carryApplication":       {Roles: roles(party.Office), Session: true},
		"approveApplication":     {Roles: roles(party.Office), Session: true},
		"returnApplication":      {Roles: roles(party.Office), Session: true},
		"refuseApplication":      {Roles: roles(party.Office), Session: true},
		"recomputeApplication":   {Roles: roles(party.Office)},
		"countersignApplication": {Roles: roles(party.Finance), Session: true},
		"sendBackApplication":    {Roles: roles(party.Finance), Session: true},
	}
}

func callAccess() httpapi.Table {
	office, books := roles(party.Office), roles(party.Office, party.Finance, party.Auditor)
	return httpapi.Table{
		"listCalls":      {Public: true}, // drafts do not exist for the public
		"getCall":        {Public: true},
		"getCallHistory": {Public: true},
		"createCall":     {Roles: office, Session: true},
		"editCall":       {Roles: office, Session: true},
		"publishCall":    {Roles: office, Session: true},
		"reviseCall":     {Roles: office, Session: true},
		"closeCall":      {Roles: office, Session: true},

		// Whoever computed an allocation or drafted a notice does not settle or
		// publish it: the domain checks that.
		"computeAllocation":       {Roles: office, Session: true},
		"listAllocations":         {Roles: books},
		"getAllocation":           {Roles: books},
		"listAllocationCases":     {Roles: books},
		"listAllocationProspects": {Roles: books},
		"getAllocationSnapshot":   {Roles: books},
		"getAllocationResult":     {Roles: books},
		"settleAllocation":        {Roles: roles(party.Office, party.Finance), Session: true},
		"rerunAllocation":         {Roles: books},
		"acceptCall":              {Roles: office, Session: true},
		"approveCall":             {Roles: office, Session: true},
		"countersignCall":         {Roles: roles(party.Finance), Session: true},

		"listNotices":          {Public: true}, // drafts do not exist for the public
		"getNotice":            {Public: true},
		"listNoticeRows":       {Public: true},
		"listNoticeAnswers":    {Public: true}, // nothing of who objected
		"draftNotice":          {Roles: office, Session: true},
		"publishNotice":        {Roles: office, Session: true},
		"objectToNotice":       {Public: true},
		"listNoticeObjections": {Roles: books},
		"listObjections":       {Roles: books},
		"answerObjection":      {Roles: office, Session: true},
	}
}

func targetAccess() httpapi.Table {
	watchers := readers()
	return httpapi.Table{
		"getRegion":    {Public: true},
		"getTargets":   {Public: true},
		"getTarget":    {Public: true},
		"reportFigure": {Roles: roles(party.Office)},
		"claimScene":   {Roles: roles(party.Office)},
		"listUnits":    {Roles: watchers},

		"getTargetReport": {Roles: watchers},

		"listTasks":        {Roles: watchers},
		"getTask":          {Roles: watchers},
		"listDuties":       {Roles: watchers},
		"reportProgress":   {Roles: roles(party.Office)},
		"uploadTargetFile": {Roles: roles(party.Office)},
		"getTargetFile":    {Roles: watchers},
		"listAssignments":  {Roles: watchers},
		"assignTask":       {Roles: roles(party.Office)},
		"endAssignment":    {Roles: roles(party.Office)},

		// Being on a key list opens the way to money: a person puts a project there, never a key.
		"listKeyLists":  {Roles: watchers},
		"listProject":   {Roles: roles(party.Office), Session: true},
		"unlistProject": {Roles: roles(party.Office), Session: true},

		"listMeetings":  {Roles: roles(party.Office, party.Finance, party.Auditor)},
		"listBodies":    {Roles: roles(party.Office, party.Finance, party.Auditor)},
		"getMeeting":    {Roles: roles(party.Office, party.Finance, party.Auditor)},
		"addMeeting":    {Roles: roles(party.Office)},
		"addDecision":   {Roles: roles(party.Office)},
		"closeDecision": {Roles: roles(party.Office)},
	}
}

// openAccess is what is made for people who do not sign in.
func openAccess() httpapi.Table {
	return httpapi.Table{
		"listAwards":      {Public: true},
		"getAward":        {Public: true},
		"getAwardProof":   {Public: true},
		"getAwardTotals":  {Public: true},
		"getEstimateForm": {Public: true},
		"estimate":        {Public: true, Secret: true}, // what somebody asks about their own company is never kept
	}
}
