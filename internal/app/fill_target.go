package app

import (
	"context"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/target"
)

// fillTargets gives the year its scenes, figures, task list, reports, meetings
// and key projects, through the use cases that people use.
func (p *product) fillTargets(ctx context.Context, all []sandbox.Organisation) error {
	if _, err := p.facts.Append(ctx, sandbox.Scenes(all)); err != nil {
		return err
	}
	for _, f := range sandbox.Figures() {
		on := p.goalsOn(ctx, f.Reported)
		if _, err := on.ReportFigure(on.ctx, on.actor, target.FigureInput{Target: f.Target, Year: f.AsOf.Year(), AsOf: f.AsOf, Value: f.Value, Source: f.Source}); err != nil {
			return err
		}
	}
	for i, task := range p.targets().Plan.Tasks {
		if err := p.fillTask(ctx, i, task); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context, []sandbox.Organisation) error{p.fillKeyList, p.fillMeetings} {
		if err := step(ctx, all); err != nil {
			return err
		}
	}
	p.sealer.Wake()
	return p.remindUnits(ctx)
}

// fillTask assigns a task and reports on it, day by day.
func (p *product) fillTask(ctx context.Context, n int, task *target.Task) error {
	year := sandbox.ProgressOf(n, task.Name.ZH)
	if year.Due != "" && task.Strength == target.Advance && len(task.Due) == 0 {
		on := p.goalsOn(ctx, "2025-02-08")
		if _, err := on.Assign(on.ctx, on.actor, target.AssignInput{Year: sandboxToday.Year(), Task: task.ID, Unit: task.Lead[0], Goal: year.Goal, Due: year.Due}); err != nil {
			return err
		}
	}
	if task.Document == "000" { // a draft: nobody reports on it yet
		return nil
	}
	for _, said := range year.Reports {
		on := p.goalsOn(ctx, said.On)
		percent := &said.Percent
		if task.Strength == target.Standing {
			percent = nil // has no end
		}
		if _, err := on.Report(on.ctx, on.actor, target.ReportInput{Task: task.ID, Unit: task.Lead[0], Percent: percent, Milestone: said.Milestone, Text: said.Text}); err != nil {
			return err
		}
	}
	return nil
}

func (p *product) fillKeyList(ctx context.Context, all []sandbox.Organisation) error {
	for i, project := range sandbox.KeyProjects(all) {
		on := p.goalsOn(ctx, clock.Date("2025-04-02").AddDays(i))
		for _, list := range on.Plan.Lists {
			line, err := on.ListProject(on.ctx, on.actor, target.ListInput{List: list.ID, Year: sandboxToday.Year(), Project: project.Name, Org: project.Org, Reason: "场景成熟、带动面广，经会商列入。"})
			if err != nil {
				return err
			}
			if i == 2 {
				later := p.goalsOn(ctx, "2025-08-19")
				if _, err := later.UnlistProject(later.ctx, later.actor, line.ID, "实施单位变更，项目终止。"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fillMeetings lets each body meet twice: what the first decided is partly
// done and partly comes up again.
func (p *product) fillMeetings(ctx context.Context, _ []sandbox.Organisation) error {
	type decided struct {
		text, task, unit string
		due, closed      clock.Date
	}
	for _, m := range []struct {
		body, title string
		day         clock.Date
		agenda      []string
		decisions   []decided
	}{
		{"gz-leading", "省领导小组 2025 年第一次会议（演示）", "2025-03-18", []string{"年度目标分解", "算力投资进度"},
			[]decided{{"各行业主管部门 4 月底前报年度任务清单。", "001-AS1", "gz-departments", "2025-04-30", "2025-05-06"}, {"按季调度智算投资，9 月底前补齐缺口方案。", "001-1", "gz-reform", "2025-09-30", ""}}},
		{"qdn-joint", "州联席会议 2025 年第一次会议（演示）", "2025-05-20", []string{"全州场景进展", "重点任务清单"},
			[]decided{{"文旅场景年内再落地 1 个。", "004-9", "qdn-culture", "2025-12-15", ""}, {"8 月底前公布第一批重点任务清单。", "004-S2-list", "qdn-data", "2025-08-31", "2025-08-29"}}},
		{"qdn-joint", "州联席会议 2025 年第二次会议（演示）", "2025-09-10", []string{"上次决定办理情况", "全年目标冲刺"}, nil},
		{"gz-leading", "省领导小组 2025 年第二次会议（演示）", "2025-10-14", []string{"三季度目标进展", "四季度补短板"}, nil},
	} {
		on := p.goalsOn(ctx, m.day)
		meeting, err := on.Meet(on.ctx, on.actor, target.MeetingInput{Body: m.body, Day: m.day, Title: m.title, Agenda: m.agenda})
		if err != nil {
			return err
		}
		for i, d := range m.decisions {
			decision, err := on.Decide(on.ctx, on.actor, target.DecisionInput{Meeting: meeting.ID, Item: i + 1, Text: d.text, Task: d.task, Unit: d.unit, Due: d.due})
			if err != nil {
				return err
			}
			if d.closed != "" {
				later := p.goalsOn(ctx, d.closed)
				if err := later.CloseDecision(later.ctx, later.actor, decision.ID, "已按要求办结。"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// goalsActing is the target domain on some day, for the office.
type goalsActing struct {
	*target.Service
	ctx   context.Context
	actor target.Actor
}

func (p *product) goalsOn(ctx context.Context, day clock.Date) goalsActing {
	who := sandbox.Principal(party.Office, "")
	return goalsActing{p.targetsOn(clock.OnDay{Day: day}, p.targets().Plan), httpapi.WithPrincipal(ctx, who),
		party.AsActor(who)}
}
