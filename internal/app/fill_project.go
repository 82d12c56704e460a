package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/referral"
)

// fillProjects has organisations describe projects and send them to funds, and
// the office record what came back.
func (p *product) fillProjects(ctx context.Context, all []sandbox.Organisation) error {
	for n, tale := range sandbox.Projects(all) {
		if err := p.tellProject(ctx, all[tale.Index], tale); err != nil {
			return fmt.Errorf("project %d: %w", n+1, err)
		}
	}
	return nil
}

func (p *product) tellProject(ctx context.Context, org sandbox.Organisation, tale sandbox.Project) error {
	room := p.referralsOn(clock.OnDay{Day: tale.Day}, p.pack(), p.ruled.Load().referrals.Sources)
	firm, office := sandbox.Principal(party.OrgManager, org.Code), sandbox.Principal(party.Office, "")
	firmCtx, by := httpapi.WithPrincipal(ctx, firm), party.AsActor(firm)
	invoice, err := room.Upload(firmCtx, by, "发票.txt", strings.NewReader(tale.Invoice))
	if err != nil {
		return err
	}
	tale.File.Costs[0].Invoice = invoice.SHA256
	project, err := room.Describe(firmCtx, by, tale.File)
	if err != nil {
		return err
	}
	sent, err := room.Send(firmCtx, by, referral.SendInput{Project: project.ID, Version: project.Version, Source: tale.Source, Amount: tale.Amount, Lines: []string{"c1"}})
	if err != nil {
		return err
	}
	room.Clock = clock.OnDay{Day: sandboxToday}
	for _, answer := range tale.Answers {
		answer.ID, answer.Version = sent.ID, sent.Version
		if sent, err = room.Answer(httpapi.WithPrincipal(ctx, office), party.AsActor(office), answer); err != nil {
			return err
		}
	}
	return nil
}
