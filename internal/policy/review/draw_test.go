package review

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func candidates(n int, fields ...string) []Candidate {
	pool := make([]Candidate, n)
	for i := range pool {
		pool[i] = Candidate{Expert: fmt.Sprintf("exp_%02d", i), Fields: fields}
	}
	return pool
}

// TestVector is the worked example of docs/decisions/0018: whoever writes the
// draw anew in another language must come to the same.
func TestVector(t *testing.T) {
	// C2SP chacha8rand gives these for the 32 bytes "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456".
	known := rand.NewChaCha8([32]byte([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ123456")))
	for i, want := range []uint64{0xb773b6063d4616a5, 0x1160af22a66abc3c, 0x8c2599d9418d287c, 0x7ee07e037edc5cd6} {
		if got := known.Uint64(); got != want {
			t.Fatalf("number %d is %#x, want %#x: this is not ChaCha8", i, got, want)
		}
	}
	nonce := strings.Repeat("07", 32)
	if got := commitmentTo("panel_1", nonce); got != "50988c39fcc1bb833bb303670f9939274a0c7a8e5395e65eb171efc6b4252aea" {
		t.Errorf("commitment %s", got)
	}
	drawn := seedOf("panel_1", nonce, Checkpoint{Size: 7982, Root: strings.Repeat("5a", 32)})
	if got := fmt.Sprintf("%x", drawn); got != "f8d58174ef720510bee44547eb7de249dce095280ce8f1a4a2ea89760996af89" {
		t.Errorf("seed %s", got)
	}
	var order []string
	for _, c := range Sequence(drawn, candidates(8, "law")) {
		order = append(order, c.Expert)
	}
	if got := strings.Join(order, " "); got != "exp_06 exp_07 exp_04 exp_03 exp_00 exp_01 exp_02 exp_05" {
		t.Errorf("order %s", got)
	}
}

// TestDrawIsPure draws from pools in any order: seed and set decide alone, who
// has a conflict never comes, and every want has its own.
func TestDrawIsPure(t *testing.T) {
	fields := []string{"technology", "law", "health"}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "pool")
		pool := candidates(n)
		for i := range pool {
			pool[i].Fields = rapid.SliceOfNDistinct(rapid.SampledFrom(fields), 1, 3, rapid.ID[string]).Draw(t, "fields")
			if rapid.IntRange(0, 3).Draw(t, "conflict") == 0 {
				pool[i].Conflicts = []Exclusion{{Case: "a", Conflict: Conflict{Kind: SameCode}}}
			}
		}
		var wants []Want
		for _, f := range fields {
			if k := rapid.IntRange(0, 3).Draw(t, "want"); k > 0 {
				wants = append(wants, Want{f, k})
			}
		}
		var seed Seed
		binary.BigEndian.PutUint64(seed[:], rapid.Uint64().Draw(t, "seed"))
		first, err := Draw(seed, pool, wants)
		if err != nil && !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		shuffled := slices.Clone(pool)
		rand.New(rand.NewPCG(uint64(n), 3)).Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again, errAgain := Draw(seed, shuffled, wants)
		if !reflect.DeepEqual(first, again) || (err == nil) != (errAgain == nil) || poolHash(pool) != poolHash(shuffled) {
			t.Fatalf("the pool's order changed the draw: %v %v, then %v %v", first, err, again, errAgain)
		}
		if err != nil {
			return
		}
		per, seen := map[string]int{}, map[string]bool{}
		for _, m := range first {
			i := slices.IndexFunc(pool, func(c Candidate) bool { return c.Expert == m.Expert })
			if len(pool[i].Conflicts) > 0 || !slices.Contains(pool[i].Fields, m.Field) || seen[m.Expert] {
				t.Fatalf("%s was drawn for %s", m.Expert, m.Field)
			}
			seen[m.Expert] = true
			per[m.Field]++
		}
		for _, w := range wants {
			if per[w.Field] != w.Count {
				t.Fatalf("%d drawn for %s, want %d", per[w.Field], w.Field, w.Count)
			}
		}
	})
}

