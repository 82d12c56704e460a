package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/money"
)

const linearClients = 6

// budgetState is one budget with at most one open hold a client.
type budgetState struct {
	free money.Fen
	held [linearClients]money.Fen
}

type budgetInput struct {
	kind   ledger.Kind // empty: read what is free
	client int
	amount money.Fen
}

type budgetOutput struct {
	outcome ledger.Outcome
	free    money.Fen
}

// budgetModel is the sequential budget that concurrent histories must look like.
var budgetModel = porcupine.Model{
	Init: func() any { return budgetState{free: 100} },
	Step: func(state, input, output any) (bool, any) {
		s, in, out := state.(budgetState), input.(budgetInput), output.(budgetOutput)
		switch in.kind {
		case ledger.Hold:
			if in.amount > s.free {
				return out.outcome == ledger.Insufficient, s
			}
			s.free -= in.amount
			s.held[in.client] = in.amount
		case ledger.Post:
			if in.amount > s.held[in.client] {
				return out.outcome == ledger.ExceedsHold, s
			}
			s.free += s.held[in.client] - in.amount
			s.held[in.client] = 0
		case ledger.Void:
			s.free += s.held[in.client]
			s.held[in.client] = 0
		default:
			return out.free == s.free, s
		}
		return out.outcome == ledger.Accepted, s
	},
	Equal: func(a, b any) bool { return a == b },
	DescribeOperation: func(input, output any) string {
		return fmt.Sprintf("%+v -> %+v", input, output)
	},
}

// TestHistoriesAreLinearizable lets clients of two ledgers on one database
// work on one budget at once and searches for an order that explains all answers.
func TestHistoriesAreLinearizable(t *testing.T) {
	linearizable(t, ledger.Tuning{}, ledger.Tuning{})
}

// TestHistoriesOfBatchesInFlightAreLinearizable does it with batches so small
// that the next is always decided while the one before it is written.
func TestHistoriesOfBatchesInFlightAreLinearizable(t *testing.T) {
	linearizable(t, ledger.Tuning{Batch: 1})
}

func linearizable(t *testing.T, tunings ...ledger.Tuning) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		var ledgers []*ledger.Ledger
		for _, tuning := range tunings {
			ledgers = append(ledgers, ledgertest.Open(t, dsn, ledgertest.Clock(), tuning))
		}
		must(t, ledgers[0].OpenAccounts(ctx, ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "paid", Asset: ledger.CNY}))
		for round := range 20 {
			budget := fmt.Sprintf("budget-%d", round)
			must(t, ledgers[0].OpenAccounts(ctx, ledger.Account{Name: budget, Asset: ledger.CNY}))
			accept(t, ledgers[0], ledger.Transfer{ID: "fund-" + budget, Kind: ledger.Move, From: "source", To: budget, Amount: 100})
			history := record(t, ledgers, budget)
			if !porcupine.CheckOperations(budgetModel, history) {
				t.Fatalf("no order explains round %d: %v", round, history)
			}
		}
		verified(t, ledgers[len(ledgers)-1])
	})
}

func record(t *testing.T, ledgers []*ledger.Ledger, budget string) []porcupine.Operation {
	t.Helper()
	var all [linearClients][]porcupine.Operation
	begin := time.Now()
	var working sync.WaitGroup
	for c := range linearClients {
		working.Go(func() {
			r := rand.New(rand.NewPCG(uint64(len(budget)), uint64(c)))
			l := ledgers[c%len(ledgers)]
			open := ""
			for n := range 12 {
				in := budgetInput{client: c, amount: money.Fen(1 + r.IntN(60))}
				ask := ledger.Transfer{ID: fmt.Sprintf("%s-%d-%d", budget, c, n)}
				switch {
				case r.IntN(4) == 0:
				case open == "":
					in.kind, ask.From, ask.To = ledger.Hold, budget, "paid"
				case r.IntN(3) == 0:
					in.kind, in.amount, ask.Hold = ledger.Void, 0, open
				default:
					in.kind, ask.Hold = ledger.Post, open
				}
				ask.Kind, ask.Amount = in.kind, in.amount
				out, called := budgetOutput{}, time.Since(begin).Nanoseconds()
				if in.kind == "" {
					b, err := l.Balance(context.Background(), budget)
					if err != nil {
						t.Error(err)
					}
					out.free = b.Free()
				} else {
					answers, err := l.Apply(context.Background(), []ledger.Transfer{ask})
					if err != nil || answers[0].Seq == 0 {
						t.Error(err, answers)
						return
					}
					out.outcome = answers[0].Outcome
				}
				all[c] = append(all[c], porcupine.Operation{ClientId: c, Input: in, Call: called, Output: out, Return: time.Since(begin).Nanoseconds()})
				switch {
				case in.kind == ledger.Hold && out.outcome == ledger.Accepted:
					open = ask.ID
				case in.kind != "" && out.outcome == ledger.Accepted:
					open = ""
				}
			}
		})
	}
	working.Wait()
	var history []porcupine.Operation
	for _, ops := range all {
		history = append(history, ops...)
	}
	return history
}
