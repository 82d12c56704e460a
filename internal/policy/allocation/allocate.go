package allocation

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Allocate decides a snapshot: who is in, in which place, for how much, and why
// the others are not. What calls leave open makes the result undecided, with
// the questions (A2, A3) and no awards.
//
// Codes: invalid (see Validate); too_large (the snapshot, or one applicant's
// applications that hang together, are beyond the bounds).
func Allocate(in Input) (Result, error) {
	if err := in.Validate(); err != nil {
		return Result{}, err
	}
	frozen := in.frozen()
	r := Result{InputHash: frozen.hash(), Outcome: Decided, Questions: []Question{}, Measures: []Tally{}, Notes: notes(frozen), Exceptions: granted(frozen),
		SharedPapers: sharedPapers(frozen), Alternatives: []Alternative{}, Weightings: []Weighting{}, Prospects: []Prospect{}, Awards: []Award{}, Excluded: []Excluded{}}
	if r.Questions = unruled(frozen); len(r.Questions) > 0 {
		r.Outcome = Undecided
		return r, r.prospects(frozen)
	}
	f := newField(frozen)
	d, pools, err := f.decide("")
	if err != nil {
		return Result{}, err
	}
	for k := range pools {
		r.ask(d.pools[k].call, &pools[k])
	}
	if len(r.Questions) > 0 {
		r.Outcome = Undecided
		return r, r.alternatives(f, pools)
	}
	chosen := 0
	for k := range pools {
		chosen += len(pools[k].in.list)
	}
	r.Awards, r.Excluded = make([]Award, 0, chosen), make([]Excluded, 0, len(frozen.Applications)-chosen)
	for k := range pools {
		r.report(d, k, &pools[k])
	}
	return r, nil
}

// decide gives out places and money; when holds for calls that rule nothing for
// a short budget.
func (f *field) decide(when shortage.Way) (*seating, []paid, error) {
	d, err := f.newSeating(when)
	if err != nil {
		return nil, nil, err
	}
	if err := d.settle(); err != nil {
		return nil, nil, err
	}
	pools := make([]paid, len(f.pools))
	for k := range pools {
		pools[k] = d.pay(k)
	}
	return d, pools, nil
}

// unruled lists what must be ruled before anybody can be ranked.
func unruled(in *Input) []Question {
	questions := []Question{}
	unpriced := map[string]bool{}
	for i := range in.Applications {
		if a := &in.Applications[i]; a.Amount == nil {
			unpriced[a.Measure] = true
		}
	}
	for k := range in.Calls {
		c := &in.Calls[k]
		if !c.ranks() {
			questions = append(questions, askWeights(c))
		}
		if c.Share == nil && unpriced[c.Measure] {
			questions = append(questions, askShare(c))
		}
	}
	return questions
}

// ranks reports whether the call has no rank, or one with exact weights under
// which scores can be compared: one factor ranks alike however it is scaled,
// where nothing but the order is read off its score.
func (c *Call) ranks() bool {
	r := c.Rank
	switch {
	case r == nil:
		return true
	case slices.ContainsFunc(r.By, func(f Factor) bool { return !f.Weight.exact() }):
		return false
	case r.Normalise != "":
		return true
	}
	return len(r.By) == 1 && r.Bar == nil && (c.Share == nil || c.Share.How != ByScore)
}

// ask adds the questions that one pool's outcome raises.
func (r *Result) ask(c *Call, p *paid) {
	if p.tied {
		r.Questions = append(r.Questions, askTies(c))
	}
	if p.unruled {
		r.Questions = append(r.Questions, askShort(c, p.due()))
	}
}

func (p *paid) due() (total money.Fen) {
	for _, pay := range p.payments {
		total += pay.due
	}
	return total
}

// alternatives computes every way for the pools whose budget is short.
func (r *Result) alternatives(f *field, pools []paid) error {
	if !slices.ContainsFunc(pools, func(p paid) bool { return p.unruled }) {
		return nil
	}
	for _, way := range shortage.Ways() {
		_, under, err := f.decide(way)
		if err != nil {
			return err
		}
		for k := range pools {
			if pools[k].unruled {
				r.Alternatives = append(r.Alternatives, under[k].alternative(f.pools[k].call.Measure, way, len(pools[k].payments)))
			}
		}
	}
	slices.SortStableFunc(r.Alternatives, func(a, b Alternative) int { return cmp.Compare(a.Measure, b.Measure) })
	return nil
}

