// Package reviewtest has the suite that every review.Store passes, and a room
// to test the use cases in: real store, cases and log that a test writes down.
package reviewtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/review"
)

// Room is a review room with a store, and what stands around it.
type Room struct {
	*review.Service
	Desk  *Desk
	Time  *clock.Manual
	Chain *Chain
	Trail *Trail
}

// New makes a room on a store. The measure is 002-3, the day 22 October 2025.
func New(store review.Store) *Room {
	r := &Room{Desk: &Desk{subjects: map[string]review.Subject{}}, Time: clock.NewManual(time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai)), Chain: &Chain{}, Trail: &Trail{}}
	r.Service = &review.Service{Store: store, Cases: r.Desk, People: r.Trail, Log: r.Chain, Files: &Drawer{kept: map[string][]byte{}}, Rules: Rules(),
		Clock: r.Time, IDs: &ident.Sequence{}, Random: bytes.NewReader(bytes.Repeat([]byte{7}, 64*100))}
	return r
}

// Rules are those of a small region: three fields, two departments, one sheet
// of two criteria for 002-3.
func Rules() *review.Rules {
	return &review.Rules{PastEmployerYears: 3, Outlier: review.Outlier{DropFrom: 5, Apart: 2000},
		Fields: []review.Field{{ID: "technology", Name: i18n.T("技术", "Technology")}, {ID: "law", Name: i18n.T("法律", "Law")}, {ID: "health", Name: i18n.T("医疗", "Health")}},
		Units:  []review.Unit{{ID: "gz-data", Name: i18n.T("大数据局", "Data bureau")}, {ID: "gz-health", Name: i18n.T("卫健委", "Health commission")}},
		Sheets: []review.Sheet{{ID: "scene", Version: 1, Name: i18n.T("场景", "Scene"), Measures: []string{"002-3"}, Criteria: []review.Criterion{
			{ID: "effect", Name: i18n.T("成效", "Effect"), Most: 6000}, {ID: "spread", Name: i18n.T("推广", "Spread"), Most: 4000}}}},
	}
}

// Code is a valid credit code, another for each number.
func Code(n int) ident.CreditCode {
	body := fmt.Sprintf("91520199TEX%06d", n)
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}

// Office is an officer; Judge the reviewer behind an expert.
func Office() review.Actor {
	return review.Actor{Person: "per_office", Name: "程向南", Role: string(party.Office)}
}

// Judge is the person who signs in as an expert that Expert made.
func Judge(n int) review.Actor {
	return review.Actor{Person: person(n), Name: fmt.Sprintf("专家%02d", n), Role: string(party.Reviewer)}
}

func person(n int) string { return fmt.Sprintf("per_%02d", n) }

// Expert is an expert who works for an organisation that applies for nothing.
func Expert(n int, fields ...string) review.Expert {
	return review.Expert{Person: person(n), Name: fmt.Sprintf("专家%02d", n), Employer: review.Employer{Code: Code(900 + n), Name: fmt.Sprintf("单位%02d", n)}, Fields: fields, Active: true}
}

// Desk holds the cases that a test puts on it.
type Desk struct {
	mu       sync.Mutex
	subjects map[string]review.Subject
}

// Put adds or replaces a case of 002-3 for 2025, number n of an organisation.
func (d *Desk) Put(n, org int, change ...func(*review.Subject)) string {
	id := fmt.Sprintf("app_%02d", n)
	s := review.Subject{ID: id, Number: fmt.Sprintf("QM-2025-%04d", n), Org: Code(org), OrgName: fmt.Sprintf("某公司%02d", org), Measure: "002-3", Object: "示范场景", Year: 2025, Reviewable: true,
		Statement: fmt.Sprintf("某公司%02d的场景", org), Facts: []review.SubjectFact{{ID: "fact_" + id, Kind: "cost.scenario_investment", Attestor: "auditor"}},
		Files:  []review.File{{ID: "att_" + id, Name: fmt.Sprintf("某公司%02d报告.pdf", org), SHA256: "00"}},
		Wanted: []review.Wanted{{ID: "papers", Name: i18n.T("附件", "Papers")}, {ID: "statement", Name: i18n.T("说明", "Statement")}}}
	for _, f := range change {
		f(&s)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.subjects[id] = s
	return id
}

// Case implements review.Cases.
func (d *Desk) Case(_ context.Context, id string) (review.Subject, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, found := d.subjects[id]
	if !found {
		return s, fault.Newf(fault.NotFound, "没有这份申报。", "There is no such application.")
	}
	return s, nil
}

// Cases implements review.Cases.
func (d *Desk) Cases(_ context.Context, measure string, year int) ([]review.Subject, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []review.Subject
	for _, s := range d.subjects {
		if s.Measure == measure && s.Year == year && s.Reviewable {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b review.Subject) int { return slices.Compare([]string{a.ID}, []string{b.ID}) })
	return out, nil
}

// Trail is party: everybody that Judge makes holds the reviewer's role.
type Trail struct {
	mu   sync.Mutex
	acts []party.Act
}

// Reviewers implements review.People.
func (t *Trail) Reviewers(_ context.Context, _ string, limit int) ([]party.Person, error) {
	var out []party.Person
	for n := range min(limit, 200) {
		out = append(out, party.Person{ID: person(n), Name: fmt.Sprintf("专家%02d", n)})
	}
	return out, nil
}

// Record implements review.People.
func (t *Trail) Record(_ context.Context, act party.Act) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.acts = append(t.acts, act)
	return nil
}

// Acts are the audit entries so far.
func (t *Trail) Acts() []party.Act {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.acts)
}

// Chain is the evidence log: its head depends on all that was sealed.
type Chain struct {
	mu     sync.Mutex
	sealed []string
}

// Head implements review.Log.
func (c *Chain) Head(context.Context) (review.Checkpoint, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := sha256.Sum256(fmt.Append(nil, c.sealed))
	return review.Checkpoint{Size: uint64(len(c.sealed)), Root: hex.EncodeToString(sum[:])}, nil
}

// Seal implements review.Log.
func (c *Chain) Seal(_ context.Context, panel, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = append(c.sealed, panel+" "+value)
	return nil
}

// Sealed implements review.Log.
func (c *Chain) Sealed(_ context.Context, panel string) (out []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sealed {
		if len(s) > len(panel) && s[:len(panel)+1] == panel+" " {
			out = append(out, s[len(panel)+1:])
		}
	}
	return out, nil
}

// Drawer keeps files in memory.
type Drawer struct{ kept map[string][]byte }

// Keep implements review.Files.
func (d *Drawer) Keep(_ context.Context, name string, r io.Reader) (review.File, error) {
	b, err := io.ReadAll(r)
	sum := sha256.Sum256(b)
	digest := hex.EncodeToString(sum[:])
	d.kept[digest] = b
	return review.File{Name: name, Type: "text/plain", Size: int64(len(b)), SHA256: digest}, err
}

// Open implements review.Files.
func (d *Drawer) Open(_ context.Context, sha string) (io.ReadCloser, error) {
	b, found := d.kept[sha]
	if !found {
		return nil, fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}
