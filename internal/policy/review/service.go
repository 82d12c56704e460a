// Package review is where applications are judged: the completeness check, the
// departments' word on facts, panels of experts that are drawn by lot and judge
// blind, site visits and meetings. README.md has the states and invariants.
package review

import (
	"context"
	"encoding/json"
	"io"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// People is what this room asks of party.
type People interface {
	// Reviewers lists people who hold the reviewer's role, by login.
	Reviewers(ctx context.Context, query string, limit int) ([]party.Person, error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Log is what this room asks of the evidence log. What is sealed is written in
// the transaction of the context and appears in the public log soon after.
type Log interface {
	// Head is the log's newest signed head.
	Head(ctx context.Context) (Checkpoint, error)
	// Seal puts a value under a panel's name into the log.
	Seal(ctx context.Context, panel, value string) error
	// Sealed lists what was sealed under a panel's name.
	Sealed(ctx context.Context, panel string) ([]string, error)
}

// Files keeps uploaded bytes under their digest.
type Files interface {
	// Keep stores an upload. Codes: too_large; invalid for a type that is not
	// allowed; unavailable when the disk is full.
	Keep(ctx context.Context, name string, r io.Reader) (File, error)
	// Open returns the bytes of a digest. Codes: not_found.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Service is this room's use cases. All fields must be set.
type Service struct {
	Store  Store
	Cases  Cases
	People People
	Log    Log
	Files  Files
	Rules  *Rules
	Clock  clock.Clock
	IDs    ident.Source
	Random io.Reader // 32 bytes of it fix a panel's nonce
}

// note writes the record of an act and its audit entry; call it in the
// transaction of the act. What it is about stands in about.
func (s *Service) note(ctx context.Context, by Actor, about Record, said any) error {
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	if about.ID == "" {
		about.ID = s.IDs.New("rec")
	}
	about.At, about.Person, about.Name, about.Role, about.Body = s.Clock.Now(), by.Person, by.Name, by.Role, body
	if err := s.Store.AddRecord(ctx, about); err != nil {
		return err
	}
	kind, subject := "panel", about.Panel
	switch {
	case about.Case != "":
		kind, subject = "application", about.Case
	case subject == "":
		kind, subject = "expert", about.Expert
	}
	return s.People.Record(ctx, party.Act{Action: "review." + string(about.Kind), Kind: kind, Subject: subject,
		Details: map[string]string{"record": about.ID, "panel": about.Panel, "expert": about.Expert}})
}

// overtaken says who acted on a panel since the caller read it.
func (s *Service) overtaken(ctx context.Context, p Panel) error {
	done, err := s.Store.Records(ctx, RecordFilter{Panel: p.ID})
	if err != nil || len(done) == 0 {
		return fault.Newf(fault.Conflict, "评审组“%s”已有变化：请刷新。您填写的内容没有丢。", "Panel %q has changed: reload. What you typed is kept.", p.Name).Because(err)
	}
	last := done[len(done)-1]
	return fault.Newf(fault.Conflict, "%[2]s 于 %[3]s 已处理评审组“%[1]s”，本次没有写入：请刷新。您填写的内容没有丢。",
		"%[2]s acted on panel %[1]q at %[3]s and nothing was written: reload. What you typed is kept.", p.Name, last.Name, last.At.In(clock.Shanghai).Format("2006-01-02 15:04"))
}

// self is the expert that the reviewer behind an actor is.
//
// Codes: not_found when they are none.
func (s *Service) self(ctx context.Context, by Actor) (Expert, error) {
	e, found, err := s.Store.ExpertOf(ctx, by.Person)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "您还不在专家库里：请联系主管部门。", "You are not in the pool of experts: ask the programme office.")
	}
	return e, err
}

func noCase() error {
	return fault.Newf(fault.NotFound, "没有这个案件，或不是分给您评审的。", "There is no such case, or it is not yours to judge.")
}
