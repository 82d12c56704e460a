package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/supervision"
	supervisionsql "github.com/qianmo/qianmo/internal/policy/supervision/sqlstore"
	"github.com/qianmo/qianmo/regions"
)

// loadAlarms reads the alarm rules of a region, the shipped one for "".
func loadAlarms(path string) (*supervision.Rules, error) {
	if path != "" {
		return supervision.OpenRules(path)
	}
	files, err := regions.Open(regions.Names()[0])
	if err != nil {
		return nil, err
	}
	return supervision.LoadRules(files)
}

// checkAlarms adds what is wrong with the alarm rules to a report.
func checkAlarms(path string, pack *rule.Pack, report *rule.Report) (*supervision.Rules, error) {
	rules, err := loadAlarms(path)
	if err != nil {
		f := fault.From(err)
		if f.Code != fault.Invalid {
			return nil, err
		}
		for _, field := range f.Fields {
			report.Problems = append(report.Problems, rule.Problem{Level: "error", Where: field.Path, Message: field.Message})
		}
		report.OK = false
		return &supervision.Rules{}, nil
	}
	if problems := rules.Cites(pack); len(problems) > 0 {
		report.Problems, report.OK = append(report.Problems, problems...), false
	}
	return rules, nil
}

// superviseUnder adds supervision to what runs on a pack; it and the case look
// at each other.
func (p *product) superviseUnder(r *ruled) error {
	rules, err := loadAlarms(p.config.Region)
	if err != nil {
		return err
	}
	key, err := p.folder.contactKey()
	if err != nil {
		return err
	}
	r.supervision = &supervision.Service{Store: supervisionsql.New(p.db, p.business), Rules: rules, Pack: r.pack, Facts: p.facts, Cases: r.policy,
		Organisations: registry{p.party}, Clock: p.business, IDs: p.ids, Key: key}
	r.policy.Supervision = r.supervision
	return nil
}

func (p *product) supervision() *supervision.Service { return p.ruled.Load().supervision }

// lookForAlarms is the chore.
func (p *product) lookForAlarms(ctx context.Context) error { return p.supervision().Look(ctx) }

// contactKey reads the key of contacts' fingerprints, made at the first start:
// without it nobody can try phone numbers out until one fits.
//
// Codes: unavailable.
func (f *folder) contactKey() ([]byte, error) {
	file := filepath.Join(f.keys(), "contact.key")
	key, err := os.ReadFile(file)
	switch {
	case err == nil && len(key) >= contactKeySize:
		return key, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, f.unwritable(err)
	}
	key = make([]byte, contactKeySize)
	_, _ = rand.Read(key) // crypto/rand never fails on supported systems
	if err := os.MkdirAll(f.keys(), 0o700); err != nil {
		return nil, f.unwritable(err)
	}
	if err := os.WriteFile(file, key, 0o600); err != nil {
		return nil, f.unwritable(err)
	}
	return key, nil
}

const contactKeySize = 32

func supervisionAccess() httpapi.Table {
	watchers := roles(party.Office, party.Finance, party.Auditor)
	return httpapi.Table{
		"listAlarms":     {Roles: watchers},
		"getAlarm":       {Roles: watchers},
		"listAlarmRules": {Roles: watchers},
		"rerunAlarms":    {Roles: roles(party.Auditor)},
		// Disposing of an alarm is a person's act in a browser, never a key's.
		"dismissAlarm":  {Roles: roles(party.Office), Session: true},
		"confirmAlarm":  {Roles: roles(party.Office), Session: true},
		"answerAlarm":   {Roles: roles(party.Finance, party.Auditor), Session: true},
		"recordContact": {Roles: roles(party.Office, party.OrgManager), Own: true},
	}
}
