package app

import (
	"context"
	"log/slog"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/exception"
)

// TestExceptionsOfTheSandbox: each tale ends where it says, on both databases;
// what is paid off the formula is in the report, and an altered opinion is named.
func TestExceptionsOfTheSandbox(t *testing.T) {
	for name, dsn := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.PostgresDSN(t) }} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			p, err := openProduct(ctx, Config{Data: t.TempDir(), DB: dsn(), Sandbox: true, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := p.close(context.WithoutCancel(ctx)); err != nil {
					t.Error(err)
				}
			}()
			all := sandbox.Organisations()
			for _, fill := range []func(context.Context, []sandbox.Organisation) error{p.fillParty, p.fillFacts, p.fillBudgets, p.fillExceptions} {
				if err := fill(ctx, all); err != nil {
					t.Fatal(err)
				}
			}
			room := p.ruled.Load().exceptions
			report, err := room.Year(ctx, exception.Actor{}, 2025)
			if err != nil || report.Count != 4 || report.Waiting != 1 || report.Approved != 200_000_000 || report.Paid != 120_000_000 {
				t.Fatalf("the report says %d of which %d wait, %d approved and %d paid, %v", report.Count, report.Waiting, report.Approved, report.Paid, err)
			}
			states := map[string]int{}
			for _, v := range report.Items {
				if v.Case != nil {
					states[v.Case.State]++
				}
			}
			if states[string(policy.Paid)] != 1 || states[string(policy.Offered)] != 1 || len(states) != 2 {
				t.Errorf("their cases stand at %v", states)
			}
			if _, err := p.sealer.Seal(ctx); err != nil {
				t.Fatal(err)
			}
			verified, err := p.verifier.Verify(ctx)
			if err != nil || !verified.OK {
				t.Fatalf("verified: %+v, %v", verified.Problems, err)
			}
			if _, err := p.db.Q(ctx).ExecContext(ctx, `update exception_opinion set person = 'per_other' where seat = 'finance' and verdict = 'approve'`); err != nil {
				t.Fatal(err)
			}
			if verified, err = p.verifier.Verify(ctx); err != nil || len(verified.Problems) != 2 {
				t.Errorf("two altered opinions gave %+v, %v", verified.Problems, err)
			}
		})
	}
}
