package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/document"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

type regionCommand struct {
	Check regionCheckCommand `cmd:"" help:"Whole pack valid? Every measure has worked cases and they come out exact?"`
}

type regionCheckCommand struct {
	Dir string `arg:"" help:"Folder of the pack." type:"path"`
}

func (r *regionCheckCommand) Run(c *console) error {
	pack, err := rule.OpenPack(r.Dir)
	if err != nil {
		return err
	}
	if _, err := loadReviewRules(r.Dir, pack); err != nil {
		return err
	}
	if _, err := loadSources(r.Dir, pack); err != nil {
		return err
	}
	report := pack.Check()
	plan, err := checkPlan(r.Dir, pack, &report)
	if err != nil {
		return err
	}
	alarms, err := checkAlarms(r.Dir, pack, &report)
	if err != nil {
		return err
	}
	err = c.print(struct {
		rule.Report
		Targets int `json:"targets"`
		Tasks   int `json:"tasks"`
		Alarms  int `json:"alarms"`
	}{report, len(plan.Targets), len(plan.Tasks), len(alarms.Rules)}, func(w io.Writer) {
		for _, p := range report.Problems {
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.Level, p.Where, p.Message.In(c.lang))
		}
		verdict := i18n.T("全部通过。", "All of them pass.")
		if !report.OK {
			verdict = i18n.T("不能采用。", "It cannot be used.")
		}
		fmt.Fprintln(w, i18n.T("%s：%d 条措施，%d 个算例，%d 项目标，%d 项任务，%d 条预警规则。", "%s: %d measures, %d worked cases, %d targets, %d tasks, %d alarm rules.",
			report.Region, report.Measures, report.Cases, len(plan.Targets), len(plan.Tasks), len(alarms.Rules)).In(c.lang), verdict.In(c.lang))
	})
	if err != nil {
		return err
	}
	return report.Err()
}

type policyCommand struct {
	Parse    parseCommand    `cmd:"" help:"A policy document to clauses, numbers, units and cross-references."`
	Assess   assessCommand   `cmd:"" help:"What an organisation may have, from a facts file."`
	Match    matchCommand    `cmd:"" help:"Which organisations of a population fit a measure."`
	Simulate simulateCommand `cmd:"" help:"Who gains and what it costs if a rule changes."`
	Allocate allocateCommand `cmd:"" help:"Ranks, quotas and budgets over a call's applications: who gets what, and why the others do not."`
	Import   importCommand   `cmd:"" help:"Bring a document's own words into the data folder, after comparing them with the pack."`
}

type parseCommand struct {
	File   string `arg:"" help:"The document, UTF-8 text." type:"path"`
	Region string `help:"Folder of the region pack that knows the responsible units; the shipped one when not given." type:"path"`
}

func (p *parseCommand) Run(c *console) error {
	text, err := readBounded(p.File, document.MaxBytes)
	if err != nil {
		return err
	}
	units, err := p.units()
	if err != nil {
		return err
	}
	doc, err := document.Parse(filepath.Base(p.File), text, document.Options{Units: units})
	if err != nil {
		return err
	}
	return doc.WriteJSON(c.out)
}

func (p *parseCommand) units() (*document.Units, error) {
	if p.Region != "" {
		return document.LoadUnits(os.DirFS(p.Region), "units.yaml")
	}
	shipped, err := regions.Open(regions.Names()[0])
	if err != nil {
		return nil, err
	}
	return document.LoadUnits(shipped, "units.yaml")
}

type assessCommand struct {
	Region  string `help:"Folder of the region pack." required:"" type:"path"`
	Facts   string `help:"Facts file, JSON." required:"" type:"path"`
	On      string `help:"Day of the assessment, 2025-06-30." required:"" placeholder:"DATE"`
	Measure string `help:"Only this measure." placeholder:"ID"`
	Guide   int    `help:"Year of the guide whose rulings hold; none when not given." placeholder:"YEAR"`
}

func (a *assessCommand) Run(c *console) error {
	on, err := dayOf("--on", a.On)
	if err != nil {
		return err
	}
	pack, err := rule.OpenPack(a.Region)
	if err != nil {
		return err
	}
	text, err := readBounded(a.Facts, evidence.MaxFactsFile)
	if err != nil {
		return err
	}
	file, err := evidence.ParseFactsFile(text)
	if err != nil {
		return err
	}
	in := rule.Input{Subject: file.Subject, Facts: file.Facts, On: on, Guide: a.Guide}
	if a.Measure != "" {
		in.Measures = []string{a.Measure}
	}
	results, err := pack.Assess(in)
	if err != nil {
		return err
	}
	return c.print(struct {
		On      clock.Date    `json:"on"`
		Results []rule.Result `json:"results"`
	}{on, results}, nil)
}

type importCommand struct {
	storeFlags
	Region string `help:"Folder of a region pack; the shipped one when not given." type:"path"`
	File   string `arg:"" help:"The document, UTF-8 text." type:"path"`
}

func (i *importCommand) Run(ctx context.Context, c *console) error {
	text, err := readBounded(i.File, document.MaxBytes)
	if err != nil {
		return err
	}
	return withProduct(ctx, i.storeFlags, i.Region, c, func(p *product) error {
		done, err := p.policy().Import(ctx, policy.Actor{Name: "qianmo policy import", Role: string(party.Admin)}, filepath.Base(i.File), text)
		if err != nil {
			return err
		}
		return c.print(done, func(w io.Writer) {
			fmt.Fprintln(w, done.Title.In(c.lang))
			fmt.Fprintln(w, done.Message.In(c.lang), i18n.T("%d 条的原文可与规则并列。", "%d clauses may stand beside their rules.", done.Same).In(c.lang))
			for _, unlike := range done.Unlike {
				fmt.Fprintf(w, "%s\t%s\t%s\n", unlike.Path, unlike.State, unlike.Message.In(c.lang))
			}
		})
	})
}

// dayOf reads a flag's day.
func dayOf(flag, text string) (clock.Date, error) {
	var bad fault.Collector
	on, err := clock.ParseDate(text)
	bad.Merge(flag, err)
	return on, bad.Err()
}

func readBounded(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if int64(len(text)) > most {
		return nil, fault.Newf(fault.TooLarge, "%s 超过 %d MiB：请拆分，或只留需要的部分。", "%s is larger than %d MiB: split it, or keep what is needed.", path, most>>20)
	}
	return text, nil
}

func unreadable(path string, cause error) error {
	return fault.Newf(fault.Invalid, "读不到文件 %s：请检查路径和权限。", "Cannot read %s: check the path and permissions.", path).Because(cause)
}
