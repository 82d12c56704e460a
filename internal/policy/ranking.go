package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// FateAwarded is the fate of a case that gets something. Any other fate is why it
// gets nothing (allocation.Why); FateExcluded asks for all of those.
const (
	FateAwarded  = "awarded"
	FateExcluded = "excluded"
)

// AllotmentSums is what a result says over all of its cases. The cases
// themselves are read in pages: a call may have a hundred thousand.
type AllotmentSums struct {
	InputHash    string                   `json:"input_hash" doc:"SHA-256 of the canonical snapshot, hex"`
	Outcome      allocation.Outcome       `json:"outcome" enum:"decided,undecided"`
	Total        money.Fen                `json:"total_fen" doc:"Of this year's money, without exceptions"`
	Questions    []allocation.Question    `json:"questions" doc:"What stands in the way of a decision"`
	Measures     []allocation.Tally       `json:"measures" doc:"Of a tie the first 100 ids"`
	Fates        []FateCount              `json:"fates" doc:"How many cases of a measure came to what"`
	Notes        []allocation.Note        `json:"notes" doc:"What a person should look at; it changes no award"`
	Exceptions   []AllotmentException     `json:"exceptions" doc:"Case by case, outside the formula and inside the budget"`
	Papers       int                      `json:"shared_paper_count" doc:"Papers that different applicants stand on"`
	SharedPapers []AllotmentPaper         `json:"shared_papers" doc:"The first 100 of them, each with its first 100 applications; for a person to judge"`
	Alternatives []allocation.Alternative `json:"alternatives" doc:"When a budget is short and no way is ruled: what each would do"`
	Weightings   []allocation.Weighting   `json:"weightings" doc:"When weights are not ruled: those that prospects are computed under"`
}

// AllotmentException is what was granted case by case out of the budget.
type AllotmentException struct {
	allocation.Granted
	Name string `json:"name" doc:"The organisation's; empty for one that is not known any more"`
}

// AllotmentPaper is a paper that several applicants stand on.
type AllotmentPaper struct {
	evidence.Paper
	Text  i18n.Text `json:"text" doc:"What paper, and its number"`
	Cases []CaseRef `json:"cases"`
}

// CaseRef is an application as people quote it.
type CaseRef struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// FateCount is how many cases of a measure came to the same.
type FateCount struct {
	Measure string `json:"measure"`
	Fate    string `json:"fate" enum:"awarded,below_bar,factor_below_bar,nothing_due,same_matter,quota,budget,tied,nothing_left"`
	Count   int    `json:"count"`
}

// AllotmentCase is one application of an allocation: in with its money, or out
// with a reason.
type AllotmentCase struct {
	allocation.Standing
	Number  string     `json:"number" doc:"The application's"`
	Name    string     `json:"name" doc:"The organisation's; empty for one that is not known any more"`
	Fate    string     `json:"fate" enum:"awarded,below_bar,factor_below_bar,nothing_due,same_matter,quota,budget,tied,nothing_left"`
	Below   bool       `json:"below" doc:"It stands after the last of its measure that is in"`
	Claim   *money.Fen `json:"claim_fen" doc:"What the formula or the place gives; null for one that is out and has no formula"`
	Before  money.Fen  `json:"before_fen" doc:"What the matter was paid before; only the difference is due"`
	Amount  *money.Fen `json:"amount_fen" doc:"Of this year's money; null for one that is out"`
	Carried money.Fen  `json:"carried_fen" doc:"Of next year's money"`
	Reason  i18n.Text  `json:"reason" doc:"Why it gets nothing; empty for one that is in"`

	place int // in the order of the list, from 1
}

// AllotmentProspect is what an application may come to while weights are open.
type AllotmentProspect struct {
	allocation.Prospect
	Number string `json:"number" doc:"The application's"`
	Name   string `json:"name" doc:"The organisation's"`

	place int
}

// ranking is an allocation's result as its pages show it: what is said over all
// cases, and every case in its place. It is shared and never changed; the names
// of organisations, which may change, are filled in when a page is read.
type ranking struct {
	digest    string
	sums      AllotmentSums
	cases     []AllotmentCase // by measure and rank, those that nothing ranked last
	prospects []AllotmentProspect
}

// rankings keeps the ones that were read last by the digest of their bytes,
// which are frozen: what was made of them stands as long as they do. The zero
// value is ready.
type rankings struct {
	mu   sync.Mutex
	kept []*ranking // the one read last stands last
}

// mostRankings bounds the memory: one of 100,000 cases takes some 100 MB.
const mostRankings = 3

