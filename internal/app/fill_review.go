package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/review"
)

// scenes is the measure whose cases the sandbox's panels judge.
const scenes = "002-3"

// fillReviews takes experts into the pool, and has panels drawn over the scenes
// that the year's call took, and scored.
func (p *product) fillReviews(ctx context.Context, all []sandbox.Organisation) error {
	people, experts := sandbox.Pool(all)
	if err := p.party.Seed(ctx, people); err != nil {
		return err
	}
	office := p.reviewing(ctx, party.Office, "2025-10-09")
	for _, e := range experts {
		if _, err := office.AddExpert(office.ctx, office.actor, e); err != nil {
			return fmt.Errorf("expert %s: %w", e.Name, err)
		}
	}
	cases, err := p.scenesToReview(ctx)
	if err != nil {
		return err
	}
	for _, panel := range sandbox.Panels() {
		n := min(panel.Cases, len(cases))
		if err := p.fillPanel(ctx, panel, cases[:n]); err != nil {
			return fmt.Errorf("panel %s: %w", panel.Name, err)
		}
		cases = cases[n:]
	}
	return nil
}

// scenesToReview are the cases that the scenes' call has taken, by number.
func (p *product) scenesToReview(ctx context.Context) (ids []string, err error) {
	cases, err := p.policy().Store.Applications(ctx, policy.ApplicationFilter{Measure: scenes, States: []policy.State{policy.Accepted}, Limit: 200})
	slices.SortFunc(cases, func(a, b policy.Application) int { return cmp.Compare(a.Number, b.Number) })
	for _, a := range cases {
		ids = append(ids, a.ID)
	}
	return ids, err
}

// fillPanel opens, draws and scores one panel as far as it shall have come.
func (p *product) fillPanel(ctx context.Context, plan sandbox.Panel, cases []string) error {
	if len(cases) == 0 {
		return nil
	}
	office := p.reviewing(ctx, party.Office, "2025-10-13")
	for i, id := range cases {
		if err := office.checks(id, i, plan.Stage); err != nil {
			return err
		}
	}
	panel, err := office.OpenPanel(office.ctx, office.actor, review.OpenPanelInput{Name: plan.Name, Measure: scenes, Year: sandboxToday.Year(), Cases: cases, Wants: plan.Wants, Blind: plan.Blind})
	if err != nil || plan.Stage == review.PanelOpen {
		return err
	}
	if panel, err = office.DrawPanel(office.ctx, office.actor, panel.ID, panel.Version); err != nil {
		return err
	}
	if plan.Stage == review.PanelScoring { // one leaves a case, and the next of the draw comes
		gone := panel.Draw.Members[len(panel.Draw.Members)-1].Expert
		if _, err := office.Declare(office.ctx, office.actor, review.DeclareInput{Expert: gone, Case: cases[0], Reason: "专家来电说明：曾为该项目提供法律咨询。"}); err != nil {
			return err
		}
	}
	if err := p.fillScores(ctx, panel, plan.Stage); err != nil || plan.Stage == review.PanelScoring {
		return err
	}
	return p.fillMeeting(ctx, panel)
}

// fillScores lets the members judge; in a panel that goes on, the demonstration
// reviewer has begun one case and the last member none.
func (p *product) fillScores(ctx context.Context, panel review.Panel, stage review.PanelState) error {
	seats, err := p.review().Store.Seats(ctx, review.SeatFilter{Panel: panel.ID})
	if err != nil {
		return err
	}
	slow := panel.Draw.Members[len(panel.Draw.Members)-1].Expert
	for i, seat := range seats {
		if !seat.Live() {
			continue
		}
		e, err := p.review().Store.Expert(ctx, seat.Expert)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(panel.Cases, func(c review.Case) bool { return c.ID == seat.Case })
		mine := sandbox.Principal(party.Reviewer, "").PersonID == e.Person
		if stage == review.PanelScoring && (mine && at > 1 || e.ID == slow || seat.Replaces != "") {
			continue
		}
		in := review.ScoreInput{Case: seat.Case, Comment: sandbox.Comment(i/len(panel.Cases) + at)}
		for k, c := range panel.Sheet.Criteria {
			if !mine || at == 0 || k < 2 || stage == review.PanelClosed {
				in.Marks = append(in.Marks, review.Mark{Criterion: c.ID, Points: sandbox.Mark(i, k, at, c.Most)})
			}
		}
		judge := p.reviewing(ctx, party.Reviewer, "2025-10-16")
		judge.be(ctx, httpapi.Principal{PersonID: e.Person, Name: e.Name, Role: party.Reviewer})
		write := judge.SubmitScore
		if len(in.Marks) < len(panel.Sheet.Criteria) {
			write = judge.SaveScore
		}
		if _, err := write(judge.ctx, judge.actor, in); err != nil {
			return err
		}
	}
	return nil
}

