package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
)

// TestTheIndexCatchesUpWhenNobodyWaits writes several chunks of the index by
// account: one fold is enough to index all of them.
func TestTheIndexCatchesUpWhenNobodyWaits(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		l := ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{FoldEvery: time.Hour})
		must(t, l.OpenAccounts(ctx, ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY}))
		var many []ledger.Transfer
		for n := range 10_000 {
			many = append(many, ledger.Transfer{ID: fmt.Sprintf("t-%d", n), Kind: ledger.Move, From: "source", To: "budget", Amount: 1})
		}
		_, err := l.Apply(ctx, many)
		must(t, err)
		must(t, l.Fold(ctx))
		more, err := ledgertest.Store(t, dsn).Index(ctx, 1)
		if err != nil || more {
			t.Fatalf("entries are left to index: %v, %v", more, err)
		}
	})
}