// ranking returns the cases of an allocation in their order.
//
// Codes: not_found, unavailable.
func (s *Service) ranking(ctx context.Context, run *Allotment) (*ranking, error) {
	c := &s.rankings
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.kept, func(r *ranking) bool { return r.digest == run.ResultHash }); i >= 0 {
		r := c.kept[i]
		c.kept = append(slices.Delete(c.kept, i, i+1), r)
		return r, nil
	}
	whole, err := s.Store.Allotment(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	var result allocation.Result
	if err := json.Unmarshal(whole.Result, &result); err != nil {
		return nil, err
	}
	snapshot, err := allocation.ReadSnapshot(whole.Snapshot)
	if err != nil {
		return nil, err
	}
	numbers, err := s.Store.Numbers(ctx, run.Call)
	if err != nil {
		return nil, err
	}
	r := newRanking(&result, &snapshot, numbers)
	r.digest = run.ResultHash
	c.kept = append(c.kept, r)
	c.kept = slices.Delete(c.kept, 0, max(0, len(c.kept)-mostRankings))
	return r, nil
}

// newRanking puts the cases of a result into the order of their list, those that
// are out with what the snapshot says that they claim; numbers are the
// applications', by id.
func newRanking(result *allocation.Result, snapshot *allocation.Input, numbers map[string]string) *ranking {
	claims := make(map[string]*money.Fen, len(result.Excluded))
	for i := range snapshot.Applications {
		claims[snapshot.Applications[i].ID] = snapshot.Applications[i].Amount
	}
	r := &ranking{sums: sumsOf(result, numbers), cases: make([]AllotmentCase, 0, len(result.Awards)+len(result.Excluded)), prospects: make([]AllotmentProspect, 0, len(result.Prospects))}
	for i := range result.Awards {
		a := &result.Awards[i]
		r.cases = append(r.cases, AllotmentCase{Standing: a.Standing, Number: numbers[a.ID], Fate: FateAwarded, Claim: &a.Claim, Before: a.Before, Amount: &a.Amount, Carried: a.Carried})
	}
	for i := range result.Excluded {
		x := &result.Excluded[i]
		r.cases = append(r.cases, AllotmentCase{Standing: x.Standing, Number: numbers[x.ID], Fate: string(x.Why), Claim: claims[x.ID], Reason: x.Reason})
	}
	order := make(map[string]int, len(result.Measures))
	for i := range result.Measures {
		order[result.Measures[i].Measure] = i
	}
	slices.SortStableFunc(r.cases, func(a, b AllotmentCase) int {
		x, y := a.order(), b.order()
		return cmp.Or(cmp.Compare(order[a.Measure], order[b.Measure]), slices.Compare(x[:], y[:]))
	})
	r.drawLines()
	for i := range result.Prospects {
		p := &result.Prospects[i]
		r.prospects = append(r.prospects, AllotmentProspect{Prospect: *p, Number: numbers[p.ID]})
	}
	slices.SortStableFunc(r.prospects, func(a, b AllotmentProspect) int {
		return cmp.Or(cmp.Compare(order[a.Measure], order[b.Measure]), slices.Compare(a.Ranks[:], b.Ranks[:]))
	})
	for i := range r.prospects {
		r.prospects[i].place = i + 1
	}
	return r
}

// drawLines numbers the cases, counts what they came to, and marks in every
// measure those after the last that is in. Whoever is out above that line is
// out for a reason of its own.
func (r *ranking) drawLines() {
	above, counts := map[string]bool{}, map[FateCount]int{}
	for i := len(r.cases) - 1; i >= 0; i-- {
		c := &r.cases[i]
		if !c.out() {
			above[c.Measure] = true
		}
		c.place, c.Below = i+1, !above[c.Measure]
		counts[FateCount{Measure: c.Measure, Fate: c.Fate}]++
	}
	r.sums.Fates = []FateCount{}
	for of, n := range counts {
		r.sums.Fates = append(r.sums.Fates, FateCount{of.Measure, of.Fate, n})
	}
	slices.SortFunc(r.sums.Fates, func(a, b FateCount) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fate, b.Fate))
	})
}

func (c *AllotmentCase) out() bool { return c.Fate != FateAwarded }

// order is where it stands in its measure: by rank, those that are in before
// their equals, and at the end those that nothing ranked. An award without a
// rank, of a measure that ranks nobody, stands with the ranked.
func (c *AllotmentCase) order() (key [3]int) {
	if c.out() {
		key[2] = 1
		if c.Rank == 0 {
			key[0] = 1
		}
	}
	key[1] = c.Rank
	return key
}

// mostShown bounds the lists within the sums; the result's own bytes have all.
const mostShown = 100

