package recovery

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// Letter is the decision's letter (追缴决定书) as it went out. It is never
// changed: what is rescheduled, written off or revoked later stands in the
// case's history.
type Letter struct {
	Number  string     `json:"number"` // ZC-2025-001-决
	Decided clock.Date `json:"decided_on"`
	SHA256  string     `json:"sha256"` // of its bytes, sealed in the log
	Size    int64      `json:"size"`
	Person  string     `json:"person"`
	Name    string     `json:"name"` // of who issued it
	At      time.Time  `json:"at"`
}

// sealedLetters names the digests of letters in the log.
const sealedLetters = "recovery.letter"

// IssueLetter writes the letter of a confirmed decision, freezes its bytes and
// seals their digest. A decision has one letter, however often it is asked for.
//
// Codes: not_found; conflict before the decision is confirmed, or where the
// region pack does not say who signs; check_failed when the figures do not add up.
func (s *Service) IssueLetter(ctx context.Context, by Actor, id string, version int64) (Case, error) {
	c, err := s.mine(ctx, by, id)
	if err != nil || c.Letter != nil {
		return c, err
	}
	if !c.Can(ActionLetter) {
		return c, c.Move(ActionLetter)
	}
	d, err := s.demandOf(&c)
	if err != nil {
		return c, err
	}
	file, err := d.PDF()
	if err != nil {
		return c, err
	}
	kept, err := s.Files.Keep(ctx, d.Number+".pdf", bytes.NewReader(file))
	if err != nil {
		return c, err
	}
	if version == 0 {
		version = c.Version // what the letter says is what is kept
	}
	return s.change(ctx, by, Step{ID: id, Version: version, Reason: d.Number}, ActionLetter, func(ctx context.Context, c *Case) (any, error) {
		c.Letter = &Letter{Number: d.Number, Decided: d.Since, SHA256: kept.SHA256, Size: kept.Size, Person: by.Person, Name: by.Name, At: s.Clock.Now()}
		return c.Letter, s.Facts.SealDigest(ctx, sealedLetters, d.Number+":"+kept.SHA256)
	})
}

// demandOf is what a case's letter says.
func (s *Service) demandOf(c *Case) (*Demand, error) {
	if s.Signs.Office.IsZero() || s.Signs.Remedy.IsZero() {
		return nil, fault.Newf(fault.Conflict, "地区包的 region.yaml 没有写明决定书由谁出具、如何提出异议（decisions）：请补上后再出具。", "The pack's region.yaml does not say who signs decisions and how to object (decisions): add it first.")
	}
	law := s.authority(c.Authority)
	d := &Demand{Number: c.Number + "-决", Issuer: s.Signs.Office.ZH, Sample: s.Signs.Example, Org: c.OrgName, Code: c.Org, Case: c.Number, Ground: c.Ground, Finding: c.Finding, Reply: c.Reply, Reason: c.Decision.Reason,
		Authority: c.Authority.Words, Reference: law.Label.ZH, Draft: law.Draft, Since: c.Decision.Since, Amount: c.Decision.Amount, Charge: c.Decision.Charge, Interest: c.Decision.Interest,
		Exclude: c.Decision.Exclude, Plan: c.Plan.Items, Received: c.Plan.Base, Remitted: total(c.Parts, func(p Part) Sum { return p.Remitted }).Total(), Remedy: s.Signs.Objecting()}
	for _, p := range c.Parts {
		if p.Claimed == (Sum{}) {
			continue
		}
		purse := s.Cases.PurseName(p.Purse).ZH
		d.Shares = append(d.Shares, Portion{Application: p.Number, Purse: purse, Sum: p.Claimed})
		if a, named := s.Sets.Account(p.Purse.String()); named {
			d.Accounts = append(d.Accounts, Receiving{purse, a.Holder, a.Number, a.Bank, a.Example})
		}
	}
	return d, nil
}

// OpenLetter returns a letter's bytes as they were issued.
//
// Codes: not_found, also for somebody else's.
func (s *Service) OpenLetter(ctx context.Context, by Actor, id string) (name string, file io.ReadCloser, err error) {
	c, err := s.mine(ctx, by, id)
	if err == nil && c.Letter == nil {
		err = fault.Newf(fault.NotFound, "还没有出具决定书。", "No letter was issued yet.")
	}
	if err != nil {
		return "", nil, err
	}
	file, err = s.Files.Open(ctx, c.Letter.SHA256)
	return c.Letter.Number + ".pdf", file, err
}

// LetterView is a letter that was issued.
type LetterView struct {
	Number  string     `json:"number"`
	Decided clock.Date `json:"decided_on"`
	Issued  time.Time  `json:"issued_at"`
	SHA256  string     `json:"sha256" doc:"Of its bytes; the public log seals it"`
	Size    int64      `json:"size" doc:"Bytes"`
}

func (c *Case) letterView() *LetterView {
	if c.Letter == nil {
		return nil
	}
	return &LetterView{c.Letter.Number, c.Letter.Decided, c.Letter.At, c.Letter.SHA256, c.Letter.Size}
}

type letterInput struct {
	httpapi.IDPath
	Body struct {
		Revision int64 `json:"revision" doc:"The revision that was read"`
	}
}

func (s *Service) registerLetter(api huma.API) {
	httpapi.Register(api, op("issueRecoveryLetter", http.MethodPost, "/recoveries/{id}/letter", "Issue the letter of the confirmed decision, once"),
		func(ctx context.Context, in *letterInput) (*viewOutput, error) {
			_, err := s.IssueLetter(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	down := op("getRecoveryLetter", http.MethodGet, "/recoveries/{id}/letter", "Download the letter of the decision")
	down.Responses = httpapi.FileResponse("application/pdf")
	httpapi.Register(api, down, func(ctx context.Context, in *httpapi.IDPath) (*huma.StreamResponse, error) {
		name, file, err := s.OpenLetter(ctx, party.ActorOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return httpapi.File(name, "application/pdf", file), nil
	})
}
