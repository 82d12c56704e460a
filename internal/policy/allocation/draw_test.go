package allocation_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

func number(s string) allocation.Number {
	n, err := allocation.ParseNumber(s)
	if err != nil {
		panic(err)
	}
	return n
}

func fen(f money.Fen) *money.Fen { return &f }
func count(n int) *int           { return &n }

// snapshots draws small decided programmes full of ties, shortages and clashes.
// With papers, applications of one applicant may hang together in chains.
func snapshots(papers bool) *rapid.Generator[allocation.Input] {
	return rapid.Custom(func(t *rapid.T) allocation.Input {
		in := allocation.Input{SameMatter: rapid.SampledFrom([]allocation.SameMatter{"", "", allocation.SameObject, allocation.SameEvidence}).Draw(t, "ruling")}
		if !papers {
			in.SameMatter = ""
		}
		calls := rapid.IntRange(1, 3).Draw(t, "calls")
		for k := range calls {
			in.Calls = append(in.Calls, drawCall(t, fmt.Sprintf("m%d", k)))
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "applications") {
			in.Applications = append(in.Applications, drawApplication(t, fmt.Sprintf("a%d", i), &in.Calls[rapid.IntRange(0, calls-1).Draw(t, "call")], papers))
		}
		if rapid.IntRange(0, 3).Draw(t, "exception") == 0 {
			x := allocation.Exception{ID: "x", Code: "c0", Measure: in.Calls[0].Measure, Amount: money.Fen(rapid.IntRange(1, 9).Draw(t, "granted")),
				Approvers: []string{"chair"}, Matter: rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "matter")}
			if b := in.Calls[0].Budget; b == nil || *b >= x.Amount && in.Calls[0].Share == nil {
				in.Exceptions = append(in.Exceptions, x)
			}
		}
		return in
	})
}

func drawCall(t *rapid.T, measure string) allocation.Call {
	c := allocation.Call{Measure: measure, Year: 2025}
	if rapid.Bool().Draw(t, "ranked") {
		c.Rank = &allocation.Rank{Normalise: rapid.SampledFrom([]allocation.Normalise{allocation.MinMax, allocation.OfMax, allocation.AsIs}).Draw(t, "normalise"),
			Ties: rapid.SampledFrom([]allocation.Ties{allocation.ShareTies, allocation.EarlierTies}).Draw(t, "ties"),
			By: []allocation.Factor{{Name: "usage", Weight: allocation.Exactly(number(rapid.SampledFrom([]string{"0.6", "1", "3"}).Draw(t, "weight")))},
				{Name: "quality", Weight: allocation.Exactly(number(rapid.SampledFrom([]string{"0.4", "0", "1.25"}).Draw(t, "weight")))}}}
		if rapid.IntRange(0, 2).Draw(t, "bar") == 0 {
			bar := number(rapid.SampledFrom([]string{"0.3", "0.5", "1"}).Draw(t, "least"))
			if c.Rank.Bar = &bar; rapid.Bool().Draw(t, "factor bar") {
				least := number("1")
				c.Rank.Bar, c.Rank.By[0].Least = nil, &least
			}
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "quota given") > 0 {
		c.Quota = count(rapid.IntRange(0, 4).Draw(t, "quota"))
	}
	if rapid.IntRange(0, 2).Draw(t, "budget given") > 0 {
		c.Budget = fen(money.Fen(rapid.IntRange(0, 40).Draw(t, "budget")))
		c.WhenShort = rapid.SampledFrom(shortage.Ways()).Draw(t, "way")
		if c.Rank != nil && rapid.IntRange(0, 2).Draw(t, "share given") == 0 {
			drawShare(t, &c)
		}
	}
	return c
}

func drawShare(t *rapid.T, c *allocation.Call) {
	c.Share = &allocation.Share{How: rapid.SampledFrom([]allocation.How{allocation.Equal, allocation.ByScore, allocation.ByTable}).Draw(t, "how")}
	if rapid.Bool().Draw(t, "most given") {
		c.Share.Most = fen(money.Fen(rapid.IntRange(0, 15).Draw(t, "most")))
	}
	if c.Share.How == allocation.ByTable {
		left := *c.Budget
		for n := 0; n < 3; n++ {
			amount := left / 2
			c.Share.Table = append(c.Share.Table, amount)
			left -= amount
		}
		c.Quota = nil
	}
}

func drawApplication(t *rapid.T, id string, call *allocation.Call, papers bool) allocation.Application {
	a := allocation.Application{ID: id, Code: fmt.Sprintf("c%d", rapid.IntRange(0, 2).Draw(t, "firm")), Measure: call.Measure,
		Matter:    rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "matter"),
		Priority:  rapid.IntRange(0, 4).Draw(t, "green") == 0,
		Submitted: time.Date(2025, 5, rapid.IntRange(1, 3).Draw(t, "day"), 9, 0, 0, 0, time.UTC),
		Scores: []allocation.Score{{Factor: "usage", Value: number(rapid.SampledFrom([]string{"0", "1", "1.5", "2"}).Draw(t, "usage"))},
			{Factor: "quality", Value: number(rapid.SampledFrom([]string{"0", "0.25", "3"}).Draw(t, "quality"))}}}
	if call.Share == nil {
		a.Amount = fen(money.Fen(rapid.IntRange(0, 20).Draw(t, "amount")))
	}
	if rapid.IntRange(0, 3).Draw(t, "paid before") == 0 {
		a.Paid = money.Fen(rapid.IntRange(0, 12).Draw(t, "paid"))
	}
	if papers {
		for range rapid.IntRange(0, 2).Draw(t, "papers") {
			a.Papers = append(a.Papers, evidence.Paper{Attribute: rapid.SampledFrom(allocation.PaperKinds()).Draw(t, "kind"), Number: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "number")})
		}
	}
	return a
}
