package policy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/form"
)

// What an organisation states of itself in an application. It is kept with the
// draft; handed in, it becomes facts on the applicant's own word, which are
// shown, confirmed or disputed by departments, and never enough by themselves.

// formOf is what an application is asked as of today.
//
// Codes: not_found.
func (s *Service) formOf(ctx context.Context, a *Application) (*form.Form, error) {
	if a.Org == "" { // an office looks at what a call asks
		return s.form(ctx, a, nil)
	}
	facts, err := s.Facts.Known(ctx, a.Org, s.Clock.Today())
	if err != nil {
		return nil, err
	}
	return s.form(ctx, a, facts)
}

// form asks what the facts do not say.
func (s *Service) form(ctx context.Context, a *Application, facts []evidence.Fact) (*form.Form, error) {
	today := s.Clock.Today()
	plan, err := s.Pack.Plan(a.Guide, cmp.Or(a.Years.Transaction, a.Guide, today.Year()))
	if err != nil {
		return nil, err
	}
	in := form.Input{Plan: plan, Measure: a.Measure, Object: a.Object, Facts: facts, Today: today, Ours: ours,
		Answer: func(f evidence.Fact) bool { return a.ID != "" && strings.HasPrefix(f.ID, a.declaration()) }}
	if a.Call != "" {
		c, err := s.Calls.Call(ctx, a.Call)
		if err != nil {
			return nil, err
		}
		offer, _ := c.Offer(a.Measure)
		for _, e := range offer.Evidence {
			in.Papers = append(in.Papers, form.Paper{ID: e.ID, Name: e.Name, Required: e.Required})
		}
	}
	return form.Make(in)
}

// declaration begins the ids of the facts that an application stated.
func (a *Application) declaration() string { return "declared-" + a.ID + "-" }

// declare checks what an application states and records it as facts, in the
// transaction of its submission. What it stated before and states otherwise now
// is corrected; the old facts stay on record. What somebody has vouched for
// meanwhile is not recorded.
//
// Codes: invalid, at each field of the form.
func (s *Service) declare(ctx context.Context, a *Application) error {
	f, err := s.formOf(ctx, a)
	if err != nil {
		return err
	}
	files, err := s.Store.Attachments(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := f.Check(a.Declared, byPaper(files)); err != nil {
		return err
	}
	next := f.Pending(a.Org, a.Declared, a.declares(f))
	for i := range next {
		next[i].ID = fmt.Sprintf("%s%d-%d", a.declaration(), a.Version, i+1)
	}
	if len(next) == 0 {
		return nil
	}
	_, err = s.Facts.Append(ctx, next)
	return err
}

// declares reports which facts an application stated itself.
func (a *Application) declares(f *form.Form) []evidence.Fact {
	return slices.DeleteFunc(slices.Clone(f.Declared), func(fact evidence.Fact) bool { return !strings.HasPrefix(fact.ID, a.declaration()) })
}

// byPaper lists the ids of attachments by the call's paper that they are.
func byPaper(files []Attachment) map[string][]string {
	out := map[string][]string{}
	for _, file := range files {
		out[file.Evidence] = append(out[file.Evidence], file.ID)
	}
	return out
}

// Declared lists what an application's organisation states of its matter on its
// own word, of the kinds that the measure reads: a department confirms or
// disputes it.
//
// Codes: not_found.
func (s *Service) Declared(ctx context.Context, a Application) ([]evidence.Fact, error) {
	f, err := s.formOf(ctx, &a)
	if err != nil {
		return nil, err
	}
	return f.Declared, nil
}

// Form is what an application is asked, what is known already and what it
// stated, as the actor may see it.
//
// Codes: not_found, also for somebody else's.
func (s *Service) Form(ctx context.Context, by Actor, id string) (Form, error) {
	a, err := s.mine(ctx, by, id)
	if err != nil {
		return Form{}, err
	}
	files, err := s.Store.Attachments(ctx, id)
	if err != nil {
		return Form{}, err
	}
	return s.formView(ctx, &a, files)
}

// CallForm is what a measure asks under a call before an application is opened:
// of an organisation what is not known of it yet, of anybody else everything.
//
// Codes: not_found for an unknown call, or one that does not take the measure.
func (s *Service) CallForm(ctx context.Context, by Actor, id, measure, object string) (Form, error) {
	c, err := s.Calls.Call(ctx, id)
	if err != nil {
		return Form{}, err
	}
	offer, takes := c.Offer(measure)
	if !takes || c.State == call.Draft && by.Org != "" {
		return Form{}, fault.Newf(fault.NotFound, "批次 %s 不受理措施 %.40s。", "Call %s does not take measure %.40s.", c.Number, measure)
	}
	a := Application{Org: by.Org, Measure: measure, Object: object, Call: c.ID, Guide: c.Guide, Years: offer.Years}
	return s.formView(ctx, &a, nil)
}
