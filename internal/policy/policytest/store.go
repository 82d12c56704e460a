// Package policytest is the conformance suite of the policy domain's store.
package policytest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/form"
)

const (
	orgA = ident.CreditCode("91520100MA6E00001X")
	orgB = ident.CreditCode("91520100MA6E00002X")
)

func sample(id, object string) policy.Application {
	return policy.Application{ID: id, Number: "QM-2025-" + id, Org: orgA, Measure: "002-2", Object: object, Guide: 2025,
		State: policy.Draft, Version: 1, CreatedBy: "per_1", Created: time.UnixMicro(1_760_000_000_000_000),
		Call: "call_1", Years: call.Years{Transaction: 2024, Application: 2025, Award: 2025, Budget: 2026}, Channel: call.BankFile, ByProposal: true,
		Promise: policy.Promise{Days: 45, Used: 3, Since: "2025-10-09"}, Late: true,
		Declared: form.Answers{"cost.model_construction": {{"quantity": "1820450000", "place": "520115"}, {"related": true}}}}
}

// Run runs the suite against a store on an empty database. Its parts share the
// database: what is decided is counted before others decide more.
func Run(t *testing.T, s policy.Store) {
	ctx := context.Background()

	t.Run("numbers count up and roll back with their transaction", func(t *testing.T) {
		boom := errors.New("boom")
		first, err := s.NextNumber(ctx, 2025)
		must(t, err)
		if err := s.InTx(ctx, func(ctx context.Context) error {
			if _, err := s.NextNumber(ctx, 2025); err != nil {
				return err
			}
			return boom
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		second, err := s.NextNumber(ctx, 2025)
		must(t, err)
		other, err := s.NextNumber(ctx, 2024)
		must(t, err)
		if first != 1 || second != 2 || other != 1 {
			t.Fatalf("got %d, %d and %d, want 1, 2 and 1", first, second, other)
		}
	})

	t.Run("one transaction at a time decides on an organisation", func(t *testing.T) {
		inside, most := 0, 0 // guarded by the lock that is tested
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := s.InTx(ctx, func(ctx context.Context) error {
					if err := s.LockOrganisation(ctx, orgA); err != nil {
						return err
					}
					inside++
					most = max(most, inside)
					_, err := s.CountByState(ctx, orgA, "")
					inside--
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if inside != 0 || most != 1 {
			t.Fatalf("%d were inside at once", most)
		}
	})

	t.Run("an imported text replaces the earlier one", func(t *testing.T) {
		if _, found, err := s.Text(ctx, "002"); err != nil || found {
			t.Fatal(found, err)
		}
		for _, text := range []string{"旧", "新"} {
			must(t, s.PutText(ctx, policy.DocumentText{Document: "002", SHA256: "d", Text: text, Person: "p", At: 1}))
		}
		got, found, err := s.Text(ctx, "002")
		must(t, err)
		if !found || got.Text != "新" {
			t.Fatalf("%v %+v", found, got)
		}
	})

	applications(t, s)
	lanes(t, s)
	decisions(t, s)
	allotments(t, s)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
