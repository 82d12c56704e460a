package app

import (
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/referral"
	referralsql "github.com/qianmo/qianmo/internal/policy/referral/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// loadSources reads the funds and other sources of a region, of the shipped one
// for "".
//
// Codes: invalid, naming the place.
func loadSources(region string, pack *rule.Pack) (*referral.Sources, error) {
	files, err := regionFiles(region)
	if err != nil {
		return nil, err
	}
	return referral.LoadSources(files, pack)
}

// referralsOn is the room of project files as of a clock. It is given neither
// facts nor books, so that no answer of a fund can reach a grant.
func (p *product) referralsOn(c clock.Clock, pack *rule.Pack, sources *referral.Sources) *referral.Service {
	return &referral.Service{Store: referralsql.New(p.db, c), Sources: sources, Registry: registry{p.party}, Files: referralFiles{files{p.blobs}},
		Messages: referralMessages{p.messages, c}, Pack: pack, Clock: c, IDs: p.ids}
}

// referralFiles is the blob store as the room of project files needs it.
type referralFiles struct{ files }

// Keep implements referral.Files.
func (f referralFiles) Keep(ctx context.Context, name string, r io.Reader) (referral.Paper, error) {
	kept, err := f.files.Keep(ctx, name, r)
	return referral.Paper{Name: kept.Name, Type: kept.Type, Size: kept.Size, SHA256: kept.SHA256}, err
}

// referralMessages is the message room as the room of project files needs it.
type referralMessages struct {
	*message.Service
	clock clock.Clock
}

// Tell implements referral.Messages.
func (m referralMessages) Tell(ctx context.Context, told referral.Told) error {
	to := message.ToRole(httpapi.Role(told.Role))
	if told.Org != "" {
		to = message.ToOrganisation(told.Org, party.OrgManager, party.OrgMember)
	}
	_, err := m.Post(ctx, message.Message{Key: told.Key, Topic: told.Topic, Title: told.Title, Body: told.Body, At: m.clock.Now(),
		Link: "/projects/" + told.Project, About: message.About{Kind: "project", ID: told.Project}}, to)
	return err
}

// referralAccess: an organisation describes and sends its own projects; the
// office passes them on and records the answers, and finance checks money among
// them. Whose a project is, the room
// checks: others' do not exist for an organisation.
func referralAccess() httpapi.Table {
	applicants := roles(party.OrgManager, party.OrgMember)
	everybody := append(readers(), applicants...)
	return httpapi.Table{
		"listFundingSources":  {Public: true},
		"listProjects":        {Roles: everybody},
		"getProject":          {Roles: everybody},
		"matchProject":        {Roles: everybody},
		"listProjectEditions": {Roles: everybody},
		"getProjectEdition":   {Roles: everybody},
		"getProjectPaper":     {Roles: everybody},
		"describeProject":     {Roles: applicants, Own: true},
		"editProject":         {Roles: applicants},
		"uploadProjectPaper":  {Roles: applicants},
		"sendProject":         {Roles: roles(party.OrgManager), Session: true},
		"withdrawSending":     {Roles: roles(party.OrgManager), Session: true},
		"answerSending":       {Roles: roles(party.Office), Session: true},
		"judgeSending":        {Roles: roles(party.Finance), Session: true},
	}
}