func (p *paid) alternative(measure string, way shortage.Way, wanted int) Alternative {
	a := Alternative{Measure: measure, Way: way, Name: way.Name()}
	for _, pay := range p.payments {
		a.Paid, a.Carried = a.Paid+pay.amount, a.Carried+pay.carried
		switch {
		case pay.amount == pay.due:
			a.Full++
		case pay.amount > 0:
			a.Part++
		}
	}
	a.None = max(0, wanted-a.Full-a.Part)
	return a
}

// report writes down what one pool came to.
func (r *Result) report(d *seating, k int, out *paid) {
	p := &d.pools[k]
	t := Tally{Measure: p.call.Measure, Year: p.call.Year, Budget: p.call.Budget, Granted: p.granted, Quota: p.call.Quota, WhenShort: p.call.WhenShort,
		Applications: len(p.apps), Ranked: len(p.ranked.list), Due: out.due(), Short: out.short}
	if p.form != nil {
		t.OutOf = p.form.outOf.String()
		for _, c := range p.form.columns {
			t.Factors = append(t.Factors, Scale{c.factor, c.weight, c.least, c.most})
		}
	}
	if tied := d.lines[k].tied; len(tied) > 0 {
		t.Tied = &Tie{Rank: int(d.rank[tied[0]])}
		for _, i := range tied {
			t.Tied.IDs = append(t.Tied.IDs, d.in.Applications[i].ID)
		}
		slices.Sort(t.Tied.IDs)
	}
	left := make(map[int32]*payment)
	for n, i := range out.in.list {
		pay := &out.payments[n]
		if pay.amount == 0 && pay.carried == 0 {
			left[i] = pay
			continue
		}
		t.Awarded++
		t.Paid, t.Carried = t.Paid+pay.amount, t.Carried+pay.carried
		t.LastRank = int(d.rank[i])
		r.Awards = append(r.Awards, Award{d.standing(p, i), pay.place, pay.claim, d.before[i], pay.due, pay.amount, pay.carried})
	}
	if t.Budget != nil {
		rest := *t.Budget - t.Granted - t.Paid
		t.Left = &rest
	}
	r.Total += t.Paid
	r.Measures = append(r.Measures, t)
	r.exclude(d, k, left, t.LastRank)
}

// exclude says why everybody else of a pool gets nothing: the ranked by rank,
// then the others by id.
func (r *Result) exclude(d *seating, k int, left map[int32]*payment, last int) {
	p := &d.pools[k]
	x := excluder{seating: d, k: k, last: last, tied: map[int32]bool{}, shared: map[Why]i18n.Text{}}
	for _, i := range d.lines[k].tied {
		x.tied[i] = true
	}
	for _, i := range p.ranked.list {
		if pay, in := left[i]; in {
			r.Excluded = append(r.Excluded, x.withoutMoney(i, pay))
		} else if !d.chosen[i] {
			r.Excluded = append(r.Excluded, x.because(i))
		}
	}
	for _, i := range p.apps {
		if d.out[i] == belowBar || d.out[i] == belowLeast {
			r.Excluded = append(r.Excluded, x.because(i))
		}
	}
}

// excluder gives reasons; those that many share are made once.
type excluder struct {
	*seating
	k, last int
	tied    map[int32]bool
	shared  map[Why]i18n.Text
}

func (x *excluder) because(i int32) Excluded {
	p := &x.pools[x.k]
	out := Excluded{Standing: x.standing(p, i), Conflicts: x.conflicts(i)}
	switch {
	case x.out[i] == belowLeast:
		out.Why, out.Reason = WhyBelowFactor, p.factorReason(&x.in.Applications[i])
	case x.out[i] == nothingDue:
		out.Why, out.Reason = WhyNothingDue, nothingDueReason(x.claim[i], x.before[i])
	case x.open[i]:
		out.Why, out.Reason = WhySameMatter, sameMatterReason(out.Conflicts)
	default:
		out.Why = x.why(i)
		out.Reason = x.once(out.Why)
	}
	return out
}

// why is what put an application below the line, or below the bar.
func (x *excluder) why(i int32) Why {
	p, l := &x.pools[x.k], &x.lines[x.k]
	switch {
	case x.out[i] == belowBar:
		return WhyBelowBar
	case x.tied[i]:
		return WhyTied
	case x.cutsOff(p) && (p.call.Quota == nil || l.count < *p.call.Quota):
		return WhyBudget
	}
	return WhyQuota
}

