package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/tilelog"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/review"
	reviewsql "github.com/qianmo/qianmo/internal/policy/review/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

// reviewOn is the review room as of a clock, beside a policy domain and under
// the rules of its pack.
func (p *product) reviewOn(c clock.Clock, cases *policy.Service, rules *review.Rules) *review.Service {
	return &review.Service{
		Store: reviewsql.New(p.db, c), Cases: reviewCases{cases, p.facts}, People: reviewers{p.party}, Log: reviewLog{p.facts, p.log}, Files: reviewFiles{files{p.blobs}},
		Rules: rules, Clock: c, IDs: p.ids, Random: rand.Reader,
	}
}

// loadReviewRules reads what a region pack says about reviewing.
//
// Codes: invalid, naming each file.
func loadReviewRules(region string, pack *rule.Pack) (*review.Rules, error) {
	files, err := regionFiles(region)
	if err != nil {
		return nil, err
	}
	return review.LoadRules(files, func(measure string) bool {
		_, err := pack.Measure(measure)
		return err == nil
	})
}

// regionFiles is the folder of a region pack; the shipped one when none is named.
func regionFiles(path string) (fs.FS, error) {
	if path != "" {
		return os.DirFS(path), nil
	}
	return regions.Open(regions.Names()[0])
}

// reviewCases is the policy domain as the review room needs it.
type reviewCases struct {
	policy *policy.Service
	facts  *evidence.Service
}

// Case implements review.Cases. What an organisation has not submitted does not exist.
func (c reviewCases) Case(ctx context.Context, id string) (review.Subject, error) {
	a, err := c.policy.Store.Application(ctx, id)
	if err == nil && a.Submitted == "" {
		err = fault.Newf(fault.NotFound, "没有这份申报。", "There is no such application.")
	}
	if err != nil {
		return review.Subject{}, err
	}
	s, err := c.subject(ctx, a)
	if err != nil {
		return s, err
	}
	attached, err := c.policy.Store.Attachments(ctx, id)
	if err != nil {
		return s, err
	}
	for _, f := range attached {
		s.Files = append(s.Files, review.File{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256})
	}
	if s.Wanted, err = c.wanted(ctx, a); err != nil {
		return s, err
	}
	s.Facts, err = c.rests(ctx, a)
	return s, err
}

