package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/document"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/target"
	targetsql "github.com/qianmo/qianmo/internal/target/sqlstore"
	"github.com/qianmo/qianmo/regions"
)

// targetsOn is the target domain as of a clock, under a plan.
func (p *product) targetsOn(c clock.Clock, plan *target.Plan) *target.Service {
	return &target.Service{Plan: plan, Store: targetsql.New(p.db), Facts: p.facts, Registry: p.party, Archive: archive{files{p.blobs}},
		Post: noticeBoard{p.party, p.messages, c}, Clock: c, IDs: p.ids, Recorded: p.sealer.Wake}
}

// loadPlan reads the targets and tasks of a region's folder, or of the shipped
// one; the pack knows its clauses.
//
// Codes: invalid, naming each file and line.
func loadPlan(path string, pack *rule.Pack) (*target.Plan, error) {
	if path == "" {
		files, err := regions.Open(regions.Names()[0])
		if err != nil {
			return nil, err
		}
		return planOf(files, pack)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "没有地区包目录 %s：请检查路径和权限。", "There is no region pack folder %s: check the path and permissions.", path).Because(err)
	}
	plan, err := planOf(root.FS(), pack)
	return plan, errors.Join(err, root.Close())
}

func planOf(files fs.FS, pack *rule.Pack) (*target.Plan, error) {
	region := target.Region{Files: files, Documents: clauses{pack}}
	switch table, err := document.LoadUnits(files, "units.yaml"); {
	case err == nil:
		for _, u := range table.All() {
			region.Units = append(region.Units, target.Unit{ID: u.ID, Name: u.Name, Level: u.Level, Collective: u.Collective})
		}
		region.Alias = func(name, document string) (string, bool) { return table.Unit(name, document, "") }
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	return target.LoadPlan(region)
}

// clauses is the region's documents as targets need them.
type clauses struct{ pack *rule.Pack }

// Clause implements target.Documents.
func (c clauses) Clause(id, path string) (i18n.Text, bool) {
	d := c.pack.Document(id)
	if d == nil {
		return i18n.Text{}, false
	}
	for _, clause := range d.Clauses {
		if clause.Path == path {
			return c.pack.Label(rule.ClauseRef{Document: id, Path: path}), true
		}
	}
	return i18n.Text{}, false
}

// Draft implements target.Documents.
func (c clauses) Draft(id string) bool {
	d := c.pack.Document(id)
	return d != nil && d.Status == rule.Draft
}

// archive is the blob store as targets need it.
type archive struct{ files files }

// Keep implements target.Archive.
func (a archive) Keep(ctx context.Context, name string, r io.Reader) (target.File, error) {
	f, err := a.files.Keep(ctx, name, r)
	return target.File{Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256}, err
}

// Open implements target.Archive.
func (a archive) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	return a.files.Open(ctx, sha256)
}

// noticeBoard tells the office what a unit owes, since units themselves sign in
// to nothing here, and keeps it in the audit trail.
type noticeBoard struct {
	party    *party.Service
	messages *message.Service
	clock    clock.Clock
}

// Post implements target.Post.
func (n noticeBoard) Post(ctx context.Context, m target.Message) error {
	told := message.Message{Key: "target/" + m.Subject, Topic: m.Kind, Title: m.Title, Body: m.Text, Link: "/tasks/" + m.Task, About: message.About{Kind: "task", ID: m.Task}, At: n.clock.Now()}
	if _, err := n.messages.Post(ctx, told, message.ToRole(party.Office)); err != nil {
		return err
	}
	return n.party.Record(ctx, party.Act{Action: "target.remind", Kind: "unit", Subject: m.Unit,
		Details: map[string]any{"kind": m.Kind, "task": m.Task, "title": m.Title, "text": m.Text, "subject": m.Subject}})
}

func (p *product) remindUnits(ctx context.Context) error {
	_, err := p.targets().Remind(ctx)
	return err
}

// checkPlan adds what is wrong with a region's targets and tasks to its report.
func checkPlan(path string, pack *rule.Pack, report *rule.Report) (*target.Plan, error) {
	plan, err := loadPlan(path, pack)
	if err == nil {
		return plan, nil
	}
	f := fault.From(err)
	if f.Code != fault.Invalid {
		return nil, err
	}
	for _, field := range f.Fields {
		report.Problems = append(report.Problems, rule.Problem{Level: "error", Where: field.Path, Message: field.Message})
	}
	report.OK = false
	return &target.Plan{}, nil
}