func (x *excluder) once(why Why) i18n.Text {
	if text, made := x.shared[why]; made {
		return text
	}
	var text i18n.Text
	switch why {
	case WhyBelowBar:
		text = x.pools[x.k].barReason()
	case WhyTied:
		text = x.tiedReason(x.k)
	case WhyBudget:
		text = x.budgetReason(x.k, x.last)
	default:
		text = x.quotaReason(x.k, x.last)
	}
	x.shared[why] = text
	return text
}

// withoutMoney is the reason of one that is in and gets nothing all the same.
func (x *excluder) withoutMoney(i int32, pay *payment) Excluded {
	out := Excluded{Standing: x.standing(&x.pools[x.k], i), Why: WhyNothingLeft, Reason: nothingLeftReason(), Conflicts: []Conflict{}}
	if pay.due == 0 {
		out.Why, out.Reason = WhyNothingDue, nothingDueReason(pay.claim, x.before[i])
	}
	return out
}

// conflicts are the awards of an application's applicant for the same matter.
func (x *excluder) conflicts(i int32) []Conflict {
	out := []Conflict{}
	if x.knot[i] < 0 {
		return out
	}
	knot := &x.knots[x.knot[i]]
	others := knot.members
	if knot.oneMatter() {
		others = []int32{max(0, x.picks[x.knot[i]].taken)}
	}
	for _, j := range others {
		if j == i || !x.chosen[j] {
			continue
		}
		if c, ok := x.in.SameMatter.conflict(&x.in.Applications[i], &x.in.Applications[j]); ok {
			out = append(out, c)
		}
	}
	return out
}

// standing is where an application stands, with the parts of its score.
func (f *field) standing(p *pool, i int32) Standing {
	a := &f.in.Applications[i]
	s := Standing{ID: a.ID, Code: a.Code, Measure: a.Measure, Level: a.Level, Priority: a.Priority, Rank: int(f.rank[i])}
	if p.form == nil {
		return s
	}
	n := int(f.local[i])
	if p.parts == nil {
		p.parts = make([]Part, len(p.apps)*len(p.form.columns))
	}
	s.Score, s.Points = p.form.score(n), p.form.pointsText(n)
	s.Parts, p.parts = p.parts[:len(p.form.columns):len(p.form.columns)], p.parts[len(p.form.columns):]
	for k := range p.form.columns {
		c := &p.form.columns[k]
		s.Parts[k] = Part{c.factor, a.score(c.factor, k), c.pointsText(n)}
	}
	return s
}

// notes are what a call states past the text of its measure.
func notes(in *Input) []Note {
	out := []Note{}
	for _, c := range in.Calls {
		if limit := c.Stated.Quota; limit != nil && (c.Quota == nil || *c.Quota > *limit) {
			out = append(out, Note{c.Measure, i18n.T("条文或指南写明至多 %[1]d 个，批次没有写名额或写得更多。", "The text or the guide says at most %[1]d; the call states no quota, or a larger one.", *limit)})
		}
		if limit := c.Stated.Budget; limit != nil && (c.Budget == nil || *c.Budget > *limit) {
			out = append(out, Note{c.Measure, i18n.T("条文或指南的年度安排是 %[1]s 元，批次没有写预算或写得更多。", "The text or the guide has %[1]s yuan for the year; the call states no budget, or a larger one.", limit.Grouped())})
		}
	}
	return out
}

func granted(in *Input) []Granted {
	out := []Granted{}
	for _, x := range in.Exceptions {
		out = append(out, Granted{x.ID, x.Code, x.Measure, x.Amount, x.Approvers})
	}
	return out
}

// sharedPapers finds papers that different applicants stand on. A contract has
// two parties and may be in order; that is for a person to judge, so it
// excludes nobody.
func sharedPapers(in *Input) []SharedPaper {
	first := make(map[evidence.Paper]int)
	shared := map[evidence.Paper]bool{}
	for i := range in.Applications {
		for _, p := range in.Applications[i].Papers {
			if j, known := first[p]; !known {
				first[p] = i
			} else if in.Applications[j].Code != in.Applications[i].Code {
				shared[p] = true
			}
		}
	}
	ids := map[evidence.Paper][]string{}
	if len(shared) > 0 {
		for i := range in.Applications {
			for _, p := range in.Applications[i].Papers {
				if shared[p] {
					ids[p] = append(ids[p], in.Applications[i].ID)
				}
			}
		}
	}
	out := make([]SharedPaper, 0, len(ids))
	for p, of := range ids {
		out = append(out, SharedPaper{p, of})
	}
	slices.SortFunc(out, func(a, b SharedPaper) int { return comparePapers(a.Paper, b.Paper) })
	return out
}
