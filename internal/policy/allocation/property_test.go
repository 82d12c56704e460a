package allocation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// TestBestSet: of one applicant's applications that hang together in any way
// the best set is found, and of equal sets always the same.
func TestBestSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := allocation.Input{Calls: []allocation.Call{{Measure: "m", Year: 2025}}}
		top := rapid.IntRange(1, 30).Draw(t, "top")
		for i := range rapid.IntRange(0, 11).Draw(t, "applications") {
			a := allocation.Application{ID: fmt.Sprintf("a%02d", i), Code: "c", Measure: "m", Amount: fen(money.Fen(rapid.IntRange(1, top).Draw(t, "amount")))}
			for range rapid.IntRange(0, 3).Draw(t, "papers") {
				a.Papers = append(a.Papers, evidence.Paper{Attribute: "invoice", Number: fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "number"))})
			}
			in.Applications = append(in.Applications, a)
		}
		o := consult(in)
		if diff := unlike(o.pay(o.choices([]int{len(o.classes[0])})), awards(decide(t, in))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestOrderOfTheListIsNothing: however a snapshot lists its parts, hash and
// result are the same to the byte; and its frozen text gives them again.
func TestOrderOfTheListIsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(true).Draw(t, "snapshot")
		want := decide(t, in)
		text, err := in.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		thawed, err := allocation.ReadSnapshot(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		mixed := allocation.Input{Calls: slices.Clone(in.Calls), Applications: slices.Clone(in.Applications), Exceptions: slices.Clone(in.Exceptions), SameMatter: in.SameMatter}
		rng.Shuffle(len(mixed.Calls), func(i, j int) { mixed.Calls[i], mixed.Calls[j] = mixed.Calls[j], mixed.Calls[i] })
		rng.Shuffle(len(mixed.Applications), func(i, j int) {
			mixed.Applications[i], mixed.Applications[j] = mixed.Applications[j], mixed.Applications[i]
		})
		for i := range mixed.Applications {
			a := &mixed.Applications[i]
			a.Scores, a.Papers = slices.Clone(a.Scores), slices.Clone(a.Papers)
			slices.Reverse(a.Scores)
			slices.Reverse(a.Papers)
		}
		for name, other := range map[string]allocation.Input{"mixed": mixed, "thawed": thawed} {
			got := decide(t, other)
			if !bytes.Equal(got.Canonical(), want.Canonical()) {
				d, err := allocation.Compare(want.Canonical(), got.Canonical())
				t.Fatalf("%s: %+v %v", name, d, err)
			}
		}
	})
}

// TestPrintedIsTheResult: what is printed reads back as the result.
func TestPrintedIsTheResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := decide(t, snapshots(true).Draw(t, "snapshot"))
		var got allocation.Result
		dec := json.NewDecoder(bytes.NewReader(want.Canonical()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b allocation.Number) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestMoneyAndPlaces: on larger snapshots no budget and no quota is exceeded,
// nobody gets more than is due, no matter is paid twice, and nobody below a bar
// is in.
func TestMoneyAndPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(true).Draw(t, "snapshot")
		for i := range rapid.IntRange(20, 120).Draw(t, "more") {
			a := drawApplication(t, fmt.Sprintf("b%d", i), &in.Calls[rapid.IntRange(0, len(in.Calls)-1).Draw(t, "call")], false)
			a.Code = fmt.Sprintf("d%d", rapid.IntRange(0, 40).Draw(t, "firm"))
			in.Applications = append(in.Applications, a)
		}
		r := decide(t, in)
		for k, m := range r.Measures {
			c := in.Calls[k]
			paid, awarded := money.Fen(0), 0
			for _, a := range r.Awards {
				if a.Measure != m.Measure {
					continue
				}
				paid, awarded = paid+a.Amount, awarded+1
				if a.Amount+a.Carried > a.Due || a.Due > max(0, a.Claim-a.Before) || a.Amount < 0 || a.Carried < 0 {
					t.Fatalf("%s gets %d and %d of %d", a.ID, a.Amount, a.Carried, a.Due)
				}
			}
			if c.Budget != nil && paid+m.Granted > *c.Budget {
				t.Fatalf("%s pays %d and %d of %d", m.Measure, paid, m.Granted, *c.Budget)
			}
			if c.Quota != nil && c.Share == nil && awarded > *c.Quota {
				t.Fatalf("%s lets %d of %d in", m.Measure, awarded, *c.Quota)
			}
			if paid != m.Paid || awarded != m.Awarded {
				t.Fatalf("%s adds up to %d and %d", m.Measure, m.Paid, m.Awarded)
			}
		}
		byID := map[string]allocation.Application{}
		for _, a := range in.Applications {
			byID[a.ID] = a
		}
		for n, a := range r.Awards {
			for _, b := range r.Awards[:n] {
				if same(in.SameMatter, byID[a.ID], byID[b.ID]) {
					t.Fatalf("%s and %s are one matter and both are paid", a.ID, b.ID)
				}
			}
		}
	})
}