func sumsOf(r *allocation.Result, numbers map[string]string) AllotmentSums {
	sums := AllotmentSums{InputHash: r.InputHash, Outcome: r.Outcome, Total: r.Total, Questions: r.Questions, Measures: slices.Clone(r.Measures), Notes: r.Notes, Exceptions: []AllotmentException{},
		Papers: len(r.SharedPapers), SharedPapers: []AllotmentPaper{}, Alternatives: r.Alternatives, Weightings: r.Weightings}
	for i := range sums.Measures {
		if tie := sums.Measures[i].Tied; tie != nil {
			sums.Measures[i].Tied = &allocation.Tie{Rank: tie.Rank, IDs: leading(tie.IDs)}
		}
	}
	for _, x := range r.Exceptions {
		sums.Exceptions = append(sums.Exceptions, AllotmentException{Granted: x})
	}
	for _, shared := range leading(r.SharedPapers) {
		paper := AllotmentPaper{shared.Paper, evidence.ListPapers([]evidence.Paper{shared.Paper}), []CaseRef{}}
		for _, id := range leading(shared.IDs) {
			paper.Cases = append(paper.Cases, CaseRef{id, numbers[id]})
		}
		sums.SharedPapers = append(sums.SharedPapers, paper)
	}
	return sums
}

// Sums is what an allocation says over all of its cases, with organisations as
// they are called today.
//
// Codes: not_found, unavailable.
func (s *Service) Sums(ctx context.Context, run *Allotment) (AllotmentSums, error) {
	r, err := s.ranking(ctx, run)
	if err != nil {
		return AllotmentSums{}, err
	}
	sums := r.sums
	sums.Exceptions = slices.Clone(sums.Exceptions)
	names, err := s.Registry.Names(ctx, codesOf(sums.Exceptions, func(x *AllotmentException) string { return x.Code }))
	for i := range sums.Exceptions {
		sums.Exceptions[i].Name = names[ident.CreditCode(sums.Exceptions[i].Code)]
	}
	return sums, err
}

func leading[T any](list []T) []T { return list[:min(len(list), mostShown)] }

// RankingFilter chooses cases of an allocation; zero fields do not filter.
type RankingFilter struct {
	Measure string
	Fate    string // FateAwarded, FateExcluded, or why it is out
	Query   string // part of a number, of an organisation's name or its code
	After   int    // the place of the last case seen
	Limit   int
}

// Ranked lists cases of an allocation in their order.
//
// Codes: unavailable.
func (s *Service) Ranked(ctx context.Context, run *Allotment, f RankingFilter) ([]AllotmentCase, error) {
	r, err := s.ranking(ctx, run)
	if err != nil {
		return nil, err
	}
	found, err := s.finder(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	list := taken(r.cases, f, func(c *AllotmentCase) bool {
		return (f.Measure == "" || c.Measure == f.Measure) && (f.Fate == "" || c.Fate == f.Fate || f.Fate == FateExcluded && c.out()) && found(c.Number, c.Code)
	})
	names, err := s.Registry.Names(ctx, codesOf(list, func(c *AllotmentCase) string { return c.Code }))
	for i := range list {
		list[i].Name = names[ident.CreditCode(list[i].Code)]
	}
	return list, err
}

// Prospects lists what cases of an allocation may come to, the best first; a
// filter by fate finds none, for nothing is decided.
//
// Codes: unavailable.
func (s *Service) Prospects(ctx context.Context, run *Allotment, f RankingFilter) ([]AllotmentProspect, error) {
	r, err := s.ranking(ctx, run)
	if err != nil {
		return nil, err
	}
	found, err := s.finder(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	list := taken(r.prospects, f, func(p *AllotmentProspect) bool {
		return (f.Measure == "" || p.Measure == f.Measure) && found(p.Number, p.Code)
	})
	names, err := s.Registry.Names(ctx, codesOf(list, func(p *AllotmentProspect) string { return p.Code }))
	for i := range list {
		list[i].Name = names[ident.CreditCode(list[i].Code)]
	}
	return list, err
}

// taken copies what is wanted behind a place, so that names can be filled in.
func taken[T any](all []T, f RankingFilter, wanted func(*T) bool) []T {
	list := []T{}
	for i := min(max(f.After, 0), len(all)); i < len(all) && len(list) < f.Limit; i++ {
		if wanted(&all[i]) {
			list = append(list, all[i])
		}
	}
	return list
}

// finder tells whether what somebody looks for is in a number, or in the code or
// the name of an organisation, as it is called today.
//
// Codes: unavailable.
func (s *Service) finder(ctx context.Context, q string) (func(number, code string) bool, error) {
	if q == "" {
		return func(string, string) bool { return true }, nil
	}
	const page = 1000
	codes := map[string]bool{}
	for after := ident.CreditCode(""); ; {
		orgs, err := s.Registry.Organisations(ctx, party.OrganisationFilter{Query: q, After: after, Limit: page})
		if err != nil {
			return nil, err
		}
		for i := range orgs {
			after = orgs[i].Code
			codes[string(after)] = true
		}
		if len(orgs) < page {
			break
		}
	}
	q = strings.ToUpper(q)
	return func(number, code string) bool { return codes[code] || strings.Contains(number, q) }, nil
}

func codesOf[T any](list []T, code func(*T) string) []ident.CreditCode {
	codes := make([]ident.CreditCode, len(list))
	for i := range list {
		codes[i] = ident.CreditCode(code(&list[i]))
	}
	return codes
}
