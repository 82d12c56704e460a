package app

import (
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/exception"
	exceptionsql "github.com/qianmo/qianmo/internal/policy/exception/sqlstore"
)

// exceptionsOn is the room of exceptions as of a clock, beside a policy domain,
// which opens and pays their cases.
func (p *product) exceptionsOn(c clock.Clock, cases *policy.Service) *exception.Service {
	s := &exception.Service{Store: exceptionsql.New(p.db, c), Registry: registry{p.party}, Facts: p.facts, Cases: cases, Files: exceptionFiles{files{p.blobs}},
		Messages: exceptionMessages{p.messages, c}, Pack: cases.Pack, Clock: c, IDs: p.ids}
	cases.Exceptions = s
	return s
}

// exceptionFiles is the blob store as the room of exceptions needs it.
type exceptionFiles struct{ files }

// Keep implements exception.Files.
func (f exceptionFiles) Keep(ctx context.Context, name string, r io.Reader) (exception.Paper, error) {
	kept, err := f.files.Keep(ctx, name, r)
	return exception.Paper{Name: kept.Name, Type: kept.Type, Size: kept.Size, SHA256: kept.SHA256}, err
}

// exceptionMessages is the message room as the room of exceptions needs it.
type exceptionMessages struct {
	*message.Service
	clock clock.Clock
}

// Tell implements exception.Messages.
func (m exceptionMessages) Tell(ctx context.Context, told exception.Told) error {
	_, err := m.Post(ctx, message.Message{Key: told.Key, Topic: exception.ToldWaits, Title: told.Title, Body: told.Body, At: m.clock.Now(),
		Link: "/exceptions/" + told.Exception, About: message.About{Kind: "exception", ID: told.Exception}}, message.ToRole(httpapi.Role(told.Role)))
	return err
}

// exceptionAccess: an officer proposes; another of the office and one of finance
// decide, each in a browser. Who proposed never decides: the room checks that.
func exceptionAccess() httpapi.Table {
	watch, office := readers(), roles(party.Office)
	return httpapi.Table{
		"listExceptions":          {Roles: watch},
		"getException":            {Roles: watch},
		"getExceptionPaper":       {Roles: watch},
		"getExceptionReport":      {Roles: watch},
		"downloadExceptionReport": {Roles: watch},
		"uploadExceptionPaper":    {Roles: office},
		"proposeException":        {Roles: office, Session: true},
		"judgeException":          {Roles: roles(party.Office, party.Finance), Session: true},
		"withdrawException":       {Roles: office, Session: true},
	}
}
