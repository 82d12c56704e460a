package review

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// AddExpert takes a person who holds the reviewer's role into the pool.
//
// Codes: invalid; conflict when the person is in it already.
func (s *Service) AddExpert(ctx context.Context, by Actor, e Expert) (Expert, error) {
	if err := e.Validate(s.Rules); err != nil {
		return e, err
	}
	e.ID, e.Version, e.Updated, e.By = s.IDs.New("exp"), 1, s.Clock.Now(), by.Name
	return e, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.checkReviewer(ctx, e.Person); err != nil {
			return err
		}
		if err := s.Store.InsertExpert(ctx, e); err != nil {
			return err
		}
		return s.note(ctx, by, Record{Kind: KindExpert, Expert: e.ID}, e)
	})
}

// checkReviewer refuses a person who could not sign in to judge.
func (s *Service) checkReviewer(ctx context.Context, person string) error {
	holders, err := s.People.Reviewers(ctx, "", maxReviewers)
	if err != nil || slices.ContainsFunc(holders, func(p party.Person) bool { return p.ID == person }) {
		return err
	}
	var c fault.Collector
	c.Add("person", "这个人没有评审身份：请管理员先添加。", "This person does not hold the reviewer's role: have an administrator add it.")
	return c.Err()
}

// maxReviewers bounds how many holders of the role are looked through.
const maxReviewers = 10_000

// ChangeExpert writes an expert anew; what panels were drawn from stays as it
// was. The person stays the same.
//
// Codes: invalid; not_found; conflict when somebody changed it meanwhile.
func (s *Service) ChangeExpert(ctx context.Context, by Actor, e Expert) (Expert, error) {
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		old, err := s.Store.Expert(ctx, e.ID)
		if err != nil {
			return err
		}
		if old.Version != e.Version {
			return fault.Newf(fault.Conflict, "%[2]s 于 %[3]s 已修改专家“%[1]s”，本次没有写入：请刷新。您填写的内容没有丢。",
				"%[2]s changed expert %[1]q at %[3]s and nothing was written: reload. What you typed is kept.", old.Name, old.By, local(old.Updated))
		}
		e.Person, e.Updated, e.By = old.Person, s.Clock.Now(), by.Name
		if err := e.Validate(s.Rules); err != nil {
			return err
		}
		if err := s.Store.UpdateExpert(ctx, &e); err != nil {
			return err
		}
		return s.note(ctx, by, Record{Kind: KindExpert, Expert: e.ID}, e)
	})
	return e, err
}

// Newcomers lists people who hold the reviewer's role and are not in the pool.
func (s *Service) Newcomers(ctx context.Context, query string) ([]party.Person, error) {
	holders, err := s.People.Reviewers(ctx, query, 200)
	if err != nil {
		return nil, err
	}
	experts, err := s.Store.Experts(ctx, ExpertFilter{})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(holders, func(p party.Person) bool {
		return p.Disabled || slices.ContainsFunc(experts, func(e Expert) bool { return e.Person == p.ID })
	}), nil
}

// declarations are all that was ever declared, or only an expert's.
func (s *Service) declarations(ctx context.Context, expert string) ([]Declaration, error) {
	records, err := s.Store.Records(ctx, RecordFilter{Kinds: []Kind{KindDeclaration}, Expert: expert})
	if err != nil {
		return nil, err
	}
	return bodies(records, func(d *Declaration, r Record) { d.ID, d.At, d.By = r.ID, r.At, r.Name })
}

// snapshot is the pool for a draw: every active expert with a wanted field, and
// each one's conflicts with the panel's cases.
func (s *Service) snapshot(ctx context.Context, p Panel, subjects []Subject) ([]Candidate, error) {
	experts, err := s.Store.Experts(ctx, ExpertFilter{Active: true})
	if err != nil {
		return nil, err
	}
	declared, err := s.declarations(ctx, "")
	if err != nil {
		return nil, err
	}
	pool := []Candidate{}
	for _, e := range experts {
		if !slices.ContainsFunc(p.Wants, func(w Want) bool { return slices.Contains(e.Fields, w.Field) }) {
			continue
		}
		c := Candidate{Expert: e.ID, Name: e.Name, Fields: slices.Sorted(slices.Values(e.Fields)), Conflicts: []Exclusion{}}
		for _, subject := range subjects {
			if why, found := e.conflictWith(subject, declared, s.Clock.Today(), s.Rules.PastEmployerYears); found {
				c.Conflicts = append(c.Conflicts, Exclusion{subject.ID, why})
			}
		}
		pool = append(pool, c)
	}
	return pool, nil
}