// fillMeeting has the panel meet and ends it.
func (p *product) fillMeeting(ctx context.Context, panel review.Panel) error {
	office := p.reviewing(ctx, party.Office, "2025-10-17")
	in := review.MeetingInput{Panel: panel.ID, Held: "2025-10-17", Place: "市大数据局三楼会议室（演示）", Minutes: "逐案通报评分与离群情况，成员就成效数据和推广性发表意见，逐案形成建议。"}
	for _, m := range panel.Draw.Members {
		in.Present = append(in.Present, m.Expert)
	}
	in.Chair = in.Present[0]
	for i, c := range panel.Cases {
		d := review.Decision{Case: c.ID, Recommendation: review.Recommend, Text: "成效清楚，建议支持。"}
		if i == len(panel.Cases)-1 {
			d.Recommendation, d.Text = review.NotRecommend, "推广性不足，建议完善后再报。"
		}
		in.Decisions = append(in.Decisions, d)
	}
	if _, err := office.RecordMeeting(office.ctx, office.actor, in); err != nil {
		return err
	}
	panel, err := office.Store.Panel(ctx, panel.ID)
	if err != nil {
		return err
	}
	_, err = office.ClosePanel(office.ctx, office.actor, panel.ID, panel.Version)
	return err
}

// judging is the review room on some day, for a person in a role.
type judging struct {
	*review.Service
	ctx   context.Context
	actor review.Actor
}

func (p *product) reviewing(ctx context.Context, role httpapi.Role, day clock.Date) *judging {
	on := clock.OnDay{Day: day}
	j := &judging{Service: p.deliveryToday(on).review}
	j.be(ctx, sandbox.Principal(role, ""))
	return j
}

func (j *judging) be(ctx context.Context, who httpapi.Principal) {
	j.ctx, j.actor = httpapi.WithPrincipal(ctx, who), party.AsActor(who)
}

// checks records the completeness check of a case, a department's word on its
// first fact, and for one case a visit; one case of a panel that is not yet
// drawn lacks a paper and has a fact in dispute.
func (j *judging) checks(id string, nth int, stage review.PanelState) error {
	subject, err := j.Cases.Case(j.ctx, id)
	if err != nil {
		return err
	}
	wrong := stage == review.PanelOpen && nth == 0
	in := review.CheckInput{Case: id}
	for i, w := range subject.Wanted {
		item := review.CheckItem{ID: w.ID, Complete: !wrong || i != 1}
		if !item.Complete {
			item.Lacks = "缺用户单位出具的应用证明。"
		}
		in.Items = append(in.Items, item)
	}
	if _, err := j.RecordCheck(j.ctx, j.actor, in); err != nil {
		return err
	}
	if len(subject.Facts) > 0 {
		answer := review.FactCheckInput{Case: id, Fact: subject.Facts[0].ID, Unit: "gz-data", Verdict: review.Confirmed}
		if wrong {
			answer.Verdict, answer.Reason = review.Disputed, "登记信息与我局台账不一致，请申报单位说明。"
		}
		if _, err := j.RecordFactCheck(j.ctx, j.actor, answer); err != nil {
			return err
		}
	}
	if nth > 0 || stage == review.PanelOpen {
		return nil
	}
	_, err = j.RecordVisit(j.ctx, j.actor, review.VisitInput{Case: id, On: "2025-10-12", Place: "项目现场（演示）", Visitors: []string{"程向南", "简知白"},
		Findings: "系统在线运行，抽查 20 笔业务记录与申报材料一致。", Sound: true})
	return err
}
