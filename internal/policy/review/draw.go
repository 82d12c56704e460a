package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Candidate is an expert as the pool's snapshot keeps them at the draw: who is
// eligible, and why the others are not.
type Candidate struct {
	Expert    string      `json:"expert"`
	Name      string      `json:"name"`
	Fields    []string    `json:"fields"`
	Conflicts []Exclusion `json:"conflicts"` // empty for who may be drawn
}

// Exclusion is a conflict with one of the panel's cases.
type Exclusion struct {
	Case string `json:"case"`
	Conflict
}

// Want asks for so many members qualified in a field.
type Want struct {
	Field string `json:"field" maxLength:"40"`
	Count int    `json:"count" minimum:"1" maximum:"20"`
}

// Member is an expert who was drawn, and the field for which.
type Member struct {
	Expert string `json:"expert"`
	Field  string `json:"field"`
}

// Seed is what a draw depends on besides its pool.
type Seed [sha256.Size]byte

// Checkpoint is the evidence log's head at the draw.
type Checkpoint struct {
	Size uint64 `json:"size"`
	Root string `json:"root" doc:"Root hash, hex"`
}

// commitmentTo is what is published when a panel is opened: it fixes the nonce
// without showing it.
func commitmentTo(panel, nonce string) string {
	sum := sha256.Sum256([]byte("qianmo review commitment v1\n" + panel + "\n" + nonce + "\n"))
	return hex.EncodeToString(sum[:])
}

// seedOf mixes the nonce, which was fixed before anybody knew the pool, with a
// head of the public log, which nobody could know when the nonce was fixed. So
// neither who holds the nonce nor who chooses the hour can choose the members.
func seedOf(panel, nonce string, head Checkpoint) Seed {
	return sha256.Sum256(fmt.Appendf(nil, "qianmo review seed v1\n%s\n%s\n%d\n%s\n", panel, nonce, head.Size, head.Root))
}

// Draw picks the members: the eligible are put in an order by the seed, and
// each want, in turn, takes the first of its field who is not yet taken. It is
// a pure function of the seed, the set of candidates and the wants.
//
// Codes: conflict when a field has too few.
func Draw(seed Seed, pool []Candidate, wants []Want) ([]Member, error) {
	order := Sequence(seed, pool)
	taken := map[string]bool{}
	var members []Member
	for _, w := range wants {
		for range w.Count {
			i := slices.IndexFunc(order, func(c Candidate) bool { return !taken[c.Expert] && slices.Contains(c.Fields, w.Field) })
			if i < 0 {
				return nil, fault.Newf(fault.Conflict, "领域 %s 需要 %d 人，可抽的不够：请补充专家库，或调整评审组的构成。", "Field %s wants %d members and too few are eligible: add experts or change what the panel wants.", w.Field, w.Count)
			}
			taken[order[i].Expert] = true
			members = append(members, Member{order[i].Expert, w.Field})
		}
	}
	return members, nil
}

// Sequence is the order of the eligible candidates that a seed gives: sorted by
// id, then shuffled (Fisher–Yates from the last place down) with numbers of
// ChaCha8 (the C2SP chacha8rand generator, math/rand/v2) keyed with the seed.
// docs/decisions/0018 has it step by step, with a worked vector.
func Sequence(seed Seed, pool []Candidate) []Candidate {
	order := slices.DeleteFunc(slices.Clone(pool), func(c Candidate) bool { return len(c.Conflicts) > 0 })
	slices.SortFunc(order, func(a, b Candidate) int { return cmp.Compare(a.Expert, b.Expert) })
	numbers := rand.NewChaCha8(seed)
	for i := len(order) - 1; i > 0; i-- {
		j := below(numbers, uint64(i)+1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// below is a number from 0 to n-1, each as likely: of 64-bit numbers the first
// 2^64 mod n are rejected, since they would favour the small ones.
func below(numbers *rand.ChaCha8, n uint64) uint64 {
	reject := -n % n
	for {
		if x := numbers.Uint64(); x >= reject {
			return x % n
		}
	}
}

// poolHash names a snapshot, whatever the order of its listing.
func poolHash(pool []Candidate) string {
	sorted := slices.Clone(pool)
	slices.SortFunc(sorted, func(a, b Candidate) int { return cmp.Compare(a.Expert, b.Expert) })
	text, _ := json.Marshal(sorted) // plain fields always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