// Cases implements review.Cases.
func (c reviewCases) Cases(ctx context.Context, measure string, year int) ([]review.Subject, error) {
	var out []review.Subject
	for f := (policy.ApplicationFilter{Measure: measure, Guide: year, Limit: 200}); ; {
		page, err := c.policy.Store.Applications(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			if !reviewable(a) {
				continue
			}
			s, err := c.subject(ctx, a)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		if len(page) < f.Limit {
			return out, nil
		}
		f.Before = page[len(page)-1].Cursor()
	}
}

// reviewable is a case that waits for the office: submitted or accepted.
func reviewable(a policy.Application) bool { return a.State.WaitsFor() == "office" }

func (c reviewCases) subject(ctx context.Context, a policy.Application) (review.Subject, error) {
	s := review.Subject{ID: a.ID, Number: a.Number, Org: a.Org, Measure: a.Measure, Object: a.Object, Year: a.Guide, Call: a.Call, Reviewable: reviewable(a), Statement: a.Statement}
	if m, err := c.policy.Pack.Measure(a.Measure); err == nil {
		s.MeasureName = m.Name
	}
	org, err := c.policy.Registry.Organisation(ctx, a.Org)
	s.OrgName = org.Name
	return s, err
}

// wanted is what the completeness check goes through: the papers that the call
// requires. Where it requires none, or there is no call, it is the applicant's
// statement, its papers and the facts that the measure reads.
func (c reviewCases) wanted(ctx context.Context, a policy.Application) (out []review.Wanted, err error) {
	if a.Call != "" {
		under, err := c.policy.Calls.Call(ctx, a.Call)
		if err != nil {
			return nil, err
		}
		offer, _ := under.Offer(a.Measure)
		for _, e := range offer.Evidence {
			if e.Required {
				out = append(out, review.Wanted{ID: e.ID, Name: e.Name})
			}
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	out = []review.Wanted{{ID: "statement", Name: i18n.T("申报说明", "The applicant's statement")}, {ID: "papers", Name: i18n.T("证明材料附件", "Papers attached")}}
	m, err := c.policy.Pack.Measure(a.Measure)
	if err != nil { // a measure may have left the pack since
		return out, nil
	}
	for _, use := range m.Facts {
		if use.Absent != "zero" { // what our own books record, nobody brings
			out = append(out, review.Wanted{ID: use.Kind, Name: use.Text})
		}
	}
	return out, nil
}

// rests are the facts that the frozen calculation names, and what the
// organisation states on its own word: departments check both.
func (c reviewCases) rests(ctx context.Context, a policy.Application) ([]review.SubjectFact, error) {
	frozen, err := c.policy.Store.Assessment(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	var result *rule.Result
	if err := json.Unmarshal(frozen, &result); err != nil || result == nil {
		return nil, err
	}
	var ids []string
	for _, step := range result.Trace {
		for _, line := range step.Facts {
			if !slices.Contains(ids, line.ID) {
				ids = append(ids, line.ID)
			}
		}
	}
	declared, err := c.policy.Declared(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, f := range declared {
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	records, err := c.facts.Store.Find(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]review.SubjectFact, 0, len(records))
	for _, id := range ids {
		if i := slices.IndexFunc(records, func(r evidence.Record) bool { return r.ID == id }); i >= 0 {
			f := records[i].Fact
			out = append(out, review.SubjectFact{ID: f.ID, Kind: f.Kind, Object: f.Object, Quantity: f.Quantity, Unit: f.Unit, Occurred: f.Occurred, Attestor: string(f.Attestor), Details: f.Attributes})
		}
	}
	return out, nil
}

// reviewers is party as the review room needs it.
type reviewers struct{ *party.Service }

// Reviewers implements review.People.
func (r reviewers) Reviewers(ctx context.Context, query string, limit int) ([]party.Person, error) {
	return r.People(ctx, party.PersonFilter{Query: query, Role: party.Reviewer, Limit: limit})
}

// reviewLog is the evidence log as the review room needs it.
type reviewLog struct {
	facts *evidence.Service
	log   *tilelog.Log
}

// Head implements review.Log.
func (l reviewLog) Head(ctx context.Context) (review.Checkpoint, error) {
	head, err := l.log.Checkpoint(ctx)
	return review.Checkpoint{Size: head.Size, Root: hex.EncodeToString(head.Root)}, err
}

// Seal implements review.Log.
func (l reviewLog) Seal(ctx context.Context, panel, value string) error {
	return l.facts.SealDigest(ctx, "review."+panel, value)
}

// mostSealed is more than a panel can have: 60 cases, 20 members, reopened often.
const mostSealed = 100_000

// Sealed implements review.Log.
func (l reviewLog) Sealed(ctx context.Context, panel string) ([]string, error) {
	digests, err := l.facts.Store.Digests(ctx, "review."+panel, mostSealed)
	out := make([]string, 0, len(digests))
	for _, d := range digests {
		out = append(out, d.Value)
	}
	return out, err
}

// reviewFiles is the blob store as the review room needs it.
type reviewFiles struct{ files }

// Keep implements review.Files.
func (f reviewFiles) Keep(ctx context.Context, name string, r io.Reader) (review.File, error) {
	kept, err := f.files.Keep(ctx, name, r)
	return review.File{Name: kept.Name, Type: kept.Type, Size: kept.Size, SHA256: kept.SHA256}, err
}

// reviewAccess: the office runs reviews, a reviewer sees what was drawn for
// them, an auditor reads all and draws again, an organisation sees how far its
// own case has come. Whose case it is, the room checks.
func reviewAccess() httpapi.Table {
	office, judge := roles(party.Office), roles(party.Reviewer)
	watch := roles(party.Office, party.Auditor)
	return httpapi.Table{
		"getReviewRules":   {Roles: roles(party.Office, party.Finance, party.Auditor, party.Reviewer)},
		"listExperts":      {Roles: watch},
		"listNewcomers":    {Roles: office},
		"addExpert":        {Roles: office},
		"changeExpert":     {Roles: office},
		"listDeclarations": {Roles: roles(party.Office, party.Auditor, party.Reviewer)},
		"declareConflict":  {Roles: roles(party.Office, party.Reviewer), Session: true},

		"listPanels":          {Roles: watch},
		"listPanelCandidates": {Roles: office},
		"openPanel":           {Roles: office},
		"getPanel":            {Roles: watch},
		"drawPanel":           {Roles: office, Session: true},
		"closePanel":          {Roles: office, Session: true},
		"cancelPanel":         {Roles: office, Session: true},
		"releaseCase":         {Roles: office, Session: true},
		"reopenScore":         {Roles: office, Session: true},
		"verifyPanel":         {Roles: watch},
		"recordMeeting":       {Roles: office, Session: true},

		"listReviews":   {Roles: judge},
		"getReview":     {Roles: judge},
		"getReviewFile": {Roles: judge},
		"saveScore":     {Roles: judge},
		"submitScore":   {Roles: judge, Session: true},

		"getCaseReview":   {Roles: roles(party.Office, party.Finance, party.Auditor, party.OrgManager, party.OrgMember)},
		"recordCheck":     {Roles: office},
		"recordFactCheck": {Roles: office, Session: true},
		"recordVisit":     {Roles: office},
		"addVisitFile":    {Roles: office},
		"getVisitFile":    {Roles: watch},
	}
}