// TestMoreNeverHurts: where every call pays by a formula and a matter binds, a
// larger quota or budget leaves no applicant with less in all.
func TestMoreNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(false).Filter(func(in allocation.Input) bool {
			return !slices.ContainsFunc(in.Calls, func(c allocation.Call) bool { return c.Share != nil || c.WhenShort == shortage.ProRata })
		}).Draw(t, "snapshot")
		before := totals(decide(t, in))
		c := &in.Calls[rapid.IntRange(0, len(in.Calls)-1).Draw(t, "grows")]
		if c.Quota != nil {
			c.Quota = count(*c.Quota + rapid.IntRange(0, 2).Draw(t, "places"))
		}
		if c.Budget != nil {
			c.Budget = fen(*c.Budget + money.Fen(rapid.IntRange(0, 20).Draw(t, "money")))
		}
		after := totals(decide(t, in))
		for code, was := range before {
			if after[code] < was {
				t.Fatalf("%s had %d and gets %d", code, was, after[code])
			}
		}
	})
}

func totals(r allocation.Result) map[string]money.Fen {
	out := map[string]money.Fen{}
	for _, a := range r.Awards {
		out[a.Code] += a.Amount + a.Carried
	}
	return out
}

// TestScoresAreExact: scores of any length rank as their fractions do, and
// points add up to the score.
func TestScoresAreExact(t *testing.T) {
	decimals := rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,3})?|[1-9][0-9]{0,23}(\.[0-9]{1,24})?|0\.[0-9]{18}`)
	rapid.Check(t, func(t *rapid.T) {
		c := allocation.Call{Measure: "m", Year: 2025, Rank: &allocation.Rank{Ties: allocation.ShareTies,
			Normalise: rapid.SampledFrom([]allocation.Normalise{allocation.MinMax, allocation.OfMax, allocation.AsIs}).Draw(t, "normalise")}}
		for k := range rapid.IntRange(1, 4).Draw(t, "factors") {
			c.Rank.By = append(c.Rank.By, allocation.Factor{Name: fmt.Sprintf("f%d", k), Weight: allocation.Exactly(number(rapid.SampledFrom([]string{"0.35", "2", "0.000000001", "1"}).Draw(t, "weight")))})
		}
		in := allocation.Input{Calls: []allocation.Call{c}}
		for i := range rapid.IntRange(1, 8).Draw(t, "applications") {
			a := allocation.Application{ID: fmt.Sprintf("a%d", i), Code: fmt.Sprintf("c%d", i), Measure: "m", Amount: fen(1)}
			for _, f := range c.Rank.By {
				a.Scores = append(a.Scores, allocation.Score{Factor: f.Name, Value: number(decimals.Draw(t, "score"))})
			}
			in.Applications = append(in.Applications, a)
		}
		o, r := consult(in), decide(t, in)
		outOf := integer(t, r.Measures[0].OutOf)
		for _, a := range r.Awards {
			i := slices.IndexFunc(in.Applications, func(x allocation.Application) bool { return x.ID == a.ID })
			want, points := o.composite(0, i), integer(t, a.Points)
			if new(big.Rat).SetFrac(points, outOf).Cmp(want) != 0 {
				t.Fatalf("%s: %s of %s is not %s", a.ID, points, outOf, want)
			}
			for _, p := range a.Parts {
				points.Sub(points, integer(t, p.Points))
			}
			if points.Sign() != 0 {
				t.Fatalf("%s: parts leave %s", a.ID, points)
			}
			if shown, _ := new(big.Rat).SetString(a.Score); new(big.Rat).Abs(shown.Sub(shown, want)).Cmp(big.NewRat(1, 2_000_000_000)) > 0 {
				t.Fatalf("%s shows %s for %s", a.ID, a.Score, want.FloatString(12))
			}
			better := 0
			for j := range in.Applications {
				if o.composite(0, j).Cmp(want) > 0 {
					better++
				}
			}
			if a.Rank != better+1 {
				t.Fatalf("%s has rank %d, %d are better", a.ID, a.Rank, better)
			}
		}
	})
}

func integer(t *rapid.T, s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		t.Fatalf("%q is no whole number", s)
	}
	return n
}