// TestEverybodyHasAFairChance counts who is drawn over 20,000 seeds: 5 of 20, so
// each is drawn 5,000 times but for chance. Chi-square with 19 degrees of
// freedom passes 60 less than once in 100,000 runs; the seeds are fixed, so
// this test gives the same figure every time.
func TestEverybodyHasAFairChance(t *testing.T) {
	const seeds, people, drawn = 20_000, 20, 5
	pool, times := candidates(people, "law"), map[string]int{}
	firsts := map[string]int{}
	for i := range seeds {
		members, err := Draw(seedOf("panel", "nonce", Checkpoint{Size: uint64(i)}), pool, []Want{{"law", drawn}})
		if err != nil {
			t.Fatal(err)
		}
		firsts[members[0].Expert]++
		for _, m := range members {
			times[m.Expert]++
		}
	}
	for name, c := range map[string]struct {
		counts map[string]int
		want   float64
	}{"drawn": {times, seeds * drawn / people}, "first": {firsts, seeds / people}} {
		chi := 0.0
		for _, e := range pool {
			d := float64(c.counts[e.Expert]) - c.want
			chi += d * d / c.want
		}
		t.Logf("%s: chi-square %.1f", name, chi)
		if chi > 60 {
			t.Errorf("%s: chi-square %.1f: some are drawn too often: %v", name, chi, c.counts)
		}
	}
}

// TestBelowIsUnbiased rejects what would favour small numbers.
func TestBelowIsUnbiased(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 1<<63).Draw(t, "n")
		numbers := rand.NewChaCha8([32]byte{byte(n)})
		if got := below(numbers, n); got >= n {
			t.Fatalf("%d is not below %d", got, n)
		}
	})
}

func TestTooFewIsAConflict(t *testing.T) {
	if _, err := Draw(Seed{}, candidates(2, "law"), []Want{{"law", 3}}); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
}

// TestConflicts goes through each kind of conflict.
func TestConflicts(t *testing.T) {
	mine, other := testCode(1), testCode(2)
	subject := Subject{ID: "a", Org: mine, OrgName: "某公司"}
	for name, c := range map[string]struct {
		expert   Expert
		declared []Declaration
		want     ConflictKind
	}{
		"free":                  {expert: Expert{ID: "e", Employer: Employer{Code: other}}},
		"works there":           {expert: Expert{ID: "e", Employer: Employer{Code: mine}}, want: SameCode},
		"left three years ago":  {expert: Expert{ID: "e", Past: []Employment{{Code: mine, To: 2022}}}, want: PastEmployer},
		"left four years ago":   {expert: Expert{ID: "e", Past: []Employment{{Code: mine, To: 2021}}}},
		"old name, no code":     {expert: Expert{ID: "e", Past: []Employment{{Name: " 某公司 ", To: 2024}}}, want: PastEmployer},
		"same name, other code": {expert: Expert{ID: "e", Past: []Employment{{Code: other, Name: "某公司", To: 2024}}}},
		"said so":               {expert: Expert{ID: "e"}, declared: []Declaration{{Expert: "e", Org: mine, Kind: Declared, Reason: "亲属"}}, want: Declared},
		"the office said so":    {expert: Expert{ID: "e"}, declared: []Declaration{{Expert: "e", Org: mine, Kind: ByOffice, Reason: "举报"}}, want: ByOffice},
		"somebody else's":       {expert: Expert{ID: "e"}, declared: []Declaration{{Expert: "f", Org: mine, Kind: Declared}, {Expert: "e", Org: other, Kind: Declared}}},
	} {
		got, found := c.expert.conflictWith(subject, c.declared, "2025-10-22", 3)
		if got.Kind != c.want || found != (c.want != "") || found && got.Reason.IsZero() {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}

func testCode(n int) ident.CreditCode {
	body := fmt.Sprintf("91520199TEX%06d", n)
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}
